-- about: ANALYZE, CHECK, CHECKSUM and OPTIMIZE of tables of several databases, and of tables on one shard and on all, in one statement
-- any plan
-- database: shop
-- sharded: shop.orders by tenant_id, depot.trips by tenant_id
-- reference: shop.rates
-- single: shop.notes, depot.rooms
CREATE TABLE orders (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY, name VARCHAR(20));
CREATE TABLE rates (code CHAR(3) PRIMARY KEY, rate DECIMAL(8,4));
CREATE TABLE notes (id INT PRIMARY KEY, text VARCHAR(40));
INSERT INTO orders VALUES ('a', 1, 'one'), ('b', 2, 'two'), ('c', 3, 'three'), ('d', 4, NULL), ('e', 5, 'five');
INSERT INTO rates VALUES ('eur', 1), ('usd', 1.1);
INSERT INTO notes VALUES (1, 'note');
USE depot;
CREATE TABLE trips (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY, order_id INT);
CREATE TABLE rooms (id INT PRIMARY KEY, name VARCHAR(20));
INSERT INTO trips VALUES ('a', 1, 1), ('b', 2, 2), ('e', 3, 5);
INSERT INTO rooms VALUES (1, 'north');
-- cases
CHECKSUM TABLE orders, depot.trips;
CHECKSUM TABLE shop.rates, depot.trips, notes, orders, depot.rooms EXTENDED;
CHECKSUM TABLE orders, nothing, depot.trips, depot.nothing;
ANALYZE TABLE orders, depot.trips, rates;
ANALYZE NO_WRITE_TO_BINLOG TABLE notes, `depot`.`trips`, depot.rooms;
OPTIMIZE TABLE depot.trips, orders;
CHECK TABLE orders, depot.trips, notes QUICK;
CHECK TABLE nothing, orders, depot.trips MEDIUM;
# a table that does not exist is a row of the answer
ANALYZE TABLE nothing;
CHECK TABLE nothing;
OPTIMIZE TABLE nothing;
REPAIR TABLE nothing QUICK;
CHECKSUM TABLE nothing;
SHOW WARNINGS;
CHECKSUM TABLE depot.nothing, shop.nothing;
SHOW WARNINGS;
ANALYZE TABLE orders, nothing;
ANALYZE TABLE nothing, orders, shop.other, rates;
ANALYZE TABLE depot.nothing, nothing, notes, depot.trips, depot.other;
CHECK TABLE orders, nothing, notes;
CHECK TABLE nothing, shop.other EXTENDED;
OPTIMIZE TABLE nothing, notes;
OPTIMIZE TABLE depot.rooms, depot.nothing, orders, shop.nothing;
CHECKSUM TABLE notes, nothing;
CHECKSUM TABLE nothing, notes, depot.trips QUICK;
CHECKSUM TABLE orders, shop.nothing EXTENDED;
-- error: 1066
CHECK TABLE nothing, nothing;
-- error: 1066
ANALYZE TABLE nothing, orders, nothing;
# what is there is looked after all the same
INSERT INTO orders VALUES ('a', 8, 'eight');
ANALYZE TABLE nothing, orders;
DELETE FROM orders WHERE id = 8;
-- error: 1064
CHECK TABLE orders depot.trips;
-- error: 1064
ANALYZE TABLE orders, depot.trips,;
USE saas;
CHECK TABLE nothing;
OPTIMIZE TABLE nothing;
CHECKSUM TABLE nothing, shop.nothing;
ANALYZE TABLE orders, nothing, trips, shop.nothing;
CHECK TABLE nothing, rooms, orders, depot.nothing;
CHECKSUM TABLE orders, trips, notes, rooms;
ANALYZE TABLE trips, orders;
BEGIN;
INSERT INTO orders VALUES ('a', 9, 'nine');
ANALYZE TABLE trips, orders;
ROLLBACK;
SELECT COUNT(*) FROM orders;
DELETE FROM orders WHERE id = 9;
PREPARE p FROM 'CHECKSUM TABLE orders, trips';
EXECUTE p;
DEALLOCATE PREPARE p;

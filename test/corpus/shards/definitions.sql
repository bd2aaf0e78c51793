-- about: CREATE, ALTER, DROP, TRUNCATE and RENAME TABLE on every shard, and what queries see afterwards
-- any plan
-- database: shop
-- sharded: shop.orders by tenant_id, shop.items by tenant_id, shop.items_old by tenant_id, shop.later by tenant_id
-- reference: shop.rates
-- single: shop.notes
CREATE TABLE orders (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY, name VARCHAR(20), amount DECIMAL(8,2));
CREATE TABLE items (tenant_id VARCHAR(20) NOT NULL, id INT, order_id INT, day DATE NOT NULL, PRIMARY KEY (id, day), KEY by_order (order_id)) PARTITION BY RANGE (TO_DAYS(day)) (PARTITION p1 VALUES LESS THAN (TO_DAYS('2026-02-01')), PARTITION p2 VALUES LESS THAN (TO_DAYS('2026-03-01')), PARTITION rest VALUES LESS THAN MAXVALUE);
CREATE TABLE items_old (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY);
CREATE TABLE later (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY);
CREATE TABLE rates (code CHAR(3) PRIMARY KEY, rate DECIMAL(8,4));
CREATE TABLE notes (id INT PRIMARY KEY, text VARCHAR(40));
INSERT INTO orders VALUES ('a', 1, 'one', 10), ('b', 2, 'two', 20.5), ('c', 3, 'three', 30), ('d', 4, NULL, NULL), ('e', 5, 'five', 50), ('a', 6, 'six', 60);
INSERT INTO items VALUES ('a', 1, 1, '2026-01-05'), ('b', 2, 2, '2026-02-05'), ('c', 3, 3, '2026-03-05'), ('d', 4, 4, '2026-04-05'), ('e', 5, 5, '2026-01-06');
INSERT INTO items_old VALUES ('a', 1), ('b', 2);
INSERT INTO later VALUES ('a', 1), ('b', 2), ('c', 3);
INSERT INTO rates VALUES ('eur', 1), ('usd', 1.1);
INSERT INTO notes VALUES (1, 'note');
-- cases
# columns
ALTER TABLE orders ADD COLUMN state ENUM('new', 'paid') NOT NULL DEFAULT 'new' AFTER id;
SELECT * FROM orders ORDER BY id;
SELECT state, COUNT(*) FROM orders GROUP BY state;
INSERT INTO orders VALUES ('f', 7, 'paid', 'seven', 70), ('g', 8, 'new', 'eight', 80);
SELECT * FROM orders WHERE state = 'paid' ORDER BY id;
ALTER TABLE orders MODIFY name VARCHAR(40) CHARACTER SET latin1, ALTER COLUMN amount SET DEFAULT 5;
SELECT id, name, amount FROM orders ORDER BY name, id;
ALTER TABLE orders RENAME COLUMN state TO status;
-- error: 1054
SELECT state FROM orders;
SELECT MAX(status), MIN(amount) FROM orders;
ALTER TABLE orders CHANGE status status VARCHAR(10), ALGORITHM=COPY;
SELECT ROW_COUNT();
SELECT UPPER(status) FROM orders ORDER BY id;
ALTER TABLE orders DROP COLUMN status;
DELETE FROM orders WHERE id > 6;
ALTER TABLE orders MODIFY name VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci, MODIFY amount DECIMAL(8,2);
SELECT * FROM orders ORDER BY id;
-- error: 1060
ALTER TABLE orders ADD COLUMN name INT;
-- error: 1091
ALTER TABLE orders DROP COLUMN nowhere;
-- error: 1064
ALTER TABLE orders ADD COLUMN;
-- error: 1146
ALTER TABLE nowhere ADD COLUMN x INT;
# indexes
CREATE INDEX by_name ON orders (name, amount DESC);
-- error: 1061
CREATE INDEX by_name ON orders (amount);
SELECT name FROM orders FORCE INDEX (by_name) WHERE name > 'o' ORDER BY name;
ALTER TABLE orders RENAME INDEX by_name TO named;
ALTER TABLE orders ALTER INDEX named INVISIBLE;
DROP INDEX named ON orders;
-- error: 1091
DROP INDEX named ON orders;
CREATE UNIQUE INDEX one_name ON orders (tenant_id, name);
-- error: 1062
INSERT INTO orders VALUES ('a', 9, 'one', 1);
DROP INDEX one_name ON orders;
# whole tables
TRUNCATE TABLE later;
SELECT COUNT(*) FROM later;
INSERT INTO later VALUES ('a', 1), ('b', 2), ('c', 3);
DROP TABLE later;
-- error: 1146
SELECT * FROM later;
-- error: 1146
SELECT COUNT(*) FROM later JOIN orders USING (id);
-- error: 1146
INSERT INTO later VALUES ('a', 1), ('b', 2);
-- error: 1051
DROP TABLE later;
DROP TABLE IF EXISTS later;
SHOW WARNINGS;
CREATE TABLE later (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY, word VARCHAR(10) DEFAULT 'x', KEY (word)) COMMENT 'made again';
INSERT INTO later (tenant_id, id) VALUES ('a', 1), ('b', 2), ('c', 3);
SELECT * FROM later ORDER BY id;
SELECT l.word, o.name FROM later l JOIN orders o ON o.id = l.id ORDER BY o.name;
-- error: 1050
CREATE TABLE later (tenant_id VARCHAR(20), id INT);
CREATE TABLE IF NOT EXISTS later (tenant_id VARCHAR(20), id INT);
DROP TABLE later;
CREATE TABLE later LIKE orders;
SELECT * FROM later;
DROP TABLE later;
CREATE TABLE later (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY, computed INT AS (id * 2) STORED, made INT DEFAULT (1 + 1), hidden INT INVISIBLE);
INSERT INTO later (tenant_id, id) VALUES ('a', 1), ('b', 2), ('c', 3);
SELECT *, hidden FROM later ORDER BY id;
DROP TABLE later;
CREATE TABLE later (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY);
INSERT INTO later VALUES ('a', 1), ('b', 2), ('c', 3);
# renaming, where both names have a rule
-- error: 1050
RENAME TABLE later TO items_old;
DROP TABLE items_old;
RENAME TABLE later TO items_old;
SELECT * FROM items_old ORDER BY id;
-- error: 1146
SELECT * FROM later ORDER BY id;
ALTER TABLE items_old RENAME TO later;
SELECT COUNT(*) FROM later;
CREATE TABLE items_old LIKE later;
INSERT INTO items_old VALUES ('a', 1), ('b', 2);
SELECT * FROM later NATURAL JOIN items_old ORDER BY id;
# partitions
ALTER TABLE items REORGANIZE PARTITION rest INTO (PARTITION p3 VALUES LESS THAN (TO_DAYS('2026-04-01')), PARTITION rest VALUES LESS THAN MAXVALUE);
SELECT * FROM items WHERE day >= '2026-03-01' ORDER BY id;
ALTER TABLE items TRUNCATE PARTITION p1;
SELECT COUNT(*) FROM items;
ALTER TABLE items DROP PARTITION p1;
SELECT id, day FROM items ORDER BY id;
-- error: 1507
ALTER TABLE items DROP PARTITION p1;
ALTER TABLE items REORGANIZE PARTITION p2, p3, rest INTO (PARTITION p1 VALUES LESS THAN (TO_DAYS('2026-02-01')), PARTITION p2 VALUES LESS THAN (TO_DAYS('2026-03-01')), PARTITION rest VALUES LESS THAN MAXVALUE);
ALTER TABLE items ADD COLUMN note TEXT, DROP INDEX by_order;
SELECT * FROM items ORDER BY id;
ALTER TABLE items DROP COLUMN note, ADD INDEX by_order (order_id);
INSERT INTO items VALUES ('a', 1, 1, '2026-01-05'), ('e', 5, 5, '2026-01-06');
# reference tables and tables on one shard
ALTER TABLE rates ADD COLUMN day DATE DEFAULT '2026-01-01', ALGORITHM=COPY;
SELECT ROW_COUNT();
INSERT INTO rates VALUES ('gbp', 0.8, '2026-02-02');
SELECT * FROM rates ORDER BY code;
DELETE FROM rates WHERE code = 'gbp';
ALTER TABLE rates DROP COLUMN day;
TRUNCATE rates;
INSERT INTO rates VALUES ('eur', 1), ('usd', 1.1);
ALTER TABLE notes ADD COLUMN at DATE;
SELECT * FROM notes;
ALTER TABLE notes DROP COLUMN at;
SELECT * FROM notes;
# a definition commits
BEGIN;
UPDATE orders SET amount = amount + 1;
CREATE INDEX by_amount ON orders (amount);
ROLLBACK;
SELECT SUM(amount) FROM orders;
DROP INDEX by_amount ON orders;
UPDATE orders SET amount = amount - 1;
SET autocommit = 0;
UPDATE orders SET amount = amount + 1 WHERE tenant_id = 'a';
ALTER TABLE orders COMMENT 'of customers';
ROLLBACK;
SET autocommit = 1;
SELECT SUM(amount) FROM orders;
ALTER TABLE orders COMMENT '';
UPDATE orders SET amount = amount - 1 WHERE tenant_id = 'a';
# looking after tables
ANALYZE TABLE orders, rates;
CHECK TABLE orders, items QUICK;
OPTIMIZE TABLE orders;
CHECKSUM TABLE orders, rates;
CHECKSUM TABLE notes;
# names of databases
ALTER TABLE shop.orders ADD COLUMN x INT;
SELECT SUM(x IS NULL) FROM shop.orders;
ALTER TABLE `shop`.`orders` DROP COLUMN x;
-- error: 1091
ALTER TABLE shop.orders DROP COLUMN x;
USE saas;
CREATE INDEX by_name ON orders (name);
DROP INDEX by_name ON saas.orders;
ANALYZE TABLE orders;
DROP TABLE later, items_old;
CREATE TABLE saas.later (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY);
CREATE TABLE items_old LIKE saas.later;
INSERT INTO later VALUES ('a', 1), ('b', 2), ('c', 3);
INSERT INTO items_old VALUES ('a', 1), ('b', 2);
USE shop;
# what is refused
-- refuse: 1235 add it to the rules
CREATE TABLE unlisted (tenant_id VARCHAR(20), id INT);
DROP TABLE IF EXISTS unlisted;

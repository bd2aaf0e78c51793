-- about: INSERT and REPLACE through views of one table: the row goes where the table has its key, and the servers check the rest
-- database: shop
-- sharded: shop.orders by tenant_id, shop.other by tenant_id
-- single: shop.notes
-- reference: shop.kinds
CREATE TABLE orders (tenant_id VARCHAR(20) NOT NULL DEFAULT 'dflt', id INT NOT NULL, total INT DEFAULT 7, note VARCHAR(10) NOT NULL DEFAULT 'none', PRIMARY KEY (tenant_id, id));
CREATE TABLE other (tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL, PRIMARY KEY (tenant_id, id));
CREATE TABLE notes (id INT PRIMARY KEY, n INT);
CREATE TABLE kinds (id INT PRIMARY KEY, name VARCHAR(20));
CREATE VIEW cheap AS SELECT tenant_id, id, total FROM orders WHERE total < 50 WITH CHECK OPTION;
CREATE VIEW turned AS SELECT note, id AS number, tenant_id AS tenant FROM orders;
CREATE VIEW of_a AS SELECT * FROM orders WHERE tenant_id = 'a';
CREATE VIEW nested AS SELECT number, tenant FROM turned WHERE number > 0 WITH LOCAL CHECK OPTION;
CREATE VIEW blind AS SELECT id, total FROM orders;
CREATE VIEW computed AS SELECT tenant_id, id, total + 1 AS more FROM orders;
CREATE VIEW joined AS SELECT orders.tenant_id, orders.id, total FROM orders JOIN other USING (tenant_id, id);
CREATE VIEW few AS SELECT id, n FROM notes WHERE n < 10 WITH CHECK OPTION;
CREATE VIEW names AS SELECT id, name FROM kinds;
-- cases
BEGIN;
INSERT INTO cheap VALUES ('a', 1, 5);
INSERT INTO cheap VALUES ('b', 1, 5), ('c', 1, 6), ('d', 1, 7), ('e', 1, 8);
SELECT ROW_COUNT();
INSERT INTO cheap (id, tenant_id) VALUES (2, 'b'), (2, 'c');
-- error: 1369
INSERT INTO cheap VALUES ('a', 2, 50);
-- error: 1369
INSERT INTO cheap VALUES ('a', 3, 5), ('b', 3, 5), ('c', 3, 55), ('d', 3, 66);
-- error: 1062
INSERT INTO cheap VALUES ('a', 3, 5), ('b', 1, 5), ('c', 3, 5);
-- error: 1136
INSERT INTO cheap VALUES ('a', 3, 5), ('b', 3);
-- error: 1054
INSERT INTO cheap (tenant_id, id, note) VALUES ('a', 3, 'n'), ('b', 3, 'n');
INSERT IGNORE INTO cheap VALUES ('a', 4, 5), ('b', 1, 5), ('c', 4, 55);
SHOW WARNINGS;
-- params: 'f', 9, 'g', 10
-- params: 'h', 9, 'i', 11
INSERT INTO cheap (tenant_id, id, total) VALUES (?, 7, ?), (?, 7, ?);
INSERT INTO turned VALUES ('n', 10, 'a'), ('m', 10, 'b');
INSERT INTO shop.turned SET tenant = 'c', number = 10;
INSERT INTO turned (number, tenant) VALUES (10, DEFAULT), (11, DEFAULT(tenant)), (12, 'd');
REPLACE INTO turned VALUES ('r', 10, 'a'), ('r', 10, 'z');
SELECT ROW_COUNT();
INSERT INTO turned VALUES ('n', 10, 'a'), ('m', 11, 'b') ON DUPLICATE KEY UPDATE note = CONCAT(VALUES(note), '!');
SELECT ROW_COUNT();
INSERT INTO of_a (tenant_id, id, total, note) VALUES ('b', 20, 1, 'b'), ('a', 20, 1, 'a');
INSERT INTO of_a (tenant_id, id) VALUES ('c', 20);
INSERT INTO nested VALUES (30, 'a'), (30, 'b');
-- error: 1369
INSERT INTO nested VALUES (31, 'a'), (-30, 'b');
-- error: 1471
INSERT INTO computed (tenant_id, id) VALUES ('a', 40);
-- error: 1348
INSERT INTO computed VALUES ('a', 40, 1);
-- refuse: 1235 it does not show tenant_id
INSERT INTO blind VALUES (50, 5);
-- refuse: 1235 it is not of one table
INSERT INTO joined (tenant_id, id) VALUES ('a', 60);
-- refuse: 1235 they are read
INSERT INTO turned SELECT 'n', id, tenant_id FROM other;
-- refuse: 1235 cannot change sharding key
-- error: 1062
INSERT INTO turned VALUES ('n', 10, 'a') ON DUPLICATE KEY UPDATE tenant = 'b';
-- refuse: 1235 each shard would have to get them
INSERT INTO names VALUES (1, 'x');
INSERT INTO few VALUES (1, 1);
-- error: 1369
INSERT INTO few VALUES (2, 10);
SELECT * FROM orders ORDER BY tenant_id, id;
SELECT * FROM few;
ROLLBACK;
SELECT COUNT(*) FROM orders;

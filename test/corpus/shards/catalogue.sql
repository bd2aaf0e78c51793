-- about: what SHOW, CHECK and EXPLAIN say names the databases that clients know, over both protocols
-- names only
-- database: shop
-- sharded: shop.orders by tenant_id, shop.tickets by tenant_id, depot.boxes by tenant_id
-- reference: shop.kinds
CREATE TABLE orders (tenant_id VARCHAR(20) NOT NULL, id BIGINT AUTO_INCREMENT PRIMARY KEY, kind INT, note VARCHAR(40), KEY by_kind (kind)) AUTO_INCREMENT = 100 COMMENT = 'what was bought';
CREATE TABLE kinds (id INT PRIMARY KEY, name VARCHAR(20));
CREATE TABLE tickets (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY) PARTITION BY HASH (id) PARTITIONS 2;
CREATE VIEW named AS SELECT o.tenant_id, o.id, k.name FROM orders o JOIN kinds k ON k.id = o.kind;
INSERT INTO orders VALUES ('a', 1, 1, 'x'), ('b', 2, 1, 'y'), ('c', 3, 2, NULL), ('d', 4, 2, 'z'), ('e', 5, 3, '');
INSERT INTO kinds VALUES (1, 'food'), (2, 'tools'), (3, 'toys');
INSERT INTO tickets VALUES ('a', 1), ('b', 2), ('c', 3);
USE depot;
CREATE TABLE boxes (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY, n INT);
INSERT INTO boxes VALUES ('a', 1, 10), ('b', 2, 20), ('c', 3, 30);
-- cases
SHOW CREATE TABLE orders;
SHOW CREATE TABLE depot.boxes;
SHOW CREATE VIEW named;
SHOW COLUMNS FROM named;
SHOW FULL COLUMNS FROM boxes FROM depot;
SHOW TABLES;
SHOW FULL TABLES FROM shop WHERE Table_type = 'VIEW';
SHOW CREATE DATABASE depot;
# EXPLAIN of a statement over shards is the plan that one of them has.
EXPLAIN FORMAT=TRADITIONAL SELECT id FROM orders WHERE id = 77;
-- mask: rows, filtered
EXPLAIN FORMAT=TRADITIONAL SELECT o.id, k.name FROM orders o JOIN kinds k ON k.id = o.kind WHERE o.note LIKE 'x%';
-- mask: rows, filtered
EXPLAIN FORMAT=TRADITIONAL UPDATE orders SET note = 'n' WHERE id > 3;
-- mask: rows, filtered
EXPLAIN FORMAT=TRADITIONAL DELETE FROM depot.boxes WHERE n > 5;
# EXPLAIN takes names for those of another database than the current one.
USE depot;
-- mask: rows, filtered
EXPLAIN FORMAT=TRADITIONAL FOR SCHEMA shop SELECT o.id, k.name FROM orders o JOIN kinds k ON k.id = o.kind WHERE o.note LIKE 'x%';
EXPLAIN FORMAT=TRADITIONAL FOR DATABASE `shop` SELECT name FROM kinds WHERE id = 1;
-- mask: rows, filtered
EXPLAIN FORMAT=TRADITIONAL FOR SCHEMA shop UPDATE orders SET note = 'n' WHERE id > 3;
-- error: 1146
EXPLAIN FORMAT=TRADITIONAL FOR SCHEMA depot SELECT name FROM kinds;
-- error: 1049
EXPLAIN FORMAT=TRADITIONAL FOR SCHEMA nosuch SELECT name FROM kinds;
-- mask: rows, filtered
EXPLAIN FORMAT=TRADITIONAL FOR SCHEMA depot SELECT * FROM shop.kinds;
USE shop;
# Numbers are added over the shards; each table is told once.
SET information_schema_stats_expiry = 0;
ANALYZE TABLE depot.boxes, orders;
SHOW INDEX FROM depot.boxes;
SHOW KEYS FROM boxes FROM depot WHERE Key_name = 'PRIMARY' AND Seq_in_index > 'x';
SHOW WARNINGS;
SHOW INDEX FROM orders WHERE Key_name = 'PRIMARY';
SHOW INDEX FROM orders WHERE Key_name = 'none';
-- refuse: 1235 cardinality
SHOW INDEX FROM orders WHERE Cardinality > 2;
-- mask: Avg_row_length, Data_length, Data_free, Index_length, Create_time, Update_time, Rows, Auto_increment
SHOW TABLE STATUS;
-- mask: Avg_row_length, Data_length, Data_free, Index_length, Create_time, Update_time, Rows
SHOW TABLE STATUS LIKE 'orders';
-- mask: Version, Avg_row_length, Data_length, Data_free, Index_length, Create_time, Update_time, Rows
SHOW TABLE STATUS FROM depot WHERE Name = 'boxes';
SHOW TABLE STATUS FROM shop LIKE 'nothing%';
SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE, ENGINE, AUTO_INCREMENT, TABLE_COMMENT FROM information_schema.TABLES WHERE TABLE_SCHEMA IN ('shop', 'depot', 'saas') ORDER BY 1, 2;
SELECT TABLE_SCHEMA, COUNT(*), SUM(TABLE_ROWS) FROM information_schema.TABLES WHERE TABLE_SCHEMA IN ('shop', 'depot') GROUP BY 1 ORDER BY 1;
SELECT TABLE_NAME, TABLE_ROWS FROM information_schema.TABLES t WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'BASE TABLE' AND TABLE_NAME <> 'tickets' ORDER BY 1;
SELECT PARTITION_NAME, PARTITION_ORDINAL_POSITION, PARTITION_METHOD FROM information_schema.PARTITIONS WHERE TABLE_SCHEMA = 'shop' AND TABLE_NAME = 'tickets' ORDER BY 2;
SELECT INDEX_NAME, SEQ_IN_INDEX, COLUMN_NAME, NON_UNIQUE FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = 'shop' ORDER BY TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX;
SELECT c.TABLE_SCHEMA, c.TABLE_NAME, c.COLUMN_NAME, c.COLUMN_TYPE, c.COLUMN_KEY, t.TABLE_COMMENT FROM information_schema.COLUMNS c JOIN information_schema.TABLES t ON t.TABLE_SCHEMA = c.TABLE_SCHEMA AND t.TABLE_NAME = c.TABLE_NAME WHERE c.TABLE_SCHEMA IN ('shop', 'depot') ORDER BY 1, 2, c.ORDINAL_POSITION;
SELECT a.TABLE_NAME, b.TABLE_NAME FROM information_schema.TABLES a JOIN information_schema.TABLES b ON b.TABLE_SCHEMA = 'depot' WHERE a.TABLE_SCHEMA = 'shop' ORDER BY 1, 2;
SELECT SCHEMA_NAME, DEFAULT_COLLATION_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME IN ('shop', 'depot', 'saas', 'mysql') ORDER BY 1;
SELECT TABLE_SCHEMA, TABLE_NAME, VIEW_DEFINITION FROM information_schema.VIEWS WHERE TABLE_SCHEMA IN ('shop', 'saas') ORDER BY 1, 2;
SELECT CONSTRAINT_NAME, TABLE_NAME, CONSTRAINT_TYPE FROM information_schema.TABLE_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = 'depot';
SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'sys' AND TABLE_NAME = 'session';
SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'shop' AND TABLE_NAME LIKE 'o%' UNION SELECT TABLE_NAME FROM information_schema.VIEWS WHERE TABLE_SCHEMA = 'shop' ORDER BY 1;
-- params: 'shop', 'orders'
SELECT TABLE_ROWS FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?;
-- error: 1054
SELECT NOTHING FROM information_schema.TABLES;
USE information_schema;
SELECT TABLE_NAME FROM TABLES WHERE TABLE_SCHEMA = 'depot';
USE shop;
# LIKE takes a text and nothing else; EXTENDED shows, besides, what a failed ALTER TABLE has left.
-- error: 1064
SHOW TABLES LIKE kinds;
-- error: 1064
SHOW TABLES LIKE NULL;
-- error: 1064
SHOW FULL TABLES LIKE CONCAT('k', '%');
-- error: 1064
SHOW DATABASES LIKE depot;
-- error: 1064
SHOW TABLE STATUS LIKE 7;
SHOW EXTENDED TABLES;
SHOW EXTENDED TABLES FROM depot;
SHOW EXTENDED FULL TABLES FROM shop LIKE 'k%';
SHOW EXTENDED FULL TABLES WHERE Table_type = 'VIEW';
-- error: 1049
-- prepare differs: MySQL looks for the database when the statement is executed
SHOW EXTENDED TABLES FROM nowhere;
# What lists tables is a query without a LIMIT.
SET sql_select_limit = 2;
SHOW TABLES;
SELECT FOUND_ROWS();
SHOW FULL TABLES LIKE 'k%';
SHOW DATABASES;
SHOW DATABASES WHERE `Database` IN ('shop', 'depot', 'sys');
SET sql_select_limit = 0;
SHOW TABLES;
SET sql_select_limit = DEFAULT;

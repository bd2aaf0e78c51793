-- about: SHOW, EXPLAIN and information_schema as tools ask them, also together with rows of several shards
-- names only
-- no warnings
-- database: shop
-- sharded: shop.customers by tenant_id, shop.orders by tenant_id, shop.items by tenant_id, depot.stock by tenant_id
-- reference: shop.countries
-- single: depot.warehouses
CREATE TABLE customers (tenant_id VARCHAR(20) COLLATE utf8mb4_unicode_ci NOT NULL, id INT PRIMARY KEY, name VARCHAR(40), email VARCHAR(60) COLLATE utf8mb4_0900_ai_ci, country CHAR(2), segment ENUM('small', 'mid', 'big'), score DOUBLE, balance DECIMAL(12,2) NOT NULL DEFAULT 0, born DATE, created DATETIME(3), updated TIMESTAMP NULL, tags JSON, flags SET('a', 'b', 'c'), bits BIT(8), bio TEXT, UNIQUE KEY (tenant_id, email), KEY (country), FULLTEXT KEY ft_bio (bio));
CREATE TABLE orders (tenant_id VARCHAR(20) COLLATE utf8mb4_unicode_ci NOT NULL, id INT PRIMARY KEY, customer_id INT, status VARCHAR(10) COLLATE utf8mb4_general_ci, total DECIMAL(10,2), placed DATETIME, note VARCHAR(40) COLLATE utf8mb4_bin, KEY (customer_id), KEY (placed));
CREATE TABLE items (tenant_id VARCHAR(20) COLLATE utf8mb4_unicode_ci NOT NULL, order_id INT NOT NULL, line INT NOT NULL, sku VARCHAR(10), qty INT UNSIGNED, price DECIMAL(8,3), PRIMARY KEY (order_id, line));
CREATE TABLE countries (code CHAR(2) PRIMARY KEY, name VARCHAR(30), parent CHAR(2));
INSERT INTO customers VALUES
 ('t1', 1, 'Ann', 'ann@x.org', 'DE', 'small', 1.5, 100.00, '1980-02-29', '2026-01-01 10:00:00.123', '2026-01-01 10:00:00', '{"vip": true, "n": 1, "list": [1, 2]}', 'a', b'00000001', 'quick brown fox and lazy dog'),
 ('t2', 2, 'bob', 'BOB@x.org', 'US', 'big', -2.25, -5.50, '1990-12-31', '2026-01-15 23:59:59.999', NULL, '{"vip": false, "list": []}', 'a,c', b'11111111', 'the quick search engine'),
 ('t3', 3, '王小明', 'wang@例子.cn', 'CN', 'mid', 0, 1234567.89, NULL, '2026-02-01 00:00:00.000', '2026-02-01 00:00:00', '[1, "two", null]', '', NULL, NULL),
 ('t1', 4, 'Zoë', NULL, 'DE', NULL, NULL, 0.00, '2000-01-01', NULL, '2025-12-31 23:00:00', NULL, NULL, b'00001000', 'dog eat dog'),
 ('t4', 5, 'ann', 'ann2@x.org', 'FR', 'small', 1e10, 99.99, '1979-05-05', '2026-02-28 12:30:00.500', '2026-02-28 11:30:00', '{"n": 2.5}', 'b', b'10000000', 'Lazy cats'),
 ('t5', 6, 'Émile 😀', 'emile@x.org', 'FR', 'big', 3.14159, 50.01, '1985-07-14', '2026-03-10 08:00:00.000', '2026-03-10 07:00:00', '"text"', 'a,b,c', b'00000010', ''),
 ('t2', 7, '', '', NULL, 'mid', -0.0, 7.00, '1990-12-31', '2026-03-31 00:00:00.001', NULL, 'null', 'c', b'01010101', 'search'),
 ('t6', 8, NULL, NULL, 'US', 'small', 2.5, 100.00, '1999-09-09', '2026-04-01 00:00:00.000', '2026-04-01 00:00:00', '{"list": [3], "n": "7"}', NULL, b'00000000', 'brown bread'),
 ('T7', 9, 'o''Neil', 'neil@x.org', 'XX', 'big', 7, 20.20, '1970-01-01', '2025-01-01 00:00:00.000', '2025-01-01 00:00:00', '{"vip": true}', 'b,c', b'00100000', 'quick quick quick');
INSERT INTO orders VALUES
 ('t1', 100, 1, 'paid', 10.00, '2026-01-02 09:00:00', 'first'), ('t1', 101, 1, 'open', 20.50, '2026-01-31 23:59:59', NULL), ('t2', 102, 2, 'PAID', 5.25, '2026-02-01 00:00:00', 'x'),
 ('t3', 103, 3, 'void', NULL, '2026-02-14 12:00:00', '中文'), ('t4', 104, 5, 'paid', 99.99, NULL, 'X'), ('t5', 105, 6, 'open', 0.00, '2026-03-10 08:00:00', ''),
 ('t5', 106, 1, 'paid', 33.33, '2026-03-29 02:30:00', 'a%b'), ('t6', 107, 8, NULL, 12.00, '2026-04-01 00:00:00', 'a_b'), ('t2', 108, 99, 'Open', 1.01, '2025-12-31 23:59:59', 'é'), ('T7', 109, 9, 'paid', 10.00, '2026-01-02 09:00:00', 'e'),
 ('t1', 110, NULL, 'open', 7.77, '2026-05-05 05:05:05', 'no customer'), ('t6', 111, 8, 'paid', 12.00, '2026-04-01 00:00:00', 'dup');
INSERT INTO items VALUES ('t1', 100, 1, 'A1', 2, 2.500), ('t1', 100, 2, 'B2', 1, 5.000), ('t1', 101, 1, 'A1', 3, 6.833), ('t2', 102, 1, 'C3', 0, 5.250), ('t4', 104, 1, 'a1', 1, 99.990), ('t5', 106, 1, 'B2', 7, NULL), ('t5', 106, 2, NULL, 1, 1.000), ('t6', 107, 1, 'A1', 12, 1.000), ('T7', 109, 1, 'D4', 1, 10.000), ('t1', 110, 1, 'A1', 1, 7.770);
INSERT INTO countries VALUES ('DE', 'Germany', 'EU'), ('FR', 'France', 'EU'), ('US', 'United States', 'AM'), ('CN', 'China', 'AS'), ('EU', 'Europe', NULL), ('AM', 'America', NULL), ('AS', 'Asia', NULL);
USE depot;
CREATE TABLE stock (tenant_id VARCHAR(20) COLLATE utf8mb4_unicode_ci NOT NULL, sku VARCHAR(10) NOT NULL, warehouse INT NOT NULL, qty INT, checked TIME, PRIMARY KEY (tenant_id, sku, warehouse));
CREATE TABLE warehouses (id INT PRIMARY KEY, city VARCHAR(20), opened YEAR, shape GEOMETRY);
INSERT INTO stock VALUES ('t1', 'A1', 1, 10, '10:00:00'), ('t1', 'B2', 1, 0, '-01:00:00'), ('t2', 'C3', 2, 5, NULL), ('t2', 'A1', 2, 8, '100:30:00'), ('t4', 'A1', 1, NULL, '00:00:01'), ('t5', 'B2', 3, 7, '12:12:12'), ('t6', 'Z9', 9, 1, '838:59:59');
INSERT INTO warehouses VALUES (1, 'Köln', 1999, POINT(6.9, 50.9)), (2, 'Boston', 2010, POINT(-71, 42)), (3, 'Lyon', NULL, NULL);
-- cases
SHOW TABLES LIKE 'c%';
SHOW TABLES WHERE Tables_in_shop > 'd';
SHOW FULL TABLES;
SHOW FULL TABLES FROM depot LIKE '%s%';
SHOW COLUMNS FROM customers LIKE 'b%';
SHOW COLUMNS FROM customers WHERE `Null` = 'NO';
SHOW FULL COLUMNS FROM `orders` FROM `shop` LIKE '%';
SHOW FIELDS IN depot.stock;
SHOW EXTENDED COLUMNS FROM countries;
DESC customers;
DESCRIBE customers email;
DESC depot.stock 'q%';
EXPLAIN customers;
-- mask: Cardinality
SHOW INDEX FROM customers;
-- mask: Cardinality
SHOW KEYS IN depot.stock WHERE Key_name = 'PRIMARY';
-- mask: Cardinality
SHOW EXTENDED INDEX FROM countries;
SHOW CREATE TABLE customers;
SHOW CREATE TABLE depot.warehouses;
SHOW DATABASES LIKE 's%';
SHOW SCHEMAS WHERE `Database` IN ('shop', 'depot');
SHOW CREATE DATABASE shop;
SHOW CREATE SCHEMA IF NOT EXISTS depot;
SHOW VARIABLES LIKE 'sql_mode';
SHOW SESSION VARIABLES WHERE Variable_name IN ('autocommit', 'character_set_client', 'tx_isolation', 'transaction_isolation') OR Variable_name = 'lower_case_table_names';
SHOW GLOBAL VARIABLES LIKE 'version_comment';
SHOW LOCAL VARIABLES LIKE 'sql\_safe%';
SHOW CHARACTER SET LIKE 'utf8mb4';
SHOW CHARSET WHERE Maxlen = 4;
SHOW COLLATION LIKE 'utf8mb4_unicode_ci';
SHOW COLLATION WHERE Charset = 'latin1' AND `Default` = 'Yes';
SHOW ENGINES;
SHOW STORAGE ENGINES;
-- mask: Value
SHOW STATUS LIKE 'Uptime';
-- mask: Value
SHOW GLOBAL STATUS LIKE 'Threads_connected';
SHOW PLUGINS;
SHOW PRIVILEGES;
SHOW TRIGGERS;
SHOW TRIGGERS FROM shop LIKE 'x%';
SHOW FULL TRIGGERS;
SHOW EVENTS;
SHOW EVENTS FROM depot WHERE Name = 'x';
SHOW PROCEDURE STATUS WHERE Db = 'shop';
SHOW FUNCTION STATUS LIKE 'nothing';
SHOW WARNINGS;
SHOW ERRORS LIMIT 1;
-- always refuse: 1235 SHOW OPEN TABLES
SHOW OPEN TABLES FROM shop LIKE 'nothing';
-- mask: In_use, Name_locked
-- always refuse: 1235 SHOW OPEN TABLES
SHOW OPEN TABLES WHERE `Table` = 'nothing';
SHOW TABLE STATUS LIKE 'nothing';
SHOW PROFILES;
HELP 'nothing at all';
-- error: 1146
-- prepare differs: the error comes then
SHOW COLUMNS FROM missing;
-- error: 1146
SHOW CREATE TABLE missing;
-- error: 1049
-- prepare differs: the error comes then
SHOW TABLES FROM missing;
-- error: 1146
-- prepare differs: the error comes then
DESC missing;
-- error: 1305
SHOW CREATE PROCEDURE missing;
-- error: 1305
SHOW CREATE FUNCTION missing;
-- error: 1360
SHOW CREATE TRIGGER missing;
-- error: 1539
SHOW CREATE EVENT missing;
-- error: 1347
SHOW CREATE VIEW customers;
# EXPLAIN
-- mask: EXPLAIN
EXPLAIN FORMAT=JSON SELECT COUNT(*) FROM orders;
-- mask: EXPLAIN
EXPLAIN FORMAT=TREE SELECT * FROM customers WHERE id IN (SELECT customer_id FROM orders);
-- mask: EXPLAIN
EXPLAIN SELECT COUNT(*) FROM orders;
-- mask: EXPLAIN
EXPLAIN ANALYZE SELECT COUNT(*) FROM orders WHERE tenant_id = 't1';
-- mask: rows, filtered
EXPLAIN FORMAT=TRADITIONAL UPDATE orders SET note = 'x' WHERE total > 5;
-- mask: EXPLAIN
EXPLAIN FORMAT=JSON WITH x AS (SELECT * FROM orders) SELECT * FROM x a JOIN x b ON a.id = b.id;
-- error: 1146
EXPLAIN SELECT * FROM missing;
-- error: 1054
EXPLAIN SELECT nothing FROM orders;
# information_schema
SELECT t.table_name, t.table_type, t.engine, t.table_comment FROM information_schema.tables t WHERE t.table_schema = DATABASE() ORDER BY 1;
SELECT column_name, data_type, column_type, is_nullable, column_default, extra, character_maximum_length, numeric_precision, numeric_scale, datetime_precision, collation_name, column_key FROM information_schema.columns WHERE table_schema = 'shop' AND table_name = 'customers' ORDER BY ordinal_position;
SELECT kcu.table_name, kcu.column_name, tc.constraint_type, kcu.ordinal_position FROM information_schema.key_column_usage kcu JOIN information_schema.table_constraints tc USING (constraint_schema, constraint_name, table_name) WHERE kcu.table_schema = 'shop' ORDER BY 1, 2, 3;
SELECT s.table_name, s.index_name, GROUP_CONCAT(s.column_name ORDER BY s.seq_in_index) cols, s.non_unique, s.index_type FROM information_schema.statistics s WHERE s.table_schema IN ('shop', 'depot') GROUP BY 1, 2, 4, 5 ORDER BY 1, 2;
SELECT r.constraint_name, r.update_rule FROM information_schema.referential_constraints r WHERE r.constraint_schema = 'shop';
SELECT schema_name, default_character_set_name FROM information_schema.schemata WHERE schema_name IN ('shop', 'depot') ORDER BY 1;
SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = 'shop' AND table_name IN (SELECT table_name FROM information_schema.tables WHERE table_schema = 'shop');
SELECT TABLE_SCHEMA AS TABLE_CAT, NULL AS TABLE_SCHEM, TABLE_NAME, CASE WHEN TABLE_TYPE = 'BASE TABLE' THEN 'TABLE' ELSE TABLE_TYPE END AS TABLE_TYPE FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA = 'shop' AND TABLE_NAME LIKE 'o%' HAVING TABLE_TYPE IN ('TABLE', 'VIEW') ORDER BY TABLE_TYPE, TABLE_SCHEMA, TABLE_NAME;
USE information_schema;
SELECT table_name FROM tables WHERE table_schema = 'depot' ORDER BY 1;
SELECT COUNT(*) FROM columns WHERE table_schema = 'depot';
USE shop;
SELECT t.table_name, (SELECT COUNT(*) FROM orders) AS n FROM information_schema.tables t WHERE t.table_schema = 'shop' ORDER BY 1;
SELECT c.country, k.column_name FROM customers c JOIN information_schema.columns k ON k.table_schema = 'shop' AND k.table_name = 'countries' WHERE c.id < 3 ORDER BY c.id, k.ordinal_position;
SELECT 'orders' AS t, COUNT(*) AS n, (SELECT table_comment FROM information_schema.tables WHERE table_schema = 'shop' AND table_name = 'orders') AS c FROM orders;
SELECT table_name, 0 AS n FROM information_schema.tables WHERE table_schema = 'shop' AND table_name NOT IN ('orders') UNION ALL SELECT 'orders', COUNT(*) FROM orders ORDER BY 1;
SELECT COUNT(*) FROM orders o WHERE EXISTS (SELECT 1 FROM information_schema.columns WHERE table_schema = 'shop' AND table_name = 'orders' AND column_name = 'status');
SELECT id FROM orders WHERE note IN (SELECT table_name FROM information_schema.tables) ORDER BY id;
SELECT tenant_id, COUNT(*) FROM orders CROSS JOIN (SELECT 1 FROM information_schema.schemata WHERE schema_name = 'shop') s GROUP BY tenant_id ORDER BY tenant_id;
SELECT o.id, p.user FROM orders o LEFT JOIN performance_schema.users p ON p.user = 'no such user' ORDER BY o.id LIMIT 2;
SELECT o.id, u.user FROM orders o LEFT JOIN mysql.user u ON u.user = 'no such user' ORDER BY o.id LIMIT 2;
CHECKSUM TABLE countries;
-- no message
CHECK TABLE customers, orders;
ANALYZE TABLE customers;
OPTIMIZE TABLE orders;
SELECT VERSION() = @@version, DATABASE(), USER() IS NOT NULL, CONNECTION_ID() > 0;
SELECT @@version_comment IS NOT NULL, @@lower_case_table_names, @@max_allowed_packet > 0, @@auto_increment_increment, @@transaction_isolation, @@sql_mode, @@system_time_zone IS NOT NULL, @@time_zone, @@wait_timeout > 0, @@init_connect, @@license, @@interactive_timeout > 0, @@character_set_server, @@collation_server, @@performance_schema IN (0, 1);
# A common table expression is written into the statement wherever it is read, and a server
# opens each temporary table once.
WITH x AS (SELECT table_name AS n FROM information_schema.tables WHERE table_schema = 'shop') SELECT n FROM x ORDER BY n;
-- always refuse: 1235 information_schema is read twice
WITH x AS (SELECT table_name AS n FROM information_schema.tables WHERE table_schema = 'shop') SELECT x.n FROM x JOIN x y ON x.n = y.n ORDER BY 1;
-- always refuse: 1235 information_schema is read twice
WITH x AS (SELECT table_name AS n FROM information_schema.tables WHERE table_schema = 'shop'), z AS (SELECT n FROM x) SELECT n FROM z WHERE n IN (SELECT n FROM z) ORDER BY n;

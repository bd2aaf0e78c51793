-- about: session state, variables, diagnostics, hints, prepared text statements, several character sets and SQL modes, with rows of several shards
-- any plan
-- no warnings
-- text only
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
SET @a = 1, @b := 'x', @c = (SELECT MAX(id) FROM orders);
SELECT @a, @b, @c;
SELECT id FROM customers WHERE id > @a AND id < @c ORDER BY id LIMIT 2;
SELECT COUNT(*), MAX(total) INTO @n, @m FROM orders;
SELECT @n, @m;
SELECT id, name INTO @id, @name FROM customers WHERE country = 'CN';
SELECT @id, @name, HEX(@name), COLLATION(@name);
SELECT id INTO @id FROM orders WHERE id = -1;
SHOW WARNINGS;
SELECT @id;
-- error: 1172
SELECT id INTO @other FROM orders;
-- error: 1222
SELECT id, total INTO @x FROM orders LIMIT 1;
SELECT id FROM orders ORDER BY id DESC LIMIT 1 INTO @last;
SELECT @last;
SET @r = 0;
SELECT @r := @r + 1 AS r, id FROM orders ORDER BY id LIMIT 3;
SELECT @r;
SELECT SQL_CALC_FOUND_ROWS id FROM orders WHERE total > 5 ORDER BY id LIMIT 2;
SELECT FOUND_ROWS();
SELECT SQL_CALC_FOUND_ROWS country, COUNT(*) FROM customers GROUP BY country ORDER BY 1 LIMIT 1;
SELECT FOUND_ROWS(), ROW_COUNT();
SELECT id FROM orders LIMIT 3;
SELECT FOUND_ROWS();
SELECT ROW_COUNT();
SELECT id FROM orders UNION SELECT id FROM customers ORDER BY 1 LIMIT 3;
SELECT FOUND_ROWS();
# prepared statements of SQL
PREPARE q FROM 'SELECT id, name FROM customers WHERE country = ? AND id > ? ORDER BY id LIMIT ?';
SET @country = 'DE', @min = 0, @lim = 5;
EXECUTE q USING @country, @min, @lim;
SET @country = 'FR', @min = 5;
EXECUTE q USING @country, @min, @lim;
-- error: 1210
EXECUTE q USING @country;
DEALLOCATE PREPARE q;
-- error: 1243
EXECUTE q;
SET @sql = CONCAT('SELECT COUNT(*) AS n, SUM(total) FROM ', 'orders', ' WHERE status = ?');
PREPARE dyn FROM @sql;
SET @s = 'paid';
EXECUTE dyn USING @s;
DROP PREPARE dyn;
PREPARE p FROM 'SELECT c.id, (SELECT COUNT(*) FROM orders o WHERE o.customer_id = c.id AND o.total > ?) FROM customers c ORDER BY 1';
SET @t = 9.99;
EXECUTE p USING @t;
SET @t = NULL;
EXECUTE p USING @t;
SET @t = 'abc';
EXECUTE p USING @t;
DEALLOCATE PREPARE p;
-- error: 1064
PREPARE bad FROM 'SELEC 1';
-- error: 1146
PREPARE bad FROM 'SELECT * FROM missing';
PREPARE w FROM 'WITH x AS (SELECT ? AS a) SELECT MAX(x.a), MAX(y.a), COUNT(o.id) FROM x JOIN x y LEFT JOIN orders o ON o.id > x.a';
SET @v = 105;
EXECUTE w USING @v;
DEALLOCATE PREPARE w;
# diagnostics
-- error: 1054
SELECT nothing FROM orders;
SHOW ERRORS;
SHOW COUNT(*) ERRORS;
SHOW COUNT(*) WARNINGS;
-- error: 1054
SELECT nothing FROM orders;
GET DIAGNOSTICS CONDITION 1 @no = MYSQL_ERRNO;
SELECT @no;
SELECT 1 / 0, COUNT(*) FROM orders;
SHOW WARNINGS;
SELECT name + 0 FROM customers WHERE id IN (2, 3, 5) ORDER BY id;
SHOW WARNINGS;
SHOW COUNT(*) WARNINGS;
SELECT @@warning_count;
SHOW WARNINGS LIMIT 1, 1;
SET max_error_count = 1;
SELECT name + 0 FROM customers WHERE id IN (2, 3, 5) ORDER BY id;
SHOW WARNINGS;
SET max_error_count = DEFAULT;
# SQL modes
SET sql_mode = 'ANSI';
SELECT "id", 'a' || 'b', "name" || '-' || "country" AS "n" FROM "customers" WHERE "country" = 'DE' ORDER BY "id";
SELECT c."id", COUNT(*) AS "n" FROM customers c JOIN "orders" o ON o."customer_id" = c."id" GROUP BY c."id" ORDER BY "n" DESC, 1;
SET sql_mode = 'NO_BACKSLASH_ESCAPES';
SELECT id, '\n', LENGTH('\'), 'a\\b' FROM orders WHERE note LIKE 'a\_b' ESCAPE '\' ORDER BY id;
SELECT COUNT(*) FROM customers c JOIN orders o ON o.note = '\' OR o.customer_id = c.id;
SET sql_mode = 'PIPES_AS_CONCAT,NO_UNSIGNED_SUBTRACTION';
SELECT order_id, qty - 5, sku || '!' FROM items ORDER BY order_id, line;
SET sql_mode = '';
SELECT status, id, COUNT(*) > 0 FROM orders WHERE id = 100 GROUP BY status;
SELECT country, COUNT(*) c FROM customers GROUP BY country HAVING c > 1 ORDER BY c DESC, country;
SELECT id || 0 FROM customers ORDER BY id;
SET sql_mode = 'HIGH_NOT_PRECEDENCE,IGNORE_SPACE';
SELECT NOT id BETWEEN 1 AND 3, COUNT (*) FROM customers GROUP BY id ORDER BY id;
SET sql_mode = 'TIME_TRUNCATE_FRACTIONAL,ONLY_FULL_GROUP_BY';
SELECT CAST('2026-01-01 10:00:00.999' AS DATETIME), MAX(id) FROM orders;
SET sql_mode = 'TRADITIONAL';
SELECT @@sql_mode, COUNT(*) FROM orders;
SET sql_mode = DEFAULT;
# character sets
SET NAMES gbk;
SELECT id, HEX(name), name FROM customers WHERE country = 'CN' ORDER BY id;
SELECT id, HEX('王') FROM customers ORDER BY id LIMIT 1;
SELECT COUNT(*), MAX(c.name) FROM customers c JOIN orders o ON o.customer_id = c.id WHERE c.name = _utf8mb4 X'E78E8BE5B08FE6988E';
SET NAMES latin1;
SELECT id, name, CONCAT(name, '?') FROM customers ORDER BY name, id;
SELECT c.name, COUNT(*) FROM customers c LEFT JOIN orders o ON o.customer_id = c.id GROUP BY c.id ORDER BY c.id;
SET NAMES utf8mb3;
SELECT id, name, country FROM customers ORDER BY id;
SET NAMES binary;
SELECT id, name FROM customers WHERE name = 'ann' ORDER BY id;
SELECT country, MAX(name) FROM customers GROUP BY country ORDER BY country;
SET NAMES utf8mb4 COLLATE utf8mb4_bin;
SELECT id, 'a' = 'A' FROM customers WHERE name = 'ann' ORDER BY id;
SET NAMES utf8mb4;
SET character_set_results = NULL;
SELECT id, name, email FROM customers ORDER BY id;
SET character_set_results = 'latin1';
SELECT id, name, tags FROM customers ORDER BY id;
SET NAMES utf8mb4;
SET CHARACTER SET utf8mb4;
SELECT 'é' = 'E', COUNT(*) FROM customers;
SET NAMES DEFAULT;
SELECT '王小明' AS `名字`, COUNT(*) AS `数 量` FROM customers;
SELECT `c`.`id` AS `c.id` FROM `shop`.`customers` AS `c` ORDER BY `c`.`id` LIMIT 1;
SELECT COUNT(*) /* comment with ; and ' */ FROM customers -- tail '
;
SELECT /*+ MAX_EXECUTION_TIME(5000) NO_ICP(c) */ COUNT(*) FROM customers c # end
;
SELECT /*!99999 nonsense */ COUNT(*) FROM /*! customers */;
/* ApplicationName=DBeaver 23 - Main */ SELECT COUNT(*) FROM orders;
/*!40101 SET @saved = 1 */;
SELECT @saved;
SELECT /*+ SET_VAR(group_concat_max_len = 4) */ GROUP_CONCAT(id ORDER BY id) FROM customers;
SELECT @@group_concat_max_len;
SET SESSION sql_select_limit = 2;
SELECT id FROM orders ORDER BY id;
SELECT COUNT(*) FROM (SELECT id FROM orders) x;
SELECT country, COUNT(*) FROM customers GROUP BY country ORDER BY country;
SET sql_select_limit = DEFAULT;
SET sql_auto_is_null = 1;
SELECT COUNT(*) FROM customers WHERE id IS NULL;
SET sql_auto_is_null = 0;
SET sql_safe_updates = 1;
SELECT COUNT(*) FROM customers;
SET sql_safe_updates = 0;
SET SESSION max_execution_time = 10000;
SELECT COUNT(*) FROM orders;
SET SESSION max_execution_time = 0;
SET SESSION max_join_size = DEFAULT, sql_big_selects = 1;
SET @@session.tmp_table_size = 1048576, @@optimizer_switch = 'mrr=off', @@join_buffer_size = 131072;
SELECT COUNT(*), @@tmp_table_size, @@join_buffer_size FROM customers JOIN orders ON orders.customer_id = customers.id;
SET lc_messages = 'de_DE';
-- error: 1054
SELECT nothing FROM orders;
SET lc_messages = DEFAULT;
-- error: 1231
SET sql_mode = 'NONSENSE';
-- error: 1193
SET nonsense = 1;
-- error: 1232
SET group_concat_max_len = 'x';

-- about: common table expressions that have the name of a table, or of one another
-- any plan
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
WITH orders AS (SELECT * FROM orders WHERE total > 10) SELECT id FROM orders ORDER BY id;
WITH orders AS (SELECT * FROM orders WHERE total > 10) SELECT a.id, b.id FROM orders a JOIN orders b ON a.customer_id = b.customer_id AND a.id < b.id ORDER BY 1, 2;
WITH orders AS (SELECT * FROM orders WHERE total > 10) SELECT (SELECT COUNT(*) FROM orders), (SELECT COUNT(*) FROM shop.orders);
WITH stock AS (SELECT * FROM depot.stock WHERE qty > 5) SELECT s.sku, o.id FROM stock s JOIN orders o ON o.tenant_id = s.tenant_id ORDER BY 1, 2;
WITH customers AS (SELECT * FROM orders) SELECT COUNT(*) FROM customers;
SELECT COUNT(*) FROM customers WHERE id IN (WITH customers AS (SELECT customer_id FROM orders) SELECT customer_id FROM customers);
SELECT (WITH orders AS (SELECT 1 AS n) SELECT n FROM orders), COUNT(*) FROM orders;
WITH t AS (SELECT 1 a) SELECT (WITH t AS (SELECT COUNT(*) a FROM orders) SELECT a FROM t), a FROM t;
WITH a AS (SELECT id FROM customers), b AS (WITH a AS (SELECT id FROM orders) SELECT id FROM a) SELECT (SELECT COUNT(*) FROM a), (SELECT COUNT(*) FROM b);
WITH a AS (SELECT id FROM customers), b AS (WITH a AS (SELECT id FROM orders) SELECT x.id FROM a x JOIN a y ON x.id = y.id + 1) SELECT COUNT(*) FROM a, b, b c, a d WHERE a.id = d.id AND b.id = c.id;
(WITH x AS (SELECT id FROM customers) SELECT id FROM x WHERE id < 3) UNION ALL (WITH x AS (SELECT id FROM orders) SELECT id FROM x WHERE id > 108) ORDER BY id;
# MySQL reads the expression behind its parentheses, too.
-- refuse: 1235 in parentheses and is read behind them
(WITH orders AS (SELECT id FROM customers) SELECT id FROM orders) UNION ALL SELECT id FROM orders;
-- error: 1146
WITH x AS (SELECT id FROM y), y AS (SELECT id FROM orders) SELECT * FROM x;
WITH RECURSIVE orders AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM orders WHERE n < 3) SELECT n, COUNT(c.id) FROM orders JOIN customers c ON c.id > n GROUP BY n ORDER BY n;
WITH items AS (SELECT i.* FROM items i JOIN orders o ON o.id = i.order_id), totals AS (SELECT order_id, SUM(qty * price) s FROM items GROUP BY order_id) SELECT t.order_id, t.s, COUNT(i.line) FROM totals t JOIN items i USING (order_id) GROUP BY t.order_id, t.s ORDER BY 1;
SELECT c.id, (WITH customers AS (SELECT o.total FROM orders o WHERE o.customer_id = c.id) SELECT SUM(total) FROM customers) s FROM customers c ORDER BY c.id;
WITH x AS (SELECT id FROM customers WHERE id < 4) SELECT x.id, y.n FROM x JOIN LATERAL (WITH x AS (SELECT COUNT(*) n FROM orders o WHERE o.customer_id = x.id) SELECT n FROM x) y ORDER BY 1;
-- params: 5, 1
WITH x AS (SELECT id FROM customers WHERE id > ?), y AS (SELECT * FROM x) SELECT x.id, y.id FROM x JOIN y ON y.id = x.id + ? ORDER BY 1;

-- about: window functions with every kind of frame, set operations, VALUES, ROLLUP, recursive and repeated common table expressions over shards
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
SELECT id, SUM(total) OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) a, SUM(total) OVER (ORDER BY id ROWS BETWEEN CURRENT ROW AND 1 FOLLOWING) b, SUM(total) OVER (ORDER BY id ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) c FROM orders ORDER BY id;
SELECT id, AVG(total) OVER (ORDER BY placed RANGE BETWEEN INTERVAL 31 DAY PRECEDING AND INTERVAL 1 SECOND PRECEDING) a, COUNT(*) OVER (ORDER BY total RANGE BETWEEN 5 PRECEDING AND 5 FOLLOWING) b FROM orders ORDER BY id;
SELECT id, FIRST_VALUE(note) OVER w f, LAST_VALUE(note) OVER w l, NTH_VALUE(note, 2) OVER w n, NTH_VALUE(id, 2) FROM FIRST RESPECT NULLS OVER w n2 FROM orders WINDOW w AS (PARTITION BY tenant_id ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) ORDER BY id;
SELECT id, RANK() OVER (ORDER BY status), DENSE_RANK() OVER (ORDER BY status), ROW_NUMBER() OVER (ORDER BY status, id), LEAD(id, 2, -1) OVER (PARTITION BY status ORDER BY id) FROM orders ORDER BY id;
SELECT country, segment, SUM(balance), SUM(SUM(balance)) OVER (PARTITION BY country), RANK() OVER (ORDER BY SUM(balance) DESC) FROM customers GROUP BY country, segment ORDER BY country, segment;
SELECT id, JSON_ARRAYAGG(id) OVER (PARTITION BY country ORDER BY id) j, BIT_XOR(id) OVER (ORDER BY id) x, STDDEV_SAMP(balance) OVER (PARTITION BY country) s FROM customers ORDER BY id;
SELECT w1.id, COUNT(*) OVER w2 FROM customers w1 WINDOW w0 AS (PARTITION BY country), w2 AS (w0 ORDER BY id) ORDER BY w1.id;
SELECT id, GROUPING(id), COUNT(*) OVER (ORDER BY id), ROW_NUMBER() OVER () > 0 FROM customers GROUP BY id WITH ROLLUP ORDER BY GROUPING(id), id;
SELECT DISTINCT country, COUNT(*) OVER (PARTITION BY country) FROM customers ORDER BY 1;
SELECT id FROM customers ORDER BY ROW_NUMBER() OVER (ORDER BY balance DESC, id) LIMIT 3;
SELECT id, MAX(placed) OVER (PARTITION BY customer_id) = placed AS latest FROM orders ORDER BY id;
SELECT * FROM (SELECT o.*, ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY placed DESC, id) rn FROM orders o) x WHERE rn = 1 AND customer_id IS NOT NULL ORDER BY id;
-- error: 3593
SELECT id FROM orders WHERE ROW_NUMBER() OVER () = 1;
-- error: 3579
SELECT id, SUM(total) OVER nowhere FROM orders;
SELECT id, SUM(qty) OVER (ORDER BY CAST(sku AS CHAR) RANGE UNBOUNDED PRECEDING) s FROM (SELECT line id, sku, qty FROM items) i ORDER BY sku, id;
# set operations
SELECT country FROM customers INTERSECT SELECT code FROM countries ORDER BY 1;
SELECT country FROM customers EXCEPT SELECT code FROM countries WHERE name LIKE 'G%' ORDER BY 1;
SELECT country FROM customers EXCEPT ALL SELECT country FROM customers WHERE segment = 'big' ORDER BY 1;
SELECT customer_id FROM orders INTERSECT ALL SELECT id FROM customers ORDER BY 1;
(SELECT id, name FROM customers WHERE country = 'DE' ORDER BY id DESC LIMIT 1) UNION (SELECT id, note FROM orders ORDER BY total DESC LIMIT 2) ORDER BY 2, 1;
SELECT id FROM customers UNION SELECT customer_id FROM orders UNION ALL SELECT id FROM customers WHERE id < 3 ORDER BY id LIMIT 4 OFFSET 2;
(SELECT tenant_id FROM customers EXCEPT SELECT tenant_id FROM orders) UNION ALL (SELECT tenant_id FROM orders EXCEPT SELECT tenant_id FROM depot.stock) ORDER BY 1;
SELECT 1 AS a, 'x' AS b UNION SELECT id, name FROM customers ORDER BY a DESC, b;
SELECT * FROM (SELECT id FROM orders UNION ALL SELECT id FROM customers) u JOIN customers USING (id) ORDER BY id;
SELECT NULL AS n UNION ALL SELECT born FROM customers ORDER BY n;
-- error: 1271
SELECT email FROM customers UNION SELECT name FROM customers ORDER BY 1;
SELECT total FROM orders UNION SELECT score FROM customers ORDER BY 1;
SELECT bits FROM customers UNION SELECT flags FROM customers ORDER BY 1;
SELECT tags FROM customers WHERE tags IS NOT NULL UNION ALL SELECT '1' ORDER BY 1;
VALUES ROW(1, 'a'), ROW(2, 'b') ORDER BY 1 DESC;
SELECT v.column_0, c.name FROM (VALUES ROW(1), ROW(3), ROW(77)) v LEFT JOIN customers c ON c.id = v.column_0 ORDER BY 1;
SELECT c.id, v.label FROM customers c JOIN (VALUES ROW('DE', 'd'), ROW('FR', 'f')) AS v(code, label) ON v.code = c.country ORDER BY 1;
SELECT id FROM customers WHERE (country, segment) IN (VALUES ROW('DE', 'small'), ROW('FR', 'big')) ORDER BY 1;
SELECT id FROM customers UNION VALUES ROW(5), ROW(500) ORDER BY 1;
TABLE countries ORDER BY code LIMIT 2;
TABLE customers ORDER BY id LIMIT 2 OFFSET 1;
-- error: 1064
SELECT id FROM customers WHERE country IN (TABLE (SELECT 1)) ;
SELECT COUNT(*) FROM (TABLE orders) x;
SELECT id FROM customers c WHERE EXISTS (TABLE depot.stock) ORDER BY id;
# ROLLUP
SELECT country, segment, COUNT(*) FROM customers GROUP BY ROLLUP (country, segment) ORDER BY country, segment;
SELECT YEAR(placed) y, MONTH(placed) m, SUM(total) FROM orders GROUP BY y, m WITH ROLLUP;
SELECT status, COUNT(*) c, GROUP_CONCAT(id ORDER BY id) FROM orders GROUP BY status WITH ROLLUP HAVING c > 1;
SELECT COALESCE(status, 'total') s, SUM(total) FROM orders GROUP BY status WITH ROLLUP LIMIT 3;
SELECT DISTINCT GROUPING(status) FROM orders GROUP BY status WITH ROLLUP ORDER BY 1;
SELECT * FROM (SELECT status, COUNT(*) n FROM orders GROUP BY status WITH ROLLUP) r WHERE status IS NULL ORDER BY n;
# CTEs
WITH a AS (SELECT * FROM customers), b AS (SELECT * FROM a WHERE country = 'DE'), c AS (SELECT a.id, b.id bid FROM a JOIN b ON b.id <> a.id) SELECT COUNT(*), MIN(bid) FROM c, a WHERE a.id = c.id;
WITH a (x, y) AS (SELECT id, total FROM orders) SELECT a1.x, a2.y FROM a a1 JOIN a a2 ON a1.x = a2.x + 1 ORDER BY 1;
WITH RECURSIVE up AS (SELECT code, name, parent, 0 AS depth FROM countries WHERE code IN (SELECT country FROM customers) UNION ALL SELECT c.code, c.name, c.parent, depth + 1 FROM countries c JOIN up ON up.parent = c.code) SELECT * FROM up ORDER BY depth, code;
WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 10) SELECT n.i, c.name FROM n LEFT JOIN customers c ON c.id = n.i ORDER BY n.i;
WITH RECURSIVE chain AS (SELECT id, customer_id, CAST(id AS CHAR(200)) path FROM orders WHERE id = 100 UNION ALL SELECT o.id, o.customer_id, CONCAT(chain.path, '>', o.id) FROM chain JOIN orders o ON o.customer_id = chain.customer_id AND o.id > chain.id) SELECT * FROM chain ORDER BY path;
WITH RECURSIVE fib (n, a, b) AS (SELECT 1, 0, 1 UNION ALL SELECT n + 1, b, a + b FROM fib WHERE n < 8) SELECT f.n, f.a, (SELECT COUNT(*) FROM orders WHERE total > f.a) FROM fib f ORDER BY n;
WITH x AS (SELECT country, COUNT(*) n FROM customers GROUP BY country) SELECT x.country, x.n, (SELECT SUM(n) FROM x) FROM x ORDER BY 1;
WITH x AS (SELECT id FROM orders ORDER BY total DESC, id LIMIT 3) SELECT o.* FROM orders o WHERE id IN (SELECT id FROM x) ORDER BY o.id;
SELECT * FROM customers WHERE id IN (WITH q AS (SELECT customer_id FROM orders WHERE total > 10) SELECT customer_id FROM q) ORDER BY id;
WITH t AS (SELECT 1 a) SELECT (WITH t AS (SELECT COUNT(*) a FROM orders) SELECT a FROM t), a FROM t;
WITH customers AS (SELECT * FROM orders) SELECT COUNT(*) FROM customers;
WITH orders AS (SELECT id, name FROM customers) SELECT o.name FROM orders o ORDER BY o.id;
-- refuse: 1235 a common table expression that calls
WITH x AS (SELECT RAND() r, id FROM customers) SELECT COUNT(*) FROM x a JOIN x b ON a.id = b.id AND a.r = b.r;
-- refuse: 1235 a common table expression that calls
WITH x AS (SELECT UUID() u, id FROM customers) SELECT a.u = b.u FROM x a JOIN x b USING (id);
WITH x AS (SELECT @n := 5 AS n, COUNT(*) c FROM orders) SELECT x.c FROM x;
WITH a AS (SELECT id FROM customers), b AS (WITH a AS (SELECT id FROM orders) SELECT id FROM a) SELECT (SELECT COUNT(*) FROM a), (SELECT COUNT(*) FROM b);
-- error: 3575
WITH RECURSIVE r AS (SELECT id FROM customers UNION ALL SELECT MAX(id) FROM r) SELECT * FROM r;
-- error: 3636
WITH RECURSIVE r AS (SELECT id FROM customers UNION ALL SELECT id + 1 FROM r) SELECT COUNT(*) FROM r;
WITH RECURSIVE r AS (SELECT MIN(id) id FROM customers UNION SELECT (id + 1) MOD 5 FROM r) SELECT COUNT(*), MAX(id) FROM r;
WITH u AS (SELECT id FROM customers), v AS (SELECT id FROM orders) SELECT * FROM u UNION ALL SELECT * FROM v ORDER BY id LIMIT 5;
# LATERAL
SELECT c.id, o.id, o.total FROM customers c LEFT JOIN LATERAL (SELECT id, total FROM orders WHERE customer_id = c.id ORDER BY total DESC, id LIMIT 1) o ON TRUE ORDER BY c.id;
SELECT c.id, x.n, y.m FROM customers c, LATERAL (SELECT COUNT(*) n FROM orders WHERE customer_id = c.id) x, LATERAL (SELECT x.n * 2 AS m) y ORDER BY c.id;
SELECT c.id, o.s FROM customers c JOIN LATERAL (SELECT SUM(i.qty) s FROM orders o JOIN items i ON i.order_id = o.id WHERE o.customer_id = c.id HAVING s > 1) o ORDER BY c.id;
# correlated
SELECT id FROM customers c WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id) ORDER BY id;
SELECT id FROM customers WHERE id NOT IN (SELECT customer_id FROM orders) ORDER BY id;
SELECT id FROM customers WHERE id NOT IN (SELECT customer_id FROM orders WHERE customer_id IS NOT NULL) ORDER BY id;
SELECT id FROM orders WHERE total > ALL (SELECT total FROM orders WHERE status = 'open') ORDER BY id;
SELECT id FROM orders WHERE total >= ANY (SELECT price FROM items) ORDER BY id;
SELECT id FROM orders o WHERE (customer_id, total) IN (SELECT customer_id, MAX(total) FROM orders GROUP BY customer_id) ORDER BY id;
SELECT id FROM orders WHERE ROW(tenant_id, id) = ROW('t1', 100);
SELECT id FROM orders WHERE (tenant_id, id) > ('t2', 100) ORDER BY id;
SELECT id FROM orders WHERE (total, id) = (SELECT total, MIN(id) FROM orders WHERE total = 12 GROUP BY total);
-- error: 1242
SELECT id, (SELECT total FROM orders) FROM customers;
-- error: 1241
SELECT id FROM customers WHERE (id, name) IN (SELECT id FROM orders);
SELECT c.id, (SELECT GROUP_CONCAT(o.id ORDER BY o.id) FROM orders o WHERE o.customer_id = c.id) l, EXISTS (SELECT 1 FROM depot.stock s WHERE s.tenant_id = c.tenant_id) e FROM customers c ORDER BY c.id;
SELECT id FROM customers c WHERE 1 < (SELECT COUNT(*) FROM orders o WHERE o.customer_id = c.id AND EXISTS (SELECT 1 FROM items i WHERE i.order_id = o.id)) ORDER BY id;
SELECT id FROM customers c ORDER BY (SELECT COUNT(*) FROM orders o WHERE o.customer_id = c.id) DESC, id LIMIT 3;
SELECT country, COUNT(*) FROM customers c GROUP BY country HAVING COUNT(*) > (SELECT AVG(n) FROM (SELECT COUNT(*) n FROM customers GROUP BY country) a) ORDER BY country;
SELECT (SELECT SUM(total) FROM orders WHERE tenant_id = c.tenant_id) / (SELECT SUM(total) FROM orders) p, id FROM customers c ORDER BY id;
DO (SELECT COUNT(*) FROM orders);
-- error: 1242
DO SLEEP(0), (SELECT id FROM orders);
DO 1, SLEEP(0);

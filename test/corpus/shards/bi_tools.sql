-- about: what Metabase, Superset, Tableau, Grafana and Power BI ask
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
# Metabase
SELECT `source`.`segment` AS `segment`, COUNT(*) AS `count` FROM (SELECT `customers`.`id` AS `id`, `customers`.`segment` AS `segment` FROM `customers`) AS `source` GROUP BY `source`.`segment` ORDER BY `source`.`segment` ASC;
SELECT str_to_date(concat(date_format(`orders`.`placed`, '%Y-%m'), '-01'), '%Y-%m-%d') AS `placed`, SUM(`orders`.`total`) AS `sum` FROM `orders` GROUP BY str_to_date(concat(date_format(`orders`.`placed`, '%Y-%m'), '-01'), '%Y-%m-%d') ORDER BY str_to_date(concat(date_format(`orders`.`placed`, '%Y-%m'), '-01'), '%Y-%m-%d') ASC;
SELECT DATE(`orders`.`placed`) AS `placed`, `Customers`.`country` AS `Customers__country`, COUNT(distinct `orders`.`customer_id`) AS `count` FROM `orders` LEFT JOIN `customers` AS `Customers` ON `orders`.`customer_id` = `Customers`.`id` GROUP BY DATE(`orders`.`placed`), `Customers`.`country` ORDER BY DATE(`orders`.`placed`) ASC, `Customers`.`country` ASC;
SELECT COUNT(*) AS `count`, SUM(CASE WHEN `orders`.`status` = 'paid' THEN 1 ELSE 0.0 END) / COUNT(*) AS `share` FROM `orders`;
SELECT FLOOR((`orders`.`total` / 10.0)) * 10.0 AS `total`, COUNT(*) AS `count` FROM `orders` GROUP BY FLOOR((`orders`.`total` / 10.0)) * 10.0 ORDER BY FLOOR((`orders`.`total` / 10.0)) * 10.0 ASC;
SELECT EXTRACT(HOUR FROM `orders`.`placed`) AS `h`, QUARTER(placed) AS q, (DAYOFWEEK(placed) - 1) AS d, AVG(total) AS a FROM `orders` GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;
SELECT `customers`.`id`, `customers`.`name` FROM `customers` WHERE LOWER(`customers`.`name`) LIKE '%ann%' LIMIT 1048575;
SELECT SUBSTRING(`customers`.`bio`, 1, 1234) AS `bio` FROM `customers` ORDER BY id LIMIT 10000;
SELECT `source`.`country`, `source`.`sum` FROM (SELECT c.country, SUM(o.total) AS `sum` FROM customers c JOIN orders o ON o.customer_id = c.id GROUP BY c.country) `source` WHERE `source`.`sum` > 5 ORDER BY `source`.`sum` DESC LIMIT 3;
# Superset
SELECT DATE(placed) AS __timestamp, sum(total) AS `SUM(total)` FROM shop.orders WHERE placed >= STR_TO_DATE('2026-01-01 00:00:00.000000', '%Y-%m-%d %H:%i:%s.%f') AND placed < STR_TO_DATE('2026-04-01 00:00:00.000000', '%Y-%m-%d %H:%i:%s.%f') GROUP BY DATE(placed) ORDER BY `SUM(total)` DESC LIMIT 1000;
SELECT DATE_SUB(placed, INTERVAL DAYOFYEAR(placed) - 1 DAY) AS y, MAX(total), MIN(total) FROM orders GROUP BY DATE_SUB(placed, INTERVAL DAYOFYEAR(placed) - 1 DAY) ORDER BY y;
SELECT country AS country, COUNT(*) AS `COUNT(*)` FROM (SELECT c.*, o.status FROM customers c, orders o WHERE c.id = o.customer_id) AS virtual_table JOIN (SELECT status AS status__, COUNT(*) AS mme_inner__ FROM orders GROUP BY status ORDER BY mme_inner__ DESC LIMIT 2) AS series_limit ON status = status__ GROUP BY country ORDER BY `COUNT(*)` DESC, country LIMIT 10;
SELECT DATE_ADD(DATE(placed), INTERVAL (-1) * (WEEKDAY(placed)) DAY) w, COUNT(1) FROM orders GROUP BY w HAVING COUNT(1) > 1 ORDER BY w;
# Tableau
-- mask: status
SELECT SUM(1) AS `cnt:Number of Records:ok`, `orders`.`status` AS `status`, YEAR(`orders`.`placed`) AS `yr:placed:ok` FROM `orders` GROUP BY 2, 3 ORDER BY 2, 3;
SELECT `t0`.`__measure__0` AS `avg`, `customers`.`name` AS `name` FROM `customers` INNER JOIN (SELECT `customers`.`country` AS `country`, AVG(`customers`.`balance`) AS `__measure__0` FROM `customers` GROUP BY 1) `t0` ON (`customers`.`country` <=> `t0`.`country`) ORDER BY `customers`.`id`;
SELECT MIN(`orders`.`placed`) AS `TEMP(a)`, MAX(`orders`.`placed`) AS `TEMP(b)`, COUNT(1) AS `TEMP(c)` FROM `orders` HAVING (COUNT(1) > 0);
SELECT (CASE WHEN (CASE WHEN (`orders`.`total` > 20) THEN 1 WHEN NOT (`orders`.`total` > 20) THEN 0 ELSE NULL END) THEN 'big' WHEN NOT FALSE THEN 'small' END) AS `c`, COUNT(DISTINCT `orders`.`id`) FROM `orders` GROUP BY 1 ORDER BY 1;
SELECT 1 AS `x` FROM `orders` GROUP BY NULL HAVING SUM(1) > 3;
SELECT ADDDATE( CAST(CONCAT(YEAR(`orders`.`placed`), '-01-01 00:00:00') AS DATETIME ), INTERVAL (QUARTER(`orders`.`placed`)-1)*3 MONTH ) AS `tqr`, SUM(total) FROM orders GROUP BY 1 ORDER BY 1;
SELECT TRUNCATE(total, -1) AS `t`, LTRIM(RTRIM(note)) n FROM orders ORDER BY id;
# Grafana
SELECT UNIX_TIMESTAMP(placed) DIV 86400 * 86400 AS "time", status AS metric, COUNT(*) AS value FROM orders WHERE placed BETWEEN FROM_UNIXTIME(1767225600) AND FROM_UNIXTIME(1780000000) GROUP BY 1, 2 ORDER BY 1, 2;
SELECT cast(cast(UNIX_TIMESTAMP(placed)/(3600) as signed)*3600 as signed) AS time_sec, avg(total) as value, 'avg' as metric FROM orders WHERE UNIX_TIMESTAMP(placed) >= 1767225600 GROUP BY time_sec, metric ORDER BY time_sec ASC;
# Power BI, Looker
select `_`.`country`, `_`.`a0` from (select `rows`.`country` as `country`, sum(`rows`.`balance`) as `a0` from (select `country`, `balance` from `shop`.`customers` `$Table`) `rows` group by `country`) `_` where not `_`.`a0` is null order by 1;
SELECT customers.country AS "customers.country", COALESCE(SUM(orders.total), 0) AS "orders.total", COUNT(DISTINCT CASE WHEN (orders.status = 'paid') THEN orders.id ELSE NULL END) AS "orders.paid" FROM shop.orders AS orders LEFT JOIN shop.customers AS customers ON orders.customer_id = customers.id GROUP BY 1 ORDER BY COALESCE(SUM(orders.total), 0) DESC, 1 LIMIT 500;
SELECT COALESCE(COALESCE(CAST((SUM(DISTINCT (CAST(FLOOR(COALESCE(orders.total, 0)*1000000) AS DECIMAL(65,0)) + (CAST(CONV(SUBSTRING(SHA2(CAST(orders.id AS CHAR), 256), 1, 16), 16, 10) AS DECIMAL(65))))) - SUM(DISTINCT (CAST(CONV(SUBSTRING(SHA2(CAST(orders.id AS CHAR), 256), 1, 16), 16, 10) AS DECIMAL(65))))) AS DOUBLE) / 1000000, 0), 0) AS s FROM orders LEFT JOIN items ON items.order_id = orders.id;
# analysts: cohorts, retention, funnels, percentiles, running totals, gaps, pivot
WITH firsts AS (SELECT customer_id, MIN(placed) AS first FROM orders WHERE customer_id IS NOT NULL GROUP BY customer_id) SELECT DATE_FORMAT(f.first, '%Y-%m') AS cohort, TIMESTAMPDIFF(MONTH, f.first, o.placed) AS m, COUNT(DISTINCT o.customer_id) AS n FROM firsts f JOIN orders o USING (customer_id) GROUP BY cohort, m ORDER BY cohort, m;
SELECT status, SUM(IF(MONTH(placed) = 1, total, 0)) AS jan, SUM(IF(MONTH(placed) = 2, total, 0)) AS feb, SUM(IF(MONTH(placed) = 3, total, 0)) AS mar FROM orders GROUP BY status WITH ROLLUP;
SELECT * FROM (SELECT id, total, PERCENT_RANK() OVER (ORDER BY total) AS pr, CUME_DIST() OVER (ORDER BY total) AS cd, NTILE(4) OVER (ORDER BY total, id) AS q FROM orders) t WHERE q IN (1, 4) ORDER BY total, id;
SELECT id, placed, total, SUM(total) OVER (ORDER BY placed, id ROWS UNBOUNDED PRECEDING) AS running, LAG(total) OVER (ORDER BY placed, id) AS prev, total - LAG(total, 1, 0) OVER w AS diff FROM orders WINDOW w AS (ORDER BY placed, id) ORDER BY placed, id;
SELECT customer_id, id, DATEDIFF(placed, LAG(placed) OVER (PARTITION BY customer_id ORDER BY placed)) AS gap FROM orders ORDER BY customer_id, placed, id;
WITH RECURSIVE days AS (SELECT DATE('2026-01-01') AS d UNION ALL SELECT d + INTERVAL 1 MONTH FROM days WHERE d < '2026-06-01') SELECT d, COUNT(o.id), COALESCE(SUM(o.total), 0) FROM days LEFT JOIN orders o ON o.placed >= d AND o.placed < d + INTERVAL 1 MONTH GROUP BY d ORDER BY d;
SELECT c.id, c.name, (SELECT COUNT(*) FROM orders o WHERE o.customer_id = c.id) AS n, (SELECT MAX(o.placed) FROM orders o WHERE o.customer_id = c.id AND o.status = 'paid') AS last FROM customers c ORDER BY n DESC, c.id;
SELECT country, name, balance FROM customers c WHERE balance = (SELECT MAX(balance) FROM customers x WHERE x.country <=> c.country) ORDER BY country, name;
SELECT * FROM (SELECT c.country, c.name, c.balance, ROW_NUMBER() OVER (PARTITION BY c.country ORDER BY c.balance DESC, c.id) rn FROM customers c) ranked WHERE rn <= 1 ORDER BY country;
SELECT sku, SUM(qty * price) / SUM(SUM(qty * price)) OVER () * 100 AS pct FROM items GROUP BY sku ORDER BY sku;
SELECT i.sku, SUM(i.qty) AS sold, s.q AS stocked FROM items i LEFT JOIN (SELECT sku, SUM(qty) q FROM depot.stock GROUP BY sku) s ON s.sku = i.sku GROUP BY i.sku, s.q HAVING sold > COALESCE(stocked, 0) ORDER BY 1, 2;
SELECT AVG(total) AS median FROM (SELECT total, ROW_NUMBER() OVER (ORDER BY total) AS rn, COUNT(*) OVER () AS n FROM orders WHERE total IS NOT NULL) x WHERE rn IN (FLOOR((n + 1) / 2), CEIL((n + 1) / 2));
SELECT VAR_POP(total), VAR_SAMP(total), STDDEV(total), STD(score), VARIANCE(balance) FROM orders, customers;
SELECT GROUPING(country) g, GROUPING(country, segment) gs, country, segment, SUM(balance), COUNT(*) FROM customers GROUP BY country, segment WITH ROLLUP ORDER BY g, gs, country, segment;
SELECT IF(GROUPING(country), 'all', COALESCE(country, '?')) c, COUNT(*) FROM customers GROUP BY country WITH ROLLUP HAVING GROUPING(country) = 1 OR COUNT(*) > 1 ORDER BY 1;
SELECT MAKEDATE(YEAR(placed), 1) + INTERVAL QUARTER(placed) QUARTER - INTERVAL 1 QUARTER AS q, COUNT(*), SUM(total), AVG(total) FROM orders GROUP BY q ORDER BY q;
SELECT o1.id, o2.id FROM orders o1 JOIN orders o2 ON o1.customer_id = o2.customer_id AND o1.id < o2.id AND o2.placed BETWEEN o1.placed AND o1.placed + INTERVAL 90 DAY ORDER BY 1, 2;
(SELECT 'orders' AS what, COUNT(*) AS n FROM orders) UNION ALL (SELECT 'customers', COUNT(*) FROM customers) UNION ALL (SELECT 'stock', COUNT(*) FROM depot.stock) ORDER BY n DESC;
SELECT w.city, COUNT(s.sku), SUM(s.qty), ST_AsText(w.shape) FROM depot.warehouses w LEFT JOIN depot.stock s ON s.warehouse = w.id GROUP BY w.id ORDER BY w.id;
SELECT DATE_FORMAT(created, '%x-W%v') wk, COUNT(*) FROM customers GROUP BY wk ORDER BY wk;
SELECT c.segment, COUNT(*) FILTERED FROM customers c GROUP BY c.segment ORDER BY c.segment;
SELECT segment, GROUP_CONCAT(DISTINCT country ORDER BY country DESC SEPARATOR '|'), JSON_ARRAYAGG(id) IS NOT NULL, BIT_OR(bits), MAX(flags), MIN(segment) FROM customers GROUP BY segment ORDER BY segment;
SELECT HOUR(checked), SUM(TIME_TO_SEC(checked)), SEC_TO_TIME(SUM(TIME_TO_SEC(checked))), MAX(checked), MIN(checked) FROM depot.stock GROUP BY HOUR(checked) ORDER BY 1, 2;

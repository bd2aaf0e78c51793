-- about: GROUP BY columns, expressions, positions and aliases, and HAVING, over shards
-- any plan
-- database: shop
-- sharded: shop.sales by tenant_id, depot.moves by tenant_id
-- reference: shop.goods
CREATE TABLE sales (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY, good_id INT, city VARCHAR(20), qty INT, price DECIMAL(8,2), sold DATETIME, doc JSON, kind ENUM('web', 'shop'));
CREATE TABLE goods (id INT PRIMARY KEY, name VARCHAR(20), family VARCHAR(20));
INSERT INTO sales VALUES
  ('a', 1, 1, 'Oslo', 2, 10.00, '2026-01-01 08:00', '{"k": 1}', 'web'), ('a', 2, 2, 'OSLO', 1, 5.50, '2026-01-01 20:00', '{"k": 1}', 'shop'), ('b', 3, 1, 'Rome', 4, 10.00, '2026-01-02 08:00', '{"k": 2}', 'web'),
  ('c', 4, 3, 'oslo', NULL, 99.90, '2026-02-01 08:00', NULL, NULL), ('c', 5, 1, NULL, 3, NULL, NULL, '{"k": null}', 'web'), ('d', 6, 2, 'Rome', 10, 4.00, '2025-12-31 23:59:59', '{}', 'shop'),
  ('e', 7, 4, '北京', 5, 1.25, '2026-02-28 00:00', '{"k": 1}', 'web'), ('f', 8, NULL, '北京', 5, 1.25, '2026-02-28 00:00', '{"k": "1"}', 'web'), ('g', 9, 1, '', 0, 0, '2026-01-01 08:00', '{"k": 2}', 'shop');
INSERT INTO goods VALUES (1, 'tea', 'food'), (2, 'rice', 'food'), (3, 'lamp', 'home'), (5, 'sofa', 'home');
USE depot;
CREATE TABLE moves (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY, good_id INT, delta INT);
INSERT INTO moves VALUES ('a', 1, 1, 10), ('b', 2, 1, -3), ('c', 3, 2, 7), ('d', 4, 3, 0), ('h', 5, 1, 100);
-- cases
SELECT kind, COUNT(*) FROM sales GROUP BY kind;
SELECT good_id, SUM(qty), MIN(price), MAX(price) FROM sales GROUP BY good_id ORDER BY good_id;
SELECT UPPER(city) c, COUNT(*), SUM(qty * price) FROM sales GROUP BY c ORDER BY c;
SELECT COUNT(*), MIN(id) FROM sales GROUP BY city ORDER BY 2;
SELECT kind, good_id, COUNT(*) FROM sales GROUP BY kind, good_id ORDER BY kind, good_id;
SELECT good_id, kind, COUNT(*) FROM sales GROUP BY 1, 2 ORDER BY 2, 1;
SELECT DATE(sold) AS day, COUNT(*), SUM(qty) FROM sales GROUP BY day ORDER BY day;
SELECT DATE_FORMAT(sold, '%Y-%m') AS month, COUNT(*) FROM sales GROUP BY month ORDER BY month DESC;
SELECT YEAR(sold), QUARTER(sold), COUNT(*) FROM sales GROUP BY YEAR(sold), QUARTER(sold) ORDER BY 1, 2;
SELECT YEAR(sold) * 100 + MONTH(sold) AS ym, SUM(price) FROM sales GROUP BY YEAR(sold) * 100 + MONTH(sold) ORDER BY ym;
SELECT qty > 3 AS large, COUNT(*) FROM sales GROUP BY qty > 3 ORDER BY large;
SELECT IF(qty IS NULL, 'none', IF(qty > 4, 'many', 'few')) AS size, COUNT(*), AVG(price) FROM sales GROUP BY size ORDER BY size;
SELECT CASE WHEN price < 5 THEN 1 WHEN price < 50 THEN 2 ELSE 3 END AS band, COUNT(*) n FROM sales GROUP BY band ORDER BY n DESC, band;
SELECT FLOOR(price / 5) AS bucket, COUNT(*), MIN(price) FROM sales GROUP BY bucket ORDER BY bucket;
SELECT doc->>'$.k' AS k, COUNT(*) FROM sales GROUP BY k ORDER BY k;
SELECT JSON_EXTRACT(doc, '$.k') AS k, COUNT(*) FROM sales GROUP BY JSON_EXTRACT(doc, '$.k') ORDER BY COUNT(*) DESC, MIN(id);
SELECT LEFT(UPPER(city), 1) AS initial, GROUP_CONCAT(id ORDER BY id) FROM sales GROUP BY initial ORDER BY initial;
SELECT 1, COUNT(*) FROM sales GROUP BY NULL;
SELECT COUNT(*) FROM sales GROUP BY 'one value';
SELECT tenant_id, COUNT(*) FROM sales GROUP BY tenant_id ORDER BY tenant_id;
SELECT COUNT(*) FROM sales GROUP BY tenant_id ORDER BY 1;
SELECT MAX(n) FROM (SELECT tenant_id, COUNT(*) n FROM sales GROUP BY tenant_id) x;
SELECT id, qty FROM sales GROUP BY id ORDER BY id;
SELECT id, price, COUNT(*) FROM sales GROUP BY id HAVING price > 4 ORDER BY id;
SELECT DISTINCT kind FROM sales GROUP BY kind, good_id ORDER BY kind;
SELECT kind FROM sales GROUP BY kind ORDER BY SUM(price) DESC;
# With joins.
SELECT g.family, COUNT(*), SUM(s.qty), AVG(s.price) FROM sales s JOIN goods g ON g.id = s.good_id GROUP BY g.family ORDER BY g.family;
SELECT g.id, g.name, COUNT(s.id), SUM(s.qty) FROM goods g LEFT JOIN sales s ON s.good_id = g.id GROUP BY g.id ORDER BY g.id;
SELECT g.name, (SELECT SUM(delta) FROM depot.moves m WHERE m.good_id = g.id) stock, SUM(s.qty) FROM goods g JOIN sales s ON s.good_id = g.id GROUP BY g.id ORDER BY g.id;
SELECT s.good_id, SUM(s.qty), m.total FROM sales s JOIN (SELECT good_id, SUM(delta) AS total FROM depot.moves GROUP BY good_id) m ON m.good_id = s.good_id GROUP BY s.good_id, m.total ORDER BY 1;
SELECT s.tenant_id, COUNT(DISTINCT s.id), COUNT(DISTINCT m.id), SUM(m.delta) FROM sales s LEFT JOIN depot.moves m ON m.tenant_id = s.tenant_id GROUP BY s.tenant_id ORDER BY 1;
# HAVING: on aggregates that are shown, that are not, on aliases, on columns, without GROUP BY.
SELECT good_id, COUNT(*) FROM sales GROUP BY good_id HAVING COUNT(*) > 1 ORDER BY good_id;
SELECT good_id FROM sales GROUP BY good_id HAVING SUM(qty) > 4 AND MAX(price) < 50 ORDER BY good_id;
SELECT good_id, COUNT(*) AS n FROM sales GROUP BY good_id HAVING n BETWEEN 1 AND 2 ORDER BY good_id;
SELECT good_id, COUNT(*) FROM sales GROUP BY good_id HAVING good_id > 1 ORDER BY good_id;
SELECT good_id, SUM(qty) FROM sales GROUP BY good_id HAVING SUM(qty) IS NULL;
SELECT COUNT(*) FROM sales HAVING COUNT(*) > 100;
SELECT COUNT(*) FROM sales HAVING MAX(qty) = 10;
SELECT id, qty FROM sales HAVING qty > 4 ORDER BY id;
SELECT id, qty * 2 AS twice FROM sales HAVING twice >= 8 ORDER BY id;
SELECT tenant_id, AVG(price) FROM sales GROUP BY tenant_id HAVING AVG(price) > (SELECT AVG(price) FROM sales) ORDER BY 1;
SELECT kind FROM sales GROUP BY kind HAVING COUNT(DISTINCT good_id) >= 2 ORDER BY kind;
SELECT good_id FROM sales GROUP BY good_id HAVING EXISTS (SELECT 1 FROM depot.moves m WHERE m.good_id = sales.good_id AND m.delta > 5) ORDER BY 1;
SELECT good_id FROM sales GROUP BY good_id HAVING GROUP_CONCAT(tenant_id ORDER BY id) LIKE 'a,b%';
# Wrong ones.
-- error: 1055
SELECT city, COUNT(*) FROM sales GROUP BY kind;
-- error: 1055
SELECT kind FROM sales GROUP BY kind ORDER BY qty;
-- error: 1056
SELECT COUNT(*) FROM sales GROUP BY 1;
-- error: 1054
SELECT kind FROM sales GROUP BY kind HAVING qty > 1;
-- error: 1054
SELECT COUNT(*) FROM sales GROUP BY nothing;
-- error: 1054
SELECT COUNT(*) FROM sales GROUP BY 2;
-- error: 1140
SELECT qty FROM sales HAVING SUM(qty) > 1;
SET sql_mode = '';
SELECT kind, COUNT(*) FROM sales GROUP BY kind HAVING COUNT(*) > 1 ORDER BY kind;
SELECT MAX(qty), COUNT(*) FROM sales GROUP BY kind ORDER BY tenant_id IS NULL, COUNT(*);

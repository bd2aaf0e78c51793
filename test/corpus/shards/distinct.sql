-- about: DISTINCT over shards removes what is equal, wherever it is
-- any plan
-- database: shop
-- sharded: shop.visits by tenant_id, depot.stays by tenant_id
-- single: shop.pages
CREATE TABLE visits (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY, page VARCHAR(20), price DECIMAL(6,2), weight FLOAT, seen TIME, kind ENUM('new', 'old'));
CREATE TABLE pages (name VARCHAR(20) PRIMARY KEY, title VARCHAR(40));
INSERT INTO visits VALUES ('a', 1, 'home', 1.50, 0.5, '10:00', 'new'), ('a', 2, 'HOME', 1.5, 0.5, '10:00', 'old'), ('b', 3, 'home ', 2, 0.1, '-1:00', NULL), ('b', 4, NULL, NULL, NULL, NULL, 'new'),
  ('c', 5, 'cart', 0, -0.0, '00:00', 'new'), ('c', 6, 'cart', 0.00, 0, '00:00', 'old'), ('d', 7, NULL, NULL, NULL, NULL, NULL), ('e', 8, 'söt', 1.50, 1e10, '10:00:01', 'new'), ('f', 9, 'sot', 10, 1e10, '838:59:59', 'old'), ('g', 10, '', -1, 0.1, '10:00', 'old');
INSERT INTO pages VALUES ('home', 'Home'), ('cart', 'Cart'), ('empty', 'Home');
USE depot;
CREATE TABLE stays (tenant_id VARCHAR(20) NOT NULL, visit_id INT, minutes INT, PRIMARY KEY (tenant_id, visit_id));
INSERT INTO stays VALUES ('a', 1, 5), ('a', 2, 5), ('b', 3, 7), ('c', 5, 5), ('e', 8, NULL), ('h', 77, 9);
-- cases
# Of values that are equal and not the same it is not said which is shown, so these are compared by what is equal in them.
SELECT COUNT(*) FROM (SELECT DISTINCT page FROM visits) x;
SELECT DISTINCT UPPER(TRIM(page)) p FROM visits WHERE page NOT LIKE 's%' OR page IS NULL ORDER BY p;
SELECT DISTINCT price FROM visits ORDER BY price;
SELECT DISTINCT price FROM visits ORDER BY price DESC;
SELECT DISTINCT weight + 0 AS w FROM visits ORDER BY w;
SELECT DISTINCT seen FROM visits ORDER BY seen;
SELECT DISTINCT kind FROM visits ORDER BY kind;
SELECT DISTINCT kind, seen FROM visits ORDER BY kind DESC, seen;
SELECT DISTINCT tenant_id FROM visits ORDER BY tenant_id DESC;
SELECT DISTINCT tenant_id, kind FROM visits ORDER BY 1, 2;
SELECT DISTINCT 1 FROM visits;
SELECT DISTINCT NULL FROM visits;
SELECT DISTINCT id % 3 AS r FROM visits ORDER BY r DESC;
SELECT DISTINCT HOUR(seen) FROM visits ORDER BY 1;
SELECT DISTINCT price FROM visits WHERE price IS NOT NULL ORDER BY -price;
SELECT DISTINCTROW kind FROM visits ORDER BY 1;
SELECT ALL kind FROM visits ORDER BY 1;
SELECT DISTINCT COUNT(*) FROM visits GROUP BY tenant_id ORDER BY 1;
SELECT DISTINCT COUNT(*) n, MAX(kind) FROM visits GROUP BY tenant_id ORDER BY n, 2;
SELECT DISTINCT v.kind, s.minutes FROM visits v JOIN depot.stays s ON s.visit_id = v.id ORDER BY 1, 2;
SELECT DISTINCT p.title FROM pages p LEFT JOIN visits v ON v.page = p.name ORDER BY 1;
SELECT DISTINCT s.minutes FROM depot.stays s ORDER BY s.minutes;
SELECT COUNT(DISTINCT kind), COUNT(DISTINCT price), COUNT(DISTINCT kind, price), COUNT(DISTINCT page) FROM visits;
SELECT SUM(DISTINCT price), AVG(DISTINCT price), MIN(DISTINCT price), MAX(DISTINCT price) FROM visits;
SELECT kind, COUNT(DISTINCT tenant_id), COUNT(DISTINCT seen), SUM(DISTINCT price) FROM visits GROUP BY kind ORDER BY kind;
SELECT DISTINCT ROW_NUMBER() OVER (PARTITION BY tenant_id ORDER BY id) n FROM visits ORDER BY n;
SELECT id FROM visits WHERE price IN (SELECT DISTINCT price FROM visits WHERE tenant_id = 'a') ORDER BY id;
SELECT DISTINCT (SELECT MAX(minutes) FROM depot.stays s WHERE s.tenant_id = v.tenant_id) m FROM visits v ORDER BY m;
-- error: 3065
SELECT DISTINCT kind FROM visits ORDER BY id;
-- error: 3065
SELECT DISTINCT kind FROM visits ORDER BY kind, price;
SET sql_mode = '';
SELECT DISTINCT tenant_id FROM visits ORDER BY UPPER(tenant_id);

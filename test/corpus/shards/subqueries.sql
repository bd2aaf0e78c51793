-- about: subqueries over other shards: scalar, IN, EXISTS, ANY, ALL, correlated once and twice, rows
-- any plan
-- database: shop
-- sharded: shop.shops by tenant_id, shop.sales by tenant_id, depot.stock by tenant_id
-- reference: shop.kinds
-- single: depot.limits
CREATE TABLE shops (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY, city VARCHAR(20), rent DECIMAL(8,2), kind_id INT);
CREATE TABLE sales (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY, shop_id INT, good VARCHAR(10), qty INT, price DECIMAL(8,2));
CREATE TABLE kinds (id INT PRIMARY KEY, kind VARCHAR(10));
INSERT INTO shops VALUES ('a', 1, 'Oslo', 100, 1), ('b', 2, 'Rome', 250.50, 2), ('c', 3, 'Oslo', NULL, NULL), ('d', 4, NULL, 0, 1), ('e', 5, 'Lund', 99.99, 3), ('f', 6, 'Rome', 250.5, 2);
INSERT INTO sales VALUES ('a', 10, 1, 'tea', 5, 2.50), ('a', 11, 1, 'rice', 1, 8), ('b', 12, 2, 'tea', 7, 2.75), ('b', 13, 1, 'lamp', NULL, 40), ('c', 14, 3, 'tea', 2, NULL), ('e', 15, 5, 'sofa', 1, 300), ('f', 16, NULL, 'rice', 3, 7.5), ('g', 17, 2, 'tea', 1, 2.5);
INSERT INTO kinds VALUES (1, 'kiosk'), (2, 'store'), (4, 'stall');
USE depot;
CREATE TABLE stock (tenant_id VARCHAR(20) NOT NULL, good VARCHAR(10) NOT NULL, n INT, PRIMARY KEY (tenant_id, good));
CREATE TABLE limits (good VARCHAR(10) PRIMARY KEY, most INT);
INSERT INTO stock VALUES ('a', 'tea', 10), ('b', 'tea', 3), ('c', 'rice', 0), ('d', 'lamp', NULL), ('h', 'sofa', 2);
INSERT INTO limits VALUES ('tea', 6), ('rice', 2), ('sofa', 1);
-- cases
# Scalar.
SELECT id, rent FROM shops WHERE rent = (SELECT MAX(rent) FROM shops) ORDER BY id;
SELECT id, rent - (SELECT AVG(rent) FROM shops) AS above FROM shops ORDER BY id;
SELECT id, (SELECT COUNT(*) FROM sales s WHERE s.shop_id = shops.id) AS sales FROM shops ORDER BY id;
SELECT id, (SELECT SUM(qty * price) FROM sales s WHERE s.shop_id = h.id) AS income FROM shops h ORDER BY income DESC, id;
SELECT id, (SELECT kind FROM kinds k WHERE k.id = h.kind_id) AS kind FROM shops h ORDER BY id;
SELECT id, (SELECT good FROM sales s WHERE s.shop_id = h.id ORDER BY price DESC, s.id LIMIT 1) AS dearest FROM shops h ORDER BY id;
SELECT id, (SELECT SUM(n) FROM depot.stock t WHERE t.good = s.good) AS in_stock FROM sales s ORDER BY id;
SELECT id FROM sales s WHERE qty > (SELECT most FROM depot.limits l WHERE l.good = s.good) ORDER BY id;
SELECT id FROM sales s WHERE price < (SELECT AVG(price) FROM sales x WHERE x.good = s.good) ORDER BY id;
SELECT id FROM shops WHERE (SELECT COUNT(*) FROM sales WHERE shop_id = shops.id) > 1 ORDER BY id;
SELECT (SELECT MIN(id) FROM shops) AS a, (SELECT MAX(id) FROM sales) AS b, (SELECT COUNT(*) FROM depot.stock) AS c;
SELECT id, (SELECT (SELECT COUNT(*) FROM depot.stock t WHERE t.good = MAX(s.good)) FROM sales s WHERE s.shop_id = h.id) AS n FROM shops h ORDER BY id;
SELECT IF((SELECT COUNT(*) FROM sales) > 5, 'busy', 'quiet') AS state;
# IN and NOT IN, with the NULLs that make them unknown.
SELECT id FROM shops WHERE id IN (SELECT shop_id FROM sales) ORDER BY id;
SELECT id FROM shops WHERE id NOT IN (SELECT shop_id FROM sales) ORDER BY id;
SELECT id FROM shops WHERE id NOT IN (SELECT shop_id FROM sales WHERE shop_id IS NOT NULL) ORDER BY id;
SELECT id, id IN (SELECT shop_id FROM sales) AS sold FROM shops ORDER BY id;
SELECT id FROM shops WHERE kind_id IN (SELECT id FROM kinds) ORDER BY id;
SELECT id FROM shops WHERE kind_id NOT IN (SELECT id FROM kinds) ORDER BY id;
SELECT good FROM depot.limits WHERE good IN (SELECT good FROM sales WHERE price > 5) ORDER BY good;
SELECT id FROM sales WHERE good IN (SELECT good FROM depot.stock WHERE n > 0) ORDER BY id;
SELECT id FROM sales WHERE (tenant_id, good) IN (SELECT tenant_id, good FROM depot.stock) ORDER BY id;
SELECT id FROM sales WHERE (good, qty) NOT IN (SELECT good, n FROM depot.stock WHERE n IS NOT NULL) ORDER BY id;
SELECT id FROM shops WHERE tenant_id IN (SELECT tenant_id FROM sales GROUP BY tenant_id HAVING COUNT(*) > 1) ORDER BY id;
SELECT id FROM shops WHERE id IN (SELECT shop_id FROM sales WHERE good IN (SELECT good FROM depot.stock WHERE tenant_id <> shops.tenant_id)) ORDER BY id;
# EXISTS.
SELECT id FROM shops h WHERE EXISTS (SELECT * FROM sales s WHERE s.shop_id = h.id) ORDER BY id;
SELECT id FROM shops h WHERE NOT EXISTS (SELECT 1 FROM sales s WHERE s.shop_id = h.id) ORDER BY id;
SELECT id FROM shops h WHERE EXISTS (SELECT 1 FROM sales s WHERE s.shop_id = h.id AND s.tenant_id <> h.tenant_id) ORDER BY id;
SELECT id, EXISTS (SELECT 1 FROM depot.stock t WHERE t.tenant_id = h.tenant_id) AS e FROM shops h ORDER BY id;
SELECT id FROM shops h WHERE EXISTS (SELECT 1 FROM sales s WHERE s.shop_id = h.id AND EXISTS (SELECT 1 FROM depot.limits l WHERE l.good = s.good AND l.most < s.qty)) ORDER BY id;
SELECT id FROM shops h WHERE NOT EXISTS (SELECT 1 FROM depot.limits l WHERE NOT EXISTS (SELECT 1 FROM sales s WHERE s.good = l.good AND s.shop_id = h.id)) ORDER BY id;
SELECT EXISTS (SELECT 1 FROM sales WHERE price > 1000) AS rich, NOT EXISTS (SELECT 1 FROM shops WHERE rent IS NULL) AS full;
# ANY, SOME, ALL.
SELECT id FROM sales WHERE price > ALL (SELECT price FROM sales WHERE good = 'tea' AND price IS NOT NULL) ORDER BY id;
SELECT id FROM sales WHERE price > ALL (SELECT price FROM sales WHERE good = 'tea') ORDER BY id;
SELECT id FROM sales WHERE price > ANY (SELECT rent FROM shops) ORDER BY id;
SELECT id FROM shops WHERE rent = SOME (SELECT rent FROM shops x WHERE x.id <> shops.id) ORDER BY id;
SELECT id FROM shops WHERE rent <> ALL (SELECT rent FROM shops x WHERE x.id <> shops.id AND rent IS NOT NULL) ORDER BY id;
SELECT id FROM shops WHERE id <= ALL (SELECT shop_id FROM sales WHERE shop_id > 1) ORDER BY id;
# Rows, and subqueries in every clause.
SELECT id FROM shops WHERE (city, rent) = (SELECT city, rent FROM shops WHERE id = 6) ORDER BY id;
SELECT id FROM shops WHERE (city, rent) <=> (SELECT city, rent FROM shops WHERE id = 3) ORDER BY id;
SELECT good, SUM(qty) FROM sales GROUP BY good HAVING SUM(qty) > (SELECT AVG(most) FROM depot.limits) ORDER BY good;
SELECT id FROM shops ORDER BY (SELECT MAX(price) FROM sales s WHERE s.shop_id = shops.id) DESC, id;
SELECT (SELECT COUNT(*) FROM sales s WHERE s.shop_id = h.id) AS n, COUNT(*) FROM shops h GROUP BY n ORDER BY n;
SELECT CASE WHEN id IN (SELECT shop_id FROM sales) THEN 'sold' ELSE 'idle' END AS state, COUNT(*) FROM shops GROUP BY state ORDER BY state;
SELECT h.id, s.id FROM shops h LEFT JOIN sales s ON s.id = (SELECT MAX(x.id) FROM sales x WHERE x.shop_id = h.id) ORDER BY 1;
SELECT id FROM shops WHERE rent BETWEEN (SELECT MIN(price) FROM sales) AND (SELECT MAX(price) FROM sales) ORDER BY id;
SELECT COALESCE((SELECT rent FROM shops WHERE id = 3), (SELECT rent FROM shops WHERE id = 5)) AS rent;
SELECT id FROM shops h WHERE tenant_id = 'b' AND rent > (SELECT AVG(rent) FROM shops) ORDER BY id;
SELECT id FROM shops h WHERE tenant_id = 'a' AND id IN (SELECT shop_id FROM sales) ORDER BY id;
SELECT id FROM kinds WHERE id = (SELECT COUNT(*) FROM shops WHERE city = 'Oslo');
# Wrong ones.
-- error: 1242
SELECT id FROM shops WHERE id = (SELECT shop_id FROM sales);
-- error: 1242
SELECT (SELECT good FROM sales s WHERE s.shop_id = h.id) FROM shops h;
-- error: 1241
SELECT id FROM shops WHERE id IN (SELECT id, shop_id FROM sales);
-- error: 1241
SELECT (SELECT id, good FROM sales LIMIT 1) FROM shops;
-- error: 1054
SELECT id FROM shops WHERE EXISTS (SELECT 1 FROM sales WHERE shops.nothing = 1);
-- error: 1241
SELECT id FROM shops WHERE (city, rent) = (SELECT city FROM shops WHERE id = 6);

-- about: WITH ROLLUP adds its rows once, not once for each shard
-- any plan
-- database: shop
-- sharded: shop.sales by tenant_id
-- reference: shop.goods
CREATE TABLE sales (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY, good_id INT, city VARCHAR(20), qty INT, price DECIMAL(8,2));
CREATE TABLE goods (id INT PRIMARY KEY, name VARCHAR(20));
INSERT INTO sales VALUES ('a', 1, 1, 'Oslo', 2, 1.50), ('a', 2, 2, 'Rome', 3, 2.00), ('b', 3, 1, 'Oslo', 5, 1.50), ('c', 4, 2, 'Oslo', 7, NULL), ('d', 5, NULL, 'Rome', 11, 0.25), ('e', 6, 3, NULL, NULL, 4.00), ('f', 7, 1, 'Rome', 13, 1.75);
INSERT INTO goods VALUES (1, 'tea'), (2, 'rice'), (3, 'salt');
-- cases
SELECT city, COUNT(*), SUM(qty) FROM sales GROUP BY city WITH ROLLUP;
SELECT city, good_id, COUNT(*), SUM(qty), AVG(price) FROM sales GROUP BY city, good_id WITH ROLLUP;
SELECT city, GROUPING(city) g, SUM(qty) FROM sales GROUP BY city WITH ROLLUP ORDER BY g, city;
SELECT city, good_id, GROUPING(city, good_id) g, SUM(qty) FROM sales GROUP BY city, good_id WITH ROLLUP ORDER BY g, city, good_id;
SELECT IF(GROUPING(city), 'all', IFNULL(city, 'unknown')) AS place, COUNT(DISTINCT tenant_id) FROM sales GROUP BY city WITH ROLLUP ORDER BY GROUPING(city), place;
SELECT city, SUM(qty) total FROM sales GROUP BY city WITH ROLLUP HAVING total > 10 ORDER BY total;
SELECT city, SUM(qty) FROM sales GROUP BY city WITH ROLLUP HAVING GROUPING(city) = 1;
SELECT g.name, s.city, SUM(s.qty * s.price) FROM sales s JOIN goods g ON g.id = s.good_id GROUP BY g.name, s.city WITH ROLLUP;
SELECT qty > 5 AS large, COUNT(*) FROM sales GROUP BY large WITH ROLLUP;
SELECT COUNT(*) FROM sales GROUP BY city WITH ROLLUP ORDER BY 1;
SELECT city, COUNT(*) FROM sales WHERE FALSE GROUP BY city WITH ROLLUP;
SELECT COUNT(*) FROM (SELECT city, good_id, COUNT(*) FROM sales GROUP BY city, good_id WITH ROLLUP) x;
SELECT city, MAX(price), MIN(price), COUNT(price), BIT_XOR(qty) FROM sales GROUP BY city WITH ROLLUP;
SELECT city, GROUP_CONCAT(id ORDER BY id) FROM sales GROUP BY city WITH ROLLUP;
SELECT tenant_id, city, SUM(qty) FROM sales GROUP BY tenant_id, city WITH ROLLUP;
SELECT city, SUM(qty), RANK() OVER (ORDER BY SUM(qty) DESC) r FROM sales GROUP BY city WITH ROLLUP ORDER BY r, city;
SELECT city, SUM(qty) FROM sales GROUP BY city WITH ROLLUP ORDER BY city IS NULL, city, 2 LIMIT 2;
SELECT city, SUM(qty) FROM sales WHERE tenant_id IN ('a', 'b', 'd') GROUP BY city WITH ROLLUP;
SELECT DISTINCT COUNT(*) FROM sales GROUP BY city, good_id WITH ROLLUP ORDER BY 1;
-- error: 1055
SELECT city, qty FROM sales GROUP BY city WITH ROLLUP;
SELECT city, GROUPING(city) FROM sales GROUP BY city;

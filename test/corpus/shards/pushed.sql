-- about: conditions of one table and keys that have been learned of another are left to the shards where rows are copied
-- any plan
-- database: shop
-- sharded: shop.people by tenant_id, shop.orders by tenant_id, shop.items by tenant_id, depot.stock by tenant_id
CREATE TABLE people (tenant_id VARCHAR(20) COLLATE utf8mb4_unicode_ci NOT NULL, id INT PRIMARY KEY, name VARCHAR(20) COLLATE utf8mb4_unicode_ci, email VARCHAR(30) COLLATE utf8mb4_0900_ai_ci, level ENUM('low', 'mid', 'high'), born DATE, seen TIMESTAMP NULL, score DECIMAL(8,2), ratio DOUBLE, info JSON, boss INT);
CREATE TABLE orders (tenant_id VARCHAR(20) COLLATE utf8mb4_unicode_ci NOT NULL, id INT PRIMARY KEY, person INT, ref VARCHAR(20) COLLATE utf8mb4_unicode_ci, total DECIMAL(8,2), placed DATETIME, state VARCHAR(10));
CREATE TABLE items (tenant_id VARCHAR(20) COLLATE utf8mb4_unicode_ci NOT NULL, id INT PRIMARY KEY, order_id INT, sku VARCHAR(10) COLLATE utf8mb4_bin, qty INT UNSIGNED);
INSERT INTO people VALUES ('t1', 1, 'Ann', 'ann@x.org', 'high', '1980-02-29', '2026-01-01 00:30:00', 10.50, 1.5, '{"a": 1}', NULL), ('t2', 2, 'bob', NULL, 'low', '1990-12-31', '2026-01-31 23:30:00', -3.25, -1, NULL, 1), ('t3', 3, 'ANN', 'b%c@x.org', NULL, NULL, NULL, 0, 0, '[1]', 1),
 ('t4', 4, 'Zoë', 'zoe@x.org', 'mid', '2000-01-01', '2026-02-01 00:00:00', 99.99, 1e10, '{"a": null}', 2), ('t5', 5, '', '', 'mid', '1999-09-09', '2026-03-01 12:00:00', NULL, NULL, '"x"', 4), ('t6', 6, NULL, 'A_B@x.org', 'high', '1970-01-01', '2025-12-31 16:00:00', 5, 2.5, '{"a": 2}', 99);
INSERT INTO orders VALUES ('t1', 100, 1, 'Ann', 10, '2026-01-01 09:00:00', 'paid'), ('t2', 101, 1, 'bob', 20.5, '2026-01-31 23:59:59', 'open'), ('t3', 102, 2, 'ANN ', 5.25, '2026-02-01 00:00:00', 'PAID'), ('t4', 103, 4, 'zoe', NULL, NULL, NULL),
 ('t5', 104, 5, '', 99.99, '2026-03-01 00:00:00', 'void'), ('t6', 105, NULL, NULL, 1, '2026-04-01 00:00:00', 'paid'), ('t1', 106, 77, 'x', 7, '2026-05-01 00:00:00', 'open'), ('t6', 107, 6, 'Ann', 12, '2026-01-15 00:00:00', 'paid');
INSERT INTO items VALUES ('t1', 1, 100, 'A', 1), ('t2', 2, 100, 'a', 2), ('t3', 3, 101, 'B', 3), ('t4', 4, 103, 'A', 0), ('t5', 5, 104, NULL, NULL), ('t6', 6, 107, 'b', 7), ('t1', 7, NULL, 'C', 1), ('t2', 8, 102, 'A', 4);
USE depot;
CREATE TABLE stock (tenant_id VARCHAR(20) COLLATE utf8mb4_unicode_ci NOT NULL, sku VARCHAR(10) COLLATE utf8mb4_bin, place VARCHAR(10), n INT, PRIMARY KEY (sku, place));
INSERT INTO stock VALUES ('t1', 'A', 'x', 5), ('t2', 'a', 'x', 6), ('t3', 'B', 'y', 7), ('t4', 'C', 'y', 0), ('t5', 'b', 'z', -1);
-- cases
# comparisons by type, with constants and parameters
SELECT p.id, o.id FROM people p JOIN orders o ON o.person = p.id WHERE p.score > 5 AND o.total BETWEEN 5 AND 20.5 ORDER BY 1, 2;
SELECT p.id, o.id FROM people p JOIN orders o ON o.person = p.id WHERE p.born < '1995-01-01' AND o.placed >= '2026-01-01' AND o.placed < '2026-02-01' ORDER BY 1, 2;
SELECT p.id, o.id FROM people p JOIN orders o ON o.person = p.id WHERE p.level > 'low' AND o.state <> 'open' ORDER BY 1, 2;
SELECT p.id, o.id FROM people p JOIN orders o ON o.person = p.id WHERE p.name LIKE 'a%' OR p.email LIKE '%\_%' ORDER BY 1, 2;
SELECT p.id, o.id FROM people p JOIN orders o ON o.person = p.id WHERE (p.name IS NULL OR p.name <> '') AND NOT (o.state = 'void') AND p.ratio > -1.5e0 ORDER BY 1, 2;
SELECT p.id, o.id FROM people p JOIN orders o ON o.person = p.id WHERE YEAR(p.born) < 1995 AND DATE(o.placed) <> '2026-01-31' AND COALESCE(o.total, 0) >= 10 ORDER BY 1, 2;
SELECT p.id, o.id FROM people p JOIN orders o ON o.person = p.id WHERE p.info->'$.a' > 0 AND o.state IN ('paid', 'open', NULL) ORDER BY 1, 2;
SELECT p.id, o.id FROM people p JOIN orders o ON o.person = p.id WHERE p.id NOT IN (2, 3) AND p.seen > '2026-01-01' ORDER BY 1, 2;
-- params: decimal 5.00, datetime 2026-01-15 00:00:00, 'a%'
-- params: int 0, '2026-02-01', '%'
SELECT p.id, o.id FROM people p JOIN orders o ON o.person = p.id WHERE p.score > ? AND o.placed >= ? AND p.name LIKE ? ORDER BY 1, 2;
-- params: NULL, 1
SELECT p.id, o.id FROM people p JOIN orders o ON o.person = p.id WHERE (o.state > ? OR o.total > ?) ORDER BY 1, 2;
# what must be converted for each row warns as often as on one server, and what is no constant fails as there
SELECT p.id, o.id FROM people p JOIN orders o ON o.person = p.id WHERE p.name > 5 OR o.total > '10x' ORDER BY 1, 2;
-- error: 1525
SELECT p.id FROM people p JOIN orders o ON o.person = p.id WHERE p.born < '2026-02-31' ORDER BY 1;
SELECT p.id FROM people p JOIN orders o ON o.person = p.id WHERE p.email NOT LIKE 5 AND p.level <> 7 ORDER BY 1;
SET time_zone = '+05:00';
SELECT p.id, p.seen, o.id FROM people p JOIN orders o ON o.person = p.id WHERE p.seen >= '2026-01-01 05:00:00' AND p.seen < '2026-02-01 05:00:00' ORDER BY 1, 3;
SET time_zone = DEFAULT;
SET sql_mode = 'NO_BACKSLASH_ESCAPES,ANSI_QUOTES';
SELECT p.id FROM people p JOIN orders o ON o.person = p.id WHERE p.email LIKE '%\_%' OR "p"."name" = 'Ann' ORDER BY 1;
SET sql_mode = DEFAULT;
# the side that may be filled with NULLs
SELECT p.id, o.id FROM people p LEFT JOIN orders o ON o.person = p.id AND o.total > 10 WHERE p.level <> 'low' ORDER BY 1, 2;
SELECT p.id, o.id FROM people p LEFT JOIN orders o ON o.person = p.id WHERE o.total IS NULL ORDER BY 1, 2;
SELECT p.id, o.id FROM people p LEFT JOIN orders o ON o.person = p.id AND p.score > 5 WHERE NOT (o.total > 15) OR o.id IS NULL ORDER BY 1, 2;
SELECT p.id, o.id, i.id FROM people p LEFT JOIN (orders o JOIN items i ON i.order_id = o.id AND i.qty > 1) ON o.person = p.id AND o.total < 50 ORDER BY 1, 2, 3;
SELECT p.id, b.id FROM people p RIGHT JOIN people b ON b.id = p.boss AND p.score > 0 WHERE b.born < '1999-01-01' ORDER BY 1, 2;
# keys learned of the first table: of numbers, texts and byte strings, over two steps, none, and NULL
SELECT p.id, o.id, i.sku FROM people p JOIN orders o ON o.person = p.id JOIN items i ON i.order_id = o.id WHERE p.level = 'high' ORDER BY 1, 2, 3, i.id;
SELECT p.id, o.id FROM people p JOIN orders o ON o.ref = p.name WHERE p.score > 1 ORDER BY 1, 2;
SELECT i.id, s.n FROM items i JOIN depot.stock s ON s.sku = i.sku WHERE i.qty >= 1 ORDER BY 1, 2;
SELECT p.id, o.id FROM people p JOIN orders o ON o.person = p.id WHERE p.score > 1000;
SELECT p.id, o.id FROM orders o LEFT JOIN people p ON p.id = o.person WHERE o.state = 'paid' ORDER BY 2;
SELECT b.id, COUNT(*) FROM people b WHERE b.id IN (SELECT o.person FROM orders o WHERE o.total > 6) GROUP BY b.id ORDER BY 1;
SELECT b.id FROM people b WHERE b.id NOT IN (SELECT o.person FROM orders o WHERE o.total > 6 AND o.person IS NOT NULL) ORDER BY 1;
SELECT b.id, (SELECT MAX(o.total) FROM orders o WHERE o.person = b.id AND o.state = 'paid') m FROM people b WHERE b.level IS NOT NULL ORDER BY 1;
SELECT x.person, x.n, p.name FROM (SELECT person, COUNT(*) n FROM orders WHERE placed >= '2026-01-10' GROUP BY person) x JOIN people p ON p.id = x.person ORDER BY 1;
SELECT x.person, x.r FROM (SELECT person, RANK() OVER (ORDER BY total DESC) r FROM orders) x JOIN people p ON p.id = x.person WHERE p.level = 'high' ORDER BY 2, 1;
WITH o AS (SELECT person, total FROM orders WHERE total > 5) SELECT a.person, b.person FROM o a JOIN o b ON b.total > a.total JOIN people p ON p.id = a.person WHERE p.score >= 0 ORDER BY 1, 2;
SELECT p.id, o.id FROM people p, orders o WHERE p.id = o.person AND p.boss = 1 ORDER BY 1, 2;
# writes
BEGIN;
UPDATE people p JOIN orders o ON o.person = p.id SET p.score = 1000 WHERE o.total > 10 AND p.level <> 'low';
SELECT id, score FROM people ORDER BY id;
UPDATE people SET boss = (SELECT MAX(id) FROM orders o WHERE o.person = people.id AND o.total < 50) WHERE born > '1980-01-01' OR level = 'high';
SELECT id, boss FROM people ORDER BY id;
DELETE i FROM items i JOIN orders o ON o.id = i.order_id WHERE o.state = 'paid' AND i.qty < 5;
SELECT id FROM items ORDER BY id;
INSERT INTO depot.stock SELECT o.tenant_id, CONCAT('o', o.id), p.level, o.total FROM orders o JOIN people p ON p.id = o.person WHERE o.total > 6 AND p.level > 'low';
SELECT * FROM depot.stock ORDER BY sku;
UPDATE people p LEFT JOIN orders o ON o.person = p.id AND o.total > 15 SET p.name = 'none' WHERE o.id IS NULL;
SELECT id, name FROM people ORDER BY id;
ROLLBACK;
SELECT p.id, o.id FROM people p JOIN orders o ON o.person = p.id WHERE p.score > 1 ORDER BY 1, 2 FOR UPDATE;

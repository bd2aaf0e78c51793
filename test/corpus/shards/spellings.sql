-- about: what a group over shards shows of one of its rows: texts that are equal and not the same, and what is of no group, are those of the row with the least primary key
-- database: shop
-- sharded: shop.words by tenant_id, shop.texts by tenant_id, shop.pairs by tenant_id
CREATE TABLE words (id INT NOT NULL PRIMARY KEY, tenant_id VARCHAR(20) NOT NULL, w VARCHAR(20) COLLATE utf8mb4_unicode_ci, n INT);
INSERT INTO words VALUES (7, 'a', 'Tea', 1), (2, 'b', 'TEA', 2), (5, 'c', 'tea', 3), (1, 'd', 'Café', 4), (3, 'e', 'CAFE', 5), (9, 'f', 'cafe ', 6), (4, 'g', 'cafe', 7), (-8, 'h', 'téa', 8), (10, 'i', 'milk', 9), (6, 'a', NULL, 10), (8, 'c', NULL, 11);
CREATE TABLE texts (id VARCHAR(20) COLLATE utf8mb4_unicode_ci NOT NULL PRIMARY KEY, tenant_id VARCHAR(20) NOT NULL, w VARCHAR(20) COLLATE utf8mb4_0900_ai_ci, KEY (w));
INSERT INTO texts VALUES ('b', 'a', 'Tea'), ('A', 'b', 'TEA'), ('Ä1', 'c', 'tea'), ('c', 'd', 'Café'), ('C2', 'e', 'CAFE'), ('B9', 'f', 'cafe'), ('_x', 'g', 'cafè');
CREATE TABLE pairs (tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL, w VARCHAR(20) COLLATE utf8mb4_unicode_ci, PRIMARY KEY (tenant_id, id));
INSERT INTO pairs VALUES ('g', 1, 'tea'), ('b', 9, 'TEA'), ('e', 2, 'Tea'), ('b', 3, 'teA'), ('c', 1, 'Milk'), ('f', 0, 'MILK');
-- cases

-- scattered
SELECT w, COUNT(*), SUM(n) FROM words GROUP BY w ORDER BY w;
-- scattered
SELECT w, MAX(n), MIN(id), AVG(n) FROM words GROUP BY w ORDER BY COUNT(*) DESC, w;
-- scattered
SELECT w FROM words WHERE id > 2 GROUP BY w HAVING COUNT(*) > 1 ORDER BY w;
-- scattered
SELECT DISTINCT w FROM words ORDER BY w;
-- scattered
SELECT DISTINCT w, n > 4 AS later FROM words ORDER BY w, later;
-- scattered
SELECT CONCAT(w, '!') x, COUNT(*) FROM words GROUP BY x ORDER BY x;
-- scattered
SELECT DISTINCT z.w FROM words z WHERE z.n <> 2 ORDER BY z.w DESC LIMIT 2;
-- scattered
SELECT w, COUNT(*) FROM texts GROUP BY w ORDER BY w;
-- scattered
SELECT DISTINCT w FROM texts ORDER BY w;
-- scattered
SELECT w, COUNT(*) FROM texts IGNORE INDEX (w) GROUP BY w ORDER BY w;
-- scattered
SELECT w, COUNT(*) FROM pairs GROUP BY w ORDER BY w;
-- scattered
SELECT DISTINCT w FROM pairs ORDER BY w;
SELECT COUNT(DISTINCT w), MAX(w), MIN(w) FROM words WHERE id > 0;
# What is of no group.
-- scattered
SELECT n > 4 AS later, ANY_VALUE(w), ANY_VALUE(id), COUNT(*) FROM words GROUP BY later ORDER BY later;
-- scattered
SELECT ANY_VALUE(w), COUNT(*) FROM words;
-- scattered
SELECT ANY_VALUE(w), COUNT(*) FROM words WHERE id > 100;
-- scattered
SELECT ANY_VALUE(w), COUNT(*), 'x' FROM words WHERE id > 4;
SET sql_mode = '';
-- scattered
SELECT w, id, n, COUNT(*) FROM words GROUP BY n % 2 ORDER BY n % 2;
-- scattered
SELECT id, w, MAX(n) FROM words;
-- scattered
SELECT tenant_id, id, w FROM pairs GROUP BY w ORDER BY w;
-- scattered
SELECT id, w, COUNT(*) FROM texts IGNORE INDEX (w) GROUP BY LENGTH(w) ORDER BY LENGTH(w);
SET sql_mode = DEFAULT;

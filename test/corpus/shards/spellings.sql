-- about: texts that are equal and not the same, in groups and DISTINCT over shards: of each the spelling of the row with the least primary key
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

-- about: FOUND_ROWS and SQL_CALC_FOUND_ROWS count the rows of all shards
-- any plan
-- database: shop
-- sharded: shop.hits by tenant_id
-- no warnings
CREATE TABLE hits (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY, page VARCHAR(10));
INSERT INTO hits VALUES ('a', 1, 'x'), ('a', 2, 'y'), ('b', 3, 'x'), ('c', 4, 'z'), ('d', 5, NULL), ('e', 6, 'x'), ('f', 7, 'y');
-- cases
SELECT id FROM hits ORDER BY id;
SELECT FOUND_ROWS();
SELECT id FROM hits ORDER BY id LIMIT 3;
SELECT FOUND_ROWS();
SELECT SQL_CALC_FOUND_ROWS id FROM hits ORDER BY id LIMIT 3;
SELECT FOUND_ROWS();
SELECT FOUND_ROWS();
SELECT SQL_CALC_FOUND_ROWS id FROM hits ORDER BY id LIMIT 5, 10;
SELECT FOUND_ROWS() AS found;
SELECT SQL_CALC_FOUND_ROWS page, COUNT(*) FROM hits GROUP BY page ORDER BY page LIMIT 1;
SELECT FOUND_ROWS();
SELECT SQL_CALC_FOUND_ROWS DISTINCT page FROM hits ORDER BY page LIMIT 2;
SELECT FOUND_ROWS();
SELECT SQL_CALC_FOUND_ROWS a.id FROM hits a JOIN hits b ON b.id > a.id ORDER BY a.id, b.id LIMIT 2;
SELECT FOUND_ROWS();
SELECT SQL_CALC_FOUND_ROWS id FROM hits WHERE tenant_id = 'a' ORDER BY id LIMIT 1;
SELECT FOUND_ROWS();
SELECT SQL_CALC_FOUND_ROWS id FROM hits LIMIT 0;
SELECT FOUND_ROWS();
SELECT COUNT(*) FROM hits;
SELECT FOUND_ROWS();
SELECT id FROM hits WHERE FALSE;
SELECT FOUND_ROWS(), ROW_COUNT();
SELECT id FROM hits WHERE id > 5 UNION SELECT id FROM hits WHERE id < 3 ORDER BY 1;
SELECT FOUND_ROWS();
-- error: 1054
SELECT nothing FROM hits;
SELECT id FROM hits WHERE page = 'x' ORDER BY id;
SELECT FOUND_ROWS(), (SELECT COUNT(*) FROM hits) AS n;
SELECT ROW_COUNT();
BEGIN;
UPDATE hits SET page = 'x' WHERE tenant_id = 'a';
SELECT FOUND_ROWS(), ROW_COUNT();
UPDATE hits SET page = page WHERE id > 2;
SELECT FOUND_ROWS();
UPDATE hits SET page = 'y' WHERE id > 100000;
SELECT FOUND_ROWS();
SELECT id FROM hits ORDER BY id LIMIT 3;
DELETE FROM hits WHERE tenant_id = 'a' AND id = 1;
SELECT FOUND_ROWS();
UPDATE hits a JOIN hits b ON b.id = a.id AND b.tenant_id = a.tenant_id SET a.page = 'z' WHERE a.tenant_id = 'a';
SELECT FOUND_ROWS();
SELECT id FROM hits ORDER BY id LIMIT 3;
DELETE a FROM hits a JOIN hits b ON b.id = a.id AND b.tenant_id = a.tenant_id WHERE a.tenant_id = 'a' AND a.id < 4;
SELECT FOUND_ROWS(), (SELECT COUNT(*) FROM hits) AS n;
ROLLBACK;
# What it is after a write with subqueries depends on how one server runs them: it is not
# told, and what comes next is.
BEGIN;
SELECT id FROM hits ORDER BY id LIMIT 3;
UPDATE hits SET page = 'q' WHERE id IN (SELECT id FROM (SELECT id FROM hits WHERE page = 'x') x);
-- always refuse: 1235 a write with subqueries
SELECT FOUND_ROWS();
SELECT id FROM hits ORDER BY id LIMIT 2;
SELECT FOUND_ROWS();
DELETE FROM hits WHERE id = (SELECT n FROM (SELECT MIN(id) AS n FROM hits) x);
-- always refuse: 1235 a write with subqueries
SELECT FOUND_ROWS(), (SELECT COUNT(*) FROM hits) AS n;
UPDATE hits SET page = 'r' WHERE tenant_id = 'b';
SELECT FOUND_ROWS();
DELETE FROM hits WHERE tenant_id = 'c' AND id IN (SELECT id FROM (SELECT 4 AS id) x);
-- always refuse: 1235 a write with subqueries
SELECT FOUND_ROWS() + 1;
INSERT INTO hits VALUES ('a', 100, 'x'), ('b', 101, 'y'), ('c', 102, 'z');
-- always refuse: 1235 a write with subqueries
SELECT FOUND_ROWS();
INSERT INTO hits SELECT tenant_id, id + 1000, page FROM hits;
SELECT FOUND_ROWS();
ROLLBACK;
# What answers without rows has found some all the same.
SELECT id FROM hits;
DO 1, 2;
SELECT FOUND_ROWS();
SELECT id FROM hits;
SELECT MAX(id) INTO @most FROM hits;
SELECT FOUND_ROWS();
SELECT id FROM hits;
SELECT id INTO @most FROM hits WHERE id < 0;
SELECT FOUND_ROWS();

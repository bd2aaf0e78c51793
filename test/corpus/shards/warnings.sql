-- about: warnings of a statement over shards are MySQL's, once each
-- any plan
-- database: shop
-- sharded: shop.readings by tenant_id, depot.units by tenant_id
CREATE TABLE readings (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY, raw VARCHAR(20), n INT, d DECIMAL(6,2), at DATETIME);
INSERT INTO readings VALUES ('a', 1, '12', 0, 1.5, '2026-01-01'), ('b', 2, '12abc', 4, 0, NULL), ('c', 3, '-3', 2, 2, '2026-01-02'), ('d', 4, NULL, NULL, NULL, NULL), ('e', 5, '1e1', -1, -2.5, '2025-01-01');
USE depot;
CREATE TABLE units (tenant_id VARCHAR(20) NOT NULL, reading_id INT PRIMARY KEY, unit VARCHAR(10));
INSERT INTO units VALUES ('x', 1, 'kg'), ('y', 2, '0m'), ('z', 3, 'V');
-- cases
# One row warns: 1365 division by zero, 1292 truncated.
SELECT id, 10 / n FROM readings ORDER BY id;
SELECT id, n % d FROM readings ORDER BY id;
SELECT id, 1 DIV d FROM readings WHERE id < 4 ORDER BY id;
SELECT SUM(10 / n) FROM readings;
SELECT AVG(n / d) FROM readings;
SELECT COUNT(*) FROM readings WHERE 1 / n > 0;
SELECT 1 / 0, COUNT(*) FROM readings;
SELECT SUM(n) / 0 FROM readings;
SELECT id, raw + 0 FROM readings ORDER BY id;
SELECT SUM(raw) FROM readings;
SELECT id FROM readings WHERE raw = 12 ORDER BY id;
SELECT id, CAST(raw AS SIGNED), CAST(raw AS DECIMAL(5,2)) FROM readings ORDER BY id;
SELECT MAX(CAST(raw AS SIGNED)) FROM readings;
SELECT id, CAST(raw AS CHAR(2)) FROM readings ORDER BY id;
SELECT id, CAST(d AS DECIMAL(2,1)), CAST(d * 10 AS DECIMAL(2,1)) FROM readings ORDER BY id;
-- error: 1525
SELECT id FROM readings WHERE at > '2025-13-01' OR id = 1 ORDER BY id;
SELECT id FROM readings WHERE CONCAT(at, '') > '2025-13-01' ORDER BY id;
SELECT id, DATE_ADD(at, INTERVAL 8000 YEAR) FROM readings WHERE id IN (1, 2) ORDER BY id;
SELECT COUNT(*), STR_TO_DATE('x', '%Y') FROM readings;
SELECT id, CONVERT(unit USING ascii) FROM readings JOIN depot.units ON reading_id = id ORDER BY id;
SELECT r.id, r.d + u.unit FROM readings r JOIN depot.units u ON u.reading_id = r.id WHERE r.id = 2;
SELECT r.id, (SELECT 1 / r.n) FROM readings r WHERE r.n = 0;
SELECT n, COUNT(*) FROM readings GROUP BY n HAVING 1 / n IS NULL ORDER BY n;
SELECT 1 / n AS x FROM readings UNION ALL SELECT 2 / 0 ORDER BY x;
SELECT id, SUM(1 / n) OVER (ORDER BY id) FROM readings ORDER BY id;
SELECT id, FROM_UNIXTIME(-1), INET_ATON(raw) FROM readings WHERE id = 1 OR tenant_id = 'z';
# Without them, and as errors or silence by sql_mode.
SELECT id, n FROM readings ORDER BY id;
SET sql_mode = '';
SELECT id, 10 / n FROM readings ORDER BY id;
SELECT SUM(raw) FROM readings;
SELECT id, 10 % 0 FROM readings ORDER BY id;
SET sql_mode = DEFAULT, max_error_count = 1;
SELECT id, 1 / 0 FROM readings ORDER BY id;
SET max_error_count = 0;
SELECT id, 1 / 0 FROM readings ORDER BY id;
SET max_error_count = DEFAULT;
# Notes about the statement itself.
SELECT SQL_CALC_FOUND_ROWS id FROM readings ORDER BY id LIMIT 1;
SELECT BINARY raw = '12' AS b, id FROM readings ORDER BY id;
SELECT id FROM readings WHERE id = 1 && n = 0;
SELECT UTC_TIMESTAMP() IS NULL || 0 AS x, COUNT(*) FROM readings;
SELECT @v := id FROM readings WHERE id = 5;
SELECT CAST('x' AS SIGNED) AS c, COUNT(*) FROM readings WHERE '5 apples' = 5;

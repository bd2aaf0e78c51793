-- about: warnings beyond max_error_count are counted though they are not listed, and a server lists 1024
-- any plan
-- no warnings
-- database: shop
-- sharded: shop.cats by tenant_id, shop.dogs by tenant_id
CREATE TABLE cats (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY, name VARCHAR(20), age INT);
CREATE TABLE dogs (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY, n INT);
INSERT INTO cats VALUES ('a', 1, 'Tom', 3), ('b', 2, 'Mia', 0), ('c', 3, 'Ida', NULL), ('d', 4, '12x', 9), ('e', 5, 'x', 1);
INSERT INTO dogs VALUES ('a', 1, 1);
-- cases
SET max_error_count = 2;
SELECT CAST('a' AS SIGNED), CAST('b' AS SIGNED), CAST('c' AS SIGNED);
SELECT @@warning_count, @@error_count;
SELECT CAST(name AS SIGNED) FROM cats;
SHOW COUNT(*) WARNINGS;
SHOW WARNINGS LIMIT 5;
SHOW COUNT(*) WARNINGS;
SELECT FOUND_ROWS(), ROW_COUNT();
SELECT @@warning_count;
SELECT CAST(c.name AS SIGNED), CAST(d.name AS SIGNED) FROM cats c LEFT JOIN cats d ON c.id <> d.id;
SELECT @@warning_count;
SET sql_mode = '';
BEGIN;
UPDATE cats SET age = name;
SHOW COUNT(*) WARNINGS;
SHOW WARNINGS;
ROLLBACK;
SET max_error_count = DEFAULT;
SELECT CAST(CONCAT(a.name, 'y') AS SIGNED) FROM cats a, cats b, cats c, cats d, cats e;
SHOW COUNT(*) WARNINGS;
SHOW WARNINGS LIMIT 1020, 10;
SET @w = @@warning_count;
SELECT @w;
BEGIN;
INSERT INTO dogs SELECT a.tenant_id, a.id * 1000 + b.id * 100 + c.id * 10 + d.id, CONCAT(b.name, 'y') FROM cats a, cats b, cats c, cats d;
SHOW COUNT(*) WARNINGS;
SHOW WARNINGS LIMIT 60, 3;
ROLLBACK;
SHOW COUNT(*) WARNINGS;

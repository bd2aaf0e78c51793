-- about: statements that commit by themselves, also those on another server than the transaction
-- no warnings
-- database: shop
-- sharded: shop.stock by tenant_id, depot.moves by tenant_id
-- single: depot.plain
CREATE TABLE stock (tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL, n INT NOT NULL, PRIMARY KEY (tenant_id, id));
INSERT INTO stock VALUES ('a', 1, 10), ('b', 1, 20), ('c', 1, 30), ('d', 1, 40), ('e', 1, 50), ('f', 1, 60);
USE depot;
CREATE TABLE moves (tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL, delta INT, PRIMARY KEY (tenant_id, id));
INSERT INTO moves VALUES ('a', 1, 1), ('b', 1, 2), ('e', 1, 3);
CREATE TABLE plain (id INT PRIMARY KEY, v INT);
INSERT INTO plain VALUES (1, 1);
-- cases

# A second BEGIN.
BEGIN;
UPDATE stock SET n = n + 1 WHERE tenant_id = 'a';
BEGIN;
ROLLBACK;
SELECT SUM(n) FROM stock;
BEGIN;
UPDATE stock SET n = n + 1;
START TRANSACTION READ ONLY;
ROLLBACK;
SELECT SUM(n) FROM stock;
# autocommit
SET autocommit = 0;
UPDATE stock SET n = n + 1 WHERE tenant_id = 'a';
UPDATE stock SET n = n + 1 WHERE tenant_id = 'b';
UPDATE stock SET n = n + 1 WHERE tenant_id = 'c';
SET autocommit = 1;
ROLLBACK;
SELECT SUM(n) FROM stock;
BEGIN;
UPDATE stock SET n = n + 1 WHERE tenant_id IN ('a', 'b', 'c');
SET autocommit = 1;
SELECT 1;
ROLLBACK;
SELECT SUM(n) FROM stock;
BEGIN;
UPDATE stock SET n = n + 1 WHERE tenant_id IN ('a', 'b', 'c');
SET autocommit = 0;
SELECT 1;
ROLLBACK;
SELECT SUM(n) FROM stock;
COMMIT;
SET autocommit = 1;
# Only what switches autocommit on commits.
SET autocommit = 0;
UPDATE stock SET n = n + 1 WHERE tenant_id IN ('a', 'b', 'c');
SET autocommit = 0;
SELECT 1;
SET autocommit = OFF, sql_mode = '';
ROLLBACK;
SELECT SUM(n) FROM stock;
UPDATE stock SET n = n + 1;
SET @autocommit = 1, @no = 0;
SELECT 1;
SET autocommit = @no;
SELECT 1;
-- error: 1231
SET autocommit = 7;
-- error: 1231
SET autocommit = '1';
ROLLBACK;
SELECT SUM(n) FROM stock;
UPDATE stock SET n = n + 1;
SET autocommit = @autocommit;
SELECT 1;
ROLLBACK;
SELECT SUM(n) FROM stock;
BEGIN;
SET autocommit = 1;
UPDATE stock SET n = n + 1;
ROLLBACK;
SELECT SUM(n) FROM stock;
SET autocommit = 0;
UPDATE stock SET n = n + 1;
SET autocommit = DEFAULT;
SELECT 1;
ROLLBACK;
SELECT SUM(n) FROM stock;
SET sql_mode = DEFAULT;
# Definitions.
BEGIN;
UPDATE stock SET n = n + 1 WHERE tenant_id = 'a';
ALTER TABLE depot.plain ADD COLUMN w INT;
ROLLBACK;
SELECT SUM(n) FROM stock;
BEGIN;
UPDATE stock SET n = n + 1 WHERE tenant_id = 'b';
TRUNCATE TABLE depot.plain;
SELECT 1;
ROLLBACK;
SELECT SUM(n) FROM stock;
BEGIN;
UPDATE stock SET n = n + 1 WHERE tenant_id = 'c';
INSERT INTO depot.plain (id, v) VALUES (5, 5);
CREATE INDEX w ON depot.plain (w);
ROLLBACK;
SELECT SUM(n), (SELECT COUNT(*) FROM depot.plain) FROM stock;
BEGIN;
UPDATE stock SET n = n + 1 WHERE tenant_id = 'd';
ALTER TABLE stock ADD COLUMN w INT;
ROLLBACK;
SELECT SUM(n) FROM stock;
BEGIN;
UPDATE stock SET n = n + 1;
ALTER TABLE stock DROP COLUMN w;
ROLLBACK;
SELECT SUM(n) FROM stock;
# One that fails has committed as well; one that cannot be read has not.
BEGIN;
UPDATE stock SET n = n + 1 WHERE tenant_id = 'e';
-- error: 1060
ALTER TABLE depot.plain ADD COLUMN v INT;
ROLLBACK;
SELECT SUM(n) FROM stock;
BEGIN;
UPDATE stock SET n = n + 1 WHERE tenant_id = 'e';
-- error: 1064
ALTER TABLE depot.plain ADD ADD COLUMN v INT;
ROLLBACK;
SELECT SUM(n) FROM stock;
# Maintenance commits; CHECKSUM and HANDLER do not.
BEGIN;
UPDATE stock SET n = n + 1 WHERE tenant_id = 'a';
ANALYZE TABLE depot.plain;
ROLLBACK;
SELECT SUM(n) FROM stock;
BEGIN;
UPDATE stock SET n = n + 1 WHERE tenant_id = 'f';
-- unordered
CHECK TABLE stock;
ROLLBACK;
SELECT SUM(n) FROM stock;
# Temporary tables commit nothing.
BEGIN;
UPDATE stock SET n = n + 1 WHERE tenant_id = 'a';
DROP TEMPORARY TABLE IF EXISTS never;
ROLLBACK;
SELECT SUM(n) FROM stock;
BEGIN;
UPDATE stock SET n = n + 1;
DROP TEMPORARY TABLE IF EXISTS never;
SELECT 1;
ROLLBACK;
SELECT SUM(n) FROM stock;
BEGIN;
UPDATE stock SET n = n + 1;
-- error: 1051
DROP TEMPORARY TABLE never;
ROLLBACK;
SELECT SUM(n) FROM stock;
# What concerns a table that is not there commits all the same.
BEGIN;
UPDATE stock SET n = n + 1;
-- error: 1146
ALTER TABLE nowhere ADD COLUMN w INT;
SELECT 1;
ROLLBACK;
SELECT SUM(n) FROM stock;
BEGIN;
UPDATE stock SET n = n + 1 WHERE tenant_id = 'a';
-- error: 1051
DROP TABLE nowhere;
ROLLBACK;
SELECT SUM(n) FROM stock;
BEGIN;
-- error: 1146
TRUNCATE TABLE nowhere;
SELECT 1;
SET autocommit = 0;
UPDATE stock SET n = n + 1;
-- error: 1146
CREATE VIEW later AS SELECT * FROM nowhere;
ROLLBACK;
SET autocommit = 1;
SELECT SUM(n) FROM stock;
# What cannot be read does not.
BEGIN;
UPDATE stock SET n = n + 1;
-- error: 1064
ALTER TABLE stock ADD COLUMN;
-- error: 1286
ALTER TABLE stock ENGINE = Nothing;
-- error: 1064
CREATE TABLE nowhere (id NUMBERS);
ROLLBACK;
SELECT SUM(n) FROM stock;
# Nor is a handler open that could not be opened.
-- error: 1146
HANDLER nowhere OPEN;
-- error: 1091
ALTER TABLE stock DROP COLUMN nowhere;
# SHOW, SET, USE, PREPARE do not commit.
BEGIN;
UPDATE stock SET n = n + 1 WHERE tenant_id IN ('a', 'b', 'c');
SET @x = 1, SESSION sort_buffer_size = 300000;
USE depot;
USE shop;
SHOW TABLES;
PREPARE p FROM 'SELECT 1';
EXECUTE p;
DEALLOCATE PREPARE p;
ROLLBACK;
SELECT SUM(n) FROM stock;
TRUNCATE TABLE depot.plain;
ALTER TABLE depot.plain DROP COLUMN w;
# As it was.
DELETE FROM stock;
INSERT INTO stock VALUES ('a', 1, 10), ('b', 1, 20), ('c', 1, 30), ('d', 1, 40), ('e', 1, 50), ('f', 1, 60);
DELETE FROM depot.moves;
INSERT INTO depot.moves VALUES ('a', 1, 1), ('b', 1, 2), ('e', 1, 3);
INSERT INTO depot.plain VALUES (1, 1);

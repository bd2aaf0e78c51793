-- about: LOCK TABLES for reading, of tables on several shards and in several databases
-- text only
-- no warnings
-- database: shop
-- sharded: shop.stock by tenant_id, depot.moves by tenant_id
-- reference: shop.kinds
-- single: depot.plain
CREATE TABLE stock (tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL, n INT NOT NULL, PRIMARY KEY (tenant_id, id));
INSERT INTO stock VALUES ('a', 1, 10), ('b', 1, 20), ('c', 1, 30), ('d', 1, 40), ('e', 1, 50), ('f', 1, 60);
CREATE TABLE kinds (id INT PRIMARY KEY, name VARCHAR(20));
INSERT INTO kinds VALUES (1, 'one');
CREATE VIEW low AS SELECT id, n FROM stock WHERE n < 30;
USE depot;
CREATE TABLE moves (tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL, delta INT, PRIMARY KEY (tenant_id, id));
INSERT INTO moves VALUES ('a', 1, 1), ('b', 1, 2), ('e', 1, 3);
CREATE TABLE plain (id INT PRIMARY KEY, v INT);
INSERT INTO plain VALUES (1, 1);
-- cases
# What is locked can be read, on one shard, on all, and together.
LOCK TABLES stock READ, depot.moves READ LOCAL, kinds READ, depot.plain READ;
SELECT n FROM stock WHERE tenant_id = 'b';
SELECT SUM(n) FROM stock;
-- error: 1100
SELECT s.tenant_id, m.delta FROM stock s JOIN depot.moves m USING (tenant_id) ORDER BY 1;
SELECT stock.tenant_id, moves.delta FROM stock JOIN depot.moves USING (tenant_id) ORDER BY 1;
SELECT kinds.name, (SELECT COUNT(*) FROM stock) FROM kinds, depot.plain;
SELECT stock.tenant_id FROM stock WHERE tenant_id IN (SELECT tenant_id FROM depot.moves) ORDER BY 1;
# One lock serves one occurrence.
-- error: 1100
SELECT COUNT(*) FROM stock WHERE n > (SELECT AVG(n) FROM stock);
WITH x AS (SELECT n FROM stock) SELECT SUM(n) FROM x;
-- error: 1100
SELECT COUNT(*) FROM stock AS t;
# What is locked for reading cannot be written.
-- error: 1099
UPDATE stock SET n = n + 1;
-- error: 1099
DELETE FROM stock WHERE tenant_id = 'a';
-- error: 1099
INSERT INTO stock VALUES ('z', 1, 1), ('y', 1, 1);
-- error: 1099
INSERT INTO kinds VALUES (2, 'two');
-- error: 1099
REPLACE INTO depot.plain VALUES (1, 2);
-- error: 1099
TRUNCATE TABLE stock;
-- error: 1099
ALTER TABLE stock ADD COLUMN m INT;
-- error: 1099
DROP TABLE depot.plain;
-- error: 1099
INSERT INTO stock SELECT tenant_id, 2, delta FROM depot.moves;
# Variables, temporary tables and the dictionary are free.
SET @n = (SELECT COUNT(*) FROM stock);
SELECT @n;
-- error: 1100
DO (SELECT COUNT(*) FROM low);
CREATE TEMPORARY TABLE mine (id INT PRIMARY KEY);
INSERT INTO mine VALUES (1), (2);
SELECT mine.id, kinds.name FROM mine LEFT JOIN kinds ON kinds.id = mine.id ORDER BY 1;
DROP TEMPORARY TABLE mine;
SHOW TABLES LIKE 'stock';
SHOW COLUMNS FROM stock;
SHOW CREATE TABLE kinds;
-- error: 1100
SHOW CREATE VIEW low;
SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'shop' AND TABLE_NAME IN ('stock', 'low');
-- error: 1192
CREATE VIEW other AS SELECT 1 AS one;
# Nor is anything dropped that there is not.
-- error: 1192
DROP DATABASE IF EXISTS nosuchdb;
-- error: 1192
DROP PROCEDURE IF EXISTS nosuch;
-- error: 1192
DROP PROCEDURE IF EXISTS nosuchdb.nosuch;
-- error: 1192
DROP EVENT IF EXISTS nosuchdb.nosuch;
-- error: 1100
DROP TABLE IF EXISTS nosuch;
-- error: 1100
DROP TABLE IF EXISTS nosuchdb.nosuch;
-- error: 1100
DROP TABLE nosuch;
-- error: 1192
DROP VIEW IF EXISTS nosuch, other;
-- error: 1192
DROP VIEW IF EXISTS nosuchdb.nosuch;
-- error: 1192
DROP VIEW nosuch;
-- error: 1192
DROP DATABASE nosuchdb;
-- error: 1192
DROP PROCEDURE nosuch;
# COMMIT and ROLLBACK keep the locks, BEGIN does not.
COMMIT;
ROLLBACK;
-- error: 1099
UPDATE stock SET n = n + 1;
BEGIN;
UPDATE stock SET n = n + 1;
ROLLBACK;
SELECT SUM(n) FROM stock;
# LOCK TABLES commits, takes the place of earlier locks, and UNLOCK TABLES commits.
BEGIN;
UPDATE stock SET n = n + 1;
LOCK TABLES stock READ;
ROLLBACK;
SELECT SUM(n) FROM stock;
LOCK TABLES kinds READ;
-- error: 1100
SELECT SUM(n) FROM stock;
SELECT name FROM kinds;
UNLOCK TABLES;
SELECT SUM(n) FROM stock;
SET autocommit = 0;
LOCK TABLES stock READ;
SELECT SUM(n) FROM stock;
COMMIT;
SELECT MAX(n) FROM stock;
UNLOCK TABLES;
ROLLBACK;
SET autocommit = 1;
# Names.
-- error: 1066
LOCK TABLES stock READ, kinds READ, stock READ;
-- error: 1146
LOCK TABLES nothing READ;
SELECT SUM(n) FROM stock;
LOCK TABLES stock READ;
-- error: 1100
SELECT COUNT(*) FROM nothing;
LOCK TABLES low READ;
SELECT COUNT(*) FROM low;
UNLOCK TABLES;
# Locks on one shard for writing.
LOCK TABLES depot.plain WRITE;
UPDATE depot.plain SET v = v + 1;
SELECT v FROM depot.plain;
LOCK TABLES depot.plain READ;
-- error: 1099
UPDATE depot.plain SET v = v + 1;
LOCK TABLES depot.plain WRITE;
BEGIN;
SELECT SUM(n) FROM stock;
ROLLBACK;
# Locks for writing over shards.
-- refuse: 1235 no transaction over shards can be committed under it
LOCK TABLES stock WRITE;
UNLOCK TABLES;
# As it was.
DELETE FROM stock;
INSERT INTO stock VALUES ('a', 1, 10), ('b', 1, 20), ('c', 1, 30), ('d', 1, 40), ('e', 1, 50), ('f', 1, 60);
UPDATE depot.plain SET v = 1;
# Under a lock for writing neither.
LOCK TABLES depot.plain WRITE;
-- error: 1192
DROP DATABASE IF EXISTS nosuchdb;
-- error: 1192
DROP VIEW IF EXISTS nosuchdb.nosuch;
-- error: 1100
DROP TABLE IF EXISTS nosuchdb.nosuch;
-- error: 1100
DROP TABLE IF EXISTS depot.plain, depot.nosuch;
SELECT COUNT(*) FROM depot.plain;
-- error: 1192
DROP PROCEDURE IF EXISTS nosuch;
-- error: 1192
DROP FUNCTION IF EXISTS depot.nosuch;
-- error: 1192
DROP EVENT IF EXISTS nosuch;
DROP TEMPORARY TABLE IF EXISTS nosuch;
SHOW WARNINGS;
UPDATE depot.plain SET v = v;
UNLOCK TABLES;
# Temporary tables are not among what is locked.
LOCK TABLES stock READ;
DROP TEMPORARY TABLE IF EXISTS nosuch, other;
SHOW WARNINGS;
-- error: 1051
DROP TEMPORARY TABLE nosuch;
-- error: 1192
DROP PROCEDURE IF EXISTS nosuch;
UNLOCK TABLES;

-- about: what MySQL cannot read gets MySQL's own error 1064 in its own words, also where Sluice refuses what it could have read
-- any plan
-- database: shop
-- sharded: shop.cats by tenant_id, shop.dogs by tenant_id, depot.birds by tenant_id
-- reference: shop.kinds
CREATE TABLE cats (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY, name VARCHAR(20));
CREATE TABLE dogs (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY, name VARCHAR(20));
CREATE TABLE kinds (id INT PRIMARY KEY, kind VARCHAR(10));
USE depot;
CREATE TABLE birds (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY);
-- cases
-- error: 1064
((SELECT 1);
-- error: 1064
(SELECT * FROM cats;
-- error: 1064
ALTER FOO cats;
-- error: 1064
ALTER TABEL cats ADD x INT;
-- error: 1064
ALTER TABLE cats ADD UNIQUE KEY x ON (a);
-- error: 1064
ALTER TABLE cats ADD x;
-- error: 1064
ALTER TABLE cats EXCHANGE PARTITION p;
-- error: 1064
ALTER TABLE cats MODIFY;
-- error: 1064
ALTER TABLE cats PRIMARY KEY (id);
-- error: 1064
ALTER TABLE cats RENAME COLUMN a b;
-- error: 1064
ANALYZE TABEL cats;
-- error: 1064
ANALYZE cats;
-- error: 1064
BEGIN FOO;
-- error: 1064
BINLOG;
-- error: 1064
CALL;
-- error: 1064
CALL sp_nosuch(;
-- error: 1064
CHANGE FOO;
-- error: 1064
CHECK TABLE;
-- error: 1064
CHECK TABLE cats FOO;
-- error: 1064
CHECKSUM cats;
-- error: 1064
CLONE;
-- error: 1064
COMMIT FOO;
-- error: 1064
CREATE EVENT e ON SCHEDULE EVERY DAY DO SELECT 1;
-- error: 1064
CREATE FOO cats;
-- error: 1064
CREATE FUNCTION f() RETURN INT RETURN 1;
-- error: 1064
CREATE INDEX x ON nosuch (;
-- error: 1064
CREATE INDEX x ON cats;
-- error: 1064
CREATE TABLE foo (a int) SELECT FROM cats;
-- error: 1064
CREATE TABLE foo (a int,,);
-- error: 1064
CREATE TABLE cats (a int,,);
-- error: 1064
CREATE TABLE cats AS SELEC 1;
-- error: 1064
CREATE TRIGGER t BEFORE INSERT ON cats FOR EACH ROW SELEC 1;
-- error: 1064
CREATE TRIGGER t BEFORE INSERT cats FOR EACH ROW SET @a=1;
-- error: 1064
CREATE UNIQUE INDEX x cats (id);
-- error: 1064
CREATE USER;
-- error: 1064
CREATE VIEW v AS SELECT FROM cats;
-- error: 1064
CREATE VIEW v SELECT 1;
-- error: 1064
DEALLOCATE s;
-- error: 1064
DELETE FROM cats LIMIT 1, 2;
-- error: 1064
DELETE FROM cats WHER id = 1;
-- error: 1064
DELETE cats WHERE id=1;
-- error: 1064
DELETE u, FROM cats u;
-- error: 1064
DESC;
-- error: 1064
DESC cats FOO BAR;
-- error: 1064
DO;
-- error: 1064
DO SELECT 1;
-- error: 1064
DROP FOO cats;
-- error: 1064
DROP TABEL cats;
-- error: 1064
DROP TABLE cats dogs;
-- error: 1064
DROP VIEW IF EXIST x;
-- error: 1064
EXECUTE;
-- error: 1064
EXPLAIN;
-- error: 1064
EXPLAIN FORMAT= SELECT 1 FROM cats;
-- error: 1064
EXPLAIN SELECT FROM cats;
-- error: 1064
EXPLAIN UPDATE cats;
-- error: 1064
EXPLAIN cats id FOO;
-- error: 1064
FLUSH FOO;
-- error: 1064
GET FOO;
-- error: 1064
GRANT SELECT ON cats;
-- error: 1064
HANDLER cats OPN;
-- error: 1064
HELP;
-- error: 1064
IMPORT FOO;
-- error: 1064
INSERT INTO nosuch VALUES (1,;
-- error: 1064
INSERT INTO cats (id) VALUES ('a') ON DUPLICATE UPDATE id = 1;
-- error: 1064
INSERT INTO cats (id) VALUES ('a'), ON DUPLICATE KEY UPDATE id = 1;
-- error: 1064
INSERT cats SET a = , b = 2;
-- error: 1064
INSTALL FOO;
-- error: 1064
KILL;
-- error: 1064
KILL 1 2;
-- error: 1064
KILL FOO BAR;
-- error: 1064
LOAD DATA INFILE x INTO TABLE cats;
-- error: 1064
LOAD DATA LOCAL INFILE 'x' INTO cats;
-- error: 1064
LOCK TABLE cats;
-- error: 1064
LOCK TABLES cats WRIT;
-- error: 1064
OPTIMIZE TABLE cats,;
-- error: 1064
PREPARE s FROM;
-- error: 1064
PREPARE s SELECT 1;
-- error: 1064
PURGE FOO;
-- error: 1064
RELEASE s;
-- error: 1064
RENAME TABLE cats saas_foo;
-- error: 1064
REPAIR cats;
-- error: 1064
REPLACE cats VALUES;
-- error: 1064
RESET;
-- error: 1064
RETURN 1;
-- error: 1064
ROLLBACK FOO;
-- error: 1064
ROLLBACK TO;
-- error: 1064
SAVEPOINT;
-- error: 1064
SAVEPOINT a b;
-- error: 1064
SELECT (SELECT 1 FROM cats;
-- error: 1064
SELECT * FROM nosuch WHER x;
-- error: 1064
SELECT * FROM shop.cats.id;
-- error: 1064
SELECT * FROM cats FOR UPDAT;
-- error: 1064
SELECT * FROM cats GROUP BY id WITH CUBE;
-- error: 1064
SELECT * FROM cats JOIN dogs ON;
-- error: 1064
SELECT * FROM cats LIMIT 'a';
-- error: 1064
SELECT * FROM cats LIMIT 1 OFFSET;
-- error: 1064
SELECT * FROM cats NATURAL dogs;
-- error: 1064
SELECT * FROM cats ORDER id;
-- error: 1064
SELECT * FROM cats UNION ALL ALL SELECT 1;
-- error: 1064
SELECT * FROM cats UNION SELECT;
-- error: 1064
SELECT * FROM cats WHERE (id = 'a';
-- error: 1064
SELECT * FROM cats WHERE id = 'a' 'b' c;
-- error: 1064
SELECT * FROM cats WHERE id = 1 LIMIT 1 PROCEDURE ANALYSE();
-- error: 1064
SELECT * FROM cats WHERE id IN ();
-- error: 1064
SELECT * FROM cats dogs kinds;
-- error: 1064
SELECT * INTO FROM cats;
-- error: 1064
SELECT 0xzz FROM cats WHERE;
-- error: 1064
SELECT 1 FROM cats PARTITION p;
-- error: 1064
SELECT 1 FROM cats USE INDEX;
-- error: 1064
SELECT 1 FROM cats WHERE x BETWEEN 1;
-- error: 1064
SELECT CASE WHEN 1 THEN 2 FROM cats;
-- error: 1064
SELECT COUNT (DISTINCT) FROM cats;
-- error: 1064
SELECT FROM cats;
-- error: 1064
SELECT SQL_CACHE * FROM cats;
-- error: 1064
SELECT a b c FROM cats;
-- error: 1064
SET;
-- error: 1064
SET @a;
-- error: 1064
SET CHARACTER utf8mb4;
-- error: 1064
SET GLOBAL;
-- error: 1064
SET NAMES;
-- error: 1064
SET SESSION TRANSACTION ISOLATION LEVEL FOO;
-- error: 1064
SET a =;
-- error: 1064
SET autocommit 1;
-- error: 1064
SHOW;
-- error: 1064
SHOW COLUMNS cats;
-- error: 1064
SHOW COUNT(*) ERROR;
-- error: 1064
SHOW CREATE TABLE;
-- error: 1064
SHOW CREATE cats;
-- error: 1064
SHOW DATABASES FOO;
-- error: 1064
SHOW FOO;
-- error: 1064
SHOW FULL;
-- error: 1064
SHOW INDEX cats;
-- error: 1064
SHOW PROCESSLIST FOO;
-- error: 1064
SHOW STATUS FOO;
-- error: 1064
SHOW TABLE STATUS FOO;
-- error: 1064
SHOW TABLES FOO;
-- error: 1064
SHOW TABLES LIKE;
-- error: 1064
SHOW VARIABLES LIKE;
-- error: 1064
SHOW WARNINGS FOO;
-- error: 1064
SHOW WARNINGS LIMIT;
-- error: 1064
SIGNAL;
-- error: 1064
START TRANSACTION WITH;
-- error: 1064
TABLE cats WHERE id = 1;
-- error: 1064
TRUNCATE TABEL cats;
-- error: 1064
TRUNCATE TABLE cats, dogs;
-- error: 1064
TRUNCATE cats dogs;
-- error: 1064
UNLOCK;
-- error: 1064
UNLOCK FOO;
-- error: 1064
UPDATE cats SET;
-- error: 1064
UPDATE cats WHERE id = 1;
-- error: 1064
UPDATE cats u LEFT JOIN dogs r SET u.x = 1;
-- error: 1064
UPDATE cats, SET a = 1;
-- error: 1064
USE;
-- error: 1064
USE a b;
-- error: 1064
VALUES (1,2);
-- error: 1064
WITH RECURSIVE SELECT * FROM cats;
-- error: 1064
WITH c AS SELECT 1 SELECT * FROM cats;
-- error: 1064
XA FOO;
-- error: 1064
XA START;
-- error: 1064
cats;

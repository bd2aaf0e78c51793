-- about: status flags of every packet, and what BEGIN, COMMIT and ROLLBACK may say
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

BEGIN;
BEGIN WORK;
SELECT 1;
SELECT n FROM stock WHERE tenant_id = 'a';
SELECT n FROM stock WHERE tenant_id = 'b';
SELECT SUM(n) FROM stock;
UPDATE stock SET n = n + 1 WHERE tenant_id = 'c';
UPDATE stock SET n = n + 1;
INSERT INTO stock VALUES ('a', 2, 1), ('b', 2, 1), ('c', 2, 1);
SET @x = 1;
SELECT @x;
SHOW TABLES;
USE depot;
USE shop;
DO 0;
-- error: 1146
SELECT nothing FROM nowhere;
-- error: 1062
INSERT INTO stock VALUES ('d', 2, 1), ('a', 2, 1);
-- error: 1064
SELEC 1;
SELECT COUNT(*) FROM stock;
COMMIT;
SELECT COUNT(*) FROM stock;
COMMIT WORK;
ROLLBACK WORK;
START TRANSACTION READ WRITE;
UPDATE stock SET n = n + 1 WHERE tenant_id IN ('a', 'b', 'c');
ROLLBACK WORK AND NO CHAIN NO RELEASE;
START TRANSACTION READ ONLY;
SELECT n FROM stock WHERE tenant_id = 'a';
SELECT n FROM stock WHERE tenant_id = 'b' ORDER BY n;
SELECT COUNT(*) FROM stock;
SELECT 1;
SET @x = 2;
-- error: 1792
-- prepare differs: MySQL says it already then
UPDATE stock SET n = 0 WHERE tenant_id = 'a';
-- error: 1792
-- prepare differs: MySQL says it already then
UPDATE stock SET n = 0;
-- error: 1792
-- prepare differs: MySQL says it already then
INSERT INTO stock VALUES ('a', 9, 1), ('b', 9, 1), ('c', 9, 9);
-- error: 1792
-- prepare differs: MySQL says it already then
DELETE FROM depot.moves WHERE tenant_id = 'e';
SELECT COUNT(*) FROM stock;
COMMIT AND CHAIN;
SELECT COUNT(*) FROM stock;
-- error: 1792
-- prepare differs: MySQL says it already then
DELETE FROM stock WHERE tenant_id = 'd';
ROLLBACK AND CHAIN;
SELECT n FROM stock WHERE tenant_id = 'b' ORDER BY n;
COMMIT;
SELECT 1;
# Chains.
BEGIN;
UPDATE stock SET n = n + 1 WHERE tenant_id = 'a';
COMMIT AND CHAIN;
SELECT 1;
UPDATE stock SET n = n + 1 WHERE tenant_id = 'a';
UPDATE stock SET n = n + 1 WHERE tenant_id = 'b';
UPDATE stock SET n = n + 1 WHERE tenant_id = 'c';
COMMIT AND CHAIN;
UPDATE stock SET n = n + 1;
ROLLBACK AND CHAIN;
SELECT SUM(n) FROM stock;
UPDATE stock SET n = 0 WHERE tenant_id = 'e';
ROLLBACK;
SELECT SUM(n) FROM stock;
COMMIT AND CHAIN;
SELECT 1;
ROLLBACK;
# completion_type
SET completion_type = 'CHAIN';
BEGIN;
UPDATE stock SET n = n + 1 WHERE tenant_id IN ('a', 'b', 'c', 'd');
COMMIT;
SELECT 1;
UPDATE stock SET n = n + 1 WHERE tenant_id IN ('a', 'b', 'c', 'd');
ROLLBACK;
SELECT 1;
COMMIT AND NO CHAIN;
SELECT 1;
SET completion_type = 0;
ROLLBACK;
# autocommit
SET autocommit = 0;
SELECT 1;
SELECT n FROM stock WHERE tenant_id = 'a' AND id = 1;
SELECT COUNT(*) FROM stock;
UPDATE stock SET n = n + 1 WHERE tenant_id = 'b' AND id = 1;
UPDATE stock SET n = n + 1;
SELECT SUM(n) FROM stock;
ROLLBACK;
SELECT SUM(n) FROM stock;
COMMIT;
SET autocommit = 1;
SELECT SUM(n) FROM stock;
# What is not allowed.
-- error: 1064
BEGIN READ ONLY;
-- error: 1064
START TRANSACTION READ ONLY, READ WRITE;
-- error: 1064
COMMIT AND CHAIN RELEASE;
-- error: 1064
START TRANSACTION WITH SNAPSHOT;
-- error: 1064
SAVEPOINT;
BEGIN;
UPDATE stock SET n = n + 1 WHERE tenant_id IN ('a', 'b');
-- error: 1568
SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
-- error: 1064
COMMIT NOW;
SELECT SUM(n) FROM stock;
ROLLBACK;
SELECT SUM(n) FROM stock;
# RELEASE ends the session.
-- session: b
BEGIN;
UPDATE stock SET n = n + 1 WHERE tenant_id IN ('a', 'b', 'c', 'd');
COMMIT RELEASE;
-- session: c
BEGIN;
UPDATE stock SET n = n + 100 WHERE tenant_id IN ('a', 'b', 'c', 'd');
ROLLBACK AND NO CHAIN RELEASE;
-- session: d
SELECT SUM(n) FROM stock;
# As it was.
DELETE FROM stock;
INSERT INTO stock VALUES ('a', 1, 10), ('b', 1, 20), ('c', 1, 30), ('d', 1, 40), ('e', 1, 50), ('f', 1, 60);
DELETE FROM depot.moves;
INSERT INTO depot.moves VALUES ('a', 1, 1), ('b', 1, 2), ('e', 1, 3);

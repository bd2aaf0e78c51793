-- about: SET TRANSACTION holds for the next transaction, the session, or what follows, on every server
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

SET TRANSACTION READ ONLY;
SELECT @@transaction_read_only;
-- error: 1792
-- prepare differs: MySQL says it already then
UPDATE stock SET n = 1 WHERE tenant_id = 'a';
# A statement that fails has not used it up.
-- error: 1792
-- prepare differs: MySQL says it already then
UPDATE stock SET n = 1 WHERE tenant_id = 'a';
SELECT n FROM stock WHERE tenant_id = 'a';
UPDATE stock SET n = 1 WHERE tenant_id = 'a';
SET TRANSACTION READ ONLY;
SELECT SUM(n) FROM stock;
UPDATE stock SET n = 1 WHERE tenant_id = 'a';
SET TRANSACTION READ ONLY;
SELECT 1;
SET @x = 1;
-- error: 1792
-- prepare differs: MySQL says it already then
INSERT INTO stock VALUES ('a', 2, 2), ('b', 2, 2), ('c', 2, 2);
COMMIT;
UPDATE stock SET n = 1 WHERE tenant_id = 'a';
SET TRANSACTION READ ONLY;
BEGIN;
SELECT SUM(n) FROM stock;
-- error: 1792
-- prepare differs: MySQL says it already then
UPDATE stock SET n = 2 WHERE tenant_id = 'b';
-- error: 1792
-- prepare differs: MySQL says it already then
UPDATE stock SET n = 2 WHERE tenant_id = 'c';
-- error: 1792
-- prepare differs: MySQL says it already then
INSERT INTO stock VALUES ('a', 2, 2), ('b', 2, 2), ('c', 2, 2);
COMMIT;
UPDATE stock SET n = 2;
BEGIN;
UPDATE stock SET n = 3 WHERE tenant_id IN ('a', 'b', 'c', 'd');
COMMIT;
SET TRANSACTION READ ONLY, ISOLATION LEVEL READ COMMITTED;
BEGIN;
SELECT n FROM stock WHERE tenant_id = 'b';
SELECT SUM(n) FROM stock;
COMMIT AND CHAIN;
-- error: 1792
-- prepare differs: MySQL says it already then
UPDATE stock SET n = 4 WHERE tenant_id = 'b';
COMMIT;
UPDATE stock SET n = 4 WHERE tenant_id = 'b';
SET SESSION TRANSACTION READ ONLY;
-- error: 1792
-- prepare differs: MySQL says it already then
UPDATE stock SET n = 5 WHERE tenant_id = 'a';
BEGIN;
-- error: 1792
-- prepare differs: MySQL says it already then
UPDATE stock SET n = 5;
SELECT SUM(n) FROM stock;
COMMIT;
START TRANSACTION READ WRITE;
UPDATE stock SET n = 6 WHERE tenant_id IN ('a', 'b', 'c');
COMMIT;
SET SESSION TRANSACTION READ WRITE;
SELECT SUM(n) FROM stock;
# A level for the next transaction only: what others commit is seen, or not.
SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
BEGIN;
SELECT n FROM stock WHERE tenant_id = 'a';
SELECT n FROM stock WHERE tenant_id = 'b';
SELECT n FROM stock WHERE tenant_id = 'c';
-- session: b
UPDATE stock SET n = 7 WHERE tenant_id IN ('a', 'b', 'c');
-- session:
SELECT n FROM stock WHERE tenant_id = 'a';
SELECT n FROM stock WHERE tenant_id = 'b';
SELECT n FROM stock WHERE tenant_id = 'c';
SELECT SUM(n) FROM stock;
COMMIT;
BEGIN;
SELECT n FROM stock WHERE tenant_id = 'a';
SELECT n FROM stock WHERE tenant_id = 'b';
SELECT n FROM stock WHERE tenant_id = 'c';
SELECT SUM(n) FROM stock;
-- session: b
UPDATE stock SET n = 8 WHERE tenant_id IN ('a', 'b', 'c');
INSERT INTO stock VALUES ('a', 8, 8), ('b', 8, 8), ('c', 8, 8), ('d', 8, 8);
-- session:
SELECT n FROM stock WHERE tenant_id = 'a' ORDER BY id;
SELECT n FROM stock WHERE tenant_id = 'b' ORDER BY id;
SELECT n FROM stock WHERE tenant_id = 'c' ORDER BY id;
SELECT SUM(n) FROM stock;
SELECT SUM(n) FROM stock FOR SHARE;
UPDATE stock SET n = n + 1;
SELECT SUM(n) FROM stock;
COMMIT;
SET SESSION TRANSACTION ISOLATION LEVEL READ UNCOMMITTED;
BEGIN;
SELECT SUM(n) FROM stock;
-- session: b
BEGIN;
UPDATE stock SET n = 100 WHERE tenant_id IN ('a', 'b', 'c');
-- session:
SELECT SUM(n) FROM stock;
SELECT n FROM stock WHERE tenant_id = 'c' ORDER BY id;
-- session: b
ROLLBACK;
-- session:
SELECT SUM(n) FROM stock;
COMMIT;
SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE;
BEGIN;
SELECT n FROM stock WHERE tenant_id = 'a' ORDER BY id;
SELECT n FROM stock WHERE tenant_id = 'b' ORDER BY id;
SELECT SUM(n) FROM stock;
-- session: b
SET innodb_lock_wait_timeout = 1;
-- error: 1205
-- no message
UPDATE stock SET n = 100 WHERE tenant_id = 'b';
-- blocks
UPDATE stock SET n = 100 WHERE tenant_id = 'a';
-- session:
COMMIT;
-- session: b
SELECT SUM(n) FROM stock;
-- session:
SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ;
SELECT @@transaction_isolation;
# SET @@transaction_isolation without SESSION is for the next transaction.
SET @@transaction_isolation = 'READ-COMMITTED';
SELECT @@session.transaction_isolation;
SET @@session.transaction_isolation = 'READ-COMMITTED';
SELECT @@session.transaction_isolation;
SET @@session.transaction_isolation = DEFAULT;
# As it was.
DELETE FROM stock;
INSERT INTO stock VALUES ('a', 1, 10), ('b', 1, 20), ('c', 1, 30), ('d', 1, 40), ('e', 1, 50), ('f', 1, 60);
DELETE FROM depot.moves;
INSERT INTO depot.moves VALUES ('a', 1, 1), ('b', 1, 2), ('e', 1, 3);

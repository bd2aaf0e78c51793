-- about: savepoints of transactions that reach further servers later
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

SAVEPOINT early;
-- error: 1305
ROLLBACK TO early;
BEGIN;
SAVEPOINT one;
UPDATE stock SET n = 1 WHERE tenant_id = 'a';
SAVEPOINT two;
UPDATE stock SET n = 2 WHERE tenant_id = 'b';
UPDATE stock SET n = 2 WHERE tenant_id = 'c';
SAVEPOINT `Three of them`;
UPDATE stock SET n = 3 WHERE tenant_id = 'd';
UPDATE stock SET n = 3 WHERE tenant_id = 'a';
UPDATE depot.moves SET delta = 3;
SELECT tenant_id, n FROM stock ORDER BY tenant_id;
ROLLBACK TO SAVEPOINT `three of them`;
SELECT tenant_id, n FROM stock ORDER BY tenant_id;
SELECT SUM(delta) FROM depot.moves;
UPDATE stock SET n = 4 WHERE tenant_id = 'e';
ROLLBACK WORK TO two;
SELECT tenant_id, n FROM stock ORDER BY tenant_id;
-- error: 1305
ROLLBACK TO `three of them`;
UPDATE stock SET n = 5 WHERE tenant_id = 'f';
ROLLBACK TO one;
SELECT tenant_id, n FROM stock ORDER BY tenant_id;
-- error: 1305
RELEASE SAVEPOINT two;
UPDATE stock SET n = n + 1;
RELEASE SAVEPOINT one;
-- error: 1305
ROLLBACK TO one;
SELECT tenant_id, n FROM stock ORDER BY tenant_id;
COMMIT;
-- error: 1305
ROLLBACK TO one;
SELECT tenant_id, n FROM stock ORDER BY tenant_id;
# A second savepoint of a name replaces the first.
BEGIN;
UPDATE stock SET n = 100 WHERE tenant_id = 'a';
SAVEPOINT s;
UPDATE stock SET n = 100 WHERE tenant_id = 'b';
SAVEPOINT t;
SAVEPOINT s;
UPDATE stock SET n = 100 WHERE tenant_id = 'c';
ROLLBACK TO s;
SELECT tenant_id, n FROM stock ORDER BY tenant_id;
ROLLBACK TO t;
SELECT tenant_id, n FROM stock ORDER BY tenant_id;
-- error: 1305
ROLLBACK TO s;
RELEASE SAVEPOINT t;
ROLLBACK;
SELECT tenant_id, n FROM stock ORDER BY tenant_id;
# Rows that were locked after the savepoint stay locked in MySQL; their values go back.
BEGIN;
UPDATE stock SET n = 7 WHERE tenant_id = 'a';
SAVEPOINT s;
INSERT INTO stock VALUES ('a', 2, 2), ('b', 2, 2), ('c', 2, 2), ('d', 2, 2);
DELETE FROM stock WHERE id = 1;
-- error: 1062
INSERT INTO stock VALUES ('e', 2, 2), ('b', 2, 2);
SELECT COUNT(*), SUM(n) FROM stock;
ROLLBACK TO s;
SELECT COUNT(*), SUM(n) FROM stock;
COMMIT;
SELECT COUNT(*), SUM(n) FROM stock;
# With autocommit off a savepoint begins nothing, and is kept.
SET autocommit = 0;
SAVEPOINT s;
UPDATE stock SET n = 8 WHERE tenant_id = 'a';
UPDATE stock SET n = 8 WHERE tenant_id = 'b';
UPDATE stock SET n = 8 WHERE tenant_id = 'c';
ROLLBACK TO s;
SELECT SUM(n) FROM stock;
COMMIT;
SET autocommit = 1;
# In a chained transaction the savepoints of the one before are gone.
BEGIN;
UPDATE stock SET n = 9 WHERE tenant_id IN ('a', 'b', 'c');
SAVEPOINT s;
COMMIT AND CHAIN;
-- error: 1305
ROLLBACK TO s;
UPDATE stock SET n = 11 WHERE tenant_id IN ('a', 'b', 'c');
-- error: 1305
RELEASE SAVEPOINT s;
ROLLBACK;
SELECT tenant_id, n FROM stock ORDER BY tenant_id;
# As it was.
DELETE FROM stock;
INSERT INTO stock VALUES ('a', 1, 10), ('b', 1, 20), ('c', 1, 30), ('d', 1, 40), ('e', 1, 50), ('f', 1, 60);
DELETE FROM depot.moves;
INSERT INTO depot.moves VALUES ('a', 1, 1), ('b', 1, 2), ('e', 1, 3);

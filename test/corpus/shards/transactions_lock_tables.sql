-- about: LOCK TABLES commits, also where the tables are on another server than the transaction
-- text only
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
# LOCK TABLES commits, and UNLOCK TABLES after it, but not without it.
BEGIN;
UPDATE stock SET n = n + 1 WHERE tenant_id = 'b';
LOCK TABLES depot.plain WRITE;
UPDATE depot.plain SET v = v + 1;
UNLOCK TABLES;
ROLLBACK;
SELECT SUM(n) FROM stock;
BEGIN;
UPDATE stock SET n = n + 1 WHERE tenant_id IN ('a', 'b', 'c');
UNLOCK TABLES;
ROLLBACK;
SELECT SUM(n) FROM stock;
TRUNCATE TABLE depot.plain;
# As it was.
DELETE FROM stock;
INSERT INTO stock VALUES ('a', 1, 10), ('b', 1, 20), ('c', 1, 30), ('d', 1, 40), ('e', 1, 50), ('f', 1, 60);
DELETE FROM depot.moves;
INSERT INTO depot.moves VALUES ('a', 1, 1), ('b', 1, 2), ('e', 1, 3);
INSERT INTO depot.plain VALUES (1, 1);

-- about: rows of a reference table that a query locks are locked for whoever locks them, from whatever shard, alone, in joins and in subqueries
-- names only
-- no warnings
-- database: shop
-- sharded: shop.t by tenant_id
-- reference: shop.r
-- single: depot.p
CREATE TABLE t (tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL, n INT NOT NULL, PRIMARY KEY (tenant_id, id));
INSERT INTO t VALUES ('a', 1, 10), ('b', 2, 20), ('c', 3, 30), ('d', 4, 40), ('e', 1, 50), ('f', 2, 60);
CREATE TABLE r (id INT PRIMARY KEY, name VARCHAR(20));
INSERT INTO r VALUES (1, 'one'), (2, 'two'), (3, 'three'), (4, 'four');
CREATE VIEW named AS SELECT id, name FROM r WHERE id < 4;
USE depot;
CREATE TABLE p (id INT PRIMARY KEY, v INT);
INSERT INTO p VALUES (1, 1), (2, 3);
-- cases
BEGIN;
UPDATE t SET n = n + 1 WHERE tenant_id = 'a';
SELECT * FROM r WHERE id = 1 FOR UPDATE;
-- session: b
BEGIN;
UPDATE t SET n = n + 1 WHERE tenant_id = 'b';
-- error: 3572
SELECT * FROM r WHERE id = 1 FOR UPDATE NOWAIT;
SELECT * FROM r ORDER BY id FOR SHARE SKIP LOCKED;
SELECT * FROM named ORDER BY id FOR UPDATE SKIP LOCKED;
ROLLBACK;
BEGIN;
UPDATE t SET n = n + 1 WHERE tenant_id IN ('c', 'd');
-- error: 3572
SELECT * FROM r WHERE id = 1 FOR SHARE NOWAIT;
-- error: 3572
SELECT r.name, t.n FROM r JOIN t ON r.id = t.id WHERE t.tenant_id = 'e' FOR UPDATE OF r NOWAIT;
SELECT r.name, t.n FROM r JOIN t ON r.id = t.id WHERE t.tenant_id = 'e' FOR UPDATE OF t NOWAIT;
SELECT r.name, t.n FROM r JOIN t ON r.id = t.id ORDER BY t.n FOR UPDATE OF r SKIP LOCKED;
ROLLBACK;
# One column of a block, and not of another.
SELECT r.name, (SELECT MAX(n) FROM t WHERE t.id = r.id) FROM r ORDER BY r.id FOR UPDATE SKIP LOCKED;
SELECT t.n, (SELECT name FROM r WHERE t.id = r.id FOR UPDATE SKIP LOCKED) AS name FROM t WHERE t.tenant_id IN ('b', 'd', 'f') ORDER BY t.n;
SELECT r.name, t.n FROM r JOIN t ON r.id = t.id WHERE t.n > 55 FOR SHARE OF r NOWAIT;
-- error: 3572
SELECT r.name, p.v FROM r JOIN depot.p ON r.id = p.id FOR SHARE OF r NOWAIT;
SELECT r.name, p.v FROM r JOIN depot.p ON r.id = p.id ORDER BY r.id FOR UPDATE OF r SKIP LOCKED FOR SHARE OF p;
-- session:
ROLLBACK;
# Locked by a join, and by a query that needs several shards.
BEGIN;
SELECT r.name, t.n FROM r JOIN t ON r.id = t.id WHERE t.tenant_id = 'b' FOR UPDATE;
-- session: b
-- error: 3572
SELECT * FROM r WHERE id = 2 FOR UPDATE NOWAIT;
SELECT * FROM r WHERE id = 3 FOR UPDATE NOWAIT;
-- session:
COMMIT;
BEGIN;
SELECT r.name, SUM(t.n) FROM r JOIN t ON r.id = t.id WHERE t.tenant_id IN ('c', 'd') GROUP BY r.name ORDER BY 1 FOR UPDATE;
-- session: b
-- error: 3572
SELECT * FROM r WHERE id = 4 FOR UPDATE NOWAIT;
-- blocks
UPDATE r SET name = 'drei' WHERE id = 3;
-- session:
COMMIT;
-- session: b
SELECT * FROM r ORDER BY id;
UPDATE r SET name = 'three' WHERE id = 3;

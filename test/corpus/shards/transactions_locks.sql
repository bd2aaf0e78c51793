-- about: locks of one session and waits of another, over servers
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

SET innodb_lock_wait_timeout = 20;
-- session: b
SET innodb_lock_wait_timeout = 20;
-- session: c
SET innodb_lock_wait_timeout = 1;
# Writers wait for writers, readers do not.
-- session:
BEGIN;
UPDATE stock SET n = 11 WHERE tenant_id = 'a';
UPDATE stock SET n = 21 WHERE tenant_id = 'b';
UPDATE stock SET n = 31 WHERE tenant_id = 'c';
-- session: b
SELECT tenant_id, n FROM stock ORDER BY tenant_id;
BEGIN;
-- blocks
UPDATE stock SET n = n * 10 WHERE tenant_id = 'c';
-- session: c
-- error: 1205
UPDATE stock SET n = 0 WHERE tenant_id = 'b';
-- error: 1205
SELECT n FROM stock WHERE tenant_id = 'a' FOR SHARE;
-- error: 3572
SELECT n FROM stock WHERE tenant_id = 'a' FOR UPDATE NOWAIT;
-- error: 3572
SELECT n FROM stock WHERE tenant_id = 'b' FOR SHARE NOWAIT;
SELECT n FROM stock WHERE tenant_id = 'b' FOR UPDATE SKIP LOCKED;
SELECT n FROM stock WHERE tenant_id = 'd' FOR UPDATE NOWAIT;
-- session:
COMMIT;
-- session: b
SELECT n FROM stock WHERE tenant_id = 'c';
UPDATE stock SET n = n * 10 WHERE tenant_id IN ('a', 'b');
COMMIT;
SELECT tenant_id, n FROM stock ORDER BY tenant_id;
# Over all servers at once.
-- session:
BEGIN;
SELECT n FROM stock WHERE tenant_id = 'a' AND id = 1 FOR UPDATE;
SELECT n FROM stock WHERE tenant_id = 'c' AND id = 1 FOR UPDATE;
SELECT n FROM stock WHERE tenant_id = 'e' AND id = 1 FOR SHARE;
-- session: c
-- error: 3572
SELECT tenant_id FROM stock ORDER BY tenant_id FOR UPDATE NOWAIT;
SELECT tenant_id FROM stock ORDER BY tenant_id FOR UPDATE SKIP LOCKED;
SELECT tenant_id FROM stock ORDER BY tenant_id FOR SHARE SKIP LOCKED;
SELECT tenant_id, n FROM stock ORDER BY tenant_id DESC LIMIT 2 FOR SHARE SKIP LOCKED;
SELECT tenant_id, n FROM stock s ORDER BY CONVERT(tenant_id USING gb2312) DESC LIMIT 2 FOR SHARE SKIP LOCKED;
SELECT x.tenant_id, y.n FROM stock x, (SELECT n FROM stock) AS y (n) ORDER BY x.tenant_id, y.n LIMIT 2 FOR SHARE OF x SKIP LOCKED;
-- error: 1205
-- no message
UPDATE stock SET n = n + 1;
SELECT SUM(n) FROM stock;
-- session: b
-- blocks
UPDATE stock SET n = n + 1;
-- session:
COMMIT;
-- session: b
SELECT tenant_id, n FROM stock ORDER BY tenant_id;
# Shared locks do not wait for each other.
-- session:
BEGIN;
SELECT tenant_id, n FROM stock ORDER BY tenant_id FOR SHARE;
-- session: b
BEGIN;
SELECT tenant_id, n FROM stock ORDER BY tenant_id LOCK IN SHARE MODE;
-- session: c
-- error: 1205
-- no message
DELETE FROM stock WHERE tenant_id IN ('a', 'b', 'c', 'd');
SELECT COUNT(*) FROM stock;
-- session:
COMMIT;
-- session: b
COMMIT;
# A statement that has waited too long is undone, and no more than it.
-- session:
BEGIN;
UPDATE stock SET n = 1 WHERE tenant_id = 'd';
-- session: c
BEGIN;
UPDATE stock SET n = 2 WHERE tenant_id = 'a';
UPDATE stock SET n = 2 WHERE tenant_id = 'b';
-- error: 1205
-- no message
INSERT INTO stock VALUES ('a', 2, 2), ('b', 2, 2), ('c', 2, 2), ('d', 1, 2), ('e', 2, 2);
-- error: 1205
-- no message
UPDATE stock SET n = 2 WHERE tenant_id = 'd';
SELECT tenant_id, id, n FROM stock ORDER BY tenant_id, id;
COMMIT;
-- session:
COMMIT;
SELECT tenant_id, id, n FROM stock ORDER BY tenant_id, id;
# A deadlock on one server ends the transaction of the one that has changed less, everywhere.
INSERT INTO stock VALUES ('a', 2, 2);
BEGIN;
UPDATE stock SET n = 1000 WHERE tenant_id = 'a' AND id = 1;
INSERT INTO stock VALUES ('a', 11, 1), ('a', 12, 1), ('a', 13, 1), ('a', 14, 1);
-- session: b
BEGIN;
UPDATE depot.moves SET delta = 1000 WHERE tenant_id = 'b' AND id = 1;
UPDATE stock SET n = 2000 WHERE tenant_id = 'c' AND id = 1;
SELECT n FROM stock WHERE tenant_id = 'a' AND id = 2 FOR UPDATE;
-- session:
-- blocks
UPDATE stock SET n = 7 WHERE tenant_id = 'a' AND id = 2;
-- session: b
-- error: 1213
UPDATE stock SET n = 3000 WHERE tenant_id = 'a' AND id = 1;
SELECT 1;
SELECT n FROM stock WHERE tenant_id = 'c';
COMMIT;
-- session:
COMMIT;
SELECT tenant_id, id, n FROM stock ORDER BY tenant_id, id;
SELECT * FROM depot.moves ORDER BY tenant_id, id;
# A row that nobody has yet.
BEGIN;
INSERT INTO stock VALUES ('a', 50, 1), ('b', 50, 1), ('c', 50, 1);
-- session: b
-- blocks
-- error: 1062
INSERT INTO stock VALUES ('c', 50, 2);
-- session:
COMMIT;
-- session: b
SELECT COUNT(*) FROM stock;
DELETE FROM depot.moves WHERE id > 10;
# As it was.
DELETE FROM stock;
INSERT INTO stock VALUES ('a', 1, 10), ('b', 1, 20), ('c', 1, 30), ('d', 1, 40), ('e', 1, 50), ('f', 1, 60);
DELETE FROM depot.moves;
INSERT INTO depot.moves VALUES ('a', 1, 1), ('b', 1, 2), ('e', 1, 3);

-- about: statements about definitions of a table that another session uses on some of its shards: who does not wait long fails everywhere
-- text only
-- no warnings
-- database: shop
-- sharded: shop.t by tenant_id
-- reference: shop.r
CREATE TABLE t (tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL, n INT NOT NULL, PRIMARY KEY (tenant_id, id));
INSERT INTO t VALUES ('a', 1, 10), ('b', 2, 20), ('c', 3, 30), ('d', 4, 40);
CREATE TABLE r (id INT PRIMARY KEY, name VARCHAR(20));
INSERT INTO r VALUES (1, 'one'), (2, 'two');
CREATE VIEW few AS SELECT id FROM t WHERE n < 20;
-- cases
BEGIN;
SELECT * FROM t WHERE tenant_id = 'b';
SELECT * FROM r;
-- session: b
SET lock_wait_timeout = 1;
-- error: 1205
ALTER TABLE t ADD COLUMN x INT;
-- error: 1205
DROP TABLE IF EXISTS t;
-- error: 1205
ALTER TABLE r ADD COLUMN x INT;
# These need no lock that is taken.
-- error: 1050
CREATE TABLE t (tenant_id VARCHAR(20), id INT);
ALTER VIEW few AS SELECT id FROM t WHERE n < 30;
CREATE OR REPLACE VIEW few AS SELECT id FROM t WHERE n < 20;
SELECT * FROM t ORDER BY id;
-- session:
SELECT * FROM t WHERE tenant_id = 'a';
COMMIT;
-- session: b
SHOW CREATE TABLE t;
ALTER TABLE t ADD COLUMN x INT, ADD INDEX by_n (n);
ALTER TABLE t DROP COLUMN x, DROP INDEX by_n;
# Who waits gets it.
-- session:
BEGIN;
SELECT * FROM t WHERE tenant_id = 'b';
-- session: b
SET lock_wait_timeout = 20;
-- blocks
ALTER TABLE t ADD COLUMN x INT NOT NULL DEFAULT 5;
-- session:
COMMIT;
-- session: b
SELECT * FROM t ORDER BY id;
ALTER TABLE t DROP COLUMN x;

-- about: what MySQL says of the text of a write comes once: that INSERT DELAYED is none any more, and that a row's value reads the table which it is for
-- database: shop
-- sharded: shop.t by tenant_id, depot.m by tenant_id
-- single: depot.p
CREATE TABLE t (tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL, n INT NOT NULL, name VARCHAR(10), PRIMARY KEY (tenant_id, id));
INSERT INTO t VALUES ('a', 1, 10, 'x'), ('b', 2, 20, NULL), ('c', 3, 30, 'y'), ('d', 4, 40, 'z');
USE depot;
CREATE TABLE m (tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL, delta INT, PRIMARY KEY (tenant_id, id));
INSERT INTO m VALUES ('a', 1, 1), ('b', 2, 2), ('e', 5, 3), ('a', 7, 4);
CREATE TABLE p (id INT PRIMARY KEY, v INT);
INSERT INTO p VALUES (1, 1), (2, 3);
-- cases
BEGIN;
INSERT DELAYED INTO t VALUES ('a', 900, 1, 'x'), ('b', 900, 1, 'x');
REPLACE DELAYED INTO t VALUES ('a', 900, 1, 'x'), ('b', 901, 1, 'x'), ('c', 901, 1, 'x');
-- error: 1364
INSERT DELAYED INTO t (tenant_id, id) VALUES ('a', 902), ('b', 902);
INSERT DELAYED IGNORE INTO t (tenant_id, id) VALUES ('a', 902), ('b', 902);
INSERT DELAYED INTO t SELECT tenant_id, id + 50, 1, 'x' FROM depot.m;
INSERT DELAYED INTO t SELECT tenant_id, id + 70, (SELECT MAX(v) FROM depot.p), 'x' FROM depot.m;
-- error: 1093
INSERT INTO t VALUES ('a', 910, (SELECT MAX(n) FROM t), 'x'), ('b', 910, 2, 'x');
-- error: 1093
INSERT INTO t VALUES ('a', (SELECT MAX(id) + 1 FROM t), 5, 'x');
-- error: 1093
REPLACE INTO t SET tenant_id = 'a', id = (SELECT COUNT(*) FROM shop.t), n = 1;
INSERT IGNORE INTO t VALUES ('a', 910, 1, 'x'), ('b', 910, (SELECT MAX(n) FROM t o WHERE o.id < 3), 'x');
-- error: 1093
INSERT INTO depot.p VALUES (9, (SELECT MAX(v) FROM depot.p));
# Not where a copy of its own is read.
INSERT INTO t VALUES ('a', 920, (SELECT n FROM (SELECT MAX(n) n FROM t) x), 'x'), ('b', 920, 2, 'x');
INSERT INTO t SELECT tenant_id, id + 20, (SELECT MAX(n) FROM t), 'x' FROM depot.m;
SELECT * FROM t ORDER BY tenant_id, id;
ROLLBACK;

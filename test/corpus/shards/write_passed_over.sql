-- about: what IGNORE passes over, tables that are changed and read, keys that are changed, reference tables, and errors whose row depends on the order of all rows
-- database: shop
-- sharded: shop.t by tenant_id, shop.p by tenant_id, shop.c by tenant_id, shop.nopk by tenant_id, shop.ai by tenant_id, shop.g by tenant_id, depot.m by tenant_id
-- single: depot.s
-- reference: shop.r
CREATE TABLE t (tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL, name VARCHAR(8) NOT NULL DEFAULT 'dflt', n TINYINT UNSIGNED DEFAULT 5, d DECIMAL(5,2) NOT NULL, dt DATETIME NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP, e ENUM('a','b') NOT NULL DEFAULT 'a', code VARCHAR(10), PRIMARY KEY (tenant_id, id), UNIQUE KEY uc (tenant_id, code), CONSTRAINT ck CHECK (id < 1000));
CREATE TABLE p (tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL, name VARCHAR(20), PRIMARY KEY (tenant_id, id));
CREATE TABLE c (tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL, pid INT, pid2 INT, PRIMARY KEY (tenant_id, id), CONSTRAINT fk1 FOREIGN KEY (tenant_id, pid) REFERENCES p (tenant_id, id) ON DELETE CASCADE ON UPDATE CASCADE, CONSTRAINT fk2 FOREIGN KEY (tenant_id, pid2) REFERENCES p (tenant_id, id));
CREATE TABLE nopk (tenant_id VARCHAR(20), n INT, v VARCHAR(20));
CREATE TABLE ai (tenant_id VARCHAR(20) NOT NULL, id BIGINT NOT NULL AUTO_INCREMENT, v VARCHAR(20), PRIMARY KEY (id), UNIQUE KEY (tenant_id, v));
CREATE TABLE g (tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL, a INT, b INT AS (a * 2) STORED, c INT AS (a + 1) VIRTUAL, x VARCHAR(20) DEFAULT (CONCAT('d', a)), PRIMARY KEY (tenant_id, id), UNIQUE KEY ub (tenant_id, b));
CREATE TABLE r (id INT PRIMARY KEY, v VARCHAR(10) NOT NULL, n INT, UNIQUE KEY (v));
USE depot;
CREATE TABLE m (tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL, n INT, PRIMARY KEY (tenant_id, id));
CREATE TABLE s (id INT PRIMARY KEY, n INT);
-- cases
TRUNCATE TABLE t;
TRUNCATE TABLE g;
TRUNCATE TABLE ai;
TRUNCATE TABLE nopk;
DELETE FROM c;
DELETE FROM p;
DELETE FROM r;
TRUNCATE TABLE depot.m;
DELETE FROM depot.s;
SET timestamp = 1760000000;
INSERT INTO t (tenant_id, id, d, name, code, n) VALUES ('a', 1, 1, 'n1', 'x', 1), ('a', 2, 2, 'n2', 'y', 2), ('b', 1, 3, 'n3', 'x', 3), ('b', 2, 4, 'n4', 'z', 4), ('c', 1, 5, 'n5', NULL, 5), ('d', 1, 6, 'n6', 'x', 250), ('e', 7, 7, 'n7', 'x', NULL);
INSERT INTO nopk VALUES ('a', 1, 'one'), ('a', 1, 'one'), ('b', 2, 'two'), ('c', 3, 'three'), ('d', NULL, NULL), (NULL, 5, 'null'), (NULL, 6, 'null');
INSERT INTO r VALUES (1, 'red', 10), (2, 'green', 20), (3, 'blue', 30);
INSERT INTO depot.m VALUES ('a', 1, 5), ('b', 1, 6), ('c', 2, 7), ('q', 9, 8);
INSERT INTO depot.s VALUES (1, 1), (2, 2);
# IGNORE over shards
BEGIN;
UPDATE IGNORE t SET n = n + 200;
UPDATE IGNORE t SET name = CONCAT(name, ' much too long') ORDER BY id, tenant_id LIMIT 3;
UPDATE IGNORE t SET code = 'x';
-- refuse: 1235 changes primary key
UPDATE IGNORE t SET id = 1 ORDER BY id DESC LIMIT 2;
UPDATE IGNORE t JOIN depot.m ON m.id = t.id SET t.n = m.n * 100, t.code = 'z';
UPDATE IGNORE t SET d = (SELECT MAX(n) * 1000 FROM depot.m);
SELECT * FROM t ORDER BY 1, 2;
DELETE IGNORE FROM t ORDER BY id DESC, d LIMIT 2;
DELETE IGNORE t FROM t JOIN depot.m ON m.id = t.id WHERE m.n = 7;
SELECT * FROM t ORDER BY 1, 2;
ROLLBACK;
# warnings that all say the same need no order
BEGIN;
INSERT INTO p VALUES ('a', 1, 'one'), ('b', 1, 'two'), ('c', 1, 'three'), ('d', 1, 'four');
INSERT INTO c VALUES ('a', 1, 1, NULL), ('b', 1, 1, NULL), ('c', 1, 1, NULL), ('d', 1, 1, 1);
UPDATE IGNORE c SET pid = 99;
DELETE IGNORE FROM c WHERE id = 2;
SELECT * FROM c ORDER BY 1, 2;
ROLLBACK;
# no primary key
BEGIN;
-- refuse: 1235 no primary key
UPDATE nopk SET v = CONCAT(v, n) ORDER BY n DESC LIMIT 2;
-- always refuse: 1235 no primary key
UPDATE nopk SET n = (SELECT MAX(n) FROM depot.m) WHERE v = 'one';
SELECT * FROM nopk ORDER BY 1, 2, 3;
-- refuse: 1235 no primary key
DELETE FROM nopk ORDER BY n, tenant_id, v LIMIT 3;
-- always refuse: 1235 no primary key
DELETE FROM nopk WHERE n IN (SELECT n FROM depot.m);
SELECT * FROM nopk ORDER BY 1, 2, 3;
INSERT INTO nopk SELECT CONCAT('z', tenant_id), n, v FROM nopk ORDER BY n LIMIT 3;
INSERT INTO nopk SELECT tenant_id, n, v FROM nopk;
SELECT * FROM nopk ORDER BY 1, 2, 3;
-- refuse: 1235 no primary key
UPDATE nopk SET n = 1 LIMIT 2;
SELECT COUNT(*) FROM nopk WHERE n = 1;
ROLLBACK;
# changed primary keys
BEGIN;
UPDATE t SET id = id + 100;
-- refuse: 1235 changes primary key
UPDATE t SET id = id - 50 ORDER BY id LIMIT 3;
UPDATE t SET id = id + 1 ORDER BY id DESC;
SELECT * FROM t ORDER BY 1, 2;
-- refuse: 1235 changes primary key
UPDATE t SET id = 1 ORDER BY id LIMIT 3;
-- error: 1062
UPDATE t JOIN depot.m ON m.tenant_id = t.tenant_id SET t.id = m.n + 200;
-- always refuse: 1235 changes primary key
UPDATE t SET id = (SELECT MAX(n) FROM depot.m) + id WHERE code IS NULL;
-- error: 3819
UPDATE t SET id = 2000 ORDER BY id LIMIT 1;
-- error: 3819
UPDATE t SET id = 5000;
-- error: 3819
UPDATE t SET id = id + 999 ORDER BY d DESC;
SELECT * FROM t ORDER BY 1, 2;
ROLLBACK;
# unique keys moved around
BEGIN;
UPDATE t SET code = CONCAT('c', id) ORDER BY id LIMIT 4;
UPDATE t SET code = 'same' ORDER BY id LIMIT 2;
UPDATE t SET code = 'same' ORDER BY id, d LIMIT 4;
SELECT * FROM t ORDER BY 1, 2;
ROLLBACK;
# the sharding key
UPDATE t SET tenant_id = tenant_id;
-- refuse: 1235 cannot change sharding key
UPDATE t SET tenant_id = UPPER(tenant_id) WHERE tenant_id = 'a';
UPDATE t SET tenant_id = 'a' WHERE tenant_id = 'a';
# named twice
BEGIN;
UPDATE t a JOIN t b ON a.code = b.code AND a.id < b.id SET a.n = 77;
UPDATE t a, t b SET a.n = b.n WHERE a.code = b.code AND a.tenant_id <> b.tenant_id AND b.tenant_id = 'b';
DELETE a FROM t a JOIN t b ON a.code = b.code AND a.d < b.d;
SELECT * FROM t ORDER BY 1, 2;
DELETE FROM t WHERE d < (SELECT avgd FROM (SELECT AVG(d) AS avgd FROM t) x);
SELECT * FROM t ORDER BY 1, 2;
-- error: 1093
DELETE FROM t WHERE d > (SELECT AVG(d) FROM t);
-- error: 1093
UPDATE t SET n = (SELECT MAX(n) FROM t);
UPDATE t SET n = 1 WHERE id IN (SELECT id FROM (SELECT id FROM t ORDER BY d LIMIT 1) x);
UPDATE t JOIN (SELECT tenant_id, MAX(d) md FROM t GROUP BY tenant_id) x ON x.tenant_id = t.tenant_id AND x.md = t.d SET t.name = 'top';
UPDATE t JOIN (SELECT MAX(d) md FROM t) x ON x.md = t.d SET t.name = 'toptop';
SELECT * FROM t ORDER BY 1, 2;
ROLLBACK;
# odku with select columns
BEGIN;
INSERT INTO t (tenant_id, id, d) SELECT m.tenant_id, m.id, m.n FROM depot.m ON DUPLICATE KEY UPDATE d = t.d + m.n;
INSERT INTO t (tenant_id, id, d) SELECT m.tenant_id, m.id, m.n FROM depot.m m ON DUPLICATE KEY UPDATE d = t.d + m.n * 2, name = CONCAT('m', m.id);
INSERT INTO t (tenant_id, id, d) SELECT tenant_id, id, n FROM depot.m ON DUPLICATE KEY UPDATE t.d = t.d + m.n;
INSERT INTO t (tenant_id, id, d) SELECT * FROM (SELECT tenant_id, id, n FROM depot.m) AS new ON DUPLICATE KEY UPDATE d = new.n + 1;
INSERT INTO t (tenant_id, id, d) SELECT tenant_id, id, n FROM depot.m ON DUPLICATE KEY UPDATE d = VALUES(d) + 1;
SELECT * FROM t ORDER BY 1, 2;
-- error: 1048
INSERT INTO t (tenant_id, id, d) SELECT tenant_id, 1, SUM(n) FROM nopk WHERE tenant_id IS NOT NULL GROUP BY tenant_id ON DUPLICATE KEY UPDATE d = VALUES(d);
SELECT * FROM t ORDER BY 1, 2;
ROLLBACK;
# insert table / values
BEGIN;
-- error: 1062
INSERT INTO depot.m TABLE depot.m;
REPLACE INTO depot.m TABLE depot.m;
INSERT INTO nopk TABLE nopk;
INSERT INTO nopk VALUES ROW('a', 1, 'r'), ROW('b', 2, 'r');
-- error: 1064
INSERT INTO nopk (tenant_id, n) VALUES ROW('a', 1), ROW('b', 2) AS new(tt, nn) ON DUPLICATE KEY UPDATE n = nn;
INSERT INTO nopk (SELECT 'a', 1, 'p') UNION ALL (SELECT 'b', 2, 'p');
INSERT INTO nopk WITH RECURSIVE q(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM q WHERE n < 5) SELECT CONCAT('t', n), n, 'rec' FROM q;
SELECT * FROM nopk ORDER BY 1, 2, 3;
-- error: 1136
INSERT INTO nopk SELECT CONCAT('t', n) FROM nopk;
-- error: 1366
INSERT INTO nopk (tenant_id, n) SELECT CONCAT('t', n), 'abc' FROM nopk;
-- error: 1264
INSERT INTO nopk (tenant_id, n) SELECT CONCAT('t', n), 99999999999 FROM nopk WHERE n = 1;
INSERT IGNORE INTO nopk (tenant_id, n) SELECT CONCAT('t', n), CONCAT(n, 'abc') FROM nopk WHERE n < 4 ORDER BY n, tenant_id;
SELECT tenant_id, n, v FROM nopk ORDER BY 1, 2, 3;
ROLLBACK;
# reference tables
BEGIN;
-- error: 1062
INSERT INTO r VALUES (4, 'grey', 1), (5, 'red', 1);
INSERT IGNORE INTO r VALUES (4, 'grey', 1), (5, 'red', 1);
INSERT INTO r VALUES (4, 'grey', 1), (5, 'black', 1) ON DUPLICATE KEY UPDATE n = VALUES(n) + 100;
REPLACE INTO r VALUES (4, 'black', 1);
UPDATE r SET n = n + 1;
UPDATE r SET n = n + 1 ORDER BY id DESC LIMIT 1;
UPDATE r SET id = id + 10 ORDER BY id DESC;
DELETE FROM r ORDER BY id LIMIT 1;
SELECT * FROM r ORDER BY 1;
UPDATE r SET n = (SELECT COUNT(*) FROM t);
-- error: 1062
INSERT INTO r SELECT id + 100, CONCAT('m', id), n FROM depot.m;
INSERT INTO r SELECT id + 100, CONCAT('m', id), n FROM r r2;
UPDATE r JOIN t ON t.id = r.id SET r.n = 5;
UPDATE t JOIN r ON r.id = t.id SET t.name = r.v;
DELETE t FROM t JOIN r ON r.id + 9 = t.n;
DELETE r FROM r LEFT JOIN t ON t.id = r.id WHERE t.id IS NULL;
DELETE FROM r WHERE id < 1000;
INSERT INTO r VALUES (1, 'red', 1), (2, 'green', 2), (3, 'blue', 3);
-- error: 1062
UPDATE r SET v = 'red';
UPDATE IGNORE r SET v = 'red';
SELECT * FROM r ORDER BY 1;
ROLLBACK;
# multi-table
BEGIN;
UPDATE t, depot.m SET t.n = 9, m.n = 99 WHERE t.tenant_id = m.tenant_id;
-- error: 1109
DELETE t, m FROM t JOIN depot.m ON t.tenant_id = m.tenant_id WHERE m.tenant_id < 'c';
DELETE t, depot.m FROM t JOIN depot.m ON t.tenant_id = m.tenant_id WHERE m.tenant_id < 'b';
DELETE t, m FROM t JOIN depot.m m ON t.tenant_id = m.tenant_id WHERE m.tenant_id < 'c';
-- error: 1109
DELETE FROM t, m USING t JOIN depot.m ON t.id = m.id;
-- error: 1109
DELETE FROM t.*, m.* USING t JOIN depot.m ON t.id = m.id;
SELECT * FROM t ORDER BY 1, 2;
SELECT * FROM depot.m ORDER BY 1, 2;
-- error: 1109
DELETE FROM nope USING t;
-- error: 1054
DELETE x FROM t AS x WHERE x.nope = 1;
ROLLBACK;
# errors in the middle, autocommit
-- error: 1366
UPDATE t SET d = IF(tenant_id = 'd', 'bad', 1);
-- error: 1264
UPDATE t SET d = d * 200;
-- error: 1690
UPDATE t SET n = n - 3;
-- error: 1265
UPDATE t SET e = 'q' WHERE id = 1;
-- error: 1048
UPDATE t SET name = NULL;
-- error: 1062
UPDATE t SET id = 1 WHERE tenant_id = 'a';
-- error: 3819
UPDATE t SET id = id * 600;
-- error: 1292
DELETE FROM t WHERE d = 'abc';
-- error: 1292
DELETE FROM t WHERE name = 1 AND d / 0;
-- error: 1365
UPDATE t SET n = d / 0;
SELECT * FROM t ORDER BY 1, 2;
SET sql_mode = '';
UPDATE t SET d = IF(tenant_id = 'd', 'bad', 1);
-- error: 1690
UPDATE t SET n = n - 3;
UPDATE t SET name = NULL;
UPDATE t SET dt = '2024-13-45', n = d / 0;
INSERT INTO t (tenant_id, id) VALUES ('a', 90), ('b', 90), ('c', 90);
-- refuse: 1235 order cannot be told
INSERT INTO t (tenant_id, id, name, n) VALUES ('a', 91, 'much too long', 999), ('b', 91, NULL, 'x'), ('c', 91, 'much too long', -4);
-- error: 1048
INSERT INTO t (tenant_id, id, name, n) VALUES ('a', 92, NULL, 1);
INSERT INTO t (tenant_id, id) SELECT CONCAT('x', tenant_id), id FROM t WHERE id > 89 ORDER BY tenant_id, id;
INSERT INTO t (tenant_id, id, n, d) SELECT CONCAT('y', tenant_id), id, 'abc', d * 1000 FROM t WHERE id > 89 ORDER BY tenant_id, id;
UPDATE t SET d = 'bad' ORDER BY id, tenant_id LIMIT 3;
SELECT * FROM t ORDER BY 1, 2;
SET sql_mode = DEFAULT;
DELETE FROM t;
DELETE FROM r;
DELETE FROM nopk;
DELETE FROM depot.m;
DELETE FROM depot.s;
# an INSERT into every copy that fails behind its first row warns of nothing else
-- error: 1048
INSERT INTO r SELECT 900 + n, IF(n = 1, 'r900', NULL), n FROM (SELECT 1 n UNION ALL SELECT 2) x;
SHOW WARNINGS;
-- error: 1364
INSERT INTO r (id, n) VALUES (LENGTH(UUID()) + 5000, 1) ON DUPLICATE KEY UPDATE n = n + 1;
SHOW WARNINGS;

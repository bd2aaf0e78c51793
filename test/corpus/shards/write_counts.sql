-- about: INSERT, REPLACE, UPDATE and DELETE over shards that fail, ignore, warn and count: which row is named, how often a warning comes, what info and LAST_INSERT_ID() say
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
INSERT INTO t (tenant_id, id, d) VALUES ('a', 1, 1), ('b', 1, 2), ('c', 1, 3), ('d', 1, 4);
SELECT ROW_COUNT(), LAST_INSERT_ID();
-- error: 1062
INSERT INTO t (tenant_id, id, d, code) VALUES ('a', 2, 1, 'x'), ('b', 2, 2, 'x'), ('c', 2, 3, 'x'), ('a', 3, 1, 'x');
SELECT ROW_COUNT();
INSERT INTO t (tenant_id, id, d, code) VALUES ('a', 2, 1, 'x'), ('b', 2, 2, 'x'), ('c', 2, 3, 'x'), ('a', 2, 9, 'y') ON DUPLICATE KEY UPDATE d = d + VALUES(d), code = VALUES(code);
SELECT ROW_COUNT();
SELECT * FROM t ORDER BY 1, 2;
INSERT INTO t (tenant_id, id, d, code) VALUES ('a', 2, 1, 'x'), ('b', 2, 2, 'x'), ('b', 7, 2, 'x') AS new(q, w, e1, r1) ON DUPLICATE KEY UPDATE d = e1 * 2, code = CONCAT(IFNULL(r1, ''), t.id), e = 2;
SELECT LAST_INSERT_ID(), ROW_COUNT();
SELECT * FROM t ORDER BY 1, 2;
-- error: 1264
INSERT INTO t (tenant_id, id, d) VALUES ('a', 50, 1234.5), ('b', 50, 1);
-- error: 1264
INSERT INTO t (tenant_id, id, d) VALUES ('b', 50, 1), ('a', 50, 1234.5);
-- error: 1264
INSERT INTO t (tenant_id, id, d, n) VALUES ('b', 50, 1, 300), ('a', 50, 1234.5, 1);
-- error: 1406
INSERT INTO t (tenant_id, id, d, name) VALUES ('b', 50, 1, 'ok'), ('a', 50, 2, 'much too long');
-- error: 1048
INSERT INTO t (tenant_id, id, d, name) VALUES ('b', 50, 1, 'ok'), ('a', 50, 2, NULL);
-- error: 3819
INSERT INTO t (tenant_id, id, d) VALUES ('b', 50, 1), ('a', 5000, 2);
-- error: 1048
INSERT INTO t (tenant_id, id, d) VALUES ('b', 50, 1), (NULL, 5000, 2);
-- error: 1048
INSERT INTO t (tenant_id, id, d) VALUES (NULL, 50, 1);
-- error: 1364
INSERT INTO t (tenant_id, id) VALUES ('b', 50), ('a', 50);
-- error: 1364
INSERT INTO t (id, d) VALUES (50, 1), (51, 2);
-- error: 1364
INSERT INTO t (tenant_id, id, d) VALUES ('b', 50, 1), (DEFAULT, 5000, 2);
-- error: 1265
INSERT INTO t (tenant_id, id, d, e) VALUES ('b', 50, 1, 'a'), ('a', 51, 2, 'zzz');
-- error: 1264
INSERT INTO t (tenant_id, id, d, n) VALUES ('b', 50, 1, -1), ('a', 51, 2, 3);
INSERT IGNORE INTO t (tenant_id, id, d, n, name, e) VALUES ('b', 60, 12345, -1, 'too long for it', 'q'), ('a', 61, 2, 3, NULL, 'b'), ('c', 6000, 1, 1, 'ck', 'a'), ('a', 61, 1, 1, 'dup', 'a'), (NULL, 62, 1, 1, 'null', 'a');
SELECT * FROM t ORDER BY 1, 2;
INSERT IGNORE INTO t (tenant_id, id, code) VALUES ('b', 63, 'dd'), ('a', 64, 'x');
INSERT IGNORE INTO t (tenant_id, id, d) VALUES ('b', 65, 1.005), ('a', 65, 1.999);
INSERT INTO t (tenant_id, id, d) VALUES ('b', 66, 1.005), ('a', 66, 1.999), ('c', 66, 2.555);
INSERT INTO t (tenant_id, id, d, name) VALUES ('b', 67, 1, 'spaces          '), ('a', 67, 1, 'spaces          ');
SELECT tenant_id, id, LENGTH(name), d, n, e FROM t ORDER BY 1, 2;
REPLACE INTO t (tenant_id, id, d, code) VALUES ('a', 1, 1, 'x'), ('b', 1, 2, 'z'), ('c', 70, 3, NULL);
SELECT ROW_COUNT();
REPLACE INTO t SET tenant_id = 'a', id = 1, d = 5;
-- error: 1264
REPLACE t (tenant_id, id, d, code) VALUES ('a', 1, 1, 'k'), ('a', 1, 2, 'k'), ('b', 1, 2, 'k'), ('b', 1, 99999, 'k');
REPLACE t (tenant_id, id, d, code) VALUES ('a', 1, 1, 'k'), ('a', 1, 2, 'k'), ('b', 1, 2, 'k');
SELECT * FROM t ORDER BY 1, 2;
INSERT INTO t SET tenant_id = 'e', id = 1, d = 1, name = CONCAT('a', id);
INSERT INTO t (tenant_id, id, d, name) VALUES ('e', 2, 1, CONCAT('a', id)), ('f', 2, id + 1, DEFAULT), ('g', 2, DEFAULT(n), DEFAULT(name));
-- error: 1136
INSERT INTO t (tenant_id, id, d) VALUES ('h', 2, 1), ('i', 2);
INSERT INTO t VALUES ('h', 2, 'n', 1, 1, NULL, 'a', NULL), ('i', 2, 'n', 1, 1, NULL, 'a', NULL);
-- error: 1136
INSERT INTO t VALUES ('h', 3, 'n', 1, 1, NULL, 'a'), ('i', 2, 'n', 1, 1, NULL, 'a', NULL);
-- error: 1364
INSERT INTO t () VALUES (), ();
-- error: 1054
INSERT INTO t (tenant_id, id, d, nope) VALUES ('h', 2, 1, 1), ('i', 2, 1, 1);
-- error: 1110
INSERT INTO t (tenant_id, id, d, d) VALUES ('h', 2, 1, 1), ('i', 2, 1, 1);
# unknown column in odku
-- error: 1054
INSERT INTO t (tenant_id, id, d) VALUES ('a', 1, 1), ('b', 1, 2) ON DUPLICATE KEY UPDATE nope = 1;
-- error: 1264
INSERT INTO t (tenant_id, id, d) VALUES ('a', 1, 1), ('b', 1, 2) ON DUPLICATE KEY UPDATE n = 999;
INSERT IGNORE INTO t (tenant_id, id, d) VALUES ('a', 1, 1), ('b', 1, 2) ON DUPLICATE KEY UPDATE n = 999;
-- error: 1048
INSERT INTO t (tenant_id, id, d) VALUES ('a', 1, 1), ('b', 1, 2) ON DUPLICATE KEY UPDATE name = NULL;
INSERT INTO t (tenant_id, id, d) VALUES ('a', 1, 1), ('b', 1, 2) ON DUPLICATE KEY UPDATE n = n;
INSERT INTO t (tenant_id, id, d) VALUES ('a', 1, 1), ('b', 1, 2) ON DUPLICATE KEY UPDATE n = (SELECT MAX(id) FROM r);
INSERT INTO t (tenant_id, id, d) VALUES ('a', 1, 1), ('b', 1, 2), ('zz', 1, 2) ON DUPLICATE KEY UPDATE tenant_id = VALUES(tenant_id), n = 8;
INSERT INTO t (tenant_id, id, d) VALUES ('a', 1, 1), ('b', 1, 2) ON DUPLICATE KEY UPDATE tenant_id = tenant_id, n = 9;
INSERT INTO t (tenant_id, id, d) VALUES ('A', 1, 1), ('B', 1, 2) ON DUPLICATE KEY UPDATE n = n + 1;
INSERT INTO t (tenant_id, id, d) VALUES ('A', 71, 1), ('B', 71, 2), ('a', 72, 1);
SELECT * FROM t ORDER BY 1, 2;
# generated columns and defaults
INSERT INTO g (tenant_id, id, a) VALUES ('a', 1, 1), ('b', 1, 2), ('c', 1, NULL);
-- error: 1062
INSERT INTO g (tenant_id, id, a, b) VALUES ('a', 2, 1, DEFAULT), ('b', 2, 2, DEFAULT);
INSERT INTO g (tenant_id, id, a, b) VALUES ('a', 2, 11, DEFAULT), ('b', 2, 12, DEFAULT);
-- error: 3105
INSERT INTO g (tenant_id, id, a, b) VALUES ('a', 3, 21, 5), ('b', 3, 22, DEFAULT);
INSERT INTO g VALUES ('a', 3, 21, DEFAULT, DEFAULT, DEFAULT), ('b', 3, 22, DEFAULT, DEFAULT, 'v');
-- error: 1264
INSERT INTO g (tenant_id, id, a) VALUES ('a', 4, 2147483647), ('b', 4, 3);
-- error: 1264
INSERT INTO g (tenant_id, id, a) VALUES ('b', 5, 3), ('a', 4, 2147483647);
SELECT * FROM g ORDER BY 1, 2;
UPDATE g SET a = a + 1;
# chosen, ordered and counted by generated columns, which are then made anew
UPDATE g SET a = a + 1000, x = CONCAT(b, '/', c) WHERE b > 2 AND c < 1000 ORDER BY b DESC, tenant_id, id LIMIT 2;
SELECT ROW_COUNT();
UPDATE g SET a = a + 2000 WHERE c = (SELECT MAX(n) FROM depot.m) OR b = 4;
SELECT * FROM g ORDER BY 1, 2;
-- error: 1062
UPDATE g SET a = 1;
-- error: 3105
UPDATE g SET b = 1;
UPDATE g SET b = DEFAULT;
UPDATE g SET x = DEFAULT, a = 7 WHERE id = 1;
-- error: 3773
UPDATE g SET x = DEFAULT(x) WHERE id = 1;
SELECT * FROM g ORDER BY 1, 2;
DELETE FROM g WHERE b > 20;
SELECT * FROM g ORDER BY 1, 2;
# foreign keys
INSERT INTO p VALUES ('a', 1, 'x'), ('b', 1, 'y'), ('c', 1, 'z'), ('a', 2, 'w'), ('b', 2, 'v');
INSERT INTO c VALUES ('a', 1, 1, NULL), ('b', 1, 1, 2), ('c', 1, NULL, 1), ('a', 2, 1, 2);
-- error: 1452
INSERT INTO c VALUES ('a', 3, 1, NULL), ('b', 3, 9, 2);
-- error: 1452
INSERT INTO c VALUES ('d', 3, 1, NULL), ('b', 3, 9, 2);
INSERT IGNORE INTO c VALUES ('a', 3, 1, NULL), ('b', 3, 9, 2), ('d', 3, 1, 1);
REPLACE INTO p VALUES ('a', 1, 'xx'), ('b', 1, 'yy');
SELECT * FROM c ORDER BY 1, 2;
REPLACE INTO p VALUES ('a', 1, 'xx'), ('b', 2, 'yy');
-- error: 1451
DELETE FROM p;
-- error: 1451
DELETE FROM p WHERE name < 'x';
DELETE IGNORE FROM p;
SELECT * FROM p ORDER BY 1, 2;
SELECT * FROM c ORDER BY 1, 2;
INSERT INTO p VALUES ('e', 1, 'x'), ('f', 1, 'y'), ('g', 1, 'z'), ('e', 2, 'w'), ('f', 2, 'v');
INSERT INTO c VALUES ('e', 1, 1, NULL), ('f', 1, 1, NULL), ('g', 1, 1, NULL), ('e', 2, 2, NULL);
UPDATE p SET id = id + 10 WHERE tenant_id > 'd';
SELECT * FROM c ORDER BY 1, 2;
-- error: 1062
UPDATE p SET id = 11 WHERE tenant_id = 'e';
SELECT * FROM p ORDER BY 1, 2;
SELECT * FROM c ORDER BY 1, 2;
SET foreign_key_checks = 0;
INSERT INTO c VALUES ('h', 1, 100, NULL), ('i', 1, 100, NULL);
SET foreign_key_checks = 1;
-- error: 1701
TRUNCATE TABLE p;
DELETE FROM c;
DELETE FROM p;
# autoinc
INSERT INTO ai (tenant_id, v) VALUES ('a', 'one');
SELECT LAST_INSERT_ID(), ROW_COUNT();
INSERT INTO ai (tenant_id, id, v) VALUES ('a', 100, 'two'), ('b', 200, 'x'), ('c', 300, 'y');
SELECT LAST_INSERT_ID(), ROW_COUNT();
INSERT INTO ai (tenant_id, id, v) VALUES ('a', 100, 'two'), ('b', 200, 'x'), ('c', 300, 'z') ON DUPLICATE KEY UPDATE v = CONCAT(VALUES(v), '+');
SELECT LAST_INSERT_ID(), ROW_COUNT();
-- refuse: 1235 calls LAST_INSERT_ID()
INSERT INTO ai (tenant_id, id, v) VALUES ('a', 100, 'two'), ('b', 200, 'x'), ('c', 300, 'z') ON DUPLICATE KEY UPDATE id = LAST_INSERT_ID(id), v = 'lii';
SELECT LAST_INSERT_ID(), ROW_COUNT();
INSERT IGNORE INTO ai (tenant_id, id, v) VALUES ('a', 100, 'two'), ('b', 200, 'x'), ('c', 300, 'z');
SELECT LAST_INSERT_ID(), ROW_COUNT();
INSERT IGNORE INTO ai (tenant_id, id, v) VALUES ('a', 100, 'two'), ('b', 201, 'x'), ('c', 300, 'z'), ('d', 400, 'd');
SELECT LAST_INSERT_ID(), ROW_COUNT();
REPLACE INTO ai (tenant_id, id, v) VALUES ('a', 100, 'two'), ('b', 201, 'x'), ('c', 301, 'lii');
SELECT LAST_INSERT_ID(), ROW_COUNT();
SELECT * FROM ai ORDER BY id;
-- refuse: 1235 calls LAST_INSERT_ID()
UPDATE ai SET id = LAST_INSERT_ID(id + 1000);
UPDATE ai SET v = LAST_INSERT_ID(id + 5) WHERE tenant_id = 'a';
SELECT LAST_INSERT_ID(), ROW_COUNT();
SET sql_mode = CONCAT(@@sql_mode, ',NO_AUTO_VALUE_ON_ZERO');
INSERT INTO ai (tenant_id, id, v) VALUES ('k', 0, 'zero'), ('b', 2000, 'q');
SELECT LAST_INSERT_ID(), ROW_COUNT();
SET sql_mode = DEFAULT;
SELECT * FROM ai ORDER BY id;
DELETE FROM ai;
SELECT ROW_COUNT();
# VALUES ROW() is VALUES
-- mask: partitions
EXPLAIN INSERT INTO t (tenant_id, id, d) VALUES ROW('a', 700, 1);
BEGIN;
SELECT 1 UNION SELECT 2 UNION SELECT 3;
INSERT INTO t (tenant_id, id, d) VALUES ROW('a', 700, 1);
SELECT FOUND_ROWS(), ROW_COUNT();
INSERT INTO t (tenant_id, id, d) VALUES ROW('a', 701, 1), ROW('b', 701, DEFAULT(n)), ROW('c', 701, 2);
SELECT FOUND_ROWS();
-- error: 1136
INSERT INTO t (tenant_id, id, d) VALUES ROW('a', 702, 1), ROW('b', 702);
-- error: 1064
INSERT INTO t (tenant_id, id, d) VALUES ROW('a', 701, 3), ROW('b', 701, 4) AS new(x, y, z) ON DUPLICATE KEY UPDATE d = z * 2;
INSERT INTO t (tenant_id, id, d) (VALUES ROW('a', 703, 1), ROW('b', 703, 1));
SELECT tenant_id, id, d FROM t WHERE id >= 700 ORDER BY 1, 2;
ROLLBACK;
# a write that fails leaves FOUND_ROWS() as it was
BEGIN;
INSERT INTO t (tenant_id, id, d) VALUES ('a', 800, 1), ('b', 800, 999), ('c', 800, 2);
SELECT id FROM t WHERE id = 800;
-- error: 1264
UPDATE t SET d = d + 500 WHERE id = 800;
SELECT FOUND_ROWS();
SELECT id FROM t WHERE id = 800;
-- error: 1264
UPDATE t SET d = d + 500 WHERE id = 800 ORDER BY tenant_id LIMIT 2;
SELECT FOUND_ROWS();
SELECT id FROM t WHERE id = 800;
-- error: 1062
INSERT INTO t (tenant_id, id, d) VALUES ('z', 800, 1), ('b', 800, 999);
SELECT FOUND_ROWS();
ROLLBACK;

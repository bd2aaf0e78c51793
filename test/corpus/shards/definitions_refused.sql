-- about: ALTER TABLE and CREATE INDEX that rows of some shards refuse change nothing anywhere, and the error is the one that a server with all rows would give
-- any plan
-- database: shop
-- sharded: shop.t by tenant_id, shop.p by tenant_id, shop.c by tenant_id, shop.g by tenant_id, shop.part by tenant_id, shop.bag by tenant_id, shop.t2 by tenant_id
-- reference: shop.r
CREATE TABLE p (tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL, PRIMARY KEY (tenant_id, id));
CREATE TABLE t (tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL, c VARCHAR(20), n INT, d VARCHAR(20), big TEXT, KEY by_n (n), PRIMARY KEY (tenant_id, id), UNIQUE KEY ud (tenant_id, d), FULLTEXT KEY words (big));
CREATE TABLE c (tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL, pid INT, PRIMARY KEY (id, tenant_id), CONSTRAINT fk1 FOREIGN KEY (tenant_id, pid) REFERENCES p (tenant_id, id) ON DELETE CASCADE);
CREATE TABLE g (tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL, a INT, b INT AS (a * 2) STORED, v INT AS (a + 1) VIRTUAL, j JSON, PRIMARY KEY (tenant_id, id), CONSTRAINT small CHECK (a < 1000), CONSTRAINT odd CHECK (a % 2 = 1) NOT ENFORCED);
CREATE TABLE part (tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL, day DATE NOT NULL, note VARCHAR(20), PRIMARY KEY (id, day)) PARTITION BY RANGE (TO_DAYS(day)) (PARTITION p1 VALUES LESS THAN (TO_DAYS('2026-02-01')), PARTITION p2 VALUES LESS THAN (TO_DAYS('2026-03-01')));
CREATE TABLE bag (tenant_id VARCHAR(20), v VARCHAR(20));
CREATE TABLE t2 (tenant_id VARCHAR(20) NOT NULL, id INT);
CREATE TABLE r (id INT PRIMARY KEY, v VARCHAR(10));
INSERT INTO p VALUES ('a', 1), ('b', 1), ('f', 1);
INSERT INTO t VALUES ('a', 1, 'x', 1, '2020-01-01', 'words'), ('b', 1, 'y', 2, '2020-01-02', NULL), ('c', 1, 'z', 3, 'zzz', ''), ('c', 2, 'z', 300, NULL, ''), ('d', 1, NULL, 7, '', ''), ('e', 1, 'a long one', 8, '2020-01-03', ''), ('f', 1, 'a', 8, '2020-01-03', ''), ('g', 3, 'another long one', 400, 'zz', '');
INSERT INTO c VALUES ('a', 1, 1), ('b', 2, 1), ('c', 3, NULL), ('f', 4, 1);
INSERT INTO g (tenant_id, id, a, j) VALUES ('a', 1, 1, '{"k": [1, 2]}'), ('b', 1, 3, '{"k": [3]}'), ('c', 1, 60, '{"k": "text"}'), ('d', 1, 999, NULL), ('e', 1, NULL, '{}');
INSERT INTO part VALUES ('a', 1, '2026-01-05', 'one'), ('b', 2, '2026-02-05', NULL), ('c', 3, '2026-01-07', 'three');
INSERT INTO bag VALUES ('a', '1'), ('b', '2'), ('c', 'x'), (NULL, '3');
INSERT INTO r VALUES (1, 'x'), (2, NULL);
-- cases
DROP TABLE IF EXISTS t2, t;
CREATE TABLE t (tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL, c VARCHAR(20), n INT, d VARCHAR(20), big TEXT, KEY by_n (n), PRIMARY KEY (tenant_id, id), UNIQUE KEY ud (tenant_id, d), FULLTEXT KEY words (big));
INSERT INTO t VALUES ('a', 1, 'x', 1, '2020-01-01', 'words'), ('b', 1, 'y', 2, '2020-01-02', NULL), ('c', 1, 'z', 3, 'zzz', ''), ('c', 2, 'z', 300, NULL, ''), ('d', 1, NULL, 7, '', ''), ('e', 1, 'a long one', 8, '2020-01-03', ''), ('f', 1, 'a', 8, '2020-01-03', ''), ('g', 3, 'another long one', 400, 'zz', '');
-- error: 1265
ALTER TABLE t MODIFY c VARCHAR(20) NOT NULL;
SELECT ROW_COUNT();
SHOW WARNINGS;
-- error: 1265
ALTER TABLE t MODIFY c VARCHAR(20) NOT NULL, ALGORITHM=COPY;
-- error: 1265
ALTER TABLE t MODIFY c VARCHAR(5);
-- error: 1265
ALTER TABLE shop.t CHANGE COLUMN c `cc` VARCHAR(12) FIRST;
-- error: 1264
ALTER TABLE t MODIFY n TINYINT, ADD COLUMN z INT NOT NULL, DROP INDEX by_n;
-- error: 1264
ALTER TABLE t MODIFY COLUMN n TINYINT UNSIGNED AFTER id, RENAME TO t2;
-- error: 1062
ALTER TABLE t ADD UNIQUE uc (tenant_id, c);
-- error: 1062
ALTER TABLE t ADD CONSTRAINT uc UNIQUE KEY (tenant_id, c), LOCK=SHARED, ALGORITHM=INPLACE;
-- error: 1062
CREATE UNIQUE INDEX uc ON t (tenant_id, c);
-- error: 1062
CREATE UNIQUE INDEX uc ON t (tenant_id, c) ALGORITHM=INPLACE LOCK=NONE;
SHOW WARNINGS;
-- error: 1062
CREATE UNIQUE INDEX uc ON shop.t (tenant_id, c(1));
-- error: 1062
CREATE UNIQUE INDEX uc ON t (tenant_id, (UPPER(c)));
-- error: 3819
ALTER TABLE t ADD CONSTRAINT ck CHECK (n < 300);
-- error: 3819
ALTER TABLE t ADD COLUMN k INT DEFAULT 5, ADD CHECK (n + k < 400);
-- error: 3819
ALTER TABLE t ADD COLUMN k INT DEFAULT 5 CHECK (k < 5);
# the name of the table that is being made is the server's
-- no message
-- error: 1452
ALTER TABLE t ADD CONSTRAINT fk FOREIGN KEY (tenant_id, n) REFERENCES p (tenant_id, id);
-- no message
-- error: 1452
ALTER TABLE c ADD FOREIGN KEY by_p (tenant_id, id) REFERENCES shop.p (tenant_id, id) ON DELETE CASCADE, ADD COLUMN z INT;
SET foreign_key_checks = 0;
ALTER TABLE c ADD CONSTRAINT unchecked FOREIGN KEY (tenant_id, id) REFERENCES p (tenant_id, id);
ALTER TABLE c DROP FOREIGN KEY unchecked;
SET foreign_key_checks = 1;
-- error: 1292
ALTER TABLE t MODIFY d DATE;
-- error: 1265
ALTER TABLE t MODIFY d INT;
-- error: 1265
ALTER TABLE t MODIFY d ENUM('a','zzz');
-- error: 1292
ALTER TABLE t MODIFY d DATE, ADD COLUMN z INT, ADD UNIQUE uc (tenant_id, c);
-- error: 1292
ALTER TABLE t ADD COLUMN z DATE NOT NULL;
-- error: 1292
ALTER TABLE t ADD (y INT NOT NULL, z DATETIME(3) NOT NULL);
-- error: 1264
ALTER TABLE t ADD COLUMN z TINYINT AS (n + 100) STORED;
-- error: 1264
ALTER TABLE t ADD COLUMN z TINYINT GENERATED ALWAYS AS (n - 200) VIRTUAL, ADD KEY (z), ALGORITHM=COPY;
-- error: 3751
ALTER TABLE t ADD INDEX z ((CAST(d AS UNSIGNED)));
-- error: 1264
ALTER TABLE t ADD COLUMN z TINYINT DEFAULT (n);
-- error: 1062
ALTER TABLE t DROP PRIMARY KEY, ADD PRIMARY KEY (tenant_id);
-- error: 1062
ALTER TABLE t DROP COLUMN id;
-- error: 1054
ALTER TABLE t MODIFY nowhere INT NOT NULL;
# what depends on a column
-- error: 1264
ALTER TABLE g MODIFY a TINYINT;
-- error: 1264
ALTER TABLE g MODIFY b TINYINT UNSIGNED AS (a * 2) STORED;
-- error: 1264
ALTER TABLE g MODIFY b TINYINT UNSIGNED AS (a * 2) STORED, ADD COLUMN w INT AS (b) VIRTUAL;
-- error: 3819
ALTER TABLE g ALTER CHECK odd ENFORCED;
-- error: 3819
ALTER TABLE g DROP CHECK small, ADD CONSTRAINT smaller CHECK (v < 500);
-- error: 1138
ALTER TABLE g MODIFY j JSON NOT NULL;
-- error: 3903
ALTER TABLE g ADD INDEX many ((CAST(j -> '$.k' AS UNSIGNED ARRAY)));
SELECT * FROM g ORDER BY 1;
# other tables
-- error: 1138
ALTER TABLE part MODIFY note VARCHAR(20) NOT NULL;
# without a primary key nobody knows the order of rows
-- no message
-- error: 1366
ALTER TABLE bag MODIFY v INT;
-- error: 1138
ALTER TABLE r MODIFY v VARCHAR(10) NOT NULL;
-- error: 1146
ALTER TABLE t2 MODIFY v VARCHAR(10) NOT NULL;
# what may be lost in silence is
SET sql_mode = '';
BEGIN;
ALTER TABLE t MODIFY c VARCHAR(5), MODIFY n TINYINT NOT NULL;
-- mask: Level, Code, Message
SHOW WARNINGS;
SELECT * FROM t ORDER BY tenant_id, id;
ALTER TABLE t ADD COLUMN z DATE NOT NULL, MODIFY d VARCHAR(20);
SELECT tenant_id, id, z FROM t ORDER BY tenant_id, id;
SET sql_mode = DEFAULT;
# mended
ALTER TABLE t DROP COLUMN z, MODIFY c VARCHAR(20), MODIFY n INT;
-- error: 1062
ALTER TABLE t ADD UNIQUE uc (tenant_id, c);
DELETE FROM t WHERE tenant_id = 'c' AND id = 2;
ALTER TABLE t ADD UNIQUE uc (tenant_id, c);
ALTER TABLE t MODIFY c VARCHAR(5), ADD CHECK (n < 400);
SHOW COLUMNS FROM t;
SELECT * FROM t ORDER BY tenant_id, id;
CREATE TABLE t2 (tenant_id VARCHAR(20) NOT NULL, id INT);

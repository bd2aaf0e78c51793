-- about: ON DUPLICATE KEY UPDATE with columns of the SELECT, whose values go to the shards with the rows, and the alias of the row that INSERT .. SET sets
-- database: shop
-- sharded: shop.t by tenant_id, shop.u by tenant_id, depot.m by tenant_id
-- reference: shop.r
CREATE TABLE t (tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL, d DECIMAL(14,2) NOT NULL DEFAULT 0, name VARCHAR(120) COLLATE utf8mb4_unicode_ci, dt DATETIME(3) NULL, f DOUBLE, vb VARBINARY(20), g INT AS (id + 1) STORED, PRIMARY KEY (tenant_id, id));
CREATE TABLE u (tenant_id VARCHAR(20) NOT NULL, n INT NOT NULL, total INT, PRIMARY KEY (tenant_id, n));
CREATE TABLE r (id INT PRIMARY KEY, v VARCHAR(10) NOT NULL, n INT, UNIQUE KEY (v));
USE depot;
CREATE TABLE m (tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL, n INT, nu INT UNSIGNED, amount DECIMAL(7,3), label VARCHAR(20) COLLATE utf8mb4_unicode_ci, at TIMESTAMP(3) NULL, day DATE, tm TIME(1), y YEAR, ff FLOAT, df DOUBLE, bl BLOB, e ENUM('x','y'), latin VARCHAR(10) CHARACTER SET latin1, PRIMARY KEY (tenant_id, id));
-- cases
DELETE FROM t;
DELETE FROM u;
DELETE FROM r;
DELETE FROM depot.m;
INSERT INTO t (tenant_id, id, d, name) VALUES ('a', 1, 1, 'one'), ('b', 1, 2, 'zwei'), ('c', 2, 3, NULL), ('d', 4, 4, 'Ärger');
INSERT INTO u VALUES ('a', 5, 1), ('b', 6, 1), ('c', 7, 1);
INSERT INTO depot.m VALUES ('a', 1, 5, 5, 1.125, 'EINS', '2025-01-01 10:00:00.5', '2025-01-01', '10:00:00.5', 2025, 1.1, 2.2, x'00ff', 'x', 'é'), ('b', 1, -6, 6, 2.5, 'ZWEI', '2025-06-01', '2025-06-01', '-01:00:00', 1999, 3.3, 1e100, 'b', 'y', 'ä'), ('c', 2, 7, 7, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL), ('q', 9, 8, 4294967295, 9999.999, 'it''s \\ "q" 😀', '2025-12-31 23:59:59.999', '2025-12-31', '838:59:59', 2155, 1e10, 0.1, '', 'x', '');
# columns of tables
BEGIN;
INSERT INTO t (tenant_id, id, d) SELECT m.tenant_id, m.id, m.n FROM depot.m ON DUPLICATE KEY UPDATE d = t.d + m.n;
INSERT INTO t (tenant_id, id, d) SELECT m.tenant_id, m.id, m.n FROM depot.m m ON DUPLICATE KEY UPDATE d = t.d + m.n * 2, name = CONCAT('m', m.id, '-', m.label);
INSERT INTO t (tenant_id, id, d) SELECT tenant_id, id, n FROM depot.m ON DUPLICATE KEY UPDATE t.d = t.d + VALUES(d) + m.n, t.name = IF(m.label = t.name, 'same', COALESCE(m.label, t.name, 'none'));
INSERT INTO t (tenant_id, id) SELECT tenant_id, id FROM depot.m ON DUPLICATE KEY UPDATE name = amount, d = d + nu, dt = at, f = ff + df, vb = bl;
SELECT tenant_id, id, d, name, dt, f, HEX(vb), g FROM t ORDER BY tenant_id, id;
INSERT INTO t (tenant_id, id) SELECT tenant_id, id FROM depot.m ON DUPLICATE KEY UPDATE name = CONCAT_WS('|', m.day, m.tm, m.y, m.latin, m.at, m.df, m.amount, m.nu), dt = m.day + INTERVAL m.n DAY, f = m.day + 0, vb = m.tm + 0;
SELECT tenant_id, id, d, name, dt, f, HEX(vb), g FROM t ORDER BY tenant_id, id;
INSERT INTO u SELECT tenant_id, n, id FROM depot.m WHERE n > 0 ORDER BY n DESC LIMIT 2 ON DUPLICATE KEY UPDATE total = total + m.id;
INSERT INTO u (SELECT tenant_id, n, id FROM depot.m WHERE n > 0) ON DUPLICATE KEY UPDATE total = VALUES(total) * 10;
INSERT IGNORE INTO u SELECT tenant_id, n, id FROM depot.m WHERE n > 0 ON DUPLICATE KEY UPDATE total = m.nu;
# Of the table itself.
INSERT INTO u SELECT tenant_id, n, total FROM u AS old LIMIT 100 ON DUPLICATE KEY UPDATE total = old.total - 1;
INSERT INTO u SELECT CONCAT(tenant_id, ''), n, total FROM u AS old ORDER BY tenant_id, n ON DUPLICATE KEY UPDATE total = old.n;
SELECT * FROM u;
SELECT * FROM u ORDER BY tenant_id, n;
ROLLBACK;
# derived tables, joins, common table expressions
BEGIN;
INSERT INTO t (tenant_id, id, d) SELECT * FROM (SELECT tenant_id, id, n FROM depot.m) AS new ON DUPLICATE KEY UPDATE d = new.n + 1;
INSERT INTO u SELECT * FROM (SELECT tenant_id, 5 AS k, SUM(n) AS s FROM depot.m GROUP BY tenant_id) AS new ON DUPLICATE KEY UPDATE total = u.total + new.s;
INSERT INTO u (tenant_id, n, total) WITH x AS (SELECT tenant_id, COUNT(*) AS c, AVG(amount) AS avg_amount FROM depot.m GROUP BY tenant_id) SELECT x.tenant_id, 5, x.c FROM x ON DUPLICATE KEY UPDATE total = x.c + x.avg_amount * 100;
INSERT INTO u (tenant_id, n, total) SELECT a.tenant_id, 5, b.n FROM depot.m a JOIN depot.m b ON b.id = a.id + 1 ON DUPLICATE KEY UPDATE total = a.n * 1000 + b.n;
INSERT INTO t (tenant_id, id, d) SELECT u.tenant_id, u.n - 4, u.total FROM u WHERE u.total > 0 ORDER BY u.total, u.tenant_id ON DUPLICATE KEY UPDATE d = u.total, name = CONCAT(t.name, u.n);
SELECT tenant_id, id, d, name FROM t ORDER BY tenant_id, id;
SELECT * FROM u ORDER BY tenant_id, n;
-- error: 1048
INSERT INTO t (tenant_id, id, d) SELECT u.tenant_id, u.n - 4, NULL FROM u ON DUPLICATE KEY UPDATE d = u.total;
ROLLBACK;
# a key that several rows meet
BEGIN;
INSERT INTO u (tenant_id, n, total) SELECT 'z', 1, m.n FROM depot.m ORDER BY m.n ON DUPLICATE KEY UPDATE total = total * 10 + m.n;
INSERT INTO r (id, v, n) SELECT 1, 'v', m.n FROM depot.m ORDER BY m.n ON DUPLICATE KEY UPDATE n = r.n * 10 + m.n;
SELECT * FROM u ORDER BY tenant_id, n;
SELECT * FROM r;
ROLLBACK;
# parameters
-- params: 3, 2, 100
INSERT INTO u (tenant_id, n, total) SELECT tenant_id, n, ? FROM depot.m WHERE id < ? AND n > 0 ON DUPLICATE KEY UPDATE total = m.n + ?;
-- params: 12, 7
INSERT INTO u SELECT * FROM (SELECT tenant_id, n, ? AS p FROM depot.m WHERE n > 4) AS new ON DUPLICATE KEY UPDATE total = LENGTH(new.p) + ?;
SELECT * FROM u ORDER BY tenant_id, n;
# errors
-- error: 1054
INSERT INTO u SELECT tenant_id, n, id FROM depot.m ON DUPLICATE KEY UPDATE total = m.nope;
-- error: 1052
INSERT INTO u SELECT tenant_id, n, id FROM depot.m ON DUPLICATE KEY UPDATE total = n + m.nu;
-- error: 1136
INSERT INTO u SELECT tenant_id, n FROM depot.m ON DUPLICATE KEY UPDATE total = m.id;
-- error: 1690
INSERT INTO t (tenant_id, id) SELECT tenant_id, id FROM depot.m ON DUPLICATE KEY UPDATE d = m.nu - 1000;
-- error: 1264
INSERT INTO t (tenant_id, id) SELECT tenant_id, id FROM depot.m ON DUPLICATE KEY UPDATE d = m.n * 1000000000000;
-- error: 1366
INSERT INTO t (tenant_id, id) SELECT tenant_id, id FROM depot.m ON DUPLICATE KEY UPDATE d = m.label;
-- always refuse: 1235 of type enum
INSERT INTO t (tenant_id, id) SELECT tenant_id, id FROM depot.m ON DUPLICATE KEY UPDATE name = m.e;
SELECT tenant_id, id, d, name FROM t ORDER BY tenant_id, id;
# the row that INSERT .. SET sets
INSERT INTO t SET tenant_id = 'a', id = 1, d = 7 AS new ON DUPLICATE KEY UPDATE d = new.d * 2;
INSERT INTO t SET tenant_id = 'b', id = 1, d = 7 AS new(tt, ii, dd) ON DUPLICATE KEY UPDATE d = dd * 3, name = 'set', tenant_id = tt;
INSERT INTO t SET tenant_id = CAST('new' AS CHAR(10)), id = 2, d = 7 AS new;
INSERT INTO t (tenant_id, id, d) VALUES ('a', 1, 5), ('b', 1, 6) AS new(tt, ii, dd) ON DUPLICATE KEY UPDATE d = t.d + dd, name = CONCAT(tt, ii);
INSERT INTO r SET id = 2, v = 'x', n = 3 AS new ON DUPLICATE KEY UPDATE n = new.n + 1;
INSERT INTO r SET id = 2, v = 'x', n = 3 AS new(i, vv, nn) ON DUPLICATE KEY UPDATE n = r.n + nn;
INSERT INTO r VALUES (2, 'y', 1), (3, 'x', 5) AS new(i, vv, nn) ON DUPLICATE KEY UPDATE n = r.n + nn;
-- params: 'a', 1, 2
INSERT INTO t SET tenant_id = ?, id = ?, d = ? AS new ON DUPLICATE KEY UPDATE d = t.d + new.d;
SELECT tenant_id, id, d, name FROM t ORDER BY tenant_id, id;
SELECT * FROM r ORDER BY id;
DELETE FROM t;
DELETE FROM u;
DELETE FROM r;
DELETE FROM depot.m;

-- about: the basics of SQL with MariaDB behind Sluice
-- names only
-- database: app
SELECT 1, 'a', NULL, 2.50, DATE '2026-01-02';
INSERT INTO t (id, tenant_id, v) VALUES ('1', 'a', 1), ('2', 'b', 2), ('3', 'c', 3), ('4', 'd', NULL);
SELECT * FROM t WHERE tenant_id = 'b';
SELECT * FROM t ORDER BY id;
SELECT tenant_id, COUNT(*), SUM(v) FROM t GROUP BY tenant_id ORDER BY 1;
SELECT x.id, y.id FROM t x LEFT JOIN t y ON y.v = x.v + 1 ORDER BY 1;
UPDATE t SET v = v + 1;
SELECT ROW_COUNT();
UPDATE t SET v = 10 WHERE tenant_id = 'a';
DELETE FROM t WHERE v = 3;
SELECT id, v FROM t ORDER BY id DESC;
SET @x = 5;
SELECT @x, @x + 1;
SET sql_mode = 'ANSI_QUOTES';
SELECT "id" FROM t WHERE tenant_id = 'a';
SET sql_mode = DEFAULT;
SET autocommit = 0;
UPDATE t SET v = 99;
SELECT MAX(v), COUNT(*) FROM t;
ROLLBACK;
INSERT INTO t VALUES ('5', 'e', 5), ('6', 'f', 6), ('7', 'g', 7);
COMMIT;
SET autocommit = 1;
SELECT COUNT(*) FROM t;
INSERT INTO t VALUES ('5', 'e', 5);
SELECT nothing FROM t;
SELECT * FROM nowhere;
SELEC 1;
INSERT INTO t (tenant_id, id, v) VALUES ('a', '8', 'no number');
SHOW TABLES;
SHOW CREATE TABLE t;
SHOW COLUMNS FROM t;
SELECT TABLE_NAME, TABLE_TYPE, TABLE_ROWS IS NULL FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'app' ORDER BY 1;
SELECT COLUMN_NAME, COLUMN_TYPE FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 'app' AND TABLE_NAME = 't' ORDER BY ORDINAL_POSITION;
SELECT INDEX_NAME, COLUMN_NAME FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = 'app' ORDER BY 1, 2;
SELECT CONSTRAINT_NAME, CONSTRAINT_TYPE FROM information_schema.TABLE_CONSTRAINTS WHERE TABLE_SCHEMA = 'app';
-- params: 'a'
SELECT id, v FROM t WHERE tenant_id = ?;
-- params: 5
SELECT id, v FROM t WHERE v > ? ORDER BY id;
WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 3) SELECT n.i, COUNT(t.id) FROM n LEFT JOIN t ON t.v > n.i GROUP BY n.i ORDER BY 1;
SELECT id, RANK() OVER (ORDER BY v) FROM t ORDER BY id;
DELETE FROM t;

-- about: what counts or lists the diagnostics of the statement before: asked as text, and not to be prepared
-- database: shop
-- no warnings
-- sharded: shop.t by tenant_id
CREATE TABLE t (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY, n TINYINT);
INSERT INTO t VALUES ('a', 1, 1), ('b', 2, 2), ('c', 3, 3), ('d', 4, 4);
-- cases
SET sql_mode = '';
BEGIN;
UPDATE t SET n = 1000;
SELECT @@warning_count, @@error_count;
SHOW COUNT(*) WARNINGS;
SHOW COUNT(*) ERRORS;
SELECT @@session.warning_count + 1, @@Error_Count;
SELECT id, @@warning_count FROM t WHERE id < 3 ORDER BY id;
SELECT COUNT(*), MAX(@@session.warning_count) FROM t;
-- error: 1146
SELECT * FROM nothing;
SELECT @@error_count, @@warning_count;
-- error: 1295
PREPARE p FROM 'SELECT @@warning_count';
-- error: 1295
PREPARE p FROM 'SELECT id FROM t WHERE id > @@session.error_count';
-- error: 1295
PREPARE p FROM 'SHOW WARNINGS';
-- error: 1295
PREPARE p FROM 'SHOW COUNT(*) ERRORS';
-- error: 1295
-- params: 1
SELECT @@warning_count, ?;
PREPARE p FROM 'SELECT ''@@warning_count'' AS x';
EXECUTE p;
SELECT @@warning_count;
ROLLBACK;

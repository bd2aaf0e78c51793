-- about: a temporary table is its session's alone, also where its definition cannot be read as a tree
-- session: a
CREATE TEMPORARY TABLE tmp_spots (id INT PRIMARY KEY, spot POINT);
INSERT INTO tmp_spots VALUES (1, POINT(1, 2)), (2, NULL);
SELECT id, ST_X(spot) FROM tmp_spots ORDER BY id;
-- session: b
-- no message
SELECT COUNT(*) FROM tmp_spots;
CREATE TEMPORARY TABLE IF NOT EXISTS tmp_spots (spot GEOMETRY);
SELECT COUNT(*) FROM tmp_spots;
DROP TEMPORARY TABLE tmp_spots;
-- session: a
SELECT COUNT(*) FROM tmp_spots;
DROP TABLE tmp_spots;
PREPARE make FROM 'CREATE TEMPORARY TABLE tmp_named (id INT)';
EXECUTE make;
SELECT COUNT(*) FROM tmp_named;
PREPARE clear FROM 'DROP TEMPORARY TABLE tmp_named';
EXECUTE clear;
-- no message
SELECT COUNT(*) FROM tmp_named;
# What a ROLLBACK says of tables that it cannot undo, of a transaction on several servers too.
BEGIN;
UPDATE saas_users SET department = CONCAT(department, '');
CREATE TEMPORARY TABLE tmp_made AS SELECT id FROM saas_users WHERE tenant_id = 'system';
ROLLBACK;
SHOW WARNINGS;
DROP TEMPORARY TABLE tmp_made;
CREATE TEMPORARY TABLE tmp_dropped (id INT);
BEGIN;
UPDATE saas_users SET department = CONCAT(department, '');
DROP TEMPORARY TABLE tmp_dropped;
ROLLBACK;
SHOW WARNINGS;

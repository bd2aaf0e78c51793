-- about: what MySQL refuses while it prepares is refused then, and what it finds when it executes is found then
DROP TABLE no_such_table;
DROP TABLE IF EXISTS no_such_table;
DROP VIEW no_such_view;
TRUNCATE TABLE no_such_table;
TRUNCATE no_such_table;
ALTER TABLE no_such_table ADD c INT;
CREATE INDEX i ON no_such_table (a);
CREATE UNIQUE INDEX i ON no_such_table (a);
DROP INDEX i ON no_such_table;
SHOW CREATE TABLE no_such_table;
SHOW CREATE VIEW no_such_view;
SELECT * FROM no_such_table;
CALL no_such_procedure();

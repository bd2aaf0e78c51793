-- about: procedures that the rules do not list, and stored functions: they are there all the same, and what is refused says why; a SET must not call a function on one shard that reads rows of all
-- names only
-- database: shop
-- sharded: shop.t by tenant_id
-- single: depot.p
CREATE TABLE t (tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL, n INT NOT NULL, PRIMARY KEY (tenant_id, id));
INSERT INTO t VALUES ('a', 1, 10), ('b', 2, 20);
CREATE PROCEDURE of_tenant(IN p_tenant_id VARCHAR(20)) SELECT * FROM t WHERE tenant_id = p_tenant_id;
CREATE FUNCTION rows_of_t() RETURNS INT READS SQL DATA RETURN (SELECT COUNT(*) FROM t);
CREATE VIEW counted AS SELECT rows_of_t() AS c;
CREATE VIEW counting AS SELECT id, rows_of_t() AS c FROM t WHERE tenant_id = 'a';
USE depot;
CREATE TABLE p (id INT PRIMARY KEY, v INT);
INSERT INTO p VALUES (1, 5);
CREATE PROCEDURE q() SELECT * FROM p;
CREATE FUNCTION f(a INT) RETURNS INT DETERMINISTIC RETURN a + 1;
CREATE VIEW more AS SELECT id, f(v) AS v FROM p;
-- cases
-- mask: Create Procedure
SHOW CREATE PROCEDURE of_tenant;
-- mask: Create Procedure
SHOW CREATE PROCEDURE depot.q;
-- error: 1305
SHOW CREATE PROCEDURE nothing;
-- error: 1305
SHOW CREATE PROCEDURE depot.of_tenant;
-- refuse: 1235 the rules do not say where procedure of_tenant runs
CALL of_tenant('a');
-- error: 1305
CALL nothing('a');
-- refuse: 1235 what a stored function reads is not known
SELECT depot.f(1);
-- refuse: 1235 what a stored function reads is not known
DO depot.f(3);
-- refuse: 1235 what a stored function reads is not known
SET @z = depot.f(7);
-- error: 1305
SET @z = f(7);
-- refuse: 1235 what a stored function reads is not known
SET @y = 1, @z = 10 + rows_of_t();
-- always refuse: 1235 a system variable that is set together with values of a query
SET sort_buffer_size = 100000 + rows_of_t();
SET @z = IF(UUID() IS NULL, 1, `lower`('B')), @y = CAST(JSON_OBJECT('a', 1) AS CHAR(20)), @x = (SELECT COUNT(*) FROM t);
SELECT @x, @y, @z;
SET sql_mode = CONCAT(@@sql_mode, ',NO_ZERO_DATE'), @z = COALESCE(NULL, LEFT('abc', 2));
SELECT @z, @@sql_mode;
SET sql_mode = DEFAULT;
-- error: 1305
SET @z = depot.nothing(7);
SET @z = (SELECT MAX(n) FROM t);
SELECT @z;
# Nor must a view.
-- refuse: 1235 what a stored function reads is not known
SELECT * FROM counted;
-- refuse: 1235 what a stored function reads is not known
SELECT * FROM counting;
-- refuse: 1235 what a stored function reads is not known
SELECT t.id FROM t JOIN counting USING (id);
-- refuse: 1235 what a stored function reads is not known
TABLE depot.more;
-- refuse: 1235 what a stored function reads is not known
UPDATE depot.more SET id = 1 WHERE v = 6;
SHOW COLUMNS FROM counted;
USE saas;
-- mask: Create Procedure
SHOW CREATE PROCEDURE of_tenant;
-- error: 1305
SHOW CREATE PROCEDURE nothing;
-- refuse: 1235 the rules do not say where procedure of_tenant runs
CALL of_tenant('a');

-- about: what only the session knows is its own in SET and KILL, too; what a SET would break is refused, and one that fails has no effect
-- database: shop
-- sharded: shop.cats by tenant_id, depot.birds by tenant_id
-- reference: shop.kinds
CREATE TABLE cats (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY, name VARCHAR(20));
CREATE TABLE kinds (id INT PRIMARY KEY, kind VARCHAR(10));
INSERT INTO cats VALUES ('a', 1, 'Tom'), ('b', 2, 'Mia'), ('c', 3, '3x'), ('d', 4, 'Ida');
INSERT INTO kinds VALUES (1, 'one'), (2, 'two'), (3, 'three');
USE depot;
CREATE TABLE birds (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY, n INT);
INSERT INTO birds VALUES ('q', 1, 1), ('r', 2, 2), ('s', 3, 3);
-- cases
SET @db = DATABASE();
SELECT @db, CHARSET(@db), COLLATION(@db);
SET @sql = CONCAT('SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = ''', @db, '''');
PREPARE p FROM @sql;
EXECUTE p;
SET @a = CURRENT_USER, @b = CURRENT_USER(), @c = SCHEMA( ), @d = CONCAT(database(), '.x');
SELECT @a, @b, @c, @d;
SET @a = SUBSTRING_INDEX(USER(), '@', 1), @b = 'database()';
SELECT @a, @b;
SET @c = CONNECTION_ID();
SELECT @c = CONNECTION_ID();
SET @c = (SELECT CONNECTION_ID());
SELECT @c = CONNECTION_ID();
-- error: 1064
SET @c = DATABASE(1);
USE depot;
SET @db = DATABASE();
USE shop;
SELECT @db;
SELECT id + 0 * name FROM cats ORDER BY id;
SET @n = 1 + @@warning_count, @e = @@session.error_count;
SELECT @n, @e;
UPDATE cats SET name = name;
SET @n = ROW_COUNT();
SELECT @n;
SELECT id FROM kinds;
SET @n = (SELECT COUNT(*) FROM cats);
SELECT @n, FOUND_ROWS();
# By these Sluice learns what a session has set.
-- always refuse: 1235 is Sluice's own on its connections
SET session_track_system_variables = '*';
-- always refuse: 1235 is Sluice's own on its connections
SET @@session_track_schema = 0;
SET sql_mode = 'ANSI_QUOTES';
SELECT DISTINCT @@sql_mode FROM cats;
SET sql_mode = DEFAULT;
# A server commits once all values are right.
SET autocommit = 0;
UPDATE cats SET name = 'x';
UPDATE depot.birds SET n = 7;
-- error: 1231
SET autocommit = 1, sql_mode = 'nonsense';
-- error: 1193
SET autocommit = 'ON', nosuch = 1;
ROLLBACK;
SELECT name FROM cats ORDER BY id;
SELECT n FROM depot.birds ORDER BY id;
UPDATE cats SET name = 'y' WHERE id < 3;
SET autocommit = 1, sql_mode = 'ANSI';
SELECT @@autocommit, @@sql_mode;
SET sql_mode = DEFAULT;
SELECT name FROM cats ORDER BY id;
UPDATE cats SET name = 'Tom' WHERE id = 1;
UPDATE cats SET name = 'Mia' WHERE id = 2;
-- error: 1193
SET @@global.nosuch = 1;
# KILL takes any expression.
-- error: 1094
KILL '4000000000';
-- error: 1094
KILL NULL;
-- error: 1094
KILL 1 + 4000000000;
-- error: 1094
KILL QUERY -1;
SET @i = 4000000000;
-- error: 1094
KILL CONNECTION @i;
-- error: 1094
KILL (SELECT 4000000000);
-- error: 1235
KILL (SELECT MAX(id) + 4000000000 FROM kinds);
-- error: 1064
KILL 1 2;
-- error: 1064
KILL QUERY;
-- error: 1317
KILL QUERY CONNECTION_ID();
# Statements prepared by SQL.
-- error: 1243
DROP PREPARE nosuch;
-- error: 1243
DEALLOCATE PREPARE nosuch;
# What cannot be read.
-- error: 1064
SELECT id FROM cats WHERE name = 'it's';
-- error: 1064
SELECT id FROM cats WHERE name = "a" b" ;
SET @i = 5, @d = 1.50, @f = 2.5e0, @n = NULL;
-- error: 1064
PREPARE p FROM @i;
-- error: 1064
PREPARE p FROM @d;
-- error: 1064
PREPARE p FROM @f;
-- error: 1064
PREPARE p FROM @n;
-- error: 1064
PREPARE p FROM @nosuch;

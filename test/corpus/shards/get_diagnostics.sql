-- about: GET DIAGNOSTICS after statements on one shard and on several: what the session is told of its last statement
-- any plan
-- no warnings
-- text only
-- database: shop
-- sharded: shop.people by tenant_id
CREATE TABLE people (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY, name VARCHAR(5) NOT NULL, age TINYINT UNSIGNED, born DATE);
INSERT INTO people VALUES ('a', 1, 'ann', 20, '2000-01-01'), ('b', 2, 'bob', 30, NULL), ('c', 3, 'c', NULL, '1999-12-31'), ('d', 4, '4x', 40, NULL);
-- cases
SELECT COUNT(*) FROM people;
GET DIAGNOSTICS @n = NUMBER, @r = ROW_COUNT;
SELECT @n, @r, ROW_COUNT();
BEGIN;
UPDATE people SET age = age + 1;
GET CURRENT DIAGNOSTICS @r = ROW_COUNT, @n = NUMBER;
SELECT @n, @r, @n + 1, @r * 2;
UPDATE people SET age = 7 WHERE tenant_id = 'a';
GET DIAGNOSTICS @R = ROW_COUNT;
SELECT @r;
ROLLBACK;
# an error, on one shard and on several
-- error: 1054
SELECT nothing FROM people;
GET DIAGNOSTICS CONDITION 1 @no = MYSQL_ERRNO, @state = RETURNED_SQLSTATE, @text = MESSAGE_TEXT;
GET DIAGNOSTICS @n = NUMBER, @r = ROW_COUNT;
SELECT @no, @state, @text, @n, @r;
SELECT COLLATION(@text), COLLATION(@state), LENGTH(@text), COERCIBILITY(@state), CONCAT(@state, ':', @text);
-- error: 1062
INSERT INTO people VALUES ('a', 9, 'x', 1, NULL), ('b', 2, 'y', 1, NULL);
GET DIAGNOSTICS CONDITION 1 @no = MYSQL_ERRNO, @state = RETURNED_SQLSTATE, @text = MESSAGE_TEXT;
SELECT @no, @state, @text;
-- error: 1062
INSERT INTO people VALUES ('a', 1, 'x', 1, NULL);
GET DIAGNOSTICS CONDITION 1 @no = MYSQL_ERRNO, @state = RETURNED_SQLSTATE, @text = MESSAGE_TEXT;
SELECT @no, @state, @text;
-- error: 1146
SELECT * FROM missing;
GET DIAGNOSTICS CONDITION 1 @state = RETURNED_SQLSTATE, @`text` = MESSAGE_TEXT;
SELECT @state, @text;
-- error: 1064
SELEC 1;
GET DIAGNOSTICS CONDITION 1 @state = RETURNED_SQLSTATE, @text = MESSAGE_TEXT;
SELECT @state, @text;
-- error: 1644
SIGNAL SQLSTATE '45001' SET MESSAGE_TEXT = 'not today';
GET DIAGNOSTICS CONDITION 1 @no = MYSQL_ERRNO, @state = RETURNED_SQLSTATE, @text = MESSAGE_TEXT;
SELECT @no, @state, @text;
# warnings, which have states too; the conditions stay until the next statement
SELECT name + 0, born + INTERVAL 1 DAY FROM people ORDER BY id;
GET DIAGNOSTICS @n = NUMBER;
GET DIAGNOSTICS CONDITION 1 @no = MYSQL_ERRNO, @state = RETURNED_SQLSTATE, @text = MESSAGE_TEXT;
SET @i = 2;
SELECT @n, @no, @state, @text;
SELECT name + 0 FROM people ORDER BY id;
GET DIAGNOSTICS CONDITION 2 @no2 = MYSQL_ERRNO, @state2 = RETURNED_SQLSTATE, @text2 = MESSAGE_TEXT;
SHOW COUNT(*) WARNINGS;
SHOW WARNINGS;
SELECT @no2, @state2, @text2;
SELECT 1 / 0;
GET DIAGNOSTICS CONDITION 1 @no = MYSQL_ERRNO, @state = RETURNED_SQLSTATE;
SELECT @no, @state;
SELECT CAST('12x' AS SIGNED), CAST(300 AS UNSIGNED), CAST('x' AS DATE);
GET DIAGNOSTICS CONDITION 2 @no = MYSQL_ERRNO, @state = RETURNED_SQLSTATE;
SELECT @no, @state;
DROP TABLE IF EXISTS missing;
GET DIAGNOSTICS CONDITION 1 @no = MYSQL_ERRNO, @state = RETURNED_SQLSTATE, @text = MESSAGE_TEXT;
SELECT @no, @state;
SET SESSION sql_mode = '';
BEGIN;
UPDATE people SET name = 'too long', age = -1 WHERE tenant_id = 'a';
GET DIAGNOSTICS CONDITION 1 @no = MYSQL_ERRNO, @state = RETURNED_SQLSTATE, @text = MESSAGE_TEXT;
SELECT @no, @state, @text;
UPDATE people SET name = 'too long', age = 1000 WHERE id IN (1, 2);
GET DIAGNOSTICS CONDITION 2 @no = MYSQL_ERRNO, @state = RETURNED_SQLSTATE, @text = MESSAGE_TEXT;
SELECT @no, @state, @text;
ROLLBACK;
SET SESSION sql_mode = DEFAULT;
# by a variable
SELECT 1 / 0, 2 / 0;
GET DIAGNOSTICS CONDITION @i @no = MYSQL_ERRNO;
SELECT @no;
# what cannot be
SELECT 1 / 0;
GET DIAGNOSTICS CONDITION 2 @no = MYSQL_ERRNO;
SHOW WARNINGS;
GET DIAGNOSTICS CONDITION 0 @no = MYSQL_ERRNO;
SHOW WARNINGS;
-- error: 1064
GET DIAGNOSTICS CONDITION -1 @no = MYSQL_ERRNO;
SELECT 1 / 0;
GET DIAGNOSTICS CONDITION NULL @no = MYSQL_ERRNO;
GET DIAGNOSTICS CONDITION 'x' @no = MYSQL_ERRNO;
GET DIAGNOSTICS CONDITION @never_set @no = MYSQL_ERRNO;
GET DIAGNOSTICS CONDITION '1' @no = MYSQL_ERRNO;
SHOW WARNINGS;
-- error: 1064
GET DIAGNOSTICS CONDITION +1 @no = MYSQL_ERRNO;
-- error: 1327
GET DIAGNOSTICS x = NUMBER;
-- error: 3004
GET STACKED DIAGNOSTICS @n = NUMBER;
-- error: 1064
GET DIAGNOSTICS @n;
-- error: 1064
GET DIAGNOSTICS @n = MYSQL_ERRNO;
-- error: 1064
GET DIAGNOSTICS CONDITION 1 @n = NUMBER;
-- error: 1064
GET DIAGNOSTICS CONDITION 1;
-- error: 1064
GET DIAGNOSTICS;
-- error: 1064
GET DIAGNOSTICS @n = NUMBER @m = ROW_COUNT;

-- about: functions and settings of the session mean the client's session, wherever the rows are put together
-- any plan
-- database: shop
-- sharded: shop.logs by tenant_id, depot.tags by tenant_id
CREATE TABLE logs (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY, at DATETIME, stamp TIMESTAMP NULL, v INT, txt VARCHAR(20));
INSERT INTO logs VALUES ('a', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00', 1, 'x'), ('b', 2, '2025-10-09 08:53:20', '2025-10-09 08:53:20', 2, 'Y'), ('c', 3, '2025-06-30 23:59:59', '2025-06-30 23:59:59', 0, NULL), ('d', 4, NULL, NULL, NULL, 'a\\b'), ('e', 5, '2020-02-29 12:00:00', '2020-02-29 12:00:00', 7, '');
USE depot;
CREATE TABLE tags (tenant_id VARCHAR(20) NOT NULL, log_id INT, tag VARCHAR(10), PRIMARY KEY (tenant_id, log_id, tag));
INSERT INTO tags VALUES ('a', 1, 'new'), ('b', 1, 'old'), ('c', 5, 'new');
-- cases
SELECT DATABASE(), SCHEMA(), COUNT(*) FROM logs;
SELECT DATABASE(), l.id, t.tag FROM logs l JOIN depot.tags t ON t.log_id = l.id ORDER BY 2, 3;
SELECT COUNT(*) FROM logs HAVING DATABASE() = 'shop';
SELECT SUBSTRING_INDEX(USER(), '@', 1), SUBSTRING_INDEX(SESSION_USER(), '@', 1), COUNT(*) FROM logs;
SELECT CONNECTION_ID() = CONNECTION_ID() AS same, COUNT(DISTINCT CONNECTION_ID()) AS one FROM logs;
SELECT CONNECTION_ID() = @@pseudo_thread_id AS mine, MAX(id) FROM logs;
SELECT CONNECTION_ID() - @@session.pseudo_thread_id, MAX(@@pseudo_thread_id) - CONNECTION_ID() FROM logs;
SELECT @@pseudo_thread_id - CONNECTION_ID();
SELECT LAST_INSERT_ID(41);
SELECT LAST_INSERT_ID(), MAX(id) FROM logs;
SELECT id FROM logs WHERE id < LAST_INSERT_ID() - 38 ORDER BY id;
SELECT MAX(LAST_INSERT_ID(id)) FROM logs WHERE id = 5;
SELECT LAST_INSERT_ID();
SELECT @@sql_mode, @@autocommit, @@div_precision_increment, COUNT(*) FROM logs;
SELECT @@session.time_zone, @@transaction_isolation, @@character_set_client, COUNT(*) FROM logs;
SELECT VERSION() = @@version, COUNT(*) FROM logs;
SELECT CHARSET(USER()), COLLATION(DATABASE()), COUNT(*) FROM logs;
SELECT SLEEP(0), COUNT(*), BENCHMARK(1, 1) FROM logs;
SELECT id, IF(v > 1, 'big', 'small'), ISNULL(v), NULLIF(v, 2) FROM logs ORDER BY id;
SELECT COUNT(DISTINCT UUID()), COUNT(DISTINCT RAND(1)) > 1, COUNT(*) FROM logs;
# Settings of the session.
SET time_zone = '+09:00';
SELECT id, at, stamp, UNIX_TIMESTAMP(at), DATE(stamp) FROM logs ORDER BY stamp, id;
SELECT DATE(stamp) AS d, COUNT(*) FROM logs GROUP BY d ORDER BY d;
SELECT id FROM logs WHERE stamp >= '2026-01-01 09:00:00' ORDER BY id;
SELECT id FROM logs WHERE stamp = at ORDER BY id;
SELECT MAX(stamp), MIN(UNIX_TIMESTAMP(stamp)), CONVERT_TZ(MAX(stamp), '+09:00', '+00:00') FROM logs;
SET time_zone = DEFAULT;
SET sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT,ONLY_FULL_GROUP_BY';
SELECT "id" || '-' || "txt" AS "joined up" FROM "logs" ORDER BY "id";
SELECT "l"."id", "t"."tag" FROM "logs" AS "l" LEFT JOIN "depot"."tags" "t" ON "t"."log_id" = "l"."id" ORDER BY 1, 2;
SET sql_mode = 'NO_BACKSLASH_ESCAPES';
SELECT id, txt FROM logs WHERE txt = 'a\b' ORDER BY id;
SET sql_mode = 'IGNORE_SPACE,HIGH_NOT_PRECEDENCE';
SELECT COUNT (*), NOT 1 BETWEEN -5 AND 5, SUM (v) FROM logs;
SET sql_mode = 'PAD_CHAR_TO_FULL_LENGTH';
SELECT id, CHAR_LENGTH(CAST(txt AS CHAR(5))) FROM logs ORDER BY id;
SET sql_mode = 'REAL_AS_FLOAT,NO_ZERO_DATE';
SELECT COUNT(*), MAX(CAST(v AS REAL)) FROM logs;
SET sql_mode = DEFAULT;
SET div_precision_increment = 10;
SELECT AVG(v), SUM(v) / 3 FROM logs;
SET div_precision_increment = DEFAULT, lc_time_names = 'de_DE', default_week_format = 3;
SELECT id, MONTHNAME(at), DATE_FORMAT(at, '%W %M'), WEEK(at) FROM logs ORDER BY id;
SET lc_time_names = DEFAULT, default_week_format = DEFAULT, max_sort_length = 4;
SELECT id FROM logs ORDER BY v, id;
SET max_sort_length = DEFAULT, collation_connection = utf8mb4_bin;
SELECT id, 'y' = 'Y' FROM logs WHERE txt = 'y' ORDER BY id;
SET collation_connection = utf8mb4_0900_ai_ci, windowing_use_high_precision = OFF;
SELECT id, SUM(v) OVER (ORDER BY id) FROM logs ORDER BY id;
SET SESSION TRANSACTION READ ONLY;
SELECT COUNT(*), @@transaction_read_only FROM logs;
SET SESSION TRANSACTION READ WRITE;
SET SESSION TRANSACTION ISOLATION LEVEL READ UNCOMMITTED;
SELECT COUNT(*), @@transaction_isolation FROM logs;
SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE;
SELECT COUNT(*), @@transaction_isolation FROM logs;
SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ;
SET autocommit = 0;
SELECT COUNT(*), @@autocommit FROM logs;
COMMIT;
SET autocommit = 1;
# Hints and comments stay where they are.
SELECT /*+ MAX_EXECUTION_TIME(10000) */ COUNT(*) FROM logs;
SELECT /* tenant = 'a' */ COUNT(*) /*!80000 , MAX(id) */ FROM logs -- all
;
SELECT SQL_NO_CACHE HIGH_PRIORITY SQL_BIG_RESULT txt, COUNT(*) FROM logs GROUP BY txt ORDER BY txt;
SELECT /*+ SET_VAR(div_precision_increment = 1) */ AVG(v) FROM logs;
SELECT COUNT(*) FROM logs FORCE INDEX (PRIMARY) WHERE id > 1;
-- error: 1176
SELECT COUNT(*) FROM logs USE INDEX (nowhere);

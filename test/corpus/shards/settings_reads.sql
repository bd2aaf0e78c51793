-- about: reads over shards under settings that change what expressions mean: sql_mode, time_zone, character sets, precision, week formats, hints that set variables
-- any plan
-- database: shop
-- sharded: shop.acc by tenant_id, shop.ev by tenant_id, shop.kinds by tenant_id, depot.bill by tenant_id
-- reference: shop.cur
-- single: depot.wh
CREATE TABLE acc (tenant_id INT NOT NULL, id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT, `Name` VARCHAR(30) COLLATE utf8mb4_0900_ai_ci, nick VARCHAR(30) COLLATE utf8mb4_unicode_ci, code VARCHAR(20) COLLATE utf8mb4_bin, lat VARCHAR(20) CHARACTER SET latin1 COLLATE latin1_swedish_ci, lvl ENUM('z','m','a') NOT NULL DEFAULT 'm', fl SET('x','y','w'), amount DECIMAL(20,4), rate DOUBLE, f FLOAT, big BIGINT UNSIGNED, bits BIT(12), zf INT(6) UNSIGNED ZEROFILL, yr YEAR, d DATE, t TIME(3), dt DATETIME(6), ts TIMESTAMP(2) NULL, js JSON, bin VARBINARY(8), blb BLOB, txt TEXT, cur CHAR(3), up VARCHAR(30) GENERATED ALWAYS AS (UPPER(nick)) VIRTUAL, dbl DECIMAL(22,4) GENERATED ALWAYS AS (amount * 2) STORED, secret INT DEFAULT 7 INVISIBLE, PRIMARY KEY (id), KEY k_t (tenant_id, dt), KEY k_name (`Name`), KEY k_fn ((lower(nick))), CHECK (amount > -1000000));
CREATE TABLE ev (tenant_id INT NOT NULL, acc_id BIGINT UNSIGNED NOT NULL, seq INT NOT NULL, kind SMALLINT, qty INT, price DECIMAL(10,2), at DATETIME, note VARCHAR(50), PRIMARY KEY (acc_id, seq), KEY (at), KEY (kind));
CREATE TABLE kinds (tenant_id INT NOT NULL, kind SMALLINT NOT NULL, label VARCHAR(20), parent SMALLINT, PRIMARY KEY (tenant_id, kind));
CREATE TABLE cur (code CHAR(3) PRIMARY KEY, rate DECIMAL(12,6), title VARCHAR(20));
CREATE VIEW v_acc AS SELECT id, tenant_id, `Name` AS full_name, amount, lvl FROM acc WHERE amount IS NOT NULL;
CREATE VIEW v_sum AS SELECT a.tenant_id AS tid, COUNT(*) AS n, SUM(e.price * e.qty) AS total FROM acc a LEFT JOIN ev e ON e.acc_id = a.id GROUP BY a.tenant_id;
INSERT INTO acc (tenant_id, id, `Name`, nick, code, lat, lvl, fl, amount, rate, f, big, bits, zf, yr, d, t, dt, ts, js, bin, blb, txt, cur, secret) VALUES
 (1, 1, 'Ångström', 'ab', 'Ab', 'ÿes', 'z', 'x', 10.5000, 1.5, 1.1, 18446744073709551615, b'101', 42, 2020, '2024-02-29', '10:00:00.5', '2024-01-01 00:00:00.000001', '2024-01-01 00:00:00.25', '{"a": 1, "b": [1,2,3]}', x'00ff', x'61', 'hello', 'EUR', 1),
 (2, 2, 'angstrom', 'AB ', 'ab', 'yes', 'm', 'x,y', -3.2500, -1.5, 2.2, 0, b'1', 0, 1901, '2024-03-01', '-00:00:01', '2024-01-01 00:00:00', '2024-03-31 01:30:00', '{"a": "1", "b": {}}', x'00', x'', '', 'USD', 2),
 (3, 3, 'Straße', 'ss', 'b', 'ß', 'a', '', 0, 0, 0, 9223372036854775808, b'0', 999999, 2155, NULL, '838:59:59', '9999-12-31 23:59:59.999999', NULL, '[3, "x", null, 1.5]', NULL, NULL, NULL, 'eur', 3),
 (4, 4, 'STRASSE', 'ß', 'B', 's', 'm', 'w', 999999999999.9999, 1e300, -1e30, 1, b'111111111111', 7, NULL, '0001-01-01', '-838:59:59', '1000-01-01 00:00:00', '1970-01-02 00:00:01', 'null', x'ff', x'ff00', 'Hello ', 'JPY', 4),
 (5, 5, NULL, NULL, NULL, NULL, 'z', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
 (1, 6, '😀', '😁', '中', 'a', 'a', 'x,y,w', 10.5000, -0.0, 1.1, 5, b'101', 42, 2020, '2024-02-29', '10:00:00.500', '2024-10-27 02:30:00', '2024-10-27 00:30:00', '"str"', x'00ff', x'61', 'HELLO', 'USD', 6),
 (6, 7, 'zebra', 'Zebra', 'zeta', 'Z', 'm', 'y', 0.0001, 0.1, 0.3, 12345678901234567890, b'11', 1, 1999, '1999-12-31', '00:00:00', '1999-12-31 23:59:59.5', '2024-10-27 01:30:00', 'true', x'', x'00', 'x', 'EUR', 7),
 (7, 8, 'œuvre', 'oeuvre', 'o', 'e', 'z', 'x', -99.9900, 3.14, 3.14, 2, b'10', 3, 2024, '2024-12-31', '23:59:59.999', '2024-12-31 23:59:59', '2024-12-31 23:59:59', '123', x'0102', x'0102', 'a\nb', 'XXX', 8),
 (-8, 9, 'naïve', 'NAÏVE', 'n', 'ï', 'a', 'w', 5, 2.5, 5, 3, b'100', 12, 2001, '2024-02-28', '01:02:03.004', '2024-02-29 12:00:00', '2024-02-29 12:00:00', '{"a": 2.0}', x'7a', x'7a', 'it''s', 'EUR', 9);
INSERT INTO ev VALUES (1,1,1,1,2,9.99,'2024-01-05 10:00:00','first'),(1,1,2,2,1,100.00,'2024-02-05 10:00:00',NULL),(2,2,1,1,3,0.50,'2024-01-31 23:59:59','x'),(3,3,1,3,0,5.00,'2024-02-01 00:00:00','y'),(4,4,1,NULL,1,7.77,NULL,'no kind'),(1,6,1,1,10,1.00,'2024-03-31 02:30:00','dst'),(6,7,1,2,5,20.20,'2024-04-01 00:00:00','X'),(6,7,2,2,NULL,3.00,'2024-04-01 00:00:00',''),(7,8,1,9,1,NULL,'2023-12-31 00:00:00','?'),(-8,9,1,1,4,2.25,'2024-01-05 10:00:00','first'),(2,77,1,1,1,1.00,'2024-05-05 00:00:00','orphan'),(6,7,3,1,2147483647,99999999.99,'2024-06-01 00:00:00','big');
INSERT INTO kinds VALUES (1,1,'buy',NULL),(1,2,'sell',1),(2,1,'Buy',NULL),(3,3,'hold',NULL),(6,1,'buy',NULL),(6,2,'SELL',1),(7,9,'odd',2),(-8,1,'buy ',NULL);
INSERT INTO cur VALUES ('EUR',1,'Euro'),('USD',0.9,'Dollar'),('JPY',0.006,'Yen'),('GBP',1.2,'Pound');
USE depot;
CREATE TABLE bill (tenant_id INT NOT NULL, no VARCHAR(10) NOT NULL, acc_id BIGINT UNSIGNED, total DECIMAL(12,2) UNSIGNED, paid TINYINT(1), due DATE, wh INT, PRIMARY KEY (tenant_id, no));
CREATE TABLE wh (id INT PRIMARY KEY, city VARCHAR(20));
INSERT INTO bill VALUES (1,'A1',1,10.00,1,'2024-01-31',1),(1,'A2',6,20.00,0,'2024-02-29',2),(2,'A1',2,0.00,NULL,'2024-01-31',1),(3,'B9',3,5.55,1,NULL,3),(6,'C1',7,1000000.01,0,'2024-03-01',NULL),(7,'c1',8,7.00,1,'2024-01-31',2),(9,'Z',NULL,3.33,0,'2025-01-01',9);
INSERT INTO wh VALUES (1,'Köln'),(2,'Oslo'),(3,'koln');
-- cases
SET sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT';
SELECT "Name" || '-' || "id" AS "x y" FROM acc ORDER BY "id";
SELECT "lvl", COUNT(*) AS "c" FROM "acc" GROUP BY "lvl" ORDER BY "c" DESC, "lvl";
SELECT a."id" FROM "acc" AS a JOIN "depot"."bill" b ON b."acc_id" = a."id" ORDER BY a."id" || '';
SET sql_mode = 'ANSI';
SELECT lvl, COUNT (*) FROM acc GROUP BY lvl ORDER BY lvl;
SET sql_mode = '';
SELECT lvl, MIN(id) FROM acc GROUP BY lvl HAVING MIN(id) > 0 ORDER BY lvl;
SELECT DISTINCT tenant_id % 2 p FROM acc ORDER BY p;
-- error: 1525
SELECT id FROM acc WHERE d = '2024-02-30' ORDER BY id;
SET sql_mode = 'NO_UNSIGNED_SUBTRACTION';
SELECT id - 5 FROM acc ORDER BY id - 5;
SELECT SUM(id - 5) FROM acc;
SET sql_mode = 'HIGH_NOT_PRECEDENCE';
SELECT id FROM acc WHERE NOT id BETWEEN 2 AND 8 ORDER BY id;
SET sql_mode = 'PAD_CHAR_TO_FULL_LENGTH';
SELECT CONCAT('[', cur, ']') FROM acc ORDER BY id;
SELECT a.cur, c.title, CHAR_LENGTH(c.code) FROM acc a JOIN cur c ON c.code = a.cur ORDER BY a.id;
SELECT cur, COUNT(*) FROM acc GROUP BY cur ORDER BY COUNT(*) DESC, cur;
SET sql_mode = 'REAL_AS_FLOAT';
-- error: 1690
SELECT CAST(rate AS REAL) FROM acc ORDER BY id;
SET sql_mode = 'TIME_TRUNCATE_FRACTIONAL';
SELECT CAST(dt AS DATETIME(0)), CAST(t AS TIME) FROM acc ORDER BY id;
SELECT CAST(dt AS DATETIME(0)) x, COUNT(*) FROM acc GROUP BY x ORDER BY x;
SELECT a.id, CAST(a.dt AS DATETIME) FROM acc a JOIN depot.bill b ON b.acc_id = a.id ORDER BY a.id, b.no;
SET sql_mode = 'NO_BACKSLASH_ESCAPES';
SELECT id FROM acc WHERE txt LIKE 'a\%' OR txt = 'a\nb' ORDER BY id;
SELECT a.id, '\n' AS x FROM acc a JOIN ev e ON e.acc_id = a.id WHERE e.note <> '\' ORDER BY a.id, e.seq;
SET sql_mode = DEFAULT;
SET time_zone = '+02:00';
SELECT id, ts FROM acc ORDER BY ts, id;
SELECT DATE(ts), COUNT(*) FROM acc GROUP BY DATE(ts) ORDER BY 1;
SELECT MIN(ts), MAX(ts), UNIX_TIMESTAMP(MIN(ts)) FROM acc;
SELECT a.ts, e.at FROM acc a JOIN ev e ON e.acc_id = a.id WHERE a.ts > '2024-03-01' ORDER BY a.ts, e.seq;
SET time_zone = '-11:30';
SELECT ts FROM acc WHERE ts < '2024-03-31 02:00:00' ORDER BY ts DESC;
SELECT a.id, b.no, a.ts FROM acc a JOIN depot.bill b ON b.acc_id = a.id WHERE a.ts IN (SELECT MAX(ts) FROM acc GROUP BY lvl) ORDER BY 1, 2;
SET time_zone = DEFAULT;
SET NAMES latin1;
SELECT id, `Name`, nick FROM acc ORDER BY `Name`, id;
SELECT COUNT(*) FROM acc WHERE `Name` = 'naïve';
SELECT a.`Name`, e.note FROM acc a JOIN ev e ON e.acc_id = a.id ORDER BY a.id, e.seq;
SET NAMES gbk;
SELECT id, code FROM acc ORDER BY code, id;
SELECT code, COUNT(*) FROM acc GROUP BY code ORDER BY code;
SELECT a.code, b.no FROM acc a JOIN depot.bill b ON b.acc_id = a.id ORDER BY 1, 2;
SET NAMES utf8mb4;
SET NAMES utf8mb4 COLLATE utf8mb4_bin;
SELECT id FROM acc WHERE CONCAT(code) = 'AB' ORDER BY id;
SELECT DISTINCT CAST(id % 2 AS CHAR) FROM acc ORDER BY 1;
SELECT CASE WHEN id < 4 THEN 'a' WHEN id < 6 THEN 'A' ELSE 'b' END k, COUNT(*) FROM acc GROUP BY k ORDER BY k;
SET NAMES utf8mb4;
SET character_set_results = NULL;
SELECT id, lat, `Name` FROM acc ORDER BY id;
SELECT a.lat, e.note FROM acc a JOIN ev e ON e.acc_id = a.id ORDER BY a.id, e.seq;
SET NAMES utf8mb4;
-- error: 1267
SELECT id FROM acc WHERE nick = `Name`;
-- error: 1267
SELECT a.id FROM acc a JOIN acc b ON a.nick = b.`Name`;
SELECT a.id, b.id FROM acc a JOIN acc b ON a.nick COLLATE utf8mb4_0900_ai_ci = b.`Name` ORDER BY 1, 2;
SELECT a.id, b.id FROM acc a JOIN acc b ON a.code = b.nick ORDER BY 1, 2;
-- error: 1253
SELECT id FROM acc ORDER BY nick COLLATE latin1_bin;
SET div_precision_increment = 10;
SELECT AVG(amount), AVG(id), SUM(amount) / 7, AVG(zf) FROM acc;
SELECT lvl, AVG(id) FROM acc GROUP BY lvl ORDER BY AVG(id);
SELECT AVG(total) FROM depot.bill;
SET div_precision_increment = DEFAULT;
SET max_sort_length = 4;
SELECT id FROM acc ORDER BY txt, id;
SELECT id FROM acc ORDER BY CONCAT('aaaaaaaa', id) DESC, id;
SET max_sort_length = DEFAULT;
SET sql_select_limit = 2;
SELECT id FROM acc ORDER BY id;
SELECT lvl FROM acc GROUP BY lvl ORDER BY lvl;
SELECT a.id FROM acc a JOIN ev e ON e.acc_id = a.id ORDER BY a.id, e.seq;
SELECT * FROM (SELECT id FROM acc) x ORDER BY id;
SELECT id FROM acc ORDER BY id LIMIT 5;
SET sql_select_limit = DEFAULT;
SET sql_safe_updates = 1;
SELECT COUNT(*) FROM acc;
SET sql_safe_updates = 0;
SET sql_auto_is_null = 1;
SELECT COUNT(*) FROM acc WHERE id IS NULL;
SET sql_auto_is_null = 0;
SET windowing_use_high_precision = 0;
SELECT id, SUM(rate) OVER (ORDER BY id ROWS 1 PRECEDING) FROM acc WHERE id <> 4 ORDER BY id;
SET windowing_use_high_precision = DEFAULT;
SET lc_time_names = 'de_DE';
SELECT DATE_FORMAT(d, '%W %M %a %b') FROM acc ORDER BY id;
SELECT DATE_FORMAT(d, '%M') m, COUNT(*) FROM acc GROUP BY m ORDER BY m;
SELECT DAYNAME(b.due), MONTHNAME(a.d) FROM acc a JOIN depot.bill b ON b.acc_id = a.id ORDER BY a.id, b.no;
SET lc_time_names = DEFAULT;
SET default_week_format = 3;
SELECT WEEK(at) w, COUNT(*) FROM ev GROUP BY WEEK(at) ORDER BY w;
SELECT WEEK(at), WEEK(due) FROM ev JOIN depot.bill USING (acc_id) ORDER BY acc_id, seq, no;
SET default_week_format = 0;
SET cte_max_recursion_depth = 3;
-- error: 3636
WITH RECURSIVE n AS (SELECT 1 i UNION ALL SELECT i + 1 FROM n WHERE i < (SELECT COUNT(*) FROM acc)) SELECT * FROM n;
SET cte_max_recursion_depth = DEFAULT;
SET optimizer_switch = 'derived_merge=off';
SELECT COUNT(*) FROM (SELECT * FROM acc) x JOIN ev ON acc_id = id;
SET optimizer_switch = DEFAULT;
SELECT /*+ SET_VAR(sql_mode='PIPES_AS_CONCAT') */ id || 'x' FROM acc ORDER BY id;
SELECT /*+ SET_VAR(div_precision_increment=8) */ AVG(id) FROM acc;
SELECT /*+ SET_VAR(group_concat_max_len=5) */ GROUP_CONCAT(id ORDER BY id) FROM acc;
SELECT /*+ SET_VAR(time_zone='+05:00') */ id, ts FROM acc ORDER BY ts, id;
SELECT /*+ SET_VAR(sql_select_limit=2) */ id FROM acc ORDER BY id;
SELECT /*+ MAX_EXECUTION_TIME(100000) */ COUNT(*) FROM acc;
SELECT /*+ QB_NAME(x) NO_MERGE(y) */ COUNT(*) FROM (SELECT id FROM acc) y;
SELECT /*+ BNL(a, e) */ COUNT(*) FROM acc a JOIN ev e ON e.qty = a.tenant_id;
SELECT COUNT(*) FROM acc USE INDEX (k_name) WHERE `Name` > 'a';
SELECT id FROM acc FORCE INDEX FOR ORDER BY (PRIMARY) ORDER BY id LIMIT 2;
-- error: 1176
SELECT id FROM acc FORCE INDEX (nokey) ORDER BY id;
SELECT a.id FROM acc a IGNORE INDEX (k_t) JOIN ev e FORCE INDEX (kind) ON e.acc_id = a.id WHERE e.kind = 1 ORDER BY a.id, e.seq;
SELECT a.id FROM acc a JOIN depot.bill b ON lower(a.nick) = lower(b.no) ORDER BY 1;

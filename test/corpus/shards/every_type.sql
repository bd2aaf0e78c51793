-- about: order, groups and aggregates over columns of every type, with generated, invisible and zero-filled ones
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
SELECT * FROM acc ORDER BY id;
SELECT *, secret FROM acc ORDER BY id DESC;
SELECT a.*, a.id AS again FROM acc a ORDER BY a.`Name`, a.id;
SELECT a.* FROM acc a JOIN depot.bill b ON b.acc_id = a.id ORDER BY a.id;
SELECT id, zf, f, rate, bits, yr FROM acc ORDER BY zf DESC, id;
SELECT id, up, dbl FROM acc ORDER BY up, dbl, id;
SELECT id FROM acc ORDER BY lat, id;
SELECT id FROM acc ORDER BY lat COLLATE latin1_bin DESC, id;
SELECT id FROM acc ORDER BY nick COLLATE utf8mb4_bin, id;
SELECT id FROM acc ORDER BY BINARY `Name`, id;
SELECT id, CAST(code AS BINARY) c FROM acc ORDER BY c DESC, id;
SELECT id FROM acc ORDER BY -id;
SELECT id FROM acc ORDER BY amount IS NULL, amount DESC, id;
SELECT id FROM acc ORDER BY FIELD(lvl, 'a', 'z') DESC, id LIMIT 4;
SELECT id, lvl+0 FROM acc ORDER BY lvl, fl, id;
SELECT id FROM acc ORDER BY CONCAT(lvl), CONCAT(fl), id;
SELECT id FROM acc ORDER BY js, id;
SELECT id FROM acc ORDER BY js->'$.a', id;
SELECT id, js->>'$.a' FROM acc ORDER BY js->>'$.a' DESC, id;
SELECT id FROM acc ORDER BY bits DESC, id;
SELECT id FROM acc ORDER BY t, id;
SELECT id, t FROM acc ORDER BY t DESC, dt LIMIT 3 OFFSET 1;
SELECT id FROM acc ORDER BY dt DESC LIMIT 18446744073709551615 OFFSET 3;
SELECT id FROM acc ORDER BY id LIMIT 0;
SELECT id FROM acc LIMIT 0;
SELECT SQL_CALC_FOUND_ROWS id FROM acc ORDER BY id LIMIT 2;
SELECT FOUND_ROWS();
SELECT SQL_CALC_FOUND_ROWS lvl, COUNT(*) FROM acc GROUP BY lvl ORDER BY lvl LIMIT 1;
SELECT FOUND_ROWS();
SELECT SQL_NO_CACHE SQL_BUFFER_RESULT HIGH_PRIORITY id FROM acc ORDER BY id LIMIT 2;
SELECT STRAIGHT_JOIN a.id, e.seq FROM acc a JOIN ev e ON e.acc_id = a.id ORDER BY 1, 2;
SELECT ALL id FROM acc ORDER BY big, id;
SELECT id FROM acc ORDER BY ts, id;
SELECT id, ts FROM acc ORDER BY ts DESC, id LIMIT 5;
SELECT MIN(ts), MAX(ts), MIN(dt), MAX(dt), MIN(t), MAX(t), MIN(yr), MAX(yr), MIN(d), MAX(d) FROM acc;
SELECT MIN(lvl), MAX(lvl), MIN(fl), MAX(fl), MIN(bits), MAX(bits), MIN(zf), MAX(zf), MIN(bin), MAX(bin) FROM acc;
SELECT MIN(big), MAX(big), SUM(big), AVG(big), SUM(zf), AVG(zf), SUM(yr), AVG(yr), SUM(bits), AVG(bits) FROM acc;
SELECT SUM(rate), AVG(rate), SUM(f), AVG(f) FROM acc WHERE id <> 4;
SELECT SUM(amount), AVG(amount), SUM(amount * 1.5), AVG(amount / 3), SUM(id / 3) FROM acc;
SELECT SUM(lvl), SUM(fl), SUM(t), SUM(d), SUM(dt) FROM acc;
SELECT MIN(js), MAX(js) FROM acc;
SELECT MIN(blb), MAX(blb), MIN(txt), MAX(txt), MIN(lat), MAX(lat), MIN(code), MAX(code) FROM acc;
SELECT BIT_AND(big), BIT_OR(id), BIT_XOR(bits), BIT_AND(zf) FROM acc;
SELECT BIT_AND(bin), BIT_OR(bin) FROM acc WHERE LENGTH(bin) = 2;
SELECT COUNT(DISTINCT lvl, fl), COUNT(DISTINCT yr), COUNT(DISTINCT `Name`), COUNT(DISTINCT nick), COUNT(DISTINCT code), COUNT(DISTINCT bits), COUNT(DISTINCT t) FROM acc;
SELECT SUM(DISTINCT amount), AVG(DISTINCT zf), MIN(DISTINCT id), GROUP_CONCAT(DISTINCT lvl ORDER BY lvl) FROM acc;
SELECT STD(amount), VAR_SAMP(rate) FROM acc WHERE id <> 4;
SELECT COUNT(*), COUNT(nick), COUNT(NULL), COUNT(1) + 1, SUM(1) FROM acc;
SELECT lvl, COUNT(*) FROM acc GROUP BY lvl ORDER BY COUNT(*) DESC, lvl;
SELECT fl, COUNT(*) c FROM acc GROUP BY fl ORDER BY fl;
SELECT bits, SUM(id) FROM acc GROUP BY bits ORDER BY bits;
SELECT t, SUM(id) FROM acc GROUP BY t ORDER BY t;
SELECT yr, MAX(id) FROM acc GROUP BY yr ORDER BY yr DESC;
SELECT f, COUNT(*) FROM acc GROUP BY f ORDER BY f;
SELECT zf, COUNT(*) FROM acc GROUP BY zf ORDER BY zf;
SELECT big, COUNT(*) FROM acc GROUP BY big ORDER BY big;
SELECT rate, COUNT(*) FROM acc GROUP BY rate ORDER BY rate;
SELECT bin, COUNT(*) FROM acc GROUP BY bin ORDER BY bin;
SELECT ts, COUNT(*) FROM acc GROUP BY ts ORDER BY ts;
SELECT dbl, COUNT(*) FROM acc GROUP BY dbl ORDER BY dbl;
SELECT js, COUNT(*) FROM acc GROUP BY js ORDER BY js;
SELECT MIN(id), COUNT(*) FROM acc GROUP BY nick ORDER BY MIN(id);
SELECT MIN(id), COUNT(*) FROM acc GROUP BY `Name` ORDER BY 1;
SELECT MIN(id) m, COUNT(*) FROM acc GROUP BY lat HAVING COUNT(*) > 0 ORDER BY m;
SELECT MIN(id), COUNT(*) n FROM acc GROUP BY LOWER(txt) ORDER BY n DESC, 1;
SELECT amount > 0 AS pos, COUNT(*), SUM(amount) FROM acc GROUP BY pos ORDER BY pos;
SELECT amount DIV 3, COUNT(*) FROM acc GROUP BY amount DIV 3 ORDER BY 1;
SELECT ROUND(amount), COUNT(*) FROM acc GROUP BY ROUND(amount) ORDER BY 1;
SELECT ROUND(rate, 1) r, COUNT(*) FROM acc WHERE id <> 4 GROUP BY r ORDER BY r;
SELECT DISTINCT lvl FROM acc ORDER BY lvl;
SELECT DISTINCT lvl, fl FROM acc ORDER BY fl DESC, lvl;
SELECT DISTINCT bits FROM acc ORDER BY 1;
SELECT DISTINCT amount FROM acc ORDER BY amount DESC LIMIT 2, 3;
SELECT DISTINCT yr + 1 FROM acc ORDER BY yr + 1;
-- error: 3065
SELECT DISTINCT lvl FROM acc ORDER BY id;
SELECT lvl FROM acc GROUP BY lvl ORDER BY MAX(amount) DESC, lvl;
SELECT lvl FROM acc GROUP BY lvl HAVING MAX(amount) > 10 ORDER BY lvl;
SELECT lvl FROM acc HAVING lvl = 'z' ORDER BY lvl;
SELECT id AS x FROM acc HAVING x > 3 ORDER BY x;
SELECT COUNT(*) c FROM acc HAVING c > 100;
SELECT 'a' FROM acc HAVING COUNT(*) > 1;
SELECT MAX(id) FROM acc HAVING MAX(id) > 3 AND MIN(id) < 2;
-- error: 1064
SELECT 1 FROM acc GROUP BY ();
SELECT lvl, ANY_VALUE(tenant_id) > -100 FROM acc GROUP BY lvl ORDER BY lvl;
SELECT lvl, COUNT(*) * 100.0 / SUM(COUNT(*)) OVER () AS pct FROM acc GROUP BY lvl ORDER BY lvl;

-- about: parameters in LIMIT, OFFSET, ORDER BY, HAVING, IN lists, set operations and common table expressions over shards; what the session itself answers beside rows of shards
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
-- params: 2, 1
-- params: 5, 0
-- params: 0, 3
SELECT id FROM acc ORDER BY id LIMIT ? OFFSET ?;
-- params: 1, 2
-- params: 2, 100
SELECT id FROM acc ORDER BY id DESC LIMIT ?, ?;
-- params: 3
-- params: 1
SELECT lvl, COUNT(*) FROM acc GROUP BY lvl HAVING COUNT(*) >= ? ORDER BY lvl;
-- params: 1, 2, 3
-- params: '1', 2, NULL
SELECT id FROM acc WHERE tenant_id IN (?, ?, ?) ORDER BY id;
-- params: 1, 'x'
-- params: 2, 'y'
SELECT id, ? AS p, lvl FROM acc WHERE tenant_id <> ? ORDER BY id;
-- params: 2
SELECT id FROM acc ORDER BY ?, id;
-- params: 'a'
SELECT id FROM acc ORDER BY ?, id;
-- params: 'desc'
SELECT id FROM acc ORDER BY CASE WHEN ? = 'desc' THEN -id ELSE id END;
-- params: 10, 2
SELECT lvl, SUM(amount * ?) s FROM acc WHERE id <> 4 GROUP BY lvl ORDER BY s / ?;
-- params: 1, 1
SELECT a.id, b.no FROM acc a JOIN depot.bill b ON b.acc_id = a.id AND b.paid = ? WHERE a.id > ? ORDER BY a.id, b.no;
-- params: 2, 1
-- params: 7, 0
SELECT a.id, e.seq FROM acc a LEFT JOIN ev e ON e.acc_id = a.id AND e.kind = ? ORDER BY a.id, e.seq LIMIT 4 OFFSET ?;
-- params: '%a%', 2
-- params: 'Å%', 9
SELECT id FROM acc WHERE `Name` LIKE ? AND id <= ? ORDER BY `Name`, id;
-- params: '2024-01-01', '2024-12-31'
SELECT DATE(at), COUNT(*), SUM(qty) FROM ev WHERE at BETWEEN ? AND ? GROUP BY DATE(at) ORDER BY 1;
-- params: '2024-01-01'
SELECT COUNT(*) FROM ev WHERE at >= ? + INTERVAL 1 MONTH;
-- params: 1, 2
SELECT IF(?, 'a', 'b'), COUNT(*) FROM acc WHERE id > ?;
-- params: 3
SELECT id, RANK() OVER (ORDER BY amount DESC) r, LAG(id, ?) OVER (ORDER BY id) FROM acc ORDER BY id;
-- params: 1, 2
WITH x AS (SELECT id FROM acc WHERE tenant_id = ?) SELECT a.id, b.id FROM x a JOIN x b ON a.id <> b.id + ? ORDER BY 1, 2;
-- params: 1, 5
WITH RECURSIVE n (i) AS (SELECT ? UNION ALL SELECT i + 1 FROM n WHERE i < ?) SELECT n.i, a.lvl FROM n LEFT JOIN acc a ON a.id = n.i ORDER BY 1;
-- params: 3, 4
(SELECT id FROM acc ORDER BY id LIMIT ?) UNION ALL (SELECT acc_id FROM ev ORDER BY acc_id LIMIT ?) ORDER BY 1;
-- params: 1, 6
SELECT * FROM (SELECT tenant_id, id FROM acc WHERE tenant_id = ? UNION ALL SELECT tenant_id, acc_id FROM ev WHERE tenant_id = ?) u ORDER BY 1, 2;
-- params: 2
SELECT id FROM acc WHERE id IN (SELECT acc_id FROM ev GROUP BY acc_id HAVING COUNT(*) >= ?) ORDER BY id;
-- params: '18446744073709551615'
SELECT id FROM acc WHERE big = ?;
-- params: 'x', 1
SELECT COUNT(*) FROM acc WHERE JSON_CONTAINS(js, CAST(CONCAT('"', ?, '"') AS JSON)) OR id = ?;
-- params: 'a'
SELECT JSON_UNQUOTE(JSON_EXTRACT(js, CONCAT('$.', ?))) v, COUNT(*) FROM acc GROUP BY v ORDER BY v;
-- params: 1, 'N9', 6, '9.5'
INSERT INTO depot.bill (tenant_id, no, acc_id, total) VALUES (?, ?, ?, ?);
DELETE FROM depot.bill WHERE no = 'N9';
SET @a = 1, @b = 'm', @c = 2.5;
SELECT id FROM acc WHERE tenant_id = @a ORDER BY id;
-- error: 1267
SELECT id FROM acc WHERE lvl = @b AND id > @c ORDER BY id;
SELECT @a, COUNT(*), @b FROM acc;
SELECT lvl, COUNT(*), @a FROM acc GROUP BY lvl ORDER BY lvl;
PREPARE s FROM 'SELECT id FROM acc WHERE id > ? ORDER BY id LIMIT ?';
SET @p = 2, @l = 3;
EXECUTE s USING @p, @l;
EXECUTE s USING @l, @p;
DEALLOCATE PREPARE s;
PREPARE s FROM 'SELECT lvl, COUNT(*) c FROM acc GROUP BY lvl HAVING c > ? ORDER BY lvl';
EXECUTE s USING @a;
EXECUTE s USING @a;
DEALLOCATE PREPARE s;
SELECT CURRENT_USER() LIKE 'app%', COUNT(*) FROM acc;
SELECT DATABASE(), COUNT(*) FROM acc;
SELECT SCHEMA(), id FROM acc ORDER BY id LIMIT 2;
SELECT NOW() = SYSDATE() OR 1, COUNT(*) FROM acc;
SELECT VERSION() IS NOT NULL, id FROM acc ORDER BY id LIMIT 1;
SELECT LAST_INSERT_ID(), COUNT(*) FROM acc;
SELECT ROW_COUNT(), COUNT(*) FROM acc;
SELECT CONNECTION_ID() > 0, COUNT(*) FROM acc;
SELECT COUNT(*) FROM acc WHERE dt < NOW() AND ts < CURRENT_TIMESTAMP;
SELECT COUNT(*), UNIX_TIMESTAMP() FROM acc;
SELECT CURDATE() - INTERVAL 1 DAY d, COUNT(*) FROM acc GROUP BY d;
SELECT COUNT(*) FROM acc WHERE RAND() < 2;
SELECT COUNT(DISTINCT UUID()) FROM acc;
SELECT id FROM acc ORDER BY RAND(3) * 0, id;
SELECT COUNT(*) FROM (SELECT id FROM acc ORDER BY RAND() LIMIT 4) x;
SELECT @@sql_mode LIKE '%STRICT%', COUNT(*) FROM acc;
SELECT id FROM acc WHERE id < @@max_connections ORDER BY id LIMIT 2;
SELECT BENCHMARK(1, 1), COUNT(*) FROM acc;
SELECT SLEEP(0), id FROM acc ORDER BY id LIMIT 2;
SELECT COLLATION(nick), CHARSET(lat), COERCIBILITY(code) FROM acc ORDER BY id LIMIT 1;
SELECT FORMAT(amount, 2), FORMAT(amount, 2, 'de_DE') FROM acc ORDER BY id;
-- error: 1305
SELECT INET_ATON('1.2.3.4'), HEX(bin), MD5(code), CRC32(nick), TO_BASE64(blb) FROM acc ORDER BY id;
SELECT id FROM acc WHERE `Name` REGEXP '^[a-z]' ORDER BY id;
SELECT REGEXP_REPLACE(nick, '[aeiou]', '*') r, COUNT(*) FROM acc GROUP BY r ORDER BY COUNT(*) DESC, MIN(id);
SELECT id FROM acc WHERE nick SOUNDS LIKE 'ab' ORDER BY id;
SELECT MAX(CASE WHEN lvl = 'm' THEN code END) AS m, MAX(IF(lvl = 'a', code, NULL)) AS a FROM acc;
SELECT COUNT(*) `数量`, SUM(amount) AS 'a b', MAX(id) "q" FROM acc;
SELECT lvl `级别`, COUNT(*) AS `COUNT(*)` FROM acc GROUP BY `级别` ORDER BY `COUNT(*)` DESC, `级别`;
SELECT ACC.id FROM acc ACC ORDER BY ACC.ID;
SELECT id AS `select`, lvl AS `order` FROM acc ORDER BY `order`, `select`;
SELECT shop.acc.id FROM shop.acc ORDER BY shop.acc.id;
SELECT shop.acc.lvl, COUNT(*) FROM shop.acc GROUP BY shop.acc.lvl ORDER BY shop.acc.lvl;
-- error: 1054
SELECT a.id, A.lvl FROM acc AS a, cur AS A2 WHERE A2.code = a.cur ORDER BY a.id;
SELECT id+1,id +1, id+ 1 , (id), `id`, acc.id FROM acc ORDER BY id LIMIT 1;
SELECT 'a' 'b', "c", 0x41, b'1', N'x', _latin1'y', DATE'2024-01-01', COUNT(*) FROM acc;
SELECT lvl, lvl FROM acc GROUP BY lvl ORDER BY 2, 1;
SELECT -id, !id, ~id, id IS TRUE, id <=> NULL FROM acc ORDER BY -id LIMIT 2;
select distinct a.lvl as l from acc a left join ev e on e.acc_id=a.id where e.seq is null order by l desc;

-- about: joins, sets, windows, JSON, views and aggregates over keys that are whole numbers, negative ones too, and columns of every type
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
SELECT * FROM ev NATURAL JOIN kinds ORDER BY acc_id, seq;
SELECT * FROM ev NATURAL LEFT JOIN kinds ORDER BY acc_id, seq;
SELECT * FROM ev RIGHT JOIN kinds USING (tenant_id, kind) ORDER BY tenant_id, kind, acc_id, seq;
SELECT * FROM kinds k NATURAL RIGHT JOIN ev ORDER BY acc_id, seq;
SELECT * FROM ev JOIN kinds USING (kind) ORDER BY acc_id, seq, kinds.tenant_id;
SELECT kind, COUNT(*) FROM ev JOIN kinds USING (kind) GROUP BY kind ORDER BY kind;
SELECT COUNT(*) FROM acc CROSS JOIN ev CROSS JOIN cur;
SELECT a.id, b.no FROM acc a, depot.bill b WHERE a.id = b.acc_id AND a.tenant_id <> b.tenant_id ORDER BY 1, 2;
-- error: 1054
SELECT 1 FROM acc a, ev e LEFT JOIN kinds k ON k.tenant_id = a.tenant_id;
-- error: 1052
SELECT tenant_id FROM acc JOIN ev ON acc_id = id;
-- error: 1052
SELECT id FROM acc a JOIN ev e ON e.acc_id = a.id WHERE tenant_id = 1;
-- error: 1066
SELECT 1 FROM acc a JOIN ev a;
-- error: 1054
SELECT nope FROM acc ORDER BY id;
-- error: 1054
SELECT id FROM acc ORDER BY nope;
-- error: 1054
SELECT id FROM acc GROUP BY nope;
-- error: 1055
SELECT id, lvl FROM acc GROUP BY lvl;
-- error: 1140
SELECT id, COUNT(*) FROM acc;
-- error: 1111
SELECT id FROM acc WHERE COUNT(*) > 1;
-- error: 1054
SELECT COUNT(*) FROM acc HAVING nope > 1;
-- error: 1146
SELECT * FROM acc JOIN nothere USING (id);
-- error: 1049
SELECT * FROM nodb.acc;
-- error: 1305
SELECT nofunc(id) FROM acc;
-- error: 1582
SELECT CONCAT() FROM acc;
-- error: 1690
SELECT big + 1 FROM acc WHERE id = 1;
-- error: 1690
SELECT id - 100 FROM acc;
-- error: 1690
SELECT SUM(id - 3) FROM acc;
-- error: 1426
SELECT CAST('x' AS DECIMAL(70,1)) FROM acc;
SELECT id / 0, id % 0 FROM acc ORDER BY id;
SELECT SUM(id / 0) FROM acc;
SELECT id FROM acc WHERE code = 0 ORDER BY id;
-- error: 1525
SELECT id FROM acc WHERE d > 'notadate' ORDER BY id;
SELECT lvl, SUM(code) FROM acc GROUP BY lvl ORDER BY lvl;
SELECT CAST(code AS SIGNED) FROM acc ORDER BY id;
SELECT id FROM acc ORDER BY CAST(code AS SIGNED), id;
SELECT GROUP_CONCAT(id ORDER BY id DESC) FROM acc;
SELECT GROUP_CONCAT(code, ':', id ORDER BY `Name`, id SEPARATOR '; ') FROM acc;
SELECT lvl, GROUP_CONCAT(DISTINCT fl ORDER BY fl) FROM acc GROUP BY lvl ORDER BY lvl;
SELECT GROUP_CONCAT(txt ORDER BY id), GROUP_CONCAT(bin ORDER BY id), GROUP_CONCAT(lat ORDER BY id) FROM acc;
SET group_concat_max_len = 7;
SELECT GROUP_CONCAT(id ORDER BY id) FROM acc;
SELECT lvl, GROUP_CONCAT(nick ORDER BY id) FROM acc GROUP BY lvl ORDER BY lvl;
SET group_concat_max_len = DEFAULT;
SELECT JSON_ARRAYAGG(id) IS NULL, JSON_OBJECTAGG(id, lvl) FROM acc;
SELECT JSON_ARRAYAGG(x.id) FROM (SELECT id FROM acc ORDER BY id LIMIT 100) x;
SELECT JSON_OBJECTAGG(COALESCE(code, '-'), js) FROM acc;
SELECT jt.*, a.id FROM acc a, JSON_TABLE(a.js, '$.b[*]' COLUMNS (o FOR ORDINALITY, v INT PATH '$' DEFAULT '0' ON EMPTY)) jt ORDER BY a.id, o;
SELECT a.id, jt.x FROM acc a LEFT JOIN JSON_TABLE(a.js, '$[*]' COLUMNS (x VARCHAR(10) PATH '$' NULL ON ERROR)) jt ON TRUE ORDER BY a.id, jt.x;
SELECT id FROM acc WHERE 3 MEMBER OF (js) OR JSON_OVERLAPS(js, '["x"]') ORDER BY id;
SELECT id, JSON_VALUE(js, '$.a' RETURNING SIGNED) FROM acc ORDER BY id;
SELECT id, JSON_EXTRACT(js, '$.b', '$.a') j FROM acc WHERE JSON_CONTAINS_PATH(js, 'one', '$.a') ORDER BY id;
SELECT id, JSON_PRETTY(js), JSON_TYPE(js), JSON_LENGTH(js), JSON_KEYS(js) FROM acc WHERE JSON_TYPE(js) = 'OBJECT' ORDER BY id;
SELECT a.id, SUM(e.qty) OVER (PARTITION BY a.tenant_id ORDER BY e.at ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) s FROM acc a JOIN ev e ON e.acc_id = a.id ORDER BY a.id, e.seq;
SELECT tenant_id, id, ROW_NUMBER() OVER (PARTITION BY tenant_id ORDER BY id) rn FROM acc ORDER BY tenant_id, id;
SELECT tenant_id, id, RANK() OVER w r, SUM(amount) OVER w s, COUNT(*) OVER (PARTITION BY tenant_id) c FROM acc WINDOW w AS (PARTITION BY tenant_id ORDER BY amount DESC) ORDER BY tenant_id, id;
SELECT * FROM (SELECT tenant_id, id, ROW_NUMBER() OVER (PARTITION BY tenant_id ORDER BY amount DESC, id) rn FROM acc) x WHERE rn = 1 ORDER BY id;
SELECT id, FIRST_VALUE(id) OVER (PARTITION BY lvl ORDER BY amount DESC, id) fv, LAG(id, 1, 0) OVER (ORDER BY id) lg, NTILE(3) OVER (ORDER BY id) nt, CUME_DIST() OVER (ORDER BY lvl) cd FROM acc ORDER BY id;
-- error: 1690
SELECT id, SUM(amount) OVER (ORDER BY id RANGE BETWEEN 2 PRECEDING AND 1 FOLLOWING) s FROM acc ORDER BY id;
SELECT id, COUNT(*) OVER (ORDER BY d RANGE BETWEEN INTERVAL 1 YEAR PRECEDING AND CURRENT ROW) s FROM acc ORDER BY id;
SELECT lvl, fl, SUM(amount), GROUPING(lvl) gl, GROUPING(fl) gf, GROUPING(lvl, fl) FROM acc WHERE id <> 4 GROUP BY lvl, fl WITH ROLLUP ORDER BY gl, lvl, gf, fl;
SELECT tenant_id, COUNT(*) FROM acc GROUP BY tenant_id WITH ROLLUP;
SELECT tenant_id, lvl, COUNT(*) FROM acc GROUP BY tenant_id, lvl WITH ROLLUP HAVING GROUPING(lvl) = 0 ORDER BY tenant_id, lvl;
SELECT COALESCE(tenant_id, 'all') t, COUNT(*) FROM acc GROUP BY tenant_id WITH ROLLUP ORDER BY tenant_id IS NULL, tenant_id LIMIT 3;
(SELECT id FROM acc ORDER BY id DESC LIMIT 2) UNION ALL (SELECT acc_id FROM ev ORDER BY acc_id, seq LIMIT 2) ORDER BY 1;
SELECT id FROM acc UNION ALL SELECT acc_id FROM ev ORDER BY id;
SELECT id, lvl FROM acc UNION ALL SELECT acc_id, note FROM ev ORDER BY id, lvl;
SELECT amount FROM acc UNION SELECT price FROM ev ORDER BY 1;
SELECT f FROM acc UNION ALL SELECT qty FROM ev ORDER BY 1;
SELECT zf FROM acc UNION ALL SELECT big FROM acc ORDER BY 1;
SELECT d FROM acc UNION ALL SELECT dt FROM acc ORDER BY 1;
SELECT t FROM acc UNION SELECT ts FROM acc ORDER BY 1;
SELECT lvl FROM acc UNION SELECT fl FROM acc ORDER BY 1;
SELECT code FROM acc UNION SELECT lat FROM acc ORDER BY 1;
(SELECT id FROM acc EXCEPT SELECT acc_id FROM ev) INTERSECT SELECT acc_id FROM depot.bill ORDER BY 1;
SELECT id FROM acc EXCEPT (SELECT acc_id FROM ev UNION SELECT acc_id FROM depot.bill WHERE acc_id IS NOT NULL) ORDER BY id;
((SELECT 1 AS n) UNION ALL (SELECT COUNT(*) FROM ev)) ORDER BY n DESC LIMIT 1;
SELECT COUNT(*) FROM (SELECT tenant_id FROM acc UNION ALL SELECT tenant_id FROM ev) u;
SELECT tenant_id, SUM(n) FROM (SELECT tenant_id, 1 n FROM acc UNION ALL SELECT tenant_id, 100 FROM ev) u GROUP BY tenant_id ORDER BY tenant_id;
SELECT * FROM (SELECT tenant_id t, id i FROM acc UNION ALL SELECT tenant_id, acc_id FROM ev) u WHERE t = 1 ORDER BY i;
SELECT x.a, x.b FROM (SELECT id, lvl FROM acc) AS x (a, b) ORDER BY x.a;
SELECT (SELECT COUNT(*) FROM ev e WHERE e.acc_id = a.id) n, a.id FROM acc a ORDER BY n DESC, a.id;
SELECT id FROM acc a WHERE amount > (SELECT AVG(amount) FROM acc b WHERE b.tenant_id = a.tenant_id) ORDER BY id;
SELECT a.id, l.* FROM acc a LEFT JOIN LATERAL (SELECT e.seq, e.price FROM ev e WHERE e.acc_id = a.id ORDER BY e.price DESC LIMIT 1) l ON TRUE ORDER BY a.id;
SELECT a.tenant_id, l.s FROM acc a JOIN LATERAL (SELECT SUM(price) s FROM ev e WHERE e.tenant_id = a.tenant_id AND e.acc_id = a.id) l ORDER BY a.id;
WITH RECURSIVE k AS (SELECT tenant_id, kind, label, 0 lv FROM kinds WHERE parent IS NULL UNION ALL SELECT c.tenant_id, c.kind, c.label, lv + 1 FROM kinds c JOIN k ON c.parent = k.kind AND c.tenant_id = k.tenant_id) SELECT * FROM k ORDER BY tenant_id, lv, kind;
SELECT * FROM v_acc ORDER BY id;
SELECT lvl, COUNT(*) FROM v_acc GROUP BY lvl ORDER BY lvl;
SELECT * FROM v_sum ORDER BY tid;
SELECT id, @r := @r + 1 AS rnk FROM (SELECT id FROM acc ORDER BY id) x, (SELECT @r := 0) y;
SELECT @r;
SELECT id INTO @v FROM acc ORDER BY amount DESC LIMIT 1;
SELECT @v;
SELECT MAX(id), MIN(id) INTO @mx, @mn FROM acc;
SELECT @mx, @mn;
SELECT id FROM acc WHERE id > @mn AND id < @mx ORDER BY id;
SELECT COUNT(*) FROM acc WHERE tenant_id IN (1, 2, @mn);
SHOW COLUMNS FROM v_acc;
SHOW FULL COLUMNS FROM acc LIKE 'i%';
SHOW CREATE VIEW v_acc;
DESC acc amount;
SHOW TABLES LIKE 'a%';
SELECT a.tenant_id, COUNT(*) AS c1, COUNT(DISTINCT a.lvl) AS c2, SUM(a.amount) / COUNT(*) AS m FROM acc a WHERE a.id <> 4 GROUP BY a.tenant_id ORDER BY m DESC, a.tenant_id;
SELECT tenant_id, SUM(amount) - AVG(amount) x, MAX(id) - MIN(id) y, CONCAT(MIN(lvl), '/', MAX(lvl)) z FROM acc WHERE id <> 4 GROUP BY tenant_id HAVING y >= 0 ORDER BY x, tenant_id;
SELECT lvl, SUM(amount) - AVG(amount) x, MAX(id) - MIN(id) y, CONCAT(MIN(id), '/', MAX(id)) z FROM acc WHERE id <> 4 GROUP BY lvl HAVING y >= 0 ORDER BY x;
SELECT lvl, COUNT(*) c FROM acc GROUP BY lvl HAVING c > 1 OR lvl = 'z' ORDER BY c DESC, lvl;
SELECT lvl, COUNT(*) c FROM acc GROUP BY lvl HAVING c BETWEEN 2 AND 4 ORDER BY c DESC, lvl;
SELECT lvl, COUNT(*) c FROM acc GROUP BY lvl HAVING c IN (3, 4) ORDER BY lvl;
SELECT lvl, COUNT(*) c FROM acc GROUP BY lvl HAVING NOT c > 3 ORDER BY lvl;
SELECT lvl, COUNT(*) c FROM acc GROUP BY lvl HAVING AVG(amount) > 1 ORDER BY lvl;
SELECT lvl, COUNT(*) c FROM acc GROUP BY lvl HAVING MAX(code) > 'a' ORDER BY lvl;
SELECT lvl, COUNT(*) c FROM acc GROUP BY lvl HAVING SUM(amount) > 1.5 AND MIN(id) <= '3' ORDER BY lvl;
SELECT lvl, SUM(amount) s FROM acc GROUP BY lvl HAVING s > 1e2 ORDER BY lvl;
SELECT lvl, SUM(amount) s FROM acc GROUP BY lvl HAVING s > NULL ORDER BY lvl;
SELECT lvl, SUM(amount) s FROM acc GROUP BY lvl ORDER BY s LIMIT 1 OFFSET 1;
SELECT lvl, IFNULL(SUM(amount), 0), ROUND(AVG(amount), 1), COALESCE(MAX(d), '2000-01-01') FROM acc GROUP BY lvl ORDER BY 2, 1;
SELECT yr, IFNULL(SUM(amount), 0) s, ROUND(AVG(id), 1), COALESCE(MAX(d), '2000-01-01') FROM acc GROUP BY yr ORDER BY s, yr;
SELECT ROUND(SUM(amount), -1), ROUND(AVG(amount)), ROUND(AVG(id), 3), ROUND(SUM(rate), 2) FROM acc WHERE id <> 4;
SELECT ROUND(SUM(price), 1), ROUND(AVG(price), 0), COALESCE(SUM(qty), 'none'), IFNULL(AVG(kind), -1) FROM ev;
SELECT COALESCE(SUM(qty), 0), COALESCE(MAX(note), 0), IFNULL(MIN(at), 'never') FROM ev WHERE kind = 55;
SELECT COUNT(*), SUM(qty), AVG(qty), MIN(qty), MAX(note), BIT_AND(qty), BIT_OR(qty), GROUP_CONCAT(qty), JSON_ARRAYAGG(qty) FROM ev WHERE kind = 55;
SELECT kind, COUNT(*) FROM ev WHERE kind = 55 GROUP BY kind;
SELECT kind, COUNT(*), SUM(qty * price), AVG(qty * price) FROM ev GROUP BY kind ORDER BY kind;
SELECT SUM(qty * price), SUM(qty) * SUM(price) FROM ev;
SELECT kind, qty FROM ev GROUP BY kind, qty ORDER BY kind DESC, qty;
SELECT kind % 2 k, qty > 1 q, COUNT(*) FROM ev GROUP BY k, q ORDER BY q, k;
SELECT DATE_FORMAT(at, '%Y-%m') m, kind, COUNT(*) FROM ev GROUP BY m, kind ORDER BY m DESC, kind;
SELECT YEAR(at) y, COUNT(*) FROM ev GROUP BY YEAR(at) ORDER BY COUNT(*) DESC, y;
SELECT at + INTERVAL 1 DAY x, COUNT(*) FROM ev GROUP BY x ORDER BY x;
SELECT TIMESTAMPDIFF(DAY, at, '2024-03-01') x, COUNT(*) FROM ev GROUP BY x ORDER BY x;
SELECT LEFT(note, 1) l, COUNT(*) FROM ev GROUP BY l ORDER BY COUNT(*), MIN(acc_id);
SELECT LENGTH(note) l, COUNT(*) FROM ev GROUP BY l ORDER BY l;
SELECT note IS NULL, COUNT(*) FROM ev GROUP BY 1 ORDER BY 1;
SELECT k.label, COUNT(*), SUM(e.qty) FROM ev e JOIN kinds k ON k.tenant_id = e.tenant_id AND k.kind = e.kind GROUP BY k.label ORDER BY COUNT(*) DESC, MIN(e.acc_id);
SELECT HEX(k.label) h, COUNT(*) FROM ev e LEFT JOIN kinds k ON k.tenant_id = e.tenant_id AND k.kind = e.kind GROUP BY h ORDER BY h;
SELECT e.kind, k.label, COUNT(*) FROM ev e JOIN kinds k ON k.tenant_id = e.tenant_id AND k.kind = e.kind GROUP BY e.kind, k.label ORDER BY 1, 3, MIN(e.acc_id);
SELECT c.title, COUNT(a.id), SUM(a.amount * c.rate) FROM cur c LEFT JOIN acc a ON a.cur = c.code GROUP BY c.code ORDER BY c.code;
SELECT c.title, COUNT(a.id) FROM acc a RIGHT JOIN cur c ON a.cur = c.code GROUP BY c.title ORDER BY c.title;
SELECT c.title, COUNT(a.id), SUM(a.amount * c.rate) FROM acc a JOIN cur c ON a.cur = c.code GROUP BY c.title ORDER BY c.title;
SELECT w.city, COUNT(*), SUM(b.total) FROM depot.bill b JOIN depot.wh w ON w.id = b.wh GROUP BY w.city ORDER BY w.city;
SELECT a.id, b.no, c.title FROM acc a JOIN depot.bill b ON b.acc_id = a.id AND b.tenant_id = a.tenant_id LEFT JOIN cur c ON c.code = a.cur ORDER BY b.due, a.id, b.no;
SELECT a.tenant_id, a.id, e.seq FROM acc a JOIN ev e ON e.tenant_id = a.tenant_id AND e.acc_id = a.id ORDER BY e.price DESC, a.id, e.seq LIMIT 4;
SELECT a.tenant_id, COUNT(e.seq) n FROM acc a LEFT JOIN ev e ON e.tenant_id = a.tenant_id AND e.acc_id = a.id GROUP BY a.tenant_id WITH ROLLUP;
SELECT a.id FROM acc a LEFT JOIN ev e ON e.tenant_id = a.tenant_id AND e.acc_id = a.id WHERE e.seq IS NULL ORDER BY a.id;
SELECT a.id FROM acc a WHERE a.tenant_id IN (1, 2, 6) AND a.id IN (SELECT acc_id FROM ev e WHERE e.tenant_id = a.tenant_id) ORDER BY a.id;
SELECT a.id FROM acc a WHERE NOT EXISTS (SELECT * FROM depot.bill b WHERE b.tenant_id = a.tenant_id) ORDER BY a.id;
SELECT a.id, (SELECT MAX(e.at) FROM ev e WHERE e.tenant_id = a.tenant_id AND e.acc_id = a.id) m FROM acc a ORDER BY m DESC, a.id;
SELECT (SELECT COUNT(*) FROM acc) a, (SELECT COUNT(*) FROM ev) b, (SELECT COUNT(*) FROM depot.bill) c;
SELECT (SELECT MAX(id) FROM acc) - (SELECT MIN(id) FROM acc) AS span;
SELECT 1 WHERE EXISTS (SELECT * FROM ev WHERE kind = 9);
SELECT EXISTS (SELECT 1 FROM ev WHERE kind = 9) AS e, NOT EXISTS (SELECT 1 FROM ev WHERE kind = 999) AS n;
SELECT * FROM acc WHERE id = (SELECT MAX(acc_id) FROM ev WHERE acc_id < 10);
SELECT id FROM acc WHERE (tenant_id, id) IN ((1, 1), (2, 2), (6, 7), (6, 8)) ORDER BY id;
SELECT id FROM acc WHERE ROW(id, tenant_id) > ROW(6, 1) ORDER BY id;
SELECT id FROM acc WHERE tenant_id BETWEEN 1 AND 3 OR tenant_id < -5 ORDER BY id;
SELECT id FROM acc WHERE tenant_id = '1' ORDER BY id;
SELECT id FROM acc WHERE tenant_id = 1.5 ORDER BY id;
SELECT id FROM acc WHERE tenant_id = '1x' ORDER BY id;
SELECT id FROM acc WHERE tenant_id = TRUE ORDER BY id;
SELECT id FROM acc WHERE tenant_id = 1e0 ORDER BY id;
SELECT id FROM acc WHERE tenant_id + 0 = 1 ORDER BY id;
SELECT id FROM acc WHERE tenant_id IN ('1', 2, '6a') ORDER BY id;
SELECT id FROM acc WHERE tenant_id = -8 OR id = 1 ORDER BY id;
SELECT id FROM acc WHERE NOT (tenant_id = 1) ORDER BY id;
SELECT id FROM acc WHERE tenant_id = 1 XOR id = 6 ORDER BY id;
SELECT id FROM acc WHERE tenant_id <=> NULL;
SELECT id FROM acc WHERE tenant_id IN (SELECT tenant_id FROM kinds WHERE label = 'buy') ORDER BY id;
SELECT tenant_id, id FROM acc WHERE tenant_id = ANY (SELECT 1 UNION SELECT 6) ORDER BY id;
SELECT * FROM (VALUES ROW(1, 'one'), ROW(6, 'six')) v (t, l) JOIN acc ON acc.tenant_id = v.t ORDER BY acc.id;
SELECT x.t, COUNT(*) FROM (SELECT 1 t UNION ALL SELECT 6 UNION ALL SELECT 100) x LEFT JOIN ev e ON e.tenant_id = x.t GROUP BY x.t ORDER BY x.t;
WITH t AS (SELECT tenant_id, SUM(price * qty) s FROM ev GROUP BY tenant_id), u AS (SELECT tenant_id, COUNT(*) c FROM acc GROUP BY tenant_id) SELECT t.tenant_id, s, c, s / c FROM t JOIN u USING (tenant_id) ORDER BY tenant_id;
WITH t AS (SELECT tenant_id, SUM(total) s FROM depot.bill GROUP BY tenant_id) SELECT *, s / SUM(s) OVER () p FROM t ORDER BY tenant_id;
WITH a AS (SELECT * FROM ev WHERE kind = 1) SELECT (SELECT COUNT(*) FROM a) x, (SELECT MAX(qty) FROM a) y, (SELECT COUNT(*) FROM a WHERE note IS NOT NULL) z;
EXPLAIN FORMAT=TREE SELECT 1;
select acc0_.id as id1_0_, acc0_.`Name` as name2_0_ from acc acc0_ where acc0_.tenant_id in (1 , 2 , 6) and (acc0_.nick is not null) order by acc0_.id desc limit 2;
SELECT count(*) AS total FROM (SELECT id, lvl FROM acc WHERE lvl = 'm') TOTAL;
SELECT COUNT(1) FROM (SELECT a.id, COUNT(e.seq) FROM acc a LEFT JOIN ev e ON e.acc_id = a.id GROUP BY a.id) tmp_count;
SELECT id,`Name` FROM acc WHERE (lvl = 'm' AND (amount > 1 OR amount < -1)) ORDER BY amount DESC,id ASC LIMIT 2;
SELECT DISTINCT t0.id, t0.lvl FROM acc t0 LEFT JOIN ev t1 ON t1.acc_id = t0.id WHERE t1.qty > 0 ORDER BY t0.lvl, t0.id;

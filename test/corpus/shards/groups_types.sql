-- about: groups whose rows are on several shards, by every type of column and collation, and aggregates of every type
-- any plan
-- database: shop
-- sharded: shop.things by tenant, shop.parts by tenant, shop.nothing by tenant, shop.one by tenant
CREATE TABLE things (
  tenant VARCHAR(10) NOT NULL, id INT NOT NULL, kind INT,
  ti TINYINT, si SMALLINT UNSIGNED ZEROFILL, mi MEDIUMINT, bs BIGINT, bu BIGINT UNSIGNED, de DECIMAL(65,30), ds DECIMAL(12,5), fl FLOAT, db DOUBLE, df DOUBLE(10,2), bi BIT(12), ye YEAR,
  da DATE, dt DATETIME(6), ts TIMESTAMP(3) NULL, tm TIME(2), en ENUM('zebra','ape','cat'), se SET('x','a','m'),
  ge VARCHAR(20) COLLATE utf8mb4_general_ci, un CHAR(20) COLLATE utf8mb4_unicode_ci, ai VARCHAR(20) COLLATE utf8mb4_0900_ai_ci, cs VARCHAR(20) COLLATE utf8mb4_0900_as_cs,
  bn VARCHAR(20) COLLATE utf8mb4_bin, nb VARCHAR(20) COLLATE utf8mb4_0900_bin, la VARCHAR(20) CHARACTER SET latin1 COLLATE latin1_german2_ci,
  tx TEXT, vb VARBINARY(20), fb BINARY(4), js JSON, PRIMARY KEY (tenant, id));
CREATE TABLE parts (tenant VARCHAR(10) NOT NULL, id INT NOT NULL, thing INT, weight DECIMAL(6,2), PRIMARY KEY (tenant, id));
CREATE TABLE nothing (tenant VARCHAR(10) NOT NULL, id INT NOT NULL, n INT, t VARCHAR(10), d DECIMAL(5,2), PRIMARY KEY (tenant, id));
CREATE TABLE one (tenant VARCHAR(10) NOT NULL, id INT NOT NULL, n INT, t VARCHAR(10), d DECIMAL(5,2), PRIMARY KEY (tenant, id));
INSERT INTO one VALUES ('acme', 1, 5, 'five', 5.55);
INSERT INTO things (tenant, id, kind, ti, si, mi, bs, bu, de, ds, fl, db, df, bi, ye, da, dt, ts, tm, en, se) VALUES
  ('acme', 1, 1, -128, 7, 8388607, 9223372036854775807, 18446744073709551615, 12345678901234567890123456789012345.123456789012345678901234567890, 0.00001, 0.1, 1e-300, 1.25, 5, 1999, '2026-01-02', '2026-01-02 03:04:05.000001', '2026-10-25 00:30:00', '-10:00:00.5', 'zebra', 'x'),
  ('acme', 2, 2, 127, 0, -8388608, -9223372036854775808, 0, -0.000000000000000000000000000001, -0.00001, -0.1, -1e300, -1.25, 4095, 2026, '0999-12-31', '2026-01-02 03:04:05', '2026-10-25 01:30:00', '100:00:00', 'ape', 'x,a'),
  ('acme', 3, 1, -128, 7, 8388607, 9223372036854775807, 1, 0.5, 2.5, 0.1, 0.5, 1.25, 5, 1999, '2026-01-02', '2026-01-02 03:04:05.000001', '2026-10-25 00:30:00', '-10:00:00.5', 'zebra', 'x'),
  ('birch', 1, 3, 9, 65535, 5, 9223372036854775807, 9223372036854775808, 12345678901234567890123456789012345.123456789012345678901234567890, 1.00001, 3.4e38, 1.5, 0, 0, 2155, '9999-12-31', '1000-01-01 00:00:00', '2026-10-25 02:30:00', '09:59:59.99', 'cat', 'm'),
  ('birch', 2, 1, 9, 7, 5, 10, 10, 10, 1.00001, 0.1, 0.1, 0, 16, 1901, '2026-01-10', '2026-01-02 03:04:05.1', '1970-01-02 00:00:00', '-838:59:59', NULL, ''),
  ('cedar', 1, NULL, 0, NULL, NULL, NULL, 9, 9.5, 3, 16777217, 0.30000000000000004, NULL, 255, NULL, '2026-01-09', '9999-12-31 23:59:59.999999', '2038-01-19 00:00:00', '838:59:59', 'ape', 'a,m'),
  ('delta', 1, 1, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 2000, NULL, NULL, NULL, NULL, 'cat', NULL),
  ('elm', 1, 2, -1, 7, 1, 1, 18446744073709551615, -10, 3.33333, 0, -0.0, 99999999.99, 256, 2001, '2026-01-02', '2026-01-02 03:04:05.999999', '2026-10-25 01:00:00', '00:00:00', 'zebra', 'x,a,m'),
  ('fir', 1, 3, 1, 100, 2, 2, 99, -9.99, 3.33333, -0.0, 0, 0.01, 1, 2002, '2025-12-31', '0999-01-01 00:00:00', '2026-03-29 01:30:00', '-00:00:00.01', 'zebra', 'a'),
  ('gum', 7, NULL, 2, 100, 3, 3, 1000000000000, 100000000000000000000, 3.33334, 1e-38, 1e300, 0.02, 3, 2003, '2026-01-01', '2026-01-01 00:00:00', '2026-03-29 00:30:00', '10:00:00', 'cat', 'x,m');
UPDATE things SET ge = 'a', un = 'a', ai = 'a', cs = 'a', bn = 'a', nb = 'a', la = 'a', tx = 'a', vb = 'a', fb = 'a', js = '{"a": 1}' WHERE tenant = 'acme' AND id IN (1, 3);
UPDATE things SET ge = 'a ', un = 'a ', ai = 'a ', cs = 'a ', bn = 'a ', nb = 'a ', la = 'a ', tx = 'a ', vb = 'a ', fb = 'a ', js = '[1]' WHERE tenant = 'acme' AND id = 2;
UPDATE things SET ge = 'a\t', un = 'a\t', ai = 'a\t', cs = 'a\t', bn = 'a\t', nb = 'a\t', la = 'a\t', tx = 'a\t', vb = 'a\t', fb = 'a\t', js = 'null' WHERE tenant = 'birch' AND id = 1;
UPDATE things SET ge = 'A', un = 'A', ai = 'A', cs = 'A', bn = 'A', nb = 'A', la = 'A', tx = 'A', vb = 'A', fb = 'A', js = '"s"' WHERE tenant = 'birch' AND id = 2;
UPDATE things SET ge = 'á', un = 'ä', ai = 'á', cs = 'á', bn = 'á', nb = 'á', la = 'ä', tx = 'ß', vb = x'ff', fb = x'ff', js = '3' WHERE tenant = 'cedar';
UPDATE things SET ge = '', un = '', ai = '', cs = '', bn = '', nb = '', la = '', tx = '', vb = '', fb = '' WHERE tenant = 'elm';
UPDATE things SET ge = '中文', un = '中文', ai = '中文', cs = '中文', bn = '中文', nb = '中文', la = 'ae', tx = 'SS', vb = x'00', fb = x'00' WHERE tenant = 'fir';
UPDATE things SET ge = '😀', un = '😀', ai = '😀', cs = '😀', bn = '😀', nb = '😀', la = 'b', tx = 'ss', vb = 'a\0', fb = 'a\0' WHERE tenant = 'gum';
INSERT INTO parts VALUES ('acme', 1, 1, 1.5), ('acme', 2, 1, 2.5), ('birch', 1, 2, 0.5), ('cedar', 1, 1, NULL), ('elm', 1, 9, 3), ('holm', 1, 1, 4);
-- cases
# Groups by a column of each type: the shards' groups are one where the values are equal for MySQL.
-- scattered
SELECT ti, COUNT(*), SUM(bs) FROM things GROUP BY ti ORDER BY ti;
-- scattered
SELECT si, COUNT(*) FROM things GROUP BY si ORDER BY si DESC;
-- scattered
SELECT mi, COUNT(*), MIN(id) FROM things GROUP BY mi ORDER BY mi;
-- scattered
SELECT bs, COUNT(*) FROM things GROUP BY bs ORDER BY bs;
-- scattered
SELECT bu, COUNT(*) FROM things GROUP BY bu ORDER BY bu DESC;
-- scattered
SELECT de, COUNT(*) FROM things GROUP BY de ORDER BY de;
-- scattered
SELECT ds, COUNT(*) FROM things GROUP BY ds ORDER BY ds DESC;
-- scattered
SELECT fl + 0, COUNT(*) FROM things GROUP BY fl ORDER BY fl;
-- scattered
SELECT db + 0, COUNT(*) FROM things GROUP BY db ORDER BY db;
-- scattered
SELECT bi + 0, COUNT(*) FROM things GROUP BY bi ORDER BY bi;
-- scattered
SELECT bi, COUNT(*) FROM things GROUP BY bi ORDER BY bi;
-- scattered
SELECT ye, COUNT(*) FROM things GROUP BY ye ORDER BY ye;
-- scattered
SELECT da, COUNT(*) FROM things GROUP BY da ORDER BY da;
-- scattered
SELECT dt, COUNT(*) FROM things GROUP BY dt ORDER BY dt DESC;
-- scattered
SELECT ts, COUNT(*) FROM things GROUP BY ts ORDER BY ts;
-- scattered
SELECT tm, COUNT(*) FROM things GROUP BY tm ORDER BY tm;
-- scattered
SELECT en, COUNT(*) FROM things GROUP BY en ORDER BY en;
-- scattered
SELECT se, COUNT(*) FROM things GROUP BY se ORDER BY se DESC;
-- scattered
SELECT COUNT(*), SUM(ds) FROM things GROUP BY ge ORDER BY ge;
-- scattered
SELECT COUNT(*), SUM(ds) FROM things GROUP BY un ORDER BY un;
-- scattered
SELECT COUNT(*), SUM(ds) FROM things GROUP BY ai ORDER BY ai DESC;
-- scattered
SELECT cs, COUNT(*), SUM(ds) FROM things GROUP BY cs ORDER BY cs;
-- scattered
SELECT HEX(bn), COUNT(*), SUM(ds) FROM things WHERE bn <> 'a' GROUP BY bn ORDER BY bn;
-- scattered
SELECT nb, COUNT(*), SUM(ds) FROM things GROUP BY nb ORDER BY nb;
-- scattered
SELECT COUNT(*), SUM(ds) FROM things GROUP BY la ORDER BY la;
-- scattered
SELECT COUNT(*), SUM(ds) FROM things GROUP BY tx ORDER BY tx;
-- scattered
SELECT vb, COUNT(*) FROM things GROUP BY vb ORDER BY vb;
-- scattered
SELECT fb, COUNT(*) FROM things GROUP BY fb ORDER BY fb DESC;
SELECT js, COUNT(*) FROM things GROUP BY js ORDER BY js;
-- scattered
SELECT kind, en, COUNT(*) FROM things GROUP BY kind, en ORDER BY en DESC, kind;
-- scattered
-- unordered
SELECT kind, en, COUNT(*) FROM things GROUP BY kind, en;
# Groups by expressions.
-- scattered
SELECT kind % 2, COUNT(*) FROM things GROUP BY kind % 2 ORDER BY kind % 2;
-- scattered
SELECT kind % 3, COUNT(*) FROM things GROUP BY kind % 3 ORDER BY kind % 3;
-- scattered
SELECT COUNT(*) FROM things GROUP BY UPPER(ge) ORDER BY 1, COUNT(ds);
-- scattered
SELECT LEFT(nb, 1) AS a, COUNT(*), AVG(ds) FROM things GROUP BY a ORDER BY a DESC;
-- scattered
SELECT DATE(dt) AS day, COUNT(*) FROM things GROUP BY day ORDER BY day;
-- scattered
SELECT IF(kind > 1, tm, NULL) AS t, COUNT(*) FROM things GROUP BY t ORDER BY t;
-- scattered
SELECT ds + 1, COUNT(*) FROM things GROUP BY ds + 1 ORDER BY 1;
-- scattered
SELECT db * 1e0 AS f, COUNT(*) FROM things GROUP BY f ORDER BY f DESC;
-- scattered
SELECT CONCAT(nb, '-', kind) AS c, COUNT(*) FROM things GROUP BY c ORDER BY c;
-- scattered
SELECT HEX(vb) AS h, COUNT(*) FROM things GROUP BY h ORDER BY h DESC LIMIT 4;
-- scattered
SELECT CASE WHEN ti < 0 THEN 'below' WHEN ti > 5 THEN 'above' END AS side, COUNT(*), MAX(tm) FROM things GROUP BY side ORDER BY side;
SELECT CAST(js AS CHAR) AS c, COUNT(*) FROM things WHERE js IS NOT NULL GROUP BY js ORDER BY c;
# Aggregates of each type.
-- scattered
SELECT COUNT(*), COUNT(ti), COUNT(en), COUNT(tx), COUNT(js) FROM things;
-- scattered
SELECT SUM(ti), SUM(si), SUM(mi), SUM(bs), SUM(bu), SUM(ds), SUM(ye), SUM(kind) FROM things;
-- scattered
SELECT SUM(de) FROM things;
-- scattered
SELECT SUM(de), SUM(-de), SUM(de * 0) FROM things WHERE tenant <> 'birch';
-- scattered
SELECT AVG(ti), AVG(si), AVG(mi), AVG(bs), AVG(bu), AVG(ds), AVG(kind), AVG(ye) FROM things;
-- scattered
SELECT AVG(ds), AVG(ds * 3), AVG(ds + 0.5), AVG(-ds), AVG(ds / 7), AVG(ds * 1.0001), AVG(ti / 3) FROM things;
-- scattered
SELECT AVG(CAST(ds AS DECIMAL(20,14))), AVG(CAST(ds AS DECIMAL(30,23))), AVG(CAST(ds AS DECIMAL(40,27))), AVG(CAST(ds AS DECIMAL(40,28))) FROM things;
SET div_precision_increment = 0;
-- scattered
SELECT AVG(ti), AVG(ds), AVG(ds * ds), AVG(CAST(ds AS DECIMAL(20,9))) FROM things;
SET div_precision_increment = 5;
-- scattered
SELECT AVG(ti), AVG(ds), AVG(ds * ds), AVG(CAST(ds AS DECIMAL(20,4))), AVG(CAST(ds AS DECIMAL(20,13))) FROM things;
SET div_precision_increment = 30;
-- scattered
SELECT AVG(ti), AVG(ds), AVG(CAST(ds AS DECIMAL(20,9))) FROM things;
SET div_precision_increment = DEFAULT;
-- scattered
SELECT AVG(-0.00001), AVG(IF(tenant = 'acme', -0.00001, 0)), AVG(IF(id = 1, -1, 1)), SUM(IF(id = 1, -1.00, 1.00)) FROM things;
-- scattered
SELECT MIN(ti), MAX(ti), MIN(si), MAX(si), MIN(mi), MAX(mi), MIN(bs), MAX(bs), MIN(bu), MAX(bu), MIN(de), MAX(de), MIN(ds), MAX(ds) FROM things;
-- scattered
SELECT MIN(ye), MAX(ye), MIN(da), MAX(da), MIN(dt), MAX(dt), MIN(tm), MAX(tm) FROM things;
-- scattered
SELECT MIN(ts), MAX(ts) FROM things;
-- scattered
SELECT MIN(db), MAX(db) FROM things;
SELECT MIN(fl), MAX(fl), MIN(df), MAX(df) FROM things;
-- scattered
SELECT MIN(en), MAX(en), MIN(se), MAX(se) FROM things;
SELECT MIN(bi), MAX(bi), MIN(bi + 0), MAX(bi + 0) FROM things;
-- scattered
SELECT MAX(ge), MAX(un), MAX(ai), MAX(cs), MAX(nb), MAX(la) FROM things;
-- scattered
SELECT MIN(nb), MIN(cs), MIN(vb), MAX(vb), MIN(fb), MAX(fb) FROM things;
-- scattered
SELECT MIN(ge), MIN(un), MIN(ai), MIN(la), MIN(tx) FROM things WHERE ge <> 'a';
-- scattered
SELECT kind, MIN(nb), MAX(cs), MIN(tm), MAX(dt), MAX(bu) FROM things GROUP BY kind ORDER BY kind;
-- scattered
SELECT MIN(CONCAT(nb, id)), MAX(LOWER(nb)), MAX(DATE(dt)), MIN(ti + 1), MAX(IF(ti > 0, ds, NULL)), MIN(IFNULL(ti, 5)) FROM things;
-- scattered
SELECT BIT_AND(ti), BIT_OR(ti), BIT_XOR(ti), BIT_AND(bu), BIT_OR(bu), BIT_XOR(bu), BIT_OR(bi) FROM things;
-- scattered
SELECT kind, BIT_AND(bu), BIT_OR(si), BIT_XOR(mi) FROM things GROUP BY kind ORDER BY kind;
SELECT HEX(BIT_OR(fb)) FROM things WHERE fb IS NOT NULL;
SELECT SUM(fl) > 0, ROUND(SUM(IF(db < 1e10, db, 0)), 6) FROM things;
SELECT kind, COUNT(DISTINCT ti), SUM(DISTINCT ds) FROM things GROUP BY kind ORDER BY kind;
-- scattered
SELECT COUNT(DISTINCT tenant), COUNT(DISTINCT tenant, kind), COUNT(*), MAX(DISTINCT ti) FROM things;
-- scattered
SELECT kind, COUNT(DISTINCT tenant) FROM things GROUP BY kind ORDER BY kind;
# Aggregates rounded, or with a constant in the place of NULL.
-- scattered
SELECT ROUND(AVG(ds), 2), ROUND(AVG(ti), 1), ROUND(SUM(ds), 3), ROUND(AVG(ds)), ROUND(AVG(ds), 12), ROUND(AVG(-0.001), 2) FROM things;
-- scattered
SELECT kind, ROUND(AVG(ds), 4) AS mean, ROUND(AVG(bs), 0) FROM things GROUP BY kind ORDER BY mean DESC;
-- scattered
SELECT COALESCE(SUM(ds), 0.00000), IFNULL(SUM(bs), 0), COALESCE(COUNT(*), 0), IFNULL(AVG(ti), 0) FROM things;
-- scattered
SELECT COALESCE(SUM(n), 0), IFNULL(SUM(n), -1), COALESCE(ROUND(AVG(d), 2), 0) FROM nothing;
-- scattered
SELECT kind, COALESCE(SUM(ti), 0) AS s, IFNULL(MAX(bs), 0) FROM things GROUP BY kind HAVING s <> 1 ORDER BY s DESC, kind;
SELECT COALESCE(SUM(ds), 0), COALESCE(SUM(ds), 0.0000000), IFNULL(MAX(ti), 0), COALESCE(MAX(nb), 'none'), IFNULL(SUM(fl), 0) > 0 FROM things;
SELECT ROUND(SUM(ds), -1), ROUND(MAX(ds), 1), ROUND(AVG(db)) > 0, SUM(ds) / COUNT(*), COALESCE(SUM(ds), MAX(ti), 1) FROM things;
# Nothing, and one row.
-- scattered
SELECT COUNT(*), COUNT(n), SUM(n), AVG(d), MIN(t), MAX(n), BIT_AND(n), BIT_OR(n), BIT_XOR(n) FROM nothing;
-- scattered
SELECT n, COUNT(*), SUM(d) FROM nothing GROUP BY n ORDER BY n;
-- scattered
SELECT DISTINCT n FROM nothing;
-- scattered
SELECT COUNT(*), COUNT(n), SUM(n), AVG(d), MIN(t), MAX(n), BIT_AND(n), BIT_OR(n), BIT_XOR(n) FROM one;
-- scattered
SELECT COUNT(*), 'text', 5, NULL, ANY_VALUE(t) FROM one;
-- scattered
SELECT 'text', COUNT(*), ANY_VALUE(t) FROM nothing;
-- scattered
SELECT t, AVG(n), MIN(d) FROM one GROUP BY t;
SELECT COUNT(*) FROM one LIMIT 0;
-- scattered
SELECT COUNT(*) FROM one LIMIT 5;
SELECT COUNT(*) FROM one LIMIT 1 OFFSET 1;
SELECT FOUND_ROWS();
-- scattered
SELECT COUNT(*) FROM things WHERE tenant IN ('acme', 'gum', 'fir') HAVING COUNT(*) > 3;
-- scattered
SELECT COUNT(*) FROM things HAVING COUNT(*) > 3000;
# Orders other than that of the groups.
-- scattered
SELECT kind, COUNT(*) AS n, SUM(ds) FROM things GROUP BY kind ORDER BY n DESC, kind;
-- scattered
SELECT kind, COUNT(*) AS n FROM things GROUP BY kind ORDER BY SUM(ds) DESC LIMIT 2;
SELECT kind, COUNT(*) AS n FROM things GROUP BY kind ORDER BY SUM(ds), MAX(tm) LIMIT 1, 2;
SELECT FOUND_ROWS();
-- scattered
SELECT kind FROM things GROUP BY kind ORDER BY AVG(ds) DESC;
-- scattered
SELECT kind FROM things GROUP BY kind ORDER BY MAX(cs) DESC;
-- scattered
SELECT kind FROM things GROUP BY kind ORDER BY MIN(tm), 1;
-- scattered
SELECT kind, MAX(nb) AS m FROM things GROUP BY kind ORDER BY m, kind;
-- scattered
SELECT en, MIN(dt) FROM things GROUP BY en ORDER BY 2 DESC;
-- scattered
SELECT kind, en, COUNT(*) FROM things GROUP BY kind, en ORDER BY COUNT(*) DESC, en DESC, kind DESC;
-- scattered
SELECT nb, COUNT(*) FROM things GROUP BY nb ORDER BY COUNT(*), nb DESC;
# Positions: two texts that differ only in them have plans of their own.
-- scattered
SELECT kind, en, COUNT(*) FROM things GROUP BY 1, 2 ORDER BY 1, 2;
-- scattered
SELECT kind, en, COUNT(*) FROM things GROUP BY 1, 2 ORDER BY 2, 1;
-- scattered
SELECT kind, en, COUNT(*) FROM things GROUP BY 2, 1 ORDER BY 3, 2, 1;
-- error: 1056
SELECT kind, en, COUNT(*) FROM things GROUP BY 3, 1 ORDER BY 3, 2;
-- scattered
SELECT tenant, id FROM things ORDER BY 1, 2;
-- scattered
SELECT tenant, id FROM things ORDER BY 2, 1;
-- scattered
SELECT tenant, id FROM things ORDER BY 2 DESC, 1 DESC;
-- scattered
SELECT tenant, id FROM things ORDER BY 1 DESC, 2 DESC;
# HAVING.
-- scattered
SELECT kind, COUNT(*) FROM things GROUP BY kind HAVING COUNT(*) > 2 ORDER BY kind;
-- scattered
SELECT kind, COUNT(*) FROM things GROUP BY kind HAVING COUNT(*) > 1 ORDER BY kind LIMIT 2;
-- scattered
SELECT kind, COUNT(*) FROM things GROUP BY kind HAVING 2 <= COUNT(*) AND SUM(ds) < 4.5 ORDER BY kind;
-- scattered
SELECT kind, COUNT(*) AS n FROM things GROUP BY kind HAVING n <> 2 AND MAX(ti) >= 0 ORDER BY n DESC, kind LIMIT 1;
SELECT kind, SUM(ti) FROM things GROUP BY kind HAVING SUM(ti) = 0 OR SUM(ti) < 0 ORDER BY kind;
SELECT kind, AVG(ds) FROM things GROUP BY kind HAVING AVG(ds) > 1.0000 ORDER BY kind;
SELECT kind, MAX(nb) FROM things GROUP BY kind HAVING MAX(nb) > 'a' ORDER BY kind;
SELECT kind, COUNT(*) FROM things GROUP BY kind HAVING COUNT(*) > '2' ORDER BY kind;
SELECT kind, COUNT(*) FROM things GROUP BY kind HAVING kind > 1 AND COUNT(*) > 1 ORDER BY kind;
-- params: 2
-- params: 3
-- scattered
SELECT kind, COUNT(*) FROM things WHERE ds IS NOT NULL GROUP BY kind HAVING COUNT(*) >= ? ORDER BY kind;
-- params: 2, 1, 1
-- scattered
SELECT kind, COUNT(*) FROM things WHERE kind <= ? GROUP BY kind ORDER BY COUNT(*) DESC, kind LIMIT ?, ?;
# Whole groups: everything is each shard's own.
-- scattered
SELECT tenant, GROUP_CONCAT(kind ORDER BY id), COUNT(DISTINCT kind), STD(ti), SUM(fl), JSON_ARRAYAGG(nb) FROM things GROUP BY tenant ORDER BY tenant;
-- scattered
SELECT tenant, COUNT(*) n FROM things GROUP BY tenant HAVING n > 1 AND MAX(nb) LIKE 'a%' ORDER BY n DESC, tenant;
-- scattered
SELECT kind, tenant, SUM(fl) FROM things GROUP BY kind, tenant ORDER BY SUM(db) DESC, tenant, kind;
-- scattered
SELECT tenant, AVG(fl), MAX(nb) FROM things GROUP BY tenant ORDER BY AVG(ds), MAX(nb) DESC, tenant;
-- scattered
SELECT UPPER(t.tenant), COUNT(*) FROM things t JOIN parts p ON p.tenant = t.tenant GROUP BY t.tenant ORDER BY UPPER(t.tenant) DESC;
-- scattered
SELECT p.tenant, SUM(p.weight) / COUNT(*), COALESCE(MAX(t.ti), 0) FROM things t JOIN parts p ON p.tenant = t.tenant GROUP BY p.tenant ORDER BY 2, 1;
SELECT p.tenant, COUNT(*) FROM things t LEFT JOIN parts p ON p.tenant = t.tenant AND p.weight > 2 GROUP BY p.tenant ORDER BY p.tenant;
-- scattered
SELECT DISTINCT tenant, kind FROM things ORDER BY kind DESC, tenant;
SELECT tenant, COUNT(*) FROM things GROUP BY tenant WITH ROLLUP;
# DISTINCT.
-- scattered
SELECT DISTINCT kind FROM things ORDER BY kind LIMIT 2;
-- scattered
SELECT DISTINCT kind, ti % 2 AS odd FROM things ORDER BY odd, kind DESC;
-- scattered
SELECT DISTINCT fl + 0e0 AS f FROM things ORDER BY f;
-- scattered
SELECT DISTINCT UPPER(nb) AS u FROM things ORDER BY u LIMIT 3 OFFSET 1;
-- unordered
-- scattered
SELECT DISTINCT en, ye FROM things WHERE ye > 2000;
SELECT DISTINCT kind FROM things ORDER BY kind + 0;
# ORDER BY expressions.
-- scattered
SELECT tenant, id, nb FROM things ORDER BY LOWER(ge), nb, tenant DESC, id DESC;
-- scattered
SELECT tenant, id FROM things ORDER BY ti + 1 DESC, tenant, id;
-- scattered
SELECT tenant, id, ds * 2 AS twice FROM things ORDER BY twice DESC, tenant, id LIMIT 5;
-- scattered
SELECT tenant, id FROM things ORDER BY kind IS NULL, kind, DATE(dt), tenant, id;
-- scattered
SELECT tenant, id FROM things ORDER BY CASE en WHEN 'cat' THEN 1 WHEN 'ape' THEN 2 ELSE 3 END, LENGTH(nb) DESC, tenant, id;
-- scattered
SELECT tenant, id FROM things ORDER BY IF(kind = 1, tm, NULL) DESC, tenant, id;
-- scattered
SELECT tenant, id FROM things ORDER BY CONCAT(vb), tenant, id;
-- scattered
SELECT tenant, id FROM things ORDER BY db / 3, tenant, id;
-- scattered
SELECT *, id + 1 AS more FROM things ORDER BY more DESC, tenant;
SELECT tenant AS id, id AS x FROM things ORDER BY ABS(x), tenant;
SELECT tenant, id AS ti FROM things ORDER BY ti + 0, tenant;
SELECT tenant, id FROM things ORDER BY JSON_EXTRACT(js, '$.a'), tenant, id;
SELECT tenant, id FROM things ORDER BY IFNULL(ts, '2026-01-01'), tenant, id;
-- scattered
SELECT tenant, id FROM things HAVING id > 1 ORDER BY tenant, id;
# Characters of the client, and modes.
SET NAMES latin1;
-- scattered
SELECT COUNT(*), SUM(id) FROM things WHERE la <> 'a' GROUP BY la ORDER BY la DESC;
-- scattered
SELECT nb, COUNT(*), MAX(nb) FROM things WHERE la = 'ss' OR id > 1 GROUP BY nb ORDER BY nb DESC;
SET NAMES utf8mb4;
SET sql_mode = '';
-- scattered
SELECT kind, tenant IS NULL, COUNT(*) FROM things GROUP BY kind ORDER BY kind;
-- scattered
SELECT tenant IS NULL, COUNT(*) FROM things;
-- scattered
SELECT COUNT(*), n FROM one;
-- scattered
SELECT COUNT(*), n FROM nothing;
SET sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT';
-- scattered
SELECT "nb" || 'x' AS "c", COUNT(*) FROM "things" GROUP BY "nb" || 'x' ORDER BY "c";
SET sql_mode = DEFAULT;

-- about: queries that each shard answers for its own rows, merged in the order of every type of column
-- any plan
-- database: shop
-- sharded: shop.things by tenant
-- sharded: shop.parts by tenant
-- reference: shop.kinds
CREATE TABLE kinds (kind INT PRIMARY KEY, title VARCHAR(20) NOT NULL);
CREATE TABLE things (
  tenant VARCHAR(10) NOT NULL, id INT NOT NULL, kind INT,
  ti TINYINT, bu BIGINT UNSIGNED, de DECIMAL(30,8), fl FLOAT, db DOUBLE, bi BIT(12), ye YEAR,
  da DATE, dt DATETIME(6), ts TIMESTAMP(3) NULL, tm TIME(2), en ENUM('zebra','ape','cat'), se SET('x','a','m'),
  ge VARCHAR(20) COLLATE utf8mb4_general_ci, un CHAR(20) COLLATE utf8mb4_unicode_ci, ai VARCHAR(20) COLLATE utf8mb4_0900_ai_ci, cs VARCHAR(20) COLLATE utf8mb4_0900_as_cs,
  bn VARCHAR(20) COLLATE utf8mb4_bin, nb VARCHAR(20) COLLATE utf8mb4_0900_bin, la VARCHAR(20) CHARACTER SET latin1 COLLATE latin1_german2_ci,
  tx TEXT, vb VARBINARY(20), fb BINARY(4), js JSON, PRIMARY KEY (tenant, id));
CREATE TABLE parts (tenant VARCHAR(10) NOT NULL, id INT NOT NULL, thing INT, weight DECIMAL(6,2), PRIMARY KEY (tenant, id));
INSERT INTO kinds VALUES (1, 'one'), (2, 'two'), (3, 'three');
INSERT INTO things (tenant, id, kind, ti, bu, de, fl, db, bi, ye, da, dt, ts, tm, en, se) VALUES
  ('acme', 1, 1, -128, 18446744073709551615, 12345678901234567890.12345678, 0.1, 1e-300, 5, 1999, '2026-01-02', '2026-01-02 03:04:05.000001', '2026-10-25 00:30:00', '-10:00:00.5', 'zebra', 'x'),
  ('acme', 2, 2, 127, 0, -0.00000001, -0.1, -1e300, 4095, 2026, '0999-12-31', '2026-01-02 03:04:05', '2026-10-25 01:30:00', '100:00:00', 'ape', 'x,a'),
  ('birch', 1, 3, 9, 9223372036854775808, 0, 3.4e38, 1.5, 0, 2155, '9999-12-31', '1000-01-01 00:00:00', '2026-10-25 02:30:00', '09:59:59.99', 'cat', 'm'),
  ('birch', 2, 4, 10, 10, 10, 16777216, 0.1, 16, 1901, '2026-01-10', '2026-01-02 03:04:05.1', '1970-01-02 00:00:00', '-838:59:59', NULL, ''),
  ('cedar', 1, NULL, 0, 9, 9.5, 16777217, 0.30000000000000004, 255, NULL, '2026-01-09', '9999-12-31 23:59:59.999999', '2038-01-19 00:00:00', '838:59:59', 'ape', 'a,m'),
  ('delta', 1, 1, NULL, NULL, NULL, NULL, NULL, NULL, 2000, NULL, NULL, NULL, NULL, 'cat', NULL),
  ('elm', 1, 2, -1, 100, -10, 0, 0.3, 256, 2001, '2026-02-01', '2026-01-02 03:04:04.999999', '2026-10-25 01:00:00', '00:00:00', 'zebra', 'x,a,m'),
  ('fir', 1, 3, 1, 99, -9.99, -3.4e38, -0.0, 1, 2002, '2025-12-31', '0999-01-01 00:00:00', '2026-03-29 01:30:00', '-00:00:00.01', 'zebra', 'a'),
  ('gum', 7, 1, 2, 1000000000000, 1e20, 1e-38, 1e300, 3, 2003, '2026-01-01', '2026-01-01 00:00:00', '2026-03-29 00:30:00', '10:00:00', 'cat', 'x,m');
UPDATE things SET ge = 'a', un = 'a', ai = 'a', cs = 'a', bn = 'a', nb = 'a', la = 'a', tx = 'a', vb = 'a', fb = 'a', js = '{"a": 1}' WHERE tenant = 'acme' AND id = 1;
UPDATE things SET ge = 'a ', un = 'a ', ai = 'a ', cs = 'a ', bn = 'a ', nb = 'a ', la = 'a ', tx = 'a ', vb = 'a ', fb = 'a ', js = '[1]' WHERE tenant = 'acme' AND id = 2;
UPDATE things SET ge = 'a\t', un = 'a\t', ai = 'a\t', cs = 'a\t', bn = 'a\t', nb = 'a\t', la = 'a\t', tx = 'a\t', vb = 'a\t', fb = 'a\t', js = 'null' WHERE tenant = 'birch' AND id = 1;
UPDATE things SET ge = 'A', un = 'A', ai = 'A', cs = 'A', bn = 'A', nb = 'A', la = 'A', tx = 'A', vb = 'A', fb = 'A', js = '"s"' WHERE tenant = 'birch' AND id = 2;
UPDATE things SET ge = 'á', un = 'ä', ai = 'á', cs = 'á', bn = 'á', nb = 'á', la = 'ä', tx = 'ß', vb = x'ff', fb = x'ff', js = '3' WHERE tenant = 'cedar';
UPDATE things SET ge = '', un = '', ai = '', cs = '', bn = '', nb = '', la = '', tx = '', vb = '', fb = '' WHERE tenant = 'elm';
UPDATE things SET ge = '中文', un = '中文', ai = '中文', cs = '中文', bn = '中文', nb = '中文', la = 'ae', tx = 'SS', vb = x'00', fb = x'00' WHERE tenant = 'fir';
UPDATE things SET ge = '😀', un = '😀', ai = '😀', cs = '😀', bn = '😀', nb = '😀', la = 'b', tx = 'ss', vb = 'a\0', fb = 'a\0' WHERE tenant = 'gum';
INSERT INTO parts VALUES ('acme', 1, 1, 1.5), ('acme', 2, 1, 2.5), ('birch', 1, 2, 0.5), ('cedar', 1, 1, NULL), ('elm', 1, 9, 3), ('holm', 1, 1, 4);
-- cases
SELECT tenant, id, ti FROM things ORDER BY ti, tenant, id;
SELECT tenant, id, ti FROM things ORDER BY ti DESC, tenant DESC, id DESC;
SELECT tenant, bu FROM things ORDER BY bu, tenant, id;
SELECT tenant, de FROM things ORDER BY de DESC, tenant, id;
SELECT tenant, fl FROM things ORDER BY fl, tenant, id;
SELECT tenant, db FROM things ORDER BY db, tenant, id;
SELECT tenant, bi FROM things ORDER BY bi, tenant, id;
SELECT tenant, ye FROM things ORDER BY ye DESC, tenant, id;
SELECT tenant, da FROM things ORDER BY da, tenant, id;
SELECT tenant, dt FROM things ORDER BY dt DESC, tenant, id;
SELECT tenant, ts FROM things ORDER BY ts, tenant, id;
SET time_zone = '+08:00';
SELECT tenant, ts FROM things ORDER BY ts DESC, tenant, id;
SET time_zone = DEFAULT;
SELECT tenant, tm FROM things ORDER BY tm, tenant, id;
SELECT tenant, en FROM things ORDER BY en, tenant, id;
SELECT tenant, se FROM things ORDER BY se DESC, tenant, id;
SELECT tenant, ge FROM things ORDER BY ge, tenant, id;
SELECT tenant, ge FROM things ORDER BY ge DESC, tenant DESC, id DESC;
SELECT tenant, un FROM things ORDER BY un, tenant DESC, id DESC;
SELECT tenant, ai FROM things ORDER BY ai, tenant, id;
SELECT tenant, cs FROM things ORDER BY cs, tenant, id;
SELECT tenant, bn FROM things ORDER BY bn, tenant, id;
SELECT tenant, nb FROM things ORDER BY nb DESC, tenant, id;
SELECT tenant, la FROM things ORDER BY la, tenant, id;
SELECT tenant, tx FROM things ORDER BY tx, tenant, id;
SELECT tenant, vb FROM things ORDER BY vb, tenant, id;
SELECT tenant, fb FROM things ORDER BY fb DESC, tenant, id;
SELECT tenant, js FROM things ORDER BY js, tenant, id;
SELECT * FROM things ORDER BY dt, tenant, id;
SELECT *, id + 1 AS more FROM things ORDER BY de, tenant, id LIMIT 4;
SELECT t.*, t.ti * 2 FROM things t ORDER BY t.un DESC, t.tenant, t.id LIMIT 2, 3;
SELECT tenant AS kind, id AS tenant FROM things ORDER BY tenant, kind;
SELECT tenant AS a, id AS b FROM things ORDER BY a DESC, b;
SELECT id, tenant FROM things ORDER BY 2, 1;
-- error: 1054
SELECT id, tenant FROM things ORDER BY 3;
-- error: 1054
SELECT id, no_such FROM things ORDER BY 1;
-- error: 1054
SELECT id FROM things ORDER BY no_such;
-- error: 1052
SELECT id AS x, ti AS x FROM things ORDER BY x;
SELECT tenant, id FROM things WHERE kind IN (1, 2) ORDER BY ti, tenant, id LIMIT 3;
SELECT tenant, id FROM things WHERE tenant IN ('acme', 'gum') ORDER BY id DESC LIMIT 5;
SELECT tenant, id FROM things WHERE kind = 99 ORDER BY id;
SELECT tenant, id FROM things WHERE 1 = 0 ORDER BY id;
SELECT tenant, id FROM things ORDER BY tenant, id LIMIT 0;
SELECT tenant, id FROM things ORDER BY tenant, id LIMIT 3 OFFSET 100;
SELECT FOUND_ROWS();
SELECT tenant, id FROM things ORDER BY tenant, id LIMIT 3 OFFSET 7;
SELECT FOUND_ROWS(), ROW_COUNT();
SELECT id FROM things WHERE tenant = 'acme' ORDER BY id LIMIT 5 OFFSET 1;
SELECT FOUND_ROWS();
SELECT id FROM things WHERE tenant = 'acme' ORDER BY id LIMIT 5 OFFSET 9;
SELECT FOUND_ROWS();
SELECT id FROM things WHERE tenant = 'acme' LIMIT 1 OFFSET 1;
SELECT FOUND_ROWS();
SELECT tenant, id FROM things ORDER BY tenant, id LIMIT 3 OFFSET 2;
SELECT FOUND_ROWS();
SELECT COUNT(*) FROM things GROUP BY kind ORDER BY 1 LIMIT 2 OFFSET 2;
SELECT FOUND_ROWS();
SELECT SQL_CALC_FOUND_ROWS tenant FROM things ORDER BY tenant, id LIMIT 2;
SELECT FOUND_ROWS();
-- unordered
SELECT tenant, id, js FROM things;
-- unordered
SELECT tenant, id FROM things WHERE da > NOW() - INTERVAL 100 YEAR;
SELECT tenant, id, NOW(6) = NOW(6), CURDATE() > '2000-01-01' FROM things ORDER BY tenant, id;
SELECT COUNT(DISTINCT n) FROM (SELECT SYSDATE(6) IS NULL AS n FROM things) d;
SELECT t.tenant, t.id, p.id, p.weight FROM things t JOIN parts p ON p.tenant = t.tenant AND p.thing = t.id ORDER BY p.weight DESC, t.tenant, p.id;
SELECT t.tenant, t.id, p.id FROM things t LEFT JOIN parts p ON p.tenant = t.tenant AND p.thing = t.id ORDER BY p.weight, t.tenant, t.id, p.id;
SELECT t.tenant, t.id, p.id FROM things t RIGHT JOIN parts p ON p.tenant = t.tenant AND p.thing = t.id ORDER BY p.tenant, p.id;
SELECT t.tenant, t.id, k.title FROM things t JOIN kinds k ON k.kind = t.kind ORDER BY k.title, t.tenant, t.id;
SELECT t.tenant, t.id, k.title FROM things t LEFT JOIN kinds k USING (kind) ORDER BY title DESC, t.tenant, t.id;
SELECT t.tenant, k.kind FROM kinds k LEFT JOIN things t ON t.kind = k.kind AND t.ti > 5 ORDER BY k.kind, t.tenant;
SELECT t.tenant, p.tenant FROM things t JOIN parts p ON p.thing = t.id ORDER BY t.tenant, t.id, p.tenant, p.id;
SELECT tenant, id FROM things NATURAL JOIN parts ORDER BY tenant, id;
-- params: 1, 3
SELECT tenant, id FROM things WHERE kind = ? ORDER BY dt, tenant, id LIMIT ?;
-- params: 2, 3
SELECT tenant, id, ge, db, ts FROM things ORDER BY ge, tenant, id LIMIT ?, ?;
-- params: datetime 2026-01-01 00:00:00, double 0.2
SELECT * FROM things WHERE dt >= ? AND db > ? ORDER BY bi, tenant, id;
-- params: '中文'
SELECT tenant, id FROM things WHERE ge = ? OR kind = 1 ORDER BY cs, tenant, id;
-- params: 7
SELECT ?, tenant FROM things ORDER BY tenant, id;
SET sql_select_limit = 2;
SELECT tenant, id FROM things ORDER BY tenant, id;
SET sql_select_limit = DEFAULT;
BEGIN;
UPDATE things SET ti = 50 WHERE tenant = 'acme' AND id = 1;
SELECT tenant, id, ti FROM things ORDER BY ti DESC, tenant, id LIMIT 2;
ROLLBACK;
SET NAMES latin1;
SELECT tenant, ge, la FROM things ORDER BY ge, tenant, id;
SET NAMES utf8mb4;
SET sql_mode = 'PAD_CHAR_TO_FULL_LENGTH';
SELECT tenant, un FROM things ORDER BY un, tenant, id;
SET sql_mode = 'ANSI_QUOTES';
SELECT "tenant", 'x' FROM "things" ORDER BY "tenant", "id";
SET sql_mode = DEFAULT;
SELECT shop.things.tenant FROM shop.things ORDER BY shop.things.id, tenant LIMIT 3;
SELECT tenant, id FROM things ORDER BY ti + 1 DESC, tenant, id;
SELECT tenant, id FROM things ORDER BY LENGTH(ge), tenant, id;
SELECT tenant, id, 1 / 0 FROM things ORDER BY tenant, id;
SELECT tenant, id FROM things WHERE ge = 5 ORDER BY tenant, id;

-- about: values of every type go through a write over shards as they are
-- database: shop
-- sharded: shop.src by tenant_id, shop.dst by tenant_id, shop.words by tenant_id
CREATE TABLE src (tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL, i8 TINYINT, u64 BIGINT UNSIGNED, f FLOAT, d DOUBLE, de DECIMAL(30,10), bi BIT(12), e ENUM('x','y','','z'), s SET('p','q','r'), y YEAR, da DATE, t3 TIME(3), dt DATETIME(6), ts TIMESTAMP(6) NULL, c CHAR(6), v VARCHAR(40), bin BINARY(6), vb VARBINARY(40), tx TEXT, bl BLOB, j JSON, la VARCHAR(20) CHARACTER SET latin1, u2 VARCHAR(20) CHARACTER SET gbk, PRIMARY KEY (id));
CREATE TABLE dst (tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL, i8 TINYINT, u64 BIGINT UNSIGNED, f FLOAT, d DOUBLE, de DECIMAL(30,10), bi BIT(12), e ENUM('x','y','','z'), s SET('p','q','r'), y YEAR, da DATE, t3 TIME(3), dt DATETIME(6), ts TIMESTAMP(6) NULL, c CHAR(6), v VARCHAR(40), bin BINARY(6), vb VARBINARY(40), tx TEXT, bl BLOB, j JSON, la VARCHAR(20) CHARACTER SET latin1, u2 VARCHAR(20) CHARACTER SET gbk, PRIMARY KEY (id));
CREATE TABLE words (tenant_id VARCHAR(20) NOT NULL, w VARCHAR(20) CHARACTER SET latin1 COLLATE latin1_swedish_ci NOT NULL, d DATETIME(3) NOT NULL, b VARBINARY(10) NOT NULL, e ENUM('k','l','m') NOT NULL, n INT, v VARCHAR(20) CHARACTER SET utf8mb3 COLLATE utf8mb3_bin, PRIMARY KEY (w, d, b, e));
INSERT INTO src VALUES ('a', 1, -128, 18446744073709551615, 1.1, 0.1, 12345678901234567890.1234567891, b'101010101010', 'x', 'p,r', 2024, '2024-02-29', '-838:59:58.999', '2037-12-31 23:59:59.999999', '2024-07-01 12:00:00.123456', 'ab', 'Grüße ''\\"', x'00ff27', x'5c27000a', '苹果 🍎', x'00010203', '{"a": [1, 2.5, true, null, "x\\"y"], "ü": 18446744073709551615}', 'é', '苹');
INSERT INTO src VALUES ('b', 2, 127, 0, -3.4e38, 1.7976931348623157e308, -0.0000000001, b'0', '', '', 1901, '0001-01-01', '00:00:00.001', '1000-01-01 00:00:00', '1970-01-02 00:00:01', '', '', '', '', '', '', '[]', '', '');
INSERT INTO src VALUES ('c', 3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO src VALUES ('d', 4, 0, 9007199254740993, 16777217, 9007199254740993, 1, b'111111111111', 'z', 'q', 2155, '2024-12-31', '12:34:56', '2024-03-31 02:30:00', '2038-01-19 03:14:07', 'x  ', 'x  ', 'x', 'x', REPEAT('long', 3000), REPEAT(x'00', 5000), CAST(CAST('2024-01-01' AS DATE) AS JSON), 'ÿ', 'A');
INSERT INTO src VALUES ('e', 5, 1, 1, 1e-30, 5e-324, 0.5, b'1', 'y', 'p,q,r', 0, '2024-01-01', '-00:00:00.5', '2024-01-01 00:00:00.000001', '2024-10-27 01:30:00', 'ß', 'NULL', 'NULL', x'e4', '\t\n\r\Z\\', x'1a', JSON_OBJECT('d', CAST(1.50 AS DECIMAL(5,2)), 't', CAST('10:00:00' AS TIME)), 'ß', 'z');
INSERT INTO words VALUES ('a', 'Straße', '2024-01-01 10:00:00.123', x'00', 'k', 1, 'é'), ('b', 'é''t\\é', '2024-01-01 10:00:00.124', x'27', 'l', 2, 'E'), ('c', 'plain', '2024-01-02', x'', 'm', 3, NULL), ('d', 'ÿ', '2024-01-03', x'ff5c', 'm', 4, '');
-- cases
INSERT INTO dst SELECT CONCAT('n', s.tenant_id), s.id, s.i8, s.u64, s.f, s.d, s.de, s.bi, s.e, s.s, s.y, s.da, s.t3, s.dt, s.ts, s.c, s.v, s.bin, s.vb, s.tx, s.bl, s.j, s.la, s.u2 FROM src s;
SELECT * FROM dst ORDER BY id;
SELECT id, f * 1e0, d = 0.1, HEX(bi), e + 0, s + 0, HEX(c), HEX(v), HEX(bin), HEX(vb), HEX(tx), LENGTH(bl), HEX(la), HEX(u2), JSON_TYPE(j), JSON_TYPE(j->'$.d'), JSON_TYPE(j->'$.t') FROM dst ORDER BY id;
SELECT COUNT(*) FROM dst JOIN src USING (id) WHERE dst.f <=> src.f AND dst.d <=> src.d AND dst.de <=> src.de AND dst.j <=> src.j AND dst.ts <=> src.ts;
# With another time zone and another sql_mode the values are the same.
SET time_zone = '+05:30';
SET sql_mode = 'NO_BACKSLASH_ESCAPES,ANSI_QUOTES';
REPLACE INTO dst SELECT CONCAT('n', s.tenant_id), s.id, s.i8, s.u64, s.f, s.d, s.de, s.bi, s.e, s.s, s.y, s.da, s.t3, s.dt, s.ts, s.c, s.v, s.bin, s.vb, s.tx, s.bl, s.j, s.la, s.u2 FROM src s WHERE id <> 3;
SELECT id, ts, UNIX_TIMESTAMP(ts), dt, HEX(vb), HEX(v) FROM dst ORDER BY id, tenant_id;
INSERT INTO dst (tenant_id, id, ts, v) SELECT CONCAT('n', s.tenant_id), s.id, s.ts, '\' FROM src s ORDER BY id ON DUPLICATE KEY UPDATE ts = VALUES(ts), v = CONCAT(dst.v, '\');
SELECT id, ts, HEX(v) FROM dst ORDER BY id, tenant_id;
SET time_zone = DEFAULT;
SET sql_mode = DEFAULT;
DELETE FROM dst WHERE id IN (SELECT id FROM src);
# Conversions are those of the server.
INSERT INTO dst (tenant_id, id, i8, u64, f, d, de, bi, e, s, y, da, t3, dt, ts, c, v, bin, vb) SELECT CONCAT('k', tenant_id), id + 10, e, i8 + 129, d / 1e300, f, f, u64 % 4096, 'y', 'q,p', '24', dt, dt, da, da, id, dt, id, de FROM src WHERE id = 1;
INSERT INTO dst (tenant_id, id, v, tx, j) SELECT CONCAT('k', tenant_id), id + 20, la, u2, JSON_ARRAY(id, d, de, e, vb, dt) FROM src WHERE id IN (1, 2, 5);
-- error: 1366
INSERT INTO dst (tenant_id, id, la) SELECT CONCAT('k', tenant_id), id + 30, tx FROM src ORDER BY id;
-- error: 3140
INSERT INTO dst (tenant_id, id, j) SELECT CONCAT('k', tenant_id), id + 40, v FROM src ORDER BY id;
SELECT * FROM dst ORDER BY id;
# Changes of every type.
UPDATE dst d JOIN src s ON s.id + 10 = d.id SET d.f = s.f, d.d = s.d, d.de = s.de, d.bi = s.bi, d.e = s.e, d.s = s.s, d.y = s.y, d.da = s.da, d.t3 = s.t3, d.dt = s.dt, d.ts = s.ts, d.c = s.c, d.v = s.v, d.bin = s.bin, d.vb = s.vb, d.tx = s.tx, d.bl = s.bl, d.j = s.j, d.la = s.la, d.u2 = s.u2;
UPDATE dst d JOIN src s ON s.id + 10 = d.id SET d.f = s.f, d.d = s.d, d.de = s.de, d.bi = s.bi, d.e = s.e, d.s = s.s, d.y = s.y, d.da = s.da, d.t3 = s.t3, d.dt = s.dt, d.ts = s.ts, d.c = s.c, d.v = s.v, d.bin = s.bin, d.vb = s.vb, d.tx = s.tx, d.bl = s.bl, d.j = s.j, d.la = s.la, d.u2 = s.u2;
UPDATE dst SET v = UPPER(v), la = UPPER(la), e = 'Z' WHERE id < 100 ORDER BY id LIMIT 10;
UPDATE dst SET v = LOWER(v), j = JSON_SET(IFNULL(j, '{}'), '$.n', 1.0) ORDER BY id LIMIT 10;
UPDATE dst SET j = JSON_SET(j, '$.n', 1) ORDER BY id LIMIT 10;
SELECT * FROM dst ORDER BY id;
# Keys of several columns, with texts in other character sets.
UPDATE words SET n = n + 10, v = CONCAT(v, 'x') ORDER BY n LIMIT 3;
SELECT * FROM words ORDER BY n;
UPDATE words SET v = UPPER(v) ORDER BY n LIMIT 10;
UPDATE words SET n = n - 10 WHERE n > 10 ORDER BY n LIMIT 3;
UPDATE words SET v = IF(n = 1, 'é', IF(n = 2, 'E', IF(n = 3, NULL, ''))) ORDER BY n LIMIT 9;
SELECT * FROM words ORDER BY n;
# As it was.
DELETE FROM dst;

-- about: every type sorts as MySQL sorts it, not as its text would
-- any plan
-- database: lab
-- sharded: lab.samples by tenant_id, lab.numbers by tenant_id, lab.blobs by tenant_id
CREATE TABLE samples (
  tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL PRIMARY KEY,
  size ENUM('small', 'medium', 'large', '10', '9') NULL, flags SET('read', 'write', 'admin', 'z') NULL,
  bits BIT(12), doc JSON, span TIME(3), stamp TIMESTAMP(6) NULL, day DATE, moment DATETIME(3), y YEAR);
INSERT INTO samples VALUES
  ('a', 1, 'small', 'read', b'1', '1', '-00:00:01', '2026-01-01 00:00:00.000001', '2026-01-01', '2026-01-01 00:00:00.5', 2026),
  ('b', 2, 'large', 'write', b'10', '10', '-838:59:59', '2026-01-01 00:00:00', '1000-01-01', '9999-12-31 23:59:59.999', 1901),
  ('c', 3, 'medium', 'read,write', b'11', '9', '838:59:59', '1970-01-01 12:00:01', '9999-12-31', '1000-01-01 00:00:00', 2155),
  ('d', 4, '10', 'admin', b'111111111111', '"text"', '00:00:00', '2037-12-31 00:00:00', NULL, NULL, 0),
  ('e', 5, '9', '', b'0', 'null', '00:00:00.001', NULL, '2025-12-31', '2026-01-01 00:00:00.499', NULL),
  ('f', 6, NULL, NULL, NULL, NULL, NULL, '2026-01-01 00:00:00.1', '2026-01-01', '2026-01-01 00:00:00', 1999),
  ('g', 7, 'small', 'z', b'100000000', '[1, 2]', '10:00:00', '2025-06-01 00:00:00', '2026-01-02', '2026-01-01', 2026),
  ('h', 8, 'large', 'read,z', b'1000', '{"a": 1}', '9:59:59.999', '2026-01-01 00:00:00', '2026-02-28', '2026-12-01', 2000),
  ('i', 9, 'medium', 'write,admin', b'101', 'true', '-10:00:00', '2026-01-02 00:00:00', '2024-02-29', '2024-02-29 10:00:00', 1970),
  ('j', 10, 'small', 'read,write,admin,z', b'110', '1.5', '100:00:00', '2020-01-01 00:00:00', '2024-03-01', '2024-03-01', 1971),
  ('k', 11, 'large', 'admin', b'1001', 'false', '-09:00:00', '2021-01-01 00:00:00', '0999-01-01', '2024-03-01', 2001);
CREATE TABLE numbers (
  tenant_id INT UNSIGNED NOT NULL, id INT AUTO_INCREMENT PRIMARY KEY,
  t TINYINT, tu TINYINT UNSIGNED, s SMALLINT, m MEDIUMINT, i INT, b BIGINT, bu BIGINT UNSIGNED,
  d DECIMAL(30,10), dz DECIMAL(5,0), f FLOAT, g DOUBLE, z INT(6) UNSIGNED ZEROFILL, v VARCHAR(30));
INSERT INTO numbers VALUES
  (1, NULL, -128, 255, -32768, -8388608, -2147483648, -9223372036854775808, 18446744073709551615, -12345678901234567890.0123456789, 99999, -1.5, -1e300, 7, '10'),
  (2, NULL, 127, 0, 32767, 8388607, 2147483647, 9223372036854775807, 9223372036854775808, 12345678901234567890.0123456789, -99999, 1.5, 1e300, 123456, '9'),
  (3, NULL, 0, 128, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '-1'),
  (4, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (70000, NULL, -1, 127, -1, -1, -1, -1, 9223372036854775807, 0.0000000001, 1, 0.25, 2.2250738585072014e-308, 42, '1e3'),
  (4294967295, NULL, 1, 1, 1, 1, 1, 1, 1, -0.0000000001, -1, -0.25, -0.5, 1000000, 'abc'),
  (6, NULL, 9, 9, 9, 9, 9, 9, 9, 9.9, 9, 9.5, 9.5, 9, '9abc'),
  (7, NULL, 10, 10, 10, 10, 10, 10, 10, 10.1, 10, 10.5, 10.5, 10, '');
CREATE TABLE blobs (tenant_id VARBINARY(16) NOT NULL, id INT PRIMARY KEY, b BINARY(4), vb VARBINARY(10), bl BLOB, tx TEXT, u BINARY(16));
INSERT INTO blobs VALUES
  (x'00', 1, x'00', x'', x'00ff', 'b', UUID_TO_BIN('6ccd780c-baba-1026-9564-5b8c656024db')), (x'01', 2, 'a', x'00', x'00', 'B', NULL),
  (x'ff', 3, 'A', x'0000', x'', 'a', x'ffffffffffffffffffffffffffffffff'), ('aa', 4, x'ffffffff', 'a', NULL, 'ä', x'00000000000000000000000000000000'),
  ('AA', 5, 'ab', 'A', 'text', '', NULL), ('b', 6, NULL, NULL, x'80', NULL, x'80000000000000000000000000000000'), ('c', 7, 'é', 'é', 'é', 'é', x'7fffffffffffffffffffffffffffffff');
-- cases
# ENUM sorts by the number of the member, SET by its bits, BIT as a number.
SELECT id, size FROM samples ORDER BY size, id;
SELECT id, size FROM samples ORDER BY size DESC, id;
SELECT id, size + 0, CONCAT(size) FROM samples ORDER BY CONCAT(size), id;
SELECT id, flags, flags + 0 FROM samples ORDER BY flags, id;
SELECT id, flags FROM samples ORDER BY flags DESC, id DESC;
SELECT id, bits + 0, HEX(bits) FROM samples ORDER BY bits, id;
SELECT id, bits FROM samples ORDER BY bits DESC, id;
SELECT MIN(size), MAX(size), MIN(flags), MAX(flags), MIN(bits), MAX(bits) FROM samples;
# JSON has an order of its own: by kind, then by value.
SELECT id, doc FROM samples WHERE JSON_TYPE(doc) NOT IN ('ARRAY', 'OBJECT') ORDER BY doc, id;
SELECT id, doc->'$.a', JSON_TYPE(doc) FROM samples ORDER BY JSON_TYPE(doc), id;
SELECT id FROM samples WHERE doc < CAST('10' AS JSON) ORDER BY doc, id;
# Negative times, fractions, years, the ends of the calendar.
SELECT id, span FROM samples ORDER BY span, id;
SELECT id, span FROM samples ORDER BY span DESC, id;
SELECT MIN(span), MAX(span) FROM samples;
SELECT id, stamp FROM samples ORDER BY stamp DESC, id;
SELECT id, day FROM samples ORDER BY day, id;
SELECT id, moment FROM samples ORDER BY moment, id;
SELECT id, y FROM samples ORDER BY y, id;
SELECT MIN(day), MAX(day), MIN(moment), MAX(moment), MIN(stamp), MAX(stamp), MIN(y), MAX(y) FROM samples;
SET time_zone = '+08:00';
SELECT id, stamp, UNIX_TIMESTAMP(stamp) FROM samples ORDER BY stamp, id;
SELECT MAX(stamp), COUNT(DISTINCT DATE(stamp)) FROM samples;
SET time_zone = DEFAULT;
# Integers at their ends, unsigned ones beyond the signed.
SELECT id, t, tu, s, m FROM numbers ORDER BY t, id;
SELECT id, tu FROM numbers ORDER BY tu DESC, id;
SELECT id, i, b FROM numbers ORDER BY b, id;
SELECT id, bu FROM numbers ORDER BY bu, id;
SELECT id, bu FROM numbers ORDER BY bu DESC, id;
SELECT tenant_id, id FROM numbers ORDER BY tenant_id DESC;
SELECT id, z FROM numbers ORDER BY z, id;
SELECT id, d FROM numbers ORDER BY d, id;
SELECT id, dz, d FROM numbers ORDER BY dz DESC, id;
SELECT id, f, g FROM numbers ORDER BY f, id;
SELECT id, g FROM numbers ORDER BY g DESC, id;
SELECT MIN(t), MAX(tu), MIN(b), MAX(bu), MIN(d), MAX(d), MIN(f), MAX(g), MAX(z) FROM numbers;
# The same column sorts differently as text and as number; mixed expressions take the common type.
SELECT id, v FROM numbers ORDER BY v, id;
SELECT id, v FROM numbers WHERE v REGEXP '^-?[0-9]+$' ORDER BY v + 0, id;
SELECT id FROM numbers ORDER BY COALESCE(i, 'x'), id;
SELECT id FROM numbers ORDER BY IF(id > 4, b, d), id;
SELECT id, GREATEST(t, dz) FROM numbers ORDER BY GREATEST(t, dz), id;
SELECT id FROM numbers ORDER BY bu > b, id;
# Bytes sort as bytes; BINARY(n) is filled with zeros, VARBINARY is not.
SELECT id, HEX(b) FROM blobs ORDER BY b, id;
SELECT id, HEX(vb) FROM blobs ORDER BY vb, id;
SELECT id, HEX(bl) FROM blobs ORDER BY bl, id;
SELECT id, tx FROM blobs ORDER BY tx, id;
SELECT id, BIN_TO_UUID(u) FROM blobs ORDER BY u DESC, id;
SELECT HEX(tenant_id), b, vb, bl FROM blobs ORDER BY tenant_id;
SELECT HEX(MIN(b)), HEX(MAX(vb)), HEX(MAX(bl)), MIN(tx), MAX(tx) FROM blobs;

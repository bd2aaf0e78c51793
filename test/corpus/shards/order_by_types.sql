-- about: every type sorts as MySQL sorts it, not as its text would
-- any plan
-- database: lab
-- sharded: lab.samples by tenant_id
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
-- cases
SELECT id, size FROM samples ORDER BY size, id;
SELECT id, size FROM samples ORDER BY size DESC, id;
SELECT id, size + 0, CONCAT(size) FROM samples ORDER BY CONCAT(size), id;
SELECT id, flags, flags + 0 FROM samples ORDER BY flags, id;
SELECT id, flags FROM samples ORDER BY flags DESC, id DESC;
SELECT id, bits + 0, HEX(bits) FROM samples ORDER BY bits, id;
SELECT id, bits FROM samples ORDER BY bits DESC, id;
SELECT MIN(size), MAX(size), MIN(flags), MAX(flags), MIN(bits), MAX(bits) FROM samples;
SELECT id, doc FROM samples WHERE JSON_TYPE(doc) NOT IN ('ARRAY', 'OBJECT') ORDER BY doc, id;
SELECT id, doc->'$.a', JSON_TYPE(doc) FROM samples ORDER BY JSON_TYPE(doc), id;
SELECT id FROM samples WHERE doc < CAST('10' AS JSON) ORDER BY doc, id;
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

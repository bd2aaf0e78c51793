-- about: numbers sort by value, whatever their width; the key is an integer
-- any plan
-- database: lab
-- sharded: lab.numbers by tenant_id
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
-- cases
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
SELECT id, v FROM numbers ORDER BY v, id;
SELECT id, v FROM numbers WHERE v REGEXP '^-?[0-9]+$' ORDER BY v + 0, id;
SELECT id FROM numbers ORDER BY COALESCE(i, 'x'), id;
SELECT id FROM numbers ORDER BY IF(id > 4, b, d), id;
SELECT id, GREATEST(t, dz) FROM numbers ORDER BY GREATEST(t, dz), id;
SELECT id FROM numbers ORDER BY bu > b, id;

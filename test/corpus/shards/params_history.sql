-- about: a parameter whose type changes from one execution to the next: MySQL keeps the types for which it has prepared the statement last
-- database: shop
-- sharded: shop.acc by tenant_id
-- reference: shop.cur
CREATE TABLE acc (tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL, code VARCHAR(20), n INT, u BIGINT UNSIGNED, amount DECIMAL(10,2), f DOUBLE, day DATE, at DATETIME(3), t TIME, PRIMARY KEY (tenant_id, id));
CREATE TABLE cur (id INT PRIMARY KEY, code VARCHAR(20), n INT, f DOUBLE);
INSERT INTO acc VALUES
  ('1', 1, '1', 1, 1, 1.00, 1, '2026-01-01', '2026-01-01 10:00:00', '10:00:00'),
  ('1', 2, '01', 2, 2, 2.50, 2.5, '2026-02-01', '2026-01-01 10:00:00.5', '-10:00:00'),
  ('2', 1, '1.0', 3, 9223372036854775808, 3.00, 9007199254740992, '2026-03-01', '2026-03-01 00:00:00', '00:00:01'),
  ('3', 1, ' 1', 4, 18446744073709551615, -1.00, -1, NULL, NULL, NULL),
  ('3', 2, '2026-01-01', 20260101, 5, 20260101, 20260101, '2026-01-01', '2026-01-01 00:00:00', '20:26:01');
INSERT INTO cur VALUES (1, '1', 1, 1), (2, '01', 2, 2.5), (3, '1.0', 3, 3), (4, ' 1', 4, NULL);
-- cases
# a text after a number is the number that it spells
-- params: 1
-- params: '1'
-- params: '01'
-- params: ' 1 '
SELECT tenant_id, id FROM acc WHERE code = ? ORDER BY tenant_id, id;
-- params: 'x'
-- params: ubigint 1
-- params: '01'
-- params: blob 31
-- params: long '1'
SELECT id FROM cur WHERE code = ? ORDER BY id;
-- params: 1
-- params: 'x'
-- always refuse: 1235 had a value of another type before
SELECT id FROM cur WHERE code = ? ORDER BY id;
# what the integers do not have becomes DECIMAL, and stays so
-- params: 1
-- params: '1.0'
-- params: '2'
-- params: 3
-- params: null
SELECT ? AS p, id FROM cur WHERE id < 3 ORDER BY id;
-- params: 1
-- params: '-3'
-- params: 7
SELECT ? AS p;
-- params: 1
-- params: '9223372036854775807'
-- params: '9223372036854775808'
-- params: '5'
SELECT ? AS p;
-- params: ubigint 1
-- params: '18446744073709551615'
-- params: '-0'
SELECT ? AS p;
# numbers after a DOUBLE are DOUBLE
-- params: double 1.5
-- params: 5
-- params: ubigint 7
-- params: decimal 2.5
-- params: '12.25'
-- params: ' -3 '
-- params: null
SELECT ? AS p FROM cur WHERE id = 1;
-- params: double 1.5, 1
-- params: '9007199254740993', '1'
-- params: 1, 1
SELECT id, f FROM acc WHERE f = ? OR n = ? ORDER BY tenant_id, id;
-- params: double 3
-- params: '9007199254740993'
SELECT id, u FROM acc WHERE u > ? ORDER BY tenant_id, id;
# a server shows such a number with all its digits, or as DOUBLE, by the function that takes it
-- params: double 1.5
-- params: 9007199254740993
-- always refuse: 1235 had a value of another type before
SELECT ? AS p;
-- params: double 1.5
-- params: '12abc'
-- always refuse: 1235 had a value of another type before
SELECT ? AS p;
# DECIMAL takes integers and texts
-- params: decimal 1.5
-- params: 7
-- params: ubigint 18446744073709551615
-- params: '012'
-- params: '-1.50'
-- params: double 2
-- params: '5'
SELECT ? AS p;
-- params: decimal 1.5
-- params: ''
-- always refuse: 1235 had a value of another type before
SELECT ? AS p;
# a text after a date is a date, one with a time makes the statement one of DATETIME
-- params: date 2026-01-01
-- params: '2026-02-01'
-- params: '2026-03-03 10:00:00'
-- params: datetime 2026-03-04 00:00:00
SELECT ? AS p;
-- params: date 2026-01-01
-- params: '2026-01-01'
SELECT tenant_id, id FROM acc WHERE amount = ? ORDER BY tenant_id, id;
-- params: datetime 2026-01-01 10:00:00
-- params: '2026-01-01 10:00:00'
-- params: '2026-01-01 10:00:00.5'
SELECT id FROM acc WHERE CONCAT(at) = CONCAT(?) ORDER BY tenant_id, id;
-- params: time 10:00:00
-- params: '00:00:01'
-- params: '23:59:59.123456'
SELECT ? AS p;
-- params: date 2026-01-01
-- params: 20260101
-- always refuse: 1235 had a value of another type before
SELECT ? AS p;
# a number after a text is a number, for as long as the statement lives
-- params: 'a', 1
-- params: 1, 1
-- params: '01', '1'
-- params: '1', double 2.5
-- params: 1, '2.5'
SELECT id FROM cur WHERE code = ? OR f = ? ORDER BY id;
-- params: 1, 1
-- params: null, 1
-- always refuse: 1235 had a value of another type before
SELECT id FROM cur WHERE code = ? OR f = ? ORDER BY id;
# casts and LIMIT take what comes
-- params: 1
-- params: '01'
-- params: double 1.5
-- params: 'abc'
SELECT CAST(? AS CHAR) AS p;
-- params: 1, 2
-- params: '01', 2
-- params: 'x', 2
SELECT BINARY ? AS p, id FROM cur WHERE id <= ? ORDER BY id LIMIT 2;
-- params: 1, 2
-- params: '1.5', 1
SELECT id FROM cur WHERE f >= ? ORDER BY id LIMIT ?;
# in writes
BEGIN;
-- params: 10, double 1, 1
-- params: 11, null, 2
-- params: 12, '3', null
-- params: 13, null, null
INSERT INTO cur (id, n, f) VALUES (?, ?, ?);
SELECT * FROM cur ORDER BY id;
-- params: 1
-- params: '1'
-- params: '01'
UPDATE cur SET n = n + 1 WHERE code = ?;
SELECT * FROM cur ORDER BY id;
-- params: 1
-- params: '01'
UPDATE acc SET n = n + 1 WHERE n = ?;
-- params: double 1.5
-- params: '2'
-- params: null
UPDATE acc SET n = ?;
SELECT tenant_id, id, n FROM acc ORDER BY tenant_id, id;
ROLLBACK;

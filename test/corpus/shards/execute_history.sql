-- about: a variable whose type changes from one EXECUTE to the next: MySQL keeps the types for which it has prepared the statement last
-- text only
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
PREPARE s FROM 'SELECT tenant_id, id FROM acc WHERE code = ? ORDER BY tenant_id, id';
SET @p0=1;
EXECUTE s USING @p0;
SET @p0='1';
EXECUTE s USING @p0;
SET @p0='01';
EXECUTE s USING @p0;
SET @p0=' 1 ';
EXECUTE s USING @p0;
PREPARE s FROM 'SELECT id FROM cur WHERE code = ? ORDER BY id';
SET @p0='x';
EXECUTE s USING @p0;
SET @p0=CAST(1 AS UNSIGNED);
EXECUTE s USING @p0;
SET @p0='01';
EXECUTE s USING @p0;
SET @p0=x'31';
EXECUTE s USING @p0;
SET @p0='1';
EXECUTE s USING @p0;
PREPARE s FROM 'SELECT id FROM cur WHERE code = ? ORDER BY id';
SET @p0=1;
EXECUTE s USING @p0;
SET @p0='x';
-- always refuse: 1235 had a value of another type before
EXECUTE s USING @p0;
# what the integers do not have becomes DECIMAL, and stays so
PREPARE s FROM 'SELECT ? AS p, id FROM cur WHERE id < 3 ORDER BY id';
SET @p0=1;
EXECUTE s USING @p0;
SET @p0='1.0';
EXECUTE s USING @p0;
SET @p0='2';
EXECUTE s USING @p0;
SET @p0=3;
EXECUTE s USING @p0;
PREPARE s FROM 'SELECT ? AS p';
SET @p0=1;
EXECUTE s USING @p0;
SET @p0='-3';
EXECUTE s USING @p0;
SET @p0=7;
EXECUTE s USING @p0;
PREPARE s FROM 'SELECT ? AS p';
SET @p0=1;
EXECUTE s USING @p0;
SET @p0='9223372036854775807';
EXECUTE s USING @p0;
SET @p0='9223372036854775808';
EXECUTE s USING @p0;
SET @p0='5';
EXECUTE s USING @p0;
PREPARE s FROM 'SELECT ? AS p';
SET @p0=CAST(1 AS UNSIGNED);
EXECUTE s USING @p0;
SET @p0='18446744073709551615';
EXECUTE s USING @p0;
SET @p0='-0';
EXECUTE s USING @p0;
# numbers after a DOUBLE are DOUBLE
PREPARE s FROM 'SELECT ? AS p FROM cur WHERE id = 1';
SET @p0=1.5e0;
EXECUTE s USING @p0;
SET @p0=5;
EXECUTE s USING @p0;
SET @p0=CAST(7 AS UNSIGNED);
EXECUTE s USING @p0;
SET @p0=2.5;
EXECUTE s USING @p0;
SET @p0='12.25';
EXECUTE s USING @p0;
SET @p0=' -3 ';
EXECUTE s USING @p0;
PREPARE s FROM 'SELECT id, f FROM acc WHERE f = ? OR n = ? ORDER BY tenant_id, id';
SET @p0=1.5e0, @p1=1;
EXECUTE s USING @p0, @p1;
SET @p0='9007199254740993', @p1='1';
EXECUTE s USING @p0, @p1;
SET @p0=1, @p1=1;
EXECUTE s USING @p0, @p1;
PREPARE s FROM 'SELECT id, u FROM acc WHERE u > ? ORDER BY tenant_id, id';
SET @p0=3e0;
EXECUTE s USING @p0;
SET @p0='9007199254740993';
EXECUTE s USING @p0;
# a server shows such a number with all its digits, or as DOUBLE, by the function that takes it
PREPARE s FROM 'SELECT ? AS p';
SET @p0=1.5e0;
EXECUTE s USING @p0;
SET @p0=9007199254740993;
-- always refuse: 1235 had a value of another type before
EXECUTE s USING @p0;
PREPARE s FROM 'SELECT ? AS p';
SET @p0=1.5e0;
EXECUTE s USING @p0;
SET @p0='12abc';
-- always refuse: 1235 had a value of another type before
EXECUTE s USING @p0;
# DECIMAL takes integers and texts
PREPARE s FROM 'SELECT ? AS p';
SET @p0=1.5;
EXECUTE s USING @p0;
SET @p0=7;
EXECUTE s USING @p0;
SET @p0=CAST(18446744073709551615 AS UNSIGNED);
EXECUTE s USING @p0;
SET @p0='012';
EXECUTE s USING @p0;
SET @p0='-1.50';
EXECUTE s USING @p0;
SET @p0=2e0;
EXECUTE s USING @p0;
SET @p0='5';
EXECUTE s USING @p0;
PREPARE s FROM 'SELECT ? AS p';
SET @p0=1.5;
EXECUTE s USING @p0;
SET @p0='';
-- always refuse: 1235 had a value of another type before
EXECUTE s USING @p0;
# a text after a date is a date, one with a time makes the statement one of DATETIME
# a number after a text is a number, for as long as the statement lives
PREPARE s FROM 'SELECT id FROM cur WHERE code = ? OR f = ? ORDER BY id';
SET @p0='a', @p1=1;
EXECUTE s USING @p0, @p1;
SET @p0=1, @p1=1;
EXECUTE s USING @p0, @p1;
SET @p0='01', @p1='1';
EXECUTE s USING @p0, @p1;
SET @p0='1', @p1=2.5e0;
EXECUTE s USING @p0, @p1;
SET @p0=1, @p1='2.5';
EXECUTE s USING @p0, @p1;
PREPARE s FROM 'SELECT id FROM cur WHERE code = ? OR f = ? ORDER BY id';
SET @p0=1, @p1=1;
EXECUTE s USING @p0, @p1;
SET @p0=null, @p1=1;
-- always refuse: 1235 had a value of another type before
EXECUTE s USING @p0, @p1;
# casts and LIMIT take what comes
PREPARE s FROM 'SELECT CAST(? AS CHAR) AS p';
SET @p0=1;
EXECUTE s USING @p0;
SET @p0='01';
EXECUTE s USING @p0;
SET @p0=1.5e0;
EXECUTE s USING @p0;
SET @p0='abc';
EXECUTE s USING @p0;
PREPARE s FROM 'SELECT BINARY ? AS p, id FROM cur WHERE id <= ? ORDER BY id LIMIT 2';
SET @p0=1, @p1=2;
EXECUTE s USING @p0, @p1;
SET @p0='01', @p1=2;
EXECUTE s USING @p0, @p1;
SET @p0='x', @p1=2;
EXECUTE s USING @p0, @p1;
PREPARE s FROM 'SELECT id FROM cur WHERE f >= ? ORDER BY id LIMIT ?';
SET @p0=1, @p1=2;
EXECUTE s USING @p0, @p1;
SET @p0='1.5', @p1=1;
EXECUTE s USING @p0, @p1;
# in writes
BEGIN;
PREPARE s FROM 'INSERT INTO cur (id, n, f) VALUES (?, ?, ?)';
SET @p0=10, @p1=1e0, @p2=1;
EXECUTE s USING @p0, @p1, @p2;
SET @p0=11, @p1=null, @p2=2;
EXECUTE s USING @p0, @p1, @p2;
SET @p0=12, @p1='3', @p2=null;
EXECUTE s USING @p0, @p1, @p2;
SET @p0=13, @p1=null, @p2=null;
EXECUTE s USING @p0, @p1, @p2;
SELECT * FROM cur ORDER BY id;
PREPARE s FROM 'UPDATE cur SET n = n + 1 WHERE code = ?';
SET @p0=1;
EXECUTE s USING @p0;
SET @p0='1';
EXECUTE s USING @p0;
SET @p0='01';
EXECUTE s USING @p0;
SELECT * FROM cur ORDER BY id;
PREPARE s FROM 'UPDATE acc SET n = n + 1 WHERE n = ?';
SET @p0=1;
EXECUTE s USING @p0;
SET @p0='01';
EXECUTE s USING @p0;
PREPARE s FROM 'UPDATE acc SET n = ?';
SET @p0=1.5e0;
EXECUTE s USING @p0;
SET @p0='2';
EXECUTE s USING @p0;
SET @p0=null;
EXECUTE s USING @p0;
SELECT tenant_id, id, n FROM acc ORDER BY tenant_id, id;
ROLLBACK;
# reads and writes over shards
SET @i=1, @t='1', @x='abc', @d=2.50, @f=2.5e0, @n=NULL, @k='1', @q='3';
PREPARE s FROM 'SELECT tenant_id, id, n + ? AS p FROM acc ORDER BY tenant_id, id';
EXECUTE s USING @i;
EXECUTE s USING @t;
EXECUTE s USING @d;
EXECUTE s USING @f;
PREPARE s FROM 'SELECT SUM(n + ?), MAX(?), COUNT(*) FROM acc';
EXECUTE s USING @i, @t;
EXECUTE s USING @t, @i;
PREPARE s FROM 'SELECT tenant_id, id FROM acc WHERE n = ? ORDER BY tenant_id, id';
EXECUTE s USING @i;
EXECUTE s USING @t;
PREPARE s FROM 'SELECT tenant_id, id FROM acc WHERE n = ? ORDER BY tenant_id, id';
EXECUTE s USING @d;
PREPARE s FROM 'SELECT tenant_id, id FROM acc WHERE n = ? ORDER BY tenant_id, id';
EXECUTE s USING @f;
PREPARE s FROM 'SELECT tenant_id, id FROM acc WHERE n = ? ORDER BY tenant_id, id';
EXECUTE s USING @x;
EXECUTE s USING @i;
EXECUTE s USING @x;
PREPARE s FROM 'SELECT tenant_id, id FROM acc WHERE day = ? ORDER BY tenant_id, id';
SET @y = '2026-01-01';
EXECUTE s USING @y;
SET @y = 20260101;
EXECUTE s USING @y;
PREPARE s FROM 'SELECT tenant_id, id FROM acc WHERE code IN (?, ?) ORDER BY tenant_id, id';
EXECUTE s USING @t, @t;
EXECUTE s USING @t, @i;
EXECUTE s USING @t, @t;
PREPARE s FROM 'SELECT id, n FROM acc WHERE tenant_id = ? ORDER BY id';
EXECUTE s USING @k;
EXECUTE s USING @q;
EXECUTE s USING @i;
EXECUTE s USING @q;
EXECUTE s USING @k;
PREPARE s FROM 'SELECT id, n FROM acc WHERE tenant_id = ? AND code = ? ORDER BY id';
EXECUTE s USING @k, @t;
EXECUTE s USING @k, @i;
EXECUTE s USING @k, @t;
BEGIN;
PREPARE s FROM 'UPDATE acc SET n = n + ? WHERE code = ?';
EXECUTE s USING @i, @t;
-- error: 1292
EXECUTE s USING @i, @i;
-- error: 1292
EXECUTE s USING @i, @t;
SELECT tenant_id, id, n FROM acc ORDER BY tenant_id, id;
PREPARE s FROM 'DELETE FROM acc WHERE code = ? AND n < ?';
EXECUTE s USING @t, @d;
-- error: 1292
EXECUTE s USING @i, @d;
-- error: 1292
EXECUTE s USING @t, @d;
SELECT tenant_id, id, n FROM acc ORDER BY tenant_id, id;
PREPARE s FROM 'INSERT INTO acc (tenant_id, id, code, n) VALUES (?, ?, ?, ?)';
SET @id = 50;
EXECUTE s USING @k, @id, @t, @i;
SET @id = 51;
EXECUTE s USING @q, @id, @i, @t;
SET @id = 52, @t='02';
EXECUTE s USING @i, @id, @t, @n;
SET @id = 53;
EXECUTE s USING @k, @id, @t, @n;
SELECT tenant_id, id, code, n FROM acc WHERE id >= 50 ORDER BY tenant_id, id;
ROLLBACK;

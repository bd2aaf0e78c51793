-- about: parameters of every type in statements over shards
-- any plan
-- database: shop
-- sharded: shop.orders by tenant_id
CREATE TABLE orders (tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL, amount DECIMAL(8,2), f FLOAT, d DOUBLE, day DATE, at DATETIME(3), ts TIMESTAMP NULL, t TIME, y YEAR, b VARBINARY(10), note VARCHAR(30), PRIMARY KEY (tenant_id, id));
INSERT INTO orders VALUES
  ('acme', 1, 10.00, 1.5, 0.1, '2026-01-01', '2026-01-01 10:00:00.5', '2026-01-01 10:00:00', '10:00:00', 2026, x'00ff', 'a'),
  ('birch', 1, 20.50, 2.5, 0.2, '2026-02-01', '2026-02-01 10:00:00', '2026-02-01 10:00:00', '-10:00:00', 2027, x'61', NULL),
  ('cedar', 2, -5.25, 0.1, 1e300, '2025-12-31', '2025-12-31 23:59:59.999', '2025-12-31 23:59:59', '100:00:00', 1999, x'62', 'b'),
  ('delta', 1, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  ('elm', 1, 7.75, 3.25, -0.5, '2026-01-15', '2026-01-15 00:00:00', '2026-01-15 00:00:00', '00:00:01', 2026, x'', '中');
-- cases
-- params: datetime 2026-01-01 10:00:00
SELECT tenant_id, id FROM orders WHERE at >= ? ORDER BY tenant_id, id;
-- params: timestamp 2026-01-01 10:00:00
SELECT tenant_id, id FROM orders WHERE ts >= ? ORDER BY tenant_id, id;
-- params: date 2026-01-01
SELECT tenant_id, id FROM orders WHERE day >= ? ORDER BY tenant_id, id LIMIT 3;
-- params: date 2026-01-01, date 2026-01-31
SELECT COUNT(*), SUM(amount) FROM orders WHERE day BETWEEN ? AND ?;
-- params: datetime 2026-01-01 10:00:00.400000
SELECT tenant_id, id FROM orders WHERE at >= ? ORDER BY tenant_id, id;
-- params: time -09:00:00.5
SELECT tenant_id, t FROM orders WHERE t <= ? ORDER BY tenant_id, id;
-- params: time 99:00:00
SELECT tenant_id, t FROM orders WHERE t >= ? ORDER BY tenant_id, id;
-- params: time 10:00:00
SELECT tenant_id, t FROM orders WHERE t >= ? ORDER BY tenant_id, id;
-- params: double 0.2
SELECT tenant_id, d FROM orders WHERE d >= ? ORDER BY tenant_id, id;
-- params: float 2.5
SELECT tenant_id, f FROM orders WHERE f >= ? ORDER BY tenant_id, id;
-- params: decimal 7.75
SELECT tenant_id, amount FROM orders WHERE amount >= ? ORDER BY tenant_id, id;
-- params: blob 61
SELECT tenant_id, b FROM orders WHERE b = ? ORDER BY tenant_id, id;
-- params: long '中'
SELECT tenant_id, note FROM orders WHERE note = ? ORDER BY tenant_id, id;
-- params: year 2026
-- error: 1210
SELECT tenant_id, y FROM orders WHERE y = ? ORDER BY tenant_id, id;
-- params: null
SELECT tenant_id, y FROM orders WHERE y <=> ? ORDER BY tenant_id, id;
-- params: int 1, datetime 2026-01-01 10:00:00
SELECT tenant_id, at, ? AS p FROM orders WHERE at > ? ORDER BY tenant_id, id;
-- params: datetime 2026-01-01 10:00:00
WITH recent AS (SELECT * FROM orders WHERE at >= ?) SELECT a.tenant_id, b.tenant_id FROM recent a JOIN recent b ON b.id = a.id ORDER BY 1, 2;
-- params: double 0.1
WITH recent AS (SELECT tenant_id, id, d + ? AS e FROM orders) SELECT a.tenant_id, a.e, b.e FROM recent a JOIN recent b ON b.tenant_id = a.tenant_id ORDER BY 1, 2;
BEGIN;
-- params: datetime 2026-01-01 10:00:00
UPDATE orders SET note = 'u' WHERE at >= ?;
SELECT tenant_id, note FROM orders ORDER BY tenant_id, id;
ROLLBACK;

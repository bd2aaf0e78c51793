-- about: groups sorted by something else go through a temporary table, and columns are then described as those of that table
-- database: shop
-- sharded: shop.sales by tenant_id
CREATE TABLE sales (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY, day DATE, paid TIMESTAMP NULL, amount DECIMAL(8,2), kind ENUM('web', 'shop'), KEY (day));
INSERT INTO sales VALUES ('a', 1, '2026-01-01', '2026-01-02 10:00:00', 10.5, 'web'), ('b', 2, '2026-01-03', NULL, 20.25, 'shop'), ('c', 3, '2026-01-03', '2025-12-31 23:59:59', NULL, 'shop'),
  ('d', 4, '2026-02-01', '2026-02-01 00:00:00', 7, 'web'), ('a', 5, NULL, '2026-03-01 00:00:00', 99.9, NULL), ('e', 6, '2026-03-15', '2026-03-05 12:00:00', -5, 'web');
-- cases
# YEAR() is a YEAR where the groups come in their own order, else a number.
SELECT id, YEAR(day), COUNT(*) FROM sales GROUP BY id;
SELECT id, YEAR(day), COUNT(*) FROM sales GROUP BY id ORDER BY id DESC;
-- scattered
SELECT id, YEAR(day), COUNT(*) FROM sales GROUP BY id ORDER BY COUNT(*), id;
-- scattered
SELECT YEAR(day) AS id, COUNT(*) FROM sales GROUP BY id ORDER BY COUNT(*), MIN(sales.id);
-- scattered
SELECT id, MONTH(day), day IS NULL, kind, MAX(amount) FROM sales GROUP BY id ORDER BY SUM(amount) DESC, id LIMIT 3;
SELECT day, YEAR(day), MAX(YEAR(paid)) FROM sales GROUP BY day;
SELECT day, YEAR(day), MAX(YEAR(paid)) FROM sales GROUP BY day ORDER BY day;
-- scattered
SELECT day, YEAR(day), MAX(YEAR(paid)) FROM sales GROUP BY day ORDER BY MIN(id);
-- scattered
SELECT day, QUARTER(day), COUNT(*) FROM sales GROUP BY day HAVING COUNT(*) < 3 ORDER BY COUNT(*) DESC, day;
# Options and hints stay where they are.
-- scattered
SELECT SQL_BUFFER_RESULT id, YEAR(day), COUNT(*) FROM sales GROUP BY id ORDER BY COUNT(*), id;
-- scattered
SELECT SQL_SMALL_RESULT id, YEAR(day), COUNT(*) FROM sales GROUP BY id ORDER BY COUNT(*), id;
-- scattered
SELECT /*+ MAX_EXECUTION_TIME(60000) */ id, YEAR(day), COUNT(*) FROM sales GROUP BY id ORDER BY COUNT(*), id;

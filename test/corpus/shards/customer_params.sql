-- about: headings of items, names in quotes, and parameters of every type over all tenants
-- any plan
SET timestamp = 1795176000;
SELECT 'a' 'b', N'é', _utf8mb4'x' COLLATE utf8mb4_bin, x'4142', 0x41, b'01', 0b11, -1, +1, - -1, (1), NULL, \N, 1e3, .5, 1., TRUE, "dq", 'it''s', 'tab\tx', '\%', COUNT(*) FROM customers;
SELECT  COUNT( * )  ,   MAX( customers . age ),MIN(saas . customers . age) FROM customers;
SELECT COUNT(/* c */ *), SUM(age /* why */ + 1), MAX(customer_management.customers.age) + MIN(customer_management . customers . age) FROM customer_management.customers;
SELECT /*x*/ customers.id /*y*/ , customers.id AS /*z*/ i, customers.id 'quoted alias', customers.id "dq alias", customers.id `bt alias`, customers.id j FROM customers ORDER BY i LIMIT 1;
SELECT MAX(customer_management.customers.total_amount), GROUP_CONCAT(customer_management.customers.level ORDER BY customer_management.customers.level) FROM customer_management.customers WHERE customer_management.customers.level <> 'x' GROUP BY customer_management.customers.gender ORDER BY customer_management.customers.gender;
SELECT (SELECT COUNT(*) FROM customer_management.customers), (SELECT MAX(core_business_platform.service_orders.total_amount) FROM core_business_platform.service_orders) FROM saas_unified_core.saas_tenants LIMIT 1;
SELECT (SELECT    COUNT(*)
  FROM customers   c) FROM saas_tenants LIMIT 1;
SELECT CONCAT('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', COUNT(*)) FROM customers;
SELECT id AS ` lead`, name AS `trail x`, level AS `日本`, gender AS '' FROM customers ORDER BY id LIMIT 1;
SELECT id AS `trail ` FROM customers;
SELECT id AS `a.b`, name AS `c``d`, level AS 'e"f' FROM customers ORDER BY `a.b`, `c``d` LIMIT 2;
SELECT id select_, name AS `select`, level AS `from` FROM customers ORDER BY `select`, `from`, select_ LIMIT 2;
SELECT c.id, C.id FROM customers c JOIN customers C ON C.id = c.id ORDER BY c.id LIMIT 1;
SELECT ID, Name, LEVEL AS Lv FROM customers ORDER BY lv, ID LIMIT 2;
SELECT Id FROM CUSTOMERS;
SELECT id FROM customers AS `weird alias` ORDER BY `weird alias`.id LIMIT 1;
SELECT `customers`.`id`, saas.`customers`.name FROM `saas`.`customers` ORDER BY `saas`.`customers`.`id` LIMIT 1;
SELECT *, id FROM customers ORDER BY id LIMIT 1;
SELECT id, * FROM customers;
SELECT c.*, o.* FROM customers c LEFT JOIN service_orders o ON o.customer_id = c.id AND o.tenant_id = c.tenant_id ORDER BY c.id, o.id LIMIT 3;
SELECT customers.*, COUNT(*) OVER () FROM customers ORDER BY id LIMIT 1;
SELECT x.* FROM (SELECT c.id, c.name nm, COUNT(o.id) FROM customers c LEFT JOIN service_orders o ON o.customer_id = c.id GROUP BY c.id) x ORDER BY x.id LIMIT 2;
SELECT `COUNT(*)` FROM (SELECT COUNT(*) FROM customers) x;
SELECT `MAX(customers.age)` + 1 FROM (SELECT MAX(customers.age) FROM customers) x;
SELECT `COUNT(1)`, n FROM (SELECT COUNT(1), tenant_id n FROM customer_management.customers GROUP BY tenant_id) x ORDER BY n;
-- params: 'system'
-- params: 'default-tenant'
-- params: 'SYSTEM'
-- params: NULL
-- params: 5
SELECT id, name FROM customers WHERE tenant_id = ? ORDER BY id;
-- params: 'gold', 2
-- params: 'bronze', 1
-- params: NULL, 3
SELECT id FROM customers WHERE level = ? ORDER BY id LIMIT ?;
-- params: 2, 3
-- params: 0, 1
-- params: 100, 5
SELECT id, level FROM customers ORDER BY total_amount DESC, id LIMIT ?, ?;
-- params: datetime 2026-06-01 00:00:00, datetime 2026-07-01 00:00:00
-- params: '2026-06-01', date 2026-08-01
-- params: NULL, datetime 2026-07-01 00:00:00
SELECT tenant_id, COUNT(*), MIN(event_time), MAX(event_value) FROM customer_behavior_events WHERE event_time >= ? AND event_time < ? GROUP BY tenant_id ORDER BY tenant_id;
-- params: 7
-- params: '7'
-- params: double 1.5
SELECT COUNT(*) FROM saas_unified_audit_logs WHERE created_at > NOW() - INTERVAL ? DAY;
-- params: '%a%', '%a%', 10, 0
-- params: NULL, '', 2, 1
SELECT id, username, email FROM saas_users WHERE (username LIKE ? OR email LIKE CONCAT('%', ?, '%')) AND deleted_at IS NULL ORDER BY created_at DESC, id LIMIT ? OFFSET ?;
-- params: 1, 'x', double 2.5, decimal 1.50, NULL, blob 00ff, date 2026-01-02, time -01:02:03
SELECT ?, ?, ?, ?, ?, ?, ?, ?, COUNT(*) FROM customers;
-- params: 1, 10, 2
-- params: decimal 1.50, 100, double 0.5
SELECT ? AS p, SUM(age) + ?, MAX(total_amount) * ? FROM customers;
-- params: 'gold', 'silver', 'none'
-- params: 1, 2, 3
SELECT CASE level WHEN ? THEN 'A' WHEN ? THEN 'B' ELSE ? END k, COUNT(*) FROM customers GROUP BY k ORDER BY k;
-- params: 100
-- params: 100000000
SELECT c.tenant_id, c.n FROM (SELECT tenant_id, COUNT(*) n FROM customers WHERE total_amount > ? GROUP BY tenant_id) c WHERE c.n > 1 ORDER BY 1;
-- params: 2
SELECT id, (SELECT o.order_no FROM service_orders o WHERE o.customer_id = c.id ORDER BY o.order_no LIMIT 1) o FROM customers c WHERE (SELECT COUNT(*) FROM service_orders o WHERE o.customer_id = c.id) >= ? ORDER BY id;
-- params: 'a', 'b', 'c', 'd'
SELECT COUNT(*) FROM customers WHERE (tenant_id, id) IN ((?, ?), (?, ?));
-- params: 'default-tenant', 'system', 5, 10
SELECT tenant_id, name, ROW_NUMBER() OVER (PARTITION BY tenant_id ORDER BY id) rn FROM customers WHERE tenant_id IN (?, ?) HAVING rn BETWEEN 1 AND ? ORDER BY tenant_id, rn LIMIT ?;
-- params: 3
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) SELECT n.i, COUNT(c.id) FROM n LEFT JOIN customers c ON c.vip_level = n.i GROUP BY n.i ORDER BY n.i;
-- params: 'gold', 'gold'
WITH g AS (SELECT id, tenant_id FROM customers WHERE level = ?) SELECT a.id FROM g a JOIN g b ON a.tenant_id = b.tenant_id AND a.id < b.id AND ? = 'gold' ORDER BY 1;
-- params: 5
-- params: -1
SELECT id FROM customers ORDER BY id LIMIT ?;
-- params: '$.level', 5
SELECT COUNT(*) FROM customer_behavior_events WHERE JSON_EXTRACT(event_data, ?) > ?;
-- params: json '{"a": 1}'
SELECT JSON_MERGE_PATCH(?, '{"b": 2}'), COUNT(*) FROM customers;
-- params: 'id'
SELECT id FROM customers ORDER BY ? LIMIT 0;
-- params: 1
SELECT tenant_id, COUNT(*) FROM customers GROUP BY tenant_id HAVING COUNT(*) > ? ORDER BY COUNT(*) DESC, tenant_id;
-- params: 'x', 1
SELECT id, ? AS tag, ? + 1 AS n FROM customers WHERE level = 'gold' UNION ALL SELECT id, 'p', 2 FROM health_patients ORDER BY tag, id LIMIT 6;
PREPARE s FROM 'SELECT tenant_id, COUNT(*) FROM customers WHERE level IN (?, ?) GROUP BY tenant_id ORDER BY tenant_id LIMIT ?';
SET @a = 'gold', @b = 'bronze', @n = 2;
EXECUTE s USING @a, @b, @n;
EXECUTE s USING @b, @b, @n;
EXECUTE s USING @a, @b;
DEALLOCATE PREPARE s;
SET @sql = CONCAT('SELECT COUNT(*) FROM ', 'customers', ' WHERE age > ', 30);
PREPARE s2 FROM @sql;
EXECUTE s2;
DEALLOCATE PREPARE s2;
EXECUTE s2;
PREPARE s3 FROM 'SELECT nope FROM customers';
PREPARE s4 FROM 'SELECT id FROM customers WHERE tenant_id = ?; SELECT 1';

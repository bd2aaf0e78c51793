-- about: the customer's mapper with prepared statements, matched rows counted, and several statements in one text
-- any plan
-- found rows
-- multi
SET timestamp = 1795176000;
-- params: '%张%', 0, 5
-- params: '%a%', 2, 3
-- params: NULL, 0, 1
SELECT id, name FROM customers WHERE (name LIKE ?) ORDER BY created_at DESC, id LIMIT ?,?;
-- params: 'active'
-- params: 'nosuch'
-- params: NULL
-- params: 1
SELECT COUNT(*) AS total FROM customers WHERE (status = ?);
-- params: 'default-tenant', 'gold'
-- params: 'SYSTEM', 'DIAMOND'
-- params: NULL, NULL
SELECT id,tenant_id,level FROM customers WHERE tenant_id = ? AND level = ? ORDER BY id;
-- params: NULL, 'gold'
-- params: 'system', 'gold'
SELECT id FROM customers WHERE (? IS NULL OR tenant_id = ?) ORDER BY id;
-- params: '2026-06-01', '2026-09-01'
-- params: '2026-06-01 00:00:00', NULL
SELECT tenant_id, DATE_FORMAT(created_at, '%Y-%m') m, COUNT(*) n FROM saas_unified_audit_logs WHERE created_at >= ? AND created_at < ? GROUP BY tenant_id, m ORDER BY tenant_id, m;
-- params: '%Y-%m', 2
-- params: '%Y', 1
SELECT DATE_FORMAT(created_at, ?) p, COUNT(*) n FROM service_orders GROUP BY p HAVING n >= ? ORDER BY p;
-- params: 3
-- params: '3'
-- params: 2
SELECT id, level + 0 FROM customers WHERE level + 0 >= ? ORDER BY id;
-- params: 'gold'
SELECT id FROM customers WHERE level = ? ORDER BY id;
-- params: 'gold', 'diamond', 'x'
SELECT level, COUNT(*) FROM customers WHERE level IN (?, ?, ?) GROUP BY level ORDER BY FIELD(level, ?);
-- params: 'x', 'gold', 'y', 'diamond'
SELECT level, COUNT(*) FROM customers WHERE level IN (?, ?, ?) GROUP BY level ORDER BY FIELD(level, ?), level;
-- params: '$.city'
-- params: '$.zip'
-- params: 'bad'
SELECT JSON_UNQUOTE(JSON_EXTRACT(address, ?)) v, COUNT(*) FROM customers GROUP BY v ORDER BY v;
-- params: 'vip'
-- params: NULL
SELECT id FROM saas_users WHERE ? MEMBER OF (tags) ORDER BY id;
-- params: '"vip"'
-- params: 'broken'
SELECT id FROM saas_users WHERE JSON_CONTAINS(tags, ?) ORDER BY id;
-- params: 2
SELECT * FROM (SELECT tenant_id, id, ROW_NUMBER() OVER (PARTITION BY tenant_id ORDER BY total_amount DESC) rn FROM customers) x WHERE rn <= ? ORDER BY tenant_id, rn;
-- params: 2, 1
SELECT tenant_id, SUM(total_amount) * ? s, AVG(age) + ? a FROM customers GROUP BY tenant_id ORDER BY s;
-- params: 'n'
-- params: 'm'
SELECT ? AS label, COUNT(*) n FROM customers UNION ALL SELECT 'orders', COUNT(*) FROM service_orders ORDER BY n;
BEGIN;
-- params: 'pp1', 'default-tenant', 'PP1', 'n', 'app', 'pp2', 'system', 'PP2', 'n', 'web', 'pp3', '7A399B68-77A6-4378-9512-7398791CD72C', 'PP3', 'n', 'wework'
INSERT INTO customers (id, tenant_id, customer_code, name, source_channel) VALUES (?, ?, ?, ?, ?), (?, ?, ?, ?, ?), (?, ?, ?, ?, ?);
-- params: 'gold', 'pp1'
-- params: 'gold', 'pp1'
-- params: NULL, 'pp2'
-- params: 'silver', 'nosuch'
UPDATE customers SET level=?, updated_at=NOW() WHERE id=?;
-- params: 'gold', 'pp1', 'default-tenant'
-- params: 'gold', 'pp1', 'system'
UPDATE customers SET level=? WHERE id=? AND tenant_id=?;
-- params: 'default-tenant', 'n', 'pp1'
-- params: 'DEFAULT-TENANT', 'n2', 'pp1'
UPDATE customers SET tenant_id=?, name=? WHERE id=?;
UPDATE customers SET name='m1' WHERE id='pp1';UPDATE customers SET name='m2' WHERE id='pp2';UPDATE customers SET name='m3' WHERE id='pp3' AND tenant_id='7A399B68-77A6-4378-9512-7398791CD72C';
SELECT id, name FROM customers WHERE id LIKE 'pp%' ORDER BY id; SELECT ROW_COUNT(), FOUND_ROWS(); DELETE FROM customers WHERE id='pp3';
UPDATE customers SET name='m4' WHERE id='pp1'; INSERT INTO customers (id) VALUES ('broken'); UPDATE customers SET name='m5' WHERE id='pp1';
SELECT id, name FROM customers WHERE id LIKE 'pp%' ORDER BY id;
-- params: 'pp1', 'pp2', 'pp3'
DELETE FROM customers WHERE id IN (?, ?, ?);
-- params: 5
UPDATE service_orders SET notes = 'seen' WHERE order_status = ?;
-- params: 'seen', 'pending_payment', 3
UPDATE service_orders SET notes = ? WHERE order_status = ? ORDER BY created_at LIMIT ?;
SELECT id FROM service_orders WHERE notes = 'seen' ORDER BY id;
-- params: 'k1', NULL, 'global', 'cat', 'key1', '{"v": 1}'
-- params: 'k2', 'system', 'tenant', 'cat', 'key1', '"text"'
-- params: 'k3', 'system', 'tenant', 'cat', 'key1', 'not json'
-- params: 'k4', NULL, 'global', 'cat', 'key1', '1'
INSERT INTO saas_unified_configs (id, tenant_id, config_scope, config_category, config_key, config_value) VALUES (?, ?, ?, ?, ?, ?);
-- params: 'k5', 'system', '2'
-- params: 'k6', 'default-tenant', '3'
-- params: 'k7', NULL, '4'
INSERT INTO saas_unified_configs (id, tenant_id, config_scope, config_category, config_key, config_value) VALUES (?, ?, 'tenant', 'cat', 'key1', ?) ON DUPLICATE KEY UPDATE config_value = VALUES(config_value), version = version + 1;
SELECT id, tenant_id, config_value, version FROM saas_unified_configs WHERE config_key = 'key1' ORDER BY id;
-- params: 'key1'
SELECT COALESCE(MAX(CASE WHEN tenant_id = 'system' THEN config_value END), MAX(CASE WHEN tenant_id IS NULL THEN config_value END)) v FROM saas_unified_configs WHERE config_key = ?;
-- params: 'key1', 'system'
SELECT config_value FROM saas_unified_configs WHERE config_key = ? AND (tenant_id = ? OR tenant_id IS NULL) ORDER BY tenant_id DESC LIMIT 1;
-- params: NULL
-- params: 'system'
SELECT id FROM saas_unified_configs WHERE tenant_id <=> ? ORDER BY id;
-- params: NULL
UPDATE saas_unified_configs SET status = 'inactive' WHERE tenant_id <=> ?;
ROLLBACK;
BEGIN;
-- params: 'b-1', 'default-tenant', 'x', '2026-11-01 10:00:00'
-- params: 'b-2', 'system', 'x', '2030-01-01 10:00:00'
-- params: 'b-3', 'system', 'x', NULL
-- params: 'b-4', 'system', 'x', '2026-02-30 10:00:00'
-- params: 'b-5', 'system', 'x', '1969-12-31 10:00:00'
INSERT INTO saas_unified_audit_logs (id, tenant_id, log_type, module, action, created_at) VALUES (?, ?, 'system', ?, 'read', ?);
-- params: 'b-1'
SELECT id, created_at, UNIX_TIMESTAMP(created_at) FROM saas_unified_audit_logs WHERE id = ?;
SELECT id FROM saas_unified_audit_logs PARTITION (p_future) WHERE id LIKE 'b-%' ORDER BY id;
-- params: '2026-11-30 00:00:00', 'b-1'
UPDATE saas_unified_audit_logs SET created_at = ? WHERE id = ?;
UPDATE saas_unified_audit_logs SET created_at = created_at + INTERVAL 1 YEAR WHERE id LIKE 'b-%';
SELECT id, created_at FROM saas_unified_audit_logs WHERE id LIKE 'b-%' ORDER BY id;
INSERT INTO health_patients (id, tenant_id, patient_code, name, gender, birth_date, height, weight) VALUES ('hp1', 'system', 'HP1', 'n', 'male', '1980-01-01', 180, 81), ('hp2', 'default-tenant', 'HP2', 'n', 'female', '1990-01-01', 0, 50);
SELECT id, bmi, age FROM health_patients WHERE id IN ('hp1', 'hp2') ORDER BY id;
UPDATE health_patients SET bmi = 3 WHERE id = 'hp1';
INSERT INTO health_patients (id, tenant_id, patient_code, name, gender, birth_date, bmi) VALUES ('hp3', 'system', 'HP3', 'n', 'male', '1980-01-01', 20);
UPDATE health_patients SET weight = weight + 10 WHERE id IN ('hp1', 'hp2');
SELECT bmi, COUNT(*) FROM health_patients GROUP BY bmi ORDER BY bmi DESC;
ROLLBACK;

-- about: tenant ids that are too long for their column are errors, or are cut, as MySQL does it; writes through views that cannot be written get MySQL's error
-- any plan
INSERT INTO customers (id, tenant_id, customer_code, name, source_channel) VALUES ('g12', 'a tenant id that is too long for its column, cut off', 'g12', 'x', 'app');
INSERT INTO customers (id, tenant_id, customer_code, name, source_channel) VALUES ('g12', 'system', 'g12', 'x', 'app'), ('g13', 'a tenant id that is too long for its column, cut off', 'g12', 'x', 'app');
-- params: 'g12', 'a tenant id that is too long for its column, cut off'
INSERT INTO customers (id, tenant_id, customer_code, name, source_channel) VALUES (?, ?, 'g12', 'x', 'app');
SELECT COUNT(*) FROM customers WHERE tenant_id = 'a tenant id that is too long for its column, cut off';
INSERT INTO customers (id, tenant_id, customer_code, name, source_channel) VALUES ('g12', 'system                                                     ', 'g12', 'x', 'app');
SELECT LENGTH(tenant_id) FROM customers WHERE id = 'g12';
SELECT COUNT(*) FROM customers WHERE tenant_id = 'system' AND id = 'g12';
DELETE FROM customers WHERE id = 'g12';
UPDATE customers SET tenant_id = 'a tenant id that is too long for its column, cut off' WHERE id = '12794534-d0eb-4d67-acf0-58d97d14a161';
INSERT INTO saas_tenants (id, tenant_code, tenant_name) VALUES ('a tenant id that is too long for its column, cut off', 'tc', 'tn');
INSERT IGNORE INTO customers (id, tenant_id, customer_code, name, source_channel) VALUES ('g12', 'a tenant id that is too long for its column, cut off', 'g12', 'x', 'app');
SELECT id, tenant_id FROM customers WHERE id = 'g12';
DELETE FROM customers WHERE id = 'g12';
INSERT INTO customers (id, tenant_id, customer_code, name, source_channel) SELECT 'g12', CONCAT(tenant_id, REPEAT('x', 40)), 'g12', 'x', 'app' FROM saas_users WHERE tenant_id = 'system' LIMIT 1;
CALL sp_create_service_order('a tenant id that is too long for its column, cut off', 'n', 'c-1', '2026-11-20', '10:00', '11:30', 'online', NULL, '[]', NULL, @o, @t);
SET @long = REPEAT('t', 50);
CALL sp_auto_assign_customer_tags(@long, 'x');
# A text is cut after so many characters, not bytes; where sql_mode is not strict that is a warning.
SET @long = REPEAT('长', 40);
CALL sp_auto_assign_customer_tags(@long, 'x');
CALL sp_check_tenant_quota('a tenant id that is too long for its parameter', 'users', 1, @a, @b, @c);
SET sql_mode = '';
BEGIN;
INSERT INTO customers (id, tenant_id, customer_code) VALUES ('long-1', REPEAT('长', 36), 'c'), ('long-2', '长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长', 'd');
SELECT id, tenant_id, customer_code FROM customers WHERE tenant_id = REPEAT('长', 36) ORDER BY id;
SELECT id FROM customers WHERE tenant_id = '长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长' ORDER BY id;
REPLACE INTO customers (id, tenant_id, customer_code) VALUES ('long-3', '长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长', 'd');
SELECT id, CHAR_LENGTH(tenant_id) FROM customers WHERE id LIKE 'long-%' ORDER BY id;
ROLLBACK;
CALL sp_check_tenant_quota('7A399B68-77A6-4378-9512-7398791CD72C and more', 'users', 1, @a, @b, @c);
SELECT @a, @b, @c;
SET sql_mode = DEFAULT;
# Views over groups and their like.
UPDATE v_customer_360 SET name = 'x';
UPDATE v_service_order_overview SET order_no = 'x';
DELETE FROM v_tenant_overview;
UPDATE v_device_status_overview SET device_name = 'dn' WHERE battery_level < 50;
INSERT INTO v_device_status_overview (id) VALUES ('x');
UPDATE v_customer_360 SET name = 'x' WHERE tenant_id = 'system';
DELETE FROM v_customer_360 WHERE id = 'x';
INSERT INTO v_customer_360 (id, tenant_id) VALUES ('x', 'system');
INSERT INTO v_customer_360 (id, tenant_id) SELECT id, tenant_id FROM customers;
REPLACE INTO v_tenant_overview (id) VALUES ('x');
UPDATE v_customer_360 v JOIN customers c ON c.id = v.id SET v.name = c.name;
DELETE v FROM v_customer_360 v JOIN customers c ON c.id = v.id;
UPDATE v_customer_360 SET nosuch = 'x';
BEGIN;
UPDATE v_customer_360 v JOIN customers c ON c.id = v.id SET c.nickname = 'from view';
ROLLBACK;
UPDATE customers SET nosuch = 1;
UPDATE customers c JOIN service_orders o ON o.customer_id = c.id SET c.nosuch = 1;
INSERT INTO customers (id, tenant_id) SELECT id, nosuch FROM health_patients;

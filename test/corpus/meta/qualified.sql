-- about: the applications' own database names, as current database and as qualifiers
-- database: saas_unified_core
SELECT DATABASE();
SELECT id FROM saas_users WHERE tenant_id = 'system' ORDER BY id;
SELECT u.id FROM saas_unified_core.saas_users u WHERE u.tenant_id = 'system' ORDER BY u.id;
SELECT u.id, c.id FROM saas_users u JOIN customer_management.customers c ON c.tenant_id = u.tenant_id WHERE u.tenant_id = 'system' ORDER BY 1, 2;
SELECT COUNT(*) FROM health_management.health_patients WHERE tenant_id = 'default-tenant';
SHOW TABLES LIKE 'saas_t%';
USE customer_management;
SELECT DATABASE(), COUNT(*) FROM customers WHERE tenant_id = 'default-tenant';
SELECT COUNT(*) FROM saas_users WHERE tenant_id = 'default-tenant';
INSERT INTO saas_unified_core.saas_roles (id, tenant_id, role_code, role_name) VALUES ('q-1', 'system', 'q', 'q');
DELETE FROM saas_unified_core.saas_roles WHERE saas_unified_core.saas_roles.tenant_id = 'system' AND id = 'q-1';

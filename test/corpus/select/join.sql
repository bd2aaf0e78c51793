-- about: joins inside one tenant, over tables of one and of several databases
SELECT u.username, t.tenant_name FROM saas_users u JOIN saas_tenants t ON t.id = u.tenant_id WHERE u.tenant_id = 'default-tenant' ORDER BY u.username;
SELECT u.username, r.role_code FROM saas_users u JOIN saas_user_roles ur ON ur.user_id = u.id AND ur.tenant_id = u.tenant_id JOIN saas_roles r ON r.id = ur.role_id AND r.tenant_id = u.tenant_id WHERE u.tenant_id = 'system' ORDER BY 1, 2;
SELECT r.role_code, p.permission_code FROM saas_roles r JOIN saas_role_permissions rp ON rp.role_id = r.id AND rp.tenant_id = r.tenant_id JOIN saas_permissions p ON p.id = rp.permission_id WHERE r.tenant_id = 'default-tenant' ORDER BY 1, 2;
SELECT c.id, o.order_no FROM customers c JOIN service_orders o ON o.customer_id = c.id AND o.tenant_id = c.tenant_id WHERE c.tenant_id = 'default-tenant' ORDER BY o.order_no, c.id;
SELECT COUNT(*) FROM customers c LEFT JOIN service_orders o ON o.tenant_id = c.tenant_id AND o.customer_id = c.id WHERE c.tenant_id = 'system';
SELECT t.id, (SELECT COUNT(*) FROM saas_users u WHERE u.tenant_id = t.id) n FROM saas_tenants t WHERE t.id = 'default-tenant';
SELECT * FROM saas_users NATURAL JOIN (SELECT 'system' AS tenant_id) x ORDER BY id;
SELECT a.id, b.id FROM saas_users a, saas_users b WHERE a.tenant_id = b.tenant_id AND b.tenant_id = 'system' AND a.id < b.id ORDER BY 1, 2;
SELECT u.id FROM saas_users u WHERE u.tenant_id = 'default-tenant' AND EXISTS (SELECT 1 FROM saas_user_roles r WHERE r.user_id = u.id AND r.tenant_id = u.tenant_id) ORDER BY u.id;
SELECT u.id FROM saas_users u WHERE u.tenant_id = 'default-tenant' AND u.id NOT IN (SELECT r.user_id FROM saas_user_roles r WHERE r.tenant_id = 'default-tenant') ORDER BY u.id;

-- about: inserts, updates and deletes of one tenant, with counts, info and warnings
INSERT INTO saas_roles (id, tenant_id, role_code, role_name) VALUES ('w-1', 'default-tenant', 'w1', '角色');
INSERT INTO saas_roles (id, tenant_id, role_code, role_name) VALUES ('w-2', 'default-tenant', 'w2', 'two'), ('w-3', 'default-tenant', 'w3', 'three');
INSERT INTO saas_roles SET id = 'w-4', tenant_id = 'default-tenant', role_code = 'w4', role_name = 'four', role_level = 7;
INSERT INTO saas_roles (id, tenant_id, role_code, role_name) VALUES ('w-1', 'default-tenant', 'w1', 'again');
INSERT IGNORE INTO saas_roles (id, tenant_id, role_code, role_name) VALUES ('w-1', 'default-tenant', 'w1', 'again'), ('w-5', 'default-tenant', 'w5', 'five');
INSERT INTO saas_roles (id, tenant_id, role_code, role_name) VALUES ('w-1', 'default-tenant', 'w1', 'again') ON DUPLICATE KEY UPDATE role_name = 'updated';
INSERT INTO saas_roles (id, tenant_id, role_code, role_name) VALUES ('w-1', 'default-tenant', 'w1', 'again') AS n ON DUPLICATE KEY UPDATE role_name = n.role_name, role_level = 3;
REPLACE INTO saas_roles (id, tenant_id, role_code, role_name) VALUES ('w-2', 'default-tenant', 'w2', 'replaced');
UPDATE saas_roles SET role_level = role_level + 1 WHERE tenant_id = 'default-tenant' AND id LIKE 'w-%';
UPDATE saas_roles SET role_level = role_level WHERE tenant_id = 'default-tenant' AND id LIKE 'w-%';
UPDATE saas_roles SET role_name = 'x' WHERE tenant_id = 'default-tenant' AND id LIKE 'w-%' ORDER BY id DESC LIMIT 2;
UPDATE saas_roles r JOIN saas_tenants t ON t.id = r.tenant_id SET r.role_name = t.tenant_code WHERE r.tenant_id = 'default-tenant' AND r.id = 'w-3';
SELECT id, role_name, role_level, created_at FROM saas_roles WHERE tenant_id = 'default-tenant' AND id LIKE 'w-%' ORDER BY id;
INSERT INTO saas_roles (id, tenant_id, role_code, role_name) SELECT CONCAT('w-c', id), tenant_id, CONCAT('c', role_code), role_name FROM saas_roles WHERE tenant_id = 'default-tenant' AND id IN ('w-1', 'w-2');
DELETE FROM saas_roles WHERE tenant_id = 'default-tenant' AND id LIKE 'w-c%' ORDER BY id LIMIT 1;
DELETE r FROM saas_roles r WHERE r.tenant_id = 'default-tenant' AND r.id LIKE 'w-%';
DELETE FROM saas_roles WHERE tenant_id = 'default-tenant' AND id = 'w-none';
SELECT COUNT(*) FROM saas_roles WHERE tenant_id = 'default-tenant';

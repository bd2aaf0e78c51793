-- about: writes over shards that run on copies first: counts of matched rows, clients' parameters, what the session asks afterwards
-- found rows
-- no warnings
SET timestamp = 1760000000;
INSERT INTO saas_roles (id, tenant_id, role_code, role_name, role_level) VALUES ('rh-1', 'default-tenant', 'rh1', '角色', 1), ('rh-2', 'system', 'rh2', 'two', 2), ('rh-3', '11111111-1111-1111-1111-111111111111', 'rh3', 'three', 3), ('rh-4', 'z', 'rh4', 'four', 4);
UPDATE saas_roles SET role_level = 2 WHERE id LIKE 'rh-%' ORDER BY role_level LIMIT 3;
SELECT ROW_COUNT();
UPDATE saas_roles SET role_level = role_level WHERE id LIKE 'rh-%' ORDER BY role_level LIMIT 3;
SELECT ROW_COUNT();
UPDATE saas_roles SET role_name = (SELECT COUNT(*) FROM saas_roles_none) WHERE id LIKE 'rh-%';
UPDATE saas_roles SET role_description = (SELECT CONCAT(COUNT(*), ' users') FROM saas_users) WHERE id LIKE 'rh-%';
SELECT ROW_COUNT();
INSERT INTO saas_roles (id, tenant_id, role_code, role_name, role_level) SELECT CONCAT(id, 'x'), CONCAT('y', tenant_id), CONCAT(role_code, 'x'), role_name, role_level FROM saas_roles WHERE id LIKE 'rh-%' ORDER BY id;
SELECT ROW_COUNT(), FOUND_ROWS();
INSERT INTO saas_roles (id, tenant_id, role_code, role_name, role_level) SELECT id, CONCAT(tenant_id, ''), role_code, role_name, role_level FROM saas_roles WHERE id LIKE 'rh-%' ORDER BY id ON DUPLICATE KEY UPDATE role_level = VALUES(role_level);
INSERT INTO saas_roles (id, tenant_id, role_code, role_name, role_level) SELECT id, CONCAT(tenant_id, ''), role_code, role_name, role_level FROM saas_roles WHERE id LIKE 'rh-%' ORDER BY id ON DUPLICATE KEY UPDATE role_level = VALUES(role_level) + 1;
SELECT id, tenant_id, role_name, role_level, role_description, created_at, updated_at FROM saas_roles WHERE id LIKE 'rh-%' ORDER BY id;
BEGIN;
UPDATE saas_roles r JOIN saas_users u ON u.username = r.role_code SET r.role_name = u.id;
UPDATE saas_roles r, (SELECT MAX(role_level) AS top FROM saas_roles) t SET r.role_description = t.top WHERE r.id LIKE 'rh-%' ORDER BY r.id LIMIT 2;
DELETE FROM saas_roles WHERE id LIKE 'rh-%' ORDER BY role_level DESC, id LIMIT 2;
SELECT id FROM saas_roles WHERE id LIKE 'rh-%' ORDER BY id;
ROLLBACK;
DELETE FROM saas_roles WHERE id LIKE 'rh-%' ORDER BY id LIMIT 100;
SELECT ROW_COUNT();

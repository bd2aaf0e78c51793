-- about: rows named by their id alone, as the ORM does; tenant_id is set to what it is
INSERT INTO saas_roles (id, tenant_id, role_code, role_name) VALUES ('id-1', 'default-tenant', 'id1', 'one');
INSERT INTO saas_roles (id, tenant_id, role_code, role_name) VALUES ('id-2', 'system', 'id2', 'two');
SELECT id, tenant_id, role_name FROM saas_roles WHERE id = 'id-1';
SELECT id, tenant_id, role_name FROM saas_roles WHERE id = 'ID-2';
UPDATE saas_roles SET tenant_id = 'default-tenant', role_code = 'id1', role_name = 'uno', role_level = 1 WHERE id = 'id-1';
UPDATE saas_roles SET role_name = 'dos' WHERE id = 'id-2';
UPDATE saas_roles SET role_name = 'nobody' WHERE id = 'id-none';
SELECT id, tenant_id, role_name, role_level FROM saas_roles WHERE id = 'id-1';
SELECT COUNT(*) FROM saas_roles WHERE id = 'id-1';
DELETE FROM saas_roles WHERE id = 'id-1';
DELETE FROM saas_roles WHERE id = 'id-2';
DELETE FROM saas_roles WHERE id = 'id-2';
SELECT * FROM saas_roles WHERE id = 'id-1';

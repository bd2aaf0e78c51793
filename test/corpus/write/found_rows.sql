-- about: a client that wants matched rows gets matched rows (CLIENT_FOUND_ROWS)
-- found rows
INSERT INTO saas_roles (id, tenant_id, role_code, role_name) VALUES ('f-1', 'system', 'f1', 'one');
UPDATE saas_roles SET role_name = 'one' WHERE tenant_id = 'system' AND id = 'f-1';
UPDATE saas_roles SET role_name = 'two' WHERE tenant_id = 'system' AND id = 'f-1';
INSERT INTO saas_roles (id, tenant_id, role_code, role_name) VALUES ('f-1', 'system', 'f1', 'x') ON DUPLICATE KEY UPDATE role_name = 'two';
DELETE FROM saas_roles WHERE tenant_id = 'system' AND id = 'f-1';

-- about: errors come out with MySQL's number, state and words, without physical names
SELECT nope FROM saas_users WHERE tenant_id = 'system';
SELECT * FROM saas_users WHERE tenant_id = 'system' AND nope = 1;
SELECT * FROM no_such_table WHERE tenant_id = 'system';
INSERT INTO saas_roles (id, tenant_id, role_code, role_name) VALUES ('e-1', 'system', 'e', REPEAT('x', 300));
INSERT INTO saas_roles (id, tenant_id, role_name) VALUES ('e-1', 'system', 'no code');
INSERT INTO saas_user_roles (id, tenant_id, user_id, role_id) VALUES ('e-1', 'system', 'no-user', 'no-role');
INSERT INTO saas_roles (id, tenant_id, role_code, role_name, role_category) VALUES ('e-1', 'system', 'e', 'n', 'nonsense');
SELECT id, COUNT(*) FROM saas_users WHERE tenant_id = 'system';
SELECT 1 FROM saas_users WHERE tenant_id = 'system' AND id = (SELECT 1, 2);
SELECT CAST('x' AS SIGNED), 1 + 'abc';
SELECT * FROM saas_tenants t JOIN saas_users u ON u.tenant_id = t.id WHERE t.id = 'system' AND tenant_code = id;
DROP TABLE no_such_table;
USE no_such_database;
SET no_such_variable = 1;
SET sql_mode = 'NONSENSE';
SET autocommit = 7;
SET time_zone = 'Mars/Olympus';
SET NAMES klingon;

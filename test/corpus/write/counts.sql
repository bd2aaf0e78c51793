-- about: the counts that belong to the session (traps E, F, G)
-- no warnings
INSERT INTO saas_roles (id, tenant_id, role_code, role_name) VALUES ('k-1', 'system', 'k1', 'one'), ('k-2', 'system', 'k2', 'two');
SELECT ROW_COUNT(), FOUND_ROWS();
UPDATE saas_roles SET role_level = 5 WHERE tenant_id = 'system' AND id IN ('k-1', 'k-2');
SELECT ROW_COUNT();
SELECT id FROM saas_roles WHERE tenant_id = 'system' AND id LIKE 'k-%';
SELECT FOUND_ROWS(), ROW_COUNT();
SELECT SQL_CALC_FOUND_ROWS id FROM saas_roles WHERE tenant_id = 'system' AND id LIKE 'k-%' ORDER BY id LIMIT 1;
SELECT FOUND_ROWS();
SELECT LAST_INSERT_ID(42);
SELECT LAST_INSERT_ID();
UPDATE saas_roles SET role_level = LAST_INSERT_ID(role_level + 2) WHERE tenant_id = 'system' AND id = 'k-1';
SELECT LAST_INSERT_ID(), @@last_insert_id, @@identity;
INSERT IGNORE INTO saas_roles (id, tenant_id, role_code, role_name) VALUES ('k-1', 'system', 'k1', 'one');
SHOW WARNINGS;
SHOW COUNT(*) WARNINGS;
SELECT 1;
SHOW WARNINGS;
DELETE FROM saas_roles WHERE tenant_id = 'system' AND id LIKE 'k-%';
SELECT ROW_COUNT();
SELECT 1 / 0;
SHOW WARNINGS LIMIT 1;
SELECT nope;
SHOW ERRORS;
SELECT ROW_COUNT();

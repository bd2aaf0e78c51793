-- about: the logical database looks whole, and no physical name shows
SHOW TABLES LIKE 'saas_u%';
SHOW CREATE TABLE saas_roles;
SHOW COLUMNS FROM saas_users;
SHOW FULL COLUMNS FROM saas_users LIKE 'id';
DESCRIBE saas_users username;
-- mask: Cardinality
SHOW INDEX FROM saas_users;
SELECT DATABASE(), SCHEMA();
SELECT DATABASE();
SHOW VARIABLES LIKE 'sql_mode';
SHOW COLLATION LIKE 'utf8mb4_unicode_ci';
SELECT u.id AS i, u.username FROM saas.saas_users u WHERE u.tenant_id = 'system' ORDER BY 1;
SELECT saas.saas_users.id FROM saas.saas_users WHERE saas.saas_users.tenant_id = 'system' ORDER BY 1;

-- about: the common read: one table, one tenant
SELECT * FROM saas_users WHERE tenant_id = 'default-tenant' ORDER BY id;
SELECT id, username FROM saas_users WHERE tenant_id = 'system';
SELECT COUNT(*), MIN(created_at), MAX(created_at) FROM saas_users WHERE tenant_id = 'default-tenant';
SELECT username AS 'the name', status + 0, is_super_admin FROM saas_users u WHERE u.tenant_id = 'default-tenant' AND status IN ('active', 'locked') ORDER BY 1 LIMIT 2;
SELECT * FROM saas_users WHERE tenant_id = 'nobody';
SELECT COUNT(*), SUM(login_failure_count), AVG(login_failure_count), GROUP_CONCAT(username ORDER BY username) FROM saas_users WHERE tenant_id = 'nobody';
SELECT DISTINCT status FROM saas_users WHERE 'system' = tenant_id ORDER BY status DESC;
SELECT status, COUNT(*) c FROM saas_users WHERE tenant_id = 'default-tenant' GROUP BY status WITH ROLLUP;
SELECT SQL_NO_CACHE id FROM saas_users FORCE INDEX (PRIMARY) WHERE tenant_id = 'system' ORDER BY id DESC LIMIT 1, 2;
SELECT u.*, u.id FROM saas_users AS u WHERE u.tenant_id = 'system' ORDER BY u.username;
SELECT id FROM saas_users WHERE tenant_id = 'default-tenant' ORDER BY id FOR UPDATE;
SELECT id FROM saas_users WHERE tenant_id = 'default-tenant' ORDER BY id LOCK IN SHARE MODE;
TABLE saas_permissions ORDER BY id LIMIT 3;
SELECT * FROM saas_tenants WHERE id = 'system';

-- about: what needs several shards is refused, and has no effect
-- refuse: 1235
SELECT COUNT(*) FROM saas_users;
-- refuse: 1235
SELECT COUNT(*) FROM saas_users WHERE tenant_id <> 'system';
-- refuse: 1235
SELECT COUNT(*) FROM saas_users WHERE tenant_id = 12;
-- refuse: 1235
SELECT COUNT(*) FROM saas_users WHERE NOT tenant_id = 'system';
-- refuse: 1235
SELECT COUNT(*) FROM saas_users WHERE tenant_id = 'system' OR status = 'active';
-- refuse: 1235
SELECT COUNT(*) FROM saas_users WHERE tenant_id LIKE 'system%';
-- refuse: 1235
SELECT u.id FROM saas_users u JOIN saas_roles r ON r.role_code = u.username WHERE u.tenant_id = 'system';
-- refuse: 1235
UPDATE saas_users SET login_failure_count = 0;
-- refuse: 1235
DELETE FROM saas_user_sessions WHERE expires_at < '2001-01-01';
-- refuse: 1235
UPDATE saas_permissions SET permission_level = permission_level WHERE id = 'x';
-- refuse: 1235
TRUNCATE TABLE saas_message_logs;
-- refuse: 1235
SELECT * FROM saas_users ORDER BY id LIMIT 1;

-- about: queries whose rows are on several shards are answered all the same
SELECT COUNT(*) FROM saas_users;
SELECT COUNT(*) FROM saas_users WHERE tenant_id <> 'system';
SELECT COUNT(*) FROM saas_users WHERE tenant_id = 12;
SELECT COUNT(*) FROM saas_users WHERE NOT tenant_id = 'system';
SELECT COUNT(*) FROM saas_users WHERE tenant_id = 'system' OR status = 'active';
SELECT COUNT(*) FROM saas_users WHERE tenant_id LIKE 'system%';
SELECT u.id FROM saas_users u JOIN saas_roles r ON r.role_code = u.username WHERE u.tenant_id = 'system';
SELECT * FROM saas_users ORDER BY id LIMIT 1;

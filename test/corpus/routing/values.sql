-- about: the tenant in other spellings finds the same rows (traps AA, AB)
SELECT COUNT(*) FROM saas_users WHERE tenant_id = 'DEFAULT-TENANT';
SELECT COUNT(*) FROM saas_users WHERE tenant_id = 'Default-Tenant ';
SELECT COUNT(*) FROM saas_users WHERE tenant_id = _utf8mb4'system';
SELECT COUNT(*) FROM saas_users WHERE tenant_id = 0x73797374656D;
SELECT COUNT(*) FROM saas_users WHERE tenant_id = 'sys' 'tem';
SELECT COUNT(*) FROM saas_users WHERE tenant_id <=> 'system';
SELECT COUNT(*) FROM saas_users WHERE tenant_id IN ('system');
SELECT COUNT(*) FROM saas_users WHERE tenant_id IN ('system', 'SYSTEM');
SELECT COUNT(*) FROM saas_users WHERE (tenant_id, status) = ('system', 'active');
SELECT COUNT(*) FROM saas_users WHERE tenant_id = 'system' AND (status = 'active' OR status = 'locked');
SELECT COUNT(*) FROM saas_users WHERE tenant_id = 'system' OR (tenant_id = 'system' AND id = 'x');
SELECT COUNT(*) FROM saas_users WHERE tenant_id = 'system' AND tenant_id = 'default-tenant';
SELECT COUNT(*) FROM saas_users WHERE tenant_id = NULL;
SELECT COUNT(*) FROM saas_users WHERE tenant_id IS NULL;
SELECT COUNT(*) FROM saas_users WHERE FALSE;
SELECT COUNT(*) FROM saas_users WHERE tenant_id BETWEEN 'system' AND 'system';
SELECT COUNT(*) FROM saas_login_attempts WHERE tenant_id IS NULL;

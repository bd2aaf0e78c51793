-- about: subqueries, unions, CTEs and windows that stay inside one tenant
SELECT * FROM (SELECT id, username FROM saas_users WHERE tenant_id = 'default-tenant') x ORDER BY id;
SELECT id FROM saas_users WHERE tenant_id = 'default-tenant' UNION SELECT id FROM saas_roles WHERE tenant_id = 'default-tenant' ORDER BY 1;
SELECT id FROM saas_users WHERE tenant_id = 'system' UNION ALL SELECT id FROM saas_users WHERE tenant_id = 'system';
WITH u AS (SELECT * FROM saas_users WHERE tenant_id = 'default-tenant') SELECT COUNT(*), COUNT(DISTINCT status) FROM u;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT i, (SELECT COUNT(*) FROM saas_users WHERE tenant_id = 'system') FROM n ORDER BY i;
SELECT id, ROW_NUMBER() OVER (ORDER BY id) rn, COUNT(*) OVER () c FROM saas_users WHERE tenant_id = 'default-tenant' ORDER BY rn;
SELECT id FROM saas_users WHERE tenant_id = 'system' AND id IN (SELECT id FROM saas_users WHERE tenant_id = 'system') ORDER BY 1;
SELECT JSON_OBJECT('a', COUNT(*)), JSON_EXTRACT('{"a": [1, 2]}', '$.a[1]') FROM saas_users WHERE tenant_id = 'system';
SELECT id FROM saas_users WHERE tenant_id = 'default-tenant' INTERSECT SELECT id FROM saas_users WHERE tenant_id = 'default-tenant' ORDER BY 1;
SELECT j.* FROM saas_users u, JSON_TABLE('[1,2]', '$[*]' COLUMNS (n INT PATH '$')) j WHERE u.tenant_id = 'system' ORDER BY 1;

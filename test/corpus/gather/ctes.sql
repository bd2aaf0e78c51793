-- about: common table expressions that are read several times, over all tenants
-- any plan
WITH u AS (SELECT id, tenant_id, username FROM saas_users) SELECT a.username, b.username FROM u a JOIN u b ON a.id < b.id AND a.tenant_id = b.tenant_id ORDER BY a.id, b.id;
WITH u AS (SELECT id, tenant_id FROM saas_users), v (k) AS (SELECT id FROM u WHERE tenant_id <> 'system') SELECT COUNT(*) FROM v a, v b, u;
WITH RECURSIVE r AS (SELECT id, 1 AS n FROM saas_tenants UNION ALL SELECT t.id, r.n + 1 FROM r JOIN saas_tenants t ON t.id > r.id WHERE r.n < 3) SELECT n, COUNT(*) FROM r GROUP BY n ORDER BY n;
WITH RECURSIVE r AS (SELECT id, 1 AS n FROM saas_tenants UNION ALL SELECT t.id, r.n + 1 FROM r JOIN saas_tenants t ON t.id > r.id WHERE r.n < 3) SELECT COUNT(*) FROM r a JOIN r b ON a.n = b.n;
WITH RECURSIVE d AS (SELECT 0 AS n UNION ALL SELECT n + 1 FROM d WHERE n < 5) SELECT d.n, t.id FROM d JOIN saas_tenants t ORDER BY 2, 1 LIMIT 7;
SELECT t.id, (SELECT COUNT(*) FROM saas_users u WHERE u.tenant_id = t.id) AS users FROM saas_tenants t ORDER BY t.id;
SELECT t.id, x.n FROM saas_tenants t, LATERAL (SELECT COUNT(*) AS n FROM saas_users u WHERE u.tenant_id = t.id) x ORDER BY 1;
SELECT * FROM saas_users ORDER BY id;
SELECT u.*, t.* FROM saas_users u LEFT JOIN saas_tenants t ON t.id = u.tenant_id ORDER BY u.id, t.id;
SELECT tenant_id, COUNT(*) FROM saas_users GROUP BY tenant_id WITH ROLLUP;
SELECT id, RANK() OVER (PARTITION BY tenant_id ORDER BY username) FROM saas_users ORDER BY id;
SELECT username FROM saas_users UNION SELECT tenant_name FROM saas_tenants ORDER BY 1;
SELECT SQL_CALC_FOUND_ROWS id FROM saas_users ORDER BY id LIMIT 1;
SELECT FOUND_ROWS();
SELECT u.username FROM saas_unified_core.saas_users u JOIN customers c ON c.tenant_id = u.tenant_id ORDER BY u.id, c.id LIMIT 5;
SELECT saas_unified_core.saas_users.id FROM saas_unified_core.saas_users ORDER BY 1;

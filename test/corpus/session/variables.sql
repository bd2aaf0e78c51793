-- about: user variables survive the change of backend, with type and collation (trap J)
SET @a = 1, @b = 'text', @c = 1.50, @d = NULL, @e = 1e3, @f = x'41';
SELECT @a, @b, @c, @d, @e, @f;
SELECT @a + 1, CONCAT(@b, '!'), @c * 2, COUNT(*) FROM saas_users WHERE tenant_id = 'default-tenant';
SELECT @a + 1, CONCAT(@b, '!'), @c * 2, COUNT(*) FROM saas_users WHERE tenant_id = 'system';
SELECT @n := COUNT(*) FROM saas_users WHERE tenant_id = 'system';
SELECT @n;
SELECT username INTO @name FROM saas_users WHERE tenant_id = 'system' ORDER BY id LIMIT 1;
SELECT @name, COLLATION(@name);
SET @u = CAST(18446744073709551615 AS UNSIGNED);
SELECT @u, @u = 18446744073709551615;
SET @x = (SELECT MAX(id) FROM saas_users WHERE tenant_id = 'system');
SET @`odd name` = 'q';
SELECT @`odd name`, @'odd name';

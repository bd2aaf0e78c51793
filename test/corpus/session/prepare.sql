-- about: statements prepared by SQL route by the values of their variables
-- text only
PREPARE s FROM 'SELECT COUNT(*) FROM saas_users WHERE tenant_id = ?';
SET @t = 'system';
EXECUTE s USING @t;
SET @t = 'default-tenant';
EXECUTE s USING @t;
EXECUTE s;
DEALLOCATE PREPARE s;
EXECUTE s USING @t;
PREPARE s FROM 'SELEC 1';
PREPARE s FROM 'SELECT 1';
EXECUTE s;
DROP PREPARE s;

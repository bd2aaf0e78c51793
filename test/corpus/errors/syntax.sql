-- about: syntax errors are MySQL's own
-- shards: 1
SELEC 1;
SELECT * FRM saas_users;
SELECT 'unclosed;
SELECT 1 +;
INSERT INTO saas_users VALUES;
UPDATE SET x = 1;
SELECT * FROM saas_users WHERE tenant_id = = 'x';

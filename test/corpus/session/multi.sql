-- about: several statements in one packet
-- multi
-- text only
SELECT 1; SELECT COUNT(*) FROM saas_users WHERE tenant_id = 'system'; SELECT 3;
SET @m = 1; SELECT @m;
SELECT 1; SELECT nope; SELECT 3;
INSERT INTO saas_roles (id, tenant_id, role_code, role_name) VALUES ('m-1', 'system', 'm', 'm'); DELETE FROM saas_roles WHERE tenant_id = 'system' AND id = 'm-1';
BEGIN; SELECT 1; COMMIT;

-- about: what one session has not committed another does not see
-- session: a
BEGIN;
INSERT INTO saas_roles (id, tenant_id, role_code, role_name) VALUES ('y-1', 'system', 'y1', 'one');
-- session: b
SELECT COUNT(*) FROM saas_roles WHERE tenant_id = 'system' AND id = 'y-1';
-- session: a
SELECT COUNT(*) FROM saas_roles WHERE tenant_id = 'system' AND id = 'y-1';
COMMIT;
-- session: b
SELECT COUNT(*) FROM saas_roles WHERE tenant_id = 'system' AND id = 'y-1';
SET innodb_lock_wait_timeout = 1;
-- session: a
BEGIN;
UPDATE saas_roles SET role_level = 9 WHERE tenant_id = 'system' AND id = 'y-1';
-- session: b
UPDATE saas_roles SET role_level = 8 WHERE tenant_id = 'system' AND id = 'y-1';
SELECT id FROM saas_roles WHERE tenant_id = 'system' AND id = 'y-1' FOR UPDATE NOWAIT;
SELECT id FROM saas_roles WHERE tenant_id = 'system' AND id = 'y-1' FOR UPDATE SKIP LOCKED;
-- session: a
ROLLBACK;
DELETE FROM saas_roles WHERE tenant_id = 'system' AND id = 'y-1';

-- about: user locks, and what holds them
-- session: a
SELECT GET_LOCK('corpus 1', 0);
SELECT IS_USED_LOCK('corpus 1') = CONNECTION_ID();
SELECT IS_FREE_LOCK('corpus 1'), IS_FREE_LOCK('corpus 2');
SELECT IS_USED_LOCK('corpus 2');
SELECT GET_LOCK('corpus 1', 0), RELEASE_LOCK('corpus 1') AS once;
DO GET_LOCK('corpus 3', 0);
SET @got = GET_LOCK('corpus 4', 0);
SELECT @got;
SELECT GET_LOCK(NULL, 0);
SELECT GET_LOCK('', 0);
SELECT RELEASE_LOCK('corpus 9');
-- session: b
SELECT GET_LOCK('corpus 1', 0);
SELECT RELEASE_LOCK('corpus 1');
SELECT IS_FREE_LOCK('corpus 4');
-- session: a
BEGIN;
INSERT INTO saas_roles (id, tenant_id, role_code, role_name) VALUES ('k-1', 'system', 'k1', 'one');
SELECT GET_LOCK('corpus 5', 0);
ROLLBACK;
SELECT COUNT(*) FROM saas_roles WHERE tenant_id = 'system' AND id = 'k-1';
-- session: b
SELECT GET_LOCK('corpus 5', 0);
-- session: a
SELECT RELEASE_ALL_LOCKS();
SELECT RELEASE_ALL_LOCKS();
-- session: b
SELECT GET_LOCK('corpus 5', 0);
SELECT RELEASE_LOCK('corpus 5');

-- about: several statements in one packet
-- multi
-- text only
SELECT 1; SELECT COUNT(*) FROM saas_users WHERE tenant_id = 'system'; SELECT 3;
SET @m = 1; SELECT @m;
SELECT 1; SELECT nope; SELECT 3;
INSERT INTO saas_roles (id, tenant_id, role_code, role_name) VALUES ('m-1', 'system', 'm', 'm'); DELETE FROM saas_roles WHERE tenant_id = 'system' AND id = 'm-1';
BEGIN; SELECT 1; COMMIT;
# Nothing must stand before a delimiter but a statement; behind the last one there may be more.
SELECT 1; ; SELECT 2;
; SELECT 1;
/* nothing */; SELECT 1;
SELECT 1; /* the last */;
SELECT 1;; /* c */;
SELECT 1 AS a; SELECT 2 AS b; /* c */;
BEGIN; /* c */;
ROLLBACK; # c;
SELECT 1;; ; ;
# What cannot be read is quoted together with what follows.
SELECT 1; SELECT FROM x; SELECT 2;
SELECT 1; SELECT * FROM saas_users WHERE ; SELECT 2 ;
SELECT 1; BEGIN foo; SELECT 5, 'and much more behind it, of which a server quotes only so many characters as it likes';

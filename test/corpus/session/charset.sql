-- about: character sets of the connection (trap Y)
-- text only
SET NAMES latin1;
SELECT @@character_set_client, @@character_set_results, @@collation_connection;
SELECT 'abc', COUNT(*) FROM saas_users WHERE tenant_id = 'system';
SET NAMES utf8mb4 COLLATE utf8mb4_bin;
SELECT 'a' = 'A', @@collation_connection;
SET NAMES gbk;
SELECT 'abc', @@character_set_connection, COUNT(*) FROM saas_users WHERE tenant_id = 'system';
SET character_set_results = NULL;
SELECT @@character_set_results;
SET CHARACTER SET utf8mb4;
SELECT @@collation_connection, '中文';
SET NAMES utf8mb4;
SELECT tenant_name FROM saas_tenants WHERE id = 'default-tenant';
SELECT _gbk x'c4e3' COLLATE gbk_chinese_ci, _binary 'x', CONVERT('中' USING gbk);
SET NAMES utf8mb4;
SET collation_connection = utf8mb4_unicode_ci;
SELECT id, username FROM saas_users WHERE tenant_id = 'system' ORDER BY id LIMIT 1;
SELECT id, username, 'x' FROM saas_users ORDER BY id LIMIT 1;
SET NAMES utf8mb4 COLLATE utf8mb4_unicode_ci;
SELECT id, username, 'x' FROM saas_users ORDER BY id LIMIT 1;
SET NAMES utf8mb4;

-- about: what MySQL Workbench asks when it connects and opens its tree of schemas
-- names only
-- text only
SET NAMES utf8;
SET SQL_SAFE_UPDATES=1;
SET CHARACTER SET utf8;
SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ;
SELECT current_user() LIKE 'app@%', user() LIKE 'nobody' AND TRUE;
SET CHARACTER SET utf8mb4;
SET SQL_SAFE_UPDATES=0;
SHOW SESSION VARIABLES LIKE 'lower_case_table_names';
SHOW SESSION VARIABLES LIKE 'sql_mode';
SHOW SESSION STATUS LIKE 'Ssl_cipher';
SHOW SESSION VARIABLES LIKE 'version_comment';
SHOW SESSION VARIABLES LIKE 'version';
SHOW DATABASES WHERE `Database` LIKE 'saas%';
SELECT COUNT(*) FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = 'saas';
SHOW FULL TABLES FROM `saas` WHERE Table_type = 'VIEW';
SHOW PROCEDURE STATUS WHERE Db='nothing';
SHOW FUNCTION STATUS WHERE Db='saas';
SHOW FULL COLUMNS FROM `saas`.`saas_roles`;
-- mask: Cardinality
SHOW INDEXES FROM `saas`.`saas_roles`;
SHOW CREATE TABLE `saas`.`saas_roles`;
SELECT st.* FROM performance_schema.events_statements_current st WHERE 1 = 0;
SELECT * FROM saas.saas_permissions ORDER BY id LIMIT 0, 1000;
SHOW ENGINES;
SHOW PLUGINS;

-- about: what HeidiSQL asks when it connects and shows a database
-- names only
SELECT CONNECTION_ID() = CONNECTION_ID();
SET NAMES utf8mb4;
/* 100 */ SHOW VARIABLES LIKE 'character\_set\_c%';
SHOW VARIABLES LIKE 'version%';
SHOW DATABASES LIKE 'saas%';
USE `saas`;
SELECT `DEFAULT_COLLATION_NAME` FROM `information_schema`.`SCHEMATA` WHERE `SCHEMA_NAME`='saas';
-- mask: Rows, Avg_row_length, Data_length, Max_data_length, Index_length, Data_free, Create_time, Update_time, Auto_increment, Version, Create_options
SHOW TABLE STATUS FROM `saas` LIKE 'saas\_permission%';
SHOW FUNCTION STATUS WHERE `Db`='saas';
SHOW PROCEDURE STATUS WHERE `Db`='nothing';
SHOW TRIGGERS FROM `saas`;
SELECT `EVENT_SCHEMA` AS `Db`, `EVENT_NAME` AS `Name` FROM information_schema.`EVENTS` WHERE `EVENT_SCHEMA`='nothing';
SELECT *, EVENT_SCHEMA AS `Db`, EVENT_NAME AS `Name` FROM information_schema.`EVENTS` WHERE `EVENT_SCHEMA`='nothing';
SHOW EVENTS FROM `mysql`;
SELECT `COLUMN_NAME`, `COLUMN_TYPE`, `IS_NULLABLE`, `COLUMN_DEFAULT`, `EXTRA`, `COLUMN_COMMENT` FROM `information_schema`.`COLUMNS` WHERE TABLE_SCHEMA='saas' AND TABLE_NAME='saas_roles' ORDER BY ORDINAL_POSITION;
-- mask: Cardinality
SHOW INDEXES FROM `saas_roles` FROM `saas`;
SELECT * FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA='saas' AND TABLE_NAME='saas_roles' AND REFERENCED_TABLE_NAME IS NOT NULL;
SELECT * FROM information_schema.KEY_COLUMN_USAGE WHERE TABLE_SCHEMA='saas' AND TABLE_NAME='saas_roles' AND REFERENCED_TABLE_NAME IS NOT NULL;
SHOW CREATE TABLE `saas`.`saas_roles`;
SELECT tc.CONSTRAINT_NAME, cc.CHECK_CLAUSE FROM `information_schema`.`CHECK_CONSTRAINTS` AS cc, `information_schema`.`TABLE_CONSTRAINTS` AS tc WHERE tc.CONSTRAINT_SCHEMA='saas' AND tc.TABLE_NAME='saas_roles' AND tc.CONSTRAINT_TYPE='CHECK' AND tc.CONSTRAINT_SCHEMA=cc.CONSTRAINT_SCHEMA AND tc.CONSTRAINT_NAME=cc.CONSTRAINT_NAME;
SHOW COLLATION WHERE Collation = 'utf8mb4_bin';
SHOW VARIABLES WHERE Variable_name = 'sql_mode';
SELECT `id`, `permission_code` FROM `saas`.`saas_permissions` ORDER BY id LIMIT 1000;

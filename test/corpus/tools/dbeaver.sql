-- about: what DBeaver (Connector/J) asks when it connects and opens its tree of databases
-- names only
/* mysql-connector-j-8.0.33 */SELECT  @@session.auto_increment_increment AS auto_increment_increment, @@character_set_client AS character_set_client, @@character_set_connection AS character_set_connection, @@character_set_results AS character_set_results, @@character_set_server AS character_set_server, @@collation_server AS collation_server, @@collation_connection AS collation_connection, @@init_connect AS init_connect, @@interactive_timeout AS interactive_timeout, @@license AS license, @@lower_case_table_names AS lower_case_table_names, @@max_allowed_packet AS max_allowed_packet, @@net_write_timeout AS net_write_timeout, @@performance_schema AS performance_schema, @@sql_mode AS sql_mode, @@system_time_zone AS system_time_zone, @@time_zone AS time_zone, @@transaction_isolation AS transaction_isolation, @@wait_timeout AS wait_timeout;
SET character_set_results = NULL;
SET autocommit=1;
SELECT DATABASE();
SELECT @@session.transaction_isolation;
SELECT @@session.transaction_read_only;
SELECT 1;
SHOW DATABASES LIKE 'saas%';
SHOW ENGINES;
SHOW CHARSET;
SHOW COLLATION LIKE 'utf8mb4_0%';
SHOW PLUGINS;
SHOW VARIABLES LIKE 'aurora\_version';
SHOW GLOBAL VARIABLES LIKE 'lower\_case%';
SELECT * FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = 'saas';
SELECT TABLE_SCHEMA,TABLE_NAME,TABLE_TYPE,TABLE_COMMENT FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA='saas' AND TABLE_NAME LIKE 'saas\_r%' ORDER BY 2;
SHOW FULL TABLES FROM `saas` LIKE 'saas\_u%';
-- mask: Rows, Avg_row_length, Data_length, Max_data_length, Index_length, Data_free, Create_time, Update_time, Auto_increment, Version, Create_options
SHOW TABLE STATUS FROM `saas` LIKE 'saas\_roles';
SELECT COLUMN_NAME, ORDINAL_POSITION, COLUMN_TYPE, EXTRA FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA='saas' AND TABLE_NAME='saas_roles' ORDER BY ORDINAL_POSITION;
-- mask: Cardinality
SHOW INDEX FROM `saas`.`saas_roles`;
SELECT kc.CONSTRAINT_NAME,kc.TABLE_NAME,kc.COLUMN_NAME,kc.ORDINAL_POSITION FROM INFORMATION_SCHEMA.KEY_COLUMN_USAGE kc WHERE kc.TABLE_SCHEMA='saas' AND kc.REFERENCED_TABLE_NAME IS NULL AND kc.TABLE_NAME='saas_roles' ORDER BY kc.CONSTRAINT_NAME,kc.ORDINAL_POSITION;
SELECT kc.CONSTRAINT_NAME,kc.COLUMN_NAME,kc.REFERENCED_TABLE_NAME,kc.REFERENCED_COLUMN_NAME FROM INFORMATION_SCHEMA.KEY_COLUMN_USAGE kc WHERE kc.TABLE_SCHEMA='saas' AND kc.REFERENCED_TABLE_NAME IS NOT NULL AND kc.TABLE_NAME LIKE 'saas\_role%' ORDER BY kc.TABLE_NAME,kc.CONSTRAINT_NAME,kc.ORDINAL_POSITION;
SELECT rc.CONSTRAINT_NAME, rc.UPDATE_RULE, rc.DELETE_RULE FROM INFORMATION_SCHEMA.REFERENTIAL_CONSTRAINTS rc WHERE rc.CONSTRAINT_SCHEMA = 'saas' AND rc.TABLE_NAME LIKE 'saas\_role%' ORDER BY 1;
SELECT PARTITION_NAME, PARTITION_ORDINAL_POSITION, PARTITION_METHOD FROM INFORMATION_SCHEMA.PARTITIONS WHERE TABLE_SCHEMA='saas' AND TABLE_NAME='saas_unified_audit_logs' ORDER BY 2;
SHOW CREATE TABLE `saas`.`saas_roles`;
SELECT TRIGGER_NAME FROM INFORMATION_SCHEMA.TRIGGERS WHERE TRIGGER_SCHEMA='saas';
SHOW TRIGGERS FROM `saas`;
SELECT * FROM `saas`.saas_permissions ORDER BY id LIMIT 0, 200;

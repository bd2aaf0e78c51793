-- about: what GORM, Hibernate, Django, Rails, Laravel, Prisma, Sequelize and SQLAlchemy ask of the catalogue
-- names only
SELECT VERSION() = @@version;
SELECT DATABASE();
SELECT SCHEMA_NAME from Information_schema.SCHEMATA where SCHEMA_NAME LIKE 'saas%' ORDER BY SCHEMA_NAME='saas' DESC,SCHEMA_NAME limit 1;
SELECT count(*) FROM information_schema.tables WHERE table_schema = 'saas' AND table_name = 'saas_roles' AND table_type = 'BASE TABLE';
SELECT * FROM `saas_roles` LIMIT 0;
SELECT column_name, column_default, is_nullable = 'YES', data_type, character_maximum_length, column_type, column_key, extra, column_comment, numeric_precision, numeric_scale , datetime_precision FROM information_schema.columns WHERE table_schema = 'saas' AND table_name = 'saas_roles' ORDER BY ORDINAL_POSITION;
SELECT count(*) FROM information_schema.statistics WHERE table_schema = 'saas' AND table_name = 'saas_roles' AND index_name = 'PRIMARY';
SELECT count(*) FROM INFORMATION_SCHEMA.table_constraints WHERE constraint_schema = 'saas' AND table_name = 'saas_roles' AND constraint_name = 'PRIMARY';
SELECT TABLE_NAME, TABLE_COMMENT FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME LIKE 'saas\_role%' ORDER BY 1;
SHOW FULL TABLES WHERE Table_type LIKE 'BASE TABLE' AND Tables_in_saas LIKE 'saas\_role%';
SHOW FULL FIELDS FROM `saas_roles`;
SELECT column_name FROM information_schema.statistics WHERE index_name = 'PRIMARY' AND table_schema = database() AND table_name = 'saas_roles' ORDER BY seq_in_index;
-- mask: Cardinality
SHOW KEYS FROM `saas_roles`;
SELECT fk.referenced_table_name AS 'to_table', fk.constraint_name AS 'name', rc.update_rule AS 'on_update', rc.delete_rule AS 'on_delete' FROM information_schema.referential_constraints rc JOIN information_schema.key_column_usage fk USING (constraint_schema, constraint_name) WHERE fk.referenced_column_name IS NOT NULL AND fk.table_schema = database() AND fk.table_name = 'saas_roles' AND rc.constraint_schema = database() AND rc.table_name = 'saas_roles' ORDER BY 2;
SELECT `table_name` AS `name`, (`data_length` + `index_length`) > 0 AS `size`, `table_comment` AS `comment`, `engine` AS `engine`, `table_collation` AS `collation` FROM information_schema.tables WHERE table_schema = 'saas' AND table_type IN ('BASE TABLE', 'SYSTEM VERSIONED') AND table_name = 'saas_roles' ORDER BY table_name;
SELECT @@max_allowed_packet > 0, @@wait_timeout > 0;
SELECT @@lower_case_table_names, @@SQL_AUTO_IS_NULL;
SHOW VARIABLES LIKE 'sql_mode';
SELECT GET_LOCK('migration', 1), RELEASE_LOCK('migration');
SELECT CONSTRAINT_NAME as constraint_name FROM INFORMATION_SCHEMA.KEY_COLUMN_USAGE where TABLE_NAME = 'saas_roles' AND CONSTRAINT_NAME!='PRIMARY' AND CONSTRAINT_SCHEMA='saas' ORDER BY 1;
DESCRIBE `saas_roles`;
SHOW TABLES LIKE 'saas\_roles';

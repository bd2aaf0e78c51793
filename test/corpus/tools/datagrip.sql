-- about: what DataGrip asks when it connects and reads the structure of a schema
-- names only
SET NAMES utf8mb4;
SET autocommit=1, sql_mode = concat(@@sql_mode,',STRICT_TRANS_TABLES');
SELECT @@session.tx_isolation IS NULL;
SELECT @@session.transaction_isolation;
SET net_write_timeout=600000;
SET SQL_SELECT_LIMIT=501;
SELECT DATABASE();
SET SQL_SELECT_LIMIT=DEFAULT;
select database(), schema(), left(user(),instr(concat(user(),'@'),'@')-1), @@version_comment;
SHOW VARIABLES LIKE 'lower_case_%';
select schema_name, default_collation_name from information_schema.schemata where schema_name like 'saas%' order by 1;
select collation_name, character_set_name, is_default from information_schema.collations where character_set_name = 'utf8mb4' order by 1;
select table_name, table_type, table_comment, engine, table_collation from information_schema.tables where table_schema = 'saas' and table_name like 'saas\_p%' order by 1;
select auto_increment is null from information_schema.tables where table_schema = 'saas' and table_name = 'saas_roles' and auto_increment is not null;
select ordinal_position, column_name, column_type, column_default, generation_expression, table_name, column_comment, is_nullable, extra, collation_name from information_schema.columns where table_schema = 'saas' and table_name = 'saas_roles' order by table_name, ordinal_position;
select table_name, index_name, index_comment, index_type, non_unique, column_name, sub_part, collation, expression from information_schema.statistics where table_schema = 'saas' and index_schema = 'saas' and table_name = 'saas_roles' order by index_schema, table_name, index_name, index_type, seq_in_index;
select c.constraint_name, c.constraint_schema, c.table_name, c.constraint_type = 'UNIQUE' is_unique from information_schema.table_constraints c where c.table_schema = 'saas' and c.table_name = 'saas_roles' order by 1;
select constraint_name, table_name, column_name, referenced_table_schema, referenced_table_name, referenced_column_name from information_schema.key_column_usage where table_schema = 'saas' and table_name like 'saas\_role%' and referenced_column_name is not null order by table_name, constraint_name, ordinal_position;
select table_name, partition_name, partition_ordinal_position, partition_method, partition_expression from information_schema.partitions where partition_name is not null and table_schema = 'saas' and table_name = 'saas_unified_audit_logs' order by 3;
select trigger_name, event_object_table, event_manipulation, action_timing from information_schema.triggers where trigger_schema = 'saas';
select table_name, definer like '%@%', security_type from information_schema.views where table_schema = 'saas' and table_name like 'v\_t%' order by 1;
select t.* from saas.saas_permissions t order by id limit 501;
show create table saas.saas_roles;

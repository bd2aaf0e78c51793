-- about: the procedures of the customer's databases, two of which five databases have, as tools list those of the logical one
-- names only
-- no warnings
-- mask: Modified, Created, Definer
SHOW PROCEDURE STATUS WHERE Db = 'saas';
-- mask: Modified, Created, Definer
SHOW PROCEDURE STATUS LIKE 'sp\_add\_%';
SELECT ROUTINE_NAME, ROUTINE_TYPE, ROUTINE_COMMENT, LENGTH(ROUTINE_DEFINITION) FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE() ORDER BY 1;
SELECT ROUTINE_SCHEMA, COUNT(*) FROM information_schema.ROUTINES WHERE ROUTINE_NAME LIKE 'sp\_%partitions' GROUP BY 1 ORDER BY 1;
SELECT SPECIFIC_NAME, ORDINAL_POSITION, PARAMETER_MODE, PARAMETER_NAME, DTD_IDENTIFIER FROM information_schema.PARAMETERS WHERE SPECIFIC_SCHEMA = 'saas' ORDER BY 1, 2;
SELECT COUNT(*) FROM information_schema.EVENTS WHERE EVENT_SCHEMA = 'mysql';

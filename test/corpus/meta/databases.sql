-- about: what SHOW says of databases and kinds of tables
-- prepare differs
SHOW FULL TABLES LIKE 'v\_%';
-- prepare differs
SHOW TABLES FROM customer_management;
-- prepare differs
SHOW DATABASES LIKE 'saas%';

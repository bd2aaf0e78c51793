-- about: what SHOW says of databases and kinds of tables
SHOW FULL TABLES LIKE 'v\_%';
SHOW TABLES FROM customer_management;
SHOW DATABASES LIKE 'saas%';

-- about: SHOW describes its columns when it is prepared as it does when it is executed
SHOW TABLES LIKE 'saas_u%';
SHOW FULL TABLES LIKE 'v\_%';
SHOW TABLES FROM customer_management;
SHOW DATABASES LIKE 'saas%';

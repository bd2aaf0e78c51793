-- about: SHOW describes its columns when it is prepared as one server does, which is not as when it is executed
SHOW DATABASES LIKE 'saas';
SHOW TABLES LIKE 'no\_such\_%';
SHOW FULL TABLES LIKE 'saas\_u%';
SHOW FULL TABLES FROM customer_management LIKE 'customers';

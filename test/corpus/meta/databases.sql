-- about: what SHOW says of databases and kinds of tables
-- prepare differs: columns of what Sluice answers itself look otherwise before they are executed
SHOW FULL TABLES LIKE 'v\_%';
-- prepare differs: columns of what Sluice answers itself look otherwise before they are executed
SHOW TABLES FROM customer_management;
-- prepare differs: columns of what Sluice answers itself look otherwise before they are executed
SHOW DATABASES LIKE 'saas%';

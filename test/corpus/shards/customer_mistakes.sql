-- about: mistakes in queries over all tenants that Sluice cannot read or would refuse: a server says them
-- any plan
WITH RECURSIVE x AS (SELECT * FROM x) SELECT * FROM x, customers;
WITH RECURSIVE x AS (SELECT id FROM x UNION ALL SELECT id FROM customers) SELECT * FROM x;
SELECT name LIKE 'a' ESCAPE 'xx' FROM customers;
SELECT id FROM customers WHERE MATCH (name) AGAINST ('x');
SELECT COUNT(*) FROM customers c JOIN service_orders o ON o.customer_id = c.id WHERE MATCH (name, email) AGAINST ('x' IN BOOLEAN MODE);
SELECT id FROM customers QUALIFY ROW_NUMBER() OVER (ORDER BY id) = 1;
SELECT id FROM v_customer_360 USE INDEX (PRIMARY);
SELECT v.id FROM v_customer_360 v IGNORE INDEX (PRIMARY) JOIN customers c ON c.id = v.id;
SELECT nosuch FROM v_customer_360 v FOR UPDATE OF v;
SELECT GET_LOCK('x', 0), nosuch FROM customers;
SELECT id FROM customers WHERE id = 'é' AND nosuch MATCH 1;
SELECT saas.customers.id, FROM saas.customers;
SELECT id FROM customers WHERE ((id = 1);
WITH RECURSIVE x AS (SELECT id FROM x UNION ALL SELECT id FROM x) SELECT * FROM x JOIN customers USING (id);
SELECT id FROM customers WHERE EXISTS (WITH RECURSIVE x AS (SELECT n FROM x) SELECT * FROM x);
SELECT id FROM customers WHERE name LIKE 'a' ESCAPE CONCAT('a', 'b');

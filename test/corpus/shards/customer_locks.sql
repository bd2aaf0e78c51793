-- about: locking reads over all tenants in subqueries, derived tables, common table expressions, parts of a UNION and through views; each locks the tables of its own block
-- any plan
BEGIN;
SELECT (SELECT MAX(id) FROM customers FOR UPDATE) m;
SELECT id FROM customers WHERE id IN (SELECT customer_id FROM service_orders FOR UPDATE) ORDER BY id;
SELECT id FROM customers c WHERE EXISTS (SELECT 1 FROM service_orders o WHERE o.customer_id = c.id FOR SHARE) ORDER BY id FOR UPDATE;
SELECT id FROM customers c WHERE total_amount >= (SELECT AVG(total_amount) FROM customers) ORDER BY id FOR UPDATE;
SELECT id FROM customers c WHERE total_amount >= (SELECT AVG(total_amount) FROM customers FOR SHARE) ORDER BY id FOR UPDATE OF c NOWAIT;
SELECT z.id FROM (SELECT id FROM customers ORDER BY id LIMIT 2 FOR UPDATE) z ORDER BY z.id;
SELECT z.id, o.id FROM (SELECT id FROM customers) z JOIN service_orders o ON o.customer_id = z.id ORDER BY 1, 2 FOR UPDATE;
WITH x AS (SELECT id FROM customers WHERE level = 'gold' FOR UPDATE) SELECT * FROM x ORDER BY id;
WITH x AS (SELECT id FROM customers WHERE level = 'gold' LOCK IN SHARE MODE) SELECT a.id FROM x a JOIN x b USING (id) ORDER BY id;
WITH x AS (SELECT id FROM customers WHERE level = 'gold') SELECT x.id, o.id FROM x JOIN service_orders o ON o.customer_id = x.id ORDER BY 1, 2 FOR UPDATE;
(SELECT id FROM customers WHERE level = 'gold' FOR UPDATE) UNION (SELECT id FROM saas_users ORDER BY id LIMIT 2) ORDER BY id;
(SELECT id FROM customers ORDER BY id LIMIT 1 FOR UPDATE) UNION ALL (SELECT id FROM saas_users ORDER BY id LIMIT 1 FOR SHARE) ORDER BY id;
SELECT id FROM customers UNION SELECT id FROM service_orders ORDER BY id LIMIT 2 FOR UPDATE;
SELECT c.id, o.id FROM customers c JOIN service_orders o ON o.customer_id = c.id ORDER BY 1, 2 FOR UPDATE OF c SKIP LOCKED FOR SHARE OF o NOWAIT;
SELECT c.id, o.id FROM (customers c JOIN service_orders o ON o.customer_id = c.id), LATERAL (SELECT 1 FROM services s WHERE s.tenant_id = c.tenant_id LIMIT 1) l ORDER BY 1, 2 FOR UPDATE OF o;
SELECT a.id FROM customers a JOIN customers b ON a.id = b.id WHERE b.level = 'gold' ORDER BY 1 FOR UPDATE OF a;
SELECT id FROM v_customer_360 ORDER BY id FOR UPDATE;
SELECT v.id FROM v_customer_360 v JOIN customers c ON c.id = v.id ORDER BY v.id LIMIT 3 FOR UPDATE OF c;
SELECT COUNT(*) FROM v_segment_statistics WHERE segment_id IN (SELECT id FROM customer_segments FOR UPDATE);
SELECT COUNT(*) FROM customers WHERE id IN (SELECT id FROM v_customer_360 FOR SHARE);
SELECT c.id FROM customers c JOIN service_orders o FOR UPDATE OF nosuch;
SELECT c.id FROM customers c JOIN service_orders o FOR UPDATE OF c FOR SHARE;
SELECT c.id FROM customers c WHERE id IN (SELECT id FROM services FOR UPDATE OF c);
SELECT z.id FROM (SELECT id FROM customers) z FOR UPDATE OF z;
SELECT id FROM customers FOR UPDATE UNION SELECT id FROM services;
SELECT v.id FROM v_customer_360 v ORDER BY v.id FOR UPDATE OF v;
SELECT v.id FROM v_customer_360 v JOIN customers c ON c.id = v.id ORDER BY v.id LIMIT 3 FOR UPDATE OF c, v;
(SELECT id FROM customers WHERE level = 'gold' ORDER BY id) FOR UPDATE;
-- refuse: 1235 SKIP LOCKED with LIMIT
SELECT z.id FROM (SELECT id FROM customers ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED) z;
ROLLBACK;

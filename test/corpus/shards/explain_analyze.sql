-- about: EXPLAIN ANALYZE of queries over shards, which runs them and changes nothing
-- text only
-- database: shop
-- sharded: shop.orders by tenant_id, shop.customers by tenant_id, depot.stock by tenant_id
-- reference: shop.kinds
CREATE TABLE orders (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY, kind INT, n INT, KEY (kind));
CREATE TABLE customers (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY, name VARCHAR(20));
CREATE TABLE kinds (id INT PRIMARY KEY, name VARCHAR(20));
INSERT INTO orders VALUES ('a', 1, 1, 10), ('b', 2, 2, 20), ('c', 3, 1, 30), ('d', 4, 2, 40);
INSERT INTO customers VALUES ('a', 1, 'Ann'), ('b', 2, 'Bob'), ('e', 3, 'Eve');
INSERT INTO kinds VALUES (1, 'one'), (2, 'two');
USE depot;
CREATE TABLE stock (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY, n INT);
INSERT INTO stock VALUES ('a', 1, 5), ('z', 2, 6);
-- cases
-- mask: EXPLAIN
EXPLAIN ANALYZE SELECT COUNT(*) FROM orders;
-- mask: EXPLAIN
EXPLAIN ANALYZE FORMAT=TREE SELECT k.name, SUM(n) FROM orders o JOIN kinds k ON k.id = o.kind GROUP BY k.name ORDER BY 2;
-- mask: EXPLAIN
DESCRIBE ANALYZE SELECT c.id FROM customers c JOIN orders o ON o.id = c.id AND o.tenant_id = c.tenant_id WHERE c.name > 'A' ORDER BY c.id LIMIT 2;
-- mask: EXPLAIN
EXPLAIN ANALYZE SELECT c.id FROM customers c JOIN depot.stock s ON s.id = c.id ORDER BY c.id;
-- mask: EXPLAIN
EXPLAIN ANALYZE WITH x AS (SELECT * FROM orders) SELECT * FROM x WHERE n > (SELECT AVG(n) FROM x);
-- mask: EXPLAIN
EXPLAIN ANALYZE SELECT * FROM orders WHERE tenant_id = 'a';
-- error: 1054
EXPLAIN ANALYZE SELECT missing FROM orders;
-- error: 1146
EXPLAIN ANALYZE SELECT * FROM missing;
-- mask: EXPLAIN
-- refuse: 1235 EXPLAIN ROUTE says
EXPLAIN ANALYZE UPDATE orders SET n = 0;
# It sees what the transaction has done, and the transaction goes on.
BEGIN;
UPDATE orders SET n = n + 1;
-- mask: EXPLAIN
EXPLAIN ANALYZE SELECT COUNT(*) FROM orders WHERE n % 10 = 1;
-- mask: EXPLAIN
EXPLAIN ANALYZE SELECT COUNT(*) FROM orders o JOIN customers c WHERE n % 10 = 1;
SELECT id, n FROM orders ORDER BY id;
ROLLBACK;
SELECT id, n FROM orders ORDER BY id;

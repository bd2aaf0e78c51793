-- about: LIMIT and OFFSET count over all shards, not on each
-- any plan
-- database: shop
-- sharded: shop.orders by tenant_id
-- sharded: depot.parcels by tenant_id
-- reference: shop.currencies
-- single: depot.carriers
CREATE TABLE orders (tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL, amount DECIMAL(8,2), note VARCHAR(30), PRIMARY KEY (tenant_id, id));
CREATE TABLE currencies (code CHAR(3) PRIMARY KEY, name VARCHAR(20) NOT NULL);
INSERT INTO orders VALUES
  ('acme', 1, 10.00, 'a'), ('acme', 2, 20.50, NULL), ('acme', 3, NULL, 'c'), ('birch', 1, 10.00, 'd'), ('birch', 2, -5.25, 'e'),
  ('cedar', 1, 99.99, 'f'), ('cedar', 2, 0.00, 'g'), ('delta', 1, 20.50, 'h'), ('elm', 1, 7.75, NULL), ('fir', 1, 20.50, 'j'), ('gum', 4, 1.00, 'k');
INSERT INTO currencies VALUES ('CNY', 'renminbi'), ('EUR', 'euro'), ('JPY', 'yen');
USE depot;
CREATE TABLE parcels (tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL, order_id INT, grams INT UNSIGNED, PRIMARY KEY (tenant_id, id));
CREATE TABLE carriers (id INT PRIMARY KEY, name VARCHAR(20));
INSERT INTO parcels VALUES ('acme', 1, 1, 500), ('acme', 2, 1, 250), ('birch', 1, 2, 90), ('cedar', 1, 1, 4000), ('elm', 1, 1, NULL), ('gum', 1, 4, 12), ('holm', 1, 1, 8);
INSERT INTO carriers VALUES (1, 'post'), (2, 'rider');
-- cases
SELECT tenant_id, id FROM orders ORDER BY amount DESC, tenant_id, id LIMIT 3;
SELECT tenant_id, id FROM orders ORDER BY amount, tenant_id, id LIMIT 2, 4;
SELECT tenant_id, id FROM orders ORDER BY amount, tenant_id, id LIMIT 4 OFFSET 2;
SELECT tenant_id, id FROM orders ORDER BY tenant_id, id LIMIT 0;
SELECT tenant_id, id FROM orders ORDER BY tenant_id, id LIMIT 5, 0;
SELECT tenant_id, id FROM orders ORDER BY tenant_id DESC, id DESC LIMIT 10, 100;
SELECT tenant_id, id FROM orders ORDER BY tenant_id, id LIMIT 100, 5;
SELECT tenant_id, id FROM orders ORDER BY tenant_id, id LIMIT 1 OFFSET 18446744073709551614;
SELECT tenant_id, id FROM orders ORDER BY tenant_id, id LIMIT 3, 18446744073709551615;
SELECT COUNT(*) FROM orders LIMIT 1;
SELECT COUNT(*) FROM orders LIMIT 1 OFFSET 1;
SELECT COUNT(*) FROM (SELECT id FROM orders LIMIT 4) x;
SELECT COUNT(*) FROM (SELECT id FROM orders LIMIT 9, 7) x;
SELECT amount FROM (SELECT amount FROM orders ORDER BY amount DESC LIMIT 3) x ORDER BY amount;
SELECT tenant_id, id FROM orders WHERE amount > 5 ORDER BY amount, tenant_id, id LIMIT 2;
SELECT tenant_id, COUNT(*) n FROM orders GROUP BY tenant_id ORDER BY n DESC, tenant_id LIMIT 2;
SELECT tenant_id, COUNT(*) n FROM orders GROUP BY tenant_id ORDER BY n, tenant_id DESC LIMIT 1, 3;
SELECT DISTINCT amount FROM orders ORDER BY amount LIMIT 3;
SELECT DISTINCT amount FROM orders ORDER BY amount DESC LIMIT 2, 3;
(SELECT tenant_id FROM orders ORDER BY tenant_id LIMIT 2) UNION ALL (SELECT tenant_id FROM depot.parcels ORDER BY tenant_id DESC LIMIT 2) ORDER BY 1;
SELECT tenant_id FROM orders UNION SELECT tenant_id FROM depot.parcels ORDER BY 1 DESC LIMIT 2;
SELECT o.tenant_id, o.id, p.grams FROM orders o JOIN depot.parcels p ON p.tenant_id = o.tenant_id AND p.order_id = o.id ORDER BY p.grams, 1, 2 LIMIT 1, 2;
SELECT o.tenant_id, o.id, c.code FROM orders o CROSS JOIN currencies c ORDER BY c.code DESC, o.tenant_id, o.id LIMIT 11, 2;
SELECT p.tenant_id, p.id, c.name FROM depot.parcels p JOIN depot.carriers c ON c.id = p.order_id ORDER BY 1, 2 LIMIT 3;
# LIMIT without an order is exact where all rows are equal, or where nothing is left to choose.
SELECT 1 FROM orders LIMIT 6;
SELECT id FROM orders LIMIT 11;
SELECT id FROM orders LIMIT 1000;
SET sql_select_limit = 2;
SELECT tenant_id, id FROM orders ORDER BY amount DESC, tenant_id, id;
SELECT tenant_id, id FROM orders ORDER BY amount DESC, tenant_id, id LIMIT 3;
SET sql_select_limit = DEFAULT;
-- error: 1064
SELECT id FROM orders LIMIT -1;
-- error: 1064
SELECT id FROM orders LIMIT 1 + 1;
-- error: 1327
SELECT id FROM orders LIMIT nothing;
-- error: 1235
SELECT id FROM orders WHERE id IN (SELECT id FROM orders LIMIT 1);

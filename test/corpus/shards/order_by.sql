-- about: ORDER BY over shards: columns, expressions, aliases, positions, and columns that are not selected
-- any plan
-- database: shop
-- sharded: shop.orders by tenant_id, shop.customers by tenant_id
-- sharded: depot.parcels by tenant_id
-- reference: shop.currencies
CREATE TABLE customers (tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL, name VARCHAR(30), born DATE, PRIMARY KEY (tenant_id, id));
CREATE TABLE orders (tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL, customer_id INT, amount DECIMAL(8,2), currency CHAR(3), placed DATETIME, PRIMARY KEY (tenant_id, id), KEY (amount));
CREATE TABLE currencies (code CHAR(3) PRIMARY KEY, rate DECIMAL(10,4));
INSERT INTO customers VALUES ('acme', 1, 'Ada', '1990-02-28'), ('acme', 2, 'bob', NULL), ('birch', 3, 'Cy', '1970-01-01'), ('cedar', 4, NULL, '2001-12-31'), ('delta', 5, 'ada', '1990-02-28'), ('elm', 6, 'Eve', '1985-06-15'), ('fir', 7, '', '1900-01-01');
INSERT INTO orders VALUES
  ('acme', 101, 1, 10.00, 'EUR', '2026-01-05 10:00:00'), ('acme', 102, 2, 9.00, 'EUR', '2026-01-04 10:00:00'), ('acme', 103, 1, NULL, 'CNY', NULL),
  ('birch', 104, 3, 100.00, 'JPY', '2026-02-01 00:00:00'), ('birch', 105, 3, -10.00, 'EUR', '2025-12-31 23:59:59'), ('cedar', 106, 4, 0.00, NULL, '2026-01-05 10:00:00'),
  ('delta', 107, 5, 9.50, 'CNY', '2026-01-06 12:00:00'), ('elm', 108, 6, 10.00, 'EUR', '2024-02-29 01:02:03'), ('fir', 109, NULL, 2.00, 'USD', '2026-01-05 09:59:59'), ('gum', 110, 99, 10.00, 'JPY', '2026-03-01 00:00:00');
INSERT INTO currencies VALUES ('CNY', 7.8000), ('EUR', 1), ('JPY', 160.5), ('USD', 1.1);
USE depot;
CREATE TABLE parcels (tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL, order_id INT, grams INT UNSIGNED, PRIMARY KEY (tenant_id, id));
INSERT INTO parcels VALUES ('acme', 1, 101, 500), ('acme', 2, 102, 40), ('birch', 3, 104, 4000000000), ('cedar', 4, 106, NULL), ('gum', 5, 110, 40);
-- cases
# Columns, one and several, up and down. NULL comes first, and last with DESC.
SELECT id FROM orders ORDER BY id;
SELECT id FROM orders ORDER BY id DESC;
SELECT id, amount FROM orders ORDER BY amount, id;
SELECT id, amount FROM orders ORDER BY amount DESC, id;
SELECT id, amount FROM orders ORDER BY amount DESC, id DESC;
SELECT * FROM orders ORDER BY placed, id DESC;
SELECT * FROM orders ORDER BY currency DESC, amount, id;
SELECT tenant_id, id FROM orders ORDER BY tenant_id DESC, id;
SELECT name, id FROM customers ORDER BY name, id;
SELECT id, born FROM customers ORDER BY born DESC, id;
# Numbers are not compared as text: 9.00 is before 10.00, and 4000000000 is no negative number.
SELECT id, grams FROM depot.parcels ORDER BY grams DESC, id;
SELECT id, grams FROM depot.parcels ORDER BY CAST(grams AS CHAR), id;
SELECT id, amount FROM orders ORDER BY CAST(amount AS CHAR), id;
# Not selected.
SELECT id FROM orders ORDER BY amount DESC, placed, id;
SELECT tenant_id FROM orders ORDER BY id;
SELECT amount * 2 FROM orders ORDER BY id;
# Aliases, also ones that hide a column, and positions.
SELECT id, amount AS total FROM orders ORDER BY total, id;
SELECT id, -amount AS amount FROM orders ORDER BY amount, id;
SELECT -id AS id FROM orders ORDER BY id;
SELECT -id AS id FROM orders ORDER BY orders.id;
SELECT id AS `two words`, currency FROM orders ORDER BY `two words` DESC;
SELECT id, currency FROM orders ORDER BY 2 DESC, 1;
SELECT * FROM customers ORDER BY 3, 2;
SELECT currency, COUNT(*) FROM orders GROUP BY currency ORDER BY 2 DESC, 1;
# Expressions.
SELECT id FROM orders ORDER BY -id;
SELECT id FROM orders ORDER BY amount IS NULL, amount, id;
SELECT id FROM orders ORDER BY ABS(amount), id DESC;
SELECT id, currency FROM orders ORDER BY currency = 'EUR' DESC, currency, id;
SELECT id, currency FROM orders ORDER BY FIELD(currency, 'USD', 'JPY', 'EUR'), id;
SELECT id FROM orders ORDER BY CASE WHEN amount > 9 THEN 0 WHEN amount IS NULL THEN 1 ELSE 2 END, id;
SELECT id FROM orders ORDER BY YEAR(placed), DAYOFYEAR(placed) DESC, id;
SELECT id FROM orders ORDER BY IFNULL(amount, 9.25), id;
SELECT id FROM orders ORDER BY id % 3, id;
SELECT name FROM customers ORDER BY LENGTH(name) DESC, name, id;
SELECT id FROM customers ORDER BY (name, id) > ('b', 0), id;
SELECT id FROM orders ORDER BY NULL, id;
SELECT id FROM orders ORDER BY 'constant', id DESC;
# Over joins, aggregates, subqueries.
SELECT o.id, c.name FROM orders o JOIN customers c ON c.id = o.customer_id ORDER BY c.name DESC, o.id;
SELECT o.id, p.grams FROM orders o LEFT JOIN depot.parcels p ON p.order_id = o.id ORDER BY p.grams, o.id;
SELECT o.id, o.amount / r.rate AS euro FROM orders o JOIN currencies r ON r.code = o.currency ORDER BY euro, o.id;
SELECT currency, SUM(amount) FROM orders GROUP BY currency ORDER BY SUM(amount) DESC, currency;
SELECT currency FROM orders GROUP BY currency ORDER BY COUNT(*), MAX(id);
SELECT currency, AVG(amount) a FROM orders GROUP BY currency ORDER BY a IS NULL, a, currency;
SELECT c.id FROM customers c ORDER BY (SELECT COUNT(*) FROM orders o WHERE o.customer_id = c.id) DESC, c.id;
SELECT id FROM orders ORDER BY (SELECT r.rate FROM currencies r WHERE r.code = orders.currency), id;
SELECT id FROM orders WHERE tenant_id IN ('acme', 'gum', 'elm') ORDER BY placed DESC, id;
SELECT id FROM orders WHERE id BETWEEN 103 AND 108 ORDER BY tenant_id DESC, id;
# Constants: some are the numbers of items, none are their names.
SELECT id FROM orders ORDER BY 'id', id;
SELECT id, tenant_id FROM orders ORDER BY 'tenant_id' DESC, tenant_id, id;
SELECT amount, id FROM orders ORDER BY "id", amount, id;
SELECT id FROM orders ORDER BY (1), id DESC;
SELECT id, tenant_id FROM orders ORDER BY ((2)) DESC, (+1);
SELECT id FROM orders ORDER BY +1 DESC;
SELECT id FROM orders ORDER BY -1, id;
-- error: 1054
SELECT id FROM orders ORDER BY (0), id;
SELECT DISTINCT currency FROM orders ORDER BY (1) DESC;
SELECT currency, COUNT(*) FROM orders GROUP BY (1) ORDER BY (2), (1);
SELECT tenant_id, COUNT(*) FROM orders GROUP BY 'tenant_id', tenant_id ORDER BY 'x', tenant_id;
SELECT currency AS id FROM orders ORDER BY orders.id DESC;
SELECT currency AS id, 'id' FROM orders ORDER BY 'id', orders.id;
# The name of an expression is its text.
SELECT currency AS `COUNT(*)`, COUNT(*) FROM orders GROUP BY currency ORDER BY `COUNT(*)`, 1;
SELECT currency, COUNT(*) FROM orders GROUP BY currency ORDER BY `COUNT(*)` DESC, currency;
SELECT currency, SUM(amount) FROM orders GROUP BY currency HAVING `SUM(amount)` > 1 ORDER BY `SUM(amount)`, 1;
SELECT id * -1 FROM orders ORDER BY `id * -1`;
SELECT amount + 1, id FROM orders ORDER BY `AMOUNT + 1`, id;

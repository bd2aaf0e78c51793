-- about: UPDATE and DELETE through views of one table, on several shards and on all copies
-- database: shop
-- sharded: shop.orders by tenant_id
-- reference: shop.kinds
CREATE TABLE orders (tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL, kind INT DEFAULT 1, total DECIMAL(10,2) NOT NULL DEFAULT '0.00', note VARCHAR(10) DEFAULT 'none', PRIMARY KEY (tenant_id, id));
CREATE TABLE kinds (id INT PRIMARY KEY, name VARCHAR(20), weight DECIMAL(5,1));
CREATE VIEW cheap AS SELECT tenant_id, id, total, note FROM orders WHERE total < 50 WITH CHECK OPTION;
CREATE VIEW amounts AS SELECT tenant_id, id, total AS amount, note FROM orders;
CREATE VIEW amounts2 AS SELECT * FROM amounts WHERE amount > 0;
CREATE VIEW sums AS SELECT tenant_id, SUM(total) AS s FROM orders GROUP BY tenant_id;
CREATE VIEW names AS SELECT id AS k, name, weight AS w FROM kinds;
CREATE VIEW named AS SELECT o.tenant_id, o.id, o.total AS amount, k.name, k.weight AS w FROM orders o JOIN kinds k ON k.id = o.kind;
-- cases
INSERT INTO orders (tenant_id, id, total, note) VALUES ('a', 1, 10, 'x'), ('a', 2, 20, 'y'), ('b', 1, 30, 'z'), ('c', 1, 40, 'x'), ('d', 4, 50, 'y'), ('e', 5, 60, NULL);
INSERT INTO kinds VALUES (1, 'one', 1.5), (2, 'two', 2.5);
BEGIN;
UPDATE cheap SET note = 'v';
UPDATE cheap SET total = total + 1 WHERE id < 5;
-- error: 1369
UPDATE cheap SET total = 100;
-- error: 1369
UPDATE cheap SET total = 100 WHERE tenant_id = 'a';
UPDATE amounts SET amount = amount * 2;
UPDATE amounts2 SET amount = amount + 1, note = CONCAT(id, 'n') WHERE note IS NOT NULL;
-- params: 5, 80
UPDATE amounts SET amount = ? WHERE amount > ?;
SELECT * FROM orders ORDER BY tenant_id, id;
DELETE FROM cheap WHERE id = 1;
DELETE FROM a2 USING amounts2 AS a2 WHERE a2.amount = 5;
SELECT * FROM orders ORDER BY tenant_id, id;
-- error: 1288
DELETE FROM sums;
-- error: 1288
UPDATE sums SET s = 1;
UPDATE names SET w = w + 1;
UPDATE names SET name = 'both', w = 7 WHERE k = 1;
UPDATE names SET w = 8 WHERE w = 7;
DELETE FROM names WHERE w = 3.5;
SELECT * FROM kinds ORDER BY id;
SELECT k.weight, o.tenant_id FROM orders o JOIN kinds k ON k.id = o.kind ORDER BY 2, 1;
ROLLBACK;
# of a view of several tables the copies must not differ
BEGIN;
-- refuse: 1235 several servers
UPDATE named SET w = 9 WHERE tenant_id = 'a';
-- refuse: 1235 several servers
UPDATE named SET amount = 9;
ROLLBACK;
SELECT k.weight, o.tenant_id FROM orders o JOIN kinds k ON k.id = o.kind ORDER BY 2, 1;
DELETE FROM orders;
DELETE FROM kinds;

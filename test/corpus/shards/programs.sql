-- about: CREATE, ALTER and DROP of views, procedures, functions, triggers and events on every shard
-- any plan
-- database: shop
-- sharded: shop.orders by tenant_id, shop.log by tenant_id, depot.trips by tenant_id
-- reference: shop.rates
CREATE TABLE orders (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY, name VARCHAR(20), amount DECIMAL(8,2));
CREATE TABLE log (tenant_id VARCHAR(20) NOT NULL, id INT, what VARCHAR(40));
CREATE TABLE rates (code CHAR(3) PRIMARY KEY, rate DECIMAL(8,4));
INSERT INTO orders VALUES ('a', 1, 'one', 10), ('b', 2, 'two', 20.5), ('c', 3, 'three', 30), ('d', 4, NULL, NULL), ('e', 5, 'five', 50), ('a', 6, 'six', 60);
INSERT INTO rates VALUES ('eur', 1), ('usd', 1.1);
USE depot;
CREATE TABLE trips (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY, order_id INT);
INSERT INTO trips VALUES ('a', 1, 1), ('b', 2, 2), ('e', 3, 5);
-- cases
# views
CREATE VIEW v_orders AS SELECT id, name, amount * 2 AS twice FROM orders WHERE amount > 15;
SELECT id, name, twice + 0 FROM v_orders ORDER BY id;
SELECT COUNT(*), SUM(twice) FROM v_orders;
-- error: 1050
CREATE VIEW v_orders AS SELECT 1;
CREATE OR REPLACE VIEW v_orders (a, b) AS SELECT o.id, CONCAT(o.name, '!') FROM shop.orders o LEFT JOIN rates r ON r.rate = o.amount;
SELECT * FROM v_orders ORDER BY a;
ALTER VIEW v_orders AS SELECT tenant_id, MAX(amount) AS most FROM orders GROUP BY tenant_id;
SELECT * FROM v_orders ORDER BY tenant_id;
SELECT * FROM v_orders WHERE tenant_id = 'a';
CREATE VIEW v_more AS SELECT SUM(most) AS total FROM v_orders;
SELECT * FROM v_more;
-- error: 1146
CREATE VIEW v_wrong AS SELECT * FROM nowhere;
-- error: 1054
CREATE VIEW v_wrong AS SELECT nothing FROM orders;
CREATE VIEW v_upd AS SELECT * FROM orders WHERE amount < 1000 WITH CHECK OPTION;
SELECT id FROM v_upd WHERE tenant_id = 'b';
# a server names Sluice's own user there
-- mask: Create View
SHOW CREATE VIEW v_upd;
DROP VIEW v_more, v_orders;
-- error: 1146
SELECT * FROM v_orders;
-- error: 1051
DROP VIEW v_orders;
DROP VIEW IF EXISTS v_orders, v_upd;
SHOW WARNINGS;
# procedures
CREATE PROCEDURE p_one(IN t VARCHAR(20)) SELECT COUNT(*) AS n FROM orders WHERE tenant_id = t;
-- error: 1304
CREATE PROCEDURE p_one() SELECT 1;
CREATE PROCEDURE IF NOT EXISTS p_one() SELECT 1;
ALTER PROCEDURE p_one COMMENT 'counts';
-- error: 1305
ALTER PROCEDURE p_none COMMENT 'counts';
DROP PROCEDURE p_one;
-- error: 1305
DROP PROCEDURE p_one;
DROP PROCEDURE IF EXISTS p_one;
SHOW WARNINGS;
# functions
CREATE FUNCTION f_double(x INT) RETURNS INT DETERMINISTIC RETURN x * 2;
-- error: 1304
CREATE FUNCTION f_double(x INT) RETURNS INT DETERMINISTIC RETURN x * 2;
DROP FUNCTION f_double;
-- error: 1305
DROP FUNCTION f_double;
DROP FUNCTION IF EXISTS f_double;
# triggers
CREATE TRIGGER t_log AFTER INSERT ON orders FOR EACH ROW INSERT INTO log VALUES (NEW.tenant_id, NEW.id, CONCAT('made ', NEW.name));
INSERT INTO orders VALUES ('a', 10, 'ten', 1), ('b', 11, 'eleven', 1), ('c', 12, 'twelve', 1);
SELECT * FROM log ORDER BY id;
-- error: 1359
CREATE TRIGGER t_log AFTER INSERT ON orders FOR EACH ROW INSERT INTO log VALUES (NEW.tenant_id, NEW.id, 'again');
DROP TRIGGER t_log;
-- error: 1360
DROP TRIGGER t_log;
DROP TRIGGER IF EXISTS shop.t_log;
DELETE FROM orders WHERE id > 9;
TRUNCATE TABLE log;
# events
CREATE EVENT e_clean ON SCHEDULE EVERY 1 DAY STARTS '2036-01-01 00:00:00' COMMENT 'cleans' DO DELETE FROM log WHERE id < 0;
-- error: 1537
CREATE EVENT e_clean ON SCHEDULE EVERY 1 DAY DO DELETE FROM log;
ALTER EVENT e_clean DISABLE;
DROP EVENT e_clean;
-- error: 1539
DROP EVENT e_clean;
DROP EVENT IF EXISTS e_clean;
# the database from what is named
USE saas;
CREATE VIEW v_orders AS SELECT id, name FROM orders WHERE amount > 15;
SELECT COUNT(*) FROM v_orders;
DROP VIEW v_orders;

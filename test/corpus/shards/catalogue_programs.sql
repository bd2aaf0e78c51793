-- about: programs that several databases have are listed under the logical name once, as one MySQL has one of each name
-- names only
-- no warnings
-- database: saas
-- sharded: shop.orders by tenant_id, depot.boxes by tenant_id
CREATE TABLE orders (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY, n INT);
CREATE PROCEDURE sp_keep(IN days INT, OUT done INT) COMMENT 'of the shop' SELECT COUNT(*) INTO done FROM orders WHERE n < days;
CREATE PROCEDURE sp_shop(IN a INT) SELECT a;
CREATE PROCEDURE sp_none() COMMENT 'without parameters' SELECT 1;
CREATE FUNCTION f_twice(x INT) RETURNS INT DETERMINISTIC RETURN 2 * x;
CREATE FUNCTION sp_depot(x VARCHAR(9)) RETURNS INT DETERMINISTIC RETURN 1;
CREATE EVENT ev_keep ON SCHEDULE EVERY 1 DAY STARTS '2036-01-01 00:00:00' DISABLE COMMENT 'of the shop' DO DELETE FROM orders WHERE id < 0;
CREATE EVENT ev_shop ON SCHEDULE EVERY 2 HOUR STARTS '2036-01-01 00:00:00' DISABLE DO DELETE FROM orders WHERE id < 0;
CREATE TRIGGER tr_orders BEFORE INSERT ON orders FOR EACH ROW SET NEW.n = 1;
INSERT INTO orders VALUES ('a', 1, 1), ('b', 2, 2);
USE depot;
CREATE TABLE boxes (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY, n INT);
CREATE PROCEDURE SP_Keep(IN weeks BIGINT) COMMENT 'of the depot' SELECT COUNT(*) FROM boxes WHERE n < weeks;
CREATE PROCEDURE sp_depot(INOUT b DATE) SET b = NULL;
CREATE PROCEDURE sp_none(IN x INT, IN y INT) COMMENT 'with parameters' SELECT x;
CREATE FUNCTION f_twice(x BIGINT) RETURNS BIGINT DETERMINISTIC RETURN x + x;
CREATE FUNCTION f_depot() RETURNS INT DETERMINISTIC RETURN 3;
CREATE EVENT ev_keep ON SCHEDULE EVERY 1 WEEK STARTS '2036-01-01 00:00:00' DISABLE COMMENT 'of the depot' DO DELETE FROM boxes WHERE id < 0;
CREATE EVENT ev_depot ON SCHEDULE AT '2037-01-01 00:00:00' DISABLE DO DELETE FROM boxes WHERE id < 0;
CREATE TRIGGER tr_boxes BEFORE INSERT ON boxes FOR EACH ROW SET NEW.n = 1;
INSERT INTO boxes VALUES ('a', 1, 1), ('b', 2, 2);
-- cases
SELECT ROUTINE_SCHEMA, ROUTINE_NAME, ROUTINE_TYPE, DATA_TYPE, ROUTINE_COMMENT FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA IN ('saas', 'shop', 'depot') ORDER BY 1, 2, 3;
SELECT ROUTINE_SCHEMA, COUNT(*) FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA IN ('saas', 'shop', 'depot') GROUP BY 1 ORDER BY 1;
SELECT COUNT(*) FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = 'sys';
SELECT * FROM information_schema.PARAMETERS WHERE SPECIFIC_SCHEMA IN ('saas', 'shop', 'depot') ORDER BY SPECIFIC_SCHEMA, SPECIFIC_NAME, ROUTINE_TYPE, ORDINAL_POSITION;
SELECT r.ROUTINE_NAME, GROUP_CONCAT(p.PARAMETER_NAME ORDER BY p.ORDINAL_POSITION) FROM information_schema.ROUTINES r LEFT JOIN information_schema.PARAMETERS p ON p.SPECIFIC_SCHEMA = r.ROUTINE_SCHEMA AND p.SPECIFIC_NAME = r.SPECIFIC_NAME AND p.ROUTINE_TYPE = r.ROUTINE_TYPE WHERE r.ROUTINE_SCHEMA = 'saas' GROUP BY r.ROUTINE_TYPE, r.ROUTINE_NAME ORDER BY r.ROUTINE_TYPE, r.ROUTINE_NAME;
SELECT EVENT_SCHEMA, EVENT_NAME, EVENT_TYPE, INTERVAL_VALUE, INTERVAL_FIELD, EVENT_COMMENT FROM information_schema.EVENTS WHERE EVENT_SCHEMA IN ('saas', 'shop', 'depot') ORDER BY 1, 2;
SELECT TRIGGER_SCHEMA, TRIGGER_NAME, EVENT_OBJECT_TABLE FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA IN ('saas', 'shop', 'depot') ORDER BY 1, 2;
SELECT TABLE_NAME, (SELECT COUNT(*) FROM information_schema.ROUTINES r WHERE r.ROUTINE_SCHEMA = t.TABLE_SCHEMA) AS routines FROM information_schema.TABLES t WHERE TABLE_SCHEMA = 'saas' ORDER BY 1;
-- params: 'saas', 'sp_keep'
SELECT ROUTINE_NAME, ROUTINE_COMMENT FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = ? AND ROUTINE_NAME = ?;
-- mask: Modified, Created, Definer
SHOW PROCEDURE STATUS WHERE Db = 'saas';
-- mask: Modified, Created, Definer
SHOW PROCEDURE STATUS LIKE 'sp\_%';
-- mask: Modified, Created, Definer
SHOW PROCEDURE STATUS LIKE 'SP_KEEP';
-- mask: Modified, Created, Definer
SHOW PROCEDURE STATUS WHERE Name LIKE 'sp_n%' AND Db <> 'sys';
-- mask: Modified, Created, Definer
SHOW FUNCTION STATUS WHERE Db IN ('saas', 'depot');
-- mask: Modified, Created, Definer
SHOW FUNCTION STATUS LIKE 'f%e';
-- mask: Definer, Originator
SHOW EVENTS;
-- mask: Definer, Originator
SHOW EVENTS LIKE 'ev_k%';
-- mask: Definer, Originator
SHOW EVENTS FROM depot;
-- mask: Definer, Originator
SHOW EVENTS IN saas WHERE Name = 'ev_keep';
-- mask: Created, Definer
SHOW TRIGGERS;
-- mask: Created, Definer
SHOW TRIGGERS LIKE 'box%';
-- mask: Created, Definer
SHOW TRIGGERS WHERE `Table` = 'orders';

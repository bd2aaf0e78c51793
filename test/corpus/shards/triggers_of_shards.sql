-- about: a trigger of a sharded table may read and change what is on its row's shard, and nothing else
-- names only
-- any plan
-- database: shop
-- sharded: shop.orders by tenant_id, shop.lines by tenant_id, shop.log by tenant_id
-- reference: shop.rates
-- single: shop.settings
CREATE TABLE orders (tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL, name VARCHAR(20), total INT NOT NULL DEFAULT 0, n INT NOT NULL DEFAULT 0, PRIMARY KEY (tenant_id, id));
CREATE TABLE `lines` (tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL, order_id INT NOT NULL, amount INT NOT NULL, rate CHAR(3), PRIMARY KEY (tenant_id, id));
CREATE TABLE log (tenant_id VARCHAR(20) NOT NULL, id INT, what VARCHAR(80));
CREATE TABLE rates (code CHAR(3) PRIMARY KEY, rate INT NOT NULL);
CREATE TABLE settings (name VARCHAR(20) PRIMARY KEY, n INT);
INSERT INTO orders (tenant_id, id, name) VALUES ('a', 1, 'one'), ('b', 2, 'two'), ('c', 3, 'three'), ('d', 4, 'four'), ('e', 5, 'five');
INSERT INTO rates VALUES ('eur', 1), ('usd', 2);
INSERT INTO settings VALUES ('n', 7);
CREATE PROCEDURE quiet(IN x INT, OUT y INT) SET y = x * 2;
CREATE PROCEDURE sweep() DELETE FROM log;
CREATE PROCEDURE remember() SET @remembered = 1;
CREATE VIEW of_tenants AS SELECT tenant_id AS t, COUNT(*) AS n FROM orders GROUP BY tenant_id;
-- cases
# what it may do
CREATE TRIGGER tr BEFORE INSERT ON `lines` FOR EACH ROW SET NEW.amount = NEW.amount * (SELECT rate FROM rates WHERE code = NEW.rate), NEW.rate = UPPER(NEW.rate);
CREATE TRIGGER tr2 AFTER INSERT ON `lines` FOR EACH ROW UPDATE orders SET total = total + NEW.amount, n = n + 1 WHERE id = NEW.order_id AND tenant_id = NEW.tenant_id;
CREATE TRIGGER tr3 AFTER INSERT ON `lines` FOR EACH ROW FOLLOWS tr2 INSERT INTO log VALUES (NEW.tenant_id, NEW.id, 'made'), (new.tenant_id, NEW.id + 100, 'seen');
CREATE TRIGGER tr4 AFTER DELETE ON `lines` FOR EACH ROW BEGIN DECLARE left_over, x INT DEFAULT 0; DECLARE word VARCHAR(80); DECLARE c CURSOR FOR SELECT amount FROM `lines` WHERE tenant_id = OLD.tenant_id AND order_id = OLD.order_id; DECLARE CONTINUE HANDLER FOR NOT FOUND, SQLSTATE VALUE '22003' BEGIN SET left_over = -1; END; UPDATE orders o SET o.total = o.total - OLD.amount, o.n = o.n - 1 WHERE o.tenant_id = OLD.tenant_id AND o.id = OLD.order_id; SELECT COUNT(*), CASE WHEN SUM(amount) > 5 THEN 'much' ELSE 'little' END INTO left_over, word FROM `lines` l WHERE l.tenant_id = OLD.tenant_id AND l.order_id = OLD.order_id; IF left_over = 0 AND NOT EXISTS (SELECT 1 FROM `lines` WHERE tenant_id = OLD.tenant_id AND id > 100) THEN DELETE FROM log WHERE OLD.tenant_id = tenant_id AND id = OLD.id; ELSEIF CASE left_over WHEN 1 THEN TRUE ELSE FALSE END THEN INSERT INTO log (what, id, tenant_id) SELECT CONCAT(name, ' has one ', word), OLD.id, tenant_id FROM orders WHERE tenant_id = OLD.tenant_id AND id = OLD.order_id; ELSE again: WHILE x < left_over DO SET x = x + 1; IF x = 2 THEN LEAVE again; END IF; CASE x WHEN 1 THEN INSERT INTO log SET tenant_id = OLD.tenant_id, id = x, what = 'first'; ELSE BEGIN END; END CASE; END WHILE again; END IF; OPEN c; REPEAT FETCH c INTO x; UNTIL left_over = -1 END REPEAT; CLOSE c; END;
CREATE TRIGGER tr5 BEFORE UPDATE ON orders FOR EACH ROW BEGIN IF NEW.n > (SELECT n + 99 FROM of_tenants WHERE t = NEW.tenant_id) THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'too many'; END IF; CALL quiet(NEW.n, NEW.n); IF NEW.tenant_id IN (SELECT tenant_id FROM log l JOIN orders o USING (tenant_id) WHERE o.tenant_id = OLD.tenant_id AND o.id = 9) THEN SET NEW.n = 9; END IF; END;
INSERT INTO `lines` VALUES ('a', 1, 1, 10, 'eur'), ('b', 2, 2, 20, 'usd'), ('c', 3, 3, 30, 'usd'), ('a', 4, 1, 5, 'usd');
INSERT INTO `lines` VALUES ('a', 5, 1, 3, 'eur'), ('d', 6, 4, 1, 'eur');
SELECT * FROM orders ORDER BY tenant_id;
SELECT * FROM `lines` ORDER BY id;
SELECT * FROM log ORDER BY tenant_id, id;
DELETE FROM `lines` WHERE tenant_id = 'a' AND id = 1;
DELETE FROM `lines` WHERE tenant_id = 'b';
DELETE FROM `lines` WHERE tenant_id = 'c';
DELETE FROM `lines` WHERE tenant_id = 'd';
SELECT * FROM orders ORDER BY tenant_id;
SELECT * FROM log ORDER BY tenant_id, id, what;
DROP TRIGGER tr;
DROP TRIGGER tr2;
DROP TRIGGER tr3;
DROP TRIGGER tr4;
DROP TRIGGER tr5;
TRUNCATE TABLE `lines`;
TRUNCATE TABLE log;
UPDATE orders SET total = 0, n = 0 WHERE id < 10;
# what it may not
-- refuse: 1235 x01 of lines may need rows of orders
CREATE TRIGGER x01 BEFORE INSERT ON `lines` FOR EACH ROW SET NEW.amount = (SELECT COUNT(*) FROM orders);
-- refuse: 1235 add AND tenant_id = NEW.tenant_id to its conditions
CREATE TRIGGER x02 AFTER INSERT ON `lines` FOR EACH ROW UPDATE orders SET total = total + NEW.amount WHERE id = NEW.order_id;
-- refuse: 1235 add AND tenant_id = OLD.tenant_id
CREATE TRIGGER x03 AFTER DELETE ON `lines` FOR EACH ROW DELETE FROM log WHERE id = OLD.id;
-- refuse: 1235 add AND tenant_id = NEW.tenant_id
CREATE TRIGGER x04 AFTER UPDATE ON `lines` FOR EACH ROW DELETE FROM log WHERE tenant_id = NEW.tenant_id OR id = OLD.id;
-- refuse: 1235 give tenant_id the value NEW.tenant_id
CREATE TRIGGER x05 AFTER INSERT ON `lines` FOR EACH ROW INSERT INTO log (tenant_id, id) VALUES ('fixed', NEW.id);
-- refuse: 1235 give tenant_id the value NEW.tenant_id
CREATE TRIGGER x06 AFTER INSERT ON `lines` FOR EACH ROW INSERT INTO log VALUES (NEW.tenant_id, 1, 'x'), (CONCAT(NEW.tenant_id, 'x'), 2, 'y');
-- refuse: 1235 give tenant_id the value NEW.tenant_id
CREATE TRIGGER x07 AFTER INSERT ON `lines` FOR EACH ROW REPLACE INTO log (tenant_id, id) VALUES (NEW.rate, NEW.id);
-- refuse: 1235 add AND o.tenant_id = NEW.tenant_id
CREATE TRIGGER x08 AFTER INSERT ON `lines` FOR EACH ROW UPDATE orders o JOIN log l ON l.id = o.id SET o.n = 1 WHERE l.tenant_id = NEW.tenant_id;
-- refuse: 1235 may need rows of log
CREATE TRIGGER x09 BEFORE INSERT ON `lines` FOR EACH ROW BEGIN IF NEW.id > 1 THEN SET NEW.amount = 1; ELSE SET NEW.amount = 1 + (SELECT COUNT(*) FROM log); END IF; END;
-- refuse: 1235 may need rows of log
CREATE TRIGGER x10 BEFORE INSERT ON `lines` FOR EACH ROW a: BEGIN DECLARE x INT DEFAULT (SELECT MAX(id) FROM log); END;
-- refuse: 1235 may need rows of log
CREATE TRIGGER x11 BEFORE INSERT ON `lines` FOR EACH ROW BEGIN DECLARE EXIT HANDLER FOR 1062, SQLEXCEPTION DELETE FROM log; SET NEW.id = 1; END;
-- refuse: 1235 may need rows of log
CREATE TRIGGER x12 BEFORE INSERT ON `lines` FOR EACH ROW BEGIN DECLARE c CURSOR FOR SELECT id FROM log; OPEN c; END;
-- refuse: 1235 may need rows of log
CREATE TRIGGER x13 BEFORE INSERT ON `lines` FOR EACH ROW BEGIN WHILE EXISTS (SELECT 1 FROM log) DO SET NEW.id = 1; END WHILE; END;
-- refuse: 1235 may need rows of log
CREATE TRIGGER x14 BEFORE INSERT ON `lines` FOR EACH ROW BEGIN CASE WHEN NEW.id IN (SELECT id FROM log) THEN SET NEW.id = 1; END CASE; END;
-- refuse: 1235 may need rows of log
CREATE TRIGGER x15 BEFORE INSERT ON `lines` FOR EACH ROW BEGIN REPEAT SET NEW.id = 2; UNTIL (SELECT COUNT(*) FROM log) = 0 END REPEAT; END;
-- refuse: 1235 has a variable tenant_id
CREATE TRIGGER x16 BEFORE INSERT ON `lines` FOR EACH ROW BEGIN DECLARE tenant_id VARCHAR(20) DEFAULT NEW.tenant_id; DELETE FROM log WHERE tenant_id = NEW.tenant_id; END;
-- refuse: 1235 may need rows of orders
CREATE TRIGGER x17 BEFORE INSERT ON `lines` FOR EACH ROW BEGIN DECLARE t VARCHAR(20) DEFAULT NEW.tenant_id; SET NEW.amount = (SELECT n FROM of_tenants WHERE t = NEW.tenant_id); END;
-- refuse: 1235 would change sharding key lines.tenant_id
CREATE TRIGGER x18 BEFORE INSERT ON `lines` FOR EACH ROW SET NEW.id = 1, NEW.tenant_id = LOWER(NEW.tenant_id);
-- refuse: 1235 would change sharding key log.tenant_id
CREATE TRIGGER x19 BEFORE INSERT ON `lines` FOR EACH ROW UPDATE log SET tenant_id = 'z' WHERE tenant_id = NEW.tenant_id;
-- refuse: 1235 one copy of reference table rates
CREATE TRIGGER x20 AFTER INSERT ON `lines` FOR EACH ROW UPDATE rates SET rate = rate + 1 WHERE code = NEW.rate;
-- refuse: 1235 one copy of reference table rates
CREATE TRIGGER x21 AFTER INSERT ON `lines` FOR EACH ROW UPDATE log l JOIN rates r ON r.rate = l.id SET r.rate = 5 WHERE l.tenant_id = NEW.tenant_id;
-- refuse: 1235 settings
CREATE TRIGGER x22 AFTER INSERT ON `lines` FOR EACH ROW UPDATE settings SET n = n + 1;
-- refuse: 1235 calls procedure sweep
CREATE TRIGGER x24 AFTER INSERT ON `lines` FOR EACH ROW CALL sweep();
-- refuse: 1235 settings of a session
CREATE TRIGGER x25 BEFORE INSERT ON `lines` FOR EACH ROW SET SESSION sql_mode = '';
# a table on one shard does not reach the others either
-- refuse: 1235
CREATE TRIGGER x26 AFTER INSERT ON settings FOR EACH ROW DELETE FROM log;
DROP TRIGGER IF EXISTS x01;
DROP TRIGGER IF EXISTS x02;
DROP TRIGGER IF EXISTS x03;
DROP TRIGGER IF EXISTS x04;
DROP TRIGGER IF EXISTS x05;
DROP TRIGGER IF EXISTS x06;
DROP TRIGGER IF EXISTS x07;
DROP TRIGGER IF EXISTS x08;
DROP TRIGGER IF EXISTS x09;
DROP TRIGGER IF EXISTS x10;
DROP TRIGGER IF EXISTS x11;
DROP TRIGGER IF EXISTS x12;
DROP TRIGGER IF EXISTS x13;
DROP TRIGGER IF EXISTS x14;
DROP TRIGGER IF EXISTS x15;
DROP TRIGGER IF EXISTS x16;
DROP TRIGGER IF EXISTS x17;
DROP TRIGGER IF EXISTS x18;
DROP TRIGGER IF EXISTS x19;
DROP TRIGGER IF EXISTS x20;
DROP TRIGGER IF EXISTS x21;
DROP TRIGGER IF EXISTS x22;
DROP TRIGGER IF EXISTS x24;
DROP TRIGGER IF EXISTS x25;
DROP TRIGGER IF EXISTS x26;
# what is easily overlooked
-- refuse: 1235 comment that is code
CREATE TRIGGER y01 AFTER INSERT ON `lines` FOR EACH ROW DELETE FROM log WHERE id > 0 /*!50000 AND 1 */;
-- refuse: 1235 y02 of lines
CREATE TRIGGER y02 BEFORE INSERT ON `lines` FOR EACH ROW BEGIN DECLARE n INT; WITH n AS (SELECT COUNT(*) AS c FROM log) SELECT c INTO n FROM n; SET NEW.amount = n; END;
-- refuse: 1235 y03 of lines
CREATE TRIGGER y03 BEFORE INSERT ON `lines` FOR EACH ROW BEGIN DECLARE log INT; DELETE log FROM log JOIN orders ON orders.id = log.id; END;
-- refuse: 1235 y04 of lines
CREATE TRIGGER y04 BEFORE INSERT ON `lines` FOR EACH ROW SELECT * FROM log INTO OUTFILE '/no/such/folder/log';
-- refuse: 1235 user variable @remembered
CREATE TRIGGER y05 BEFORE INSERT ON `lines` FOR EACH ROW CALL remember();
-- refuse: 1235 variable called END
CREATE TRIGGER y06 BEFORE INSERT ON `lines` FOR EACH ROW BEGIN DECLARE end INT DEFAULT 0; REPEAT SET end = end + 1; UNTIL end > (SELECT COUNT(*) FROM log) END REPEAT; END;
DROP TRIGGER IF EXISTS y01;
DROP TRIGGER IF EXISTS y02;
DROP TRIGGER IF EXISTS y03;
DROP TRIGGER IF EXISTS y04;
DROP TRIGGER IF EXISTS y05;
DROP TRIGGER IF EXISTS y06;
-- error: 1064
CREATE TRIGGER tr BEFORE INSERT ON `lines` FOR EACH ROW BEGIN DECLARE c CURSOR FOR;
-- error: 1064
CREATE TRIGGER tr BEFORE INSERT ON `lines` FOR EACH ROW BEGIN DECLARE c CURSOR FOR; END;
-- error: 1064
CREATE TRIGGER tr BEFORE INSERT ON `lines` FOR EACH ROW BEGIN DECLARE c CURSOR; END;
# MySQL's own errors
-- error: 1415
CREATE TRIGGER tr BEFORE INSERT ON `lines` FOR EACH ROW SELECT * FROM log;
-- error: 1422
CREATE TRIGGER tr BEFORE INSERT ON `lines` FOR EACH ROW COMMIT;
-- error: 1363
CREATE TRIGGER tr BEFORE INSERT ON `lines` FOR EACH ROW SET @a = OLD.id;
-- error: 1064
CREATE TRIGGER tr BEFORE INSERT ON `lines` FOR EACH ROW DELETE FORM log;
SELECT TRIGGER_NAME FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE();

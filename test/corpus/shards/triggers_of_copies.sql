-- about: triggers of a reference table must make the same of a row on every shard
-- names only
-- database: shop
-- sharded: shop.t by tenant_id
-- reference: shop.r, shop.q
-- sharded: depot.p by tenant_id
CREATE TABLE t (tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL, n INT NOT NULL, PRIMARY KEY (tenant_id, id));
INSERT INTO t VALUES ('a', 1, 10), ('b', 2, 20), ('c', 3, 30), ('d', 4, 40);
CREATE TABLE r (id INT PRIMARY KEY, name VARCHAR(40), at DATETIME);
CREATE TABLE q (id INT PRIMARY KEY, n INT);
INSERT INTO q VALUES (1, 5), (2, 6);
CREATE VIEW totals AS SELECT SUM(n) AS n FROM t;
CREATE FUNCTION cnt() RETURNS INT READS SQL DATA RETURN (SELECT COUNT(*) FROM t);
USE depot;
CREATE TABLE p (tenant_id VARCHAR(20) NOT NULL PRIMARY KEY);
-- cases
-- refuse: 1235 would read rows of t for each copy of r
CREATE TRIGGER tr BEFORE INSERT ON r FOR EACH ROW SET NEW.id = NEW.id + (SELECT COUNT(*) FROM t);
-- refuse: 1235 would read rows of t for each copy of r
CREATE TRIGGER tr3 BEFORE UPDATE ON r FOR EACH ROW BEGIN DECLARE x INT; SELECT n INTO x FROM shop.totals; SET NEW.id = x; END;
-- refuse: 1235 calls UUID()
CREATE TRIGGER tr4 BEFORE INSERT ON r FOR EACH ROW SET NEW.name = UUID();
-- refuse: 1235 function cnt is not one of the server
CREATE TRIGGER tr5 BEFORE INSERT ON r FOR EACH ROW SET NEW.id = cnt();
# what belongs to the client's session
-- always refuse: 1235 user variable @n
CREATE TRIGGER tr6 BEFORE INSERT ON r FOR EACH ROW SET NEW.name = @n;
-- always refuse: 1235 USER()
CREATE TRIGGER tr7 BEFORE INSERT ON t FOR EACH ROW BEGIN IF NEW.n > 5 THEN SET NEW.id = LENGTH(USER()); END IF; END;
-- always refuse: 1235 LAST_INSERT_ID()
CREATE TRIGGER tr8 BEFORE INSERT ON r FOR EACH ROW SET NEW.id = LAST_INSERT_ID();
-- error: 1363
CREATE TRIGGER tr9 BEFORE INSERT ON t FOR EACH ROW SET @a = OLD.id;
# names are those of the trigger's database, whichever is current
USE depot;
-- refuse: 1235 would read rows of t
CREATE TRIGGER shop.tr10 BEFORE INSERT ON shop.r FOR EACH ROW SET NEW.id = NEW.id + (SELECT COUNT(*) FROM t);
USE shop;
DROP TRIGGER IF EXISTS tr;
DROP TRIGGER IF EXISTS tr3;
DROP TRIGGER IF EXISTS tr4;
DROP TRIGGER IF EXISTS tr5;
DROP TRIGGER IF EXISTS tr6;
DROP TRIGGER IF EXISTS tr7;
DROP TRIGGER IF EXISTS tr8;
DROP TRIGGER IF EXISTS tr10;
CREATE TRIGGER tr2 BEFORE INSERT ON r FOR EACH ROW SET NEW.name = UPPER(NEW.name), NEW.at = NOW(), NEW.id = NEW.id + (SELECT MAX(n) FROM q WHERE id < 10);
INSERT INTO r (id, name) VALUES (1, 'one'), (2, 'two');
SELECT * FROM r ORDER BY id;
SELECT r.*, t.tenant_id FROM r JOIN t ON t.id < 5 ORDER BY r.id, t.id;
DROP TRIGGER tr2;
DELETE FROM r;

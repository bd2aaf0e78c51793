-- about: triggers of a reference table must make the same of a row on every shard
-- names only
-- database: shop
-- sharded: shop.t by tenant_id
-- reference: shop.r, shop.q
CREATE TABLE t (tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL, n INT NOT NULL, PRIMARY KEY (tenant_id, id));
INSERT INTO t VALUES ('a', 1, 10), ('b', 2, 20), ('c', 3, 30), ('d', 4, 40);
CREATE TABLE r (id INT PRIMARY KEY, name VARCHAR(40), at DATETIME);
CREATE TABLE q (id INT PRIMARY KEY, n INT);
INSERT INTO q VALUES (1, 5), (2, 6);
CREATE VIEW totals AS SELECT SUM(n) AS n FROM t;
-- cases
-- refuse: 1235 would read rows of t of its own
CREATE TRIGGER tr BEFORE INSERT ON r FOR EACH ROW SET NEW.id = NEW.id + (SELECT COUNT(*) FROM t);
-- refuse: 1235 would read rows of totals of its own
CREATE TRIGGER tr3 BEFORE UPDATE ON r FOR EACH ROW BEGIN DECLARE x INT; SELECT n INTO x FROM shop.totals; SET NEW.id = x; END;
-- refuse: 1235 calls UUID()
CREATE TRIGGER tr4 BEFORE INSERT ON r FOR EACH ROW SET NEW.name = UUID();
DROP TRIGGER IF EXISTS tr;
DROP TRIGGER IF EXISTS tr3;
DROP TRIGGER IF EXISTS tr4;
CREATE TRIGGER tr2 BEFORE INSERT ON r FOR EACH ROW SET NEW.name = UPPER(NEW.name), NEW.at = NOW(), NEW.id = NEW.id + (SELECT MAX(n) FROM q WHERE id < 10);
INSERT INTO r (id, name) VALUES (1, 'one'), (2, 'two');
SELECT * FROM r ORDER BY id;
SELECT r.*, t.tenant_id FROM r JOIN t ON t.id < 5 ORDER BY r.id, t.id;
DROP TRIGGER tr2;
DELETE FROM r;

-- about: writes over shards that cannot be done exactly are refused and leave nothing behind, also inside a transaction
-- database: shop
-- sharded: shop.jobs by tenant_id, shop.bare by tenant_id, shop.seen by tenant_id, shop.log by tenant_id
CREATE TABLE jobs (tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL, n INT, PRIMARY KEY (id));
CREATE TABLE bare (tenant_id VARCHAR(20) NOT NULL, n INT);
CREATE TABLE seen (tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL, n INT, code VARCHAR(10), PRIMARY KEY (id), UNIQUE KEY (tenant_id, code));
CREATE TABLE log (tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL, PRIMARY KEY (tenant_id, id));
INSERT INTO jobs VALUES ('a', 1, 1), ('b', 2, 2), ('c', 3, 3), ('d', 4, 4);
INSERT INTO bare VALUES ('a', 1), ('b', 2);
INSERT INTO seen VALUES ('a', 1, 1, 'c1'), ('a', 2, 2, 'c2'), ('b', 3, 3, 'c1');
CREATE TRIGGER seen_update AFTER UPDATE ON seen FOR EACH ROW INSERT INTO log VALUES (NEW.tenant_id, NEW.id);
CREATE TRIGGER log_insert BEFORE INSERT ON log FOR EACH ROW SET NEW.id = NEW.id + 100;
-- cases
BEGIN;
UPDATE jobs SET n = 10 WHERE tenant_id = 'a';
-- refuse: 1235 no primary key
DELETE FROM bare ORDER BY n LIMIT 1;
-- refuse: 1235 no primary key
UPDATE bare SET n = (SELECT MAX(id) FROM jobs);
-- refuse: 1235 by a statement that needs rows of several shards
UPDATE seen SET n = n + 1 ORDER BY id LIMIT 2;
-- refuse: 1235 by a statement that needs rows of several shards
INSERT INTO log SELECT CONCAT('x', tenant_id), id FROM jobs;
-- refuse: 1235 changes primary key
UPDATE jobs SET id = id + 10 ORDER BY id LIMIT 2;
-- refuse: 1235 under two names
UPDATE jobs a, jobs b SET a.n = 1, b.n = 2 WHERE a.id = 1 AND b.id = 2;
-- refuse: 1235 assigns a user variable
INSERT INTO jobs SELECT CONCAT('x', tenant_id), id + 30, @n := id FROM jobs;
DELETE FROM seen ORDER BY id DESC LIMIT 1;
SELECT * FROM jobs ORDER BY id;
SELECT * FROM seen ORDER BY id;
ROLLBACK;
SELECT * FROM jobs ORDER BY id;
SELECT COUNT(*) FROM log;

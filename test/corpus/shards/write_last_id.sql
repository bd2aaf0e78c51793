-- about: LAST_INSERT_ID() in writes on several shards is one value for all of the statement: that of the session before it
-- database: shop
-- sharded: shop.ai by tenant_id, shop.t by tenant_id
-- single: shop.numbers
-- reference: shop.r
CREATE TABLE ai (tenant_id VARCHAR(20) NOT NULL, id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, parent BIGINT);
CREATE TABLE t (tenant_id VARCHAR(20) NOT NULL, id BIGINT NOT NULL, n BIGINT, PRIMARY KEY (tenant_id, id));
CREATE TABLE numbers (name VARCHAR(20) PRIMARY KEY, n BIGINT NOT NULL);
CREATE TABLE r (id INT PRIMARY KEY, n BIGINT);
-- cases
TRUNCATE TABLE ai;
INSERT INTO numbers VALUES ('order', 41);
INSERT INTO r VALUES (1, 0), (2, 0);
UPDATE numbers SET n = LAST_INSERT_ID(n + 1) WHERE name = 'order';
SELECT LAST_INSERT_ID();
INSERT INTO t VALUES ('a', 1, LAST_INSERT_ID()), ('b', 1, LAST_INSERT_ID()), ('c', 1, LAST_INSERT_ID()), ('d', 1, LAST_INSERT_ID() + 1);
SELECT * FROM t ORDER BY tenant_id, id;
# each row gets a number, and the value stays
INSERT INTO ai (tenant_id, parent) VALUES ('a', LAST_INSERT_ID()), ('b', LAST_INSERT_ID()), ('c', LAST_INSERT_ID()), ('d', LAST_INSERT_ID());
SELECT tenant_id, parent FROM ai ORDER BY tenant_id;
SELECT LAST_INSERT_ID();
UPDATE numbers SET n = LAST_INSERT_ID(77);
UPDATE t SET n = n + LAST_INSERT_ID();
UPDATE t SET n = LAST_INSERT_ID() - 7 ORDER BY n DESC, tenant_id LIMIT 1;
UPDATE r SET n = LAST_INSERT_ID() WHERE id = 1;
INSERT INTO r SELECT 10, LAST_INSERT_ID();
DELETE FROM t WHERE n = LAST_INSERT_ID() - 7;
INSERT INTO t SELECT CONCAT('x', tenant_id), id, LAST_INSERT_ID() FROM t ORDER BY tenant_id LIMIT 2;
-- params: 5, 6
INSERT INTO t VALUES ('p', ?, LAST_INSERT_ID()), ('q', ?, LAST_INSERT_ID());
SELECT * FROM t ORDER BY tenant_id, id;
SELECT * FROM r ORDER BY id;
SELECT LAST_INSERT_ID();
-- refuse: 1235 calls LAST_INSERT_ID()
UPDATE t SET n = LAST_INSERT_ID(n + 1);
SELECT * FROM t ORDER BY tenant_id, id;
SELECT LAST_INSERT_ID();
# of one row, of a constant, or in an order that is said
UPDATE t SET n = LAST_INSERT_ID(n + 1) WHERE id = 1 AND tenant_id = (SELECT m FROM (SELECT MAX(tenant_id) AS m FROM t WHERE id = 1) AS x);
SELECT LAST_INSERT_ID();
UPDATE t SET n = LAST_INSERT_ID(n + 100) ORDER BY tenant_id, id;
SELECT LAST_INSERT_ID();
UPDATE t SET n = LAST_INSERT_ID(n + 1) WHERE n > 0 ORDER BY tenant_id DESC, id LIMIT 2;
SELECT LAST_INSERT_ID();
UPDATE t SET n = LAST_INSERT_ID(4711);
SELECT LAST_INSERT_ID();
UPDATE t SET n = LAST_INSERT_ID(n + 1) WHERE n < 0;
SELECT LAST_INSERT_ID();
DELETE FROM t WHERE n = LAST_INSERT_ID(12);
SELECT LAST_INSERT_ID();
UPDATE r SET n = LAST_INSERT_ID(n + 5) WHERE id = 1;
SELECT LAST_INSERT_ID();
UPDATE r SET n = LAST_INSERT_ID(id) ORDER BY id DESC;
SELECT LAST_INSERT_ID();
INSERT INTO r VALUES (1, 0), (50, LAST_INSERT_ID(30)) ON DUPLICATE KEY UPDATE n = LAST_INSERT_ID(n + 3);
SELECT LAST_INSERT_ID();
-- error: 1062
INSERT INTO r VALUES (51, LAST_INSERT_ID(31)), (50, 0);
SELECT LAST_INSERT_ID();
SELECT * FROM r ORDER BY id;
-- refuse: 1235 calls LAST_INSERT_ID()
INSERT INTO t VALUES ('a', 900, LAST_INSERT_ID(1)), ('b', 900, LAST_INSERT_ID(2)), ('c', 900, LAST_INSERT_ID(3)), ('d', 900, LAST_INSERT_ID(4));
DELETE FROM t WHERE id = 900;
SELECT * FROM t ORDER BY tenant_id, id;
UPDATE numbers SET n = LAST_INSERT_ID(42);
# where rows have ids, that of the last one is told, even if its row was passed over, alone on its shard
TRUNCATE TABLE ai;
INSERT INTO ai VALUES ('a', 10, 0), ('b', 20, 0), ('c', 30, 0), ('d', 40, 0), ('e', 50, 0);
INSERT IGNORE INTO ai VALUES ('a', 60, 0), ('b', 61, 0), ('c', 62, 0), ('d', 63, 0), ('e', 50, 0);
INSERT IGNORE INTO ai VALUES ('e', 64, 0), ('d', 65, 0), ('c', 66, 0), ('b', 67, 0), ('a', '10', 0);
-- params: 68, 69, 20
-- params: '70', '71', '20'
INSERT IGNORE INTO ai (parent, id, tenant_id) VALUES (0, ?, 'a'), (1, ?, 'c'), (2, ?, 'b');
INSERT IGNORE INTO ai VALUES ('a', 10, 0), ('b', 20, 0), ('c', 30, 0);
BEGIN;
INSERT IGNORE INTO ai VALUES ('a', 91, 0), ('b', 92, 0), ('c', 93, 0), ('d', 94, 0), ('e', +64, 0);
-- refuse: 1235 does not say it
INSERT IGNORE INTO ai VALUES ('b', 95, 0), ('e', 60+4, 0);
-- refuse: 1235 does not say it
INSERT IGNORE INTO ai VALUES ('c', 95, 0), ('e', 64.2, 0);
SELECT id FROM ai WHERE id BETWEEN 91 AND 94 ORDER BY id;
ROLLBACK;
INSERT INTO ai VALUES ('c', 72, 0), ('a', 73, 0), ('b', 20, 0) ON DUPLICATE KEY UPDATE parent = 0;
INSERT INTO ai VALUES ('a', 10, 0), ('b', 20, 0), ('c', 30, 0), ('d', 40, 0) ON DUPLICATE KEY UPDATE parent = parent + (tenant_id = 'b');
SELECT LAST_INSERT_ID();
INSERT INTO ai SELECT tenant_id, id + 100, 0 FROM ai ORDER BY id DESC;
INSERT INTO ai SELECT tenant_id, id + 1000, 0 FROM ai ORDER BY parent, id;
INSERT IGNORE INTO ai SELECT tenant_id, IF(id < 25, id, id + 100000), 0 FROM ai ORDER BY id DESC;
REPLACE INTO ai SELECT tenant_id, id, 7 FROM ai WHERE id < 100 ORDER BY id DESC;
SELECT LAST_INSERT_ID();
TRUNCATE TABLE ai;
# an id that a row gives and that is by chance the one of before is still given: the last counts
UPDATE numbers SET n = LAST_INSERT_ID(42);
INSERT INTO ai (tenant_id, id) VALUES ('a', 42), ('b', 1001), ('c', 1002), ('d', 1003), ('e', 1004), ('f', 1005);
SELECT LAST_INSERT_ID();
DELETE FROM ai WHERE id = 42;
INSERT INTO ai (tenant_id, id) VALUES ('a', 1100), ('b', 42), ('c', 1102), ('d', 1103), ('e', 1104), ('f', 1105);
SELECT LAST_INSERT_ID();
DELETE FROM ai WHERE id = 42;
INSERT INTO ai (tenant_id, id) VALUES ('a', 1200), ('b', 1201), ('c', 42), ('d', 1203), ('e', 1204), ('f', 1205);
SELECT LAST_INSERT_ID();
DELETE FROM ai WHERE id = 42;
INSERT INTO ai (tenant_id, id) VALUES ('a', 1300), ('b', 1301), ('c', 1302), ('d', 42), ('e', 1304), ('f', 1305);
SELECT LAST_INSERT_ID();
DELETE FROM ai WHERE id = 42;
INSERT INTO ai (tenant_id, id) VALUES ('a', 1400), ('b', 1401), ('c', 1402), ('d', 1403), ('e', 42), ('f', 1405);
SELECT LAST_INSERT_ID();
DELETE FROM ai WHERE id = 42;
INSERT INTO ai (tenant_id, id) VALUES ('a', 1500), ('b', 1501), ('c', 1502), ('d', 1503), ('e', 1504), ('f', 42);
SELECT LAST_INSERT_ID();
DELETE FROM ai WHERE id = 42;
INSERT INTO ai VALUES ('a', 42, 0), ('b', 2001, LAST_INSERT_ID()), ('c', 2002, 0), ('d', 2003, 0);
DELETE FROM ai WHERE id = 42;
-- params: 42, 2011, 2012, 2013
-- params: 2014, 2017, 2015, 2016
INSERT IGNORE INTO ai (parent, `ID`, tenant_id) VALUES (1, ?, 'a'), (2, ?, 'b'), (3, ?, 'c'), (4, ?, 'd');
SELECT LAST_INSERT_ID();
REPLACE INTO ai (tenant_id, id, parent) VALUES ('a', 40 + 2, 0), ('b', 2021, 0), ('c', 2022, 0), ('d', 2023, 0);
SELECT LAST_INSERT_ID();
# what a server makes is made, even if it is the same number
UPDATE numbers SET n = LAST_INSERT_ID(1);
TRUNCATE TABLE ai;
INSERT INTO ai (tenant_id, id, parent) VALUES ('a', NULL, 0), ('b', DEFAULT, 0), ('c', 0, 0), ('d', NULL, 0);
SELECT LAST_INSERT_ID();
TRUNCATE TABLE ai;
-- params: NULL, 0
INSERT INTO ai (id, tenant_id) VALUES (?, 'a'), (?, 'b'), (0, 'c'), (NULL, 'd');
SELECT LAST_INSERT_ID();
TRUNCATE TABLE ai;
INSERT INTO ai (tenant_id, parent) VALUES ('a', LAST_INSERT_ID()), ('b', 7), ('c', 7), ('d', 7);
SELECT LAST_INSERT_ID();
DELETE FROM ai;
DELETE FROM t;
DELETE FROM numbers;
DELETE FROM r;

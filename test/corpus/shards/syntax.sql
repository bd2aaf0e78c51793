-- about: where MySQL cannot read a statement over shards, its own error quotes the client's text, not an edited one, and comes before any refusal
-- any plan
-- database: shop
-- sharded: shop.cats by tenant_id, shop.dogs by tenant_id, depot.birds by tenant_id
-- reference: shop.kinds
CREATE TABLE cats (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY, name VARCHAR(20));
CREATE TABLE dogs (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY, name VARCHAR(20), cat_id INT);
CREATE TABLE kinds (id INT PRIMARY KEY, kind VARCHAR(10));
INSERT INTO cats VALUES ('a', 1, 'Tom'), ('b', 2, 'Mia'), ('c', 3, NULL);
INSERT INTO dogs VALUES ('a', 1, 'Rex', 1), ('b', 2, 'Ben', 1), ('c', 3, 'Ida', 9);
INSERT INTO kinds VALUES (1, 'one'), (2, 'two');
USE depot;
CREATE TABLE birds (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY, cat_id INT);
INSERT INTO birds VALUES ('q', 1, 2);
-- cases
# Nobody can read it.
-- error: 1064
SELECT id FROM cats WHERE id = = 1;
-- error: 1064
SELECT id FROM cats c JOIN dogs d ON c.id = d.cat_id GROUP id;
-- error: 1064
SELECT id
FROM cats
WHERE name = 'x' AND
ORDER BY id;
-- error: 1064
SELECT FROM shop.cats JOIN depot.birds;
-- error: 1064
UPDATE cats SET name = 'x' WHERE;
-- error: 1064
UPDATE cats SET name == 'x';
-- error: 1064
DELETE FROM cats dogs birds;
-- error: 1064
DELETE cats;
-- error: 1064
INSERT INTO cats VALUES ('a', 9, 'x'), ('b', 10 'y');
-- error: 1064
INSERT INTO cats SELECT FROM dogs;
-- error: 1064
ALTER TABLE cats ADD COLUMN;
-- error: 1064
CREATE INDEX i ON cats;
-- error: 1064
TRUNCATE cats dogs;
-- error: 1064
EXPLAIN SELECT FROM cats;
-- error: 1064
WITH c AS (SELECT id FROM cats) SELECT * FROM c ORDER;
-- error: 1064
SELECT id AS rank FROM cats;
-- error: 1064
SELECT 1 FROM cats AS lateral;
# The tidb parser reads these, MySQL does not.
-- error: 1064
SELECT IF(id, 1) FROM shop.cats WHERE name = DATABASE();
-- error: 1064
SELECT DATABASE(), IF(id, 1) FROM cats;
-- error: 1064
SELECT c.id, IF(shop.c.id, 1) FROM shop.cats AS c JOIN depot.birds b ON TRUE;
-- error: 1064
UPDATE shop.cats SET name = IF(id, 1) WHERE tenant_id = 'a';
-- error: 1064
UPDATE shop.cats SET name = IF(id, 1);
-- error: 1064
DELETE FROM shop.cats WHERE IF(id, 1) = DATABASE();
-- error: 1064
SELECT name FROM shop.cats WHERE tenant_id = 'a' AND name = DATABASE() AND IF(id, 1);
SELECT COUNT(*) FROM cats;
# Other errors of the text.
-- error: 1273
SELECT name COLLATE no_such_collation FROM cats;
-- error: 1115
SELECT CONVERT(name USING klingon) FROM cats;
-- error: 1210
SELECT id FROM cats WHERE name LIKE 'x' ESCAPE 'yz';
-- error: 1582
SELECT SIN(id, 1) FROM cats FOR UPDATE;
# Prepared by text.
-- error: 1064
PREPARE p FROM 'SELECT id FROM cats WHERE';
-- error: 1064
PREPARE p FROM 'SELECT IF(id, 1) FROM shop.cats';
-- error: 1243
EXECUTE p;
# Functions.
-- error: 1305
SELECT No_Such_Function(id) FROM cats;
-- error: 1305
SELECT shop.no_such(id, 2) FROM cats;
-- error: 1305
SELECT depot.no_such(id) FROM cats;
-- error: 1305
SELECT `no such`(c.id) FROM cats c JOIN depot.birds b ON b.cat_id = c.id;
-- error: 1305
UPDATE cats SET name = no_such(name);
-- error: 1305
DELETE FROM cats WHERE no_such();
-- error: 1305
INSERT INTO cats (tenant_id, id) VALUES (no_such(), 7);
-- error: 1305
SELECT id FROM cats WHERE tenant_id = 'a' AND no_such(id) = 1;
-- error: 1305
DO no_such();
-- error: 1305
SELECT no_such();
-- error: 1146
SELECT no_such(id) FROM nothing;
-- error: 1064
SELECT no_such(id) FROM cats WHERE;

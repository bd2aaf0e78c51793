-- about: a name that stands for nothing is answered as one server would, and never looked for in the schemas of the servers: those are physical, and none of the client's
-- database: shop
-- sharded: shop.cats by tenant_id, depot.birds by tenant_id
-- reference: shop.kinds, shop.scraps
-- single: shop.items
CREATE TABLE cats (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY, name VARCHAR(20));
CREATE TABLE kinds (id INT PRIMARY KEY, kind VARCHAR(10));
CREATE TABLE items (id INT PRIMARY KEY, title VARCHAR(10));
CREATE TABLE scraps (id INT PRIMARY KEY);
INSERT INTO cats VALUES ('a', 1, 'Tom'), ('b', 2, 'Mia'), ('c', 3, NULL), ('d', 4, 'Ida');
INSERT INTO kinds VALUES (1, 'one'), (2, 'two');
INSERT INTO items VALUES (1, 'saw');
CREATE VIEW tame AS SELECT * FROM cats;
USE depot;
CREATE TABLE birds (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY);
INSERT INTO birds VALUES ('q', 1);
-- cases
# Of the databases that the servers have, clients see none of these.
DROP TABLE IF EXISTS shop_s0.kinds;
DROP TABLE IF EXISTS shop_s0.kinds, shop_s1.kinds, shop_s0.cats;
DROP VIEW IF EXISTS shop_s0.kinds;
-- error: 1051
DROP TABLE shop_s0.kinds;
-- error: 1146
TRUNCATE shop_s0.kinds;
-- error: 1049
CREATE TRIGGER t BEFORE INSERT ON shop_s0.kinds FOR EACH ROW SET NEW.id = 1;
-- error: 1049
CREATE TRIGGER shop_s0.t BEFORE INSERT ON kinds FOR EACH ROW SET NEW.id = 1;
DROP PROCEDURE IF EXISTS shop_s0.p;
-- error: 1305
DROP PROCEDURE shop_s0.p;
SELECT * FROM kinds ORDER BY id;
SELECT * FROM cats ORDER BY id;
# All that is missing is listed.
-- error: 1051
DROP TABLE nosuch, other;
-- error: 1051
DROP TABLE nosuchdb.y, nosuchdb.x;
-- error: 1051
DROP TABLE items, nosuchdb.x;
-- error: 1051
DROP VIEW nosuch, v2;
-- error: 1051
DROP TABLE nosuchdb.x;
-- error: 1051
DROP VIEW nosuchdb.x;
DROP TABLE IF EXISTS nosuchdb.x, nosuchdb.y;
SHOW WARNINGS;
DROP TABLE IF EXISTS nosuch, other;
SHOW WARNINGS;
DROP TABLE IF EXISTS nosuch CASCADE;
SHOW WARNINGS;
# words that MySQL reserves, and parsers do not
-- error: 1064
DROP TABLE IF EXISTS signal, items;
-- error: 1064
DROP TABLE IF EXISTS items, condition, nosuch;
DROP VIEW IF EXISTS nosuch, other;
SHOW WARNINGS;
SET sql_notes = 0;
DROP TABLE IF EXISTS nosuch;
SET sql_notes = 1;
DROP TABLE IF EXISTS items, nosuchdb.x;
SHOW WARNINGS;
CREATE TABLE items (id INT PRIMARY KEY, title VARCHAR(10));
INSERT INTO items VALUES (1, 'saw');
DROP TABLE IF EXISTS nosuchdb.x, /* of */ `other`, items, shop.nosuch , nosuchdb.y;
SHOW WARNINGS;
CREATE TABLE items (id INT PRIMARY KEY, title VARCHAR(10));
INSERT INTO items VALUES (1, 'saw');
SET sql_notes = 0;
DROP TABLE IF EXISTS nosuchdb.x, items, other;
SHOW WARNINGS;
SET sql_notes = 1;
CREATE TABLE items (id INT PRIMARY KEY, title VARCHAR(10));
INSERT INTO items VALUES (1, 'saw');
# A view is none of the tables to be dropped.
DROP TABLE IF EXISTS nosuch, tame, other;
SHOW WARNINGS;
SELECT COUNT(*) FROM tame;
-- error: 1066
DROP TABLE IF EXISTS items, nosuch, nosuch;
-- error: 1066
DROP TABLE IF EXISTS items, nosuch, shop.items;
SELECT * FROM items;
# Nor is a name of the current database looked for in that of another table.
USE depot;
DROP TABLE IF EXISTS shop.scraps, nosuchdb.cats;
SHOW WARNINGS;
CREATE TABLE shop.scraps (id INT PRIMARY KEY);
DROP VIEW IF EXISTS shop.nosuch, shop.tame, nosuchdb.cats;
SHOW WARNINGS;
CREATE VIEW shop.tame AS SELECT * FROM shop.cats;
USE shop;
SELECT COUNT(*) FROM cats;
SELECT COUNT(*) FROM depot.birds;
SELECT COUNT(*) FROM tame;
SELECT COUNT(*) FROM scraps;
DROP TABLE IF EXISTS nosuch, scraps, shop.other;
SHOW WARNINGS;
CREATE TABLE scraps (id INT PRIMARY KEY);
CREATE TEMPORARY TABLE tmp (id INT);
DROP TABLE IF EXISTS tmp, nosuch;
SHOW WARNINGS;
CREATE TEMPORARY TABLE tmp (id INT);
DROP TEMPORARY TABLE IF EXISTS tmp, nosuch, cats;
SHOW WARNINGS;
CREATE TEMPORARY TABLE tmp (id INT);
USE depot;
-- always refuse: 1235
DROP TABLE IF EXISTS tmp, cats;
USE shop;
SELECT COUNT(*) FROM cats;
DROP TEMPORARY TABLE tmp;
PREPARE p FROM 'DROP TABLE IF EXISTS nosuchdb.x';
EXECUTE p;
SHOW WARNINGS;
# Like any definition it commits.
BEGIN;
INSERT INTO kinds VALUES (9, 'nine');
DROP TABLE IF EXISTS nosuch;
ROLLBACK;
SELECT * FROM kinds WHERE id = 9;
DELETE FROM kinds WHERE id = 9;
SELECT id FROM kinds;
DROP TABLE IF EXISTS nosuch;
SELECT FOUND_ROWS(), ROW_COUNT();
# Programs.
-- error: 1305
DROP FUNCTION nosuchdb.f;
DROP FUNCTION IF EXISTS nosuchdb.f;
SHOW WARNINGS;
-- error: 1305
ALTER PROCEDURE nosuchdb.p COMMENT 'c';
-- error: 1539
DROP EVENT nosuchdb.e;
DROP EVENT IF EXISTS nosuchdb.e;
SHOW WARNINGS;
-- error: 1539
ALTER EVENT nosuchdb.e DISABLE;
-- error: 1049
DROP TRIGGER nosuchdb.t;
-- error: 1146
CREATE TRIGGER t BEFORE INSERT ON nosuch FOR EACH ROW SET NEW.id = 1;
CREATE TRIGGER depot.t BEFORE INSERT ON depot.birds FOR EACH ROW SET NEW.id = 1;
DROP TRIGGER depot.t;
CREATE PROCEDURE depot.p() SELECT 1;
-- refuse: 1235 the rules do not say where procedure p runs
CALL depot.p();
DROP PROCEDURE depot.p;
-- error: 1049
SHOW CREATE TRIGGER nosuchdb.t;
# Databases.
-- error: 1008
DROP DATABASE nosuchdb;
DROP DATABASE IF EXISTS nosuchdb;
SHOW WARNINGS;
-- error: 3503
ALTER DATABASE nosuchdb COLLATE utf8mb4_bin;
# Names that no table can have.
-- error: 1103
SELECT * FROM ``;
-- error: 1103
SELECT * FROM `cats `;
-- error: 1103
DROP TABLE `cats `;
-- error: 1059
SELECT * FROM aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa;
# Names that are taken.
-- error: 1050
CREATE TABLE tame (tenant_id INT);
CREATE TABLE IF NOT EXISTS tame (tenant_id INT);
SHOW WARNINGS;
-- error: 1050
CREATE TABLE tame LIKE kinds;
# A table to delete from with its database before it, read without.
BEGIN;
DELETE shop.cats FROM cats WHERE id = 1;
DELETE shop.cats FROM cats JOIN kinds k ON k.id = cats.id WHERE cats.tenant_id = 'b';
DELETE FROM shop.cats USING cats WHERE tenant_id = 'c';
SELECT id FROM cats ORDER BY id;
-- error: 1054
DELETE shop.cats FROM cats WHERE nope = 1;
-- error: 1109
DELETE depot.cats FROM cats WHERE id = 1;
-- error: 1109
DELETE shop.c FROM cats c WHERE c.id = 1;
ROLLBACK;
# A trigger is where its table is.
CREATE TRIGGER t BEFORE INSERT ON items FOR EACH ROW SET NEW.title = 'cut';
INSERT INTO items VALUES (7, 'uncut');
SELECT title FROM items WHERE id = 7;
DELETE FROM items WHERE id = 7;
DROP TRIGGER t;
-- error: 1360
DROP TRIGGER t;
CREATE TRIGGER t BEFORE INSERT ON items FOR EACH ROW SET NEW.title = 'cut';
DROP TRIGGER IF EXISTS shop.t;
SHOW WARNINGS;
INSERT INTO items VALUES (7, 'uncut');
SELECT title FROM items WHERE id = 7;
DELETE FROM items WHERE id = 7;
CREATE TRIGGER t BEFORE INSERT ON cats FOR EACH ROW SET NEW.name = 'cut';
DROP TRIGGER t;

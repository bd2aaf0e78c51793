-- about: rows named by a text id that is compared with a number: the texts of all rows are read as numbers, which warns of those that are none and fails writes
-- any plan
-- database: shop
-- sharded: shop.doc by tenant, shop.line by tenant, shop.sure by tenant
CREATE TABLE doc (id VARCHAR(36) COLLATE utf8mb4_unicode_ci PRIMARY KEY, tenant VARCHAR(36) COLLATE utf8mb4_unicode_ci NOT NULL, title VARCHAR(20), no INT UNIQUE);
CREATE TABLE line (tenant VARCHAR(36) COLLATE utf8mb4_unicode_ci NOT NULL, doc VARCHAR(36) COLLATE utf8mb4_unicode_ci, n INT, PRIMARY KEY (doc, n));
CREATE TABLE sure (id VARCHAR(36) COLLATE utf8mb4_unicode_ci PRIMARY KEY, tenant VARCHAR(36) COLLATE utf8mb4_unicode_ci NOT NULL, title VARCHAR(20));
INSERT INTO doc VALUES ('12', 't6', 'a', 1), ('abc', 't1', 'g', 2), ('x', 't3', 'i', 3), ('y', 't2', 'i', 4);
INSERT INTO line VALUES ('t6', '12', 1), ('t1', 'abc', 1), ('t2', 'y', 1);
INSERT INTO sure VALUES ('12', 't1', 'a'), ('12.0', 't2', 'b'), ('012', 't3', 'c'), (' 12', 't5', 'e'), ('1.2e1', 't6', 'f'), ('0', 't2', 'h'), ('7', 't4', 'i');
-- cases
SELECT title FROM doc WHERE id = 12;
SELECT COUNT(*), MAX(title) FROM doc WHERE id = 12;
SELECT title FROM doc WHERE id = 99;
SELECT title FROM doc WHERE id = 1.2e1;
SELECT title FROM doc WHERE id = TRUE;
SELECT title FROM doc WHERE id IN (12, 99);
SELECT title FROM doc WHERE id = '12';
SELECT title FROM doc WHERE id = 0x3132;
SELECT title FROM doc WHERE no = '3abc';
SELECT n FROM line WHERE doc = 12 AND n = 1;
# One number is many texts.
SELECT title FROM sure WHERE id = 12 ORDER BY title;
SELECT title FROM sure WHERE id IN (7, 0) ORDER BY title;
SELECT COUNT(*) FROM sure WHERE id = 12.0;
# Writes.
BEGIN;
-- error: 1292
UPDATE doc SET title = 'z' WHERE id = 12;
-- error: 1292
DELETE FROM doc WHERE id = 12;
-- error: 1292
DELETE FROM doc WHERE id = 99;
-- error: 1292
UPDATE doc SET title = 'q' WHERE id IN (12, 13);
-- error: 1292
DELETE FROM line WHERE doc = 12 AND n = 1;
-- error: 1292
UPDATE doc d JOIN line l ON l.doc = d.id AND l.tenant = d.tenant SET d.title = 'w' WHERE d.id = 12;
-- error: 1292
INSERT INTO line SELECT tenant, id, 7 FROM doc WHERE id = 12;
UPDATE doc SET title = 'n' WHERE id = '12';
UPDATE sure SET title = 'n' WHERE id = 12;
DELETE FROM sure WHERE id = 7;
SELECT * FROM line ORDER BY doc, n;
SELECT * FROM doc ORDER BY id;
SELECT * FROM sure ORDER BY id;
ROLLBACK;
-- params: 12
-- params: 99
SELECT title FROM doc WHERE id = ?;
-- params: '12'
-- params: 'x'
SELECT title FROM doc WHERE id = ?;
BEGIN;
-- error: 1292
-- params: 12
DELETE FROM doc WHERE id = ?;
ROLLBACK;

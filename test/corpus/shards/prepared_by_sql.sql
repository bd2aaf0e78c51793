-- about: PREPARE and EXECUTE of what several shards or the session answer
-- text only
-- any plan
-- database: shop
-- sharded: shop.items by tenant_id, depot.boxes by tenant_id
CREATE TABLE items (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY, name VARCHAR(20), price DECIMAL(8,2));
USE depot;
CREATE TABLE boxes (tenant_id VARCHAR(20) NOT NULL, item_id INT PRIMARY KEY, n INT);
INSERT INTO boxes VALUES ('x', 1, 10), ('y', 3, 30), ('c', 5, 50);
USE shop;
-- cases
INSERT INTO items VALUES ('a', 1, 'tea', 2.50), ('b', 2, 'rice', 8.00), ('c', 3, 'Salt', 0.99), ('d', 4, NULL, NULL), ('e', 5, '米', 12.00);
PREPARE s FROM 'SELECT id FROM items WHERE price > ? ORDER BY id DESC LIMIT ?';
SET @p = 1, @n = 2, @none = NULL;
EXECUTE s USING @p, @n;
PREPARE s FROM 'SELECT COUNT(*), MAX(name) FROM items WHERE id > ?';
EXECUTE s USING @n;
EXECUTE s USING @none;
PREPARE s FROM 'SELECT i.name, b.n FROM items i JOIN depot.boxes b ON b.item_id = i.id ORDER BY i.id';
EXECUTE s;
PREPARE s FROM 'UPDATE items SET name = ? WHERE price > 1 ORDER BY price LIMIT 2';
SET @name = 'it''s';
EXECUTE s USING @name;
SELECT ROW_COUNT();
SELECT id, name FROM items ORDER BY id;
PREPARE s FROM 'UPDATE items SET name = ''again'' WHERE price > 1 ORDER BY price DESC LIMIT 1';
EXECUTE s;
PREPARE s FROM 'INSERT INTO items VALUES (?, ?, ?, 1), (''z'', 100, ?, 2)';
SET @t = 'f', @id = 6;
EXECUTE s USING @t, @id, @name, @none;
-- error: 1062
EXECUTE s USING @t, @id, @name, @none;
PREPARE s FROM 'INSERT INTO items SELECT tenant_id, id + 1000, name, price FROM items WHERE id < ?';
EXECUTE s USING @id;
PREPARE s FROM 'DELETE FROM items WHERE id > ? ORDER BY id LIMIT 100';
SET @id = 1000;
EXECUTE s USING @id;
SELECT id, name FROM items ORDER BY id;
# What the session answers.
PREPARE s FROM 'SET @a = 5, @b = ?';
EXECUTE s USING @name;
SELECT @a, @b;
PREPARE s FROM 'SET sql_mode = ''''';
EXECUTE s;
SELECT @@sql_mode;
PREPARE s FROM 'SET NAMES utf8mb4';
EXECUTE s;
-- error: 1295
PREPARE s FROM 'BEGIN';
BEGIN;
DELETE FROM items WHERE id = 6;
PREPARE s FROM 'ROLLBACK';
EXECUTE s;
SELECT COUNT(*) FROM items WHERE id = 6;
BEGIN;
DELETE FROM items WHERE id = 6;
PREPARE s FROM 'COMMIT';
EXECUTE s;
SELECT COUNT(*) FROM items WHERE id = 6;
-- error: 1295
PREPARE s FROM 'USE depot';
-- error: 1295
PREPARE s FROM 'EXECUTE s';
-- error: 1295
PREPARE s FROM 'SAVEPOINT a';
-- error: 1295
PREPARE s FROM 'SHOW WARNINGS';
PREPARE s FROM 'SHOW TABLES';
EXECUTE s;
PREPARE s FROM 'SHOW COLUMNS FROM items';
EXECUTE s;
-- error: 1295
PREPARE s FROM 'CHECK TABLE items';
PREPARE s FROM 'ANALYZE TABLE items';
EXECUTE s;
PREPARE s FROM 'DO 1';
EXECUTE s;
-- error: 1064
PREPARE s FROM 'SELECT 1; SELECT 2';
PREPARE s FROM 'SELECT 1;';
EXECUTE s;
-- error: 1210
EXECUTE s USING @a;
# Definitions.
PREPARE s FROM 'CREATE INDEX by_name ON items (name)';
EXECUTE s;
-- error: 1061
EXECUTE s;
PREPARE s FROM 'TRUNCATE TABLE items';
EXECUTE s;
SELECT COUNT(*) FROM items;
PREPARE s FROM 'DROP TABLE none';
-- error: 1051
EXECUTE s;
PREPARE s FROM 'DROP TABLE IF EXISTS none';
EXECUTE s;
SHOW WARNINGS;
DROP INDEX by_name ON items;
# Names are those of the database that was current when it was prepared.
USE depot;
PREPARE s FROM 'SELECT DATABASE(), SUM(n) FROM boxes';
PREPARE u FROM 'SELECT DATABASE(), SUM(n) FROM boxes WHERE n > ?';
USE shop;
EXECUTE s;
EXECUTE u USING @a;
SELECT DATABASE();
# Temporary tables.
CREATE TEMPORARY TABLE mine (a INT);
PREPARE s FROM 'INSERT INTO mine VALUES (?), (2)';
EXECUTE s USING @a;
PREPARE s FROM 'SELECT * FROM mine';
EXECUTE s;
DROP TEMPORARY TABLE mine;
-- error: 1051
DROP TEMPORARY TABLE mine;
DROP TEMPORARY TABLE IF EXISTS mine;
SHOW WARNINGS;

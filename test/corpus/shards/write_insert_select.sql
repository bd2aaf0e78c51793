-- about: INSERT and REPLACE .. SELECT whose rows are on other shards, or in other databases, than those they are made of
-- database: shop
-- sharded: shop.goods by tenant_id, shop.copies by tenant_id, shop.pairs by tenant_id, depot.moves by tenant_id, depot.stock by tenant_id
-- single: depot.totals
-- reference: shop.rates
CREATE TABLE goods (tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL, name VARCHAR(30), price DECIMAL(10,2), n INT, PRIMARY KEY (tenant_id, id));
CREATE TABLE copies (tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL, name VARCHAR(10) NOT NULL DEFAULT 'none', price DECIMAL(8,1), n TINYINT UNSIGNED, at DATETIME DEFAULT NULL, PRIMARY KEY (tenant_id, id), UNIQUE KEY u (tenant_id, name));
CREATE TABLE pairs (tenant_id VARCHAR(20) NOT NULL, a VARCHAR(20) NOT NULL, b VARCHAR(20) NOT NULL, n INT NOT NULL, twice INT GENERATED ALWAYS AS (n * 2) VIRTUAL, PRIMARY KEY (tenant_id, a, b));
CREATE TABLE rates (code VARCHAR(3) PRIMARY KEY, rate DECIMAL(8,4));
INSERT INTO goods VALUES ('a', 1, 'apple', 1.25, 10), ('a', 2, 'pear', 2.55, 20), ('b', 1, 'plum', 0.95, 5), ('c', 1, 'fig', 3.05, 1), ('c', 2, 'kiwi', NULL, NULL), ('d', 1, 'Äpfel', 9.99, 100), ('e', 1, '苹果', 4.00, 7), ('f', 7, 'lemon', 1.00, 0);
INSERT INTO rates VALUES ('EUR', 1), ('USD', 1.0853), ('SEK', 11.4);
USE depot;
CREATE TABLE moves (tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL, good INT, delta INT, PRIMARY KEY (tenant_id, id));
CREATE TABLE stock (tenant_id VARCHAR(20) NOT NULL, good INT NOT NULL, n INT, PRIMARY KEY (tenant_id, good));
CREATE TABLE totals (name VARCHAR(20) PRIMARY KEY, n INT, sum DECIMAL(20,2));
INSERT INTO moves VALUES ('a', 1, 1, 5), ('a', 2, 1, -2), ('b', 1, 1, 7), ('c', 1, 2, 1), ('z', 1, 9, 9);
-- cases
# The key is computed.
INSERT INTO copies (tenant_id, id, name, price) SELECT CONCAT('x', tenant_id), id, name, price FROM goods;
SELECT * FROM copies ORDER BY 1, 2;
# Groups, order, limits, unions.
INSERT INTO copies (tenant_id, id, name) SELECT CONCAT('g', MIN(id)), COUNT(*), MAX(name) FROM goods GROUP BY id;
INSERT INTO copies (tenant_id, id, name) SELECT tenant_id, id, name FROM goods ORDER BY price DESC, id LIMIT 3;
INSERT INTO copies (tenant_id, id, name) SELECT tenant_id, id + 50, CONCAT(name, '+') FROM goods WHERE n > 1 ORDER BY n LIMIT 2 OFFSET 1;
SELECT * FROM copies ORDER BY 1, 2;
INSERT INTO copies (tenant_id, id, name) SELECT 'u1', 1, 'one' UNION ALL SELECT 'u2', 2, 'two' UNION ALL SELECT tenant_id, 99, 'more' FROM depot.moves WHERE id = 1;
INSERT INTO copies (tenant_id, id, name) SELECT 'v1', 1, 'one' UNION SELECT 'v1', 1, 'one';
INSERT INTO copies (tenant_id, id, name) (SELECT 'w1', 1, 'one') ;
INSERT INTO copies (tenant_id, id, name) WITH c AS (SELECT tenant_id, SUM(delta) AS s FROM depot.moves GROUP BY tenant_id) SELECT CONCAT('s', tenant_id), s, CONCAT('sum ', s) FROM c;
INSERT INTO copies (tenant_id, id, name) VALUES ROW('r1', 1, 'one'), ROW('r2', 2, 'two');
SELECT * FROM copies ORDER BY 1, 2;
# No rows.
INSERT INTO copies (tenant_id, id, name) SELECT CONCAT('x', tenant_id), id, name FROM goods WHERE id = 12345;
# The table itself.
INSERT INTO copies (tenant_id, id, name) SELECT CONCAT('m', tenant_id), id + 1000, name FROM copies WHERE tenant_id LIKE 'x%';
INSERT INTO copies SELECT CONCAT('n', t.tenant_id), t.id, t.name, t.price, t.n, t.at FROM copies t WHERE t.tenant_id LIKE 'm%';
SELECT * FROM copies ORDER BY 1, 2;
# What is too long fails in other words there: one server keeps the rows before it stores any.
-- error: 1265
INSERT INTO copies (tenant_id, id, name) SELECT CONCAT('o', tenant_id), id, CONCAT(name, ' too long') FROM copies WHERE tenant_id LIKE 'x%' ORDER BY tenant_id, id;
-- error: 1406
INSERT INTO copies (tenant_id, id, name) SELECT CONCAT('o', tenant_id), id, CONCAT(name, ' far too long') FROM goods ORDER BY tenant_id, id;
-- error: 1265
INSERT INTO goods SELECT tenant_id, id + 500, CONCAT(name, REPEAT('x', 28)), price, n FROM goods;
-- error: 1406
INSERT INTO goods SELECT tenant_id, id + 500, REPEAT('x', 40), price, n FROM goods;
-- error: 1265
INSERT INTO copies (tenant_id, id, name) SELECT CONCAT('o', tenant_id), id, CONCAT(name, ' far too long') FROM goods WHERE id <= (SELECT COUNT(*) FROM copies) ORDER BY tenant_id, id;
-- error: 1265
INSERT INTO copies (tenant_id, id, name) SELECT /*+ NO_MERGE() */ DISTINCT CONCAT('o', tenant_id), id, CONCAT(name, ' far too long') FROM copies WHERE tenant_id LIKE 'x%' ORDER BY 1, 2 LIMIT 5;
INSERT IGNORE INTO copies (tenant_id, id, name) SELECT CONCAT('o', tenant_id), id, CONCAT(name, ' too long') FROM copies WHERE tenant_id LIKE 'x%' ORDER BY tenant_id, id;
SELECT * FROM copies WHERE tenant_id LIKE 'o%' ORDER BY 1, 2;
DELETE FROM copies WHERE tenant_id LIKE 'o%';
# Other databases, joins, a table on one shard.
INSERT INTO depot.stock SELECT g.tenant_id, g.id, SUM(m.delta) FROM goods g LEFT JOIN depot.moves m ON m.tenant_id = g.tenant_id AND m.good = g.id GROUP BY g.tenant_id, g.id;
SELECT * FROM depot.stock ORDER BY 1, 2;
INSERT INTO depot.totals SELECT 'goods', COUNT(*), SUM(price * n) FROM goods;
INSERT INTO depot.totals (name, n) SELECT CONCAT('t', tenant_id), COUNT(*) FROM goods GROUP BY tenant_id;
REPLACE INTO depot.totals (name, n) SELECT 'goods', MAX(n) FROM goods;
SELECT * FROM depot.totals ORDER BY 1;
INSERT INTO pairs (tenant_id, a, b, n) SELECT CONCAT('p', g.id), g.name, r.code, g.n FROM goods g JOIN rates r ON r.rate < 5 WHERE g.n IS NOT NULL;
-- error: 3105
INSERT INTO pairs SELECT CONCAT('q', a), a, b, n, 1 FROM pairs;
SELECT * FROM pairs ORDER BY 1, 2, 3;
# Duplicates: errors, IGNORE, REPLACE, ON DUPLICATE KEY UPDATE.
-- error: 1062
INSERT INTO copies (tenant_id, id, name) SELECT CONCAT('x', tenant_id), id, name FROM goods;
-- error: 1062
INSERT INTO copies (tenant_id, id, name) SELECT IF(id = 1, CONCAT('y', tenant_id), 'xa'), id, name FROM goods ORDER BY id, tenant_id;
-- error: 1062
INSERT INTO copies (tenant_id, id, name) SELECT IF(id = 7, 'yf', CONCAT('x', tenant_id)), id, name FROM goods ORDER BY id DESC, tenant_id DESC;
SELECT * FROM copies WHERE tenant_id LIKE 'y%';
INSERT IGNORE INTO copies (tenant_id, id, name) SELECT CONCAT(IF(n > 5, 'x', 'z'), tenant_id), id, name FROM goods ORDER BY tenant_id, id;
INSERT INTO copies (tenant_id, id, name, n) SELECT CONCAT('x', tenant_id), id, name, n FROM goods ORDER BY 1, 2 ON DUPLICATE KEY UPDATE n = VALUES(n), price = copies.price + 1;
INSERT INTO copies (tenant_id, id, name, n) SELECT CONCAT('x', tenant_id), id, name, n FROM goods ORDER BY 1, 2 ON DUPLICATE KEY UPDATE n = 7;
INSERT INTO copies (tenant_id, id, name, n) SELECT CONCAT('x', tenant_id), id, name, n FROM goods ORDER BY 1, 2 ON DUPLICATE KEY UPDATE n = 7;
REPLACE INTO copies (tenant_id, id, name, n) SELECT CONCAT('x', tenant_id), id, CONCAT(name, '!'), n FROM goods ORDER BY 1, 2;
REPLACE INTO copies (tenant_id, id, name) SELECT 'k1', 1, 'a' UNION ALL SELECT 'k2', 1, 'a' UNION ALL SELECT 'k1', 1, 'b';
SELECT * FROM copies ORDER BY 1, 2;
# Errors of values.
-- error: 1406
INSERT INTO copies (tenant_id, id, name) SELECT CONCAT('l', tenant_id), id, REPEAT(name, 4) FROM goods ORDER BY tenant_id, id;
-- error: 1048
INSERT INTO copies (tenant_id, id, name) SELECT CONCAT('l', tenant_id), id, IF(id = 2, NULL, name) FROM goods ORDER BY tenant_id, id;
-- error: 1264
INSERT INTO copies (tenant_id, id, name, n) SELECT CONCAT('l', tenant_id), id, name, n * 10 FROM goods ORDER BY tenant_id, id;
-- error: 1365
INSERT INTO copies (tenant_id, id, name, n) SELECT CONCAT('l', tenant_id), id, name, 1 / n FROM goods ORDER BY tenant_id, id;
# Of several errors the one of the first row.
-- error: 1062
INSERT INTO copies (tenant_id, id, name) SELECT CONCAT(IF(n = 1, 'x', 'l'), tenant_id), id, REPEAT(name, IF(n = 1, 1, 2)) FROM goods WHERE n < 11 AND n <> 7 ORDER BY n;
-- error: 1406
INSERT INTO copies (tenant_id, id, name) SELECT CONCAT(IF(n = 100, 'x', 'l'), tenant_id), id, REPEAT(name, IF(n = 1, 4, 1)) FROM goods ORDER BY n;
-- error: 1062
INSERT INTO copies (tenant_id, id, name) SELECT IF(n = 5, 'l', 'lx'), IF(n = 5, 9, n), name FROM goods WHERE n < 11 UNION ALL SELECT 'lx', 9, 'x' UNION ALL SELECT 'lx', 10, 'y' UNION ALL SELECT 'ly', 11, 'too long for it' ORDER BY 2, 1, 3;
-- error: 1242
INSERT INTO copies (tenant_id, id, name) SELECT CONCAT('l', tenant_id), id, (SELECT name FROM goods) FROM goods;
-- error: 1136
INSERT INTO copies (tenant_id, id) SELECT CONCAT('l', tenant_id), id, name FROM goods;
-- error: 1054
INSERT INTO copies (tenant_id, id, nothing) SELECT CONCAT('l', tenant_id), id, name FROM goods;
-- error: 1364
INSERT INTO copies (tenant_id, name) SELECT CONCAT('l', tenant_id), name FROM goods;
SELECT * FROM copies WHERE tenant_id LIKE 'l%';
# Warnings of values.
SET sql_mode = '';
INSERT INTO copies (tenant_id, id, name, n) SELECT CONCAT('l', tenant_id), id, REPEAT(name, 3), n * 10 FROM goods ORDER BY tenant_id, id;
INSERT INTO copies (tenant_id, name) SELECT CONCAT('lk', tenant_id), name FROM goods WHERE id = 1 ORDER BY tenant_id;
SET sql_mode = DEFAULT;
INSERT IGNORE INTO copies (tenant_id, id, name, n) SELECT CONCAT('li', tenant_id), id, IF(id = 1, name, NULL), -n FROM goods ORDER BY tenant_id, id;
-- refuse: 1235 whose order cannot be told
INSERT IGNORE INTO copies (tenant_id, id, name, n) SELECT CONCAT('li', tenant_id), 1, IF(id = 1, name, NULL), -n FROM goods ORDER BY tenant_id, id;
SELECT * FROM copies WHERE tenant_id LIKE 'l%' ORDER BY 1, 2;
# Rows of constants whose key is none.
INSERT INTO copies (tenant_id, id, name) VALUES (CONCAT('c', 1), 1, 'one');
INSERT INTO copies (tenant_id, id, name) VALUES (CONCAT('c', 2), 1, 'one'), (LOWER('C3'), 1, 'one'), ('c4', 1, 'one');
INSERT INTO copies SET tenant_id = CONCAT('c', 5), id = 5, name = 'five';
INSERT INTO copies (tenant_id, id, name) VALUES (CONCAT('c', 2), 1, 'more') ON DUPLICATE KEY UPDATE name = CONCAT(VALUES(name), '?');
INSERT INTO copies (tenant_id, id, name) VALUES (CONCAT('c', 2), 1, 'most') AS n ON DUPLICATE KEY UPDATE name = CONCAT(n.name, copies.id);
INSERT INTO copies (tenant_id, id, name) VALUES (CONCAT('c', 2), 1, 'less'), ('c6', 6, 'six') AS n(x, y, z) ON DUPLICATE KEY UPDATE name = CONCAT(z, y);
# Values that are read elsewhere.
INSERT INTO copies (tenant_id, id, name, n) VALUES ('h1', 1, 'all', (SELECT COUNT(*) FROM goods)), ('h2', 1, 'moves', (SELECT COUNT(*) FROM depot.moves));
INSERT INTO copies (tenant_id, id, name, n) VALUES ('h3', (SELECT MAX(id) FROM goods), (SELECT name FROM goods ORDER BY n DESC LIMIT 1), DEFAULT);
-- error: 1242
INSERT INTO copies (tenant_id, id, name) VALUES ('h4', 1, (SELECT name FROM goods));
SELECT * FROM copies WHERE tenant_id LIKE 'c%' OR tenant_id LIKE 'h%' ORDER BY 1, 2;
# In a transaction: own writes are seen, and what fails is undone alone.
BEGIN;
INSERT INTO goods VALUES ('t', 1, 'tea', 1, 1), ('u', 1, 'tea', 1, 1);
INSERT INTO copies (tenant_id, id, name) SELECT CONCAT('t', tenant_id), id + 500, name FROM goods WHERE name = 'tea';
-- error: 1062
INSERT INTO copies (tenant_id, id, name) SELECT CONCAT('t', tenant_id), IF(tenant_id = 'u', 501, 7), CONCAT(name, tenant_id) FROM goods WHERE name = 'tea';
SELECT * FROM copies WHERE tenant_id LIKE 't%' ORDER BY 1, 2;
ROLLBACK;
SELECT * FROM copies WHERE tenant_id LIKE 't%' ORDER BY 1, 2;
SELECT COUNT(*) FROM copies;
SET @x = 'y';
INSERT INTO copies (tenant_id, id, name) SELECT CONCAT('uv', @x, tenant_id), id, name FROM goods WHERE id = 1;
SELECT ROW_COUNT(), LAST_INSERT_ID();
INSERT INTO copies (tenant_id, id, name, n) SELECT CONCAT('pa', tenant_id, 1), id, name, 1 FROM goods WHERE n > 1 ORDER BY tenant_id, id LIMIT 3;
# What IGNORE passes over on one shard, after a conversion that warns on the host.
INSERT INTO depot.totals VALUES ('apple', 1, 1);
INSERT IGNORE INTO depot.totals SELECT name, id, CONCAT(price, 'x') FROM goods WHERE name < 'g';
SELECT * FROM depot.totals ORDER BY name;
# As it was.
DELETE FROM copies;
DELETE FROM pairs;
DELETE FROM depot.stock;
DELETE FROM depot.totals;

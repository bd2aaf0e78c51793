-- about: columns keep their names, tables and types, whatever the statement was turned into
-- any plan
-- database: shop
-- sharded: shop.items by tenant_id, shop.Mixed by tenant_id, depot.places by tenant_id
-- reference: shop.units
CREATE TABLE items (
  tenant_id VARCHAR(20) NOT NULL, id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, code CHAR(4) NOT NULL UNIQUE, `odd name` VARCHAR(10), `select` INT, `ünï` INT, hidden INT INVISIBLE DEFAULT 5,
  t TINYINT(1), ts TIMESTAMP(3) NULL, dbl DOUBLE(10,3), flt FLOAT(7,2), big BIGINT(10) UNSIGNED ZEROFILL, b BIT(1), y YEAR, e ENUM('a', 'b'), s SET('x', 'y'), bl TINYBLOB, tx MEDIUMTEXT, j JSON, g GEOMETRY, p POINT, KEY k (code, id));
CREATE TABLE Mixed (tenant_id VARCHAR(20) NOT NULL, Id INT PRIMARY KEY, Name VARCHAR(10) COMMENT 'AS (x', sum_of INT AS (Id + 1) VIRTUAL, KEY (sum_of));
CREATE TABLE units (id INT PRIMARY KEY, unit VARCHAR(10) CHARACTER SET latin1);
INSERT INTO items (tenant_id, code, `odd name`, `select`, `ünï`, t, ts, dbl, flt, big, b, y, e, s, bl, tx, j, g, p) VALUES
  ('a', 'A', 'one', 1, 1, 1, '2026-01-01 00:00:00.123', 1.5, 2.25, 42, b'1', 2026, 'a', 'x', 'blob', 'text', '{}', ST_GeomFromText('LINESTRING(0 0, 1 1)'), POINT(1, 2)), ('b', 'B', NULL, NULL, NULL, 0, NULL, -0.001, 99999.99, 0, b'0', 0, 'b', 'x,y', '', '', '1', NULL, NULL), ('c', 'C', 'three', 3, 3, NULL, '1970-01-02 00:00:00', NULL, NULL, NULL, NULL, NULL, NULL, '', NULL, NULL, NULL, ST_GeomFromText('POINT(10 20)', 4326), NULL);
INSERT INTO Mixed (tenant_id, Id, Name) VALUES ('a', 1, 'x'), ('d', 2, NULL), ('e', 3, 'y');
INSERT INTO units VALUES (1, 'kg'), (2, 'é');
USE depot;
CREATE TABLE places (tenant_id VARCHAR(20) NOT NULL, item_id INT UNSIGNED, shelf VARCHAR(5), UNIQUE (tenant_id, shelf));
INSERT INTO places VALUES ('a', 1, 'x1'), ('b', 1, 'y1'), ('e', 3, 'x1');
CREATE VIEW v_places AS SELECT p.tenant_id, p.item_id, p.shelf FROM places p;
-- cases
SELECT * FROM items ORDER BY id;
SELECT items.*, hidden FROM items ORDER BY id;
SELECT *, id AS again, shop.items.code FROM items ORDER BY id;
TABLE items ORDER BY id;
SELECT tenant_id, id, code, `odd name`, `select`, `ünï` FROM items ORDER BY id;
SELECT i.`odd name` AS `a b`, i.`select` 'single', i.id "double", i.code bare FROM items i ORDER BY 3;
SELECT ts, dbl, flt, big, b, y, e, s FROM items ORDER BY big, id;
SELECT bl, tx, j, ST_AsText(g), ST_SRID(g), p FROM items ORDER BY id;
SELECT g, ST_X(p) FROM items ORDER BY id;
SELECT ST_Distance_Sphere(g, g) FROM items WHERE id = 3 AND tenant_id IN ('a', 'c');
SELECT t, t + 1, NOT t, -t, t IS NULL FROM items ORDER BY id;
# Columns without a name are called by their text, as it was written.
SELECT id+1, id + 1, ( id ), COUNT( * ), count(*), MAX(id)  FROM items GROUP BY id ORDER BY id;
SELECT 'text', "text", 1.50, 1e3, NULL, TRUE, x'41', DATE '2026-01-01', N'n', _latin1'l', -id FROM items ORDER BY id;
SELECT IF(id>1,'a','b'), CASE WHEN id=1 THEN 2 END, id IN (1,2), (SELECT 1), EXISTS(SELECT 1 FROM depot.places) FROM items ORDER BY id;
SELECT (SELECT shelf FROM depot.places p WHERE p.item_id = items.id LIMIT 1) IS NULL, (SELECT COUNT(*) FROM Mixed) FROM items ORDER BY id;
SELECT id/* inside */+1 , code -- at the end
FROM items ORDER BY id;
SELECT SUM(id) OVER (ORDER BY id), ROW_NUMBER() OVER w FROM items WINDOW w AS (ORDER BY id) ORDER BY 1;
SELECT shop.items.id, items.code, code FROM shop.items ORDER BY shop.items.id;
SELECT SHOP_ITEMS.id FROM items SHOP_ITEMS ORDER BY SHOP_ITEMS.id;
# Names of columns do not tell upper from lower case; those of tables do.
SELECT ID, Code FROM items ORDER BY iD;
SELECT id, NAME, m.SUM_OF FROM Mixed m ORDER BY ID;
SELECT * FROM Mixed WHERE sum_of > 2 ORDER BY sum_of;
-- error: 1146
SELECT * FROM mixed;
SELECT i.*, m.*, p.* FROM items i JOIN Mixed m ON m.Id = i.id LEFT JOIN depot.places p ON p.item_id = i.id ORDER BY i.id, m.Id, p.tenant_id;
SELECT * FROM depot.places p ORDER BY tenant_id, shelf;
SELECT * FROM units u, Mixed m ORDER BY u.id, m.Id;
SELECT unit, CONCAT(unit, code) FROM units, items ORDER BY units.id, items.id;
# Lengths, flags and decimals of what is computed.
SELECT MAX(code), MAX(`odd name`), MIN(ts), MAX(e), MAX(s), SUM(flt), SUM(dbl), AVG(big), MAX(b), MAX(y), MAX(t) FROM items;
SELECT CONCAT(code, 'x'), IFNULL(`odd name`, ''), COALESCE(`select`, 0), CAST(id AS CHAR), id / 3, id DIV 3, ROUND(dbl, 1), LEFT(tx, 2) FROM items ORDER BY id;
SELECT code FROM items UNION SELECT Name FROM Mixed UNION SELECT shelf FROM depot.places ORDER BY 1;
SELECT id FROM items UNION ALL SELECT t FROM items ORDER BY 1;
SELECT y FROM items UNION SELECT e FROM items UNION SELECT b FROM items ORDER BY 1;
SELECT DEFAULT(hidden), DEFAULT(`odd name`) IS NULL, id FROM items WHERE FALSE;
SELECT LENGTH(code), CHAR_LENGTH(`odd name`), HEX(b), BIN(b + 0), e + 0, s + 0 FROM items ORDER BY id;
# Rows of two databases on one server: of which database a column is that a view or a derived table has of another block.
SELECT v.shelf, i.code FROM items i JOIN depot.v_places v ON v.item_id = i.id;
SELECT v.shelf, i.code FROM items i JOIN depot.v_places v ON v.item_id = i.id ORDER BY v.shelf, i.code;
SELECT i.code, v.shelf FROM depot.places v JOIN (SELECT it.id, it.code FROM items it) i ON v.item_id = i.id;
WITH i AS (SELECT id, code FROM items) SELECT i.code, v.shelf FROM depot.places v JOIN i ON v.item_id = i.id;
SELECT i.code, v.shelf FROM items i JOIN (SELECT item_id, shelf FROM depot.places) v ON v.item_id = i.id;
SELECT v.shelf, i.code FROM (SELECT id, code FROM items) i JOIN (SELECT * FROM depot.v_places) v ON v.item_id = i.id;

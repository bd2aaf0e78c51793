-- about: what MySQL understands and the tidb parser does not, over rows of several shards
-- any plan
-- database: shop
-- sharded: shop.items by tenant_id, shop.notes by tenant_id
-- reference: shop.units
CREATE TABLE items (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY, name VARCHAR(20), at DATETIME(3), ts TIMESTAMP NULL, `array` INT, `until` DATE, j JSON);
CREATE TABLE notes (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY, `ilike` VARCHAR(20), `current_role` INT);
CREATE TABLE units (id INT PRIMARY KEY, unit VARCHAR(10));
INSERT INTO items VALUES ('a', 1, 'Robert', '2026-01-02 03:04:05.678', '2026-01-02 03:04:05', 1, '2026-01-01', '{"n": 1.25, "s": "x", "d": "2026-03-04"}'), ('b', 2, 'Rupert', NULL, '2026-06-01 00:00:00', 2, NULL, '{"n": "no", "s": null}'), ('c', 3, 'Rubin', '2026-02-01', NULL, NULL, '2026-05-05', '[1, 2]'), ('d', 4, NULL, NULL, NULL, 3, NULL, NULL);
INSERT INTO notes VALUES ('a', 1, 'x', 5), ('b', 2, 'y', 6), ('f', 3, 'x', NULL);
INSERT INTO units VALUES (1, 'one'), (2, 'two');
-- cases
SELECT id, JSON_VALUE(j, '$.n' RETURNING DECIMAL(6,1)) FROM items ORDER BY id;
SELECT id, JSON_VALUE(j, '$.s' NULL ON EMPTY), JSON_VALUE(j, '$.d' RETURNING DATE) AS d FROM items ORDER BY id;
SELECT id, JSON_VALUE(j, '$.n' RETURNING SIGNED DEFAULT 7 ON EMPTY DEFAULT -8 ON ERROR) AS n FROM items WHERE JSON_VALUE(j, '$.s' RETURNING CHAR(3)) = 'x' OR id > 1 ORDER BY n, id;
-- error: 3966
SELECT JSON_VALUE(j, '$.nothing' RETURNING CHAR(9) ERROR ON EMPTY) FROM items;
SELECT id FROM items WHERE name SOUNDS LIKE 'Robert' ORDER BY id;
SELECT id FROM items WHERE tenant_id SOUNDS LIKE 'a' ORDER BY id;
SELECT id FROM items WHERE NOT name SOUNDS LIKE 'Robert' AND tenant_id = 'c' ORDER BY id;
SELECT id, CAST(name AS NCHAR(3)) AS n FROM items ORDER BY id;
SELECT id, CAST(name AS NATIONAL CHAR(2)) AS n FROM items ORDER BY 2, 1;
SELECT id, HEX(CAST(name AS CHAR(3) ASCII)) AS n, HEX(CAST(name AS CHAR UNICODE)) AS u FROM items ORDER BY id;
SELECT id, CAST(name AS CHAR BYTE) AS b FROM items ORDER BY id;
SELECT id, CAST(ts AT TIME ZONE '+00:00' AS DATETIME) AS utc FROM items ORDER BY id;
SELECT id, ST_AsText(CAST(ST_GeomFromText(CONCAT('POINT(', id, ' 1)')) AS POINT)) AS p FROM items ORDER BY id;
# Names.
SELECT array, until FROM items ORDER BY id;
SELECT SUM(array), MAX(i.array), COUNT(until) FROM items i WHERE array > 0;
SELECT ilike, COUNT(*) AS array FROM notes GROUP BY ilike ORDER BY array DESC, ilike;
SELECT id, current_role FROM notes ilike ORDER BY ilike.id;
SELECT i.id, u.unit FROM items i JOIN units u ON u.id = i.array AND i.until IS NOT NULL ORDER BY 1;
BEGIN;
UPDATE items SET array = 9 WHERE array = 3;
INSERT INTO notes (tenant_id, id, ilike, current_role) VALUES ('g', 4, 'z', 1), ('h', 5, 'z', 2);
SELECT * FROM notes ORDER BY id;
# One tenant.
SELECT id FROM items i JOIN notes n USING (tenant_id, id) WHERE tenant_id = 'a' FOR UPDATE OF i FOR SHARE OF n SKIP LOCKED;
SELECT JSON_VALUE(j, '$.n' RETURNING DECIMAL(6,2)), name SOUNDS LIKE 'rbrt' FROM items WHERE tenant_id = 'a';
UPDATE items SET name = 'Rob' WHERE tenant_id = 'a' AND name SOUNDS LIKE 'Robert';
UPDATE items i JOIN (SELECT id, tenant_id FROM notes WHERE tenant_id = 'b') AS n (x, y) ON n.x = i.id AND n.y = i.tenant_id SET i.name = 'Rup' WHERE i.tenant_id = 'b';
INSERT INTO notes (tenant_id, id, ilike) SELECT d.a, d.b + 10, d.c FROM (SELECT tenant_id, id, name FROM items WHERE tenant_id = 'a') AS d (a, b, c) WHERE d.a = 'a' ON DUPLICATE KEY UPDATE ilike = 'twice';
SELECT * FROM notes ORDER BY id;
SELECT id, name FROM items ORDER BY id;
ROLLBACK;

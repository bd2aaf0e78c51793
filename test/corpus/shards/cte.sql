-- about: common table expressions, also recursive ones, over rows of several shards
-- any plan
-- database: shop
-- sharded: shop.staff by tenant_id, shop.parts by tenant_id, depot.rooms by tenant_id
-- reference: shop.levels
CREATE TABLE staff (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY, name VARCHAR(20), boss_id INT, pay DECIMAL(8,2), hired DATE);
CREATE TABLE parts (tenant_id VARCHAR(20) NOT NULL, whole VARCHAR(10), part VARCHAR(10), n INT, PRIMARY KEY (tenant_id, whole, part));
CREATE TABLE levels (depth INT PRIMARY KEY, title VARCHAR(20));
INSERT INTO staff VALUES ('a', 1, 'Ann', NULL, 100, '2020-01-01'), ('b', 2, 'Bob', 1, 80.50, '2021-05-05'), ('c', 3, 'Cyd', 1, 80, '2021-05-06'), ('d', 4, 'Dan', 2, 60, NULL), ('a', 5, 'Eve', 2, 55, '2024-02-29'), ('e', 6, 'Fay', 3, NULL, '2025-01-01'), ('f', 7, 'Gus', 6, 10, '2026-01-01'), ('g', 8, 'Hal', NULL, 99, '2019-12-31');
INSERT INTO parts VALUES ('a', 'car', 'wheel', 4), ('b', 'wheel', 'bolt', 5), ('c', 'car', 'engine', 1), ('d', 'engine', 'bolt', 20), ('e', 'engine', 'pump', 2), ('f', 'pump', 'bolt', 3), ('g', 'bike', 'wheel', 2);
INSERT INTO levels VALUES (0, 'chief'), (1, 'head'), (2, 'hand');
USE depot;
CREATE TABLE rooms (tenant_id VARCHAR(20) NOT NULL, staff_id INT NOT NULL, room VARCHAR(5), PRIMARY KEY (tenant_id, staff_id));
INSERT INTO rooms VALUES ('x', 1, '1A'), ('y', 4, '2B'), ('a', 5, '2B'), ('z', 7, NULL);
-- cases
WITH s AS (SELECT * FROM staff) SELECT id, name FROM s ORDER BY id;
WITH s AS (SELECT id, pay FROM staff WHERE pay > 50) SELECT COUNT(*), AVG(pay), MAX(id) FROM s;
WITH s (i, p) AS (SELECT id, pay FROM staff) SELECT i, p FROM s WHERE p IS NOT NULL ORDER BY p DESC, i;
WITH a AS (SELECT id, boss_id FROM staff), b AS (SELECT boss_id, COUNT(*) AS n FROM a GROUP BY boss_id) SELECT a.id, b.n FROM a LEFT JOIN b ON b.boss_id = a.id ORDER BY a.id;
WITH s AS (SELECT id, boss_id FROM staff) SELECT x.id, y.id FROM s x JOIN s y ON y.id = x.boss_id ORDER BY 1;
WITH s AS (SELECT id FROM staff UNION SELECT staff_id FROM depot.rooms) SELECT COUNT(*) FROM s;
WITH r AS (SELECT room, COUNT(*) AS n FROM depot.rooms GROUP BY room) SELECT s.name, r.n FROM staff s JOIN depot.rooms d ON d.staff_id = s.id JOIN r ON r.room <=> d.room ORDER BY s.id;
WITH s AS (SELECT id, RANK() OVER (ORDER BY pay DESC) AS r FROM staff) SELECT * FROM s WHERE r <= 3 ORDER BY r, id;
WITH top AS (SELECT id FROM staff ORDER BY pay DESC, id LIMIT 3) SELECT * FROM top ORDER BY id;
WITH one AS (SELECT 1 AS x) SELECT COUNT(*) FROM staff, one WHERE staff.id > one.x;
WITH avg_pay AS (SELECT AVG(pay) AS a FROM staff) SELECT name FROM staff, avg_pay WHERE pay > a ORDER BY name;
WITH s AS (SELECT * FROM staff WHERE tenant_id = 'a') SELECT s.id, t.id FROM s JOIN staff t ON t.boss_id = s.id ORDER BY 1, 2;
SELECT * FROM (WITH s AS (SELECT id FROM staff) SELECT MAX(id) AS m FROM s) d;
SELECT id FROM staff WHERE id IN (WITH s AS (SELECT boss_id FROM staff) SELECT boss_id FROM s) ORDER BY id;
WITH s AS (SELECT tenant_id, COUNT(*) n FROM staff GROUP BY tenant_id), p AS (SELECT tenant_id, COUNT(*) n FROM parts GROUP BY tenant_id) SELECT s.tenant_id, s.n, p.n FROM s JOIN p USING (tenant_id) ORDER BY 1;
WITH s AS (SELECT id FROM staff) SELECT 'few' AS t, COUNT(*) FROM s WHERE id < 3 UNION ALL SELECT 'all', COUNT(*) FROM s ORDER BY t;
WITH staff AS (SELECT 1 AS id) SELECT id FROM staff;
WITH unused AS (SELECT * FROM parts) SELECT COUNT(*) FROM staff;
WITH a AS (SELECT id FROM staff WHERE id < 4) SELECT * FROM a EXCEPT SELECT boss_id FROM staff ORDER BY 1;
WITH a AS (SELECT id FROM staff), b AS (WITH c AS (SELECT id FROM a WHERE id > 2) SELECT id FROM c WHERE id < 6) SELECT * FROM b ORDER BY id;
# Recursion over the shards.
WITH RECURSIVE tree AS (SELECT id, name, 0 AS depth FROM staff WHERE boss_id IS NULL UNION ALL SELECT s.id, s.name, depth + 1 FROM staff s JOIN tree t ON s.boss_id = t.id) SELECT * FROM tree ORDER BY depth, id;
WITH RECURSIVE tree AS (SELECT id, CAST(name AS CHAR(200)) AS path FROM staff WHERE boss_id IS NULL UNION ALL SELECT s.id, CONCAT(t.path, '/', s.name) FROM staff s JOIN tree t ON s.boss_id = t.id) SELECT id, path FROM tree ORDER BY path;
WITH RECURSIVE up AS (SELECT id, boss_id FROM staff WHERE id = 7 UNION ALL SELECT s.id, s.boss_id FROM staff s JOIN up ON s.id = up.boss_id) SELECT id FROM up ORDER BY id;
WITH RECURSIVE tree AS (SELECT id, id AS root, 0 AS depth FROM staff UNION ALL SELECT s.id, t.root, depth + 1 FROM staff s JOIN tree t ON s.boss_id = t.id) SELECT root, COUNT(*) - 1 AS below, MAX(depth) FROM tree GROUP BY root ORDER BY root;
WITH RECURSIVE bill AS (SELECT whole, part, n FROM parts WHERE whole = 'car' UNION ALL SELECT p.whole, p.part, b.n * p.n FROM parts p JOIN bill b ON b.part = p.whole) SELECT part, SUM(n) FROM bill GROUP BY part ORDER BY part;
WITH RECURSIVE tree AS (SELECT id, 0 AS depth FROM staff WHERE boss_id IS NULL UNION ALL SELECT s.id, depth + 1 FROM staff s JOIN tree t ON s.boss_id = t.id) SELECT l.title, COUNT(tree.id) FROM levels l LEFT JOIN tree USING (depth) GROUP BY l.depth ORDER BY l.depth;
WITH RECURSIVE days AS (SELECT DATE '2026-01-01' AS d UNION ALL SELECT d + INTERVAL 1 DAY FROM days WHERE d < '2026-01-05') SELECT d, COUNT(s.id) FROM days LEFT JOIN staff s ON s.hired <= d GROUP BY d ORDER BY d;
WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < (SELECT COUNT(*) FROM staff)) SELECT COUNT(*), SUM(i) FROM n;
WITH RECURSIVE reach (p) AS (SELECT CAST('car' AS CHAR(10)) COLLATE utf8mb4_unicode_ci UNION SELECT parts.part FROM parts JOIN reach ON parts.whole = reach.p) SELECT * FROM reach ORDER BY p;
WITH RECURSIVE tree AS (SELECT id FROM staff WHERE id = 1 UNION ALL SELECT s.id FROM staff s JOIN tree t ON s.boss_id = t.id LIMIT 4) SELECT COUNT(*) FROM tree;
-- error: 3636
WITH RECURSIVE loop_ AS (SELECT id FROM staff WHERE id = 1 UNION ALL SELECT l.id FROM loop_ l JOIN staff s ON s.id = l.id) SELECT COUNT(*) FROM loop_;
SET cte_max_recursion_depth = 1;
-- error: 3636
WITH RECURSIVE tree AS (SELECT id FROM staff WHERE boss_id IS NULL UNION ALL SELECT s.id FROM staff s JOIN tree t ON s.boss_id = t.id) SELECT COUNT(*) FROM tree;
SET cte_max_recursion_depth = DEFAULT;
-- error: 1146
WITH s AS (SELECT * FROM t), t AS (SELECT * FROM staff) SELECT * FROM s;
-- error: 1066
WITH s AS (SELECT 1), s AS (SELECT 2) SELECT COUNT(*) FROM staff;
-- error: 1353
WITH s (a, b) AS (SELECT id FROM staff) SELECT * FROM s;
-- error: 3575
WITH RECURSIVE t AS (SELECT id FROM staff UNION ALL SELECT MAX(id) FROM t) SELECT * FROM t;
# A query in an expression that is read twice: what is known of one reading says nothing of the other.
WITH x AS (SELECT s.id, s.tenant_id FROM staff s WHERE EXISTS (SELECT 1 FROM parts p WHERE p.tenant_id = s.tenant_id)) SELECT COUNT(*), COUNT(DISTINCT b.id) FROM x a, x b WHERE a.tenant_id = 'a';
WITH x AS (SELECT s.id, s.tenant_id FROM staff s WHERE EXISTS (SELECT 1 FROM parts p WHERE p.tenant_id = s.tenant_id)) SELECT (SELECT COUNT(*) FROM x a WHERE a.tenant_id = 'a'), (SELECT COUNT(*) FROM x b);
WITH x AS (SELECT s.id, s.tenant_id FROM staff s WHERE s.tenant_id IN (SELECT p.tenant_id FROM parts p WHERE p.n > 1)) SELECT a.id, b.id FROM x a LEFT JOIN x b ON b.id > a.id WHERE a.tenant_id IN ('a', 'b') ORDER BY 1, 2;
WITH x AS (SELECT s.id, s.tenant_id, (SELECT SUM(n) FROM parts p WHERE p.tenant_id = s.tenant_id) n FROM staff s) SELECT a.n, b.n FROM x a JOIN x b ON b.id = a.id + 1 WHERE a.tenant_id = 'a' ORDER BY a.id;
WITH x AS (SELECT s.id, s.boss_id FROM staff s WHERE s.id IN (SELECT d.staff_id FROM depot.rooms d WHERE d.staff_id = s.id)) SELECT a.id, b.id FROM x a, x b WHERE a.id = 5 ORDER BY 2;

-- about: derived tables and LATERAL over rows of several shards
-- any plan
-- database: shop
-- sharded: shop.teams by tenant_id, shop.games by tenant_id, depot.fans by tenant_id
-- reference: shop.grades
CREATE TABLE teams (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY, name VARCHAR(20), town VARCHAR(20));
CREATE TABLE games (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY, home INT, away INT, goals INT, played DATE);
CREATE TABLE grades (least INT PRIMARY KEY, grade CHAR(1));
INSERT INTO teams VALUES ('a', 1, 'Ajax', 'A'), ('b', 2, 'Brann', 'B'), ('c', 3, 'Celtic', 'G'), ('d', 4, 'Derby', NULL), ('e', 5, 'Espanyol', 'B');
INSERT INTO games VALUES ('a', 1, 1, 2, 3, '2026-01-01'), ('b', 2, 2, 3, 0, '2026-01-08'), ('c', 3, 3, 1, 5, NULL), ('d', 4, 1, 4, 2, '2026-02-01'), ('f', 5, 2, 1, NULL, '2026-02-02'), ('g', 6, 9, 1, 4, '2025-12-01');
INSERT INTO grades VALUES (0, 'C'), (2, 'B'), (4, 'A');
USE depot;
CREATE TABLE fans (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY, team_id INT, age TINYINT UNSIGNED);
INSERT INTO fans VALUES ('a', 1, 1, 30), ('b', 2, 1, 40), ('c', 3, 2, NULL), ('d', 4, 3, 20), ('e', 5, 3, 20), ('z', 6, NULL, 99);
-- cases
SELECT * FROM (SELECT id, name FROM teams) t ORDER BY id;
SELECT x FROM (SELECT id * 10 AS x FROM teams) t WHERE x > 20 ORDER BY x DESC;
SELECT a, b FROM (SELECT id, name FROM teams) AS t (a, b) ORDER BY a;
SELECT AVG(n), MAX(n) FROM (SELECT home, COUNT(*) AS n FROM games GROUP BY home) t;
SELECT t.name, g.n FROM teams t JOIN (SELECT home, COUNT(*) AS n, SUM(goals) AS s FROM games GROUP BY home) g ON g.home = t.id ORDER BY t.id;
SELECT t.name, IFNULL(g.n, 0) AS games, IFNULL(f.n, 0) AS fans FROM teams t LEFT JOIN (SELECT home, COUNT(*) n FROM games GROUP BY home) g ON g.home = t.id LEFT JOIN (SELECT team_id, COUNT(*) n FROM depot.fans GROUP BY team_id) f ON f.team_id = t.id ORDER BY t.id;
SELECT COUNT(*) FROM (SELECT DISTINCT town FROM teams) t;
SELECT * FROM (SELECT id FROM games ORDER BY goals DESC, id LIMIT 2) t ORDER BY id;
SELECT * FROM (SELECT id FROM games ORDER BY id LIMIT 2 OFFSET 1) t ORDER BY id DESC;
SELECT * FROM (SELECT 'team' AS kind, id FROM teams UNION ALL SELECT 'game', id FROM games) t ORDER BY kind, id;
SELECT * FROM (SELECT * FROM (SELECT id, town FROM teams WHERE id > 1) i WHERE town IS NOT NULL) o ORDER BY id;
SELECT * FROM (SELECT id, name FROM teams WHERE tenant_id = 'a') a JOIN (SELECT id, name FROM teams WHERE tenant_id = 'c') b ORDER BY 1;
SELECT t.id, v.w FROM teams t JOIN (VALUES ROW(1, 'one'), ROW(3, 'three')) AS v (n, w) ON v.n = t.id ORDER BY 1;
SELECT d.half, COUNT(*) FROM (SELECT id, played < '2026-01-15' AS half FROM games) d GROUP BY d.half ORDER BY 1;
SELECT d.* FROM (SELECT t.*, COUNT(g.id) AS n FROM teams t LEFT JOIN games g ON t.id IN (g.home, g.away) GROUP BY t.id) d ORDER BY n DESC, id;
SELECT * FROM (SELECT id, ROW_NUMBER() OVER (PARTITION BY home ORDER BY id) AS r FROM games) d WHERE r = 1 ORDER BY id;
SELECT * FROM (SELECT MAX(goals) AS m FROM games) x, (SELECT COUNT(*) AS n FROM depot.fans) y;
SELECT COUNT(*) FROM (SELECT 1 FROM teams) x;
SELECT x.town, SUM(x.goals) FROM (SELECT t.town, g.goals FROM games g JOIN teams t ON t.id = g.home) x GROUP BY x.town ORDER BY 1;
SELECT id FROM teams WHERE id IN (SELECT h FROM (SELECT home AS h, SUM(goals) AS s FROM games GROUP BY home) d WHERE s >= 5) ORDER BY id;
# LATERAL sees what stands to its left.
SELECT t.id, l.id, l.goals FROM teams t, LATERAL (SELECT g.id, g.goals FROM games g WHERE g.home = t.id ORDER BY g.goals DESC, g.id LIMIT 1) l ORDER BY 1;
SELECT t.id, l.n, l.s FROM teams t JOIN LATERAL (SELECT COUNT(*) AS n, SUM(goals) AS s FROM games g WHERE g.home = t.id OR g.away = t.id) l ON TRUE ORDER BY t.id;
SELECT t.id, l.id FROM teams t LEFT JOIN LATERAL (SELECT id FROM depot.fans f WHERE f.team_id = t.id ORDER BY age DESC, id LIMIT 1) l ON TRUE ORDER BY t.id;
SELECT t.id, g.grade FROM teams t, LATERAL (SELECT COUNT(*) AS n FROM games x WHERE x.away = t.id) c, LATERAL (SELECT grade FROM grades WHERE least <= c.n ORDER BY least DESC LIMIT 1) g ORDER BY 1;
SELECT t.id, u.x FROM teams t, LATERAL (SELECT t.id AS x UNION ALL SELECT g.id FROM games g WHERE g.home = t.id) u ORDER BY 1, 2;
SELECT t.id, l.m FROM teams t, LATERAL (SELECT MAX(f.age) AS m FROM depot.fans f WHERE f.team_id = t.id HAVING m IS NOT NULL) l ORDER BY 1;
SELECT g.id, (SELECT d.grade FROM (SELECT grade FROM grades WHERE least <= g.goals ORDER BY least DESC LIMIT 1) d) AS grade FROM games g ORDER BY g.id;
-- error: 1248
SELECT * FROM (SELECT id FROM teams);
-- error: 1060
SELECT * FROM (SELECT id, id FROM teams) t;
-- error: 1054
SELECT t.id, l.n FROM teams t, (SELECT COUNT(*) AS n FROM games g WHERE g.home = t.id) l;
-- error: 1054
SELECT nothing FROM (SELECT id FROM teams) t;
-- error: 1353
SELECT * FROM (SELECT id, name FROM teams) AS t (a);
# Column lists.
SELECT t.a, u.b FROM (SELECT id, town FROM teams) AS t (a, b) JOIN (SELECT home, COUNT(*) FROM games GROUP BY home) u (a, b) ON t.a = u.a ORDER BY 1;
SELECT x.tenant_id, x.id FROM (SELECT id, tenant_id FROM teams) AS x (tenant_id, id) WHERE x.id = 'b';
SELECT x.tenant_id, x.id FROM (SELECT id, tenant_id FROM teams) AS x (tenant_id, id) WHERE x.tenant_id = 2;
SELECT * FROM (SELECT * FROM teams) AS x (id, tenant_id, c, d) WHERE id = 'c';
SELECT * FROM (SELECT * FROM teams) AS x (k, n, c, d) WHERE k = 'c' AND n > 1;
SELECT * FROM (SELECT 'a' AS tenant_id, id FROM teams) AS x (id, tenant_id) WHERE tenant_id > 3 ORDER BY 2;
SELECT * FROM (SELECT tenant_id, id FROM teams UNION ALL SELECT id, tenant_id FROM games) AS x (id, tenant_id) WHERE tenant_id = 'a' ORDER BY 1;
SELECT * FROM (TABLE grades) AS g (a, b) JOIN teams t ON t.id = g.a ORDER BY a;
SELECT t.id, l.x FROM teams t JOIN LATERAL (SELECT MAX(g.goals) FROM games g WHERE g.home = t.id) AS l (x) JOIN (VALUES ROW(1), ROW(2), ROW(3)) AS v (n) ON v.n = t.id ORDER BY 1;
SELECT id FROM teams WHERE id IN (SELECT x.h FROM (SELECT home, SUM(goals) FROM games GROUP BY home) AS x (h, s) WHERE x.s >= 5) ORDER BY id;
SELECT id, (SELECT SUM(x.g) FROM (SELECT goals, home FROM games) AS x (g, h) WHERE x.h = teams.id) AS s FROM teams ORDER BY id;
# The list of one alias is not that of another of the same name.
SELECT * FROM (SELECT id, tenant_id FROM teams) AS x (tenant_id, id) WHERE tenant_id IN (SELECT x.id FROM (SELECT tenant_id, id FROM games) AS x WHERE x.tenant_id = 'b') ORDER BY 1;
SELECT a.id FROM (SELECT x.id FROM (SELECT tenant_id, id FROM teams) AS x (id, y) WHERE x.id = 'a') a JOIN (SELECT x.id FROM (SELECT id, tenant_id FROM games) AS x (id, y)) b ON b.id = 1;
SELECT * FROM ((SELECT id FROM teams) UNION (SELECT id FROM games)) AS u (n) WHERE n > 4 ORDER BY n;
SELECT * FROM (WITH c AS (SELECT id, name FROM teams) SELECT * FROM c) AS d (n, m) WHERE m > 'C' ORDER BY n;
WITH c (p) AS (SELECT d.q FROM (SELECT id FROM teams) AS d (q)) SELECT COUNT(*) FROM c WHERE p > 2;
-- params: 2, 'Celtic'
SELECT * FROM (SELECT id, name FROM teams WHERE id > ?) AS d (a, b) WHERE b = ?;
SELECT DATABASE(), d.a FROM (SELECT id FROM shop.teams) AS d (a) ORDER BY a LIMIT 1;
-- error: 1353
SELECT * FROM (SELECT id FROM teams) AS t (a, b);
-- error: 1060
SELECT * FROM (SELECT id, name FROM teams) AS t (a, a);
-- error: 1054
SELECT id FROM (SELECT id, name FROM teams) AS t (a, b);
-- error: 1064
SELECT * FROM teams AS t (a, b, c, d);

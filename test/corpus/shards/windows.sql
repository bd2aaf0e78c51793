-- about: window functions see the rows of all shards
-- any plan
-- database: shop
-- sharded: shop.runs by tenant_id, depot.prizes by tenant_id
-- reference: shop.tracks
CREATE TABLE runs (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY, runner VARCHAR(20), track_id INT, secs DECIMAL(6,2), day DATE, pts INT);
CREATE TABLE tracks (id INT PRIMARY KEY, track VARCHAR(20));
INSERT INTO runs VALUES ('a', 1, 'ann', 1, 10.50, '2026-01-01', 3), ('b', 2, 'bob', 1, 10.50, '2026-01-02', 3), ('c', 3, 'cyd', 1, 11.25, '2026-01-04', 2), ('a', 4, 'ann', 2, 20.00, '2026-01-08', 5), ('d', 5, 'dan', 2, NULL, '2026-01-08', NULL),
  ('e', 6, 'eve', 2, 19.75, NULL, 7), ('f', 7, 'bob', 1, 9.99, '2026-01-09', 10), ('g', 8, NULL, NULL, 30.00, '2026-02-01', 0), ('b', 9, 'bob', 2, 20.00, '2026-02-01', -4);
INSERT INTO tracks VALUES (1, 'short'), (2, 'long');
USE depot;
CREATE TABLE prizes (tenant_id VARCHAR(20) NOT NULL, run_id INT NOT NULL, prize INT, PRIMARY KEY (tenant_id, run_id));
INSERT INTO prizes VALUES ('a', 7, 100), ('b', 1, 50), ('z', 6, 70), ('q', 4, NULL);
-- cases
SELECT id, ROW_NUMBER() OVER (ORDER BY id DESC) FROM runs ORDER BY id;
SELECT id, RANK() OVER (ORDER BY secs) r, DENSE_RANK() OVER (ORDER BY secs) d FROM runs ORDER BY secs, id;
SELECT id, track_id, RANK() OVER (PARTITION BY track_id ORDER BY secs DESC) r FROM runs ORDER BY track_id, r, id;
SELECT id, PERCENT_RANK() OVER (ORDER BY pts) p, CUME_DIST() OVER (ORDER BY pts) c FROM runs ORDER BY id;
SELECT id, NTILE(4) OVER (ORDER BY id) FROM runs ORDER BY id;
SELECT id, LAG(pts) OVER (ORDER BY id) a, LEAD(pts, 2, 99) OVER (ORDER BY id) b FROM runs ORDER BY id;
SELECT id, LAG(id, 1) OVER (PARTITION BY runner ORDER BY day, id) FROM runs ORDER BY id;
SELECT id, FIRST_VALUE(id) OVER w f, LAST_VALUE(id) OVER w l, NTH_VALUE(id, 2) OVER w n FROM runs WINDOW w AS (PARTITION BY track_id ORDER BY secs, id) ORDER BY id;
SELECT id, COUNT(*) OVER () FROM runs ORDER BY id;
SELECT id, SUM(pts) OVER (ORDER BY id) FROM runs ORDER BY id;
SELECT id, SUM(pts) OVER (PARTITION BY track_id) s, AVG(pts) OVER (PARTITION BY track_id) a FROM runs ORDER BY id;
SELECT id, MIN(secs) OVER (PARTITION BY runner) m, MAX(secs) OVER (PARTITION BY runner) x FROM runs ORDER BY id;
SELECT id, SUM(pts) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) FROM runs ORDER BY id;
SELECT id, SUM(pts) OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) FROM runs ORDER BY id;
SELECT id, COUNT(*) OVER (ORDER BY secs RANGE BETWEEN 1 PRECEDING AND 1 FOLLOWING) FROM runs ORDER BY id;
SELECT id, COUNT(*) OVER (ORDER BY day RANGE BETWEEN INTERVAL 3 DAY PRECEDING AND CURRENT ROW) FROM runs ORDER BY id;
SELECT id, SUM(pts) OVER (ORDER BY track_id) FROM runs ORDER BY id;
SELECT id, BIT_OR(id) OVER (ORDER BY id), BIT_AND(id) OVER (PARTITION BY track_id) FROM runs ORDER BY id;
SELECT id, JSON_ARRAYAGG(id) OVER (PARTITION BY track_id ORDER BY id) FROM runs ORDER BY id;
SELECT id, secs - LAG(secs) OVER (PARTITION BY track_id ORDER BY id) AS delta FROM runs ORDER BY id;
SELECT id, pts * 100 / SUM(pts) OVER () AS share FROM runs ORDER BY id;
SELECT id, ROW_NUMBER() OVER (ORDER BY pts + 0 DESC, id) FROM runs WHERE pts IS NOT NULL ORDER BY 2 LIMIT 3;
SELECT DISTINCT track_id, COUNT(*) OVER (PARTITION BY track_id) FROM runs ORDER BY 1;
SELECT runner, SUM(pts) s, RANK() OVER (ORDER BY SUM(pts) DESC) r FROM runs GROUP BY runner ORDER BY r, runner;
SELECT runner, COUNT(*), SUM(COUNT(*)) OVER (ORDER BY runner) FROM runs GROUP BY runner ORDER BY runner;
SELECT tenant_id, id, ROW_NUMBER() OVER (PARTITION BY tenant_id ORDER BY id) FROM runs ORDER BY 1, 2;
SELECT t.track, r.id, RANK() OVER (PARTITION BY t.track ORDER BY r.secs, r.id) FROM runs r JOIN tracks t ON t.id = r.track_id ORDER BY 1, 3;
SELECT r.id, p.prize, SUM(p.prize) OVER (ORDER BY r.id) FROM runs r LEFT JOIN depot.prizes p ON p.run_id = r.id ORDER BY r.id;
SELECT * FROM (SELECT id, track_id, ROW_NUMBER() OVER (PARTITION BY track_id ORDER BY secs, id) n FROM runs) x WHERE n <= 2 ORDER BY track_id, n;
SELECT id FROM runs ORDER BY ROW_NUMBER() OVER (ORDER BY secs DESC, id);
SELECT id, RANK() OVER w1, ROW_NUMBER() OVER (w1 ORDER BY id) FROM (SELECT * FROM runs) q WINDOW w1 AS (PARTITION BY track_id) ORDER BY id;
SELECT id, COUNT(*) OVER (PARTITION BY track_id, runner), COUNT(*) OVER (PARTITION BY YEAR(day), MONTH(day)) FROM runs ORDER BY id;
SELECT id, FIRST_VALUE(runner) OVER (ORDER BY secs IS NULL, secs, id) AS best FROM runs WHERE tenant_id IN ('a', 'b', 'f') ORDER BY id;
SELECT COUNT(*) OVER (), MAX(id) FROM runs;
SELECT id, SUM(pts) OVER (ORDER BY id) AS running FROM runs UNION ALL SELECT 0, SUM(pts) FROM runs ORDER BY 1;
-- error: 3593
SELECT id FROM runs WHERE ROW_NUMBER() OVER (ORDER BY id) = 1;
-- error: 3579
SELECT id, RANK() OVER nowhere FROM runs;
-- error: 1054
SELECT id, SUM(nothing) OVER () FROM runs;
-- error: 3593
SELECT track_id FROM runs GROUP BY track_id HAVING RANK() OVER () > 1;
-- error: 1210
SELECT NTILE(0) OVER (ORDER BY id) FROM runs;

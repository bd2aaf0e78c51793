-- about: views of views, with lists of columns, unions, limits, expressions, groups and windows, of tables with integer keys and without keys
-- any plan
-- database: shop
-- sharded: shop.acc by org, shop.ev by org, shop.bag by org, depot.bill by org
-- reference: shop.cur
-- single: depot.rate
CREATE TABLE acc (org INT NOT NULL, id BIGINT UNSIGNED NOT NULL, name VARCHAR(20), kind ENUM('x', 'y', 'z'), bal DECIMAL(14,4), opened DATE, cur CHAR(3), PRIMARY KEY (org, id), KEY (name));
CREATE TABLE ev (org INT NOT NULL, acc BIGINT UNSIGNED, at DATETIME(6), what VARCHAR(10) COLLATE utf8mb4_general_ci, n TINYINT, f FLOAT, KEY (org, acc));
CREATE TABLE bag (org INT NULL, v INT, s VARCHAR(5));
CREATE TABLE cur (code CHAR(3) PRIMARY KEY, rate DOUBLE);
CREATE VIEW v_acc (o, account, label, money) AS SELECT org, id, CONCAT(name, '/', kind), bal * 2 FROM acc;
CREATE VIEW v_sum AS SELECT org, COUNT(*) AS n, SUM(bal) AS total, MAX(opened) AS last_opened, GROUP_CONCAT(name ORDER BY id) AS names FROM acc GROUP BY org;
CREATE VIEW v_rank AS SELECT org, id, bal, RANK() OVER (ORDER BY bal DESC) AS rk, ROW_NUMBER() OVER (PARTITION BY kind ORDER BY bal, id) AS rn FROM acc;
CREATE VIEW v_union AS SELECT org, id AS k, name AS s FROM acc UNION ALL SELECT org, acc, what FROM ev UNION SELECT org, v, s FROM bag;
CREATE VIEW v_top AS SELECT org, id, bal FROM acc WHERE bal IS NOT NULL ORDER BY bal DESC, id LIMIT 3;
CREATE VIEW v_two AS SELECT a.o, a.label, s.n, s.total FROM v_acc a JOIN v_sum s ON s.org = a.o;
CREATE VIEW v_cte AS WITH RECURSIVE q (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM q WHERE i < 3) SELECT q.i, COUNT(acc.id) AS n FROM q LEFT JOIN acc ON acc.org = q.i GROUP BY q.i;
CREATE ALGORITHM = TEMPTABLE VIEW v_temp AS SELECT DISTINCT kind, cur FROM acc;
CREATE ALGORITHM = MERGE SQL SECURITY INVOKER VIEW v_merge AS SELECT acc.*, cur.rate FROM acc LEFT JOIN cur ON cur.code = acc.cur WHERE acc.org <> 3;
CREATE VIEW v_day AS SELECT org, DATE(at) AS day, COUNT(*) AS c, SUM(n) AS s FROM ev GROUP BY org, DATE(at);
CREATE VIEW v_const AS SELECT 1 AS one, 'text' AS txt, NULL AS nothing;
INSERT INTO acc VALUES (1, 1, 'Ann', 'x', 10.5, '2026-01-01', 'EUR'), (1, 2, 'bob', 'y', NULL, NULL, 'USD'), (2, 1, 'Cid', 'z', 99.9999, '2025-12-31', 'EUR'), (3, 7, 'ann', 'x', -5, '2026-03-01', NULL), (70000, 1, 'Eve', 'y', 10.5, '2024-02-29', 'JPY'), (-4, 18446744073709551615, 'Fay', NULL, 0, '2026-01-01', 'USD'), (0, 3, NULL, 'x', 1e6, '2000-01-01', 'XXX');
INSERT INTO ev VALUES (1, 1, '2026-01-01 00:00:00.000001', 'in', 1, 0.5), (1, 1, '2026-01-01 23:59:59.999999', 'out', -1, 1.25), (1, 2, NULL, 'IN', 5, NULL), (2, 1, '2026-01-02 10:00:00', 'in', NULL, -2), (3, NULL, '2026-01-02 10:00:00', 'ïn', 7, 3), (70000, 1, '2026-02-01 00:00:00', 'out', 127, 8), (0, 3, '2026-02-01 00:00:00', NULL, -128, 16), (0, 3, '2026-02-01 00:00:00', NULL, -128, 16);
INSERT INTO bag VALUES (1, 1, 'a'), (1, 1, 'a'), (2, 1, 'A'), (NULL, 5, 'n'), (9, NULL, NULL), (3, 2, 'b'), (NULL, 5, 'n');
INSERT INTO cur VALUES ('EUR', 1), ('USD', 1.1), ('JPY', 0.006);
USE depot;
CREATE TABLE bill (org INT NOT NULL, no INT PRIMARY KEY, acc BIGINT UNSIGNED, amount DECIMAL(8,2), paid BIT(1), due YEAR);
CREATE TABLE rate (id INT PRIMARY KEY, pct DECIMAL(5,3));
CREATE VIEW v_bill AS SELECT org, SUM(amount) AS owed, SUM(paid) AS paid, MIN(due) AS due FROM bill GROUP BY org HAVING SUM(amount) > 0;
INSERT INTO bill VALUES (1, 1, 1, 5.00, b'1', 2026), (1, 2, 1, 7.25, b'0', 2025), (2, 3, 1, 100, b'1', 2026), (3, 4, 7, -3, b'0', 1999), (70000, 5, 1, NULL, NULL, NULL), (-4, 6, 18446744073709551615, 1.11, b'1', 2026);
INSERT INTO rate VALUES (1, 0.5), (2, 19.25);
-- cases
SELECT * FROM v_acc ORDER BY o, account;
SELECT money + 1, UPPER(label) FROM v_acc WHERE o IN (1, 3) ORDER BY account, o;
SELECT label, COUNT(*) FROM v_acc GROUP BY label WITH ROLLUP;
SELECT * FROM v_sum ORDER BY org;
SELECT SUM(n), AVG(total), MAX(last_opened), MIN(names) FROM v_sum;
SELECT org FROM v_sum WHERE total > (SELECT AVG(total) FROM v_sum) ORDER BY org;
SELECT s.org, s.names, b.owed FROM v_sum s LEFT JOIN depot.v_bill b USING (org) ORDER BY s.org;
SELECT * FROM v_rank ORDER BY rk, org, id;
SELECT rk, COUNT(*) FROM v_rank GROUP BY rk ORDER BY rk;
SELECT id FROM v_rank WHERE org = 1 ORDER BY id;
SELECT * FROM v_union ORDER BY org, k, s;
SELECT UPPER(s) u, COUNT(*) FROM v_union WHERE org IS NOT NULL GROUP BY u ORDER BY u;
SELECT DISTINCT k FROM v_union ORDER BY k DESC LIMIT 3;
SELECT * FROM v_top ORDER BY bal DESC, id;
SELECT t.id, e.what FROM v_top t LEFT JOIN ev e ON e.org = t.org AND e.acc = t.id ORDER BY t.org, t.id, e.at;
SELECT COUNT(*) FROM v_top WHERE org = 0;
SELECT * FROM v_two ORDER BY o, label;
SELECT x.label, y.label FROM v_two x JOIN v_two y ON x.o = y.o AND x.label < y.label ORDER BY 1, 2;
SELECT * FROM v_cte ORDER BY i;
SELECT a.i, b.n FROM v_cte a JOIN v_cte b ON a.i = b.i ORDER BY 1;
SELECT * FROM v_temp ORDER BY kind, cur;
SELECT kind, GROUP_CONCAT(cur ORDER BY cur) FROM v_temp GROUP BY kind ORDER BY kind;
SELECT * FROM v_merge ORDER BY org, id;
SELECT v_merge.name, v_merge.rate * bal FROM v_merge WHERE rate > 0.5 ORDER BY name, id;
SELECT day, SUM(c), SUM(s) FROM v_day GROUP BY day ORDER BY day;
# NOT_NULL_FLAG of the bare d.c is the same in most runs over shards, not in all: why is not known.
SELECT d.day, d.c + 0, (SELECT SUM(x.c) FROM v_day x WHERE x.day <= d.day) run FROM v_day d ORDER BY d.day, d.org;
SELECT one, txt, nothing, COUNT(acc.id) FROM v_const, acc GROUP BY one, txt, nothing;
SELECT (SELECT txt FROM v_const) t, id FROM acc ORDER BY id, org;
SELECT * FROM depot.v_bill ORDER BY org;
SELECT b.due, SUM(b.owed) FROM depot.v_bill b GROUP BY b.due ORDER BY b.due;
SELECT shop.v_sum.org, depot.v_bill.owed FROM shop.v_sum JOIN depot.v_bill ON shop.v_sum.org = depot.v_bill.org ORDER BY shop.v_sum.org;
SELECT shop.s.org, depot.b.owed IS NULL FROM shop.v_sum s JOIN depot.v_bill b ON shop.s.org = depot.b.org ORDER BY shop.s.org;
WITH t AS (SELECT * FROM v_top), u AS (SELECT * FROM v_top WHERE org <> 1) SELECT t.id, u.id FROM t LEFT JOIN u USING (org, id) ORDER BY t.bal DESC, t.id;
SELECT * FROM v_sum UNION ALL SELECT org, n, total, last_opened, 'again' FROM v_sum ORDER BY org, names LIMIT 4;
SELECT id FROM acc WHERE (org, id) IN (SELECT org, id FROM v_top) ORDER BY id, org;
SELECT id FROM acc a WHERE EXISTS (SELECT 1 FROM v_rank r WHERE r.org = a.org AND r.id = a.id AND r.rk <= 2) ORDER BY id, org;
SELECT org FROM acc WHERE bal > ALL (SELECT total FROM v_sum WHERE org = 3) ORDER BY org, id;
SELECT * FROM v_acc NATURAL JOIN (SELECT org AS o, id AS account FROM acc) q ORDER BY o, account;
# Integer keys, and what is compared with them.
SELECT id FROM acc WHERE org = '1' ORDER BY id;
SELECT id FROM acc WHERE org = 1.0 ORDER BY id;
SELECT id FROM acc WHERE org = '1abc' ORDER BY id;
SELECT id FROM acc WHERE org = 1.5;
SELECT id FROM acc WHERE org = TRUE ORDER BY id;
SELECT id FROM acc WHERE org = 0x46 OR org = x'37';
SELECT id FROM acc WHERE org IN (1, '2', 3.0, NULL) ORDER BY org, id;
SELECT id FROM acc WHERE org = 7e4;
SELECT id FROM acc WHERE org = -4;
SELECT id FROM acc WHERE org = - 4 AND id = 18446744073709551615;
SELECT id FROM acc WHERE org = 'x';
SELECT id FROM acc WHERE org = 99999999999;
SELECT id FROM acc WHERE org BETWEEN 1 AND 1 ORDER BY id;
SELECT id FROM acc WHERE org > 2 AND org < 4;
SELECT org FROM bag WHERE org <=> NULL;
SELECT org, COUNT(*), COUNT(org), COUNT(DISTINCT org, v), SUM(v) FROM bag GROUP BY org ORDER BY org;
SELECT DISTINCT org, v, s FROM bag ORDER BY org, v, s;
SELECT a.v, b.v FROM bag a JOIN bag b ON a.org <=> b.org ORDER BY 1, 2;
SELECT COUNT(*) FROM bag a JOIN bag b ON a.org = b.org;
SELECT b.org, a.id FROM bag b LEFT JOIN acc a ON a.org = b.org ORDER BY b.org, b.v, b.s, a.id;
SELECT v, s, COUNT(*) OVER (PARTITION BY org) c FROM bag ORDER BY c, v, s;
SELECT org FROM bag UNION SELECT org FROM acc ORDER BY 1;
SELECT org FROM bag EXCEPT ALL SELECT org FROM acc ORDER BY 1;
SELECT org, v FROM bag INTERSECT ALL SELECT org, acc FROM ev ORDER BY 1;
SELECT SUM(f), AVG(f), MIN(f), MAX(f), COUNT(f) FROM ev;
SELECT what, SUM(n), AVG(n), BIT_XOR(n) FROM ev GROUP BY what ORDER BY what;
SELECT at, COUNT(*) FROM ev GROUP BY at ORDER BY at DESC;
SELECT SECOND(at), MICROSECOND(at), TIME(at), CAST(at AS TIME(3)), CAST(at AS DATETIME), at + INTERVAL 1 MICROSECOND FROM ev ORDER BY org, at LIMIT 3;
SELECT MAX(at), MIN(at), TIMEDIFF(MAX(at), MIN(at)), TIMESTAMPDIFF(MICROSECOND, MIN(at), MAX(at)) FROM ev;
SELECT paid, COUNT(*), SUM(paid), MAX(paid), BIT_OR(paid) FROM depot.bill GROUP BY paid ORDER BY paid;
SELECT due, due + 1, COUNT(*) FROM depot.bill GROUP BY due ORDER BY due DESC;
SELECT MAX(id), MIN(id), SUM(id), AVG(id) FROM acc;
SELECT id * 2 FROM acc WHERE org = 1 ORDER BY id;
-- error: 1690
SELECT MAX(id + 1) FROM acc;
-- error: 1690
SELECT id + 1 FROM acc ORDER BY id;
-- error: 1690
SELECT org - id FROM acc ORDER BY org, id;
SELECT kind, MAX(kind), MIN(kind), MAX(kind + 0), COUNT(DISTINCT kind) FROM acc GROUP BY kind ORDER BY kind;
SELECT GROUP_CONCAT(kind ORDER BY kind DESC), GROUP_CONCAT(DISTINCT kind ORDER BY CONCAT(kind)) FROM acc;
SELECT SUM(bal), AVG(bal), SUM(bal) / COUNT(*), MAX(bal) - MIN(bal), SUM(DISTINCT bal), ROUND(AVG(bal), 2) FROM acc;
SELECT a.org, SUM(a.bal * c.rate), SUM(r.pct) FROM acc a JOIN cur c ON c.code = a.cur CROSS JOIN depot.rate r GROUP BY a.org ORDER BY a.org;
SELECT COALESCE(SUM(amount), 0), IFNULL(MAX(due), 'none') FROM depot.bill WHERE org = 5;
SELECT org, SUM(amount) OVER (PARTITION BY org ORDER BY due ROWS UNBOUNDED PRECEDING) s FROM depot.bill ORDER BY org, no;
USE depot;
SELECT shop.v_acc.label FROM shop.v_acc ORDER BY 1 LIMIT 1;
SELECT v.label, b.no FROM shop.v_acc v JOIN bill b ON b.org = v.o AND b.acc = v.account ORDER BY b.no;
-- error: 1146
SELECT * FROM v_acc;
-- error: 1054
-- no message
SELECT depot.v.label FROM shop.v_acc v;

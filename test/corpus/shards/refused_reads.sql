-- about: reads over shards that are refused so far, and what is like them and works
-- any plan
-- no warnings
-- database: shop
-- sharded: shop.docs by tenant_id, shop.logs by tenant_id, depot.boxes by tenant_id
-- reference: shop.kinds
-- single: depot.rooms
CREATE TABLE docs (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY, title VARCHAR(60), body TEXT, kind INT, FULLTEXT KEY ft (title, body), FULLTEXT KEY ft_title (title));
CREATE TABLE logs (tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL, at DATETIME NOT NULL, what VARCHAR(20), PRIMARY KEY (id, at)) PARTITION BY RANGE (TO_DAYS(at)) (PARTITION p1 VALUES LESS THAN (TO_DAYS('2026-01-01')), PARTITION p2 VALUES LESS THAN (TO_DAYS('2026-02-01')), PARTITION p3 VALUES LESS THAN MAXVALUE);
CREATE TABLE kinds (id INT PRIMARY KEY, name VARCHAR(20));
INSERT INTO docs VALUES ('a', 1, 'MySQL tutorial', 'database basics', 1), ('b', 2, 'How to use MySQL well', 'after a tutorial', 1), ('c', 3, 'Optimizing', 'MySQL database tuning', 2), ('d', 4, 'Security', 'when configured properly', 2), ('e', 5, 'MySQL vs others', 'database database', NULL), ('f', 6, NULL, NULL, 3), ('a', 7, '数据库', '中文 内容', 3);
INSERT INTO logs VALUES ('a', 1, '2025-12-01 00:00:00', 'x'), ('b', 2, '2026-01-01 00:00:00', 'y'), ('c', 3, '2026-01-31 23:59:59', 'x'), ('d', 4, '2026-05-01 00:00:00', NULL), ('e', 5, '2025-01-01 10:00:00', 'z');
INSERT INTO kinds VALUES (1, 'one'), (2, 'two'), (3, 'three');
USE depot;
CREATE TABLE boxes (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY, doc_id INT, n INT);
CREATE TABLE rooms (id INT PRIMARY KEY, name VARCHAR(10));
INSERT INTO boxes VALUES ('a', 1, 1, 10), ('b', 2, 2, 20), ('c', 3, 3, 30), ('g', 4, 99, 40);
INSERT INTO rooms VALUES (1, 'north'), (2, 'south');
-- cases
# What a stored function reads is not known.
CREATE FUNCTION f_double(x INT) RETURNS INT DETERMINISTIC NO SQL RETURN x * 2;
-- refuse: 1235 what a stored function reads is not known
SELECT id, f_double(id) d FROM docs ORDER BY id;
-- refuse: 1235 what a stored function reads is not known
SELECT f_double(21);
DROP FUNCTION f_double;
-- error: 1305
SELECT f_missing(id) FROM docs;
# The index of a shard knows its own words only; MATCH on one shard works.
-- refuse: 1235 a full-text search
SELECT id FROM docs WHERE MATCH (title, body) AGAINST ('tutorial') ORDER BY id;
-- refuse: 1235 a full-text search
SELECT COUNT(*) FROM docs WHERE MATCH (title, body) AGAINST ('data*' IN BOOLEAN MODE);
-- refuse: 1235 a full-text search
SELECT id, MATCH (title, body) AGAINST ('database') > 0 AS hit FROM docs ORDER BY id;
SELECT id FROM docs WHERE tenant_id = 'a' AND MATCH (title, body) AGAINST ('tutorial' IN BOOLEAN MODE);
# Partitions by name, where each shard cannot answer for itself.
SELECT id FROM logs PARTITION (p1) ORDER BY id;
SELECT COUNT(*) FROM logs PARTITION (p2, p3);
SELECT id, RANK() OVER (ORDER BY id) FROM logs PARTITION (p2, p3) ORDER BY id;
SELECT a.id, b.id FROM logs PARTITION (p1) a JOIN logs PARTITION (P2, `p3`) AS b ON a.id < b.id OR a.what = b.what ORDER BY 1, 2;
SELECT a.id, b.id, c.id FROM logs PARTITION (p1) a LEFT JOIN logs b ON b.what = a.what LEFT JOIN logs PARTITION (p1) c ON c.id > b.id ORDER BY 1, 2, 3;
SELECT logs.id, shop.logs.what, b.n FROM logs PARTITION (p2) JOIN depot.boxes b ON b.id = logs.id ORDER BY 1;
SELECT id FROM docs WHERE id IN (SELECT id FROM logs PARTITION (p3)) ORDER BY id;
WITH x AS (SELECT * FROM logs PARTITION (p2)) SELECT a.id, b.what FROM x a JOIN x b USING (id) ORDER BY a.id;
SELECT id, RANK() OVER (ORDER BY id) FROM logs PARTITION (p2) x WHERE tenant_id = 'b' ORDER BY id;
-- error: 1735
-- no message
SELECT COUNT(*) FROM logs PARTITION (p9);
-- error: 1735
-- no message
SELECT a.id FROM logs PARTITION (p9) a JOIN logs b ON a.id = b.id;
-- error: 1747
SELECT COUNT(*) FROM docs PARTITION (p1);
SELECT what, COUNT(*) FROM logs WHERE at BETWEEN '2025-12-01' AND '2026-01-15' GROUP BY what ORDER BY what;
# Temporary tables with rows of other servers.
CREATE TEMPORARY TABLE picked (id INT PRIMARY KEY, note VARCHAR(20));
INSERT INTO picked VALUES (1, 'first'), (3, 'third'), (99, 'none');
SELECT * FROM picked ORDER BY id;
SELECT p.note, d.title FROM picked p JOIN docs d ON d.id = p.id ORDER BY p.id;
SELECT COUNT(*) FROM docs WHERE id IN (SELECT id FROM picked);
SELECT p.id, k.name FROM picked p JOIN kinds k ON k.id = p.id ORDER BY p.id;
DROP TEMPORARY TABLE picked;
# Locks.
-- refuse: 1235 calls get_lock
SELECT GET_LOCK('x', 0), COUNT(*) FROM docs;
BEGIN;
SELECT id FROM docs WHERE kind = 1 ORDER BY id FOR UPDATE;
SELECT d.id, b.id FROM docs d JOIN depot.boxes b ON b.doc_id = d.id ORDER BY 1 FOR SHARE;
SELECT COUNT(*) FROM docs LOCK IN SHARE MODE;
SELECT id FROM docs WHERE id < 3 ORDER BY id FOR UPDATE SKIP LOCKED;

SELECT id FROM docs WHERE id < 3 ORDER BY id FOR UPDATE OF docs NOWAIT;
COMMIT;
START TRANSACTION READ ONLY;
SELECT COUNT(*) FROM docs;
COMMIT;
# Files are written by one server.
-- error: 1
-- refuse: 1235 writes a file on one server only
SELECT id INTO OUTFILE '/no/such/folder/docs' FROM docs;
-- error: 1
-- refuse: 1235 writes a file on one server only
SELECT id FROM docs INTO OUTFILE '/no/such/folder/docs';
-- error: 1
-- refuse: 1235 writes a file on one server only
SELECT body FROM docs LIMIT 1 INTO DUMPFILE '/no/such/folder/docs';
-- error: 1
SELECT name INTO OUTFILE '/no/such/folder/kinds' FROM kinds;

-- about: temporary tables beside rows of several shards: read with them, filled from them, changed by them
-- any plan
-- database: shop
-- sharded: shop.orders by tenant_id, depot.stock by tenant_id
-- reference: shop.countries
CREATE TABLE orders (tenant_id VARCHAR(20) COLLATE utf8mb4_unicode_ci NOT NULL, id INT PRIMARY KEY, country CHAR(2), total DECIMAL(10,2), placed DATETIME, info JSON, kind ENUM('a', 'b', 'c'), flags BIT(4));
CREATE TABLE countries (code CHAR(2) PRIMARY KEY, name VARCHAR(30), n INT);
INSERT INTO orders VALUES ('t1', 1, 'DE', 10.50, '2026-01-01 10:00:00', '{"a": 1}', 'a', b'0101'), ('t2', 2, 'FR', 20.00, '2026-02-01 00:00:00', NULL, 'b', NULL), ('t3', 3, 'DE', NULL, NULL, '[1, 2.5, "x"]', NULL, b'1111'),
 ('t4', 4, NULL, 5.25, '2026-03-01 12:00:00', 'null', 'c', b'0000'), ('T1', 5, 'US', 7.00, '2026-04-01 00:00:00', '"text"', 'a', b'0001'), ('t5', 6, 'FR', -1.00, '2026-05-01 00:00:00', '1.50', 'b', b'1000');
INSERT INTO countries VALUES ('DE', 'Deutschland', 1), ('FR', 'France', 2), ('US', 'États-Unis', 3);
USE depot;
CREATE TABLE stock (tenant_id VARCHAR(20) COLLATE utf8mb4_unicode_ci NOT NULL, id INT PRIMARY KEY, qty INT, note VARCHAR(20));
INSERT INTO stock VALUES ('t1', 1, 100, 'one'), ('t2', 2, 200, '二'), ('t3', 3, 300, NULL), ('t6', 6, 600, 'six');
-- cases
# read with rows of several shards
CREATE TEMPORARY TABLE picked (id INT PRIMARY KEY, note VARCHAR(20), n INT);
INSERT INTO picked VALUES (1, 'first', 1), (3, NULL, 3), (6, 'é', 6);
SELECT p.note, o.total FROM picked p JOIN orders o ON o.id = p.id ORDER BY p.id;
SELECT COUNT(*) FROM orders WHERE id IN (SELECT id FROM picked);
SELECT o.id FROM orders o WHERE NOT EXISTS (SELECT 1 FROM picked p WHERE p.id = o.id) ORDER BY o.id;
SELECT p.*, s.qty, (SELECT SUM(total) FROM orders o WHERE o.id >= p.id) rest FROM picked p LEFT JOIN depot.stock s ON s.id = p.id ORDER BY p.id;
SELECT * FROM picked ORDER BY id;
-- params: 2
-- params: 6
SELECT p.id, o.country FROM picked p JOIN orders o ON o.id = p.id WHERE p.n > ? ORDER BY p.id;
WITH x AS (SELECT id, note FROM picked) SELECT x.note, o.kind FROM x JOIN orders o USING (id) ORDER BY o.id;
# filled from them
INSERT INTO picked SELECT id, country, 0 FROM orders WHERE id IN (2, 4);
SELECT ROW_COUNT();
INSERT INTO picked (id, n) SELECT o.id, s.qty FROM orders o JOIN depot.stock s ON s.id = o.id ON DUPLICATE KEY UPDATE n = VALUES(n) + 1000;
SELECT * FROM picked ORDER BY id;
-- error: 1062
INSERT INTO picked SELECT id, 'again', 0 FROM orders ORDER BY id DESC;
REPLACE INTO picked SELECT id, kind, flags FROM orders WHERE kind IS NOT NULL;
INSERT IGNORE INTO picked SELECT id + 2, 'ignored', 0 FROM orders;
SELECT * FROM picked ORDER BY id;
# changed by them, and they by it
UPDATE picked p JOIN orders o ON o.id = p.id SET p.note = o.country, p.n = o.total;
UPDATE picked SET n = (SELECT COUNT(*) FROM orders o WHERE o.id > picked.id) WHERE id < 4;
DELETE FROM picked WHERE id NOT IN (SELECT id FROM orders);
SELECT * FROM picked ORDER BY id;
BEGIN;
UPDATE orders o JOIN picked p ON p.id = o.id SET o.total = p.n * 100;
SELECT id, total FROM orders ORDER BY id;
DELETE FROM orders WHERE id IN (SELECT id FROM picked WHERE n = 0);
INSERT INTO orders (tenant_id, id, total) SELECT CONCAT('t', id), id + 100, n FROM picked;
SELECT tenant_id, id, total FROM orders ORDER BY id;
ROLLBACK;
SELECT tenant_id, id, total FROM orders ORDER BY id;
SELECT * FROM picked ORDER BY id;
# writes to several shards while the session has one
UPDATE orders SET country = LOWER(country) WHERE country = 'DE' OR country = 'FR';
INSERT INTO depot.stock VALUES ('t7', 7, 1, 'x'), ('t8', 8, 1, 'y'), ('t9', 9, 1, 'z');
BEGIN;
UPDATE depot.stock SET qty = 0;
UPDATE picked SET n = 77;
SELECT SUM(qty), SUM(p.n) FROM depot.stock JOIN picked p USING (id);
ROLLBACK;
SELECT SUM(qty) FROM depot.stock;
SELECT n FROM picked ORDER BY id;
SET autocommit = 0;
UPDATE depot.stock SET qty = qty + 1;
COMMIT;
SET autocommit = 1;
SELECT SUM(qty) FROM depot.stock;
UPDATE depot.stock SET qty = qty - 1;
DELETE FROM depot.stock WHERE id > 6;
UPDATE orders SET country = UPPER(country);
SELECT COUNT(*) FROM picked;
DROP TEMPORARY TABLE picked;
# made of them
CREATE TEMPORARY TABLE top AS SELECT tenant_id, id, total, placed, info, kind, flags, total * 1.1 AS more FROM orders ORDER BY total DESC, id LIMIT 4;
SHOW COLUMNS FROM top;
SELECT * FROM top ORDER BY id;
SELECT t.id, o.total, c.name FROM top t JOIN orders o ON o.id = t.id LEFT JOIN countries c ON c.code = o.country ORDER BY t.id;
CREATE TEMPORARY TABLE sums (INDEX (country)) SELECT country, COUNT(*) n, SUM(total), MAX(placed) last, GROUP_CONCAT(id ORDER BY id) ids, CURDATE() today FROM orders GROUP BY country;
SHOW COLUMNS FROM sums;
SELECT * FROM sums ORDER BY country;
SELECT s.country, t.id FROM sums s LEFT JOIN top t ON FIND_IN_SET(t.id, s.ids) ORDER BY 1, 2;
-- error: 1050
CREATE TEMPORARY TABLE sums SELECT id FROM orders;
-- error: 1054
CREATE TEMPORARY TABLE broken SELECT nothing FROM orders;
-- no message
-- error: 1146
SELECT * FROM broken;
CREATE TEMPORARY TABLE keyed (id INT PRIMARY KEY, extra INT DEFAULT 5) SELECT id, qty FROM depot.stock;
SELECT * FROM keyed ORDER BY id;
INSERT INTO keyed (id) SELECT id + 50 FROM orders;
SELECT SUM(extra), COUNT(*), MAX(id) FROM keyed;
-- error: 1062
CREATE TEMPORARY TABLE twice (country CHAR(2) PRIMARY KEY) SELECT country FROM orders WHERE country IS NOT NULL;
BEGIN;
CREATE TEMPORARY TABLE inside SELECT o.id, s.note FROM orders o LEFT JOIN depot.stock s USING (id);
SELECT * FROM inside ORDER BY id;
UPDATE orders SET total = total + 1;
UPDATE orders SET total = total - 1;
COMMIT;
SELECT COUNT(*) FROM inside;
SELECT SUM(total) FROM orders;
CREATE TEMPORARY TABLE a SELECT * FROM orders WHERE tenant_id = 't1';
CREATE TEMPORARY TABLE b SELECT * FROM orders WHERE tenant_id = 't3';
CREATE TEMPORARY TABLE c SELECT a.id, b.id AS other FROM a JOIN b ON a.id < b.id;
SELECT (SELECT COUNT(*) FROM a) + (SELECT COUNT(*) FROM b) + (SELECT COUNT(*) FROM c);
# with numbers of its own
CREATE TEMPORARY TABLE numbered (n INT AUTO_INCREMENT PRIMARY KEY) SELECT UPPER(country) country FROM orders;
SELECT LAST_INSERT_ID();
SHOW CREATE TABLE numbered;
INSERT INTO numbered (country) VALUES ('XX');
SELECT LAST_INSERT_ID();
CREATE TEMPORARY TABLE numbered2 (n INT AUTO_INCREMENT PRIMARY KEY) SELECT id + 70 AS n, country FROM orders ORDER BY id;
SELECT LAST_INSERT_ID();
DROP TEMPORARY TABLE numbered, numbered2;
# its definition
CREATE TEMPORARY TABLE shown SELECT UPPER(country) up, COUNT(*), COUNT(*) + 1 more, SUM(id), MAX(info) FROM orders GROUP BY country;
SHOW CREATE TABLE shown;
SELECT * FROM shown LIMIT 0;
DROP TEMPORARY TABLE shown;
# of one that exists
CREATE TEMPORARY TABLE IF NOT EXISTS a SELECT country FROM orders;
SELECT COUNT(*) FROM a;
# it hides a table of its name
CREATE TEMPORARY TABLE countries SELECT code, UPPER(name) AS name FROM countries WHERE n > 1;
SELECT * FROM countries ORDER BY code;
SELECT o.id, c.name FROM orders o JOIN countries c ON c.code = o.country ORDER BY o.id;
DROP TEMPORARY TABLE countries, a, b, c, inside, keyed, sums, top;
SELECT * FROM countries ORDER BY code;
# in a transaction that has begun elsewhere, and beside what the session holds
BEGIN;
SELECT COUNT(*) FROM orders WHERE tenant_id = 't4';
CREATE TEMPORARY TABLE late (id INT, what VARCHAR(10));
CREATE TEMPORARY TABLE later SELECT * FROM orders WHERE tenant_id = 't1';
CREATE TEMPORARY TABLE latest SELECT * FROM depot.stock WHERE tenant_id = 't2';
INSERT INTO late SELECT id, kind FROM orders WHERE tenant_id = 't5';
SELECT (SELECT COUNT(*) FROM late), (SELECT COUNT(*) FROM later), (SELECT SUM(qty) FROM latest);
COMMIT;
SELECT l.id, o.total FROM later l JOIN orders o ON o.id = l.id ORDER BY 1;
SELECT l.qty, o.total FROM latest l JOIN orders o ON o.id = l.id AND o.tenant_id = 't2' ORDER BY 1;
DROP TEMPORARY TABLE late, later, latest;
# renamed
CREATE TEMPORARY TABLE fresh (id INT PRIMARY KEY, n INT);
INSERT INTO fresh SELECT id + 50, qty FROM depot.stock;
ALTER TABLE fresh RENAME TO stale;
SELECT s.n, o.id FROM stale s JOIN orders o ON o.id = s.id - 50 ORDER BY o.id;
-- error: 1146
SELECT * FROM fresh;
ALTER TABLE stale ADD COLUMN note VARCHAR(10) DEFAULT 'none', RENAME stale2;
UPDATE stale2 SET note = 'seen' WHERE id IN (SELECT id + 50 FROM orders);
ALTER TABLE stale2 RENAME AS stale2;
SELECT note, COUNT(*) FROM stale2 GROUP BY note ORDER BY note;
# what the session defines meanwhile is there at once
CREATE VIEW v_paid AS SELECT id, tenant_id, total FROM orders WHERE total > 0 WITH CHECK OPTION;
SELECT COUNT(*), SUM(v.total) FROM v_paid v JOIN stale2 s ON s.id = v.id + 50;
-- error: 1369
UPDATE v_paid SET total = -1 WHERE tenant_id = 't2';
ALTER TABLE orders ADD COLUMN later INT DEFAULT 7;
SELECT SUM(later) FROM orders;
SELECT MAX(o.later) FROM orders o JOIN stale2 s ON s.id = o.id + 50;
ALTER TABLE orders DROP COLUMN later;
DROP VIEW v_paid;
-- error: 1146
SELECT * FROM v_paid;
DROP TEMPORARY TABLE stale2;
# DROP INDEX leaves the table to the session, and to nobody else
CREATE TEMPORARY TABLE kept (id INT PRIMARY KEY, n INT);
CREATE INDEX by_n ON kept (n);
INSERT INTO kept SELECT id, qty FROM depot.stock;
DROP INDEX by_n ON kept;
SELECT k.id, o.total FROM kept k JOIN orders o ON o.id = k.id ORDER BY k.id;
# a view or a table of the name of another database are others
-- error: 1051
DROP VIEW kept;
SELECT COUNT(*) FROM kept;
-- session: other
-- error: 1146
SELECT * FROM kept;
CREATE TEMPORARY TABLE kept (id INT);
SELECT COUNT(*) FROM kept;

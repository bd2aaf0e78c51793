-- about: inside a transaction a statement over shards sees the session's own writes, and nobody else's
-- any plan
-- database: shop
-- sharded: shop.stock by tenant_id, depot.moves by tenant_id
-- no warnings
CREATE TABLE stock (tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL, n INT, PRIMARY KEY (tenant_id, id));
INSERT INTO stock VALUES ('a', 1, 10), ('b', 1, 20), ('c', 1, 30), ('d', 1, 40);
USE depot;
CREATE TABLE moves (tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL, stock_id INT, delta INT, PRIMARY KEY (tenant_id, id));
INSERT INTO moves VALUES ('a', 1, 1, 1), ('b', 1, 1, 2), ('e', 1, 1, 3);
-- cases
BEGIN;
SELECT SUM(n) FROM stock;
UPDATE stock SET n = n + 5 WHERE tenant_id = 'a' AND id = 1;
SELECT SUM(n) FROM stock;
SELECT s.tenant_id, s.n, m.delta FROM stock s JOIN depot.moves m ON m.tenant_id = s.tenant_id ORDER BY 1;
INSERT INTO stock VALUES ('a', 2, 100);
SELECT tenant_id, id, n FROM stock ORDER BY n DESC;
-- session: other
SELECT SUM(n), COUNT(*) FROM stock;
-- session:
SAVEPOINT s;
DELETE FROM stock WHERE tenant_id = 'a' AND id = 1;
SELECT COUNT(*), SUM(n) FROM stock;
ROLLBACK TO s;
SELECT COUNT(*), SUM(n) FROM stock;
-- error: 1054
SELECT nothing FROM stock;
SELECT COUNT(*), SUM(n) FROM stock;
COMMIT;
-- session: other
SELECT SUM(n), COUNT(*) FROM stock;
-- session:
SELECT SUM(n), COUNT(*) FROM stock;
BEGIN;
INSERT INTO depot.moves VALUES ('e', 2, 9, 9);
SELECT MAX(delta), (SELECT COUNT(*) FROM stock) FROM depot.moves;
ROLLBACK;
SELECT MAX(delta), (SELECT COUNT(*) FROM stock) FROM depot.moves;
START TRANSACTION READ ONLY;
SELECT tenant_id, SUM(n) FROM stock GROUP BY tenant_id ORDER BY 1;
COMMIT;
SET autocommit = 0;
UPDATE stock SET n = 0 WHERE tenant_id = 'b' AND id = 1;
SELECT SUM(n) FROM stock;
ROLLBACK;
SELECT SUM(n) FROM stock;
COMMIT;
SET autocommit = 1;
UPDATE stock SET n = 10 WHERE tenant_id = 'a' AND id = 1;
DELETE FROM stock WHERE tenant_id = 'a' AND id = 2;
SELECT SUM(n), COUNT(*) FROM stock;

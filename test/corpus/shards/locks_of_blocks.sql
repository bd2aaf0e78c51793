-- about: which tables a locking clause locks: those of its own block, and of the main block of its views; what is not locked is read as of the transaction's snapshot
-- any plan
-- no warnings
-- database: shop
-- sharded: shop.stock by tenant_id, depot.moves by tenant_id
-- reference: shop.kinds
CREATE TABLE stock (tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL, n INT NOT NULL, PRIMARY KEY (tenant_id, id));
INSERT INTO stock VALUES ('a', 1, 10), ('b', 1, 20), ('c', 1, 30), ('d', 1, 40), ('e', 1, 50), ('f', 1, 60);
CREATE TABLE kinds (id INT PRIMARY KEY, title VARCHAR(20));
INSERT INTO kinds VALUES (1, 'one'), (2, 'two');
CREATE VIEW v_stock AS SELECT tenant_id, id, n FROM stock;
CREATE VIEW v_above AS SELECT tenant_id, n FROM v_stock WHERE n >= (SELECT MIN(n) FROM stock);
CREATE VIEW v_both AS SELECT tenant_id, n FROM stock UNION SELECT tenant_id, 0 FROM stock;
CREATE VIEW v_shared AS SELECT tenant_id, n FROM stock FOR UPDATE;
CREATE VIEW v_inner AS SELECT z.tenant_id FROM (SELECT tenant_id FROM stock) z;
USE depot;
CREATE TABLE moves (tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL, delta INT, PRIMARY KEY (tenant_id, id));
INSERT INTO moves VALUES ('a', 1, 1), ('b', 1, 2), ('e', 1, 3);
-- cases

# A subquery's clause locks the subquery's table, not the other.
BEGIN;
SELECT tenant_id FROM stock WHERE tenant_id IN (SELECT tenant_id FROM depot.moves FOR UPDATE) ORDER BY tenant_id;
-- session: b
SELECT tenant_id, n FROM stock ORDER BY tenant_id FOR UPDATE NOWAIT;
-- error: 3572
SELECT delta FROM depot.moves WHERE tenant_id = 'b' FOR UPDATE NOWAIT;
-- session:
ROLLBACK;

# A block's clause locks neither its subqueries nor its derived tables.
BEGIN;
SELECT s.tenant_id FROM stock s JOIN (SELECT tenant_id FROM depot.moves) m USING (tenant_id) ORDER BY 1 FOR UPDATE;
-- session: b
SELECT delta FROM depot.moves ORDER BY tenant_id FOR UPDATE NOWAIT;
-- error: 3572
SELECT n FROM stock WHERE tenant_id = 'e' FOR UPDATE NOWAIT;
-- session:
ROLLBACK;
BEGIN;
WITH m AS (SELECT tenant_id FROM depot.moves FOR SHARE) SELECT s.tenant_id FROM stock s JOIN m USING (tenant_id) ORDER BY 1;
-- session: b
SELECT n FROM stock ORDER BY tenant_id FOR UPDATE NOWAIT;
SELECT delta FROM depot.moves ORDER BY tenant_id FOR SHARE NOWAIT;
-- error: 3572
SELECT delta FROM depot.moves WHERE tenant_id = 'e' FOR UPDATE NOWAIT;
-- session:
ROLLBACK;

# Behind a UNION it locks the last part.
BEGIN;
SELECT tenant_id FROM stock UNION SELECT tenant_id FROM depot.moves ORDER BY tenant_id FOR UPDATE;
-- session: b
SELECT n FROM stock ORDER BY tenant_id FOR UPDATE NOWAIT;
-- error: 3572
SELECT delta FROM depot.moves WHERE tenant_id = 'e' FOR UPDATE NOWAIT;
-- session:
ROLLBACK;

# Several clauses: each locks the tables that it names.
BEGIN;
SELECT s.tenant_id, m.delta FROM stock s JOIN depot.moves m ON m.tenant_id = s.tenant_id ORDER BY 1 FOR UPDATE OF s FOR SHARE OF m;
-- session: b
SELECT delta FROM depot.moves ORDER BY tenant_id FOR SHARE NOWAIT;
-- error: 3572
SELECT delta FROM depot.moves WHERE tenant_id = 'a' FOR UPDATE NOWAIT;
-- error: 3572
SELECT n FROM stock WHERE tenant_id = 'a' FOR SHARE NOWAIT;
-- session:
ROLLBACK;

# Views hand the lock on to their main block, and to views there.
BEGIN;
SELECT COUNT(*) FROM v_stock FOR UPDATE;
-- session: b
-- error: 3572
SELECT n FROM stock WHERE tenant_id = 'a' FOR SHARE NOWAIT;
-- session:
ROLLBACK;
BEGIN;
SELECT MAX(n) FROM v_above FOR SHARE;
-- session: b
SELECT n FROM stock ORDER BY tenant_id FOR SHARE NOWAIT;
-- error: 3572
SELECT n FROM stock WHERE tenant_id = 'f' FOR UPDATE NOWAIT;
-- session:
ROLLBACK;
# Not to the parts of a UNION nor to derived tables; and what they say themselves does not count.
BEGIN;
SELECT COUNT(*) FROM v_both FOR UPDATE;
SELECT COUNT(*) FROM v_shared;
SELECT COUNT(*) FROM v_inner FOR UPDATE;
-- session: b
SELECT n FROM stock ORDER BY tenant_id FOR UPDATE NOWAIT;
-- session:
ROLLBACK;

# One table with a lock and without: the one is as it is now, the other as it was.
BEGIN;
SELECT SUM(n) FROM stock;
-- session: b
UPDATE stock SET n = n + 1;
-- session:
SELECT (SELECT SUM(n) FROM stock) was, (SELECT SUM(n) FROM stock FOR UPDATE) now;
SELECT SUM(s.n), (SELECT SUM(n) FROM stock) was FROM stock s FOR SHARE;
SELECT SUM(s.n) now, SUM(x.n) was FROM stock s JOIN stock x USING (tenant_id, id) FOR UPDATE OF s;
SELECT SUM(v.n) now, (SELECT SUM(n) FROM v_above) was FROM v_stock v FOR UPDATE;
WITH x AS (SELECT SUM(n) n FROM stock FOR UPDATE), y AS (SELECT SUM(n) n FROM stock) SELECT a.n, b.n, y.n FROM x a, x b, y;
ROLLBACK;
-- session: b
UPDATE stock SET n = n - 1;
-- session:

# A reference table beside it.
BEGIN;
SELECT s.tenant_id, k.title FROM kinds k JOIN stock s USING (id) WHERE s.tenant_id IN (SELECT tenant_id FROM depot.moves) ORDER BY 1 FOR UPDATE OF s;
ROLLBACK;

# Behind the parentheses around a query, or around its last part, it locks the last block in them.
BEGIN;
(SELECT tenant_id FROM stock WHERE tenant_id IN (SELECT tenant_id FROM depot.moves) ORDER BY tenant_id) FOR UPDATE;
-- session: b
SELECT delta FROM depot.moves ORDER BY tenant_id FOR UPDATE NOWAIT;
-- error: 3572
SELECT n FROM stock WHERE tenant_id = 'e' FOR SHARE NOWAIT;
-- session:
ROLLBACK;
BEGIN;
(SELECT tenant_id FROM stock) UNION (SELECT tenant_id FROM depot.moves) FOR SHARE;
((SELECT tenant_id FROM stock UNION SELECT tenant_id FROM depot.moves)) FOR SHARE;
WITH m AS (SELECT tenant_id FROM stock) (SELECT m.tenant_id FROM m JOIN depot.moves s USING (tenant_id)) FOR SHARE OF s;
-- session: b
SELECT n FROM stock ORDER BY tenant_id FOR UPDATE NOWAIT;
SELECT delta FROM depot.moves ORDER BY tenant_id FOR SHARE NOWAIT;
-- error: 3572
SELECT delta FROM depot.moves WHERE tenant_id = 'e' FOR UPDATE NOWAIT;
-- session:
ROLLBACK;
BEGIN;
-- error: 3569
(SELECT tenant_id FROM stock FOR SHARE) FOR UPDATE;
-- error: 3568
(SELECT tenant_id FROM stock) FOR UPDATE OF nosuch;
-- refuse: 1235 its alias stands for another table
SELECT o.n FROM v_stock o WHERE o.tenant_id IN (SELECT o.tenant_id FROM stock o FOR UPDATE OF o) FOR UPDATE OF o;
-- refuse: 1235 SKIP LOCKED with LIMIT
(SELECT tenant_id FROM stock ORDER BY tenant_id LIMIT 1) FOR UPDATE SKIP LOCKED;
ROLLBACK;

# OF names a view: what the view hands the lock on to is locked, and nothing else.
BEGIN;
SELECT v.n FROM v_stock v JOIN depot.moves m ON m.tenant_id = v.tenant_id ORDER BY v.n FOR UPDATE OF v;
-- session: b
SELECT delta FROM depot.moves ORDER BY tenant_id FOR UPDATE NOWAIT;
-- error: 3572
SELECT n FROM stock WHERE tenant_id = 'a' FOR SHARE NOWAIT;
-- session:
ROLLBACK;
BEGIN;
SELECT v.n FROM depot.moves m JOIN v_stock v ON m.tenant_id = v.tenant_id JOIN v_above a ON a.n = v.n ORDER BY v.n FOR SHARE OF m FOR UPDATE OF v;
SELECT v.n FROM depot.moves m JOIN v_stock v ON m.tenant_id = v.tenant_id ORDER BY v.n FOR UPDATE OF v, m NOWAIT;
-- session: b
-- error: 3572
SELECT n FROM stock WHERE tenant_id = 'a' FOR SHARE NOWAIT;
-- error: 3572
SELECT delta FROM depot.moves WHERE tenant_id = 'e' FOR SHARE NOWAIT;
-- session:
ROLLBACK;
-- error: 3568
SELECT v.n FROM v_stock v FOR UPDATE OF v_stock;
-- error: 3569
SELECT v.n FROM v_stock v FOR UPDATE OF v FOR SHARE OF v;

-- about: two tables of one database under one name are an error when a statement is read, whatever else is wrong with it
-- database: shop
-- no warnings
-- sharded: shop.t by tenant_id, depot.b by tenant_id
-- single: shop.numbers
-- reference: shop.r
CREATE TABLE t (tenant_id VARCHAR(20) COLLATE utf8mb4_unicode_ci NOT NULL, id BIGINT NOT NULL, n INT, PRIMARY KEY (tenant_id, id));
CREATE TABLE numbers (id INT PRIMARY KEY, n BIGINT NOT NULL);
CREATE TABLE r (id INT PRIMARY KEY, n BIGINT NOT NULL);
INSERT INTO t VALUES ('a', 1, 1), ('b', 2, 2), ('c', 3, 3);
INSERT INTO numbers VALUES (1, 41);
INSERT INTO r VALUES (1, 5);
USE depot;
CREATE TABLE b (tenant_id VARCHAR(20) COLLATE utf8mb4_unicode_ci NOT NULL, id BIGINT NOT NULL, n INT, PRIMARY KEY (tenant_id, id));
INSERT INTO b VALUES ('a', 1, 1), ('b', 2, 2);
-- cases
-- error: 1066
SELECT a.id FROM t a, numbers a WHERE a.n = 1;
-- error: 1066
SELECT a.id FROM t a JOIN r a ON a.n = 1;
-- error: 1066
SELECT * FROM t JOIN t USING (id);
-- error: 1066
SELECT nothing FROM t JOIN shop.t ON TRUE;
-- error: 1066
SELECT 1 FROM t WHERE id IN (SELECT a.id FROM numbers a LEFT JOIN t a ON a.id = 1);
-- error: 1066
-- params: 1
SELECT a.id FROM t a JOIN numbers a ON a.id = ?;
-- error: 1066
UPDATE t a JOIN numbers a ON a.n = 1 SET a.n = 2;
-- error: 1066
DELETE a FROM t a JOIN t a WHERE a.id = 1;
-- error: 1066
INSERT INTO r SELECT a.id, 1 FROM t a, numbers a;
-- error: 1066
SELECT a.id FROM t a, numbers a WHERE a.tenant_id = 'a';
-- error: 1066
SELECT 1 FROM t a JOIN (numbers x JOIN r a ON TRUE) ON TRUE;
# a subquery has names of its own
SELECT COUNT(*) FROM t a WHERE EXISTS (SELECT 1 FROM numbers a WHERE a.n = 41);
SELECT a.n FROM t a JOIN (SELECT a.n FROM numbers a) c ON a.n < c.n ORDER BY a.n;
SELECT x.n FROM t x JOIN t y ON x.id = y.id - 1 ORDER BY x.n;
# of two databases they may have one name, but not where all is brought together
-- always refuse: 1235 under one name
SELECT 1 FROM t a JOIN numbers x JOIN depot.b a ON x.n = 41;
USE saas;
-- error: 1066
SELECT 1 FROM t a JOIN b a ON a.id = 1;
-- error: 1066
SELECT 1 FROM b JOIN b;

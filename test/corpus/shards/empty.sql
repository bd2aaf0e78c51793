-- about: without rows, on some shards or on all, aggregates and joins still answer as MySQL does
-- any plan
-- database: shop
-- sharded: shop.nothing by tenant_id, shop.one by tenant_id, depot.void by tenant_id
-- reference: shop.blank
-- single: depot.hollow
CREATE TABLE nothing (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY, amount DECIMAL(10,2), label VARCHAR(10), f DOUBLE, u BIGINT UNSIGNED, d DATE, j JSON);
CREATE TABLE one (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY, amount DECIMAL(10,2), label VARCHAR(10));
CREATE TABLE blank (id INT PRIMARY KEY, name VARCHAR(10));
INSERT INTO one VALUES ('only', 1, 2.50, 'row');
USE depot;
CREATE TABLE void (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY);
CREATE TABLE hollow (id INT PRIMARY KEY);
-- cases
SELECT * FROM nothing;
SELECT * FROM nothing ORDER BY amount LIMIT 5;
SELECT COUNT(*) FROM nothing;
SELECT COUNT(id), SUM(amount), AVG(amount), MIN(label), MAX(d), STD(f), VAR_SAMP(u), GROUP_CONCAT(label) FROM nothing;
SELECT BIT_AND(u), BIT_OR(u), BIT_XOR(u), COUNT(DISTINCT label), SUM(DISTINCT id), AVG(DISTINCT amount) FROM nothing;
SELECT JSON_ARRAYAGG(id), JSON_OBJECTAGG(label, id), ANY_VALUE(label), MAX(j) FROM nothing;
SELECT label, COUNT(*) FROM nothing GROUP BY label;
SELECT COUNT(*) FROM nothing GROUP BY label ORDER BY 1;
SELECT COUNT(*) FROM nothing HAVING COUNT(*) = 0;
SELECT COUNT(*) FROM nothing HAVING COUNT(*) > 0;
SELECT COUNT(*), 'constant', 1 + 1 FROM nothing;
SELECT DISTINCT label FROM nothing;
SELECT label FROM nothing UNION SELECT label FROM one;
SELECT label FROM one EXCEPT SELECT label FROM nothing;
SELECT label FROM one INTERSECT SELECT label FROM nothing;
SELECT ROW_NUMBER() OVER (ORDER BY id) FROM nothing;
SELECT o.id, n.id FROM one o LEFT JOIN nothing n ON n.id = o.id;
SELECT o.id, n.* FROM nothing n RIGHT JOIN one o ON n.id = o.id;
SELECT * FROM one o JOIN nothing n ON n.id = o.id;
SELECT * FROM one, blank;
SELECT o.*, b.name FROM one o LEFT JOIN blank b ON b.id = o.id;
SELECT o.id, v.id FROM one o LEFT JOIN depot.void v ON v.tenant_id = o.tenant_id;
SELECT o.id, h.id FROM one o LEFT JOIN depot.hollow h ON h.id = o.id;
SELECT id FROM one WHERE NOT EXISTS (SELECT 1 FROM nothing);
SELECT id FROM one WHERE id NOT IN (SELECT id FROM nothing);
SELECT id FROM one WHERE id > ALL (SELECT id FROM nothing);
SELECT id FROM one WHERE id > ANY (SELECT id FROM nothing);
SELECT id FROM one WHERE id = (SELECT id FROM nothing);
SELECT id, (SELECT label FROM nothing), (SELECT COUNT(*) FROM depot.void) FROM one;
SELECT COUNT(*), SUM(amount) FROM one;
SELECT COUNT(*), SUM(amount) FROM one WHERE tenant_id <> 'only';
SELECT MAX(amount), MIN(amount) FROM one WHERE FALSE;
SELECT SUM(x) FROM (SELECT amount AS x FROM nothing UNION ALL SELECT amount FROM one) t;
WITH t AS (SELECT * FROM nothing) SELECT COUNT(*), MAX(id) FROM t;
WITH RECURSIVE t AS (SELECT id FROM nothing UNION ALL SELECT id + 1 FROM t WHERE id < 3) SELECT * FROM t;
SELECT IFNULL(SUM(amount), 0.00), COALESCE(MAX(label), 'none') FROM nothing;

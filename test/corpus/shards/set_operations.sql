-- about: UNION, INTERSECT and EXCEPT over tables whose rows are on several shards
-- any plan
-- database: shop
-- sharded: shop.buyers by tenant_id, shop.sellers by tenant_id, depot.drivers by tenant_id
-- reference: shop.roles
-- single: depot.depots
CREATE TABLE buyers (tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL, name VARCHAR(20), credit DECIMAL(6,2), since DATE, PRIMARY KEY (tenant_id, id));
CREATE TABLE sellers (tenant_id VARCHAR(20) NOT NULL, id BIGINT UNSIGNED NOT NULL, name VARCHAR(30) NOT NULL, credit INT, since DATETIME, PRIMARY KEY (tenant_id, id));
CREATE TABLE roles (id INT PRIMARY KEY, name VARCHAR(10));
INSERT INTO buyers VALUES ('a', 1, 'ann', 1.50, '2026-01-01'), ('a', 2, 'bob', 2, '2026-01-02'), ('b', 3, 'cyd', NULL, NULL), ('c', 4, 'dan', 2.00, '2026-01-01'), ('d', 5, NULL, 9.99, '2026-01-05'), ('e', 6, 'bob', 2, '2026-01-02');
INSERT INTO sellers VALUES ('a', 2, 'bob', 2, '2026-01-02'), ('b', 30, 'eve', 7, '2026-01-01 10:00'), ('c', 4, 'dan', 2, NULL), ('f', 18446744073709551615, 'zoe', -1, '2026-01-02'), ('g', 6, 'bob', 2, '2026-01-02');
INSERT INTO roles VALUES (1, 'buyer'), (2, 'seller'), (4, 'driver');
USE depot;
CREATE TABLE drivers (tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL, name TEXT, PRIMARY KEY (tenant_id, id));
CREATE TABLE depots (id INT PRIMARY KEY, name VARCHAR(20));
INSERT INTO drivers VALUES ('a', 1, 'ann'), ('b', 7, 'gus'), ('h', 8, 'bob'), ('i', 9, NULL);
INSERT INTO depots VALUES (1, 'north'), (2, 'south');
-- cases
SELECT name FROM buyers UNION SELECT name FROM sellers ORDER BY name;
SELECT name FROM buyers UNION ALL SELECT name FROM sellers ORDER BY name;
SELECT name FROM buyers UNION DISTINCT SELECT name FROM depot.drivers ORDER BY 1 DESC;
SELECT id, name FROM buyers UNION SELECT id, name FROM sellers UNION SELECT id, name FROM depot.drivers ORDER BY id, name;
SELECT id, name FROM buyers INTERSECT SELECT id, name FROM sellers ORDER BY id;
SELECT name FROM buyers INTERSECT ALL SELECT name FROM sellers ORDER BY name;
SELECT name FROM buyers EXCEPT SELECT name FROM sellers ORDER BY name;
SELECT name FROM buyers EXCEPT ALL SELECT name FROM sellers ORDER BY name;
SELECT tenant_id FROM buyers INTERSECT SELECT tenant_id FROM sellers EXCEPT SELECT tenant_id FROM depot.drivers ORDER BY 1;
SELECT tenant_id FROM buyers UNION SELECT tenant_id FROM sellers INTERSECT SELECT tenant_id FROM depot.drivers ORDER BY 1;
(SELECT tenant_id FROM buyers UNION SELECT tenant_id FROM sellers) INTERSECT SELECT tenant_id FROM depot.drivers ORDER BY 1;
SELECT tenant_id FROM buyers EXCEPT (SELECT tenant_id FROM sellers UNION SELECT tenant_id FROM depot.drivers) ORDER BY 1;
# Types, names and lengths come from all parts, names from the first.
SELECT credit FROM buyers UNION SELECT credit FROM sellers ORDER BY 1;
SELECT credit AS c, since AS s FROM buyers UNION ALL SELECT credit, since FROM sellers ORDER BY c, s;
SELECT id FROM buyers UNION SELECT id FROM sellers ORDER BY id;
SELECT id FROM buyers UNION SELECT name FROM sellers ORDER BY id;
SELECT since FROM buyers UNION ALL SELECT since FROM sellers ORDER BY since;
SELECT NULL AS x UNION SELECT credit FROM buyers ORDER BY x;
SELECT 1 AS x, 'one' AS y UNION ALL SELECT id, name FROM roles UNION ALL SELECT id, name FROM buyers ORDER BY x, y;
SELECT 'b' AS kind, COUNT(*) AS n FROM buyers UNION ALL SELECT 'seller', COUNT(*) FROM sellers UNION ALL SELECT 'd', COUNT(*) FROM depot.drivers ORDER BY kind;
SELECT 'b' AS kind, id FROM buyers UNION ALL (SELECT 's', id FROM sellers ORDER BY id DESC LIMIT 2) ORDER BY id, kind;
(SELECT id FROM buyers ORDER BY id LIMIT 2) UNION (SELECT id FROM depot.drivers ORDER BY id DESC LIMIT 1) ORDER BY id;
(SELECT id FROM buyers) UNION ALL (SELECT id FROM roles) ORDER BY id DESC LIMIT 4;
SELECT tenant_id, COUNT(*) FROM (SELECT tenant_id FROM buyers UNION ALL SELECT tenant_id FROM sellers UNION ALL SELECT tenant_id FROM depot.drivers) x GROUP BY tenant_id ORDER BY tenant_id;
SELECT COUNT(*), COUNT(DISTINCT name), SUM(id) FROM (SELECT id, name FROM buyers UNION SELECT id, name FROM depot.drivers) x;
SELECT * FROM buyers WHERE id IN (SELECT id FROM sellers UNION SELECT id FROM depot.drivers) ORDER BY tenant_id, id;
SELECT * FROM roles WHERE id IN (SELECT id FROM buyers INTERSECT SELECT id FROM depot.drivers) ORDER BY id;
SELECT name FROM depot.depots UNION SELECT name FROM roles UNION SELECT name FROM buyers ORDER BY name;
TABLE sellers UNION ALL SELECT tenant_id, id, name, 0, NULL FROM depot.drivers WHERE name IS NOT NULL ORDER BY 1, 2, 4;
TABLE roles EXCEPT SELECT id, name FROM depot.drivers ORDER BY id;
VALUES ROW(1, 'ann'), ROW(99, 'nobody') INTERSECT SELECT id, name FROM buyers ORDER BY 1;
VALUES ROW('a'), ROW('h') EXCEPT SELECT tenant_id FROM depot.drivers;
SELECT name FROM buyers WHERE tenant_id = 'a' UNION SELECT name FROM sellers WHERE tenant_id = 'g' ORDER BY 1;
SELECT name FROM buyers WHERE tenant_id = 'a' UNION ALL SELECT name FROM buyers WHERE tenant_id = 'e' ORDER BY 1;
SELECT id FROM buyers WHERE FALSE UNION SELECT id FROM sellers WHERE FALSE;
SELECT id FROM buyers EXCEPT SELECT id FROM buyers;
SELECT MAX(credit) FROM buyers UNION SELECT MIN(credit) FROM sellers ORDER BY 1;
# Wrong ones.
-- error: 1222
SELECT id, name FROM buyers UNION SELECT id FROM sellers;
-- error: 1054
SELECT id FROM buyers UNION SELECT id FROM sellers ORDER BY name;
-- error: 1250
SELECT id FROM buyers UNION SELECT id FROM sellers ORDER BY buyers.id;

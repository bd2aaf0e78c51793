-- about: text keys: NULL, spellings of one tenant
-- any plan
-- database: shop
-- sharded: shop.people by tenant
CREATE TABLE people (tenant VARCHAR(20) COLLATE utf8mb4_unicode_ci NULL, id INT PRIMARY KEY, name VARCHAR(20));
INSERT INTO people VALUES ('acme', 1, 'ann'), ('ACME', 2, 'bob'), ('Acme ', 3, 'cyd'), ('birch', 4, 'dan'), (NULL, 5, 'eve'), ('', 6, 'fay'), ('café', 7, 'gus'), ('CAFE', 8, 'hal'), ('北京', 9, 'ida'), ('12', 10, 'jon');
-- cases
SELECT id, name FROM people WHERE tenant = 'acme' ORDER BY id;
SELECT id, name FROM people WHERE tenant = 'cafe' ORDER BY id;
SELECT COUNT(*), GROUP_CONCAT(id ORDER BY id) FROM people GROUP BY tenant ORDER BY MIN(id);
SELECT id FROM people WHERE tenant IS NULL OR tenant = '' ORDER BY id;
SELECT id FROM people WHERE tenant = 12;
SELECT id FROM people WHERE tenant = '北京' OR tenant LIKE 'b%' ORDER BY id;
SELECT a.id, b.id FROM people a JOIN people b ON a.tenant = b.tenant AND a.id < b.id ORDER BY 1, 2;
SELECT COUNT(DISTINCT tenant) FROM people;
SELECT id FROM people WHERE (tenant, id) IN (('ACME', 1), ('acme', 2), ('birch', 9)) ORDER BY id;

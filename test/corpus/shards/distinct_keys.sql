-- about: DISTINCT of rows that differ by their primary key is left out, and columns are described as without it
-- database: shop
-- sharded: shop.people by tenant_id, shop.entries by tenant_id
CREATE TABLE people (tenant_id VARCHAR(20) NOT NULL, id VARCHAR(10) PRIMARY KEY, name VARCHAR(20), born DATE, score DECIMAL(5,1));
CREATE TABLE entries (tenant_id VARCHAR(20) NOT NULL, bill INT, no INT, item VARCHAR(10), PRIMARY KEY (bill, no));
INSERT INTO people VALUES ('a', 'k1', 'Ann', '1990-05-01', 1.5), ('b', 'k2', 'ann', '1991-01-01', NULL), ('c', 'K3', 'Bob', NULL, 2), ('d', 'k4', NULL, '1990-05-01', 2), ('a', 'K5', 'bob', '1985-12-31', -1), ('e', 'k6', 'Ann', '1990-05-01', 1.5);
INSERT INTO entries VALUES ('a', 1, 1, 'x'), ('a', 1, 2, 'y'), ('b', 2, 1, 'X'), ('c', 3, 1, NULL), ('d', 4, 1, 'x'), ('d', 4, 2, 'x');
-- cases
-- scattered
SELECT DISTINCT id, name FROM people;
-- scattered
SELECT DISTINCT name, id, YEAR(born), REPEAT(name, 100) FROM people ORDER BY id;
-- scattered
SELECT DISTINCT p.id, p.name, p.score FROM people p WHERE p.score > 0 ORDER BY p.score DESC, p.name, p.id LIMIT 2, 2;
-- scattered
SELECT DISTINCT id AS key_of, MONTH(born) FROM people ORDER BY key_of DESC LIMIT 3;
-- scattered
SELECT DISTINCT bill, no, YEAR('2026-01-01') FROM entries ORDER BY no, bill;
-- scattered
SELECT DISTINCT no, item, bill FROM entries ORDER BY item, bill, no;
# Part of a key, or what is made of it, is not enough.
-- scattered
SELECT DISTINCT no FROM entries ORDER BY no;
-- scattered
SELECT DISTINCT no, UPPER(item) FROM entries ORDER BY no, 2;
-- scattered
SELECT DISTINCT LEFT(id, 1), YEAR(born) FROM people ORDER BY 2, 1;
SELECT DISTINCTROW id, name FROM people ORDER BY name, id;
SELECT COUNT(*) FROM (SELECT DISTINCT id, name FROM people) x;

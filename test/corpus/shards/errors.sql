-- about: a statement over shards that MySQL refuses fails with MySQL's own number and words, and without names of shards
-- any plan
-- database: shop
-- sharded: shop.cats by tenant_id, shop.dogs by tenant_id, depot.birds by tenant_id
-- reference: shop.kinds
CREATE TABLE cats (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY, name VARCHAR(20), age TINYINT UNSIGNED, big BIGINT);
CREATE TABLE dogs (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY, name VARCHAR(20), cat_id INT);
CREATE TABLE kinds (id INT PRIMARY KEY, kind VARCHAR(10));
INSERT INTO cats VALUES ('a', 1, 'Tom', 3, 9223372036854775807), ('b', 2, 'Mia', 0, 1), ('c', 3, NULL, NULL, NULL), ('d', 4, '12x', 255, -9223372036854775808);
INSERT INTO dogs VALUES ('a', 1, 'Rex', 1), ('b', 2, 'Ben', 1), ('c', 3, 'Ida', 9);
INSERT INTO kinds VALUES (1, 'one'), (2, 'two');
USE depot;
CREATE TABLE birds (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY, cat_id INT);
INSERT INTO birds VALUES ('q', 1, 2);
-- cases
# Names.
-- error: 1054
SELECT nothing FROM cats;
-- error: 1054
SELECT c.nothing FROM cats c;
-- error: 1054
SELECT id FROM cats WHERE nothing = 1;
-- error: 1054
SELECT id FROM cats ORDER BY nothing;
-- error: 1054
SELECT id FROM cats ORDER BY 9;
-- error: 1054
SELECT x.id FROM cats;
-- error: 1054
SELECT depot.cats.id FROM cats;
-- error: 1051
SELECT x.* FROM cats;
-- error: 1052
SELECT id FROM cats, dogs;
-- error: 1052
SELECT c.id FROM cats c JOIN dogs d ON name = 'x';
-- error: 1052
SELECT name AS n, id FROM cats c JOIN depot.birds b ON b.cat_id = c.id;
-- error: 1052
SELECT c.name, d.name FROM cats c, dogs d ORDER BY name;
-- error: 1146
SELECT * FROM cats JOIN rats ON TRUE;
-- error: 1146
SELECT * FROM depot.cats;
-- error: 1049
SELECT * FROM cats JOIN nowhere.cats c2 ON TRUE;
-- error: 1066
SELECT 1 FROM cats c JOIN dogs c ON TRUE;
-- error: 1305
SELECT no_such_function(id) FROM cats;
-- error: 1193
SELECT @@no_such_variable, COUNT(*) FROM cats;
# Shapes.
-- error: 1241
SELECT (1, 2) FROM cats;
-- error: 1241
SELECT id FROM cats WHERE (id, name) = 1;
-- error: 1242
SELECT id FROM cats WHERE name = (SELECT name FROM dogs);
-- error: 1222
SELECT id FROM cats UNION SELECT id, name FROM dogs;
-- error: 1582
SELECT ABS(id, 1) FROM cats;
-- error: 1064
SELECT IF(id, 1) FROM cats;
-- error: 1064
SELECT COUNT(*) FROM cats PROCEDURE ANALYSE();
-- error: 1111
SELECT id FROM cats WHERE MAX(age) > 1;
-- error: 1140
SELECT id, MAX(age) FROM cats;
-- error: 1055
SELECT name, age FROM cats GROUP BY name;
-- error: 1064
SELECT id FROM cats WHERE;
-- error: 1064
SELECT id FROM cats GROUP BY;
-- error: 1064
SELECT id, FROM cats;
-- error: 1064
SELECT * FROM cats LEFT JOIN dogs;
# Values, found out while rows are read.
-- error: 1690
SELECT big + 1 FROM cats;
-- error: 1690
SELECT id, age - 1 FROM cats WHERE name IS NOT NULL ORDER BY id;
-- error: 1690
SELECT SUM(age - 1) FROM cats;
-- error: 1690
SELECT id FROM cats WHERE ABS(big) > 0;
-- error: 1690
SELECT EXP(age * 10) FROM cats;
-- error: 3688
SELECT id FROM cats WHERE name REGEXP '*';
-- error: 3691
SELECT id FROM cats WHERE name REGEXP '(';
-- error: 1411
SELECT UUID_TO_BIN(name) FROM cats;
-- error: 3141
SELECT CAST(name AS JSON) FROM cats;
-- error: 1273
SELECT name COLLATE no_such_collation FROM cats;
-- error: 1115
SELECT CONVERT(name USING klingon) FROM cats;
-- error: 1210
SELECT id FROM cats WHERE name LIKE 'x' ESCAPE 'long';
-- error: 1690
SELECT c.big + 1 FROM cats c JOIN depot.birds b ON b.id = c.id;
-- error: 1242
SELECT c.id, (SELECT d.id FROM dogs d WHERE d.cat_id = c.id) FROM cats c;
# And after all that the session still answers.
SELECT COUNT(*) FROM cats;
SELECT c.id, d.id FROM cats c JOIN dogs d ON d.cat_id = c.id ORDER BY 2;
# a number that no server can read
-- error: 1367
SELECT 1e400 FROM cats;
-- error: 1367
UPDATE cats SET age = 1e999 WHERE id = 1;
-- error: 1367
SELECT c.id FROM cats c JOIN depot.birds b ON b.id < 12345e67890123;
# functions that do not exist, or not with a space behind their names
-- error: 1305
SELECT nowhere.func(1);
-- error: 1305
SELECT nowhere.func(age) FROM cats;
-- error: 1305
SELECT nofunc(1), nowhere.func(age) FROM cats;
-- error: 1630
SELECT MAX (age) FROM cats;
-- error: 1630
SELECT SUM (age) FROM cats WHERE tenant_id = 'a';
-- error: 1630
SELECT NOW (), id FROM cats ORDER BY id;
-- error: 1630
UPDATE cats SET age = MAX (age);
-- error: 1630
SELECT MAX (id) FROM kinds;
# what only the hypergraph optimizer has
-- error: 6037
SELECT id FROM cats QUALIFY ROW_NUMBER() OVER (ORDER BY id) = 1;
# which is found only when it runs
-- refuse: 1235 TABLESAMPLE
-- error: 3889
SELECT id FROM cats TABLESAMPLE BERNOULLI (10);
# What needs another engine.
-- error: 3889
SELECT age, COUNT(*) FROM cats GROUP BY CUBE(age);
-- error: 3889
SELECT age, COUNT(*) FROM cats WHERE tenant_id = 'a' GROUP BY CUBE(age, id);

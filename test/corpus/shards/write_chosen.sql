-- about: UPDATE and DELETE with ORDER BY and LIMIT over shards, and those that read rows of other shards and databases
-- database: shop
-- sharded: shop.jobs by tenant_id, shop.people by tenant_id, depot.moves by tenant_id
-- single: depot.zones
-- reference: shop.colours
CREATE TABLE jobs (tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL, state VARCHAR(10) NOT NULL DEFAULT 'new', prio INT, note VARCHAR(40), amount DECIMAL(8,2), changed DATETIME NULL ON UPDATE CURRENT_TIMESTAMP, twice INT GENERATED ALWAYS AS (prio * 2) STORED, code VARCHAR(10), PRIMARY KEY (id), UNIQUE KEY code (tenant_id, code));
CREATE TABLE people (tenant_id VARCHAR(20) NOT NULL, name VARCHAR(20) NOT NULL, job INT, colour INT, PRIMARY KEY (tenant_id, name));
CREATE TABLE colours (id INT PRIMARY KEY, colour VARCHAR(10));
INSERT INTO jobs (tenant_id, id, prio, note, amount, code) VALUES ('a', 1, 5, 'ann', 1.5, 'c1'), ('a', 2, 3, 'Äpfel', 2.5, 'c2'), ('b', 3, 9, '苹果', NULL, 'c1'), ('b', 4, 1, NULL, 7, 'c2'), ('c', 5, 7, 'x', 0, 'c1'), ('d', 6, NULL, 'y', 3.25, NULL), ('e', 7, 2, 'z', 100, 'c1'), ('f', 8, 8, '', -4, 'c1');
INSERT INTO people VALUES ('a', 'ann', 3, 1), ('a', 'bob', 1, 2), ('b', 'cyd', 8, NULL), ('g', 'dan', 4, 1), ('h', 'eve', 99, 3);
INSERT INTO colours VALUES (1, 'red'), (2, 'green'), (3, 'blue');
USE depot;
CREATE TABLE moves (tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL, job INT, n INT, PRIMARY KEY (tenant_id, id));
CREATE TABLE zones (zone VARCHAR(5) PRIMARY KEY, job INT, n INT);
INSERT INTO moves VALUES ('a', 1, 5, 2), ('b', 1, 5, 3), ('c', 1, 1, 4), ('d', 1, 8, 1), ('z', 9, 2, 10);
INSERT INTO zones VALUES ('N', 1, 1), ('S', 5, 2), ('W', 77, 3);
-- cases
SET timestamp = 1760000000;
BEGIN;
# The first rows of all.
UPDATE jobs SET state = 'taken' ORDER BY prio DESC LIMIT 3;
SELECT id, state, changed, twice FROM jobs ORDER BY id;
UPDATE jobs SET state = 'taken' ORDER BY prio DESC, id LIMIT 4;
UPDATE jobs SET state = 'low', prio = prio + 10 WHERE prio IS NOT NULL ORDER BY prio LIMIT 2;
UPDATE jobs SET note = CONCAT(note, id), amount = amount * 1.1 ORDER BY note, id LIMIT 5;
SELECT id, state, prio, note, amount FROM jobs ORDER BY id;
UPDATE jobs SET state = 'none' WHERE id > 100 ORDER BY id LIMIT 2;
UPDATE jobs SET state = 'zero' ORDER BY id LIMIT 0;
UPDATE jobs j SET j.state = 'alias' WHERE j.note LIKE '%z%' ORDER BY j.id DESC LIMIT 1;
UPDATE shop.jobs SET jobs.state = 'name' WHERE shop.jobs.note LIKE '%x%' ORDER BY jobs.id DESC LIMIT 1;
UPDATE jobs SET tenant_id = tenant_id, state = 'same' ORDER BY amount, id LIMIT 2;
SELECT id, tenant_id, state FROM jobs ORDER BY id;
ROLLBACK;
SELECT id, state FROM jobs ORDER BY id;
BEGIN;
DELETE FROM jobs ORDER BY prio LIMIT 3;
SELECT id FROM jobs ORDER BY id;
DELETE FROM jobs WHERE amount < 3 ORDER BY amount DESC LIMIT 1;
DELETE FROM jobs WHERE id > 100 LIMIT 1;
DELETE FROM jobs ORDER BY id DESC LIMIT 2;
DELETE FROM jobs AS j WHERE j.id < 3 ORDER BY j.id LIMIT 1;
SELECT id FROM jobs ORDER BY id;
ROLLBACK;
# Any rows will do, but so many.
BEGIN;
DELETE FROM jobs LIMIT 3;
SELECT COUNT(*) FROM jobs;
UPDATE jobs SET state = 'any' LIMIT 2;
SELECT COUNT(*) FROM jobs WHERE state = 'any';
DELETE FROM jobs WHERE state = 'any' LIMIT 10;
SELECT COUNT(*) FROM jobs;
ROLLBACK;
# Order alone.
BEGIN;
UPDATE jobs SET prio = 1 ORDER BY id;
DELETE FROM jobs ORDER BY id;
ROLLBACK;
# Rows that other shards choose.
BEGIN;
UPDATE jobs SET state = 'held' WHERE id IN (SELECT job FROM people);
UPDATE jobs SET state = 'free' WHERE id NOT IN (SELECT job FROM people WHERE job IS NOT NULL);
SELECT id, state FROM jobs ORDER BY id;
UPDATE jobs SET state = 'moved' WHERE EXISTS (SELECT 1 FROM depot.moves m WHERE m.job = jobs.id AND m.n > 1);
UPDATE jobs SET state = 'zone' WHERE id IN (SELECT job FROM depot.zones);
UPDATE jobs SET note = 'tenant' WHERE tenant_id IN (SELECT tenant_id FROM depot.moves WHERE n > 2);
SELECT id, state, note FROM jobs ORDER BY id;
DELETE FROM jobs WHERE id IN (SELECT job FROM people WHERE name > 'b');
DELETE FROM people WHERE job NOT IN (SELECT id FROM jobs);
SELECT id FROM jobs ORDER BY id;
SELECT tenant_id, name FROM people ORDER BY 1, 2;
ROLLBACK;
# New values that are read elsewhere.
BEGIN;
UPDATE jobs SET prio = (SELECT COUNT(*) FROM people);
UPDATE jobs SET amount = (SELECT SUM(n) FROM depot.moves m WHERE m.job = jobs.id);
UPDATE jobs SET note = (SELECT GROUP_CONCAT(name ORDER BY name) FROM people p WHERE p.job = jobs.id) WHERE id < 7;
SELECT id, prio, amount, note FROM jobs ORDER BY id;
-- error: 1242
UPDATE jobs SET note = (SELECT name FROM people);
UPDATE jobs SET prio = 7 WHERE amount > (SELECT AVG(n) FROM depot.moves);
UPDATE depot.zones SET n = (SELECT COUNT(*) FROM jobs);
UPDATE depot.zones z JOIN jobs j ON j.id = z.job SET z.n = j.prio + 100;
SELECT id, prio FROM jobs ORDER BY id;
SELECT * FROM depot.zones ORDER BY 1;
ROLLBACK;
# Joins: one table changes, or several.
BEGIN;
UPDATE jobs j JOIN people p ON p.job = j.id SET j.note = p.name, j.prio = p.colour;
UPDATE jobs j JOIN depot.moves m ON m.job = j.id SET j.amount = m.n WHERE m.n > 3;
UPDATE jobs j, depot.zones z SET j.state = z.zone WHERE z.job = j.id;
UPDATE jobs j LEFT JOIN people p ON p.job = j.id SET j.state = 'alone' WHERE p.job IS NULL;
SELECT id, state, prio, note, amount FROM jobs ORDER BY id;
UPDATE jobs j JOIN people p ON p.job = j.id SET j.state = 'both', p.colour = j.id;
UPDATE jobs j JOIN people p ON p.tenant_id = j.tenant_id SET j.state = 'side', p.colour = 2;
SELECT id, state FROM jobs ORDER BY id;
SELECT tenant_id, name, colour FROM people ORDER BY 1, 2;
DELETE j FROM jobs j JOIN depot.zones z ON z.job = j.id;
DELETE j, p FROM jobs j JOIN people p ON p.job = j.id WHERE p.name < 'c';
DELETE FROM j USING jobs j JOIN depot.moves m ON m.job = j.id WHERE m.n = 1;
SELECT id FROM jobs ORDER BY id;
SELECT tenant_id, name FROM people ORDER BY 1, 2;
DELETE j, p FROM jobs j JOIN people p ON p.tenant_id = j.tenant_id;
DELETE jobs FROM jobs LEFT JOIN people ON people.job = jobs.id WHERE people.job IS NULL;
SELECT COUNT(*) FROM jobs;
ROLLBACK;
SELECT COUNT(*) FROM jobs;
# Common table expressions.
BEGIN;
WITH busy AS (SELECT job, COUNT(*) AS n FROM depot.moves GROUP BY job) UPDATE jobs JOIN busy ON busy.job = jobs.id SET jobs.prio = busy.n;
WITH gone AS (SELECT job FROM people) DELETE FROM jobs WHERE id IN (SELECT job FROM gone);
SELECT id, prio FROM jobs ORDER BY id;
ROLLBACK;
# Errors of values, and what is left of the transaction.
BEGIN;
UPDATE jobs SET state = 'kept' WHERE id = 1;
-- error: 1406
UPDATE jobs SET state = CONCAT('very long state ', id) ORDER BY id LIMIT 3;
-- error: 1048
UPDATE jobs SET state = IF(id = 5, NULL, 'x') ORDER BY id LIMIT 6;
-- error: 1365
UPDATE jobs SET prio = (SELECT 1 / COUNT(*) FROM people WHERE job = -1) ORDER BY id LIMIT 3;
-- error: 1054
UPDATE jobs SET nothing = 1 ORDER BY id LIMIT 3;
-- error: 1054
DELETE FROM jobs ORDER BY nothing LIMIT 3;
-- error: 1062
UPDATE jobs SET code = 'c2' WHERE tenant_id IN ('a', 'b') AND code = 'c1' ORDER BY id LIMIT 1;
SELECT id, state, prio FROM jobs ORDER BY id;
COMMIT;
UPDATE jobs SET state = 'new' ORDER BY id LIMIT 1;
SET sql_mode = '';
UPDATE jobs SET state = CONCAT('long st', id, id, id, id) ORDER BY id LIMIT 3;
UPDATE jobs SET state = DEFAULT ORDER BY id LIMIT 3;
SET sql_mode = DEFAULT;
UPDATE jobs SET changed = NULL ORDER BY id LIMIT 10;
SELECT * FROM jobs ORDER BY id;
SET autocommit = 0;
UPDATE jobs SET state = 'off' ORDER BY id LIMIT 3;
DELETE FROM jobs WHERE id IN (SELECT job FROM people);
SELECT COUNT(*) FROM jobs;
ROLLBACK;
SET autocommit = 1;
SELECT COUNT(*) FROM jobs WHERE state = 'new';
# User variables count rows in their order.
BEGIN;
SET @r = 0;
UPDATE jobs SET prio = (@r := @r + 1) ORDER BY id DESC LIMIT 5;
SELECT @r;
SELECT id, prio FROM jobs ORDER BY id;
UPDATE jobs j JOIN (SELECT @k := 10) z SET j.prio = (@k := @k + j.id) WHERE j.id > 2 AND j.id < 4;
SELECT @k;
SET @all = '', @d = 0;
UPDATE jobs SET note = (@all := CONCAT(@all, id)) ORDER BY id;
SELECT @all;
DELETE FROM jobs WHERE (@d := @d + 1) > 2 ORDER BY id;
SELECT @d;
SELECT id, note FROM jobs ORDER BY id;
ROLLBACK;
# Errors and warnings count the rows that one server looks at.
SET sql_mode = '';
BEGIN;
UPDATE jobs SET prio = 99999999999 WHERE note IS NULL OR amount > 1;
UPDATE jobs SET amount = 99999999 WHERE note IS NULL OR amount > 1;
UPDATE jobs SET state = 'much too long a state' WHERE note LIKE '%l%';
UPDATE jobs SET amount = 99999999 WHERE tenant_id IN ('a', 'b', 'c') AND id > 1;
ROLLBACK;
SET sql_mode = DEFAULT;
-- error: 1406
UPDATE jobs SET state = CONCAT(state, REPEAT('x', id * 2));
-- error: 1264
UPDATE jobs SET prio = prio * 1000000000 WHERE prio > 2;
# The first row of all that meets another.
-- error: 1062
UPDATE people SET name = 'eve' WHERE colour < 3;
-- error: 1062
UPDATE people SET name = 'bob' WHERE tenant_id < 'g';

-- about: CHAR keys are stored without the spaces at their ends, which count in a NO PAD collation
-- database: shop
-- sharded: shop.people by tenant
CREATE TABLE people (tenant CHAR(3) COLLATE utf8mb4_0900_ai_ci NOT NULL, id INT PRIMARY KEY);
INSERT INTO people VALUES ('ab', 1), ('ba ', 2), ('c  ', 3), ('d', 4);
-- cases
INSERT INTO people VALUES ('ab ', 11), ('ba ', 12), ('c  ', 13), ('d ', 14), ('e ', 15);
SELECT tenant, id FROM people WHERE tenant = 'ab' ORDER BY id;
SELECT tenant, id FROM people WHERE tenant = 'ba' ORDER BY id;
SELECT tenant, id FROM people WHERE tenant = 'c' ORDER BY id;
SELECT tenant, id FROM people WHERE tenant = 'd' ORDER BY id;
SELECT tenant, id FROM people WHERE tenant = 'e' ORDER BY id;
SELECT tenant, id FROM people WHERE tenant = 'ab ' ORDER BY id;
DELETE FROM people WHERE id > 10;
INSERT INTO people VALUES ('f ', 16);
SELECT tenant, id FROM people WHERE tenant = 'f' ORDER BY id;
INSERT INTO people VALUES ('g    ', 17);
SELECT tenant, id FROM people WHERE tenant = 'g' ORDER BY id;
-- params: 'h ', 18
INSERT INTO people VALUES (?, ?);
SELECT tenant, id FROM people WHERE tenant = 'h' ORDER BY id;
SET sql_mode = '';
INSERT INTO people VALUES ('i jk', 19), ('k ll', 20), ('l  x', 21);
SELECT tenant, id FROM people WHERE tenant = 'i' ORDER BY id;
SELECT tenant, id FROM people WHERE tenant = 'k' ORDER BY id;
SELECT tenant, id FROM people WHERE tenant = 'l' ORDER BY id;
INSERT INTO people VALUES ('m no', 22);
SELECT tenant, id FROM people WHERE tenant = 'm' ORDER BY id;
INSERT INTO people SELECT 'n op', 23 FROM people WHERE tenant = 'd';
SELECT tenant, id FROM people WHERE tenant = 'n' ORDER BY id;
REPLACE INTO people SELECT 'o ', 24;
SELECT tenant, id FROM people WHERE tenant = 'o' ORDER BY id;
DELETE FROM people WHERE id > 10;
SET sql_mode = DEFAULT;
SELECT * FROM people ORDER BY id;

-- about: integer keys: numbers out of range, NULL, joins with text and binary keys
-- any plan
-- database: shop
-- sharded: shop.accounts by owner, shop.moves by owner
-- single: shop.people, depot.bins
CREATE TABLE accounts (owner BIGINT NOT NULL, id INT NOT NULL, cents INT, PRIMARY KEY (owner, id));
INSERT INTO accounts VALUES (1, 1, 10), (1, 2, 20), (2, 1, 30), (-5, 1, -50), (9223372036854775807, 1, 1), (0, 1, 0), (70000, 1, 7), (12, 1, NULL);
CREATE TABLE moves (owner INT UNSIGNED NULL, id INT PRIMARY KEY, account INT, delta INT);
INSERT INTO moves VALUES (1, 1, 1, 5), (1, 2, 2, -5), (2, 3, 1, 7), (4294967295, 4, 1, 9), (NULL, 5, 1, 100), (NULL, 6, NULL, 200), (0, 7, 1, 0);
CREATE TABLE people (tenant VARCHAR(20) COLLATE utf8mb4_unicode_ci NULL, id INT PRIMARY KEY, name VARCHAR(20));
INSERT INTO people VALUES ('acme', 1, 'ann'), ('ACME', 2, 'bob'), ('Acme ', 3, 'cyd'), ('birch', 4, 'dan'), (NULL, 5, 'eve'), ('', 6, 'fay'), ('café', 7, 'gus'), ('CAFE', 8, 'hal'), ('北京', 9, 'ida'), ('12', 10, 'jon');
USE depot;
CREATE TABLE bins (bin VARBINARY(8) NOT NULL PRIMARY KEY, v INT);
INSERT INTO bins VALUES ('a', 1), ('A', 2), ('a ', 3), (x'00', 4), (x'', 5), (x'ff00', 6);
-- cases
SELECT * FROM accounts ORDER BY owner, id;
SELECT owner, SUM(cents) FROM accounts GROUP BY owner ORDER BY owner DESC;
SELECT owner, COUNT(*) FROM moves GROUP BY owner ORDER BY owner;
SELECT a.owner, a.id, m.delta FROM accounts a JOIN moves m ON m.owner = a.owner AND m.account = a.id ORDER BY 1, 2;
SELECT a.owner, a.id, m.id FROM accounts a LEFT JOIN moves m USING (owner) ORDER BY 1, 2, 3;
SELECT m.id FROM moves m LEFT JOIN accounts a ON a.owner = m.owner WHERE a.owner IS NULL ORDER BY m.id;
SELECT * FROM moves WHERE owner IS NULL ORDER BY id;
SELECT * FROM moves WHERE owner <=> NULL OR owner = 2 ORDER BY id;
SELECT * FROM accounts WHERE owner IN (1, 2, 3) ORDER BY owner, id;
SELECT * FROM accounts WHERE owner = '1' OR owner = 2.0 ORDER BY owner, id;
SELECT * FROM accounts WHERE owner = 1.5;
SELECT * FROM accounts WHERE owner = TRUE ORDER BY id;
SELECT * FROM accounts WHERE owner = 9223372036854775807;
SELECT * FROM accounts WHERE owner = 9223372036854775808;
SELECT * FROM accounts WHERE owner = -5;
SELECT * FROM accounts WHERE owner = '12abc';
SELECT * FROM accounts WHERE owner BETWEEN -10 AND 1 ORDER BY owner, id;
SELECT * FROM accounts WHERE owner + 0 = 1 ORDER BY id;
SELECT * FROM moves WHERE owner = 4294967295;
SELECT * FROM moves WHERE owner = -1;
SELECT COUNT(*) FROM moves WHERE owner NOT IN (1, NULL);
SELECT MIN(owner), MAX(owner), SUM(owner) FROM accounts WHERE owner < 9223372036854775807;
SELECT p.id, m.id FROM people p JOIN moves m ON p.tenant = m.owner ORDER BY 1, 2;
SELECT p.id, b.v FROM people p JOIN depot.bins b ON b.bin = p.tenant ORDER BY 1, 2;

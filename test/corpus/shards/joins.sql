-- about: joins over tenants and over databases, of every kind
-- any plan
-- database: shop
-- sharded: shop.people by tenant_id, shop.orders by tenant_id, depot.parcels by tenant_id, depot.carriers by tenant_id
-- reference: shop.colours
-- single: depot.zones
CREATE TABLE people (tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL, name VARCHAR(20), boss_id INT, colour_id INT, zone CHAR(2), PRIMARY KEY (id));
CREATE TABLE orders (tenant_id VARCHAR(20) NOT NULL, no INT NOT NULL, person_id INT, amount DECIMAL(8,2), PRIMARY KEY (no), KEY (person_id));
CREATE TABLE colours (id INT PRIMARY KEY, colour VARCHAR(10));
INSERT INTO people VALUES ('a', 1, 'ann', NULL, 1, 'NO'), ('a', 2, 'bob', 1, 2, 'SE'), ('b', 3, 'cyd', 1, NULL, 'NO'), ('c', 4, 'dan', 3, 1, NULL), ('d', 5, 'eve', 4, 9, 'FI'), ('e', 6, 'ann', 99, 3, 'XX'), ('f', 7, NULL, 2, 2, 'se');
INSERT INTO orders VALUES ('a', 10, 1, 5.00), ('a', 11, 3, 7.50), ('b', 12, 1, 2.25), ('c', 13, 6, NULL), ('g', 14, 2, 9.00), ('d', 15, NULL, 1.00), ('h', 16, 77, 3.00), ('e', 17, 6, 5.00);
INSERT INTO colours VALUES (1, 'red'), (2, 'green'), (3, 'blue'), (4, 'grey');
USE depot;
CREATE TABLE parcels (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY, order_no INT, carrier_id INT, grams INT UNSIGNED);
CREATE TABLE carriers (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY, name VARCHAR(20), zone CHAR(2));
CREATE TABLE zones (zone CHAR(2) PRIMARY KEY, title VARCHAR(20));
INSERT INTO parcels VALUES ('a', 100, 10, 1, 50), ('b', 101, 10, 2, 70), ('c', 102, 12, 1, NULL), ('d', 103, 17, 3, 0), ('z', 104, NULL, 2, 12), ('f', 105, 14, NULL, 33);
INSERT INTO carriers VALUES ('a', 1, 'post', 'NO'), ('c', 2, 'ann', 'SE'), ('h', 3, 'eve', NULL), ('i', 4, 'none', 'DK');
INSERT INTO zones VALUES ('NO', 'Norway'), ('SE', 'Sweden'), ('DK', 'Denmark');
-- cases
# Inner joins whose partners are anywhere.
SELECT p.name, o.no, o.amount FROM people p JOIN orders o ON o.person_id = p.id ORDER BY o.no;
SELECT p.name, o.no FROM people p INNER JOIN orders o ON o.person_id = p.id AND o.tenant_id = p.tenant_id ORDER BY o.no;
SELECT p.name, o.no FROM people p, orders o WHERE o.person_id = p.id AND o.amount > 3 ORDER BY o.no;
SELECT STRAIGHT_JOIN p.id, o.no FROM orders o STRAIGHT_JOIN people p ON o.person_id = p.id ORDER BY 2;
SELECT p.id, c.colour FROM people p JOIN colours c ON c.id = p.colour_id ORDER BY p.id;
SELECT p.id, x.id FROM people p JOIN depot.parcels x ON x.grams > p.id * 10 ORDER BY 1, 2;
SELECT COUNT(*) FROM people CROSS JOIN orders;
SELECT COUNT(*) FROM people, orders, depot.parcels;
SELECT p.id, c.colour FROM people p CROSS JOIN colours c WHERE p.tenant_id > 'd' ORDER BY 1, 2;
# Left and right.
SELECT p.id, o.no FROM people p LEFT JOIN orders o ON o.person_id = p.id ORDER BY 1, 2;
SELECT p.id, o.no FROM people p RIGHT JOIN orders o ON o.person_id = p.id ORDER BY 2, 1;
SELECT p.id FROM people p LEFT JOIN orders o ON o.person_id = p.id WHERE o.no IS NULL ORDER BY p.id;
SELECT p.id, o.no FROM people p LEFT JOIN orders o ON o.person_id = p.id AND o.amount > 5 ORDER BY 1, 2;
SELECT p.id, o.no FROM people p LEFT JOIN orders o ON o.person_id = p.id WHERE o.amount > 5 ORDER BY 1, 2;
SELECT c.colour, p.id FROM colours c LEFT JOIN people p ON p.colour_id = c.id ORDER BY c.id, p.id;
SELECT c.colour, p.id FROM people p RIGHT JOIN colours c ON p.colour_id = c.id ORDER BY c.id, p.id;
SELECT p.id, o.no, x.id FROM people p LEFT JOIN orders o ON o.person_id = p.id LEFT JOIN depot.parcels x ON x.order_no = o.no ORDER BY 1, 2, 3;
SELECT p.id, o.no, x.id FROM people p LEFT JOIN (orders o JOIN depot.parcels x ON x.order_no = o.no) ON o.person_id = p.id ORDER BY 1, 2, 3;
SELECT o.no, x.id, c.name FROM orders o LEFT JOIN depot.parcels x ON x.order_no = o.no RIGHT JOIN depot.carriers c ON c.id = x.carrier_id ORDER BY c.id, x.id;
SELECT p.id, z.title FROM people p LEFT JOIN depot.zones z ON z.zone = p.zone ORDER BY p.id;
SELECT z.title, COUNT(p.id) FROM depot.zones z LEFT JOIN people p ON p.zone = z.zone GROUP BY z.zone ORDER BY z.zone;
# A tenant on one side, all on the other.
SELECT p.id, o.no, o.tenant_id FROM people p JOIN orders o ON o.person_id = p.id WHERE p.tenant_id = 'a' ORDER BY o.no;
SELECT p.id, o.no FROM people p LEFT JOIN orders o ON o.person_id = p.id AND o.tenant_id = 'b' ORDER BY 1, 2;
SELECT p.id, o.no FROM people p JOIN orders o ON o.person_id = p.id WHERE p.tenant_id = 'a' AND o.tenant_id = 'g' ORDER BY 1, 2;
# With itself.
SELECT p.name, b.name AS boss FROM people p JOIN people b ON b.id = p.boss_id ORDER BY p.id;
SELECT p.id, b.id, bb.id FROM people p LEFT JOIN people b ON b.id = p.boss_id LEFT JOIN people bb ON bb.id = b.boss_id ORDER BY p.id;
SELECT a.id, b.id FROM people a JOIN people b ON a.name = b.name AND a.id < b.id ORDER BY 1, 2;
SELECT a.no, b.no FROM orders a, orders b WHERE a.amount = b.amount AND a.no <> b.no ORDER BY 1, 2;
SELECT people.id, boss.id FROM people JOIN people AS boss ON people.boss_id = boss.id WHERE people.tenant_id <> boss.tenant_id ORDER BY 1;
# USING and NATURAL show a common column once, and first.
SELECT * FROM people JOIN orders USING (tenant_id) ORDER BY id, no;
SELECT tenant_id, id, grams FROM orders LEFT JOIN depot.parcels USING (tenant_id) ORDER BY no, id;
SELECT * FROM orders RIGHT JOIN depot.parcels USING (tenant_id) ORDER BY id, no;
SELECT * FROM people NATURAL JOIN depot.carriers ORDER BY id;
SELECT * FROM people NATURAL LEFT JOIN orders ORDER BY id, no;
SELECT * FROM depot.zones NATURAL JOIN people ORDER BY id;
SELECT * FROM people NATURAL JOIN orders NATURAL JOIN colours ORDER BY tenant_id, no, id;
SELECT tenant_id, COUNT(*) FROM people JOIN orders USING (tenant_id) JOIN depot.parcels USING (tenant_id) GROUP BY tenant_id ORDER BY 1;
# Columns by table, by database, and all of one table.
SELECT o.*, p.name FROM orders o JOIN people p ON p.id = o.person_id ORDER BY o.no;
SELECT orders.no, shop.people.name, depot.parcels.id FROM orders, people, depot.parcels WHERE orders.person_id = people.id AND parcels.order_no = orders.no ORDER BY 3;
SELECT depot.parcels.*, shop.orders.amount FROM shop.orders JOIN depot.parcels ON parcels.order_no = orders.no ORDER BY parcels.id;
SELECT * FROM people p JOIN depot.carriers c ON c.name = p.name ORDER BY p.id, c.id;
SELECT 1 FROM people p JOIN orders o ON o.person_id = p.id;
# Three databases' worth of tables.
SELECT p.name, o.no, x.grams, c.name, k.colour, z.title FROM people p JOIN orders o ON o.person_id = p.id JOIN depot.parcels x ON x.order_no = o.no JOIN depot.carriers c ON c.id = x.carrier_id LEFT JOIN colours k ON k.id = p.colour_id LEFT JOIN depot.zones z ON z.zone = c.zone ORDER BY x.id;
SELECT p.id, SUM(o.amount), SUM(x.grams) FROM people p LEFT JOIN orders o ON o.person_id = p.id LEFT JOIN depot.parcels x ON x.order_no = o.no GROUP BY p.id ORDER BY p.id;
-- error: 1052
SELECT tenant_id FROM people JOIN orders ON person_id = id;
-- error: 1054
SELECT p.id FROM people p JOIN orders o ON o.person_id = q.id;
-- error: 1066
SELECT 1 FROM people JOIN people ON TRUE;
-- error: 1054
SELECT people.id FROM people p JOIN orders o ON o.person_id = p.id;
-- error: 1054
SELECT * FROM people JOIN orders USING (id);
USE depot;
SELECT p.id, o.no FROM parcels p JOIN shop.orders o ON o.no = p.order_no ORDER BY 1;
USE saas;
SELECT x.id, o.no, p.name FROM parcels x JOIN orders o ON o.no = x.order_no JOIN people p ON p.id = o.person_id ORDER BY 1;
# Locks of some of the tables.
SELECT o.no FROM orders o JOIN people p ON p.id = o.person_id ORDER BY o.no FOR UPDATE OF o;
SELECT orders.no FROM orders JOIN people ON people.id = orders.person_id ORDER BY orders.no FOR UPDATE OF orders, people NOWAIT;
SELECT o.no, d.id FROM orders o JOIN people p ON p.id = o.person_id JOIN depot.parcels d ON d.order_no = o.no ORDER BY o.no, d.id FOR SHARE OF d SKIP LOCKED;
SELECT o.no FROM orders o JOIN colours c ON c.id = 1 JOIN people p ON p.id = o.person_id ORDER BY o.no LIMIT 2 FOR UPDATE OF p;
SELECT a.id FROM people a JOIN people b ON b.boss_id = a.id ORDER BY a.id, b.id FOR UPDATE OF a, b;
SELECT a.id FROM people a JOIN people b ON b.boss_id = a.id ORDER BY a.id, b.id FOR UPDATE OF a;
-- error: 3568
SELECT o.no FROM orders o JOIN people p ON p.id = o.person_id FOR UPDATE OF x;
# A hint that no server knows is quoted as the client has written it.
SELECT /*+ NOPE(x) */ o.no FROM orders o JOIN people p ON p.id = o.person_id ORDER BY o.no;
SELECT /*+ QB_NAME(q) NOPE */ COUNT(*) FROM orders o JOIN people p ON p.id = o.person_id;

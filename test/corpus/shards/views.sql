-- about: views over sharded tables, also views of views, and views joined with other databases
-- any plan
-- database: shop
-- sharded: shop.clients by tenant_id, shop.bills by tenant_id, depot.trips by tenant_id
-- reference: shop.taxes
CREATE TABLE clients (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY, name VARCHAR(20), kind ENUM('firm', 'person'));
CREATE TABLE bills (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY, client_id INT, net DECIMAL(8,2), tax CHAR(1), due DATE);
CREATE TABLE taxes (tax CHAR(1) PRIMARY KEY, percent DECIMAL(4,1));
CREATE VIEW v_bills AS SELECT b.tenant_id, b.id, b.client_id, b.net, b.net * (1 + t.percent / 100) AS gross, b.due FROM bills b LEFT JOIN taxes t ON t.tax = b.tax;
CREATE VIEW v_clients (tenant, client, bills, total) AS SELECT c.tenant_id, c.name, COUNT(b.id), SUM(b.net) FROM clients c LEFT JOIN bills b ON b.client_id = c.id AND b.tenant_id = c.tenant_id GROUP BY c.id;
CREATE VIEW v_large AS SELECT * FROM v_bills WHERE gross > 100;
CREATE VIEW v_totals AS SELECT COUNT(*) AS n, SUM(net) AS net, MIN(due) AS first_due FROM bills;
CREATE VIEW v_names AS SELECT name FROM clients UNION SELECT CONCAT('bill ', id) FROM bills;
CREATE VIEW v_firms AS SELECT id, name FROM clients WHERE kind = 'firm' WITH CHECK OPTION;
CREATE ALGORITHM = TEMPTABLE VIEW v_ranked AS SELECT id, net, RANK() OVER (ORDER BY net DESC) AS r FROM bills;
CREATE SQL SECURITY INVOKER VIEW v_late AS SELECT id, due FROM bills WHERE due < (SELECT MAX(due) FROM bills) ORDER BY due DESC;
INSERT INTO clients VALUES ('a', 1, 'Ann', 'person'), ('b', 2, 'Bolt', 'firm'), ('c', 3, 'Corp', 'firm'), ('d', 4, 'Dan', NULL), ('a', 5, 'Acme', 'firm');
INSERT INTO bills VALUES ('a', 10, 1, 100.00, 'S', '2026-01-31'), ('a', 11, 5, 50.00, 'R', '2026-02-28'), ('b', 12, 2, 250.00, 'S', NULL), ('c', 13, 3, 9.99, NULL, '2025-12-31'), ('c', 14, 3, 80.00, 'S', '2026-03-01'), ('e', 15, 1, 1000, 'R', '2026-01-31');
INSERT INTO taxes VALUES ('S', 25.0), ('R', 8.5);
USE depot;
CREATE TABLE trips (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY, bill_id INT, km INT);
CREATE VIEW v_trips AS SELECT bill_id, SUM(km) AS km, COUNT(*) AS trips FROM trips GROUP BY bill_id;
INSERT INTO trips VALUES ('a', 1, 10, 5), ('b', 2, 10, 7), ('c', 3, 14, 100), ('d', 4, NULL, 3), ('x', 5, 15, 0);
-- cases
SELECT * FROM v_bills ORDER BY id;
SELECT id, gross FROM v_bills WHERE net > 60 ORDER BY gross DESC, id;
SELECT COUNT(*), SUM(gross), MAX(due) FROM v_bills;
SELECT tenant_id, SUM(gross) FROM v_bills GROUP BY tenant_id ORDER BY 1;
SELECT * FROM v_clients ORDER BY tenant, client;
SELECT client, total FROM v_clients WHERE bills > 0 ORDER BY total DESC, client;
SELECT SUM(bills), AVG(total) FROM v_clients;
SELECT * FROM v_large ORDER BY id;
SELECT * FROM v_totals;
SELECT n + 1, net FROM v_totals;
SELECT * FROM v_names ORDER BY name;
SELECT * FROM v_firms ORDER BY id;
SELECT * FROM v_ranked ORDER BY r, id;
SELECT * FROM v_late ORDER BY id;
SELECT id FROM v_late ORDER BY due, id LIMIT 2;
SELECT v.id, c.name FROM v_bills v JOIN clients c ON c.id = v.client_id ORDER BY v.id;
SELECT v.id, t.km, t.trips FROM v_bills v LEFT JOIN depot.v_trips t ON t.bill_id = v.id ORDER BY v.id;
SELECT SUM(km), SUM(trips) FROM depot.v_trips;
SELECT a.id, b.id FROM v_firms a JOIN v_firms b ON a.id < b.id ORDER BY 1, 2;
SELECT id FROM bills WHERE client_id IN (SELECT id FROM v_firms) ORDER BY id;
SELECT c.id, (SELECT SUM(gross) FROM v_bills v WHERE v.client_id = c.id) FROM clients c ORDER BY c.id;
WITH w AS (SELECT * FROM v_large) SELECT COUNT(*) FROM w;
SELECT shop.v_firms.id FROM shop.v_firms ORDER BY v_firms.id;
SELECT x.* FROM v_firms x ORDER BY x.name DESC;
SELECT id FROM v_bills WHERE tenant_id = 'a' ORDER BY id;
SELECT DISTINCT due FROM v_bills UNION SELECT first_due FROM v_totals ORDER BY 1;
SELECT id, ROW_NUMBER() OVER (ORDER BY gross DESC, id) FROM v_bills ORDER BY 2;
-- error: 1054
SELECT nothing FROM v_bills;
-- error: 1146
SELECT * FROM v_missing;
USE depot;
SELECT * FROM v_trips ORDER BY bill_id;
SELECT COUNT(*) FROM shop.v_large;
USE saas;
SELECT * FROM v_trips t JOIN v_large l ON l.id = t.bill_id ORDER BY l.id;

-- about: what SHOW, CHECK and EXPLAIN say names the databases that clients know, over both protocols
-- names only
-- database: shop
-- sharded: shop.orders by tenant_id, shop.tickets by tenant_id, depot.boxes by tenant_id
-- reference: shop.kinds
CREATE TABLE orders (tenant_id VARCHAR(20) NOT NULL, id BIGINT AUTO_INCREMENT PRIMARY KEY, kind INT, note VARCHAR(40), KEY by_kind (kind)) AUTO_INCREMENT = 100 COMMENT = 'what was bought';
CREATE TABLE kinds (id INT PRIMARY KEY, name VARCHAR(20));
CREATE TABLE tickets (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY) PARTITION BY HASH (id) PARTITIONS 2;
CREATE VIEW named AS SELECT o.tenant_id, o.id, k.name FROM orders o JOIN kinds k ON k.id = o.kind;
INSERT INTO orders VALUES ('a', 1, 1, 'x'), ('b', 2, 1, 'y'), ('c', 3, 2, NULL), ('d', 4, 2, 'z'), ('e', 5, 3, '');
INSERT INTO kinds VALUES (1, 'food'), (2, 'tools'), (3, 'toys');
INSERT INTO tickets VALUES ('a', 1), ('b', 2), ('c', 3);
USE depot;
CREATE TABLE boxes (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY, n INT);
INSERT INTO boxes VALUES ('a', 1, 10), ('b', 2, 20), ('c', 3, 30);
-- cases
SHOW CREATE TABLE orders;
SHOW CREATE TABLE depot.boxes;
SHOW CREATE VIEW named;
SHOW COLUMNS FROM named;
SHOW FULL COLUMNS FROM boxes FROM depot;
SHOW TABLES;
SHOW FULL TABLES FROM shop WHERE Table_type = 'VIEW';
SHOW CREATE DATABASE depot;

-- about: ALTER TABLE .. CONVERT TO that would change the sharding key
-- database: shop
-- sharded: shop.orders by tenant_id
CREATE TABLE orders (tenant_id VARCHAR(20) COLLATE utf8mb4_unicode_ci NOT NULL, id INT PRIMARY KEY, name VARCHAR(20));
INSERT INTO orders VALUES ('a', 1, 'one'), ('b', 2, 'two');
-- cases
-- refuse: 1235 convert to the collation of that column
ALTER TABLE orders CONVERT TO CHARACTER SET latin1;
-- refuse: 1235 CONVERT TO would change column tenant_id
ALTER TABLE orders CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
-- refuse: 1235 CONVERT TO would change column tenant_id
ALTER TABLE orders CONVERT TO CHARACTER SET DEFAULT;
-- refuse: 1235 CONVERT TO would change column tenant_id
ALTER TABLE orders CONVERT TO CHARACTER SET latin1, MODIFY name VARCHAR(20) COLLATE utf8mb4_unicode_ci;
SELECT * FROM orders ORDER BY id;
ALTER TABLE orders CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- about: ALTER TABLE .. CONVERT TO, which must leave the sharding key as it is
-- database: shop
-- sharded: shop.orders by tenant_id
-- reference: shop.rates
CREATE TABLE orders (tenant_id VARCHAR(20) COLLATE utf8mb4_unicode_ci NOT NULL, id INT PRIMARY KEY, name VARCHAR(20) CHARACTER SET latin1, note TEXT CHARACTER SET latin1, UNIQUE KEY (tenant_id, name));
INSERT INTO orders VALUES ('a', 1, 'one', 'x'), ('b', 2, 'two', NULL), ('c', 3, NULL, 'y'), ('d', 4, 'four', 'z');
CREATE TABLE rates (code CHAR(3) CHARACTER SET latin1 PRIMARY KEY, rate INT);
INSERT INTO rates VALUES ('eur', 1), ('usd', 2);
-- cases
ALTER TABLE orders CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
SHOW CREATE TABLE orders;
ALTER TABLE orders MODIFY name VARCHAR(20) CHARACTER SET latin1, MODIFY note TEXT CHARACTER SET latin1;
ALTER TABLE orders ADD COLUMN more VARCHAR(5) CHARACTER SET latin1, CONVERT TO CHARSET 'utf8mb4' COLLATE `utf8mb4_unicode_ci`, COMMENT 'converted';
SHOW CREATE TABLE orders;
ALTER TABLE orders DROP COLUMN more, COMMENT '';
-- error: 1253
ALTER TABLE orders CONVERT TO CHARACTER SET latin1 COLLATE utf8mb4_unicode_ci;
-- error: 1273
ALTER TABLE orders CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci, MODIFY name VARCHAR(20) COLLATE nothing;
SELECT tenant_id, name FROM orders WHERE tenant_id = 'B' OR name = 'FOUR' ORDER BY id;
ALTER TABLE orders MODIFY name VARCHAR(20) CHARACTER SET latin1, MODIFY note TEXT CHARACTER SET latin1;
# A reference table has no key.
ALTER TABLE rates CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
SHOW CREATE TABLE rates;
ALTER TABLE rates MODIFY code CHAR(3) CHARACTER SET latin1, DEFAULT COLLATE utf8mb4_unicode_ci;

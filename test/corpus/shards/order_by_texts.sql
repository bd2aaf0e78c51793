-- about: a constant text in the SELECT list is named by its value, and a name in ORDER BY, GROUP BY or HAVING can be that name
-- any plan
-- database: shop
-- sharded: shop.orders by tenant_id
CREATE TABLE orders (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY, status VARCHAR(10));
INSERT INTO orders VALUES ('a', 1, 'paid'), ('b', 2, 'open'), ('c', 3, NULL), ('d', 4, 'new'), ('e', 5, 'open'), ('a', 6, 'late');
-- cases
SELECT id, 'status' FROM orders ORDER BY status, id;
SELECT id, 'status' FROM orders ORDER BY status DESC, id DESC;
SELECT id, "Status" FROM orders ORDER BY status, id LIMIT 3;
SELECT id, ('status') FROM orders ORDER BY status, id;
SELECT id, 'sta' 'tus' FROM orders ORDER BY sta, id;
SELECT id, 'sta' 'tus' FROM orders ORDER BY status, id;
SELECT id, _utf8mb4'status' FROM orders ORDER BY status, id;
SELECT id, N'status' FROM orders ORDER BY status, id;
SELECT id, ' status' FROM orders ORDER BY status, id;
SELECT id, 'status' AS other FROM orders ORDER BY status, id;
SELECT id, 'other' AS status FROM orders ORDER BY status, id;
SELECT 'status', COUNT(*) FROM orders GROUP BY status ORDER BY 2, MIN(id);
SELECT 'status', COUNT(*) FROM orders GROUP BY status ORDER BY status, MIN(id);
SELECT 'x', id FROM orders ORDER BY x, id DESC;
SELECT 'it''s', id FROM orders ORDER BY `it's`, id DESC;
SELECT id, 1 FROM orders ORDER BY `1`, id DESC;
SELECT id, 'status' COLLATE utf8mb4_bin FROM orders ORDER BY status, id;
SELECT id, x'61' FROM orders ORDER BY `x'61'`, id DESC;
SELECT id, NULL FROM orders ORDER BY `NULL`, id DESC;
# one shape of a text with several names
SELECT id, 'other' FROM orders ORDER BY status, id LIMIT 4;
SELECT id, 'status' FROM orders ORDER BY status, id LIMIT 4;
SELECT id, 'STATUS' FROM orders ORDER BY status, id LIMIT 4;
SELECT id, '' FROM orders ORDER BY status, id LIMIT 4;
SELECT id, 'sta\tus' FROM orders ORDER BY status, id LIMIT 4;
SELECT id, 'stat\us' FROM orders ORDER BY status, id LIMIT 4;
SELECT id, ' status ' FROM orders ORDER BY status, id LIMIT 4;
SELECT id, 'another' FROM orders ORDER BY status, id LIMIT 4;

-- about: user variables are read by statements over shards, and set by them
-- any plan
-- database: shop
-- sharded: shop.items by tenant_id, depot.boxes by tenant_id
CREATE TABLE items (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY, name VARCHAR(20), price DECIMAL(8,2), weight DOUBLE);
INSERT INTO items VALUES ('a', 1, 'tea', 2.50, 0.5), ('b', 2, 'rice', 8.00, 1), ('c', 3, 'Salt', 0.99, 0.25), ('d', 4, NULL, NULL, NULL), ('e', 5, '米', 12.00, 5);
USE depot;
CREATE TABLE boxes (tenant_id VARCHAR(20) NOT NULL, item_id INT PRIMARY KEY, n INT);
INSERT INTO boxes VALUES ('x', 1, 10), ('y', 3, 30), ('c', 5, 50);
-- cases
SET @least = 2, @name = 'RICE', @rate = 1.10, @none = NULL, @tenant = 'b', @f = 2.5e0, @big = 18446744073709551615, @bytes = x'746561';
SELECT id FROM items WHERE price > @least ORDER BY id;
# A variable keeps the collation of the session that set it.
-- error: 1267
SELECT id FROM items WHERE name = @name;
-- error: 1267
SELECT id FROM items WHERE tenant_id = @tenant;
SET NAMES utf8mb4 COLLATE utf8mb4_unicode_ci;
SET @name = 'RICE', @tenant = 'b';
SELECT id, price * @rate FROM items ORDER BY id;
SELECT id FROM items WHERE name = @name;
SELECT id FROM items WHERE name = @bytes;
SELECT id FROM items WHERE name = BINARY @name;
SELECT id, @none, @never IS NULL FROM items ORDER BY id;
SELECT COUNT(*), @least + 1, CONCAT(@name, '!'), @f, @big FROM items;
SELECT id FROM items WHERE tenant_id = @tenant;
SELECT id FROM items WHERE tenant_id <> @tenant ORDER BY id;
SELECT id FROM items WHERE tenant_id IN (@tenant, 'd') ORDER BY id;
SELECT i.id, b.n FROM items i JOIN depot.boxes b ON b.item_id = i.id WHERE b.n > @least * 10 ORDER BY 1;
SELECT i.id FROM items i WHERE i.price > (SELECT AVG(price) * @rate FROM items) ORDER BY i.id;
SELECT @sum := SUM(price) FROM items;
SELECT @sum, COUNT(*) FROM items WHERE price < @sum;
SELECT MAX(id), MIN(name) INTO @max, @min FROM items;
SELECT @max, @min;
SELECT id INTO @one FROM items ORDER BY price DESC LIMIT 1;
SELECT @one, COUNT(*) FROM depot.boxes WHERE item_id = @one;
SELECT COUNT(*) FROM items INTO @n;
SELECT @n;
SET @total = (SELECT SUM(n) FROM depot.boxes);
SELECT @total;
SET @avg = (SELECT AVG(price) FROM items), @cnt = (SELECT COUNT(*) FROM items WHERE price IS NOT NULL);
SELECT @avg, @cnt, @avg * @cnt;
SELECT id INTO @gone FROM items WHERE FALSE;
SELECT @gone IS NULL;
-- error: 1172
SELECT id INTO @many FROM items;
SELECT id FROM items WHERE weight < @f ORDER BY id;
SELECT id, @least AS `@least`, @`name` FROM items ORDER BY id LIMIT 1;
# NULL keeps the type that a variable had, and what was never set has none.
SET @typed = 7, @text = 'x', @real = 1e0, @exact = 1.5, @plain = NULL;
SET @typed = NULL, @text = NULL, @real = NULL, @exact = NULL, @copy = @untouched;
SELECT @typed, @text, @real, @exact, @plain, @copy, @untouched;
SELECT COUNT(*), MAX(@typed), MAX(@untouched), COUNT(@plain) FROM items;
SELECT @unheard, @untouched;
SELECT @rank := @rank + 1 AS r FROM (SELECT 1 UNION ALL SELECT 2) n;
PREPARE p FROM 'SELECT id FROM items WHERE price > ? ORDER BY id LIMIT ?';
SET @lim = 2;
EXECUTE p USING @least, @lim;
SET @lim = 1;
EXECUTE p USING @rate, @lim;
DEALLOCATE PREPARE p;
PREPARE q FROM 'SELECT COUNT(*), SUM(price * ?) FROM items WHERE name <> ?';
EXECUTE q USING @rate, @name;
EXECUTE q USING @none, @name;
DEALLOCATE PREPARE q;

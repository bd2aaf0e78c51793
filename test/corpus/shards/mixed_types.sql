-- about: expressions of mixed types and collations, dates, regular expressions and warnings over shards
-- any plan
-- database: shop
-- sharded: shop.customers by tenant_id, shop.orders by tenant_id, shop.items by tenant_id, depot.stock by tenant_id
-- reference: shop.countries
-- single: depot.warehouses
CREATE TABLE customers (tenant_id VARCHAR(20) COLLATE utf8mb4_unicode_ci NOT NULL, id INT PRIMARY KEY, name VARCHAR(40), email VARCHAR(60) COLLATE utf8mb4_0900_ai_ci, country CHAR(2), segment ENUM('small', 'mid', 'big'), score DOUBLE, balance DECIMAL(12,2) NOT NULL DEFAULT 0, born DATE, created DATETIME(3), updated TIMESTAMP NULL, tags JSON, flags SET('a', 'b', 'c'), bits BIT(8), bio TEXT, UNIQUE KEY (tenant_id, email), KEY (country), FULLTEXT KEY ft_bio (bio));
CREATE TABLE orders (tenant_id VARCHAR(20) COLLATE utf8mb4_unicode_ci NOT NULL, id INT PRIMARY KEY, customer_id INT, status VARCHAR(10) COLLATE utf8mb4_general_ci, total DECIMAL(10,2), placed DATETIME, note VARCHAR(40) COLLATE utf8mb4_bin, KEY (customer_id), KEY (placed));
CREATE TABLE items (tenant_id VARCHAR(20) COLLATE utf8mb4_unicode_ci NOT NULL, order_id INT NOT NULL, line INT NOT NULL, sku VARCHAR(10), qty INT UNSIGNED, price DECIMAL(8,3), PRIMARY KEY (order_id, line));
CREATE TABLE countries (code CHAR(2) PRIMARY KEY, name VARCHAR(30), parent CHAR(2));
INSERT INTO customers VALUES
 ('t1', 1, 'Ann', 'ann@x.org', 'DE', 'small', 1.5, 100.00, '1980-02-29', '2026-01-01 10:00:00.123', '2026-01-01 10:00:00', '{"vip": true, "n": 1, "list": [1, 2]}', 'a', b'00000001', 'quick brown fox and lazy dog'),
 ('t2', 2, 'bob', 'BOB@x.org', 'US', 'big', -2.25, -5.50, '1990-12-31', '2026-01-15 23:59:59.999', NULL, '{"vip": false, "list": []}', 'a,c', b'11111111', 'the quick search engine'),
 ('t3', 3, '王小明', 'wang@例子.cn', 'CN', 'mid', 0, 1234567.89, NULL, '2026-02-01 00:00:00.000', '2026-02-01 00:00:00', '[1, "two", null]', '', NULL, NULL),
 ('t1', 4, 'Zoë', NULL, 'DE', NULL, NULL, 0.00, '2000-01-01', NULL, '2025-12-31 23:00:00', NULL, NULL, b'00001000', 'dog eat dog'),
 ('t4', 5, 'ann', 'ann2@x.org', 'FR', 'small', 1e10, 99.99, '1979-05-05', '2026-02-28 12:30:00.500', '2026-02-28 11:30:00', '{"n": 2.5}', 'b', b'10000000', 'Lazy cats'),
 ('t5', 6, 'Émile 😀', 'emile@x.org', 'FR', 'big', 3.14159, 50.01, '1985-07-14', '2026-03-10 08:00:00.000', '2026-03-10 07:00:00', '"text"', 'a,b,c', b'00000010', ''),
 ('t2', 7, '', '', NULL, 'mid', -0.0, 7.00, '1990-12-31', '2026-03-31 00:00:00.001', NULL, 'null', 'c', b'01010101', 'search'),
 ('t6', 8, NULL, NULL, 'US', 'small', 2.5, 100.00, '1999-09-09', '2026-04-01 00:00:00.000', '2026-04-01 00:00:00', '{"list": [3], "n": "7"}', NULL, b'00000000', 'brown bread'),
 ('T7', 9, 'o''Neil', 'neil@x.org', 'XX', 'big', 7, 20.20, '1970-01-01', '2025-01-01 00:00:00.000', '2025-01-01 00:00:00', '{"vip": true}', 'b,c', b'00100000', 'quick quick quick');
INSERT INTO orders VALUES
 ('t1', 100, 1, 'paid', 10.00, '2026-01-02 09:00:00', 'first'), ('t1', 101, 1, 'open', 20.50, '2026-01-31 23:59:59', NULL), ('t2', 102, 2, 'PAID', 5.25, '2026-02-01 00:00:00', 'x'),
 ('t3', 103, 3, 'void', NULL, '2026-02-14 12:00:00', '中文'), ('t4', 104, 5, 'paid', 99.99, NULL, 'X'), ('t5', 105, 6, 'open', 0.00, '2026-03-10 08:00:00', ''),
 ('t5', 106, 1, 'paid', 33.33, '2026-03-29 02:30:00', 'a%b'), ('t6', 107, 8, NULL, 12.00, '2026-04-01 00:00:00', 'a_b'), ('t2', 108, 99, 'Open', 1.01, '2025-12-31 23:59:59', 'é'), ('T7', 109, 9, 'paid', 10.00, '2026-01-02 09:00:00', 'e'),
 ('t1', 110, NULL, 'open', 7.77, '2026-05-05 05:05:05', 'no customer'), ('t6', 111, 8, 'paid', 12.00, '2026-04-01 00:00:00', 'dup');
INSERT INTO items VALUES ('t1', 100, 1, 'A1', 2, 2.500), ('t1', 100, 2, 'B2', 1, 5.000), ('t1', 101, 1, 'A1', 3, 6.833), ('t2', 102, 1, 'C3', 0, 5.250), ('t4', 104, 1, 'a1', 1, 99.990), ('t5', 106, 1, 'B2', 7, NULL), ('t5', 106, 2, NULL, 1, 1.000), ('t6', 107, 1, 'A1', 12, 1.000), ('T7', 109, 1, 'D4', 1, 10.000), ('t1', 110, 1, 'A1', 1, 7.770);
INSERT INTO countries VALUES ('DE', 'Germany', 'EU'), ('FR', 'France', 'EU'), ('US', 'United States', 'AM'), ('CN', 'China', 'AS'), ('EU', 'Europe', NULL), ('AM', 'America', NULL), ('AS', 'Asia', NULL);
USE depot;
CREATE TABLE stock (tenant_id VARCHAR(20) COLLATE utf8mb4_unicode_ci NOT NULL, sku VARCHAR(10) NOT NULL, warehouse INT NOT NULL, qty INT, checked TIME, PRIMARY KEY (tenant_id, sku, warehouse));
CREATE TABLE warehouses (id INT PRIMARY KEY, city VARCHAR(20), opened YEAR, shape GEOMETRY);
INSERT INTO stock VALUES ('t1', 'A1', 1, 10, '10:00:00'), ('t1', 'B2', 1, 0, '-01:00:00'), ('t2', 'C3', 2, 5, NULL), ('t2', 'A1', 2, 8, '100:30:00'), ('t4', 'A1', 1, NULL, '00:00:01'), ('t5', 'B2', 3, 7, '12:12:12'), ('t6', 'Z9', 9, 1, '838:59:59');
INSERT INTO warehouses VALUES (1, 'Köln', 1999, POINT(6.9, 50.9)), (2, 'Boston', 2010, POINT(-71, 42)), (3, 'Lyon', NULL, NULL);
-- cases
SELECT id, COALESCE(score, name) x, IF(score > 0, balance, name) y, IFNULL(born, created) z, CASE WHEN id < 3 THEN born WHEN id < 6 THEN updated ELSE name END w FROM customers ORDER BY id;
SELECT id, GREATEST(score, balance), LEAST(name, id), GREATEST(born, created), NULLIF(segment, 'big') FROM customers ORDER BY id;
SELECT COALESCE(score, name) x, COUNT(*) FROM customers GROUP BY x ORDER BY x;
SELECT UNIX_TIMESTAMP(created), UNIX_TIMESTAMP(updated), created + 0, born + 1, updated - INTERVAL 1 MONTH, created + INTERVAL 1 MICROSECOND FROM customers ORDER BY id;
SELECT id FROM customers WHERE name = email COLLATE utf8mb4_general_ci ORDER BY id;
-- error: 1267
SELECT id FROM customers WHERE email = name;
SELECT id FROM orders WHERE status = note COLLATE utf8mb4_bin OR note = 'x' ORDER BY id;
SELECT o.id, c.id FROM orders o JOIN customers c ON CONVERT(o.note USING utf8mb4) COLLATE utf8mb4_unicode_ci = c.name ORDER BY 1, 2;
SELECT status, COUNT(*), GROUP_CONCAT(id ORDER BY id) FROM orders GROUP BY status ORDER BY status;
SELECT status COLLATE utf8mb4_bin s, COUNT(*) FROM orders GROUP BY s ORDER BY s;
SELECT note, COUNT(*) FROM orders GROUP BY note ORDER BY note;
SELECT DISTINCT LOWER(note), UPPER(note), HEX(note), LENGTH(note), CHAR_LENGTH(note) FROM orders ORDER BY 1, 2, 3;
SELECT name, HEX(name), REVERSE(name), LEFT(name, 2), SUBSTRING(name, -2), INSTR(name, 'n'), LPAD(name, 6, '*'), ASCII(name), ORD(name), SOUNDEX(name) FROM customers ORDER BY id;
SELECT id FROM orders WHERE note LIKE 'a|%b' ESCAPE '|' ORDER BY id;
SELECT id FROM orders WHERE note LIKE 'a\_b' ORDER BY id;
SELECT id FROM customers WHERE name LIKE 'ANN' ORDER BY id;
SELECT id FROM customers WHERE name LIKE BINARY 'Ann' ORDER BY id;
SELECT id FROM customers WHERE name LIKE '%😀' ORDER BY id;
SELECT id, name REGEXP '^[a-z]+$', REGEXP_REPLACE(name, '[aeiou]', '*'), REGEXP_SUBSTR(bio, '[a-z]+ [a-z]+'), REGEXP_INSTR(bio, 'dog'), REGEXP_LIKE(name, 'ANN', 'c') FROM customers ORDER BY id;
-- error: 3696
SELECT id FROM customers WHERE name REGEXP '[' ;
-- error: 3691
SELECT id FROM customers WHERE REGEXP_LIKE(name, '(');
SELECT id FROM customers WHERE bits & 8 ORDER BY id;
SELECT id, bits + 0, BIN(bits), bits | 1, BIT_COUNT(bits), flags + 0, FIND_IN_SET('c', flags), segment + 0 FROM customers ORDER BY id;
SELECT BIT_AND(bits), BIT_OR(bits), BIT_XOR(bits), SUM(bits), MAX(bits), AVG(segment), SUM(flags) FROM customers;
SELECT MAX(segment), MIN(segment), MAX(flags), MIN(flags), MAX(name), MIN(name), MAX(created), MIN(born), MAX(updated) FROM customers;
SELECT segment, flags FROM customers ORDER BY segment DESC, flags, id;
SELECT id FROM customers WHERE segment > 'big' ORDER BY id;
SELECT id FROM customers WHERE segment = 3 ORDER BY id;
SELECT id FROM customers WHERE flags = 'a,c' OR flags = '' ORDER BY id;
SELECT id FROM customers WHERE segment IN ('small', 'none') ORDER BY id;
SELECT id FROM customers WHERE born = '1990-12-31' AND created > '2026-01-15' ORDER BY id;
SELECT id FROM customers WHERE born = 19901231 ORDER BY id;
-- error: 1525
SELECT id FROM customers WHERE born = 'nonsense' ORDER BY id;
SELECT id FROM customers WHERE created BETWEEN '2026-01-01' AND '2026-02-28 23:59:59' ORDER BY id;
SELECT id FROM customers WHERE DATE(created) = '2026-02-28' ORDER BY id;
SELECT id FROM customers WHERE created LIKE '2026-02%' ORDER BY id;
SELECT id FROM customers WHERE YEAR(born) = 1990 AND MONTH(born) = 12 ORDER BY id;
SELECT id, DATE_FORMAT(created, '%a %b %c %D %e %f %H %h %i %j %k %l %M %p %r %s %T %U %u %V %v %W %w %X %x %Y %y %%') f FROM customers ORDER BY id;
SELECT id, DAYNAME(born), DAYOFYEAR(born), WEEK(born, 3), YEARWEEK(born), LAST_DAY(born), TO_DAYS(born), TIMESTAMPDIFF(YEAR, born, '2026-01-01'), PERIOD_DIFF(202601, EXTRACT(YEAR_MONTH FROM born)) FROM customers ORDER BY id;
SELECT id, ADDTIME(created, '1 02:03:04.5'), TIMEDIFF(created, updated), TIME(created), MICROSECOND(created), created - INTERVAL '1:30' HOUR_MINUTE, STR_TO_DATE(DATE_FORMAT(created, '%d.%m.%Y'), '%d.%m.%Y') FROM customers ORDER BY id;
SELECT checked, TIME_TO_SEC(checked), HOUR(checked), checked + INTERVAL 1 HOUR, ADDTIME(checked, '01:00:00'), TIME_FORMAT(checked, '%H-%i') FROM depot.stock ORDER BY checked, sku;
SET time_zone = '-08:00';
SELECT id, updated, UNIX_TIMESTAMP(updated), DATE(updated), created, UNIX_TIMESTAMP(created), FROM_UNIXTIME(UNIX_TIMESTAMP(updated)) FROM customers ORDER BY updated, id;
SELECT DATE(updated) d, COUNT(*), MAX(updated), MIN(updated) FROM customers GROUP BY d ORDER BY d;
SELECT id FROM customers WHERE updated >= '2025-12-31 15:00:00' AND updated < '2026-01-01 02:00:01' ORDER BY id;
SELECT o.id, c.id FROM orders o JOIN customers c ON o.placed = c.updated ORDER BY 1, 2;
SELECT CONVERT_TZ(updated, @@time_zone, '+00:00') u, CONVERT_TZ(placed, '+00:00', '+05:30') p FROM customers c JOIN orders o ON o.customer_id = c.id ORDER BY o.id;
SET time_zone = DEFAULT;
SELECT id, score, score * 3, score / 3, ROUND(score, 2), FLOOR(score), FORMAT(score, 2), score DIV 2, score % 2, SQRT(score), LN(score), EXP(score / 1e11), SIGN(score), -score, ABS(score) FROM customers ORDER BY id;
SELECT id, balance, balance / 3, balance * 1.000001, balance DIV 7, balance MOD 7, ROUND(balance, -2), TRUNCATE(balance, 1), CAST(balance AS SIGNED), CAST(balance AS CHAR), CAST(balance AS DECIMAL(5,1)) FROM customers ORDER BY id;
SELECT SUM(score), AVG(score), SUM(balance), AVG(balance), SUM(id), AVG(id), SUM(name), AVG(name), SUM(DISTINCT country = 'DE'), MAX(score), MIN(score) FROM customers;
SELECT SUM(qty), AVG(qty), SUM(qty - 1), MAX(qty), SUM(price), AVG(price), SUM(qty * price), COUNT(DISTINCT sku), COUNT(DISTINCT sku, qty) FROM items WHERE qty > 0;
-- error: 1690
SELECT order_id, qty - 5 FROM items ORDER BY order_id, line;
-- error: 1690
SELECT SUM(qty - 3) FROM items;
SELECT id, 1 / (id - 3), name + 0, name * 1, CAST(name AS SIGNED), CAST('12abc' AS SIGNED), CAST(bio AS DATE) FROM customers ORDER BY id;
SHOW WARNINGS;
SELECT COUNT(*) FROM customers WHERE name = 0;
SHOW WARNINGS LIMIT 2;
SELECT id FROM customers WHERE id = '3abc';
SELECT id FROM customers WHERE tenant_id = 0 ORDER BY id;
SELECT id FROM customers WHERE tenant_id IN ('T1', 't7') ORDER BY id;
SELECT id FROM customers WHERE 't1' = tenant_id COLLATE utf8mb4_bin ORDER BY id;
SELECT id FROM customers WHERE CONCAT(tenant_id, '') = 'T1' ORDER BY id;
SELECT id FROM customers WHERE tenant_id LIKE 't1' ORDER BY id;
SELECT id FROM customers WHERE tenant_id BETWEEN 't1' AND 't3' ORDER BY id;
SELECT id FROM customers WHERE tenant_id > 't5' ORDER BY id;
SELECT tenant_id, COUNT(*) FROM customers GROUP BY tenant_id ORDER BY tenant_id;
SELECT tenant_id FROM customers WHERE tenant_id IS NULL;
SELECT id FROM customers WHERE NOT (tenant_id = 't1' OR country = 'US') ORDER BY id;
SELECT id FROM customers WHERE (tenant_id = 't1' AND country = 'DE') OR (tenant_id = 't2' AND segment = 'big') ORDER BY id;
SELECT id FROM customers WHERE CASE WHEN tenant_id = 't1' THEN 1 ELSE country = 'US' END ORDER BY id;
SELECT id FROM customers WHERE (tenant_id, id) IN (('t1', 1), ('t2', 2), ('t9', 3)) ORDER BY id;
SELECT id FROM customers WHERE tenant_id = (SELECT tenant_id FROM orders WHERE id = 104) ORDER BY id;
SELECT id FROM customers WHERE tenant_id IN (SELECT tenant_id FROM depot.stock WHERE sku = 'A1') ORDER BY id;
SELECT id FROM customers WHERE tenant_id <=> NULL OR tenant_id <=> 't1' ORDER BY id;
SELECT id FROM customers WHERE tenant_id = 't1' XOR id = 4 ORDER BY id;
SELECT id FROM customers WHERE tenant_id <> 't1' AND tenant_id != 't2' ORDER BY id;
SELECT id FROM customers WHERE tenant_id = 't1' COLLATE utf8mb4_general_ci ORDER BY id;
SELECT id FROM customers WHERE tenant_id = _latin1't1' ORDER BY id;
SELECT id FROM customers WHERE tenant_id = X'7431' ORDER BY id;
SELECT id FROM customers WHERE tenant_id = 't1 ' ORDER BY id;
SELECT id FROM customers WHERE tenant_id = 't１' ORDER BY id;
SELECT * FROM customers WHERE FALSE;
SELECT COUNT(*), SUM(id), MAX(name), GROUP_CONCAT(name), JSON_ARRAYAGG(name), AVG(score), STD(score), BIT_AND(id) FROM customers WHERE 1 = 0;
SELECT country, COUNT(*) FROM customers WHERE id > 1000 GROUP BY country WITH ROLLUP;
SELECT name, GROUP_CONCAT(id ORDER BY id) FROM customers GROUP BY name ORDER BY name;
SELECT name COLLATE utf8mb4_0900_as_cs n, COUNT(*) FROM customers GROUP BY n ORDER BY n;
SELECT WEIGHT_STRING(name) IS NULL, COLLATION(name), CHARSET(email), COERCIBILITY(name) FROM customers WHERE id = 1;
SET group_concat_max_len = 10;
SELECT GROUP_CONCAT(name ORDER BY id) FROM customers;
SHOW WARNINGS;
SELECT country, GROUP_CONCAT(bio ORDER BY id SEPARATOR '') FROM customers GROUP BY country ORDER BY country;
SET group_concat_max_len = DEFAULT;
SELECT GROUP_CONCAT(DISTINCT country, segment ORDER BY country DESC, segment SEPARATOR ' / ') FROM customers;
SELECT id, INTERVAL(score, 0, 2, 5), FIELD(country, 'US', 'DE'), ELT(id, 'x', 'y'), MAKE_SET(id, 'a', 'b'), EXPORT_SET(id, '1', '0', ',', 4), CONV(id, 10, 2), CRC32(name) FROM customers ORDER BY id;
SELECT id, INET_NTOA(id), UUID_TO_BIN('6ccd780c-baba-1026-9564-5b8c656024db') = 0, SHA2(name, 256), TO_BASE64(name), QUOTE(name), STRCMP(name, 'm') FROM customers ORDER BY id;
SELECT ST_AsText(shape), ST_X(shape), ST_Distance(shape, POINT(0, 0)) FROM depot.warehouses w JOIN depot.stock s ON s.warehouse = w.id ORDER BY w.id, s.sku;
SELECT opened, opened + 1, YEAR(NOW()) - opened FROM depot.warehouses w LEFT JOIN orders o ON YEAR(o.placed) = w.opened ORDER BY w.id;
SELECT ST_AsGeoJSON(ST_Collect(w.shape)) FROM depot.warehouses w JOIN depot.stock s ON s.warehouse = w.id;
SELECT NOW() - INTERVAL 1 DAY < NOW(), CURDATE() = DATE(NOW()), id FROM orders WHERE placed < NOW() ORDER BY id;
SELECT SYSDATE() >= NOW() - INTERVAL 100 YEAR, UTC_TIMESTAMP() IS NOT NULL, MAX(placed) FROM orders;
SELECT id, total FROM orders ORDER BY total IS NULL, total DESC, id;
SELECT id FROM orders ORDER BY FIELD(status, 'open', 'paid'), id;
SELECT id FROM orders ORDER BY status + 0, id;
SELECT id FROM orders ORDER BY CASE WHEN status = 'open' THEN 0 ELSE 1 END, placed DESC, id;
SELECT id, total FROM orders ORDER BY -total, id LIMIT 3;
SELECT id FROM orders ORDER BY note COLLATE utf8mb4_unicode_ci, id;
SELECT id FROM orders ORDER BY RAND(5), id LIMIT 0;
SELECT id FROM orders LIMIT 0;
SELECT id FROM orders ORDER BY id LIMIT 18446744073709551615 OFFSET 9;
-- error: 1054
SELECT id FROM orders ORDER BY nothing;
-- error: 1055
SELECT id, COUNT(*) FROM orders GROUP BY status;
-- error: 1140
SELECT id, COUNT(*) FROM orders;
-- error: 1111
SELECT id FROM orders WHERE COUNT(*) > 1;
-- error: 1056
SELECT COUNT(*) c FROM orders GROUP BY c;
-- error: 1054
SELECT id x FROM orders WHERE x > 1;
-- error: 1305
SELECT nofunc(id) FROM orders;
-- error: 1582
SELECT ABS(id, 2) FROM orders;
-- error: 1248
SELECT * FROM (SELECT id FROM orders);
-- error: 1060
SELECT * FROM (SELECT id, id FROM orders) x;
-- error: 1222
SELECT id FROM orders UNION SELECT id, name FROM customers;
-- error: 1146
SELECT * FROM orders JOIN missing USING (id);
-- error: 1064
SELECT id FROM orders LIMIT 1 UNION SELECT id FROM customers;
-- error: 1426
SELECT CAST(total AS DECIMAL(99, 2)) FROM orders;
-- error: 1210
SELECT NTH_VALUE(id, 0) OVER () FROM orders;
-- error: 1064
SELECT COUNT (*) FROM shop.orders JOIN nofunction (1);

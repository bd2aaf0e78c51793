-- about: what MyBatis-Plus, Hibernate, Django, Rails, GORM, Prisma, SQLAlchemy, Sequelize, Laravel and Entity Framework send, over shards
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
# MyBatis-Plus
SELECT COUNT(*) AS total FROM orders;
SELECT COUNT(*) FROM (SELECT id, name FROM customers WHERE (country = 'DE' OR country IS NULL)) TOTAL;
-- params: 3, 2
SELECT id,tenant_id,name FROM customers ORDER BY created DESC, id ASC LIMIT ?,?;
-- params: 'Ann', 'DE'
SELECT id,name FROM customers WHERE (name = ? AND country = ?);
-- params: '%ann%'
SELECT  id,name,email  FROM customers WHERE (name LIKE ?) ORDER BY id DESC;
-- params: 1, 2, 3
SELECT id,name FROM customers WHERE id IN ( ? , ? , ? ) ORDER BY id;
SELECT MAX(id) AS maxId, COUNT(DISTINCT country) AS n FROM customers;
-- params: 1
SELECT id,tenant_id,customer_id,status,total,placed,note FROM orders WHERE id=?;
-- params: 100
SELECT id,tenant_id,customer_id,status,total,placed,note FROM orders WHERE id=?;
-- params: 'paid', datetime 2026-01-01 00:00:00, datetime 2026-03-01 00:00:00, 10, 0
SELECT o.*, c.name AS customer_name FROM orders o LEFT JOIN customers c ON o.customer_id = c.id WHERE o.status = ? AND o.placed BETWEEN ? AND ? ORDER BY o.placed DESC, o.id LIMIT ? OFFSET ?;
-- params: 'paid'
SELECT IF(COUNT(*) > 0, 1, 0) FROM orders WHERE status = ?;
# Hibernate
select c1_0.id,c1_0.country,c1_0.name from customers c1_0 where c1_0.name like 'a%' escape '' order by c1_0.id;
select o1_0.id,o1_0.total,c1_0.id,c1_0.name from orders o1_0 left join customers c1_0 on c1_0.id=o1_0.customer_id order by o1_0.id limit 2,3;
select count(distinct c1_0.id) from customers c1_0 join orders o1_0 on c1_0.id=o1_0.customer_id where o1_0.total>5;
select distinct c1_0.id,c1_0.name from customers c1_0 join orders o1_0 on o1_0.customer_id=c1_0.id where exists(select 1 from items i1_0 where i1_0.order_id=o1_0.id) order by c1_0.id;
select c1_0.country,count(c1_0.id) from customers c1_0 group by c1_0.country having count(c1_0.id)>1 order by 2 desc,1;
select max(o1_0.placed) from orders o1_0 where o1_0.customer_id in (select c1_0.id from customers c1_0 where c1_0.segment in ('small','big'));
# Django
SELECT COUNT(*) AS `__count` FROM `customers` WHERE (`customers`.`country` = 'DE' AND NOT (`customers`.`id` IN (SELECT U1.`customer_id` FROM `orders` U1 WHERE (U1.`status` = 'open' AND U1.`customer_id` = (`customers`.`id`)))));
SELECT (1) AS `a` FROM `customers` WHERE `customers`.`id` = 3 LIMIT 1;
SELECT `customers`.`id`, COUNT(`orders`.`id`) AS `n`, (SELECT U0.`total` FROM `orders` U0 WHERE U0.`customer_id` = (`customers`.`id`) ORDER BY U0.`placed` DESC, U0.`id` LIMIT 1) AS `last` FROM `customers` LEFT OUTER JOIN `orders` ON (`customers`.`id` = `orders`.`customer_id`) GROUP BY `customers`.`id` ORDER BY NULL;
SELECT DISTINCT CAST(DATE_FORMAT(CONVERT_TZ(`orders`.`placed`, '+00:00', '+08:00'), '%Y-%m-01') AS DATE) AS `datefield` FROM `orders` WHERE CAST(DATE_FORMAT(CONVERT_TZ(`orders`.`placed`, '+00:00', '+08:00'), '%Y-%m-01') AS DATE) IS NOT NULL ORDER BY `datefield` ASC;
SELECT `orders`.`status`, AVG(`orders`.`total`) AS `avg`, EXTRACT(YEAR FROM `orders`.`placed`) AS `y` FROM `orders` WHERE `orders`.`placed` BETWEEN '2026-01-01 00:00:00' AND '2026-12-31 23:59:59.999999' GROUP BY `orders`.`status`, EXTRACT(YEAR FROM `orders`.`placed`) ORDER BY `avg` DESC;
SELECT `col1` FROM (SELECT `customers`.`id` AS `col1` FROM `customers` UNION SELECT `orders`.`customer_id` AS `col1` FROM `orders`) sub ORDER BY 1;
-- error: 3995
SELECT `customers`.`id` FROM `customers` WHERE `customers`.`name` REGEXP BINARY '^A' ORDER BY `customers`.`id`;
SELECT JSON_EXTRACT(`customers`.`tags`, '$.\"n\"') FROM `customers` WHERE JSON_CONTAINS_PATH(`customers`.`tags`, 'one', '$.\"n\"') ORDER BY id;
# Rails
SELECT `customers`.* FROM `customers` ORDER BY `customers`.`id` ASC LIMIT 1;
SELECT 1 AS one FROM `orders` WHERE `orders`.`status` = 'paid' LIMIT 1;
SELECT COUNT(*) FROM (SELECT 1 AS one FROM `orders` LIMIT 3 OFFSET 0) subquery_for_count;
SELECT `orders`.`id` AS t0_r0, `orders`.`total` AS t0_r1, `customers`.`id` AS t1_r0, `customers`.`name` AS t1_r1 FROM `orders` LEFT OUTER JOIN `customers` ON `customers`.`id` = `orders`.`customer_id` WHERE `customers`.`name` != 'x' ORDER BY `orders`.`id`;
SELECT DISTINCT `orders`.`placed` AS alias_0, `orders`.`id` FROM `orders` LEFT OUTER JOIN `customers` ON `customers`.`id` = `orders`.`customer_id` ORDER BY `orders`.`placed` DESC, id LIMIT 3;
-- mask: orders_status
SELECT SUM(`orders`.`total`) AS sum_total, `orders`.`status` AS orders_status FROM `orders` GROUP BY `orders`.`status` ORDER BY 2;
# GORM, Prisma, Sequelize
SELECT count(*) FROM `customers` WHERE name <> '' AND `customers`.`country` IS NOT NULL;
SELECT `Customer`.`id`,`Customer`.`name`,`Orders`.`id` AS `Orders__id` FROM `customers` `Customer` LEFT JOIN `orders` `Orders` ON `Customer`.`id` = `Orders`.`customer_id` ORDER BY `Customer`.`id`, `Orders`.`id`;
SELECT `shop`.`orders`.`id`, `shop`.`orders`.`total` FROM `shop`.`orders` WHERE (`shop`.`orders`.`total` >= 5 AND (`shop`.`orders`.`customer_id`) IN (SELECT `t0`.`id` FROM `shop`.`customers` AS `t0` WHERE (`t0`.`country` = 'US' AND `t0`.`id` IS NOT NULL))) ORDER BY `shop`.`orders`.`id` ASC LIMIT 20 OFFSET 0;
SELECT COUNT(*) FROM (SELECT `shop`.`orders`.`id` FROM `shop`.`orders` WHERE 1=1 LIMIT 18446744073709551615 OFFSET 4) AS `sub`;
SELECT `t0`.`id`, (SELECT COALESCE(JSON_ARRAYAGG(`__prisma_data__`), CONVERT('[]', JSON)) AS `__prisma_data__` FROM (SELECT `t4`.`__prisma_data__` FROM (SELECT JSON_OBJECT('id', `t3`.`id`, 'total', CONVERT(`t3`.`total`, CHAR)) AS `__prisma_data__`, `t3`.`id` FROM (SELECT `t2`.* FROM `shop`.`orders` AS `t2` WHERE `t0`.`id` = `t2`.`customer_id` ORDER BY `t2`.`id` LIMIT 9) AS `t3`) AS `t4` ORDER BY `t4`.`id`) AS `t5`) AS `orders` FROM `shop`.`customers` AS `t0` ORDER BY `t0`.`id`;
SELECT `Customer`.*, `orders`.`id` AS `orders.id`, `orders`.`total` AS `orders.total` FROM (SELECT `Customer`.`id`, `Customer`.`name` FROM `customers` AS `Customer` WHERE (SELECT `customer_id` FROM `orders` AS `orders` WHERE (`orders`.`status` = 'paid' AND `orders`.`customer_id` = `Customer`.`id`) LIMIT 1) IS NOT NULL ORDER BY `Customer`.`id` LIMIT 0, 10) AS `Customer` INNER JOIN `orders` AS `orders` ON `Customer`.`id` = `orders`.`customer_id` AND `orders`.`status` = 'paid' ORDER BY `Customer`.`id`, orders.id;
# SQLAlchemy
SELECT customers.id, customers.name, anon_1.order_count FROM customers LEFT OUTER JOIN (SELECT orders.customer_id AS customer_id, count('*') AS order_count FROM orders GROUP BY orders.customer_id) AS anon_1 ON customers.id = anon_1.customer_id ORDER BY customers.id;
WITH anon_1 AS (SELECT orders.customer_id AS customer_id, sum(orders.total) AS total FROM orders GROUP BY orders.customer_id), anon_2 AS (SELECT anon_1.customer_id AS customer_id FROM anon_1 WHERE anon_1.total > (SELECT sum(anon_1.total) / 10 AS anon_3 FROM anon_1)) SELECT customers.name FROM customers WHERE customers.id IN (SELECT anon_2.customer_id FROM anon_2) ORDER BY customers.id;
SELECT EXISTS (SELECT * FROM orders WHERE orders.total > 50) AS anon_1;
# Laravel, Entity Framework
select count(*) as aggregate from `orders` where `status` = 'paid' and exists (select * from `customers` where `orders`.`customer_id` = `customers`.`id` and `country` in ('DE', 'US'));
select `customers`.*, (select count(*) from `orders` where `customers`.`id` = `orders`.`customer_id`) as `orders_count`, (select sum(`orders`.`total`) from `orders` where `customers`.`id` = `orders`.`customer_id`) as `orders_sum_total` from `customers` order by `orders_count` desc, id limit 3 offset 0;
select * from `customers` where `tags`->'$."vip"' = true order by `id`;
select * from `orders` where date(`placed`) >= '2026-02-01' and (`status` = 'paid' or (`status` is null and `total` > 10)) order by `id`;
SELECT `t`.`id`, `t`.`name`, `o`.`id` FROM (SELECT `c`.`id`, `c`.`name` FROM `customers` AS `c` ORDER BY `c`.`id` LIMIT 3) AS `t` LEFT JOIN `orders` AS `o` ON `t`.`id` = `o`.`customer_id` ORDER BY `t`.`id`, `o`.`id`;
SELECT COALESCE(SUM(`o`.`total`), 0.0) FROM `orders` AS `o` WHERE (`o`.`note` IS NOT NULL) AND (LOCATE('a', `o`.`note`) > 0 OR CHAR_LENGTH(`o`.`note`) = 0);
SELECT `t0`.`customer_id`, `t1`.`id`, `t1`.`total` FROM (SELECT `o`.`customer_id` FROM `orders` AS `o` GROUP BY `o`.`customer_id`) AS `t0` LEFT JOIN (SELECT `t2`.`id`, `t2`.`total`, `t2`.`customer_id` FROM (SELECT `o0`.`id`, `o0`.`total`, `o0`.`customer_id`, ROW_NUMBER() OVER(PARTITION BY `o0`.`customer_id` ORDER BY `o0`.`placed` DESC, `o0`.`id`) AS `row` FROM `orders` AS `o0`) AS `t2` WHERE `t2`.`row` <= 1) AS `t1` ON `t0`.`customer_id` = `t1`.`customer_id` ORDER BY `t0`.`customer_id`;
# keyset pagination, latest per group, tenant lists, admin screens
-- params: datetime 2026-02-01 00:00:00, datetime 2026-02-01 00:00:00, 100
SELECT id, placed FROM orders WHERE placed < ? OR (placed = ? AND id > ?) ORDER BY placed DESC, id ASC LIMIT 3;
SELECT id, placed FROM orders WHERE (placed, id) < ('2026-02-14 12:00:00', 103) ORDER BY placed DESC, id DESC LIMIT 3;
SELECT o.* FROM orders o INNER JOIN (SELECT tenant_id, MAX(id) mid FROM orders GROUP BY tenant_id) m ON m.mid = o.id ORDER BY o.id;
SELECT o.tenant_id, COUNT(*) cnt, SUM(CASE WHEN status IN ('paid') THEN total END) paid, MAX(placed) last FROM orders o GROUP BY o.tenant_id ORDER BY cnt DESC, o.tenant_id LIMIT 5;
SELECT tenant_id, DATE_FORMAT(placed, '%Y-%m') ym, COUNT(*) FROM orders WHERE tenant_id IN ('t1', 't2', 't5') GROUP BY tenant_id, ym ORDER BY tenant_id, ym;
SELECT c.* FROM customers c JOIN orders o ON o.customer_id = c.id AND o.tenant_id = c.tenant_id WHERE c.tenant_id = 't1' ORDER BY o.id;
SELECT * FROM orders WHERE status IN ('open') AND placed <= NOW() AND (note IS NULL OR note NOT LIKE '%x%') ORDER BY placed LIMIT 100;
SELECT id FROM orders WHERE customer_id IN (1, 2, 3) AND status <> 'void' ORDER BY id;
SELECT 1;
SELECT 1 FROM DUAL;
SELECT @@session.auto_increment_increment, @@session.transaction_isolation AS iso;
SELECT CURRENT_TIMESTAMP, NOW(), UNIX_TIMESTAMP();

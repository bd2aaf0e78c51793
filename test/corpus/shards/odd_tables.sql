-- about: odd tables: names that are words, quoted and foreign, columns that are generated or invisible, vectors, geometry, keys on expressions
-- any plan
-- database: shop
-- sharded: shop.order by tenant_id, shop.日志 by 租户, shop.no-dash by tenant id, depot.geo by tenant_id, depot.gen by tenant_id
-- reference: shop.group
-- single: depot.rank
CREATE TABLE `order` (tenant_id VARCHAR(20) COLLATE utf8mb4_unicode_ci NOT NULL, `key` INT PRIMARY KEY, `select` VARCHAR(20), `from` DATE, `group` INT, `count` INT, `a``b` INT, `x.y` INT, `end` TIME, `Mixed` INT, `rank` INT, `desc` TEXT, KEY (`group`));
CREATE TABLE `日志` (`租户` VARCHAR(20) COLLATE utf8mb4_unicode_ci NOT NULL, `编号` INT PRIMARY KEY, `内容` VARCHAR(30), `时间` DATETIME);
CREATE TABLE `no-dash` (`tenant id` VARCHAR(20) COLLATE utf8mb4_unicode_ci NOT NULL, `1` INT PRIMARY KEY, `2x` INT, `-` INT, ` b` INT);
CREATE TABLE `group` (`key` INT PRIMARY KEY, `name` VARCHAR(10));
INSERT INTO `order` VALUES ('a', 1, 'one', '2026-01-01', 1, 10, 1, 2, '10:00:00', 5, 1, 'x'), ('b', 2, 'two', '2026-02-01', 2, 20, 3, 4, '-10:00:00', 6, 2, 'y'), ('c', 3, NULL, NULL, 1, 30, NULL, 6, '100:00:00', 7, 3, 'z'), ('d', 4, 'Two', '2025-12-31', NULL, NULL, 5, NULL, NULL, NULL, 4, NULL), ('e', 5, 'one', '2026-01-01', 2, 0, 1, 1, '00:00:00', 0, 5, '');
INSERT INTO `日志` VALUES ('a', 1, '登录', '2026-01-01 10:00:00'), ('b', 2, '退出', '2026-01-02 00:00:00'), ('c', 3, '登录', NULL), ('d', 4, '错误', '2026-03-01 00:00:01');
INSERT INTO `no-dash` VALUES ('a', 1, 2, 3, 4), ('b', 2, 3, 4, 5), ('c', 3, NULL, 0, 1), ('f', 4, 9, 9, 9);
INSERT INTO `group` VALUES (1, 'first'), (2, 'second'), (3, 'third');
USE depot;
CREATE TABLE geo (tenant_id VARCHAR(20) COLLATE utf8mb4_unicode_ci NOT NULL, id INT PRIMARY KEY, pt POINT NOT NULL SRID 0, area POLYGON, any_shape GEOMETRY, v VECTOR(3), SPATIAL KEY (pt));
CREATE TABLE gen (tenant_id VARCHAR(20) COLLATE utf8mb4_unicode_ci NOT NULL, id INT NOT NULL, w INT, h INT, area INT AS (w * h) VIRTUAL, label VARCHAR(40) AS (CONCAT(tenant_id, '-', id)) STORED, secret INT INVISIBLE DEFAULT 7, doc JSON, tag VARCHAR(10) AS (doc->>'$.tag') VIRTUAL, at TIMESTAMP(3) DEFAULT CURRENT_TIMESTAMP(3), PRIMARY KEY (tenant_id, id), KEY ((w + h)), KEY (tag), KEY down (w DESC), CHECK (w < 1000));
CREATE TABLE `rank` (id INT PRIMARY KEY, `window` VARCHAR(5), `rows` INT, `over` INT);
INSERT INTO geo VALUES ('a', 1, POINT(1, 2), ST_GEOMFROMTEXT('POLYGON((0 0,0 4,4 4,4 0,0 0))'), ST_GEOMFROMTEXT('LINESTRING(0 0,3 4)'), TO_VECTOR('[1,2,3]')), ('b', 2, POINT(5, 5), NULL, POINT(0, 0), TO_VECTOR('[0,0,0.5]')), ('c', 3, POINT(-1, 0.5), ST_GEOMFROMTEXT('POLYGON((0 0,0 1,1 1,0 0))'), NULL, NULL), ('d', 4, POINT(3, 3), NULL, ST_GEOMFROMTEXT('MULTIPOINT(1 1,2 2)'), TO_VECTOR('[-1,1e3,2]'));
INSERT INTO gen (tenant_id, id, w, h, secret, doc, at) VALUES ('a', 1, 2, 3, 7, '{"tag": "red"}', '2026-01-01 00:00:00.123'), ('b', 1, 4, 5, 8, '{"tag": "blue"}', '2026-01-02 00:00:00.5'), ('c', 2, NULL, 5, NULL, NULL, NULL), ('d', 3, 10, 1, 9, '{"tag": "red", "n": 1}', '2026-01-01 00:00:00.123'), ('e', 1, 0, 0, 7, '[]', '2025-06-01 12:00:00');
INSERT INTO `rank` VALUES (1, 'a', 1, 1), (2, 'b', 2, 2), (3, 'a', 3, NULL);
-- cases
SELECT * FROM `order` ORDER BY `key`;
SELECT `select`, `from`, `group`, `count`, `a``b`, `x.y`, `end`, mixed, `desc` FROM `order` ORDER BY `key` DESC;
SELECT `order`.`key`, `order`.`a``b` + `order`.`x.y` FROM `order` WHERE `order`.`from` > '2025-12-31' ORDER BY 1;
SELECT o.select, o.from, o.key FROM `order` o ORDER BY o.key LIMIT 2;
SELECT shop.order.key FROM shop.order ORDER BY shop.order.key;
SELECT `group`, COUNT(*) `count`, SUM(`count`) `sum` FROM `order` GROUP BY `group` ORDER BY `group`;
SELECT UPPER(`select`) s, MAX(`count`) FROM `order` GROUP BY s HAVING MAX(`count`) > 5 ORDER BY s;
SELECT `from`, GROUP_CONCAT(`key` ORDER BY `count` DESC, `key`) FROM `order` GROUP BY `from` ORDER BY `from`;
SELECT MIN(`end`), MAX(`end`), COUNT(DISTINCT `select`), SUM(`a``b`), AVG(`x.y`) FROM `order`;
SELECT g.name, o.`select`, o.rank FROM `order` o JOIN `group` g ON g.key = o.`group` ORDER BY o.rank;
SELECT o.`key`, r.`window`, ROW_NUMBER() OVER (ORDER BY o.`rank`) rn FROM `order` o JOIN depot.`rank` r ON r.id = o.`group` ORDER BY 1;
SELECT `key`, RANK() OVER (PARTITION BY `group` ORDER BY `count`) AS `rank`, `rank` AS r FROM `order` ORDER BY `key`;
SELECT Mixed, MIXED + 1, `mIxEd` m FROM `order` ORDER BY mixed;
SELECT * FROM `日志` ORDER BY `编号`;
SELECT `内容`, COUNT(*) AS `次数` FROM `日志` GROUP BY `内容` ORDER BY `次数` DESC, `内容`;
SELECT 内容, MAX(时间) 最近 FROM 日志 GROUP BY 内容 ORDER BY 最近 DESC;
SELECT l.编号, o.`key` FROM 日志 l JOIN `order` o ON o.tenant_id = l.租户 ORDER BY 1;
SELECT 租户 FROM 日志 WHERE 租户 IN ('a', 'D') ORDER BY 1;
SELECT * FROM 日志 WHERE 时间 BETWEEN '2026-01-01' AND '2026-01-31' ORDER BY 时间;
SELECT * FROM `no-dash` ORDER BY `1`;
SELECT `1`, `2x`, `-`, ` b` FROM `no-dash` ORDER BY `2x` DESC, `1`;
SELECT SUM(`-`) + SUM(` b`) FROM `no-dash`;
SELECT `1` + `no-dash`.`2x` FROM `no-dash` ORDER BY `1`;
SELECT n.`1`, n.1 FROM `no-dash` n;
SELECT n.2x FROM `no-dash` n ORDER BY n.2x;
SELECT `2x` % 2 AS odd, COUNT(*) FROM `no-dash` GROUP BY odd ORDER BY odd;
SELECT * FROM `no-dash` a JOIN `no-dash` b ON a.`1` = b.`2x` ORDER BY a.`1`;
SELECT * FROM depot.gen ORDER BY tenant_id, id;
SELECT *, secret FROM depot.gen ORDER BY tenant_id, id LIMIT 2;
SELECT tenant_id, area, label, secret, tag FROM depot.gen WHERE area > 5 ORDER BY area;
SELECT tag, COUNT(*), SUM(area), MAX(label), AVG(secret) FROM depot.gen GROUP BY tag ORDER BY tag;
SELECT a.label, b.label FROM depot.gen a JOIN depot.gen b ON a.tag = b.tag AND a.tenant_id <> b.tenant_id ORDER BY 1, 2;
SELECT * FROM depot.gen a NATURAL JOIN depot.gen b ORDER BY a.tenant_id, a.id;
SELECT label FROM depot.gen WHERE w + h = 9;
SELECT label, w FROM depot.gen FORCE INDEX (down) ORDER BY w DESC, label LIMIT 3;
SELECT at, COUNT(*) FROM depot.gen GROUP BY at ORDER BY at;
SELECT at, UNIX_TIMESTAMP(at), at + INTERVAL 500 MICROSECOND, MICROSECOND(at), DATE_FORMAT(at, '%f') FROM depot.gen ORDER BY tenant_id;
SELECT DEFAULT(secret), COUNT(*) FROM depot.gen GROUP BY 1;
SELECT MAX(at), MIN(at), MAX(area), MIN(tag) FROM depot.gen;
SELECT RANK() OVER (ORDER BY area) r, label FROM depot.gen ORDER BY r, label;
TABLE depot.gen ORDER BY tenant_id LIMIT 1;
SELECT id, ST_ASTEXT(pt), ST_X(pt), ST_AREA(area), ST_ASTEXT(any_shape), VECTOR_TO_STRING(v) FROM depot.geo ORDER BY id;
SELECT id, pt, area, any_shape, v FROM depot.geo ORDER BY id;
SELECT id FROM depot.geo WHERE ST_CONTAINS(ST_GEOMFROMTEXT('POLYGON((0 0,0 4,4 4,4 0,0 0))'), pt) ORDER BY id;
SELECT id FROM depot.geo WHERE MBRCONTAINS(ST_GEOMFROMTEXT('POLYGON((0 0,0 4,4 4,4 0,0 0))'), pt) ORDER BY id;
SELECT id, ST_DISTANCE(pt, POINT(0, 0)) d FROM depot.geo ORDER BY d LIMIT 2;
SELECT a.id, b.id, ST_DISTANCE(a.pt, b.pt) FROM depot.geo a JOIN depot.geo b ON a.id < b.id ORDER BY 3, 1, 2 LIMIT 3;
SELECT ST_ASTEXT(ST_COLLECT(pt)) IS NOT NULL, COUNT(*) FROM depot.geo;
SELECT ST_ASGEOJSON(pt), ST_GEOMETRYTYPE(any_shape), ST_SRID(pt) FROM depot.geo ORDER BY id;
SELECT id, VECTOR_DIM(v), LENGTH(v), HEX(v) FROM depot.geo ORDER BY id;
SELECT id, v FROM depot.geo UNION ALL SELECT id, v FROM depot.geo WHERE id < 3 ORDER BY id;
SELECT COUNT(v), COUNT(DISTINCT ST_ASTEXT(pt)) FROM depot.geo;
-- error: 1054
SELECT key_ FROM `order`;
-- error: 1064
SELECT key FROM order;
SELECT COUNT(*) FROM `order` WHERE tenant_id = 'a' OR `key` = 3;
WITH `order` AS (SELECT 1 AS `key`) SELECT * FROM `order`;
WITH `a b` (`x y`) AS (SELECT `key` FROM `order`) SELECT `x y` FROM `a b` ORDER BY `x y`;
SELECT `t t`.`key k` FROM (SELECT `key` AS `key k` FROM `order`) `t t` ORDER BY `t t`.`key k`;

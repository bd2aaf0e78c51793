-- about: GROUP_CONCAT and the JSON aggregates over shards: order, DISTINCT, separator, and the limit with its warning
-- any plan
-- database: shop
-- sharded: shop.notes by tenant_id, shop.owners by tenant_id
CREATE TABLE notes (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY, topic VARCHAR(20), word VARCHAR(20), n INT, price DECIMAL(5,2), b VARBINARY(5), kind ENUM('z', 'a'), d DATE, j JSON);
CREATE TABLE owners (tenant_id VARCHAR(20) NOT NULL PRIMARY KEY, name VARCHAR(20));
INSERT INTO notes VALUES ('a', 1, 'x', 'pear', 3, 1.50, 'p', 'a', '2026-01-01', '{"a": 1}'), ('a', 2, 'x', 'apple', 1, 2.00, 'q', 'z', NULL, '[1]'), ('b', 3, 'x', 'fig', 2, NULL, NULL, 'a', '2026-01-03', NULL),
  ('c', 4, 'y', NULL, 9, 0.10, x'ff', NULL, '2026-01-01', 'null'), ('d', 5, 'y', 'fig', 2, 1.5, 'p', 'z', '2026-01-02', '"s"'), ('e', 6, NULL, 'älg', 3, 10, '', 'a', '2026-01-01', '1.50'), ('f', 7, 'y', '', NULL, -1, 'p', 'z', '1999-01-01', 'true'), ('g', 8, 'x', '中文,😀', 10, 99.99, '''', 'a', '2026-01-01', '{"b": [1, {"c": 2}]}');
INSERT INTO owners VALUES ('a', 'Ann'), ('b', 'Bob'), ('c', 'Cyd'), ('g', 'Gus');
-- cases
SELECT GROUP_CONCAT(word ORDER BY word) FROM notes;
SELECT GROUP_CONCAT(word ORDER BY id DESC) FROM notes;
SELECT GROUP_CONCAT(n ORDER BY n) FROM notes;
SELECT GROUP_CONCAT(n ORDER BY CAST(n AS CHAR) DESC, id) FROM notes;
SELECT GROUP_CONCAT(DISTINCT n ORDER BY n DESC) FROM notes;
SELECT GROUP_CONCAT(DISTINCT word ORDER BY word SEPARATOR ' | ') FROM notes;
SELECT GROUP_CONCAT(id ORDER BY price SEPARATOR '') FROM notes;
SELECT GROUP_CONCAT(id, ':', word ORDER BY id SEPARATOR '; ') FROM notes;
SELECT GROUP_CONCAT(price ORDER BY price), GROUP_CONCAT(DISTINCT price ORDER BY price DESC) FROM notes;
SELECT GROUP_CONCAT(kind ORDER BY kind, id), GROUP_CONCAT(DISTINCT kind ORDER BY CONCAT(kind)) FROM notes;
SELECT GROUP_CONCAT(d ORDER BY d, id), GROUP_CONCAT(DISTINCT YEAR(d) ORDER BY 1) FROM notes;
SELECT HEX(GROUP_CONCAT(b ORDER BY id SEPARATOR ',')) FROM notes;
SELECT GROUP_CONCAT(j ORDER BY id SEPARATOR '/') FROM notes;
SELECT GROUP_CONCAT(NULL), GROUP_CONCAT(IF(n > 100, n, NULL)) FROM notes;
SELECT topic, GROUP_CONCAT(word ORDER BY word DESC SEPARATOR '+') FROM notes GROUP BY topic ORDER BY topic;
SELECT topic, GROUP_CONCAT(DISTINCT n ORDER BY n), GROUP_CONCAT(DISTINCT kind ORDER BY kind), COUNT(*) FROM notes GROUP BY topic ORDER BY topic;
SELECT topic, GROUP_CONCAT(id ORDER BY n DESC, id) ids FROM notes GROUP BY topic HAVING ids LIKE '%8%';
SELECT topic, GROUP_CONCAT(id ORDER BY id) ids FROM notes GROUP BY topic ORDER BY ids DESC;
SELECT GROUP_CONCAT(name ORDER BY o.tenant_id), GROUP_CONCAT(DISTINCT topic ORDER BY topic) FROM owners o JOIN notes n USING (tenant_id);
SELECT o.name, (SELECT GROUP_CONCAT(word ORDER BY id) FROM notes n WHERE n.tenant_id = o.tenant_id) words FROM owners o ORDER BY o.name;
SELECT GROUP_CONCAT(c ORDER BY c) FROM (SELECT COUNT(*) c FROM notes GROUP BY topic) x;
SELECT LENGTH(GROUP_CONCAT(word ORDER BY word)), CHAR_LENGTH(GROUP_CONCAT(word ORDER BY word)), COLLATION(GROUP_CONCAT(word)) FROM notes;
SELECT UPPER(GROUP_CONCAT(word ORDER BY id)), GROUP_CONCAT(UPPER(word) ORDER BY LENGTH(word), word) FROM notes;
SELECT GROUP_CONCAT(word ORDER BY topic, 1) FROM notes WHERE tenant_id IN ('a', 'b', 'c');
SELECT GROUP_CONCAT(tenant_id ORDER BY tenant_id SEPARATOR '\n') FROM notes;
# The limit cuts, and warns.
SET group_concat_max_len = 10;
SELECT GROUP_CONCAT(word ORDER BY id) FROM notes;
SELECT topic, GROUP_CONCAT(word ORDER BY id) FROM notes GROUP BY topic ORDER BY topic;
SELECT GROUP_CONCAT(REPEAT('é', 4) ORDER BY id) FROM notes;
SELECT GROUP_CONCAT(DISTINCT n ORDER BY n) FROM notes;
SELECT LENGTH(x) FROM (SELECT GROUP_CONCAT(id ORDER BY id) AS x FROM notes) t;
SET group_concat_max_len = DEFAULT;
# JSON aggregates keep no order: what is compared does not depend on one.
SELECT JSON_LENGTH(JSON_ARRAYAGG(id)), JSON_LENGTH(JSON_ARRAYAGG(word)), JSON_CONTAINS(JSON_ARRAYAGG(id), '[1, 5, 8]') FROM notes;
SELECT JSON_OBJECTAGG(id, word) FROM notes;
SELECT JSON_OBJECTAGG(id, j), JSON_OBJECTAGG(CONCAT('k', id), price) FROM notes WHERE id < 7;
SELECT topic, JSON_OBJECTAGG(id, kind) FROM notes GROUP BY topic ORDER BY topic;
SELECT JSON_ARRAYAGG(topic) FROM notes WHERE topic = 'x';
SELECT tenant_id, JSON_ARRAYAGG(tenant_id) FROM notes GROUP BY tenant_id ORDER BY tenant_id;
SELECT id, JSON_ARRAYAGG(j) FROM notes GROUP BY id ORDER BY id;
SELECT JSON_ARRAYAGG(JSON_OBJECT('id', id, 'd', d, 'price', price)) FROM notes WHERE id = 5;
SELECT JSON_PRETTY(JSON_OBJECTAGG(id, d)) FROM notes WHERE tenant_id <> 'g';
SELECT JSON_ARRAYAGG(b) FROM notes WHERE id = 4;
SELECT JSON_TYPE(JSON_ARRAYAGG(id)), JSON_OBJECTAGG(topic, 1) FROM notes WHERE topic IS NOT NULL;
SELECT id, JSON_ARRAYAGG(n) OVER (ORDER BY id) FROM notes ORDER BY id;
-- error: 3158
SELECT JSON_OBJECTAGG(topic, id) FROM notes;
-- error: 1054
SELECT GROUP_CONCAT(word ORDER BY nothing) FROM notes;

-- about: writes over shards of tables whose sharding key is a number, with ids that servers make and ids that are given
-- database: shop
-- sharded: shop.src by k, shop.dst by k, shop.made by k
CREATE TABLE src (k BIGINT NOT NULL, id INT NOT NULL, v VARCHAR(20), PRIMARY KEY (k, id));
CREATE TABLE dst (k BIGINT NOT NULL, v VARCHAR(20), PRIMARY KEY (k));
CREATE TABLE made (k BIGINT NOT NULL, id BIGINT NOT NULL AUTO_INCREMENT, v VARCHAR(20), PRIMARY KEY (id));
INSERT INTO src VALUES (1, 1, 'one'), (2, 2, 'two'), (-3, 3, 'three'), (4000000000000, 4, 'four'), (5, 5, NULL), (6, 6, 'six');
-- cases
INSERT INTO dst SELECT k * 10 + id, v FROM src;
INSERT INTO dst SELECT -id, CONCAT('m', id) FROM src ORDER BY v DESC LIMIT 4;
INSERT INTO dst (k, v) VALUES ((SELECT MAX(id) FROM src) * 1000, 'max'), (POW(2, 40), 'pow'), (1 + 1, 'two');
SELECT * FROM dst ORDER BY k;
UPDATE dst SET v = 'first' ORDER BY k LIMIT 3;
DELETE FROM dst WHERE k IN (SELECT -id FROM src WHERE id > 2);
SELECT * FROM dst ORDER BY k;
-- error: 1264
INSERT INTO dst SELECT k * 1e18, v FROM src ORDER BY id;
INSERT INTO made (k, id, v) SELECT k + 1, id + 100, v FROM src ORDER BY id;
INSERT INTO made (k, id, v) SELECT k + 1, id + 200, v FROM src ORDER BY id DESC;
INSERT INTO made (k, id, v) SELECT k + 1, id + 200, v FROM src ORDER BY id LIMIT 3 ON DUPLICATE KEY UPDATE v = CONCAT(VALUES(v), '!');
SELECT LAST_INSERT_ID();
SELECT * FROM made ORDER BY id;
DELETE FROM dst;
DELETE FROM made;

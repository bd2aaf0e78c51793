-- about: ALTER TABLE of partitions over shards, with what it answers, and what a rebuilt table says of its rows
-- database: shop
-- sharded: shop.parts by tenant_id, shop.orders by tenant_id
CREATE TABLE parts (tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL, made DATE NOT NULL, v VARCHAR(20), PRIMARY KEY (tenant_id, id, made)) PARTITION BY RANGE (TO_DAYS(made)) (PARTITION p1 VALUES LESS THAN (TO_DAYS('2026-02-01')), PARTITION p2 VALUES LESS THAN (TO_DAYS('2026-03-01')), PARTITION pmax VALUES LESS THAN MAXVALUE);
CREATE TABLE orders (tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL PRIMARY KEY, v VARCHAR(20));
INSERT INTO parts VALUES ('a', 1, '2026-01-05', 'jan'), ('b', 2, '2026-02-05', 'feb'), ('c', 3, '2026-03-05', 'mar'), ('d', 4, '2026-02-06', 'feb'), ('e', 5, '2026-01-07', 'jan');
INSERT INTO orders VALUES ('a', 1, 'one'), ('b', 2, 'two'), ('c', 3, 'three'), ('d', 4, 'four');
-- cases
ALTER TABLE parts ANALYZE PARTITION p2;
ALTER TABLE parts CHECK PARTITION ALL;
ALTER TABLE parts CHECK PARTITION p1, p2 QUICK;
ALTER TABLE parts OPTIMIZE PARTITION p2;
ALTER TABLE parts REPAIR PARTITION p1;
ALTER TABLE parts CHECK PARTITION missing;
-- error: 1505
ALTER TABLE orders REMOVE PARTITIONING;
ALTER TABLE orders CHECK PARTITION ALL;
ALTER TABLE parts REBUILD PARTITION p2;
ALTER TABLE parts ADD COLUMN w INT, ALGORITHM=INSTANT;
ALTER TABLE parts DROP COLUMN w;
ALTER TABLE orders ORDER BY v;
SHOW WARNINGS;
SELECT * FROM parts PARTITION (p2, p1) ORDER BY id;
SELECT * FROM orders ORDER BY id;

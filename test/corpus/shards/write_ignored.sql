-- about: rows that INSERT IGNORE passes over for their partition count as records, and as duplicates
-- database: shop
-- sharded: shop.m by tenant_id, shop.t by tenant_id, shop.k by tenant_id
CREATE TABLE m (tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL, day DATE NOT NULL, v INT, PRIMARY KEY (tenant_id, id, day)) PARTITION BY RANGE COLUMNS (day) (PARTITION p202601 VALUES LESS THAN ('2026-02-01'), PARTITION p202602 VALUES LESS THAN ('2026-03-01'));
CREATE TABLE t (tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL, n INT, v VARCHAR(10) DEFAULT 'd', PRIMARY KEY (tenant_id, id), CHECK (n < 100));
CREATE TABLE k (tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL, tid INT, PRIMARY KEY (tenant_id, id), CONSTRAINT k_t FOREIGN KEY (tenant_id, tid) REFERENCES t (tenant_id, id) ON DELETE CASCADE);
INSERT INTO t VALUES ('a',1,1,'x'),('a',2,2,'y'),('b',1,3,'x'),('c',1,4,'z'),('d',1,NULL,NULL),('e',1,6,'x');
INSERT INTO m VALUES ('a',1,'2026-01-10',1),('b',1,'2026-02-10',2),('c',1,'2026-01-11',3);
-- cases
BEGIN;
INSERT IGNORE INTO m VALUES ('a', 3, '2026-02-11', 1), ('b', 3, '2026-05-01', 1);
INSERT IGNORE INTO m VALUES ('a', 4, '2026-06-11', 1), ('a', 5, '2026-02-01', 1);
INSERT IGNORE INTO m VALUES ('a', 4, '2026-06-11', 1), ('b', 5, '2026-07-01', 1);
INSERT IGNORE INTO m VALUES ('a', 4, '2026-06-11', 1);
INSERT IGNORE INTO m VALUES ('a', 1, '2026-01-10', 1), ('b', 9, '2026-01-10', 1), ('c', 7, '2027-01-01', 1), ('b', 1, '2026-02-10', 5);
INSERT IGNORE INTO m PARTITION (p202601) VALUES ('a', 41, '2026-02-11', 1), ('b', 51, '2026-01-01', 1), ('c', 51, '2026-05-01', 1);
INSERT IGNORE INTO m SELECT tenant_id, id + 100, day + INTERVAL 1 MONTH, v FROM m;
INSERT IGNORE INTO k VALUES ('b', 1, 99), ('c', 2, 98), ('a', 1, 1);
INSERT IGNORE INTO t VALUES ('b', 1, 99, 'x'), ('c', 2, 980, 'x'), ('a', 11, 1, 'x'), ('f', 1, 'q', NULL);
REPLACE INTO m VALUES ('b', 1, '2026-02-10', 7), ('c', 2, '2026-01-01', 1);
INSERT IGNORE INTO m VALUES ('b', 1, '2026-02-10', 7), ('c', 1, '2026-07-11', 1) ON DUPLICATE KEY UPDATE v = v + 1;
INSERT IGNORE INTO m VALUES ('b', 1, '2026-02-10', 7), ('c', 1, '2026-01-11', 1) ON DUPLICATE KEY UPDATE day = '2026-09-01';
INSERT IGNORE INTO m SET tenant_id = 'q', id = 4, day = '2020-01-01';
INSERT IGNORE INTO m SET tenant_id = 'q', id = 4, day = '2030-01-01';
UPDATE IGNORE m SET day = '2026-01-31';
UPDATE IGNORE m SET day = '2026-04-01';
DELETE IGNORE FROM t;
ROLLBACK;

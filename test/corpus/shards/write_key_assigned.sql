-- about: values for the sharding key that could put a row where nobody looks for it: constants assigned to rows on several shards, and NULL for a key that is NOT NULL
-- database: shop
-- sharded: shop.agents by tenant_id, shop.notes by tenant_id
CREATE TABLE agents (tenant_id VARCHAR(20) COLLATE utf8mb4_unicode_ci NOT NULL, id INT PRIMARY KEY, name VARCHAR(20), n INT, UNIQUE KEY (tenant_id, name));
CREATE TABLE notes (tenant_id VARCHAR(20) COLLATE utf8mb4_unicode_ci NOT NULL, id INT PRIMARY KEY, agent INT);
INSERT INTO agents VALUES ('a', 1, 'one', 1), ('b', 2, 'two', 2), ('c', 3, 'three', 3), ('d', 4, 'four', 4), ('b', 5, 'five', 5);
INSERT INTO notes VALUES ('a', 1, 1), ('b', 2, 2), ('c', 3, 3), ('e', 4, NULL);
-- cases
BEGIN;
# Rows of every tenant become one tenant's: each shard could do it, and would keep them.
-- refuse: 1235 cannot change sharding key
UPDATE agents SET tenant_id = 'nowhere';
-- refuse: 1235 cannot change sharding key
UPDATE agents SET tenant_id = 'b', n = n + 1 WHERE id IN (1, 3);
-- refuse: 1235 cannot change sharding key
UPDATE agents SET tenant_id = 'b' WHERE tenant_id IN ('a', 'c');
-- refuse: 1235 cannot change sharding key
UPDATE agents a JOIN notes n ON n.tenant_id = a.tenant_id SET a.tenant_id = 'b', n.agent = 7;
-- refuse: 1235 cannot change sharding key
INSERT INTO agents VALUES ('a', 1, 'one', 10), ('c', 3, 'three', 30) ON DUPLICATE KEY UPDATE tenant_id = 'b', n = VALUES(n);
-- refuse: 1235 cannot change sharding key
INSERT INTO agents SELECT tenant_id, id, CONCAT('new', id), 0 FROM notes ON DUPLICATE KEY UPDATE tenant_id = 'b';
ROLLBACK;
SELECT tenant_id, COUNT(*), SUM(n) FROM agents GROUP BY tenant_id ORDER BY tenant_id;
SELECT id, n FROM agents WHERE tenant_id = 'b' ORDER BY id;
# What fails on one server fails as there.
-- error: 1062
UPDATE agents SET tenant_id = 'b', name = 'same' WHERE id IN (1, 3);
BEGIN;
-- refuse: 1235 cannot change sharding key
UPDATE agents SET tenant_id = 'nowhere' WHERE tenant_id = 'a';
-- refuse: 1235 cannot change sharding key
UPDATE agents SET tenant_id = CONCAT(tenant_id, 'x') WHERE tenant_id = 'a';
-- refuse: 1235 cannot change sharding key
UPDATE agents SET tenant_id = UPPER(tenant_id), n = n + 1 WHERE tenant_id IN ('a', 'c');
-- refuse: 1235 cannot change sharding key
UPDATE agents a JOIN notes n ON n.id = a.id + 1 SET a.tenant_id = n.tenant_id WHERE a.tenant_id = 'a';
ROLLBACK;
SELECT * FROM agents ORDER BY id;
# No row of one tenant, and computed keys that are the rows' own.
UPDATE agents SET tenant_id = 'nowhere' WHERE tenant_id = 'nobody';
UPDATE agents SET tenant_id = 'nowhere', n = 5 WHERE tenant_id = 'a' AND id = 77;
UPDATE agents SET tenant_id = 'nowhere' WHERE tenant_id = 'a' AND FALSE;
UPDATE agents SET tenant_id = UPPER(tenant_id) WHERE tenant_id = 'nobody' OR n < 0;
UPDATE agents SET tenant_id = LOWER(tenant_id), n = n + 1 WHERE tenant_id = 'a';
UPDATE agents SET tenant_id = TRIM(tenant_id), n = n - 1 WHERE id IN (1, 2);
UPDATE agents SET tenant_id = IF(id < 3, tenant_id, 'b') ORDER BY n LIMIT 2;
-- params: 'nowhere', 'nobody'
-- params: 'a', 'a'
UPDATE agents SET tenant_id = ? WHERE tenant_id = ?;
-- error: 1048
UPDATE agents SET tenant_id = NULLIF(tenant_id, 'a') WHERE tenant_id = 'a';
UPDATE agents a JOIN notes n ON n.id = a.id SET a.tenant_id = n.tenant_id, a.n = 50 WHERE a.id < 3;
UPDATE agents SET n = id;
# Rows that have the key already, and no rows at all.
UPDATE agents SET tenant_id = 'b', n = n + 1 WHERE id IN (2, 5) OR name = 'nobody';
UPDATE agents SET tenant_id = 'b', name = 'x' WHERE n < 0;
-- params: 'b', 20, 'two'
-- params: 'b', 2, 'two'
UPDATE agents SET tenant_id = ?, n = ? WHERE name = ?;
INSERT INTO agents VALUES ('a', 1, 'one', 10), ('c', 3, 'three', 30) ON DUPLICATE KEY UPDATE tenant_id = VALUES(tenant_id), n = VALUES(n);
UPDATE agents a JOIN notes n ON n.tenant_id = a.tenant_id AND n.id = a.id SET a.tenant_id = a.tenant_id, n.agent = a.n;
-- error: 1048
UPDATE notes n LEFT JOIN agents a ON a.tenant_id = n.tenant_id SET n.tenant_id = NULL WHERE a.id IS NULL;
SELECT * FROM agents ORDER BY id;
SELECT * FROM notes ORDER BY id;
UPDATE agents SET n = id;
UPDATE notes SET agent = IF(id = 4, NULL, id);
# Where sql_mode lets it, NULL and no value become the empty text, which has a home as any other.
SET sql_mode = '';
INSERT INTO notes (tenant_id, id) VALUES (NULL, 50), ('', 51);
INSERT INTO notes (id) VALUES (52), (53);
SELECT id FROM notes WHERE tenant_id = '' ORDER BY id;
DELETE FROM notes WHERE tenant_id = '';

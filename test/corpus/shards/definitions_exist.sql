-- about: CREATE TABLE that its rule, or several shards, would not let be made, of a table that there is and of one that there is not
-- database: shop
-- sharded: shop.q by tenant_id
-- reference: shop.kinds
CREATE TABLE q (tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL, PRIMARY KEY (tenant_id, id));
CREATE TABLE kinds (id INT PRIMARY KEY);
-- cases
CREATE TABLE IF NOT EXISTS q (id INT);
SHOW WARNINGS;
-- error: 1050
CREATE TABLE q (id INT);
DROP TABLE q;
-- refuse: 1235 it would have no such column
CREATE TABLE IF NOT EXISTS q (id INT);
-- refuse: 1235 it would have no such column
-- error: 1050
CREATE TABLE q (id INT);
DROP TABLE IF EXISTS q;
CREATE TABLE IF NOT EXISTS q (tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL, PRIMARY KEY (tenant_id, id));
CREATE TABLE IF NOT EXISTS q (id INT);
SHOW CREATE TABLE q;
# So is LIKE a table without the key, and .. SELECT.
CREATE TABLE IF NOT EXISTS q LIKE kinds;
SHOW WARNINGS;
-- error: 1050
CREATE TABLE q LIKE kinds;
-- error: 1050
CREATE TABLE q AS SELECT 1 AS id;
-- error: 1050
CREATE TABLE q SELECT tenant_id FROM q WHERE FALSE;
-- error: 1050
CREATE TABLE kinds (PRIMARY KEY (id)) SELECT id FROM q;
CREATE TABLE IF NOT EXISTS q AS SELECT 1 AS id;
SHOW WARNINGS;
-- error: 1146
CREATE TABLE q SELECT id FROM nothing;
INSERT INTO q VALUES ('a', 1), ('b', 1);
-- error: 1050
CREATE TABLE q (PRIMARY KEY (tenant_id, id)) SELECT * FROM q;
SELECT COUNT(*) FROM q;
DROP TABLE q;
-- refuse: 1235 it would have no such column
CREATE TABLE IF NOT EXISTS q LIKE kinds;
-- refuse: 1235 CREATE TABLE .. SELECT
CREATE TABLE IF NOT EXISTS q SELECT 'a' AS tenant_id;
DROP TABLE IF EXISTS q;
CREATE TABLE q (tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL, PRIMARY KEY (tenant_id, id));

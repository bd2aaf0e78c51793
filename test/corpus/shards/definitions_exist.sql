-- about: CREATE TABLE without the sharding key, of a table that there is and of one that there is not
-- database: shop
-- sharded: shop.q by tenant_id
CREATE TABLE q (tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL, PRIMARY KEY (tenant_id, id));
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

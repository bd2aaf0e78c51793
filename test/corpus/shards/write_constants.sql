-- about: UPDATE and DELETE over shards with a constant that is converted with a warning: it comes once, and that of each row for each row
-- database: shop
-- sharded: shop.d by tenant_id
CREATE TABLE d (tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL, v VARCHAR(10), n INT, dt DATE, KEY (id), PRIMARY KEY (tenant_id, id));
INSERT INTO d VALUES ('a',1,'p',1,'2026-01-01'),('b',1,'1x',2,'2026-01-01'),('c',1,'q',3,NULL),('d',2,'r',4,NULL),('d',3,'r',4,NULL);
-- cases
SET sql_mode = '';
BEGIN;
DELETE FROM d WHERE id = 'abc';
DELETE FROM d WHERE n = 'abc';
DELETE FROM d WHERE n > '9abc';
-- params: '9abc'
DELETE FROM d WHERE n > CONCAT(?, '');
UPDATE d SET n = 1 WHERE id = 'abc';
UPDATE d SET n = 1 WHERE n = '99abc';
UPDATE d SET n = 1 WHERE id = '1x';
UPDATE d SET n = n + '5x' WHERE id = 2;
UPDATE d SET n = n + '5x';
UPDATE d SET n = n WHERE v = 0;
DELETE FROM d WHERE v = 5;
DELETE FROM d WHERE n = '1 ' AND id = '1y';
SELECT * FROM d ORDER BY 1, 2;
ROLLBACK;
SET sql_mode = DEFAULT;
-- error: 1292
UPDATE d SET n = 1 WHERE id = '1x';
-- error: 1292
DELETE FROM d WHERE id = 'abc';

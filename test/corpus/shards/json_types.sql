-- about: JSON that keeps numbers and times with their SQL type
-- any plan
-- database: shop
-- sharded: shop.docs by tenant_id
CREATE TABLE docs (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY, j JSON, tags JSON DEFAULT (JSON_ARRAY()), total DECIMAL(8,2) AS (j->>'$.total') VIRTUAL, kind VARCHAR(10) AS (j->>'$.kind') STORED);
INSERT INTO docs (tenant_id, id, j, tags) VALUES
  ('g', 7, JSON_OBJECT('d', DATE '2026-01-02', 't', TIME '-10:00:00.5', 'dt', TIMESTAMP '2026-01-02 03:04:05.678', 'dec', 1.50, 'dbl', 1e3, 'big', 18446744073709551615, 'bits', b'101'), JSON_ARRAY(1.10, 1.1e0, 1)),
  ('h', 8, CAST(1.10 AS JSON), JSON_ARRAY(CAST('abc' AS BINARY))), ('i', 9, CAST(CAST(9.9e15 AS DOUBLE) AS JSON), JSON_ARRAY(0.1 + 0.2, 0.1e0 + 0.2e0, -0.0e0, 1e100));
-- cases
SELECT id, JSON_TYPE(j->'$.dec'), j->>'$.dt' FROM docs WHERE tenant_id = 'g';
SELECT COUNT(*), MAX(id) FROM docs;
SELECT id, JSON_TYPE(j->'$.d'), JSON_TYPE(j->'$.t'), JSON_TYPE(j->'$.dt'), JSON_TYPE(j->'$.dec'), JSON_TYPE(j->'$.dbl'), JSON_TYPE(j->'$.big'), JSON_TYPE(j->'$.bits') FROM docs WHERE id = 7 OR tenant_id = 'a' ORDER BY id;
SELECT id, JSON_TYPE(j), JSON_TYPE(tags->'$[0]'), JSON_TYPE(tags->'$[1]') FROM docs WHERE id >= 7 ORDER BY id;
SELECT COUNT(*) FROM docs WHERE JSON_EXTRACT(j, '$.dec') = 1.5;
SELECT id, j, tags FROM docs ORDER BY id;
SELECT tags->'$[0]', COUNT(*) FROM docs GROUP BY tags->'$[0]' ORDER BY MIN(id);
SELECT id, JSON_SET(j, '$.new', id) FROM docs WHERE JSON_TYPE(j) = 'OBJECT' ORDER BY id;

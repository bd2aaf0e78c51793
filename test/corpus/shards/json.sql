-- about: JSON over shards: paths, functions, and JSON_TABLE over sharded columns
-- any plan
-- database: shop
-- sharded: shop.docs by tenant_id, depot.links by tenant_id
CREATE TABLE docs (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY, j JSON, tags JSON DEFAULT (JSON_ARRAY()), total DECIMAL(8,2) AS (j->>'$.total') VIRTUAL, kind VARCHAR(10) AS (j->>'$.kind') STORED);
INSERT INTO docs (tenant_id, id, j, tags) VALUES
  ('a', 1, '{"kind": "x", "total": 12.50, "items": [{"n": 1, "p": 2.5}, {"n": 3, "p": 1}], "who": {"name": "Ann"}}', '["red", "blue"]'),
  ('b', 2, '{"kind": "y", "total": 7, "items": [], "who": null}', '[]'), ('c', 3, '{"kind": "x", "items": [{"n": null, "p": "4"}], "who": {"name": "中文 😀"}}', '["red"]'),
  ('d', 4, NULL, NULL), ('e', 5, '[1, 2.0, "3", null, true, {"a": [1]}]', '["blue", "green", "red"]'), ('f', 6, '"scalar"', '"one"');
USE depot;
CREATE TABLE links (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY, doc_id INT, path VARCHAR(30));
INSERT INTO links VALUES ('b', 1, 1, '$.who.name'), ('c', 2, 3, '$.items[0].p'), ('d', 3, 2, '$.who'), ('z', 4, 5, '$[5].a');
-- cases
SELECT id, j FROM docs ORDER BY id;
SELECT id, tags FROM docs ORDER BY id;
SELECT id, total, kind FROM docs ORDER BY id;
SELECT * FROM docs ORDER BY id;
SELECT id, j->'$.kind', j->>'$.kind', JSON_TYPE(j), JSON_DEPTH(j), JSON_LENGTH(j), JSON_STORAGE_SIZE(j) FROM docs ORDER BY id;
SELECT id FROM docs WHERE j->>'$.kind' = 'x' ORDER BY id;
SELECT id FROM docs WHERE JSON_CONTAINS(tags, '"red"') ORDER BY id;
SELECT id FROM docs WHERE 'blue' MEMBER OF (tags) ORDER BY id;
SELECT id FROM docs WHERE JSON_OVERLAPS(tags, '["green", "x"]') ORDER BY id;
SELECT id, JSON_KEYS(j), JSON_SEARCH(j, 'all', 'x'), JSON_VALUE(j, '$.total' RETURNING DECIMAL(6,1)) FROM docs ORDER BY id;
SELECT j->>'$.kind' AS k, SUM(j->>'$.total'), MAX(j->'$.total') FROM docs WHERE id < 4 GROUP BY k ORDER BY k;
SELECT MIN(total), MAX(kind), SUM(total), COUNT(DISTINCT kind) FROM docs;
SELECT id, JSON_SET(j, '$.new', id), JSON_MERGE_PATCH(j, '{"who": null}') FROM docs WHERE JSON_TYPE(j) = 'OBJECT' ORDER BY id;
SELECT id FROM docs ORDER BY j->'$.total', id;
SELECT DISTINCT j->'$.kind' FROM docs WHERE j->'$.kind' IS NOT NULL ORDER BY 1;
SELECT l.id, JSON_EXTRACT(d.j, l.path) FROM depot.links l JOIN docs d ON d.id = l.doc_id ORDER BY l.id;
SELECT d.id, l.id FROM docs d JOIN depot.links l ON l.doc_id = d.j->'$.items[1].n' ORDER BY 1, 2;
# JSON_TABLE: rows out of the columns of rows that are anywhere.
SELECT d.id, t.* FROM docs d, JSON_TABLE(d.tags, '$[*]' COLUMNS (o FOR ORDINALITY, tag VARCHAR(10) PATH '$')) t WHERE d.id < 7 ORDER BY d.id, t.o;
SELECT t.tag, COUNT(*), GROUP_CONCAT(d.id ORDER BY d.id) FROM docs d, JSON_TABLE(d.tags, '$[*]' COLUMNS (tag VARCHAR(10) PATH '$')) t GROUP BY t.tag ORDER BY t.tag;
SELECT d.id, i.n, i.p, i.e FROM docs d, JSON_TABLE(d.j, '$.items[*]' COLUMNS (n INT PATH '$.n', p DECIMAL(5,2) PATH '$.p' DEFAULT '0' ON EMPTY, e INT EXISTS PATH '$.n')) i ORDER BY d.id, i.p;
SELECT d.id, i.p FROM docs d LEFT JOIN JSON_TABLE(d.j, '$.items[*]' COLUMNS (p DECIMAL(5,2) PATH '$.p')) i ON i.p > 1 WHERE d.id <= 3 ORDER BY d.id, i.p;
SELECT d.id, t.kind, t.n FROM docs d, JSON_TABLE(d.j, '$' COLUMNS (kind VARCHAR(5) PATH '$.kind', NESTED PATH '$.items[*]' COLUMNS (n INT PATH '$.n'))) t WHERE d.id < 4 ORDER BY 1, 3;
SELECT SUM(i.n * i.p) FROM docs d JOIN JSON_TABLE(d.j, '$.items[*]' COLUMNS (n INT PATH '$.n', p DECIMAL(6,2) PATH '$.p')) i;
SELECT l.id, t.v FROM depot.links l JOIN docs d ON d.id = l.doc_id, JSON_TABLE(JSON_ARRAY(l.path, d.id), '$[*]' COLUMNS (v VARCHAR(20) PATH '$')) t ORDER BY 1, 2;
SELECT id, (SELECT SUM(x.n) FROM JSON_TABLE(d.j, '$.items[*]' COLUMNS (n INT PATH '$.n')) x) AS s FROM docs d ORDER BY id;
-- error: 3143
SELECT JSON_EXTRACT(j, 'kind') FROM docs;
-- error: 3141
SELECT JSON_LENGTH(CONCAT('{', id)) FROM docs;

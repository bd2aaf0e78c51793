-- about: bytes sort as bytes, padded or not; the key is binary
-- any plan
-- database: lab
-- sharded: lab.blobs by tenant_id
CREATE TABLE blobs (tenant_id VARBINARY(16) NOT NULL, id INT PRIMARY KEY, b BINARY(4), vb VARBINARY(10), bl BLOB, tx TEXT, u BINARY(16));
INSERT INTO blobs VALUES
  (x'00', 1, x'00', x'', x'00ff', 'b', UUID_TO_BIN('6ccd780c-baba-1026-9564-5b8c656024db')), (x'01', 2, 'a', x'00', x'00', 'B', NULL),
  (x'ff', 3, 'A', x'0000', x'', 'a', x'ffffffffffffffffffffffffffffffff'), ('aa', 4, x'ffffffff', 'a', NULL, 'ä', x'00000000000000000000000000000000'),
  ('AA', 5, 'ab', 'A', 'text', '', NULL), ('b', 6, NULL, NULL, x'80', NULL, x'80000000000000000000000000000000'), ('c', 7, 'é', 'é', 'é', 'é', x'7fffffffffffffffffffffffffffffff');
-- cases
SELECT id, HEX(b) FROM blobs ORDER BY b, id;
SELECT id, HEX(vb) FROM blobs ORDER BY vb, id;
SELECT id, HEX(bl) FROM blobs ORDER BY bl, id;
SELECT id, tx FROM blobs ORDER BY tx, id;
SELECT id, BIN_TO_UUID(u) FROM blobs ORDER BY u DESC, id;
SELECT HEX(tenant_id), b, vb, bl FROM blobs ORDER BY tenant_id;
SELECT HEX(MIN(b)), HEX(MAX(vb)), HEX(MAX(bl)), MIN(tx), MAX(tx) FROM blobs;

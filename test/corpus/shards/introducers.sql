-- about: constants with the character set that they are written in, as keys and elsewhere
-- any plan
-- database: shop
-- sharded: shop.fact by tenant
CREATE TABLE fact (tenant VARCHAR(16) COLLATE utf8mb4_unicode_ci NOT NULL, id INT PRIMARY KEY, name VARCHAR(20), g VARCHAR(10) CHARACTER SET gbk, l VARCHAR(10) CHARACTER SET latin1);
INSERT INTO fact VALUES ('acme', 1, '张三', '张', 'é'), ('acme', 2, 'ab', 'a', 'a'), ('birch', 3, 'ß', 'b', 'ß'), ('cedar', 4, 'é', 'c', 'e'), ('é', 5, 'x', 'x', 'x'), ('elm', 6, 'ж', 'y', 'y');
-- cases
SELECT id FROM fact WHERE name = _gbk x'D5C5C8FD' ORDER BY id;
SELECT id FROM fact WHERE name = _gbk'ab' ORDER BY id;
SELECT id FROM fact WHERE name = _utf16 x'00E9' ORDER BY id;
SELECT id FROM fact WHERE name = _utf16'ab' ORDER BY id;
SELECT id FROM fact WHERE name = _utf32 0x000000E9 ORDER BY id;
SELECT id FROM fact WHERE name = _ucs2 x'0436' ORDER BY id;
SELECT id FROM fact WHERE name = _koi8r x'D6' ORDER BY id;
SELECT id FROM fact WHERE name = _cp1251'ab' ORDER BY id;
SELECT id FROM fact WHERE name = _latin1 x'e9' ORDER BY id;
SELECT id FROM fact WHERE name = _latin2'ab' COLLATE latin2_general_ci ORDER BY id;
SELECT id FROM fact WHERE tenant = _utf16 x'00610063006D0065' ORDER BY id;
SELECT id FROM fact WHERE tenant = _utf16le x'610063006D006500' ORDER BY id;
SELECT id FROM fact WHERE tenant = _gbk'acme' ORDER BY id;
SELECT id FROM fact WHERE tenant = _gbk x'61636D65' ORDER BY id;
SELECT id FROM fact WHERE tenant = _cp850 x'82' ORDER BY id;
SELECT id FROM fact WHERE tenant = _utf16'acme' ORDER BY id;
SELECT id FROM fact WHERE tenant IN (_gbk'acme', 'elm', _sjis'cedar') ORDER BY id;
SELECT id FROM fact WHERE g = _gbk x'D5C5' ORDER BY id;
SELECT id FROM fact WHERE g LIKE CONCAT(_gbk x'D5C5', '%') ORDER BY id;
SELECT _gbk x'D5C5' c, COUNT(*) FROM fact;
SELECT CONVERT(_gbk x'D5C5' USING utf8mb4) c, id FROM fact ORDER BY id LIMIT 2;
SELECT _ucs2 x'0436', id FROM fact ORDER BY id LIMIT 1;
SELECT _utf16'ab' AS u, COUNT(*) FROM fact GROUP BY u;
SELECT MAX(_utf32 x'000000E9') FROM fact;
SELECT _big5'ab' q, id FROM fact WHERE id > 2 ORDER BY _big5'z', id;
SELECT id FROM fact WHERE name > _cp932'a' ORDER BY name, id;
SELECT id FROM fact WHERE l = _latin1'é' OR l = _binary x'e9' ORDER BY id;
SELECT id FROM fact WHERE tenant = _binary'acme' ORDER BY id;
SELECT id FROM fact WHERE tenant = _utf8mb3'acme' ORDER BY id;
SELECT id FROM fact WHERE tenant = _ascii'acme' ORDER BY id;
-- error: 1064
SELECT id FROM fact WHERE tenant = _nosuch'acme' ORDER BY id;
SELECT id FROM fact WHERE tenant = _utf16 x'D8' ORDER BY id;
SELECT JSON_ARRAYAGG(name) FROM fact WHERE name <> _euckr'a' AND id < 3;
SELECT id FROM fact WHERE tenant = 'acme' AND name = _gbk'ab';
SELECT a.id, b.id FROM fact a JOIN fact b ON a.tenant = b.tenant AND a.id < b.id WHERE a.tenant = _utf16 x'00610063006D0065' AND b.name = _gbk'ab';
SELECT id FROM fact WHERE tenant = _gbk'acme' UNION SELECT id FROM fact WHERE tenant = _utf16 x'0065006C006D' ORDER BY id;
SELECT tenant, COUNT(*) FROM fact WHERE name NOT IN (_koi8r x'D6', _gbk'ab') GROUP BY tenant ORDER BY tenant;
# Writes.
BEGIN;
-- error: 1062
-- refuse: 1235 compare the key with a value of its own type and character set
INSERT INTO fact (tenant, id, name) VALUES (_utf16 x'0065006C006D', 6, 'x');
INSERT INTO fact (tenant, id, name) VALUES ('elm', 7, _gbk x'D5C5'), ('birch', 8, _koi8r x'D6'), ('é', 9, _hp8'a');
SELECT * FROM fact WHERE tenant IN ('elm', 'é') ORDER BY id;
UPDATE fact SET name = _utf16 x'00E9' WHERE tenant = _gbk'elm' ORDER BY id;
UPDATE fact SET l = _cp1251'x' WHERE name = _utf16 x'00E9';
SELECT tenant, id, name, g, l FROM fact ORDER BY id;
DELETE FROM fact WHERE tenant = _sjis'cedar' OR name = _gbk x'D5C5' OR id = 7;
SELECT tenant, id, name, g, l FROM fact ORDER BY id;
ROLLBACK;
SELECT COUNT(*) FROM fact;

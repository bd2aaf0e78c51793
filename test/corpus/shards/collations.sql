-- about: text sorts, groups and joins by the collation of its column: accents, Chinese, emoji, trailing spaces
-- any plan
-- database: words
-- sharded: words.terms by tenant_id, words.marks by tenant_id
-- reference: words.spellings
CREATE TABLE terms (
  tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY,
  uni VARCHAR(20) COLLATE utf8mb4_unicode_ci, ai VARCHAR(20) COLLATE utf8mb4_0900_ai_ci, ascs VARCHAR(20) COLLATE utf8mb4_0900_as_cs,
  bin VARCHAR(20) COLLATE utf8mb4_bin, nbin VARCHAR(20) COLLATE utf8mb4_0900_bin, gen VARCHAR(20) COLLATE utf8mb4_general_ci,
  zh VARCHAR(20) COLLATE utf8mb4_zh_0900_as_cs, sv VARCHAR(20) COLLATE utf8mb4_sv_0900_ai_ci, lat VARCHAR(20) CHARACTER SET latin1 COLLATE latin1_german1_ci);
INSERT INTO terms (tenant_id, id, uni) VALUES
  ('a', 1, 'a'), ('b', 2, 'A'), ('c', 3, 'ä'), ('d', 4, 'Ä'), ('e', 5, 'z'), ('f', 6, 'ae'), ('g', 7, 'ß'), ('h', 8, 'ss'), ('i', 9, 'o'), ('j', 10, 'ø'), ('k', 11, 'ö'),
  ('l', 12, '中文'), ('m', 13, '北京'), ('n', 14, '阿'), ('o', 15, '😀'), ('p', 16, '😁'), ('q', 17, ''), ('r', 18, NULL), ('s', 19, 'a '), ('t', 20, 'a\t'), ('u', 21, 'é'),
  ('v', 22, 'É'), ('w', 23, 'ABC'), ('x', 24, 'abc'), ('y', 25, 'a-b'), ('z', 26, 'ab'), ('aa', 27, '10'), ('ab', 28, '9'), ('ac', 29, 'résumé'), ('ad', 30, 'resume'), ('ae', 31, 'Resume ');
UPDATE terms SET ai = uni, ascs = uni, bin = uni, nbin = uni, gen = uni, zh = uni, sv = uni, lat = IF(id IN (12, 13, 14, 15, 16), NULL, uni);
CREATE TABLE marks (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY, word VARCHAR(20) COLLATE utf8mb4_unicode_ci, fixed CHAR(5), n INT);
INSERT INTO marks VALUES ('a', 1, 'A', 'a', 1), ('A', 2, 'a ', 'a ', 2), ('b', 3, 'RESUME', 'a  b', 3), ('B', 4, '中文', '', 4), ('ä', 5, '😁', NULL, 5), ('c', 6, 'SS', 'A', 6);
CREATE TABLE spellings (word VARCHAR(20) COLLATE utf8mb4_0900_ai_ci, meaning VARCHAR(20));
INSERT INTO spellings VALUES ('Resume', 'curriculum'), ('a', 'letter'), ('中文', 'Chinese');
-- cases
SELECT id, uni FROM terms ORDER BY uni, id;
SELECT id, ai FROM terms ORDER BY ai, id;
SELECT id, ascs FROM terms ORDER BY ascs, id;
SELECT id, bin FROM terms ORDER BY bin, id;
SELECT id, nbin FROM terms ORDER BY nbin, id;
SELECT id, gen FROM terms ORDER BY gen, id;
SELECT id, zh FROM terms ORDER BY zh, id;
SELECT id, sv FROM terms ORDER BY sv, id;
SELECT id, lat FROM terms ORDER BY lat, id;
SELECT id, uni FROM terms ORDER BY uni COLLATE utf8mb4_bin DESC, id;
SELECT id FROM terms ORDER BY BINARY uni, id;
SELECT id FROM terms ORDER BY CONVERT(uni USING gbk), id;
SELECT id FROM terms ORDER BY UPPER(bin), id;
SELECT id FROM terms ORDER BY CONCAT(ascs, id);
# What is equal is one group, one distinct value, one pair of a join. PAD SPACE ends in spaces that do not count.
SELECT COUNT(DISTINCT uni), COUNT(DISTINCT ai), COUNT(DISTINCT ascs), COUNT(DISTINCT bin), COUNT(DISTINCT nbin), COUNT(DISTINCT gen), COUNT(DISTINCT zh), COUNT(DISTINCT sv), COUNT(DISTINCT lat) FROM terms;
SELECT COUNT(*) n, MIN(id) FROM terms GROUP BY uni ORDER BY MIN(id);
SELECT COUNT(*) n, MIN(id) FROM terms GROUP BY ai ORDER BY MIN(id);
SELECT COUNT(*) n, MIN(id) FROM terms GROUP BY bin ORDER BY MIN(id);
SELECT COUNT(*) n, MIN(id) FROM terms GROUP BY nbin ORDER BY MIN(id);
SELECT MIN(bin), MAX(bin), MIN(nbin), MAX(nbin), MAX(zh), MIN(zh) FROM terms WHERE bin <> '';
SELECT COUNT(*) FROM (SELECT DISTINCT gen FROM terms) x;
SELECT COUNT(*) FROM (SELECT uni FROM terms UNION SELECT word FROM marks) x;
SELECT t.id, m.id FROM terms t JOIN marks m ON m.word = t.uni ORDER BY 1, 2;
SELECT t.id, m.id FROM terms t JOIN marks m ON m.word = t.uni COLLATE utf8mb4_bin ORDER BY 1, 2;
SELECT t.id, s.meaning FROM terms t JOIN spellings s ON s.word = t.ai ORDER BY 1, 2;
SELECT id FROM terms WHERE uni = 'A' ORDER BY id;
SELECT id FROM terms WHERE bin = 'a' ORDER BY id;
SELECT id FROM terms WHERE nbin = 'a' ORDER BY id;
SELECT id FROM terms WHERE ai LIKE 'RESUM_' ORDER BY id;
SELECT id FROM terms WHERE uni BETWEEN 'b' AND 'é' ORDER BY id;
SELECT id FROM terms WHERE zh > '北' ORDER BY id;
SELECT id FROM terms WHERE uni IN (SELECT word FROM marks) ORDER BY id;
# A key with a binary collation: 'a' and 'A' are two tenants.
SELECT tenant_id, COUNT(*), SUM(n) FROM marks GROUP BY tenant_id ORDER BY tenant_id;
SELECT a.id, b.id FROM marks a JOIN marks b ON a.tenant_id = b.tenant_id COLLATE utf8mb4_unicode_ci ORDER BY 1, 2;
SELECT id, fixed, LENGTH(fixed), CONCAT('<', fixed, '>') FROM marks ORDER BY fixed, id;
SELECT UPPER(fixed), COUNT(*) FROM marks GROUP BY UPPER(fixed) ORDER BY MIN(id);
SELECT COLLATION(uni), CHARSET(lat), COLLATION(CONCAT(ai, 'x')), COERCIBILITY(uni) FROM terms WHERE id = 1;
SELECT COLLATION(MAX(bin)), COLLATION(GROUP_CONCAT(zh)) FROM terms;
SELECT id FROM terms WHERE uni = '😀' ORDER BY id;
SELECT id FROM terms WHERE gen = '😀' ORDER BY id;
# Collations that do not mix.
-- error: 1267
SELECT t.id FROM terms t JOIN marks m ON m.word = t.bin AND t.uni = t.ai;
-- error: 1253
SELECT id FROM terms ORDER BY uni COLLATE latin1_bin;
SELECT CONCAT(uni, ai, gen) FROM terms;
SELECT id, uni = ai COLLATE utf8mb4_bin FROM terms ORDER BY id;
SET NAMES utf8mb4 COLLATE utf8mb4_bin;
SELECT id FROM terms WHERE 'A' = 'a' OR uni = 'ABC' ORDER BY id;
SELECT 'é' = 'É', COUNT(*) FROM terms WHERE ai = 'É';
SET NAMES latin1;
SELECT id, lat FROM terms WHERE id < 12 ORDER BY lat, id;
SELECT id, uni FROM terms ORDER BY uni, id;

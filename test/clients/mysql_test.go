package clients

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// flags are what every program of MySQL needs to connect.
func (w target) flags(more ...string) []string {
	return append([]string{
		"--no-defaults", "--host=127.0.0.1", "--port=" + strconv.Itoa(w.port), "--user=" + user, "--password=" + password,
	}, more...)
}

// mysql is MySQL's own client.
func (b *bed) mysql(t *testing.T) {
	path := b.client(t, "mysql")
	batch := func(flags []string, stdin string) func(*testing.T) {
		return func(t *testing.T) {
			b.both(t, func(t *testing.T, w target) string {
				return timeless(run{path: path, args: w.flags(append(flags, "--force", "shop")...), stdin: stdin}.on(t, w))
			})
		}
	}
	t.Run("batch", batch([]string{"-vv", "-t"}, basics))
	t.Run("column types", batch([]string{"-t", "--column-type-info", "--show-warnings"}, withoutCatalogue(basics)))
	t.Run("variables of procedures", batch([]string{"-v"}, variables))
	t.Run("errors", batch([]string{"--line-numbers"}, mistakes))
	for name, flags := range map[string][]string{
		"TLS":           {"--ssl-mode=REQUIRED"},
		"RSA":           {"--ssl-mode=DISABLED", "--get-server-public-key"},
		"zlib":          {"--compression-algorithms=zlib", "--ssl-mode=DISABLED", "--get-server-public-key"},
		"zstd":          {"--compression-algorithms=zstd", "--zstd-compression-level=7"},
		"XML":           {"--xml"},
		"unbuffered":    {"--binary-as-hex", "--unbuffered", "-t"},
		"init command":  {"--init-command=SET @a = 5, SESSION sort_buffer_size = 300000"},
		"latin1":        {"--default-character-set=latin1"},
		"safe updates":  {"--safe-updates"},
		"no completion": {"-A"},
	} {
		t.Run(name, batch(flags, brief))
	}
	t.Run("wrong password", func(t *testing.T) {
		b.both(t, func(t *testing.T, w target) string {
			return run{path: path, args: w.flags("--password=wrong"), fails: true}.on(t, w) +
				run{path: path, args: w.flags("--password="), fails: true}.on(t, w) +
				run{path: path, args: w.flags("--user=nobody"), fails: true}.on(t, w)
		})
	})
	t.Run("source with delimiter", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "script.sql")
		require.NoError(t, os.WriteFile(file, []byte(programs), 0o600))
		b.both(t, func(t *testing.T, w target) string {
			return run{path: path, args: w.flags("-v", "--commands", "shop"), stdin: "source " + file + "\nCALL pr(10, @m); SELECT @m, fn(4);\nselect * from v order by name, note;"}.on(t, w)
		})
	})
	t.Run("load data local", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "rows.csv")
		require.NoError(t, os.WriteFile(file, []byte("1,one\n2,\"two, too\"\n3,\\N\nx,bad\n"), 0o600))
		b.both(t, func(t *testing.T, w target) string {
			load := "CREATE TABLE t (id INT, name VARCHAR(20));\nLOAD DATA LOCAL INFILE '" + file +
				"' INTO TABLE t FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '\"';\nSHOW WARNINGS;\nSELECT * FROM t;\n"
			return timeless(run{path: path, args: w.flags("--local-infile=1", "-vvv", "shop"), stdin: load}.on(t, w)) +
				run{path: path, args: w.flags("--local-infile=1", "shop"), stdin: "LOAD DATA LOCAL INFILE '/nosuch' INTO TABLE t", fails: true}.on(t, w) +
				run{path: path, args: w.flags("--local-infile=0", "shop"), stdin: "LOAD DATA LOCAL INFILE '/nosuch' INTO TABLE t", fails: true}.on(t, w)
		})
	})
	t.Run("interactive", func(t *testing.T) { b.interactive(t, path) })
}

var took = regexp.MustCompile(` \([\d.]+ sec\)`)

// timeless removes the times that statements took.
func timeless(out string) string { return took.ReplaceAllString(out, "") }

// brief is a little of everything, for the ways to connect.
const brief = `
SELECT DATABASE(), USER(), @@character_set_client, @@collation_connection, COALESCE(@a, 0) + 0 AS a, @@sort_buffer_size, @@sql_safe_updates;
CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT, name VARCHAR(2000), b VARBINARY(8));
INSERT INTO t (name, b) VALUES ('a', x'00ff'), (REPEAT('text that packs ', 100), NULL);
SELECT id, LEFT(name, 30), LENGTH(name), b FROM t; SELECT name FROM t;
UPDATE t SET name = 'x';
SELECT * FROM nosuch;
INSERT INTO t SELECT NULL, name, b FROM t; INSERT INTO t SELECT NULL, name, b FROM t;
INSERT INTO t SELECT NULL, REPEAT(UUID(), 50), b FROM t; SELECT COUNT(*), SUM(LENGTH(name)) FROM t;
SELECT REPEAT('big ', 300000) AS big;
`

// basics is what anybody types.
const basics = `
SELECT 1;
SELECT DATABASE(), SCHEMA(), USER(), CURRENT_USER(), VERSION(), @@version_comment, @@hostname;
SHOW WARNINGS;
CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT, name VARCHAR(20) NOT NULL DEFAULT 'x', d DECIMAL(10,3), b VARBINARY(8), j JSON, ts DATETIME(3), e ENUM('a','b'), f DOUBLE, bt BIT(5));
INSERT INTO t (name, d, b, j, ts, e, f, bt) VALUES ('a', 1.5, x'00ff', '{"a":1}', '2024-02-29 01:02:03.456', 'b', 1e10, b'101'), ('Ünï 😀', NULL, NULL, NULL, NULL, NULL, NULL, NULL);
SELECT LAST_INSERT_ID(), ROW_COUNT();
SELECT * FROM t ORDER BY id;
SELECT FOUND_ROWS();
UPDATE t SET name = name WHERE id = 1;
UPDATE t SET name = 'b' WHERE id = 1;
SELECT ROW_COUNT();
INSERT INTO t (id) VALUES (1) ON DUPLICATE KEY UPDATE name = 'c';
INSERT IGNORE INTO t (id, name) VALUES (1, 'again'), (9, REPEAT('n', 30));
SHOW WARNINGS;
SHOW COUNT(*) WARNINGS;
SELECT @@warning_count, @@error_count;
SHOW TABLES;
SHOW FULL TABLES;
SHOW TABLES LIKE 't%';
SHOW COLUMNS FROM t;
SHOW FULL COLUMNS FROM t FROM shop;
SHOW CREATE TABLE t;
SHOW CREATE DATABASE shop;
SHOW TABLE STATUS WHERE Name = 'nosuch';
SHOW VARIABLES LIKE 'character_set_c%';
SHOW VARIABLES WHERE Variable_name IN ('autocommit', 'sql_mode', 'lower_case_table_names');
SET NAMES utf8mb4;
SET @x = 5, @y := 'text';
SELECT @x, @y, @x + 1, @nosuch;
SET SESSION sql_mode = 'ANSI_QUOTES';
SELECT "id", "name" FROM "t" WHERE id = 1;
SELECT @@sql_mode;
SET sql_mode = DEFAULT;
BEGIN;
INSERT INTO t (name) VALUES ('in transaction');
SAVEPOINT a;
DELETE FROM t WHERE id > 0;
ROLLBACK TO SAVEPOINT a;
SELECT COUNT(*) FROM t;
ROLLBACK;
SELECT COUNT(*) FROM t;
SET autocommit = 0; SELECT @@autocommit; SET autocommit = 1;
PREPARE s FROM 'SELECT ? + 1, name FROM t WHERE id = ?';
SET @i = 1;
EXECUTE s USING @x, @i;
DEALLOCATE PREPARE s;
SELECT COLUMN_NAME, DATA_TYPE FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 'shop' AND TABLE_NAME = 't' ORDER BY ORDINAL_POSITION;
SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE();
EXPLAIN SELECT * FROM t WHERE id = 1;
USE information_schema;
SELECT DATABASE();
USE shop;
CREATE TEMPORARY TABLE tmp AS SELECT * FROM t;
SELECT COUNT(*) FROM tmp;
DROP TEMPORARY TABLE tmp;
SELECT SQL_CALC_FOUND_ROWS id FROM t LIMIT 1;
SELECT FOUND_ROWS();
ALTER TABLE t ADD COLUMN extra INT;
DELETE FROM t WHERE id = 1;
TRUNCATE t;
CHECK TABLE t;
ANALYZE TABLE t;
CHECKSUM TABLE t;
DROP TABLE t;
DROP TABLE IF EXISTS t;
SHOW WARNINGS;
`

// mistakes are statements that fail.
const mistakes = `
SELEC 1;
SELECT * FROM nosuch;
SELECT nosuch FROM (SELECT 1 AS a) x;
SELECT * FROM shop.nosuch;
SELECT * FROM nosuch.nosuch;
SELECT 'unfinished;
';
SELECT 1 FROM;
CREATE TABLE t (id INT PRIMARY KEY, n INT NOT NULL);
CREATE TABLE t (id INT PRIMARY KEY);
INSERT INTO t VALUES (1, 1);
INSERT INTO t VALUES (1, 1);
SHOW WARNINGS;
INSERT INTO t VALUES (1);
INSERT INTO t VALUES (2, NULL);
INSERT INTO t (nosuch) VALUES (1);
SHOW ERRORS;
INSERT INTO t VALUES ('x', 1);
SELECT 1/0, CAST('a' AS SIGNED);
SHOW WARNINGS;
USE nosuch;
DROP TABLE nosuch;
CALL nosuch();
SELECT nosuch();
SET nosuch = 1;
SET SESSION sql_mode = 'nosuch';
SET NAMES nosuch;
EXECUTE nosuch;
ROLLBACK TO SAVEPOINT nosuch;
KILL 4000000000;
SELECT 1; SELECT * FROM nosuch; SELECT 2;
`

// variables is about user variables that procedures read and set.
const variables = `
DELIMITER //
CREATE PROCEDURE p() BEGIN SELECT @a, @b; SET @a = 6, @c = NOW() IS NOT NULL; END//
SET @a = 5//
CALL p()//
SELECT @a, @b, @c//
SET @b = 7//
SELECT @a, @b//
CALL p()//
DROP PROCEDURE p//
CREATE PROCEDURE p(OUT o INT) BEGIN SET @a = 8, o = @a; SELECT * FROM nosuch; END//
CALL p(@d)//
SELECT @a, @b, @c, @d//
SELECT 1; SELECT 2//
DROP PROCEDURE p//
`

// programs is a script in several dialects of the client.
const programs = `
CREATE TABLE parent (id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, name VARCHAR(64) COLLATE utf8mb4_unicode_ci NOT NULL DEFAULT '', j JSON, d DECIMAL(20,6), b VARBINARY(32), bt BIT(9), g VARCHAR(70) GENERATED ALWAYS AS (CONCAT(name, '!')) VIRTUAL, h DECIMAL(21,6) AS (d * 2) STORED, ts TIMESTAMP(6) NULL DEFAULT '2024-01-01 00:00:00', e ENUM('a','b'), s SET('x','y'), p POINT, KEY n (name)) COMMENT='it''s';
CREATE TABLE child (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, parent_id BIGINT UNSIGNED, note TEXT, FOREIGN KEY (parent_id) REFERENCES parent (id) ON DELETE CASCADE);
CREATE TABLE log (id INT AUTO_INCREMENT PRIMARY KEY, what VARCHAR(50));
INSERT INTO parent (name, j, d, b, bt, e, s, p) VALUES ('a''b\\c', '{"x":[1,2,null]}', 1.5, x'00ff27', b'101010101', 'a', 'x,y', POINT(1, 2)), ('Ünïcode 😀', NULL, -12345.678901, NULL, NULL, 'b', '', NULL);
INSERT INTO child (parent_id, note) VALUES (1, 'one'), (2, NULL);
CREATE VIEW v AS SELECT p.name, c.note FROM parent p JOIN child c ON c.parent_id = p.id;
DELIMITER //
CREATE TRIGGER trg AFTER INSERT ON child FOR EACH ROW
BEGIN
  INSERT INTO log (what) VALUES (CONCAT('child ', NEW.id));
END//
CREATE PROCEDURE pr(IN n INT, OUT m INT)
BEGIN
  -- a comment; with a semicolon
  SELECT COUNT(*) + n INTO m FROM child;
  SELECT n AS given, m AS result;
  SELECT name FROM v ORDER BY name;
END//
CREATE FUNCTION fn(a INT) RETURNS INT DETERMINISTIC
BEGIN
  RETURN a * 2;
END//
delimiter ;
INSERT INTO child (parent_id, note) VALUES (1, 'three');
`

// interactive types into a terminal.
func (b *bed) interactive(t *testing.T, path string) {
	b.both(t, func(t *testing.T, w target) string {
		out := typed(t, w, path, w.flags("--prompt=\\d> ", "shop"), []string{
			"create table t (id int, word varchar(5));",
			"insert into t values (1, 'a'),", "(2, 'b');",
			"select *", "from t", "order by id\\G",
			"\\u shop", "rehash", "\\s", "help select", "select \\c", "\\W", "select 1/0;", "\\w",
			"use information_schema", "status", "use nosuch", "connect copy", "select database();", "warnings", "quit",
		})
		return varying.ReplaceAllString(out, "$1")
	})
}

// varying is what differs from one connection to the next.
var varying = regexp.MustCompile(`(Connection id:|connection id is|TCP port:|Uptime:|Threads:).*| \([\d.]+ sec\)`)

// withoutCatalogue leaves out the statements whose columns are described otherwise than
// by plain MySQL, though their rows are the same: those about the catalogue, which is
// put together, and user variables that were never set.
func withoutCatalogue(script string) string {
	var kept []string
	for _, line := range strings.Split(script, "\n") {
		if strings.Contains(line, "information_schema.") || strings.Contains(line, "TABLE STATUS") || strings.Contains(line, "@nosuch") {
			continue
		}
		kept = append(kept, line)
	}
	return strings.Join(kept, "\n")
}

package diff

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/test/mysqltest"
)

// tables are on both servers before one of them is made to differ.
var tables = []string{
	"CREATE USER app@'%' IDENTIFIED BY ''", "GRANT ALL ON *.* TO app@'%'",
	"CREATE DATABASE d", "USE d",
	"CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT, a VARCHAR(10), n INT, d DECIMAL(10,2))",
	"INSERT INTO t VALUES (1, 'one', 1, 1.00), (2, 'two', 2, 2.00), (3, 'three', 3, 3.00)",
	"CREATE TABLE none (n INT)",
}

// TestFindsDifferences tests the tester: two servers that are alike answer alike, and
// each way in which one of them can deviate is reported, with file and line.
func TestFindsDifferences(t *testing.T) {
	left, right := start(t), start(t)
	p := Pair{
		Left:  Target{Name: "left", Addr: left.Addr(), User: "app"},
		Right: Target{Name: "right", Addr: right.Addr(), User: "app"}, Shards: 1,
	}
	for _, c := range []struct {
		name      string
		make      string // on the right server only
		undo      string
		statement string
		head      string // directives
		want      string
	}{
		{name: "value", make: "UPDATE t SET a = 'One' WHERE id = 1", undo: "UPDATE t SET a = 'one' WHERE id = 1", statement: "SELECT a FROM t", want: `"One"`},
		{name: "NULL and empty", make: "UPDATE t SET a = '' WHERE id = 1; UPDATE t SET a = NULL WHERE id = 2", undo: "UPDATE t SET a = 'one' WHERE id = 1; UPDATE t SET a = 'two' WHERE id = 2", statement: "SELECT a FROM t", want: "row 1 (of 3 and 3)"},
		{name: "row missing", make: "DELETE FROM t WHERE id = 3", undo: "INSERT INTO t VALUES (3, 'three', 3, 3.00)", statement: "SELECT a FROM t", want: "(of 3 and 2)"},
		{name: "row twice", make: "INSERT INTO t VALUES (4, 'three', 3, 3.00)", undo: "DELETE FROM t WHERE id = 4; ALTER TABLE t AUTO_INCREMENT = 4", statement: "SELECT a FROM t", want: "(of 3 and 4)"},
		{name: "order", make: "UPDATE t SET n = -n", undo: "UPDATE t SET n = -n", statement: "SELECT id FROM t ORDER BY n", want: "row 1 (of 3 and 3)"},
		{name: "type", make: "ALTER TABLE t MODIFY n BIGINT", undo: "ALTER TABLE t MODIFY n INT", statement: "SELECT n FROM t", want: "column 1"},
		{name: "length", make: "ALTER TABLE t MODIFY a VARCHAR(11)", undo: "ALTER TABLE t MODIFY a VARCHAR(10)", statement: "SELECT a FROM t", want: "column 1"},
		{name: "decimals", make: "ALTER TABLE t MODIFY d DECIMAL(10,3)", undo: "ALTER TABLE t MODIFY d DECIMAL(10,2)", statement: "SELECT MAX(d) FROM none JOIN t", want: "column 1"},
		{name: "flags", make: "ALTER TABLE t MODIFY n INT NOT NULL", undo: "ALTER TABLE t MODIFY n INT", statement: "SELECT n FROM t", want: "column 1"},
		{name: "character set", make: "ALTER TABLE t MODIFY a VARBINARY(40)", undo: "ALTER TABLE t MODIFY a VARCHAR(10)", statement: "SELECT a FROM t", want: "column 1"},
		{name: "column name", make: "ALTER TABLE t RENAME COLUMN n TO N", undo: "ALTER TABLE t RENAME COLUMN N TO n", statement: "SELECT * FROM t", want: "column 3"},
		{name: "columns", make: "ALTER TABLE t ADD x INT", undo: "ALTER TABLE t DROP x", statement: "SELECT * FROM t", want: "columns"},
		{name: "affected", make: "UPDATE t SET n = 7 WHERE id = 1", undo: "UPDATE t SET n = 1 WHERE id = 1", statement: "UPDATE t SET n = 7 WHERE id = 1;\nUPDATE t SET n = 1 WHERE id = 1", want: "affected"},
		{name: "info", make: "UPDATE t SET n = 7 WHERE id = 1", undo: "UPDATE t SET n = 1 WHERE id = 1", statement: "UPDATE t SET n = 7 WHERE id = 1;\nUPDATE t SET n = 1 WHERE id = 1", want: "info"},
		{name: "insert id", make: "ALTER TABLE t AUTO_INCREMENT = 50", undo: "DO 0", statement: "INSERT INTO t (a) VALUES ('x');\nDELETE FROM t WHERE a = 'x';\nALTER TABLE t AUTO_INCREMENT = 1", want: "affected"},
		{name: "warnings", make: "SET GLOBAL sql_mode = ''", undo: "SET GLOBAL sql_mode = DEFAULT", statement: "DO 1 / 0", want: "affected, insert id, status, warnings"},
		{name: "texts of warnings", make: "UPDATE t SET a = '9z' WHERE id = 1", undo: "UPDATE t SET a = 'one' WHERE id = 1", statement: "SELECT COUNT(*) FROM t WHERE id = 1 AND a + 0 > -1", want: "SHOW WARNINGS"},
		{name: "status", make: "SET GLOBAL completion_type = 1", undo: "SET GLOBAL completion_type = 0", statement: "BEGIN;\nCOMMIT;\nROLLBACK", want: "Status:3"},
		{name: "error", make: "RENAME TABLE none TO full", undo: "RENAME TABLE full TO none", statement: "SELECT 1 FROM none", want: "Table 'd.none' doesn't exist"},
		{name: "error's words", make: "ALTER TABLE t RENAME COLUMN a TO b", undo: "ALTER TABLE t RENAME COLUMN b TO a", statement: "INSERT INTO t (id, n, nope) VALUES (1, 2, 3);\nALTER TABLE t ADD UNIQUE (a, nope)", want: "Key column 'a' doesn't exist"},
		{name: "number of the error", make: "RENAME TABLE t TO t2", undo: "RENAME TABLE t2 TO t", statement: "SELECT nope FROM t", want: "left: ERROR 1054"},
		{name: "several results", make: "CREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; END", undo: "DROP PROCEDURE p", statement: "CALL p()", want: "PROCEDURE d.p does not exist"},
		{name: "parameter", make: "DELETE FROM t WHERE id = 2", undo: "INSERT INTO t VALUES (2, 'two', 2, 2.00)", head: "-- params: 1\n-- params: 2\n", statement: "SELECT a FROM t WHERE id = ?", want: "(of 1 and 0)"},
		{name: "parameter's description", make: "ALTER TABLE t MODIFY n DECIMAL(10,1)", undo: "ALTER TABLE t MODIFY n INT", statement: "UPDATE t SET d = d WHERE id = -1 AND n = ?", head: "-- params: 1\n", want: "prepared"},
		{name: "waiting", make: "ALTER TABLE t ENGINE = MyISAM", undo: "ALTER TABLE t ENGINE = InnoDB", statement: "BEGIN;\nSELECT id FROM t WHERE id = 1 FOR UPDATE;\n-- session: b\n-- blocks\nSELECT id FROM t WHERE id = 1 FOR UPDATE;\n-- session:\nROLLBACK;\n-- session: b\nDO 0", want: "right: must wait for another session"},
		{name: "refused", statement: "SELECT 1", head: "-- refuse: 1235\n", want: "must be refused with 1235, and was answered"},
		{name: "refused with another number", statement: "SELECT nope", head: "-- refuse: 1235\n", want: "must be refused with 1235, got"},
	} {
		t.Run(c.name, func(t *testing.T) {
			pair := p
			if c.make == "" {
				pair.Shards = 2
			}
			path := filepath.Join(t.TempDir(), "case.sql")
			require.NoError(t, os.WriteFile(path, []byte("-- about: a case\n-- database: d\n"+c.head+c.statement+";\n"), 0o600))
			f, err := Read(path)
			require.NoError(t, err)
			if c.make != "" {
				require.Empty(t, both(f, pair), "before")
				require.NoError(t, right.Exec(t.Context(), "USE d; "+c.make))
			}
			got := both(f, pair)
			if c.make != "" {
				require.NoError(t, right.Exec(t.Context(), "USE d; "+c.undo))
				defer func() { require.Empty(t, both(f, pair), "after") }()
			}
			require.NotEmpty(t, got)
			require.Contains(t, got[0], path+":")
			require.True(t, slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, c.want) }), "%q", got)
		})
	}
}

func start(t *testing.T) *mysqltest.Server {
	t.Helper()
	s := mysqltest.Start(t, mysqltest.Options{Flags: []string{"--skip-log-bin", "--innodb-flush-log-at-trx-commit=0"}})
	require.NoError(t, s.Exec(t.Context(), tables...))
	return s
}

// both compares over both protocols.
func both(f *File, p Pair) []string {
	return append(Compare(f, p, false), Compare(f, p, true)...)
}

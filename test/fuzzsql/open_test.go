package fuzzsql

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/test/diff"
	"github.com/sluicedb/sluice/test/mysqltest"
)

// TestOpen: one MySQL alone gives two answers to what the generator does not write, the MIN()
// of a view's FLOAT and totals of expressions of no rows, depending on its plan alone.
func TestOpen(t *testing.T) {
	server := mysqltest.Start(t, mysqltest.Options{})
	c, err := diff.Connect(diff.Target{Name: "MySQL", Addr: server.Addr(), User: "root", Database: "mysql"}, 0)
	require.NoError(t, err)
	defer c.Close()
	ask := func(sql string) diff.Answer {
		answers, err := c.Query(sql)
		require.NoError(t, err, sql)
		return answers[0]
	}
	ask("CREATE TABLE t (id INT PRIMARY KEY, f FLOAT, n INT, KEY (n))")
	ask("CREATE VIEW v AS SELECT f, n FROM t")
	ask("INSERT INTO t VALUES (1, 0.1, 1), (2, 0.2, 2), (3, 1.5, 1)")
	sorted := ask("SELECT MIN(f) FROM v GROUP BY n")
	inTable := ask("SELECT MIN(f) FROM v GROUP BY n + 0")
	require.NotEqual(t, sorted.Rows, inTable.Rows)

	later := ask("SELECT n IS NULL FROM t WHERE n > 7 GROUP BY n IS NULL WITH ROLLUP")
	never := ask("SELECT n IS NULL FROM t WHERE n > 7 AND n = 7 GROUP BY n IS NULL WITH ROLLUP")
	require.NotEqual(t, later.Rows, never.Rows)
}

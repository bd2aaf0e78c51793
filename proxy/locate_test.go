package proxy_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/test/diff"
)

// TestLocated finds rows by their ids alone: where they were last if they still are there,
// and elsewhere if they are not.
func TestLocated(t *testing.T) {
	server := newServer(t)
	conf := strings.Replace(config(server.Addr(), "127.0.0.1:0", "max: 20", ""), "    tables:", "    global_keys: [PRIMARY]\n    tables:", 1)
	b := startBed(t, server, tables, conf)
	for name, f := range map[string]func(*bed, *diff.Conn, *diff.Conn){
		"one statement": locatedAtOnce, "a row that moved": locatedMoved, "nothing to change": locatedUnchanged,
		"errors": locatedErrors, "transactions": locatedInTransactions, "outer joins": locatedOuter, "prepared": locatedPrepared,
	} {
		c, direct := b.connect(), b.direct()
		b.do(direct, "DELETE FROM app_0.t", "DELETE FROM app_1.t",
			"INSERT INTO app_0.t (id, tenant_id, v) VALUES ('x', 'a', 1), ('y', 'a', 2)",
			"INSERT INTO app_1.t (id, tenant_id, v) VALUES ('z', 'b', 3)")
		b.do(c, "SELECT * FROM t WHERE id = 'x'", "SELECT * FROM t WHERE id = 'z'") // learned
		require.True(t, t.Run(name, func(*testing.T) { f(b, c, direct) }))
	}
}

// direct is a connection to the server itself.
func (b *bed) direct() *diff.Conn {
	b.Helper()
	c, err := diff.Connect(diff.Target{Name: "MySQL", Addr: b.server.Addr(), User: "root"}, wire.ClientMultiStatements)
	require.NoError(b, err)
	b.Cleanup(func() { _ = c.Close() })
	return c
}

// affected is how many rows a statement says that it has changed.
func (b *bed) affected(c *diff.Conn, sql string) uint64 {
	b.Helper()
	a, err := c.Query(sql)
	require.NoError(b, err, sql)
	return a[0].OK.Affected
}

// moveX makes row x one of the other tenant.
func (b *bed) moveX(direct *diff.Conn) {
	b.Helper()
	b.do(direct, "DELETE FROM app_0.t WHERE id = 'x'", "INSERT INTO app_1.t (id, tenant_id, v) VALUES ('x', 'b', 9)")
}

func locatedAtOnce(b *bed, c, _ *diff.Conn) {
	require.Equal(b, 1, b.selects(func() { b.do(c, "SELECT v FROM t WHERE id = 'x'") }), "rows read: a place remembered is not asked before")
	require.Equal(b, 1, b.selects(func() { b.do(c, "UPDATE t SET v = v + 1 WHERE id = 'x'") }))
	require.Equal(b, 1, b.selects(func() { b.do(c, "DELETE FROM t WHERE id = 'x'") }))
	require.Greater(b, b.selects(func() { b.do(c, "SELECT COUNT(*) FROM t WHERE id = 'z'") }), 1, "a count proves nothing")
}

func locatedMoved(b *bed, c, direct *diff.Conn) {
	b.moveX(direct)
	require.Equal(b, "9", b.cell(c, "SELECT v FROM t WHERE id = 'x'"))
	require.Equal(b, 1, b.selects(func() { b.do(c, "SELECT v FROM t WHERE id = 'x'") }), "the new place is remembered")
	b.do(direct, "UPDATE app_1.t SET id = 'w' WHERE id = 'x'", "INSERT INTO app_0.t (id, tenant_id, v) VALUES ('x', 'a', 5)")
	require.Equal(b, uint64(1), b.affected(c, "UPDATE t SET v = 6 WHERE id = 'x'"))
	require.Equal(b, "6", b.cell(c, "SELECT v FROM t WHERE id = 'x'"))
	b.moveX(direct)
	require.Equal(b, uint64(1), b.affected(c, "DELETE FROM t WHERE id = 'x'"))
	require.Equal(b, uint64(0), b.affected(c, "DELETE FROM t WHERE id = 'x'"))
}

func locatedUnchanged(b *bed, c, _ *diff.Conn) {
	require.Equal(b, uint64(0), b.affected(c, "UPDATE t SET v = 1 WHERE id = 'x'"))
	require.Equal(b, 1, b.selects(func() { b.do(c, "UPDATE t SET v = 1 WHERE id = 'x'") }), "a row matched, if not changed, proves the place")
	require.Equal(b, uint64(0), b.affected(c, "UPDATE t SET v = 1 WHERE id = 'x' AND v = 77"))
	a, err := c.Query("SELECT v, id FROM t WHERE id = 'x' AND v = 77")
	require.NoError(b, err)
	require.Empty(b, a[0].Rows)
	require.Len(b, a[0].Columns, 2, "the columns are told once")
	a, err = c.Query("SELECT v FROM t WHERE id = 'x' AND v = 77; SELECT v FROM t WHERE id = 'z'; SELECT v FROM t WHERE id = 'x'")
	require.NoError(b, err)
	require.Len(b, a, 3)
	require.Equal(b, [][]string{{"3"}}, a[1].Rows)
	require.Equal(b, [][]string{{"1"}}, a[2].Rows)
}

func locatedErrors(b *bed, c, direct *diff.Conn) {
	b.fails(c, 1054, "SELECT nothing FROM t WHERE id = 'x'")
	b.fails(c, 1062, "UPDATE t SET id = 'y' WHERE id = 'x'")
	b.do(direct, "BEGIN", "SELECT * FROM app_0.t WHERE id = 'x' FOR UPDATE")
	b.fails(c, 3572, "SELECT * FROM t WHERE id = 'x' FOR UPDATE NOWAIT")
	b.do(c, "SET innodb_lock_wait_timeout = 1")
	b.fails(c, 1205, "UPDATE t SET v = 8 WHERE id = 'x'")
	b.do(direct, "ROLLBACK")
	require.Equal(b, "1", b.cell(c, "SELECT v FROM t WHERE id = 'x'"))
}

func locatedInTransactions(b *bed, c, direct *diff.Conn) {
	b.do(c, "BEGIN", "SELECT * FROM t WHERE id = 'x'")
	require.Equal(b, 1, b.selects(func() { b.do(c, "SELECT * FROM t WHERE id = 'x'") }))
	b.do(c, "UPDATE t SET v = 10 WHERE id = 'x'", "UPDATE t SET v = 30 WHERE id = 'z'", "UPDATE t SET v = 11 WHERE id = 'x'")
	require.Equal(b, "11", b.cell(c, "SELECT v FROM t WHERE id = 'x'"))
	b.do(c, "DELETE FROM t WHERE id = 'x'")
	a, err := c.Query("SELECT v FROM t WHERE id = 'x'")
	require.NoError(b, err)
	require.Empty(b, a[0].Rows)
	b.do(c, "ROLLBACK")
	require.Equal(b, "1", b.cell(c, "SELECT v FROM t WHERE id = 'x'"))
	b.moveX(direct)
	b.do(c, "BEGIN", "UPDATE t SET v = 12 WHERE id = 'y'")
	require.Equal(b, uint64(1), b.affected(c, "UPDATE t SET v = 13 WHERE id = 'x'"))
	b.do(c, "COMMIT")
	require.Equal(b, "13", b.cell(direct, "SELECT v FROM app_1.t WHERE id = 'x'"))
}

func locatedOuter(b *bed, c, direct *diff.Conn) {
	b.moveX(direct)
	a, err := c.Query("SELECT l.id, r.v FROM t l LEFT JOIN t r ON r.id = l.id AND r.tenant_id = l.tenant_id WHERE l.id = 'x'")
	require.NoError(b, err)
	require.Equal(b, [][]string{{"x", "9"}}, a[0].Rows)
}

func locatedPrepared(b *bed, c, direct *diff.Conn) {
	params, err := diff.Params("'x'")
	require.NoError(b, err)
	for i, sql := range []string{"SELECT v FROM t WHERE id = ?", "UPDATE t SET v = v + 1 WHERE id = ?"} {
		st, err := c.Prepare(sql)
		require.NoError(b, err)
		for n := range 3 {
			if n == 2 && i == 0 {
				b.moveX(direct)
			}
			a, err := c.Execute(st, params, nil)
			require.NoError(b, err, fmt.Sprint(sql, n))
			if i == 0 {
				require.Equal(b, []string{"long 1", "long 1", "long 9"}[n], a[0].Rows[0][0])
			} else {
				require.Equal(b, uint64(1), a[0].OK.Affected)
			}
		}
	}
}

package proxy_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/test/diff"
)

// TestParameterTypes: what a parameter had for a type before, in this session or in
// another that had the same connection, changes no answer: a statement answers as if it
// had been prepared for the values it is executed with.
func TestParameterTypes(t *testing.T) {
	server := newServer(t)
	b := newBed(t, server, "max: 2", "limits: {slow: 0s}\n")
	b.do(b.connect(), "INSERT INTO t (id, tenant_id, v) VALUES ('5', 'a', 5), ('abc', 'a', 0), ('6.5', 'a', 6), ('2026-01-02', 'a', 1)")
	values := []string{"5", "'abc'", "'7.25'", "double 6.5", "date 2026-01-02", "decimal 6.50", "ubigint 18446744073709551615", "null", "blob 616263", "'-3'", "'18446744073709551616'"}
	texts := []string{
		"SELECT ?, IF(1, ?, 'zz'), CONCAT(?, 'x') FROM t WHERE tenant_id = 'a' LIMIT 1", "SELECT GROUP_CONCAT(id ORDER BY id), ?, ? FROM t WHERE tenant_id = 'a' AND id = ?",
		"SELECT COUNT(*), MAX(?), MAX(?) FROM t WHERE id = ?", // of all shards
		"SELECT COALESCE(?, ?, v), COALESCE(v, ?) FROM t WHERE tenant_id = 'a' ORDER BY id",
		"SELECT IFNULL(?, v) + 1, GREATEST(v, ?), CASE v WHEN ? THEN 1 ELSE 2 END FROM t WHERE tenant_id = 'a' ORDER BY id",
	}
	plain, err := diff.Connect(diff.Target{Addr: server.Addr(), User: "root", Database: "app_0"}, 0)
	require.NoError(t, err)
	defer plain.Close()
	run := func(c *diff.Conn, p *diff.Prepared, words []string) (out string) {
		var params []diff.Param
		for _, w := range words {
			list, err := diff.Params(w)
			require.NoError(t, err)
			params = append(params, list...)
		}
		answers, err := c.Execute(p, params, nil)
		if err != nil {
			return err.Error()
		}
		return fmt.Sprint(answers[0].Rows)
	}
	var sessions []*diff.Conn
	var prepared [][]*diff.Prepared
	for range 6 {
		c := b.connect()
		var list []*diff.Prepared
		for _, sql := range texts {
			p, err := c.Prepare(sql)
			require.NoError(t, err)
			list = append(list, p)
		}
		sessions, prepared = append(sessions, c), append(prepared, list)
	}
	for range 600 {
		i, n := rand.IntN(len(sessions)), rand.IntN(len(texts))
		var words []string
		for range 3 {
			words = append(words, values[rand.IntN(len(values))])
		}
		p, err := plain.Prepare(texts[n])
		require.NoError(t, err)
		want := run(plain, p, words)
		require.NoError(t, plain.Release(p))
		require.Equal(t, want, run(sessions[i], prepared[i][n], words), "%s %q", texts[n], words)
	}
}

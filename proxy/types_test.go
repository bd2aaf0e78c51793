package proxy_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/test/diff"
)

// TestParameterTypes: what a parameter had for a type before in this session changes answers
// as on one server, or the statement is refused; what it had in another session that had the
// same connection changes none.
func TestParameterTypes(t *testing.T) {
	server := newServer(t)
	b := newBed(t, server, "max: 2", "limits: {slow: 0s}\n")
	b.do(b.connect(), "INSERT INTO t (id, tenant_id, v) VALUES ('5', 'a', 5), ('abc', 'a', 0), ('6.5', 'a', 6), ('2026-01-02', 'a', 1)")
	values := []string{"5", "'abc'", "'7.25'", "double 6.5", "date 2026-01-02", "decimal 6.50", "ubigint 18446744073709551615", "blob 616263", "'-3'", "'18446744073709551616'"}
	texts := []string{
		"SELECT ?, IF(1, ?, 'zz'), CONCAT(?, 'x') FROM t WHERE tenant_id = 'a' LIMIT 1", "SELECT GROUP_CONCAT(id ORDER BY id), ?, ? FROM t WHERE tenant_id = 'a' AND id = ?",
		"SELECT COUNT(*), MAX(?), MAX(?) FROM t WHERE id = ?", // of all shards
		"SELECT COALESCE(?, ?, v), COALESCE(v, ?) FROM t WHERE tenant_id = 'a' ORDER BY id",
		"SELECT IFNULL(?, v) + 1, GREATEST(v, ?), CASE v WHEN ? THEN 1 ELSE 2 END FROM t WHERE tenant_id = 'a' ORDER BY id",
	}
	run := func(c *diff.Conn, p *diff.Prepared, words []string) string {
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
	type pair struct{ plain, sluice *diff.Conn }
	type statement struct {
		plain, sluice *diff.Prepared
		history       [][]string
	}
	prepare := func(c pair, sql string) (p statement) {
		var err error
		p.plain, err = c.plain.Prepare(sql)
		require.NoError(t, err)
		p.sluice, err = c.sluice.Prepare(sql)
		require.NoError(t, err)
		return p
	}
	var sessions []pair
	var prepared [][]statement
	for range 6 {
		plain, err := diff.Connect(diff.Target{Addr: server.Addr(), User: "root", Database: "app_0"}, 0)
		require.NoError(t, err)
		defer plain.Close()
		c := pair{plain, b.connect()}
		var list []statement
		for _, sql := range texts {
			list = append(list, prepare(c, sql))
		}
		sessions, prepared = append(sessions, c), append(prepared, list)
	}
	refused := 0
	for range 1200 {
		i, n := rand.IntN(len(sessions)), rand.IntN(len(texts))
		c, p := sessions[i], &prepared[i][n]
		if rand.IntN(4) == 0 {
			require.NoError(t, c.plain.Release(p.plain))
			require.NoError(t, c.sluice.Release(p.sluice))
			*p = prepare(c, texts[n])
		}
		var words []string
		for range 3 {
			words = append(words, values[rand.IntN(len(values))])
		}
		got := run(c.sluice, p.sluice, words)
		if strings.Contains(got, "had a value of another type") {
			refused++
			continue
		}
		p.history = append(p.history, words)
		require.Equal(t, run(c.plain, p.plain, words), got, "%s %q", texts[n], p.history)
	}
	require.Less(t, refused, 600)
}

package proxy_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/parser/wire"
)

// TestScatterInTransaction reads over shards inside a transaction: the shards answer on its
// own connections, and whatever ends the reading leaves the transaction as it was.
func TestScatterInTransaction(t *testing.T) {
	const each, size = 20_000, 1000
	const sql = "SELECT id, b FROM t ORDER BY id"
	for _, layout := range []string{"a group each", "one group"} {
		t.Run(layout, func(t *testing.T) {
			p := newPair(t)
			second := p.servers[1]
			if layout == "one group" {
				second = p.servers[0]
				require.NoError(t, second.Exec(t.Context(), "CREATE DATABASE app_1", "USE app_1; "+tables))
				text, err := os.ReadFile(p.file)
				require.NoError(t, err)
				require.NoError(t, os.WriteFile(p.file, []byte(strings.Replace(string(text), "name: app-1, group: g1", "name: app-1, group: g0", 1)), 0o600))
			}
			fill(t, p.servers[0], 0, "a", each, size)
			fill(t, second, 1, "b", each, size)
			b := p.start(nil)
			c := p.connect(b)
			own := func() { // the transaction is still there, with what it has written
				t.Helper()
				require.Equal(t, "1", b.cell(c, "SELECT v FROM t WHERE id = 'own a'"))
				require.Equal(t, "2", b.cell(c, "SELECT v FROM t WHERE id = 'own b'"))
			}
			b.do(c, "BEGIN", "INSERT INTO t (id, tenant_id, v) VALUES ('own a', 'a', 1), ('own b', 'b', 2)")
			t.Run("sees its own rows, and brings none together", func(t *testing.T) {
				require.Equal(t, "40002", b.cell(c, "SELECT COUNT(*) FROM t"))
				require.Equal(t, "own b", b.cell(c, "SELECT id FROM t ORDER BY id DESC LIMIT 1"))
				require.Equal(t, "own a", b.cell(c, "SELECT id FROM t ORDER BY id DESC LIMIT 1, 1"))
				require.Equal(t, "40000", b.cell(p.connect(b), "SELECT COUNT(*) FROM t"))
				require.Zero(t, b.metric("sluice_gathered_bytes_total"))
				own()
			})
			t.Run("many rows", func(t *testing.T) {
				rows, last := 0, ""
				require.NoError(t, readRows(t, c, sql, func(id string) {
					require.Less(t, last, id)
					last = id
					rows++
				}))
				require.Equal(t, 2*each+2, rows)
				require.Equal(t, layout == "one group", b.metric("sluice_gathered_bytes_total") > 0, "more than may be kept of a group's first shard")
				own()
			})
			t.Run("killed in the middle", func(t *testing.T) {
				id, rows := b.cell(c, "SELECT CONNECTION_ID()"), 0
				err := readRows(t, c, sql, func(string) {
					if rows++; rows == 1000 {
						b.do(p.connect(b), "KILL QUERY "+id)
					}
				})
				if layout != "one group" { // which is the host's result by then
					var e *wire.Error
					require.ErrorAs(t, err, &e)
					require.Equal(t, 1317, int(e.Number))
				}
				own()
			})
			t.Run("an error in the middle", func(t *testing.T) {
				b.fails(c, 1690, "SELECT id, v - 20001 + CAST(0 AS UNSIGNED) FROM t WHERE v < 100000 ORDER BY id")
				own()
			})
			b.do(c, "ROLLBACK")
			require.Equal(t, "40000", b.cell(c, "SELECT COUNT(*) FROM t"))
			b.idle()
			t.Run("a server that dies in the middle", func(t *testing.T) {
				b.do(c, "BEGIN", "INSERT INTO t (id, tenant_id, v) VALUES ('own b', 'b', 2)")
				rows := 0
				require.Error(t, readRows(t, c, "SELECT id, b FROM t LIMIT 30000", func(string) {
					if rows++; rows == 100 {
						second.Kill()
					}
				}))
				_, err := c.Query("SELECT 1")
				require.Error(t, err, "the client must not go on as if it were in its transaction")
				b.idle()
			})
		})
	}
}

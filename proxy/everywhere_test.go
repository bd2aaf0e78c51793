package proxy_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/test/diff"
)

func (p *pair) connect(b *bed) *diff.Conn {
	p.Helper()
	c, err := diff.Connect(diff.Target{Addr: b.addr, User: "root", Database: "app"}, 0)
	require.NoError(p, err)
	p.Cleanup(func() { _ = c.Close() })
	return c
}

// columns are the columns of t on each server.
func (p *pair) columns() [2]string {
	p.Helper()
	var out [2]string
	for i, s := range p.servers {
		db, err := s.DB("")
		require.NoError(p, err)
		require.NoError(p, db.QueryRowContext(p.Context(),
			"SELECT COALESCE(GROUP_CONCAT(column_name ORDER BY ordinal_position), '') FROM information_schema.columns WHERE table_schema LIKE 'app%' AND table_name = 't'").Scan(&out[i]))
		require.NoError(p, db.Close())
	}
	return out
}

func TestDefinitionsOnAllShards(t *testing.T) {
	p := newPair(t)
	b := p.start(nil)
	c := p.connect(b)
	before := p.columns()
	require.Equal(t, before[0], before[1])
	_, err := c.Query("ALTER TABLE t ADD COLUMN extra INT DEFAULT 7")
	require.NoError(t, err)
	require.Equal(t, [2]string{before[0] + ",extra", before[0] + ",extra"}, p.columns())
	r, err := c.Query("SELECT * FROM t")
	require.NoError(t, err)
	t.Log(r)
}

package proxy_test

import (
	"math"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
)

// Statements over groups cost what their round trips cost: this counts those to the first
// group. What Sluice asks its servers now and then comes on top, so the least of many runs
// counts.
func TestRoundTripsOverGroups(t *testing.T) {
	p := newPair(t)
	b := p.start(nil)
	p.reset()
	c := b.connect()
	for _, test := range []struct {
		about string // what the round trips are
		run   []string
		want  int64
	}{
		{"begin, update, decide", []string{"UPDATE t SET v = v + 1"}, 3},
		{"begin, update of nothing, decide", []string{"UPDATE t SET v = v + 1 WHERE v < 0"}, 3},
		{"begin, savepoint, update, release, decide", []string{"BEGIN", "UPDATE t SET v = v + 1", "COMMIT"}, 5},
		{"update, decide", []string{"BEGIN", "UPDATE t SET v = 1 WHERE tenant_id = 'a'", "UPDATE t SET v = 1 WHERE tenant_id = 'b'", "COMMIT"}, 2},
		{"begin, lock, what is prepared, snapshot, unlock, commit", []string{startSnapshot, "COMMIT"}, 6},
	} {
		least := int64(math.MaxInt64)
		for range 30 {
			before := p.relay.packets.Load()
			b.do(c, test.run...)
			least = min(least, p.relay.packets.Load()-before)
		}
		require.Equal(t, test.want, least, test.about)
	}
}

// The time of a write over groups stands still while it runs, and goes on afterwards.
func TestTimeGoesOnAfterWriteOverGroups(t *testing.T) {
	p := newPair(t)
	b := p.start(nil)
	p.reset()
	c := b.connect()
	for range 3 {
		b.do(c, "UPDATE t SET v = v + 1")
		for _, tenant := range []string{"a", "b"} {
			ask := "SELECT NOW(6) + 0 FROM t WHERE tenant_id = '" + tenant + "'"
			first := b.cell(c, ask)
			time.Sleep(2 * time.Millisecond)
			require.NotEqual(t, first, b.cell(c, ask))
		}
	}
	b.do(c, "BEGIN", "UPDATE t SET v = v + 1")
	for _, tenant := range []string{"a", "b"} {
		ask := "SELECT NOW(6) + 0 FROM t WHERE tenant_id = '" + tenant + "'"
		first := b.cell(c, ask)
		time.Sleep(2 * time.Millisecond)
		require.NotEqual(t, first, b.cell(c, ask))
	}
	b.do(c, "COMMIT", "SET timestamp = 86400", "UPDATE t SET v = v + 1")
	require.Equal(t, "86400", b.cell(c, "SELECT UNIX_TIMESTAMP() FROM t WHERE tenant_id = 'a'"))
	db, err := p.servers[0].DB("sluice")
	require.NoError(t, err)
	defer db.Close()
	var old int
	require.NoError(t, db.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM decisions WHERE at < NOW() - INTERVAL 1 DAY").Scan(&old))
	require.Zero(t, old, "decisions are as old as the session believes, and would be forgotten at once")
	b.idle()
}

// Sessions that ask for a snapshot while one is being made share the next barrier.
func TestSnapshotsShareBarrier(t *testing.T) {
	const sessions = 12
	p := newPair(t)
	p.reset()
	var barriers atomic.Int64
	asked := make(chan struct{})
	b := p.start(func(name string) {
		if name == "barrier up" && barriers.Add(1) == 1 {
			<-asked
		}
	})
	first := b.connect()
	var g errgroup.Group
	g.Go(func() error { _, err := first.Query(startSnapshot); return err })
	require.Eventually(t, func() bool { return barriers.Load() == 1 }, 10*time.Second, time.Millisecond)
	w := b.connect()
	for range sessions {
		c := b.connect()
		g.Go(func() error { _, err := c.Query(startSnapshot); return err })
		t.Cleanup(func() { _ = c.Close() })
	}
	time.Sleep(300 * time.Millisecond) // until they wait
	close(asked)
	require.NoError(t, g.Wait())
	require.LessOrEqual(t, barriers.Load(), int64(3), "of %d sessions", sessions+1)
	b.do(w, "UPDATE t SET v = v + 1")
	require.Equal(t, "2", b.cell(w, "SELECT SUM(v) FROM t"))
	require.Equal(t, "0", b.cell(first, "SELECT SUM(v) FROM t"))
	b.do(first, "COMMIT")
}

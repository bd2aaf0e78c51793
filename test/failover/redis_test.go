package failover

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/test/redistest"
)

// TestRedisAway kills the primary while one of two Sluices cannot reach the Redis through
// which they keep replies, and again while there is no Redis: each time there is one
// promotion, by the servers' own locks, and statements go on meanwhile through both.
func TestRedisAway(t *testing.T) {
	w := newWorld(t, 3, false, semiSync, owned)
	server := redistest.Start(t)
	w.redis = newLink(t, server.Addr())
	w.replicate()
	w.launch()
	w.launch()
	w.keepsReplies()

	trial := func(name string, away func()) {
		before := w.promotions()
		r := w.begin(name, 20)
		away()
		for range 2 { // also when what the Sluices knew of each other by Redis is no longer valid
			from := time.Now()
			w.eachWrites(r, from)
			time.Sleep(1500 * time.Millisecond)
		}
		w.servers[r.old].Kill()
		primary := r.goesOn(true)
		w.eachWrites(r, time.Now())
		w.restart(r.old)
		r.end(primary)
		r.comesBack(primary)
		r.end(0, 1, 2)
		require.Equal(t, 1, w.promotions()-before)
		w.short(name, []time.Duration{r.summary("")}, 5*time.Second)
		require.Empty(t, r.books.odd)
	}
	trial("parted", func() { w.redis.part("sluice 1") })
	w.redis.join("sluice 1")
	trial("down", server.Kill)
	server.Run()
	w.keepsReplies()
}

// keepsReplies waits until the Sluices answer from kept replies.
func (w *world) keepsReplies() {
	w.Helper()
	for _, p := range w.procs {
		c, err := w.connect(p)
		require.NoError(w, err)
		require.Eventually(w, func() bool {
			before := answered(w.T, p)
			_, err := c.Query("SELECT COUNT(*) FROM t WHERE tenant_id = 'a' AND id = 'kept'")
			require.NoError(w, err)
			return answered(w.T, p) > before
		}, time.Minute, 50*time.Millisecond, "%s keeps no replies", p.name)
		_ = c.Close()
	}
}

// answered counts the replies that a Sluice has given without asking a server.
func answered(t *testing.T, p *process) (n int) {
	for line := range strings.Lines(p.metrics(t)) {
		if f := strings.Fields(line); len(f) == 2 && strings.HasPrefix(f[0], "sluice_cache_requests_total{") && strings.Contains(f[0], `outcome="hit"`) {
			n += number(f[1])
		}
	}
	return n
}

// eachWrites waits until clients of all Sluices have been told that they have written.
func (w *world) eachWrites(r *trial, from time.Time) {
	w.Helper()
	for i, p := range w.procs {
		c, err := w.connect(p)
		require.NoError(w, err)
		require.Eventually(w, func() bool {
			_, err := c.Query("UPDATE t SET at = at + 1 WHERE tenant_id = 'a' AND id = 'nobody'")
			return err == nil
		}, 20*time.Second, 10*time.Millisecond, "nothing can be written through Sluice %d", i)
		_ = c.Close()
	}
	require.Eventually(w, func() bool { return r.books.since(from) > 30 }, 20*time.Second, 10*time.Millisecond, "nobody writes any more")
}

// promotions counts the promotions that the Sluices have carried out.
func (w *world) promotions() (n int) {
	w.Helper()
	for _, p := range w.procs {
		g, err := p.topology(w.Context())
		require.NoError(w, err)
		for _, e := range g.Events {
			if strings.Contains(e.Text, " is the primary") {
				n++
			}
		}
	}
	return n
}

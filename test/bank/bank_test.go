package bank

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const clients = 50

// TestBank: BANK_FOR says how long (1h); without it the run is short.
func TestBank(t *testing.T) {
	long := 30 * time.Second
	if v := os.Getenv("BANK_FOR"); v != "" {
		var err error
		long, err = time.ParseDuration(v)
		require.NoError(t, err)
	}
	w := newWorld(t, failpoints())
	b := w.bank(long, nil)
	require.True(t, b.snapshots >= sluices && b.locked >= sluices, "nobody has seen the bank")
	for _, f := range b.faults {
		t.Error(f)
	}
	if long >= 10*time.Minute {
		done := map[string]int{}
		for _, p := range w.procs {
			faults(p, done)
		}
		for _, name := range points {
			require.Positive(t, done["kill at "+name]+done["stop at "+name], "no process has died or stood still at %q", name)
		}
	}
}

// TestBankNotices breaks atomicity: decisions get lost. The bank must notice.
func TestBankNotices(t *testing.T) {
	w := newWorld(t, "after decision=kill/2s")
	b := w.bank(15*time.Second, func(ctx context.Context, db *sql.DB) {
		for ctx.Err() == nil {
			_, _ = db.ExecContext(ctx, "DELETE FROM sluice.decisions WHERE committed = 1")
			time.Sleep(5 * time.Millisecond)
		}
	})
	text := strings.Join(b.faults, "\n")
	require.Contains(t, text, "notes are there", "transfers are half done, and nobody has noticed")
	require.Contains(t, text, "the sum is", "money is lost, and nobody has noticed")
	t.Logf("%d faults were noticed", len(b.faults))
}

// bank lets clients and chaos loose for a while and returns what they have found,
// together with what is wrong at the end. breaker, if there is one, does something to
// each server meanwhile.
func (w *world) bank(long time.Duration, breaker func(context.Context, *sql.DB)) *books {
	b := &books{parts: map[string]int{}, outcomes: map[string]outcome{}, errors: map[string]int{}}
	w.awaitAll()
	ctx, stop := context.WithTimeout(w.Context(), long)
	defer stop()
	watching, unwatch := context.WithCancel(w.Context())
	defer unwatch()
	r := &recoveries{w: w}
	var wg, watch sync.WaitGroup
	for g := range groups {
		db := w.servers[g].Open(w.T, "")
		watch.Go(func() { r.watch(watching, db) })
		if breaker != nil {
			wg.Go(func() { breaker(ctx, db) })
		}
	}
	for n := range clients {
		wg.Go(func() { w.client(ctx, n, b) })
	}
	count := func(n *int) func() {
		return func() {
			b.mu.Lock()
			defer b.mu.Unlock()
			*n++
		}
	}
	for range 3 {
		wg.Go(func() {
			w.audit(ctx, "START TRANSACTION WITH CONSISTENT SNAPSHOT", "", 100*time.Millisecond, count(&b.snapshots), b)
		})
	}
	wg.Go(func() { w.audit(ctx, "BEGIN", " FOR SHARE", 3*time.Second, count(&b.locked), b) })
	c := &chaos{w: w, count: map[string]int{}}
	if breaker == nil {
		wg.Go(func() { c.run(ctx) })
	}
	wg.Wait()
	w.Logf("consistent reads meanwhile: %d snapshots, %d with locks", b.snapshots, b.locked)
	w.settle(b)
	w.lastAudits(b)
	unwatch()
	watch.Wait()
	w.report(b, c, r)
	return b
}

// awaitAll waits until every Sluice answers.
func (w *world) awaitAll() {
	for i := range w.procs {
		require.Eventually(w, func() bool {
			c, err := w.connect(i)
			if err == nil {
				_, err = c.Query("SELECT SUM(v) FROM accounts")
				_ = c.Close()
			}
			return err == nil
		}, 2*time.Minute, 50*time.Millisecond, "Sluice %d does not answer", i)
	}
}

// settle waits until nothing is prepared any more and compares the servers with the
// books.
func (w *world) settle(b *books) {
	quiet := time.Now()
	left := 0
	for {
		left = 0
		for _, s := range w.servers {
			list, err := prepared(w.Context(), s.Open(w.T, ""))
			require.NoError(w, err)
			left += len(list)
		}
		if left == 0 || time.Since(quiet) > time.Minute {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if left > 0 {
		b.fault("%d branches remain prepared", left)
	}
	w.Logf("nothing is prepared any more %v after the end", time.Since(quiet).Round(10*time.Millisecond))
	sum, seen := 0, map[string]int{}
	for g, s := range w.servers {
		for _, d := range databases {
			db := s.Open(w.T, fmt.Sprintf("%s_%d", d.name, g))
			var n int
			require.NoError(w, db.QueryRowContext(w.Context(), "SELECT (SELECT COALESCE(SUM(v), 0) FROM "+d.table+") + (SELECT COALESCE(SUM(delta), 0) FROM "+notes(d.table)+")").Scan(&n))
			sum += n
			rows, err := db.QueryContext(w.Context(), "SELECT transfer FROM "+notes(d.table))
			require.NoError(w, err)
			for rows.Next() {
				var id string
				require.NoError(w, rows.Scan(&id))
				seen[id]++
			}
			require.NoError(w, rows.Close())
			require.NoError(w, db.Close())
		}
	}
	if sum != all {
		b.fault("at the end the sum is %d, not %d", sum, all)
	}
	for id, parts := range b.parts {
		switch n := seen[id]; {
		case n != 0 && n != parts:
			b.fault("transfer %s: %d of %d notes are there", id, n, parts)
		case n == 0 && b.outcomes[id] == committed:
			b.fault("transfer %s was acknowledged and is lost", id)
		case n > 0 && b.outcomes[id] == aborted:
			b.fault("transfer %s was reported as rolled back and is there", id)
		}
	}
}

// lastAudits has each Sluice add the money once more, when nobody disturbs it.
func (w *world) lastAudits(b *books) {
	ctx, cancel := context.WithTimeout(w.Context(), 2*time.Minute)
	defer cancel()
	for i := range w.procs {
		for ctx.Err() == nil {
			c, err := w.connect(i)
			if err != nil {
				time.Sleep(100 * time.Millisecond)
				continue
			}
			sum, err := add(c, "START TRANSACTION WITH CONSISTENT SNAPSHOT", "")
			locked := 0
			if err == nil {
				locked, err = add(c, "BEGIN", " FOR SHARE")
			}
			_ = c.Close()
			if err != nil {
				w.Logf("Sluice %d cannot add yet: %v", i, err)
				continue
			}
			b.snapshots++
			b.locked++
			if sum != all || locked != all {
				b.fault("at the end Sluice %d adds %d, and %d with locks, not %d", i, sum, locked, all)
			}
			break
		}
	}
}

func (w *world) report(b *books, c *chaos, r *recoveries) {
	count := map[outcome]int{}
	for _, o := range b.outcomes {
		count[o]++
	}
	w.Logf("transfers: %d committed, %d rolled back, %d unknown; consistent reads: %d snapshots, %d with locks",
		count[committed], count[aborted], count[unknown], b.snapshots, b.locked)
	w.Logf("errors by number: %v", b.errors)
	done := maps.Clone(c.count)
	for _, p := range w.procs {
		faults(p, done)
	}
	for _, what := range slices.Sorted(maps.Keys(done)) {
		w.Logf("%5d %s", done[what], what)
	}
	r.report()
}

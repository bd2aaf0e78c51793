package failover

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// often is how many times each thing is tried, and by how many clients: FAILOVER_TRIALS
// says the first; without it both are few.
func often(t *testing.T) (trials, clients int) {
	v := os.Getenv("FAILOVER_TRIALS")
	if v == "" {
		return 3, 30
	}
	n, err := strconv.Atoi(v)
	require.NoError(t, err)
	return n, 100
}

// trial is one thing that happens to the primary while clients write.
type trial struct {
	*world
	name  string
	old   int // the primary before
	books *books
	stop  context.CancelFunc
	done  sync.WaitGroup
}

// begin lets clients write for a moment.
func (w *world) begin(name string, clients int) *trial {
	w.Helper()
	t := &trial{world: w, name: name, old: w.agreed(-1), books: newBooks()}
	w.healthy(t.old)
	t.start(clients)
	return t
}

// begun lets clients write.
func (t *trial) begun(clients int) {
	ctx, stop := context.WithCancel(t.Context())
	t.stop = stop
	t.done.Go(func() { t.write(ctx, clients, t.name, t.books) })
}

// start lets clients write, and waits for a moment in which they all do.
func (t *trial) start(clients int) {
	t.Helper()
	from := time.Now()
	t.begun(clients)
	require.Eventually(t, func() bool { return t.books.since(from) > clients }, time.Minute, 10*time.Millisecond, "nobody can write")
	time.Sleep(time.Duration(rand.IntN(700)) * time.Millisecond)
}

// goesOn waits until clients write again after it struck, and returns the primary.
func (t *trial) goesOn(other bool) int {
	t.Helper()
	is := t.old
	if other {
		is = t.agreed(t.old)
	}
	from := time.Now()
	require.Eventually(t, func() bool { return t.books.since(from) > 30 }, time.Minute, 10*time.Millisecond, "nobody writes any more")
	return is
}

// end stops the clients and checks the servers that are up.
func (t *trial) end(servers ...int) {
	t.Helper()
	t.stop()
	t.done.Wait()
	for _, i := range servers {
		t.check(i)
	}
}

func (t *trial) check(i int) {
	t.Helper()
	for _, f := range t.books.compare(t.have(i, t.name)) {
		t.Errorf("trial %s: server %d: %s", t.name, i, f)
	}
}

// comesBack sees to it that the old primary, which answers again, takes no writes, and
// that what it alone has was acknowledged to nobody. It is rebuilt if there is something.
func (t *trial) comesBack(primary int) (errant bool) {
	t.Helper()
	require.Eventually(t, t.servers[t.old].Closed, 30*time.Second, 20*time.Millisecond, "the old primary still takes writes")
	for _, p := range t.procs {
		require.Equal(t, primary, t.primary(p))
	}
	extra := t.errant(t.old, primary)
	if extra == "" {
		t.healthy(primary)
		return false
	}
	here, there := t.have(t.old, t.name), t.have(primary, t.name)
	for _, w := range t.books.writes {
		for _, id := range w.ids {
			if _, on := here[id]; on && w.fate == kept {
				require.Contains(t, there, id, "two primaries have accepted writes")
			}
		}
	}
	t.saidApart()
	t.rebuild(t.old, primary)
	t.healthy(primary)
	return true
}

// saidApart waits until some Sluice has said that the old primary has transactions of its
// own.
func (t *trial) saidApart() {
	t.Helper()
	require.Eventually(t, func() bool {
		for _, p := range t.procs {
			g, err := p.topology(t.Context())
			if err != nil {
				continue
			}
			for _, e := range g.Events {
				if strings.Contains(e.Text, t.addr(t.old)+" stays apart") && strings.Contains(e.Text, "transactions that the primary lacks") {
					return true
				}
			}
		}
		return false
	}, 30*time.Second, 50*time.Millisecond, "nobody has named what the old primary alone has")
}

// distribution is for the log.
func distribution(list []time.Duration) string {
	slices.Sort(list)
	at := func(p int) time.Duration {
		if len(list) == 0 {
			return 0
		}
		return list[(len(list)*p+99)/100-1].Round(time.Millisecond)
	}
	return fmt.Sprintf("%d trials: p50 %v, p90 %v, p99 %v, most %v", len(list), at(50), at(90), at(99), at(100))
}

func load() string {
	text, _ := os.ReadFile("/proc/loadavg")
	return "load " + strings.TrimSpace(string(text))
}

// short are outages as they should be: 99 of 100 below a limit.
func (w *world) short(what string, list []time.Duration, limit time.Duration) {
	w.Helper()
	w.Logf("%s: outage in %s (%s)", what, distribution(list), load())
	require.Less(w, list[(len(list)*99+99)/100-1], limit, "%s: the outages are too long", what)
}

// summary tells of one trial.
func (t *trial) summary(more string) time.Duration {
	out := t.books.outage()
	t.Logf("trial %s: outage %v, %d acknowledged, %d unknown, %d undone; errors %v; %s", t.name, out.Round(time.Millisecond),
		t.books.told(kept), t.books.told(unknown), t.books.told(undone), t.books.errors, more)
	return out
}

// TestKilled kills the primary.
func TestKilled(t *testing.T) {
	trials, clients := often(t)
	w := newWorld(t, 3, false, semiSync, owned)
	w.replicate()
	w.launch()
	w.launch()
	var outages []time.Duration
	apart := 0
	for n := range trials {
		r := w.begin(fmt.Sprint("k", n), clients)
		w.servers[r.old].Kill()
		primary := r.goesOn(true)
		w.restart(r.old)
		r.end(primary)
		if r.comesBack(primary) {
			apart++
		}
		r.end(0, 1, 2)
		outages = append(outages, r.summary(fmt.Sprintf("server %d after %d", primary, r.old)))
		for _, err := range r.books.odd {
			t.Errorf("trial %d: %v", n, err)
		}
	}
	t.Logf("the old primary had transactions of its own, unacknowledged, in %d of %d trials", apart, trials)
	w.short("killed", outages, 5*time.Second)
}

// TestReportAlone kills the primary when a write has been acknowledged by a replica for
// reports alone: the other gets it from there before it is promoted.
func TestReportAlone(t *testing.T) {
	w := newWorld(t, 3, false, semiSync, owned)
	w.reports = 2
	w.replicate()
	p := w.launch()
	w.healthy(w.agreed(-1))
	require.NoError(t, w.servers[1].Exec(t.Context(), "STOP REPLICA IO_THREAD"))
	c, err := w.connect(p)
	require.NoError(t, err)
	defer c.Close()
	_, err = c.Query("INSERT INTO t (id, tenant_id) VALUES ('alone-1', 'a')")
	require.NoError(t, err)
	require.NotContains(t, w.have(1, "alone"), "alone-1")
	w.servers[0].Kill()
	require.Equal(t, 1, w.agreed(0))
	require.Contains(t, w.have(1, "alone"), "alone-1", "an acknowledged write is lost")
	_, err = c.Query("INSERT INTO t (id, tenant_id) VALUES ('alone-2', 'a')")
	require.NoError(t, err)
	w.restart(0)
	w.healthy(1)
	require.Len(t, w.have(2, "alone"), 2)
	require.Len(t, w.have(0, "alone"), 2)
}

// TestReplayed kills the primary in the middle of transactions of sessions that ask for
// them to be run again, or for what became of them, or for both. Those of the first see no
// error but where the answer to a COMMIT was lost; those of the second none that leaves them
// in doubt; those of the third none at all.
func TestReplayed(t *testing.T) {
	trials, clients := often(t)
	w := newWorld(t, 3, false, semiSync, owned)
	w.replicate()
	w.launch()
	w.launch()
	for n := range min(12, trials) {
		again, known := n%3 != 1, n%3 != 0
		set := []string{"SET sluice_replay = 1", "SET sluice_commit = 'known'", "SET sluice_replay = 1, sluice_commit = 'known'"}[n%3]
		r := &trial{world: w, name: fmt.Sprint("r", n), old: w.agreed(-1), books: newBooks()}
		w.healthy(r.old)
		ctx, stop := context.WithCancel(t.Context())
		r.stop = stop
		for i := range clients {
			run := w.transactions
			if known && i%4 > 1 { // some writes that are transactions of their own
				run = w.client
			}
			r.done.Go(func() { run(ctx, w.procs[i%2], fmt.Sprintf("%s-%d", r.name, i), set, r.books) })
		}
		from := time.Now()
		require.Eventually(t, func() bool { return r.books.since(from) > 2*clients }, time.Minute, 10*time.Millisecond, "nobody can write")
		before, found := w.counted("transactions_replayed", "replayed"), w.lookedUp()
		if known {
			w.signal(r.old, syscall.SIGSTOP) // COMMITs wait for the other servers
			time.Sleep(20 * time.Millisecond)
		}
		w.servers[r.old].Kill()
		if known {
			w.signal(r.old, syscall.SIGCONT)
		}
		primary := r.goesOn(true)
		w.restart(r.old)
		r.end(primary)
		r.comesBack(primary)
		r.end(0, 1, 2)
		ran := w.counted("transactions_replayed", "replayed") - before
		r.summary(fmt.Sprintf("%s: server %d after %d, %d transactions run again, COMMITs looked up: %d", set, primary, r.old, ran, w.lookedUp()-found))
		if again {
			require.Positive(t, ran+w.lookedUp()-found)
			require.Zero(t, r.books.errors["1213"], "%v", r.books.errors)
		}
		if known {
			require.Positive(t, w.lookedUp()-found)
			require.Zero(t, r.books.told(unknown), "%v", r.books.errors)
		}
		require.Empty(t, r.books.odd)
	}
}

// signal pauses all servers but one, or wakes them.
func (w *world) signal(but int, sig syscall.Signal) {
	w.Helper()
	for i, s := range w.servers {
		if i != but {
			require.NoError(w, s.Signal(sig))
		}
	}
}

// lookedUp is how many COMMITs the Sluices have looked up and found the fate of.
func (w *world) lookedUp() int {
	w.Helper()
	return w.counted("commits_looked_up", "committed") + w.counted("commits_looked_up", "rolled back")
}

// counted adds up what the Sluices have counted of an outcome.
func (w *world) counted(what, outcome string) (n int) {
	w.Helper()
	for _, p := range w.procs {
		for line := range strings.Lines(p.metrics(w.T)) {
			if value, ok := strings.CutPrefix(line, fmt.Sprintf("sluice_%s_total{group=\"g0\",outcome=%q} ", what, outcome)); ok {
				n += number(strings.TrimSpace(value))
			}
		}
	}
	return n
}

// TestStartedAnew lets the primary die and come back before anybody has replaced it, read
// only as it is configured to start: the group gets a primary all the same.
func TestStartedAnew(t *testing.T) {
	w := newWorld(t, 3, false, append([]string{"--super-read-only=ON"}, semiSync...), ", failover: {own: true, after: 10s}")
	require.NoError(t, w.servers[0].Exec(t.Context(), "SET GLOBAL read_only=OFF"))
	w.replicate()
	w.launch()
	w.launch()
	r := w.begin("a", 20)
	w.servers[0].Kill()
	w.restart(0)
	from := time.Now()
	require.Eventually(t, func() bool { return r.books.since(from) > 30 }, time.Minute, 10*time.Millisecond, "nobody writes any more")
	primary := w.agreed(-1)
	var waits bool
	require.NoError(t, w.servers[primary].Open(t, "").QueryRow("SELECT @@GLOBAL.rpl_semi_sync_source_enabled").Scan(&waits))
	require.True(t, waits, "the primary acknowledges what no replica has")
	r.end(primary)
	w.healthy(primary)
	r.end(0, 1, 2)
	r.summary(fmt.Sprintf("server %d is the primary", primary))

	// What an operator has made read only stays so.
	require.NoError(t, w.servers[primary].Exec(t.Context(), "SET GLOBAL super_read_only=ON"))
	time.Sleep(12 * time.Second)
	require.True(t, w.servers[primary].Closed())
}

// TestReadsGoOn kills the primary under reads that a replica may answer: they go on, and
// nobody sees an error.
func TestReadsGoOn(t *testing.T) {
	w := newWorld(t, 3, false, semiSync, owned)
	w.replicate()
	w.launch()
	w.launch()
	r := w.begin("r", 10)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var wg sync.WaitGroup
	var struck atomic.Bool
	longest := make([]time.Duration, 8)
	for i := range longest {
		wg.Go(func() {
			c, err := w.connect(w.procs[i%2])
			if err != nil {
				t.Error(err)
				return
			}
			defer c.Close()
			for ctx.Err() == nil {
				from := time.Now()
				if _, err := c.Query("SELECT COUNT(*) FROM t WHERE tenant_id = 'b' /* sluice:consistency=any */"); err != nil {
					t.Error(err)
					return
				}
				if struck.Load() { // the first reads have made their connections
					longest[i] = max(longest[i], time.Since(from))
				}
				time.Sleep(2 * time.Millisecond)
			}
		})
	}
	time.Sleep(2 * time.Second)
	struck.Store(true)
	w.servers[r.old].Kill()
	primary := r.goesOn(true)
	time.Sleep(time.Second)
	stop()
	wg.Wait()
	r.end(primary)
	r.summary(fmt.Sprintf("the longest read took %v", slices.Max(longest).Round(time.Millisecond)))
	require.Less(t, slices.Max(longest), time.Second)
}

// TestFrozen stops the primary's process, and lets it go on when it has been replaced.
func TestFrozen(t *testing.T) {
	trials, clients := often(t)
	w := newWorld(t, 3, false, semiSync, owned)
	w.replicate()
	w.launch()
	w.launch()
	var outages []time.Duration
	for n := range min(10, trials) {
		r := w.begin(fmt.Sprint("f", n), clients)
		require.NoError(t, w.servers[r.old].Signal(syscall.SIGSTOP))
		primary := r.goesOn(true)
		require.NoError(t, w.servers[r.old].Signal(syscall.SIGCONT))
		time.Sleep(time.Second) // whoever could still reach the old one would have written there
		r.end(primary)
		r.comesBack(primary)
		r.end(0, 1, 2)
		outages = append(outages, r.summary(fmt.Sprintf("server %d after %d", primary, r.old)))
	}
	w.short("frozen", outages, 10*time.Second)
}

// TestSwitchedOver changes the primary in good order: no client may see an error.
func TestSwitchedOver(t *testing.T) {
	trials, clients := often(t)
	w := newWorld(t, 3, false, semiSync, owned)
	w.replicate()
	w.launch()
	w.launch()
	var outages []time.Duration
	for n := range trials {
		r := w.begin(fmt.Sprint("s", n), clients)
		to := (r.old + 1 + n%2) % 3
		require.NoError(t, w.switchOver(w.procs[n%2], to))
		require.Equal(t, to, r.goesOn(true))
		r.end(to)
		require.Empty(t, r.books.errors, "clients have seen errors: %v", r.books.odd)
		w.healthy(to)
		r.end(0, 1, 2)
		outages = append(outages, r.summary(fmt.Sprintf("server %d after %d", to, r.old)))
	}
	limit := time.Second
	if os.Getenv("FAILOVER_TRIALS") == "" {
		limit = 5 * time.Second // other tests run beside this one: by hand it counts
	}
	w.short("switched over", outages, limit)
}

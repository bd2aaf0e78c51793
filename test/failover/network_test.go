package failover

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// linked is a world of three servers and two Sluices whose network can be cut.
func linked(t *testing.T) *world {
	w := newWorld(t, 3, true, semiSync, owned)
	w.replicate()
	w.launch()
	w.launch()
	return w
}

var everybody = []string{"sluice 0", "sluice 1", "server 0", "server 1", "server 2"}

// TestCutOff cuts the primary off from everybody: connections stand still, and new ones
// are taken and never answered.
func TestCutOff(t *testing.T) {
	w := linked(t)
	r := w.begin("c", 20)
	w.links[r.old].part(everybody...)
	// A definition waits there for a replica, and with it all who read Sluice's own tables.
	waits := make(chan error, 1)
	go func() {
		waits <- w.servers[r.old].Exec(t.Context(), "CREATE DATABASE IF NOT EXISTS sluice")
	}()
	primary := r.goesOn(true)
	w.links[r.old].join(everybody...)
	r.end(primary)
	r.comesBack(primary)
	require.Error(t, <-waits, "what waited for a replica was acknowledged")
	r.end(0, 1, 2)
	w.short("cut off", []time.Duration{r.summary("")}, 10*time.Second)
}

// TestParted cuts the network in two: the primary and a Sluice on one side, the others on
// the other. Both Sluices have clients. Only one side may acknowledge anything.
func TestParted(t *testing.T) {
	w := linked(t)
	r := w.begin("p", 20)
	there := []string{"sluice 1", "server 1", "server 2"}
	w.links[0].part(there...)
	w.links[1].part("sluice 0", "server 0")
	w.links[2].part("sluice 0", "server 0")
	require.Eventually(t, func() bool { return w.primary(w.procs[1]) > 0 }, time.Minute, 20*time.Millisecond, "the majority has no primary")
	require.Zero(t, w.primary(w.procs[0]), "the minority has changed its primary")
	time.Sleep(2 * time.Second)
	w.links[0].join(there...)
	w.links[1].join("sluice 0", "server 0")
	w.links[2].join("sluice 0", "server 0")
	primary := r.goesOn(true)
	r.end(primary)
	r.comesBack(primary)
	r.end(0, 1, 2)
	r.summary("")
}

// TestOneSluiceCutOff cuts one Sluice off from the primary. The replicas still hear from
// it, so it is not replaced: that Sluice's clients wait, the others go on.
func TestOneSluiceCutOff(t *testing.T) {
	w := linked(t)
	r := w.begin("o", 20)
	w.links[0].part("sluice 0")
	time.Sleep(6 * time.Second)
	require.Zero(t, w.primary(w.procs[1]), "the primary was replaced though it lives")
	w.links[0].join("sluice 0")
	require.Zero(t, w.agreed(-1))
	r.goesOn(false)
	r.end(0)
	w.healthy(0)
	r.end(1, 2)
	r.summary("")
}

// TestSlow lets the primary answer slowly, as if it were 300 ms away each way: it is no
// reason to replace it.
func TestSlow(t *testing.T) {
	w := linked(t)
	r := w.begin("w", 20)
	w.links[0].delay(600*time.Millisecond, everybody...)
	time.Sleep(10 * time.Second)
	require.Zero(t, w.agreed(-1))
	require.NotZero(t, r.books.since(time.Now().Add(-5*time.Second)), "nobody can write")
	for _, p := range w.procs {
		g, err := p.topology(t.Context())
		require.NoError(t, err)
		require.Empty(t, g.Events, "somebody was to be promoted")
	}
	w.links[0].delay(0, everybody...)
	r.goesOn(false)
	r.end(0)
	w.healthy(0)
	r.end(1, 2)
	r.summary("")
	require.Empty(t, r.books.errors)
}

// TestSlowReplica lets replicas answer slowly by turns: reads leave them alone, go to the
// primary when none is left, and come back. No client sees an error, or waits for long.
func TestSlowReplica(t *testing.T) {
	w := linked(t)
	for i, s := range w.servers { // each has a row of its own
		db := s.Open(t, "app_0")
		db.SetMaxOpenConns(1)
		for _, sql := range []string{"SET GLOBAL super_read_only=OFF", "SET sql_log_bin=0", fmt.Sprintf("INSERT INTO t (id, tenant_id, v) VALUES ('who', 'w', %d)", i), fmt.Sprintf("SET GLOBAL super_read_only=%v", i > 0)} {
			_, err := db.Exec(sql)
			require.NoError(t, err)
		}
	}
	c, err := w.connect(w.procs[0])
	require.NoError(t, err)
	defer c.Close()
	read := func() (by int, took time.Duration) {
		from := time.Now()
		a, err := c.Query("SELECT v FROM t WHERE tenant_id = 'w' AND id = 'who' /* sluice:consistency=any */")
		require.NoError(t, err)
		return number(a[0].Rows[0][0]), time.Since(from)
	}
	// by waits until only some answer, and says how long the slowest read took from then.
	by := func(servers ...int) (most time.Duration) {
		t.Helper()
		for end, seen := time.Now().Add(20*time.Second), 0; seen < 30; {
			require.True(t, time.Now().Before(end), "reads do not go to %v", servers)
			i, took := read()
			if most = max(most, took); !slices.Contains(servers, i) {
				seen, most = 0, 0
				continue
			}
			seen++
			time.Sleep(5 * time.Millisecond)
		}
		return most
	}
	by(1, 2)
	w.links[1].delay(400*time.Millisecond, "sluice 0")
	quick := by(2)
	require.Less(t, quick, 400*time.Millisecond)
	w.links[2].delay(400*time.Millisecond, "sluice 0")
	require.Less(t, by(0), 400*time.Millisecond)
	metrics := w.procs[0].metrics(t)
	require.Contains(t, metrics, `sluice_replica_slow{group="g0",server="`+w.addr(1)+`"} 1`)
	require.Contains(t, metrics, `sluice_read_fallbacks_total{group="g0",reason="replicas slow"}`)
	w.links[1].delay(0, "sluice 0")
	by(1)
	w.links[2].delay(0, "sluice 0")
	require.Eventually(t, func() bool { i, _ := read(); return i == 2 }, 20*time.Second, 10*time.Millisecond)
	require.Contains(t, w.procs[0].metrics(t), `sluice_replica_slow{group="g0",server="`+w.addr(1)+`"} 0`)
}

// TestCascade kills the primary of a replica that has a replica of its own, which must
// not speak for the dead one.
func TestCascade(t *testing.T) {
	w := newWorld(t, 3, false, semiSync, owned)
	w.replicate()
	w.launch()
	w.launch()
	w.follow(2, 1)
	time.Sleep(time.Second)
	r := &trial{world: w, name: "x", books: newBooks()}
	r.start(20)
	w.servers[0].Kill()
	primary := r.goesOn(true)
	require.Equal(t, 1, primary)
	w.restart(0)
	r.end(1)
	r.comesBack(1)
	r.end(0, 1, 2)
	w.short("with a cascade", []time.Duration{r.summary("")}, 5*time.Second)
}

// TestErrant lets a primary die that has written what no replica has: it comes back with
// that, takes no part, and says so.
func TestErrant(t *testing.T) {
	w := newWorld(t, 3, false, semiSync, owned)
	w.replicate()
	w.launch()
	w.launch()
	r := &trial{world: w, name: "e", books: newBooks()}
	for _, s := range w.servers[1:] {
		require.NoError(t, s.Exec(t.Context(), "STOP REPLICA IO_THREAD"))
	}
	r.begun(20)
	time.Sleep(2 * time.Second)
	require.Zero(t, r.books.told(kept), "acknowledged, and on one server only")
	w.servers[0].Kill()
	primary := r.goesOn(true)
	w.restart(0)
	r.end(primary)
	require.True(t, r.comesBack(primary), "the old primary has nothing of its own")
	r.end(0, 1, 2)
	r.summary("")
}

// TestDelayedReport kills the primary of a group one of whose replicas is for reports and
// applies everything much later: it serves none but who asks for it, holds up no promotion,
// becomes no primary, and follows the new one as late as before.
func TestDelayedReport(t *testing.T) {
	w := newWorld(t, 4, false, semiSync, owned)
	w.reports = 3
	w.silence(3)
	w.replicate()
	p := w.launch()
	w.launch()
	require.Eventually(t, func() bool { return w.errant(0, 3) == "" }, time.Minute, 50*time.Millisecond)
	w.delay(3, 600)
	require.ErrorContains(t, w.switchOver(p, 3), "is for reports")

	c, err := w.connect(p)
	require.NoError(t, err)
	defer c.Close()
	count := func() string {
		a, err := c.Query("SELECT COUNT(*) FROM t WHERE tenant_id = 'a' /* sluice:consistency=any */")
		require.NoError(t, err)
		return a[0].Rows[0][0]
	}
	for range 50 {
		count()
	}
	require.NotContains(t, p.metrics(t), fmt.Sprintf(`level="any",server=%q`, w.addr(3)), "it answers ordinary reads")

	r := &trial{world: w, name: "y", books: newBooks()}
	r.start(20)
	w.servers[0].Kill()
	primary := r.goesOn(true)
	require.Contains(t, []int{1, 2}, primary)
	w.restart(0)
	r.end(primary)
	w.short("with a delayed replica for reports", []time.Duration{r.summary("")}, 5*time.Second)

	_, err = c.Query("SET sluice_replicas = 'report'")
	require.NoError(t, err)
	require.Equal(t, "0", count(), "it is late, and serves who asks for it")
	require.Eventually(t, func() bool { return w.source(3) == w.addr(primary)+" delayed by 600" }, 30*time.Second, 50*time.Millisecond, "it does not follow the new primary as it did the old one")
	require.Empty(t, w.have(3, "y"))
	w.delay(3, 0)
	r.comesBack(primary)
	require.Eventually(t, func() bool { return w.errant(primary, 3) == "" }, time.Minute, 50*time.Millisecond)
	r.end(0, 1, 2, 3)
}

// TestDelayedAlone kills the primary when a write has reached only a delayed replica for
// reports. Where that one acknowledges, the write is kept: the replica applies it at once,
// passes it on, and is delayed again, and so it is where the primary acknowledges after a
// while what no replica has. Otherwise nobody was told of the write: it is forgotten, and
// the replica, which has not applied it, follows the new primary.
func TestDelayedAlone(t *testing.T) {
	for _, how := range []string{"it acknowledges", "it does not", "it does not, and commits do not wait for ever"} {
		t.Run(how, func(t *testing.T) {
			w := newWorld(t, 4, false, semiSync, owned)
			w.reports = 3
			told := how != "it does not" // the client hears that it has written
			if how != "it acknowledges" {
				w.silence(3)
			}
			if how == "it does not, and commits do not wait for ever" {
				require.NoError(t, w.servers[0].Exec(t.Context(), "SET GLOBAL rpl_semi_sync_source_timeout=1000"))
			}
			w.replicate()
			p := w.launch()
			require.Eventually(t, func() bool { return w.errant(0, 1) == "" && w.errant(0, 2) == "" && w.errant(0, 3) == "" }, time.Minute, 50*time.Millisecond)
			w.delay(3, 600)
			c, err := w.connect(p)
			require.NoError(t, err)
			defer c.Close()
			for _, s := range w.servers[1:3] {
				require.NoError(t, s.Exec(t.Context(), "STOP REPLICA IO_THREAD"))
			}
			answer := make(chan error, 1)
			go func() {
				_, err := c.Query("INSERT INTO t (id, tenant_id) VALUES ('alone-1', 'a')")
				answer <- err
			}()
			require.Eventually(t, func() bool { return w.late(3) != "" }, 20*time.Second, 50*time.Millisecond, "nobody has received it")
			if told {
				require.NoError(t, <-answer)
			} else {
				require.Empty(t, answer, "it is acknowledged")
			}
			w.servers[0].Kill()
			primary := w.agreed(0)
			require.Contains(t, []int{1, 2}, primary)
			if !told {
				require.Error(t, <-answer)
			}
			require.Len(t, w.have(primary, "alone"), map[bool]int{true: 1}[told])
			require.Eventually(t, func() bool { return w.source(3) == w.addr(primary)+" delayed by 600" }, 20*time.Second, 50*time.Millisecond, "it does not follow as late as before")
			require.Empty(t, w.errant(3, primary))
			c, err = w.connect(p)
			require.NoError(t, err)
			defer c.Close()
			_, err = c.Query("INSERT INTO t (id, tenant_id) VALUES ('alone-2', 'a')")
			require.NoError(t, err)
		})
	}
}

// TestNotReplicated kills a primary that no server copies yet: none is promoted, because
// none has what it has. Once they copy it, one that has transactions of its own is not made
// the primary by hand either.
func TestNotReplicated(t *testing.T) {
	w := newWorld(t, 3, false, semiSync, owned)
	w.define()
	for _, s := range w.servers[1:] {
		require.NoError(t, s.Exec(t.Context(), "SET GLOBAL super_read_only=ON"))
	}
	p := w.launch()
	w.servers[0].Kill()
	time.Sleep(5 * time.Second)
	w.restart(0)
	require.Zero(t, w.agreed(-1))
	g, err := p.topology(t.Context())
	require.NoError(t, err)
	require.Empty(t, g.Events, "an empty server was to be the primary")

	w.follow(1, 0)
	w.follow(2, 0)
	require.NoError(t, w.servers[1].Exec(t.Context(), "SET GLOBAL super_read_only=OFF", "CREATE DATABASE mine", "SET GLOBAL super_read_only=ON"))
	require.Eventually(t, func() bool {
		err := w.switchOver(p, 1)
		return err != nil && strings.Contains(err.Error(), "has transactions that the primary lacks")
	}, 20*time.Second, 100*time.Millisecond)
	require.Eventually(t, func() bool { return w.switchOver(p, 2) == nil }, 20*time.Second, 100*time.Millisecond)
	require.Equal(t, 2, w.agreed(-1))
}

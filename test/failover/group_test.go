package failover

import (
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/test/sluicetest"
)

// TestGroupReplication kills the primary of a group that elects another by itself. Sluice
// follows and promotes nobody, though it is told that failover is its own.
func TestGroupReplication(t *testing.T) {
	w := elected(t)
	require.Empty(t, w.checked(w.procs[0]), "nothing is acknowledged there before a majority has it")
	r := w.begin("g0", 20)
	require.ErrorContains(t, w.switchOver(w.procs[0], 1), "group_replication_set_as_primary")
	w.servers[r.old].Kill()
	next, at := w.electee(r.old)
	require.Equal(t, next, w.agreed(r.old))
	late := time.Since(at)
	r.goesOn(true)
	r.end(next)
	w.restart(r.old)
	require.NoError(t, w.servers[r.old].Exec(t.Context(), "START GROUP_REPLICATION"))
	w.healthy(next)
	r.end(0, 1, 2)
	r.summary(fmt.Sprintf("server %d was elected, and followed %v later (%s)", next, late.Round(time.Millisecond), load()))
	require.Less(t, late, 2*time.Second)
	w.readsFrom(w.procs[0], r.old)
	for _, p := range w.procs {
		g, err := p.topology(t.Context())
		require.NoError(t, err)
		require.Empty(t, g.Events, "Sluice has meddled")
	}
}

// TestMajorityLost kills two of three servers, of which none is the primary: it looks
// writable, and can commit nothing. Statements wait, and are then refused. When an
// operator has made the group smaller it goes on.
func TestMajorityLost(t *testing.T) {
	w := electedWith(t, "4s")
	r := w.begin("m", 20)
	for i, s := range w.servers {
		if i != r.old {
			s.Kill()
		}
	}
	require.Eventually(t, func() bool {
		c, err := w.connect(w.procs[0])
		if err != nil {
			return false
		}
		defer c.Close()
		from := time.Now()
		_, err = c.Query("SELECT COUNT(*) FROM t WHERE tenant_id = 'a' /* sluice:consistency=strong */")
		var e *wire.Error
		return errors.As(err, &e) && strings.Contains(e.Message, "has no primary") && time.Since(from) > 3*time.Second
	}, time.Minute, 50*time.Millisecond, "a primary without a majority is used")
	c, err := w.connect(w.procs[1])
	require.NoError(t, err)
	defer c.Close()
	_, err = c.Query("INSERT INTO t (id, tenant_id) VALUES ('without-1', 'a')")
	require.ErrorContains(t, err, "group g0 has no primary")
	lost := time.Now()
	time.Sleep(2 * time.Second)
	require.Zero(t, r.books.since(lost), "acknowledged without a majority")

	var address string
	require.NoError(t, w.servers[r.old].Open(t, "").QueryRow("SELECT @@group_replication_local_address").Scan(&address))
	require.NoError(t, w.servers[r.old].Exec(t.Context(), "SET GLOBAL group_replication_force_members='"+address+"'", "SET GLOBAL group_replication_force_members=''"))
	require.Equal(t, r.old, r.goesOn(false))
	r.end(r.old)
	for i := range w.servers {
		if i != r.old {
			w.restart(i)
			require.NoError(t, w.servers[i].Exec(t.Context(), "START GROUP_REPLICATION"))
		}
	}
	w.healthy(r.old)
	r.end(0, 1, 2)
	require.NotContains(t, w.have(r.old, "without"), "without-1")
	r.summary("")
	require.Zero(t, r.books.errors["connection lost"], "clients are told, not disconnected")
	for i := range w.servers {
		if i != r.old {
			w.readsFrom(w.procs[1], i)
		}
	}
}

// readsFrom waits until a Sluice reads from a server, as from a replica.
func (w *world) readsFrom(p *process, i int) {
	w.Helper()
	c, err := w.connect(p)
	require.NoError(w, err)
	defer c.Close()
	served := func() (n int) {
		for line := range strings.Lines(p.metrics(w.T)) {
			if value, ok := strings.CutPrefix(line, fmt.Sprintf("sluice_reads_total{group=\"g0\",level=\"any\",server=%q} ", w.addr(i))); ok {
				n = number(strings.TrimSpace(value))
			}
		}
		return n
	}
	before := served()
	require.Eventually(w, func() bool {
		_, err := c.Query("SELECT COUNT(*) FROM t WHERE tenant_id = 'a' /* sluice:consistency=any */")
		return err == nil && served() > before
	}, 30*time.Second, 20*time.Millisecond, "server %d gets no reads", i)
	g, err := p.topology(w.Context())
	require.NoError(w, err)
	require.Equal(w, "replica", g.Servers[i].Role)
}

// checked is what `sluice check --live` says of the group's failover.
func (w *world) checked(p *process) (out []string) {
	w.Helper()
	text, err := exec.CommandContext(w.Context(), p.binary, "check", "--live", "--config", p.file).CombinedOutput()
	require.NoError(w, err, "%s", text)
	for line := range strings.Lines(string(text)) {
		if strings.Contains(line, "groups.g0.failover") {
			out = append(out, line)
		}
	}
	return out
}

// elected starts three servers of Group Replication and two Sluices.
func elected(t *testing.T) *world { return electedWith(t, "") }

func electedWith(t *testing.T, hold string) *world {
	var local []string
	for range 3 {
		local = append(local, sluicetest.FreeAddr(t))
	}
	w := &world{T: t, dir: sluicetest.Memory(t), group: owned, hold: hold}
	for _, addr := range local {
		w.addServer([]string{
			"--plugin-load-add=group_replication.so", "--group-replication-group-name=5a1c0de5-0000-4000-8000-000000000001",
			"--group-replication-start-on-boot=OFF", "--group-replication-local-address=" + addr,
			"--group-replication-group-seeds=" + strings.Join(local, ","), "--group-replication-member-expel-timeout=0",
			"--group-replication-recovery-get-public-key=ON", "--group-replication-communication-stack=XCOM", "--max-connections=1000",
		}, false)
	}
	for i, s := range w.servers {
		require.NoError(t, s.Exec(t.Context(), "CHANGE REPLICATION SOURCE TO SOURCE_USER='root' FOR CHANNEL 'group_replication_recovery'"))
		if i == 0 {
			require.NoError(t, s.Exec(t.Context(), "SET GLOBAL group_replication_bootstrap_group=ON", "START GROUP_REPLICATION", "SET GLOBAL group_replication_bootstrap_group=OFF"))
			w.define()
			continue
		}
		require.NoError(t, s.Exec(t.Context(), "START GROUP_REPLICATION"))
	}
	w.make()
	w.launch()
	w.launch()
	return w
}

// electee waits until the group has another primary, and says when.
func (w *world) electee(old int) (next int, at time.Time) {
	w.Helper()
	next = -1
	require.Eventually(w, func() bool {
		for i, s := range w.servers {
			if i == old {
				continue
			}
			var ro bool
			db, err := s.DB("")
			if err != nil {
				continue
			}
			if db.QueryRow("SELECT @@GLOBAL.super_read_only").Scan(&ro) == nil && !ro {
				next, at = i, time.Now()
			}
			_ = db.Close()
		}
		return next >= 0
	}, time.Minute, 10*time.Millisecond, "nobody was elected")
	return next, at
}

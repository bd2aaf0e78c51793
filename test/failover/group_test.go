package failover

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/test/sluicetest"
)

// TestGroupReplication kills the primary of a group that elects another by itself. Sluice
// follows and promotes nobody, though it is told that failover is its own.
func TestGroupReplication(t *testing.T) {
	w := elected(t)
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
	for _, p := range w.procs {
		g, err := p.topology(t.Context())
		require.NoError(t, err)
		require.Empty(t, g.Events, "Sluice has meddled")
	}
}

// elected starts three servers of Group Replication and two Sluices.
func elected(t *testing.T) *world {
	var local []string
	for range 3 {
		local = append(local, sluicetest.FreeAddr(t))
	}
	w := &world{T: t, dir: sluicetest.Memory(t), group: owned}
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

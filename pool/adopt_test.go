package pool

import (
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/test/mysqltest"
)

// TestAdoptsByWhatIs: what a probe saw in the middle of another Sluice's switchover, a
// server that copies nobody, does not make the new primary one that has come back. A
// server that takes writes although another is the primary is made read only.
func TestAdoptsByWhatIs(t *testing.T) {
	servers := mysqltest.StartGroup(t, 1, mysqltest.Options{})
	g := NewGroup("g", []string{servers[0].Addr(), servers[1].Addr()}, func(string) Options { return options() }, slog.New(slog.DiscardHandler))
	t.Cleanup(g.Close)
	g.probing = Probing{Timeout: 10 * time.Second, Own: Owning{On: true, After: time.Second}}
	value := func(i int, expression string) (v string) {
		t.Helper()
		require.NoError(t, servers[i].Open(t, "").QueryRow("SELECT "+expression).Scan(&v))
		return v
	}
	promoted := func(on, is int, epoch string) {
		t.Helper()
		require.NoError(t, servers[on].Exec(t.Context(), "REPLACE INTO "+topologyTable+" VALUES (1, "+epoch+", '"+servers[is].Addr()+" "+value(is, "@@GLOBAL.server_uuid")+"')"))
	}
	probe := func(i int) {
		t.Helper()
		s := g.servers[i]
		c, err := g.dialProbe(s)
		require.NoError(t, err)
		defer g.closeProbe(c)
		st := State{Up: true}
		require.NoError(t, g.probe(c, &st))
		s.SetState(st)
	}
	require.NoError(t, servers[0].Exec(t.Context(), "CREATE DATABASE "+OwnSchema, "CREATE TABLE "+topologyTable+" (id INT NOT NULL PRIMARY KEY, epoch BIGINT UNSIGNED NOT NULL, server VARCHAR(255) NOT NULL)"))
	promoted(0, 0, "1")
	require.Equal(t, "0", value(1, "WAIT_FOR_EXECUTED_GTID_SET('"+value(0, "@@GLOBAL.gtid_executed")+"', 60)"))
	probe(0)
	require.Equal(t, RolePrimary, g.Primary().State().Role)

	require.NoError(t, servers[1].Exec(t.Context(), "STOP REPLICA", "RESET REPLICA ALL"))
	probe(1)
	require.Equal(t, RoleReplica, g.servers[1].State().Role)
	require.NoError(t, servers[1].Exec(t.Context(), "SET GLOBAL read_only = OFF"))
	promoted(1, 1, "2")
	g.adopt()
	require.Equal(t, "0", value(1, "@@GLOBAL.read_only"), "the new primary was fenced")

	promoted(1, 0, "1")
	probe(1)
	g.adopt()
	require.Equal(t, "1", value(1, "@@GLOBAL.super_read_only"))
}

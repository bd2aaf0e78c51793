package proxy_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/conf"
	"github.com/sluicedb/sluice/proxy"
	"github.com/sluicedb/sluice/test/mysqltest"
)

// warned is what `sluice check --live` says of a group's failover.
func (r *trio) warned() []string {
	r.Helper()
	c, problems := conf.Load(r.file)
	require.NoError(r, problems.Err())
	var out []string
	for _, p := range proxy.Check(r.Context(), c, true, 10*time.Second) {
		require.Equal(r, conf.Warning, p.Severity, p.String())
		if strings.HasPrefix(p.Path, "groups.g0.failover") {
			require.NotEmpty(r, p.Remedy)
			out = append(out, p.String())
		}
	}
	return out
}

func (r *trio) all(statements ...string) {
	r.Helper()
	for _, s := range r.servers {
		require.NoError(r, s.Exec(r.Context(), statements...))
	}
}

func (r *trio) waitFor(i int, status, value string) {
	r.Helper()
	require.Eventually(r, func() bool {
		var name, v string
		_ = r.servers[i].Open(r.T, "").QueryRow("SHOW GLOBAL STATUS LIKE '"+status+"'").Scan(&name, &v)
		return v == value
	}, 20*time.Second, 20*time.Millisecond, "%s of server %d is not %s", status, i, value)
}

// TestFailoverRisks: what would cost acknowledged writes in a failover is named, and is
// not once its remedy was followed.
func TestFailoverRisks(t *testing.T) {
	r := newTrio(t, ", failover: {own: true}")
	joins := []string{"STOP REPLICA IO_THREAD", "START REPLICA IO_THREAD"}
	exec := func(s *mysqltest.Server, statements ...string) {
		t.Helper()
		require.NoError(t, s.Exec(context.Background(), statements...))
	}
	r.waitFor(0, "Rpl_semi_sync_source_clients", "2")
	as := strings.Join(r.warned(), "\n")
	require.Contains(t, as, "rpl_semi_sync_source_timeout is 10m0s")
	require.Contains(t, as, "until it starts anew")
	require.Contains(t, as, "sync_binlog is 0")
	all := r.servers[0].Addr() + ", " + r.servers[1].Addr() + ", " + r.servers[2].Addr()
	require.Contains(t, as, "groups.g0.failover: "+all+": rpl_semi_sync_source_timeout", "what is the same on all servers is said once")
	r.all("SET PERSIST rpl_semi_sync_source_timeout = 4294967295", "SET PERSIST sync_binlog = 1", "SET PERSIST innodb_flush_log_at_trx_commit = 1")
	exec(r.servers[0], "SET PERSIST rpl_semi_sync_source_enabled = ON")
	require.Empty(t, r.warned())
	rightsByRole(r)

	for _, c := range []struct {
		says           string
		of             int
		spoil, restore []string
	}{
		{"wait_point is AFTER_COMMIT", 0, []string{"SET GLOBAL rpl_semi_sync_source_wait_point = AFTER_COMMIT"}, []string{"SET GLOBAL rpl_semi_sync_source_wait_point = AFTER_SYNC"}},
		{"wait_no_replica is OFF", 1, []string{"SET GLOBAL rpl_semi_sync_source_wait_no_replica = OFF"}, []string{"SET GLOBAL rpl_semi_sync_source_wait_no_replica = ON"}},
		{"commits do not wait for replicas: what none has yet", 0, []string{"SET GLOBAL rpl_semi_sync_source_enabled = OFF"}, []string{"SET GLOBAL rpl_semi_sync_source_enabled = ON"}},
		{"rpl_semi_sync_replica_enabled is OFF", 1, append([]string{"SET GLOBAL rpl_semi_sync_replica_enabled = OFF"}, joins...), append([]string{"SET GLOBAL rpl_semi_sync_replica_enabled = ON"}, joins...)},
		{"does not receive from its source", 1, joins[:1], joins[1:]},
		{"has replication filters", 2, []string{"STOP REPLICA SQL_THREAD", "CHANGE REPLICATION FILTER REPLICATE_IGNORE_DB = (secret)", "START REPLICA SQL_THREAD"},
			[]string{"STOP REPLICA SQL_THREAD", "CHANGE REPLICATION FILTER REPLICATE_IGNORE_DB = ()", "START REPLICA SQL_THREAD"}},
		{"applies everything 60 s late", 2, []string{"STOP REPLICA SQL_THREAD", "CHANGE REPLICATION SOURCE TO SOURCE_DELAY = 60", "START REPLICA SQL_THREAD"},
			[]string{"STOP REPLICA SQL_THREAD", "CHANGE REPLICATION SOURCE TO SOURCE_DELAY = 0", "START REPLICA SQL_THREAD"}},
		{"replicates by position", 2, []string{"STOP REPLICA", "CHANGE REPLICATION SOURCE TO SOURCE_AUTO_POSITION = 0", "START REPLICA"},
			[]string{"STOP REPLICA", "CHANGE REPLICATION SOURCE TO SOURCE_AUTO_POSITION = 1", "START REPLICA"}},
		{"lacks the plugin rpl_semi_sync_source", 2, []string{"SET GLOBAL super_read_only = OFF", "UNINSTALL PLUGIN rpl_semi_sync_source"}, nil},
	} {
		exec(r.servers[c.of], c.spoil...)
		require.Contains(t, strings.Join(r.warned(), "\n"), c.says)
		if c.restore == nil {
			continue
		}
		exec(r.servers[c.of], c.restore...)
		r.waitFor(0, "Rpl_semi_sync_source_clients", "2")
		require.Eventually(t, func() bool { return len(r.warned()) == 0 }, 20*time.Second, 100*time.Millisecond, "after %q: %v", c.says, r.warned())
	}
}

// rightsByRole: the user of the group has its rights by a role, once that is active when it
// logs in.
func rightsByRole(r *trio) {
	root, err := os.ReadFile(r.file)
	require.NoError(r, err)
	defer func() { require.NoError(r, os.WriteFile(r.file, root, 0o600)) }()
	require.NoError(r, r.servers[0].Exec(r.Context(), "CREATE ROLE ops", "CREATE USER op", "GRANT ops TO op",
		"GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, SYSTEM_VARIABLES_ADMIN, REPLICATION_SLAVE_ADMIN, CONNECTION_ADMIN, PROCESS, REPLICATION CLIENT, REPLICATION SLAVE ON *.* TO ops",
		"GRANT SELECT, REPLICATION CLIENT ON *.* TO op"))
	require.NoError(r, os.WriteFile(r.file, []byte(strings.Replace(string(root), "user: root,", "user: op,", 1)), 0o600))
	require.Eventually(r, func() bool {
		return strings.Contains(strings.Join(r.warned(), "\n"), "lacks privileges")
	}, 20*time.Second, 100*time.Millisecond)
	require.NoError(r, r.servers[0].Exec(r.Context(), "SET DEFAULT ROLE ops TO op"))
	require.Eventually(r, func() bool { return len(r.warned()) == 0 }, 20*time.Second, 100*time.Millisecond, "%v", r.warned())
	require.NoError(r, r.servers[0].Exec(r.Context(), "DROP USER op", "DROP ROLE ops"))
}

// TestRisksAfterSwitchover: Sluice turns on what the new primary needs, also for when it
// starts anew, and off what would let a replica wait for itself.
func TestRisksAfterSwitchover(t *testing.T) {
	r := newTrio(t, ", failover: {own: true}")
	r.all("SET PERSIST rpl_semi_sync_source_timeout = 4294967295", "SET PERSIST sync_binlog = 1", "SET PERSIST innodb_flush_log_at_trx_commit = 1")
	require.NoError(t, r.servers[0].Exec(t.Context(), "SET PERSIST rpl_semi_sync_source_enabled = ON"))
	r.waitFor(0, "Rpl_semi_sync_source_clients", "2")
	b := (&pair{T: t, file: r.file}).start(nil)
	op := proxy.Operator{Server: b.srv}
	require.Eventually(t, func() bool { return op.SwitchOver("g0", r.servers[1].Addr(), 5*time.Second, false) == nil }, 20*time.Second, 100*time.Millisecond)
	r.waitFor(1, "Rpl_semi_sync_source_clients", "2")
	require.Eventually(t, func() bool { return len(r.warned()) == 0 }, 20*time.Second, 100*time.Millisecond, "%v", r.warned())
	for i, want := range []string{"OFF", "ON"} {
		var kept string
		require.NoError(t, r.servers[i].Open(t, "").QueryRow("SELECT VARIABLE_VALUE FROM performance_schema.persisted_variables WHERE VARIABLE_NAME = 'rpl_semi_sync_source_enabled'").Scan(&kept))
		require.Equal(t, want, kept, "server %d after a restart", i)
	}
}

// TestStrangerAcknowledges: a replica that the rules do not name acknowledges writes that
// nobody else may have.
func TestStrangerAcknowledges(t *testing.T) {
	r := newTrio(t, ", failover: {own: true}")
	stranger := mysqltest.Start(t, mysqltest.Options{Flags: semiSync})
	require.NoError(t, stranger.Follow(t.Context(), r.servers[0]))
	r.waitFor(0, "Rpl_semi_sync_source_clients", "3")
	require.Contains(t, strings.Join(r.warned(), "\n"), "1 servers acknowledge to it that are not of the group")
}

// TestCheckChangesNothing: a check promotes nobody and writes nothing.
func TestCheckChangesNothing(t *testing.T) {
	r := newTrio(t, ", failover: {own: true, after: 100ms}")
	before := r.executed(0)
	r.servers[1].Kill()
	require.Contains(t, strings.Join(r.warned(), "\n"), r.servers[1].Addr()+": cannot be asked")
	require.Equal(t, before, r.executed(0))
	text, err := os.ReadFile(r.file)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(r.file, []byte(strings.Replace(string(text), "own: true", "own: false", 1)), 0o600))
	require.Empty(t, r.warned(), "whose failover is somebody else's is not judged")
}

func (r *trio) executed(i int) (set string) {
	r.Helper()
	require.NoError(r, r.servers[i].Open(r.T, "").QueryRow("SELECT @@GLOBAL.gtid_executed").Scan(&set))
	return set
}

// TestCheckWithoutServers: of a group that does not answer each server is named, and why.
func TestCheckWithoutServers(t *testing.T) {
	var addrs []string
	for range 2 {
		port, err := mysqltest.FreePort()
		require.NoError(t, err)
		addrs = append(addrs, fmt.Sprintf("127.0.0.1:%d", port))
	}
	file := filepath.Join(t.TempDir(), "sluice.yaml")
	require.NoError(t, os.WriteFile(file, fmt.Appendf(nil, `version: 1
database: saas
listen: [{address: "127.0.0.1:0"}]
users: [{name: a, password: ""}]
groups: {g0: {primary: %q, replicas: [%q], user: root, password: "", tls: disabled}}
databases: {b: {shards: [{name: s0, group: g0, schema: b0}], tables: {t: {kind: single}}}}
`, addrs[0], addrs[1]), 0o644))
	c, problems := conf.Load(file)
	require.NoError(t, problems.Err())
	err := proxy.Check(t.Context(), c, true, time.Second).Err()
	require.ErrorContains(t, err, "no server of the group was its primary within 1s ("+addrs[0]+": dial tcp")
	require.ErrorContains(t, err, "; "+addrs[1]+": dial tcp")
}

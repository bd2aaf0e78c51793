package proxy_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/proxy"
	"github.com/sluicedb/sluice/test/diff"
	"github.com/sluicedb/sluice/test/mysqltest"
)

// trio is a group of three servers with semi-synchronous replication behind Sluice.
type trio struct {
	*testing.T
	servers []*mysqltest.Server
	file    string
}

// semiSync makes every commit wait until a replica has it.
var semiSync = []string{
	"--plugin-load-add=semisync_source.so", "--plugin-load-add=semisync_replica.so",
	"--rpl-semi-sync-replica-enabled=ON",
	"--rpl-semi-sync-source-timeout=600000", "--rpl-semi-sync-source-wait-no-replica=ON", "--replica-net-timeout=5",
}

func newTrio(t *testing.T, more string) *trio {
	t.Helper()
	r := &trio{T: t, servers: mysqltest.StartGroup(t, 2, mysqltest.Options{Flags: semiSync})}
	require.NoError(t, r.servers[0].Exec(t.Context(), "SET GLOBAL rpl_semi_sync_source_enabled=ON"))
	require.NoError(t, r.servers[0].Exec(t.Context(), "CREATE DATABASE app_0", "CREATE TABLE app_0.t (id VARCHAR(36) PRIMARY KEY, tenant_id VARCHAR(36) NOT NULL, v INT NOT NULL DEFAULT 0) COLLATE utf8mb4_unicode_ci"))
	dir := t.TempDir()
	r.file = filepath.Join(dir, "sluice.yaml")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "t.sql"), []byte("CREATE TABLE t (id VARCHAR(36) PRIMARY KEY, tenant_id VARCHAR(36) NOT NULL, v INT NOT NULL DEFAULT 0) COLLATE utf8mb4_unicode_ci;"), 0o600))
	text := fmt.Sprintf(`version: 1
database: saas
listen: [{address: "127.0.0.1:0"}]
schema: [t.sql]
users: [{name: root, password: "", hosts: [127.0.0.0/8]}]
groups:
  g0: {primary: %q, replicas: [%q, %q], user: root, password: "", tls: disabled, pool: {max: 60}, hold: {time: 20s}%s}
databases:
  app:
    shards: [{name: app-0, group: g0, schema: app_0}]
    tables: {t: {kind: sharded, key: tenant_id}}
`, r.servers[0].Addr(), r.servers[1].Addr(), r.servers[2].Addr(), more)
	require.NoError(t, os.WriteFile(r.file, []byte(text), 0o600))
	return r
}

// writers insert rows one after another until stopped.
type writers struct {
	mu   sync.Mutex
	kept []string    // ids of acknowledged rows
	at   []time.Time // and when
	errs []error
}

// write lets n clients write through Sluice until ctx ends, and waits for them.
func (w *writers) write(ctx context.Context, b *bed, n int) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			var c *diff.Conn
			for k := 0; ctx.Err() == nil; k++ {
				var err error
				if c == nil {
					if c, err = diff.Connect(diff.Target{Addr: b.addr, User: "root", Database: "app"}, 0); err != nil {
						time.Sleep(10 * time.Millisecond)
						continue
					}
				}
				id := fmt.Sprintf("%s-%d-%d", b.addr[strings.LastIndexByte(b.addr, ':'):], i, k)
				_, err = c.Query("INSERT INTO t (id, tenant_id) VALUES ('" + id + "', 'a')")
				w.mu.Lock()
				if err == nil {
					w.kept, w.at = append(w.kept, id), append(w.at, time.Now())
				} else {
					w.errs = append(w.errs, err)
				}
				w.mu.Unlock()
				var e *wire.Error
				if err != nil && !errors.As(err, &e) {
					_ = c.Close()
					c = nil
				}
			}
			if c != nil {
				_ = c.Close()
			}
		})
	}
	wg.Wait()
}

// gap is the longest time without an acknowledged write.
func (w *writers) gap() time.Duration {
	slices.SortFunc(w.at, time.Time.Compare)
	longest := time.Duration(0)
	for i := 1; i < len(w.at); i++ {
		longest = max(longest, w.at[i].Sub(w.at[i-1]))
	}
	return longest
}

// lost lists acknowledged rows that a server does not have.
func (r *trio) lost(w *writers, s *mysqltest.Server) []string {
	r.Helper()
	rows, err := s.Open(r.T, "app_0").Query("SELECT id FROM t")
	require.NoError(r, err)
	defer rows.Close()
	have := map[string]bool{}
	for rows.Next() {
		var id string
		require.NoError(r, rows.Scan(&id))
		have[id] = true
	}
	var out []string
	for _, id := range w.kept {
		if !have[id] {
			out = append(out, id)
		}
	}
	return out
}

// promote makes another server the primary as an operator does, after the old one takes
// no writes any more.
func (r *trio) promote(to int, others ...int) {
	r.Helper()
	s := r.servers[to]
	require.NoError(r, s.Exec(r.Context(), "STOP REPLICA IO_THREAD"))
	var set string
	require.NoError(r, s.Open(r.T, "").QueryRow("SELECT RECEIVED_TRANSACTION_SET FROM performance_schema.replication_connection_status").Scan(&set))
	var late int
	require.NoError(r, s.Open(r.T, "").QueryRow("SELECT WAIT_FOR_EXECUTED_GTID_SET(?, 20)", set).Scan(&late))
	require.Zero(r, late)
	require.NoError(r, s.Exec(r.Context(), "STOP REPLICA", "RESET REPLICA ALL", "SET GLOBAL rpl_semi_sync_source_enabled=ON", "SET GLOBAL read_only=0"))
	for _, i := range others {
		require.NoError(r, r.servers[i].Follow(r.Context(), s))
	}
}

// TestFollowsAnOperator: somebody else switches the primary, and Sluice follows without
// an error of any client.
func TestFollowsAnOperator(t *testing.T) {
	r := newTrio(t, "")
	b := (&pair{T: t, file: r.file}).start(nil)
	var w writers
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var done sync.WaitGroup
	done.Go(func() { w.write(ctx, b, 10) })
	time.Sleep(time.Second)
	require.NoError(t, r.servers[0].Exec(t.Context(), "SET GLOBAL super_read_only=1"))
	time.Sleep(300 * time.Millisecond)
	r.promote(1, 2, 0)
	time.Sleep(2 * time.Second)
	stop()
	done.Wait()
	t.Logf("%d written, longest pause %v", len(w.kept), w.gap())
	require.Empty(t, w.errs)
	require.Empty(t, r.lost(&w, r.servers[1]))
	require.Greater(t, w.at[len(w.at)-1].Sub(w.at[0]), 2*time.Second)
	b.idle()
}

// TestSwitchover switches the primary under load, to and fro: no client may notice more
// than a pause.
func TestSwitchover(t *testing.T) {
	r := newTrio(t, ", failover: {own: true}")
	b := (&pair{T: t, file: r.file}).start(nil)
	op := proxy.Operator{Server: b.srv}
	require.ErrorContains(t, op.SwitchOver("g0", "127.0.0.1:1", 5*time.Second, true), "has no server")
	require.ErrorContains(t, op.SwitchOver("g0", r.servers[0].Addr(), 5*time.Second, true), "already")
	var w writers
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var done sync.WaitGroup
	done.Go(func() { w.write(ctx, b, 10) })
	for _, to := range []int{1, 2, 0} {
		time.Sleep(1500 * time.Millisecond)
		from := time.Now()
		err := op.SwitchOver("g0", r.servers[to].Addr(), 5*time.Second, false)
		if err != nil {
			for _, s := range r.servers {
				t.Log(s.Addr(), (&replicated{T: t}).status(s))
			}
		}
		require.NoError(t, err)
		t.Logf("switched in %v", time.Since(from))
	}
	time.Sleep(time.Second)
	stop()
	done.Wait()
	t.Logf("%d written, longest pause %v", len(w.kept), w.gap())
	require.Empty(t, w.errs)
	require.Empty(t, r.lost(&w, r.servers[0]))
	require.Equal(t, r.servers[0].Addr(), op.Topology().([]proxy.GroupState)[0].Primary)
	b.idle()
}

// TestFailover kills the primary under load, twice: no acknowledged write may be lost, and
// what was open must have been answered.
func TestFailover(t *testing.T) {
	for name, kill := range map[string]func(*mysqltest.Server){
		"killed": (*mysqltest.Server).Kill,
		"frozen": func(s *mysqltest.Server) { _ = s.Signal(syscall.SIGSTOP) },
	} {
		t.Run(name, func(t *testing.T) {
			r := newTrio(t, ", failover: {own: true}")
			// Two processes watch the group; one of them promotes.
			b, other := (&pair{T: t, file: r.file}).start(nil), (&pair{T: t, file: r.file}).start(nil)
			var w writers
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			var done sync.WaitGroup
			for _, b := range []*bed{b, other} {
				done.Go(func() { w.write(ctx, b, 10) })
			}
			time.Sleep(1500 * time.Millisecond)
			c := b.connect()
			b.do(c, "BEGIN", "INSERT INTO t (id, tenant_id) VALUES ('open', 'a')")
			died := time.Now()
			kill(r.servers[0])
			primary := func(b *bed) string { return proxy.Operator{Server: b.srv}.Topology().([]proxy.GroupState)[0].Primary }
			require.Eventually(t, func() bool { return primary(b) != r.servers[0].Addr() && primary(b) == primary(other) }, 30*time.Second, 20*time.Millisecond)
			promoted := time.Since(died)
			time.Sleep(2 * time.Second)
			stop()
			done.Wait()
			next := r.servers[slices.IndexFunc(r.servers, func(s *mysqltest.Server) bool { return s.Addr() == primary(b) })]
			t.Logf("%s: %d written, promoted after %v, longest pause %v, %d errors", name, len(w.kept), promoted, w.gap(), len(w.errs))
			require.Empty(t, r.lost(&w, next))
			require.True(t, slices.ContainsFunc(w.at, func(at time.Time) bool { return at.After(died.Add(promoted)) }), "nothing was written after the promotion")
			for _, err := range w.errs { // the fate of the writes that ran is not known; nothing else may fail
				require.Contains(t, err.Error(), "whether it was carried out is not known")
			}
			require.Contains(t, b.fails(c, 1213, "INSERT INTO t (id, tenant_id) VALUES ('open too', 'a')").Message, "rolled back")
			b.do(c, "BEGIN", "INSERT INTO t (id, tenant_id) VALUES ('anew', 'a')", "COMMIT")
			require.Equal(t, "anew", b.cell(c, "SELECT GROUP_CONCAT(id) FROM t WHERE tenant_id = 'a' AND id IN ('open', 'open too', 'anew')"))
			// The old primary comes back, and must take no writes.
			if name == "frozen" {
				require.NoError(t, r.servers[0].Signal(syscall.SIGCONT))
			} else {
				require.NoError(t, r.servers[0].Start(t.Context()))
			}
			require.Eventually(t, r.servers[0].Closed, 20*time.Second, 50*time.Millisecond, "the old primary still takes writes")
			require.NotEqual(t, r.servers[0].Addr(), primary(b))
		})
	}
}

// TestCommitInDoubt: the primary dies while a COMMIT waits for a replica. Whether it was
// carried out nobody can know, so nobody may say that it was rolled back.
func TestCommitInDoubt(t *testing.T) {
	r := newTrio(t, "")
	b := (&pair{T: t, file: r.file}).start(nil)
	statements := []string{"COMMIT", "BEGIN", "SET autocommit = 1"}
	var open []*diff.Conn
	for i := range statements {
		c := b.connect()
		b.do(c, "SET autocommit = 0", fmt.Sprintf("INSERT INTO t (id, tenant_id) VALUES ('%d', 'a')", i))
		open = append(open, c)
	}
	for _, s := range r.servers[1:] {
		require.NoError(t, s.Exec(t.Context(), "STOP REPLICA IO_THREAD"))
	}
	answers := make([]error, len(open))
	var wg sync.WaitGroup
	for i, c := range open {
		wg.Go(func() { _, answers[i] = c.Query(statements[i]) })
	}
	time.Sleep(time.Second)
	r.servers[0].Kill()
	wg.Wait()
	for i, err := range answers {
		require.ErrorContains(t, err, "1429", statements[i])
		require.ErrorContains(t, err, "unless this was its COMMIT")
		_ = open[i].Net().SetDeadline(time.Now().Add(30 * time.Second))
		_, err = open[i].Query("SHOW WARNINGS")
		require.Equal(t, statements[i] != "COMMIT", err != nil, "%s: %v", statements[i], err)
	}
}

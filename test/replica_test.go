package test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/conf"
	"github.com/sluicedb/sluice/conf/schema"
	"github.com/sluicedb/sluice/pool"
	"github.com/sluicedb/sluice/proxy"
	"github.com/sluicedb/sluice/test/diff"
	"github.com/sluicedb/sluice/test/mysqltest"
)

// TestDifferentialReplicas is TestDifferential with two replicas behind the one primary:
// a session that reads its own writes from replicas cannot tell. The plain server has a
// binary log, too: it makes some warnings.
func TestDifferentialReplicas(t *testing.T) {
	files := corpus(t)
	dir := fast(t)
	for name, shards := range map[string]int{"1 shard": 1, "4 shards": 4} {
		t.Run(name, func(t *testing.T) {
			srv := replicated(t, dir, shards)
			p := diff.Pair{Left: plain(t, dir, "--log-bin=log"), Right: diff.Target{Name: "Sluice with replicas", Addr: srv.Addrs()[0].String(), User: "app"}, Shards: shards}
			for _, f := range files {
				if f.Shards != 0 && f.Shards != shards || len(f.Schema.Tables) > 0 || strings.HasSuffix(f.Path, "two_sessions.sql") {
					continue // other sessions' writes are not promised without a token
				}
				t.Run(strings.TrimSuffix(strings.TrimPrefix(f.Path, "corpus/"), ".sql"), func(t *testing.T) { diff.Run(t, f, p) })
			}
			t.Run("contents", func(t *testing.T) { diff.Run(t, contents(t, p.Left), p) })
			primary, replicas := reads(t, srv)
			t.Logf("reads answered by the primary: %v, by replicas: %v", primary, replicas)
			require.Greater(t, replicas, primary)
		})
	}
}

// replicated starts a primary with two replicas and Sluice in front of them.
func replicated(t *testing.T, dir string, shards int) *proxy.Server {
	t.Helper()
	var servers []*mysqltest.Server
	for range 3 {
		servers = append(servers, mysqltest.Start(t, mysqltest.Options{Dir: dir, Flags: quick[1:]}))
	}
	require.NoError(t, servers[0].Exec(t.Context(),
		"CREATE USER sluice@'%' IDENTIFIED BY ''", "GRANT ALL ON *.* TO sluice@'%' WITH GRANT OPTION",
		"CREATE USER app@'%' IDENTIFIED BY ''", "GRANT ALL ON *.* TO app@'%'"))
	for _, s := range servers[1:] {
		require.NoError(t, s.Follow(t.Context(), servers[0]))
	}
	text := strings.Replace(layout(t, shards, []string{servers[0].Addr()}, ""), "user: sluice",
		"replicas: [\""+servers[1].Addr()+"\", \""+servers[2].Addr()+"\"], reads: {wait: 10s}, user: sluice", 1)
	file := filepath.Join(t.TempDir(), "saas.yaml")
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	c, problems := conf.Load(file)
	require.NoError(t, problems.Err())
	for _, d := range schema.Databases() {
		for i := range shards {
			load(t, servers[0], d, physical(d, i))
		}
	}
	place(t, c, servers[:1])
	srv := serve(t, c)
	watch(t, srv.Group("g0"), servers)
	return srv
}

// watch keeps the group's state until the test ends, in the place of its own probes.
func watch(t *testing.T, g *pool.Group, servers []*mysqltest.Server) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	t.Cleanup(func() { cancel(); wg.Wait() })
	for i, s := range g.Servers() {
		db := servers[i].Open(t, "")
		st := pool.State{Role: pool.RoleReplica, Up: true}
		look := func() {
			if err := db.QueryRowContext(ctx, "SELECT @@GLOBAL.gtid_executed").Scan(&st.Executed); err == nil {
				st.Seen = time.Now()
				s.SetState(st)
			}
		}
		look()
		wg.Go(func() {
			for ctx.Err() == nil {
				look()
				time.Sleep(200 * time.Millisecond)
			}
		})
	}
	var all string
	require.NoError(t, servers[0].Open(t, "").QueryRow("SELECT @@GLOBAL.gtid_executed").Scan(&all))
	for _, s := range servers[1:] {
		var late int
		require.NoError(t, s.Open(t, "").QueryRow("SELECT WAIT_FOR_EXECUTED_GTID_SET(?, 120)", all).Scan(&late))
		require.Zero(t, late)
	}
}

// reads counts who has answered reads.
func reads(t *testing.T, srv *proxy.Server) (primary, replicas float64) {
	t.Helper()
	reg := prometheus.NewRegistry()
	reg.MustRegister(srv.Collector())
	families, err := reg.Gather()
	require.NoError(t, err)
	for _, f := range families {
		if f.GetName() != "sluice_reads_total" {
			continue
		}
		for _, m := range f.GetMetric() {
			for _, l := range m.GetLabel() {
				switch {
				case l.GetName() == "server" && l.GetValue() == srv.Group("g0").Primary().Addr:
					primary += m.GetCounter().GetValue()
				case l.GetName() == "server":
					replicas += m.GetCounter().GetValue()
				}
			}
		}
	}
	return primary, replicas
}

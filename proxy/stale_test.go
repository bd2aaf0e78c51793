package proxy_test

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
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/proxy"
	"github.com/sluicedb/sluice/test/diff"
	"github.com/sluicedb/sluice/test/mysqltest"
	"github.com/sluicedb/sluice/test/redistest"
)

// TestStaleCluster is TestStaleShared with a Redis Cluster whose primaries are killed,
// paused and replaced.
func TestStaleCluster(t *testing.T) {
	server, cluster := newServer(t), redistest.StartCluster(t)
	var beds []*bed
	for i := range 2 {
		c := strings.Replace(sharedConfig("ADDRESSES", fmt.Sprintf("p%d", i), "class: hot"), `["ADDRESSES"]`, `["`+strings.Join(cluster.Addrs(), `", "`)+`"], cluster: true`, 1)
		beds = append(beds, newBed(t, server, "max: 50", c))
	}
	for _, b := range beds {
		c := b.connect()
		b.do(c, "REPLACE INTO t (id, tenant_id, v) VALUES ('a1', 'a', 1)")
		b.used()
	}
	failovers := 0
	reads, stale := checkStale(t, beds, seconds(t, 20), func(ctx context.Context) {
		for ctx.Err() == nil {
			time.Sleep(time.Duration(1000+rand.IntN(2000)) * time.Millisecond)
			s := cluster.Primary("{sluice}:versions")
			if s == nil {
				continue
			}
			if rand.IntN(2) == 0 {
				s.Pause()
				time.Sleep(time.Duration(500+rand.IntN(3500)) * time.Millisecond)
				s.Resume()
			} else {
				s.Kill()
				time.Sleep(time.Duration(1000+rand.IntN(3000)) * time.Millisecond)
				s.Run()
			}
			if now := cluster.Primary("{sluice}:versions"); now != nil && now != s {
				failovers++
			}
		}
	})
	for _, b := range beds {
		t.Logf("%+v", b.state2())
	}
	t.Logf("%d reads, %d stale, %d failovers", reads, stale, failovers)
	require.Zero(t, stale, "stale reads")
	beds[0].used()
	require.Positive(t, beds[0].state2().(proxy.CacheStats).Tables[0].Hits)
}

// TestSharedSecure shares replies in a Redis with TLS and a password.
func TestSharedSecure(t *testing.T) {
	server := newServer(t)
	r, ca := redistest.StartSecure(t, "a secret of Redis")
	t.Setenv("SLUICE_TEST_REDIS_PASSWORD", "a secret of Redis")
	t.Setenv("SLUICE_TEST_REDIS_WRONG", "another")
	with := func(more string) *bed {
		return newBed(t, server, "max: 50", strings.Replace(sharedConfig(r.Addr(), "p"+strconv.Itoa(rand.Int()), "class: hot"), "process:", more+", process:", 1)+"limits: {slow: 0s}\n")
	}
	secure := "tls: true, tls_ca: " + ca + ", password_env: SLUICE_TEST_REDIS_PASSWORD"
	a, b := with(secure), with(secure)
	a.do(a.connect(), "INSERT INTO t (id, tenant_id, v) VALUES ('a1', 'a', 1)")
	a.used()
	b.used()
	for i := range 20 {
		w, rd := []*bed{a, b}[i%2], []*bed{a, b}[1-i%2]
		w.do(w.connect(), fmt.Sprintf("UPDATE t SET v = %d WHERE tenant_id = 'a'", 10+i))
		require.Equal(t, fmt.Sprint(10+i), rd.cell(rd.connect(), "SELECT v FROM t WHERE tenant_id = 'a'"))
	}
	for _, wrong := range []string{
		"tls: true, password_env: SLUICE_TEST_REDIS_PASSWORD", "tls: true, tls_ca: " + ca + ", password_env: SLUICE_TEST_REDIS_WRONG",
		"password_env: SLUICE_TEST_REDIS_PASSWORD",
	} {
		c := with(wrong)
		time.Sleep(1500 * time.Millisecond)
		require.False(t, c.kept(c.connect(), ofA), wrong)
		require.Contains(t, c.state2().(proxy.CacheStats).Shared, "does not answer", wrong)
	}
}

// aclOf are the rights that Sluice needs in Redis, as README says.
const aclOf = "-@all +@read +@write +@connection +@pubsub +@scripting -@dangerous +info +time ~sluice:* ~{sluice}:* &sluice:changes"

// TestSharedGuarded shares replies in a Redis that Sentinels watch, all with passwords,
// by a user with no more rights than it needs. The Redis is replaced.
func TestSharedGuarded(t *testing.T) {
	server := newServer(t)
	acl := append([]string{"--user", "sluice", "on", ">a secret of Sluice"}, strings.Fields(aclOf)...)
	first := redistest.StartGuarded(t, "a-secret-of-Redis", acl...)
	second := redistest.StartGuarded(t, "a-secret-of-Redis", append(acl, "--replicaof", fmt.Sprintf("127.0.0.1 %d", first.Port()))...)
	sentinel := redistest.GuardedSentinel(t, first, "sluice", "a-secret-of-Sentinel")
	t.Setenv("SLUICE_TEST_REDIS_PASSWORD", "a secret of Sluice")
	t.Setenv("SLUICE_TEST_SENTINEL_PASSWORD", "a-secret-of-Sentinel")
	with := func(more string) *bed {
		c := "master: sluice, user: sluice, password_env: SLUICE_TEST_REDIS_PASSWORD, " + more + "process:"
		return newBed(t, server, "max: 50", strings.Replace(sharedConfig(sentinel.Addr(), "p"+strconv.Itoa(rand.Int()), "class: hot"), "process:", c, 1)+
			"counters: {group: g0, behind: [\"views:\"], flush: 50ms}\nlimits: {slow: 0s}\n")
	}
	a, b := with("sentinel_password_env: SLUICE_TEST_SENTINEL_PASSWORD, "), with("sentinel_password_env: SLUICE_TEST_SENTINEL_PASSWORD, ")
	a.do(a.connect(), "INSERT INTO t (id, tenant_id, v) VALUES ('a1', 'a', 1)")
	exchange := func(from int) {
		a.used()
		b.used()
		for i := range 20 {
			w, rd := []*bed{a, b}[i%2], []*bed{a, b}[1-i%2]
			w.do(w.connect(), fmt.Sprintf("UPDATE t SET v = %d WHERE tenant_id = 'a'", from+i))
			require.Equal(t, fmt.Sprint(from+i), rd.cell(rd.connect(), "SELECT v FROM t WHERE tenant_id = 'a'"))
		}
		require.Equal(t, "in use", a.state2().(proxy.CacheStats).Shared)
	}
	exchange(10)
	require.Equal(t, "2", a.cell(a.connect(), "SELECT sluice.counter_add('views:1', 2)"))
	db := server.Open(t, "")
	require.Eventually(t, func() bool {
		n := 0
		return db.QueryRow("SELECT value FROM sluice.counters WHERE name = 'views:1'").Scan(&n) == nil && n == 2
	}, 10*time.Second, 50*time.Millisecond, "what was counted is not written")
	c := second.Client()
	defer c.Close()
	watch := redis.NewSentinelClient(&redis.Options{Addr: sentinel.Addr(), Password: "a-secret-of-Sentinel"})
	defer watch.Close()
	require.Eventually(t, func() bool { return watch.Failover(t.Context(), "sluice").Err() == nil }, 20*time.Second, 200*time.Millisecond)
	require.Eventually(t, func() bool {
		role, err := c.Do(t.Context(), "ROLE").Slice()
		return err == nil && role[0] == "master"
	}, 20*time.Second, 100*time.Millisecond, "the replica does not take over")
	exchange(100)
	wrong := with("")
	time.Sleep(1500 * time.Millisecond)
	require.False(t, wrong.kept(wrong.connect(), ofA))
	require.Contains(t, wrong.state2().(proxy.CacheStats).Shared, "does not answer")
}

// TestStaleBypassed is TestStaleShared with writers that bypass Sluice, while those who
// read the logs are interrupted. What they have written is seen within the bound.
func TestStaleBypassed(t *testing.T) {
	server, r := newServer(t), redistest.Start(t)
	var beds []*bed
	for i := range 2 {
		beds = append(beds, newBed(t, server, "max: 50", strings.Replace(sharedConfig(r.Addr(), fmt.Sprintf("p%d", i), "class: hot"), "cache: {", "cache: {binlog: true, ", 1)))
	}
	past := bypass{server: server, beds: beds}
	reads, stale := checkStale(t, beds, seconds(t, 15), func(ctx context.Context) {
		var wg sync.WaitGroup
		past.run(ctx, &wg)
		for ctx.Err() == nil {
			time.Sleep(time.Duration(500+rand.IntN(1500)) * time.Millisecond)
			if rand.IntN(2) == 0 {
				past.cut(ctx)
			}
		}
		wg.Wait()
	})
	for _, b := range beds {
		t.Logf("%+v", b.state2())
	}
	t.Logf("%d reads, %d stale; %d writes past Sluice and %d reads of them, %d too old", reads, stale, past.wrote.Load(), past.reads.Load(), past.stale.Load())
	require.Zero(t, stale, "stale reads")
	require.Zero(t, past.stale.Load(), "reads older than a write past Sluice and the bound")
	require.Positive(t, past.reads.Load())
	require.Positive(t, past.wrote.Load())
	require.Positive(t, beds[0].state2().(proxy.CacheStats).Tables[0].Hits)
}

// TestStaleBypassedIsNoticed shows that the check fails where nobody reads the logs, and
// where what they tell is lost.
func TestStaleBypassedIsNoticed(t *testing.T) {
	server := newServer(t)
	for name, more := range map[string]string{"nobody reads": keepAll, "nobody hears": strings.Replace(keepAll, "cache: {", "cache: {binlog: true, ", 1)} {
		t.Run(name, func(t *testing.T) {
			b := newBed(t, server, "max: 50", more)
			b.srv.Lose("binlog")
			past := bypass{server: server, beds: []*bed{b}}
			ctx, stop := context.WithTimeout(t.Context(), 6*time.Second)
			defer stop()
			var wg sync.WaitGroup
			past.run(ctx, &wg)
			wg.Wait()
			require.Positive(t, past.stale.Load(), "the check does not notice stale reads")
		})
	}
}

// bypass writes two rows on the server itself and reads them through Sluices.
type bypass struct {
	server              *mysqltest.Server
	beds                []*bed
	wrote, reads, stale atomic.Int64
}

// bound is how old a read may be, and what a busy machine may add.
const bound = 2*time.Second + 500*time.Millisecond

func (p *bypass) run(ctx context.Context, wg *sync.WaitGroup) {
	for i, tenant := range []string{"a", "b"} {
		var seen atomic.Int64 // what must be seen
		id := "past-" + tenant
		wg.Go(func() { p.write(ctx, fmt.Sprintf("app_%d", i), tenant, id, &seen) })
		for _, b := range p.beds {
			wg.Go(func() { p.read(ctx, b, tenant, id, &seen) })
		}
	}
}

func (p *bypass) write(ctx context.Context, schema, tenant, id string, seen *atomic.Int64) {
	db, err := p.server.DB(schema)
	if err != nil {
		return
	}
	defer db.Close()
	var at []time.Time // of the writes from seen on
	for v := int64(1); ctx.Err() == nil; v++ {
		if _, err := db.ExecContext(ctx, "REPLACE INTO t (id, tenant_id, v) VALUES (?, ?, ?)", id, tenant, v); err != nil {
			return
		}
		p.wrote.Add(1)
		for at = append(at, time.Now()); len(at) > 0 && time.Since(at[0]) > bound; at = at[1:] {
			seen.Add(1)
		}
		time.Sleep(time.Duration(rand.IntN(300)) * time.Millisecond)
	}
}

func (p *bypass) read(ctx context.Context, b *bed, tenant, id string, seen *atomic.Int64) {
	var c *diff.Conn
	for ctx.Err() == nil {
		if c == nil {
			var err error
			if c, err = diff.Connect(diff.Target{Addr: b.addr, User: "root", Database: "app"}, wire.ClientMultiStatements); err != nil {
				time.Sleep(20 * time.Millisecond)
				c = nil
				continue
			}
		}
		low := seen.Load()
		a, err := c.Query(fmt.Sprintf("SELECT v FROM t WHERE tenant_id = '%s' AND id = '%s'", tenant, id))
		if err != nil {
			_ = c.Close()
			c = nil
			continue
		}
		got := int64(0)
		if len(a[0].Rows) == 1 {
			got, _ = strconv.ParseInt(a[0].Rows[0][0], 10, 64)
		}
		if p.reads.Add(1); got < low {
			p.stale.Add(1)
		}
		time.Sleep(time.Millisecond)
	}
	if c != nil {
		_ = c.Close()
	}
}

// cut ends the connections of those who read the server's log, if there are any.
func (p *bypass) cut(ctx context.Context) {
	db, err := p.server.DB("")
	if err != nil {
		return
	}
	defer db.Close()
	rows, err := db.QueryContext(ctx, "SELECT id FROM information_schema.processlist WHERE command LIKE 'Binlog Dump%'")
	if err != nil {
		return
	}
	var ids []string
	for rows.Next() {
		var id string
		if rows.Scan(&id) == nil {
			ids = append(ids, id)
		}
	}
	_ = rows.Close()
	if rows.Err() != nil {
		return
	}
	for _, id := range ids {
		_, _ = db.ExecContext(ctx, "KILL "+id)
	}
}

// TestStalePrimaries is TestStaleShared while the primary of MySQL is switched, and
// killed and started again. Statements that are not answered from the cache are to be as
// new.
func TestStalePrimaries(t *testing.T) {
	r, store := newTrio(t, ", failover: {own: true}"), redistest.Start(t)
	text, err := os.ReadFile(r.file)
	require.NoError(t, err)
	table := "CREATE TABLE t (id VARCHAR(36) PRIMARY KEY, tenant_id VARCHAR(36) NOT NULL, v INT NOT NULL DEFAULT 0) COLLATE utf8mb4_unicode_ci;"
	var beds []*bed
	for i := range 2 {
		beds = append(beds, startBed(t, r.servers[0], table, string(text)+"reads: {consistency: strong}\n"+sharedConfig(store.Addr(), fmt.Sprintf("p%d", i), "class: hot")))
	}
	op := proxy.Operator{Server: beds[0].srv}
	primary := func() int {
		now := op.Topology().([]proxy.GroupState)[0].Primary
		return slices.IndexFunc(r.servers, func(s *mysqltest.Server) bool { return s.Addr() == now })
	}
	switched, killed := 0, 0
	reads, stale := checkStale(t, beds, seconds(t, 25), func(ctx context.Context) {
		for n := 0; ctx.Err() == nil; n++ {
			sleep(ctx, 3*time.Second)
			at := primary()
			if at < 0 || ctx.Err() != nil {
				continue
			}
			if n%3 < 2 {
				if err := op.SwitchOver("g0", r.servers[(at+1+rand.IntN(2))%3].Addr(), 5*time.Second, false); err == nil {
					switched++
				} else {
					t.Logf("switching: %v", err)
				}
				continue
			}
			r.servers[at].Kill()
			killed++
			sleep(ctx, 5*time.Second+upTo(2*time.Second))
			if err := r.servers[at].Start(context.WithoutCancel(ctx)); err != nil {
				t.Errorf("starting a primary that was killed: %v", err)
				return
			}
			sleep(ctx, 5*time.Second)
		}
	})
	for _, b := range beds {
		t.Logf("%+v", b.state2())
	}
	t.Logf("%d reads, %d stale, switched %d times and killed %d times", reads, stale, switched, killed)
	require.Zero(t, stale, "stale reads")
	require.Positive(t, switched)
	require.Positive(t, killed)
	st := beds[0].state2().(proxy.CacheStats)
	require.Positive(t, st.Tables[0].Hits)
	require.Positive(t, st.Causes["failover"])
}

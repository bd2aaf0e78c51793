package proxy_test

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/proxy"
	"github.com/sluicedb/sluice/test/diff"
	"github.com/sluicedb/sluice/test/mysqltest"
	"github.com/sluicedb/sluice/test/redistest"
)

// sharedConfig is a cache in Redis at an address, for a process of a name.
func sharedConfig(redis, name, rule string) string {
	return fmt.Sprintf("cache: {size: 16MiB, rules: [{%s}], redis: {addresses: [%q], process: %s, deadline: 100ms, lease: 1s}}\n", rule, redis, name)
}

// link is a way to a Redis that can be broken: what is sent arrives nowhere.
type link struct {
	ln    net.Listener
	to    string
	mute  atomic.Bool
	peers atomic.Bool // mute, but for Sluices: for Sentinels and other Redis servers
	wg    sync.WaitGroup
}

func newLink(t *testing.T, to string) *link {
	t.Helper()
	ln, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	l := &link{ln: ln, to: to}
	l.wg.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			l.wg.Go(func() { l.serve(c) })
		}
	})
	t.Cleanup(func() { _ = ln.Close() })
	return l
}

func (l *link) serve(c net.Conn) {
	defer c.Close()
	s, err := net.Dial("tcp", l.to)
	if err != nil {
		return
	}
	defer s.Close()
	var peer atomic.Bool
	l.wg.Go(func() { l.pass(s, c, &peer, true) })
	l.pass(c, s, &peer, false)
}

// pass copies what is sent. Who it is the first bytes of a client tell: a Sentinel names
// its connection, and a replica begins with a PING. A connection on which something was
// lost ends once the way is free again, as one of TCP would.
func (l *link) pass(dst io.WriteCloser, src io.Reader, peer *atomic.Bool, client bool) {
	defer dst.Close()
	b := make([]byte, 32<<10)
	lost := false
	for first := true; ; first = false {
		n, err := src.Read(b)
		if err != nil {
			return
		}
		if text := string(b[:n]); client && first && (strings.Contains(text, "sentinel-") || strings.Contains(text, "PING\r\n")) {
			peer.Store(true)
		}
		if l.mute.Load() || l.peers.Load() && peer.Load() {
			lost = true
			continue
		}
		if lost {
			return
		}
		if _, err := dst.Write(b[:n]); err != nil {
			return
		}
	}
}

// sharing starts two Sluices that share a Redis, each over a link of its own.
func sharing(t *testing.T, server *mysqltest.Server, redis string, rule string) ([]*bed, []*link) {
	t.Helper()
	var beds []*bed
	var links []*link
	for i := range 2 {
		l := newLink(t, redis)
		b := newBed(t, server, "max: 50", sharedConfig(l.ln.Addr().String(), fmt.Sprintf("p%d", i), rule)+"limits: {slow: 0s}\n")
		beds, links = append(beds, b), append(links, l)
	}
	return beds, links
}

func newServer(t *testing.T) *mysqltest.Server {
	t.Helper()
	server := mysqltest.Start(t, mysqltest.Options{})
	for _, name := range []string{"app_0", "app_1"} {
		require.NoError(t, server.Exec(t.Context(), "CREATE DATABASE "+name, "USE "+name+"; "+tables))
	}
	return server
}

// used waits until exact replies are used by a Sluice.
func (b *bed) used() {
	b.Helper()
	c := b.connect()
	require.Eventually(b, func() bool {
		b.do(c, ofA)
		return b.selects(func() { b.do(c, ofA) }) == 0
	}, 20*time.Second, 20*time.Millisecond, "%v", b.state2())
}

func (b *bed) state2() any {
	st, _ := proxy.Operator{Server: b.srv}.CacheStats()
	return st
}

func TestShared(t *testing.T) {
	server, r := newServer(t), redistest.Start(t)
	beds, links := sharing(t, server, r.Addr(), "class: hot")
	a, b := beds[0], beds[1]
	ca, cb := a.connect(), b.connect()
	a.do(ca, "INSERT INTO t (id, tenant_id, v) VALUES ('a1', 'a', 1)")
	value := func(bed *bed) string { return bed.cell(bed.connect(), "SELECT v FROM t WHERE tenant_id = 'a'") }
	a.used()
	b.used()
	t.Run("a reply fetched by one process answers the other", func(t *testing.T) {
		sql := "SELECT id, v, 'shared' FROM t WHERE tenant_id = 'a'"
		want, err := ca.Query(sql)
		require.NoError(t, err)
		require.Eventually(t, func() bool { // Redis gets it a moment later
			zero := b.selects(func() {
				got, err := cb.Query(sql)
				require.NoError(t, err)
				require.Equal(t, want, got)
			}) == 0
			a.do(ca, sql)
			return zero
		}, 10*time.Second, 10*time.Millisecond)
		st := b.state2().(proxy.CacheStats)
		require.Equal(t, "in use", st.Shared)
	})
	t.Run("writes", func(t *testing.T) {
		for i := range 50 {
			w, rd := beds[i%2], beds[1-i%2]
			require.Equal(t, value(w), value(rd))
			w.do(w.connect(), fmt.Sprintf("UPDATE t SET v = %d WHERE tenant_id = 'a'", 10+i))
			require.Equal(t, fmt.Sprint(10+i), value(rd))
		}
	})
	t.Run("one process loses Redis", func(t *testing.T) {
		require.Equal(t, value(a), value(b))
		links[0].mute.Store(true)
		before := time.Now()
		a.do(ca, "UPDATE t SET v = 500 WHERE tenant_id = 'a'")
		require.Less(t, time.Since(before), 3*time.Second, "a write waits for the lease at most")
		require.Equal(t, "500", value(b))
		require.Equal(t, "500", value(a))
		before = time.Now()
		a.do(ca, "UPDATE t SET v = 501 WHERE tenant_id = 'a'", "UPDATE t SET v = 502 WHERE tenant_id = 'a'")
		t.Logf("two writes without Redis took %v", time.Since(before))
		require.Equal(t, "502", value(b))
		links[0].mute.Store(false)
		a.used()
		b.used()
		require.Equal(t, "502", value(b))
	})
	t.Run("Redis is flushed, killed, paused", func(t *testing.T) {
		for i, f := range []func(){r.Flush, func() { r.Kill(); r.Run() }, func() { r.Pause(); time.Sleep(1500 * time.Millisecond); r.Resume() }} {
			require.Equal(t, value(a), value(b))
			f()
			a.do(a.connect(), fmt.Sprintf("UPDATE t SET v = %d WHERE tenant_id = 'a'", 600+i))
			require.Equal(t, fmt.Sprint(600+i), value(b))
			a.used()
			b.used()
		}
	})
	t.Run("without Redis", func(t *testing.T) {
		r.Kill()
		a.do(a.connect(), "UPDATE t SET v = 700 WHERE tenant_id = 'a'")
		require.Equal(t, "700", value(b))
		time.Sleep(1200 * time.Millisecond)
		before := time.Now()
		for range 100 {
			b.do(cb, ofA)
			a.do(ca, "UPDATE t SET v = v + 1 WHERE tenant_id = 'a'")
		}
		t.Logf("100 reads and writes without Redis took %v", time.Since(before))
		require.Less(t, time.Since(before), 10*time.Second)
		r.Run()
		a.used()
	})
	t.Run("a process that leaves, and one that is gone", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		a.srv.Shutdown(ctx)
		b.used()
		c := redis.NewClient(&redis.Options{Addr: r.Addr()})
		defer c.Close()
		require.NoError(t, c.HSet(ctx, "{sluice}:leases", "gone-silently", "1 x y z").Err())
		require.NotZero(t, b.selects(func() { b.do(cb, ofA); b.do(cb, ofA) }))
		require.Contains(t, b.state2().(proxy.CacheStats).Shared, "gone-silently")
		require.NoError(t, proxy.Operator{Server: b.srv}.CacheForget("gone-silently"))
		b.used()
	})
}

// TestStaleShared is TestStale through two Sluices, while Redis is disturbed.
func TestStaleShared(t *testing.T) {
	server, r := newServer(t), redistest.Start(t)
	beds, links := sharing(t, server, r.Addr(), "class: hot")
	reads, stale := checkStale(t, beds, seconds(t, 15), func(ctx context.Context) {
		for ctx.Err() == nil {
			time.Sleep(time.Duration(300+rand.IntN(500)) * time.Millisecond)
			switch rand.IntN(5) {
			case 0:
				r.Flush()
			case 1:
				r.Kill()
				time.Sleep(time.Duration(rand.IntN(1500)) * time.Millisecond)
				r.Run()
			case 2:
				r.Pause()
				time.Sleep(time.Duration(rand.IntN(2000)) * time.Millisecond)
				r.Resume()
			default:
				l := links[rand.IntN(2)]
				l.mute.Store(true)
				time.Sleep(time.Duration(rand.IntN(2500)) * time.Millisecond)
				l.mute.Store(false)
			}
		}
	})
	for _, b := range beds {
		t.Logf("%+v", b.state2())
	}
	t.Logf("%d reads, %d stale", reads, stale)
	require.Zero(t, stale, "stale reads")
	require.Positive(t, beds[0].state2().(proxy.CacheStats).Tables[0].Hits)
}

// TestStaleSharedIsNoticed shows that the check fails where other processes are not told:
// by versions, or because a write that Redis does not take is acknowledged at once.
func TestStaleSharedIsNoticed(t *testing.T) {
	server, r := newServer(t), redistest.Start(t)
	for what, disturb := range map[string]func(context.Context, *link){
		"versions": func(context.Context, *link) {},
		"wait": func(ctx context.Context, l *link) {
			for ctx.Err() == nil {
				l.mute.Store(true)
				sleep(ctx, 800*time.Millisecond)
				l.mute.Store(false)
				sleep(ctx, 1200*time.Millisecond)
			}
		},
	} {
		t.Run(what, func(t *testing.T) {
			r.Flush()
			beds, links := sharing(t, server, r.Addr(), "class: hot")
			for _, b := range beds {
				b.srv.Lose(what)
			}
			reads, stale := checkStale(t, beds, 8*time.Second, func(ctx context.Context) { disturb(ctx, links[0]) })
			t.Logf("%d reads, %d stale", reads, stale)
			require.Positive(t, stale, "the check does not notice stale reads")
		})
	}
}

// TestStaleUntold is TestStaleShared without a single message: exact replies do not rely on
// them.
func TestStaleUntold(t *testing.T) {
	server, r := newServer(t), redistest.Start(t)
	beds, _ := sharing(t, server, r.Addr(), "class: hot")
	for _, b := range beds {
		b.srv.Lose("other process", "reload")
	}
	reads, stale := checkStale(t, beds, seconds(t, 4), nil)
	t.Logf("%d reads, %d stale", reads, stale)
	require.Zero(t, stale, "stale reads")
	st := beds[0].state2().(proxy.CacheStats)
	require.Positive(t, st.Tables[0].Hits)
	require.Zero(t, st.Causes["other process"])
}

// TestStaleBounded: replies of bounded staleness miss what others have written for no longer
// than they may, also where no message tells of it; where messages come, not even as long.
func TestStaleBounded(t *testing.T) {
	server, r := newServer(t), redistest.Start(t)
	beds, _ := sharing(t, server, r.Addr(), "class: hot, consistency: bounded, stale: 2s")
	a, b := beds[0], beds[1]
	ca, cb := a.connect(), b.connect()
	value := func() string { return b.cell(cb, "SELECT v FROM t WHERE tenant_id = 'a'") }
	a.do(ca, "INSERT INTO t (id, tenant_id, v) VALUES ('a1', 'a', 1)")
	b.used()
	after := func(v string) time.Duration {
		require.Eventually(t, func() bool { value(); return b.selects(func() { value() }) == 0 }, 10*time.Second, 10*time.Millisecond)
		a.do(ca, "UPDATE t SET v = "+v+" WHERE tenant_id = 'a'")
		began := time.Now()
		require.Eventually(t, func() bool { return value() == v }, 10*time.Second, time.Millisecond)
		return time.Since(began)
	}
	for i := range 5 {
		require.Less(t, after(fmt.Sprint(10+i)), time.Second, "a message tells of it")
	}
	b.srv.Lose("other process")
	late := time.Duration(0)
	for i := range 3 {
		took := after(fmt.Sprint(20 + i))
		require.Less(t, took, 2500*time.Millisecond)
		late = max(late, took)
	}
	require.Greater(t, late, 500*time.Millisecond, "the check does not notice what is missed")
	b.do(cb, "UPDATE t SET v = 99 WHERE tenant_id = 'a'")
	require.Equal(t, "99", value(), "this process's own write")
}

// TestStaleSentinel lets Sentinels replace the Redis that two Sluices use.
func TestStaleSentinel(t *testing.T) {
	server, first := newServer(t), redistest.Start(t)
	second := redistest.Start(t, "--replicaof", fmt.Sprintf("127.0.0.1 %d", first.Port()))
	sentinel := redistest.Sentinel(t, first, "sluice")
	var beds []*bed
	for i := range 2 {
		c := strings.Replace(sharedConfig(sentinel.Addr(), fmt.Sprintf("p%d", i), "class: hot"), "process:", "master: sluice, process:", 1)
		beds = append(beds, newBed(t, server, "max: 50", c))
	}
	reads, stale := checkStale(t, beds, seconds(t, 15), func(ctx context.Context) {
		c := redis.NewSentinelClient(&redis.Options{Addr: sentinel.Addr()})
		defer c.Close()
		for ctx.Err() == nil {
			time.Sleep(2 * time.Second)
			if rand.IntN(2) == 0 {
				_ = c.Failover(ctx, "sluice").Err()
				continue
			}
			s := []*redistest.Server{first, second}[rand.IntN(2)]
			s.Pause()
			time.Sleep(time.Duration(rand.IntN(2500)) * time.Millisecond)
			s.Resume()
		}
	})
	for _, b := range beds {
		t.Logf("%+v", b.state2())
	}
	t.Logf("%d reads, %d stale", reads, stale)
	require.Zero(t, stale, "stale reads")
}

// TestStaleParted lets Sentinels replace a Redis that still lives and that one of two
// Sluices goes on using, since it hears of nothing: two servers take marks and leases.
func TestStaleParted(t *testing.T) {
	server := newServer(t)
	ways := []*link{newLink(t, ""), newLink(t, "")} // to each Redis, for all
	port := func(l *link) string { return fmt.Sprint(l.ln.Addr().(*net.TCPAddr).Port) }
	first := redistest.Start(t, "--replica-announce-port", port(ways[0]))
	second := redistest.Start(t, "--replica-announce-port", port(ways[1]), "--replicaof", "127.0.0.1 "+port(ways[0]))
	ways[0].to, ways[1].to = first.Addr(), second.Addr()
	sentinel := redistest.SentinelOf(t, ways[0].ln.Addr().(*net.TCPAddr).Port, "sluice")
	var beds []*bed
	var watches []*link // of each Sluice to the Sentinel
	for i := range 2 {
		l := newLink(t, sentinel.Addr())
		c := strings.Replace(sharedConfig(l.ln.Addr().String(), fmt.Sprintf("p%d", i), "class: hot"), "process:", "master: sluice, process:", 1)
		beds, watches = append(beds, newBed(t, server, "max: 50", c)), append(watches, l)
	}
	c := redis.NewSentinelClient(&redis.Options{Addr: sentinel.Addr()})
	defer c.Close()
	primary := func(ctx context.Context) int {
		addr, err := c.GetMasterAddrByName(ctx, "sluice").Result()
		return map[bool]int{true: 1}[err == nil && len(addr) == 2 && addr[1] == port(ways[1])]
	}
	parted := 0
	reads, stale := checkStale(t, beds, seconds(t, 90), func(ctx context.Context) {
		for ctx.Err() == nil {
			sleep(ctx, 2*time.Second+upTo(2*time.Second))
			was, alone := primary(ctx), rand.IntN(2)
			watches[alone].mute.Store(true)
			ways[was].peers.Store(true)
			for end := time.Now().Add(8 * time.Second); ctx.Err() == nil && time.Now().Before(end) && primary(ctx) == was; {
				sleep(ctx, 50*time.Millisecond)
			}
			if ctx.Err() == nil && primary(ctx) != was {
				parted++
			}
			sleep(ctx, upTo(3*time.Second))
			watches[alone].mute.Store(false)
			ways[was].peers.Store(false)
		}
	})
	for _, b := range beds {
		t.Logf("%+v", b.state2())
	}
	t.Logf("%d reads, %d stale, replaced %d times while one went on with the old one", reads, stale, parted)
	require.Zero(t, stale, "stale reads")
	require.Positive(t, parted)
	require.Positive(t, beds[0].state2().(proxy.CacheStats).Tables[0].Hits)
}

// TestSharedKinds: what is kept in Redis beside rows that are small: nothing, and much.
func TestSharedKinds(t *testing.T) {
	server, r := newServer(t), redistest.Start(t)
	beds, _ := sharing(t, server, r.Addr(), "class: hot, ttl: 3s")
	a, b := beds[0], beds[1]
	ca, cb := a.connect(), b.connect()
	a.do(ca, "INSERT INTO t (id, tenant_id, v) VALUES ('a1', 'a', 1)")
	a.used()
	b.used()
	c := r.Client()
	defer c.Close()
	inRedis := func(sql string) (want []diff.Answer, sizes []int64) {
		t.Helper()
		for _, k := range c.Keys(t.Context(), "sluice:reply:*").Val() {
			c.Del(t.Context(), k)
		}
		want, err := ca.Query(sql)
		require.NoError(t, err)
		require.Eventually(t, func() bool {
			keys := c.Keys(t.Context(), "sluice:reply:*").Val()
			if len(keys) != 1 {
				return false
			}
			sizes = append(sizes, c.StrLen(t.Context(), keys[0]).Val())
			return true
		}, 5*time.Second, 5*time.Millisecond, "%s is not in Redis", sql)
		return want, sizes
	}
	shared := func() uint64 { return b.state2().(proxy.CacheStats).Tables[0].SharedHits }
	for name, sql := range map[string]string{
		"no rows": "SELECT id, v FROM t WHERE tenant_id = 'a' AND id = 'nobody'", "NULL": "SELECT MAX(v) FROM t WHERE tenant_id = 'a' AND id = 'nobody'",
		"a long row": "SELECT id, REPEAT('abc', 10000) FROM t WHERE tenant_id = 'a'",
	} {
		t.Run(name, func(t *testing.T) {
			want, sizes := inRedis(sql)
			if name == "a long row" {
				require.Less(t, sizes[0], int64(2000), "it is not compressed")
			}
			before := shared()
			got, err := cb.Query(sql)
			require.NoError(t, err)
			require.Equal(t, want, got)
			require.Equal(t, before+1, shared())
			b.do(cb, "INSERT INTO t (id, tenant_id, v) VALUES ('nobody', 'a', 7)")
			got, err = ca.Query(sql)
			require.NoError(t, err)
			require.NotEqual(t, want, got)
			b.do(cb, "DELETE FROM t WHERE tenant_id = 'a' AND id = 'nobody'")
		})
	}
	t.Run("what is asked for often is fetched before its end", func(t *testing.T) {
		refreshed := func() (n, missed uint64) {
			for _, b := range beds {
				c := b.state2().(proxy.CacheStats).Tables[0]
				n, missed = n+c.Refreshes, missed+c.Misses
			}
			return n, missed
		}
		a.do(ca, ofA)
		b.do(cb, ofA)
		n, missed := refreshed()
		for end := time.Now().Add(7 * time.Second); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
			a.do(ca, ofA)
			b.do(cb, ofA)
		}
		now, missedNow := refreshed()
		require.GreaterOrEqual(t, now-n, uint64(2), "in seven seconds a reply of three ends twice")
		require.Equal(t, missed, missedNow, "nobody waits for a reply that has ended")
	})
}

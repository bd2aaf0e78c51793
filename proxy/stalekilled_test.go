package proxy_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/proxy"
	"github.com/sluicedb/sluice/test/mysqltest"
	"github.com/sluicedb/sluice/test/redistest"
	"github.com/sluicedb/sluice/test/sluicetest"
)

// keepers are two Sluice processes that share replies, each over a link of its own to
// one Redis.
type keepers struct {
	server *mysqltest.Server
	redis  *redistest.Server
	links  []*link
	procs  []*sluicetest.Process
	beds   []*bed // to connect to them
	admins []string
}

func startKeepers(t *testing.T, cache string, env ...string) *keepers {
	t.Helper()
	k := &keepers{server: newServer(t), redis: redistest.Start(t)}
	dir := sluicetest.Memory(t)
	binary := sluicetest.Build(t, dir, "-tags", "failpoints")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "t.sql"), []byte(tables), 0o600))
	for i := range 2 {
		l, addr, admin := newLink(t, k.redis.Addr()), sluicetest.FreeAddr(t), sluicetest.FreeAddr(t)
		more := strings.Replace(sharedConfig(l.ln.Addr().String(), fmt.Sprintf("p%d", i), "class: hot"), "cache: {", "cache: {"+cache, 1) +
			fmt.Sprintf("admin: {address: %q}\nlog: {level: warn}\n", admin)
		k.links, k.admins = append(k.links, l), append(k.admins, admin)
		k.procs = append(k.procs, sluicetest.Launch(t, binary, dir, fmt.Sprint("sluice", i), addr, config(k.server.Addr(), addr, "max: 50", more), env...))
		k.beds = append(k.beds, &bed{T: t, server: k.server, addr: addr})
	}
	t.Cleanup(func() {
		for _, p := range k.procs {
			if text, _ := os.ReadFile(p.Log); t.Failed() {
				t.Logf("%s\n%s", p.Log, text[max(0, len(text)-8000):])
			}
		}
	})
	for i := range k.procs {
		require.Eventually(t, func() bool { return k.stats(t, i) != nil && k.stats(t, i).Shared == "in use" }, time.Minute, 50*time.Millisecond)
	}
	return k
}

// stats asks a process for the numbers of its cache; nil: it does not answer.
func (k *keepers) stats(t *testing.T, i int) *proxy.CacheStats {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+k.admins[i]+"/cache", http.NoBody)
	require.NoError(t, err)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil
	}
	defer resp.Body.Close()
	st := &proxy.CacheStats{}
	if json.NewDecoder(resp.Body).Decode(st) != nil {
		return nil
	}
	return st
}

func upTo(d time.Duration) time.Duration { return time.Duration(rand.Int64N(int64(d))) }

// disturbances are what is done to them, by turns.
func (k *keepers) disturbances(ctx context.Context, past *bypass) map[string]func(i int) {
	mute := func(i int, f func()) {
		k.links[i].mute.Store(true)
		f()
		k.links[i].mute.Store(false)
	}
	return map[string]func(i int){
		"process killed":                func(i int) { k.procs[i].Kill() },
		"process stopped":               func(i int) { k.procs[i].Pause(500*time.Millisecond + upTo(4*time.Second)) },
		"process without Redis":         func(i int) { mute(i, func() { time.Sleep(upTo(3 * time.Second)) }) },
		"killed without Redis":          func(i int) { mute(i, func() { time.Sleep(time.Second + upTo(time.Second)); k.procs[i].Kill() }) },
		"stopped without Redis":         func(i int) { mute(i, func() { k.procs[i].Pause(upTo(3 * time.Second)) }) },
		"Redis killed":                  func(int) { k.redis.Kill(); time.Sleep(upTo(1500 * time.Millisecond)); k.redis.Run() },
		"Redis stopped":                 func(int) { k.redis.Pause(); time.Sleep(upTo(2 * time.Second)); k.redis.Resume() },
		"Redis flushed":                 func(int) { k.redis.Flush() },
		"log readers cut off":           func(int) { past.cut(ctx) },
		"all processes killed":          func(int) { k.procs[0].Kill(); k.procs[1].Kill() },
		"process killed, other stopped": func(i int) { k.procs[i].Kill(); k.procs[1-i].Pause(upTo(3 * time.Second)) },
	}
}

// untold lets a process die or stand still between a commit and telling of it.
const untold = "SLUICE_FAILPOINTS=before telling=kill/15s,before telling=stop/15s"

// TestStaleKilled is TestStaleShared with whole processes, which are killed and stopped
// as well.
func TestStaleKilled(t *testing.T) {
	k := startKeepers(t, "", untold)
	past := bypass{server: k.server}
	k.check(t, &past)
}

// TestStaleKilledIsNoticed shows that the check fails where the successor of a process that
// died forgets that it may have told nobody of its last writes.
func TestStaleKilledIsNoticed(t *testing.T) {
	k := startKeepers(t, "", "SLUICE_FAILPOINTS=before telling=kill/2s", "SLUICE_LOSES=succession")
	reads, stale := checkStale(t, k.beds, 25*time.Second, nil)
	t.Logf("%d reads, %d stale", reads, stale)
	require.Positive(t, stale, "the check does not notice stale reads")
}

// TestStaleKilledBypassed is TestStaleKilled with writers that bypass Sluice, which reads
// the server's log.
func TestStaleKilledBypassed(t *testing.T) {
	k := startKeepers(t, "binlog: true, ", untold)
	past := bypass{server: k.server, beds: k.beds}
	k.check(t, &past)
	t.Logf("%d writes past Sluice and %d reads of them, %d too old", past.wrote.Load(), past.reads.Load(), past.stale.Load())
	require.Zero(t, past.stale.Load(), "reads older than a write past Sluice and the bound")
	require.Positive(t, past.reads.Load())
}

// check reads and writes while they are disturbed.
func (k *keepers) check(t *testing.T, past *bypass) {
	t.Helper()
	done := map[string]int{}
	var hits uint64
	reads, stale := checkStale(t, k.beds, seconds(t, 25), func(ctx context.Context) {
		var wg sync.WaitGroup
		if len(past.beds) > 0 {
			past.run(ctx, &wg)
		}
		for ctx.Err() == nil {
			for name, f := range k.disturbances(ctx, past) { // in another order each time
				hits = max(hits, k.calm(ctx, t))
				if ctx.Err() == nil {
					f(rand.IntN(len(k.procs)))
					done[name]++
				}
			}
		}
		wg.Wait()
	})
	t.Logf("%d reads, %d stale; up to %d hits of one process; %v", reads, stale, hits, done)
	require.Zero(t, stale, "stale reads")
	require.Positive(t, hits, "nothing was answered from the cache")
}

// calm leaves them alone for a while and returns how many hits one of them has had.
func (k *keepers) calm(ctx context.Context, t *testing.T) (hits uint64) {
	for end := time.Now().Add(time.Second + upTo(2*time.Second)); ctx.Err() == nil && time.Now().Before(end); {
		time.Sleep(100 * time.Millisecond)
		for i := range k.procs {
			if st := k.stats(t, i); st != nil && len(st.Tables) > 0 {
				hits = max(hits, st.Tables[0].Hits)
			}
		}
	}
	return hits
}

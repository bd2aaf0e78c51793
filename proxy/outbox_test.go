package proxy_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/proxy"
	"github.com/sluicedb/sluice/test/diff"
	"github.com/sluicedb/sluice/test/redistest"
)

const queue = "CREATE TABLE message_queue (id VARCHAR(36) NOT NULL DEFAULT (UUID()) PRIMARY KEY, tenant_id VARCHAR(36), event_type VARCHAR(100) NOT NULL," +
	" payload JSON NOT NULL, status ENUM('pending', 'sent', 'failed') DEFAULT 'pending', retry_count INT DEFAULT 0, error_message TEXT," +
	" available_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP, sent_at TIMESTAMP NULL, created_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP," +
	" KEY (status, available_at)) COLLATE utf8mb4_unicode_ci;\n"

// withQueue gives the pair a table of messages that is published to a Redis.
func (p *pair) withQueue(addr string) {
	p.Helper()
	for i, s := range p.servers {
		require.NoError(p, s.Exec(p.Context(), fmt.Sprintf("USE app_%d; %s", i, queue)))
	}
	require.NoError(p, os.WriteFile(filepath.Join(filepath.Dir(p.file), "t.sql"), []byte(tables+queue), 0o600))
	old, err := os.ReadFile(p.file)
	require.NoError(p, err)
	text := strings.Replace(string(old), "    tables:\n", "    tables:\n      message_queue: {kind: sharded, key: tenant_id, null_home: app-0}\n", 1)
	text += fmt.Sprintf("relay: {stream: messages, every: 10ms, batch: 7, redis: {address: %q}}\n", addr)
	require.NoError(p, os.WriteFile(p.file, []byte(text), 0o600))
}

// writer writes messages of one tenant, one after the other, and remembers which were
// committed.
type writer struct {
	tenant string
	next   int
	kept   []int
	undone map[int]bool
}

func (w *writer) write(c *diff.Conn) error {
	if _, err := c.Query("BEGIN"); err != nil {
		return err
	}
	first := w.next
	for range 2 {
		sql := fmt.Sprintf("INSERT INTO message_queue (tenant_id, event_type, payload) VALUES ('%s', 'counted', '{\"n\": %d}')", w.tenant, w.next)
		w.next++
		if _, err := c.Query(sql); err != nil {
			return err
		}
	}
	if first%10 == 0 {
		w.undone[first], w.undone[first+1] = true, true
		_, err := c.Query("ROLLBACK")
		return err
	}
	if _, err := c.Query("COMMIT"); err != nil {
		return err
	}
	w.kept = append(w.kept, first, first+1)
	return nil
}

// Messages are published in order per tenant and at least once, while Redis, Sluices
// and connections to MySQL die.
func TestOutbox(t *testing.T) {
	server := redistest.Start(t, redistest.Durable...)
	p := newPair(t)
	p.withQueue(server.Addr())
	a, b := p.start(nil), p.start(nil)
	writers := []*writer{{tenant: "a"}, {tenant: "b"}, {tenant: "c"}, {tenant: "d"}}
	ctx, stop := context.WithTimeout(t.Context(), 5*time.Second)
	defer stop()
	var wg sync.WaitGroup
	for _, w := range writers {
		w.undone = map[int]bool{}
		wg.Go(func() {
			for ctx.Err() == nil {
				c, err := diff.Connect(diff.Target{Addr: b.addr, User: "root", Database: "app"}, 0)
				for err == nil && ctx.Err() == nil {
					err = w.write(c)
					time.Sleep(2 * time.Millisecond)
				}
				if c != nil {
					_ = c.Close()
				}
			}
		})
	}
	time.Sleep(time.Second)
	server.Kill()
	time.Sleep(500 * time.Millisecond)
	server.Run()
	time.Sleep(500 * time.Millisecond)
	for i := range 2 {
		p.killAll(i)
		time.Sleep(300 * time.Millisecond)
	}
	gone, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	a.srv.Shutdown(gone) // the other takes its shards over
	wg.Wait()
	for i, s := range p.servers {
		db := s.Open(t, fmt.Sprintf("app_%d", i))
		require.Eventually(t, func() bool {
			var n int
			return db.QueryRow("SELECT COUNT(*) FROM message_queue WHERE status = 'pending'").Scan(&n) == nil && n == 0
		}, 30*time.Second, 50*time.Millisecond, "messages wait on server %d", i)
	}
	published, twice := read(t, server)
	for _, w := range writers {
		got := published[w.tenant]
		t.Logf("tenant %s: %d written and committed, %d published, %d twice", w.tenant, len(w.kept), len(got), twice[w.tenant])
		require.NotEmpty(t, w.kept)
		require.True(t, slices.IsSorted(got), "tenant %s: %v", w.tenant, got)
		at := map[int]bool{}
		for _, n := range got {
			at[n] = true
			require.False(t, w.undone[n], "%d was rolled back", n)
		}
		for _, n := range w.kept {
			require.True(t, at[n], "%d of tenant %s was committed and never published", n, w.tenant)
		}
	}
}

// TestOutboxKept: what the relay writes itself puts kept replies out of date.
func TestOutboxKept(t *testing.T) {
	server := redistest.Start(t)
	p := newPair(t)
	p.withQueue(server.Addr())
	p.more(keepAll)
	b := p.start(nil)
	c := b.connect()
	server.Pause() // until somebody has seen that it waits
	b.do(c, "INSERT INTO message_queue (id, tenant_id, event_type, payload) VALUES ('m1', 'a', 'counted', '{\"n\": 1}')")
	status := func() string {
		return b.cell(c, "SELECT status FROM message_queue WHERE tenant_id = 'a' AND id = 'm1'")
	}
	for range 3 {
		require.Equal(t, "pending", status())
	}
	require.Positive(t, b.state2().(proxy.CacheStats).Tables[0].Hits)
	server.Resume()
	require.Eventually(t, func() bool { return status() == "sent" }, 10*time.Second, 10*time.Millisecond)
}

// read reads the stream: of each tenant what came first, in order, and how many came
// again.
func read(t *testing.T, server *redistest.Server) (first map[string][]int, twice map[string]int) {
	t.Helper()
	c := server.Client()
	defer c.Close()
	list, err := c.XRange(t.Context(), "messages", "-", "+").Result()
	require.NoError(t, err)
	first, twice = map[string][]int{}, map[string]int{}
	seen := map[string]bool{}
	for _, m := range list {
		require.Equal(t, []string{"available_at", "created_at", "event_type", "id", "payload", "tenant_id"}, slices.Sorted(maps.Keys(m.Values)))
		tenant, id := m.Values["tenant_id"].(string), m.Values["id"].(string)
		if seen[id] {
			twice[tenant]++
			continue
		}
		seen[id] = true
		n, err := strconv.Atoi(strings.Trim(m.Values["payload"].(string), `{}"n: `))
		require.NoError(t, err)
		first[tenant] = append(first[tenant], n)
	}
	return first, twice
}

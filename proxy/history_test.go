package proxy_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/test/diff"
)

// A history is what clients did and saw: transactions that append unique numbers to
// lists on two groups, and read lists. What may not be is found from the lists alone: a
// list tells the order of the appends to it.
type history struct {
	txns  []*listTxn
	final map[string][]int // the lists at the end, as the servers have them
	// serializable: every transaction asked for it. Then what a read has not seen counts,
	// too: whoever appended it came later.
	serializable bool
}

type listTxn struct {
	outcome  string // "committed", "aborted" or "unknown"
	snapshot bool   // WITH CONSISTENT SNAPSHOT
	appends  map[string][]int
	reads    []listRead
}

type listRead struct {
	key  string
	list []int
}

// check returns what is wrong with the history.
func (h *history) check() []string {
	var wrong []string
	report := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	owner, keyOf := map[int]int{}, map[int]string{}
	for i, t := range h.txns {
		for key, list := range t.appends {
			for _, v := range list {
				owner[v], keyOf[v] = i, key
			}
		}
	}
	present := map[int]bool{}
	for key, list := range h.final {
		for _, v := range list {
			if i, ok := owner[v]; !ok || present[v] || keyOf[v] != key {
				report("%s has %d, which nobody appended, or twice", key, v)
			} else if h.txns[i].outcome == "aborted" {
				report("%s has %d of transaction %d, which was aborted", key, v, i)
			}
			present[v] = true
		}
	}
	for i, t := range h.txns {
		n, all := 0, 0
		for _, list := range t.appends {
			for _, v := range list {
				all++
				if present[v] {
					n++
				}
			}
		}
		if t.outcome == "committed" && n < all || n > 0 && n < all {
			report("of %s transaction %d only %d of %d appends are there", t.outcome, i, n, all)
		}
		for _, r := range t.reads {
			h.checkRead(i, r, owner, report)
		}
		if t.snapshot && (!h.serializable || t.outcome == "committed") { // locks that are lost are noticed at COMMIT
			h.checkSnapshot(i, owner, report)
		}
	}
	if c := h.cycle(owner); c != nil {
		report("transactions %v come each before the next, and the last before the first", c)
	}
	return wrong
}

// checkRead compares a read with the final list: it is a beginning of it, but for the
// reader's own appends, and holds all or none of what one transaction appended.
func (h *history) checkRead(reader int, r listRead, owner map[int]int, report func(string, ...any)) {
	list := r.list
	for len(list) > 0 && owner[list[len(list)-1]] == reader {
		list = list[:len(list)-1]
	}
	final := h.final[r.key]
	if len(list) > len(final) || !slices.Equal(list, final[:len(list)]) {
		report("transaction %d read %v in %s, which is no beginning of %v", reader, r.list, r.key, final)
		return
	}
	if len(list) == 0 {
		return
	}
	last := list[len(list)-1]
	if mine := h.txns[owner[last]].appends[r.key]; mine[len(mine)-1] != last {
		report("transaction %d read %d in %s, which transaction %d appended more to", reader, last, r.key, owner[last])
	}
}

// checkSnapshot looks for transactions of which a snapshot shows a part.
func (h *history) checkSnapshot(reader int, owner map[int]int, report func(string, ...any)) {
	seen := map[string][]int{}
	for _, r := range h.txns[reader].reads {
		seen[r.key] = r.list
	}
	for key, list := range seen {
		for _, v := range list {
			for other, more := range h.txns[owner[v]].appends {
				if got, read := seen[other]; read && !slices.Contains(got, more[0]) {
					report("snapshot %d shows %d of transaction %d in %s, and not %d in %s", reader, v, owner[v], key, more[0], other)
				}
			}
		}
	}
}

// cycle finds transactions that were each overwritten or read by the next, in a circle.
func (h *history) cycle(owner map[int]int) []int {
	next := make([]map[int]bool, len(h.txns))
	edge := func(a, b int) {
		if a != b {
			if next[a] == nil {
				next[a] = map[int]bool{}
			}
			next[a][b] = true
		}
	}
	for _, list := range h.final {
		for i := 1; i < len(list); i++ {
			edge(owner[list[i-1]], owner[list[i]])
		}
	}
	for i, t := range h.txns {
		for _, r := range t.reads {
			if t.outcome != "committed" {
				continue
			}
			for _, v := range r.list {
				edge(owner[v], i)
			}
			seen := slices.DeleteFunc(slices.Clone(r.list), func(v int) bool { return owner[v] == i })
			if final := h.final[r.key]; h.serializable && len(seen) < len(final) {
				edge(i, owner[final[len(seen)]])
			}
		}
	}
	state := make([]int, len(h.txns)) // 1: on the path, 2: done
	var path []int
	var visit func(i int) []int
	visit = func(i int) []int {
		state[i] = 1
		path = append(path, i)
		for _, j := range slices.Sorted(maps.Keys(next[i])) {
			if state[j] == 1 {
				return slices.Clone(path[slices.Index(path, j):])
			}
			if state[j] == 0 {
				if c := visit(j); c != nil {
					return c
				}
			}
		}
		path = path[:len(path)-1]
		state[i] = 2
		return nil
	}
	for i := range h.txns {
		if state[i] == 0 {
			if c := visit(i); c != nil {
				return c
			}
		}
	}
	return nil
}

// The checker finds every kind of fault.
func TestHistoryChecker(t *testing.T) {
	xy := func(x, y int) map[string][]int { return map[string][]int{"x": {x}, "y": {y}} }
	read := func(key string, list ...int) listRead { return listRead{key, list} }
	for name, c := range map[string]struct {
		h    history
		want string
	}{
		"good": {history{txns: []*listTxn{{outcome: "committed", appends: xy(1, 2)}, {outcome: "unknown", appends: xy(3, 4)}, {outcome: "committed", snapshot: true, reads: []listRead{read("x", 1), read("y", 2)}}},
			final: map[string][]int{"x": {1}, "y": {2}}}, ""},
		"a lost append":     {history{txns: []*listTxn{{outcome: "committed", appends: xy(1, 2)}}, final: map[string][]int{"x": {1}}}, "only 1 of 2"},
		"half of a commit":  {history{txns: []*listTxn{{outcome: "unknown", appends: xy(1, 2)}}, final: map[string][]int{"y": {2}}}, "only 1 of 2"},
		"an aborted append": {history{txns: []*listTxn{{outcome: "aborted", appends: xy(1, 2)}}, final: map[string][]int{"x": {1}, "y": {2}}}, "was aborted"},
		"an aborted read":   {history{txns: []*listTxn{{outcome: "aborted", appends: xy(1, 2)}, {outcome: "committed", reads: []listRead{read("x", 1)}}}}, "no beginning"},
		"an intermediate read": {history{txns: []*listTxn{{outcome: "committed", appends: map[string][]int{"x": {1, 2}}}, {outcome: "committed", reads: []listRead{read("x", 1)}}},
			final: map[string][]int{"x": {1, 2}}}, "appended more"},
		"a torn snapshot": {history{txns: []*listTxn{{outcome: "committed", appends: xy(1, 2)}, {outcome: "committed", snapshot: true, reads: []listRead{read("x", 1), read("y")}}},
			final: map[string][]int{"x": {1}, "y": {2}}}, "snapshot 1 shows 1"},
		"two orders": {history{txns: []*listTxn{{outcome: "committed", appends: xy(1, 2)}, {outcome: "committed", appends: xy(3, 4)}},
			final: map[string][]int{"x": {1, 3}, "y": {4, 2}}}, "come each before the next"},
		"each reads the other": {history{txns: []*listTxn{
			{outcome: "committed", appends: map[string][]int{"x": {1}}, reads: []listRead{read("y", 2)}},
			{outcome: "committed", appends: map[string][]int{"y": {2}}, reads: []listRead{read("x", 1)}}},
			final: map[string][]int{"x": {1}, "y": {2}}}, "come each before the next"},
		"a lost update": {history{serializable: true, txns: []*listTxn{
			{outcome: "committed", appends: map[string][]int{"x": {1}}, reads: []listRead{read("x")}},
			{outcome: "committed", appends: map[string][]int{"x": {2}}, reads: []listRead{read("x")}}},
			final: map[string][]int{"x": {1, 2}}}, "come each before the next"},
		"each misses what the other writes": {history{serializable: true, txns: []*listTxn{
			{outcome: "committed", appends: map[string][]int{"x": {1}}, reads: []listRead{read("y")}},
			{outcome: "committed", appends: map[string][]int{"y": {2}}, reads: []listRead{read("x")}}},
			final: map[string][]int{"x": {1}, "y": {2}}}, "come each before the next"},
		"a fractured read": {history{serializable: true, txns: []*listTxn{
			{outcome: "committed", appends: xy(1, 2)},
			{outcome: "committed", reads: []listRead{read("x", 1), read("y")}}},
			final: map[string][]int{"x": {1}, "y": {2}}}, "come each before the next"},
		"good, and serializable": {history{serializable: true, txns: []*listTxn{
			{outcome: "committed", appends: map[string][]int{"x": {1}}, reads: []listRead{read("y"), read("x", 1)}},
			{outcome: "committed", appends: map[string][]int{"y": {2}}, reads: []listRead{read("x", 1)}}},
			final: map[string][]int{"x": {1}, "y": {2}}}, ""},
	} {
		wrong := strings.Join(c.h.check(), "; ")
		if c.want == "" {
			require.Empty(t, wrong, name)
		} else {
			require.Contains(t, wrong, c.want, name)
		}
	}
}

// TestHistory appends to lists on two servers through two Sluices while connections to
// the servers are killed, and checks what everybody saw. HISTORY_SECONDS says how long.
func TestHistory(t *testing.T) {
	p := newPair(t)
	t.Run("as it is", func(t *testing.T) { p.history(t, "REPEATABLE-READ") })
	t.Run("serializable", func(t *testing.T) { p.history(t, "SERIALIZABLE") })
}

func (p *pair) history(t *testing.T, level string) {
	p = &pair{T: t, servers: p.servers, relay: p.relay, file: p.file}
	keys := map[string]string{} // and the tenant of each
	for i, tenant := range []string{"a", "b"} {
		for n := range 4 {
			key := fmt.Sprintf("%s%d", tenant, n)
			keys[key] = tenant
			require.NoError(t, p.servers[i].Exec(t.Context(), fmt.Sprintf("USE app_%d; REPLACE INTO t (id, tenant_id, b) VALUES ('%s', '%s', '')", i, key, tenant)))
		}
	}
	seconds := 6
	if v := os.Getenv("HISTORY_SECONDS"); v != "" {
		var err error
		seconds, err = strconv.Atoi(v)
		require.NoError(t, err)
	}
	ctx, stop := context.WithTimeout(t.Context(), time.Duration(seconds)*time.Second)
	defer stop()
	beds := []*bed{p.start(nil), p.start(nil)}
	h := &history{final: map[string][]int{}, serializable: level == "SERIALIZABLE"}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for n := range 10 {
		wg.Go(func() {
			for ctx.Err() == nil {
				c, err := diff.Connect(diff.Target{Addr: beds[n%2].addr, User: "root", Database: "app"}, 0)
				if err == nil {
					_, err = c.Query("SET innodb_lock_wait_timeout = 1, SESSION transaction_isolation = '" + level + "'")
				}
				for err == nil && ctx.Err() == nil {
					var x *listTxn
					x, err = appendAndRead(c, keys)
					mu.Lock()
					h.txns = append(h.txns, x)
					mu.Unlock()
				}
				if c != nil {
					_ = c.Close()
				}
			}
		})
	}
	for ctx.Err() == nil {
		time.Sleep(time.Duration(100+rand.IntN(400)) * time.Millisecond)
		p.killAll(rand.IntN(2))
	}
	wg.Wait()
	require.Eventually(t, func() bool { return p.prepared() == 0 }, 20*time.Second, 100*time.Millisecond, "transactions remain prepared")
	for key, tenant := range keys {
		var list string
		i := map[string]int{"a": 0, "b": 1}[tenant]
		require.NoError(t, p.servers[i].Open(t, fmt.Sprintf("app_%d", i)).QueryRow("SELECT b FROM t WHERE id = ?", key).Scan(&list))
		h.final[key] = numbers(list)
	}
	count := map[string]int{}
	for _, x := range h.txns {
		count[x.outcome]++
		if x.snapshot && x.outcome == "committed" {
			count["snapshots"]++
		}
	}
	t.Logf("%d transactions: %v", len(h.txns), count)
	require.Positive(t, count["snapshots"])
	require.Empty(t, h.check())
}

// lastNumber is the number appended last.
var lastNumber atomic.Int64

// appendAndRead runs one transaction. An error says that the connection is no good any
// more.
func appendAndRead(c *diff.Conn, keys map[string]string) (*listTxn, error) {
	x := &listTxn{outcome: "aborted", appends: map[string][]int{}}
	begin := "BEGIN"
	if x.snapshot = rand.IntN(3) == 0; x.snapshot {
		begin = "START TRANSACTION WITH CONSISTENT SNAPSHOT"
	}
	err := x.run(c, begin, keys)
	if err == nil {
		x.outcome = "unknown"
		_, err = c.Query("COMMIT")
	}
	var e *wire.Error
	switch {
	case err == nil:
		x.outcome = "committed"
	case errors.As(err, &e) && e.Number != 1180 && e.Number != 1429:
		x.outcome = "aborted"
		_, err = c.Query("ROLLBACK")
	}
	return x, err
}

// run appends to lists and reads others. A snapshot reads all, in any order.
func (x *listTxn) run(c *diff.Conn, begin string, keys map[string]string) error {
	if _, err := c.Query(begin); err != nil {
		return err
	}
	list := slices.Collect(maps.Keys(keys))
	if !x.snapshot {
		list = list[:1+rand.IntN(4)]
	}
	for _, key := range list {
		at := " WHERE tenant_id = '" + keys[key] + "' AND id = '" + key + "'"
		if x.snapshot || rand.IntN(3) == 0 {
			a, err := c.Query("SELECT b FROM t" + at)
			if err != nil {
				return err
			}
			x.reads = append(x.reads, listRead{key, numbers(a[0].Rows[0][0])})
			continue
		}
		for range 1 + rand.IntN(2) {
			n := int(lastNumber.Add(1))
			x.appends[key] = append(x.appends[key], n)
			if _, err := c.Query(fmt.Sprintf("UPDATE t SET b = CONCAT(b, '%d,')", n) + at); err != nil {
				return err
			}
		}
	}
	return nil
}

func numbers(list string) []int {
	var out []int
	for _, s := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' }) {
		n, _ := strconv.Atoi(s)
		out = append(out, n)
	}
	return out
}

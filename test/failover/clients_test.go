package failover

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/test/diff"
)

// fate is what a client was told of a write.
type fate int

const (
	unknown fate = iota // the client was told so, or its connection was lost
	kept                // acknowledged
	undone              // an error said that nothing has happened
)

// write is one write of a client.
type write struct {
	ids  []string // rows that are all there or none
	fate fate
	at   time.Time // of the answer
}

// books are what the clients of one trial were told.
type books struct {
	mu     sync.Mutex
	writes []write
	errors map[string]int
	counts map[string]int // additions to each counter that were acknowledged
	unsure map[string]int // and those of which nobody knows
	odd    []error        // errors that say nothing of a lost server
}

func newBooks() *books {
	return &books{errors: map[string]int{}, counts: map[string]int{}, unsure: map[string]int{}}
}

// fateOf reads an error as a client does.
func fateOf(err error) fate {
	var e *wire.Error
	switch {
	case err == nil:
		return kept
	case errors.As(err, &e) && e.Number != 1429 && e.Number != 1180 && e.Number != 2013:
		return undone
	}
	return unknown
}

func (b *books) note(w write, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	w.fate, w.at = fateOf(err), time.Now()
	b.writes = append(b.writes, w)
	b.err(err)
}

// err counts an error. b.mu is held.
func (b *books) err(err error) {
	var e *wire.Error
	switch {
	case err == nil:
	case errors.As(err, &e):
		b.errors[fmt.Sprint(e.Number)]++
		if e.Number != 1429 && e.Number != 1213 {
			b.odd = append(b.odd, err)
		}
	default:
		b.errors["connection lost"]++
	}
}

func (b *books) added(counter string, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch fateOf(err) {
	case kept:
		b.counts[counter]++
	case unknown:
		b.unsure[counter]++
	}
	b.writes = append(b.writes, write{fate: fateOf(err), at: time.Now()})
	b.err(err)
}

// write lets n clients write through the Sluices until ctx ends, and waits for them.
func (w *world) write(ctx context.Context, n int, trial string, b *books) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { w.client(ctx, w.procs[i%len(w.procs)], fmt.Sprintf("%s-%d", trial, i), "", b) })
	}
	wg.Wait()
}

// client writes single rows, pairs of rows in transactions, and adds to a counter; set says
// what Sluice does if they are lost.
func (w *world) client(ctx context.Context, p *process, name, set string, b *books) {
	var c *diff.Conn
	counter := name + "-counter"
	for k := 0; ctx.Err() == nil; {
		var err error
		if c == nil {
			if c, err = w.connect(p); err == nil && set != "" {
				_, err = c.Query(set)
			}
			if err != nil {
				c = nil
				time.Sleep(10 * time.Millisecond)
				continue
			}
		}
		id := fmt.Sprintf("%s-%d", name, k)
		switch k % 4 {
		case 0:
			err = b.pair(c, id)
		case 1:
			_, err = c.Query("INSERT INTO t (id, tenant_id) VALUES ('" + counter + "', 'a') ON DUPLICATE KEY UPDATE v = v + 1")
			b.added(counter, err)
		default:
			_, err = c.Query("INSERT INTO t (id, tenant_id, at) VALUES ('" + id + "', 'a', 1)")
			b.note(write{ids: []string{id}}, err)
		}
		k++
		var e *wire.Error
		if err != nil && !errors.As(err, &e) {
			_ = c.Close()
			c = nil
		}
	}
	if c != nil {
		_ = c.Close()
	}
}

// pair writes two rows in a transaction.
func (b *books) pair(c *diff.Conn, id string) error {
	ids := []string{id + "a", id + "b"}
	for _, sql := range []string{
		"BEGIN", "INSERT INTO t (id, tenant_id) VALUES ('" + ids[0] + "', 'a')", "INSERT INTO t (id, tenant_id) VALUES ('" + ids[1] + "', 'a')", "COMMIT",
	} {
		_, err := c.Query(sql)
		if err == nil && sql != "COMMIT" {
			continue
		}
		b.note(write{ids: ids}, err)
		var e *wire.Error
		if errors.As(err, &e) {
			_, err = c.Query("ROLLBACK")
		}
		return err
	}
	return nil
}

// transactions lets a client that thinks between its statements write transactions, each
// of two rows and an addition to a counter; set says what Sluice does if they are lost.
func (w *world) transactions(ctx context.Context, p *process, name, set string, b *books) {
	var c *diff.Conn
	counter := name + "-counter"
	for k := 0; ctx.Err() == nil; k++ {
		for c == nil && ctx.Err() == nil {
			var err error
			if c, err = w.connect(p); err == nil {
				_, err = c.Query(set)
			}
			if err != nil {
				c = nil
				time.Sleep(10 * time.Millisecond)
			}
		}
		if ctx.Err() != nil {
			break
		}
		ids := []string{fmt.Sprintf("%s-%da", name, k), fmt.Sprintf("%s-%db", name, k)}
		var err error
		for _, sql := range []string{
			"BEGIN", "INSERT INTO t (id, tenant_id) VALUES ('" + ids[0] + "', 'a')",
			"INSERT INTO t (id, tenant_id) VALUES ('" + counter + "', 'a') ON DUPLICATE KEY UPDATE v = v + 1",
			"SELECT v FROM t WHERE tenant_id = 'a' AND id = '" + counter + "' FOR UPDATE",
			"INSERT INTO t (id, tenant_id) VALUES ('" + ids[1] + "', 'a')", "COMMIT",
		} {
			if _, err = c.Query(sql); err != nil {
				break
			}
			if sql != "COMMIT" {
				time.Sleep(5 * time.Millisecond)
			}
		}
		b.note(write{ids: ids}, err)
		b.added(counter, err)
		if err != nil { // nothing is open any more, or the connection has gone
			_ = c.Close()
			c = nil
		}
	}
	if c != nil {
		_ = c.Close()
	}
}

// outage is the longest time without an acknowledged write.
func (b *books) outage() time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	var at []time.Time
	for _, w := range b.writes {
		if w.fate == kept {
			at = append(at, w.at)
		}
	}
	slices.SortFunc(at, time.Time.Compare)
	longest := time.Duration(0)
	for i := 1; i < len(at); i++ {
		longest = max(longest, at[i].Sub(at[i-1]))
	}
	return longest
}

// since counts the writes acknowledged after a moment.
func (b *books) since(t time.Time) (n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, w := range b.writes {
		if w.fate == kept && w.at.After(t) {
			n++
		}
	}
	return n
}

// acknowledged counts the writes by what was said of them.
func (b *books) told(f fate) (n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, w := range b.writes {
		if w.fate == f {
			n++
		}
	}
	return n
}

// have reads the rows of a trial from a server.
func (w *world) have(i int, trial string) map[string]int {
	w.Helper()
	rows, err := w.servers[i].Open(w.T, "app_0").Query("SELECT id, v FROM t WHERE id LIKE ?", trial+"-%")
	require.NoError(w, err)
	defer rows.Close()
	out := map[string]int{}
	for rows.Next() {
		var id string
		var v int
		require.NoError(w, rows.Scan(&id, &v))
		out[id] = v
	}
	require.NoError(w, rows.Err())
	return out
}

// compare holds what a server has against what the clients were told.
func (b *books) compare(have map[string]int) (faults []string) {
	fault := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	for _, w := range b.writes {
		there := 0
		for _, id := range w.ids {
			if _, ok := have[id]; ok {
				there++
			}
		}
		switch {
		case w.fate == kept && there < len(w.ids):
			fault("%v: acknowledged, and %d of %d rows are there", w.ids, there, len(w.ids))
		case w.fate == undone && there > 0:
			fault("%v: reported as undone, and there", w.ids)
		case there != 0 && there < len(w.ids):
			fault("%v: half of the transaction is there", w.ids)
		}
	}
	counters := map[string]bool{}
	for c := range b.counts {
		counters[c] = true
	}
	for c := range b.unsure {
		counters[c] = true
	}
	for c := range counters {
		v, ok := have[c]
		if ok {
			v++ // the first addition has made the row
		}
		if least, most := b.counts[c], b.counts[c]+b.unsure[c]; v < least || v > most {
			fault("%s: %d additions are there, %d were acknowledged and %d are not known", c, v, b.counts[c], b.unsure[c])
		}
	}
	return faults
}

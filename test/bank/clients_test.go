package bank

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"sync"
	"time"

	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/test/diff"
)

type outcome int

const (
	unknown   outcome = iota
	committed         // COMMIT was acknowledged
	aborted           // COMMIT was never sent, or answered by an error that says so
)

// books are what clients have been told.
type books struct {
	mu        sync.Mutex
	parts     map[string]int // notes of each transfer
	outcomes  map[string]outcome
	errors    map[string]int
	faults    []string
	snapshots int
	locked    int
}

func (b *books) fault(format string, args ...any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.faults = append(b.faults, fmt.Sprintf(format, args...))
}

func (b *books) record(id string, parts int, o outcome, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.parts[id], b.outcomes[id] = parts, o
	var e *wire.Error
	switch {
	case errors.As(err, &e):
		b.errors[strconv.Itoa(int(e.Number))]++
	case err != nil:
		b.errors["connection lost"]++
	}
}

// leg is one part of a transfer.
type leg struct {
	tenant, database, account int
	delta                     int
}

// legs are parts that together move nothing in or out.
func legs() []leg {
	n := 2 + rand.IntN(3)
	list := make([]leg, n)
	sum := 0
	for i := range list {
		list[i] = leg{rand.IntN(tenants), rand.IntN(len(databases)), rand.IntN(accounts), rand.IntN(20) - 10}
		if rand.IntN(5) == 0 { // all in one place
			list[i].tenant, list[i].database = list[0].tenant, list[0].database
		}
		if i < n-1 {
			sum += list[i].delta
		}
	}
	list[n-1].delta = -sum
	return list
}

// client moves money through Sluices until ctx ends.
func (w *world) client(ctx context.Context, n int, b *books) {
	for k := 0; ctx.Err() == nil; {
		c, err := w.connect(rand.IntN(sluices))
		if err == nil {
			_, err = c.Query("SET innodb_lock_wait_timeout = 2")
		}
		for err == nil && ctx.Err() == nil {
			k++
			id := fmt.Sprintf("%d-%d", n, k)
			if k%4 == 0 {
				err = single(c, id, b)
			} else {
				err = transfer(c, id, b)
			}
		}
		if c != nil {
			_ = c.Close()
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// die closes a client's connection as if its machine had gone.
func die(c *diff.Conn) {
	if t, ok := c.Net().(*net.TCPConn); ok {
		_ = t.SetLinger(0)
	}
	_ = c.Close()
}

// transfer runs one transaction. An error says that the connection is no good any more.
func transfer(c *diff.Conn, id string, b *books) error {
	list := legs()
	err := before(c, id, list)
	var e *wire.Error
	if err != nil {
		b.record(id, len(list), aborted, err) // COMMIT was not sent
		if !errors.As(err, &e) {
			return err
		}
		if _, err = c.Query("ROLLBACK"); errors.As(err, &e) {
			err = errors.Join(errors.New("ROLLBACK failed"), err)
		}
		return err
	}
	if rand.IntN(40) == 0 {
		go func() { time.Sleep(upTo(15 * time.Millisecond)); die(c) }()
	}
	_, err = c.Query("COMMIT")
	o := unknown
	switch {
	case err == nil:
		o = committed
	case errors.As(err, &e) && e.Number != 1429 && e.Number != 1180:
		o = aborted
	}
	b.record(id, len(list), o, err)
	if o == aborted {
		return nil
	}
	return err
}

// before runs all of a transfer but its COMMIT.
func before(c *diff.Conn, id string, list []leg) error {
	say := func(format string, args ...any) error {
		_, err := c.Query(fmt.Sprintf(format, args...))
		return err
	}
	if err := say("BEGIN"); err != nil {
		return err
	}
	if rand.IntN(5) == 0 { // rows that are only locked
		d := databases[rand.IntN(len(databases))]
		if err := say("SELECT v FROM %s WHERE tenant_id = '%s' AND id = '%[2]s-%d' FOR UPDATE", d.table, tenant(rand.IntN(tenants)), rand.IntN(accounts)); err != nil {
			return err
		}
	}
	for i, l := range list {
		t := databases[l.database].table
		if rand.IntN(8) == 0 { // something that is taken back
			if err := say("SAVEPOINT s"); err != nil {
				return err
			}
			if err := say("UPDATE %s SET v = v + 1000 WHERE tenant_id = '%s'", t, tenant(rand.IntN(tenants))); err != nil {
				return err
			}
			if err := say("ROLLBACK TO s"); err != nil {
				return err
			}
		}
		if err := say("UPDATE %s SET v = v + %d WHERE tenant_id = '%s' AND id = '%[3]s-%d'", t, l.delta, tenant(l.tenant), l.account); err != nil {
			return err
		}
		if err := say("INSERT INTO %s VALUES ('%s/%d', '%s', '%[2]s', 0)", notes(t), id, i, tenant(l.tenant)); err != nil {
			return err
		}
		if rand.IntN(100) == 0 { // a client that stands still
			time.Sleep(upTo(2 * time.Second))
		}
	}
	return nil
}

// single is a transfer in one statement over shards, without BEGIN.
func single(c *diff.Conn, id string, b *books) error {
	t := databases[rand.IntN(len(databases))].table
	from, to, n := rand.IntN(tenants), rand.IntN(tenants), rand.IntN(10)
	_, err := c.Query(fmt.Sprintf("INSERT INTO %s VALUES ('%s/0', '%s', '%[2]s', %[4]d), ('%[2]s/1', '%[5]s', '%[2]s', %[6]d)", notes(t), id, tenant(from), n, tenant(to), -n))
	o := unknown
	var e *wire.Error
	switch {
	case err == nil:
		o = committed
	case errors.As(err, &e) && e.Number != 1429 && e.Number != 1180:
		o = aborted
	}
	b.record(id, 2, o, err)
	if o == aborted {
		return nil
	}
	return err
}

// audit adds all money, in transactions begun by begin and with a clause behind each
// query, until ctx ends.
func (w *world) audit(ctx context.Context, begin, clause string, every time.Duration, done func(), b *books) {
	for ctx.Err() == nil {
		c, err := w.connect(rand.IntN(sluices))
		if err == nil {
			_, err = c.Query("SET innodb_lock_wait_timeout = 3")
		}
		for err == nil && ctx.Err() == nil {
			var sum int
			if sum, err = add(c, begin, clause); err == nil {
				done()
				if sum != all {
					b.fault("%s%s: the sum is %d, not %d", begin, clause, sum, all)
				}
				time.Sleep(every)
			}
		}
		if c != nil {
			_ = c.Close()
		}
		time.Sleep(100 * time.Millisecond)
	}
}

func add(c *diff.Conn, begin, clause string) (sum int, err error) {
	if _, err := c.Query(begin); err != nil {
		return 0, err
	}
	for i := range tenants {
		for _, d := range databases {
			of := " WHERE tenant_id = '" + tenant(i) + "'" + clause
			a, err := c.Query("SELECT (SELECT COALESCE(SUM(v), 0) FROM " + d.table + of + ") + (SELECT COALESCE(SUM(delta), 0) FROM " + notes(d.table) + of + ")")
			if err != nil {
				return 0, err
			}
			n, err := strconv.Atoi(a[0].Rows[0][0])
			if err != nil {
				return 0, err
			}
			sum += n
		}
	}
	_, err = c.Query("COMMIT")
	return sum, err
}

package proxy_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/proxy"
	"github.com/sluicedb/sluice/test/diff"
	"github.com/sluicedb/sluice/test/mysqltest"
	"github.com/sluicedb/sluice/test/redistest"
)

// counterConfig keeps counters on g0; those that begin with "hits:" are counted in Redis.
func counterConfig(redis, name string) string {
	return fmt.Sprintf("cache: {redis: {addresses: [%q], process: %s, lease: 1s}}\ncounters: {group: g0, behind: [\"hits:\"], flush: 50ms}\n", redis, name)
}

// counted is what MySQL has of a counter.
func counted(t *testing.T, server *mysqltest.Server, tenant, name string) int64 {
	t.Helper()
	var v int64
	db, err := server.DB("")
	require.NoError(t, err)
	defer db.Close()
	require.NoError(t, db.QueryRow("SELECT COALESCE(SUM(value), 0) FROM sluice.counters WHERE tenant = ? AND name = ?", tenant, name).Scan(&v))
	return v
}

func TestCounters(t *testing.T) {
	server, r := newServer(t), redistest.Start(t, redistest.Durable...)
	a := newBed(t, server, "max: 20", counterConfig(r.Addr(), "a"))
	b := newBed(t, server, "max: 20", counterConfig(r.Addr(), "b"))
	for _, name := range []string{"paid", "hits:page/1"} {
		t.Run(name, func(t *testing.T) {
			ca, cb := a.connect(), b.connect()
			get := "SELECT sluice.counter_get('" + name + "')"
			require.Equal(t, "0", a.cell(ca, get))
			require.Equal(t, "5", a.cell(ca, "SELECT sluice.counter_add('"+name+"', 5)"))
			require.Equal(t, "6", b.cell(cb, "select /* one */ sluice . counter_add ( '"+name+"' ) as n"))
			require.Equal(t, "-4", a.cell(ca, "SELECT sluice.counter_add('"+name+"', -10)"))
			require.Equal(t, "-4", b.cell(cb, get))
			for _, n := range []string{strconv.Itoa(math.MaxInt64), "-9"} {
				a.do(ca, "SELECT sluice.counter_add('"+name+"', "+n+")")
			}
			require.Equal(t, strconv.Itoa(math.MaxInt64-13), b.cell(cb, get), "beyond what floating point can tell apart")
			b.fails(cb, 1690, "SELECT sluice.counter_add('"+name+"', 14)")
			require.Equal(t, strconv.Itoa(math.MaxInt64-13), b.cell(cb, get))
			a.do(ca, "SELECT sluice.counter_add('"+name+"', -"+strconv.Itoa(math.MaxInt64)+")")
			require.Equal(t, "-13", b.cell(cb, get))
			answers, err := ca.Query("SELECT sluice.counter_get('" + name + "'); SELECT 7")
			require.NoError(t, err)
			require.Equal(t, "-13", answers[0].Rows[0][0])
			require.Equal(t, "sluice.counter_get('"+name+"')", answers[0].Columns[0].Name)
			require.Equal(t, "7", answers[1].Rows[0][0])

			p, err := ca.Prepare("SELECT sluice.counter_add(?, ?)")
			require.NoError(t, err)
			five := diff.Param{Type: wire.ParamType{Type: wire.TypeLongLong}, Value: []byte{5, 0, 0, 0, 0, 0, 0, 0}}
			for i := range 3 {
				answers, err := ca.Execute(p, []diff.Param{textParam(name), five}, nil)
				require.NoError(t, err)
				require.Equal(t, "longlong "+strconv.FormatUint(uint64(int64(-13+5*(i+1))), 10), answers[0].Rows[0][0])
				require.Equal(t, "sluice.counter_add(?, ?)", answers[0].Columns[0].Name)
			}
			require.Eventually(t, func() bool { return counted(t, server, "", name) == 2 }, 10*time.Second, 20*time.Millisecond)

			a.do(ca, "SET @name = '"+name+"', @n = 7", "PREPARE c FROM 'SELECT sluice.counter_add(?, ?)'")
			require.Equal(t, "9", a.cell(ca, "EXECUTE c USING @name, @n"))
			a.do(ca, "SET @n = -7")
			require.Equal(t, "2", a.cell(ca, "EXECUTE c USING @name, @n"))

			// Tenants' counters are apart.
			ct := a.connect()
			a.do(ct, "SET sluice_tenant = 'acme'")
			require.Equal(t, "1", a.cell(ct, "SELECT sluice.counter_add('"+name+"')"))
			require.Equal(t, "2", b.cell(cb, get))

			// No part of a transaction.
			a.do(ca, "BEGIN")
			require.Contains(t, a.fails(ca, 1235, "SELECT sluice.counter_add('"+name+"')").Message, "no part of a transaction")
			require.Equal(t, "2", a.cell(ca, get))
			a.do(ca, "COMMIT")
			for _, sql := range []string{
				"SELECT sluice.counter_add('%s', 1.5)", "SELECT sluice.counter_add('%s', '1')", "SELECT sluice.counter_add('%s', 1, 1)", "SELECT sluice.counter_get('%s', 1)",
				"SELECT sluice.counter_add('%s') + 1", "SELECT sluice.counter_add('%s'), 1", "SELECT sluice.counter_add('%s') FROM t", "SELECT sluice.counter_add(v, '%s')",
				"SELECT sluice.counter_add('%s', 99999999999999999999)",
			} {
				a.fails(ca, 1235, fmt.Sprintf(sql, name))
			}
			a.fails(ca, 1064, fmt.Sprintf("SELECT sluice.counter_add('%s' 1)", name))
			a.fails(ca, 1064, fmt.Sprintf("SELECT sluice.counter_add('%s',)", name))
			a.fails(ca, 1210, "SELECT sluice.counter_add('with space')")
			a.fails(ca, 1210, "SELECT sluice.counter_add('')")
			require.Equal(t, "2", a.cell(ca, get))
		})
	}
}

// addition is what clients have added: acknowledged, or told that it is not known, or
// refused, and then it was not made.
type addition struct{ acked, unknown, refused atomic.Int64 }

// run adds until ctx ends.
func (n *addition) run(ctx context.Context, bed func() *bed, sql string, by int64) {
	var c *diff.Conn
	for ctx.Err() == nil {
		if c == nil {
			b := bed()
			if b == nil {
				time.Sleep(10 * time.Millisecond)
				continue
			}
			var err error
			if c, err = diff.Connect(diff.Target{Addr: b.addr, User: "root", Database: "app"}, 0); err != nil {
				c = nil
				time.Sleep(10 * time.Millisecond)
				continue
			}
		}
		_, err := c.Query(fmt.Sprintf(sql, by))
		switch {
		case err == nil:
			n.acked.Add(by)
			continue
		case strings.Contains(err.Error(), "nothing was added"):
			n.refused.Add(by)
		default:
			n.unknown.Add(by)
		}
		_ = c.Close()
		c = nil
		time.Sleep(time.Millisecond)
	}
	if c != nil {
		_ = c.Close()
	}
}

// TestCountersCrash adds through two Sluices while Redis is killed and paused and MySQL is
// killed. Nothing acknowledged may be missing, and nothing may be there twice.
func TestCountersCrash(t *testing.T) {
	server := mysqltest.Start(t, mysqltest.Options{Durable: true})
	for _, name := range []string{"app_0", "app_1"} {
		require.NoError(t, server.Exec(t.Context(), "CREATE DATABASE "+name, "USE "+name+"; "+tables))
	}
	r := redistest.Start(t, redistest.Durable...)
	a := newBed(t, server, "max: 20", counterConfig(r.Addr(), "a"))
	a.do(a.connect(), "SELECT sluice.counter_add('hits:x', 0)")
	b := newBed(t, server, "max: 20", counterConfig(r.Addr(), "b"))
	ctx, stop := context.WithTimeout(t.Context(), seconds(t, 12))
	defer stop()
	var n addition
	var wg sync.WaitGroup
	for i := range 6 {
		wg.Go(func() {
			n.run(ctx, func() *bed { return []*bed{a, b}[i%2] }, "SELECT sluice.counter_add('hits:x', %d)", int64(1+i))
		})
	}
	kills := 0
	for ctx.Err() == nil {
		time.Sleep(time.Duration(200+rand.IntN(600)) * time.Millisecond)
		switch rand.IntN(3) {
		case 0:
			r.Kill()
			r.Run()
			kills++
		case 1:
			r.Pause()
			time.Sleep(time.Duration(rand.IntN(1500)) * time.Millisecond)
			r.Resume()
		default:
			server.Kill()
			require.NoError(t, server.Start(t.Context()))
		}
	}
	wg.Wait()
	low, high := n.acked.Load(), n.acked.Load()+n.unknown.Load()
	t.Logf("acknowledged %d, not known %d, refused %d; Redis killed %d times", low, n.unknown.Load(), n.refused.Load(), kills)
	var last int64
	require.Eventually(t, func() bool {
		v := counted(t, server, "", "hits:x")
		settled := v == last && v >= low
		last = v
		return settled && a.cell(a.connect(), "SELECT sluice.counter_get('hits:x')") == strconv.FormatInt(v, 10)
	}, 20*time.Second, 300*time.Millisecond, "acknowledged %d", low)
	require.LessOrEqual(t, last, high, "something was added twice")
	require.Positive(t, low)
}

// TestCounterPositions: of the epochs of a counter those are forgotten that another has
// followed for long, and no others; names of epochs sort as they begin, whatever the clock.
func TestCounterPositions(t *testing.T) {
	server, r := newServer(t), redistest.Start(t, redistest.Durable...)
	a := newBed(t, server, "max: 20", counterConfig(r.Addr(), "a"))
	c, db := a.connect(), server.Open(t, "sluice")
	flushed := func(name string, want int64) {
		t.Helper()
		require.Eventually(t, func() bool { return counted(t, server, "", name) == want }, 10*time.Second, 20*time.Millisecond)
	}
	for _, name := range []string{"hits:x", "hits:y"} {
		a.do(c, "SELECT sluice.counter_add('"+name+"', 3)")
		flushed(name, 3)
	}
	epochs := func() (list []string) {
		t.Helper()
		rows, err := db.QueryContext(t.Context(), "SELECT epoch FROM counter_positions WHERE name = 'hits:x' ORDER BY epoch")
		require.NoError(t, err)
		defer rows.Close()
		for rows.Next() {
			var e string
			require.NoError(t, rows.Scan(&e))
			list = append(list, e)
		}
		require.NoError(t, rows.Err())
		return list
	}
	first := epochs()
	require.Len(t, first, 1)
	began := proxy.BeganAt(first[0])
	require.WithinDuration(t, time.Now(), began, time.Minute)
	day := 24 * time.Hour
	var old []string
	for _, days := range []int{60, 50, 40, 20, 10, -1} { // and one of a server whose clock is ahead
		old = append(old, proxy.EpochAt(began.Add(-time.Duration(days)*day))+"x")
	}
	for _, epoch := range append(old, "0123456789abcdef") { // of no time that is known
		_, err := db.ExecContext(t.Context(), "INSERT INTO counter_positions VALUES ('', 'hits:x', ?, 1, 1), ('', 'hits:y', ?, 1, 1)", epoch, epoch)
		require.NoError(t, err)
	}
	r.Kill() // the next epoch begins
	r.Run()
	require.Eventually(t, func() bool {
		_, err := c.Query("SELECT sluice.counter_add('hits:x', 4)")
		return err == nil
	}, 10*time.Second, 50*time.Millisecond)
	flushed("hits:x", 7)
	got := epochs()
	want := append(append([]string{}, old[2:5]...), first[0], old[5])
	require.Equal(t, want, got[:len(got)-1], "40 days is the last that was followed more than 30 days ago")
	require.Greater(t, got[len(got)-1], old[5])
	var others int
	require.NoError(t, db.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM counter_positions WHERE name = 'hits:y'").Scan(&others))
	require.Equal(t, 8, others, "another counter's")
	a.do(c, "SELECT sluice.counter_add('hits:y', 1)")
	require.Equal(t, "7", a.cell(c, "SELECT sluice.counter_get('hits:x')"))
}

package proxy_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/test/diff"
)

// TestBank moves money between accounts on two servers through two Sluices while
// connections are cut on both servers, at any moment of the protocol. Nothing may be
// lost or made, and what was acknowledged must be there.
//
// BANK_SECONDS says how long; a few seconds are the default.
func TestBank(t *testing.T) {
	const accounts, clients, money = 20, 12, 1000
	p := newPair(t)
	for i, tenant := range []string{"a", "b"} {
		for n := range accounts {
			require.NoError(t, p.servers[i].Exec(t.Context(), fmt.Sprintf("USE app_%d; INSERT INTO t (id, tenant_id, v) VALUES ('%s%d', '%s', %d)", i, tenant, n, tenant, money)))
		}
	}
	beds := []*bed{p.start(nil), p.start(nil)}
	seconds := 6
	if v := os.Getenv("BANK_SECONDS"); v != "" {
		var err error
		seconds, err = strconv.Atoi(v)
		require.NoError(t, err)
	}
	ctx, stop := context.WithTimeout(t.Context(), time.Duration(seconds)*time.Second)
	defer stop()
	var acknowledged, refused, unknown atomic.Int64
	var mu sync.Mutex
	var kept []string // ids of transfers that were acknowledged
	var wg sync.WaitGroup
	for n := range clients {
		wg.Go(func() {
			b := beds[n%len(beds)]
			var c *diff.Conn
			for k := 0; ctx.Err() == nil; k++ {
				if c == nil {
					var err error
					if c, err = diff.Connect(diff.Target{Addr: b.addr, User: "root", Database: "app"}, 0); err != nil {
						c = nil
						time.Sleep(20 * time.Millisecond)
						continue
					}
				}
				id := fmt.Sprintf("%d-%d", n, k)
				err := transfer(c, id, accounts)
				var e *wire.Error
				switch {
				case err == nil:
					acknowledged.Add(1)
					mu.Lock()
					kept = append(kept, id)
					mu.Unlock()
				case errors.As(err, &e) && e.Number != 1429 && e.Number != 1180:
					refused.Add(1)
					if _, err := c.Query("ROLLBACK"); err == nil {
						continue
					}
					fallthrough
				default:
					unknown.Add(1)
					_ = c.Close()
					c = nil
				}
			}
			if c != nil {
				_ = c.Close()
			}
		})
	}
	var audits atomic.Int64
	for _, b := range []*bed{beds[0], beds[1], beds[0]} {
		wg.Go(func() { audits.Add(audit(t, ctx, b, 2*accounts*money)) })
	}
	time.Sleep(time.Duration(seconds) * time.Second / 3) // audits are sure of some time in peace
	for ctx.Err() == nil {
		time.Sleep(time.Duration(50+rand.IntN(250)) * time.Millisecond)
		p.killAll(rand.IntN(2))
	}
	wg.Wait()
	t.Logf("%d acknowledged, %d refused, %d cut, %d audits", acknowledged.Load(), refused.Load(), unknown.Load(), audits.Load())
	require.Positive(t, audits.Load())
	require.Positive(t, acknowledged.Load())
	require.Positive(t, unknown.Load()+refused.Load(), "nothing was disturbed")
	require.Eventually(t, func() bool { return p.prepared() == 0 }, 20*time.Second, 100*time.Millisecond, "transactions remain prepared")
	c := beds[0].connect()
	require.Equal(t, strconv.Itoa(2*accounts*money), beds[0].cell(c, "SELECT SUM(v) FROM t WHERE id NOT LIKE 'x%'"))
	ids := map[string]int{}
	for _, tenant := range []string{"a", "b"} {
		a, err := c.Query("SELECT id FROM t WHERE tenant_id = '" + tenant + "' AND id LIKE 'x%'")
		require.NoError(t, err)
		for _, r := range a[0].Rows {
			ids[r[0][2:]]++
		}
	}
	for id, n := range ids {
		if n != 2 {
			for i := range p.servers {
				db, err := p.servers[i].DB(fmt.Sprintf("app_%d", i))
				require.NoError(t, err)
				var rows int
				require.NoError(t, db.QueryRow("SELECT COUNT(*) FROM t WHERE id LIKE 'x%"+id+"'").Scan(&rows))
				t.Logf("server %d: %d", i, rows)
			}
		}
		require.Equal(t, 2, n, "transfer %s is on one server only", id)
	}
	for _, id := range kept {
		require.Equal(t, 2, ids[id], "transfer %s was acknowledged and is lost", id)
	}
}

// transfer moves money from an account on one server to one on the other, and leaves a
// note on both.
func transfer(c *diff.Conn, id string, accounts int) error {
	from, to := "a", "b"
	if rand.IntN(2) == 0 {
		from, to = to, from
	}
	for _, sql := range []string{
		"BEGIN",
		fmt.Sprintf("UPDATE t SET v = v - 7 WHERE tenant_id = '%s' AND id = '%s%d'", from, from, rand.IntN(accounts)),
		fmt.Sprintf("UPDATE t SET v = v + 7 WHERE tenant_id = '%s' AND id = '%s%d'", to, to, rand.IntN(accounts)),
		fmt.Sprintf("INSERT INTO t (id, tenant_id) VALUES ('xa%s', 'a'), ('xb%s', 'b')", id, id),
		"COMMIT",
	} {
		if _, err := c.Query(sql); err != nil {
			return err
		}
	}
	return nil
}

// audit counts the money in consistent snapshots until ctx ends, and returns how often
// it could.
func audit(t *testing.T, ctx context.Context, b *bed, all int) (n int64) { //nolint:revive // as in package testing
	for ctx.Err() == nil {
		c, err := diff.Connect(diff.Target{Addr: b.addr, User: "root", Database: "app"}, 0)
		if err != nil {
			time.Sleep(20 * time.Millisecond)
			continue
		}
		for err == nil && ctx.Err() == nil {
			var sum int
			if sum, err = sumInSnapshot(c); err == nil {
				assert.Equal(t, all, sum, "half a transfer is visible")
				n++
			}
		}
		_ = c.Close()
	}
	return n
}

// sumInSnapshot adds the money of each server, asked one after the other.
func sumInSnapshot(c *diff.Conn) (sum int, err error) {
	for _, sql := range []string{
		"START TRANSACTION WITH CONSISTENT SNAPSHOT",
		"SELECT SUM(v) FROM t WHERE tenant_id = 'b' AND id NOT LIKE 'x%'",
		"SELECT SUM(v) FROM t WHERE tenant_id = 'a' AND id NOT LIKE 'x%'",
		"COMMIT",
	} {
		a, err := c.Query(sql)
		if err != nil {
			return 0, err
		}
		if len(a[0].Rows) > 0 {
			n, err := strconv.Atoi(a[0].Rows[0][0])
			if err != nil {
				return 0, err
			}
			sum += n
		}
	}
	return sum, nil
}

package proxy_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/test/diff"
)

// LOCK TABLES for reading stops all writers on all groups, whichever Sluice they use, until
// it ends in one of its ways.
func TestTableLocks(t *testing.T) {
	p := newPair(t)
	b, other := p.start(nil), p.start(nil)
	d := other.connect()
	other.do(d, "SET lock_wait_timeout = 1")
	stopped := func(t *testing.T) {
		t.Helper()
		for _, tenant := range []string{"a", "b"} {
			other.fails(d, 1205, "UPDATE t SET v = v + 1 WHERE tenant_id = '"+tenant+"'")
		}
	}
	free := func(t *testing.T) {
		t.Helper()
		require.Eventually(t, func() bool {
			_, err := d.Query("UPDATE t SET v = v")
			return err == nil
		}, 20*time.Second, 10*time.Millisecond)
	}
	for name, end := range map[string]func(*testing.T, *diff.Conn){
		"UNLOCK TABLES": func(_ *testing.T, c *diff.Conn) { b.do(c, "UNLOCK TABLES") },
		"BEGIN":         func(_ *testing.T, c *diff.Conn) { b.do(c, "BEGIN") },
		"the end":       func(t *testing.T, c *diff.Conn) { require.NoError(t, c.Close()) },
		"no such table": func(_ *testing.T, c *diff.Conn) {
			b.fails(c, 1146, "LOCK TABLES nothing READ")
		},
		"without any more": func(_ *testing.T, c *diff.Conn) { b.do(c, "SET sluice_table_locks = 'none'", "LOCK TABLES t WRITE") },
	} {
		t.Run(name, func(t *testing.T) {
			p.reset()
			c := b.connect()
			b.do(c, "LOCK TABLES t READ LOCAL")
			stopped(t)
			require.Equal(t, "2", b.cell(c, "SELECT COUNT(*) FROM t"))
			b.fails(c, 1099, "UPDATE t SET v = 1 WHERE tenant_id = 'a'")
			b.do(c, "COMMIT")
			stopped(t)
			end(t, c)
			free(t)
		})
	}
	t.Run("who waits gives back what it has", func(t *testing.T) {
		p.reset()
		c := b.connect()
		b.do(c, "SET innodb_lock_wait_timeout = 1")
		other.do(d, "BEGIN", "UPDATE t SET v = 1 WHERE tenant_id = 'b'") // on the second group
		b.fails(c, 1205, "LOCK TABLES t READ")
		e := b.connect()
		b.do(e, "SET lock_wait_timeout = 5", "UPDATE t SET v = 1 WHERE tenant_id = 'a'")
		other.do(d, "ROLLBACK")
		b.do(c, "UPDATE t SET v = 1")
	})
	for _, kill := range []string{"KILL QUERY ", "KILL "} {
		t.Run(kill+"of who waits", func(t *testing.T) {
			p.reset()
			c, e := b.connect(), b.connect()
			id := b.cell(c, "SELECT CONNECTION_ID()")
			other.do(d, "BEGIN", "UPDATE t SET v = 1 WHERE tenant_id = 'b'") // on the second group
			answer := make(chan error, 1)
			go func() {
				_, err := c.Query("LOCK TABLES t READ")
				answer <- err
			}()
			db, err := p.servers[1].DB("")
			require.NoError(t, err)
			defer db.Close()
			require.Eventually(t, func() bool {
				n := 0
				err := db.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM information_schema.processlist WHERE state LIKE 'Waiting for table%'").Scan(&n)
				return err == nil && n > 0
			}, 20*time.Second, 10*time.Millisecond, "nobody waits")
			b.do(e, kill+id)
			select {
			case err := <-answer:
				require.Error(t, err)
			case <-time.After(20 * time.Second):
				t.Fatal("LOCK TABLES still waits")
			}
			b.do(e, "SET lock_wait_timeout = 5", "UPDATE t SET v = 1 WHERE tenant_id = 'a'") // what it had on the first group is free
			other.do(d, "ROLLBACK")
			free(t)
			if kill == "KILL QUERY " {
				b.do(c, "UPDATE t SET v = 2", "LOCK TABLES t READ", "UNLOCK TABLES")
			}
		})
	}
	t.Run("a lost lock ends the session", func(t *testing.T) {
		c := b.connect()
		b.do(c, "LOCK TABLES t READ")
		p.killAll(1)
		b.fails(c, 1429, "SELECT COUNT(*) FROM t")
		free(t)
	})
}

package proxy_test

import (
	"bytes"
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/test/diff"
	"github.com/sluicedb/sluice/test/mysqltest"
)

// late marks statements that reach the server half a second after Sluice has sent them.
const late = "late here"

func TestWatch(t *testing.T) {
	server := mysqltest.Start(t, mysqltest.Options{})
	for _, name := range []string{"app_0", "app_1"} {
		require.NoError(t, server.Exec(t.Context(), "CREATE DATABASE "+name, "USE "+name+"; "+tables,
			"INSERT INTO "+name+".t (id, tenant_id) VALUES ('"+name+"', '"+map[string]string{"app_0": "a", "app_1": "b"}[name]+"')"))
	}
	slow := between(t, server, func(p []byte) bool {
		if bytes.Contains(p, []byte(late)) {
			time.Sleep(500 * time.Millisecond)
		}
		return true
	})
	t.Run("a KILL that comes before its statement is repeated", func(t *testing.T) {
		killEarly(newBed(t, slow, "max: 20", ""))
	})
	t.Run("what a client that goes leaves behind", func(t *testing.T) {
		goes(newBed(t, server, "max: 20", ""))
	})
	const short = "limits: {write_stall: 1s}\n"
	t.Run("a client that waits is not one that does not read", func(t *testing.T) {
		waits(newBed(t, server, "max: 20, wait: 300ms, dial: 2s", short))
	})
	t.Run("a client that does not read is cut", func(t *testing.T) {
		doesNotRead(newBed(t, server, "max: 20, wait: 300ms, dial: 2s", short))
	})
	t.Run("a client that does not read can be killed", func(t *testing.T) {
		killedUnread(newBed(t, server, "max: 20", "limits: {write_stall: 4s}\n"))
	})
	t.Run("a client that does not read does not hold up the end", func(t *testing.T) {
		b := newBed(t, server, "max: 20", "limits: {write_stall: 1h, drain: 1s}\n")
		unread(b)
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			b.srv.Shutdown(t.Context())
		}()
		select {
		case <-ended:
		case <-time.After(20 * time.Second):
			t.Fatal("Sluice does not end")
		}
	})
}

// unread has a client ask until neither side can send any more, and returns its session's
// number.
func unread(b *bed) (id string) {
	c := b.connect()
	id = b.cell(c, "SELECT CONNECTION_ID()")
	_ = c.Net().SetWriteDeadline(time.Now().Add(time.Second))
	var err error
	for err == nil {
		for range 1000 {
			c.ResetSequence()
			c.WriteCommand(wire.ComQuery, []byte("SHOW WARNINGS"))
		}
		err = c.Flush()
	}
	return id
}

// killedUnread kills such a client at once, before it has been seen to stall.
func killedUnread(b *bed) {
	id := unread(b)
	c := b.connect()
	b.do(c, "KILL "+id)
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		a, err := c.Query("SHOW PROCESSLIST")
		require.NoError(b, err)
		if !slices.ContainsFunc(a[0].Rows, func(row []string) bool { return row[0] == id }) {
			return
		}
		require.True(b, time.Now().Before(end), "the session is still there")
	}
}

// killEarly lets the KILL of a statement overtake it: a server forgets one that comes while
// the connection is idle.
func killEarly(b *bed) {
	c := b.connect()
	b.do(c, "SELECT COUNT(*) FROM t", "SET sluice_statement_time = 100")
	for _, sql := range []string{
		"SELECT SLEEP(20) /* " + late + " */ FROM t WHERE tenant_id = 'a'",
		"SELECT SLEEP(20) /* " + late + " */ FROM t",
		"SELECT id, SLEEP(20) /* " + late + " */ FROM t ORDER BY id",
	} {
		from := time.Now()
		b.fails(c, 3024, sql)
		require.Less(b, time.Since(from), 15*time.Second, sql)
	}
	b.do(c, "BEGIN", "UPDATE t SET v = 7 WHERE tenant_id = 'a'")
	b.fails(c, 3024, "UPDATE t SET v = 8 + SLEEP(20) /* "+late+" */ WHERE tenant_id = 'a'")
	require.Equal(b, "7", b.cell(c, "SELECT v FROM t WHERE tenant_id = 'a'"), "the transaction goes on")
	b.do(c, "ROLLBACK")
	b.idle()
}

// waits asks for what takes longer than a client may take to read.
func waits(b *bed) {
	c := b.connect()
	require.Equal(b, "0", b.cell(c, "SELECT SLEEP(5) FROM t"))
	db, err := b.server.DB("")
	require.NoError(b, err)
	defer db.Close()
	ctx, cancel := context.WithTimeout(b.Context(), 20*time.Second)
	defer cancel()
	tx, err := db.BeginTx(ctx, nil)
	require.NoError(b, err)
	_, err = tx.Exec("SELECT * FROM app_1.t FOR SHARE") // keeps its definition
	require.NoError(b, err)
	time.AfterFunc(5*time.Second, func() { _ = tx.Rollback() })
	b.do(c, "ALTER TABLE t ADD KEY kv (v)", "ALTER TABLE t DROP KEY kv")
}

// doesNotRead asks and asks, and never reads an answer.
func doesNotRead(b *bed) {
	for _, command := range []func(*diff.Conn){
		func(c *diff.Conn) { c.WriteCommand(wire.ComQuery, []byte("SHOW WARNINGS")) },
		func(c *diff.Conn) { c.WriteCommand(wire.ComPing) },
	} {
		c := b.connect()
		b.do(c, "SELECT 1")
		_ = c.Net().SetWriteDeadline(time.Now().Add(30 * time.Second))
		var err error
		for err == nil {
			for range 1000 {
				c.ResetSequence()
				command(c)
			}
			err = c.Flush()
		}
		require.NotErrorIs(b, err, context.DeadlineExceeded)
		require.ErrorContains(b, err, "reset", "cut by Sluice")
	}
}

// goes sends statements and closes the connection before their replies. One server carries
// out those whose effects stay by themselves, and nobody waits for the others.
func goes(b *bed) {
	leave := func(sqls ...string) {
		c := b.connect()
		last := len(sqls) - 1
		b.do(c, sqls[:last]...)
		c.ResetSequence()
		c.WriteCommand(wire.ComQuery, []byte(sqls[last]))
		require.NoError(b, c.Flush())
		time.Sleep(100 * time.Millisecond)
		require.NoError(b, c.Close())
	}
	c := b.connect()
	is := func(want, sql string) {
		b.Helper()
		got := ""
		for end := time.Now().Add(15 * time.Second); got != want && time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
			got = b.cell(c, sql)
		}
		require.Equal(b, want, got)
	}
	sum := "SELECT CONCAT(COUNT(*), ' ', SUM(v)) FROM t"
	b.do(c, "UPDATE t SET v = 1")
	// A SLEEP that is interrupted is 1.
	leave("INSERT INTO t (id, tenant_id, v) VALUES ('gone', 'a', 10 + SLEEP(1))")
	is("3 12", sum)
	leave("UPDATE t SET v = 20 + SLEEP(1) WHERE id = 'gone' AND tenant_id = 'a'")
	is("3 22", sum)
	b.do(c, "BEGIN", "SELECT v FROM t WHERE tenant_id = 'b' FOR UPDATE")
	leave("UPDATE t SET v = 30")
	time.Sleep(500 * time.Millisecond) // the watch has seen that the client is gone
	b.do(c, "ROLLBACK")
	is("3 90", sum)
	leave("BEGIN", "UPDATE t SET v = 50", "UPDATE t SET v = 40 + SLEEP(90) WHERE id = 'gone' AND tenant_id = 'a'")
	leave("SELECT SLEEP(90) FROM t WHERE tenant_id = 'a'")
	leave("SELECT SLEEP(90) FROM t")
	b.do(c, "SET lock_wait_timeout = 10, innodb_lock_wait_timeout = 10", "DELETE FROM t WHERE id = 'gone'")
	is("2 60", sum)
	b.idle()
}

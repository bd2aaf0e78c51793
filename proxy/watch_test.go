package proxy_test

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/parser/wire"
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
	const short = "limits: {write_stall: 1s}\n"
	t.Run("a client that waits is not one that does not read", func(t *testing.T) {
		waits(newBed(t, server, "max: 20, wait: 300ms, dial: 2s", short))
	})
	t.Run("a client that does not read is cut", func(t *testing.T) {
		doesNotRead(newBed(t, server, "max: 20, wait: 300ms, dial: 2s", short))
	})
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
	c := b.connect()
	b.do(c, "SELECT 1")
	_ = c.Net().SetWriteDeadline(time.Now().Add(30 * time.Second))
	var err error
	for err == nil {
		for range 1000 {
			c.ResetSequence()
			c.WriteCommand(wire.ComQuery, []byte("SHOW WARNINGS"))
		}
		err = c.Flush()
	}
	require.NotErrorIs(b, err, context.DeadlineExceeded)
	require.ErrorContains(b, err, "reset", "cut by Sluice")
}

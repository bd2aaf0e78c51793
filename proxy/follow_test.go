package proxy_test

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/proxy"
	"github.com/sluicedb/sluice/test/mysqltest"
)

// TestFollow writes past Sluice, on the server itself.
func TestFollow(t *testing.T) {
	server := newServer(t)
	b := newBed(t, server, "max: 20", "cache: {size: 16MiB, binlog: true, rules: [{class: hot}]}\n")
	c := b.connect()
	b.do(c, "INSERT INTO t (id, tenant_id, v) VALUES ('a1', 'a', 1)", "INSERT INTO t (id, tenant_id, v) VALUES ('b1', 'b', 1)")
	direct := func(sql string) { require.NoError(t, server.Exec(t.Context(), "USE app_0; "+sql)) }
	value := func() string { return b.cell(c, "SELECT v FROM t WHERE tenant_id = 'a'") }
	const bound = 2 * time.Second
	seen := func(want string) {
		t.Helper()
		at := time.Now()
		require.Eventually(t, func() bool { return value() == want }, bound, time.Millisecond, "not visible within the bound")
		t.Logf("%s visible after %v", want, time.Since(at).Round(time.Millisecond))
	}
	b.used()
	t.Run("writes", func(t *testing.T) {
		for i := range 20 {
			value()
			direct(fmt.Sprintf("UPDATE t SET v = %d WHERE id = 'a1'", 100+i))
			seen(fmt.Sprint(100 + i))
			time.Sleep(time.Duration(rand.IntN(50)) * time.Millisecond)
		}
	})
	t.Run("another tenant", func(t *testing.T) {
		b.used()
		time.Sleep(time.Second) // what is told once more is told
		b.used()
		direct("INSERT INTO t (id, tenant_id, v) VALUES ('z1', 'z', 1)")
		time.Sleep(500 * time.Millisecond)
		require.Zero(t, b.selects(func() { b.do(c, ofA) }), "a write of another tenant")
		direct("DELETE FROM t WHERE id = 'z1'")
	})
	t.Run("definitions, prepared transactions, load", func(t *testing.T) {
		value()
		direct("XA START 'x'; UPDATE t SET v = 201 WHERE id = 'a1'; XA END 'x'; XA PREPARE 'x'")
		time.Sleep(500 * time.Millisecond)
		value()
		direct("XA COMMIT 'x'")
		seen("201")
		direct("ALTER TABLE t ADD COLUMN extra INT DEFAULT 7")
		require.Eventually(t, func() bool {
			a, err := c.Query("SELECT * FROM t WHERE tenant_id = 'a'")
			return err == nil && len(a[0].Columns) == 5
		}, bound, 10*time.Millisecond)
		direct("ALTER TABLE t DROP COLUMN extra")
	})
	t.Run("columns in another order than the rules'", func(t *testing.T) {
		other := mysqltest.Start(t, mysqltest.Options{})
		for _, name := range []string{"app_0", "app_1"} {
			require.NoError(t, other.Exec(t.Context(), "CREATE DATABASE "+name, "USE "+name+"; CREATE TABLE t (tenant_id VARCHAR(36) NOT NULL, id VARCHAR(36) NOT NULL PRIMARY KEY, b LONGTEXT, v INT NOT NULL DEFAULT 0, KEY (tenant_id)) COLLATE utf8mb4_unicode_ci"))
		}
		b := newBed(t, other, "max: 5", "cache: {size: 16MiB, binlog: true, rules: [{class: hot}]}\n")
		c := b.connect()
		b.do(c, "INSERT INTO t (id, tenant_id, v) VALUES ('a1', 'a', 1)")
		b.used()
		require.NoError(t, other.Exec(t.Context(), "UPDATE app_0.t SET v = 7 WHERE id = 'a1'"))
		require.Eventually(t, func() bool { return b.cell(c, "SELECT v FROM t WHERE tenant_id = 'a'") == "7" }, bound, time.Millisecond)
	})
	t.Run("prepared transactions change what they name", func(t *testing.T) {
		direct("INSERT INTO t (id, tenant_id, v) VALUES ('z1', 'z', 1)")
		time.Sleep(500 * time.Millisecond)
		b.used()
		time.Sleep(time.Second)
		b.used()
		direct("XA START 'y', 'b'; UPDATE t SET v = 8 WHERE id = 'z1'; XA END 'y', 'b'; XA PREPARE 'y', 'b'; XA COMMIT 'y', 'b'")
		direct("XA START 'w'; UPDATE t SET v = 9 WHERE id = 'z1'; XA END 'w'; XA COMMIT 'w' ONE PHASE")
		time.Sleep(500 * time.Millisecond)
		require.Zero(t, b.selects(func() { b.do(c, ofA) }), "a write of another tenant")
		direct("DELETE FROM t WHERE id = 'z1'")
		direct("XA START 'p'; UPDATE t SET v = 202 WHERE id = 'a1'; XA END 'p'; XA PREPARE 'p'")
		killDumps(t, server) // it is committed where nobody knows what it has changed
		b.used()
		direct("XA COMMIT 'p'")
		seen("202")
	})
	t.Run("the log is interrupted", func(t *testing.T) {
		for i := range 3 {
			b.used()
			killDumps(t, server)
			direct(fmt.Sprintf("UPDATE t SET v = %d WHERE id = 'a1'", 300+i))
			seen(fmt.Sprint(300 + i))
		}
		b.used()
	})
	t.Run("no log", func(t *testing.T) {
		plain := mysqltest.Start(t, mysqltest.Options{Flags: []string{"--skip-log-bin"}})
		for _, name := range []string{"app_0", "app_1"} {
			require.NoError(t, plain.Exec(t.Context(), "CREATE DATABASE "+name, "USE "+name+"; "+tables))
		}
		b := newBed(t, plain, "max: 5", "cache: {size: 16MiB, binlog: true, rules: [{class: hot}]}\n")
		c := b.connect()
		b.do(c, "INSERT INTO t (id, tenant_id, v) VALUES ('a1', 'a', 1)")
		time.Sleep(2 * time.Second)
		require.False(t, b.kept(c, ofA))
		require.Positive(t, b.state2().(proxy.CacheStats).Tables[0].Untrusted)
	})
}

// killDumps ends the connections that read the server's log. One that was ended just now
// may still be listed, or have no successor yet.
func killDumps(t *testing.T, server *mysqltest.Server) {
	t.Helper()
	db, err := server.DB("")
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		killed := 0
		for _, id := range dumps(t, db) {
			if _, err := db.ExecContext(t.Context(), "KILL "+id); err == nil {
				killed++
			}
		}
		return killed > 0
	}, 10*time.Second, 10*time.Millisecond, "nobody reads the log")
}

// dumps are the connections that read the server's log.
func dumps(t *testing.T, db *sql.DB) (ids []string) {
	rows, err := db.QueryContext(t.Context(), "SELECT id FROM information_schema.processlist WHERE command LIKE 'Binlog Dump%'")
	require.NoError(t, err)
	defer rows.Close()
	for rows.Next() {
		var id string
		require.NoError(t, rows.Scan(&id))
		ids = append(ids, id)
	}
	require.NoError(t, rows.Err())
	return ids
}

package proxy_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// withSide gives the pair a database of one shard on the second server, with a table and
// a function that changes it.
func (p *pair) withSide() {
	p.Helper()
	const table = "CREATE TABLE u (id INT PRIMARY KEY, v INT);\n"
	require.NoError(p, p.servers[1].Exec(p.Context(), "SET GLOBAL log_bin_trust_function_creators = ON", "CREATE DATABASE side_0", "USE side_0; "+table+"INSERT INTO u VALUES (1, 0);",
		"CREATE FUNCTION side_0.f(x INT) RETURNS INT MODIFIES SQL DATA BEGIN UPDATE side_0.u SET v = v + x; RETURN x; END"))
	require.NoError(p, os.WriteFile(filepath.Join(filepath.Dir(p.file), "side.sql"), []byte(table), 0o600))
	old, err := os.ReadFile(p.file)
	require.NoError(p, err)
	text := strings.Replace(string(old), "pins:\n", "  side: {shards: [{name: side-0, group: g1, schema: side_0, slots: [0-4095]}], tables: {u: {kind: single, shard: side-0}}}\npins:\n", 1)
	require.NoError(p, os.WriteFile(p.file, []byte(strings.Replace(text, "[t.sql]", "[t.sql, side.sql]", 1)), 0o600))
}

// What a branch has locked stays locked until the whole transaction is committed, also
// where it has only read.
func TestReadersKeepTheirLocks(t *testing.T) {
	p := newPair(t)
	b := p.start(nil)
	p.reset()
	for _, writes := range []string{"a", "b"} {
		reads := map[string]string{"a": "b", "b": "a"}[writes]
		t.Run("it writes on "+writes, func(t *testing.T) {
			c, d := b.connect(), b.connect()
			b.do(d, "SET innodb_lock_wait_timeout = 1")
			b.do(c, "BEGIN", "SELECT v FROM t WHERE tenant_id = '"+reads+"' FOR UPDATE", "UPDATE t SET v = v + 1 WHERE tenant_id = '"+writes+"'")
			b.fails(d, 1205, "UPDATE t SET v = v + 1 WHERE tenant_id = '"+reads+"'")
			b.do(c, "COMMIT")
			b.do(d, "UPDATE t SET v = v + 1 WHERE tenant_id = '"+reads+"'")
		})
		t.Run("while it commits, it writes on "+writes, func(t *testing.T) {
			p.reset()
			reached, on := make(chan struct{}), make(chan struct{})
			var once sync.Once
			b := p.start(func(name string) {
				if name == "before commit" {
					once.Do(func() { close(reached); <-on })
				}
			})
			c, d := b.connect(), b.connect()
			b.do(d, "SET innodb_lock_wait_timeout = 1")
			b.do(c, "BEGIN", "SELECT v FROM t WHERE tenant_id = '"+reads+"' FOR UPDATE", "UPDATE t SET v = v + 1 WHERE tenant_id = '"+writes+"'")
			done := make(chan error, 1)
			go func() { _, err := c.Query("COMMIT"); done <- err }()
			<-reached
			b.fails(d, 1205, "UPDATE t SET v = v + 1 WHERE tenant_id = '"+reads+"'")
			close(on)
			require.NoError(t, <-done)
			b.do(d, "UPDATE t SET v = v + 1 WHERE tenant_id = '"+reads+"'")
		})
		t.Run("its server has let them go, it writes on "+writes, func(t *testing.T) {
			p.reset()
			c := b.connect()
			b.do(c, "BEGIN", "SELECT v FROM t WHERE tenant_id = '"+reads+"' FOR UPDATE", "UPDATE t SET v = v + 1 WHERE tenant_id = '"+writes+"'")
			p.killAll(map[string]int{"a": 0, "b": 1}[reads])
			require.Contains(t, b.fails(c, 1213, "COMMIT").Message, "rolled back")
			require.Equal(t, [2]string{"0", "0"}, p.values())
		})
	}
}

// Two that wait for each other on two servers are ended by the lock wait, whose error says
// what it may be; one of them can go on.
func TestDeadlockOverServers(t *testing.T) {
	p := newPair(t)
	b := p.start(nil)
	p.reset()
	c, d := b.connect(), b.connect()
	b.do(c, "SET innodb_lock_wait_timeout = 1", "BEGIN", "UPDATE t SET v = 1 WHERE tenant_id = 'a'")
	b.do(d, "SET innodb_lock_wait_timeout = 20", "BEGIN", "UPDATE t SET v = 2 WHERE tenant_id = 'b'")
	waits := make(chan error, 1)
	go func() { _, err := d.Query("UPDATE t SET v = 2 WHERE tenant_id = 'a'"); waits <- err }()
	require.Contains(t, b.fails(c, 1205, "UPDATE t SET v = 1 WHERE tenant_id = 'b'").Message, "deadlock over shards")
	b.do(c, "UPDATE t SET v = 3 WHERE tenant_id = 'a'", "ROLLBACK")
	require.NoError(t, <-waits)
	b.do(d, "COMMIT")
	require.Equal(t, [2]string{"2", "2"}, p.values())
	b.do(c, "BEGIN", "UPDATE t SET v = 1 WHERE tenant_id = 'a'")
	b.do(d, "SET innodb_lock_wait_timeout = 1")
	require.NotContains(t, b.fails(d, 1205, "UPDATE t SET v = 2 WHERE tenant_id = 'a'").Message, "over shards", "one server would have seen it")
}

// A query whose function changes rows makes its branch one that writes.
func TestFunctionsThatWrite(t *testing.T) {
	p := newPair(t)
	p.withSide()
	b := p.start(nil)
	p.reset()
	c := b.connect()
	for i, commit := range []string{"COMMIT", "COMMIT AND CHAIN", "BEGIN"} {
		b.do(c, "BEGIN", "UPDATE t SET v = v + 1 WHERE tenant_id = 'a'")
		require.Equal(t, "5", b.cell(c, "SELECT side.f(5)"))
		b.do(c, commit)
		var v int
		require.NoError(t, p.servers[1].Open(t, "side_0").QueryRow("SELECT v FROM u").Scan(&v))
		require.Equal(t, 5*(i+1), v)
		require.Equal(t, fmt.Sprint(i+1), p.values()[0])
		b.do(c, "ROLLBACK")
	}
	b.do(c, "SET sluice_atomicity = 'single'", "BEGIN", "UPDATE t SET v = v + 1 WHERE tenant_id = 'a'")
	b.fails(c, 1235, "SELECT side.f(5)")
	b.do(c, "ROLLBACK")
}

// A definition on another group than the transaction's commits that first, as on one
// server.
func TestDefinitionsCommit(t *testing.T) {
	p := newPair(t)
	p.withSide()
	b := p.start(nil)
	for _, sql := range []string{"ALTER TABLE side.u ADD COLUMN w INT", "CREATE INDEX v ON side.u (v)", "TRUNCATE TABLE side.u", "ANALYZE TABLE side.u"} {
		p.reset()
		c := b.connect()
		b.do(c, "BEGIN", "UPDATE t SET v = 7 WHERE tenant_id = 'a'")
		b.do(c, sql)
		require.Equal(t, "7", p.values()[0], sql)
		b.do(c, "ROLLBACK")
		require.Equal(t, "7", p.values()[0], sql)
	}
}

// The barrier of a process that has been stopped is lowered by the servers.
func TestBarrierOfTheStopped(t *testing.T) {
	p := newPair(t)
	up, on := make(chan struct{}, 1), make(chan struct{})
	a := p.start(func(name string) {
		if name == "barrier up" {
			up <- struct{}{}
			<-on
		}
	})
	b := p.start(nil)
	p.reset()
	c, d := a.connect(), b.connect()
	failed := make(chan error, 1)
	go func() { _, err := c.Query(startSnapshot); failed <- err }()
	<-up
	begun := time.Now()
	b.do(d, "UPDATE t SET v = v + 1")
	took := time.Since(begun)
	t.Logf("the commit took %v", took.Round(time.Millisecond))
	require.Greater(t, took, time.Second)
	require.Less(t, took, 15*time.Second)
	require.Equal(t, [2]string{"1", "1"}, p.values())
	close(on)
	require.Error(t, <-failed, "a snapshot without its barrier")
}

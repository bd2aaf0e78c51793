package proxy_test

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/conf"
	"github.com/sluicedb/sluice/proxy"
	"github.com/sluicedb/sluice/test/mysqltest"
)

// pair is two servers, a group each; the first is reached through a relay that can lose
// what it answers.
type pair struct {
	*testing.T
	servers [2]*mysqltest.Server
	relay   *lossy
	file    string
}

func newPair(t *testing.T) *pair {
	t.Helper()
	p := &pair{T: t}
	for i := range p.servers {
		p.servers[i] = mysqltest.Start(t, mysqltest.Options{})
		name := fmt.Sprintf("app_%d", i)
		require.NoError(t, p.servers[i].Exec(t.Context(), "CREATE DATABASE "+name, "USE "+name+"; "+tables))
	}
	p.relay = newLossy(t, p.servers[0].Addr())
	dir := t.TempDir()
	p.file = filepath.Join(dir, "sluice.yaml")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "t.sql"), []byte(tables), 0o600))
	text := strings.Replace(config(p.servers[1].Addr(), "127.0.0.1:0", "max: 20", "limits: {slow: 0s}\n"), p.servers[1].Addr(), p.relay.addr(), 1)
	require.NoError(t, os.WriteFile(p.file, []byte(text), 0o600))
	return p
}

// logger writes to the standard error if SLUICE_TEST_LOG is set.
func logger() *slog.Logger {
	if os.Getenv("SLUICE_TEST_LOG") == "" {
		return slog.New(slog.DiscardHandler)
	}
	return slog.New(slog.NewTextHandler(os.Stderr, nil))
}

// start starts a Sluice of its own.
func (p *pair) start(point func(string)) *bed {
	p.Helper()
	c, problems := conf.Load(p.file)
	require.NoError(p, problems.Err())
	srv, err := proxy.NewServer(context.Background(), c, logger())
	require.NoError(p, err)
	if point != nil {
		srv.SetPoint(point)
	}
	require.NoError(p, srv.Listen())
	p.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		srv.Shutdown(ctx)
	})
	return &bed{T: p.T, srv: srv, addr: srv.Addrs()[0].String()}
}

// reset leaves one row on each server.
func (p *pair) reset() {
	p.Helper()
	for i, tenant := range []string{"a", "b"} {
		require.NoError(p, p.servers[i].Exec(p.Context(), fmt.Sprintf("USE app_%d; DELETE FROM t; INSERT INTO t (id, tenant_id, v) VALUES ('%s1', '%s', 0)", i, tenant, tenant)))
	}
}

// values are what the two servers have, asked directly.
func (p *pair) values() [2]string {
	p.Helper()
	var out [2]string
	for i, s := range p.servers {
		db, err := s.DB(fmt.Sprintf("app_%d", i))
		require.NoError(p, err)
		require.NoError(p, db.QueryRowContext(p.Context(), "SELECT COALESCE(GROUP_CONCAT(v ORDER BY id), '') FROM t").Scan(&out[i]))
		require.NoError(p, db.Close())
	}
	return out
}

// prepared counts the transactions that are prepared on both servers.
func (p *pair) prepared() int {
	p.Helper()
	n := 0
	for _, s := range p.servers {
		db, err := s.DB("")
		require.NoError(p, err)
		rows, err := db.QueryContext(p.Context(), "XA RECOVER")
		require.NoError(p, err)
		for rows.Next() {
			n++
		}
		require.NoError(p, rows.Err())
		require.NoError(p, rows.Close())
		require.NoError(p, db.Close())
	}
	return n
}

// killAll closes all connections to a server from its side.
func (p *pair) killAll(i int) {
	p.Helper()
	db, err := p.servers[i].DB("")
	require.NoError(p, err)
	defer db.Close()
	rows, err := db.QueryContext(p.Context(), "SELECT id FROM information_schema.processlist WHERE id <> CONNECTION_ID() AND command <> 'Daemon' AND user <> 'event_scheduler'")
	require.NoError(p, err)
	var ids []int64
	for rows.Next() {
		var id int64
		require.NoError(p, rows.Scan(&id))
		ids = append(ids, id)
	}
	require.NoError(p, rows.Close())
	for _, id := range ids {
		_, _ = db.ExecContext(p.Context(), fmt.Sprintf("KILL %d", id))
	}
}

func TestTransactionsOverGroups(t *testing.T) {
	p := newPair(t)
	b := p.start(nil)
	both := []string{"BEGIN", "UPDATE t SET v = v + 1 WHERE tenant_id = 'a'", "UPDATE t SET v = v + 1 WHERE tenant_id = 'b'"}
	t.Run("commit and rollback", func(t *testing.T) {
		p.reset()
		c := b.connect()
		b.do(c, both...)
		require.Equal(t, [2]string{"0", "0"}, p.values())
		require.Equal(t, "2", b.cell(c, "SELECT SUM(v) FROM t"), "a transaction sees what it has written on both")
		require.Equal(t, "0", b.cell(b.connect(), "SELECT SUM(v) FROM t"))
		b.do(c, "COMMIT")
		require.Equal(t, [2]string{"1", "1"}, p.values())
		b.do(c, both...)
		b.do(c, "ROLLBACK")
		require.Equal(t, [2]string{"1", "1"}, p.values())
		require.Equal(t, 0, p.prepared())
	})
	t.Run("a savepoint older than the branch", func(t *testing.T) {
		p.reset()
		c := b.connect()
		b.do(c, "BEGIN", "UPDATE t SET v = 7 WHERE tenant_id = 'a'", "SAVEPOINT s", "UPDATE t SET v = 8", "ROLLBACK TO s", "COMMIT")
		require.Equal(t, [2]string{"7", "0"}, p.values())
	})
	t.Run("a statement that fails on one server is undone on the other", func(t *testing.T) {
		p.reset()
		c := b.connect()
		b.do(c, "BEGIN", "UPDATE t SET v = 3")
		b.fails(c, 1062, "INSERT INTO t (id, tenant_id) VALUES ('a2', 'a'), ('b1', 'b')")
		b.fails(c, 1062, "INSERT INTO t (id, tenant_id) VALUES ('b2', 'b'), ('a1', 'a')")
		b.do(c, "COMMIT")
		require.Equal(t, [2]string{"3", "3"}, p.values())
		b.fails(c, 1062, "INSERT INTO t (id, tenant_id) VALUES ('a2', 'a'), ('b1', 'b')")
		require.Equal(t, [2]string{"3", "3"}, p.values())
	})
	t.Run("a client that leaves changes nothing", func(t *testing.T) {
		p.reset()
		c := b.connect()
		b.do(c, both...)
		require.NoError(t, c.Close())
		b.idle()
		require.Equal(t, [2]string{"0", "0"}, p.values())
		require.Equal(t, 0, p.prepared())
	})
	t.Run("a deadlock ends it on both", func(t *testing.T) {
		p.reset()
		c, d := b.connect(), b.connect()
		b.do(c, "BEGIN", "UPDATE t SET v = 1 WHERE id = 'b1' AND tenant_id = 'b'")
		b.do(c, "INSERT INTO t (id, tenant_id, v) VALUES ('a9', 'a', 9)")
		b.do(d, "BEGIN", "INSERT INTO t (id, tenant_id, v) VALUES ('b9', 'b', 9)", "UPDATE t SET v = 2 WHERE id = 'a1' AND tenant_id = 'a'")
		wait := make(chan error, 1)
		go func() { _, err := c.Query("UPDATE t SET v = 3 WHERE id = 'a1' AND tenant_id = 'a'"); wait <- err }()
		time.Sleep(200 * time.Millisecond)
		_, derr := d.Query("UPDATE t SET v = 4 WHERE id = 'a9' AND tenant_id = 'a'")
		cerr := <-wait
		require.True(t, (derr == nil) != (cerr == nil), "one of the two is the victim: %v, %v", cerr, derr)
		for _, x := range []struct {
			c   interface{ Close() error }
			err error
		}{{c, cerr}, {d, derr}} {
			if x.err != nil {
				require.Contains(t, x.err.Error(), "1213")
			}
			require.NoError(t, x.c.Close())
		}
		b.idle()
		require.Equal(t, [2]string{"0", "0"}, p.values())
	})
	t.Run("rows locked on both", func(t *testing.T) {
		p.reset()
		c, d := b.connect(), b.connect()
		b.do(c, "BEGIN")
		require.Equal(t, "2", b.cell(c, "SELECT COUNT(*) FROM t FOR UPDATE"))
		b.do(d, "SET innodb_lock_wait_timeout = 1")
		b.fails(d, 1205, "UPDATE t SET v = 1 WHERE tenant_id = 'a'")
		b.fails(d, 1205, "UPDATE t SET v = 1 WHERE tenant_id = 'b'")
		b.fails(d, 3572, "SELECT id FROM t ORDER BY id FOR UPDATE NOWAIT")
		require.Equal(t, "0", b.cell(d, "SELECT COUNT(*) FROM t FOR UPDATE SKIP LOCKED"))
		b.do(c, "COMMIT")
		b.do(d, "UPDATE t SET v = 1")
	})
	t.Run("one group only", func(t *testing.T) {
		p.reset()
		c := b.connect()
		b.do(c, "SET sluice_atomicity = 'single'", "BEGIN", "UPDATE t SET v = 1 WHERE tenant_id = 'a'")
		require.Equal(t, "0", b.cell(c, "SELECT v FROM t WHERE tenant_id = 'b'"))
		b.fails(c, 1235, "UPDATE t SET v = 1 WHERE tenant_id = 'b'")
		b.do(c, "COMMIT")
		b.fails(c, 1235, "UPDATE t SET v = 5")
		require.Equal(t, [2]string{"1", "0"}, p.values())
		b.fails(c, 1231, "SET sluice_atomicity = 'perhaps'")
	})
	t.Run("implicit commits", func(t *testing.T) {
		p.reset()
		c := b.connect()
		b.do(c, both...)
		b.do(c, "BEGIN")
		require.Equal(t, [2]string{"1", "1"}, p.values())
		b.do(c, "COMMIT", "SET autocommit = 0", "UPDATE t SET v = 5", "SET autocommit = 1")
		require.Equal(t, [2]string{"5", "5"}, p.values())
	})
	b.idle()
	require.Equal(t, 0, b.srv.Held())
}

// The Sluice that commits dies at each point of the protocol; another finishes what it
// has left.
func TestRecovery(t *testing.T) {
	p := newPair(t)
	want := map[string]string{"prepared": "0", "before decision": "0", "after decision": "1", "branch committed": "1"}
	for point, value := range want {
		t.Run(point, func(t *testing.T) {
			p.reset()
			dead, reached := make(chan struct{}), make(chan struct{})
			var once sync.Once
			a := p.start(func(name string) {
				if name != point {
					return
				}
				once.Do(func() {
					p.killAll(0)
					p.killAll(1)
					close(reached)
				})
				<-dead
			})
			c := a.connect()
			a.do(c, "BEGIN", "UPDATE t SET v = v + 1 WHERE tenant_id = 'a'", "UPDATE t SET v = v + 1 WHERE tenant_id = 'b'")
			go func() { _, _ = c.Query("COMMIT") }()
			<-reached
			if point != "branch committed" {
				require.Equal(t, 1, p.prepared())
			}
			second := p.start(nil)
			begun := time.Now()
			require.Eventually(t, func() bool { return p.prepared() == 0 }, 15*time.Second, 50*time.Millisecond)
			t.Logf("recovered after %v", time.Since(begun).Round(time.Millisecond))
			require.Equal(t, [2]string{value, value}, p.values())
			d := second.connect()
			second.do(d, "UPDATE t SET v = v + 10")
			close(dead) // what the dead one still does must change nothing
			a.idle()
			second.do(d, "UPDATE t SET v = v + 10")
			n := map[string]string{"0": "20", "1": "21"}[value]
			require.Equal(t, [2]string{n, n}, p.values())
		})
	}
}

// The answer to the decision is lost: the client is told what became of it.
func TestLostAcknowledgement(t *testing.T) {
	p := newPair(t)
	for _, lose := range []string{"the answer", "the statement"} {
		t.Run(lose, func(t *testing.T) {
			p.reset()
			var armed atomic.Bool
			armed.Store(true)
			b := p.start(func(name string) {
				if name == "before decision" && armed.Swap(false) {
					p.relay.lose(lose == "the answer")
				}
			})
			c := b.connect()
			b.do(c, "BEGIN", "UPDATE t SET v = 1 WHERE tenant_id = 'a'", "UPDATE t SET v = 1 WHERE tenant_id = 'b'")
			_, err := c.Query("COMMIT")
			require.Eventually(t, func() bool { return p.prepared() == 0 }, 10*time.Second, 20*time.Millisecond)
			got := p.values()
			if err == nil {
				require.Equal(t, [2]string{"1", "1"}, got)
			} else {
				require.Equal(t, [2]string{"0", "0"}, got)
			}
			require.Equal(t, lose == "the answer", err == nil, "%v", err)
			if err != nil {
				require.ErrorContains(t, err, "1213", "it is known that it was rolled back")
			}
		})
	}
}

// lossy passes bytes between Sluice and a server until it is told to lose some.
type lossy struct {
	ln        net.Listener
	to        string
	answer    atomic.Bool  // lose the next answer
	statement atomic.Bool  // lose the next statement
	packets   atomic.Int64 // that went to the server
}

func newLossy(t *testing.T, to string) *lossy {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	l := &lossy{ln: ln, to: to}
	t.Cleanup(func() { _ = ln.Close() })
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			go l.serve(c)
		}
	}()
	return l
}

func (l *lossy) addr() string { return l.ln.Addr().String() }

// lose makes the next answer, or the next statement, get lost with its connection.
func (l *lossy) lose(answer bool) {
	l.answer.Store(answer)
	l.statement.Store(!answer)
}

func (l *lossy) serve(c net.Conn) {
	s, err := net.Dial("tcp", l.to)
	if err != nil {
		_ = c.Close()
		return
	}
	go func() {
		pass(s, c, &l.statement, &l.packets)
		_ = s.Close()
		_ = c.Close()
	}()
	pass(c, s, &l.answer, &atomic.Int64{})
	_ = c.Close()
	_ = s.Close()
}

// pass copies until an end, or until it finds the flag set: then what it has read is
// lost. It counts how often there was something.
func pass(dst, src net.Conn, lose *atomic.Bool, count *atomic.Int64) {
	buf := make([]byte, 32<<10)
	for {
		n, err := src.Read(buf)
		if err != nil || n > 0 && lose.Swap(false) {
			return
		}
		count.Add(1)
		if _, err := dst.Write(buf[:n]); err != nil {
			return
		}
	}
}

// declare adds a part to the database's rules, and definitions to its schema.
func (p *pair) declare(rules, sql string) {
	p.Helper()
	file := filepath.Join(filepath.Dir(p.file), "t.sql")
	for name, edit := range map[string]func(string) string{
		p.file: func(old string) string { return strings.Replace(old, "    tables:\n", rules+"    tables:\n", 1) },
		file:   func(old string) string { return old + sql },
	} {
		old, err := os.ReadFile(name)
		require.NoError(p, err)
		require.NoError(p, os.WriteFile(name, []byte(edit(string(old))), 0o600))
	}
}

// more appends to the configuration.
func (p *pair) more(text string) {
	p.Helper()
	old, err := os.ReadFile(p.file)
	require.NoError(p, err)
	require.NoError(p, os.WriteFile(p.file, append(old, text...), 0o600))
}

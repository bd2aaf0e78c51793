package proxy_test

import (
	"bytes"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/test/mysqltest"
)

// cut breaks the connection to the server when Sluice sends it.
const cut = "cut here"

// breaking returns the server behind a listener that closes a connection, instead of
// passing it on, when a packet holds one of the marks.
func breaking(t *testing.T, server *mysqltest.Server, marks ...string) *mysqltest.Server {
	return between(t, server, func(p []byte) bool {
		return !slices.ContainsFunc(marks, func(m string) bool { return bytes.Contains(p, []byte(m)) })
	})
}

// between returns the server behind a listener that asks pass about all that is sent to
// it, and closes the connection if that is false.
func between(t *testing.T, server *mysqltest.Server, pass func([]byte) bool) *mysqltest.Server {
	t.Helper()
	return betweenBoth(t, server, func() (sent, answered func([]byte) bool) { return pass, func([]byte) bool { return true } })
}

// betweenBoth is between for what is sent and what is answered, with functions of each
// connection's own.
func betweenBoth(t *testing.T, server *mysqltest.Server, pass func() (sent, answered func([]byte) bool)) *mysqltest.Server {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = ln.Close() })
	go func() {
		for {
			from, err := ln.Accept()
			if err != nil {
				return
			}
			go forward(from, server.Addr(), pass)
		}
	}()
	front := *server
	front.Port = ln.Addr().(*net.TCPAddr).Port
	return &front
}

func forward(from net.Conn, addr string, pass func() (sent, answered func([]byte) bool)) {
	defer from.Close()
	to, err := net.Dial("tcp", addr)
	if err != nil {
		return
	}
	defer to.Close()
	sent, answered := pass()
	go func() { copyWhile(from, to, answered); _ = from.Close() }()
	copyWhile(to, from, sent)
}

func copyWhile(to io.Writer, from io.Reader, pass func([]byte) bool) {
	buf := make([]byte, 64<<10)
	for {
		n, err := from.Read(buf)
		if err != nil || !pass(buf[:n]) {
			return
		}
		if _, err := to.Write(buf[:n]); err != nil {
			return
		}
	}
}

func TestLostConnections(t *testing.T) {
	server := mysqltest.Start(t, mysqltest.Options{})
	for _, name := range []string{"app_0", "app_1"} {
		require.NoError(t, server.Exec(t.Context(), "CREATE DATABASE "+name, "USE "+name+"; "+tables))
	}
	front := breaking(t, server, cut, "HEX(@`lost`)")
	for name, f := range map[string]func(*bed){
		"with the statement that begins the transaction": lostBegin, "before the value of a variable is known": lostVariable,
		"while a statement is prepared": lostPreparing, "an adaption that fails keeps the transaction": failedAdaption,
	} {
		t.Run(name, func(t *testing.T) {
			b := newBed(t, front, "max: 20", "")
			b.do(b.connect(), "DELETE FROM t WHERE tenant_id = 'b'", "INSERT INTO t (id, tenant_id) VALUES ('b1', 'b')")
			f(b)
			b.idle()
		})
	}
}

// lostBegin: had the session gone on, the client's next statements would have been
// committed one by one.
func lostBegin(b *bed) {
	c := b.connect()
	b.do(c, "BEGIN")
	require.Contains(b, b.fails(c, 1429, "SELECT v, '"+cut+"' FROM t WHERE tenant_id = 'b'").Message, "rolled back")
	_, err := c.Query("UPDATE t SET v = 1 WHERE tenant_id = 'b'")
	require.Error(b, err)
}

func lostVariable(b *bed) {
	c := b.connect()
	b.do(c, "SET @kept = 1", "SET @lost = 1")
	a, err := c.Query("SELECT @lost")
	require.Error(b, err, "the client has been told that @lost is 1: it is %v", a)
}

func lostPreparing(b *bed) {
	c := b.connect()
	b.do(c, "BEGIN")
	_, err := c.Run("SELECT v, '" + cut + "' FROM t WHERE tenant_id = 'b'")
	require.Error(b, err)
	b.do(c, "UPDATE t SET v = 1 WHERE tenant_id = 'b'", "ROLLBACK")
	require.Equal(b, "0", b.cell(c, "SELECT v FROM t WHERE tenant_id = 'b'"))
}

// failedAdaption uses a variable whose value can become wrong.
func failedAdaption(b *bed) {
	dir := filepath.Join(b.TempDir(), "tmp")
	require.NoError(b, os.Mkdir(dir, 0o777))
	c := b.connect()
	b.do(c, "SET innodb_tmpdir = '"+dir+"'", "BEGIN")
	require.NoError(b, os.Remove(dir))
	b.fails(c, 1231, "UPDATE t SET v = 1 WHERE tenant_id = 'b'")
	require.NoError(b, os.Mkdir(dir, 0o777))
	b.do(c, "UPDATE t SET v = 2 WHERE tenant_id = 'b'", "ROLLBACK")
	require.Equal(b, "0", b.cell(c, "SELECT v FROM t WHERE tenant_id = 'b'"))
}

// TestFarServer: a server that is far away takes longer to log in to than pool.dial, which
// is for each of its answers.
func TestFarServer(t *testing.T) {
	server := mysqltest.Start(t, mysqltest.Options{})
	for _, name := range []string{"app_0", "app_1"} {
		require.NoError(t, server.Exec(t.Context(), "CREATE DATABASE "+name, "USE "+name+"; "+tables))
	}
	front := between(t, server, func([]byte) bool { time.Sleep(300 * time.Millisecond); return true })
	b := startBed(t, server, tables, strings.ReplaceAll(config(front.Addr(), "127.0.0.1:0", "max: 5, dial: 1500ms", ""), "tls: disabled", "tls: required"))
	require.Equal(t, "0", b.cell(b.connect(), "SELECT COUNT(*) FROM t WHERE tenant_id = 'a'"))
}

// TestLostBetweenParts loses a server with its part of a write over two, or after it has
// carried that out: the other part must not stay, nor must the session go on without its
// transaction.
func TestLostBetweenParts(t *testing.T) {
	p := newPair(t)
	rules, err := os.ReadFile(p.file)
	require.NoError(t, err)
	open, all := []string{"BEGIN", "SET autocommit=0"}, []string{"BEGIN", "SET autocommit=0", "DO 0"}
	for mark, begins := range map[string][]string{"timestamp=1": all, "SAVEPOINT `sluice": open, "RELEASE SAVEPOINT": open, "INTO sluice.decisions": {"DO 0"}} {
		for _, begin := range begins {
			t.Run(mark+" after "+begin, func(t *testing.T) {
				p := &pair{T: t, servers: p.servers, relay: p.relay, file: filepath.Join(t.TempDir(), "sluice.yaml")}
				front := breaking(t, p.servers[0], mark)
				require.NoError(t, os.WriteFile(filepath.Join(filepath.Dir(p.file), "t.sql"), []byte(tables), 0o600))
				require.NoError(t, os.WriteFile(p.file, bytes.ReplaceAll(rules, []byte(p.relay.addr()), []byte(front.Addr())), 0o600))
				b := p.start(nil)
				p.reset()
				c := b.connect()
				b.do(c, begin)
				_, err := c.Query("INSERT INTO t (id, tenant_id, v) VALUES ('b2', 'b', 2), ('a2', 'a', 2)")
				require.Error(t, err)
				if begin == "BEGIN" {
					_, err = c.Query("UPDATE t SET v = 3 WHERE tenant_id = 'b'")
					_, _ = c.Query("COMMIT")
				}
				require.Error(t, err, "the client goes on without its transaction")
				require.Eventually(t, func() bool { return p.values() == [2]string{"0", "0"} }, 10*time.Second, 50*time.Millisecond, "%v", p.values())
			})
		}
	}
}

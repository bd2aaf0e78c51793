package proxy_test

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/conf"
	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/proxy"
	"github.com/sluicedb/sluice/test/diff"
	"github.com/sluicedb/sluice/test/mysqltest"
)

const tables = "CREATE TABLE t (id VARCHAR(36) NOT NULL PRIMARY KEY, tenant_id VARCHAR(36) NOT NULL, v INT NOT NULL DEFAULT 0, b LONGTEXT, KEY (tenant_id)) COLLATE utf8mb4_unicode_ci;\n"

// bed is Sluice with two shards on two groups, which are the same server twice.
type bed struct {
	*testing.T
	server *mysqltest.Server
	file   string
	addr   string
	srv    *proxy.Server
}

// config is the bed's; more is appended to it.
func config(addr, listen, pool, more string) string {
	return fmt.Sprintf(`version: 1
database: saas
listen: [{address: %q}]
schema: [t.sql]
users:
  - {name: root, password: "", hosts: [127.0.0.0/8]}
  - {name: app, password: right}
groups:
  g0: {primary: %q, user: root, password: "", tls: disabled, pool: {%s}}
  g1: {primary: %q, user: root, password: "", tls: disabled, pool: {%s}}
databases:
  app:
    shards:
      - {name: app-0, group: g0, schema: app_0, slots: [0-2047]}
      - {name: app-1, group: g1, schema: app_1, slots: [2048-4095]}
    tables:
      t: {kind: sharded, key: tenant_id}
pins:
  - {tenant: a, shards: [app-0]}
  - {tenant: b, shards: [app-1]}
%s`, listen, addr, pool, addr, pool, more)
}

func newBed(t *testing.T, server *mysqltest.Server, pool, more string) *bed {
	t.Helper()
	return startBed(t, server, tables, config(server.Addr(), "127.0.0.1:0", pool, more))
}

// startBed is newBed with a schema and a configuration of one's own.
func startBed(t *testing.T, server *mysqltest.Server, schema, conf string) *bed {
	t.Helper()
	b := &bed{T: t, server: server, file: filepath.Join(t.TempDir(), "sluice.yaml")}
	require.NoError(t, os.WriteFile(filepath.Join(filepath.Dir(b.file), "t.sql"), []byte(schema), 0o600))
	require.NoError(t, os.WriteFile(b.file, []byte(conf), 0o600))
	b.open()
	return b
}

// open starts the bed's Sluice.
func (b *bed) open() {
	t := b.T
	t.Helper()
	c, problems := conf.Load(b.file)
	require.NoError(t, problems.Err())
	srv, err := proxy.NewServer(context.Background(), c, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	require.NoError(t, srv.Listen())
	b.srv, b.addr = srv, srv.Addrs()[0].String()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		srv.Shutdown(ctx)
	})
}

func (b *bed) connect() *diff.Conn {
	b.Helper()
	c, err := diff.Connect(diff.Target{Name: "Sluice", Addr: b.addr, User: "root", Database: "app"}, wire.ClientMultiStatements)
	require.NoError(b, err)
	b.Cleanup(func() { _ = c.Close() })
	return c
}

// cell is the first value of the first row.
func (b *bed) cell(c *diff.Conn, sql string) string {
	b.Helper()
	a, err := c.Query(sql)
	require.NoError(b, err, sql)
	require.NotEmpty(b, a[0].Rows, sql)
	return a[0].Rows[0][0]
}

// column is a value of the first row.
func (b *bed) column(c *diff.Conn, sql string, i int) string {
	b.Helper()
	a, err := c.Query(sql)
	require.NoError(b, err, sql)
	require.NotEmpty(b, a[0].Rows, sql)
	return a[0].Rows[0][i]
}

func (b *bed) do(c *diff.Conn, statements ...string) {
	b.Helper()
	for _, sql := range statements {
		_, err := c.Query(sql)
		require.NoError(b, err, sql)
	}
}

// fails runs a statement that must fail with a number.
func (b *bed) fails(c *diff.Conn, number int, sql string) *wire.Error {
	b.Helper()
	_, err := c.Query(sql)
	var e *wire.Error
	require.ErrorAs(b, err, &e, sql)
	require.Equal(b, number, int(e.Number), "%s: %v", sql, e)
	return e
}

// idle waits until no backend connection is lent. Sluice's own looks at a server that does
// not answer take some seconds, too.
func (b *bed) idle() {
	b.Helper()
	require.Eventually(b, func() bool {
		for _, s := range b.srv.Pools() {
			if s.Lent != 0 {
				return false
			}
		}
		return true
	}, 30*time.Second, 10*time.Millisecond, "still lent: %+v", b.srv.Pools())
}

func TestSessions(t *testing.T) {
	server := mysqltest.Start(t, mysqltest.Options{})
	for _, name := range []string{"app_0", "app_1"} {
		require.NoError(t, server.Exec(t.Context(), "CREATE DATABASE "+name, "USE "+name+"; "+tables))
	}
	for name, f := range map[string]func(*bed){
		"a transaction on two groups": transactionOnTwoGroups, "kill keeps the transaction": killKeepsTransaction,
		"a deadlock ends the transaction": deadlockEndsTransaction, "a client that leaves stops its statement": leavingStops,
		"a lost server ends a transaction aloud": lostServer, "cursor": cursor, "long data and remembered types": longData, "reset connection": resetConnection,
		"malformed packets": malformed, "large packets": largePackets, "a file between statements": fileBetween, "process list": processList, "login": login, "reload": reload, "time limit": timeLimit, "question marks": questionMarks,
	} {
		t.Run(name, func(t *testing.T) {
			b := newBed(t, server, "max: 20", "limits: {slow: 0s}\n")
			b.do(b.connect(), "DELETE FROM t WHERE tenant_id = 'a'", "DELETE FROM t WHERE tenant_id = 'b'",
				"INSERT INTO t (id, tenant_id) VALUES ('a1', 'a'), ('a2', 'a')", "INSERT INTO t (id, tenant_id) VALUES ('b1', 'b')")
			f(b)
		})
	}
	t.Run("variables of the session before", func(t *testing.T) { variablesOfOthers(newBed(t, server, "max: 1", "")) })
	t.Run("exhausted pool", func(t *testing.T) { exhausted(newBed(t, server, "max: 2, wait: 200ms", "")) })
	t.Run("drain", func(t *testing.T) { drain(newBed(t, server, "max: 5", "limits: {drain: 5s}\n")) })
	t.Run("a server that does not answer", func(t *testing.T) { frozen(newBed(t, server, "max: 5, dial: 300ms", "limits: {statement_time: 1s}\n")) })
}

func transactionOnTwoGroups(b *bed) {
	c, other := b.connect(), b.connect()
	b.do(c, "BEGIN", "UPDATE t SET v = 1 WHERE tenant_id = 'a'", "UPDATE t SET v = 1 WHERE tenant_id = 'b'")
	require.Equal(b, "transaction", b.state(other, c))
	require.Equal(b, "0", b.cell(other, "SELECT SUM(v) FROM t"))
	b.do(c, "COMMIT")
	require.Equal(b, "", b.state(other, c))
	require.Equal(b, "3", b.cell(other, "SELECT SUM(v) FROM t"))
}

// state is why a session holds a connection, as another sees it.
func (b *bed) state(other, c *diff.Conn) string {
	b.Helper()
	id := b.cell(c, "SELECT CONNECTION_ID()")
	a, err := other.Query("SHOW PROCESSLIST")
	require.NoError(b, err)
	for _, r := range a[0].Rows {
		if r[0] == id {
			return r[6]
		}
	}
	b.Fatal("not in the process list")
	return ""
}

// processList looks at a running statement, and at the one that looks.
func processList(b *bed) {
	busy, c := b.connect(), b.connect()
	id, own := b.cell(busy, "SELECT CONNECTION_ID()"), b.cell(c, "SELECT CONNECTION_ID()")
	const sql = "select sleep(1), 'its own text' from t where tenant_id = 'a' and id = 'a1' /* more than a hundred characters, which is all that is shown */"
	done := make(chan error)
	go func() {
		_, err := busy.Query("SELECT 1; " + sql)
		done <- err
	}()
	info := func(show, id string) string {
		a, err := c.Query(show)
		require.NoError(b, err)
		for _, r := range a[0].Rows {
			if r[0] == id {
				return r[7]
			}
		}
		return ""
	}
	require.Eventually(b, func() bool { return info("show processlist", id) == sql[:100] }, 800*time.Millisecond, 10*time.Millisecond)
	require.Equal(b, sql, info("SHOW FULL PROCESSLIST", id))
	require.Equal(b, "show  processlist", info("show  processlist", own))
	require.NoError(b, <-done)
	require.Eventually(b, func() bool { return strings.HasSuffix(info("SHOW PROCESSLIST", id), "NULL") }, time.Second, time.Millisecond)
}

func killKeepsTransaction(b *bed) {
	c, other := b.connect(), b.connect()
	id := b.cell(c, "SELECT CONNECTION_ID()")
	b.do(c, "BEGIN", "UPDATE t SET v = 5 WHERE id = 'a1' AND tenant_id = 'a'")
	killed := make(chan error, 1)
	go func() {
		time.Sleep(200 * time.Millisecond)
		_, err := other.Query("KILL QUERY " + id)
		killed <- err
	}()
	b.fails(c, 1317, "UPDATE t SET v = v + SLEEP(5) WHERE tenant_id = 'a'")
	require.NoError(b, <-killed)
	require.Equal(b, "5", b.cell(c, "SELECT v FROM t WHERE id = 'a1' AND tenant_id = 'a'"))
	b.do(c, "COMMIT")
	require.Equal(b, "5", b.cell(other, "SELECT v FROM t WHERE id = 'a1' AND tenant_id = 'a'"))
	b.fails(other, 1094, "KILL 4000000000")
	b.do(other, "KILL "+id)
	_, err := c.Query("SELECT 1")
	require.Error(b, err)
	b.idle()
}

func deadlockEndsTransaction(b *bed) {
	one, two := b.connect(), b.connect()
	b.do(one, "BEGIN", "UPDATE t SET v = 1 WHERE id = 'a1' AND tenant_id = 'a'")
	b.do(two, "BEGIN", "UPDATE t SET v = 2 WHERE id = 'a2' AND tenant_id = 'a'")
	results := make(chan error, 1)
	go func() {
		_, err := one.Query("UPDATE t SET v = 1 WHERE id = 'a2' AND tenant_id = 'a'")
		results <- err
	}()
	_, err := two.Query("UPDATE t SET v = 2 WHERE id = 'a1' AND tenant_id = 'a'")
	victim := two
	if err == nil {
		b.do(two, "COMMIT")
		err, victim = <-results, one
	} else {
		require.NoError(b, <-results)
		b.do(one, "COMMIT")
	}
	var e *wire.Error
	require.ErrorAs(b, err, &e)
	require.Equal(b, uint16(1213), e.Number)
	// The transaction is over: another group may be asked.
	b.do(victim, "UPDATE t SET v = 9 WHERE tenant_id = 'b'")
	b.idle()
}

func leavingStops(b *bed) {
	c := b.connect()
	c.WriteCommand(wire.ComQuery, []byte("SELECT SLEEP(30), 'leaving' FROM t WHERE tenant_id = 'a'"))
	require.NoError(b, c.Flush())
	running := func() int {
		db := b.server.Open(b, "")
		var n int
		require.NoError(b, db.QueryRow("SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE INFO LIKE '%leaving%' AND INFO NOT LIKE '%PROCESSLIST%'").Scan(&n))
		return n
	}
	require.Eventually(b, func() bool { return running() == 1 }, 3*time.Second, 20*time.Millisecond)
	_ = c.Close()
	require.Eventually(b, func() bool { return running() == 0 }, 5*time.Second, 20*time.Millisecond)
	b.idle()
}

func lostServer(b *bed) {
	c := b.connect()
	b.do(c, "BEGIN", "UPDATE t SET v = 7 WHERE tenant_id = 'a'")
	db := b.server.Open(b, "")
	rows, err := db.Query("SELECT ID FROM information_schema.PROCESSLIST WHERE ID <> CONNECTION_ID() AND USER = 'root'")
	require.NoError(b, err)
	var ids []string
	for rows.Next() {
		var id string
		require.NoError(b, rows.Scan(&id))
		ids = append(ids, id)
	}
	require.NoError(b, rows.Err())
	for _, id := range ids {
		_, _ = db.Exec("KILL " + id)
	}
	e := b.fails(c, 1429, "SELECT COUNT(*) FROM t WHERE tenant_id = 'a'")
	require.Contains(b, e.Message, "rolled back")
	_, err = c.Query("SELECT 1")
	require.Error(b, err, "the client must not go on as if its transaction were open")
	time.Sleep(300 * time.Millisecond) // idle connections are looked at before they are lent
	require.Equal(b, "0", b.cell(b.connect(), "SELECT SUM(v) FROM t WHERE tenant_id = 'a'"))
	b.idle()
}

// prepare prepares a statement and returns its id.
func (b *bed) prepare(c *diff.Conn, sql string) uint32 {
	b.Helper()
	c.WriteCommand(wire.ComStmtPrepare, []byte(sql))
	require.NoError(b, c.Flush())
	p, err := c.ReadPacket()
	require.NoError(b, err)
	head, err := wire.ParsePrepared(p)
	require.NoError(b, err)
	for range int(head.Params) + int(head.Columns) {
		_, err := c.ReadPacket()
		require.NoError(b, err)
	}
	return head.ID
}

// packets reads packets until one begins with EOF or ERR, and returns them all.
func (b *bed) packets(c *diff.Conn) [][]byte {
	b.Helper()
	var out [][]byte
	for {
		p, err := c.ReadPacket()
		require.NoError(b, err)
		out = append(out, append([]byte(nil), p...))
		if p[0] == wire.HeaderEOF || p[0] == wire.HeaderErr {
			return out
		}
	}
}

func status(p []byte) wire.Status {
	ok, _ := wire.ParseOK(p, false)
	return ok.Status
}

func cursor(b *bed) {
	c, other := b.connect(), b.connect()
	id := b.prepare(c, "SELECT id FROM t WHERE tenant_id = 'a' ORDER BY id")
	c.WriteCommand(wire.ComStmtExecute, wire.AppendUint32(nil, id), []byte{wire.CursorReadOnly, 1, 0, 0, 0})
	require.NoError(b, c.Flush())
	head := b.packets(c)
	require.NotZero(b, status(head[len(head)-1])&wire.StatusCursorExists)
	for i, want := range []string{"a1", "a2"} {
		c.WriteCommand(wire.ComStmtFetch, wire.AppendUint32(nil, id), []byte{1, 0, 0, 0})
		require.NoError(b, c.Flush())
		got := b.packets(c)
		require.Len(b, got, 2, "row %d", i)
		require.Contains(b, string(got[0]), want)
	}
	c.WriteCommand(wire.ComStmtFetch, wire.AppendUint32(nil, id), []byte{1, 0, 0, 0})
	require.NoError(b, c.Flush())
	last := b.packets(c)
	require.NotZero(b, status(last[len(last)-1])&wire.StatusLastRowSent)
	require.Equal(b, "", b.state(other, c))
	// A write has no cursor, and may run on another group than that of an open one.
	c.WriteCommand(wire.ComStmtExecute, wire.AppendUint32(nil, id), []byte{wire.CursorReadOnly, 1, 0, 0, 0})
	require.NoError(b, c.Flush())
	b.packets(c)
	write := b.prepare(c, "UPDATE t SET v = 9 WHERE tenant_id = 'b'")
	c.WriteCommand(wire.ComStmtExecute, wire.AppendUint32(nil, write), []byte{wire.CursorReadOnly, 1, 0, 0, 0})
	require.NoError(b, c.Flush())
	p, err := c.ReadPacket()
	require.NoError(b, err)
	require.Equal(b, wire.HeaderOK, p[0], string(p))
	c.WriteCommand(wire.ComStmtReset, wire.AppendUint32(nil, id))
	require.NoError(b, c.Flush())
	_, err = c.ReadPacket()
	require.NoError(b, err)
	b.idle()
}

func longData(b *bed) {
	c := b.connect()
	id := b.prepare(c, "UPDATE t SET b = ?, v = ? WHERE tenant_id = ?")
	e := wire.Execute{ID: id, Iterations: 1, Null: []byte{0}}
	e.Values = wire.AppendLenencString(binary.LittleEndian.AppendUint64(nil, 3), "a")
	types := []wire.ParamType{{Type: wire.TypeBlob}, {Type: wire.TypeLongLong}, {Type: wire.TypeVarString}}
	for _, piece := range []string{"long ", "data"} {
		c.WriteCommand(wire.ComStmtSendLongData, wire.AppendUint32(nil, id), []byte{0, 0}, []byte(piece))
	}
	c.WriteCommand(wire.ComStmtExecute, e.Append(nil, types))
	require.NoError(b, c.Flush())
	p, err := c.ReadPacket()
	require.NoError(b, err)
	require.Equal(b, wire.HeaderOK, p[0], string(p))
	require.Equal(b, "long data", b.cell(c, "SELECT b FROM t WHERE tenant_id = 'a' AND v = 3 LIMIT 1"))
	// The same again without types (new_params_bound = 0): they are those of before,
	// and so is the shard's key.
	payload := append(wire.AppendUint32(nil, id), 0, 1, 0, 0, 0, 0, 0)
	payload = wire.AppendLenencString(payload, "short")
	payload = binary.LittleEndian.AppendUint64(payload, 4)
	payload = wire.AppendLenencString(payload, "b")
	c.WriteCommand(wire.ComStmtExecute, payload)
	require.NoError(b, c.Flush())
	p, err = c.ReadPacket()
	require.NoError(b, err)
	require.Equal(b, wire.HeaderOK, p[0], string(p))
	require.Equal(b, "short", b.cell(c, "SELECT b FROM t WHERE tenant_id = 'b' AND v = 4"))
	// What was wrong with a piece is told at each execution until the statement is reset.
	c.WriteCommand(wire.ComStmtSendLongData, wire.AppendUint32(nil, id), []byte{3, 0}, []byte("x"))
	for range 2 {
		c.WriteCommand(wire.ComStmtExecute, payload)
		require.NoError(b, c.Flush())
		p, err = c.ReadPacket()
		require.NoError(b, err)
		require.Contains(b, string(p), "Incorrect arguments to mysql_stmt_precheck")
	}
	for _, again := range []func(){
		func() { c.WriteCommand(wire.ComStmtReset, wire.AppendUint32(nil, id)) },
		func() { c.WriteCommand(wire.ComStmtExecute, payload) },
	} {
		again()
		require.NoError(b, c.Flush())
		p, err = c.ReadPacket()
		require.NoError(b, err)
		require.Equal(b, wire.HeaderOK, p[0], string(p))
	}
}

// resetConnection: of what the statement before has found servers still know afterwards.
func resetConnection(b *bed) {
	c := b.connect()
	b.do(c, "SELECT 1 UNION SELECT 2")
	c.WriteCommand(wire.ComResetConnection, nil)
	require.NoError(b, c.Flush())
	p, err := c.ReadPacket()
	require.NoError(b, err)
	require.Equal(b, wire.HeaderOK, p[0])
	require.Equal(b, "2", b.cell(c, "SELECT FOUND_ROWS()"))
}

// malformed sends what no client should: each gets an error or is cut off, nothing
// hangs, and the next client is served.
func malformed(b *bed) {
	for name, packet := range map[string][]byte{
		"empty":                      {},
		"unknown command":            {0xfe},
		"sleep":                      {0},
		"execute of nothing":         {byte(wire.ComStmtExecute)},
		"execute of an unknown":      append([]byte{byte(wire.ComStmtExecute)}, 9, 9, 9, 9, 0, 1, 0, 0, 0),
		"fetch of an unknown":        append([]byte{byte(wire.ComStmtFetch)}, 9, 9, 9, 9, 1, 0, 0, 0),
		"short fetch":                {byte(wire.ComStmtFetch), 1},
		"change user of nothing":     {byte(wire.ComChangeUser)},
		"change user, long auth":     {byte(wire.ComChangeUser), 'x', 0, 255},
		"option 9":                   {byte(wire.ComSetOption), 9, 0},
		"no option":                  {byte(wire.ComSetOption)},
		"kill of nothing":            {byte(wire.ComProcessKill)},
		"no database":                {byte(wire.ComInitDB)},
		"field list without a table": {byte(wire.ComFieldList)},
		"unclosed string":            append([]byte{byte(wire.ComQuery)}, "SELECT 'x"...),
		"unclosed comment":           append([]byte{byte(wire.ComQuery)}, "SELECT /* x"...),
		"no text":                    {byte(wire.ComQuery)},
		"binlog":                     {byte(wire.ComBinlogDump), 0, 0, 0, 0},
	} {
		c := b.connect()
		_ = c.Net().SetDeadline(time.Now().Add(5 * time.Second))
		c.ResetSequence()
		c.WritePacket(packet)
		require.NoError(b, c.Flush(), name)
		p, err := c.ReadPacket()
		if err == nil && name != "change user of nothing" {
			require.Equal(b, wire.HeaderErr, p[0], "%s: %q", name, p)
		}
		require.False(b, errors.Is(err, os.ErrDeadlineExceeded), "%s: no answer", name)
	}
	require.Equal(b, "1", b.cell(b.connect(), "SELECT 1"))
	b.idle()
}

func largePackets(b *bed) {
	c := b.connect()
	const n = 17 << 20
	b.do(c, "UPDATE t SET b = '"+strings.Repeat("x", n)+"' WHERE id = 'a1' AND tenant_id = 'a'")
	require.Equal(b, strconv.Itoa(n), b.cell(c, "SELECT LENGTH(b) FROM t WHERE id = 'a1' AND tenant_id = 'a'"))
	require.Len(b, b.cell(c, "SELECT b FROM t WHERE id = 'a1' AND tenant_id = 'a'"), n)
	require.Equal(b, "1", b.cell(c, "SELECT 1"))
}

// fileBetween loads a file that reads like SQL, with statements before and after it in
// the same command.
func fileBetween(b *bed) {
	mysql.RegisterReaderHandler("sql", func() io.Reader { return strings.NewReader(strings.Repeat("; SELECT 'from the file'", 20)) })
	defer mysql.DeregisterReaderHandler("sql")
	db, err := sql.Open("mysql", "root@tcp("+b.addr+")/app?multiStatements=true")
	require.NoError(b, err)
	defer db.Close()
	rows, err := db.Query("CREATE TEMPORARY TABLE app_f (line TEXT); LOAD DATA LOCAL INFILE 'Reader::sql' INTO TABLE app_f; SELECT 'after', COUNT(*) FROM app_f")
	require.NoError(b, err)
	defer rows.Close()
	for !rows.Next() {
		require.True(b, rows.NextResultSet(), "%v", rows.Err())
	}
	var what string
	var n int
	require.NoError(b, rows.Scan(&what, &n))
	require.Equal(b, "after 1", fmt.Sprint(what, " ", n))
}

func login(b *bed) {
	refused := map[string]diff.Target{
		"no such user":     {Name: "Sluice", Addr: b.addr, User: "nobody"},
		"without password": {Name: "Sluice", Addr: b.addr, User: "app"},
		"no such database": {Name: "Sluice", Addr: b.addr, User: "root", Database: "nowhere"},
	}
	for name, target := range refused {
		_, err := diff.Connect(target, wire.ClientConnectWithDB)
		var e *wire.Error
		require.ErrorAs(b, err, &e, name)
		want := uint16(1045)
		if target.Database != "" {
			want = 1049
		}
		require.Equal(b, want, e.Number, name)
	}
}

func reload(b *bed) {
	op := proxy.Operator{Server: b.srv, Load: func() (*conf.Config, conf.Problems) { return conf.Load(b.file) }}
	c := b.connect()
	stop, done := make(chan struct{}), make(chan error, 1)
	go func() {
		for {
			select {
			case <-stop:
				done <- nil
				return
			default:
			}
			if _, err := c.Query("SELECT COUNT(*) FROM t WHERE tenant_id = 'a'"); err != nil {
				done <- err
				return
			}
		}
	}()
	good := config(b.server.Addr(), "127.0.0.1:0", "max: 7", "limits: {slow: 0s}\n")
	for i := range 5 {
		require.NoError(b, os.WriteFile(b.file, []byte(strings.Replace(good, "max: 7", fmt.Sprintf("max: %d", 5+i), 1)), 0o600))
		require.NoError(b, op.Reload())
		require.NoError(b, os.WriteFile(b.file, []byte(strings.Replace(good, "group: g1", "group: g9", 1)), 0o600))
		err := op.Reload()
		require.ErrorContains(b, err, "g9")
		require.ErrorContains(b, err, "sluice.yaml:")
	}
	close(stop)
	require.NoError(b, <-done, "a reload disturbed a statement")
}

func timeLimit(b *bed) {
	c := b.connect()
	b.do(c, "SET sluice_statement_time = 150")
	b.fails(c, 3024, "UPDATE t SET v = v + SLEEP(5) WHERE tenant_id = 'a'")
	b.do(c, "SET sluice_statement_time = 0")
	require.Equal(b, "0", b.cell(c, "SELECT SUM(v) FROM t WHERE tenant_id = 'a'"))
	b.fails(c, 1232, "SET sluice_statement_time = 'soon'")
	b.fails(c, 1193, "SET sluice_nonsense = 1")
	b.idle()
}

func exhausted(b *bed) {
	var held []*diff.Conn
	for range 2 {
		c := b.connect()
		b.do(c, "BEGIN", "SELECT id FROM t WHERE tenant_id = 'a' FOR SHARE")
		held = append(held, c)
	}
	late := b.connect()
	from := time.Now()
	b.fails(late, 1040, "SELECT COUNT(*) FROM t WHERE tenant_id = 'a'")
	require.Less(b, time.Since(from), 3*time.Second)
	b.do(held[0], "COMMIT")
	b.do(late, "SELECT COUNT(*) FROM t WHERE tenant_id = 'a'")
}

// variablesOfOthers sets every variable that can be set to what it is, and two to something
// else: the next session on the only connection must find all as the first one did.
func variablesOfOthers(b *bed) {
	all := func(c *diff.Conn) [][]string {
		a, err := c.Query("SHOW SESSION VARIABLES WHERE Variable_name NOT IN ('pseudo_thread_id', 'timestamp', 'last_insert_id', 'identity', 'statement_id', 'session_track_system_variables')")
		require.NoError(b, err)
		return a[0].Rows
	}
	c := b.connect()
	want := all(c)
	n := 0
	for _, v := range want {
		if v[0] == "gtid_next" || v[0] == "pseudo_replica_mode" || v[0] == "pseudo_slave_mode" {
			continue
		}
		if _, err := c.Query("SET @@SESSION." + v[0] + " = @@SESSION." + v[0]); err == nil {
			n++
		}
	}
	require.Greater(b, n, 50)
	b.cutAll()
	require.Eventually(b, func() bool {
		_, err := c.Query("SELECT COUNT(*) FROM t WHERE tenant_id = 'a'")
		if e, ok := errors.AsType[*wire.Error](err); ok {
			require.EqualValues(b, 1429, e.Number, "another connection cannot be given the session's variables: %v", e)
		}
		return err == nil
	}, 10*time.Second, 10*time.Millisecond)
	b.do(c, "SET foreign_key_checks = 0, unique_checks = 0", "SELECT COUNT(*) FROM t WHERE tenant_id = 'a'")
	require.NoError(b, c.Close())
	b.idle()
	require.Equal(b, want, all(b.connect()))
}

// cutAll kills the server's connections, all but the one that does.
func (b *bed) cutAll() {
	db := b.server.Open(b.T, "")
	db.SetMaxOpenConns(1)
	rows, err := db.Query("SELECT id FROM information_schema.processlist WHERE id <> CONNECTION_ID() AND user <> 'event_scheduler'")
	require.NoError(b, err)
	var ids []int
	for rows.Next() {
		var id int
		require.NoError(b, rows.Scan(&id))
		ids = append(ids, id)
	}
	require.NoError(b, rows.Err())
	require.NotEmpty(b, ids)
	for _, id := range ids {
		_, _ = db.Exec(fmt.Sprint("KILL ", id)) // it may have ended by itself
	}
}

func drain(b *bed) {
	idle, busy, open := b.connect(), b.connect(), b.connect()
	b.do(idle, "SELECT 1")
	b.do(open, "BEGIN", "UPDATE t SET v = 3 WHERE tenant_id = 'a'")
	result := make(chan error, 1)
	go func() {
		_, err := busy.Query("SELECT SLEEP(1)")
		result <- err
	}()
	time.Sleep(300 * time.Millisecond)
	stopped := make(chan struct{})
	go func() {
		b.srv.Shutdown(context.Background())
		close(stopped)
	}()
	require.NoError(b, <-result, "a running statement must finish")
	_, err := idle.Query("SELECT 1")
	require.Error(b, err, "an idle client is let go")
	b.do(open, "COMMIT")
	select {
	case <-stopped:
	case <-time.After(4 * time.Second):
		b.Fatal("the server does not stop once nothing runs")
	}
}

func frozen(b *bed) {
	c := b.connect()
	// The first connection asks the server for much: on a busy machine that may take
	// longer than the short time which this bed gives it.
	require.Eventually(b, func() bool {
		_, err := c.Query("SELECT COUNT(*) FROM t WHERE tenant_id = 'a'")
		return err == nil
	}, 20*time.Second, 50*time.Millisecond)
	require.NoError(b, b.server.Signal(syscall.SIGSTOP))
	defer func() { _ = b.server.Signal(syscall.SIGCONT) }()
	c.WriteCommand(wire.ComQuery, []byte("SELECT COUNT(*) FROM t WHERE tenant_id = 'a'"))
	require.NoError(b, c.Flush())
	time.Sleep(200 * time.Millisecond)
	_ = c.Close()
	b.idle() // nobody waits for the answer any more
	// Whether a connection is there already or has to be made: the wait ends.
	for range 3 {
		from := time.Now()
		_, err := b.connect().Query("SELECT COUNT(*) FROM t WHERE tenant_id = 'a'")
		var e *wire.Error
		require.ErrorAs(b, err, &e)
		require.Contains(b, []uint16{1429, 3024}, e.Number, e.Message)
		require.Less(b, time.Since(from), 10*time.Second)
	}
	require.NoError(b, b.server.Signal(syscall.SIGCONT))
	require.Eventually(b, func() bool {
		_, err := b.connect().Query("SELECT COUNT(*) FROM t WHERE tenant_id = 'a'")
		return err == nil
	}, 5*time.Second, 50*time.Millisecond)
}

// questionMarks are no parameters where nothing is prepared.
func questionMarks(b *bed) {
	c := b.connect()
	for sql, near := range map[string]string{
		"SELECT ? FROM t":                                       "? FROM t",
		"SELECT * FROM t WHERE id = ?":                          "?",
		"SELECT * FROM t WHERE tenant_id = 'a' AND id = ?":      "?",
		"UPDATE t SET v = 1\nWHERE tenant_id = ? OR v = 1":      "? OR v = 1",
		"SELECT 1; DELETE FROM t WHERE tenant_id = 'a' OR id=?": "?",
		"SET @a = ?": "?",
	} {
		e := b.fails(c, 1064, sql)
		require.Contains(b, e.Message, "near '"+near+"' at line", sql)
	}
	require.Equal(b, "0", b.cell(c, "SELECT COUNT(*) FROM t WHERE id = '?' /* ? */"))
	require.Equal(b, "2", b.cell(c, "SELECT COUNT(*) FROM t WHERE tenant_id = 'a'"))
}

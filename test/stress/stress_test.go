// Package stress shares few backend connections between many clients that misbehave,
// and checks that no client ever sees another's row or setting.
package stress

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/conf"
	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/proxy"
	"github.com/sluicedb/sluice/test/diff"
	"github.com/sluicedb/sluice/test/mysqltest"
)

const (
	clients = 200
	rows    = 40 // of each client
	shards  = 4
)

const table = "CREATE TABLE t (id VARCHAR(36) NOT NULL PRIMARY KEY, tenant_id VARCHAR(36) NOT NULL, v INT NOT NULL, pad VARCHAR(2000) NOT NULL, KEY (tenant_id)) COLLATE utf8mb4_unicode_ci;\n"

// statements is how many statements all clients run together.
func statements(t *testing.T) int64 {
	t.Helper()
	v := os.Getenv("STRESS_STATEMENTS")
	if v == "" {
		return 20000
	}
	n, err := strconv.ParseInt(v, 10, 64)
	require.NoError(t, err)
	return n
}

func tenant(i int) string { return fmt.Sprintf("tenant-%03d", i) }

func config(addr string) string {
	var b strings.Builder
	b.WriteString("version: 1\ndatabase: saas\nlisten: [{address: \"127.0.0.1:0\"}]\nschema: [t.sql]\n")
	b.WriteString("users: [{name: root, password: \"\", hosts: [127.0.0.0/8]}, {name: other, password: secret}]\ngroups:\n")
	for i := range 2 {
		fmt.Fprintf(&b, "  g%d: {primary: %q, user: root, password: \"\", tls: disabled, pool: {max: 12, wait: 30s}}\n", i, addr)
	}
	b.WriteString("databases:\n  app:\n    shards:\n")
	for i := range shards {
		fmt.Fprintf(&b, "      - {name: app-%d, group: g%d, schema: app_%d, slots: [%d-%d]}\n", i, i%2, i, i*4096/shards, (i+1)*4096/shards-1)
	}
	b.WriteString("    tables:\n      t: {kind: sharded, key: tenant_id}\nlimits: {slow: 0s}\n")
	return b.String()
}

// bed is Sluice in front of one server.
type bed struct {
	srv    *proxy.Server
	server *mysqltest.Server
	target diff.Target
	mode   string // sql_mode of a fresh session
}

func start(t *testing.T) *bed {
	t.Helper()
	s := mysqltest.Start(t, mysqltest.Options{Flags: []string{"--skip-log-bin", "--innodb-flush-log-at-trx-commit=0"}})
	for i := range shards {
		name := fmt.Sprintf("app_%d", i)
		require.NoError(t, s.Exec(t.Context(), "CREATE DATABASE "+name, "USE "+name+"; "+table))
	}
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "t.sql"), []byte(table), 0o600))
	file := filepath.Join(dir, "sluice.yaml")
	require.NoError(t, os.WriteFile(file, []byte(config(s.Addr())), 0o600))
	c, problems := conf.Load(file)
	require.NoError(t, problems.Err())
	srv, err := proxy.NewServer(context.Background(), c, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	require.NoError(t, srv.Listen())
	b := &bed{srv: srv, server: s, target: diff.Target{Name: "Sluice", Addr: srv.Addrs()[0].String(), User: "root", Database: "app"}}
	b.ask(t, "SELECT @@sql_mode", &b.mode)
	return b
}

func TestNobodySeesAnothersRowsOrSettings(t *testing.T) {
	b := start(t)
	left := &atomic.Int64{}
	left.Store(statements(t))
	total, half := left.Load(), uint64(0)
	ids := &idList{}
	var wg sync.WaitGroup
	for i := range clients {
		wg.Go(func() {
			c := &client{bed: b, n: i, left: left, ids: ids, rnd: rand.New(rand.NewPCG(1, uint64(i)))}
			if err := c.live(); err != nil {
				t.Errorf("client %d: %v", i, err)
			}
		})
	}
	done := make(chan struct{})
	go func() { wg.Wait(); close(done) }()
	kills := make(chan int, 1)
	go func() { kills <- b.killThreads(t, done) }()
	for running := true; running; {
		select {
		case <-done:
			running = false
		case <-time.After(50 * time.Millisecond):
			if half == 0 && left.Load() < total/2 {
				half = heap()
			}
		}
	}
	killed := <-kills
	require.Eventually(t, func() bool {
		for _, s := range b.srv.Pools() {
			if s.Lent != 0 || s.Waiting != 0 {
				return false
			}
		}
		return true
	}, 10*time.Second, 20*time.Millisecond, "connections are still lent: %+v", b.srv.Pools())
	end := heap()
	require.Less(t, end, half+64<<20, "memory grew from %d MiB to %d MiB", half>>20, end>>20)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	b.srv.Shutdown(ctx)
	require.Eventually(t, func() bool { return len(ours()) == 0 }, 5*time.Second, 20*time.Millisecond, "goroutines left: %v", ours())
	require.Eventually(t, func() bool { return b.threads(t) == 0 }, 5*time.Second, 20*time.Millisecond, "connections left on the server")
	t.Logf("%d statements, %d server threads killed, heap %d MiB at half and %d MiB at the end", total, killed, half>>20, end>>20)
}

// theirs selects the threads on the server that are not ours.
const theirs = " FROM information_schema.processlist WHERE user = 'root' AND id <> CONNECTION_ID()"

// killThreads kills a random connection of Sluice's on the server now and then, and
// returns how many it has killed.
func (b *bed) killThreads(t *testing.T, done <-chan struct{}) (killed int) {
	db, err := b.server.DB("")
	if err != nil {
		t.Error(err)
		return 0
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	for {
		select {
		case <-done:
			return killed
		case <-time.After(time.Duration(20+rand.IntN(80)) * time.Millisecond):
		}
		var id int
		if err := db.QueryRow("SELECT id" + theirs + " ORDER BY RAND() LIMIT 1").Scan(&id); err != nil {
			continue // there is none at the moment
		}
		if _, err := db.Exec(fmt.Sprintf("KILL CONNECTION %d", id)); err == nil {
			killed++
		}
	}
}

// threads is how many connections others than this test itself have on the server.
func (b *bed) threads(t *testing.T) (n int) {
	b.ask(t, "SELECT COUNT(*)"+theirs, &n)
	return n
}

// ask puts a question with one answer to the server itself.
func (b *bed) ask(t *testing.T, sql string, answer any) {
	t.Helper()
	db, err := b.server.DB("")
	require.NoError(t, err)
	defer db.Close()
	require.NoError(t, db.QueryRow(sql).Scan(answer))
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// ours lists the goroutines that are in code of the proxy or the pool.
func ours() []string {
	buf := make([]byte, 8<<20)
	buf = buf[:runtime.Stack(buf, true)]
	var out []string
	for _, g := range strings.Split(string(buf), "\n\n") {
		if strings.Contains(g, "sluice/proxy.") || strings.Contains(g, "sluice/pool.") {
			out = append(out, g)
		}
	}
	return out
}

// idList holds connection ids that may be killed.
type idList struct {
	mu  sync.Mutex
	ids [64]string
}

func (l *idList) put(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ids[rand.IntN(len(l.ids))] = id
}

func (l *idList) any() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.ids[rand.IntN(len(l.ids))]
}

// errWrong is what must never happen.
var errWrong = errors.New("WRONG")

func wrong(format string, args ...any) error {
	return fmt.Errorf("%w: %s", errWrong, fmt.Sprintf(format, args...))
}

// client is one client with its own tenant, rows and settings.
type client struct {
	*bed
	n     int
	left  *atomic.Int64
	ids   *idList
	rnd   *rand.Rand
	conn  *diff.Conn
	zone  string
	mode  string
	value int // of @me
	txn   bool
}

// live runs until all statements are used up. Connections that are lost or killed are
// replaced; only wrong answers end it with an error.
func (c *client) live() error {
	for c.left.Load() > 0 {
		err := c.session()
		if c.conn != nil {
			_ = c.conn.Close()
			c.conn = nil
		}
		if errors.Is(err, errWrong) {
			return err
		}
	}
	return nil
}

func (c *client) session() (err error) {
	if c.conn, err = diff.Connect(c.target, wire.ClientMultiStatements); err != nil {
		time.Sleep(10 * time.Millisecond)
		return err
	}
	c.txn = false
	if err := c.settle(); err != nil {
		return err
	}
	for c.left.Load() > 0 {
		act := actions[c.rnd.IntN(len(actions))]
		if err := act(c); err != nil {
			var e *wire.Error
			if !errors.As(err, &e) || errors.Is(err, errWrong) {
				return err
			}
			if !expected(e) {
				return wrong("unexpected %v", e)
			}
			if err := c.recover(); err != nil {
				return err
			}
		}
	}
	return nil
}

// expected are the errors that the others, or the client itself, cause on purpose.
func expected(e *wire.Error) bool {
	switch e.Number {
	case 1317, 3024, 1064, 1062, 1205, 1213, 1094, 1095, 1053, 1040, 1429:
		return true
	}
	return false
}

// recover leaves a transaction that an error may have left open.
func (c *client) recover() error {
	c.txn = false
	_, err := c.query("ROLLBACK")
	var e *wire.Error
	if errors.As(err, &e) && e.Number == 1317 {
		_, err = c.query("ROLLBACK")
	}
	return err
}

func (c *client) query(sql string) ([]diff.Answer, error) {
	c.left.Add(-1)
	return c.conn.Query(sql)
}

// one runs a statement with one row.
func (c *client) one(sql string) ([]string, error) {
	a, err := c.query(sql)
	if err != nil {
		return nil, err
	}
	if len(a) != 1 || len(a[0].Rows) != 1 {
		return nil, wrong("%s: %d results", sql, len(a))
	}
	return a[0].Rows[0], nil
}

// settle gives the session its settings and its rows.
func (c *client) settle() error {
	c.zone = fmt.Sprintf("+%02d:%02d", c.n%14, c.n%60)
	c.mode = []string{"STRICT_TRANS_TABLES", "ANSI_QUOTES", "NO_ZERO_DATE", ""}[c.n%4]
	c.value = c.rnd.IntN(1 << 30)
	if _, err := c.query(fmt.Sprintf("SET time_zone = '%s', sql_mode = '%s', @me = %d", c.zone, c.mode, c.value)); err != nil {
		return err
	}
	if _, err := c.query(fmt.Sprintf("DELETE FROM t WHERE tenant_id = '%s'", tenant(c.n))); err != nil {
		return err
	}
	var b strings.Builder
	for i := range rows {
		fmt.Fprintf(&b, ",('%s-%d','%s',%d,REPEAT('p', 2000))", tenant(c.n), i, tenant(c.n), c.n)
	}
	_, err := c.query("INSERT INTO t (id, tenant_id, v, pad) VALUES " + b.String()[1:])
	return err
}

// actions are what a client does, each as often as it stands here.
var actions = []func(*client) error{
	(*client).readRows, (*client).readRows, (*client).readRows, (*client).readPrepared, (*client).readPrepared,
	(*client).checkSettings, (*client).checkSettings, (*client).changeSettings, (*client).transaction, (*client).transaction,
	(*client).insertID, (*client).several, (*client).mistake, (*client).timeLimit, (*client).halfRead, (*client).leave,
	(*client).garbage, (*client).kill, (*client).reset, (*client).byID,
	(*client).changeUser,
}

// own checks that every row is the client's.
func (c *client) own(a diff.Answer) error {
	for _, r := range a.Rows {
		if r[0] != tenant(c.n) || !strings.HasSuffix(r[1], strconv.Itoa(c.n)) {
			return wrong("row of %s, v %s, in the session of %s", r[0], r[1], tenant(c.n))
		}
	}
	return nil
}

func (c *client) readRows() error {
	a, err := c.query("SELECT tenant_id, v, pad FROM t WHERE tenant_id = '" + tenant(c.n) + "'")
	if err != nil {
		return err
	}
	if len(a) != 1 || len(a[0].Rows) != rows {
		return wrong("%d results, %d rows", len(a), len(a[0].Rows))
	}
	return c.own(a[0])
}

func (c *client) readPrepared() error {
	c.left.Add(-1)
	st, err := c.conn.Prepare("SELECT tenant_id, CAST(v AS CHAR) FROM t WHERE tenant_id = ?")
	if err != nil {
		return err
	}
	params, err := diff.Params("'" + tenant(c.n) + "'")
	if err != nil {
		return err
	}
	a, err := c.conn.Execute(st, params, nil)
	if err != nil {
		return errors.Join(err, c.conn.Release(st))
	}
	if err := c.own(a[0]); err != nil {
		return err
	}
	return c.conn.Release(st)
}

func (c *client) byID() error {
	a, err := c.query(fmt.Sprintf("SELECT tenant_id, v FROM t WHERE id = '%s-%d'", tenant(c.n), c.rnd.IntN(rows)))
	if err != nil {
		return err
	}
	if len(a[0].Rows) != 1 {
		return wrong("%d rows by id", len(a[0].Rows))
	}
	return c.own(a[0])
}

func (c *client) checkSettings() error {
	r, err := c.one("SELECT @@time_zone, @@sql_mode, @me, DATABASE(), CONNECTION_ID()")
	if err != nil {
		return err
	}
	c.ids.put(r[4])
	if r[0] != c.zone || r[1] != c.mode || r[2] != strconv.Itoa(c.value) || r[3] != "app" {
		return wrong("settings %v, want %s %s %d", r, c.zone, c.mode, c.value)
	}
	return nil
}

func (c *client) changeSettings() error {
	zone, value := fmt.Sprintf("-%02d:%02d", c.rnd.IntN(12), 1+c.rnd.IntN(59)), c.rnd.IntN(1<<30)
	if _, err := c.query("SET time_zone = '" + zone + "'"); err != nil {
		return err
	}
	c.zone = zone
	if _, err := c.query(fmt.Sprintf("SET @me = %d", value)); err != nil {
		return err
	}
	c.value = value
	return c.checkSettings()
}

func (c *client) transaction() error {
	for _, q := range []string{"BEGIN", fmt.Sprintf("UPDATE t SET v = v + 1000000 WHERE tenant_id = '%s'", tenant(c.n))} {
		if _, err := c.query(q); err != nil {
			return err
		}
	}
	r, err := c.one("SELECT COUNT(*), MIN(v) FROM t WHERE tenant_id = '" + tenant(c.n) + "'")
	if err != nil {
		return err
	}
	if r[0] != strconv.Itoa(rows) || r[1] != strconv.Itoa(1000000+c.n) {
		return wrong("inside the transaction: %v", r)
	}
	if _, err := c.query("ROLLBACK"); err != nil {
		return err
	}
	if r, err = c.one("SELECT MAX(v) FROM t WHERE tenant_id = '" + tenant(c.n) + "'"); err != nil {
		return err
	}
	if r[0] != strconv.Itoa(c.n) {
		return wrong("after the rollback: %v", r)
	}
	return nil
}

func (c *client) insertID() error {
	n := strconv.Itoa(c.rnd.IntN(1 << 30))
	if _, err := c.query("SELECT LAST_INSERT_ID(" + n + ")"); err != nil {
		return err
	}
	if err := c.readRows(); err != nil {
		return err
	}
	r, err := c.one("SELECT LAST_INSERT_ID()")
	if err != nil {
		return err
	}
	if r[0] != n {
		return wrong("LAST_INSERT_ID() is %s, want %s", r[0], n)
	}
	return nil
}

func (c *client) several() error {
	a, err := c.query("SELECT @me; SELECT tenant_id, v FROM t WHERE tenant_id = '" + tenant(c.n) + "'; SELECT @@time_zone")
	if err != nil {
		return err
	}
	if len(a) != 3 || a[0].Rows[0][0] != strconv.Itoa(c.value) || a[2].Rows[0][0] != c.zone {
		return wrong("several: %d results", len(a))
	}
	return c.own(a[1])
}

func (c *client) mistake() error {
	_, err := c.query("SELEC nonsense")
	var e *wire.Error
	switch {
	case err == nil:
		return wrong("nonsense was answered")
	case errors.As(err, &e) && e.Number == 1064:
		return c.checkSettings()
	}
	return err
}

func (c *client) timeLimit() error {
	if c.rnd.IntN(4) != 0 {
		return nil
	}
	if _, err := c.query("SET sluice_statement_time = 100"); err != nil {
		return err
	}
	a, err := c.query("SELECT SLEEP(3), COUNT(*) FROM t WHERE tenant_id = '" + tenant(c.n) + "'")
	if _, serr := c.query("SET sluice_statement_time = 0"); serr != nil {
		return serr
	}
	// A server that is told to stop may also let SLEEP return 1 and go on.
	if err == nil && a[0].Rows[0][0] != "1" {
		return wrong("the time limit did not end the statement: %v", a[0].Rows)
	}
	return err
}

// errLeft ends a session on purpose.
var errLeft = errors.New("left")

// halfRead asks for a large result and goes away in the middle of it.
func (c *client) halfRead() error {
	c.left.Add(-1)
	c.conn.WriteCommand(wire.ComQuery, []byte("SELECT a.pad, b.pad FROM t a JOIN t b ON b.tenant_id = a.tenant_id WHERE a.tenant_id = '"+tenant(c.n)+"'"))
	if err := c.conn.Flush(); err != nil {
		return err
	}
	if err := c.conn.Fill(20000); err != nil {
		return err
	}
	return errLeft
}

func (c *client) leave() error {
	if c.rnd.IntN(3) == 0 {
		_, _ = c.query("BEGIN")
		_, _ = c.query(fmt.Sprintf("UPDATE t SET v = -1 WHERE tenant_id = '%s'", tenant(c.n)))
	}
	return errLeft
}

// garbage sends what is no command.
func (c *client) garbage() error {
	if c.rnd.IntN(4) != 0 {
		return nil
	}
	b := make([]byte, 1+c.rnd.IntN(60))
	for i := range b {
		b[i] = byte(c.rnd.Uint32())
	}
	_, _ = c.conn.Net().Write(b)
	return errLeft
}

func (c *client) kill() error {
	id := c.ids.any()
	if id == "" || c.rnd.IntN(3) != 0 {
		return nil
	}
	word := "KILL QUERY "
	if c.rnd.IntN(2) == 0 {
		word = "KILL "
	}
	_, err := c.query(word + id)
	return err
}

func (c *client) reset() error {
	c.left.Add(-1)
	c.conn.WriteCommand(wire.ComResetConnection)
	if _, err := c.reply(); err != nil {
		return halfWay(err)
	}
	if err := c.fresh("root"); err != nil {
		return halfWay(err)
	}
	return halfWay(c.settle())
}

// changeUser becomes another user, in the middle of a transaction, and comes back.
func (c *client) changeUser() error {
	if _, err := c.query("BEGIN"); err != nil {
		return err
	}
	if _, err := c.query(fmt.Sprintf("UPDATE t SET v = -2 WHERE tenant_id = '%s'", tenant(c.n))); err != nil {
		return err
	}
	if err := c.become("other", "secret"); err != nil {
		return halfWay(err)
	}
	if err := c.readRows(); err != nil { // the update is rolled back
		return halfWay(err)
	}
	if _, err := c.query("SET time_zone = '+03:33', @me = 'other'"); err != nil {
		return halfWay(err)
	}
	if err := c.become("root", ""); err != nil {
		return halfWay(err)
	}
	return halfWay(c.settle())
}

// become sends COM_CHANGE_USER and checks that the session is a new one.
func (c *client) become(user, password string) error {
	c.left.Add(-1)
	b := append(append([]byte(user), 0, 0), "app\x00"...) // no proof: Sluice asks with a nonce of its own
	b = wire.AppendUint16(b, wire.CollationUTF8MB4)
	c.conn.WriteCommand(wire.ComChangeUser, append(append(b, wire.PluginSHA2...), 0))
	p, err := c.reply()
	if err != nil {
		return err
	}
	_, nonce, err := wire.ParseAuthSwitch(p)
	if err != nil {
		return wrong("after COM_CHANGE_USER: %x: %v", p, err)
	}
	c.conn.WritePacket(wire.SHA2Scramble([]byte(password), nonce))
	if p, err = c.reply(); err == nil && p[0] == wire.HeaderAuthMore {
		p, err = c.reply()
	}
	if err != nil {
		return err
	}
	if ok, err := wire.ParseOK(p, false); err != nil || ok.Status&wire.StatusInTrans != 0 {
		return wrong("COM_CHANGE_USER ends with %x: %v", p, err)
	}
	return c.fresh(user)
}

// reply sends what is buffered and reads one packet; an ERR packet is a *wire.Error.
func (c *client) reply() ([]byte, error) {
	if err := c.conn.Flush(); err != nil {
		return nil, err
	}
	p, err := c.conn.ReadPacket()
	switch {
	case err != nil:
		return nil, err
	case len(p) == 0:
		return nil, wire.ErrMalformed
	case p[0] != wire.HeaderErr:
		return p, nil
	}
	e, err := wire.ParseError(p)
	if err != nil {
		return nil, err
	}
	return nil, e
}

// fresh checks that the session has nothing of the one before it.
func (c *client) fresh(user string) error {
	r, err := c.one("SELECT @me IS NULL, @@time_zone, @@sql_mode, LAST_INSERT_ID(), DATABASE(), SUBSTRING_INDEX(CURRENT_USER(), '@', 1)")
	if err != nil {
		return err
	}
	if want := []string{"1", "SYSTEM", c.bed.mode, "0", "app", user}; !slices.Equal(r, want) {
		return wrong("in a fresh session: %q, want %q", r, want)
	}
	return nil
}

// halfWay ends the session after an error that leaves it with some of its settings:
// which, the client does not know any more.
func halfWay(err error) error {
	var e *wire.Error
	switch {
	case err == nil, errors.Is(err, errWrong):
		return err
	case errors.As(err, &e) && !expected(e):
		return wrong("unexpected %v", e)
	}
	return errLeft
}

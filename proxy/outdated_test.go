package proxy_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/conf"
	"github.com/sluicedb/sluice/proxy"
	"github.com/sluicedb/sluice/test/diff"
	"github.com/sluicedb/sluice/test/redistest"
)

// outdated is what puts kept replies out of date beside writes of rows. Where it is lost
// the check must notice.
type outdated struct {
	loss   string // the cause that is lost
	before []string
	change []string
	ask    string
	want   string
}

const procedure = "CREATE PROCEDURE raise(IN tenant VARCHAR(36) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci) UPDATE t SET v = v + 1 WHERE tenant_id = tenant"

// definitions are statements after which a reply is another.
var definitions = map[string]outdated{
	"TRUNCATE":        {"definition", nil, []string{"TRUNCATE TABLE t"}, "SELECT COUNT(*) FROM t WHERE tenant_id = 'a'", "0"},
	"DROP and CREATE": {"definition", nil, []string{"DROP TABLE t", strings.TrimSuffix(tables, ";\n")}, "SELECT COUNT(*) FROM t WHERE tenant_id = 'a'", "0"},
	"ADD COLUMN":      {"definition", nil, []string{"ALTER TABLE t ADD COLUMN w INT NOT NULL DEFAULT 7 FIRST"}, "SELECT * FROM t WHERE tenant_id = 'a'", "7"},
	"MODIFY COLUMN":   {"definition", nil, []string{"ALTER TABLE t MODIFY v DECIMAL(5, 1) NOT NULL DEFAULT 0"}, "SELECT v FROM t WHERE tenant_id = 'a'", "1.0"},
	"CALL":            {"definition", nil, []string{"CALL raise('a')"}, "SELECT v FROM t WHERE tenant_id = 'a'", "2"},
}

// missed asks through one Sluice before and after a change through another, and returns
// what was answered instead of what it should be; empty: nothing.
func (o *outdated) missed(through, by *bed) string {
	through.Helper()
	c, other := through.connect(), by.connect()
	by.do(other, "DROP TABLE IF EXISTS t", tables, "INSERT INTO t (id, tenant_id, v) VALUES ('a1', 'a', 1)")
	through.used()
	ask := func() string { return strings.Split(through.cell(c, o.ask), " ")[0] }
	require.Eventually(through, func() bool { ask(); return through.hit(func() { ask() }) }, 20*time.Second, 20*time.Millisecond, "it is not kept")
	by.do(other, o.change...)
	if got := ask(); got != o.want {
		return got
	}
	return ""
}

// TestOutdated: definitions and calls put replies out of date, in this process and in
// others.
func TestOutdated(t *testing.T) {
	server, r := newServer(t), redistest.Start(t)
	for _, name := range []string{"app_0", "app_1"} {
		require.NoError(t, server.Exec(t.Context(), "USE "+name+"; "+procedure))
	}
	procedures := func(more string) string {
		return strings.Replace(config(server.Addr(), "127.0.0.1:0", "max: 5", more), "\npins:", "\n    procedures:\n      raise: {tenant_parameter: tenant}\npins:", 1)
	}
	start := func(more string) *bed {
		return startBed(t, server, tables+"DELIMITER //\n"+procedure+"\n//\n", procedures(more+"limits: {slow: 0s}\n"))
	}
	alone := start(keepAll)
	one, two := start(sharedConfig(r.Addr(), "p0", "class: hot")), start(sharedConfig(r.Addr(), "p1", "class: hot"))
	for name, o := range definitions {
		t.Run(name, func(t *testing.T) {
			for where, beds := range map[string][2]*bed{"alone": {alone, alone}, "two": {one, two}} {
				through, by := *beds[0], *beds[1]
				through.T, by.T = t, t
				require.Empty(t, o.missed(&through, &by), where)
				by.srv.Lose(o.loss)
				if where == "two" { // there is a second way by which it learns of definitions
					through.srv.Lose(o.loss)
				}
				lost := o.missed(&through, &by)
				by.srv.Lose()
				through.srv.Lose()
				require.NotEmpty(t, lost, "the check does not notice what is lost: %s", where)
			}
		})
	}
	t.Run("a reload", func(t *testing.T) {
		op := proxy.Operator{Server: alone.srv, Load: func() (*conf.Config, conf.Problems) { return conf.Load(alone.file) }}
		b := *alone
		b.T = t
		c := b.connect()
		b.do(c, "DROP TABLE IF EXISTS t", tables, "INSERT INTO t (id, tenant_id, v) VALUES ('a1', 'a', 1)")
		read := func() bool { return !b.hit(func() { b.do(c, ofA) }) }
		for _, lost := range []string{"", "reload"} {
			b.srv.Lose(lost)
			require.Eventually(t, func() bool { return !read() }, 10*time.Second, 10*time.Millisecond)
			require.NoError(t, op.Reload())
			require.Equal(t, lost == "", read(), "%q", lost)
		}
		b.srv.Lose()
		text, err := os.ReadFile(b.file)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(b.file, []byte(strings.Replace(string(text), "{class: hot}", "{class: hot, users: [app]}", 1)), 0o600))
		require.NoError(t, op.Reload())
		require.True(t, read())
		require.True(t, read(), "no rule fits any more")
	})
}

// TestKeptOverFailover: what one primary has answered does not answer for another, nor for
// itself after another has been primary: it may have lost what it had.
func TestKeptOverFailover(t *testing.T) {
	r := newTrio(t, ", failover: {own: true}")
	text, err := os.ReadFile(r.file)
	require.NoError(t, err)
	table := "CREATE TABLE t (id VARCHAR(36) PRIMARY KEY, tenant_id VARCHAR(36) NOT NULL, v INT NOT NULL DEFAULT 0) COLLATE utf8mb4_unicode_ci;"
	b := startBed(t, r.servers[0], table, string(text)+"reads: {consistency: strong}\n"+keepAll)
	op := proxy.Operator{Server: b.srv}
	c := b.connect()
	at := 0
	move := func(to int) {
		t.Helper()
		require.Eventually(t, func() bool { return op.SwitchOver("g0", r.servers[to].Addr(), 5*time.Second, false) == nil }, 30*time.Second, 500*time.Millisecond)
		at = to
	}
	value := func(c *diff.Conn) string { return b.cell(c, "SELECT v FROM t WHERE tenant_id = 'a'") }
	b.do(c, "REPLACE INTO t (id, tenant_id, v) VALUES ('a1', 'a', 1)")
	for i, lost := range []string{"", "failover"} {
		b.srv.Lose(lost)
		want := fmt.Sprint(10 * (i + 1))
		require.Equal(t, value(c), value(c))
		move(1 - at)
		time.Sleep(2 * time.Second) // the change is seen within a second
		db := r.servers[at].Open(t, "app_0")
		_, err := db.ExecContext(t.Context(), "UPDATE t SET v = ?", want) // as if the first had had another value, and lost it
		require.NoError(t, err)
		require.Equal(t, want, value(c), "the other primary")
		move(1 - at)
		time.Sleep(2 * time.Second)
		got := value(c)
		if lost == "" {
			require.Equal(t, want, got)
		} else {
			require.NotEqual(t, want, got, "the check does not notice what is lost")
		}
	}
}

package router

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/parser/value"
	"github.com/sluicedb/sluice/router/plan"
)

func dialect97() parser.Dialect { return parser.Dialect{Version: 90700} }

func scanned(t testing.TB, sql string) *parser.Scan {
	t.Helper()
	var s parser.Scan
	require.NoError(t, s.Run([]byte(sql), 0, dialect97()))
	return &s
}

func planned(t testing.TB, r *Router, sql string, env Env) plan.Node {
	t.Helper()
	env.Dialect = dialect97()
	stmt, err := parser.Parse([]byte(sql), env.Dialect)
	require.NoError(t, err)
	n, err := r.Plan(stmt, env)
	require.NoError(t, err)
	return n
}

// scanArgs are the arguments of a statement that was only scanned, as on the hot path.
type scanArgs struct {
	sql    []byte
	scan   *parser.Scan
	tenant value.Value
}

func (a *scanArgs) Literal(i int) value.Value {
	return parser.Literal(a.sql, a.scan.Literals[i], dialect97())
}
func (a *scanArgs) Param(int) value.Value { return value.Value{} }
func (a *scanArgs) Token(i int) (start, end int) {
	return a.scan.Tokens[i].Start, a.scan.Tokens[i].End
}
func (a *scanArgs) Session(plan.Func) string   { return "'s'" }
func (a *scanArgs) Constant(int) string        { return "NULL" }
func (a *scanArgs) UserVar(string) value.Value { return value.Value{} }
func (a *scanArgs) Tenant() value.Value        { return a.tenant }

// TestCacheServesOtherValues: one plan for all texts that differ in literals, white
// space and comments, also where the text is edited.
func TestCacheServesOtherValues(t *testing.T) {
	r, c := small(t), NewCache(0)
	env := Env{Database: "saas"}
	first := "select database(), u.id from core.users u where u.tenant_id = 't1' and u.age > 5"
	c.Keep(scanned(t, first), []byte(first), &env, planned(t, r, first, env))
	for _, tt := range []struct{ sql, shard, want string }{
		{"select database(), u.id from core.users u where u.tenant_id = 't2' and u.age > 5", "core-2",
			"select 's' AS `database()`, u.id from `core_2`.users u where u.tenant_id = 't2' and u.age > 5"},
		{"select  database(), u.id /* x */ from core . users u where u.tenant_id = 't3' and u.age > 123456", "core-3",
			"select  's' AS `database()`, u.id /* x */ from `core_3` . users u where u.tenant_id = 't3' and u.age > 123456"},
	} {
		s := scanned(t, tt.sql)
		n, ok := c.Find(s, &env, new(Familiar))
		require.True(t, ok, tt.sql)
		target, err := n.(*plan.Relay).Bind([]byte(tt.sql), &scanArgs{sql: []byte(tt.sql), scan: s})
		require.NoError(t, err)
		require.Equal(t, tt.shard, target.Shard.Name)
		require.Equal(t, tt.want, string(target.SQL))
	}
	require.Equal(t, CacheStats{Hits: 2, Plans: 1}, c.Stats())
}

// TestCacheKeepsSessionsApart: what else a plan depends on is part of its key.
func TestCacheKeepsSessionsApart(t *testing.T) {
	r, c := small(t), NewCache(0)
	sql := "select * from users where age = 3"
	env := Env{Database: "saas", Tenant: "t1"}
	c.Keep(scanned(t, sql), []byte(sql), &env, planned(t, r, sql, env))
	for _, other := range []Env{
		{Database: "core", Tenant: "t1"}, {Database: "saas"},
		{Database: "saas", Tenant: "t1", TenantOnly: true},
		{Database: "saas", Tenant: "t1", Charset: "gbk"},
		{Database: "saas", Tenant: "t1", Temporary: map[string]bool{"users": true}},
	} {
		_, ok := c.Find(scanned(t, sql), &other, new(Familiar))
		require.False(t, ok, other)
	}
	n, ok := c.Find(scanned(t, "select * from users where age = 4"), &Env{Database: "saas", Tenant: "t2"}, new(Familiar))
	require.True(t, ok, "another tenant shares the plan")
	// The session's tenant does not stand for a condition: other tenants share its shard.
	_, err := n.(*plan.Relay).Bind([]byte(sql), &scanArgs{scan: scanned(t, sql), tenant: value.Value{Kind: value.String, S: "t2"}})
	var refusal *plan.Refusal
	require.ErrorAs(t, err, &refusal)
	require.Equal(t, uint16(1235), refusal.Number)
}

// TestCacheDoesNotTrustHashes: a text with the hash of another is not found.
func TestCacheDoesNotTrustHashes(t *testing.T) {
	r, c := small(t), NewCache(0)
	env := Env{Database: "saas"}
	sql := "select * from users where tenant_id = 't1'"
	c.Keep(scanned(t, sql), []byte(sql), &env, planned(t, r, sql, env))
	forged := scanned(t, "delete from users")
	forged.Hash = scanned(t, sql).Hash
	_, ok := c.Find(forged, &env, new(Familiar))
	require.False(t, ok)
}

// TestFamiliar: a session finds its last plans by the shapes of their texts, and none that
// is of other rules or for another environment.
func TestFamiliar(t *testing.T) {
	r, c := small(t), NewCache(0)
	env := Env{Database: "saas", Dialect: dialect97()}
	texts := []string{
		"select * from users where tenant_id = 't1'", "update users set age = 1 where tenant_id = 't1'", "select id from users where tenant_id = 't1'",
		"select age from users where tenant_id = 't1'", "delete from users where tenant_id = 't1'",
	}
	var f Familiar
	var scan parser.Scan
	for _, sql := range texts {
		require.False(t, f.Read(&scan, []byte(sql), env.Dialect))
		c.Keep(scanned(t, sql), []byte(sql), &env, planned(t, r, sql, env))
		_, ok := c.Find(scanned(t, sql), &env, &f)
		require.True(t, ok)
	}
	for i, sql := range texts {
		other := strings.ReplaceAll(strings.ReplaceAll(sql, "'t1'", "'another'"), "= 1", "= 234")
		require.Equal(t, i > 0, f.Read(&scan, []byte(other), env.Dialect), "the first has made room: %s", sql)
		if i == 0 {
			continue
		}
		for range 2 {
			n, ok := c.Find(&scan, &env, &f)
			require.True(t, ok)
			target, err := n.(*plan.Relay).Bind([]byte(other), &scanArgs{sql: []byte(other), scan: &scan})
			require.NoError(t, err)
			require.Equal(t, "another", target.Why.Value.S)
		}
		elsewhere := env
		elsewhere.Database = "core"
		_, ok := c.Find(&scan, &elsewhere, &f)
		require.False(t, ok, "the same text in another database")
		elsewhere = env
		elsewhere.Temporary = map[string]bool{"users": true}
		_, ok = c.Find(&scan, &elsewhere, &f)
		require.False(t, ok, "a temporary table may hide the other")
		require.False(t, f.Read(&scan, []byte(sql), parser.Dialect{Version: 90700, Mode: parser.ANSIQuotes}))
	}
	require.True(t, f.Read(&scan, []byte(texts[4]), env.Dialect))
	require.NoError(t, scan.Run([]byte("select 1"), 0, env.Dialect))
	_, ok := c.Find(&scan, &env, &f)
	require.False(t, ok, "another text was read since")
	require.True(t, f.Read(&scan, []byte(texts[4]), env.Dialect))
	_, ok = NewCache(0).Find(&scan, &env, &f)
	require.False(t, ok, "the plan was of other rules")
	require.False(t, f.Read(&scan, []byte(texts[4]), env.Dialect), "and is let go")
}

func TestCacheIsBounded(t *testing.T) {
	r, c := small(t), NewCache(64)
	env := Env{Database: "saas"}
	n := planned(t, r, "select 1", env)
	for i := range 5000 {
		sql := fmt.Sprintf("select c%d", i)
		c.Keep(scanned(t, sql), []byte(sql), &env, n)
	}
	require.LessOrEqual(t, c.Stats().Plans, 64)
}

func TestLocator(t *testing.T) {
	r := small(t)
	l := NewLocator(64)
	users, _ := r.Rules().Table("users")
	core1, _ := r.Rules().Shard("core-1")
	v := value.Value{Kind: value.String, S: "u1"}
	_, ok := l.Guess(users, "id", v)
	require.False(t, ok)
	l.Learn(users, "id", v, core1)
	s, ok := l.Guess(users, "id", v)
	require.True(t, ok)
	require.Same(t, core1, s)
	l.Forget(users, "id", v)
	_, ok = l.Guess(users, "id", v)
	require.False(t, ok)
	for i := range 10000 {
		l.Learn(users, "id", value.Value{Kind: value.Int, I: int64(i)}, core1)
	}
	require.LessOrEqual(t, l.Stats().Rows, 64)
}

// TestLocatorKeepsWhatIsUsed: entries that are asked for survive a flood of others.
func TestLocatorKeepsWhatIsUsed(t *testing.T) {
	r := small(t)
	l := NewLocator(32 * 8)
	users, _ := r.Rules().Table("users")
	core1, _ := r.Rules().Shard("core-1")
	hot := value.Value{Kind: value.String, S: "hot"}
	l.Learn(users, "id", hot, core1)
	for i := range 5000 {
		l.Learn(users, "id", value.Value{Kind: value.Int, I: int64(i)}, core1)
		_, ok := l.Guess(users, "id", hot)
		require.True(t, ok)
	}
}

func TestLocatorConcurrently(t *testing.T) {
	r := small(t)
	l := NewLocator(100)
	users, _ := r.Rules().Table("users")
	core1, _ := r.Rules().Shard("core-1")
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := range 2000 {
				v := value.Value{Kind: value.Int, I: int64(i % 300)}
				l.Learn(users, "id", v, core1)
				l.Guess(users, "id", v)
				if g == 0 {
					l.Forget(users, "id", v)
				}
			}
		})
	}
	wg.Wait()
	require.LessOrEqual(t, l.Stats().Rows, 128)
}

// benchArgs have their values decoded already, as a prepared statement's parameters.
type benchArgs struct{ v value.Value }

func (a *benchArgs) Literal(int) value.Value    { return a.v }
func (a *benchArgs) Param(int) value.Value      { return a.v }
func (a *benchArgs) Token(int) (start, end int) { return 0, 0 }
func (a *benchArgs) Session(plan.Func) string   { return "" }
func (a *benchArgs) Constant(int) string        { return "NULL" }
func (a *benchArgs) UserVar(string) value.Value { return value.Value{} }
func (a *benchArgs) Tenant() value.Value        { return value.Value{} }

func BenchmarkBind(b *testing.B) {
	r := small(b)
	for name, sql := range map[string]string{
		"point": "select * from users where tenant_id = 't1' and id = 'u1'",
		"join":  "select * from users u join user_roles r on r.tenant_id = u.tenant_id where u.tenant_id = 't1'",
		"two":   "select * from users u join user_roles r where r.tenant_id = 't1' and u.tenant_id = 't1'",
	} {
		p := planned(b, r, sql, Env{Database: "saas"}).(*plan.Relay)
		args := &benchArgs{v: value.Value{Kind: value.String, S: "tenant-4711"}}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := p.Bind([]byte(nil), args); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkFind(b *testing.B) {
	r, c := small(b), NewCache(0)
	env := Env{Database: "saas"}
	sql := "select * from users where tenant_id = 't1' and id = 'u1'"
	s := scanned(b, sql)
	c.Keep(s, []byte(sql), &env, planned(b, r, sql, env))
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := c.Find(s, &env, new(Familiar)); !ok {
			b.Fatal("not found")
		}
	}
}

func BenchmarkPlan(b *testing.B) {
	r := small(b)
	sql := []byte("select * from users u join user_roles r on r.tenant_id = u.tenant_id where u.tenant_id = 't1'")
	b.ReportAllocs()
	for b.Loop() {
		stmt, err := parser.Parse(sql, dialect97())
		if err != nil {
			b.Fatal(err)
		}
		if _, err := r.Plan(stmt, Env{Database: "saas"}); err != nil {
			b.Fatal(err)
		}
	}
}

// TestBindDoesNotAllocate: the common statement has one key and no edits.
func TestBindDoesNotAllocate(t *testing.T) {
	r := small(t)
	p := planned(t, r, "select * from users where tenant_id = 't1' and id = 'u1'", Env{Database: "saas"}).(*plan.Relay)
	args := &benchArgs{v: value.Value{Kind: value.String, S: "tenant-4711"}}
	require.Zero(t, testing.AllocsPerRun(100, func() {
		if _, err := p.Bind(nil, args); err != nil {
			t.Fatal(err)
		}
	}))
}

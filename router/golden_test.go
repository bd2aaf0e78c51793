package router

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/conf"
	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/parser/value"
	"github.com/sluicedb/sluice/router/plan"
	"github.com/sluicedb/sluice/rules"
)

var rewrite = flag.Bool("rewrite", false, "write what the plans are into the golden files")

// small returns a router for testdata/small.yaml.
func small(t testing.TB) *Router { return smallWith(t, Options{}) }

func smallWith(t testing.TB, o Options) *Router {
	t.Helper()
	schema := readScripts(t, "testdata/small.sql")
	for _, v := range schema.Views {
		require.NotEmpty(t, v.Definition)
	}
	c, problems := conf.Load("testdata/small.yaml")
	requireNoErrors(t, problems)
	r, problems := rules.Compile(c, schema)
	requireNoErrors(t, problems)
	return NewWith(r, schema, o)
}

func requireNoErrors(t testing.TB, problems conf.Problems) {
	t.Helper()
	for _, p := range problems {
		if p.Severity == conf.Error {
			t.Fatal(problems)
		}
	}
}

func readScripts(t testing.TB, files ...string) *rules.Schema {
	t.Helper()
	var scripts []Script
	for _, f := range files {
		text, err := os.ReadFile(f)
		require.NoError(t, err)
		scripts = append(scripts, Script{Name: filepath.Base(f), Text: text})
	}
	s, err := ReadSchema(scripts)
	require.NoError(t, err)
	return s
}

// goldenArgs are the arguments of a golden case: its literals, the parameters and
// the tenant that its head gives.
type goldenArgs struct {
	textArgs
	params []string
	tenant string
}

func (g goldenArgs) Literal(i int) value.Value {
	if g.s.Literals[i].Kind == parser.Param {
		n := 0
		for _, t := range g.s.Literals[:i] {
			if t.Kind == parser.Param {
				n++
			}
		}
		return g.Param(n)
	}
	return g.textArgs.Literal(i)
}

func (g goldenArgs) Param(i int) value.Value {
	if i >= len(g.params) {
		return value.Value{Kind: value.Other}
	}
	if g.params[i] == "NULL" {
		return value.Value{}
	}
	return value.Value{Kind: value.String, S: g.params[i]}
}

func (g goldenArgs) Constant(int) string        { return "NULL" }
func (g goldenArgs) UserVar(string) value.Value { return value.Value{Kind: value.String, S: "x"} }

func (g goldenArgs) Tenant() value.Value {
	if g.tenant == "" {
		return value.Value{}
	}
	return value.Value{Kind: value.String, S: g.tenant}
}

// TestPlans plans the statements of testdata/plans. A case is a comment, a line "plan"
// with settings (db=core tenant=t1 only params=a,b scatter), the statement, ---- and the plan:
//
//	# why the case exists
//	plan db=core
//	select 1
//	----
//	relay read
//	...
func TestPlans(t *testing.T) {
	files, err := filepath.Glob("testdata/plans/*.txt")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	r := small(t)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) { goldenFile(t, r, file) })
	}
}

func goldenFile(t *testing.T, r *Router, file string) {
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	var out strings.Builder
	for _, c := range splitCases(string(text)) {
		got := c.run(r)
		out.WriteString(c.head + c.sql + "\n----\n" + got + "\n")
		if !*rewrite && got != c.want {
			t.Errorf("%s%s\nwant:\n%s\ngot:\n%s", c.head, c.sql, c.want, got)
		}
	}
	if *rewrite {
		require.NoError(t, os.WriteFile(file, []byte(strings.TrimSuffix(out.String(), "\n")), 0o644))
	}
}

// goldenCase is one case of a golden file.
type goldenCase struct {
	head     string // comment and "plan" line
	settings []string
	sql      string
	want     string
}

func splitCases(text string) []goldenCase {
	var out []goldenCase
	var c goldenCase
	state := 0 // 0 head, 1 sql, 2 want
	for _, line := range strings.SplitAfter(text, "\n") {
		starts := strings.HasPrefix(line, "#") || strings.HasPrefix(line, "plan")
		if state == 2 && starts {
			out = append(out, c.done())
			c, state = goldenCase{}, 0
		}
		switch {
		case state == 0:
			c.head += line
			if strings.HasPrefix(line, "plan") {
				c.settings, state = strings.Fields(line)[1:], 1
			}
		case state == 1 && strings.TrimSpace(line) == "----":
			state = 2
		case state == 1:
			c.sql += line
		default:
			c.want += line
		}
	}
	return append(out, c.done())
}

func (c goldenCase) done() goldenCase {
	c.sql = strings.TrimSuffix(c.sql, "\n")
	c.want = strings.TrimRight(c.want, "\n") + "\n"
	return c
}

// run plans and binds the case and prints both.
func (c goldenCase) run(r *Router) string {
	env := Env{Database: "saas", Dialect: parser.Dialect{Version: 90700}}
	args, scatters, wide := goldenArgs{}, false, false
	for _, s := range c.settings {
		key, val, _ := strings.Cut(s, "=")
		switch key {
		case "db":
			env.Database = val
		case "tenant":
			env.Tenant, args.tenant = val, val
		case "only":
			env.TenantOnly = true
		case "params":
			args.params = strings.Split(val, ",")
		case "scatter":
			scatters = true
		case "wide":
			wide = true
		case "version":
			version, err := strconv.Atoi(val)
			if err != nil {
				return err.Error()
			}
			env.Dialect.Version = version
		case "ansi":
			env.Dialect.Mode = parser.ANSIQuotes
		case "temp":
			env.Temporary = map[string]bool{val: true}
			env.Pinned = r.rules.Databases[0].Shards[1]
		}
	}
	stmt, err := parser.Parse([]byte(c.sql), env.Dialect)
	if err != nil {
		return "error 1064 (42000): " + err.Error() + "\n"
	}
	args.textArgs = textArgs{stmt}
	if scatters {
		return scattered(r, stmt, env, args)
	}
	node, err := r.Plan(stmt, env)
	if err != nil {
		return refusal(err)
	}
	text := plan.Text(node)
	if p, ok := node.(*plan.Relay); ok {
		if wide {
			return text + writePlan(r, p, env, args)
		}
		text += bound(p, stmt, args)
	}
	return text
}

// scattered plans a query for all its shards and shows what the first is asked.
func scattered(r *Router, stmt *parser.Statement, env Env, args plan.Args) string {
	sc, err := r.Scatter(stmt, env)
	if err != nil {
		return refusal(err)
	}
	b, err := sc.Bind(stmt.SQL, args, nil)
	if err != nil {
		return refusal(err)
	}
	return plan.Text(sc) + fmt.Sprintf("=> %d shards\n   %s\n", len(b.Parts), b.Parts[0].SQL)
}

// gathered shows what is copied for a query, and the text that the host runs.
func gathered(r *Router, env Env, args goldenArgs) string {
	g, err := r.Gather(args.s, env)
	if err != nil {
		return refusal(err)
	}
	some, err := g.Bind(args.s.SQL, args, plan.GatherOptions{})
	if err != nil {
		return refusal(err)
	}
	return plan.Text(g) + "=> " + some.Host.Name + "\n   " + string(some.SQL) + "\n" + copies(some)
}

// copies lists where rows are copied from.
func copies(g *plan.Gathering) (text string) {
	for i := range g.Copies {
		c := &g.Copies[i]
		for _, from := range c.From {
			text += "   copies from " + from.Name + ": " + c.Name + c.Where + c.Locks + "\n"
		}
	}
	return text
}

// writePlan shows what a statement on several shards becomes: a query copies, a write parts, or a rehearsal and the
// text that the host runs.
func writePlan(r *Router, p *plan.Relay, env Env, args goldenArgs) string {
	var refused *plan.Refusal
	if _, err := p.Bind(args.s.SQL, args); !errors.As(err, &refused) || !refused.Wide {
		return fmt.Sprintf("not on several shards: %v\n", err)
	}
	if p.Class == plan.Read {
		return gathered(r, env, args)
	}
	split, err := r.Split(args.s, env)
	if err == nil {
		parts, err := split.Bind(args.s.SQL, args, plan.GatherOptions{}, false)
		if err != nil {
			return refusal(err)
		}
		text := plan.Text(split)
		for i := range parts {
			text += "=> " + parts[i].Shard.Name + "\n"
		}
		return text
	}
	rehearsal, err := r.Rehearse(args.s, env)
	if err != nil {
		return refusal(err)
	}
	some, _, err := rehearsal.Bind(args.s.SQL, args, plan.GatherOptions{})
	if err != nil {
		return refusal(err)
	}
	text := plan.Text(rehearsal) + "=> " + some.Host.Name + "\n   " + string(some.SQL) + "\n"
	text += copies(some)
	if rehearsal.Rows != nil {
		head, tail, _ := rehearsal.Around(args.s.SQL, args, rehearsal.Rows.Database.Shards[0], 3)
		text += "   then " + string(head) + "(..)" + string(tail) + "\n"
	}
	return text
}

func refusal(err error) string {
	if e, ok := errors.AsType[*plan.Refusal](err); ok {
		return fmt.Sprintf("error %d (%s): %s\n", e.Number, e.State, e)
	}
	return "unexpected error: " + err.Error() + "\n"
}

func bound(p *plan.Relay, stmt *parser.Statement, args plan.Args) string {
	target, err := p.Bind(stmt.SQL, args)
	if err != nil {
		return refusal(err)
	}
	if target.Locate != nil {
		return locating(p, stmt, args, target)
	}
	return landed(target)
}

func landed(t plan.Target) string {
	s := "=> " + t.Shard.Name + ": " + t.Why.String() + "\n"
	if t.Free {
		s = "=> " + t.Shard.Name + " or another: " + t.Why.String() + "\n"
	}
	if t.SQL != nil {
		s += "   " + string(t.SQL) + "\n"
	}
	return s
}

// locating shows the question and what follows when the last candidate answers.
func locating(p *plan.Relay, stmt *parser.Statement, args plan.Args, target plan.Target) string {
	l := target.Locate
	var names []string
	for _, s := range l.Candidates {
		names = append(names, s.Name)
	}
	last := l.Candidates[len(l.Candidates)-1]
	out := fmt.Sprintf("=> ask %s (proof %d)\n   %s\n", strings.Join(names, " "), l.Proof, l.Probe(last))
	answer, err := p.BindTo(stmt.SQL, args, last)
	if err != nil {
		return out + "   found on " + last.Name + " " + refusal(err)
	}
	return out + landed(answer)
}

// TestGoldenFilesAreMany keeps the number of planned statements from shrinking.
func TestGoldenFilesAreMany(t *testing.T) {
	files, err := filepath.Glob("testdata/plans/*.txt")
	require.NoError(t, err)
	n := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		n += len(splitCases(string(text)))
	}
	require.GreaterOrEqual(t, n, 150)
	require.True(t, slices.IsSorted(files))
}

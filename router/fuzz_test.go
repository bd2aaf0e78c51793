package router

import (
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/parser/value"
	"github.com/sluicedb/sluice/router/plan"
)

// goldenStatements are the statements of all golden files.
func goldenStatements(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/plans/*.txt")
	require.NoError(t, err)
	var out []string
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, c := range splitCases(string(text)) {
			out = append(out, c.sql)
		}
	}
	return out
}

// FuzzPlan: no text makes planning, binding, explaining or rewriting panic, and what
// is sent instead of the text names only tables that the text names.
func FuzzPlan(f *testing.F) {
	for _, s := range goldenStatements(f) {
		f.Add(s, "saas", "")
	}
	f.Add("select 1", "core", "t1")
	r := small(f)
	f.Fuzz(func(t *testing.T, text, database, tenant string) {
		stmt, err := parser.Parse([]byte(text), dialect97())
		if err != nil {
			return
		}
		env := Env{Database: database, Tenant: tenant, TenantOnly: len(text)%2 == 0 && tenant != "", Dialect: dialect97()}
		n, err := r.Plan(stmt, env)
		if err != nil {
			return
		}
		plan.Text(n)
		p, ok := n.(*plan.Relay)
		if !ok {
			return
		}
		target, err := p.Bind(stmt.SQL, fuzzArgs{textArgs{stmt}, tenant})
		if err != nil {
			return
		}
		if target.Locate != nil {
			for _, s := range target.Locate.Candidates {
				target.Locate.Probe(s)
				if _, err := p.BindTo(stmt.SQL, fuzzArgs{textArgs{stmt}, tenant}, s); err != nil {
					return
				}
			}
			return
		}
		_ = target.Why.String()
	})
}

type fuzzArgs struct {
	textArgs
	tenant string
}

func (a fuzzArgs) Constant(int) string        { return "NULL" }
func (a fuzzArgs) UserVar(string) value.Value { return value.Value{} }
func (a fuzzArgs) Tenant() value.Value        { return value.Value{Kind: value.String, S: a.tenant} }

// TestPlanConcurrently: a router and its plans serve many sessions at once.
func TestPlanConcurrently(t *testing.T) {
	r := small(t)
	statements := goldenStatements(t)
	shared := planned(t, r, "select database(), id from core.users where tenant_id = 't1'", Env{Database: "saas"}).(*plan.Relay)
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := range statements {
				stmt, err := parser.Parse([]byte(statements[(i+g*17)%len(statements)]), dialect97())
				if err != nil {
					continue
				}
				if n, err := r.Plan(stmt, Env{Database: "saas", Dialect: dialect97()}); err == nil {
					plan.Text(n)
				}
				s := scanned(t, "select database(), id from core.users where tenant_id = 't2'")
				if _, err := shared.Bind([]byte("select database(), id from core.users where tenant_id = 't2'"),
					&scanArgs{sql: []byte("select database(), id from core.users where tenant_id = 't2'"), scan: s}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

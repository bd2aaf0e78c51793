package schema_test

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/conf/schema"
)

func TestSplit(t *testing.T) {
	for _, c := range []struct {
		name, script string
		want         []string
	}{
		{"nothing", " \n-- only a comment", nil},
		{"two", "a;\nb ;", []string{"a", "b"}},
		{"no delimiter at the end", "a; b", []string{"a", "b"}},
		{"leading comments go", "-- x;\n# y\n/* z; */ a -- keep ; me\n b;", []string{"a -- keep ; me\n b"}},
		{"quotes", `a ';' "\";" ` + "`;\\`" + ` 'it''s;'; b`, []string{`a ';' "\";" ` + "`;\\`" + ` 'it''s;'`, "b"}},
		{"dashes without a space", "select 1--1; b", []string{"select 1--1", "b"}},
		{"version comments are code", "/*!80000 a; */ b", []string{"/*!80000 a", "*/ b"}},
		{"delimiter", "a;\nDELIMITER //\nbegin b; end\n//\ndelimiter ;\nc;", []string{"a", "begin b; end", "c"}},
		{"open quote", "a '; b", []string{"a '; b"}},
	} {
		t.Run(c.name, func(t *testing.T) { require.Equal(t, c.want, schema.Split(c.script)) })
	}
}

// kinds counts statements by what they create.
func kinds(t *testing.T, part schema.Part) map[string][]string {
	t.Helper()
	create := regexp.MustCompile(`^CREATE (TABLE|VIEW|PROCEDURE|EVENT) (\w+)`)
	out := map[string][]string{}
	for _, db := range schema.Databases() {
		statements, err := schema.Statements(db, part)
		require.NoError(t, err)
		for _, s := range statements {
			if m := create.FindStringSubmatch(s); m != nil {
				out[m[1]] = append(out[m[1]], m[2])
				continue
			}
			require.Regexp(t, `^(SET NAMES|SET time_zone|ALTER DATABASE) `, s)
		}
	}
	return out
}

func distinct(names []string) int {
	set := map[string]bool{}
	for _, n := range names {
		set[n] = true
	}
	return len(set)
}

func TestCounts(t *testing.T) {
	tables := kinds(t, schema.Tables)
	require.Len(t, tables["TABLE"], 98)
	require.Equal(t, 98, distinct(tables["TABLE"]))
	require.Len(t, tables, 1)

	programs := kinds(t, schema.Programs)
	require.Equal(t, 15, distinct(programs["VIEW"]))
	require.Len(t, programs["VIEW"], 15)
	// 19, and in each of the five databases with partitions the two that look after them.
	require.Len(t, programs["PROCEDURE"], 29)
	require.Equal(t, 21, distinct(programs["PROCEDURE"]))

	events := kinds(t, schema.Events)
	require.Equal(t, 17, distinct(events["EVENT"]))
	require.Len(t, events["EVENT"], 21)
}

func TestEventsAreCreatedDisabled(t *testing.T) {
	for _, db := range schema.Databases() {
		statements, err := schema.Statements(db, schema.Events)
		require.NoError(t, err)
		for _, s := range statements {
			if strings.HasPrefix(s, "CREATE EVENT") {
				require.Regexp(t, `(?s)\nDISABLE\nDO `, s)
			}
		}
	}
}

// The scripts must load into a schema of any name.
func TestNoScriptNamesADatabase(t *testing.T) {
	names, err := fs.Glob(schema.FS, "*.sql")
	require.NoError(t, err)
	require.Len(t, names, 18)
	for _, name := range names {
		script, err := fs.ReadFile(schema.FS, name)
		require.NoError(t, err)
		for _, db := range schema.Databases() {
			require.NotContains(t, string(script), db, name)
		}
		require.NotRegexp(t, `(?mi)^\s*USE\s`, string(script), name)
	}
}

// The procedures that look after partitions are the same everywhere.
func TestPartitionProceduresAreEqual(t *testing.T) {
	texts := map[string]map[string]bool{}
	for _, db := range schema.Databases() {
		statements, err := schema.Statements(db, schema.Programs)
		require.NoError(t, err)
		for _, s := range statements {
			if name, _, ok := strings.Cut(strings.TrimPrefix(s, "CREATE PROCEDURE "), "("); ok && strings.HasSuffix(name, "_partitions") {
				if texts[name] == nil {
					texts[name] = map[string]bool{}
				}
				texts[name][s] = true
			}
		}
	}
	require.Len(t, texts, 2)
	for name, versions := range texts {
		require.Len(t, versions, 1, name)
	}
}

type recorder struct {
	statements []string
	err        error
}

func (r *recorder) ExecContext(_ context.Context, query string, _ ...any) (sql.Result, error) {
	r.statements = append(r.statements, query)
	return nil, r.err
}

func TestLoad(t *testing.T) {
	var r recorder
	require.NoError(t, schema.Load(t.Context(), &r, "health_management"))
	tables, err := schema.Statements("health_management", schema.Tables)
	require.NoError(t, err)
	programs, err := schema.Statements("health_management", schema.Programs)
	require.NoError(t, err)
	require.Equal(t, append(tables, programs...), r.statements)

	stop := errors.New("stop")
	err = schema.Load(t.Context(), &recorder{err: stop}, "health_management", schema.Events)
	require.ErrorIs(t, err, stop)
	require.ErrorContains(t, err, "06-health-management.events.sql")

	require.ErrorContains(t, schema.Load(t.Context(), &r, "sakila"), `no database "sakila"`)
}

// Statements are never blank, and stand in the script as they are.
func FuzzSplit(f *testing.F) {
	f.Add("a; b")
	f.Add("-- c\nDELIMITER //\nx; y\n//")
	f.Add("'\\'; \"` /* ; */ # ;\n;")
	f.Fuzz(func(t *testing.T, script string) {
		for _, s := range schema.Split(script) {
			require.NotEmpty(t, strings.TrimSpace(s))
			require.Contains(t, script, s)
		}
	})
}

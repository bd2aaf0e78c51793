package parser

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestNames compares testdata/names.txt: a statement, then its names in text order.
// Where the tidb parser has a tree, both must know the same tables.
func TestNames(t *testing.T) {
	raw, err := os.ReadFile("testdata/names.txt")
	require.NoError(t, err)
	var out []string
	for block := range strings.SplitSeq(strings.TrimSpace(string(raw)), "\n\n") {
		lines := strings.Split(block, "\n")
		n := slices.IndexFunc(lines, func(l string) bool { return l == "----" })
		require.GreaterOrEqual(t, n, 1, block)
		sql := strings.Join(slices.DeleteFunc(slices.Clone(lines[:n]), func(l string) bool { return strings.HasPrefix(l, "#") }), "\n")
		s := parse(t, sql)
		got := printNames(s)
		if !*rewrite {
			require.Equal(t, strings.Join(lines[n+1:], "\n"), got, sql)
		}
		out = append(out, strings.TrimSpace(strings.Join(lines[:n+1], "\n")+"\n"+got))
		requireSameTables(t, s)
	}
	if *rewrite {
		require.NoError(t, os.WriteFile("testdata/names.txt", []byte(strings.Join(out, "\n\n")+"\n"), 0o644))
	}
}

func printNames(s *Statement) string {
	var out []string
	for _, n := range s.Names() {
		line := n.Role.String() + " "
		if n.Database >= 0 {
			line += s.DatabaseOf(n) + "|"
		}
		line += s.TableOf(n)
		if n.Column >= 0 {
			line += " ." + s.text(n.Column)
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

// requireSameTables compares the tables of the names with those of the tree.
func requireSameTables(t *testing.T, s *Statement) {
	t.Helper()
	if s.Tree == nil || s.Verb == Grant || s.Verb == Revoke || s.Verb == Show || s.Verb == Create && strings.Contains(strings.ToLower(string(s.SQL)), "procedure") {
		return // the parser's visitor does not show the names in these
	}
	var ours, theirs []string
	for _, n := range s.Names() {
		if n.Role == TableName || n.Role == TargetName {
			ours = append(ours, s.DatabaseOf(n)+"|"+s.TableOf(n))
		}
	}
	for _, r := range TableNames(s.Tree) {
		theirs = append(theirs, r.Schema+"|"+r.Table)
	}
	slices.Sort(ours)
	slices.Sort(theirs)
	require.Equal(t, slices.Compact(theirs), slices.Compact(ours), string(s.SQL))
}

func TestCTEs(t *testing.T) {
	named := func(sql string) []string {
		var out []string
		for _, c := range parse(t, sql).CTEs() {
			out = append(out, c.Name)
		}
		return out
	}
	require.Nil(t, named("select 1"))
	require.Equal(t, []string{"c", "d e"}, named("with recursive c (a, b) as (select 1, 2 from c), `d e` as (select (1)) select * from c"))
	require.Equal(t, []string{"c", "d"}, named("with c as (with d as (select 1) select * from d) select * from c with rollup"))
	require.Equal(t, []string{"c"}, named("with c as (select 1)"))
	c := parse(t, "with recursive c (a) as (select 1) select * from c").CTEs()[0]
	require.Equal(t, CTE{Name: "c", First: 2, Columns: 3, Open: 7, Close: 10, Recursive: true, End: 15}, c)
}

func TestCTEOf(t *testing.T) {
	for sql, want := range map[string]string{
		"with a as (select 1 from a) select * from a":                                       "a:table a:1",
		"with recursive a as (select 1 from a) select * from a":                             "a:2 a:2",
		"with a as (select 1), b as (with a as (select 2) select * from a) select * from a": "a:12 a:1",
		"select * from (with a as (select 1) select * from a) x, a":                         "a:5 a:table",
		"with a as (select 1) select * from d.a":                                            "a:table",
		"with a as (select 1 from b), b as (select 1) select * from b":                      "b:table b:10",
	} {
		s := parse(t, sql)
		var got []string
		for _, n := range s.Names() {
			place := "table"
			if c := s.CTEOf(s.CTEs(), n); c != nil {
				place = strconv.Itoa(c.First)
			}
			got = append(got, s.TableOf(n)+":"+place)
		}
		require.Equal(t, want, strings.Join(got, " "), sql)
	}
}

func TestTableNames(t *testing.T) {
	require.Nil(t, TableNames(nil))
	s := parse(t, "select * from a, B.c as d where exists (select 1 from `e f`)")
	require.Equal(t, []TableRef{{"", "a"}, {"B", "c"}, {"", "e f"}}, TableNames(s.Tree))
}

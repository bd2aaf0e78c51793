package diff

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/test/mysqltest"
)

// TestUndecided: one MySQL alone describes the same columns of the same statement in other
// ways where the statistics of its tables are others, because what goes through a temporary
// table is described as the column of that table. What files marked "any plan" leave out must
// cover all of these differences.
func TestUndecided(t *testing.T) {
	server := mysqltest.Start(t, mysqltest.Options{})
	c, err := Connect(Target{Name: "MySQL", Addr: server.Addr(), User: "root", Database: "mysql"}, 0)
	require.NoError(t, err)
	defer c.Close()
	f, err := Read("../corpus/shards/views_nested.sql")
	require.NoError(t, err)
	ask := func(sql string) []Answer {
		answers, err := c.Query(sql)
		require.NoError(t, err, sql)
		return answers
	}
	for _, name := range []string{"shop", "depot"} {
		ask("CREATE DATABASE " + name)
	}
	ask("USE shop")
	for _, sql := range f.Schema.Setup {
		ask(sql)
	}
	tables := ask("SELECT table_schema, table_name FROM information_schema.tables WHERE table_schema IN ('shop', 'depot') AND table_type = 'BASE TABLE'")[0].Rows
	first, flipped := map[int][]wire.Column{}, map[string]int{}
	for _, n := range []int{0, 1, 2, 5, 1000} {
		for _, table := range tables {
			ask(fmt.Sprintf("UPDATE mysql.innodb_table_stats SET n_rows = %d WHERE database_name = '%s' AND table_name = '%s'", n, table[0], table[1]))
			ask("FLUSH TABLE " + table[0] + "." + table[1])
			ask("USE shop")
			for i, s := range f.Steps {
				if s.Params != nil || s.Error != 0 || !query.MatchString(s.SQL) && !strings.HasPrefix(s.SQL, "USE") {
					continue
				}
				answers := ask(s.SQL)
				if !answers[0].Set {
					continue
				}
				if first[i] == nil {
					first[i] = answers[0].Columns
				}
				for k, a := range first[i] {
					b := answers[0].Columns[k]
					differences(flipped, a, b)
					a, b := undecided(a, b)
					require.Equal(t, fmt.Sprintf("%+v", a), fmt.Sprintf("%+v", b), s.SQL)
				}
			}
		}
	}
	for _, what := range []string{"schema", "table", "name", "type", "decimals", "flag 128", "flag 16384"} {
		require.Positive(t, flipped[what], what)
	}
}

// differences counts in what two descriptions of one column differ.
func differences(n map[string]int, a, b wire.Column) {
	count := func(what string, differs bool) {
		if differs {
			n[what]++
		}
	}
	count("schema", a.Schema != b.Schema)
	count("table", a.OrgTable != b.OrgTable)
	count("name", a.OrgName != b.OrgName)
	count("type", a.Type != b.Type)
	count("decimals", a.Decimals != b.Decimals)
	count("length", a.Length != b.Length)
	for bit := range 16 {
		count(fmt.Sprintf("flag %d", 1<<bit), (a.Flags^b.Flags)&(1<<bit) != 0)
	}
}

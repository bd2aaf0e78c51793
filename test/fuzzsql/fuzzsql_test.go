package fuzzsql

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/test/diff"
	"github.com/sluicedb/sluice/test/spread"
)

// perWorld is how many queries run on one schema.
const perWorld = 80

// TestQueries runs FUZZSQL_STATEMENTS random queries, or as many as fit into FUZZSQL_FOR,
// beginning with the schema of seed FUZZSQL_SEED, on a plain MySQL and through Sluice.
func TestQueries(t *testing.T) {
	f := &fuzz{refused: map[string]int{}, failed: map[uint16]int{}, shown: map[string]int{}, bed: spread.Start(t, 2), left: setting(t, "FUZZSQL_STATEMENTS", 640)}
	if text := os.Getenv("FUZZSQL_FOR"); text != "" {
		d, err := time.ParseDuration(text)
		require.NoError(t, err)
		f.until, f.left = time.Now().Add(d), 1<<40
	}
	for seed := setting(t, "FUZZSQL_SEED", 1); f.left > 0 && (f.until.IsZero() || time.Now().Before(f.until)); seed++ {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) { f.world(t, seed) })
	}
	t.Log(f.report())
	if os.Getenv("FUZZSQL_PLAIN_ONLY") == "" {
		require.Greater(t, f.equal*2, f.ran, "too much was refused or failed for the test to mean anything")
	}
}

// settings are those of a session, as SET takes them after others.
func (g *gen) settings() string {
	return g.pick("", "", "", ", time_zone = '+08:00'", ", time_zone = '-03:30', sql_mode = ''", ", collation_connection = utf8mb4_unicode_ci",
		", NAMES latin1", ", character_set_results = NULL", ", sql_mode = 'NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT,HIGH_NOT_PRECEDENCE,NO_UNSIGNED_SUBTRACTION'",
		", div_precision_increment = 8", ", group_concat_max_len = 20", ", lc_time_names = 'de_DE', sql_mode = 'PAD_CHAR_TO_FULL_LENGTH,ONLY_FULL_GROUP_BY'")
}

// otherWays makes MySQL read rows in other ways than usual. With FUZZSQL_PLAIN_ONLY set
// MySQL is compared with itself under this setting, which tests the queries.
const otherWays = ", optimizer_switch = 'hash_join=off,block_nested_loop=off,semijoin=off,materialization=off,index_condition_pushdown=off', sort_buffer_size = 32768"

func setting(t *testing.T, name string, otherwise int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	require.NoError(t, err)
	return n
}

// fuzz is a run over many schemas.
type fuzz struct {
	bed        *spread.Bed
	left       int
	until      time.Time
	ran, equal int
	mismatches int
	refused    map[string]int
	failed     map[uint16]int
	shown      map[string]int // differences, by what they are like
}

func (f *fuzz) report() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d queries: %d equal, %d different", f.ran, f.equal, f.mismatches)
	for _, what := range slices.Sorted(maps.Keys(f.shown)) {
		fmt.Fprintf(&b, "\n%6d different: %s", f.shown[what], strings.ReplaceAll(what, "\n", " "))
	}
	for _, n := range slices.Sorted(maps.Keys(f.failed)) {
		fmt.Fprintf(&b, "\n%6d failed on both with %d", f.failed[n], n)
	}
	for _, why := range slices.Sorted(maps.Keys(f.refused)) {
		fmt.Fprintf(&b, "\n%6d refused: %s", f.refused[why], why)
	}
	return b.String()
}

// world makes the schema of a seed and runs queries on it.
func (f *fuzz) world(t *testing.T, seed int) {
	g := &gen{Rand: rand.New(rand.NewPCG(uint64(seed), 3))}
	newWorld(g)
	l := spread.Layout{Shards: 1 + g.IntN(5), Apart: g.chance(50)}
	p := &pair{both: g.settings()}
	defer p.close()
	database := g.pick("alpha", "beta", spread.Logical)
	p.targets[0] = diff.Target{Name: "MySQL", Addr: f.bed.Plain(t, &g.Schema), User: "app", Database: database}
	p.targets[1] = p.targets[0]
	if os.Getenv("FUZZSQL_PLAIN_ONLY") != "" {
		p.second = otherWays
	} else {
		p.targets[1] = diff.Target{Name: "Sluice", Addr: f.bed.Sluice(t, &g.Schema, l), User: "app", Database: database}
	}
	for range min(perWorld, f.left) {
		f.left--
		f.one(t, g, p, fmt.Sprintf("FUZZSQL_SEED=%d, %d shards, apart %v, database %s%s", seed, l.Shards, l.Apart, database, p.both))
	}
}

// one runs one query.
func (f *fuzz) one(t *testing.T, g *gen, p *pair, where string) {
	q := g.statement()
	if g.chance(3) {
		g.wrong(q)
	}
	prepared := g.chance(30)
	f.ran++
	v := p.compare(q, prepared)
	switch {
	case v.refused != "":
		f.refused[v.refused]++
	case v.differs != "":
		f.mismatches++
		t.Fail()
		if f.shown[reason(v.differs)]++; f.shown[reason(v.differs)] > 3 {
			return // it is known by now
		}
		s := shrink(q, func(c *query) bool { return reason(p.compare(c, prepared).differs) == reason(v.differs) })
		t.Errorf("%s, prepared %v\n%s\nshrunk:  %s\nwritten: %s\n%s", where, prepared, p.compare(s, prepared).differs, s, q, g.tablesOf(s))
	case v.failed != 0:
		f.failed[v.failed]++
	default:
		f.equal++
	}
}

// tablesOf are the definitions of what a query names.
func (w *world) tablesOf(q *query) string {
	text := q.String()
	var out []string
	for _, s := range w.Setup {
		words := strings.Fields(s)
		if len(words) > 2 && words[0] == "CREATE" && (strings.Contains(text, "."+words[2]+" ") || strings.Contains(text, "."+"v_"+words[2]+" ")) {
			out = append(out, s)
		}
	}
	for _, p := range w.Tables {
		if strings.Contains(text, "."+p.Name+" ") {
			out = append(out, fmt.Sprintf("%s.%s is %s", p.Database, p.Name, p.Kind))
		}
	}
	return strings.Join(out, "\n")
}

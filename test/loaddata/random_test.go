package loaddata

import (
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/test/spread"
)

// wide has room for whatever stands in a random file; nothing is converted but its key.
const wide = `CREATE TABLE wide (tenant_id VARCHAR(6) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci DEFAULT NULL, a VARCHAR(40) CHARACTER SET latin1, b VARBINARY(60), c INT NOT NULL DEFAULT 7, d TEXT,
	n INT, UNIQUE KEY u (tenant_id, n))`

// TestRandom loads random files of random dialects on a plain MySQL and through Sluice:
// LOADDATA_FOR long (default 10s), beginning with seed LOADDATA_SEED.
func TestRandom(t *testing.T) {
	bed := spread.Start(t, 2)
	s := &spread.Schema{Setup: []string{wide}}
	require.NoError(t, s.Place("sharded", "shop.wide by tenant_id"))
	plain := bed.Plain(t, s)
	limit := 10 * time.Second
	if text := os.Getenv("LOADDATA_FOR"); text != "" {
		var err error
		limit, err = time.ParseDuration(text)
		require.NoError(t, err)
	}
	seed, _ := strconv.ParseUint(os.Getenv("LOADDATA_SEED"), 10, 64)
	for _, n := range []int{2, 4} {
		t.Run(fmt.Sprintf("%d shards", n), func(t *testing.T) {
			p := open(t, plain, bed.Sluice(t, s, spread.Layout{Shards: n}))
			p.wipe(t)
			p.random(t, seed+uint64(n)<<32, time.Now().Add(limit/2))
		})
	}
}

// random loads files until a time.
func (p *pair) random(t *testing.T, seed uint64, until time.Time) {
	ran, equal, refused := 0, 0, map[string]int{}
	for ; time.Now().Before(until) && !t.Failed(); seed++ {
		g := &gen{Rand: rand.New(rand.NewPCG(seed, 1))}
		_ = p.query("SET @t = _utf8mb4'x', @x = _utf8mb4'x'", nil) // what they were has a part in what they become
		sql := g.statement()
		file := g.file()
		if ran++; ran%20 == 1 {
			p.wipe(t)
		}
		for _, c := range p.conns {
			c.Packet = g.size
		}
		switch got := p.query(sql, file); {
		case strings.HasPrefix(got[1], "error 1235"):
			refused[number.ReplaceAllString(got[1][:min(len(got[1]), 100)], "n")]++
			p.wipe(t)
		case got[0] != got[1]:
			t.Errorf("seed %d: %s\nfile %q\nMySQL:\n%s\nSluice:\n%s", seed, sql, file, got[0], got[1])
		case strings.HasPrefix(got[0], "error 1262"): // a server reads on to the next row, and warns of it, too
			equal++
		case !p.sameRows(t):
			t.Errorf("seed %d: %s\nfile %q", seed, sql, file)
		default:
			equal++
		}
	}
	t.Logf("%d files, %d equal, refused: %v", ran, equal, refused)
	require.Greater(t, equal*2, ran)
}

var number = regexp.MustCompile(`\d+`)

// wipe empties the table.
func (p *pair) wipe(t testing.TB) {
	t.Helper()
	for i, c := range p.conns {
		_, err := c.Query("DELETE FROM wide")
		require.NoError(t, err, p.names[i])
	}
}

// sameRows compares the warnings and rows, those of every key by themselves: they must be
// on the shard where it is looked for.
func (p *pair) sameRows(t testing.TB) bool {
	t.Helper()
	if !p.same(t, "SHOW WARNINGS", nil) || !p.same(t, "SELECT tenant_id, HEX(tenant_id), HEX(a), HEX(b), c, HEX(d), n FROM wide ORDER BY 2, 3, 4, 5, 6, 7", nil) {
		return false
	}
	answers, err := p.conns[0].Query("SELECT DISTINCT HEX(tenant_id) FROM wide")
	require.NoError(t, err)
	for _, r := range answers[0].Rows {
		where := "tenant_id = _utf8mb4 x'" + r[0] + "'"
		if strings.HasPrefix(r[0], "\x00") {
			where = "tenant_id IS NULL"
		}
		if !p.same(t, "SELECT COUNT(*) FROM wide WHERE "+where, nil) {
			return false
		}
	}
	return true
}

// gen makes statements and files that fit, more or less.
type gen struct {
	*rand.Rand
	fieldEnd, quote, escape, start, end string
	charset                             string
	fields                              int
	size                                int
}

func (g *gen) pick(list ...string) string { return list[g.IntN(len(list))] }

func text(s string) string { return fmt.Sprintf("x'%x'", s) }

func (g *gen) statement() string {
	g.fieldEnd, g.quote, g.escape, g.start, g.end = "\t", "", `\`, "", "\n"
	g.size = 1 + g.IntN(40)
	var b strings.Builder
	b.WriteString("LOAD DATA LOCAL INFILE 'f' " + g.pick("", "", "", "REPLACE ", "IGNORE ") + "INTO TABLE wide")
	g.charset = g.pick("", "utf8mb4", "utf8mb4", "utf8mb3", "latin1", "binary", "gbk", "sjis", "big5", "cp1251")
	if g.charset != "" {
		b.WriteString(" CHARACTER SET " + g.charset)
	}
	if g.IntN(5) > 0 {
		g.fieldEnd = g.pick(",", ",", ";", "\t", "||", "aba", "xyq", "\\", "\"", "N", "n")
		b.WriteString(" FIELDS TERMINATED BY " + text(g.fieldEnd))
		if g.IntN(2) > 0 {
			g.quote = g.pick("\"", "\"", "'", "\\", "a", ",")
			b.WriteString(g.pick(" ", " OPTIONALLY ") + "ENCLOSED BY " + text(g.quote))
		}
		if g.IntN(3) == 0 {
			g.escape = g.pick("\\", "\"", "", "!", "n", ",")
			b.WriteString(" ESCAPED BY " + text(g.escape))
		}
	}
	if g.IntN(3) == 0 {
		b.WriteString(" LINES")
		if g.IntN(2) == 0 {
			g.start = g.pick(">", ">>x", "aab", "\"", ",")
			b.WriteString(" STARTING BY " + text(g.start))
		}
		g.end = g.pick("\n", "\r\n", "y", "#|#", "aa", ",", "\\", "\"", "")
		b.WriteString(" TERMINATED BY " + text(g.end))
	}
	if g.IntN(4) == 0 {
		fmt.Fprintf(&b, " IGNORE %d %s", g.IntN(4), g.pick("LINES", "ROWS"))
	}
	// A session cannot go on with a variable whose text is none in its character set.
	columns := []string{"", "(tenant_id, a)", "(a, tenant_id, n)", "(n, b, tenant_id)", "(tenant_id)", "(n, tenant_id, c)"}
	counts := []int{6, 2, 3, 3, 1, 3}
	if !slices.Contains([]string{"gbk", "sjis", "big5"}, g.charset) {
		columns = append(columns, "(@x, tenant_id, @x, d)", "(b, @t, n) SET tenant_id = @t", "(@t, a, n) SET tenant_id = @t, c = n + 1", "(c, @t, @t) SET b = @t, tenant_id = @t")
		counts = append(counts, 4, 3, 3, 3)
	}
	i := g.IntN(len(columns))
	g.fields = counts[i]
	b.WriteString(" " + columns[i])
	return b.String()
}

// file makes records of what the statement says, and mistakes.
func (g *gen) file() []byte {
	var b []byte
	for range g.IntN(14) {
		if g.IntN(5) > 0 {
			b = append(b, g.start...)
		}
		for i := range g.fields + []int{0, 0, 0, 0, -1, 1}[g.IntN(6)] {
			if i > 0 {
				b = append(b, g.fieldEnd...)
			}
			b = append(b, g.field()...)
		}
		b = append(b, g.end...)
	}
	if g.IntN(4) == 0 && len(b) > 0 {
		b = b[:len(b)-g.IntN(min(len(b), 4))]
	}
	return b
}

func (g *gen) field() string {
	s := g.word()
	if g.IntN(3) == 0 {
		q := g.quote
		s = q + s + g.word() + q
	}
	if g.IntN(30) == 0 {
		s += g.quote
	}
	return s
}

// word is a value, or a piece of one that means something to the reader.
func (g *gen) word() string {
	switch g.IntN(12) {
	case 0:
		return g.escape + g.pick("N", "n", "0", "Z", "t", g.escape, g.quote, g.fieldEnd, g.end, "\x81", "é")
	case 1:
		return g.pick("NULL", "null", "", " ", "0")
	case 2:
		return g.pick("é", "中", "😀", "ß", "\xe9", "\x81\x5c", "\x81", "\xd6\xd0", "\xc3", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\x83\x5c", "\xa4\x5c")
	case 3:
		return g.pick(g.fieldEnd, g.end, g.quote, g.escape, g.start)
	case 4:
		return g.quote + g.quote
	case 5, 6, 7:
		return strconv.Itoa(g.IntN(9))
	}
	return g.pick("a", "b", "c", "A", "ab", "x", "y", "xy", "t1", "t2", "t3", "abcdefghij")
}

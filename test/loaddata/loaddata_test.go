package loaddata

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/test/diff"
	"github.com/sluicedb/sluice/test/spread"
)

// tables are loaded by the tests.
var tables = []string{
	`CREATE TABLE people (
		id INT NOT NULL, tenant_id VARCHAR(8) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci NOT NULL, name VARCHAR(20), age TINYINT UNSIGNED, born DATE, score DECIMAL(6,2) NOT NULL DEFAULT 1.5, mood ENUM('good','bad'),
		PRIMARY KEY (tenant_id, id), UNIQUE KEY uk_name (tenant_id, name), CHECK (age <> 13))`,
	`CREATE TABLE codes (code CHAR(4) PRIMARY KEY, meaning VARCHAR(30) CHARACTER SET latin1)`,
}

// counted has a number as its key. All keys of one Sluice are of one type.
const counted = `CREATE TABLE counted (n BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, shop INT, note TEXT, blob_ BLOB, made DATETIME DEFAULT CURRENT_TIMESTAMP)`

func schema(t testing.TB) *spread.Schema {
	t.Helper()
	s := &spread.Schema{Setup: slices.Clone(tables)}
	require.NoError(t, s.Place("sharded", "shop.people by tenant_id"))
	require.NoError(t, s.Place("reference", "shop.codes"))
	return s
}

func numbers(t testing.TB) *spread.Schema {
	t.Helper()
	s := &spread.Schema{Setup: []string{counted}}
	require.NoError(t, s.Place("sharded", "shop.counted by shop"))
	return s
}

// pair is a session on a plain MySQL and one on Sluice.
type pair struct {
	names [2]string
	conns [2]*diff.Conn
	// numbers: of the schema of that name.
	numbers bool
	shards  int
}

func open(t testing.TB, addrs ...string) *pair {
	t.Helper()
	p := &pair{}
	for i, addr := range addrs {
		p.names[i] = []string{"MySQL", "Sluice"}[i]
		c, err := diff.Connect(diff.Target{Name: p.names[i], Addr: addr, User: "app", Database: spread.Logical}, wire.ClientLocalFiles)
		require.NoError(t, err)
		t.Cleanup(func() { _ = c.Close() })
		p.conns[i] = c
	}
	return p
}

// query runs a statement on both and returns what they say.
func (p *pair) query(sql string, file []byte) [2]string {
	var out [2]string
	for i, c := range p.conns {
		c.File = file
		out[i] = said(c, sql)
	}
	return out
}

func said(c *diff.Conn, sql string) string {
	answers, err := c.Query(sql)
	var e *wire.Error
	if errors.As(err, &e) {
		return fmt.Sprintf("error %d %s: %s", e.Number, e.State, e.Message)
	}
	if err != nil {
		return "lost: " + err.Error()
	}
	var b strings.Builder
	for _, a := range answers {
		fmt.Fprintf(&b, "affected %d, id %d, warnings %d, status %v, info %q\n", a.OK.Affected, a.OK.InsertID, a.OK.Warnings, a.OK.Status, a.Info)
		for _, r := range a.Rows {
			fmt.Fprintf(&b, "  %q\n", r)
		}
	}
	return b.String()
}

// refuses runs a statement on Sluice, which must refuse it.
func (p *pair) refuses(t testing.TB, sql string, file []byte) {
	t.Helper()
	p.conns[1].File = file
	require.Contains(t, said(p.conns[1], sql), "error 1235 42000", sql)
}

// same runs a statement on both and fails where they differ.
func (p *pair) same(t testing.TB, sql string, file []byte) bool {
	t.Helper()
	got := p.query(sql, file)
	if got[0] != got[1] {
		t.Errorf("%s\nfile %q\nMySQL:\n%s\nSluice:\n%s", sql, shorten(file), got[0], got[1])
	}
	return got[0] == got[1]
}

func shorten(b []byte) []byte { return b[:min(len(b), 400)] }

// load compares LOAD DATA, and then everything that it has left behind.
func (p *pair) load(t testing.TB, table, sql string, file []byte) bool {
	t.Helper()
	ok := p.same(t, sql, file)
	ok = p.same(t, "SHOW WARNINGS", nil) && ok
	return ok && p.same(t, "SELECT * FROM "+table+" ORDER BY 1, 2, 3", nil)
}

// again empties the tables.
func (p *pair) again(t testing.TB) {
	t.Helper()
	clear := []string{"DELETE FROM people", "DELETE FROM codes",
		"INSERT INTO people VALUES (1,'a','ann',30,'2000-01-01',1,'good'),(1,'b','bob',31,NULL,2,NULL),(2,'c','cyd',NULL,NULL,3,'bad')"}
	if p.numbers {
		clear = []string{"DELETE FROM counted"}
	}
	for i, c := range p.conns {
		for _, q := range clear {
			_, err := c.Query(q)
			require.NoError(t, err, p.names[i])
		}
	}
}

// eachLayout runs a test on one, two and four shards.
func eachLayout(t *testing.T, bed *spread.Bed, withNumbers bool, f func(t *testing.T, p *pair)) {
	s := schema(t)
	if withNumbers {
		s = numbers(t)
	}
	plain := bed.Plain(t, s)
	for _, n := range []int{1, 2, 4} {
		t.Run(fmt.Sprintf("%d shards", n), func(t *testing.T) {
			p := open(t, plain, bed.Sluice(t, s, spread.Layout{Shards: n}))
			p.numbers, p.shards = withNumbers, n
			p.again(t)
			f(t, p)
		})
	}
}

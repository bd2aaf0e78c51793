package fuzzsql

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/test/diff"
)

// pair is a plain server and a Sluice, with a session on each.
type pair struct {
	targets [2]diff.Target
	conns   [2]*diff.Conn
	both    string // settings of the sessions of both sides
	second  string // and of those of the second side
}

// verdict is what came of a query.
type verdict struct {
	refused string // the reason
	differs string // how
	failed  uint16 // the number with which both refused it
}

// ask runs a query on one side; a broken session is opened again.
func (p *pair) ask(side int, sql string, prepared bool) (diff.Answer, error) {
	if p.conns[side] == nil {
		c, err := diff.Connect(p.targets[side], 0)
		if err != nil {
			return diff.Answer{}, err
		}
		first := "SET timestamp = 1760000000" + p.both
		if side == 1 {
			first += p.second
		}
		if _, err := c.Query(first); err != nil {
			return diff.Answer{}, err
		}
		p.conns[side] = c
	}
	run := p.conns[side].Query
	if prepared {
		run = p.execute(side)
	}
	answers, err := run(sql)
	var e *wire.Error
	if err != nil && !errors.As(err, &e) {
		_ = p.conns[side].Close()
		p.conns[side] = nil
	}
	if err != nil || len(answers) == 0 {
		return diff.Answer{}, err
	}
	return answers[0], nil
}

// compared are constants behind a comparison.
var compared = regexp.MustCompile(`( (?:=|<>|>|<|>=|<=) )(\d{1,9}|'[^'\\]*')(\b|[ ,)]|$)`)

// bind writes parameters in the place of constants that are compared.
func bind(sql string) (string, []diff.Param, error) {
	var list []string
	sql = compared.ReplaceAllStringFunc(sql, func(s string) string {
		m := compared.FindStringSubmatch(s)
		list = append(list, m[2])
		return m[1] + "?" + m[3]
	})
	if list == nil {
		return sql, nil, nil
	}
	params, err := diff.Params(strings.Join(list, ", "))
	return sql, params, err
}

// execute prepares and executes, every other statement with parameters.
func (p *pair) execute(side int) func(string) ([]diff.Answer, error) {
	c := p.conns[side]
	return func(sql string) ([]diff.Answer, error) {
		if len(sql)%2 == 0 {
			return c.Run(sql)
		}
		sql, params, err := bind(sql)
		if err != nil {
			return nil, err
		}
		s, err := c.Prepare(sql)
		if err != nil {
			return nil, err
		}
		answers, err := c.Execute(s, params, nil)
		return answers, errors.Join(err, c.Release(s))
	}
}

func (p *pair) close() {
	for _, c := range p.conns {
		if c != nil {
			_ = c.Close()
		}
	}
}

// compare runs a query on both sides.
func (p *pair) compare(q *query, prepared bool) verdict {
	sql := q.String()
	left, lerr := p.ask(0, sql, prepared)
	right, rerr := p.ask(1, sql, prepared)
	var l, r *wire.Error
	errors.As(lerr, &l)
	errors.As(rerr, &r)
	switch {
	case lerr != nil && l == nil:
		return verdict{differs: fmt.Sprintf("MySQL: %v", lerr)}
	case rerr != nil && r == nil:
		return verdict{differs: fmt.Sprintf("Sluice: %v", rerr)}
	case r != nil && r.Number == 1235 && (l == nil || l.Number != 1235):
		return verdict{refused: reason(r.Message)}
	case l != nil && r != nil && l.Number == r.Number:
		return verdict{failed: l.Number}
	case l != nil || r != nil:
		return verdict{differs: fmt.Sprintf("MySQL: %v\nSluice: %v", lerr, rerr)}
	}
	return verdict{differs: differs(&left, &right, q.ties > 0)}
}

var (
	names = regexp.MustCompile(`\b(v_)?[a-z]{1,2}\d+\b|\([\w.]+:\d+:\d+\)|'[^']*'|"[^"]*"`)
	digit = regexp.MustCompile(`\d+`)
)

// reason is a refusal without the names of its statement, for counting.
func reason(message string) string {
	message = digit.ReplaceAllString(names.ReplaceAllString(message, "…"), "N")
	return string([]rune(message)[:min(len([]rune(message)), 160)])
}

// Flags of a column besides those in package wire (mysql_com.h).
const enum, set = 256, 2048

// described are the flags that do not depend on how MySQL reads the rows.
const described = wire.FlagBlob | wire.FlagUnsigned | enum | set

// differs says how two answers differ; empty if they do not.
func differs(l, r *diff.Answer, ordered bool) string {
	if len(l.Columns) != len(r.Columns) {
		return fmt.Sprintf("columns: %d and %d", len(l.Columns), len(r.Columns))
	}
	for i := range l.Columns {
		if a, b := describe(&l.Columns[i]), describe(&r.Columns[i]); a != b {
			return fmt.Sprintf("column %d\nMySQL:  %s\nSluice: %s", i+1, a, b)
		}
	}
	a, b := lines(l), lines(r)
	if !ordered {
		slices.Sort(a)
		slices.Sort(b)
	}
	for i := range max(len(a), len(b)) {
		if i >= len(a) || i >= len(b) || a[i] != b[i] {
			return fmt.Sprintf("row %d of %d and %d\nMySQL:  %s\nSluice: %s", i+1, len(a), len(b), at(a, i), at(b, i))
		}
	}
	return ""
}

// describe prints a column without what depends on MySQL's plan: a value that passes
// through a temporary table of MySQL's own may become an INT or a BIGINT of another
// length, a CHAR, a VARCHAR or a TEXT of the same, a JSON value of another character set,
// lose the flags of keys, and have 0 decimals instead of 31. What columns of tables are
// called, and how long integers are, is compared by the corpus.
func describe(c *wire.Column) string {
	of, flags := fmt.Sprintf("%d of length %d", c.Type, c.Length), c.Flags&described
	switch {
	case bytes[c.Type] > 0:
		of = "integer"
	case c.Type == wire.TypeJSON: // one that no table has is binary, or not
		return fmt.Sprintf("%q.%q type JSON", c.Table, c.Name)
	case c.Type >= wire.TypeTinyBlob && c.Type <= wire.TypeString && flags&(enum|set) == 0:
		of, flags = fmt.Sprintf("string of length %d", c.Length), flags&^wire.FlagBlob
	}
	return fmt.Sprintf("%q.%q type %s charset %d decimals %d flags %b", c.Table, c.Name, of, c.Charset, c.Decimals%31, flags)
}

// bytes are the sizes of integers.
var bytes = map[wire.Type]int{wire.TypeTiny: 1, wire.TypeShort: 2, wire.TypeInt24: 4, wire.TypeLong: 4, wire.TypeLongLong: 8, wire.TypeYear: 2}

func at(rows []string, i int) string {
	if i < len(rows) {
		return rows[i]
	}
	return "(no row)"
}

// lines prints the rows. Integers of the binary protocol are printed without their size.
func lines(a *diff.Answer) []string {
	out := make([]string, len(a.Rows))
	for i, row := range a.Rows {
		cells := slices.Clone(row)
		for j, c := range a.Columns {
			cells[j] = number(cells[j], c)
		}
		out[i] = fmt.Sprintf("%q", strings.Join(cells, "\x1f"))
	}
	return out
}

func number(cell string, c wire.Column) string {
	size := bytes[c.Type]
	_, digits, sized := strings.Cut(cell, " ")
	n, err := strconv.ParseUint(digits, 10, 64)
	if size == 0 || !sized || err != nil {
		return cell
	}
	if c.Flags&wire.FlagUnsigned != 0 {
		return digits
	}
	unused := 64 - 8*size
	return strconv.FormatInt(int64(n)<<unused>>unused, 10)
}

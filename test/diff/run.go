package diff

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sluicedb/sluice/parser/wire"
)

// Pair is two servers that must answer alike.
type Pair struct {
	Left, Right Target
	Shards      int // of each database behind Right
	// Twice: queries are asked twice, and the second answers compared, so that Right may
	// give one that it has kept.
	Twice bool
}

// Run runs a file on both servers, over the text protocol and, unless the file says
// otherwise, once more over the binary one, and reports every difference.
func Run(t *testing.T, f *File, p Pair) {
	t.Helper()
	for _, d := range Compare(f, p, false) {
		t.Error(d)
	}
	if !f.TextOnly {
		for _, d := range Compare(f, p, true) {
			t.Error("binary: " + d)
		}
	}
}

// Compare runs a file once on both servers and returns the differences, each as a
// text that names file and line.
func Compare(f *File, p Pair, binaryRows bool) []string {
	r := &run{file: f, pair: p, binary: binaryRows, sessions: map[string]*[2]*Conn{}, waits: map[string]*waiting{}}
	defer r.close()
	for i := range f.Steps {
		if !r.step(&f.Steps[i]) {
			return r.out
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.waits)) {
		r.awaited(name)
	}
	return r.out
}

// run is one run of one file.
type run struct {
	file     *File
	pair     Pair
	binary   bool
	sessions map[string]*[2]*Conn
	waits    map[string]*waiting // by session
	out      []string
}

// waiting is a statement that another session blocks.
type waiting struct {
	step *Step
	got  [2]chan reply
}

// blocked is how long a statement must not be answered to count as one that blocks.
const blocked = 400 * time.Millisecond

// wait sends a statement that must not be answered yet.
func (r *run) wait(s *Step, conns *[2]*Conn) {
	w := &waiting{step: s}
	for i, c := range conns {
		w.got[i] = make(chan reply, 1)
		go func() { w.got[i] <- r.ask(c, s) }()
	}
	time.Sleep(blocked)
	for i, name := range []string{r.pair.Left.Name, r.pair.Right.Name} {
		if len(w.got[i]) > 0 {
			r.report(s, "%s: must wait for another session, and was answered", name)
		}
	}
	r.waits[s.Session] = w
}

// awaited compares the answers to what a session has been waiting for; false ends the
// file.
func (r *run) awaited(session string) bool {
	w := r.waits[session]
	if w == nil {
		return true
	}
	delete(r.waits, session)
	left, right := <-w.got[0], <-w.got[1]
	if left.broken != nil || right.broken != nil {
		r.report(w.step, "the connection broke: %v, %v", left.broken, right.broken)
		return false
	}
	r.compare(w.step, left, right)
	return true
}

func (r *run) close() {
	for _, s := range r.sessions {
		for _, c := range s {
			if c != nil {
				_ = c.Close()
			}
		}
	}
}

func (r *run) report(s *Step, format string, args ...any) {
	r.out = append(r.out, fmt.Sprintf("%s:%d: %s\n    %s", r.file.Path, s.Line, strings.ReplaceAll(fmt.Sprintf(format, args...), "\n", "\n    "), shorten(s.SQL)))
}

func shorten(sql string) string {
	if len(sql) > 500 {
		return fmt.Sprintf("%s... (%d bytes)", sql[:500], len(sql))
	}
	return sql
}

// session opens the named session on both servers, with the clock stopped so that
// both see the same time.
func (r *run) session(name string) (*[2]*Conn, error) {
	if s := r.sessions[name]; s != nil {
		return s, nil
	}
	var extra wire.Capability
	if r.file.FoundRows {
		extra |= wire.ClientFoundRows
	}
	if r.file.Multi {
		extra |= wire.ClientMultiStatements
	}
	s := &[2]*Conn{}
	r.sessions[name] = s
	for i, t := range []Target{r.pair.Left, r.pair.Right} {
		t.Database = r.file.Database
		c, err := Connect(t, extra)
		if c != nil {
			s[i] = c
		}
		if err != nil {
			return nil, err
		}
		if _, err := c.Query("SET timestamp = 1760000000"); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// step runs one statement on both servers; false ends the file.
func (r *run) step(s *Step) bool {
	conns, err := r.session(s.Session)
	if err != nil {
		r.report(s, "connecting: %v", err)
		return false
	}
	if !r.awaited(s.Session) {
		return false
	}
	if s.Blocks {
		r.wait(s, conns)
		return true
	}
	if s.Refuse != 0 && (r.pair.Shards > 1 || s.Always && r.pair.Shards > 0) {
		return r.refused(s, conns[1])
	}
	var got [2]reply
	if r.pair.Twice && query.MatchString(s.SQL) {
		for _, c := range conns {
			if first := r.ask(c, s); first.broken != nil {
				r.report(s, "the connection broke: %v", first.broken)
				return false
			}
		}
	}
	for i, c := range conns {
		if got[i] = r.ask(c, s); got[i].broken != nil {
			r.report(s, "%s: the connection broke: %v", []string{r.pair.Left.Name, r.pair.Right.Name}[i], got[i].broken)
			return false
		}
	}
	r.compare(s, got[0], got[1])
	if s.Scattered && r.pair.Shards > 1 && s.Params == nil {
		r.scattered(s, conns[1])
	}
	return true
}

// scattered checks that the shards answer a statement, now that it is known what their
// answers look like.
func (r *run) scattered(s *Step, c *Conn) {
	answers, err := c.Query("EXPLAIN ROUTE " + s.SQL)
	if err != nil || len(answers) != 1 {
		r.report(s, "EXPLAIN ROUTE: %v", err)
		return
	}
	for _, row := range answers[0].Rows {
		if row[0] == "decided by" && row[1] != "scatter" {
			r.report(s, "must be scattered, and is decided by %s", row[1])
		}
	}
}

// refused checks that the right side refuses the statement. The left side is not
// asked: what is refused has no effect.
func (r *run) refused(s *Step, c *Conn) bool {
	got := r.ask(c, s)
	switch {
	case got.broken != nil:
		r.report(s, "the connection broke: %v", got.broken)
		return false
	case got.err == nil:
		r.report(s, "must be refused with %d, and was answered", s.Refuse)
	case got.err.Number != s.Refuse:
		r.report(s, "must be refused with %d, got %v", s.Refuse, got.err)
	case !strings.Contains(got.err.Message, s.Why):
		r.report(s, "must be refused because of %q, got %v", s.Why, got.err)
	}
	return true
}

// reply is all that a server said to one statement.
type reply struct {
	prepared *Prepared // nil if it was not prepared
	answers  []Answer
	err      *wire.Error
	warnings [][]string
	broken   error
}

func (r *run) ask(c *Conn, s *Step) reply {
	got, err := r.send(c, s)
	switch {
	case errors.As(err, &got.err):
	case err != nil:
		got.broken = err
		return got
	}
	if r.file.NoWarnings || !mayWarn.MatchString(s.SQL) {
		return got
	}
	w, err := c.Query("SHOW WARNINGS")
	if err != nil {
		got.broken = err
		return got
	}
	if len(w) == 1 {
		got.warnings = w[0].Rows
	}
	return got
}

// send sends the statement over the protocol of the run; a statement with parameters is
// always prepared, and one that cannot be prepared never is.
func (r *run) send(c *Conn, s *Step) (got reply, err error) {
	if !r.binary && s.Params == nil {
		got.answers, err = c.Query(s.SQL)
		return got, err
	}
	got.prepared, err = c.Prepare(s.SQL)
	if e, ok := errors.AsType[*wire.Error](err); ok && e.Number == unpreparable && s.Params == nil {
		got.answers, err = c.Query(s.SQL)
		return got, err
	}
	if err != nil {
		return got, err
	}
	runs := s.Params
	if runs == nil {
		runs = [][]Param{nil}
	}
	var before []Param
	for _, params := range runs {
		answers, err := c.Execute(got.prepared, params, before)
		got.answers = append(got.answers, answers...)
		if err != nil {
			return got, errors.Join(err, c.Release(got.prepared))
		}
		before = params
	}
	return got, c.Release(got.prepared)
}

// query matches the statements that are asked twice.
var query = regexp.MustCompile(`(?is)^\s*(/\*.*?\*/\s*)?[(\s]*(select|with|table)\b`)

// unpreparable is the number of the error of a statement that only the text protocol
// has (ER_UNSUPPORTED_PS).
const unpreparable = 1295

// mayWarn matches the statements whose warnings are asked for.
var mayWarn = regexp.MustCompile(`(?is)^\s*(/\*.*?\*/\s*)?(insert|update|delete|replace|select|with|set)\b`)

func (r *run) compare(s *Step, l, right reply) {
	if n := l.number(); len(r.file.Schema.Tables) > 0 && n != s.Error {
		r.report(s, "%s must say error %d: %s", r.pair.Left.Name, s.Error, l)
	}
	if a, b := r.description(l.prepared), r.description(right.prepared); !s.NoPrepare && !r.file.AnyPlan && a != b {
		r.report(s, "prepared\n%s: %s\n%s: %s", r.pair.Left.Name, a, r.pair.Right.Name, b)
	}
	switch {
	case (l.err == nil) != (right.err == nil):
		r.report(s, "%s: %s\n%s: %s", r.pair.Left.Name, l, r.pair.Right.Name, right)
		return
	case l.err != nil && (l.err.Number != right.err.Number || l.err.State != right.err.State || (!s.NoMessage && l.err.Message != right.err.Message)):
		r.report(s, "%s: %v\n%s: %v", r.pair.Left.Name, l.err, r.pair.Right.Name, right.err)
	}
	if len(l.answers) != len(right.answers) {
		r.report(s, "%s: %s\n%s: %s", r.pair.Left.Name, l, r.pair.Right.Name, right)
		return
	}
	for i := range l.answers {
		r.answer(s, &l.answers[i], &right.answers[i])
	}
	if a, b := fmt.Sprintf("%q", l.warnings), fmt.Sprintf("%q", right.warnings); a != b {
		r.report(s, "SHOW WARNINGS\n%s: %s\n%s: %s", r.pair.Left.Name, a, r.pair.Right.Name, b)
	}
}

func (r reply) number() uint16 {
	if r.err == nil {
		return 0
	}
	return r.err.Number
}

// description prints how a statement was prepared.
func (r *run) description(p *Prepared) string {
	switch {
	case p == nil:
		return "not at all"
	case r.file.NamesOnly:
		return fmt.Sprintf("%d parameters, columns %q, %d warnings", len(p.Params), names(p.Columns), p.Warnings)
	}
	return fmt.Sprintf("parameters %+v, columns %+v, %d warnings", p.Params, p.Columns, p.Warnings)
}

func (r reply) String() string {
	if r.err != nil {
		return r.err.Error()
	}
	var b strings.Builder
	for _, a := range r.answers {
		fmt.Fprintf(&b, "%d columns, %d rows, %+v %q; ", len(a.Columns), len(a.Rows), a.OK, a.Info)
	}
	return b.String()
}

// status are the flags that must be equal. Whether an index was used depends on
// statistics.
const status = wire.StatusInTrans | wire.StatusAutocommit | wire.StatusMoreResults | wire.StatusCursorExists |
	wire.StatusLastRowSent | wire.StatusNoBackslashEscapes | wire.StatusInTransReadonly | wire.StatusPSOutParams

// keys are the flags PRI_KEY, UNIQUE_KEY, MULTIPLE_KEY and PART_KEY (mysql_com.h).
const keys = 2 | 4 | 8 | 16384

// defaults are TIMESTAMP and ON_UPDATE_NOW: what a column is set to where no value is given.
const defaults = 1024 | 8192

func (r *run) answer(s *Step, l, right *Answer) {
	differ := func(what string, a, b any) {
		r.report(s, "%s\n%s: %v\n%s: %v", what, r.pair.Left.Name, a, r.pair.Right.Name, b)
	}
	if l.Set != right.Set {
		differ("result set", l.Set, right.Set)
		return
	}
	if len(l.Columns) != len(right.Columns) {
		differ("columns", names(l.Columns), names(right.Columns))
		return
	}
	for i := range l.Columns {
		a, b := l.Columns[i], right.Columns[i]
		if r.file.NamesOnly {
			a, b = wire.Column{Name: a.Name}, wire.Column{Name: b.Name}
		}
		if r.file.AnyPlan {
			a, b = undecided(a, b)
		}
		if fmt.Sprintf("%+v", a) != fmt.Sprintf("%+v", b) {
			differ(fmt.Sprintf("column %d", i+1), fmt.Sprintf("%+v", a), fmt.Sprintf("%+v", b))
		}
	}
	r.rows(s, l, right)
	lo, ro := l.OK, right.OK
	lo.Status, ro.Status = lo.Status&status, ro.Status&status
	lo.Info, lo.State, ro.Info, ro.State = nil, nil, nil, nil
	if fmt.Sprint(lo) != fmt.Sprint(ro) {
		differ("affected, insert id, status, warnings", fmt.Sprintf("%+v", lo), fmt.Sprintf("%+v", ro))
	}
	if l.Info != right.Info {
		differ("info", l.Info, right.Info)
	}
}

// undecided levels what MySQL's plan decides about two descriptions of one column, so
// that one server gives both: whether a result went through a temporary table shows in
// the flags of keys and of times that are set by themselves, in BINARY_FLAG of numbers, in
// NOT_NULL_FLAG of what is of no table, in IS NULL and its like being INT or BIGINT, in the
// decimals of texts, and in what a column of a view, a derived table or a common table
// expression says of the table it comes from. TestUndecided shows that one server does so, but
// for NOT_NULL_FLAG.
func undecided(a, b wire.Column) (wire.Column, wire.Column) {
	a.Flags, b.Flags = a.Flags&^(keys|defaults), b.Flags&^(keys|defaults)
	if a.Charset == wire.CollationBinary && a.Type == b.Type {
		a.Flags, b.Flags = a.Flags&^wire.FlagBinary, b.Flags&^wire.FlagBinary
	}
	if a.Charset != wire.CollationBinary && a.Decimals+b.Decimals == 31 { // of a text: 31 or 0
		a.Decimals = b.Decimals
	}
	if a.OrgTable == "" && b.OrgTable == "" {
		a.OrgName, b.OrgName = "", ""
		a.Flags, b.Flags = a.Flags&^wire.FlagNotNull, b.Flags&^wire.FlagNotNull
		if isTruth(a) && isTruth(b) {
			a.Type, a.Flags = b.Type, b.Flags
		}
		if a.Type == wire.TypeJSON && b.Type == wire.TypeJSON {
			a, b = wire.Column{Name: a.Name, Type: a.Type}, wire.Column{Name: b.Name, Type: b.Type}
		}
	}
	if a.Table != a.OrgTable || b.Table != b.OrgTable {
		a.OrgTable, b.OrgTable = "", ""
		a.OrgName, b.OrgName = "", ""
	}
	if a.Schema == "" || b.Schema == "" { // also of an expression in a view
		a.Schema, b.Schema = "", ""
	}
	return a, b
}

// isTruth reports whether a column may be that of IS NULL and its like.
func isTruth(c wire.Column) bool {
	return c.Charset == wire.CollationBinary && c.Length == 1 && c.Decimals == 0 && (c.Type == wire.TypeLong || c.Type == wire.TypeLongLong)
}

func names(cols []wire.Column) []string {
	var out []string
	for _, c := range cols {
		out = append(out, c.Name)
	}
	return out
}

func (r *run) rows(s *Step, l, right *Answer) {
	a, b := lines(l, s.Mask), lines(right, s.Mask)
	if s.Unordered || !ordered(s.SQL) {
		slices.Sort(a)
		slices.Sort(b)
	}
	if slices.Equal(a, b) {
		return
	}
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	at := func(list []string) string {
		if n < len(list) {
			return list[n]
		}
		return "(no row)"
	}
	r.report(s, "row %d (of %d and %d)\n%s: %s\n%s: %s", n+1, len(a), len(b), r.pair.Left.Name, at(a), r.pair.Right.Name, at(b))
}

// lines prints rows for comparing.
func lines(a *Answer, mask map[string]bool) []string {
	out := make([]string, len(a.Rows))
	for i, row := range a.Rows {
		cells := make([]string, len(row))
		for j, v := range row {
			if cells[j] = fmt.Sprintf("%q", v); mask[a.Columns[j].Name] {
				cells[j] = "*"
			}
		}
		out[i] = strings.Join(cells, " | ")
	}
	return out
}

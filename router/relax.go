package router

import (
	"slices"
	"strings"

	"github.com/pingcap/tidb/pkg/parser/ast"

	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/router/plan"
)

// opaqueTable stands for a JSON_TABLE in the text that is analysed in its place.
const opaqueTable = "sluice_jt_"

// relaxed is a statement while what the tidb parser does not know and the analysis does
// not need is left out of it. Bytes keep their places.
type relaxed struct {
	*parser.Statement
	text     []byte
	changed  bool
	rollup   bool // GROUP BY ROLLUP (..) has become GROUP BY ..
	hopeless bool
	lists    columnLists
}

// columnLists are the names that lists behind derived tables give their columns, by
// alias. Of an alias whose list is nil the columns are not known.
type columnLists map[string][]string

// relax returns a reading of the statement without the alias of the new row of an
// INSERT, INTO with variables, column lists of derived tables, which it returns, rare
// character sets, details of functions, the EXTENDED of SHOW, and parentheses between a query
// and its locking clauses; a JSON_TABLE becomes a table of unknown columns. The reading is nil when there is nothing to leave out, or when the rest is not understood either. The
// text that is sent is always the client's.
func relax(s *parser.Statement) (*parser.Statement, columnLists) {
	x := &relaxed{Statement: s, text: slices.Clone(s.SQL), lists: columnLists{}}
	for _, l := range s.ColumnLists() {
		x.columns(l)
	}
	x.loadClauses()
	for _, pair := range outerParens(s) {
		x.blank(pair[0], pair[0])
		x.blank(pair[1], pair[1])
	}
	for i := range s.Tokens {
		x.token(i)
	}
	if !x.changed || x.hopeless {
		return nil, nil
	}
	out, err := parser.Parse(x.text, s.Dialect)
	if err != nil || out.Tree == nil {
		return nil, nil
	}
	x.lists.check(out.Tree)
	if x.rollup {
		visitAll(out.Tree, func(n ast.Node) {
			if g, ok := n.(*ast.GroupByClause); ok {
				g.Rollup = true // which of them it is does not matter
			}
		})
	}
	return out, x.lists
}

// loadClauses leaves out what LOAD DATA says of its file, which is read from the tokens.
func (x *relaxed) loadClauses() {
	if l := x.LoadData(); l != nil {
		if l.Clauses[1] > l.Clauses[0] {
			x.blank(l.Clauses[0], l.Clauses[1]-1)
		}
		if x.Is(2, "concurrent") {
			x.blank(2, 2)
		}
	}
}

// token leaves out what begins at token i.
func (x *relaxed) token(i int) {
	switch {
	case x.text[x.Tokens[i].Start] == ' ': // left out already
	case x.Is(i, "as"):
		if last := rowAlias(x.Statement, i); last > 0 {
			x.blank(i, last)
		}
	case x.Is(i, "into") && i+1 < len(x.Tokens) && x.Tokens[i+1].Kind == parser.UserVar:
		last := i + 1
		for isOp(x.Statement, last+1, ",") && last+2 < len(x.Tokens) && x.Tokens[last+2].Kind == parser.UserVar {
			last += 2
		}
		x.blank(i, last)
	case x.Is(i, "json_table") && isOp(x.Statement, i+1, "("):
		x.jsonTable(i)
	case x.Is(i, "json_value") && isOp(x.Statement, i+1, "("):
		x.jsonValue(i)
	case x.Is(i, "cast") && isOp(x.Statement, i+1, "("):
		x.cast(i)
	case x.Is(i, "interval") && isOp(x.Statement, i+1, "("):
		x.interval(i)
	case x.Tokens[i].Kind == parser.Introducer:
		x.introducer(i)
	case x.Is(i, "using"), x.Is(i, "charset"), x.Is(i, "set") && x.Is(i-1, "character"):
		x.charset(i+1, "")
	case x.Is(i, "collate"):
		x.charset(i+1, "_bin")
	case x.Is(i, "rollup") && isOp(x.Statement, i+1, "(") && x.Is(i-1, "by"):
		x.blank(i, i+1)
		x.blank(closing(x.Statement, i+1), closing(x.Statement, i+1))
		x.rollup = true
	case i == 1 && x.Is(i, "extended") && x.Verb == parser.Show: // adds what a failed ALTER TABLE has left
		x.blank(i, i)
	case x.Is(i, "inner") && x.Is(i-1, "natural"):
		x.blank(i, i)
	case x.Is(i, "precision") && x.Is(i-1, "double"):
		x.blank(i, i)
	case x.Is(i, "member") && isOp(x.Statement, i+1, "("):
		x.overwrite(i, i, "=")
	case x.Is(i, "st_collect") && isOp(x.Statement, i+1, "("):
		x.overwrite(i, i, "       SUM") // an aggregate, too; the ( must follow at once
	case x.Is(i, "match"):
		x.match(i)
	case x.Is(i, "sounds") && x.Is(i+1, "like"):
		x.overwrite(i, i+1, "REGEXP") // of the same precedence
	case x.Is(i, "format") && isOp(x.Statement, i+1, "=") && i <= 2 && (x.Verb == parser.Explain || x.Verb == parser.Describe):
		x.blank(i, min(i+2, len(x.Tokens)-1))
	case forSchema(x.Statement, i):
		x.blank(i, i+2)
	case x.Is(i, "for"), x.Is(i, "lock"):
		if c, ok := lockClauseAt(x.Statement, i); ok {
			x.laterLocks(c)
		}
	}
}

// columns leaves out the column list of a derived table.
func (x *relaxed) columns(l parser.ColumnList) {
	x.blank(l.Open, l.Close)
	if _, again := x.lists[l.Alias]; again {
		l.Columns = nil
	}
	x.lists[l.Alias] = l.Columns
}

// check forgets the columns of aliases that do not name exactly one table: it is not
// known which of them the list belongs to.
func (c columnLists) check(tree ast.Node) {
	count := map[string]int{}
	visitAll(tree, func(n ast.Node) {
		if t, ok := n.(*ast.TableSource); ok {
			count[t.AsName.O]++
		}
	})
	for alias := range c {
		if count[alias] != 1 {
			c[alias] = nil
		}
	}
}

func (x *relaxed) jsonTable(i int) {
	last := closing(x.Statement, i+1)
	if last < 0 || hasWord(x.Statement, i, last, "select") || hasSessionFunc(x.Statement, i+1, last) {
		x.hopeless = true
		return
	}
	x.overwrite(i, last, opaqueTable)
}

// interval leaves INTERVAL and its unit out, where the number is in parentheses: the
// parser takes it for the function.
func (x *relaxed) interval(i int) {
	last := closing(x.Statement, i+1)
	if last < 0 || x.atDepth(i+2, last, ",") > 0 {
		return
	}
	for j := last + 1; j < len(x.Tokens); j++ {
		switch {
		case isOp(x.Statement, j, "("):
			if j = closing(x.Statement, j); j < 0 {
				return
			}
		case isOp(x.Statement, j, ","), isOp(x.Statement, j, ")"), x.Is(j, "from"), x.Is(j, "as"):
			return
		case isUnit(strings.ToLower(string(x.Tokens[j].Text(x.SQL)))):
			x.blank(i, i)
			x.blank(j, j)
			return
		}
	}
}

// isUnit reports whether a word is the unit of an interval.
func isUnit(word string) bool {
	switch word = strings.TrimPrefix(word, "sql_tsi_"); word {
	case "microsecond", "second", "minute", "hour", "day", "week", "month", "quarter", "year",
		"second_microsecond", "minute_microsecond", "minute_second", "hour_microsecond", "hour_second", "hour_minute",
		"day_microsecond", "day_second", "day_minute", "day_hour", "year_month":
		return true
	}
	return false
}

// match makes a full-text search the sum of its columns, which may be compared.
func (x *relaxed) match(i int) {
	against := i + 1
	for against < len(x.Tokens) && !x.Is(against, "against") {
		against++
	}
	if !isOp(x.Statement, against+1, "(") {
		return
	}
	last := closing(x.Statement, against+1)
	if last < 0 {
		return
	}
	x.overwrite(i, i, "+")
	for j := i + 1; j < against; j++ {
		switch {
		case isOp(x.Statement, j, ","):
			x.overwrite(j, j, "+")
		case isOp(x.Statement, j, "("), isOp(x.Statement, j, ")"):
			x.blank(j, j)
		}
	}
	x.overwrite(against, against, "+")
	for j := against + 2; j < last; j++ { // IN BOOLEAN MODE and its like
		if x.Is(j, "in") || x.Is(j, "with") {
			x.blank(j, last-1)
			break
		}
	}
}

// jsonValue leaves out what follows the path: RETURNING type, and what to do if the
// value is missing or wrong.
func (x *relaxed) jsonValue(i int) {
	last := closing(x.Statement, i+1)
	comma := x.atDepth(i+2, last, ",")
	if comma < 0 {
		return
	}
	for j := comma + 1; j < last; j++ {
		if x.Is(j, "returning") || x.Is(j, "default") || x.Is(j, "null") || x.Is(j, "error") {
			x.blank(j, last-1)
			return
		}
	}
}

// cast writes a type that the tidb parser knows, which is of no use for routing, in the
// place of one that it does not know, and leaves AT TIME ZONE out.
func (x *relaxed) cast(i int) {
	last := closing(x.Statement, i+1)
	as := x.atDepth(i+2, last, "as")
	if as < 0 {
		return
	}
	for j := as + 1; j < last; j++ {
		switch strings.ToLower(string(x.Tokens[j].Text(x.SQL))) {
		case "nchar", "national", "ascii", "unicode", "byte", "point", "linestring", "polygon", "multipoint",
			"multilinestring", "multipolygon", "geometrycollection", "geomcollection":
			x.overwrite(as+1, last-1, "JSON")
			return
		}
	}
	if at := x.atDepth(i+2, as, "at"); at > 0 && x.Is(at+1, "time") && x.Is(at+2, "zone") {
		x.blank(at, as-1)
	}
}

// atDepth finds a word or an operator before token last, but not in parentheses.
func (x *relaxed) atDepth(i, last int, what string) int {
	for ; i < last; i++ {
		if x.Is(i, what) || isOp(x.Statement, i, what) {
			return i
		}
		if isOp(x.Statement, i, "(") {
			if i = closing(x.Statement, i); i < 0 {
				return -1
			}
		}
	}
	return -1
}

// otherCharsets are MySQL's character sets that the tidb parser does not know.
var otherCharsets = strings.Fields("armscii8 big5 cp1250 cp1251 cp1256 cp1257 cp850 cp852 cp866 cp932 dec8 eucjpms euckr gb2312 geostd8 greek hebrew hp8 " +
	"keybcs2 koi8r koi8u latin2 latin5 latin7 macce macroman sjis swe7 tis620 ucs2 ujis utf16 utf16le utf32")

// introducer leaves out that of a character set which the tidb parser does not know. What
// the constant is, is read from the client's text.
func (x *relaxed) introducer(i int) {
	switch strings.ToLower(string(x.Tokens[i].Text(x.SQL))) {
	case "_ascii", "_binary", "_latin1", "_utf8", "_utf8mb3", "_utf8mb4":
	default:
		x.blank(i, i)
	}
}

// charset writes another character set, or a collation of it, in the place of one that
// token i names: what an expression gives is as unknown with it.
func (x *relaxed) charset(i int, collation string) {
	if i >= len(x.Tokens) || x.Tokens[i].Kind != parser.Ident || x.Verb == parser.Create || x.Verb == parser.Alter { // a column keeps its own
		return
	}
	name := strings.ToLower(string(x.Tokens[i].Text(x.SQL)))
	if collation != "" {
		name, _, _ = strings.Cut(name, "_")
	}
	if slices.Contains(otherCharsets, name) {
		x.overwrite(i, i, "gbk"+collation)
	}
}

// laterLocks leaves out the locking clauses behind one.
func (x *relaxed) laterLocks(c lockClause) {
	for {
		next, ok := lockClauseAt(x.Statement, c.last+1)
		if !ok {
			return
		}
		x.blank(next.first, next.last)
		c = next
	}
}

// blank replaces tokens by spaces.
func (x *relaxed) blank(first, last int) { x.overwrite(first, last, "") }

// overwrite replaces tokens by a shorter text and spaces.
func (x *relaxed) overwrite(first, last int, text string) {
	at := x.Tokens[first].Start
	n := copy(x.text[at:x.Tokens[last].End], text)
	for at += n; at < x.Tokens[last].End; at++ {
		x.text[at] = ' '
	}
	x.changed = true
}

// rowAlias returns the last token of AS new [(a, b)] at token i, behind the rows of an
// INSERT or what it sets; 0 if that AS means something else.
func rowAlias(s *parser.Statement, i int) int {
	if s.Verb != parser.Insert || queryBefore(s, i) {
		return 0
	}
	last := i + 1
	if isOp(s, last+1, "(") {
		if last = closing(s, last+1); last < 0 {
			return 0
		}
	}
	if s.Is(last+1, "on") && s.Is(last+2, "duplicate") || last == len(s.Tokens)-1 {
		return last
	}
	return 0
}

// queryBefore reports whether the rows of an INSERT come of a query that begins before
// token i: what stands there is then the alias of a table.
func queryBefore(s *parser.Statement, i int) bool {
	depth := 0
	for j := range i {
		switch {
		case isOp(s, j, "("):
			depth++
		case isOp(s, j, ")"):
			depth--
		case depth == 0 && (s.Is(j, "select") || s.Is(j, "with") || s.Is(j, "table")):
			return true
		}
	}
	return false
}

// closing returns the index of the ) that closes the ( at i; -1 if there is none.
func closing(s *parser.Statement, i int) int {
	depth := 0
	for ; i < len(s.Tokens); i++ {
		switch {
		case isOp(s, i, "("):
			depth++
		case isOp(s, i, ")"):
			depth--
		}
		if depth == 0 {
			return i
		}
	}
	return -1
}

// hasSessionFunc reports whether a function of the session is called.
func hasSessionFunc(s *parser.Statement, from, to int) bool {
	for i := from; i <= to; i++ {
		if s.Tokens[i].Kind == parser.Ident && sessionFunc(strings.ToLower(string(s.Tokens[i].Text(s.SQL)))) != plan.NoFunc {
			return true
		}
	}
	return false
}

func hasWord(s *parser.Statement, from, to int, word string) bool {
	for i := from; i <= to; i++ {
		if s.Is(i, word) {
			return true
		}
	}
	return false
}

// literalAt returns the index among the statement's literals of one of its reading's.
func (a *analysis) literalAt(i int) int {
	if a.main == a.stmt || i < 0 {
		return i
	}
	start := a.main.Literals[i].Start
	j, ok := slices.BinarySearchFunc(a.stmt.Literals, start, func(t parser.Token, at int) int { return t.Start - at })
	if !ok {
		return -1
	}
	return j
}

// tokenAt does the same for tokens.
func (a *analysis) tokenAt(i int) int {
	if a.main == a.stmt || i < 0 {
		return i
	}
	start := a.main.Tokens[i].Start
	j, ok := slices.BinarySearchFunc(a.stmt.Tokens, start, func(t parser.Token, at int) int { return t.Start - at })
	if !ok {
		return -1
	}
	return j
}

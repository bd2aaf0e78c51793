package router

import (
	"strings"

	"github.com/pingcap/tidb/pkg/parser/ast"

	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/router/plan"
)

// tail lets the shards filter, and where possible sort and cut, the rows of a statement
// about one table, in the client's own words.
func (g *gatherer) tail() {
	s, ok := g.main.Tree.(*ast.SelectStmt)
	if !ok || g.main != g.stmt || len(g.out.Places) != 1 || len(g.out.Views) > 0 || len(g.systems) > 0 || s.With != nil {
		return
	}
	l := g.leaves[0]
	if len(g.leaves) != 1 || l.table == nil || l.virtual || !fromTable(s) {
		return
	}
	t := &plan.Tail{Alias: l.alias, Limit: -1, Offset: -1}
	if s.Where != nil {
		first, last := g.clause("where")
		if first < 0 || !g.repeatable(first, last) {
			return
		}
		var err error
		if t.Where, err = g.repeat(nil, first, last); err != nil {
			return
		}
	}
	g.cut(s, t, l)
	g.out.Tables[0].Tail = t
}

// fromTable reports whether a block reads one table and nothing else.
func fromTable(s *ast.SelectStmt) bool {
	if s.From == nil || s.From.TableRefs == nil || s.From.TableRefs.Right != nil {
		return false
	}
	src, ok := s.From.TableRefs.Left.(*ast.TableSource)
	if !ok {
		return false
	}
	_, ok = src.Source.(*ast.TableName)
	return ok
}

// clause returns the tokens of a clause of the outermost block, from its first word to
// the last before the next clause; -1 if it is not there.
func (g *gatherer) clause(word string) (first, last int) {
	depth, at := 0, -1
	for i := range g.stmt.Tokens {
		switch {
		case g.isOp(i, "("):
			depth++
		case g.isOp(i, ")"):
			depth--
		case depth > 0:
		case at < 0 && g.stmt.Is(i, word):
			at = i
		case at >= 0 && i > at && g.endsList(i):
			return at, i - 1
		}
	}
	return at, len(g.stmt.Tokens) - 1
}

// repeatable reports whether tokens mean on a shard what they mean in the statement:
// they ask nothing of the session, of the time or of chance, read no other table, and
// name no database.
func (g *gatherer) repeatable(first, last int) bool {
	for i := first; i <= last; i++ {
		switch t := g.stmt.Tokens[i]; t.Kind {
		case parser.UserVar, parser.SysVar:
			return false
		case parser.Ident:
			f := strings.ToLower(string(t.Text(g.stmt.SQL)))
			switch {
			case f == "select", f == "match", f == "current_timestamp", f == "current_date", f == "current_time", f == "localtime", f == "localtimestamp",
				f == "utc_timestamp", f == "utc_date", f == "utc_time", f == "current_user", f == "current_role":
				return false
			case g.isOp(i+1, "(") && (changes(f) || unsure(f) || sessionFunc(f) != plan.NoFunc || hasSideEffect(f) || f == "last_insert_id"):
				return false
			case g.isOp(i-1, ".") && g.isOp(i-3, "."):
				return false
			}
		case parser.QuotedIdent:
			if g.isOp(i-1, ".") && g.isOp(i-3, ".") {
				return false
			}
		}
	}
	return true
}

// changes reports whether a function's answer depends on when it is asked.
func changes(f string) bool {
	switch f {
	case "now", "curdate", "curtime", "unix_timestamp", "from_unixtime", "convert_tz":
		return true
	}
	return false
}

// cut lets the shards sort and cut, where each row of the answer is one of the table's.
func (g *gatherer) cut(s *ast.SelectStmt, t *plan.Tail, l *leaf) {
	if s.Limit == nil || s.GroupBy != nil || s.Distinct || s.Having != nil || aggregates(s) || hasWindow(s) || g.countsAll() {
		return
	}
	if s.OrderBy != nil {
		for _, item := range s.OrderBy.Items {
			c, ok := unwrap(item.Expr).(*ast.ColumnNameExpr)
			if !ok || c.Name.Schema.O != "" || !g.ownColumn(s, c, l) {
				return
			}
		}
		first, last := g.clause("order")
		if first < 0 || !g.repeatable(first, last) {
			return
		}
		var err error
		if t.Order, err = g.repeat(nil, first, last); err != nil {
			return
		}
	}
	at, last := g.clause("limit")
	count, offset := g.literalAtToken(at+1), -1
	switch {
	case at < 0:
		return
	case g.isOp(at+2, ","):
		count, offset = g.literalAtToken(at+3), count
	case g.stmt.Is(at+2, "offset"):
		offset = g.literalAtToken(at + 3)
	case last != at+1:
		return
	}
	if count < 0 || offset < 0 && last != at+1 {
		return
	}
	t.Limit, t.Offset = count, offset
}

// ownColumn reports whether a name in ORDER BY is a column of the table and not the
// alias of an item.
func (g *gatherer) ownColumn(s *ast.SelectStmt, c *ast.ColumnNameExpr, l *leaf) bool {
	if _, ok := l.table.Column(c.Name.Name.O); !ok {
		return false
	}
	for _, f := range s.Fields.Fields {
		if strings.EqualFold(f.AsName.O, c.Name.Name.O) {
			return false
		}
	}
	return true
}

// literalAtToken returns the number of the constant or parameter that token i is; -1 if
// it is none.
func (g *gatherer) literalAtToken(i int) int {
	if i >= len(g.stmt.Tokens) {
		return -1
	}
	for n, t := range g.stmt.Literals {
		if t.Start == g.stmt.Tokens[i].Start && (t.Kind == parser.Int || t.Kind == parser.Param) {
			return n
		}
	}
	return -1
}

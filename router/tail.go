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
	b, l := g.tailed()
	if b == nil || l.table == nil || l.virtual || !fromTable(b.from) || g.hinted() {
		return
	}
	t := &plan.Tail{Alias: l.alias, Limit: -1, Offset: -1}
	if b.where != nil {
		first, last := g.clause("where")
		if first < 0 || !g.repeatable(first, last) {
			return
		}
		var err error
		if t.Where, err = g.repeat(nil, first, last); err != nil {
			return
		}
	}
	g.cut(b, t, l)
	g.out.Tables[g.out.Places[len(g.out.Places)-1].Table].Tail = t
}

// tailBlock is the part of a statement that says which rows of its table matter.
type tailBlock struct {
	from  *ast.TableRefsClause
	where ast.ExprNode
	order *ast.OrderByClause
	limit *ast.Limit
	query *ast.SelectStmt // nil: an UPDATE or DELETE
}

// tailed returns the block of a statement that reads one table, once, and the table;
// nil if it is another kind of statement.
func (g *gatherer) tailed() (*tailBlock, *leaf) {
	if g.main != g.stmt || len(g.out.Places) != len(g.leaves) || len(g.out.Views) > 0 || len(g.systems) > 0 {
		return nil, nil
	}
	n, alone := ast.Node(g.main.Tree), len(g.leaves) == 1
	if i, ok := n.(*ast.InsertStmt); ok && i.Select != nil {
		n, alone = i.Select, len(g.leaves) == 2
	}
	if !alone {
		return nil, nil
	}
	l := g.leaves[len(g.leaves)-1]
	switch n := n.(type) {
	case *ast.SelectStmt:
		if n.With == nil {
			return &tailBlock{n.From, n.Where, n.OrderBy, n.Limit, n}, l
		}
	case *ast.UpdateStmt:
		if n.With == nil && !n.MultipleTable {
			return &tailBlock{n.TableRefs, n.Where, n.Order, n.Limit, nil}, l
		}
	case *ast.DeleteStmt:
		if n.With == nil && !n.IsMultiTable {
			return &tailBlock{n.TableRefs, n.Where, n.Order, n.Limit, nil}, l
		}
	}
	return nil, nil
}

// fromTable reports whether a block reads one table and nothing else.
func fromTable(from *ast.TableRefsClause) bool {
	if from == nil || from.TableRefs == nil || from.TableRefs.Right != nil {
		return false
	}
	src, ok := from.TableRefs.Left.(*ast.TableSource)
	if !ok {
		return false
	}
	_, ok = src.Source.(*ast.TableName)
	return ok
}

// clause returns the tokens of a clause of the outermost block, from its first word to
// the last before the next clause; -1 if it is not there.
func (g *gatherer) clause(word string) (first, last int) {
	depth, at, end := 0, -1, len(g.stmt.Tokens)
	if g.end > 0 {
		end = g.end
	}
	for i := range end {
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
	return at, end - 1
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
func (g *gatherer) cut(b *tailBlock, t *plan.Tail, l *leaf) {
	s := b.query
	if b.limit == nil || s != nil && (s.GroupBy != nil || s.Distinct || s.Having != nil || aggregates(s) || hasWindow(s)) || g.countsAll() {
		return
	}
	if b.order != nil {
		for _, item := range b.order.Items {
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
	if s == nil {
		return true
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
		if t.Start == g.stmt.Tokens[i].Start && (t.Kind == parser.Int || t.Kind == parser.String || t.Kind == parser.Param) {
			return n
		}
	}
	return -1
}

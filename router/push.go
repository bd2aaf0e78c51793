package router

import (
	"strings"

	"github.com/pingcap/tidb/pkg/parser/ast"
	"github.com/pingcap/tidb/pkg/parser/opcode"

	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/parser/value"
	"github.com/sluicedb/sluice/router/plan"
)

// push notes a condition that rows of one table of the block must fulfil to matter, so
// that its shards can leave out the others. The condition is written anew, with the
// constants of the client's text: the statement itself asks it again of what comes, so
// whatever is not understood here is only left to it.
func (a *analysis) push(e ast.ExprNode, c frame) {
	if !a.gathers || a.hinted() || a.inView > 0 || a.main != a.stmt || a.text != a.stmt {
		return
	}
	p := &passer{analysis: a, frame: c}
	if !p.condition(e) || p.leaf == nil || p.listed(unwrap(e)) {
		return
	}
	p.leaf.pushed = append(p.leaf.pushed, plan.Pushed{Pieces: p.pieces, Fits: p.fits, Clock: p.clock, Text: p.text.String()})
}

// listed reports whether a condition says that a column has one of some values, which the
// filter of its table knows.
func (p *passer) listed(e ast.ExprNode) bool {
	switch e := e.(type) {
	case *ast.BinaryOperationExpr:
		if e.Op != opcode.EQ {
			return false
		}
	case *ast.PatternInExpr:
		if e.Not {
			return false
		}
	default:
		return false
	}
	if len(p.fits) == 0 {
		return false
	}
	c, ok := p.leaf.table.Column(p.fits[0].Column)
	return ok && (familyOf(c) != "" || strings.HasPrefix(c.Type, "enum"))
}

// passer writes one condition.
type passer struct {
	*analysis
	frame
	leaf   *leaf
	pieces []plan.Piece
	fits   []plan.Fit
	clock  bool            // it asks for the time
	text   strings.Builder // for people
}

func (p *passer) write(s string) bool {
	if n := len(p.pieces); n > 0 && p.pieces[n-1].Last == 0 && p.pieces[n-1].Param == 0 {
		p.pieces[n-1].Text += s
	} else {
		p.pieces = append(p.pieces, plan.Piece{Text: s})
	}
	p.text.WriteString(s)
	return true
}

// condition writes what can be true or not; false: it is not understood.
func (p *passer) condition(e ast.ExprNode) bool {
	switch e := unwrap(e).(type) {
	case *ast.BinaryOperationExpr:
		switch e.Op {
		case opcode.LogicAnd, opcode.LogicOr:
			word := " AND "
			if e.Op == opcode.LogicOr {
				word = " OR "
			}
			return p.write("(") && p.condition(e.L) && p.write(word) && p.condition(e.R) && p.write(")")
		case opcode.EQ, opcode.NE, opcode.LT, opcode.LE, opcode.GT, opcode.GE, opcode.NullEQ:
			return p.compare(e.L, e.R) && p.operand(e.L) && p.write(" "+comparison[e.Op]+" ") && p.operand(e.R)
		}
	case *ast.UnaryOperationExpr:
		if e.Op == opcode.Not || e.Op == opcode.Not2 {
			return p.write("(NOT (") && p.condition(e.V) && p.write("))")
		}
	case *ast.IsNullExpr:
		word := " IS NULL"
		if e.Not {
			word = " IS NOT NULL"
		}
		return p.operand(e.Expr) && p.write(word)
	case *ast.BetweenExpr:
		word := " BETWEEN "
		if e.Not {
			word = " NOT BETWEEN "
		}
		return p.compare(e.Expr, e.Left) && p.compare(e.Expr, e.Right) && p.write("(") && p.operand(e.Expr) && p.write(word) && p.operand(e.Left) && p.write(" AND ") && p.operand(e.Right) && p.write(")")
	case *ast.PatternInExpr:
		return p.in(e)
	case *ast.PatternLikeOrIlikeExpr:
		return p.like(e)
	}
	return false
}

var comparison = map[opcode.Op]string{
	opcode.EQ: "=", opcode.NE: "<>", opcode.LT: "<", opcode.LE: "<=", opcode.GT: ">", opcode.GE: ">=", opcode.NullEQ: "<=>",
}

func (p *passer) in(e *ast.PatternInExpr) bool {
	if e.Sel != nil || len(e.List) > 1000 {
		return false
	}
	word := " IN ("
	if e.Not {
		word = " NOT IN ("
	}
	if !p.operand(e.Expr) || !p.write(word) {
		return false
	}
	for i, x := range e.List {
		if i > 0 {
			p.write(", ")
		}
		if !p.compare(e.Expr, x) || !p.operand(x) {
			return false
		}
	}
	return p.write(")")
}

func (p *passer) like(e *ast.PatternLikeOrIlikeExpr) bool {
	if !e.IsLike || e.Escape != '\\' || p.stmt.Dialect.Mode&parser.NoBackslashEscapes != 0 {
		return false
	}
	word := " LIKE "
	if e.Not {
		word = " NOT LIKE "
	}
	return p.compare(e.Expr, e.Pattern) && p.operand(e.Expr) && p.write(word) && p.operand(e.Pattern)
}

// compare notes that a column is compared with a constant: it is left to the statement
// where the server would have to convert the column of every row, and warn.
func (p *passer) compare(l, r ast.ExprNode) bool {
	l, r = unwrap(l), unwrap(r)
	if _, ok := l.(*ast.ColumnNameExpr); !ok {
		l, r = r, l
	}
	c, ok := l.(*ast.ColumnNameExpr)
	if !ok {
		return true
	}
	v, ok := p.constant(r)
	if !ok {
		_, column := r.(*ast.ColumnNameExpr)
		return column || p.temporal(c) && momentary(r)
	}
	p.fits = append(p.fits, plan.Fit{Column: c.Name.Name.L, Value: v})
	return true
}

// temporal reports whether a column holds dates or times of dates.
func (p *passer) temporal(e *ast.ColumnNameExpr) bool {
	src, n := p.columnOf(e, p.scope)
	if n == nil || src == nil || src.leaf == nil || src.leaf.table == nil {
		return false
	}
	c, ok := src.leaf.table.Column(n.column)
	return ok && (strings.HasPrefix(c.Type, "date") || strings.HasPrefix(c.Type, "timestamp"))
}

// momentary reports whether an expression is the present time, or so long before or
// behind it.
func momentary(e ast.ExprNode) bool {
	f, ok := unwrap(e).(*ast.FuncCallExpr)
	if !ok {
		return false
	}
	switch f.FnName.L {
	case "now", "current_timestamp", "localtime", "localtimestamp", "curdate", "current_date", "utc_timestamp", "utc_date":
		return len(f.Args) == 0
	case "date_add", "date_sub", "adddate", "subdate":
		return len(f.Args) == 3 && momentary(f.Args[0])
	}
	return false
}

// moment writes such an expression. All shards and the statement itself must be told the
// same time.
func (p *passer) moment(e *ast.FuncCallExpr) bool {
	p.clock = true
	switch f := e.FnName.L; f {
	case "date_add", "date_sub", "adddate", "subdate":
		inner, ok := unwrap(e.Args[0]).(*ast.FuncCallExpr)
		unit, known := e.Args[2].(*ast.TimeUnitExpr)
		word := "DATE_ADD("
		if strings.Contains(f, "sub") {
			word = "DATE_SUB("
		}
		return ok && known && p.write(word) && p.moment(inner) && p.write(", INTERVAL ") && p.operand(e.Args[1]) && p.write(" "+unit.Unit.String()+")")
	default:
		return p.write(strings.ToUpper(f) + "()")
	}
}

// operand writes a column of the table, or a constant.
func (p *passer) operand(e ast.ExprNode) bool {
	e = unwrap(e)
	switch e := e.(type) {
	case *ast.ColumnNameExpr:
		return p.column(e)
	case *ast.UnaryOperationExpr:
		if _, ok := p.constant(e); ok && e.Op == opcode.Minus {
			return p.write("-") && p.operand(e.V)
		}
		return false
	case ast.ValueExpr:
		return p.value(e)
	case *ast.FuncCallExpr:
		if momentary(e) {
			return p.moment(e)
		}
		return p.call(e)
	}
	return false
}

// call writes functions that give the same wherever they are asked.
func (p *passer) call(e *ast.FuncCallExpr) bool {
	switch e.FnName.L {
	case "date", "year", "month", "lower", "upper", "ifnull", "coalesce", "char_length", "length", "abs", "round", "floor", "json_extract", "json_unquote", "json_contains", "left", "right":
	default:
		return false
	}
	p.write(strings.ToUpper(e.FnName.L) + "(")
	for i, x := range e.Args {
		if i > 0 {
			p.write(", ")
		}
		if !p.operand(x) {
			return false
		}
	}
	return p.write(")")
}

func (p *passer) column(e *ast.ColumnNameExpr) bool {
	src, n := p.columnOf(e, p.scope)
	if n == nil || src == nil || src.leaf == nil || src.query != nil || !p.own[src] || p.nullable[src] {
		return false
	}
	l := src.leaf
	if l.table == nil || l.view != nil || l.virtual || p.leaf != nil && p.leaf != l {
		return false
	}
	c, ok := l.table.Column(n.column)
	if !ok {
		return false
	}
	p.leaf = l
	return p.write(ident(c.Name))
}

// value writes a constant as the text has it.
func (p *passer) value(e ast.ValueExpr) bool {
	v, ok := p.literal(e)
	if !ok {
		return false
	}
	switch v.Kind {
	case plan.FromParam:
		p.pieces = append(p.pieces, plan.Piece{Param: v.Index + 1})
		p.text.WriteString("?")
		return true
	case plan.FromLiteral:
		at := p.stmt.TokenAt(e)
		if at < 0 || at+1 < len(p.stmt.Tokens) && p.stmt.Tokens[at+1].Kind.Literal() { // 'one' 'text'
			return false
		}
		if p.stmt.Tokens[at].Start != p.stmt.Literals[v.Index].Start { // an introducer
			return false
		}
		p.pieces = append(p.pieces, plan.Piece{First: at, Last: at})
		p.text.WriteString("?")
		return true
	}
	if v.Const.Kind == value.Null {
		return p.write("NULL")
	}
	return false
}

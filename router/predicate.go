package router

import (
	"github.com/pingcap/tidb/pkg/parser/ast"
	"github.com/pingcap/tidb/pkg/parser/opcode"

	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/parser/value"
	"github.com/sluicedb/sluice/router/plan"
)

// frame is where a condition stands: what it may demand of whom.
type frame struct {
	scope    *scope
	own      map[*source]bool   // sources whose rows the condition filters
	nullable map[*source]bool   // those that may be filled with NULLs where the condition is asked
	around   func(*source) bool // whether sources of outer blocks are filtered too
}

// allows reports whether rows of a source for which the condition is not true do not
// matter.
func (c frame) allows(s *source) bool {
	return c.own[s] || c.around != nil && c.around(s)
}

// equate notes that a condition holds only where two columns are equal.
func (c frame) equate(ls *source, l *node, rs *source, r *node) {
	if c.allows(rs) {
		link(l, r)
	}
	if c.allows(ls) {
		link(r, l)
	}
}

// demand notes what follows for nodes when rows matter only if e is true.
func (a *analysis) demand(e ast.ExprNode, c frame) {
	e = unwrap(e)
	if b, ok := e.(*ast.BinaryOperationExpr); ok && b.Op == opcode.LogicAnd {
		a.demand(b.L, c)
		a.demand(b.R, c)
		return
	}
	switch e := e.(type) {
	case *ast.BinaryOperationExpr:
		if e.Op == opcode.EQ {
			a.equal(e.L, e.R, c)
		}
	case *ast.PatternInExpr:
		if e.Sel != nil && !e.Not {
			a.member(e.Expr, e.Sel, c)
		}
	case *ast.CompareSubqueryExpr:
		if e.Op == opcode.EQ && !e.All {
			a.member(e.L, e.R, c)
		}
	case *ast.ExistsSubqueryExpr:
		if !e.Not {
			a.semi(e.Sel, c)
		}
	}
	for n, f := range a.implied(e, c.scope) {
		if c.allows(f.src) && !(f.null && (c.nullable[f.src] || !c.own[f.src])) {
			n.base = append(n.base, f.set)
		}
	}
	a.push(e, c)
}

// equal reads L = R for columns and scalar subqueries.
func (a *analysis) equal(l, r ast.ExprNode, c frame) {
	l, r = unwrap(l), unwrap(r)
	if x, y, ok := pairs(l, r); ok {
		for i := range x {
			a.equal(x[i], y[i], c)
		}
		return
	}
	ls, ln := a.columnOf(l, c.scope)
	rs, rn := a.columnOf(r, c.scope)
	switch {
	case ln != nil && rn != nil:
		c.equate(ls, ln, rs, rn)
	case ln != nil:
		a.scalar(ls, ln, r, c)
	case rn != nil:
		a.scalar(rs, rn, l, c)
	}
}

// pairs takes two row constructors of one length apart.
func pairs(l, r ast.ExprNode) (x, y []ast.ExprNode, ok bool) {
	lr, okl := l.(*ast.RowExpr)
	rr, okr := r.(*ast.RowExpr)
	if !okl || !okr || len(lr.Values) != len(rr.Values) {
		return nil, nil, false
	}
	return lr.Values, rr.Values, true
}

// scalar reads column = (SELECT column ...).
func (a *analysis) scalar(src *source, n *node, e ast.ExprNode, c frame) {
	sub, ok := e.(*ast.SubqueryExpr)
	if !ok || !c.allows(src) {
		return
	}
	q := a.subquery(sub, c.scope, frame{})
	if q != nil && !q.partial && len(q.outputs) == 1 && q.outputs[0].node != nil {
		link(q.outputs[0].node, n)
	}
}

// member reads x IN (SELECT y ...), x being a column or a row of columns.
func (a *analysis) member(x, sel ast.ExprNode, c frame) {
	sub, ok := unwrap(sel).(*ast.SubqueryExpr)
	if !ok {
		return
	}
	q := a.subquery(sub, c.scope, c)
	if q == nil || q.partial {
		return
	}
	list := []ast.ExprNode{unwrap(x)}
	if row, ok := list[0].(*ast.RowExpr); ok {
		list = row.Values
	}
	if len(list) != len(q.outputs) {
		return
	}
	for i, e := range list {
		src, n := a.columnOf(unwrap(e), c.scope)
		if n == nil || q.outputs[i].node == nil {
			continue
		}
		inside := outside(&q.outputs[i], "")
		if c.allows(src) {
			link(inside, n)
		}
		link(n, inside)
	}
}

// semi reads EXISTS (SELECT ...).
func (a *analysis) semi(sel ast.ExprNode, c frame) {
	if sub, ok := unwrap(sel).(*ast.SubqueryExpr); ok {
		a.subquery(sub, c.scope, c)
	}
}

// subquery reads a subquery in an expression once. Rows of the outer block for which
// it has no rows do not matter if around says so.
func (a *analysis) subquery(sub *ast.SubqueryExpr, sc *scope, around frame) *query {
	if q, ok := a.subqueries[sub]; ok {
		return q
	}
	var q *query
	var err error
	if s, ok := sub.Query.(*ast.SelectStmt); ok {
		q, err = a.selection(s, sc, around)
	} else {
		q, err = a.query(sub.Query, sc)
	}
	if err != nil {
		if a.err == nil {
			a.err = err
		}
		q = nil
	}
	a.subqueries[sub] = q
	return q
}

// fact is what a true condition says of a node.
type fact struct {
	set  *plan.Set
	src  *source
	null bool // the condition can be true where the column is NULL
}

// implied returns the sets that columns must be in for e to be true.
func (a *analysis) implied(e ast.ExprNode, sc *scope) map[*node]fact {
	switch e := unwrap(e).(type) {
	case *ast.BinaryOperationExpr:
		switch e.Op {
		case opcode.LogicAnd:
			return either(a.implied(e.L, sc), a.implied(e.R, sc))
		case opcode.LogicOr:
			return both(a.implied(e.L, sc), a.implied(e.R, sc))
		case opcode.EQ:
			return a.compared(e.L, e.R, plan.Equal, sc)
		case opcode.NullEQ:
			return a.compared(e.L, e.R, plan.NullSafe, sc)
		}
	case *ast.PatternInExpr:
		if !e.Not && e.Sel == nil {
			return a.listed(e, sc)
		}
	case *ast.IsNullExpr:
		if !e.Not {
			return a.one(e.Expr, plan.Of(plan.Source{Kind: plan.FromConstant, Use: plan.NullSafe}), true, sc)
		}
	case *ast.BetweenExpr:
		low, okl := a.constant(e.Left)
		high, okh := a.constant(e.Right)
		if !e.Not && okl && okh {
			return a.one(e.Expr, plan.Range(low, high), false, sc)
		}
	}
	return nil
}

// either joins what two conditions say that are both true.
func either(x, y map[*node]fact) map[*node]fact {
	if x == nil {
		return y
	}
	for n, f := range y {
		if g, ok := x[n]; ok {
			f.set, f.null = plan.Both(g.set, f.set), f.null && g.null
		}
		x[n] = f
	}
	return x
}

// both keeps what two conditions say alike of which one is true.
func both(x, y map[*node]fact) map[*node]fact {
	out := map[*node]fact{}
	for n, f := range x {
		if g, ok := y[n]; ok {
			out[n] = fact{set: plan.Union(f.set, g.set), src: f.src, null: f.null || g.null}
		}
	}
	return out
}

// one makes the facts of a condition on a single column.
func (a *analysis) one(e ast.ExprNode, set *plan.Set, null bool, sc *scope) map[*node]fact {
	src, n := a.columnOf(unwrap(e), sc)
	if n == nil {
		return nil
	}
	return map[*node]fact{n: {set: set, src: src, null: null}}
}

// compared reads column = constant, in either order, and rows of them.
func (a *analysis) compared(l, r ast.ExprNode, use plan.Use, sc *scope) map[*node]fact {
	l, r = unwrap(l), unwrap(r)
	if x, y, ok := pairs(l, r); ok {
		var out map[*node]fact
		for i := range x {
			out = either(out, a.compared(x[i], y[i], use, sc))
		}
		return out
	}
	v, ok := a.constant(r)
	if !ok {
		l, r = r, l
		if v, ok = a.constant(r); !ok {
			return nil
		}
	}
	v.Use = use
	return a.one(l, plan.Of(v), use == plan.NullSafe, sc)
}

// listed reads column IN (constants) and (columns) IN (rows of constants).
func (a *analysis) listed(e *ast.PatternInExpr, sc *scope) map[*node]fact {
	row, ok := unwrap(e.Expr).(*ast.RowExpr)
	if !ok {
		set := a.constants(e.List, func(x ast.ExprNode) ast.ExprNode { return x })
		if set.IsAll() {
			return nil
		}
		return a.one(e.Expr, set, false, sc)
	}
	var out map[*node]fact
	for i, col := range row.Values {
		set := a.constants(e.List, func(x ast.ExprNode) ast.ExprNode {
			if r, ok := x.(*ast.RowExpr); ok && i < len(r.Values) {
				return r.Values[i]
			}
			return nil
		})
		if !set.IsAll() {
			out = either(out, a.one(col, set, false, sc))
		}
	}
	return out
}

// constants returns the set of a list of expressions: all values if one of them is
// not constant.
func (a *analysis) constants(list []ast.ExprNode, pick func(ast.ExprNode) ast.ExprNode) *plan.Set {
	sets := make([]*plan.Set, 0, len(list))
	for _, e := range list {
		x := pick(unwrap(e))
		if x == nil {
			return plan.All()
		}
		v, ok := a.constant(x)
		if !ok {
			return plan.All()
		}
		sets = append(sets, plan.Of(v))
	}
	return plan.Union(sets...)
}

// columnOf resolves an expression that is a plain column.
func (a *analysis) columnOf(e ast.ExprNode, sc *scope) (*source, *node) {
	c, ok := e.(*ast.ColumnNameExpr)
	if !ok {
		return nil, nil
	}
	return sc.resolve(c.Name)
}

// constant reads an expression whose value is known at the latest when the statement
// is executed.
func (a *analysis) constant(e ast.ExprNode) (plan.Source, bool) {
	switch e := unwrap(e).(type) {
	case *ast.UnaryOperationExpr:
		v, ok := a.constant(e.V)
		switch {
		case ok && e.Op == opcode.Plus:
			return v, true
		case ok && e.Op == opcode.Minus && !v.Negate && v.Kind != plan.FromConstant:
			v.Negate = true
			return v, true
		}
	case *ast.SetCollationExpr:
		inner, ok := unwrap(e.Expr).(ast.ValueExpr)
		if ok && a.kindOf(inner) == parser.String {
			return a.literal(inner)
		}
	case ast.ValueExpr: // parameters too
		return a.literal(e)
	}
	return plan.Source{}, false
}

// kindOf returns the kind of the token a constant stands for; 0 if it has none.
func (a *analysis) kindOf(e ast.ValueExpr) parser.Kind {
	i := a.text.LiteralAt(e)
	if i < 0 {
		return 0
	}
	return a.text.Literals[i].Kind
}

func (a *analysis) literal(e ast.ValueExpr) (plan.Source, bool) {
	i := a.text.LiteralAt(e)
	if i >= 0 && a.text == a.main {
		i = a.literalAt(i)
	}
	switch {
	case i < 0:
		return keyword(e)
	case a.text != a.main:
		return plan.Source{Kind: plan.FromConstant, Const: parser.Literal(a.text.SQL, a.text.Literals[i], a.text.Dialect)}, true
	case a.stmt.Literals[i].Kind == parser.Param:
		return plan.Source{Kind: plan.FromParam, Index: a.param(i)}, true
	default:
		return plan.Source{Kind: plan.FromLiteral, Index: i}, true
	}
}

// keyword reads NULL, TRUE and FALSE.
func keyword(e ast.ValueExpr) (plan.Source, bool) {
	switch v := e.GetValue().(type) {
	case nil:
		return plan.Source{Kind: plan.FromConstant}, true
	case int64:
		return plan.Source{Kind: plan.FromConstant, Const: value.Value{Kind: value.Int, I: v}}, v == 0 || v == 1
	}
	return plan.Source{}, false
}

// param returns the number of the parameter that is literal i.
func (a *analysis) param(i int) int {
	n := 0
	for _, t := range a.stmt.Literals[:i] {
		if t.Kind == parser.Param {
			n++
		}
	}
	return n
}

// unwrap removes parentheses.
func unwrap(e ast.ExprNode) ast.ExprNode {
	for {
		p, ok := e.(*ast.ParenthesesExpr)
		if !ok {
			return e
		}
		e = p.Expr
	}
}

// strict adds the sources that cannot be filled with NULLs where e is true.
func (a *analysis) strict(e ast.ExprNode, sc *scope, into map[*source]bool) {
	add := func(list ...ast.ExprNode) {
		for _, x := range list {
			if src, n := a.columnOf(unwrap(x), sc); n != nil {
				into[src] = true
			}
		}
	}
	switch e := unwrap(e).(type) {
	case *ast.BinaryOperationExpr:
		a.strictOperation(e, sc, into)
	case *ast.PatternInExpr:
		if !e.Not || e.Sel == nil {
			add(e.Expr)
		}
	case *ast.PatternLikeOrIlikeExpr:
		add(e.Expr)
	case *ast.BetweenExpr:
		add(e.Expr)
	case *ast.IsNullExpr:
		if e.Not {
			add(e.Expr)
		}
	}
}

func (a *analysis) strictOperation(e *ast.BinaryOperationExpr, sc *scope, into map[*source]bool) {
	switch e.Op {
	case opcode.LogicAnd:
		a.strict(e.L, sc, into)
		a.strict(e.R, sc, into)
	case opcode.LogicOr:
		l, r := map[*source]bool{}, map[*source]bool{}
		a.strict(e.L, sc, l)
		a.strict(e.R, sc, r)
		for s := range l {
			if r[s] {
				into[s] = true
			}
		}
	case opcode.EQ, opcode.LT, opcode.LE, opcode.GT, opcode.GE, opcode.NE:
		for _, x := range []ast.ExprNode{e.L, e.R} {
			if src, n := a.columnOf(unwrap(x), sc); n != nil {
				into[src] = true
			}
		}
	}
}

// nothing returns the set None, perhaps conditional, where a block can have no rows.
func (a *analysis) nothing(where ast.ExprNode, limit *ast.Limit) *plan.Set {
	var out *plan.Set
	if limit != nil && a.text == a.main && a.outermostLimit(limit) && !a.countsAll() {
		if i := a.limitLiteral(); i >= 0 {
			out = plan.NoneIf(plan.Condition{Left: i, Right: -1})
		}
	}
	if where != nil {
		out = plan.Both(out, a.never(where))
	}
	return out
}

// countsAll reports whether the statement counts rows beyond its LIMIT.
func (a *analysis) countsAll() bool {
	for i := range a.stmt.Tokens {
		if a.stmt.Is(i, "sql_calc_found_rows") {
			return true
		}
	}
	return false
}

// outermostLimit reports whether a LIMIT is that of the whole statement.
func (a *analysis) outermostLimit(limit *ast.Limit) bool {
	switch n := a.main.Tree.(type) {
	case *ast.SelectStmt:
		return n.Limit == limit
	case *ast.SetOprStmt:
		return n.Limit == limit
	}
	return false
}

// limitLiteral returns the index of the constant after the outermost LIMIT that says
// how many rows are wanted; -1 if there is none. The tree gives it no place.
func (a *analysis) limitLiteral() int {
	at := a.limitAt()
	if at > 0 && a.isOp(at+1, ",") { // LIMIT offset, count
		at += 2
	}
	return a.literalToken(at)
}

// offsetLiteral returns the index of the constant that says how many rows the outermost
// LIMIT skips; -1 if there is none.
func (a *analysis) offsetLiteral() int {
	at := a.limitAt()
	if at > 0 && a.stmt.Is(at+1, "offset") {
		at += 2
	}
	return a.literalToken(at)
}

// limitAt returns the token behind the outermost LIMIT; -1 if there is none.
func (a *analysis) limitAt() int {
	depth, at := 0, -1
	for i := range a.stmt.Tokens {
		switch {
		case a.isOp(i, "("):
			depth++
		case a.isOp(i, ")"):
			depth--
		case depth == 0 && a.stmt.Is(i, "limit"):
			at = i + 1
		}
	}
	return at
}

// literalToken returns the index of the constant or parameter that a token is; -1 if it is
// none.
func (a *analysis) literalToken(at int) int {
	if at < 0 || at >= len(a.stmt.Tokens) {
		return -1
	}
	for i, t := range a.stmt.Literals {
		if t.Start == a.stmt.Tokens[at].Start && (t.Kind == parser.Int || t.Kind == parser.Param) {
			return i
		}
	}
	return -1
}

// never reads conditions without columns that are not true: FALSE, NULL, 0, 1 = 0.
func (a *analysis) never(e ast.ExprNode) *plan.Set {
	switch e := unwrap(e).(type) {
	case *ast.BinaryOperationExpr:
		if e.Op == opcode.LogicAnd {
			return plan.Both(a.never(e.L), a.never(e.R))
		}
		l, okl := a.number(e.L)
		r, okr := a.number(e.R)
		if e.Op == opcode.EQ && okl && okr {
			return plan.NoneIf(plan.Condition{Left: l, Right: r})
		}
	case ast.ValueExpr:
		if i := a.text.LiteralAt(e); i >= 0 {
			if a.text == a.main {
				return plan.NoneIf(plan.Condition{Left: a.literalAt(i), Right: -1})
			}
			return nil
		}
		if v, ok := keyword(e); ok && (v.Const.Kind == value.Null || v.Const.I == 0) {
			return plan.None()
		}
	}
	return nil
}

// number returns the index of an integer constant of the text.
func (a *analysis) number(e ast.ExprNode) (int, bool) {
	v, ok := unwrap(e).(ast.ValueExpr)
	if !ok || a.text != a.main {
		return 0, false
	}
	i := a.literalAt(a.text.LiteralAt(v))
	return i, i >= 0 && a.stmt.Literals[i].Kind == parser.Int
}

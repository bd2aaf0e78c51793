package router

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"github.com/pingcap/tidb/pkg/parser/ast"
	"github.com/pingcap/tidb/pkg/parser/opcode"

	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/router/plan"
	"github.com/sluicedb/sluice/rules"
)

// shape finds how the shards' rows become the answer; false if they cannot.
func (b *scatterer) shape() bool {
	s := b.s
	switch aggregated := aggregates(s); {
	case windowed(s) && (aggregated || s.GroupBy != nil || s.Distinct || s.Having != nil || !b.windows()):
		return false
	case !aggregated && s.GroupBy == nil && !s.Distinct:
		return b.rows(false)
	case s.Distinct && (aggregated || s.GroupBy != nil || s.Having != nil), b.star:
		return false
	case s.GroupBy == nil && !s.Distinct:
		return !collects(s) && b.single()
	}
	groups, ok := b.grouped()
	if !ok {
		return false
	}
	if s.Distinct && (!b.undouble(groups) || !b.ordersBy(groups)) {
		return false
	}
	if slices.ContainsFunc(groups, func(t term) bool { return b.keyed(t.expr) }) {
		b.out.Whole = true
		return b.rows(true)
	}
	return !collects(s) && b.groups(groups)
}

// keyed reports whether an expression is the sharding key: rows of one value of it are on
// one shard.
func (b *scatterer) keyed(e ast.ExprNode) bool {
	c, ok := unwrap(e).(*ast.ColumnNameExpr)
	if !ok {
		return false
	}
	t, ok := b.ofColumn(c.Name, -1)
	if !ok || t.leaf.table.Kind != rules.Sharded || !strings.EqualFold(t.column.Name, t.leaf.table.Key) {
		return false
	}
	return t.leaf == b.driver || slices.Contains(always(b.s.From.TableRefs, nil), t.leaf.name)
}

// rows plans shards whose rows are rows of the answer.
func (b *scatterer) rows(groups bool) bool {
	order, ok := b.sorted()
	if !ok {
		return false
	}
	for i, t := range order {
		k, ok := b.key(t, b.s.OrderBy.Items[i].Desc, groups, toSort)
		if !ok {
			return false
		}
		b.out.Keys = append(b.out.Keys, k)
	}
	return true
}

// undouble lets the shards group by the items of SELECT DISTINCT, which is the same and
// lets further items be added. Where the primary key is among the items a server leaves
// DISTINCT out, and columns are described as without it.
func (b *scatterer) undouble(items []term) bool {
	at := b.mainSelect() + 1
	for at < len(b.stmt.Tokens) && !b.stmt.Is(at, "distinct") && !b.stmt.Is(at, "distinctrow") {
		if !b.isOption(at) {
			return false
		}
		at++
	}
	b.cutOut(at, at)
	if b.alone = b.primary(items); b.alone {
		return true
	}
	list := make([]string, len(b.items))
	for i := range list {
		list[i] = strconv.Itoa(i + 1)
	}
	b.insert(b.behind("having", "order", "limit"), plan.Piece{Text: " GROUP BY " + strings.Join(list, ",")})
	return true
}

// primary reports whether the items name all columns of the primary key of the only table.
func (b *scatterer) primary(items []term) bool {
	t := b.driver.table
	if !fromTable(b.s.From) || len(t.Uniques) == 0 || t.Uniques[0].Name != "PRIMARY" {
		return false
	}
	return !slices.ContainsFunc(t.Uniques[0].Columns, func(name string) bool {
		return !slices.ContainsFunc(items, func(i term) bool { return i.column != nil && strings.EqualFold(i.column.Name, name) })
	})
}

// ordersBy reports whether ORDER BY names only these terms.
func (b *scatterer) ordersBy(terms []term) bool {
	order, ok := b.sorted()
	return ok && !slices.ContainsFunc(order, func(t term) bool { return !slices.ContainsFunc(terms, t.same) })
}

// behind returns the token behind which a clause can be put that stands before others.
func (b *scatterer) behind(others ...string) int {
	for _, w := range others {
		if first, _ := b.clause(w); first > 0 {
			return first - 1
		}
	}
	return len(b.stmt.Tokens) - 1
}

func (b *scatterer) cutOut(first, last int) {
	b.out.Splices = append(b.out.Splices, plan.Splice{First: first, Last: last})
}

func (b *scatterer) insert(behind int, pieces ...plan.Piece) {
	b.out.Splices = append(b.out.Splices, plan.Splice{First: behind + 1, Last: behind, Pieces: pieces})
}

// single plans aggregates without groups: every shard has one row, and so has the answer.
func (b *scatterer) single() bool {
	b.out.Groups = &plan.Groups{Single: true}
	if !b.folds() || !b.having() {
		return false
	}
	if b.shows(nil) {
		b.first()
	}
	return true
}

// groups plans groups whose rows are on several shards.
func (b *scatterer) groups(groups []term) bool {
	b.out.Groups = &plan.Groups{}
	order, ok := b.sorted()
	if !ok || b.using() || !b.folds() || !b.having() {
		return false
	}
	var list []plan.Piece
	hidden := len(b.out.Hidden)
	add := func(t term, desc bool) bool {
		k, ok := b.key(t, desc, true, toEqual)
		if !ok {
			return false
		}
		b.out.Keys = append(b.out.Keys, k)
		list = append(list, b.sortBy(t, k))
		return true
	}
	rest := slices.Clone(groups)
	for i, t := range order {
		at := slices.IndexFunc(rest, t.same)
		if at < 0 && slices.ContainsFunc(groups, t.same) {
			continue // a second time
		}
		if at < 0 {
			b.out.Hidden = b.out.Hidden[:hidden]
			if !b.finally(order) {
				return false
			}
			b.buffer()
			b.out.Keys, list, rest = nil, nil, groups
			break
		}
		if !add(rest[at], b.s.OrderBy.Items[i].Desc) {
			return false
		}
		rest = slices.Delete(rest, at, at+1)
	}
	for _, t := range rest {
		if !add(t, false) {
			return false
		}
	}
	text := slices.ContainsFunc(b.out.Keys, func(k plan.SortKey) bool { return k.Weights != plan.NoWeights })
	if text || b.shows(groups) {
		b.first()
	}
	return b.reorder(list)
}

// shows reports whether an item of the SELECT list is neither a group nor made of all rows.
func (b *scatterer) shows(groups []term) bool {
	for i := range b.items {
		_, constant := unwrap(b.s.Fields.Fields[i].Expr).(ast.ValueExpr)
		if !constant && b.foldAt(i) == nil && !slices.ContainsFunc(groups, func(t term) bool {
			return t.field == i || t.column == nil && bytes.Equal(b.textOf(t.span), b.textOf(b.items[i]))
		}) {
			return true
		}
	}
	return false
}

// textOf is the client's text from one token to another.
func (b *scatterer) textOf(span [2]int) []byte {
	if span[0] < 0 || span[1] < span[0] || span[1] >= len(b.stmt.Tokens) {
		return nil
	}
	return b.stmt.SQL[b.stmt.Tokens[span[0]].Start:b.stmt.Tokens[span[1]].End]
}

// first asks for the first row of each group, by its primary key, where what a group shows
// may differ from row to row, as texts that are equal do: a server shows that of the row
// which it meets first, and it mostly reads tables in the order of their keys. The first
// column of the key decides where that is the whole key, or the sharding key, which shards
// have no value of in common.
func (b *scatterer) first() {
	t := b.driver.table
	if b.alone || !fromTable(b.s.From) || t.Calendar != nil || len(t.Uniques) == 0 || t.Uniques[0].Name != "PRIMARY" {
		return
	}
	key := t.Uniques[0].Columns
	c, ok := t.Column(key[0])
	if !ok || len(key) > 1 && !strings.EqualFold(key[0], t.Key) {
		return
	}
	first := plan.Piece{Text: "MIN(" + ident(b.driver.alias) + "." + ident(c.Name) + ")"}
	f := plan.Fold{Op: plan.FoldMin, Weights: plan.NoWeights}
	switch _, kind := sortItem("", c.Type); {
	case kind == plan.SortText:
		f.At = b.hide(first)
		f.Weights = b.weigh(first, false, toEqual)
	case strings.HasSuffix(base(c.Type), "int"):
		f.At = b.hide(first)
	default:
		return
	}
	b.out.Groups.Folds = append(b.out.Groups.Folds, f)
	b.out.Groups.First = f.At
}

// same reports whether two terms are the same item or column.
func (t *term) same(o term) bool {
	if t.column != nil || o.column != nil {
		return t.column == o.column && t.leaf == o.leaf
	}
	return t.field >= 0 && t.field == o.field
}

// sortBy is the term in ORDER BY.
func (b *scatterer) sortBy(t term, k plan.SortKey) plan.Piece {
	text := t.name
	if t.column == nil {
		at := k.At + 1
		if k.At < 0 {
			at = len(b.items) + ^k.At + 1
		}
		text = strconv.Itoa(at)
	}
	if k.Desc {
		text += " DESC"
	}
	return plan.Piece{Text: text}
}

// finally plans an order of the answer in which the shards cannot give their rows.
func (b *scatterer) finally(order []term) bool {
	for i, t := range order {
		desc := b.s.OrderBy.Items[i].Desc
		if t.column != nil || !hasAggregate(t.expr) {
			k, ok := b.key(t, desc, true, toSort)
			if !ok {
				return false
			}
			b.out.Groups.Final = append(b.out.Groups.Final, k)
			continue
		}
		at := t.field
		if at < 0 {
			at = b.aggregate(t.expr, t.span, -1)
		}
		f := b.foldAt(at)
		if f == nil {
			return false
		}
		b.out.Groups.Final = append(b.out.Groups.Final, plan.SortKey{At: at, Kind: plan.SortTyped, Weights: f.Weights, Desc: desc})
	}
	return true
}

// buffer lets the shards keep their groups in a temporary table, as a server does that sorts
// them by something else: what a column of such a table is may differ from what the
// expression is, YEAR() a number for example.
func (b *scatterer) buffer() {
	if b.s.SelectStmtOpts.SQLBufferResult {
		return
	}
	at := b.mainSelect()
	if at+1 < len(b.stmt.Tokens) && b.stmt.Tokens[at+1].Kind == parser.Hint {
		at++
	}
	b.insert(at, plan.Piece{Text: " SQL_BUFFER_RESULT"})
}

// reorder writes the order in which the shards are to give their rows.
func (b *scatterer) reorder(list []plan.Piece) bool {
	pieces := []plan.Piece{{Text: " ORDER BY "}}
	for i, p := range list {
		if i > 0 {
			pieces = append(pieces, plan.Piece{Text: ","})
		}
		pieces = append(pieces, p)
	}
	if first, last := b.clause("order"); first > 0 {
		pieces[0].Text = "ORDER BY "
		b.out.Splices = append(b.out.Splices, plan.Splice{First: first, Last: last, Pieces: pieces})
		return true
	}
	b.insert(b.behind("limit"), pieces...)
	return true
}

// none is an item that there is not.
const none = 1 << 30

// folds finds how the items of groups of several shards become one.
func (b *scatterer) folds() bool {
	bare := false
	for i, f := range b.s.Fields.Fields {
		if !hasAggregate(f.Expr) {
			bare = bare || !isConstant(f.Expr)
			continue
		}
		if b.aggregate(f.Expr, b.items[i], i) == none {
			return false
		}
	}
	if g := b.out.Groups; g.Single && bare {
		// What stands beside aggregates is of a row, if there is one.
		g.Present = b.hide(plan.Piece{Text: "COUNT(*)"})
		g.Folds = append(g.Folds, plan.Fold{At: g.Present, Op: plan.FoldCount, Weights: plan.NoWeights})
	}
	return true
}

func hasAggregate(e ast.Node) bool {
	found := false
	visitAll(e, func(n ast.Node) {
		if _, ok := n.(*ast.AggregateFuncExpr); ok {
			found = true
		}
	})
	return found
}

func isConstant(e ast.Node) bool {
	constant := true
	visitAll(e, func(n ast.Node) {
		if _, ok := n.(*ast.ColumnNameExpr); ok {
			constant = false
		}
	})
	return constant
}

// aggregate plans the folding of an aggregate that is item at of the SELECT list, or is
// added to it, and returns where it is; none if it cannot be folded.
func (b *scatterer) aggregate(e ast.ExprNode, span [2]int, at int) int {
	for b.isOp(span[0], "(") && closing(b.stmt, span[0]) == span[1] {
		span[0], span[1] = span[0]+1, span[1]-1
	}
	if f, isCall := unwrap(e).(*ast.FuncCallExpr); isCall {
		return b.around(f, span, at)
	}
	n, ok := unwrap(e).(*ast.AggregateFuncExpr)
	if !ok || !b.isOp(span[0]+1, "(") || closing(b.stmt, span[0]+1) != span[1] || !b.movable(span) || !b.plainNames(e) {
		return none
	}
	if f := strings.ToLower(n.F); n.Distinct && f != "min" && f != "max" && !slices.ContainsFunc(n.Args, b.keyed) {
		return none // the same value may be on several shards
	}
	text := plan.Piece{First: span[0], Last: span[1]}
	inside := plan.Piece{First: span[0] + 2, Last: span[1] - 1}
	f := plan.Fold{At: at, Weights: plan.NoWeights}
	switch strings.ToLower(n.F) {
	case "count":
		f.Op = plan.FoldCount
	case "sum":
		f.Op = plan.FoldSum
	case "avg":
		f.Op = plan.FoldAvg
	case "min":
		f.Op = plan.FoldMin
	case "max":
		f.Op = plan.FoldMax
	case "bit_and":
		f.Op = plan.FoldAnd
	case "bit_or":
		f.Op = plan.FoldOr
	case "bit_xor":
		f.Op = plan.FoldXor
	default:
		return none
	}
	if at < 0 {
		f.At = b.hide(text)
	}
	g := b.out.Groups
	switch f.Op {
	case plan.FoldAvg:
		f.Sum = b.hide(plan.Piece{Text: "SUM("}, inside, plan.Piece{Text: ")"})
		f.Count = b.hide(plan.Piece{Text: "COUNT("}, inside, plan.Piece{Text: ")"})
		g.Folds = append(g.Folds, plan.Fold{At: f.Sum, Op: plan.FoldSum, Weights: plan.NoWeights}, plan.Fold{At: f.Count, Op: plan.FoldCount, Weights: plan.NoWeights})
	case plan.FoldMin, plan.FoldMax:
		if !b.neverText(n) {
			f.Weights = b.weigh(text, false, toEqual)
		}
	}
	g.Folds = append(g.Folds, f)
	return f.At
}

// around plans ROUND(aggregate, digits), IFNULL(aggregate, constant) and COALESCE.
func (b *scatterer) around(f *ast.FuncCallExpr, span [2]int, at int) int {
	if !b.isOp(span[0]+1, "(") || closing(b.stmt, span[0]+1) != span[1] || f.Schema.O != "" {
		return none
	}
	args := b.list(span[0], 2, span[1]-1)
	if len(args) != len(f.Args) || len(args) == 0 || len(args) > 2 {
		return none
	}
	fold := plan.Fold{At: at, Op: plan.FoldElse, Weights: plan.NoWeights}
	switch f.FnName.L {
	case "round":
		fold.Op = plan.FoldRound
		if n, ok := unwrap(f.Args[0]).(*ast.AggregateFuncExpr); !ok || !strings.EqualFold(n.F, "avg") && !strings.EqualFold(n.F, "sum") {
			return none
		}
		if len(args) == 2 && b.stmt.LiteralAt(f.Args[1]) < 0 {
			return none
		}
	case "ifnull", "coalesce":
		if len(args) != 2 || hasAggregate(f.Args[1]) || !isConstant(f.Args[1]) {
			return none
		}
	default:
		return none
	}
	if fold.Of = b.aggregate(f.Args[0], args[0], -1); fold.Of == none {
		return none
	}
	if at < 0 {
		if !b.movable(span) || !b.plainNames(f) {
			return none
		}
		fold.At = b.hide(plan.Piece{First: span[0], Last: span[1]})
	}
	b.out.Groups.Folds = append(b.out.Groups.Folds, fold)
	return fold.At
}

func (b *scatterer) foldAt(at int) *plan.Fold {
	for i := range b.out.Groups.Folds {
		if b.out.Groups.Folds[i].At == at {
			return &b.out.Groups.Folds[i]
		}
	}
	return nil
}

// having plans HAVING: comparisons of aggregates with exact numbers, all of which hold.
func (b *scatterer) having() bool {
	if b.s.Having == nil {
		return true
	}
	first, last := b.clause("having")
	if first < 0 || !b.conditions(b.s.Having.Expr) {
		return false
	}
	b.cutOut(first, last)
	return true
}

func (b *scatterer) conditions(e ast.ExprNode) bool {
	n, ok := unwrap(e).(*ast.BinaryOperationExpr)
	if !ok {
		return false
	}
	if n.Op == opcode.LogicAnd {
		return b.conditions(n.L) && b.conditions(n.R)
	}
	op, ok := comparisons[n.Op]
	if !ok {
		return false
	}
	l, r := unwrap(n.L), unwrap(n.R)
	lit := b.stmt.LiteralAt(r)
	if _, isValue := r.(ast.ValueExpr); !isValue {
		l, r = r, l
		op = op.Mirrored()
		if lit = b.stmt.LiteralAt(r); lit < 0 {
			return false
		}
	}
	if _, isValue := r.(ast.ValueExpr); !isValue || lit < 0 {
		return false
	}
	at := b.compared(l)
	f := b.foldAt(at)
	if f == nil || f.Op == plan.FoldAvg || f.Weights != plan.NoWeights {
		return false
	}
	b.out.Groups.Having = append(b.out.Groups.Having, plan.GroupTest{At: at, Op: op, Literal: lit})
	return true
}

// compared finds the aggregate that a condition is about.
func (b *scatterer) compared(e ast.ExprNode) int {
	switch n := e.(type) {
	case *ast.ColumnNameExpr:
		i, ok := b.shown(n.Name.Name.O)
		if _, column := b.ofColumn(n.Name, -1); n.Name.Table.O != "" || !ok || i < 0 || column {
			return none
		}
		return i
	case *ast.AggregateFuncExpr:
		first := b.stmt.TokenAt(n)
		if first < 0 || !b.isOp(first+1, "(") {
			return none
		}
		return b.aggregate(n, [2]int{first, closing(b.stmt, first+1)}, -1)
	}
	return none
}

var comparisons = map[opcode.Op]plan.Comparison{
	opcode.EQ: plan.IsEqual, opcode.NE: plan.IsUnequal, opcode.LT: plan.IsLess, opcode.LE: plan.IsAtMost, opcode.GT: plan.IsGreater, opcode.GE: plan.IsAtLeast,
}

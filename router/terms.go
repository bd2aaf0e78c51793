package router

import (
	"slices"
	"strings"

	"github.com/pingcap/tidb/pkg/parser/ast"
	"github.com/pingcap/tidb/pkg/parser/mysql"
	"github.com/pingcap/tidb/pkg/parser/opcode"

	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/router/plan"
	"github.com/sluicedb/sluice/rules"
)

// term is what rows are sorted or grouped by.
type term struct {
	expr   ast.ExprNode
	span   [2]int        // its tokens
	field  int           // the item of the SELECT list that it is; -1: none
	column *rules.Column // not nil for a plain column
	leaf   *leaf         // whose column it is
	name   string        // of the column, as it can stand anywhere in the query
}

// list returns the tokens of the items behind the words of a clause.
func (b *scatterer) list(first, words, last int) [][2]int {
	var out [][2]int
	depth, start := 0, first+words
	for i := start; i <= last; i++ {
		switch {
		case b.isOp(i, "("):
			depth++
		case b.isOp(i, ")"):
			depth--
		case depth == 0 && b.isOp(i, ","):
			out = append(out, [2]int{start, i - 1})
			start = i + 1
		}
	}
	return append(out, [2]int{start, last})
}

// sorted resolves the items of ORDER BY; false if one is not understood.
func (b *scatterer) sorted() ([]term, bool) {
	if b.s.OrderBy == nil {
		return nil, true
	}
	first, last := b.clause("order")
	items := b.list(first, 2, last)
	if first < 0 || len(items) != len(b.s.OrderBy.Items) {
		return nil, false
	}
	var out []term
	for i, item := range b.s.OrderBy.Items {
		if b.stmt.Is(items[i][1], "asc") || b.stmt.Is(items[i][1], "desc") {
			items[i][1]--
		}
		t, ok := b.term(item.Expr, items[i], b.aliasFirst)
		if !ok {
			return nil, false
		}
		out = append(out, t)
	}
	return out, true
}

// grouped resolves the items of GROUP BY, or of DISTINCT.
func (b *scatterer) grouped() ([]term, bool) {
	var out []term
	if b.s.GroupBy == nil {
		for i := range b.items {
			t, ok := b.ofField(i)
			if !ok {
				return nil, false
			}
			out = append(out, t)
		}
		return out, true
	}
	first, last := b.clause("group")
	items := b.list(first, 2, last)
	if first < 0 || b.s.GroupBy.Rollup || len(items) != len(b.s.GroupBy.Items) {
		return nil, false
	}
	for i, item := range b.s.GroupBy.Items {
		t, ok := b.term(item.Expr, items[i], b.columnFirst)
		if !ok {
			return nil, false
		}
		out = append(out, t)
	}
	return out, true
}

// term resolves an item of a clause; name says what a name without qualifier means.
func (b *scatterer) term(e ast.ExprNode, span [2]int, name func(*ast.ColumnNameExpr) (term, bool)) (term, bool) {
	switch n := unwrap(e).(type) {
	case *ast.PositionExpr:
		if n.P != nil || n.N < 1 || n.N > len(b.items) || b.star {
			return term{}, false
		}
		i := b.literalAtToken(span[0])
		if i < 0 {
			return term{}, false
		}
		b.out.Positions = append(b.out.Positions, plan.Position{Literal: i, Number: int64(n.N)})
		return b.ofField(n.N - 1)
	case *ast.ColumnNameExpr:
		if n.Name.Table.O == "" {
			return name(n)
		}
		return b.ofColumn(n.Name, -1)
	}
	if b.disguised(e) {
		return term{}, false
	}
	return term{expr: e, span: span, field: -1}, b.plainNames(e) && b.movable(span)
}

// disguised reports whether an item is an integer in parentheses or behind a plus, which a
// server takes for the number of an item of the SELECT list, too.
func (b *scatterer) disguised(e ast.ExprNode) bool {
	for {
		switch n := unwrap(e).(type) {
		case *ast.UnaryOperationExpr:
			if n.Op != opcode.Plus {
				return false
			}
			e = n.V
		case ast.ValueExpr:
			return b.kindOf(n) == parser.Int
		default:
			return false
		}
	}
}

// ofField is the term that an item of the SELECT list is.
func (b *scatterer) ofField(i int) (term, bool) {
	f := b.s.Fields.Fields[i]
	if f.WildCard != nil {
		return term{}, false
	}
	at := i
	if b.star {
		at = -1
	}
	if c, ok := unwrap(f.Expr).(*ast.ColumnNameExpr); ok {
		return b.ofColumn(c.Name, at)
	}
	return term{expr: f.Expr, span: b.items[i], field: at}, b.movable(b.items[i])
}

// ofColumn is the term of a column of a table.
func (b *scatterer) ofColumn(name *ast.ColumnName, field int) (term, bool) {
	t := term{expr: &ast.ColumnNameExpr{Name: name}, field: field}
	if name.Schema.O != "" {
		return t, false
	}
	for _, l := range b.leaves {
		if name.Table.O != "" && !strings.EqualFold(name.Table.O, l.alias) || l.table == nil {
			continue
		}
		if len(l.table.Columns) == 0 {
			return t, false
		}
		if c, ok := l.table.Column(name.Name.O); ok {
			if t.column != nil {
				return t, false // of two tables, as in NATURAL JOIN
			}
			t.column, t.leaf = c, l
		}
	}
	if t.column == nil {
		return t, false
	}
	t.name = ident(name.Name.O)
	if b.using() {
		if name.Table.O != "" {
			t.name = ident(name.Table.O) + "." + t.name
		}
	} else {
		t.name = ident(t.leaf.alias) + "." + t.name
	}
	return t, true
}

// using reports whether tables share columns, whose names stand for neither's own.
func (b *scatterer) using() bool {
	found := false
	visitAll(b.s.From, func(n ast.Node) {
		if j, ok := n.(*ast.Join); ok && (j.NaturalJoin || len(j.Using) > 0) {
			found = true
		}
	})
	return found
}

// shown finds the one item of the SELECT list with a name; -1: there is none. It reports
// false where there are several.
func (b *scatterer) shown(name string) (int, bool) {
	found := -1
	for i, f := range b.s.Fields.Fields {
		if f.WildCard != nil {
			continue
		}
		shown := f.AsName.O
		switch c, ok := unwrap(f.Expr).(*ast.ColumnNameExpr); {
		case shown != "":
		case ok:
			shown = c.Name.Name.O
		case b.isString(f.Expr):
			v, plain := b.constant(b.items[i])
			at := b.literalAtToken(b.items[i][0])
			if !plain || at < 0 {
				return 0, false
			}
			if !strings.EqualFold(v, name) {
				b.out.Unnamed = append(b.out.Unnamed, plan.Unnamed{Literal: at, Name: name})
				continue
			}
			b.out.Relay.Cacheable = false // made for what the constant is
			shown = v
		default: // its text, which a quoted name can be
			shown = string(b.stmt.SQL[b.stmt.Tokens[b.items[i][0]].Start:b.stmt.Tokens[b.items[i][1]].End])
		}
		if !strings.EqualFold(shown, name) {
			continue
		}
		if found >= 0 {
			return 0, false
		}
		found = i
	}
	return found, true
}

// isString reports whether an item is a constant text, which is named by its value.
func (b *scatterer) isString(e ast.ExprNode) bool {
	v, ok := unwrap(e).(ast.ValueExpr)
	if !ok {
		return false
	}
	_, text := v.GetValue().(string)
	return text
}

// constant is the value of a text that is one pair of quotes with nothing in it that a
// server would leave out of the name: one of several parts is named by the first.
func (b *scatterer) constant(item [2]int) (string, bool) {
	text := string(b.stmt.SQL[b.stmt.Tokens[item[0]].Start:b.stmt.Tokens[item[1]].End])
	if len(text) < 3 || text[0] != '\'' && text[0] != '"' {
		return "", false
	}
	value := text[1 : len(text)-1]
	return value, strings.TrimSpace(value) == value && !strings.ContainsAny(value, `\`+text[:1])
}

// aliasFirst resolves a name as ORDER BY does: an item of the SELECT list, otherwise a
// column.
func (b *scatterer) aliasFirst(n *ast.ColumnNameExpr) (term, bool) {
	i, ok := b.shown(n.Name.Name.O)
	switch {
	case !ok:
		return term{}, false
	case i >= 0:
		return b.ofField(i)
	}
	return b.ofColumn(n.Name, -1)
}

// columnFirst resolves a name as GROUP BY does: a column, otherwise an alias.
func (b *scatterer) columnFirst(n *ast.ColumnNameExpr) (term, bool) {
	i, ok := b.shown(n.Name.Name.O)
	if !ok {
		return term{}, false
	}
	t, isColumn := b.ofColumn(n.Name, -1)
	if i < 0 || !isColumn {
		if isColumn || i < 0 {
			return t, isColumn
		}
		for _, l := range b.leaves {
			if _, clash := l.table.Column(n.Name.Name.O); clash {
				return term{}, false
			}
		}
		return b.ofField(i)
	}
	if c, same := unwrap(b.s.Fields.Fields[i].Expr).(*ast.ColumnNameExpr); same && strings.EqualFold(c.Name.Name.O, n.Name.Name.O) && !b.star {
		t.field = i
	}
	return t, true
}

// plainNames reports whether no name in an expression can mean an item of the SELECT list
// that is not the column of that name.
func (b *scatterer) plainNames(e ast.ExprNode) bool {
	ok := true
	visitAll(e, func(n ast.Node) {
		c, isColumn := n.(*ast.ColumnNameExpr)
		if !isColumn {
			return
		}
		if c.Name.Schema.O != "" {
			ok = false
		}
		if c.Name.Table.O != "" {
			return
		}
		for _, f := range b.s.Fields.Fields {
			if !strings.EqualFold(f.AsName.O, c.Name.Name.O) {
				continue
			}
			own, same := unwrap(f.Expr).(*ast.ColumnNameExpr)
			ok = ok && same && strings.EqualFold(own.Name.Name.O, c.Name.Name.O)
		}
	})
	return ok
}

// movable reports whether tokens mean the same when they are written once more in the
// SELECT list.
func (b *scatterer) movable(span [2]int) bool {
	if span[0] < 1 || span[1] < span[0] {
		return false
	}
	for i := range b.out.Relay.Edits {
		if e := &b.out.Relay.Edits[i]; e.First >= span[0] && e.First <= span[1] {
			return false
		}
	}
	for i := span[0]; i <= span[1]; i++ {
		if slices.Contains(b.out.Params, i) {
			return false
		}
	}
	return true
}

// hide adds an item to the SELECT list and returns where it will be found.
func (b *scatterer) hide(pieces ...plan.Piece) int {
	b.out.Hidden = append(b.out.Hidden, pieces)
	return ^(len(b.out.Hidden) - 1)
}

// written is the term as it can be repeated.
func (t *term) written() plan.Piece {
	if t.column != nil {
		return plan.Piece{Text: t.name}
	}
	return plan.Piece{First: t.span[0], Last: t.span[1]}
}

// weighing is what weights of texts are for.
type weighing uint8

const (
	toSort  weighing = iota // as servers sort, which may look at the first weights only
	toEqual                 // also to tell whether two are equal
)

// key returns how the shards give a term so that it can be compared; groups says that
// rows are of groups.
func (b *scatterer) key(t term, desc, groups bool, to weighing) (plan.SortKey, bool) {
	k := plan.SortKey{Desc: desc, At: t.field, Weights: plan.NoWeights}
	if t.column == nil {
		k.Kind = plan.SortTyped
		if t.field < 0 {
			k.At = b.hide(t.written())
		}
		if !b.neverText(t.expr) {
			k.Weights = b.weigh(t.written(), groups, to)
		}
		return k, true
	}
	text, kind := sortItem(t.name, t.column.Type)
	switch {
	case kind == plan.SortText:
		k.Kind, k.Weights = kind, b.weigh(t.written(), false, to)
		k.At = k.Weights
	case text == "":
		return k, false
	case t.field >= 0 && asShown(t.column.Type):
		k.Kind = plan.SortTyped
	default:
		k.Kind, k.At = kind, b.hide(plan.Piece{Text: text})
	}
	return k, true
}

// weigh adds the weight string of a text, and then the weight of a space where the
// collation fills the shorter text up with spaces, NULL where it does not. A server that
// demands that all items depend on the groups does not see that weights do. To sort it looks
// at the first weights only, where it fills up.
func (b *scatterer) weigh(e plan.Piece, groups bool, to weighing) int {
	open, end := "", ""
	if groups {
		open, end = "ANY_VALUE(", ")"
	}
	fills := []plan.Piece{{Text: "IF(LEFT("}, e, {Text: ",0)=CONCAT(LEFT("}, e, {Text: ",0),' '),"}}
	weight := []plan.Piece{{Text: "WEIGHT_STRING("}, e, {Text: ")"}}
	if to == toSort {
		weight = slices.Concat(fills, []plan.Piece{{Text: "LEFT(WEIGHT_STRING("}, e, {Text: "),@@max_sort_length),WEIGHT_STRING("}, e, {Text: "))"}})
	}
	at := b.hide(slices.Concat([]plan.Piece{{Text: open}}, weight, []plan.Piece{{Text: end}})...)
	b.hide(slices.Concat([]plan.Piece{{Text: open}}, fills, []plan.Piece{{Text: "WEIGHT_STRING(CONCAT(LEFT("}, e, {Text: ",0),' ')),NULL)" + end}})...)
	return at
}

// base is a column's type without length and attributes.
func base(typ string) string {
	if i := strings.IndexAny(typ, "( "); i >= 0 {
		return typ[:i]
	}
	return typ
}

// asShown reports whether values of a column's type can be compared as the client gets
// them.
func asShown(typ string) bool {
	switch base(typ) {
	case "tinyint", "smallint", "mediumint", "int", "integer", "bigint", "decimal", "numeric", "bool", "boolean", "date", "datetime":
		return true
	}
	return false
}

// neverText reports whether an expression surely is no text. Where it is not known, the
// weights are asked for, and the type of the shards' answer says whether they count.
func (b *scatterer) neverText(e ast.ExprNode) bool {
	all := func(list ...ast.ExprNode) bool {
		return !slices.ContainsFunc(list, func(e ast.ExprNode) bool { return e != nil && !b.neverText(e) })
	}
	switch n := unwrap(e).(type) {
	case *ast.AggregateFuncExpr:
		switch strings.ToLower(n.F) {
		case "min", "max":
			return all(n.Args...)
		case "group_concat", "json_arrayagg", "json_objectagg":
			return false
		}
		return true
	case *ast.WindowFuncExpr:
		switch strings.ToLower(n.Name) {
		case "row_number", "rank", "dense_rank", "ntile", "percent_rank", "cume_dist", "count", "sum", "avg":
			return true
		}
	case *ast.ColumnNameExpr:
		t, ok := b.ofColumn(n.Name, -1)
		if !ok {
			return false
		}
		switch base(t.column.Type) {
		case "enum", "set", "binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob":
			return false
		}
		_, kind := sortItem("", t.column.Type)
		return kind != plan.SortText
	case *ast.BinaryOperationExpr:
		return n.Op != opcode.LogicOr
	case *ast.UnaryOperationExpr, *ast.IsNullExpr, *ast.IsTruthExpr, *ast.BetweenExpr, *ast.PatternInExpr, *ast.PatternLikeOrIlikeExpr, *ast.PatternRegexpExpr:
		return true
	case *ast.FuncCastExpr:
		switch n.Tp.GetType() {
		case mysql.TypeLonglong, mysql.TypeNewDecimal, mysql.TypeDate, mysql.TypeDatetime, mysql.TypeDuration, mysql.TypeYear, mysql.TypeDouble:
			return true
		}
	case *ast.FuncCallExpr:
		switch n.FnName.L {
		case "if":
			return len(n.Args) == 3 && all(n.Args[1:]...)
		case "ifnull", "coalesce", "greatest", "least", "any_value":
			return all(n.Args...)
		case "nullif":
			return len(n.Args) > 0 && all(n.Args[0])
		}
		return strings.Contains(numbers, " "+n.FnName.L+" ")
	case *ast.CaseExpr:
		for _, w := range n.WhenClauses {
			if !b.neverText(w.Result) {
				return false
			}
		}
		return all(n.ElseClause)
	case ast.ValueExpr:
		switch n.GetType().GetType() {
		case mysql.TypeLonglong, mysql.TypeNewDecimal, mysql.TypeDouble, mysql.TypeNull:
			return true
		}
	}
	return false
}

// numbers are functions whose answer is a number or a time.
const numbers = " abs ascii bit_count bit_length ceil ceiling char_length character_length crc32 date datediff day dayofmonth " +
	"dayofweek dayofyear extract field find_in_set floor from_days hour instr isnull json_length last_day length locate microsecond " +
	"minute mod month octet_length ord period_add period_diff position quarter round second sign strcmp timestampdiff to_days " +
	"to_seconds truncate unix_timestamp week weekday weekofyear year yearweek "

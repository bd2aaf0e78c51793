package router

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/pingcap/tidb/pkg/parser/ast"

	"github.com/sluicedb/sluice/conf"
	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/router/plan"
	"github.com/sluicedb/sluice/rules"
)

func unsupportedf(format string, args ...any) *plan.Refusal {
	return plan.Unsupported(fmt.Sprintf(format, args...), conf.Pos{}, "")
}

// cte is one common table expression and what its body sees.
type cte struct {
	name    string
	columns []string
	body    ast.Node
	outer   []*cte // those visible in the body
	parent  *scope
	current string
	self    *query // while the recursive part of the body is read: the rows so far
	cyclic  bool
}

func (a *analysis) cteNamed(name string) *cte {
	for i := len(a.ctes) - 1; i >= 0; i-- {
		if a.ctes[i].name == name {
			return a.ctes[i]
		}
	}
	return nil
}

// with makes the expressions of a WITH clause visible. They are read where they are
// used, once for each use: one that nobody uses is not executed.
func (a *analysis) with(w *ast.WithClause, parent *scope) {
	if w == nil {
		return
	}
	for _, def := range w.CTEs {
		c := &cte{name: def.Name.O, columns: names(def.ColNameList), body: def.Query.Query, parent: parent, current: a.current}
		c.cyclic = w.IsRecursive && mentions(def.Query.Query, c.name)
		c.outer = append([]*cte(nil), a.ctes...)
		a.ctes = append(a.ctes, c)
	}
}

// mentions reports whether a tree names a table without qualifier.
func mentions(n ast.Node, name string) bool {
	for _, ref := range parser.TableNames(n) {
		if ref.Schema == "" && ref.Table == name {
			return true
		}
	}
	return false
}

// expand reads a common table expression for one of its uses.
func (a *analysis) expand(c *cte) (*query, error) {
	if c.self != nil {
		return c.self, nil
	}
	ctes, current, subqueries := a.ctes, a.current, a.subqueries
	defer func() { a.ctes, a.current, a.subqueries = ctes, current, subqueries }()
	a.ctes, a.current = append([]*cte(nil), c.outer...), c.current
	a.subqueries = map[any]*query{} // each reading has rows of its own
	if c.cyclic {
		a.ctes = append(a.ctes, c)
		return a.recursive(c)
	}
	q, err := a.query(c.body, c.parent)
	if err != nil {
		return nil, err
	}
	return q.renamed(c.columns), nil
}

// recursive reads WITH RECURSIVE c AS (seed UNION recursive part). A column's values
// are those of the seed if the recursive part only hands it on.
func (a *analysis) recursive(c *cte) (*query, error) {
	u, ok := c.body.(*ast.SetOprStmt)
	if !ok {
		return nil, &plan.Refusal{Number: 3573, State: "HY000", Message: "Recursive Common Table Expression '" + c.name + "' should contain a UNION"}
	}
	a.with(u.With, c.parent)
	var seeds, parts []ast.Node
	for _, branch := range u.SelectList.Selects {
		if mentions(branch, c.name) {
			parts = append(parts, branch)
		} else {
			seeds = append(seeds, branch)
		}
	}
	if len(seeds) == 0 {
		return nil, &plan.Refusal{
			Number: 3574, State: "HY000",
			Message: "Recursive Common Table Expression '" + c.name + "' should have one or more non-recursive query blocks followed by one or more recursive ones",
		}
	}
	first, err := a.branches(seeds, c.parent, false)
	if err != nil {
		return nil, err
	}
	rows := &query{partial: first.partial}
	for _, o := range first.renamed(c.columns).outputs {
		n := &node{column: strings.ToLower(o.name)}
		if o.node != nil {
			n.family = o.node.family
		}
		rows.outputs = append(rows.outputs, output{name: o.name, node: n})
	}
	return rows, a.recur(c, rows, first, parts)
}

// recur reads the recursive parts and fills the columns that they hand on.
func (a *analysis) recur(c *cte, rows, first *query, parts []ast.Node) error {
	c.self = rows
	defer func() { c.self = nil }()
	kept := make([]bool, len(rows.outputs))
	for i := range kept {
		kept[i] = !first.partial && i < len(first.outputs) && first.outputs[i].node != nil
	}
	for _, part := range parts {
		q, err := a.branches([]ast.Node{part}, c.parent, false)
		if err != nil {
			return err
		}
		for i := range kept {
			kept[i] = kept[i] && !q.partial && i < len(q.outputs) && q.outputs[i].node != nil && reaches(rows.outputs[i].node, q.outputs[i].node)
		}
	}
	for i, ok := range kept {
		if ok {
			rows.outputs[i].node.union = []*node{first.outputs[i].node}
		}
	}
	return nil
}

// query reads a SELECT or a UNION.
func (a *analysis) query(n ast.Node, parent *scope) (*query, error) {
	switch n := n.(type) {
	case *ast.SelectStmt:
		return a.selection(n, parent, frame{})
	case *ast.SetOprStmt:
		return a.union(n, parent)
	case *ast.SetOprSelectList:
		return a.unionList(n, parent)
	case *ast.SubqueryExpr:
		return a.query(n.Query, parent)
	default:
		return nil, unsupportedf("this kind of query is not understood")
	}
}

func (a *analysis) union(n *ast.SetOprStmt, parent *scope) (*query, error) {
	depth := len(a.ctes)
	defer func() { a.ctes = a.ctes[:depth] }()
	a.with(n.With, parent)
	defer a.within(a.nothing(nil, n.Limit))()
	q, err := a.branches(n.SelectList.Selects, parent, n.Limit == nil && n.SelectList.Limit == nil)
	if err != nil {
		return nil, err
	}
	a.expressions(&scope{parent: parent}, n.OrderBy)
	return q, a.err
}

func (a *analysis) unionList(n *ast.SetOprSelectList, parent *scope) (*query, error) {
	depth := len(a.ctes)
	defer func() { a.ctes = a.ctes[:depth] }()
	a.with(n.With, parent)
	defer a.within(a.nothing(nil, n.Limit))()
	return a.branches(n.Selects, parent, n.Limit == nil)
}

// branches reads the parts of a UNION; each column's values are those of the parts.
func (a *analysis) branches(list []ast.Node, parent *scope, push bool) (*query, error) {
	var parts []*query
	for _, n := range list {
		q, err := a.query(n, parent)
		if err != nil {
			return nil, err
		}
		parts = append(parts, q)
		push = push && !otherThanUnion(n)
	}
	if len(parts) == 1 {
		return parts[0], nil
	}
	out := &query{partial: parts[0].partial}
	for i := range parts[0].outputs {
		out.outputs = append(out.outputs, unite(parts, i, push))
	}
	return out, nil
}

// otherThanUnion reports whether a part is joined by EXCEPT or INTERSECT.
func otherThanUnion(n ast.Node) bool {
	var op *ast.SetOprType
	switch n := n.(type) {
	case *ast.SelectStmt:
		op = n.AfterSetOperator
	case *ast.SetOprSelectList:
		op = n.AfterSetOperator
	}
	return op != nil && *op != ast.Union && *op != ast.UnionAll
}

// unite makes column i of a UNION.
func unite(parts []*query, i int, push bool) output {
	o := output{name: parts[0].outputs[i].name, push: push}
	n := &node{column: strings.ToLower(o.name)}
	for _, q := range parts {
		if q.partial || i >= len(q.outputs) || q.outputs[i].node == nil {
			return output{name: o.name}
		}
		branch := q.outputs[i].node
		if n.union != nil && branch.family != n.family {
			return output{name: o.name}
		}
		n.family = branch.family
		n.union = append(n.union, branch)
		o.push = o.push && q.outputs[i].push
		o.null = o.null || q.outputs[i].null
	}
	o.node = n
	return o
}

// within makes a condition hold for all leaves read until the function it returns is
// called.
func (a *analysis) within(extra *plan.Set) func() {
	old := a.extra
	a.extra = plan.Both(old, extra)
	return func() { a.extra = old }
}

// selection reads one query block. With a frame around it, what the block demands
// of outer columns is demanded of them.
func (a *analysis) selection(n *ast.SelectStmt, parent *scope, around frame) (*query, error) {
	depth := len(a.ctes)
	defer func() { a.ctes = a.ctes[:depth] }()
	a.with(n.With, parent)
	sc := &scope{parent: parent}
	outer := a.locked
	a.locked = a.lockedBy(n)
	t, err := a.relations(n.From, sc, a.nothing(n.Where, n.Limit))
	a.locked = outer
	if err != nil {
		return nil, err
	}
	if aggregates(n) && n.GroupBy == nil {
		around = frame{}
	}
	a.conditions(t, n.Where, sc, around)
	a.expressions(sc, n.Fields, n.GroupBy, n.Having, n.OrderBy, n.Limit)
	for i := range n.WindowSpecs {
		a.expressions(sc, &n.WindowSpecs[i])
	}
	for _, row := range n.Lists {
		a.expressions(sc, row)
	}
	if a.err != nil {
		return nil, a.err
	}
	return outputs(n, sc, t), nil
}

// relations reads a FROM clause whose rows matter only as far as extra says.
func (a *analysis) relations(from *ast.TableRefsClause, sc *scope, extra *plan.Set) (*tree, error) {
	if from == nil || from.TableRefs == nil {
		return nil, nil
	}
	defer a.within(extra)()
	t, err := a.from(from.TableRefs, sc)
	if err == nil {
		err = a.namedOnce(sc)
	}
	return t, err
}

// namedOnce refuses two tables of one database under one name, as MySQL does when it reads
// the statement: on shards they may be of different schemas. Of two databases they may have
// one name, which the host of a gather, where all copies are in one schema, could not tell
// apart.
func (a *analysis) namedOnce(sc *scope) error {
	for i, x := range sc.sources {
		for _, y := range sc.sources[:i] {
			switch {
			case x.leaf == nil || y.leaf == nil || a.inView != 0 || x.alias != y.alias:
			case cmp.Or(x.schema, a.current) != cmp.Or(y.schema, a.current):
				if a.gathers {
					return unsupportedf("tables of two databases under one name, %s, in a statement that needs several servers", x.alias)
				}
			default:
				return &plan.Refusal{Number: 1066, State: "42000", Message: "Not unique table/alias: '" + x.alias + "'"}
			}
		}
	}
	return nil
}

// conditions reads WHERE and all ON of a block.
func (a *analysis) conditions(t *tree, where ast.ExprNode, sc *scope, around frame) {
	demanded := map[*source]bool{}
	a.strict(where, sc, demanded)
	a.simplify(t, sc, demanded)
	a.joinConditions(t, sc, around)
	a.bounded(t, where, sc)
	if where != nil {
		a.demand(where, frame{scope: sc, own: t.sources(), nullable: t.nullable(), around: around.allows})
	}
	a.expressions(sc, where)
}

// simplify turns outer joins into inner ones where a condition can only be true for
// rows of the side that might be filled with NULLs.
func (a *analysis) simplify(t *tree, sc *scope, demanded map[*source]bool) {
	if t == nil || t.source != nil {
		return
	}
	if t.outer {
		t.right.each(func(s *source) {
			if demanded[s] {
				t.outer = false
			}
		})
	}
	left, right := demanded, copied(demanded)
	if t.outer {
		a.strict(t.on, sc, right)
	} else {
		left = copied(demanded)
		a.strict(t.on, sc, left)
		a.strict(t.on, sc, right)
	}
	a.simplify(t.left, sc, left)
	a.simplify(t.right, sc, right)
}

func copied(m map[*source]bool) map[*source]bool {
	out := make(map[*source]bool, len(m))
	for k, v := range m {
		out[k] = v
	}
	return out
}

// joinConditions reads the ON and USING of a tree, from the leaves up.
func (a *analysis) joinConditions(t *tree, sc *scope, around frame) {
	if t == nil || t.source != nil {
		return
	}
	a.joinConditions(t.left, sc, around)
	a.joinConditions(t.right, sc, around)
	c := frame{scope: sc, own: t.sources(), nullable: t.nullable(), around: around.allows}
	if t.outer {
		c.own, c.nullable, c.around = t.right.sources(), t.right.nullable(), nil
	}
	if t.on != nil {
		a.demand(t.on, c)
		a.expressions(sc, t.on)
	}
	for _, name := range t.using {
		l, r := t.left.holderOf(name), t.right.holderOf(name)
		if l != nil && r != nil {
			c.equate(l, l.column(name), r, r.column(name))
		}
	}
}

// holderOf finds the only source of a subtree that has a column.
func (t *tree) holderOf(name string) *source {
	var found *source
	ok := true
	t.each(func(s *source) {
		switch s.has(name) {
		case yes:
			ok = ok && found == nil
			found = s
		case maybe:
			ok = false
		}
	})
	if !ok {
		return nil
	}
	return found
}

// outputs lists the result columns of a block.
func outputs(n *ast.SelectStmt, sc *scope, t *tree) *query {
	q := &query{}
	if n.Fields == nil { // TABLE t, VALUES ROW()
		if len(sc.sources) == 1 {
			q.star(sc.sources[0], false, true)
		} else {
			q.partial = true
		}
		return q
	}
	nullable := t.nullable()
	pushable := pushes(n, sc)
	for _, f := range n.Fields.Fields {
		if f.WildCard != nil {
			q.stars(f.WildCard, sc, nullable, pushable)
			continue
		}
		q.outputs = append(q.outputs, field(f, sc, nullable, pushable))
	}
	return q
}

// pusher says whether a condition on a column of a block may be made inside it.
type pusher func(*node) bool

// pushes decides that for a block: not below LIMIT, windows or variables, and below
// GROUP BY only for columns that rows are grouped by.
func pushes(n *ast.SelectStmt, sc *scope) pusher {
	never := func(*node) bool { return false }
	switch {
	case n.Limit != nil || hasWindow(n):
		return never
	case n.GroupBy == nil && aggregates(n):
		return never
	case n.GroupBy == nil:
		return func(*node) bool { return true }
	case n.GroupBy.Rollup:
		return never
	}
	grouped := map[*node]bool{}
	for _, item := range n.GroupBy.Items {
		if c, ok := unwrap(item.Expr).(*ast.ColumnNameExpr); ok {
			if _, n := sc.resolve(c.Name); n != nil {
				grouped[n] = true
			}
		}
	}
	return func(n *node) bool { return n != nil && (grouped[n] || determined(n, grouped)) }
}

// determined reports whether rows are grouped by the primary key of a column's table:
// the column then has one value in each group.
func determined(n *node, grouped map[*node]bool) bool {
	if n.leaf == nil || n.leaf.table == nil || len(n.leaf.table.Uniques) == 0 || n.leaf.table.Uniques[0].Name != "PRIMARY" {
		return false
	}
	for _, c := range n.leaf.table.Uniques[0].Columns {
		if !grouped[n.leaf.column(c)] {
			return false
		}
	}
	return true
}

func field(f *ast.SelectField, sc *scope, nullable map[*source]bool, push pusher) output {
	o := output{name: f.AsName.O, expr: f.Expr}
	c, ok := unwrap(f.Expr).(*ast.ColumnNameExpr)
	if !ok {
		if o.name == "" {
			o.name = f.Text()
		}
		return o
	}
	if o.name == "" {
		o.name = c.Name.Name.O
	}
	src, n := sc.resolve(c.Name)
	if n == nil || !has(sc.sources, src) {
		return o // also a column of an outer query
	}
	o.node, o.push, o.null = n, push(n), nullable[src]
	return o
}

func has(list []*source, s *source) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

func (q *query) stars(w *ast.WildCardField, sc *scope, nullable map[*source]bool, push pusher) {
	if w.Table.O == "" && len(sc.merged) > 0 {
		q.partial = true // USING changes the order of columns
	}
	for _, src := range sc.sources {
		if w.Table.O == "" || w.Table.O == src.alias {
			q.star(src, nullable[src], push(nil))
		}
	}
}

// star adds all columns of a source.
func (q *query) star(src *source, null, push bool) {
	names := src.names()
	if names == nil || src.query != nil && src.query.partial {
		q.partial = true
		q.outputs = append(q.outputs, output{inner: src, push: push, null: null})
		return
	}
	for _, name := range names {
		q.outputs = append(q.outputs, output{name: name, node: src.column(name), push: push, null: null})
	}
}

// parseView reads the SELECT of a view.
func parseView(v *rules.View) (*parser.Statement, error) {
	text, err := parser.Parse([]byte(v.Definition), parser.Dialect{Version: 90700})
	if err != nil {
		return nil, err
	}
	switch text.Tree.(type) {
	case *ast.SelectStmt, *ast.SetOprStmt:
		return text, nil
	case nil:
		return nil, text.TreeErr
	}
	return nil, fmt.Errorf("its definition is not a query")
}

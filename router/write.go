package router

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/pingcap/tidb/pkg/parser/ast"

	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/parser/value"
	"github.com/sluicedb/sluice/router/plan"
	"github.com/sluicedb/sluice/rules"
)

func count(n int) string { return strconv.Itoa(n) }

// insert plans INSERT and REPLACE.
func (a *analysis) insert(n *ast.InsertStmt) (plan.Node, error) {
	name, err := target(n.Table)
	if err != nil {
		return nil, err
	}
	l, err := a.leaf(name, name.Name.O)
	if err != nil {
		return nil, err
	}
	src := &source{alias: l.alias, schema: name.Schema.O, leaf: l}
	if l.view != nil && len(l.database.Shards) > 1 {
		if l, err = a.intoView(n, l, src); err != nil {
			return nil, err
		}
	}
	l.write = true
	sc := &scope{sources: []*source{src}}
	if n.Select != nil {
		err = a.insertSelect(n, l)
	} else {
		err = a.insertRows(n, l)
	}
	if err != nil {
		return nil, err
	}
	if err := a.assignments(n.OnDuplicate, sc); err != nil {
		return nil, err
	}
	p, err := a.relay(plan.Write)
	if err == nil {
		p.Needs |= plan.GivesInsertID
	}
	switch {
	case err != nil:
	case n.Select != nil:
		p.Needs |= plan.SetsFoundRows
	case subqueries(n):
		p.Found = plan.FoundUnsure
	}
	return a.node(p, err)
}

// target returns the table of an INSERT.
func target(refs *ast.TableRefsClause) (*ast.TableName, error) {
	if src, ok := refs.TableRefs.Left.(*ast.TableSource); ok {
		if t, ok := src.Source.(*ast.TableName); ok {
			return t, nil
		}
	}
	return nil, unsupportedf("this kind of INSERT is not understood")
}

// intoView reads the view that rows are inserted through, and returns its one table: the
// row goes where that table has its key. The servers do the rest, the view's check included.
func (a *analysis) intoView(n *ast.InsertStmt, l *leaf, src *source) (*leaf, error) {
	refused := func(why string) error {
		r := plan.Unsupported("rows cannot be inserted through view "+l.view.Name+" of a database with several shards: "+why, l.view.Pos, "insert into its table")
		r.On = l.database.Shards[0] // which may say that nobody can insert through it
		return r
	}
	inside := len(a.leaves)
	q, err := a.view(l.view, l.database)
	if err != nil {
		return nil, err
	}
	src.query, src.inside = q, slices.Clone(a.leaves[inside:])
	a.leaves = a.leaves[:inside] // the view's conditions say nothing of where a new row goes
	var under *leaf
	for _, o := range src.inside {
		switch {
		case o.view != nil:
		case under != nil || o.table == nil || o.database != l.database:
			return nil, refused("it is not of one table")
		default:
			under = o
		}
	}
	switch {
	case n.Select != nil || subqueries(n):
		return nil, refused("they are read")
	case len(n.Columns) == 0 && starred(l.view):
		r := plan.Unsupported("rows cannot be inserted through view "+l.view.Name+" without a list of columns: its definition has a *, and the view keeps the columns of the time when it was made", l.view.Pos, "name the columns")
		r.On = l.database.Shards[0]
		return nil, r
	case under == nil || under.table.Kind == rules.Reference || len(under.table.Enforced) > 0:
		return nil, refused("each shard would have to get them")
	}
	table := &leaf{table: under.table, database: under.database, name: under.name, alias: under.alias, virtual: true}
	a.leaves = append(a.leaves, table)
	if table.table.Kind != rules.Sharded {
		return table, nil
	}
	a.through = &through{}
	key := -1
	for i, o := range q.outputs {
		if o.inner != nil {
			return nil, refused("its columns are not known")
		}
		a.through.columns = append(a.through.columns, o.name)
		if owner(o.node) == under && strings.EqualFold(column(o.node), table.table.Key) {
			key = i
		}
	}
	if key < 0 {
		return nil, refused("it does not show " + table.table.Key)
	}
	a.through.key = a.through.columns[key]
	for _, s := range n.OnDuplicate {
		if strings.EqualFold(s.Column.Name.O, a.through.key) {
			return nil, plan.KeyChange(table.table, table.table.Pos)
		}
	}
	return table, nil
}

// starred reports whether the definition of a view shows all columns of something. One that
// a server has told names them.
func starred(v *rules.View) bool {
	text, err := parseView(v)
	if err != nil {
		return true
	}
	n, ok := text.Tree.(*ast.SelectStmt)
	return !ok || n.Fields == nil || slices.ContainsFunc(n.Fields.Fields, func(f *ast.SelectField) bool { return f.WildCard != nil })
}

// through is the view through which rows are inserted.
type through struct {
	columns []string
	key     string // the one that is the table's sharding key
}

// keyColumn is keyAmong for the statement, which may insert through a view.
func (a *analysis) keyColumn(n *ast.InsertStmt, t *rules.Table) (int, error) {
	if a.through == nil {
		return keyAmong(n, t)
	}
	named := a.through.columns
	if len(n.Columns) > 0 {
		named = nil
		for _, c := range n.Columns {
			named = append(named, c.Name.O)
		}
	} else if len(n.Lists) > 0 && len(n.Lists[0]) == 0 {
		return -1, nil // VALUES ()
	}
	return slices.IndexFunc(named, func(c string) bool { return strings.EqualFold(c, a.through.key) }), nil
}

// keyAmong returns the position of the sharding key among the columns of an INSERT;
// -1 when the key is not among them.
func keyAmong(n *ast.InsertStmt, t *rules.Table) (int, error) {
	if len(n.Columns) > 0 {
		for i, c := range n.Columns {
			if strings.EqualFold(c.Name.O, t.Key) {
				return i, nil
			}
		}
		return -1, nil
	}
	if len(n.Lists) > 0 && len(n.Lists[0]) == 0 {
		return -1, nil // VALUES ()
	}
	i := 0
	for _, c := range t.Columns {
		switch {
		case c.Invisible:
		case strings.EqualFold(c.Name, t.Key):
			return i, nil
		default:
			i++
		}
	}
	return 0, plan.Unsupported("the columns of "+t.Name+" are not known, so the sharding key cannot be found in an INSERT without a list of columns",
		t.Pos, "name the columns")
}

// insertRows reads INSERT .. VALUES and INSERT .. SET.
func (a *analysis) insertRows(n *ast.InsertStmt, l *leaf) error {
	for _, row := range n.Lists {
		a.expressions(nil, expressionsOf(row)...)
	}
	if !l.spread() {
		a.rowsOfWhole(n, l)
		return nil
	}
	i, err := a.keyColumn(n, l.table)
	if err != nil {
		return err
	}
	sets := make([]*plan.Set, 0, len(n.Lists))
	for r, row := range n.Lists {
		set, err := a.stored(l.table, row, i)
		if err != nil {
			return err
		}
		if set == nil {
			a.unplaced = plan.Unsupported(fmt.Sprintf("the value of sharding key %s.%s in row %d of the INSERT is not a constant", l.table.Name, l.table.Key, r+1),
				l.table.Pos, "compute it first and insert the result")
			return nil
		}
		sets = append(sets, set)
	}
	l.key().base = append(l.key().base, plan.Union(sets...))
	return nil
}

// rowsOfWhole notes the keys of rows for a table on one shard, as far as they are
// constants: a user confined to a tenant needs them.
func (a *analysis) rowsOfWhole(n *ast.InsertStmt, l *leaf) {
	if l.key() == nil {
		return
	}
	i, err := keyAmong(n, l.table)
	if err != nil {
		return
	}
	var sets []*plan.Set
	for _, row := range n.Lists {
		set, err := a.stored(l.table, row, i)
		if err != nil || set == nil {
			return
		}
		sets = append(sets, set)
	}
	l.key().base = append(l.key().base, plan.Union(sets...))
}

// stored returns the key of a row; nil when it is not a constant.
func (a *analysis) stored(t *rules.Table, row []ast.ExprNode, i int) (*plan.Set, error) {
	if i < 0 {
		return defaultKey(t)
	}
	if i >= len(row) {
		return plan.None(), nil // the server says 1136 itself
	}
	if d, ok := unwrap(row[i]).(*ast.DefaultExpr); ok && (d.Name == nil || strings.EqualFold(d.Name.Name.O, t.Key) && a.through == nil || a.through != nil && strings.EqualFold(d.Name.Name.O, a.through.key)) {
		return defaultKey(t)
	}
	v, ok := a.constant(row[i])
	if !ok {
		return nil, nil
	}
	v.Use = plan.Store
	return plan.Of(v), nil
}

// defaultKey returns the key of a row that does not name it.
func defaultKey(t *rules.Table) (*plan.Set, error) {
	c, ok := t.Column(t.Key)
	if !ok {
		return nil, plan.Unsupported("the INSERT does not name sharding key "+t.Name+"."+t.Key, t.Pos, "name it")
	}
	v := plan.Source{Kind: plan.FromConstant, Use: plan.Store}
	switch {
	case c.Expression:
		return nil, plan.Unsupported("the server would compute sharding key "+t.Name+"."+t.Key, t.Pos, "name it in the INSERT")
	case c.Default != nil && strings.HasPrefix(familyOf(c), "integer"):
		v.Const = value.Value{Kind: value.String, S: *c.Default}
		if i, err := strconv.ParseInt(*c.Default, 10, 64); err == nil {
			v.Const = value.Value{Kind: value.Int, I: i}
		}
	case c.Default != nil:
		v.Const = value.Value{Kind: value.String, S: *c.Default}
	}
	return plan.Of(v), nil
}

// insertSelect reads INSERT .. SELECT: the rows come from the shard they go to.
func (a *analysis) insertSelect(n *ast.InsertStmt, l *leaf) error {
	q, err := a.query(n.Select, nil)
	if err != nil || !l.spread() {
		return err
	}
	i, err := keyAmong(n, l.table)
	if err != nil {
		return err
	}
	set, err := a.selected(q, l.table, i)
	if err != nil {
		return err
	}
	if set != nil {
		l.key().base = append(l.key().base, set)
		return nil
	}
	if !q.partial && i < len(q.outputs) && q.outputs[i].node != nil && !q.outputs[i].null {
		link(q.outputs[i].node, l.key())
		return nil
	}
	a.unplaced = plan.Unsupported("the SELECT does not fix sharding key "+l.table.Name+"."+l.table.Key+" of the rows it inserts", l.table.Pos,
		"select a constant or a sharding key for it")
	return nil
}

// selected returns the key that a query gives to all its rows, nil when it is a column.
func (a *analysis) selected(q *query, t *rules.Table, i int) (*plan.Set, error) {
	if i < 0 {
		return defaultKey(t)
	}
	if q.partial || i >= len(q.outputs) || q.outputs[i].expr == nil || q.outputs[i].node != nil {
		return nil, nil
	}
	v, ok := a.constant(q.outputs[i].expr)
	if !ok {
		return nil, nil
	}
	v.Use = plan.Store
	return plan.Of(v), nil
}

// assignments reads SET lists: a sharding key may only be assigned a value that lives
// where the statement runs.
func (a *analysis) assignments(list []*ast.Assignment, sc *scope) error {
	for _, s := range list {
		a.expressions(sc, s.Expr)
		src, n := sc.resolve(s.Column)
		if n == nil {
			if src != nil && src.changes() {
				continue
			}
			if err := a.unclear(s, sc); err != nil {
				return err
			}
			continue
		}
		l := owner(n)
		if src.leaf != nil && src.leaf.view == nil {
			src.leaf.write = true
			src.leaf.assigned = append(src.leaf.assigned, strings.ToLower(s.Column.Name.O))
		}
		if l == nil {
			src.changes()
			continue
		}
		l.write = true
		if !l.spread() && !a.env.TenantOnly || l.table == nil || !strings.EqualFold(column(n), l.table.Key) {
			continue
		}
		if err := a.assignKey(s.Expr, l, sc); err != nil {
			return err
		}
	}
	return nil
}

// changes notes that a view is written to; false if the source is none, or it reads several
// tables, of which those are noted that have copies.
func (s *source) changes() bool {
	var tables []*leaf
	for _, l := range s.inside {
		if l.view == nil {
			tables = append(tables, l)
		}
	}
	if len(tables) == 1 && tables[0].table != nil {
		tables[0].write = true
		return true
	}
	for _, l := range tables {
		if l.table != nil && l.table.Kind == rules.Reference {
			l.write = true
		}
	}
	return false
}

// owner returns the leaf a column belongs to, through views.
func owner(n *node) *leaf {
	for n != nil && n.leaf == nil && len(n.from) > 0 {
		n = n.from[0].from
	}
	if n == nil {
		return nil
	}
	return n.leaf
}

// column returns the name of the column in the table it belongs to.
func column(n *node) string {
	for n.leaf == nil && len(n.from) > 0 {
		n = n.from[0].from
	}
	return n.column
}

// unclear refuses an assignment whose column might be a sharding key.
func (a *analysis) unclear(s *ast.Assignment, sc *scope) error {
	for _, src := range sc.sources {
		if s.Column.Table.O != "" && s.Column.Table.O != src.alias {
			continue
		}
		if src.leaf != nil && src.leaf.spread() && strings.EqualFold(s.Column.Name.O, src.leaf.table.Key) {
			return plan.KeyChange(src.leaf.table, src.leaf.table.Pos)
		}
		if src.leaf != nil {
			src.leaf.write = true
			src.leaf.assigned = append(src.leaf.assigned, strings.ToLower(s.Column.Name.O))
		}
	}
	return nil
}

// assignKey accepts key = key, key = VALUES(key) and constants that a check at bind
// time finds on the statement's shard. What an UPDATE computes is known when the rows are.
func (a *analysis) assignKey(e ast.ExprNode, l *leaf, sc *scope) error {
	e = unwrap(e)
	if v, ok := e.(*ast.ValuesExpr); ok && strings.EqualFold(v.Column.Name.Name.O, l.table.Key) {
		return nil
	}
	if _, n := a.columnOf(e, sc); n != nil && n == l.key() {
		return nil
	}
	if c, ok := e.(*ast.ColumnNameExpr); ok && a.isNewKey(c.Name, l.table) {
		return nil
	}
	v, ok := a.constant(e)
	if _, updates := a.main.Tree.(*ast.UpdateStmt); !ok && (!updates || a.env.TenantOnly) {
		return plan.KeyChange(l.table, l.table.Pos)
	}
	a.checks = append(a.checks, check{leaf: l, source: v, computed: !ok})
	return nil
}

// isNewKey reports whether a column is the sharding key of the new row of an INSERT.
func (a *analysis) isNewKey(c *ast.ColumnName, t *rules.Table) bool {
	row, columns := a.newRow()
	if row == "" || c.Table.O != "" && c.Table.O != row {
		return false
	}
	if columns == nil {
		return c.Table.O == row && strings.EqualFold(c.Name.O, t.Key)
	}
	n, ok := a.main.Tree.(*ast.InsertStmt)
	if !ok {
		return false
	}
	i, err := keyAmong(n, t)
	if err != nil || i < 0 || i >= len(columns) || !strings.EqualFold(c.Name.O, columns[i]) {
		return false
	}
	_, own := t.Column(c.Name.O)
	return c.Table.O != "" || !own
}

// newRow returns the alias that an INSERT gives its new rows, and the names that it gives
// their columns; empty when it gives none.
func (a *analysis) newRow() (alias string, columns []string) {
	s := a.stmt
	for i := range s.Tokens {
		last := 0
		if s.Is(i, "as") {
			last = rowAlias(s, i)
		}
		if last == 0 {
			continue
		}
		for j := i + 3; j < last; j += 2 {
			columns = append(columns, parser.Unquote(s.SQL, s.Tokens[j], s.Dialect))
		}
		return parser.Unquote(s.SQL, s.Tokens[i+1], s.Dialect), columns
	}
	return "", nil
}

// update plans UPDATE of one or more tables.
func (a *analysis) update(n *ast.UpdateStmt) (plan.Node, error) {
	a.with(n.With, nil)
	sc := &scope{}
	t, err := a.relations(n.TableRefs, sc, a.nothing(n.Where, n.Limit))
	if err != nil {
		return nil, err
	}
	a.conditions(t, n.Where, sc, frame{})
	a.expressions(sc, n.Order, n.Limit)
	if err := a.assignments(n.List, sc); err != nil {
		return nil, err
	}
	p, err := a.relay(plan.Write)
	switch {
	case err != nil:
	case n.With != nil || subqueries(n):
		p.Found = plan.FoundUnsure
	case severalTables(n.TableRefs):
		p.Found = plan.FoundNone
	default:
		p.Found = plan.FoundMatched
	}
	return a.node(p, err)
}

// severalTables reports whether a statement names more than one table to read.
func severalTables(refs *ast.TableRefsClause) bool { return refs.TableRefs.Right != nil }

// delete plans DELETE from one or more tables.
func (a *analysis) delete(n *ast.DeleteStmt) (plan.Node, error) {
	a.with(n.With, nil)
	sc := &scope{}
	t, err := a.relations(n.TableRefs, sc, a.nothing(n.Where, n.Limit))
	if err != nil {
		return nil, err
	}
	a.conditions(t, n.Where, sc, frame{})
	a.expressions(sc, n.Order, n.Limit)
	for _, src := range sc.sources {
		if src.leaf == nil {
			continue
		}
		if all := n.Tables == nil || a.targets(n.Tables, src); !all || !src.changes() {
			src.leaf.write = all
		}
	}
	if err := a.unknownTarget(n, sc); err != nil {
		return nil, err
	}
	p, err := a.relay(plan.Write)
	switch {
	case err != nil:
	case n.With != nil || subqueries(n):
		p.Found = plan.FoundUnsure
	case n.Tables != nil || severalTables(n.TableRefs):
		p.Found = plan.FoundNone
	}
	return a.node(p, err)
}

// unknownTarget refuses a multi-table DELETE from a table that is not among those it reads,
// as MySQL does: a name without a database is that of an alias, or of a table of the current
// database.
func (a *analysis) unknownTarget(n *ast.DeleteStmt, sc *scope) error {
	if n.Tables == nil {
		return nil
	}
	aliased := map[string]bool{}
	visitAll(n.TableRefs, func(x ast.Node) {
		if t, ok := x.(*ast.TableSource); ok && t.AsName.O != "" {
			aliased[strings.ToLower(t.AsName.O)] = true
		}
	})
	database := func(name string) string {
		if name == "" {
			return a.env.Database
		}
		return name
	}
	for _, t := range n.Tables.Tables {
		known := slices.ContainsFunc(sc.sources, func(src *source) bool {
			switch {
			case !strings.EqualFold(t.Name.O, src.alias):
				return false
			case aliased[strings.ToLower(src.alias)] || src.leaf == nil:
				return t.Schema.O == ""
			}
			return strings.EqualFold(database(t.Schema.O), database(src.leaf.name.Schema.O))
		})
		if !known {
			return &plan.Refusal{Number: 1109, State: "42S02", Message: "Unknown table '" + t.Name.O + "' in MULTI DELETE"}
		}
	}
	return nil
}

// targets reports whether a multi-table DELETE deletes from a source.
func (a *analysis) targets(list *ast.DeleteTableList, src *source) bool {
	for _, t := range list.Tables {
		if t.Name.O == src.alias {
			return true
		}
	}
	return false
}

package router

import (
	"cmp"
	"slices"
	"strings"

	"github.com/pingcap/tidb/pkg/parser/ast"

	"github.com/sluicedb/sluice/conf"
	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/router/plan"
	"github.com/sluicedb/sluice/rules"
)

// Rehearse plans a write that shards cannot carry out each for its own rows. The error is
// a *plan.Refusal or a *parser.SyntaxError. The statement must be one that Plan made a
// *plan.Relay of.
func (r *Router) Rehearse(stmt *parser.Statement, env Env) (*plan.Rehearsal, error) {
	if strings.EqualFold(env.Charset, "utf8mb4") {
		env.Charset = ""
	}
	a := &analysis{r: r, env: &env, stmt: stmt, subqueries: map[any]*query{}, gathers: true}
	node, err := a.statement()
	if err != nil {
		return nil, err
	}
	p, ok := node.(*plan.Relay)
	if !ok || p.Class != plan.Write {
		return nil, unsupportedf("the statement needs several servers and is no INSERT, UPDATE or DELETE")
	}
	h := &rehearser{
		gatherer: &gatherer{analysis: a, out: &plan.Gather{Relay: p}, columns: map[string]bool{}, read: map[reading]bool{}, own: map[*leaf]int{}, into: -1},
		out:      &plan.Rehearsal{},
	}
	h.out.Gather = h.gatherer.out
	if err := h.plan(p); err != nil {
		return nil, a.refused(err)
	}
	return h.out, nil
}

// rehearser makes a plan.Rehearsal of an analysed write.
type rehearser struct {
	*gatherer
	out     *plan.Rehearsal
	carried []*ast.ColumnName // of the SELECT, in ON DUPLICATE KEY UPDATE
}

func (h *rehearser) plan(p *plan.Relay) error {
	if p.Unique != nil {
		return unenforced(p.Unique.Table, "a write that reads rows of other shards", "compute the values first and write constants")
	}
	for _, check := range []func() error{h.allowed, h.targets, h.rows} {
		if err := check(); err != nil {
			return err
		}
	}
	if err := h.rewrite(); err != nil {
		return err
	}
	if err := h.carries(); err != nil {
		return err
	}
	h.buffers()
	if err := h.collect(); err != nil {
		return err
	}
	h.out.Reads = h.twice && !h.isQuery()
	h.locked()
	h.tail()
	h.changed()
	return nil
}

// allowed refuses what cannot be rehearsed.
func (h *rehearser) allowed() error {
	tree := h.main.Tree
	switch n := tree.(type) {
	case *ast.InsertStmt:
	case *ast.UpdateStmt:
		h.out.Ignore = n.IgnoreErr
	case *ast.DeleteStmt:
		h.out.Ignore = n.IgnoreErr
	default:
		return unsupportedf("the statement needs several servers and is no INSERT, UPDATE or DELETE")
	}
	switch {
	case len(h.infos) > 0:
		return unsupportedf("a write that reads information_schema and needs several servers")
	case h.stmt.WritesUserVars && h.inserts():
		return unsupportedf("the statement needs several servers and assigns a user variable")
	case locks(tree):
		return unsupportedf("a write that reads rows of several servers FOR UPDATE or FOR SHARE")
	}
	for i, t := range h.stmt.Tokens {
		if t.Kind != parser.Ident || !h.isOp(i+1, "(") {
			continue
		}
		switch f := strings.ToLower(string(t.Text(h.stmt.SQL))); {
		case f == "last_insert_id" && h.isOp(i+2, ")"): // the session's
		case f == "last_insert_id" && !h.inserts():
			h.out.GivesID = true
			h.out.OfAnyRow = sorted(tree) || h.stmt.Tokens[i+2].Kind == parser.Int && h.isOp(i+3, ")")
		case f == "last_insert_id", hasSideEffect(f):
			return plan.Unsupported("the statement needs several servers and calls "+strings.ToUpper(f)+"()", conf.Pos{}, "compute the value first")
		}
	}
	return h.copyable(tree)
}

// sorted reports whether an UPDATE or DELETE says in which order it meets its rows.
func sorted(tree ast.Node) bool {
	switch n := tree.(type) {
	case *ast.UpdateStmt:
		return n.Order != nil
	case *ast.DeleteStmt:
		return n.Order != nil
	}
	return false
}

// inserts reports whether the statement is an INSERT, which may be rehearsed twice.
func (h *rehearser) inserts() bool {
	_, ok := h.main.Tree.(*ast.InsertStmt)
	return ok
}

// targets finds the tables that are written, and gives each its copy.
func (h *rehearser) targets() error {
	n, inserts := h.main.Tree.(*ast.InsertStmt)
	for _, l := range h.leaves {
		if !l.write {
			continue
		}
		if err := h.writable(l, inserts); err != nil {
			return err
		}
		g := h.gatherer
		g.out.Tables = append(g.out.Tables, plan.Gathered{Table: l.table, Name: l.name.Name.O, Database: l.database, Show: g.shown(l), Home: g.homeOf(l), Own: true, Empty: inserts})
		g.out.Places = append(g.out.Places, plan.Place{Table: len(g.out.Tables) - 1})
		h.own[l] = len(g.out.Places)
	}
	if len(h.own) == 0 {
		return unsupportedf("a statement that needs several servers and changes no table")
	}
	if !inserts {
		return nil
	}
	if len(h.own) != 1 || h.own[h.leaves[0]] == 0 {
		return unsupportedf("this kind of INSERT, with rows of several servers")
	}
	for _, name := range h.stmt.Names() {
		if name.Role == parser.TableName {
			h.into = name.First()
			return h.onDuplicate(n)
		}
	}
	return unsupportedf("the table of the INSERT cannot be found in its text")
}

// writable refuses tables whose rows cannot be changed from what happened to a copy.
func (h *rehearser) writable(l *leaf, inserts bool) error {
	switch {
	case l.view != nil || l.virtual:
		return unsupportedf("a write through view %s that needs rows of several servers", l.title())
	case l.table == nil && !l.temporary && len(l.database.Shards) > 1:
		return unsupportedf("a write to %s, which the rules do not list", l.title())
	case inserts:
		return nil
	}
	for _, o := range h.leaves {
		if o != l && o.write && o.database == l.database && o.name.Name.O == l.name.Name.O {
			return unsupportedf("a write on several shards that changes %s under two names", l.name.Name.O)
		}
	}
	if l.table != nil && len(l.table.Columns) > 0 && primary(l.table) == nil {
		return plan.Unsupported("rows of "+l.table.Name+", which has no primary key, cannot be changed by a statement that needs several shards", l.table.Pos, "give the table a primary key")
	}
	return nil
}

// inUnique reports whether an UPDATE assigns a column of a unique key.
func inUnique(l *leaf) bool {
	if l.table == nil || len(l.table.Columns) == 0 {
		return true
	}
	for i := range l.table.Uniques {
		u := l.table.Uniques[i].Columns
		if len(u) == 0 || slices.ContainsFunc(u, func(c string) bool { return slices.Contains(l.assigned, strings.ToLower(c)) }) {
			return true
		}
	}
	return false
}

// primary returns the columns of a table's primary key; nil if none is known.
func primary(t *rules.Table) []string {
	if t == nil || len(t.Uniques) == 0 || t.Uniques[0].Name != "PRIMARY" {
		return nil
	}
	return t.Uniques[0].Columns
}

// onDuplicate makes sure that ON DUPLICATE KEY UPDATE needs nothing but the row, the one it
// meets, and what the row can carry.
func (h *rehearser) onDuplicate(n *ast.InsertStmt) error {
	l := h.leaves[0]
	row, _ := h.newRow()
	err := h.keepsKeys()
	for _, s := range n.OnDuplicate {
		visit(s.Expr, func(x ast.Node) bool {
			switch x := x.(type) {
			case *ast.ValuesExpr:
				return true // of the new row
			case *ast.SubqueryExpr:
				err = unsupportedf("a subquery in ON DUPLICATE KEY UPDATE of an INSERT that needs several shards")
			case *ast.ColumnName:
				if !h.ofRow(x, l, n, row) {
					err = cmp.Or(err, h.carry(x, n))
				}
			}
			return false
		})
	}
	if len(n.OnDuplicate) > 0 && h.gatherer.out.Relay.Needs&plan.NeedInsertID != 0 {
		err = unsupportedf("ON DUPLICATE KEY UPDATE with the last insert id, of an INSERT that needs several shards")
	}
	return err
}

// ofRow reports whether a column in ON DUPLICATE KEY UPDATE is one of the table's, or of
// the new row.
func (h *rehearser) ofRow(c *ast.ColumnName, l *leaf, n *ast.InsertStmt, row string) bool {
	switch c.Table.O {
	case "":
		if l.table == nil || len(l.table.Columns) == 0 {
			return n.Select == nil
		}
		_, ok := l.table.Column(c.Name.O)
		return ok || n.Select == nil
	case l.alias:
		return n.Select == nil || !slices.ContainsFunc(h.leaves[1:], func(o *leaf) bool { return o.alias == l.alias })
	}
	return n.Select == nil || c.Table.O == row
}

// rows finds in the text of an INSERT what its rows will take the place of.
func (h *rehearser) rows() error {
	n, ok := h.main.Tree.(*ast.InsertStmt)
	if !ok {
		return nil
	}
	l := h.leaves[0]
	r := &plan.RowsOf{Table: l.table, Database: l.database, Home: h.homeOf(l), Query: n.Select != nil, Ignore: n.IgnoreErr && len(n.OnDuplicate) == 0, Updates: len(n.OnDuplicate) > 0, Text: "VALUES "}
	for i, t := range h.stmt.Tokens {
		if t.Kind == parser.Param {
			r.Params = append(r.Params, i)
		}
	}
	for _, c := range n.Columns {
		r.Columns = append(r.Columns, strings.ToLower(c.Name.O))
	}
	at := h.into + 1
	if h.isOp(at, ".") {
		at += 2
	}
	if h.stmt.Is(at, "partition") {
		return unsupportedf("INSERT INTO .. PARTITION (..) with rows of several servers")
	}
	if h.isOp(at, "(") && (len(n.Columns) > 0 && !h.stmt.Is(at+1, "select") || h.isOp(at+1, ")")) {
		at = closing(h.stmt, at) + 1
	}
	r.First = at
	r.Last = h.rowsEnd(at)
	h.end = r.Last + 1
	switch {
	case n.Select != nil:
	case h.stmt.Is(at, "set"):
		names := make([]string, len(n.Columns))
		for i, c := range n.Columns {
			names[i] = ident(c.Name.O)
		}
		r.Text = "(" + strings.Join(names, ",") + ") VALUES "
	case h.stmt.Is(at, "values"), h.stmt.Is(at, "value"):
	default:
		return unsupportedf("the rows of the INSERT cannot be found in its text")
	}
	if r.Last < r.First {
		return unsupportedf("the rows of the INSERT cannot be found in its text")
	}
	h.out.Rows = r
	return nil
}

// buffers makes the host keep the rows of a query before it stores the first, as a server
// does that inserts rows into a table which the query reads: what is too long for its
// column then fails as a value of a column, not of an expression. On the host these are
// two copies, and it would not.
func (h *rehearser) buffers() {
	into := h.leaves[0]
	if !h.isQuery() || into.table == nil || !slices.ContainsFunc(h.leaves[1:], func(l *leaf) bool { return l.table == into.table }) {
		return
	}
	for i := h.out.Rows.First; i < h.out.Rows.Last; i++ {
		switch {
		case h.stmt.Is(i, "with"):
			return // the first SELECT is not the one whose rows are stored
		case h.stmt.Is(i, "select"):
			for i++; h.stmt.Tokens[i].Kind == parser.Hint; i++ {
			}
			h.insertText(i, plan.Buffers)
			return
		}
	}
}

// rowsEnd returns the last token of what the rows of an INSERT are made of: what follows
// is the name of the new row, or ON DUPLICATE KEY UPDATE.
func (h *rehearser) rowsEnd(at int) int {
	depth := 0
	for i := at; i < len(h.stmt.Tokens); i++ {
		switch {
		case h.isOp(i, "("):
			depth++
		case h.isOp(i, ")"):
			depth--
		case depth > 0:
		case h.stmt.Tokens[i].Kind == parser.Semicolon:
			return i - 1
		case h.stmt.Is(i, "on") && h.stmt.Is(i+1, "duplicate") && h.stmt.Is(i+2, "key") && h.stmt.Is(i+3, "update"):
			return i - 1
		case h.stmt.Is(i, "as") && !h.isQuery() && h.startsNewRow(i):
			return i - 1
		}
	}
	return len(h.stmt.Tokens) - 1
}

func (h *rehearser) isQuery() bool {
	n, ok := h.main.Tree.(*ast.InsertStmt)
	return ok && n.Select != nil
}

// startsNewRow reports whether AS at token i names the new row of an INSERT.
func (h *rehearser) startsNewRow(i int) bool {
	end := i + 2
	if h.isOp(end, "(") {
		end = closing(h.stmt, end) + 1
	}
	return end == len(h.stmt.Tokens) || h.stmt.Is(end, "on") && h.stmt.Is(end+1, "duplicate")
}

// alone reports whether the statement is an UPDATE of one table that it joins with none: it
// comes to each row once, and finds it as it was.
func (h *rehearser) alone() bool {
	n, ok := h.main.Tree.(*ast.UpdateStmt)
	return ok && n.TableRefs != nil && n.TableRefs.TableRefs.Right == nil && !n.MultipleTable
}

// changed lists what the statement changes.
func (h *rehearser) changed() {
	_, deletes := h.main.Tree.(*ast.DeleteStmt)
	for _, l := range h.leaves {
		place, ok := h.own[l]
		if !ok {
			continue
		}
		c := plan.Change{Table: h.gatherer.out.Places[place-1].Table, Columns: l.assigned, Alone: h.alone(), Deletes: deletes}
		for name := range h.columns {
			c.Named = append(c.Named, name)
		}
		slices.Sort(c.Named)
		h.out.Changes = append(h.out.Changes, c)
		if h.out.Ignore && inUnique(l) {
			t := &h.gatherer.out.Tables[c.Table]
			t.Filters, t.Tail, t.Learned = nil, nil, nil // other rows may have the new value
		}
	}
}

// locked says how rows are read: those that may be changed are locked for that, and others
// as INSERT .. SELECT and UPDATE lock what they read.
func (h *rehearser) locked() {
	for i := range h.gatherer.out.Tables {
		t := &h.gatherer.out.Tables[i]
		if t.Lock = " LOCK IN SHARE MODE"; t.Own {
			t.Lock = " FOR UPDATE"
		}
	}
}

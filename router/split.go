package router

import (
	"slices"
	"strings"

	"github.com/pingcap/tidb/pkg/parser/ast"

	"github.com/sluicedb/sluice/conf"
	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/router/plan"
	"github.com/sluicedb/sluice/rules"
)

// Split plans a write whose rows are on several shards. The error is a *plan.Refusal or
// a *parser.SyntaxError. The statement must be one that Plan made a *plan.Relay of.
func (r *Router) Split(stmt *parser.Statement, env Env) (*plan.Split, error) {
	if strings.EqualFold(env.Charset, "utf8mb4") {
		env.Charset = ""
	}
	a := &analysis{r: r, env: &env, stmt: stmt, subqueries: map[any]*query{}}
	node, err := a.statement()
	if err != nil {
		return nil, err
	}
	p, ok := node.(*plan.Relay)
	if !ok || p.Class != plan.Write {
		return nil, unsupportedf("the statement needs several servers and is no INSERT, UPDATE, DELETE or LOAD DATA LOCAL")
	}
	out, err := a.split(p)
	if err != nil {
		return nil, a.refused(err)
	}
	return out, nil
}

func (a *analysis) split(p *plan.Relay) (*plan.Split, error) {
	if a.unplaced != nil {
		return nil, a.unplaced
	}
	target := a.written()
	if target == nil {
		target = a.tied()
	}
	if target == nil {
		return nil, unsupportedf("a statement that changes several tables, or a view, on several shards")
	}
	out := &plan.Split{Relay: p, Table: target.table, Copies: target.table.Kind == rules.Reference, Params: a.stmt.Params}
	s := a.site(target)
	out.Site = slices.IndexFunc(p.Route.Sites, func(o plan.Site) bool {
		s.Database = o.Database
		return p.Route.Databases[o.Database] == target.database && alike(&o, &s)
	})
	if out.Site < 0 {
		return nil, unsupportedf("the shards of %s cannot be told", target.title())
	}
	if n, ok := a.main.Tree.(*ast.LoadDataStmt); ok {
		return out, a.splitFile(n, target, out)
	}
	if err := a.keepsKeys(); err != nil {
		return nil, err
	}
	if err := a.sameEverywhere(out.Copies); err != nil {
		return nil, err
	}
	if n, ok := a.main.Tree.(*ast.InsertStmt); ok && n.Select == nil && !out.Copies {
		if err := a.rowsAlone(target); err != nil {
			return nil, err
		}
		return out, a.splitRows(n, out)
	}
	return out, a.eachShard(target)
}

// written returns the one table that a statement writes.
func (a *analysis) written() *leaf {
	var found *leaf
	for _, l := range a.leaves {
		if !l.write {
			continue
		}
		if found != nil || l.table == nil || l.view != nil {
			return nil
		}
		found = l
	}
	return found
}

// tied returns that one of several tables that an UPDATE or DELETE writes next to whose
// rows all others stand; nil if there is none.
func (a *analysis) tied() *leaf {
	for _, l := range a.leaves {
		if l.write && (l.view != nil || l.table == nil || l.table.Kind != rules.Sharded) {
			return nil
		}
	}
	for _, l := range a.leaves {
		if l.write && a.allBeside(l) {
			return l
		}
	}
	return nil
}

// keepsKeys refuses constants for sharding keys: they are at home on one shard, and the
// rows of the others would stay where nobody looks for them.
func (a *analysis) keepsKeys() error {
	if len(a.checks) == 0 {
		return nil
	}
	t := a.checks[0].leaf.table
	return plan.KeyChange(t, t.Pos)
}

// sameEverywhere refuses what would not be one value on all shards.
func (a *analysis) sameEverywhere(copies bool) error {
	if err := a.callsAlike(copies); err != nil {
		return err
	}
	if a.stmt.WritesUserVars {
		return unsupportedf("the statement changes several shards and assigns a user variable")
	}
	return nil
}

// callsAlike refuses calls that would not give one value on all shards.
func (a *analysis) callsAlike(copies bool) error {
	for i, t := range a.stmt.Tokens {
		if t.Kind != parser.Ident || !a.isOp(i+1, "(") {
			continue
		}
		f := strings.ToLower(string(t.Text(a.stmt.SQL)))
		switch {
		case f == "last_insert_id" && a.isOp(i+2, ")"): // the session's
		case f == "last_insert_id" && copies && ownText(a.main.Tree): // each copy gets the same rows
		case copies && unsure(f), hasSideEffect(f), f == "last_insert_id":
			return plan.Unsupported("the statement changes several shards and calls "+strings.ToUpper(f)+"()", conf.Pos{}, "compute the value first")
		}
	}
	return nil
}

// ownText reports whether a statement is an INSERT whose rows are in its text.
func ownText(tree ast.Node) bool {
	n, ok := tree.(*ast.InsertStmt)
	return ok && n.Select == nil
}

// eachShard makes sure that each shard can do its own part of the statement by itself,
// and that the parts together are the whole.
func (a *analysis) eachShard(target *leaf) error {
	switch n := a.main.Tree.(type) {
	case *ast.UpdateStmt:
		if n.Limit != nil {
			return unsupportedf("UPDATE .. LIMIT over several shards")
		}
	case *ast.DeleteStmt:
		if n.Limit != nil {
			return unsupportedf("DELETE .. LIMIT over several shards")
		}
	case *ast.InsertStmt:
		if n.Select != nil && !ownRows(n.Select) {
			return unsupportedf("INSERT .. SELECT over several shards that groups, sorts or cuts its rows")
		}
		if sorts(n.Select) && givesNumber(n, target.table) {
			return unsupportedf("INSERT .. SELECT over several shards that sorts rows which have a number of AUTO_INCREMENT: the last one's is the insert id")
		}
	default:
		return unsupportedf("the statement needs several servers")
	}
	driver := a.driver(target)
	for _, l := range a.leaves {
		if l == driver || l.view != nil {
			continue
		}
		if err := beside(l, driver); err != nil {
			return err
		}
	}
	return nil
}

// driver returns the leaf whose rows say which shards have something to do: the table
// that is changed, or the one that the rows of an INSERT .. SELECT are made of.
func (a *analysis) driver(target *leaf) *leaf {
	n, ok := a.main.Tree.(*ast.InsertStmt)
	if !ok || n.Select == nil || target.table.Kind != rules.Sharded {
		return target
	}
	for _, l := range a.leaves {
		if l == target || l.table == nil || l.table.Kind != rules.Sharded || !reaches(l.key(), target.key()) {
			continue
		}
		all := true
		for _, o := range a.leaves {
			all = all && (o == l || o.view != nil || beside(o, l) == nil)
		}
		if all {
			return l
		}
	}
	return target
}

// ownRows reports whether each row of a query comes from one row of its tables.
func ownRows(n ast.Node) bool {
	s, ok := n.(*ast.SelectStmt)
	return ok && s.Limit == nil && s.GroupBy == nil && !s.Distinct && s.Having == nil && s.With == nil && !aggregates(s) && !hasWindow(s)
}

func sorts(n ast.Node) bool {
	s, ok := n.(*ast.SelectStmt)
	return ok && s.OrderBy != nil
}

// givesNumber reports whether the rows of an INSERT have a value for the AUTO_INCREMENT
// column.
func givesNumber(n *ast.InsertStmt, t *rules.Table) bool {
	at := slices.IndexFunc(t.Columns, func(c rules.Column) bool { return c.Numbered })
	return at >= 0 && (len(n.Columns) == 0 && !t.Columns[at].Invisible ||
		slices.ContainsFunc(n.Columns, func(c *ast.ColumnName) bool { return c.Name.L == strings.ToLower(t.Columns[at].Name) }))
}

// beside makes sure that all rows of a leaf that belong to a row of the driver are on
// that row's shard.
func beside(l, target *leaf) error {
	switch {
	case l.database != target.database:
		return unsupportedf("a write on several shards that needs %s of database %s", l.title(), l.database.Name)
	case l.table == nil:
		return unsupportedf("a write on several shards that needs %s, which the rules do not list", l.title())
	case l.table.Kind == rules.Reference:
		return nil
	case l.table.Kind == rules.Sharded && target.table.Kind == rules.Sharded && reaches(target.key(), l.key()):
		return nil
	}
	return plan.Unsupported("a write on several shards that needs rows of "+l.title()+" on other shards", l.table.Pos,
		"compare "+l.table.Name+"."+l.table.Key+" with that of "+target.table.Name)
}

// rowsAlone makes sure that the rows of an INSERT .. VALUES need no rows that their shards
// may not have.
func (a *analysis) rowsAlone(target *leaf) error {
	for _, l := range a.leaves {
		if l == target || l.view != nil || l.database == target.database && l.table != nil && l.table.Kind == rules.Reference {
			continue
		}
		return unsupportedf("an INSERT of rows on several shards that reads %s", l.title())
	}
	return nil
}

// splitRows finds the rows of an INSERT in the text.
func (a *analysis) splitRows(n *ast.InsertStmt, out *plan.Split) error {
	i, err := a.keyColumn(n, out.Table)
	if err != nil {
		return err
	}
	at := a.valuesAt()
	if at < 0 {
		return unsupportedf("the rows of the INSERT cannot be found in its text")
	}
	if err := a.rowLengths(n, out.Table); err != nil {
		return err
	}
	for _, row := range n.Lists {
		set, err := a.stored(out.Table, row, i)
		if err != nil || set == nil {
			return err
		}
		first := at
		if a.stmt.Is(at, "row") {
			at++
		}
		if !a.isOp(at, "(") {
			return unsupportedf("the rows of the INSERT cannot be found in its text")
		}
		last := closing(a.stmt, at)
		if last < 0 {
			return unsupportedf("the rows of the INSERT cannot be found in its text")
		}
		out.Rows = append(out.Rows, plan.SplitRow{First: first, Last: last, Key: set, Params: [2]int{a.paramsBefore(first), a.paramsBefore(last)}})
		at = last + 2
	}
	return nil
}

// rowLengths refuses rows that have not as many values as there are columns: a server
// does before it looks at any row.
func (a *analysis) rowLengths(n *ast.InsertStmt, t *rules.Table) error {
	want := len(n.Columns)
	if want == 0 && a.through != nil {
		want = len(a.through.columns)
	} else if want == 0 {
		for i := range t.Columns {
			if !t.Columns[i].Invisible {
				want++
			}
		}
	}
	for i, row := range n.Lists {
		if len(row) != want && want > 0 && (len(row) > 0 || len(n.Columns) > 0) {
			return &plan.Refusal{Number: 1136, State: "21S01", Message: "Column count doesn't match value count at row " + count(i+1)}
		}
	}
	return nil
}

// valuesAt returns the token behind VALUES.
func (a *analysis) valuesAt() int {
	depth := 0
	for i := range a.stmt.Tokens {
		switch {
		case a.isOp(i, "("):
			depth++
		case a.isOp(i, ")"):
			depth--
		case depth == 0 && (a.stmt.Is(i, "values") || a.stmt.Is(i, "value")):
			return i + 1
		}
	}
	return -1
}

// paramsBefore counts the parameters before a token.
func (a *analysis) paramsBefore(token int) int {
	n := 0
	for _, t := range a.stmt.Tokens[:token] {
		if t.Kind == parser.Param {
			n++
		}
	}
	return n
}

package router

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/pingcap/tidb/pkg/parser/ast"

	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/parser/value"
	"github.com/sluicedb/sluice/router/plan"
	"github.com/sluicedb/sluice/rules"
)

// Unique keys that Sluice enforces over shards (rules.Enforced). What brings a value
// into a table must claim it; whatever else could is refused here, before it has any
// effect. Rows may go away in any manner: a claim without a row means nothing.

// claimed says what a write must claim; nil: nothing.
func (a *analysis) claimed(class plan.Class) (*plan.Unique, error) {
	switch {
	case a.explains:
		return nil, nil
	case class == plan.DDL:
		return nil, a.uniqueDefinition()
	case class != plan.Write:
		return nil, nil
	}
	for _, l := range a.leaves {
		if !l.write || l.temporary {
			continue
		}
		if t := a.enforcedUnder(l); t != nil {
			return a.claims(l, t)
		}
	}
	return nil, nil
}

// enforcedUnder returns the table with enforced keys that a write to a leaf reaches; nil
// if there is none.
func (a *analysis) enforcedUnder(l *leaf) *rules.Table {
	if l.view == nil {
		if l.table != nil && len(l.table.Enforced) > 0 {
			return l.table
		}
		return nil
	}
	for _, o := range a.leaves {
		if o.virtual && o.table != nil && len(o.table.Enforced) > 0 {
			return o.table
		}
	}
	return nil
}

func (a *analysis) claims(l *leaf, t *rules.Table) (*plan.Unique, error) {
	switch n := a.main.Tree.(type) {
	case *ast.DeleteStmt:
		return nil, nil
	case *ast.InsertStmt:
		return a.claimRows(n, l, t)
	case *ast.UpdateStmt:
		return a.claimChanges(n, l, t)
	case *ast.LoadDataStmt:
		return nil, unenforced(t, "LOAD DATA", "insert the rows")
	}
	return nil, unenforced(t, "this statement", "use INSERT, UPDATE or DELETE")
}

// unenforced refuses a write that could bring in values that nobody would claim.
func unenforced(t *rules.Table, what, remedy string) error {
	var names []string
	for i := range t.Enforced {
		names = append(names, t.Enforced[i].Name)
	}
	return plan.Unsupported(what+" cannot be carried out so that "+strings.Join(names, ", ")+" of "+t.Name+" stays unique over all shards", t.Enforced[0].Pos, remedy)
}

// claimRows finds the values in the rows of an INSERT.
func (a *analysis) claimRows(n *ast.InsertStmt, l *leaf, t *rules.Table) (*plan.Unique, error) {
	switch {
	case l.view != nil:
		return nil, unenforced(t, "INSERT through a view", "insert into the table")
	case n.Select != nil:
		return nil, unenforced(t, "INSERT .. SELECT", "fetch the rows and insert them with VALUES")
	case slices.ContainsFunc(n.OnDuplicate, func(s *ast.Assignment) bool { return isEnforced(t, s.Column.Name.O) }):
		return nil, unenforced(t, "ON DUPLICATE KEY UPDATE that sets a column of the key", "use INSERT, and UPDATE where it fails with error 1062")
	}
	u := &plan.Unique{Table: t, Meets: n.IsReplace || n.IgnoreErr || len(n.OnDuplicate) > 0}
	for _, row := range n.Lists {
		var r plan.UniqueRow
		var err error
		if r.Tenant, err = a.given(n, t, row, t.Key); err != nil {
			return nil, err
		}
		for i := range t.Enforced {
			var values []plan.Source
			for _, c := range t.Enforced[i].Columns {
				v, err := a.given(n, t, row, c.Name)
				if err != nil {
					return nil, err
				}
				values = append(values, v)
			}
			r.Keys = append(r.Keys, values)
		}
		u.Rows = append(u.Rows, r)
	}
	return u, nil
}

func isEnforced(t *rules.Table, column string) bool {
	return slices.ContainsFunc(t.Enforced, func(e rules.Enforced) bool { return e.Has(column) })
}

// given returns the value that a row of an INSERT gives to a column.
func (a *analysis) given(n *ast.InsertStmt, t *rules.Table, row []ast.ExprNode, name string) (plan.Source, error) {
	i := -1
	switch {
	case len(n.Columns) > 0:
		i = slices.IndexFunc(n.Columns, func(c *ast.ColumnName) bool { return strings.EqualFold(c.Name.O, name) })
	case len(row) > 0:
		i = visibleAt(t, name)
	}
	if i < 0 {
		return omitted(t, name)
	}
	if i >= len(row) {
		return plan.Source{Kind: plan.FromConstant, Use: plan.Store}, nil // 1136, before any effect
	}
	if d, ok := unwrap(row[i]).(*ast.DefaultExpr); ok && (d.Name == nil || strings.EqualFold(d.Name.Name.O, name)) {
		return omitted(t, name)
	}
	v, ok := a.constant(row[i])
	if !ok {
		return v, unenforced(t, "an INSERT whose value of "+name+" is not a constant", "compute it first and insert the result")
	}
	v.Use = plan.Store
	return v, nil
}

// visibleAt is the position of a column in an INSERT without a list of columns; -1: it
// is in none.
func visibleAt(t *rules.Table, name string) int {
	i := 0
	for _, c := range t.Columns {
		switch {
		case c.Invisible:
		case strings.EqualFold(c.Name, name):
			return i
		default:
			i++
		}
	}
	return -1
}

// omitted returns the value of a column that an INSERT does not name.
func omitted(t *rules.Table, name string) (plan.Source, error) {
	v := plan.Source{Kind: plan.FromConstant, Use: plan.Store}
	c, ok := t.Column(name)
	switch {
	case !ok || c.Expression || c.Default == nil && !c.Nullable:
		return v, unenforced(t, "an INSERT that leaves "+name+" to the server", "name it in the INSERT")
	case c.Default != nil:
		v.Const = value.Value{Kind: value.String, S: *c.Default}
		if i, err := strconv.ParseInt(*c.Default, 10, 64); err == nil && strings.HasPrefix(familyOf(c), "integer") {
			v.Const = value.Value{Kind: value.Int, I: i}
		}
	}
	return v, nil
}

// claimChanges says which keys an UPDATE may change.
func (a *analysis) claimChanges(n *ast.UpdateStmt, l *leaf, t *rules.Table) (*plan.Unique, error) {
	if l.view != nil {
		return nil, unenforced(t, "UPDATE of a view", "update the table")
	}
	u := &plan.Unique{Table: t}
	for i := range t.Enforced {
		if slices.ContainsFunc(n.List, func(s *ast.Assignment) bool { return t.Enforced[i].Has(s.Column.Name.O) }) {
			u.Keys = append(u.Keys, i)
		}
	}
	if u.Keys == nil {
		return nil, nil
	}
	assigned := func(name string) bool {
		return slices.ContainsFunc(n.List, func(s *ast.Assignment) bool { return strings.EqualFold(s.Column.Name.O, name) })
	}
	why := ""
	switch {
	case len(a.leaves) != 1 || n.MultipleTable || n.With != nil:
		why = "of several tables"
	case n.IgnoreErr:
		why = "IGNORE"
	case n.Limit != nil:
		why = "with LIMIT"
	case a.stmt.WritesUserVars:
		why = "that assigns user variables"
	case u.Primary() == nil:
		why = "of a table without a primary key"
	case slices.ContainsFunc(u.Primary(), assigned):
		why = "that changes the primary key"
	}
	for i, tok := range a.stmt.Tokens {
		if f := strings.ToLower(string(tok.Text(a.stmt.SQL))); tok.Kind == parser.Ident && a.isOp(i+1, "(") && (unsure(f) || hasSideEffect(f)) {
			why = "that calls " + strings.ToUpper(f) + "()"
		}
	}
	if why != "" {
		return nil, unenforced(t, "UPDATE "+why+" and sets columns of the key", "update rows of "+t.Name+" alone, by conditions on columns")
	}
	return u, nil
}

// uniqueDefinition refuses definitions that would change what a key compares, or write
// where nobody sees it.
func (a *analysis) uniqueDefinition() error {
	if a.stmt.Is(0, "create") {
		if err := a.uniqueProgram(); err != nil {
			return err
		}
	}
	for _, l := range a.leaves {
		if !l.write || l.temporary || l.view != nil || l.table == nil || len(l.table.Enforced) == 0 {
			continue
		}
		if err := a.redefines(l.table); err != nil {
			return err
		}
	}
	return nil
}

// uniqueProgram refuses programs that run without being called and name a table with
// enforced keys.
func (a *analysis) uniqueProgram() error {
	program := ""
	for i := 1; i < len(a.stmt.Tokens) && i < 12 && program == ""; i++ {
		for _, word := range []string{"trigger", "event", "function"} {
			if a.stmt.Is(i, word) {
				program = strings.ToUpper(word)
			}
		}
	}
	if program == "" {
		return nil
	}
	for _, db := range a.r.rules.Databases {
		for _, t := range db.Tables {
			if len(t.Enforced) > 0 && slices.ContainsFunc(a.stmt.Tokens, func(tok parser.Token) bool {
				return (tok.Kind == parser.Ident || tok.Kind == parser.QuotedIdent) && strings.EqualFold(parser.Unquote(a.stmt.SQL, tok, a.stmt.Dialect), t.Name)
			}) {
				return unenforced(t, "CREATE "+program+" that names the table", "let the application do it")
			}
		}
	}
	return nil
}

// redefines refuses changes of a table that its lookup tables would not follow.
func (a *analysis) redefines(t *rules.Table) error {
	remedy := "remove " + t.Name + " from the rule first"
	switch n := a.main.Tree.(type) {
	case *ast.CreateTableStmt, *ast.DropTableStmt, *ast.TruncateTableStmt, *ast.CreateIndexStmt:
		return nil
	case *ast.DropIndexStmt:
		if slices.ContainsFunc(t.Enforced, func(e rules.Enforced) bool { return strings.EqualFold(e.Name, n.IndexName) }) {
			return unenforced(t, "DROP INDEX of the key", remedy)
		}
		return nil
	case *ast.AlterTableStmt:
		for _, spec := range n.Specs {
			if !harmless(t, spec) {
				return unenforced(t, "this ALTER TABLE", remedy)
			}
		}
		return nil
	case *ast.RenameTableStmt:
		return unenforced(t, "RENAME TABLE", remedy)
	}
	return unenforced(t, "this statement", remedy)
}

// harmless reports whether a change of a table leaves its enforced keys as they are, and
// brings no rows in.
func harmless(t *rules.Table, spec *ast.AlterTableSpec) bool {
	ours := func(name string) bool {
		return strings.EqualFold(name, t.Key) || isEnforced(t, name)
	}
	switch spec.Tp {
	case ast.AlterTableAddConstraint:
		c := spec.Constraint
		return c == nil || c.Tp != ast.ConstraintForeignKey || c.Refer == nil || c.Refer.OnUpdate == nil || c.Refer.OnUpdate.ReferOpt != ast.ReferOptionCascade
	case ast.AlterTableAddColumns, ast.AlterTableDropForeignKey, ast.AlterTableIndexInvisible,
		ast.AlterTableAddPartitions, ast.AlterTableDropPartition, ast.AlterTableTruncatePartition, ast.AlterTableReorganizePartition,
		ast.AlterTableCoalescePartitions, ast.AlterTableRebuildPartition, ast.AlterTableOptimizePartition, ast.AlterTableForce,
		ast.AlterTableLock, ast.AlterTableAlgorithm:
		return true
	case ast.AlterTableDropColumn:
		return spec.OldColumnName != nil && !ours(spec.OldColumnName.Name.O)
	case ast.AlterTableModifyColumn, ast.AlterTableChangeColumn, ast.AlterTableAlterColumn:
		old := spec.OldColumnName != nil && ours(spec.OldColumnName.Name.O)
		return !old && !slices.ContainsFunc(spec.NewColumns, func(c *ast.ColumnDef) bool { return ours(c.Name.Name.O) })
	case ast.AlterTableDropIndex:
		return !slices.ContainsFunc(t.Enforced, func(e rules.Enforced) bool { return strings.EqualFold(e.Name, spec.Name) })
	}
	return false
}

// callClaims refuses to call a procedure that could bring in values of enforced keys: a
// server runs it, and Sluice sees nothing of that.
func (a *analysis) callClaims(p *rules.Procedure) error {
	var body map[string]bool
	for _, db := range a.r.rules.Databases {
		for _, t := range db.Tables {
			if len(t.Enforced) == 0 {
				continue
			}
			if body == nil {
				body = map[string]bool{}
				if !a.wordsOf(p.Database.Name, p.Name, body, map[string]bool{}) {
					return unenforced(t, "CALL of procedure "+p.Name+", whose text or that of one it calls is not known,", "name the SQL file with the procedure under schema")
				}
			}
			if writesKeys(body, t) {
				return unenforced(t, "CALL of procedure "+p.Name+", which may write its columns,", "send the procedure's statements one by one")
			}
		}
	}
	return nil
}

var (
	words = regexp.MustCompile(`[\w$]+`)
	calls = regexp.MustCompile("(?i)\\bcall\\s+(?:`?([\\w$]+)`?\\s*\\.\\s*)?`?([\\w$]+)`?")
)

// wordsOf collects the words of a procedure and of those that it calls; false if the text
// of one is not known.
func (a *analysis) wordsOf(database, name string, into, seen map[string]bool) bool {
	key := rules.Key(database, name)
	if seen[key] {
		return true
	}
	seen[key] = true
	def, ok := a.r.schema.Procedure(database, name)
	if !ok {
		return false
	}
	for _, w := range words.FindAllString(strings.ToLower(def.Body), -1) {
		into[w] = true
	}
	for _, called := range calls.FindAllStringSubmatch(def.Body, -1) {
		from := database
		if called[1] != "" {
			from = called[1]
		}
		if !a.wordsOf(from, called[2], into, seen) {
			return false
		}
	}
	return true
}

// writesKeys reports whether a program with these words may give values to the enforced
// keys of a table.
func writesKeys(body map[string]bool, t *rules.Table) bool {
	switch {
	case body["prepare"]:
		return true // of a text that is not here
	case !body[strings.ToLower(t.Name)]:
		return false
	case body["insert"], body["replace"], body["load"]:
		return true
	}
	for _, e := range t.Enforced {
		for _, c := range e.Columns {
			if body["update"] && body[strings.ToLower(c.Name)] {
				return true
			}
		}
	}
	return false
}

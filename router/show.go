package router

import (
	"cmp"
	"errors"

	"github.com/pingcap/tidb/pkg/parser/ast"

	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/router/plan"
	"github.com/sluicedb/sluice/rules"
)

// show plans SHOW and DESCRIBE: what names a table goes to a shard that has it, what
// lists tables and databases is answered from the rules, what concerns the server is
// asked of any one.
func (a *analysis) show(n *ast.ShowStmt) (plan.Node, error) {
	if n.Pattern != nil && a.stmt.Tokens[len(a.stmt.Tokens)-1].Kind != parser.String {
		return a.onAny(0) // LIKE takes a text and nothing else: the server says 1064 itself
	}
	switch n.Tp {
	case ast.ShowColumns, ast.ShowIndex, ast.ShowCreateTable, ast.ShowCreateView:
		return a.showTable(n)
	case ast.ShowDatabases:
		return a.showDatabases(n)
	case ast.ShowTables:
		if s := cmp.Or(n.DBName, a.current); isSystem(s) {
			return a.onAny(0)
		}
		return a.showTables(n)
	case ast.ShowTableStatus, ast.ShowTriggers, ast.ShowEvents:
		return a.showStatus(n)
	case ast.ShowProcedureStatus, ast.ShowFunctionStatus:
		return a.showRoutines(n)
	case ast.ShowCreateProcedure:
		return a.showRoutine(n)
	case ast.ShowCreateDatabase:
		return a.showCreateDatabase(n)
	case ast.ShowGrants, ast.ShowCreateUser:
		return nil, plan.Unsupported("accounts are those of the servers, and users are made by the configuration", a.r.rules.Databases[0].Pos, "SHOW GRANTS tells what the session may do")
	case ast.ShowOpenTables:
		return nil, plan.Unsupported("SHOW OPEN TABLES lists what one server has in memory", a.r.rules.Databases[0].Pos, "ask the server itself")
	case ast.ShowWarnings, ast.ShowErrors:
		return a.onAny(plan.NeedWarnings)
	case ast.ShowVariables, ast.ShowStatus, ast.ShowEngines, ast.ShowCollation, ast.ShowCharset, ast.ShowPlugins, ast.ShowPrivileges,
		ast.ShowProcessList, ast.ShowProfile, ast.ShowProfiles,
		ast.ShowMasterStatus, ast.ShowBinlogStatus, ast.ShowReplicaStatus, ast.ShowBuiltins:
		a.expressions(nil, n.Where)
		return a.onAny(0)
	default:
		return a.untreed()
	}
}

// onAny plans a statement that any server may answer.
func (a *analysis) onAny(needs plan.Needs) (plan.Node, error) {
	p, err := a.relay(plan.Read)
	if err != nil {
		return nil, err
	}
	p.Needs |= needs
	return p, nil
}

// showTable plans SHOW about one table: any shard that has it.
func (a *analysis) showTable(n *ast.ShowStmt) (plan.Node, error) {
	name := *n.Table
	if name.Schema.O == "" && n.DBName != "" {
		name.Schema = ast.NewCIStr(n.DBName)
	}
	l, err := a.leaf(&name, name.Name.O)
	if err != nil {
		return nil, err
	}
	l.metadata, l.from = true, name.Schema.O
	if n.Tp == ast.ShowIndex && !l.temporary && l.table != nil && l.table.Kind == rules.Sharded && len(l.database.Shards) > 1 {
		return a.showIndex(l)
	}
	return a.onAny(0)
}

// showIndex plans SHOW INDEX of a table whose rows are on several shards, each of which
// knows the cardinality of its own.
func (a *analysis) showIndex(l *leaf) (plan.Node, error) {
	if a.find("cardinality", 0) >= 0 {
		return nil, plan.Unsupported("the cardinality is added over the shards of "+l.title()+" after each has answered", l.pos(), "ask information_schema.STATISTICS")
	}
	p, err := a.relay(plan.Read)
	if err != nil {
		return nil, err
	}
	p.AddsUp = l.database.Shards
	return p, nil
}

// showRoutine plans SHOW CREATE PROCEDURE.
func (a *analysis) showRoutine(n *ast.ShowStmt) (plan.Node, error) {
	db, _, err := a.procedure(n.Procedure.Schema.O, n.Procedure.Name.O)
	if has := a.unlistedIn(cmp.Or(n.Procedure.Schema.O, a.current), n.Procedure.Name.O); err != nil && has != nil {
		db, err = has, nil
	}
	if r, ok := errors.AsType[*plan.Refusal](err); ok && r.Number == 1305 { // in CALL it has the database before it
		return nil, &plan.Refusal{Number: r.Number, State: r.State, Message: "PROCEDURE " + n.Procedure.Name.O + " does not exist"}
	} else if err != nil {
		return nil, err
	}
	a.leaves = append(a.leaves, &leaf{database: db, name: n.Procedure, alias: n.Procedure.Name.O, routine: true, metadata: true})
	return a.onAny(0)
}

// showProgram plans SHOW CREATE FUNCTION, TRIGGER and EVENT, of which only the tokens are
// known. done is false for other statements.
func (a *analysis) showProgram() (node plan.Node, done bool, err error) {
	if !a.stmt.Is(0, "show") || !a.stmt.Is(1, "create") {
		return nil, false, nil
	}
	h := a.head()
	switch h.kind {
	case plan.FunctionObject, plan.TriggerObject, plan.EventObject:
	default:
		return nil, false, nil
	}
	schema, name, next := a.routineName(h.at)
	if name == "" || next < len(a.stmt.Tokens) {
		return nil, false, nil // the server says 1064 itself
	}
	db, err := a.programHome(&h, schema, name, next)
	if h.kind == plan.TriggerObject && unknownDatabase(err) {
		return nil, true, err
	}
	if r, ok := errors.AsType[*plan.Refusal](err); ok && r.Number != plan.NoDatabase().Number {
		db, err = a.r.rules.Databases[0], nil // no database has it: so say all servers
	}
	if err != nil {
		return nil, true, err
	}
	a.leaves = append(a.leaves, &leaf{
		database: db, name: &ast.TableName{Schema: ast.NewCIStr(schema), Name: ast.NewCIStr(name)},
		alias: name, routine: true, metadata: true,
	})
	node, err = a.onAny(0)
	return node, true, err
}

// listed returns the databases that a SHOW concerns and the name it asked for.
func (a *analysis) asked(schema string) (string, []*rules.Database, error) {
	if schema == "" {
		schema = a.current
	}
	if schema == "" {
		return "", nil, plan.NoDatabase()
	}
	if schema == a.r.rules.Logical {
		return schema, a.r.rules.Databases, nil
	}
	db, ok := a.r.database(schema)
	if !ok {
		return "", nil, plan.UnknownDatabase(schema)
	}
	return schema, []*rules.Database{db}, nil
}

// showInDatabase plans a SHOW over one database whose answer names no schema.
func (a *analysis) showInDatabase(n *ast.ShowStmt) (plan.Node, error) {
	if n.DBName != "" && isSystem(n.DBName) {
		return a.onAny(0)
	}
	name, dbs, err := a.asked(n.DBName)
	if err != nil {
		return nil, err
	}
	if len(dbs) > 1 {
		return nil, plan.Unsupported("SHOW over all databases of "+name, dbs[0].Pos, "name one of the databases: FROM "+dbs[0].Name)
	}
	a.leaves = append(a.leaves, &leaf{
		database: dbs[0], name: &ast.TableName{Schema: ast.NewCIStr(n.DBName)},
		alias: dbs[0].Name, routine: true, metadata: true, from: n.DBName,
	})
	a.expressions(nil, n.Where)
	return a.onAny(0)
}

// showDatabases answers SHOW DATABASES: the logical database, the six, and those that
// every server has.
func (a *analysis) showDatabases(n *ast.ShowStmt) (plan.Node, error) {
	names := []string{"information_schema", "mysql", "performance_schema", "sys", a.r.rules.Logical}
	for _, db := range a.r.rules.Databases {
		names = append(names, db.Name)
	}
	title := "Database"
	if pattern, ok := a.pattern(n); ok {
		title += " (" + pattern + ")"
	}
	rows := make([][]string, len(names))
	for i, name := range names {
		rows[i] = []string{name}
	}
	return a.rows(n, []plan.Column{stringColumn(title, 64)}, rows)
}

// showTables answers SHOW TABLES from the rules and the schema.
func (a *analysis) showTables(n *ast.ShowStmt) (plan.Node, error) {
	if n.DBName != "" && isSystem(n.DBName) {
		return a.onAny(0)
	}
	if n.DBName == "" && isSystem(a.current) {
		return nil, unsupportedf("SHOW TABLES in %s", a.current)
	}
	name, dbs, err := a.asked(n.DBName)
	if err != nil {
		return nil, err
	}
	for _, db := range dbs {
		if len(dbs) == 1 && len(db.Tables) == 0 {
			return a.showInDatabase(n) // the rules list none of its tables
		}
	}
	title := "Tables_in_" + name
	if pattern, ok := a.pattern(n); ok {
		title += " (" + pattern + ")"
	}
	columns := []plan.Column{stringColumn(title, 64)}
	if n.Full {
		columns = append(columns, stringColumn("Table_type", 11))
	}
	return a.rows(n, columns, a.r.objects(dbs))
}

// objects lists tables and views of databases with their types.
func (r *Router) objects(dbs []*rules.Database) [][]string {
	var rows [][]string
	for _, db := range dbs {
		for _, t := range db.Tables {
			if t.Def == nil || !t.Def.Absent {
				rows = append(rows, []string{t.Name, "BASE TABLE"})
			}
		}
		for _, t := range r.schema.Tables {
			if _, placed := r.table(t.Name); !placed && len(db.Shards) == 1 && t.Database == db.Name && len(db.Tables) > 0 {
				rows = append(rows, []string{t.Name, "BASE TABLE"})
			}
		}
		for name := range r.views[db] {
			rows = append(rows, []string{name, "VIEW"})
		}
	}
	return rows
}

func stringColumn(name string, length int) plan.Column {
	return plan.Column{Name: name, Kind: stringKind, Length: length, NotNull: true}
}

// showCreateDatabase answers SHOW CREATE DATABASE for a database of ours.
func (a *analysis) showCreateDatabase(n *ast.ShowStmt) (plan.Node, error) {
	if isSystem(n.DBName) {
		return a.onAny(0)
	}
	_, dbs, err := a.asked(n.DBName)
	if err != nil {
		return nil, err
	}
	a.leaves = append(a.leaves, &leaf{
		database: dbs[0], name: &ast.TableName{Schema: ast.NewCIStr(n.DBName)},
		alias: dbs[0].Name, routine: true, metadata: true, from: n.DBName,
	})
	return a.onAny(0)
}

// pattern returns the LIKE pattern of a SHOW as the text has it.
func (a *analysis) pattern(n *ast.ShowStmt) (string, bool) {
	if n.Pattern == nil {
		return "", false
	}
	v, ok := n.Pattern.Pattern.(ast.ValueExpr)
	if !ok {
		return "", false
	}
	i := a.stmt.LiteralAt(v)
	if i < 0 {
		return v.GetString(), true
	}
	return parser.Literal(a.stmt.SQL, a.stmt.Literals[i], a.stmt.Dialect).S, true
}

// rows makes the answer of a SHOW: sorted, filtered by its LIKE.
func (a *analysis) rows(n *ast.ShowStmt, columns []plan.Column, rows [][]string) (plan.Node, error) {
	sortRows(rows)
	if n.Where != nil {
		return a.rowsWhere(n, columns, rows)
	}
	out := &plan.Values{Columns: columns}
	pattern, filtered := a.pattern(n)
	for _, row := range rows {
		if filtered && !like(row[0], pattern) {
			continue
		}
		var cells []Value
		for _, cell := range row[:len(columns)] {
			cells = append(cells, textCell(cell))
		}
		out.Rows = append(out.Rows, cells)
	}
	return out, nil
}

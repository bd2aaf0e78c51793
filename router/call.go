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

// callByTokens plans CALL by what the rules say of the procedure. Its few tokens are
// read directly: the tidb parser takes some names of procedures for keywords.
func (a *analysis) callByTokens() (plan.Node, error) {
	schema, name, next := a.routineName(1)
	if name == "" {
		return a.node(a.relay(plan.Call)) // the server says 1064 itself
	}
	db, proc, err := a.procedure(schema, name)
	if err != nil {
		return nil, err
	}
	l := &leaf{
		database: db, name: &ast.TableName{Schema: ast.NewCIStr(schema), Name: ast.NewCIStr(name)},
		alias: name, routine: true, write: true,
	}
	a.leaves = append(a.leaves, l)
	if err := a.placeCall(l, proc, next); err != nil {
		return nil, err
	}
	if err := a.callClaims(proc); err != nil {
		return nil, err
	}
	p, err := a.relay(plan.Call)
	if err != nil {
		return nil, err
	}
	p.Primary, p.Found = true, plan.FoundUnsure
	if a.wide != nil {
		return &plan.Everywhere{Relay: p, Database: a.wide, Shards: a.wide.Shards, Calls: true}, nil
	}
	return p, nil
}

// placeCall decides where a procedure runs.
func (a *analysis) placeCall(l *leaf, proc *rules.Procedure, at int) error {
	args := a.arguments(at)
	switch {
	case proc.Def != nil && len(args) != len(proc.Def.Parameters):
		l.home = l.database.Shards[0] // the server says 1318 itself
		return nil
	case proc.Run == conf.RunTenant:
		return a.tenantCall(l, proc, args)
	case proc.Run == conf.RunRow && len(l.database.Shards) > 1:
		return a.rowCall(l, proc, args)
	case proc.Run == conf.RunSingle:
		l.home = proc.Home
	case proc.Run == conf.RunRefuse:
		return plan.Unsupported("the rules refuse to call procedure "+proc.Name, proc.Pos, "")
	case len(l.database.Shards) > 1:
		return a.everywhereCall(l, proc)
	default:
		l.home = l.database.Shards[0]
	}
	return nil
}

// routineName reads [db.]name at token i.
func (a *analysis) routineName(i int) (schema, name string, next int) {
	word := func(i int) string {
		if i >= len(a.stmt.Tokens) {
			return ""
		}
		return parser.Unquote(a.stmt.SQL, a.stmt.Tokens[i], a.stmt.Dialect)
	}
	if a.isOp(i+1, ".") {
		return word(i), word(i + 2), i + 3
	}
	return "", word(i), i + 1
}

// arguments returns the token ranges of a list in parentheses that begins at token i.
func (a *analysis) arguments(i int) [][2]int {
	var out [][2]int
	depth, start := 0, i+1
	for ; i < len(a.stmt.Tokens); i++ {
		switch {
		case a.isOp(i, "("):
			depth++
		case a.isOp(i, ")"):
			depth--
		}
		if depth == 0 || depth == 1 && a.isOp(i, ",") {
			if i > start {
				out = append(out, [2]int{start, i - 1})
			}
			start = i + 1
		}
		if depth == 0 {
			break
		}
	}
	return out
}

// tenantCall routes a CALL by the parameter that holds the tenant.
func (a *analysis) tenantCall(l *leaf, proc *rules.Procedure, args [][2]int) error {
	if proc.TenantParam >= len(args) {
		l.home = l.database.Shards[0] // the server says 1318 itself
		return nil
	}
	var v plan.Source
	var err error = plan.Unsupported("procedure "+proc.Name+" runs by tenant, and its text is not known", proc.Pos, "name its file under schema")
	if proc.TenantParam >= 0 {
		v, err = a.argument(proc, args, proc.TenantParam)
	}
	switch {
	case err != nil && len(l.database.Shards) == 1 && !a.env.TenantOnly:
		l.home = l.database.Shards[0] // whatever the tenant is
		return nil
	case err != nil:
		return err
	}
	if l.table = a.r.keyed(l.database); l.table == nil {
		return plan.Unsupported("procedure "+proc.Name+" runs by tenant, but no table of "+l.database.Name+" has a sharding key", proc.Pos, "")
	}
	l.key().base = append(l.key().base, plan.Of(v))
	return nil
}

// rowCall routes a CALL by the parameter that holds the id of a row.
func (a *analysis) rowCall(l *leaf, proc *rules.Procedure, args [][2]int) error {
	switch {
	case proc.RowParam < 0 || len(proc.Rows) == 0 || proc.Rows[0].ID() == "":
		return plan.Unsupported("procedure "+proc.Name+" runs where a row is, and its text or the row's table is not known", proc.Pos, "name their files under schema")
	case a.env.TenantOnly:
		return plan.Unsupported("procedure "+proc.Name+" runs where a row is, and this user may only see one tenant", proc.Pos, "")
	}
	v, err := a.argument(proc, args, proc.RowParam)
	if err != nil {
		return err
	}
	v.Use = plan.Equal
	l.table = proc.Rows[0]
	set := plan.Located(len(a.probes))
	a.probes = append(a.probes, plan.Probe{
		Table: l.table, Columns: []string{l.table.ID()}, Values: [][]plan.Source{{v}},
		Exclusive: global(l.table, []string{l.table.ID()}), Also: proc.Rows[1:], Caller: proc,
	})
	l.key().base = append(l.key().base, plan.ShardOf(l.table, set))
	return nil
}

// argument reads the argument that decides where a procedure runs: a constant, a
// parameter or a user variable.
func (a *analysis) argument(proc *rules.Procedure, args [][2]int, i int) (plan.Source, error) {
	span := args[i]
	first, last := a.stmt.Tokens[span[0]], a.stmt.Tokens[span[1]]
	single := span[0] == span[1]
	switch {
	case single && a.stmt.Is(span[0], "null"):
		return plan.Source{Kind: plan.FromConstant, Use: plan.NullSafe}, nil
	case single && first.Kind == parser.UserVar && !a.assigns():
		return plan.Source{Kind: plan.FromUserVar, Name: strings.ToLower(parser.Unquote(a.stmt.SQL, first, a.stmt.Dialect)), Use: plan.Store}, nil
	case !single && !(span[0]+1 == span[1] && first.Kind == parser.Introducer):
		return plan.Source{}, undecided(proc, i)
	}
	for i, t := range a.stmt.Literals {
		switch {
		case t.Start != last.Start:
		case t.Kind == parser.Param:
			return plan.Source{Kind: plan.FromParam, Index: a.param(i), Use: plan.Store}, nil
		default:
			return plan.Source{Kind: plan.FromLiteral, Index: i, Use: plan.Store}, nil
		}
	}
	return plan.Source{}, undecided(proc, i)
}

// undecided refuses a CALL whose argument i would have to be computed to find the shard.
func undecided(proc *rules.Procedure, i int) error {
	return plan.Unsupported("argument "+count(i+1)+" of procedure "+proc.Name+" decides its shard and is not a constant", proc.Pos, "pass a constant, a parameter or a user variable")
}

// assigns reports whether the arguments of a CALL set user variables before it runs.
func (a *analysis) assigns() bool {
	for i := range a.stmt.Tokens {
		if a.isOp(i, ":=") {
			return true
		}
	}
	return false
}

// keyed returns a sharded table of a database: any, since a key value has one shard
// for all of them.
func (r *Router) keyed(db *rules.Database) *rules.Table {
	for _, t := range db.Tables {
		if t.Kind == rules.Sharded {
			return t
		}
	}
	return nil
}

// procedure finds a procedure by its name.
func (a *analysis) procedure(schema, name string) (*rules.Database, *rules.Procedure, error) {
	from := schema
	if from == "" {
		from = a.current
	}
	if from == "" {
		return nil, nil, plan.NoDatabase()
	}
	if db, ok := a.r.database(from); ok {
		if proc, ok := a.r.rules.Procedure(db, name); ok {
			return db, proc, nil
		}
		return nil, nil, a.unknownProcedure(db, from, name)
	}
	for _, db := range a.r.rules.Databases {
		if from != a.r.rules.Logical {
			break
		}
		// A procedure that is not listed takes the place of its database.
		if proc, ok := a.r.rules.Procedure(db, name); ok && proc.Pos != db.Pos {
			return db, proc, nil
		}
	}
	if db := a.r.rules.Databases[0]; from == a.r.rules.Logical && len(a.r.rules.Databases) == 1 && len(db.Shards) == 1 {
		proc, _ := a.r.rules.Procedure(db, name)
		return db, proc, nil
	}
	if db := a.unlistedIn(from, name); db != nil {
		if proc, ok := a.r.rules.Procedure(db, name); ok {
			return db, proc, nil
		}
		return nil, nil, a.unknownProcedure(db, from, name)
	}
	return nil, nil, unknownProcedure(from, name)
}

// unlistedIn finds the database that has a procedure which the rules do not list: one of a
// name, or the first of all; nil if none is known to have it.
func (a *analysis) unlistedIn(from, name string) *rules.Database {
	if db, ok := a.r.database(from); ok && a.hasProcedure(db, name) {
		return db
	}
	i := slices.IndexFunc(a.r.rules.Databases, func(db *rules.Database) bool { return from == a.r.rules.Logical && a.hasProcedure(db, name) })
	if i < 0 {
		return nil
	}
	return a.r.rules.Databases[i]
}

// hasProcedure reports whether the servers have said that a database has a procedure, or the
// SQL files say so.
func (a *analysis) hasProcedure(db *rules.Database, name string) bool {
	def, ok := a.r.schema.Procedure(db.Name, name)
	return ok && strings.EqualFold(def.Database, db.Name) || a.r.schema.Programs[rules.ProgramKey(string(plan.ProcedureObject), db.Name, name)]
}

// unknownProcedure is the error of a CALL of a procedure that the rules do not list.
func (a *analysis) unknownProcedure(db *rules.Database, schema, name string) error {
	if a.hasProcedure(db, name) {
		return plan.Unsupported("the rules do not say where procedure "+name+" runs, which every shard of "+db.Name+" has", db.Pos, "add it to the rules")
	}
	return unknownProcedure(schema, name)
}

func unknownProcedure(schema, name string) error {
	return &plan.Refusal{Number: 1305, State: "42000", Message: "PROCEDURE " + schema + "." + name + " does not exist"}
}

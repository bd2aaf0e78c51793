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

// load plans LOAD DATA. A file of the client's may be for several shards (splitFile);
// one of a server's is read there, so the table must be on one shard.
func (a *analysis) load(n *ast.LoadDataStmt) (plan.Node, error) {
	l, err := a.leaf(n.Table, n.Table.Name.O)
	if err != nil {
		return nil, err
	}
	l.write = true
	a.bound = true // the separators are constants, and the plan is made of them
	local := n.FileLocRef == ast.FileLocClient
	if err := wholeTable(l); err != nil && (!local || l.view != nil || l.table == nil || len(l.table.Enforced) > 0) {
		return nil, err
	}
	for _, s := range n.ColumnAssignments {
		a.expressions(nil, s.Expr)
	}
	if err := a.loadKey(n, l); err != nil {
		return nil, err
	}
	p, err := a.relay(plan.Write)
	if err != nil {
		return nil, err
	}
	p.Needs |= plan.NeedInsertID | plan.SetsInsertID // its reply tells no id
	if local {
		p.Needs |= plan.LocalInfile
	}
	return p, nil
}

// loadKey notes the sharding key where it is one constant for all records.
func (a *analysis) loadKey(n *ast.LoadDataStmt, l *leaf) error {
	if l.key() == nil || l.view != nil {
		return nil
	}
	source, err := a.loadSource(n, l.table)
	switch {
	case err != nil && !l.spread():
		return nil
	case err != nil || source.set == nil:
		return err
	}
	l.key().base = append(l.key().base, source.set)
	return nil
}

// loadSource is where LOAD DATA takes the sharding key of a record from: a constant, or
// the field of a number.
type loadSource struct {
	set      *plan.Set // the constant; nil: the field
	field    int
	variable bool // the field goes to a user variable first
}

// loadSource finds it; SET wins over the list of columns.
func (a *analysis) loadSource(n *ast.LoadDataStmt, t *rules.Table) (loadSource, error) {
	for i := len(n.ColumnAssignments) - 1; i >= 0; i-- {
		if s := n.ColumnAssignments[i]; strings.EqualFold(s.Column.Name.O, t.Key) {
			return a.assignedKey(n, s.Expr, t)
		}
	}
	if len(n.ColumnsAndUserVars) > 0 {
		for i, c := range n.ColumnsAndUserVars {
			if c.ColumnName != nil && strings.EqualFold(c.ColumnName.Name.O, t.Key) {
				return loadSource{field: i}, a.fieldKey(t)
			}
		}
		set, err := defaultKey(t)
		return loadSource{set: set}, err
	}
	i, err := keyAmong(&ast.InsertStmt{}, t)
	if err != nil {
		return loadSource{}, err
	}
	return loadSource{field: i}, a.fieldKey(t)
}

// fieldKey makes sure that what a field holds is what the key column will.
func (a *analysis) fieldKey(t *rules.Table) error {
	if c, ok := t.Column(t.Key); ok && c.Expression {
		return plan.Unsupported("the server would compute sharding key "+t.Name+"."+t.Key, t.Pos, "")
	}
	return nil
}

// assignedKey reads SET key = e: a constant, DEFAULT, or a variable that a field is read
// into.
func (a *analysis) assignedKey(n *ast.LoadDataStmt, e ast.ExprNode, t *rules.Table) (loadSource, error) {
	e = unwrap(e)
	if v, ok := e.(*ast.VariableExpr); ok && !v.IsSystem && v.Value == nil {
		for i := len(n.ColumnsAndUserVars) - 1; i >= 0; i-- {
			if u := n.ColumnsAndUserVars[i].UserVar; u != nil && strings.EqualFold(u.Name, v.Name) {
				return loadSource{field: i, variable: true}, a.fieldKey(t)
			}
		}
	}
	if d, ok := e.(*ast.DefaultExpr); ok && d.Name == nil {
		set, err := defaultKey(t)
		return loadSource{set: set}, err
	}
	if v, ok := a.constant(e); ok {
		v.Use = plan.Store
		return loadSource{set: plan.Of(v)}, nil
	}
	return loadSource{}, plan.Unsupported("the value that SET gives to sharding key "+t.Name+"."+t.Key+" cannot be told from the file", t.Pos,
		"take it from a field as it is, or give a constant")
}

// givenColumns are the columns that LOAD DATA names; none: all.
func givenColumns(n *ast.LoadDataStmt) []*ast.ColumnName {
	if len(n.ColumnsAndUserVars) == 0 {
		return nil
	}
	out := slices.Clone(n.Columns)
	for _, s := range n.ColumnAssignments {
		out = append(out, s.Column)
	}
	return out
}

// splitFile plans LOAD DATA LOCAL over several shards: every record goes to the shard of
// its key, or to all copies.
func (a *analysis) splitFile(n *ast.LoadDataStmt, target *leaf, out *plan.Split) error {
	d := a.stmt.LoadData()
	if d == nil || !d.Local {
		return unsupportedf("these clauses of LOAD DATA over several shards")
	}
	if err := a.sameForRecords(n, target, out.Copies); err != nil {
		return err
	}
	f := &plan.File{Format: d.Format, Charset: d.Charset, Clause: d.Skip, At: d.At}
	f.Format.Key = -1
	if !out.Copies {
		source, err := a.loadSource(n, out.Table)
		if err != nil {
			return err
		}
		if source.set != nil {
			return unsupportedf("the shard of the records cannot be told from sharding key %s.%s", out.Table.Name, out.Table.Key)
		}
		f.Format.Key, f.Variable = source.field, source.variable
	}
	if f.Format.Fields = len(n.ColumnsAndUserVars); f.Format.Fields == 0 {
		if len(out.Table.Columns) == 0 {
			return plan.Unsupported("the columns of "+out.Table.Name+" are not known, so the records of a file cannot be read", out.Table.Pos, "name the columns")
		}
		for i := range out.Table.Columns {
			if !out.Table.Columns[i].Invisible {
				f.Format.Fields++
			}
		}
	}
	if why := f.Format.Check(); why != "" {
		return plan.Unsupported("LOAD DATA over several shards, where "+why, conf.Pos{}, "use FIELDS TERMINATED BY and LINES TERMINATED BY")
	}
	if !d.ASCII && (a.env.Charset != "" || !strings.HasPrefix(a.env.Collation, "utf8mb4")) {
		return plan.Unsupported("LOAD DATA over several shards with separators that are not ASCII", conf.Pos{}, "SET NAMES utf8mb4")
	}
	if def := out.Table.Def; def != nil && def.Engine != "" && !strings.EqualFold(def.Engine, "InnoDB") {
		return plan.Unsupported("LOAD DATA over several shards into a table of engine "+def.Engine+", which cannot be undone", out.Table.Pos, "")
	}
	out.File = f
	return nil
}

// sameForRecords makes sure that a record has the same effect whatever shard the records
// before it went to.
func (a *analysis) sameForRecords(n *ast.LoadDataStmt, target *leaf, copies bool) error {
	if err := a.callsAlike(copies); err != nil {
		return err
	}
	for i, t := range a.stmt.Tokens {
		if t.Kind == parser.UserVar && a.isOp(i+1, ":=") {
			return unsupportedf("LOAD DATA over several shards that counts in a user variable")
		}
	}
	for _, l := range a.leaves {
		if l == target || l.view != nil {
			continue
		}
		if err := beside(l, target); err != nil {
			return err
		}
	}
	return nil
}

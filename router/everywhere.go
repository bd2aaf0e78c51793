package router

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"github.com/pingcap/tidb/pkg/parser/ast"

	"github.com/sluicedb/sluice/conf"
	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/router/plan"
	"github.com/sluicedb/sluice/rules"
)

// concerns notes on which shards what a statement defines is: on all of its database, or
// on one.
func (a *analysis) concerns(l *leaf) error {
	if l.temporary || len(l.database.Shards) == 1 || l.table != nil && l.table.Kind == rules.Single {
		a.narrow = l
		return a.oneKind(l)
	}
	if a.env.TenantOnly {
		return plan.Unsupported("this user may only see one tenant, and "+l.title()+" is on all shards of "+l.database.Name, l.database.Pos, "")
	}
	if a.wide != nil && a.wide != l.database {
		return plan.Unsupported("the statement concerns databases "+a.wide.Name+" and "+l.database.Name+" on all of their shards", l.database.Pos, "write one statement for each database")
	}
	a.wide = l.database
	return a.oneKind(l)
}

// oneKind refuses a statement about a table on one shard and one on all.
func (a *analysis) oneKind(l *leaf) error {
	if a.wide == nil || a.narrow == nil {
		return nil
	}
	return plan.Unsupported("the statement concerns "+a.narrow.title()+" on one shard, and others on all shards of "+a.wide.Name, l.database.Pos, "write one statement for each")
}

// defined makes the plan of a statement about definitions.
func (a *analysis) defined(class plan.Class, objects ...plan.Object) (plan.Node, error) {
	p, err := a.relay(class)
	if err != nil {
		return nil, err
	}
	p.RenamedTemp, p.Dropped = a.renamedTemp, a.notes
	out := &plan.Everywhere{Relay: p, Database: a.wide, Objects: objects, Answers: class == plan.Other, Copies: true, Converges: a.converges()}
	if a.wide != nil {
		out.Shards = a.wide.Shards
	} else if home := a.home(); home != nil && out.Answers {
		out.Database, out.Shards = home.Database, []*rules.Shard{home}
	} else if out.Answers {
		return p, a.oneGroup()
	} else {
		return p, nil
	}
	for _, l := range a.leaves {
		copied := l.table == nil || l.table.Kind == rules.Reference
		out.Copies = out.Copies && copied
		for i := range objects {
			if objects[i].Name == l.name.Name.O {
				objects[i].Copy = copied
			}
		}
	}
	return out, nil
}

// home is the one shard on which everything is that a statement concerns; nil if there is
// none, or the rules have no say.
func (a *analysis) home() *rules.Shard {
	var home *rules.Shard
	for _, l := range a.leaves {
		s := l.database.Shards[0]
		if l.table != nil && l.table.Kind == rules.Single {
			s = l.table.Home
		}
		if l.temporary || a.env.TenantOnly || home != nil && s != home {
			return nil
		}
		home = s
	}
	return home
}

// oneGroup refuses a statement about tables on single shards that are not on one group.
func (a *analysis) oneGroup() error {
	group := ""
	for _, l := range a.leaves {
		if l.temporary || a.env.TenantOnly {
			return nil
		}
		s := l.database.Shards[0]
		if l.table != nil && l.table.Kind == rules.Single {
			s = l.table.Home
		}
		if group != "" && s.Group != group {
			return plan.Unsupported("the statement concerns tables on groups "+group+" and "+s.Group, l.database.Pos, "write one statement for each")
		}
		group = s.Group
	}
	return nil
}

// unknownTable reports whether a table does not exist.
func unknownTable(err error) bool {
	r, ok := errors.AsType[*plan.Refusal](err)
	return ok && r.Number == 1146
}

// unknownDatabase reports whether a database does not exist.
func unknownDatabase(err error) bool {
	r, ok := errors.AsType[*plan.Refusal](err)
	return ok && r.Number == 1049
}

// converges reports whether the statement leaves all shards alike whatever they had.
func (a *analysis) converges() bool {
	for i := range min(len(a.stmt.Tokens), 12) {
		switch {
		case a.stmt.Is(0, "drop") && a.stmt.Is(i, "if") && a.stmt.Is(i+1, "exists"), a.stmt.Is(i, "or") && a.stmt.Is(i+1, "replace"):
			return true
		}
	}
	return false
}

func tableObject(name string) plan.Object { return plan.Object{Kind: plan.TableObject, Name: name} }

// onTables plans a statement about whole tables.
func (a *analysis) onTables(class plan.Class, tables ...*ast.TableName) (plan.Node, error) {
	var objects []plan.Object
	for _, t := range tables {
		err := a.onTable(t)
		if class == plan.Other {
			err = a.lookedAfter(t, err)
		}
		if err != nil {
			return nil, err
		}
		objects = append(objects, tableObject(t.Name.O))
	}
	return a.defined(class, objects...)
}

// lookedAfter makes sure that a table which a statement looks after has a leaf, by which its
// server's answer is told by the client's name; err is what adding the leaf said.
func (a *analysis) lookedAfter(n *ast.TableName, err error) error {
	if unknownTable(err) {
		err = a.missing(n)
	}
	if err != nil {
		return err
	}
	last := a.leaves[len(a.leaves)-1]
	for _, l := range a.leaves {
		if l.database == last.database && l.name.Schema.O != last.name.Schema.O {
			return plan.Unsupported("tables of "+last.database.Name+" are named as its own and as those of "+a.r.rules.Logical, last.database.Pos, "write one statement for each")
		}
	}
	return nil
}

// missing adds a leaf for a table that does not exist, where a statement answers that with
// a row: the servers of its database say so, or those of the table before it.
func (a *analysis) missing(n *ast.TableName) error {
	from := n.Schema.O
	if from == "" {
		from = a.current
	}
	db, ok := a.r.database(from)
	switch {
	case ok:
	case len(a.leaves) > 0:
		db = a.leaves[len(a.leaves)-1].database
	default:
		db = a.r.rules.Databases[0]
	}
	return a.concerns(a.place(db, n))
}

func (a *analysis) onTable(t *ast.TableName) error {
	l, err := a.leaf(t, t.Name.O)
	if err != nil {
		return err
	}
	l.write = true
	return a.concerns(l)
}

func (a *analysis) createTable(n *ast.CreateTableStmt) (plan.Node, error) {
	if n.TemporaryKeyword != ast.TemporaryNone {
		return a.createTemporary(n)
	}
	l, err := a.created(n.Table)
	if err != nil {
		return nil, err
	}
	if err := a.concerns(l); err != nil {
		return nil, err
	}
	var absent error // why it cannot be made; where it is there already, or is a view, a server says so
	if n.ReferTable != nil {
		if absent, err = a.like(l, n.ReferTable); err != nil {
			return nil, err
		}
	}
	if n.Select != nil {
		query := len(a.leaves)
		if _, err := a.query(n.Select, nil); err != nil {
			return nil, err
		}
		if a.wide != nil {
			absent = plan.Unsupported("CREATE TABLE .. SELECT of "+l.title()+" on all of its "+count(len(l.database.Shards))+" shards", l.pos(), "create the table first, and then INSERT .. SELECT")
			if !a.onEach(a.leaves[query:]) {
				return nil, absent
			}
		}
	}
	if a.wide != nil && n.ReferTable == nil && n.Select == nil && l.table != nil {
		absent = hasKey(l.table, n.Cols)
	}
	for _, c := range n.Constraints {
		if err := a.refersTo(c); err != nil {
			return nil, err
		}
	}
	node, err := a.defined(plan.DDL, tableObject(n.Table.Name.O))
	if p, ok := node.(*plan.Everywhere); ok && absent != nil {
		if l.table == nil || l.table.Def == nil {
			return nil, absent
		}
		p.New = absent
	}
	return node, err
}

// onEach reports whether the tables of some leaves are on each shard of the database that a
// statement concerns.
func (a *analysis) onEach(leaves []*leaf) bool {
	return !slices.ContainsFunc(leaves, func(l *leaf) bool {
		return l.view == nil && (l.database != a.wide || l.table == nil || l.table.Kind == rules.Single)
	})
}

// like reads the table that CREATE TABLE .. LIKE copies. With absent the copy could not be
// made; err is of the other table.
func (a *analysis) like(l *leaf, from *ast.TableName) (absent, err error) {
	r, err := a.leaf(from, from.Name.O)
	if err != nil {
		return nil, err
	}
	r.extra = plan.None() // not its rows
	if a.wide != nil && (r.database != a.wide || r.table != nil && r.table.Kind == rules.Single) {
		return nil, plan.Unsupported("table "+l.title()+" is made on every shard of "+a.wide.Name+", and "+r.title()+" is not on each of them", l.pos(), "write the columns out")
	}
	if a.wide != nil && l.table != nil && l.table.Kind == rules.Sharded && r.table != nil && r.table.Def != nil {
		if _, ok := r.table.Column(l.table.Key); !ok {
			return noKey(l.table), nil
		}
	}
	return nil, nil
}

// hasKey refuses a sharded table without its key.
func hasKey(t *rules.Table, columns []*ast.ColumnDef) error {
	if t.Kind != rules.Sharded || slices.ContainsFunc(columns, func(c *ast.ColumnDef) bool { return strings.EqualFold(c.Name.Name.O, t.Key) }) {
		return nil
	}
	return noKey(t)
}

func noKey(t *rules.Table) error {
	return plan.Unsupported("the rules spread table "+t.Name+" by "+t.Key+", and it would have no such column", t.Pos, "add the column, or change the rule")
}

// refersTo reads the table of a foreign key: its name may have to be rewritten.
func (a *analysis) refersTo(c *ast.Constraint) error {
	if c == nil || c.Tp != ast.ConstraintForeignKey || c.Refer == nil || c.Refer.Table == nil {
		return nil
	}
	t := c.Refer.Table
	found, err := a.lookup(t.Schema.O, t.Name.O)
	if err != nil || found.table == nil {
		return nil //nolint:nilerr // the server says what is wrong with it
	}
	if a.wide != nil && (found.database != a.wide || found.table.Kind == rules.Single) {
		return plan.Unsupported("a foreign key to "+found.table.Name+", which is not on each shard of "+a.wide.Name, found.table.Pos, "leave it out")
	}
	l, err := a.leaf(t, t.Name.O)
	if err == nil {
		l.extra = plan.None()
	}
	return err
}

// created adds a leaf for a table that may not exist yet.
func (a *analysis) created(n *ast.TableName) (*leaf, error) {
	l, err := a.leaf(n, n.Name.O)
	if err == nil {
		l.write = true
		return l, nil
	}
	from := n.Schema.O
	if from == "" {
		from = a.current
	}
	db, ok := a.r.database(from)
	if !ok {
		if from == a.r.rules.Logical {
			return nil, plan.Unsupported("the rules do not say where table "+n.Name.O+" lives", conf.Pos{}, "add it to the rules, or name one of the databases")
		}
		return nil, err
	}
	if len(db.Shards) > 1 {
		return nil, plan.Unsupported("the rules do not say how table "+n.Name.O+" is spread over the shards of "+db.Name, db.Pos, "add it to the rules")
	}
	return a.place(db, n), nil
}

// place adds a leaf for something that the rules do not list.
func (a *analysis) place(db *rules.Database, n *ast.TableName) *leaf {
	l := &leaf{database: db, name: n, alias: n.Name.O, write: true}
	a.leaves = append(a.leaves, l)
	return l
}

func (a *analysis) alterTable(n *ast.AlterTableStmt) (plan.Node, error) {
	objects := []plan.Object{tableObject(n.Table.Name.O)}
	if err := a.onTable(n.Table); err != nil {
		return nil, err
	}
	l := a.leaves[len(a.leaves)-1]
	if err := a.keepsKey(l); err != nil {
		return nil, err
	}
	if err := a.fillsAlike(l); err != nil {
		return nil, err
	}
	for _, spec := range n.Specs {
		var err error
		switch {
		case spec.Tp == ast.AlterTableRenameTable && l.temporary:
			if spec.NewTable.Schema.O != "" {
				err = plan.Unsupported("a temporary table with a database's name before it", conf.Pos{}, "leave the database out")
			}
			a.renamedTemp = spec.NewTable.Name.O
		case spec.Tp == ast.AlterTableRenameTable:
			objects = append(objects, tableObject(spec.NewTable.Name.O))
			err = a.renamed(l, spec.NewTable)
		case spec.NewTable != nil:
			objects = append(objects, tableObject(spec.NewTable.Name.O))
			err = a.onTable(spec.NewTable)
		default:
			if err = a.refersTo(spec.Constraint); err == nil {
				err = a.addsUnique(l, spec)
			}
		}
		if err != nil {
			return nil, err
		}
	}
	if len(n.Specs) == 1 && answers(n.Specs[0].Tp) {
		return a.defined(plan.Other, objects...)
	}
	return a.defined(plan.DDL, objects...)
}

// answers reports whether a form of ALTER TABLE looks after partitions, as CHECK TABLE does
// after tables, and answers with rows. (ANALYZE PARTITION is read as ANALYZE TABLE.)
func answers(tp ast.AlterTableType) bool {
	switch tp {
	case ast.AlterTableCheckPartitions, ast.AlterTableOptimizePartition, ast.AlterTableRepairPartition:
		return true
	}
	return false
}

func (a *analysis) createIndex(n *ast.CreateIndexStmt) (plan.Node, error) {
	if err := a.onTable(n.Table); err != nil {
		return nil, err
	}
	if n.KeyType == ast.IndexKeyTypeUnique {
		if err := a.unique(a.leaves[0], n.IndexName, parts(n.IndexPartSpecifications)); err != nil {
			return nil, err
		}
	}
	return a.defined(plan.DDL, tableObject(n.Table.Name.O))
}

// addsUnique refuses ALTER TABLE to add a unique key that rows of several shards may
// break.
func (a *analysis) addsUnique(l *leaf, spec *ast.AlterTableSpec) error {
	if c := spec.Constraint; c != nil {
		switch c.Tp {
		case ast.ConstraintPrimaryKey:
			return a.unique(l, "PRIMARY", parts(c.Keys))
		case ast.ConstraintUniq, ast.ConstraintUniqKey, ast.ConstraintUniqIndex:
			return a.unique(l, c.Name, parts(c.Keys))
		}
	}
	for _, c := range spec.NewColumns {
		for _, o := range c.Options {
			name := c.Name.Name.O
			if o.Tp == ast.ColumnOptionPrimaryKey {
				name = "PRIMARY"
			}
			if o.Tp == ast.ColumnOptionPrimaryKey || o.Tp == ast.ColumnOptionUniqKey {
				return a.unique(l, name, []rules.IndexPart{{Column: c.Name.Name.O}})
			}
		}
	}
	return nil
}

func (a *analysis) unique(l *leaf, name string, on []rules.IndexPart) error {
	var columns []string
	for _, p := range on {
		columns = append(columns, p.Column)
	}
	if a.wide == nil || l.table == nil || l.table.UniqueOverShards(name, columns) {
		return nil
	}
	return plan.Unsupported("no shard can see whether rows of "+l.table.Name+" on other shards have the same values of unique key "+name, l.table.Pos,
		"add "+l.table.Key+" to the key, or, if the applications keep it unique, name it under global_keys")
}

// fillsAlike refuses to give rows of a new column values that each shard would make by
// itself. The time is one for all.
func (a *analysis) fillsAlike(l *leaf) error {
	if a.wide == nil || l.table == nil {
		return nil
	}
	for i := range a.stmt.Tokens {
		if a.stmt.Is(i, "auto_increment") && !a.isOp(i+1, "=") && a.stmt.Is(0, "alter") {
			if c, ok := l.table.Column(a.nameAt(a.columnBefore(i))); !ok || !c.Expression {
				return plan.Unsupported("each shard of "+a.wide.Name+" would number the rows of "+l.table.Name+" from 1", l.table.Pos, "add the column without AUTO_INCREMENT")
			}
		}
	}
	if l.table.Kind == rules.Reference {
		return a.sameEverywhere(true)
	}
	return nil
}

// columnBefore returns the token of the column whose definition token i is in: it stands
// behind ADD, MODIFY or CHANGE.
func (a *analysis) columnBefore(i int) int {
	for ; i > 0; i-- {
		switch {
		case a.stmt.Is(i, "add"), a.stmt.Is(i, "modify"), a.stmt.Is(i, "change"):
			if i++; a.stmt.Is(i, "column") {
				i++
			}
			return i
		}
	}
	return 0
}

// keepsKey refuses to change the column that a table is spread by: its rows would have
// to move.
func (a *analysis) keepsKey(l *leaf) error {
	if a.wide == nil || l.table == nil || l.table.Kind != rules.Sharded {
		return nil
	}
	for i := range a.stmt.Tokens {
		at := i + 1
		if a.stmt.Is(at, "column") {
			at++
		}
		switch {
		case a.stmt.Is(i, "drop"), a.stmt.Is(i, "modify"), a.stmt.Is(i, "change"), a.stmt.Is(i, "rename"), a.stmt.Is(i, "alter"):
			if strings.EqualFold(a.nameAt(at), l.table.Key) {
				return plan.Unsupported("column "+l.table.Key+" says on which shard the rows of "+l.table.Name+" are, and cannot be changed", l.table.Pos, "")
			}
		case a.stmt.Is(i, "convert") && a.stmt.Is(i+1, "to"):
			if err := a.converts(l.table, i+2); err != nil {
				return err
			}
		}
	}
	return nil
}

// converts refuses CONVERT TO, whose character set is at a token, where it would change the
// column that a table is spread by. What a character set without a collation means is a
// server's to say.
func (a *analysis) converts(t *rules.Table, at int) error {
	key, ok := t.Column(t.Key)
	if ok && familyOf(key) != "" && key.Collation == "" {
		return nil // no text
	}
	for ; at < len(a.stmt.Tokens) && !a.isOp(at, ","); at++ {
		if a.stmt.Is(at, "collate") && ok && key.Collation != "" && strings.EqualFold(a.wordAt(at+1), key.Collation) {
			return nil
		}
	}
	remedy := "change the other columns one by one"
	if ok && key.Collation != "" {
		remedy = "convert to the collation of that column (COLLATE " + key.Collation + "), or change the other columns one by one"
	}
	return plan.Unsupported("CONVERT TO would change column "+t.Key+", which says on which shard the rows of "+t.Name+" are", t.Pos, remedy)
}

// wordAt is the identifier or text that token i is; empty if it is none.
func (a *analysis) wordAt(i int) string {
	if i < len(a.stmt.Tokens) && a.stmt.Tokens[i].Kind == parser.String {
		return parser.Unquote(a.stmt.SQL, a.stmt.Tokens[i], a.stmt.Dialect)
	}
	return a.nameAt(i)
}

// renamed makes sure that a table keeps its shards under its new name.
func (a *analysis) renamed(from *leaf, to *ast.TableName) error {
	l, err := a.created(to)
	if err != nil {
		return err
	}
	if err := a.concerns(l); err != nil {
		return err
	}
	x, y := from.table, l.table
	switch {
	case from.database != l.database:
		return plan.Unsupported("table "+from.title()+" would move from database "+from.database.Name+" to "+l.database.Name, l.database.Pos, "")
	case a.wide == nil && (x == nil || x.Kind != rules.Single || len(l.database.Shards) == 1):
		return nil
	case x == nil || y == nil || x.Kind != y.Kind || !strings.EqualFold(x.Key, y.Key) || x.Home != y.Home || x.NullHome != y.NullHome:
		return plan.Unsupported("the rules do not place tables "+from.title()+" and "+l.title()+" alike", l.database.Pos, "give both names the same rule first")
	}
	return nil
}

func (a *analysis) renameTables(n *ast.RenameTableStmt) (plan.Node, error) {
	var objects []plan.Object
	for _, pair := range n.TableToTables {
		if err := a.onTable(pair.OldTable); err != nil {
			return nil, err
		}
		if err := a.renamed(a.leaves[len(a.leaves)-1], pair.NewTable); err != nil {
			return nil, err
		}
		objects = append(objects, tableObject(pair.OldTable.Name.O), tableObject(pair.NewTable.Name.O))
	}
	return a.defined(plan.DDL, objects...)
}

// dropTables plans DROP TABLE and DROP VIEW. No server is told of a name that stands for
// nothing: in a schema of its own it may have a table of that name, which is none of the
// client's.
func (a *analysis) dropTables(n *ast.DropTableStmt) (plan.Node, error) {
	var objects []plan.Object
	var absent []*ast.TableName
	for _, t := range n.Tables {
		if n.TemporaryKeyword != ast.TemporaryNone && !a.env.Temporary[t.Name.O] {
			continue
		}
		l, err := a.leaf(t, t.Name.O)
		if unknownTable(err) || unknownDatabase(err) {
			absent = append(absent, t)
			continue
		}
		if err != nil {
			return nil, err
		}
		l.write = true
		if err := a.concerns(l); err != nil {
			return nil, err
		}
		objects = append(objects, tableObject(t.Name.O))
	}
	if t := repeated(n.Tables, a.current); t != nil && len(objects) > 0 {
		return nil, &plan.Refusal{Number: 1066, State: "42000", Message: "Not unique table/alias: '" + t.Name.O + "'"}
	}
	unlisted := slices.ContainsFunc(a.leaves, func(l *leaf) bool { return l.table == nil && l.view == nil && !l.temporary })
	switch {
	case len(absent) > 0 && unlisted && !n.IfExists:
		return nil, plan.Unsupported("the statement drops tables of none of the databases, and others of which only a server knows", conf.Pos{}, "write one statement for each")
	case len(absent) > 0 && !n.IfExists:
		return nil, &plan.Refusal{Number: errNoTable, State: "42S02", Message: "Unknown table '" + a.inWords(absent) + "'", Table: opened(n)}
	}
	for i, t := range n.Tables {
		note := plan.Note{Table: t.Name.O, Number: errNoTable, Message: "Unknown table '" + a.inWords(n.Tables[i:i+1]) + "'"}
		a.notes.All = append(a.notes.All, note)
		if slices.Contains(absent, t) {
			a.notes.Absent = append(a.notes.Absent, note)
		}
	}
	if len(absent) > 0 && len(objects) == 0 {
		return &plan.Values{Table: opened(n), Notes: a.notes.Absent}, nil
	}
	for _, l := range a.leaves {
		if len(absent) > 0 && l.temporary && slices.ContainsFunc(absent, func(t *ast.TableName) bool { return a.otherThan(l.database, t) }) {
			return nil, plan.Unsupported("the statement drops a temporary table, and a table that does not exist of a database it is not in", l.database.Pos, "write one statement for each")
		}
	}
	a.leftOut = leftOut(a.stmt, n.Tables, absent)
	return a.defined(plan.DDL, objects...)
}

// otherThan reports whether a name is one of another of our databases.
func (a *analysis) otherThan(db *rules.Database, t *ast.TableName) bool {
	in, ok := a.r.database(cmp.Or(t.Schema.O, a.current))
	return ok && in != db
}

// repeated returns a table that is listed twice; nil if there is none.
func repeated(tables []*ast.TableName, current string) *ast.TableName {
	for i, t := range tables {
		for _, o := range tables[:i] {
			if t.Name.O == o.Name.O && cmp.Or(t.Schema.O, current) == cmp.Or(o.Schema.O, current) {
				return t
			}
		}
	}
	return nil
}

// leftOut returns the edits that take some of the tables out of the list that a statement
// names, each with a comma.
func leftOut(stmt *parser.Statement, tables, some []*ast.TableName) []plan.Edit {
	var edits []plan.Edit
	names, kept := stmt.Names(), false
	if len(names) != len(tables) {
		return nil // one is a word that MySQL reserves: a server says 1064
	}
	for i, t := range tables {
		first, last := names[i].First(), names[i].Last()
		switch {
		case !slices.Contains(some, t):
			kept = true
		case kept: // with the comma before it
			edits = append(edits, plan.Edit{First: first - 1, Last: last})
		default:
			edits = append(edits, plan.Edit{First: first, Last: last + 1})
		}
	}
	return edits
}

// opened is the table that a server looks for first among those that LOCK TABLES has locked;
// empty: DROP VIEW looks for none.
func opened(n *ast.DropTableStmt) string {
	if n.IsView {
		return ""
	}
	return n.Tables[0].Name.O
}

// errNoTable is the number of MySQL's error for a table to be dropped that does not exist
// (ER_BAD_TABLE_ERROR).
const errNoTable = 1051

// inWords writes names of tables as MySQL's errors list them.
func (a *analysis) inWords(tables []*ast.TableName) string {
	var names []string
	for _, t := range tables {
		names = append(names, cmp.Or(t.Schema.O, a.current)+"."+t.Name.O)
	}
	return strings.Join(names, ",")
}

func (a *analysis) createView(n *ast.CreateViewStmt) (plan.Node, error) {
	query := len(a.leaves)
	if _, err := a.query(n.Select, nil); err != nil {
		return nil, err
	}
	read := slices.Clone(a.leaves[query:])
	l, err := a.createdView(n.ViewName, read)
	if err != nil {
		return nil, err
	}
	if err := a.concerns(l); err != nil {
		return nil, err
	}
	for _, r := range read {
		if a.wide != nil && r.view == nil && !r.virtual && r.table != nil && r.table.Kind == rules.Single {
			return nil, plan.Unsupported("view "+l.title()+" would be on every shard of "+a.wide.Name+", and "+r.title()+" is on one", r.table.Pos, "")
		}
	}
	// The database of the view's own name comes first: it is the current one.
	a.leaves = append([]*leaf{l}, slices.DeleteFunc(a.leaves, func(o *leaf) bool { return o == l })...)
	return a.defined(plan.DDL, tableObject(n.ViewName.Name.O))
}

// createdView adds a leaf for a view that may not exist yet: it lives where its name
// says, or where the first of its tables does.
func (a *analysis) createdView(n *ast.TableName, read []*leaf) (*leaf, error) {
	from := n.Schema.O
	if from == "" {
		from = a.current
	}
	if found, err := a.lookup(n.Schema.O, n.Name.O); err == nil && (found.table != nil || found.view != nil) {
		return a.leaf(n, n.Name.O)
	}
	if db, ok := a.r.database(from); ok {
		return a.place(db, n), nil
	}
	switch {
	case from == "":
		return nil, plan.NoDatabase()
	case from != a.r.rules.Logical:
		return nil, plan.UnknownDatabase(from)
	case len(read) > 0:
		return a.place(read[0].database, n), nil
	}
	return a.place(a.r.rules.Databases[0], n), nil
}

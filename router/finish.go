package router

import (
	"slices"
	"strings"

	"github.com/pingcap/tidb/pkg/parser/ast"

	"github.com/sluicedb/sluice/router/plan"
	"github.com/sluicedb/sluice/rules"
)

// relay makes the plan of a statement whose tables and conditions have been read.
func (a *analysis) relay(class plan.Class) (*plan.Relay, error) {
	if a.err != nil {
		return nil, a.err
	}
	if err := a.systemLeaves(); err != nil {
		return nil, err
	}
	if err := a.referenceWrites(); err != nil {
		return nil, err
	}
	if err := a.storedFunctions(); err != nil {
		return nil, err
	}
	a.userLocks()
	claims, err := a.claimed(class)
	if err != nil {
		return nil, err
	}
	p := &plan.Relay{Class: class, Primary: class != plan.Read, Unique: claims}
	a.foreignKeys()
	a.locators()
	p.Route = plan.Route{
		Rules: a.r.rules, Databases: a.databases(), Probes: a.probes,
		Charset: a.env.Charset, TenantOnly: a.env.TenantOnly,
	}
	a.sites(&p.Route)
	a.keyChecks(&p.Route)
	p.Collects = a.collects()
	p.Timeless = a.timeless(class)
	p.Route.Default = a.anyShard(p.Route.Databases)
	p.Tables, p.Occurs = a.tables(), a.occurrences()
	p.Names = a.renames(p.Route.Databases)
	a.sessionState(p)
	if err := a.edit(p); err != nil {
		return nil, err
	}
	hint, hinted := a.stmt.Hints["cache"]
	if hinted && hint == "" {
		hint = "on"
	}
	p.Reply = plan.Reply{Unstable: "it is no SELECT", Unnamed: a.unnamed(class), Writes: a.changed(), Displaces: class == plan.Write && a.displaces(), Hint: hint}
	p.Proves = a.proves(p)
	p.Redo = a.redo(p)
	p.Cacheable = !a.bound && len(a.env.Temporary) == 0 && a.env.Pinned == nil
	return p.Ready(), nil
}

// proves reports whether the answer to a statement tells that the row which its one probe
// names is on the shard that gave it. Then the statement may go to where the row was last,
// without a question before it: if it is not there any more nothing has happened.
func (a *analysis) proves(p *plan.Relay) bool {
	if len(a.probes) != 1 || a.main != a.stmt || len(a.infos) > 0 || p.Needs != 0 || p.Pins != 0 || p.Unique != nil || p.WritesUserVars {
		return false
	}
	several := func(vs []plan.Source) bool { return len(vs) != 1 }
	if probe := &a.probes[0]; !probe.Exclusive || slices.ContainsFunc(probe.Values, several) {
		return false
	}
	located := a.located
	switch n := a.main.Tree.(type) {
	case *ast.SelectStmt:
		return rowByRow(n) && slices.Contains(always(n.From.TableRefs, nil), located.name)
	case *ast.UpdateStmt:
		return len(a.leaves) == 1 && located.view == nil && n.With == nil && !subqueries(n)
	case *ast.DeleteStmt:
		return len(a.leaves) == 1 && located.view == nil && n.With == nil && !subqueries(n)
	}
	return false
}

// subqueries reports whether a statement contains queries.
func subqueries(n ast.Node) bool {
	found := false
	visitAll(n, func(n ast.Node) {
		switch n.(type) {
		case *ast.SelectStmt, *ast.SetOprStmt:
			found = true
		}
	})
	return found
}

// referenceWrites refuses writes that would not leave all copies of a reference table
// alike.
func (a *analysis) referenceWrites() error {
	if a.wide != nil {
		return nil // a definition reaches all copies
	}
	for _, l := range a.leaves {
		if l.write && l.table != nil && l.table.Kind == rules.Reference && len(l.database.Shards) > 1 {
			if err := a.copied(l); err != nil {
				return err
			}
		}
	}
	return nil
}

// copied refuses a write to a reference table that each copy might carry out in
// another way. What one server can tell for all of them is only not left to the shards.
func (a *analysis) copied(l *leaf) error {
	why, told := "", ""
	for _, o := range a.leaves {
		if o.view == nil && (o.database != l.database || o.table == nil || o.table.Kind != rules.Reference) {
			told = "it reads " + o.title() + ", of which not every shard has all rows"
		}
	}
	switch n := a.main.Tree.(type) {
	case *ast.InsertStmt:
		if numbered(l.table, n.Columns) {
			why = "the shards would number the rows by themselves: name the primary key"
		}
	case *ast.UpdateStmt:
		if n.Limit != nil {
			told = "with LIMIT the shards might choose other rows"
		}
	case *ast.DeleteStmt:
		if n.Limit != nil {
			told = "with LIMIT the shards might choose other rows"
		}
	case *ast.LoadDataStmt:
		switch {
		case n.FileLocRef != ast.FileLocClient:
			return wholeTable(l)
		case numbered(l.table, givenColumns(n)):
			why = "the shards would number the rows by themselves: name the primary key"
		}
	default:
		why = "this statement cannot be sent to all of them"
	}
	if why == "" && told == "" {
		return nil
	}
	refused := plan.Unsupported("a write to reference table "+l.table.Name+" must reach its copies on all shards of "+l.database.Name+", and "+why+told, l.table.Pos, "")
	if why != "" {
		return refused
	}
	a.unplaced = refused
	return nil
}

// numbered reports whether a server makes the primary key of rows for which only some
// columns are given; none means all.
func numbered(t *rules.Table, given []*ast.ColumnName) bool {
	if len(given) == 0 || len(t.Uniques) == 0 || t.Uniques[0].Name != "PRIMARY" {
		return false
	}
	for _, name := range t.Uniques[0].Columns {
		c, ok := t.Column(name)
		if ok && c.Expression && !slices.ContainsFunc(given, func(g *ast.ColumnName) bool { return strings.EqualFold(g.Name.O, name) }) {
			return true
		}
	}
	return false
}

// spread reports whether the rows of a leaf are on several shards by a key.
func (l *leaf) spread() bool {
	return l.table != nil && l.table.Kind == rules.Sharded && len(l.database.Shards) > 1
}

// foreignKeys lets a row found on a shard speak for the rows that a foreign key ties
// to it: InnoDB enforces foreign keys inside one schema, so both are on one shard.
func (a *analysis) foreignKeys() {
	if a.r.options.NoForeignKeys {
		return
	}
	for _, child := range a.leaves {
		if !child.spread() {
			continue
		}
		for i := range child.table.Foreign {
			fk := &child.table.Foreign[i]
			for _, parent := range a.leaves {
				if parent != child && parent.spread() && parent.database == child.database && strings.EqualFold(parent.table.Name, fk.Table) {
					tie(child, parent, fk)
				}
			}
		}
	}
}

// tie adds the edges that follow from a join over a foreign key.
func tie(child, parent *leaf, fk *rules.Foreign) {
	down, up := true, true // from parent to child, from child to parent
	for i, c := range fk.Columns {
		x, y := child.nodes[strings.ToLower(c)], parent.nodes[strings.ToLower(fk.References[i])]
		if x == nil || y == nil {
			return
		}
		down, up = down && reaches(y, x), up && reaches(x, y)
	}
	why := "foreign key " + child.table.Name + "." + strings.Join(fk.Columns, ", ")
	if down {
		k := child.key()
		k.from = append(k.from, edge{from: parent.key(), foreign: why})
	}
	if up {
		k := parent.key()
		k.from = append(k.from, edge{from: child.key(), foreign: why})
	}
}

func newSolver() *solver { return &solver{busy: map[*node]bool{}} }

func (a *analysis) keySet(l *leaf) *plan.Set {
	set, _ := newSolver().set(l.key())
	return set
}

// locators finds, for tables of which nothing is known, a key by which their rows can
// be looked up.
func (a *analysis) locators() {
	if a.r.options.NoLocator || a.env.TenantOnly {
		return
	}
	for _, l := range a.leaves {
		if !l.spread() || l.extra.IsNone() || !a.keySet(l).IsAll() {
			continue
		}
		p, ok := a.probe(l)
		if !ok {
			continue
		}
		set := plan.Located(len(a.probes))
		a.located = l
		a.probes = append(a.probes, p)
		l.key().base = append(l.key().base, plan.ShardOf(l.table, set))
	}
}

// probe chooses the best way to look up the rows of a leaf.
func (a *analysis) probe(l *leaf) (plan.Probe, bool) {
	var best plan.Probe
	found := false
	for i := range l.table.Uniques {
		x := &l.table.Uniques[i]
		values, n := a.values(l, x.Columns)
		switch {
		case n == len(x.Columns) && x.Global:
			return plan.Probe{Table: l.table, Columns: x.Columns, Values: values, Exclusive: true}, true
		case !found && n > 0 && (n == len(x.Columns) || i == 0):
			best = plan.Probe{Table: l.table, Columns: x.Columns[:n], Values: values[:n]}
			found = true
		}
	}
	if found || a.r.options.NoForeignKeys {
		return best, found
	}
	return a.foreignProbe(l)
}

// values returns the constants that leading columns are compared with, and for how
// many columns there are some.
func (a *analysis) values(l *leaf, columns []string) (values [][]plan.Source, n int) {
	for _, c := range columns {
		node := l.nodes[strings.ToLower(c)]
		if node == nil {
			break
		}
		set, _ := newSolver().set(node)
		vs, ok := set.Values()
		if !ok || slices.ContainsFunc(vs, func(s plan.Source) bool { return s.Use != plan.Equal }) {
			break
		}
		values = append(values, vs)
	}
	return values, len(values)
}

// foreignProbe looks up the row that a foreign key of the leaf refers to.
func (a *analysis) foreignProbe(l *leaf) (plan.Probe, bool) {
	for i := range l.table.Foreign {
		fk := &l.table.Foreign[i]
		parent, ok := a.r.rules.Table(fk.Table)
		if !ok || parent.Database != l.database || parent.Kind != rules.Sharded || parent == l.table {
			continue
		}
		values, n := a.values(l, fk.Columns)
		if n < len(fk.Columns) {
			continue
		}
		return plan.Probe{
			Table: parent, Columns: fk.References, Values: values, Exclusive: global(parent, fk.References),
			Foreign: "foreign key " + l.table.Name + "." + strings.Join(fk.Columns, ", "),
		}, true
	}
	return plan.Probe{}, false
}

// global reports whether the columns contain a key that is unique over all shards.
func global(t *rules.Table, columns []string) bool {
	for i := range t.Uniques {
		x := &t.Uniques[i]
		if x.Global && !slices.ContainsFunc(x.Columns, func(c string) bool {
			return !slices.ContainsFunc(columns, func(d string) bool { return strings.EqualFold(c, d) })
		}) {
			return true
		}
	}
	return false
}

// databases lists the databases of the statement, the one whose unqualified names
// stand in the text first.
func (a *analysis) databases() []*rules.Database {
	var out []*rules.Database
	add := func(db *rules.Database) {
		if !slices.Contains(out, db) {
			out = append(out, db)
		}
	}
	for _, l := range a.leaves {
		if !l.virtual && l.name.Schema.O == "" {
			add(l.database)
		}
	}
	for _, l := range a.leaves {
		add(l.database)
	}
	return out
}

// sites makes one site of all leaves of which the same is known.
func (a *analysis) sites(r *plan.Route) {
	for _, l := range a.leaves {
		s := a.site(l)
		s.Database = slices.Index(r.Databases, l.database)
		if !slices.ContainsFunc(r.Sites, func(o plan.Site) bool { return alike(&o, &s) }) {
			r.Sites = append(r.Sites, s)
		}
	}
}

// alike reports whether the second site says nothing that the first does not.
func alike(x, y *plan.Site) bool {
	if x.Database != y.Database || x.Free != y.Free || x.Open != y.Open || x.Home != y.Home || !x.Set.Equal(y.Set) || !x.Confine.Equal(y.Confine) {
		return false
	}
	if x.Free || x.Table == y.Table {
		return true
	}
	return x.Table != nil && y.Table != nil && x.Table.Kind == rules.Sharded && y.Table.Kind == rules.Sharded && keyFamily(x.Table) == keyFamily(y.Table) &&
		x.Table.NullHome == y.Table.NullHome
}

func keyFamily(t *rules.Table) string {
	c, ok := t.Column(t.Key)
	if !ok {
		return "key"
	}
	return c.Type + " " + c.Collation
}

func (a *analysis) site(l *leaf) plan.Site {
	s := plan.Site{Table: l.table, Name: l.title()}
	switch {
	case l.metadata && (l.table == nil || l.table.Kind != rules.Single):
		s.Free, s.Open = true, true
	case l.home != nil:
		s.Home, s.Open = l.home, l.virtual // user locks are nobody's rows
	case l.temporary:
		s.Home = a.r.first(a.env)
		s.Open = true
	case l.view != nil:
		s.Free, s.Open = true, true
	case l.table == nil:
	case l.table.Kind == rules.Sharded:
		a.keyed(l, &s)
	case a.locksCopy(l):
		s.Home, s.Open = l.database.Shards[0], a.open(l.table)
	default:
		s.Free = len(l.database.Shards) > 1 && (l.table.Kind == rules.Reference && !l.write || l.extra.IsNone())
		s.Open = !l.write && a.open(l.table)
	}
	return s
}

// locksCopy reports whether a query locks rows of a reference table: it does so on the first
// shard, so that whoever locks them meets all others who do. Who writes them locks all copies.
func (a *analysis) locksCopy(l *leaf) bool {
	_, query := a.main.Tree.(ast.ResultSetNode)
	return query && l.lock != "" && !l.write && !l.extra.IsNone() && l.table != nil && l.table.Kind == rules.Reference && len(l.database.Shards) > 1
}

// keyed fills the site of a sharded table.
func (a *analysis) keyed(l *leaf, s *plan.Site) {
	s.Key = l.table.Name + "." + l.table.Key
	if l.routine {
		s.Key = l.name.Name.O + "()"
	}
	set, why := newSolver().set(l.key())
	slices.Sort(why)
	s.Considered = slices.Compact(why)
	switch {
	case l.extra.IsNone():
		set = l.extra
	case set.IsAll():
		set = l.extra
	}
	s.Set = set
	if a.env.TenantOnly {
		s.Confine = set
	}
	s.Free = set.IsNone()
	if s.Free {
		s.Considered = nil
	}
}

// open reports whether a table that is not sharded holds nothing of a tenant.
func (a *analysis) open(t *rules.Table) bool {
	if t.Kind == rules.Reference {
		return true
	}
	for i := range t.Columns {
		if a.r.keys[strings.ToLower(t.Columns[i].Name)] {
			return false
		}
	}
	return len(t.Columns) > 0
}

func (a *analysis) keyChecks(r *plan.Route) {
	for _, c := range a.checks {
		c.source.Use = plan.Store
		r.Checks = append(r.Checks, plan.Check{Database: slices.Index(r.Databases, c.leaf.database), Table: c.leaf.table, Source: c.source, Computed: c.computed})
	}
}

// anyShard is where the statement runs when nothing decides.
func (a *analysis) anyShard(dbs []*rules.Database) *rules.Shard {
	s := a.r.first(a.env)
	if len(dbs) == 0 || slices.Contains(dbs, s.Database) {
		return s
	}
	return dbs[0].Shards[0]
}

func (a *analysis) tables() []*rules.Table {
	var out []*rules.Table
	for _, l := range a.leaves {
		if l.table != nil && !slices.Contains(out, l.table) {
			out = append(out, l.table)
		}
	}
	return out
}

// renames tells which name to show for each database: its own where the statement
// or the session used it, otherwise the logical one.
func (a *analysis) renames(dbs []*rules.Database) []plan.Rename {
	var out []plan.Rename
	for _, db := range dbs {
		show := ""
		for _, l := range a.leaves {
			if l.database != db || l.virtual {
				continue
			}
			as := l.name.Schema.O
			if as == "" {
				as = a.env.Database
			}
			if show == "" || as != db.Name {
				show = as
			}
		}
		if show == "" {
			show = db.Name
		}
		out = append(out, plan.Rename{Database: db, Show: show})
	}
	return out
}

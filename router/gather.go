package router

import (
	"slices"
	"strings"

	"github.com/pingcap/tidb/pkg/parser/ast"

	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/router/plan"
	"github.com/sluicedb/sluice/rules"
)

// Gather plans a query whose rows are on several servers: what must be copied to one
// of them, and the text that it then runs. The error is a *plan.Refusal or a
// *parser.SyntaxError. The statement must be one that Plan made a *plan.Relay of.
func (r *Router) Gather(stmt *parser.Statement, env Env) (*plan.Gather, error) {
	if strings.EqualFold(env.Charset, "utf8mb4") {
		env.Charset = ""
	}
	a := &analysis{r: r, env: &env, stmt: stmt, subqueries: map[any]*query{}, gathers: true}
	node, err := a.statement()
	if err != nil {
		return nil, err
	}
	p, ok := node.(*plan.Relay)
	if !ok {
		return nil, unsupportedf("the statement needs several servers and is not a query")
	}
	if p.Collects {
		return a.catalogue(p), a.catalogueOnce()
	}
	a.catalogued = nil // rewrite places them in the text once more
	g := &gatherer{analysis: a, out: &plan.Gather{Relay: p}, columns: map[string]bool{}, read: map[reading]bool{}, into: -1}
	if err := g.allowed(); err != nil {
		return nil, a.refused(err)
	}
	if err := g.rewrite(); err != nil {
		return nil, err
	}
	if err := g.collect(); err != nil {
		return nil, err
	}
	g.unlocked()
	g.tail()
	g.out.Catalogue = g.catalogued
	return g.out, nil
}

// gatherer makes a plan.Gather of an analysed query.
type gatherer struct {
	*analysis
	out     *plan.Gather
	columns map[string]bool  // lower-case names that stand in the text or in its views
	star    bool             // all columns of all tables
	depth   int              // of views and common table expressions that are written out
	read    map[reading]bool // common table expressions that have been read once
	twice   bool             // a table that is written is read, too
	own     map[*leaf]int    // places of the tables that a write changes
	into    int              // of an INSERT: the token that names its table; -1: it is none
	end     int              // of an INSERT: the token behind what its rows are made of
}

// reading names a common table expression by the token of its name.
type reading struct {
	text *parser.Statement
	name int
}

// allowed refuses what other servers' rows cannot be brought to.
func (g *gatherer) allowed() error {
	tree := g.main.Tree
	switch n := tree.(type) {
	case *ast.SelectStmt:
		if n.SelectIntoOpt != nil && n.SelectIntoOpt.Tp != ast.SelectIntoVars {
			return unsupportedf("INTO OUTFILE with rows of several servers")
		}
	case *ast.SetOprStmt, *ast.DoStmt:
	default:
		return unsupportedf("the statement needs several servers and is not a query")
	}
	if err := g.lock(); err != nil {
		return err
	}
	return g.copyable(tree)
}

// copyable refuses what does not mean the same of a copy.
func (g *gatherer) copyable(tree ast.Node) error {
	for _, l := range g.leaves {
		switch {
		case l.temporary, l.anyShard():
		case l.routine, l.metadata:
			return unsupportedf("the statement needs several servers and calls %s", l.title())
		case l.view != nil && len(l.name.IndexHints) > 0:
			return unsupportedf("the statement needs several servers and names indexes of view %s", l.title())
		}
	}
	var err error
	_, query := tree.(ast.ResultSetNode)
	visitAll(tree, func(n ast.Node) {
		switch n := n.(type) {
		case *ast.TableName:
			if len(n.PartitionNames) > 0 && !query {
				err = unsupportedf("PARTITION (...) in a write with rows of several servers")
			}
			if n.TableSample != nil {
				err = unsupportedf("TABLESAMPLE with rows of several servers")
			}
			if len(n.IndexHints) > 0 {
				g.star = true // all keys are kept where all columns are
			}
		}
	})
	if err == nil && hasWord(g.stmt, 0, len(g.stmt.Tokens)-1, "match") {
		return unsupportedf("a full-text search with rows of several servers")
	}
	return err
}

// rewrite makes the edits of the text, and notes the places of tables.
func (g *gatherer) rewrite() error {
	g.note(g.stmt, g.main.Tree)
	var edits []plan.GatherEdit
	ctes := g.stmt.CTEs()
	for _, n := range g.stmt.Names() {
		pieces, first, last, err := g.name(g.stmt, n, ctes, g.env.Database)
		if err != nil {
			return err
		}
		if pieces != nil {
			edits = append(edits, plan.GatherEdit{Edit: plan.Edit{First: first, Last: last}, Pieces: pieces})
		}
	}
	for _, e := range slices.Concat(g.systemEdits(), g.directives(), g.viewLocks()) {
		edits = append(edits, plan.GatherEdit{Edit: e})
	}
	return g.finish(edits)
}

// finish adds the edits of functions and of column names, and orders all.
func (g *gatherer) finish(edits []plan.GatherEdit) error {
	var p plan.Relay
	p.Class = g.out.Relay.Class
	calls := g.calls(&p)
	plain := make([]plan.Edit, 0, len(edits))
	for i := range edits {
		plain = append(plain, edits[i].Edit)
	}
	for _, e := range calls {
		edits = append(edits, plan.GatherEdit{Edit: e})
	}
	if p.Class == plan.Read {
		for _, e := range g.retitle(plain, calls) {
			edits = append(edits, plan.GatherEdit{Edit: e})
		}
	}
	slices.SortStableFunc(edits, func(x, y plan.GatherEdit) int { return x.First - y.First })
	g.out.Edits = edits
	return nil
}

// note collects the names of columns that a text may mean.
func (g *gatherer) note(s *parser.Statement, tree ast.Node) {
	for _, t := range s.Tokens {
		if t.Kind == parser.Ident || t.Kind == parser.QuotedIdent {
			g.columns[strings.ToLower(parser.Unquote(s.SQL, t, s.Dialect))] = true
		}
	}
	visitAll(tree, func(n ast.Node) {
		switch n := n.(type) {
		case *ast.SelectField:
			g.star = g.star || n.WildCard != nil
		case *ast.SelectStmt:
			g.star = g.star || n.Fields == nil
		case *ast.Join:
			g.star = g.star || n.NaturalJoin
		}
	})
}

// name returns what to write in the place of a name, nil if it may stay as it is, and
// the tokens it replaces.
func (g *gatherer) name(s *parser.Statement, n parser.Name, ctes []parser.CTE, current string) (out []plan.Piece, first, last int, err error) {
	schema, table := s.DatabaseOf(n), s.TableOf(n)
	switch n.Role {
	case parser.TableName:
		if c := s.CTEOf(ctes, n); c != nil {
			out, err = g.again(s, n, c, ctes)
			return out, n.First(), n.Last(), err
		}
		if s.Leaks(ctes, n) {
			return nil, 0, 0, unsupportedf("%s is the name of a common table expression in parentheses and is read behind them, and the statement needs several servers", table)
		}
		if schema == "" {
			schema = current
		}
		l := g.find(schema, table)
		if n.First() == g.into && s == g.stmt {
			l = g.leaves[0]
		}
		if l == nil { // a system table
			if g.depth > 0 && g.systemNamed(s.DatabaseOf(n), table) != nil {
				return nil, 0, 0, unsupportedf("a common table expression that reads information_schema is read twice, and the statement needs several servers")
			}
			return nil, 0, 0, nil
		}
		if place := g.written(l, s, n); place > 0 {
			return []plan.Piece{{Place: place}}, n.First(), n.Last(), nil
		}
		if g.owned(l) {
			if l = g.reads(l); l == nil {
				return nil, 0, 0, unsupportedf("a write on several shards that names %s twice", table)
			}
			g.twice = true
		}
		partitions, last := partitionClause(s, n.Last())
		lock := g.lockAt(s, n)
		alias, short := "", tableStatement(s, n.First()-1)
		if short || !hasAlias(s, last+1) {
			alias = table
		}
		if l.view != nil {
			if g.depth == 0 {
				g.out.Views = append(g.out.Views, plan.GatherView{Alias: aliasOf(s, n), Name: table, Show: g.shown(l), Merged: mergeable(l.view)})
			}
			out, err = g.view(l, alias, lock)
		} else {
			i := g.place(l, alias, partitions, lock)
			g.out.Places[i-1].Named = aliasOf(s, n)
			out = []plan.Piece{{Place: i}}
		}
		if short {
			return append([]plan.Piece{{Text: "SELECT * FROM "}}, out...), n.First() - 1, n.Last(), err
		}
		return out, n.First(), last, err
	case parser.TargetName:
		if i := g.placed(schema, table); n.Database >= 0 && i > 0 {
			return []plan.Piece{{Place: i, Schema: true}}, n.Database, n.Database, nil
		}
	case parser.ColumnQualifier:
		if s == g.stmt && g.byAlias(n) != nil {
			return []plan.Piece{{}}, n.Database, n.Table - 1, nil
		}
		if n.Database < 0 || g.find(schema, table) == nil {
			return nil, 0, 0, nil
		}
		if l := g.find(schema, table); g.into < 0 && g.owned(l) && g.reads(l) != nil {
			return nil, 0, 0, unsupportedf("a write on several shards that names %s twice, and its columns with the database", table)
		}
		if i := g.placed(schema, table); i > 0 && g.depth == 0 {
			return []plan.Piece{{Place: i, Schema: true}}, n.Database, n.Database, nil
		}
		return []plan.Piece{{}}, n.Database, n.Table - 1, nil
	}
	return nil, 0, 0, nil
}

// again writes a common table expression out where it is read for the second time:
// its temporary tables can be read only once. The first reading stays as it is.
func (g *gatherer) again(s *parser.Statement, n parser.Name, c *parser.CTE, ctes []parser.CTE) ([]plan.Piece, error) {
	if n.Table > c.Open && n.Table < c.Close {
		return nil, nil // it reads itself
	}
	if read := (reading{s, c.First}); !g.read[read] {
		g.read[read] = true
		return nil, nil
	}
	if s != g.stmt {
		return nil, unsupportedf("a view reads its common table expression %s twice, and the statement needs several servers", c.Name)
	}
	pieces, err := g.spelled(c, ctes)
	if err != nil {
		return nil, err
	}
	if !hasAlias(s, n.Last()+1) {
		pieces = append(pieces, plan.Piece{Text: " AS " + ident(c.Name)})
	}
	return pieces, nil
}

// spelled writes a common table expression as a derived table with temporary tables
// of its own.
func (g *gatherer) spelled(c *parser.CTE, ctes []parser.CTE) ([]plan.Piece, error) {
	if g.depth++; g.depth > 32 {
		return nil, unsupportedf("common table expressions are nested too deeply")
	}
	defer func() { g.depth-- }()
	head := "WITH "
	if c.Recursive {
		head = "WITH RECURSIVE "
	}
	out := []plan.Piece{{Text: "(" + head}}
	at := c.First
	for _, n := range g.stmt.Names() {
		if n.First() < c.Open || n.Last() > c.Close {
			continue
		}
		pieces, first, last, err := g.inside(n, c, ctes)
		if err != nil {
			return nil, err
		}
		if pieces == nil {
			continue
		}
		if out, err = g.repeat(out, at, first-1); err != nil {
			return nil, err
		}
		out = append(out, pieces...)
		at = last + 1
	}
	out, err := g.repeat(out, at, c.Close)
	return append(out, plan.Piece{Text: " SELECT * FROM " + ident(c.Name) + ")"}), err
}

// inside is name for the query of a common table expression that is written out: what
// it reads of others is written out, too.
func (g *gatherer) inside(n parser.Name, c *parser.CTE, ctes []parser.CTE) ([]plan.Piece, int, int, error) {
	if n.Role == parser.TableName {
		switch other := g.stmt.CTEOf(ctes, n); {
		case other == c:
			return nil, 0, 0, nil
		case other != nil:
			g.read[reading{g.stmt, other.First}] = true
		}
	}
	return g.name(g.stmt, n, ctes, g.env.Database)
}

// repeat writes tokens of the statement once more. Values of parameters are written
// as constants: the client has given each only once.
func (g *gatherer) repeat(out []plan.Piece, first, last int) ([]plan.Piece, error) {
	from := first
	param := 0
	for i := range g.stmt.Tokens[:last+1] {
		t := &g.stmt.Tokens[i]
		if i >= first && t.Kind == parser.Ident {
			switch f := strings.ToLower(string(t.Text(g.stmt.SQL))); {
			case sessionFunc(f) != plan.NoFunc && g.isOp(i+1, "("), unsure(f) && g.isOp(i+1, "("):
				return nil, unsupportedf("a common table expression that calls %s is read twice, and the statement needs several servers", f)
			}
		}
		if t.Kind != parser.Param {
			continue
		}
		param++
		if i < first {
			continue
		}
		if i > from {
			out = append(out, plan.Piece{First: from, Last: i - 1})
		}
		out = append(out, plan.Piece{Param: param, Typed: g.depth > 0 && !g.counts(i)})
		from = i + 1
	}
	if from <= last {
		out = append(out, plan.Piece{First: from, Last: last})
	}
	return out, nil
}

// counts reports whether token i is a number of LIMIT, which must be a constant.
func (g *gatherer) counts(i int) bool {
	return g.stmt.Is(i-1, "limit") || g.stmt.Is(i-1, "offset") || g.isOp(i-1, ",") && g.stmt.Is(i-3, "limit")
}

// unsure reports whether a function gives another answer each time it is called.
func unsure(f string) bool {
	switch f {
	case "rand", "uuid", "uuid_short", "sysdate", "sleep", "random_bytes":
		return true
	}
	return false
}

func isCTE(ctes []parser.CTE, name string) bool {
	return slices.ContainsFunc(ctes, func(c parser.CTE) bool { return c.Name == name })
}

// tableStatement reports whether the token is TABLE, the short form of SELECT * FROM,
// which takes a name and no alias.
func tableStatement(s *parser.Statement, i int) bool { return i >= 0 && s.Is(i, "table") }

// aliasOf returns the name by which a table is known in its block.
func aliasOf(s *parser.Statement, n parser.Name) string {
	i := n.Last() + 1
	if !hasAlias(s, i) {
		return s.TableOf(n)
	}
	if s.Is(i, "as") && i+1 < len(s.Tokens) {
		i++
	}
	return parser.Unquote(s.SQL, s.Tokens[i], s.Dialect)
}

// find returns a leaf of the table or view that a name means.
func (g *gatherer) find(schema, table string) *leaf {
	for _, l := range g.leaves {
		if l.name.Name.O == table && (schema == l.database.Name || schema == g.r.rules.Logical) {
			return l
		}
	}
	return nil
}

// reads returns an occurrence of a table that is only read; nil if there is none.
func (g *gatherer) reads(l *leaf) *leaf {
	for _, o := range g.leaves {
		if g.own[o] == 0 && o.database == l.database && o.name.Name.O == l.name.Name.O {
			return o
		}
	}
	return nil
}

// owned reports whether a table is one that the statement writes.
func (g *gatherer) owned(l *leaf) bool {
	for o := range g.own {
		if o.database == l.database && o.name.Name.O == l.name.Name.O {
			return true
		}
	}
	return false
}

// written returns the place of the table that is written where a name in the text means
// that occurrence of it; 0: it is another.
func (g *gatherer) written(l *leaf, s *parser.Statement, n parser.Name) int {
	switch {
	case s != g.stmt || g.depth > 0:
		return 0
	case g.into >= 0:
		if n.First() == g.into {
			return g.own[l]
		}
		return 0
	case inQuery(s, n.First()):
		return 0
	}
	alias := aliasOf(s, n)
	for o, place := range g.own {
		if o.database == l.database && o.name.Name.O == l.name.Name.O && strings.EqualFold(o.alias, alias) {
			return place
		}
	}
	return 0
}

// inQuery reports whether token i stands in the parentheses of a query.
func inQuery(s *parser.Statement, i int) bool {
	_, query := around(s, i)
	return query
}

// around tells whether token i stands in the parentheses of a query, and how many others are
// around it within that query, or within the statement.
func around(s *parser.Statement, i int) (others int, query bool) {
	for j, inner := i-1, 0; j >= 0; j-- {
		switch {
		case isOp(s, j, ")"):
			inner++
		case isOp(s, j, "(") && inner > 0:
			inner--
		case isOp(s, j, "("):
			if s.Is(j+1, "select") || s.Is(j+1, "with") || s.Is(j+1, "table") || s.Is(j+1, "values") {
				return others, true
			}
			others++
		}
	}
	return others, false
}

// tableOf returns which of the copied tables the rows of a leaf are read from; -1: none yet.
func (g *gatherer) tableOf(l *leaf) int {
	return g.partsOf(l, partitionsOf(l), l.lock)
}

// partsOf finds what is read of partitions of a table, nil: of all, under a lock.
func (g *gatherer) partsOf(l *leaf, partitions []string, lock string) int {
	return slices.IndexFunc(g.out.Tables, func(t plan.Gathered) bool {
		return !t.Own && t.Lock == l.copyLock(lock) && (t.Home != nil) == l.temporary && t.Database == l.database && t.Name == l.name.Name.O && slices.Equal(t.Partitions, partitions)
	})
}

// partitionsOf lists the partitions that a leaf names, in lower case.
func partitionsOf(l *leaf) []string {
	var out []string
	for _, p := range l.name.PartitionNames {
		out = append(out, p.L)
	}
	return out
}

// partitionClause reads the PARTITION (...) behind a table's name that ends with token i:
// the partitions, in lower case, and the clause's last token. Without one that is i.
func partitionClause(s *parser.Statement, i int) ([]string, int) {
	if !s.Is(i+1, "partition") || !isOp(s, i+2, "(") {
		return nil, i
	}
	var out []string
	for i += 3; i < len(s.Tokens) && !isOp(s, i, ")"); i++ {
		if !isOp(s, i, ",") {
			out = append(out, strings.ToLower(parser.Unquote(s.SQL, s.Tokens[i], s.Dialect)))
		}
	}
	return out, i
}

// place adds an occurrence of a table and returns its number, counted from 1.
func (g *gatherer) place(l *leaf, alias string, partitions []string, lock string) int {
	i := g.partsOf(l, partitions, lock)
	if i < 0 {
		i = len(g.out.Tables)
		g.out.Tables = append(g.out.Tables, plan.Gathered{Table: l.table, Name: l.name.Name.O, Database: l.database, Show: g.shown(l), Home: g.homeOf(l), Partitions: partitions, Lock: l.copyLock(lock)})
	}
	t := &g.out.Tables[i]
	g.out.Places = append(g.out.Places, plan.Place{Table: i, Nth: t.Places, Alias: alias})
	t.Places++
	return len(g.out.Places)
}

// homeOf is where a temporary table of the session is; nil for other tables.
func (g *gatherer) homeOf(l *leaf) *rules.Shard {
	if !l.temporary {
		return nil
	}
	return g.r.first(g.env)
}

// shown is the name of the database that the client sees for a table.
func (g *gatherer) shown(l *leaf) string {
	for _, n := range g.out.Relay.Names {
		if n.Database == l.database {
			return n.Show
		}
	}
	return l.database.Name
}

// placed finds a place of a table in the text.
func (g *gatherer) placed(schema, table string) int {
	for i, p := range g.out.Places {
		t := &g.out.Tables[p.Table]
		if t.Name == table && (schema == t.Database.Name || schema == g.r.rules.Logical) {
			return i + 1
		}
	}
	return 0
}

// view writes a view as a derived table, under a lock.
func (g *gatherer) view(l *leaf, alias, lock string) ([]plan.Piece, error) {
	around := g.handedOn
	g.handedOn = lock
	defer func() { g.handedOn = around }()
	s, err := parseView(l.view)
	if err != nil {
		return nil, plan.Unsupported("view "+l.view.Name+" cannot be analysed: "+err.Error(), l.view.Pos, "query its tables instead")
	}
	if g.depth++; g.depth > 32 {
		return nil, plan.Unsupported("view "+l.view.Name+" is nested too deeply", l.view.Pos, "")
	}
	defer func() { g.depth-- }()
	g.note(s, s.Tree)
	open, end := "(", ")"
	if len(l.view.Columns) > 0 {
		names := make([]string, len(l.view.Columns))
		for i, c := range l.view.Columns {
			names[i] = ident(c)
		}
		open, end = "(SELECT * FROM (", ") AS "+ident(l.view.Name)+" ("+strings.Join(names, ", ")+"))"
	}
	if alias != "" {
		end += " AS " + ident(alias)
	}
	out := []plan.Piece{{Text: open}}
	at := s.Tokens[0].Start
	ctes := s.CTEs()
	for _, n := range s.Names() {
		pieces, first, last, err := g.name(s, n, ctes, l.database.Name)
		if err != nil {
			return nil, err
		}
		if pieces == nil {
			continue
		}
		out = append(out, plan.Piece{Text: string(s.SQL[at:s.Tokens[first].Start])})
		out = append(out, pieces...)
		at = s.Tokens[last].End
	}
	return append(out, plan.Piece{Text: string(s.SQL[at:s.Tokens[len(s.Tokens)-1].End]) + end}), nil
}

// mergeable reports whether a server takes a view's query into that of a statement (MySQL
// manual, "View Processing Algorithms").
func mergeable(v *rules.View) bool {
	s, err := parseView(v)
	if err != nil {
		return false
	}
	q, ok := s.Tree.(*ast.SelectStmt)
	if !ok || q.From == nil || q.Distinct || q.GroupBy != nil || q.Having != nil || q.Limit != nil || q.With != nil || aggregates(q) || hasWindow(q) {
		return false
	}
	for _, f := range q.Fields.Fields {
		sub := false
		visitAll(f, func(n ast.Node) { _, is := n.(*ast.SubqueryExpr); sub = sub || is })
		if sub {
			return false
		}
	}
	return true
}

func ident(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }

// collect fills in which rows and columns of each table matter.
func (g *gatherer) collect() error {
	of := make([][]*leaf, len(g.out.Tables))
	for _, l := range g.leaves {
		if l.view != nil {
			continue
		}
		i := g.tableOf(l)
		if place, ok := g.own[l]; ok {
			i = g.out.Places[place-1].Table
		}
		if i < 0 {
			continue // in a common table expression that nobody uses
		}
		t := &g.out.Tables[i]
		if t.Empty {
			continue
		}
		s := g.site(l)
		s.Database = slices.Index(g.out.Relay.Route.Databases, l.database)
		of[i] = append(of[i], l)
		first := len(t.Sites) == 0
		t.Sites = append(t.Sites, s)
		f := g.filter(l)
		switch {
		case first && f.Says():
			t.Filters = []plan.Filter{f}
		case !f.Says() || t.Filters == nil:
			t.Filters = nil
		default:
			t.Filters = append(t.Filters, f)
		}
	}
	for i := range g.out.Tables {
		t := &g.out.Tables[i]
		if t.Empty {
			continue
		}
		if len(t.Sites) == 0 {
			return unsupportedf("table %s is named and not used, and the statement needs several servers", t.Name)
		}
		if len(t.Filters) < len(t.Sites) {
			t.Filters = nil
		}
		if !g.star && t.Table != nil {
			t.Columns = g.used(t)
		}
	}
	g.learn(of)
	return nil
}

// learn finds tables of which nothing is known but that a column has only values of
// another table's, of which something is. of are the leaves of each table.
func (g *gatherer) learn(of [][]*leaf) {
	known := make([]bool, len(of))
	for i := range of {
		known[i] = g.out.Tables[i].Filters != nil
	}
	for again := true; again; {
		again = false
		for i := range of {
			if known[i] || len(of[i]) != 1 || of[i][0].table == nil {
				continue
			}
			if l := g.learnable(of[i][0], known, of); l != nil {
				g.out.Tables[i].Learned, known[i], again = l, true, true
			}
		}
	}
}

// learnable finds the column of a leaf whose values another table's copy has; nil if there
// is none.
func (g *gatherer) learnable(l *leaf, known []bool, of [][]*leaf) *plan.Learned {
	for i := range l.table.Columns {
		c := &l.table.Columns[i]
		n := l.nodes[strings.ToLower(c.Name)]
		if n == nil || strings.EqualFold(c.Name, l.table.Key) {
			continue
		}
		seen := map[*node]bool{n: true}
		for queue := []*node{n}; len(queue) > 0; queue = queue[1:] {
			for _, e := range queue[0].from {
				if e.foreign != "" || seen[e.from] {
					continue
				}
				seen[e.from] = true
				queue = append(queue, e.from)
				for j := range of {
					if known[j] && slices.Contains(of[j], e.from.leaf) && g.copied(j, e.from.column) {
						return &plan.Learned{Column: c.Name, Table: j, From: e.from.column}
					}
				}
			}
		}
	}
	return nil
}

// copied reports whether a column is among those of a table that are copied.
func (g *gatherer) copied(table int, column string) bool {
	t := &g.out.Tables[table]
	return t.Table != nil && t.Table.Kind != rules.Reference && (t.Columns == nil || slices.Contains(t.Columns, column))
}

// used lists the columns of a table that the statement may mean.
func (g *gatherer) used(t *plan.Gathered) []string {
	var out []string
	for i := range t.Table.Columns {
		if c := strings.ToLower(t.Table.Columns[i].Name); g.columns[c] {
			out = append(out, c)
		}
	}
	return out
}

// filter returns what is known of the rows of a leaf that matter. Where a hint sets
// variables nothing is: the shards would read the conditions without them.
func (g *gatherer) filter(l *leaf) plan.Filter {
	out := plan.Filter{Pushed: l.pushed}
	if l.table == nil || g.hinted() {
		return out
	}
	for i := range l.table.Columns {
		c := &l.table.Columns[i]
		n := l.nodes[strings.ToLower(c.Name)]
		if n == nil {
			continue
		}
		set, _ := newSolver().set(n)
		vs, ok := set.Values()
		if !ok || len(vs) == 0 || slices.ContainsFunc(vs, func(s plan.Source) bool { return s.Use != plan.Equal }) {
			continue
		}
		out.In = append(out.In, plan.InList{Column: c.Name, Values: vs})
	}
	return out
}

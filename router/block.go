package router

import (
	"errors"
	"strings"

	"github.com/pingcap/tidb/pkg/parser/ast"

	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/router/plan"
	"github.com/sluicedb/sluice/rules"
)

// maxLeaves bounds the work that views of views and repeated common table
// expressions can make.
const maxLeaves = 4000

// analysis reads one statement.
type analysis struct {
	r     *Router
	env   *Env
	stmt  *parser.Statement
	main  *parser.Statement // the reading of stmt that is analysed: itself, or what relax made of it
	lists columnLists       // that main lacks
	text  *parser.Statement // whose tree is being read: main, or a view's

	leaves      []*leaf
	systems     []*leaf          // tables of system schemas
	infos       []string         // tables of information_schema that it reads, mapped
	gathers     bool             // what is on several servers is gathered
	catalogued  []plan.Catalogue // with gathers
	ctes        []*cte
	current     string    // database for unqualified names when inside a view; otherwise Env.Database
	inView      int       // depth of views
	extra       *plan.Set // what holds for all leaves of the block being read
	subqueries  map[any]*query
	bound       bool // the plan depends on a constant of this text
	probes      []plan.Probe
	located     *leaf  // whose rows the last of them looks up
	renamedTemp string // the new name of the temporary table that it renames
	checks      []check
	wide        *rules.Database                  // a definition concerns all shards of it
	narrow      *leaf                            // and this one, which is on one shard
	explains    bool                             // it is EXPLAIN, which runs nothing
	err         error                            // the first refusal met while reading expressions
	locking     map[*ast.SelectStmt][]lockClause // with gathers
	locked      []lockClause                     // of the block whose FROM clause is being read
	handedOn    string                           // how the view that is being read is locked
	effects     bool                             // a view that it names may do more than read
	through     *through                         // the view that rows are inserted through
	notes       plan.Dropped                     // what it says of the names that stand for nothing
	leftOut     []plan.Edit                      // those that take them out of the text
	unplaced    *plan.Refusal                    // why the shards cannot do their parts: those of an INSERT's rows are not known, copies might differ
}

// check is an assignment to a sharding key.
type check struct {
	leaf     *leaf
	source   plan.Source
	computed bool // and no source
}

// source is one item of a FROM clause.
type source struct {
	alias  string
	schema string // as written
	leaf   *leaf
	query  *query           // of a derived table, a view or a common table expression
	inside []*leaf          // of a view: what it reads
	nodes  map[string]*node // of a query: its columns as seen from outside
}

// query is the result of a SELECT or UNION as its surroundings see it.
type query struct {
	outputs []output
	partial bool // the list may lack columns or have them in another order
}

// output is one result column.
type output struct {
	name  string
	node  *node        // nil when it is no plain column
	expr  ast.ExprNode // nil for a column of a star
	push  bool         // a condition on the output may be made inside the query
	null  bool         // may be NULL because of an outer join
	inner *source      // the whole row of a source whose columns are not known
}

// certainty is the answer to "does this source have such a column".
type certainty uint8

const (
	no certainty = iota
	yes
	maybe
)

func (s *source) has(column string) certainty {
	if s.query != nil {
		return s.query.has(column)
	}
	t := s.leaf.table
	if t == nil {
		return maybe
	}
	if _, ok := t.Column(column); ok {
		return yes
	}
	if len(t.Columns) > 0 {
		return no
	}
	if strings.EqualFold(column, t.Key) {
		return yes
	}
	return maybe
}

func (q *query) has(column string) certainty {
	found := no
	for _, o := range q.outputs {
		if o.inner != nil {
			switch o.inner.has(column) {
			case yes:
				return yes
			case maybe:
				found = maybe
			}
		} else if strings.EqualFold(o.name, column) {
			return yes
		}
	}
	return found
}

// column returns the node of a column of the source; nil when it has none.
func (s *source) column(name string) *node {
	if s.query == nil {
		return s.leaf.column(name)
	}
	name = strings.ToLower(name)
	if n, ok := s.nodes[name]; ok {
		return n
	}
	o := s.query.output(name)
	var n *node
	if o != nil && o.node != nil {
		n = outside(o, name)
	}
	if s.nodes == nil {
		s.nodes = map[string]*node{}
	}
	s.nodes[name] = n
	return n
}

// outside wraps a result column of a query for the query around it.
func outside(o *output, name string) *node {
	n := &node{column: name, family: o.node.family}
	link(o.node, n)
	if o.push {
		n.inside = o.node
		link(n, o.node)
		for _, branch := range o.node.union {
			link(o.node, branch)
		}
	}
	return n
}

func (q *query) output(name string) *output {
	var found *output
	for i := range q.outputs {
		o := &q.outputs[i]
		if o.inner != nil {
			if o.inner.has(name) == yes {
				if n := o.inner.column(name); n != nil && found == nil {
					found = &output{name: name, node: n, push: o.push}
				}
			}
		} else if strings.EqualFold(o.name, name) {
			if found != nil {
				return nil // two columns of one name
			}
			found = o
		}
	}
	return found
}

// scope is where names of columns are looked up.
type scope struct {
	sources []*source
	merged  map[string]*source // columns of USING and NATURAL: the side that keeps its value
	parent  *scope
}

// resolve finds the column of a name; both results are nil when that is not certain.
func (s *scope) resolve(c *ast.ColumnName) (*source, *node) {
	for ; s != nil; s = s.parent {
		if c.Table.O != "" {
			if src := s.named(c); src != nil {
				return src, src.column(c.Name.O)
			}
			continue
		}
		src, found := s.unqualified(c.Name.O)
		switch found {
		case yes:
			return src, src.column(c.Name.O)
		case maybe:
			return nil, nil
		}
	}
	return nil, nil
}

func (s *scope) named(c *ast.ColumnName) *source {
	var found *source
	for _, src := range s.sources {
		if src.alias != c.Table.O || c.Schema.O != "" && src.schema != "" && src.schema != c.Schema.O {
			continue
		}
		if found != nil {
			return nil
		}
		found = src
	}
	return found
}

func (s *scope) unqualified(name string) (*source, certainty) {
	if src := s.merged[strings.ToLower(name)]; src != nil {
		return src, yes
	}
	var found *source
	unsure := false
	for _, src := range s.sources {
		switch src.has(name) {
		case yes:
			if found != nil {
				return nil, maybe
			}
			found = src
		case maybe:
			unsure = true
		}
	}
	switch {
	case unsure:
		return nil, maybe
	case found != nil:
		return found, yes
	default:
		return nil, no
	}
}

// tree is a FROM clause; the right side of an outer join is the one that is filled
// with NULLs.
type tree struct {
	left, right *tree
	source      *source
	on          ast.ExprNode
	using       []string
	outer       bool
}

func (t *tree) each(f func(*source)) {
	if t == nil {
		return
	}
	if t.source != nil {
		f(t.source)
	}
	t.left.each(f)
	t.right.each(f)
}

func (t *tree) sources() map[*source]bool {
	m := map[*source]bool{}
	t.each(func(s *source) { m[s] = true })
	return m
}

// nullable lists the sources that may be filled with NULLs.
func (t *tree) nullable() map[*source]bool {
	m := map[*source]bool{}
	t.addNullable(m)
	return m
}

func (t *tree) addNullable(m map[*source]bool) {
	if t == nil {
		return
	}
	if t.outer {
		t.right.each(func(s *source) { m[s] = true })
	}
	t.left.addNullable(m)
	t.right.addNullable(m)
}

// from reads a FROM clause into a tree and the scope's sources.
func (a *analysis) from(n ast.ResultSetNode, sc *scope) (*tree, error) {
	switch n := n.(type) {
	case *ast.Join:
		return a.join(n, sc)
	case *ast.TableSource:
		src, err := a.tableSource(n, sc)
		if err != nil {
			return nil, err
		}
		if src == nil {
			return a.from(n.Source, sc)
		}
		sc.sources = append(sc.sources, src)
		return &tree{source: src}, nil
	case *ast.TableName:
		src, err := a.named(n, "")
		if err != nil {
			return nil, err
		}
		sc.sources = append(sc.sources, src)
		return &tree{source: src}, nil
	default:
		return nil, unsupportedf("this kind of table reference is not understood")
	}
}

func (a *analysis) join(n *ast.Join, sc *scope) (*tree, error) {
	left, err := a.from(n.Left, sc)
	if err != nil || n.Right == nil {
		return left, err
	}
	right, err := a.from(n.Right, sc)
	if err != nil {
		return nil, err
	}
	t := &tree{left: left, right: right, outer: n.Tp == ast.LeftJoin || n.Tp == ast.RightJoin}
	if n.Tp == ast.RightJoin {
		t.left, t.right = right, left
	}
	if n.On != nil {
		t.on = n.On.Expr
	}
	for _, c := range n.Using {
		t.using = append(t.using, c.Name.O)
	}
	if n.NaturalJoin {
		t.using = common(left, right)
	}
	t.merge(sc)
	return t, nil
}

// common returns the columns that a NATURAL JOIN compares, as far as they are known.
func common(left, right *tree) []string {
	var out []string
	left.each(func(l *source) {
		for _, name := range l.names() {
			right.each(func(r *source) {
				if r.has(name) == yes {
					out = append(out, name)
				}
			})
		}
	})
	return out
}

// names lists the columns of a source, nil when they are not known.
func (s *source) names() []string {
	var out []string
	if s.query == nil {
		if s.leaf.table != nil {
			for i := range s.leaf.table.Columns {
				if !s.leaf.table.Columns[i].Invisible {
					out = append(out, s.leaf.table.Columns[i].Name)
				}
			}
		}
		return out
	}
	for _, o := range s.query.outputs {
		if o.inner != nil {
			return nil
		}
		out = append(out, o.name)
	}
	return out
}

// merge notes the side whose value a column of USING has.
func (t *tree) merge(sc *scope) {
	for _, name := range t.using {
		keep := t.left.holder(name, sc)
		if keep == nil {
			continue
		}
		if sc.merged == nil {
			sc.merged = map[string]*source{}
		}
		sc.merged[strings.ToLower(name)] = keep
	}
}

// holder finds the source of a subtree that a column of USING belongs to.
func (t *tree) holder(name string, sc *scope) *source {
	in := t.sources()
	if src := sc.merged[strings.ToLower(name)]; src != nil && in[src] {
		return src
	}
	var found *source
	count, unsure := 0, 0
	for src := range in {
		switch src.has(name) {
		case yes:
			found = src
			count++
		case maybe:
			unsure++
		}
	}
	if count != 1 || unsure > 0 {
		return nil
	}
	return found
}

// tableSource reads one item of a FROM clause; nil for a parenthesised join.
func (a *analysis) tableSource(n *ast.TableSource, sc *scope) (*source, error) {
	switch inner := n.Source.(type) {
	case *ast.TableName:
		return a.named(inner, n.AsName.O)
	case *ast.Join:
		return nil, nil
	case *ast.SelectStmt, *ast.SetOprStmt:
		parent := sc.parent
		if n.Lateral {
			parent = sc
		}
		q, err := a.query(inner, parent)
		if err != nil {
			return nil, err
		}
		return &source{alias: n.AsName.O, query: a.relisted(q, n)}, nil
	default:
		return nil, unsupportedf("this kind of table reference is not understood")
	}
}

// relisted gives the columns of a derived table the names of its column list.
func (a *analysis) relisted(q *query, n *ast.TableSource) *query {
	list, ok := a.lists[n.AsName.O]
	switch {
	case !ok || a.inView > 0:
		return q.renamed(names(n.ColumnNames))
	case list == nil:
		return &query{partial: true, outputs: opaque()}
	}
	return q.renamed(list)
}

func names(list []ast.CIStr) []string {
	out := make([]string, len(list))
	for i, c := range list {
		out[i] = c.O
	}
	return out
}

// renamed returns the query with other column names.
func (q *query) renamed(names []string) *query {
	if len(names) == 0 {
		return q
	}
	out := &query{partial: q.partial}
	for i, name := range names {
		o := output{name: name}
		if !q.partial && i < len(q.outputs) {
			o = q.outputs[i]
			o.name = name
		}
		out.outputs = append(out.outputs, o)
	}
	return out
}

// named reads a table, a view or a common table expression.
func (a *analysis) named(n *ast.TableName, alias string) (*source, error) {
	if alias == "" {
		alias = n.Name.O
	}
	if n.Schema.O == "" {
		if n.Name.O == opaqueTable && a.main != a.stmt {
			return &source{alias: alias, query: &query{partial: true, outputs: opaque()}}, nil
		}
		if c := a.cteNamed(n.Name.O); c != nil {
			q, err := a.expand(c)
			if err != nil {
				return nil, err
			}
			return &source{alias: alias, query: q}, nil
		}
	}
	l, err := a.leaf(n, alias)
	if sys, ok := errors.AsType[*system](err); ok {
		l, err = a.systemLeaf(sys, n, alias), nil
	}
	if err != nil {
		return nil, err
	}
	src := &source{alias: alias, schema: n.Schema.O, leaf: l}
	if l.view != nil {
		inside := len(a.leaves)
		a.handedOn = l.lock
		if src.query, err = a.view(l.view, l.database); err != nil {
			return nil, err
		}
		a.handedOn = ""
		src.inside = a.leaves[inside:len(a.leaves):len(a.leaves)]
	}
	return src, nil
}

// leaf resolves a table's name and adds the occurrence.
func (a *analysis) leaf(n *ast.TableName, alias string) (*leaf, error) {
	if len(a.leaves) >= maxLeaves {
		return nil, unsupportedf("the statement and its views name more than %d tables", maxLeaves)
	}
	l, err := a.lookup(n.Schema.O, n.Name.O)
	if err != nil {
		return nil, err
	}
	l.name, l.alias, l.extra, l.virtual, l.lock = n, alias, a.extra, a.inView > 0, lockMode(a.locked, alias)
	a.leaves = append(a.leaves, l)
	return l, nil
}

// lookup finds what a name of a table stands for.
func (a *analysis) lookup(schema, name string) (*leaf, error) {
	if a.inView == 0 && schema == "" && a.env.Temporary[name] {
		db := a.r.first(a.env).Database
		return &leaf{database: db, temporary: true}, nil
	}
	from := schema
	if from == "" {
		if from = a.current; from == "" {
			return nil, plan.NoDatabase()
		}
	}
	if from == a.r.rules.Logical {
		return a.lookupLogical(name)
	}
	db, ok := a.r.database(from)
	if !ok {
		if isSystem(from) {
			return nil, systemTable(from, name)
		}
		return nil, plan.UnknownDatabase(from)
	}
	if t, ok := a.r.table(name); ok && t.Database == db {
		return &leaf{table: t, database: db}, nil
	}
	if v, ok := a.r.view(db, name); ok {
		return &leaf{view: v, database: db}, nil
	}
	if t, ok := a.r.rules.Unlisted(db); ok && t != nil {
		return &leaf{database: db}, nil
	}
	return nil, plan.UnknownTable(from, name)
}

func (a *analysis) lookupLogical(name string) (*leaf, error) {
	if t, ok := a.r.table(name); ok {
		return &leaf{table: t, database: t.Database}, nil
	}
	for _, db := range a.r.rules.Databases {
		if v, ok := a.r.view(db, name); ok {
			return &leaf{view: v, database: db}, nil
		}
	}
	return nil, plan.UnknownTable(a.r.rules.Logical, name)
}

func (r *Router) view(db *rules.Database, name string) (*rules.View, bool) {
	v, ok := r.views[db][name]
	return v, ok
}

func systemTable(schema, table string) error { return &system{schema: schema, table: table} }

// view expands a view.
func (a *analysis) view(v *rules.View, db *rules.Database) (*query, error) {
	text, err := parseView(v)
	if err != nil {
		a.effects = true
		if len(db.Shards) == 1 {
			return &query{partial: true, outputs: opaque()}, nil
		}
		return nil, plan.Unsupported("view "+v.Name+" cannot be analysed: "+err.Error(), v.Pos, "query its tables instead")
	}
	a.effects = a.effects || a.acts(text)
	ctes, current, outer := a.ctes, a.current, a.text
	a.ctes, a.current, a.text = nil, db.Name, text
	a.inView++
	defer func() { a.ctes, a.current, a.text = ctes, current, outer; a.inView-- }()
	if a.inView > 32 {
		return nil, plan.Unsupported("view "+v.Name+" is nested too deeply", v.Pos, "")
	}
	if _, block := text.Tree.(*ast.SelectStmt); !block {
		a.handedOn = ""
	}
	if err := a.viewsFunctions(text, db); err != nil {
		return nil, err
	}
	q, err := a.query(text.Tree, nil)
	if err != nil {
		return nil, err
	}
	return q.renamed(v.Columns), nil
}

// opaque is the list of columns of something whose columns are not known.
func opaque() []output { return []output{{inner: &source{leaf: &leaf{}}}} }

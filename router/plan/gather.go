package plan

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/sluicedb/sluice/parser/value"
	"github.com/sluicedb/sluice/rules"
)

// Gather runs a query on one server, the host, after the rows that it needs of other
// servers have been copied there, into temporary tables. The server gives the answer,
// so its meaning is MySQL's own. It is immutable and safe for concurrent use.
type Gather struct {
	Relay  *Relay     // the plan it stands in for: sites, needs, names
	Tables []Gathered // in the order in which they are first met
	Places []Place    // where tables stand, in the text and in the views it names
	Edits  []GatherEdit
	Lock   string       // " FOR UPDATE" and its like: rows of some tables are locked; empty: none are
	Views  []GatherView // views of the text: they are read as derived tables
	// Catalogue are tables of information_schema that are put together.
	Catalogue []Catalogue
}

// Catalogue is a table of information_schema whose rows are put together from all groups
// in a temporary table.
type Catalogue struct {
	Table   string
	Temp    string
	Ours    bool // rows of the servers' own schemas do not matter
	Columns []string
	Schemas []string // of the columns, those that name schemas, the row's own first
	Texts   []string // those with SQL text
	Subject string   // names the table the row is about; empty: none does
	// Identity are the columns that tell rows of several shards to be of one object, and
	// Added those that are then added up.
	Identity, Added []string
	// Programs are told once under the logical name, that of the first database.
	Programs Programs
}

// Programs says how the rows of a table of information_schema name stored programs.
type Programs struct {
	Table   string   // lists all of them; empty: the rows are not about programs
	Home    string   // of its columns that with their schema
	Names   []string // and those that tell programs of one schema apart
	Columns []string // what the rows themselves call Names, where it is something else
}

// ColumnOf is the column of the rows that holds the i-th of Names.
func (p *Programs) ColumnOf(i int) string {
	if p.Columns != nil {
		return p.Columns[i]
	}
	return p.Names[i]
}

// GatherView is a view as columns are described by it.
type GatherView struct {
	Alias string
	Name  string
	Show  string // name of the database that the client sees
	// Merged: a server takes its query into that of the statement. Expressions then are of
	// no database.
	Merged bool
}

// Gathered is one table and the rows of it that matter.
type Gathered struct {
	Table    *rules.Table // nil for one that the rules do not list
	Name     string
	Database *rules.Database
	Show     string // name of the database that the client sees
	Sites    []Site // where its rows are; one for each use
	// Filters are what the rows must fulfil, any one of them; nil: nothing is known.
	Filters []Filter
	// Learned is a column that has only values which have been read of another table; nil:
	// none is known.
	Learned *Learned
	Columns []string // lower-case; nil: all
	Tail    *Tail    // nil, or how much of the statement the shards can do; then Filters do not matter
	Places  int      // how often the table is read: a temporary table can be read once
	// Partitions are those that are read, in lower case; nil: all.
	Partitions []string
	// Own: the copy has the table's own name; it is what a write changes, and is kept a
	// second time as it was. Empty: it has no rows, those of an INSERT come into it.
	Own, Empty bool
	// Home is where a temporary table of the session is, on the connection that it holds;
	// nil: it is another table.
	Home     *rules.Shard
	Lock     string // how rows are locked; empty: as Gather.Lock says
	Unlocked bool   // Gather.Lock is for other tables
}

// Selection is the clause behind the table's name that reads its Partitions only; empty
// where all are read.
func (t *Gathered) Selection() string {
	if t.Partitions == nil {
		return ""
	}
	out := []byte(" PARTITION (")
	for i, p := range t.Partitions {
		if i > 0 {
			out = append(out, ',')
		}
		out = appendName(out, p)
	}
	return string(append(out, ')'))
}

// Tail is the end of a statement about one table, which its shards can carry out on
// their own rows: its conditions, and of its order and limit what is true of each
// shard's part as well.
type Tail struct {
	Alias string  // the table's name in the statement
	Where []Piece // with WHERE; nil: no conditions
	Order []Piece // with ORDER BY; nil: none
	// Limit and Offset are literals of the statement by number, -1: none. Limit -1: all
	// rows are needed.
	Limit, Offset int
}

// Filter is a list of conditions that all hold.
type Filter struct {
	In     []InList
	Pushed []Pushed
}

// Says reports whether anything is known of the rows.
func (f *Filter) Says() bool { return len(f.In)+len(f.Pushed) > 0 }

// Pushed is a condition that only rows which fulfil it matter, in the words of the shards.
type Pushed struct {
	Pieces []Piece
	Fits   []Fit
	Clock  bool   // it asks for the time, which must be one for all
	Text   string // with ? for the constants
}

// Learned says that of a table only rows matter whose Column has one of the values that
// column From has in the copy of another.
type Learned struct {
	Column string
	Table  int // of Gather.Tables
	From   string
}

// Asks reports whether the shards evaluate conditions of the statement, which may give
// warnings and errors.
func (t *Gathered) Asks() bool {
	return t.Tail != nil || slices.ContainsFunc(t.Filters, func(f Filter) bool { return len(f.Pushed) > 0 })
}

// asksTime reports whether a condition asks for the time.
func (t *Gathered) asksTime() bool {
	return slices.ContainsFunc(t.Filters, func(f Filter) bool {
		return slices.ContainsFunc(f.Pushed, func(p Pushed) bool { return p.Clock })
	})
}

// Fit is a column that a condition compares with a value: without need only if it has the
// type of the column.
type Fit struct {
	Column string
	Value  Source
}

// InList says that a column has one of the values.
type InList struct {
	Column string
	Values []Source
}

// Place is one occurrence of a table.
type Place struct {
	Table int    // index into Gather.Tables
	Nth   int    // which of its occurrences
	Alias string // the name it must keep; empty if the text gives one
	Named string // its name in its query block
}

// GatherEdit is an edit whose text depends on where tables are read.
type GatherEdit struct {
	Edit
	Pieces []Piece // written in place of Edit.Text, if any
}

// Piece is fixed text, a part of the statement, or a table or its schema as the host
// knows it.
type Piece struct {
	Text  string
	Place int // 1-based; 0: none
	// Schema: write only the schema of the place's table.
	Schema bool
	// First and Last are tokens of the statement to write again; Last 0: none. They
	// hold no parameter.
	First, Last int
	// Param is the parameter to write as a constant, counted from 1; 0: none. Typed: a whole
	// number keeps the type of a parameter, which is BIGINT.
	Param int
	Typed bool
}

// Copy is a set of rows to bring to the host.
type Copy struct {
	*Gathered
	Like  *rules.Shard   // a shard that has the table, to learn its definition
	From  []*rules.Shard // where rows are read; may be empty
	Where string         // what follows the table's name: " WHERE ..." or empty
	Locks string         // and behind it, how the rows are locked
	Temps []string       // temporary tables to fill, all alike
}

// Gathering is a Gather bound to the values of one execution.
type Gathering struct {
	*Gather
	Host   *rules.Shard // its schema holds the temporary tables and is the current one
	Copies []Copy
	SQL    []byte
	Every  bool // all rows of the tables are read
	Clock  bool // the shards are asked for the time
}

// Temp returns the name of a temporary table.
func temp(table, nth int) string {
	return "sluice_" + strconv.Itoa(table) + "_" + strconv.Itoa(nth)
}

// Show describes a column of the host's answer as one server with all tables would:
// schema and table are those of the definition, alias is the table's name in the query.
func (g *Gathering) Show(schema, alias, table string) (string, string) {
	shown := ""
	for i := range g.Copies {
		if slices.Contains(g.Copies[i].Temps, table) {
			shown, table = g.Copies[i].Show, g.Copies[i].Name
		}
	}
	known := slices.ContainsFunc(g.Tables, func(t Gathered) bool { return t.Name == table })
	for i := range g.Views {
		switch v := &g.Views[i]; {
		case v.Alias != alias:
		case !known && v.Merged && schema == "":
			return "", v.Name // an expression
		case !known:
			return v.Show, v.Name // of a result that was materialised
		case schema == "" || shown == "":
			return v.Show, table
		}
	}
	switch {
	case schema == "":
		return "", table
	case shown == "":
		return g.inner(table), table
	}
	return shown, table
}

// inner is the database of the table that query blocks know by a name, which is all that
// the host says of a column that a derived table has of it; empty if several may be meant.
func (g *Gathering) inner(name string) string {
	shown := ""
	for _, p := range g.Places {
		if p.Named != name {
			continue
		}
		if of := g.Tables[p.Table].Show; shown == "" || shown == of {
			shown = of
		} else {
			return ""
		}
	}
	return shown
}

// GatherOptions are what the session adds to a Gather.
type GatherOptions struct {
	// CopyAll: no table is read in its place. A transaction sees its own rows on its
	// own connections only.
	CopyAll bool
	// Whole: rows are read without the statement's conditions, because evaluating those
	// gives warnings that only the statement itself can give in the right number.
	Whole bool
	// Every: all rows of the tables are read, so that rows are met as one server meets
	// them: its errors and warnings count rows that it only looks at, too.
	Every bool
	// Scatter overrides the tables' policy for statements that ask all shards; nil
	// leaves it to them.
	Scatter *rules.Policy
}

// Bind finds out what must be copied for the values of one execution. The error is a
// *Refusal.
func (g *Gather) Bind(sql []byte, a Args, o GatherOptions) (*Gathering, error) {
	b := &binding{rules: g.Relay.Route.Rules, route: &g.Relay.Route, args: a}
	if err := b.confined(); err != nil {
		return nil, err
	}
	at := make([][]*rules.Shard, len(g.Tables))
	for i := range g.Tables {
		var err error
		if at[i], err = g.Tables[i].shards(b, o.Scatter); err != nil {
			return nil, err
		}
	}
	if len(g.Tables) == 0 && len(g.Catalogue) > 0 {
		host := b.rules.Databases[0].Shards[0]
		return &Gathering{Gather: g, Host: host, SQL: g.text(sql, a, host, nil)}, nil
	}
	out := &Gathering{Gather: g, Host: g.host(at), Every: o.Every}
	direct := make([]*rules.Shard, len(g.Tables))
	for i := range g.Tables {
		t := &g.Tables[i]
		if !o.CopyAll {
			direct[i] = t.on(out.Host.Group, at[i])
		}
		if direct[i] == nil {
			c := t.copy(i, at[i], b)
			c.Where = t.where(b, sql, o.Whole)
			out.Clock = out.Clock || !o.Whole && t.asksTime()
			switch {
			case o.Every:
				c.Where = ""
			case t.Tail != nil:
				c.Where = t.Tail.end(sql, a, g.Relay.Route.Charset, o.Whole)
			}
			switch {
			case t.Unlocked:
			case t.Lock != "":
				c.Locks = t.Lock
			case t.Table == nil || t.Table.Kind != rules.Reference:
				c.Locks = g.Lock
			}
			out.Copies = append(out.Copies, c)
		}
	}
	out.SQL = g.text(sql, a, out.Host, direct)
	return out, nil
}

// shards returns the shards whose rows are needed; of a reference table, all that
// have a copy.
func (t *Gathered) shards(b *binding, policy *rules.Policy) ([]*rules.Shard, error) {
	if t.Table != nil && t.Table.Kind == rules.Reference {
		return t.Database.Shards, nil
	}
	var set shardSet
	for i := range t.Sites {
		s := &t.Sites[i]
		if !s.Set.IsNone() {
			set.or(b.site(s))
		}
	}
	n := set.count()
	if policy == nil && t.Table != nil {
		policy = &t.Table.Scatter
	}
	if n > 1 && n == len(t.Database.Shards) && *policy == rules.Deny {
		return nil, b.spread(&t.Sites[0])
	}
	var out []*rules.Shard
	set.each(func(i int) { out = append(out, t.Database.Shards[i]) })
	return out, nil
}

// on returns the shard on a group where all needed rows are, if there is one.
func (t *Gathered) on(group string, at []*rules.Shard) *rules.Shard {
	if t.Home != nil {
		return nil // only the session's own connection has it
	}
	if t.Table != nil && t.Table.Kind == rules.Reference {
		if t.Lock != "" {
			at = at[:1] // which is where rows of it are locked
		}
		for _, s := range at {
			if s.Group == group {
				return s
			}
		}
		return nil
	}
	if len(at) == 1 && at[0].Group == group {
		return at[0]
	}
	return nil
}

// host chooses the group on which most tables can be read in their place; of equals,
// the one that has most shards to read from.
func (g *Gather) host(at [][]*rules.Shard) *rules.Shard {
	score := map[string]int{}
	var best *rules.Shard
	for i := range g.Tables {
		for _, s := range at[i] {
			score[s.Group]++
		}
	}
	for i := range g.Tables {
		for _, s := range at[i] {
			if g.Tables[i].on(s.Group, at[i]) != nil && g.Tables[i].Table != nil && g.Tables[i].Table.Kind != rules.Reference {
				score[s.Group] += 1000
			}
		}
	}
	for i := range g.Tables {
		for _, s := range at[i] {
			if best == nil || score[s.Group] > score[best.Group] {
				best = s
			}
		}
	}
	if best == nil {
		best = g.Relay.Sample()
	}
	return best
}

func (t *Gathered) copy(i int, at []*rules.Shard, b *binding) Copy {
	c := Copy{Gathered: t, From: at, Like: t.Database.Shards[0]}
	if len(at) > 0 {
		c.Like = at[0]
		if t.Table != nil && t.Table.Kind == rules.Reference {
			c.From = at[:1]
		}
	}
	if t.Home != nil {
		c.Like = t.Home
	}
	switch {
	case t.Empty:
		c.From, c.Temps = nil, []string{t.Name}
	case t.Own:
		c.Temps = []string{t.Name, temp(i, 0)}
	default:
		for n := range t.Places {
			c.Temps = append(c.Temps, temp(i, n))
		}
	}
	return c
}

// end writes the tail. Without its conditions all rows are read.
func (t *Tail) end(sql []byte, a Args, charset string, whole bool) string {
	out := []byte(" AS ")
	out = appendName(out, t.Alias)
	if whole || !written(t.Where, a, charset) || !written(t.Order, a, charset) {
		return string(out)
	}
	out = appendPieces(out, t.Where, sql, a, charset)
	if t.Limit < 0 {
		return string(out)
	}
	limit, ok := integer(a.Literal(t.Limit))
	offset := int64(0)
	if ok && t.Offset >= 0 {
		offset, ok = integer(a.Literal(t.Offset))
	}
	if ok && limit >= 0 && offset >= 0 && limit+offset >= 0 {
		out = appendPieces(out, t.Order, sql, a, charset)
		out = append(out, " LIMIT "...)
		out = strconv.AppendInt(out, limit+offset, 10)
	}
	return string(out)
}

// appendPieces writes parts of the statement with its parameters as constants.
func appendPieces(out []byte, list []Piece, sql []byte, a Args, charset string) []byte {
	for _, x := range list {
		out = append(out, x.Text...)
		if x.Last > 0 {
			from, _ := a.Token(x.First)
			_, to := a.Token(x.Last)
			out = append(append(append(out, ' '), sql[from:to]...), ' ')
		}
		if x.Param > 0 {
			text, ok := paramText(x.Param-1, a, charset)
			if !ok {
				text = "NULL" // the server refuses the type when it executes the statement
			}
			switch kind := a.Param(x.Param - 1).Kind; {
			case x.Typed && kind == value.Int:
				text = "CAST(" + text + " AS SIGNED)"
			case x.Typed && kind == value.Uint:
				text = "CAST(" + text + " AS UNSIGNED)"
			}
			out = append(append(out, ' '), text...)
		}
	}
	return out
}

// written reports whether all parameters of the pieces can be constants.
func written(list []Piece, a Args, charset string) bool {
	for _, x := range list {
		if x.Param > 0 {
			if _, ok := paramText(x.Param-1, a, charset); !ok {
				return false
			}
		}
	}
	return true
}

// paramText writes a parameter as a constant; false if there is none of its type.
func paramText(i int, a Args, charset string) (string, bool) {
	v := a.Param(i)
	if v.Kind == value.Other {
		text := a.Constant(i)
		return text, text != ""
	}
	return string(appendValue(nil, v, charset)), true
}

// where writes the filters: as much of them as can be said in so many words. What is
// left out only brings more rows than needed. Whole: without what may give warnings.
func (t *Gathered) where(b *binding, sql []byte, whole bool) string {
	if len(t.Filters) == 0 {
		return ""
	}
	out := []byte(" WHERE ")
	for i := range t.Filters {
		if i > 0 {
			out = append(out, " OR "...)
		}
		n := 0
		and := func() {
			if n++; n > 1 {
				out = append(out, " AND "...)
			}
		}
		for j := range t.Filters[i].In {
			f := &t.Filters[i].In[j]
			c, ok := t.Table.Column(f.Column)
			if ok && f.fits(c, b.args) {
				and()
				out = f.append(out, b)
			}
		}
		for j := range t.Filters[i].Pushed {
			f := &t.Filters[i].Pushed[j]
			if !whole && f.fits(t.Table, b.args) && written(f.Pieces, b.args, b.route.Charset) {
				and()
				out = appendPieces(out, f.Pieces, sql, b.args, b.route.Charset)
			}
		}
		if n == 0 {
			return ""
		}
	}
	return string(out)
}

// fits reports whether the values are such that a server compares them with the columns
// without converting these.
func (p *Pushed) fits(t *rules.Table, a Args) bool {
	for i := range p.Fits {
		c, ok := t.Column(p.Fits[i].Column)
		if !ok || !comparable(c, p.Fits[i].Value.Value(a)) {
			return false
		}
	}
	return true
}

func comparable(c *rules.Column, v value.Value) bool {
	switch v.Kind {
	case value.Null:
		return true
	case value.String:
		return textual(c.Type) || slices.ContainsFunc([]string{"enum", "date", "time"}, func(p string) bool { return strings.HasPrefix(c.Type, p) })
	case value.Other: // a parameter with a time
		return strings.HasPrefix(c.Type, "date") || strings.HasPrefix(c.Type, "time")
	case value.Int, value.Uint, value.Decimal, value.Float:
		return slices.ContainsFunc([]string{"tinyint", "smallint", "mediumint", "int", "bigint", "decimal", "float", "double", "year"}, func(p string) bool { return strings.HasPrefix(c.Type, p) })
	}
	return false
}

// fits reports whether all values are of the column's own type. Comparing others
// makes the server convert each row's value, with a warning for each that it cannot:
// those must come from the statement itself.
func (l *InList) fits(c *rules.Column, a Args) bool {
	for i := range l.Values {
		v := l.Values[i].Value(a)
		switch {
		case v.Kind == value.Null:
		case textual(c.Type), strings.HasPrefix(c.Type, "enum"):
			if v.Kind != value.String {
				return false
			}
		case strings.Contains(c.Type, "int"):
			if v.Kind != value.Int && v.Kind != value.Uint {
				return false
			}
		default:
			return false
		}
	}
	return true
}

func (l *InList) append(out []byte, b *binding) []byte {
	out = append(appendName(out, l.Column), " IN ("...)
	for i := range l.Values {
		if i > 0 {
			out = append(out, ',')
		}
		out = appendValue(out, l.Values[i].Value(b.args), b.route.Charset)
	}
	return append(out, ')')
}

// text writes the statement as the host runs it.
func (g *Gather) text(sql []byte, a Args, host *rules.Shard, direct []*rules.Shard) []byte {
	return apply(sql, g.edits(sql, a, host, direct), a, g.schemaOn(host))
}

// edits are those of the text as the host runs it.
func (g *Gather) edits(sql []byte, a Args, host *rules.Shard, direct []*rules.Shard) []Edit {
	edits := make([]Edit, len(g.Edits))
	for i := range g.Edits {
		edits[i] = g.Edits[i].Edit
		if g.Edits[i].Pieces != nil {
			edits[i].Text = g.pieces(g.Edits[i].Pieces, sql, a, host, direct)
		}
	}
	return edits
}

// schemaOn says which shard of a database stands for it on the host.
func (g *Gather) schemaOn(host *rules.Shard) func(*rules.Database) *rules.Shard {
	return func(db *rules.Database) *rules.Shard {
		if len(g.Catalogue) > 0 {
			return host // the temporary tables of the catalogue are there
		}
		for _, s := range db.Shards {
			if s.Group == host.Group {
				return s
			}
		}
		return host
	}
}

func (g *Gather) pieces(list []Piece, sql []byte, a Args, host *rules.Shard, direct []*rules.Shard) string {
	var out []byte
	for _, x := range list {
		out = appendPieces(out, []Piece{x}, sql, a, g.Relay.Route.Charset)
		if x.Place == 0 {
			continue
		}
		p := &g.Places[x.Place-1]
		schema, name := host.Schema, temp(p.Table, p.Nth)
		if d := direct[p.Table]; d != nil {
			schema, name = d.Schema, g.Tables[p.Table].Name
		} else if g.Tables[p.Table].Own {
			name = g.Tables[p.Table].Name
		}
		out = appendName(out, schema)
		if x.Schema {
			continue
		}
		out = appendName(append(out, '.'), name)
		if direct[p.Table] != nil {
			out = append(out, g.Tables[p.Table].Selection()...)
		}
		if p.Alias != "" {
			out = appendName(append(out, " AS "...), p.Alias)
		}
	}
	return string(out)
}

// Explain writes what is copied, with symbolic values.
func (g *Gather) Explain(w *Printer) {
	w.Line("gather on one server%s%s", g.Relay.traits(), g.Lock)
	w.Nest(func() {
		for i := range g.Tables {
			g.Tables[i].explain(w, &g.Relay.Route)
		}
		for _, c := range g.Catalogue {
			w.Line("rows of information_schema.%s on all groups", c.Table)
		}
	})
}

func (t *Gathered) explain(w *Printer, r *Route) {
	columns := "all columns"
	if t.Columns != nil {
		columns = strings.Join(t.Columns, ", ")
	}
	line := "rows of " + t.Database.Name + "." + t.Name + t.Selection() + " (" + columns + ")"
	if t.Places > 1 {
		line += fmt.Sprintf(", %d copies", t.Places)
	}
	if t.Tail != nil {
		line += ", conditions"
		if t.Tail.Limit >= 0 {
			line += ", order and limit"
		}
		line += " by the shards"
	}
	for i := range t.Filters {
		f := &t.Filters[i]
		if t.Tail != nil {
			break
		}
		sep := ", where "
		if i > 0 {
			sep = " or "
		}
		line += sep + f.String()
	}
	if t.Unlocked {
		line += ", not locked"
	}
	if t.Learned != nil {
		line += ", " + t.Learned.Column + " as learned of " + t.Learned.From
	}
	w.Line("%s", line)
	w.Nest(func() {
		for i := range t.Sites {
			t.Sites[i].explain(w, r)
		}
	})
}

// String prints the filter with symbolic values.
func (f *Filter) String() string {
	var parts []string
	for i := range f.In {
		vs := make([]string, len(f.In[i].Values))
		for j := range f.In[i].Values {
			vs[j] = f.In[i].Values[j].String()
		}
		parts = append(parts, f.In[i].Column+" in ("+strings.Join(vs, ", ")+")")
	}
	for i := range f.Pushed {
		parts = append(parts, f.Pushed[i].Text)
	}
	return strings.Join(parts, " and ")
}

package plan

import (
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/sluicedb/sluice/conf"
	"github.com/sluicedb/sluice/parser/value"
	"github.com/sluicedb/sluice/rules"
)

// Relay is one statement on one shard: the client's bytes go to the server, the
// server's bytes go back. It is immutable after Ready and safe for concurrent use.
type Relay struct {
	Class          Class
	Primary        bool           // must not run on a replica: it writes, locks, or has side effects
	Replica        bool           // may run on one: it reads rows of known tables, and does nothing else
	Effects        bool           // may not even run on a replica that a read-only transaction is on
	Acts           bool           // may change rows although it only asks: it calls stored functions
	Tables         []*rules.Table // the tables it names, views expanded
	Occurs         []Occurrence   // what of the text must be locked once the session has LOCK TABLES
	Names          []Rename       // names to show for physical schemas
	Needs          Needs
	Pins           Reason
	RenamedTemp    string   // the new name of the session's temporary table that it renames
	UserVars       []string // lower-case, without @
	WritesUserVars bool
	Columns        []ColumnName // result columns whose name the rewriting would change and that cannot carry an alias
	Edits          []Edit       // changes of the text, in its order; empty: the client's own bytes
	Cacheable      bool         // false: made for the very values of this text
	Route          Route
	UserLocks      bool // it calls a function about user locks
	FreesLocks     bool // it calls RELEASE_ALL_LOCKS()
	Explains       Explain
	Found          Found          // what FOUND_ROWS() says after it
	AsksFound      bool           // it calls FOUND_ROWS()
	Collects       bool           // it reads of information_schema what is on several servers
	Timeless       []*rules.Table // partitioned by time, and no condition says of what time its rows are
	Reply          Reply
	Dropped        Dropped
	AddsUp         []*rules.Shard // those whose cardinality is added in the answer; empty: one server answers
	Unique         *Unique        // what it must claim; nil: nothing
	Offset         int            // the literal of the outermost OFFSET, counted from 1; 0: there is none
	// Proves: an answer with a row, or a change of one, is there only on the shard that
	// has the row which the plan's one Probe names.
	Proves bool
	// Redo: it may run once more in a transaction that was rolled back and is begun anew.
	// All that it does is in its reply and in rows of Tables.
	Redo bool

	fast      bool
	gather    atomic.Pointer[Gather]
	scatter   atomic.Pointer[Scatter]
	split     atomic.Pointer[Split]
	rehearsal atomic.Pointer[Rehearsal]
	kept      sync.Map // what Keep has kept
}

// Dropped is what DROP .. IF EXISTS says of its names.
type Dropped struct {
	All    []Note // of each that stands for nothing, in their order
	Absent []Note // of those that the router knows to do so: no server is sent them
}

// Found is what FOUND_ROWS() says after a statement that answers without rows.
type Found uint8

// What it may be.
const (
	FoundBefore  Found = iota // as before it, or what Needs says
	FoundMatched              // the rows that its info string says it matched
	FoundOne                  // 1: DO, a query of one row that nobody reads
	FoundNone                 // 0: MySQL runs it like a query whose rows go nowhere
	FoundUnsure               // depends on how the server runs subqueries, or on what a procedure does
)

// Skipped returns how many rows the outermost OFFSET skips.
func (p *Relay) Skipped(a Args) uint64 {
	if p == nil || p.Offset == 0 {
		return 0
	}
	n, _ := integer(a.Literal(p.Offset - 1))
	return uint64(max(n, 0))
}

// Keep remembers what the executor has worked out for a shard, or for whatever of a few
// pointers it depends on, and would again for every execution there.
func (p *Relay) Keep(on, v any) { p.kept.Store(on, v) }

// Kept returns what Keep has kept.
func (p *Relay) Kept(on any) (any, bool) { return p.kept.Load(on) }

// Explain says how a plan asks for MySQL's own plan of a statement.
type Explain uint8

// The kinds of EXPLAIN.
const (
	NoExplain      Explain = iota
	ExplainPlan            // runs nothing
	ExplainAnalyze         // runs the statement
)

// Reply is what a cache of replies has to know of a statement.
type Reply struct {
	Stable    bool           // as long as no row of Tables changes, the same text has the same reply
	Unstable  string         // why it is not
	Unnamed   bool           // it may change more than Tables
	Displaces bool           // it may change rows of other keys than those it names
	Writes    []*rules.Table // those of Tables whose rows it may change
	Hint      string         // value of the directive sluice_cache; empty: none
}

// Key returns the one value of the sharding key that all rows have which the statement
// can read or change in sharded tables, with one of these; false if there may be
// others, or no sharded table.
func (p *Relay) Key(a Args) (*rules.Table, value.Value, bool) {
	var t *rules.Table
	var key value.Value
	if p.Reply.Displaces {
		return nil, key, false
	}
	same := func(v value.Value) bool {
		same, certain := t.SameKey(key, v)
		return same && certain
	}
	for i := range p.Route.Sites {
		s := &p.Route.Sites[i]
		switch {
		case s.Table == nil:
			return nil, key, false
		case s.Table.Kind != rules.Sharded:
			continue
		case s.Set == nil || s.Set.op != opValue:
			return nil, key, false
		}
		v := s.Set.src.Value(a)
		if s.Set.src.Use == Store {
			v = s.Table.Stored(v)
		}
		if t == nil {
			t, key = s.Table, v
		} else if !same(v) {
			return nil, key, false
		}
	}
	if t == nil || key.Kind == value.Null {
		return nil, key, false
	}
	for i := range p.Route.Checks {
		if c := &p.Route.Checks[i]; c.Computed || !same(c.Table.Stored(c.Source.Value(a))) {
			return nil, key, false
		}
	}
	return t, key, true
}

// Split returns what KeepSplit has kept; nil if nothing.
func (p *Relay) Split() *Split { return p.split.Load() }

// KeepSplit is KeepGather for writes.
func (p *Relay) KeepSplit(s *Split) { p.split.Store(s) }

// Rehearsal returns what KeepRehearsal has kept; nil if nothing.
func (p *Relay) Rehearsal() *Rehearsal { return p.rehearsal.Load() }

// KeepRehearsal is KeepGather for writes that have to be rehearsed.
func (p *Relay) KeepRehearsal(r *Rehearsal) { p.rehearsal.Store(r) }

// Scatter returns what KeepScatter has kept; false if nothing has been tried.
func (p *Relay) Scatter() (*Scatter, bool) {
	s := p.scatter.Load()
	if s == notScattered {
		return nil, true
	}
	return s, s != nil
}

// KeepScatter is KeepGather for queries that shards can answer; nil says that they cannot.
// What was made for the very values of a text is not kept.
func (p *Relay) KeepScatter(s *Scatter) {
	switch {
	case s == nil:
		s = notScattered
	case !s.Relay.Cacheable:
		return
	}
	p.scatter.Store(s)
}

var notScattered = new(Scatter)

// Gather returns what KeepGather has kept; nil if nothing.
func (p *Relay) Gather() *Gather { return p.gather.Load() }

// KeepGather remembers the plan for values that need rows of several shards. It is
// made when such values first come.
func (p *Relay) KeepGather(g *Gather) { p.gather.Store(g) }

// Rename tells which name a client sees for the physical schemas of a database:
// the logical name when it asked through the logical database.
type Rename struct {
	Database *rules.Database
	Show     string
}

// ColumnName is the name a result column must keep.
type ColumnName struct {
	Physical, Show string
}

// Route is how the shard is found.
type Route struct {
	Rules *rules.Rules
	// Databases whose shards the statement needs. The shard of the first becomes
	// the connection's current schema.
	Databases []*rules.Database
	Sites     []Site
	Checks    []Check
	Probes    []Probe
	Default   *rules.Shard // where to run when nothing decides
	Charset   string       // the session's character set; empty for utf8mb4
	// TenantOnly: every site must be confined to the session's tenant by the text.
	TenantOnly bool
}

// Site is one or more occurrences of tables that share a key and what is known of it.
type Site struct {
	Database   int          // index into Route.Databases
	Table      *rules.Table // nil for a table that the rules do not list
	Name       string       // as written, with the alias
	Key        string       // "saas_users.tenant_id", for decisions
	Set        *Set         // values of the key that matter
	Free       bool         // any shard of the database will do
	Home       *rules.Shard // the one shard there is for it; nil when the table says
	Confine    *Set         // what the text says of the tenant; compared under TenantOnly
	Open       bool         // under TenantOnly: needs no confinement (reference data)
	Considered []string     // for Decision
}

// Check is an assignment to a sharding key: the value must live where the
// statement runs.
type Check struct {
	Database int
	Table    *rules.Table
	Source   Source
	Computed bool // the value is none that is known before the statement runs
}

// Target is where one execution runs, and with what text.
type Target struct {
	Shard  *rules.Shard // its Schema becomes the current schema; nil when Locate is set
	SQL    []byte       // the text to send; nil: the client's own
	Locate *Locate      // not nil: ask first where the rows are, then call BindTo
	Free   bool         // any of several shards would have done: BindTo another if that is better
	Why    Decision
}

// Ready finishes a plan after its fields are set.
func (p *Relay) Ready() *Relay {
	r := &p.Route
	p.fast = len(r.Sites) == 1 && len(r.Databases) == 1 && len(r.Checks) == 0 && len(p.Edits) == 0 && !r.TenantOnly &&
		!r.Sites[0].Free && r.Sites[0].Table != nil && r.Sites[0].Table.Kind == rules.Sharded &&
		r.Sites[0].Set != nil && r.Sites[0].Set.op == opValue && len(r.Databases[0].Shards) > 1
	return p
}

// Show returns the name a client sees for a physical schema of a shard.
func (p *Relay) Show(s *rules.Shard) string {
	for _, n := range p.Names {
		if n.Database == s.Database {
			return n.Show
		}
	}
	return s.Database.Name
}

// Bind finds the shard for the values of one execution. The error is a *Refusal.
func (p *Relay) Bind(sql []byte, a Args) (t Target, err error) {
	err = p.BindInto(&t, sql, a)
	return t, err
}

// BindInto is Bind with the place for its result, which must be zero.
func (p *Relay) BindInto(to *Target, sql []byte, a Args) (err error) {
	if p.Collects {
		return p.scattered()
	}
	for _, t := range p.Timeless {
		if t.Calendar.Unbounded == rules.Deny {
			return timeless(t)
		}
	}
	if !p.fast {
		*to, err = p.bind(sql, a, nil)
		return err
	}
	site := &p.Route.Sites[0]
	b := binding{rules: p.Route.Rules, route: &p.Route, args: a}
	v := site.Set.src.Value(a)
	loc, found := b.place(v, &site.Set.src, site.Table)
	if found != located {
		*to, err = p.bind(sql, a, nil)
		return err
	}
	to.Shard = loc.Shard
	to.Why.byValue(site, &loc, &site.Set.src, &v)
	return nil
}

// BindTo is Bind with the answer to a Locate, or, where the plan leaves a choice
// (Target.Free), with the shard the caller prefers.
func (p *Relay) BindTo(sql []byte, a Args, s *rules.Shard) (Target, error) {
	return p.bind(sql, a, s)
}

// BindNone is Bind with the answer that no shard has the rows of a Locate.
func (p *Relay) BindNone(sql []byte, a Args, l *Locate) (Target, error) {
	var first error
	for _, s := range l.Candidates {
		t, err := p.BindTo(sql, a, s)
		if err == nil {
			return t, nil
		}
		if first == nil {
			first = err
		}
	}
	return Target{}, first
}

// Sample returns a shard on which the statement can be prepared before its
// parameters are known: all candidates describe it alike.
func (p *Relay) Sample() *rules.Shard {
	if s := p.tempHome(); s != nil {
		return s
	}
	if p.Route.Default != nil {
		return p.Route.Default
	}
	return p.Route.Databases[0].Shards[0]
}

// tempHome is where the session's temporary tables are that the statement names; nil if it
// names none.
func (p *Relay) tempHome() *rules.Shard {
	if p.Needs&NeedTempTables == 0 {
		return nil
	}
	for i := range p.Route.Sites {
		if s := &p.Route.Sites[i]; s.Table == nil && s.Home != nil {
			return s.Home
		}
	}
	return nil
}

// On returns where and with what text a statement is prepared on the group of a shard:
// like BindTo, but without looking at values.
func (p *Relay) On(sql []byte, a Args, s *rules.Shard) (Target, error) {
	if p.Collects {
		return Target{}, p.scattered()
	}
	b := binding{rules: p.Route.Rules, route: &p.Route, args: a, prefer: s}
	b.choices = make([]choice, len(p.Route.Databases))
	if home := p.tempHome(); home != nil && b.fill(home.Group) != nil {
		return Target{}, p.scattered() // no other server has the temporary table
	}
	if err := b.settle(); err != nil {
		return Target{}, err
	}
	t := Target{Shard: b.main()}
	if len(p.Edits) > 0 {
		t.SQL = apply(sql, p.Edits, a, b.shardOf)
	}
	return t, nil
}

// binding is one run of Bind.
type binding struct {
	rules      *rules.Rules
	route      *Route
	args       Args
	prefer     *rules.Shard
	located    *rules.Shard
	probe      int
	choices    []choice
	last       rules.Location // of the last value located
	lastSource *Source
}

// choice is the shard of one of the route's databases.
type choice struct {
	shard  *rules.Shard
	site   *Site
	source *Source
	loc    rules.Location
}

func (p *Relay) bind(sql []byte, a Args, s *rules.Shard) (Target, error) {
	var room [8]choice
	b := binding{rules: p.Route.Rules, route: &p.Route, args: a, prefer: s}
	if n := len(p.Route.Databases); n <= len(room) {
		b.choices = room[:n]
	} else {
		b.choices = make([]choice, n)
	}
	if err := b.confined(); err != nil {
		return Target{}, err
	}
	wide, err := b.narrow()
	if err != nil {
		return Target{}, err
	}
	if wide != nil {
		return p.ask(sql, &b, wide)
	}
	return p.finish(sql, &b)
}

// finish settles what is open, checks assignments and writes the text.
func (p *Relay) finish(sql []byte, b *binding) (Target, error) {
	free := true
	for i := range b.choices {
		free = free && b.choices[i].shard == nil
	}
	if err := b.settle(); err != nil {
		return Target{}, err
	}
	if err := b.check(); err != nil {
		return Target{}, err
	}
	t := Target{Free: free, Why: b.why()}
	t.Shard = b.main()
	if len(p.Edits) > 0 {
		t.SQL = apply(sql, p.Edits, b.args, b.shardOf)
	}
	return t, nil
}

func (b *binding) main() *rules.Shard {
	if len(b.choices) == 0 {
		if b.prefer != nil {
			return b.prefer
		}
		return b.route.Default
	}
	return b.choices[0].shard
}

// narrow evaluates all sites. It returns the first one that is on more than one
// shard, if any.
func (b *binding) narrow() (*Site, error) {
	var wide *Site
	for i := range b.route.Sites {
		s := &b.route.Sites[i]
		if s.Free {
			continue
		}
		b.lastSource, b.last = nil, rules.Location{Slot: -1}
		set := b.site(s)
		switch set.count() {
		case 0:
		case 1:
			if err := b.take(s, b.route.Databases[s.Database].Shards[set.first()]); err != nil {
				return nil, err
			}
		default:
			if wide == nil {
				wide = s
			}
		}
	}
	return wide, nil
}

// site evaluates one site to the shards that matter.
func (b *binding) site(s *Site) shardSet {
	db := b.route.Databases[s.Database]
	switch {
	case s.Set.IsNone():
		return shardSet{}
	case s.Home != nil:
		var out shardSet
		out.add(s.Home.Index)
		return out
	case len(db.Shards) == 1 || s.Table == nil:
		return every(db)
	case s.Table.Kind == rules.Single:
		var out shardSet
		out.add(s.Table.Home.Index)
		return out
	case s.Table.Kind == rules.Reference:
		return every(db)
	default:
		return b.shards(s.Set, s.Table)
	}
}

func (b *binding) take(s *Site, shard *rules.Shard) error {
	c := &b.choices[s.Database]
	if c.shard == nil {
		*c = choice{shard: shard, site: s, source: b.lastSource, loc: b.last}
		return nil
	}
	if c.shard != shard {
		return b.apart(c, s, shard)
	}
	if c.source == nil && b.lastSource != nil {
		c.site, c.source, c.loc = s, b.lastSource, b.last
	}
	return nil
}

// ask turns a site on several shards into a Locate, or refuses.
func (p *Relay) ask(sql []byte, b *binding, wide *Site) (Target, error) {
	i, ok := wide.Set.HasLocated()
	if !ok {
		return Target{}, b.spread(wide)
	}
	set := b.site(wide)
	var candidates []*rules.Shard
	set.each(func(n int) { candidates = append(candidates, b.route.Databases[wide.Database].Shards[n]) })
	if b.prefer != nil {
		return p.withLocated(sql, b, i, b.prefer)
	}
	l := b.locateWith(i, candidates)
	if l == nil {
		return Target{}, b.spread(wide)
	}
	if l.Must() && !l.exact() { // the procedure may find another row by it than the question
		return Target{}, l.uncalled("that is no constant of the id's type", "pass the id as it is stored")
	}
	if _, err := p.withLocated(sql, b, i, candidates[0]); err != nil && len(b.route.Checks) == 0 {
		return Target{}, err
	}
	return Target{Locate: l, Why: Decision{Step: StepLocator, Key: l.Table.Name + "." + strings.Join(l.Columns, ", "), Slot: -1, Rule: l.Table.Pos, Considered: wide.Considered}}, nil
}

// withLocated binds once more, with the answer of probe i.
func (p *Relay) withLocated(sql []byte, old *binding, i int, s *rules.Shard) (Target, error) {
	b := &binding{rules: old.rules, route: old.route, args: old.args, prefer: s, located: s, probe: i, choices: make([]choice, len(old.choices))}
	wide, err := b.narrow()
	if err != nil {
		return Target{}, err
	}
	if wide != nil {
		return Target{}, b.spread(wide)
	}
	t, err := p.finish(sql, b)
	if err != nil {
		return Target{}, err
	}
	probe := &b.route.Probes[i]
	t.Why = Decision{Step: StepLocator, Key: probe.Table.Name + "." + strings.Join(probe.Columns, ", "), Slot: -1, Shard: t.Shard.Name, Rule: probe.Table.Pos}
	if probe.Foreign != "" {
		t.Why.Considered = append(t.Why.Considered, probe.Foreign)
	}
	return t, nil
}

// settle gives a shard to the databases that no site decided, all on one group.
func (b *binding) settle() error {
	group, by := "", -1
	for i := range b.choices {
		c := &b.choices[i]
		if c.shard == nil {
			continue
		}
		if by >= 0 && c.shard.Group != group {
			return b.groups(by, i)
		}
		group, by = c.shard.Group, i
	}
	if by >= 0 {
		return b.fill(group)
	}
	return b.fillAny()
}

// fillAny chooses a group that has a shard of every database.
func (b *binding) fillAny() error {
	if len(b.choices) == 0 {
		return nil
	}
	if b.prefer != nil && b.fill(b.prefer.Group) == nil {
		return nil
	}
	if d := b.route.Default; d != nil && b.fill(d.Group) == nil {
		return nil
	}
	var err error
	for _, s := range b.route.Databases[0].Shards {
		if err = b.fill(s.Group); err == nil {
			return nil
		}
	}
	return err
}

// fill chooses, for each open database, a shard on the group.
func (b *binding) fill(group string) error {
	for i := range b.choices {
		if b.choices[i].shard == nil && b.onGroup(i, group) == nil {
			return b.absent(i, group)
		}
	}
	for i := range b.choices {
		if b.choices[i].shard == nil {
			b.choices[i].shard = b.onGroup(i, group)
		}
	}
	return nil
}

// onGroup returns the preferred or else the first shard of database i on a group.
func (b *binding) onGroup(i int, group string) *rules.Shard {
	db := b.route.Databases[i]
	if s := b.prefer; s != nil && s.Database == db && s.Group == group {
		return s
	}
	for _, s := range db.Shards {
		if s.Group == group {
			return s
		}
	}
	return nil
}

func (b *binding) shardOf(db *rules.Database) *rules.Shard {
	for i, d := range b.route.Databases {
		if d == db {
			return b.choices[i].shard
		}
	}
	return nil
}

// check makes sure that no assignment moves a row to another shard. A Rehearsal, which knows
// the rows, may find that there are none, or that they keep their keys.
func (b *binding) check() error {
	for i := range b.route.Checks {
		c := &b.route.Checks[i]
		if b.route.TenantOnly && !b.same(c.Table, c.Source.Value(b.args), b.args.Tenant()) {
			return KeyChange(c.Table, c.Table.Pos)
		}
		if len(c.Table.Database.Shards) == 1 {
			continue
		}
		if c.Computed {
			return wide(KeyChange(c.Table, c.Table.Pos))
		}
		loc, found := b.locate(&c.Source, c.Table)
		if found != located || loc.Shard != b.choices[c.Database].shard {
			return wide(Unsupported("cannot change sharding key "+c.Table.Name+"."+c.Table.Key, c.Table.Pos,
				"leave it out of SET, or insert the row anew and delete the old one"))
		}
	}
	return nil
}

// confined enforces Route.TenantOnly.
func (b *binding) confined() error {
	if !b.route.TenantOnly {
		return nil
	}
	tenant := b.args.Tenant()
	for i := range b.route.Sites {
		s := &b.route.Sites[i]
		if s.Open || s.Set.IsNone() || b.only(s.Confine, s.Table, tenant) {
			continue
		}
		return &Refusal{Number: 1235, State: "42000", Message: "this user may only see tenant " + Show(tenant) + ", and the statement does not confine " + s.Name + " to it",
			Rule: s.pos(), Remedy: "add a condition on the tenant's column of " + s.Name}
	}
	return nil
}

func (s *Site) pos() conf.Pos {
	if s.Table == nil {
		return conf.Pos{}
	}
	return s.Table.Pos
}

// only reports whether every value in the set is the tenant.
func (b *binding) only(s *Set, t *rules.Table, tenant value.Value) bool {
	if s == nil || t == nil {
		return false
	}
	switch s.op {
	case opNone:
		return true
	case opValue:
		v := s.src.Value(b.args)
		return v.Kind != value.Null && b.same(t, v, tenant)
	case opUnion:
		for _, k := range s.kids {
			if !b.only(k, t, tenant) {
				return false
			}
		}
		return true
	case opBoth:
		for _, k := range s.kids {
			if b.only(k, t, tenant) {
				return true
			}
		}
	}
	return false
}

// why explains the shard of the first database.
func (b *binding) why() Decision {
	if len(b.choices) == 0 {
		d := Decision{Step: StepConstant, Slot: -1}
		if s := b.main(); s != nil {
			d.Shard, d.Rule = s.Name, s.Pos
		}
		return d
	}
	best := &b.choices[0]
	for i := range b.choices {
		if best.site == nil || best.source == nil && b.choices[i].source != nil {
			best = &b.choices[i]
		}
	}
	if best.site == nil {
		return b.anyShard()
	}
	d := b.decision(best.site, best.loc, best.source)
	d.Shard = b.choices[0].shard.Name
	return d
}

func (b *binding) anyShard() Decision {
	s := b.choices[0].shard
	d := Decision{Step: StepConstant, Slot: -1, Shard: s.Name, Rule: s.Pos}
	for i := range b.route.Sites {
		if t := b.route.Sites[i].Table; t != nil && t.Kind == rules.Reference {
			d.Step, d.Rule = StepReference, t.Pos
		}
	}
	if len(b.route.Databases[0].Shards) == 1 {
		d.Step = StepOnlyShard
	}
	return d
}

func (b *binding) decision(s *Site, loc rules.Location, src *Source) Decision {
	if src != nil {
		v, d := src.Value(b.args), Decision{}
		d.byValue(s, &loc, src, &v)
		return d
	}
	d := Decision{Slot: -1, Considered: s.Considered}
	switch {
	case s.Table != nil && s.Table.Kind == rules.Single:
		d.Step, d.Rule = StepSingle, s.Table.Pos
	case len(b.route.Databases[s.Database].Shards) == 1:
		d.Step, d.Rule = StepOnlyShard, b.route.Databases[s.Database].Pos
	default:
		d.Step, d.Rule = StepStatement, s.pos()
	}
	return d
}

// byValue explains why a statement runs where the value of a source leads.
func (d *Decision) byValue(s *Site, loc *rules.Location, src *Source, v *value.Value) {
	d.Step = StepStatement
	if src.Kind == FromTenant {
		d.Step = StepTenant
	}
	d.Key, d.Source, d.Value, d.Considered = s.Key, src.label, *v, s.Considered
	d.Slot, d.Pinned, d.Shard, d.Rule = loc.Slot, loc.Pinned, loc.Shard.Name, loc.Pos
}

func itoa(n int) string { return strconv.Itoa(n) }

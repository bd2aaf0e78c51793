package rules

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/sluicedb/sluice/conf"
)

// Compile turns a configuration and what is known of the schema into rules, and
// reports every problem of meaning at once. The schema may be nil: then nothing is
// checked against columns and keys, and sharding keys are taken for texts of any length
// in utf8mb4_unicode_ci. The rules are not nil, but must not be used for routing unless
// Problems.Err is nil, for the configuration's own problems too.
func Compile(c *conf.Config, s *Schema) (*Rules, conf.Problems) {
	k := &compiler{
		c: c, schema: s, known: map[string]*collation{},
		r: &Rules{
			Logical: c.Database, byName: map[string]*Database{}, tables: map[string]*Table{},
			shards: map[string]*Shard{}, procedures: map[string]*Procedure{}, pins: map[string]*pin{},
			schema: s,
		},
	}
	if s == nil {
		k.r.schema = NewSchema()
	}
	for _, g := range c.Groups {
		k.r.Groups = append(k.r.Groups, g.Name)
	}
	for _, d := range c.Databases {
		k.database(d)
	}
	k.physical()
	k.oneFamily()
	for _, p := range c.Pins {
		k.pin(p)
	}
	k.unplaced()
	k.locks()
	k.tenants()
	k.problems.Sort()
	return k.r, k.problems
}

// compiler is one run of Compile.
type compiler struct {
	c        *conf.Config
	schema   *Schema // nil when none is known
	known    map[string]*collation
	r        *Rules
	problems conf.Problems
}

func (k *compiler) report(path, remedy, format string, args ...any) {
	k.problems = append(k.problems, k.c.Problem(path, remedy, format, args...))
}

func (k *compiler) warn(path, remedy, format string, args ...any) {
	p := k.c.Problem(path, remedy, format, args...)
	p.Severity = conf.Warning
	k.problems = append(k.problems, p)
}

func (k *compiler) database(c *conf.Database) {
	d := &Database{Name: c.Name, Pos: c.Pos, index: len(k.r.Databases), path: c.Path}
	lower := strings.ToLower(c.Name)
	switch other := k.r.byName[lower]; {
	case other != nil:
		k.report(c.Path, "", "is the same database as %s: names differ in case only", other.Name)
		return
	case lower == strings.ToLower(k.r.Logical) && len(k.c.Databases) > 1:
		k.report(c.Path, "give the logical database another name", "is also the name of the logical database")
	}
	k.r.byName[lower] = d
	k.r.Databases = append(k.r.Databases, d)
	if len(c.Shards) == 0 {
		k.report(c.Path+".shards", "", "has no shard")
		return
	}
	for _, s := range c.Shards {
		k.shard(d, s)
	}
	k.slots(d, c)
	if len(d.Shards) == 1 {
		d.unlisted = &Table{Database: d, Kind: Single, Home: d.Shards[0], Pos: d.Pos}
	}
	for _, t := range c.Tables {
		k.table(d, c, t)
	}
	k.globalKeys(d, c)
	for _, p := range c.Procedures {
		k.procedure(d, p)
	}
}

func (k *compiler) shard(d *Database, c *conf.Shard) {
	s := &Shard{Name: c.Name, Database: d, Index: len(d.Shards), Group: c.Group, Schema: c.Schema, Pos: c.Pos}
	d.Shards = append(d.Shards, s)
	if c.Group != "" && !slices.Contains(k.r.Groups, c.Group) {
		k.report(c.Path+".group", oneOf("groups", c.Group, k.r.Groups), "no group named %q", c.Group)
	}
	if first := k.r.shards[c.Name]; first != nil && c.Name != "" {
		k.report(c.Path+".name", "", "%q is also the shard at %s", c.Name, first.Pos)
		return
	}
	k.r.shards[c.Name] = s
}

// locks finds the group that owns the user locks: the one named, or that of the first
// shard.
func (k *compiler) locks() {
	want := k.c.Locks.Group
	for _, d := range k.r.Databases {
		for _, s := range d.Shards {
			if k.r.Locks == nil && (want == "" || s.Group == want) {
				k.r.Locks = s
			}
		}
	}
	if k.r.Locks == nil && want != "" {
		k.report("locks.group", oneOf("groups", want, k.r.Groups), "no shard is on group %q", want)
	}
}

// physical finds two shards that are one schema: on one group, or on two groups with
// the same primary.
func (k *compiler) physical() {
	primary := map[string]string{}
	for _, g := range k.c.Groups {
		primary[g.Name] = g.Primary
	}
	seen := map[string]*Shard{}
	for _, d := range k.r.Databases {
		for _, s := range d.Shards {
			place := primary[s.Group] + "/" + strings.ToLower(s.Schema)
			if first := seen[place]; first != nil && primary[s.Group] != "" {
				k.problems = append(k.problems, conf.Problem{
					Pos: s.Pos, Path: d.path + ".shards", Remedy: "give each shard a schema of its own",
					Text: fmt.Sprintf("shards %s and %s are both schema %s on %s", first.Name, s.Name, s.Schema, primary[s.Group]),
				})
				continue
			}
			seen[place] = s
		}
	}
}

// slots gives every slot to one shard, and reports those that nobody or several claim.
func (k *compiler) slots(d *Database, c *conf.Database) {
	const free = ^uint16(0)
	for i := range d.Slots {
		d.Slots[i] = free
	}
	for i, s := range c.Shards {
		for j, r := range s.Slots {
			k.claim(d, i, r, rangePath(k.c, s, j))
		}
	}
	if gaps := ranges(d.Slots[:], free); len(gaps) > 0 {
		k.report(c.Path+".shards", "every slot from 0 to 4095 needs a shard", "no shard has slots %s", printRanges(gaps))
	}
}

// rangePath is the path of the j-th range of a shard, which may be written without a
// list.
func rangePath(c *conf.Config, s *conf.Shard, j int) string {
	path := s.Path + ".slots"
	if element := fmt.Sprintf("%s[%d]", path, j); c.Has(element) {
		return element
	}
	return path
}

func (k *compiler) claim(d *Database, shard int, r conf.SlotRange, path string) {
	at := k.c.At(path)
	taken := map[uint16][]conf.SlotRange{}
	for slot := r.First; slot <= r.Last && slot < Slots; slot++ {
		if owner := d.Slots[slot]; int(owner) < len(d.Shards) {
			taken[owner] = appendSlot(taken[owner], slot)
			continue
		}
		d.Slots[slot], d.rule[slot] = uint16(shard), at
	}
	for _, owner := range slices.Sorted(maps.Keys(taken)) {
		k.report(path, "", "slots %s belong to shard %s already", printRanges(taken[owner]), d.Shards[owner].Name)
	}
}

// ranges lists the slots with a value.
func ranges(slots []uint16, value uint16) []conf.SlotRange {
	var out []conf.SlotRange
	for i, v := range slots {
		if v == value {
			out = appendSlot(out, i)
		}
	}
	return out
}

// appendSlot adds a slot behind the others.
func appendSlot(rs []conf.SlotRange, slot int) []conf.SlotRange {
	if n := len(rs); n > 0 && rs[n-1].Last == slot-1 {
		rs[n-1].Last = slot
		return rs
	}
	return append(rs, conf.SlotRange{First: slot, Last: slot})
}

// printRanges prints up to eight ranges.
func printRanges(rs []conf.SlotRange) string {
	const most = 8
	var words []string
	for _, r := range rs[:min(len(rs), most)] {
		words = append(words, r.String())
	}
	if len(rs) > most {
		words = append(words, fmt.Sprintf("and %d more ranges", len(rs)-most))
	}
	return strings.Join(words, ", ")
}

// shardOf finds a shard that a part of database d names, and reports when there is
// none.
func (k *compiler) shardOf(d *Database, name, path string) *Shard {
	var names []string
	for _, s := range d.Shards {
		if s.Name == name {
			return s
		}
		names = append(names, s.Name)
	}
	k.report(path, oneOf("shards", name, names), "database %s has no shard named %q", d.Name, name)
	return nil
}

// oneOf is the remedy for a name that is not among names.
func oneOf(what, name string, names []string) string {
	if near, ok := conf.Nearest(name, names); ok && len(names) > 4 {
		return "did you mean " + near + "?"
	}
	const most = 12
	if len(names) > most {
		return fmt.Sprintf("%s are %s, and %d more", what, strings.Join(names[:most], ", "), len(names)-most)
	}
	return what + " are " + strings.Join(names, ", ")
}

func (k *compiler) procedure(d *Database, c *conf.Procedure) {
	p := &Procedure{Name: c.Name, Database: d, TenantParam: -1, RowParam: -1, Run: c.Run, Pos: c.Pos}
	if k.r.procedures[Key(d.Name, c.Name)] != nil {
		k.report(c.Path, "remove one of them", "is there twice: names differ in case only")
		return
	}
	k.r.procedures[Key(d.Name, c.Name)] = p
	if k.schema != nil {
		p.Def, _ = k.schema.Procedure(d.Name, c.Name)
		if p.Def == nil && len(k.schema.Procedures) > 0 {
			k.report(c.Path, "", "the schema has no such procedure")
		}
	}
	switch c.Run {
	case conf.RunSingle:
		p.Home = k.homeOf(d, c.Shard, c.Path)
	case conf.RunTenant:
		k.tenantParameter(p, c)
	case conf.RunRow:
		k.rowParameter(p, c)
	}
}

// homeOf is the shard that something single lives on: the one it names, or the only
// one.
func (k *compiler) homeOf(d *Database, name, path string) *Shard {
	switch {
	case name != "":
		return k.shardOf(d, name, path+".shard")
	case len(d.Shards) == 1:
		return d.Shards[0]
	}
	k.report(path, "add shard: and the name of one", "does not say on which of the %d shards it is", len(d.Shards))
	return nil
}

func (k *compiler) tenantParameter(p *Procedure, c *conf.Procedure) {
	p.TenantParam = k.parameter(p, c.Path+".tenant_parameter", c.TenantParameter)
}

// rowParameter finds the parameter that holds the id of a row, and the tables it may be of.
func (k *compiler) rowParameter(p *Procedure, c *conf.Procedure) {
	p.RowParam = k.parameter(p, c.Path+".row_parameter", c.RowParameter)
	for i, name := range c.Tables {
		path := fmt.Sprintf("%s.tables[%d]", c.Path, i)
		t, ok := k.r.Table(name)
		switch {
		case !ok || t.Database != p.Database:
			var names []string
			for _, t := range p.Database.Tables {
				names = append(names, t.Name)
			}
			k.report(path, oneOf("tables", name, names), "%s has no table %s", p.Database.Name, name)
		case t.Kind != Sharded:
			k.report(path, "name a sharded table", "the rows of %s say nothing of a shard", name)
		case len(t.Columns) > 0 && t.ID() == "":
			k.report(path, "", "the primary key of %s is not one column", name)
		default:
			p.Rows = append(p.Rows, t)
		}
	}
}

// parameter finds a parameter that decides where a procedure runs; -1 if there is none.
func (k *compiler) parameter(p *Procedure, path, name string) int {
	if p.Def == nil {
		if k.schema == nil {
			k.warn(path, "name its files under schema", "without a schema nobody knows which parameter it is, and calls are refused")
		}
		return -1
	}
	at := -1
	var names []string
	for i, q := range p.Def.Parameters {
		names = append(names, q.Name)
		if strings.EqualFold(q.Name, name) {
			at = i
		}
	}
	switch {
	case name == "":
	case at < 0:
		k.report(path, oneOf("parameters", name, names), "the procedure has no parameter %s", name)
	case strings.EqualFold(p.Def.Parameters[at].Mode, "OUT"):
		k.report(path, "", "%s is an OUT parameter, which holds nothing when the call begins", name)
	}
	return at
}

// unplaced warns of tables of the schema that the configuration does not place.
func (k *compiler) unplaced() {
	if k.schema == nil {
		if k.anySharded() {
			k.warn("databases", "name the SQL files under schema",
				"no schema is known: sharding keys are taken for texts in %s, and keys are not checked", assumed)
		}
		return
	}
	for _, key := range slices.Sorted(maps.Keys(k.schema.Tables)) {
		t := k.schema.Tables[key]
		placed := k.r.tables[strings.ToLower(t.Name)]
		d, known := k.r.Database(t.Database)
		if placed != nil && (t.Database == "" || strings.EqualFold(placed.Database.Name, t.Database)) ||
			known && len(d.Shards) == 1 {
			continue
		}
		k.problems = append(k.problems, conf.Problem{
			Pos: t.Pos, Path: t.Name, Severity: conf.Warning,
			Text: "the schema has this table, but no database of the configuration lists it", Remedy: "add it under databases.<name>.tables",
		})
	}
}

func (k *compiler) anySharded() bool {
	for _, t := range k.r.tables {
		if t.Kind == Sharded && len(t.Database.Shards) > 1 {
			return true
		}
	}
	return false
}

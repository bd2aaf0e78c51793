package rules

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/sluicedb/sluice/conf"
)

// Drift compares what the shards of each database really have with each other, and with
// the schema that the rules were compiled with, and reports every difference: the
// table, the column or key, the shards, and what would make them alike. The schemas are
// as a server describes them, one for each shard that could be asked; a shard that is
// not in the map is left out.
//
// Where shards disagree, the definition that most of them have is taken for the right
// one, and the schema's, if there is one, decides a draw.
func (r *Rules) Drift(live map[*Shard]*Schema) conf.Problems {
	d := &drift{r: r}
	for _, db := range r.Databases {
		var shards []*Shard
		for _, s := range db.Shards {
			if live[s] != nil {
				shards = append(shards, s)
			}
		}
		d.database(db, shards, live)
	}
	return d.problems
}

type drift struct {
	r        *Rules
	problems conf.Problems
}

func (d *drift) database(db *Database, shards []*Shard, live map[*Shard]*Schema) {
	names := map[string]bool{}
	for _, s := range shards {
		for _, t := range live[s].Tables {
			names[strings.ToLower(t.Name)] = true
		}
	}
	for _, t := range db.Tables {
		names[strings.ToLower(t.Name)] = true
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		on, t := d.expected(db, name, shards)
		found := map[*Shard]*TableDef{}
		for _, s := range on {
			if def, ok := live[s].Table(db.Name, name); ok {
				found[s] = def
			}
		}
		d.table(db, t, name, on, found)
	}
	d.programs(db, shards, live)
}

// expected is where a table should be: on all shards, or on its home if it is single.
// The table is nil when the rules do not list it.
func (d *drift) expected(db *Database, name string, shards []*Shard) ([]*Shard, *Table) {
	t, ok := d.r.Table(name)
	if !ok || t.Database != db {
		return shards, nil
	}
	if t.Kind != Single {
		return shards, t
	}
	return slices.DeleteFunc(slices.Clone(shards), func(s *Shard) bool { return s != t.Home }), t
}

func (d *drift) table(db *Database, t *Table, name string, on []*Shard, found map[*Shard]*TableDef) {
	pos := db.Pos
	if t != nil {
		name, pos = t.Name, t.Pos
	}
	var missing []*Shard
	for _, s := range on {
		if found[s] == nil {
			missing = append(missing, s)
		}
	}
	if len(missing) > 0 {
		d.report(pos, db, name, "create it there, as the other shards have it", "is missing on %s", shardList(missing))
	}
	whole := map[*Shard]map[string]string{}
	for s, def := range found {
		whole[s] = traits(def)
	}
	if t != nil && t.Def != nil {
		whole[nil] = traits(t.Def)
	}
	d.compare(pos, db, name, on, whole)
}

// compare reports the traits of one thing that differ between shards. The trait set of
// the nil shard is the schema's.
func (d *drift) compare(pos conf.Pos, db *Database, name string, on []*Shard, sets map[*Shard]map[string]string) {
	keys := map[string]bool{}
	for _, set := range sets {
		for k := range set {
			keys[k] = true
		}
	}
	declared, hasDeclared := sets[nil]
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		holders := map[string][]*Shard{}
		for _, s := range on {
			if set, ok := sets[s]; ok {
				holders[set[key]] = append(holders[set[key]], s)
			}
		}
		want := usual(holders, declared[key])
		for _, have := range slices.Sorted(maps.Keys(holders)) {
			if have != want {
				d.differs(pos, db, name, key, holders[have], have, want)
			}
		}
		if hasDeclared && declared[key] != want && len(holders) > 0 && meaningful(key, want, declared[key]) {
			d.report(pos, db, name, "load the schema's files, or correct them", "%s is %s on %s, but %s in the schema",
				key, orNone(want), shardList(holders[want]), orNone(declared[key]))
		}
	}
}

// meaningful says whether a difference between the shards and the schema's files means
// anything: partitions come and go, files need not say the table's properties, and a
// server adds plain keys for foreign keys.
func meaningful(key, live, declared string) bool {
	switch {
	case key == "partitions":
		return false
	case declared == "" && (key == "collation" || key == "engine"):
		return false
	case declared == "" && strings.HasPrefix(key, "key "):
		return strings.HasPrefix(live, "unique")
	}
	return true
}

// usual is the form that most shards have; the declared one wins a draw, then the
// first by text.
func usual(holders map[string][]*Shard, declared string) string {
	best, most := declared, len(holders[declared])
	for _, have := range slices.Sorted(maps.Keys(holders)) {
		if len(holders[have]) > most {
			best, most = have, len(holders[have])
		}
	}
	return best
}

func (d *drift) differs(pos conf.Pos, db *Database, name, key string, on []*Shard, have, want string) {
	remedy := "change it there to " + want
	switch {
	case want == "":
		remedy = "drop it there, or add it to the others"
	case have == "":
		remedy = "add it there: " + want
	}
	d.report(pos, db, name, remedy, "%s is %s on %s, and %s elsewhere", key, orNone(have), shardList(on), orNone(want))
}

func orNone(trait string) string {
	if trait == "" {
		return "missing"
	}
	return trait
}

func (d *drift) report(pos conf.Pos, db *Database, name, remedy, format string, args ...any) {
	d.problems = append(d.problems, conf.Problem{
		Pos: pos, Path: db.Name + "." + name, Remedy: remedy, Text: fmt.Sprintf(format, args...),
	})
}

func shardList(shards []*Shard) string {
	names := make([]string, len(shards))
	for i, s := range shards {
		names[i] = s.Name
	}
	return plural(len(shards), "shard ", "shards ") + strings.Join(names, ", ")
}

// programs compares views and procedures by their text, which a server prints in one
// form, except that it names the shard's own schema.
func (d *drift) programs(db *Database, shards []*Shard, live map[*Shard]*Schema) {
	kinds := map[string]map[*Shard]map[string]string{}
	add := func(name string, s *Shard, trait, text string) {
		if kinds[name] == nil {
			kinds[name] = map[*Shard]map[string]string{}
			for _, other := range shards {
				kinds[name][other] = map[string]string{}
			}
		}
		text = strings.ReplaceAll(text, quote(s.Schema)+".", "")
		kinds[name][s][trait] = brief(strings.Join(strings.Fields(text), " "))
	}
	for _, s := range shards {
		for _, v := range live[s].Views {
			add(v.Name, s, "view", v.Definition)
		}
		for _, p := range live[s].Procedures {
			add(p.Name, s, "procedure", p.Body)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(kinds)) {
		d.compare(db.Pos, db, name, shards, kinds[name])
	}
}

// brief shortens a program for a message, and keeps different ones different.
func brief(text string) string {
	const most = 60
	if len(text) <= most {
		return "`" + text + "`"
	}
	return fmt.Sprintf("`%s...` (%d bytes, hash %04x)", strings.ToValidUTF8(text[:most], ""), len(text), slotHash(text))
}

// traits is all of a table that must be the same on every shard, one line for each
// column, key, foreign key and property. The number of a column's place is one of its
// traits, because INSERT without a column list and SELECT * depend on it.
func traits(t *TableDef) map[string]string {
	out := map[string]string{}
	for i := range t.Columns {
		out["column "+strings.ToLower(t.Columns[i].Name)] = columnTrait(&t.Columns[i], i+1)
	}
	for i := range t.Indexes {
		out["key "+strings.ToLower(t.Indexes[i].Name)] = indexTrait(&t.Indexes[i])
	}
	for i := range t.Foreign {
		out["foreign key "+foreignName(&t.Foreign[i])] = foreignTrait(&t.Foreign[i])
	}
	if p := t.Partition; p != nil {
		out["partitioning"] = p.Method + " (" + strings.ToLower(strings.ReplaceAll(p.Expression, "`", "")) + ")"
		out["partitions"] = strings.Join(p.Names, ", ")
	}
	if t.Collation != "" {
		out["collation"] = t.Collation
	}
	if t.Engine != "" {
		out["engine"] = t.Engine
	}
	return out
}

func columnTrait(c *Column, place int) string {
	words := []string{fmt.Sprintf("no. %d", place), displayless(c.Type)}
	if c.Collation != "" {
		words = append(words, "collate "+c.Collation)
	}
	if !c.Nullable {
		words = append(words, "not null")
	}
	switch {
	case c.Expression:
		words = append(words, "computed")
	case c.Default != nil:
		words = append(words, fmt.Sprintf("default %q", plainDefault(c)))
	}
	return strings.Join(words, " ")
}

// plainDefault is a default without the zeros that servers add to decimals and scripts
// leave out: 0.00 is 0.
func plainDefault(c *Column) string {
	v := *c.Default
	if base, _, _ := splitType(c.Type); (base == "decimal" || base == "float" || base == "double") && strings.Contains(v, ".") {
		v = strings.TrimRight(strings.TrimRight(v, "0"), ".")
	}
	return v
}

// displayless drops the display width of integers, which MySQL 8.0.19 and later no
// longer show, but for tinyint(1).
func displayless(t string) string {
	base, length, _ := splitType(t)
	if _, ok := integerBits(base); !ok || base == "tinyint" && length == 1 {
		return t
	}
	head, rest, ok := strings.Cut(t, "(")
	if !ok {
		return t
	}
	_, tail, _ := strings.Cut(rest, ")")
	return head + tail
}

func indexTrait(x *IndexDef) string {
	var parts []string
	for _, p := range x.Parts {
		part := strings.ToLower(p.Column)
		if p.Column == "" {
			part = "an expression"
		}
		if p.Prefix > 0 {
			part += fmt.Sprintf("(%d)", p.Prefix)
		}
		if p.Descending {
			part += " desc"
		}
		parts = append(parts, part)
	}
	kind := x.Kind
	if x.Unique {
		kind = "unique"
	}
	return strings.TrimSpace(kind + " (" + strings.Join(parts, ", ") + ")")
}

// foreignName names a foreign key by its columns: the names that servers make up
// differ.
func foreignName(f *ForeignDef) string {
	return "(" + strings.ToLower(strings.Join(f.Columns, ", ")) + ")"
}

func foreignTrait(f *ForeignDef) string {
	s := "to " + strings.ToLower(f.Table) + " (" + strings.ToLower(strings.Join(f.References, ", ")) + ")"
	for _, rule := range []struct{ on, does string }{{"delete", f.OnDelete}, {"update", f.OnUpdate}} {
		does := strings.ToLower(rule.does)
		if does != "" && does != "no action" && does != "restrict" {
			s += " on " + rule.on + " " + does
		}
	}
	return s
}

func slotHash(text string) int { return slotOf([]byte(text)) }

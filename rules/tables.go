package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sluicedb/sluice/conf"
	"github.com/sluicedb/sluice/parser/value"
)

// table adds one table to a database.
func (k *compiler) table(d *Database, dc *conf.Database, c *conf.Table) {
	t := &Table{Name: c.Name, Database: d, Kind: kindOf(c.Kind), Key: c.Key, Scatter: policyOf(c.Scatter), Consistency: c.Consistency, Pos: c.Pos, path: c.Path}
	lower := strings.ToLower(c.Name)
	if first := k.r.tables[lower]; first != nil {
		k.report(c.Path, "table names are unique over all databases", "there is a table %s in %s already, at %s", first.Name, first.Database.Name, first.Pos)
		return
	}
	k.r.tables[lower] = t
	d.Tables = append(d.Tables, t)
	k.describe(t, c)
	switch t.Kind {
	case Sharded:
		k.sharded(t, c)
	case Single:
		t.Home = k.homeOf(d, c.Shard, c.Path)
	}
	t.global = append(slices.Clone(dc.GlobalKeys), c.GlobalKeys...)
	if c.Unique != nil {
		t.global = append(t.global, c.Unique.Keys...)
	}
	k.uniques(t, t.global)
	k.enforced(t, c)
	k.foreign(t, c)
	k.calendar(t, c)
}

func kindOf(k conf.Kind) Kind {
	switch k {
	case conf.Single:
		return Single
	case conf.Reference:
		return Reference
	}
	return Sharded
}

func policyOf(p conf.Policy) Policy {
	switch p {
	case conf.Warn:
		return Warn
	case conf.Deny:
		return Deny
	}
	return Allow
}

// describe copies what the schema says of the table.
func (k *compiler) describe(t *Table, c *conf.Table) {
	if k.schema == nil {
		return
	}
	def, ok := k.schema.Table(t.Database.Name, t.Name)
	if !ok {
		remedy := ""
		if near, ok := conf.Nearest(t.Name, k.tableNames()); ok {
			remedy = "did you mean " + near + "?"
		}
		k.report(c.Path, remedy, "the schema has no such table")
		return
	}
	t.Def, t.Columns = def, def.Columns
}

func (k *compiler) tableNames() []string {
	var names []string
	for _, t := range k.schema.Tables {
		names = append(names, t.Name)
	}
	slices.Sort(names)
	return names
}

// sharded checks the key column and the home of rows without a key.
func (k *compiler) sharded(t *Table, c *conf.Table) {
	if c.NullHome != "" {
		t.NullHome = k.shardOf(t.Database, c.NullHome, c.Path+".null_home")
		t.nullRule = k.c.At(c.Path + ".null_home")
	}
	if c.Key == "" {
		return // conf said so
	}
	column := &Column{Name: c.Key, Type: "varchar", Collation: assumed}
	if t.Def != nil {
		var ok bool
		if column, ok = t.Column(c.Key); !ok {
			k.report(c.Path+".key", oneOf("columns", c.Key, columnNames(t.Def)), "the table has no column %s", c.Key)
			return
		}
		t.Key = column.Name
		k.nullable(t, c, column)
	}
	made, err := newKey(column, k.known)
	if err != nil {
		k.report(c.Path+".key", "use an integer, CHAR, VARCHAR, BINARY or VARBINARY column", "%v", err)
		return
	}
	t.key = made
}

func (k *compiler) nullable(t *Table, c *conf.Table, column *Column) {
	only := len(t.Database.Shards) == 1
	switch {
	case !column.Nullable && c.NullHome != "":
		k.warn(c.Path+".null_home", "remove it", "%s is NOT NULL, so there are no rows without a tenant", column.Name)
		t.NullHome = nil // a server that is given NULL stores the type's zero value, which has a home of its own
	case column.Nullable && c.NullHome == "" && only:
		t.NullHome, t.nullRule = t.Database.Shards[0], t.Database.Shards[0].Pos
	case column.Nullable && c.NullHome == "":
		k.report(c.Path, "add null_home: and the name of a shard", "%s may be NULL, and nothing says where such rows live", column.Name)
	}
}

func columnNames(t *TableDef) []string {
	names := make([]string, len(t.Columns))
	for i := range t.Columns {
		names[i] = t.Columns[i].Name
	}
	return names
}

// uniques fills the table's unique keys and warns of those that its shards cannot
// enforce together.
func (k *compiler) uniques(t *Table, global []string) {
	if t.Def == nil {
		return
	}
	var loose []string
	for _, x := range t.Def.Indexes {
		if !x.Unique {
			continue
		}
		named := slices.ContainsFunc(global, func(g string) bool { return strings.EqualFold(g, x.Name) })
		whole := t.Kind != Sharded || len(t.Database.Shards) == 1 || x.has(t.Key)
		if !whole && !named {
			loose = append(loose, x.String())
		}
		if columns, plain := x.columns(); plain {
			t.Uniques = append(t.Uniques, Index{Name: x.Name, Columns: columns, Global: whole || named})
		}
	}
	slices.SortStableFunc(t.Uniques, func(a, b Index) int { return primaryFirst(a.Name) - primaryFirst(b.Name) })
	if len(loose) > 0 {
		k.warn(t.path, "add the column to the keys, or let Sluice enforce them with unique: {keys: [..]}, or, if the applications keep them unique, name them under global_keys",
			"not enforced over shards: unique %s without %s: %s", plural(len(loose), "key", "keys"), t.Key, strings.Join(loose, ", "))
	}
	k.numbered(t)
}

// numbered warns of columns that each shard numbers by itself.
func (k *compiler) numbered(t *Table) {
	if t.Kind != Sharded || len(t.Database.Shards) == 1 {
		return
	}
	for i := range t.Def.Columns {
		if c := &t.Def.Columns[i]; c.Numbered {
			k.warn(t.path, "let the applications make the numbers, or use UUIDs", "rows on several shards get equal numbers: %s is AUTO_INCREMENT, and each shard counts by itself", c.Name)
		}
	}
}

// columns lists the columns of a key without expressions.
func (x *IndexDef) columns() ([]string, bool) {
	var out []string
	for _, p := range x.Parts {
		if p.Column == "" {
			return nil, false
		}
		out = append(out, p.Column)
	}
	return out, true
}

func primaryFirst(name string) int {
	if name == "PRIMARY" {
		return 0
	}
	return 1
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// globalKeys reports names under global_keys that no table has a unique key of.
func (k *compiler) globalKeys(d *Database, c *conf.Database) {
	if k.schema == nil {
		return
	}
	check := func(names []string, path, where string, tables []*Table) {
		for i, name := range names {
			has := func(t *Table) bool { return t.hasUnique(name) }
			if !slices.ContainsFunc(tables, has) {
				k.report(fmt.Sprintf("%s.global_keys[%d]", path, i), "", "%s has no unique key named %s", where, name)
			}
		}
	}
	check(c.GlobalKeys, c.Path, "no table of the database", d.Tables)
	for _, tc := range c.Tables {
		if t := k.r.tables[strings.ToLower(tc.Name)]; t != nil && t.Database == d {
			check(tc.GlobalKeys, tc.Path, "the table", []*Table{t})
		}
	}
}

func (t *Table) hasUnique(name string) bool {
	if t.Def == nil {
		return true // unknown: say nothing
	}
	return slices.ContainsFunc(t.Def.Indexes, func(x IndexDef) bool { return x.Unique && strings.EqualFold(x.Name, name) })
}

// foreign fills the foreign keys and reports those that a server could not check,
// because the parents' rows are elsewhere.
func (k *compiler) foreign(t *Table, c *conf.Table) {
	if t.Def == nil {
		return
	}
	for _, f := range t.Def.Foreign {
		if f.Database != "" && !strings.EqualFold(f.Database, t.Database.Name) {
			k.warn(c.Path, "drop the foreign key", "foreign key %s refers to another database, %s", f.Name, f.Database)
			continue
		}
		t.Foreign = append(t.Foreign, Foreign{Columns: f.Columns, Table: f.Table, References: f.References})
		parent, listed := k.confTable(t.Database.Name, f.Table)
		if len(t.Database.Shards) == 1 || !listed {
			continue
		}
		if why := separated(t, c, parent); why != "" {
			k.report(c.Path, "drop the foreign key, or place both tables alike", "foreign key %s to %s cannot be checked: %s", f.Name, f.Table, why)
		}
	}
}

// confTable finds a table as the configuration places it, be it compiled or not yet.
func (k *compiler) confTable(database, name string) (*conf.Table, bool) {
	for _, d := range k.c.Databases {
		if !strings.EqualFold(d.Name, database) {
			continue
		}
		for _, t := range d.Tables {
			if strings.EqualFold(t.Name, name) {
				return t, true
			}
		}
	}
	return nil, false
}

// separated says why rows of a table and of its parent can be on different shards.
func separated(t *Table, c, parent *conf.Table) string {
	switch {
	case parent.Kind == conf.Reference:
		return ""
	case t.Kind == Reference:
		return fmt.Sprintf("every shard has a copy of %s, and its parent is %s", t.Name, parent.Kind)
	case t.Kind == Sharded && parent.Kind == conf.Single:
		return "the parent lives on one shard only"
	case t.Kind == Single && parent.Kind == conf.Sharded:
		return "the parent's rows are on all shards"
	case t.Kind == Single && parent.Shard != c.Shard:
		return "the parent lives on another shard"
	}
	return ""
}

// calendar checks the partition column and fills the calendar.
func (k *compiler) calendar(t *Table, c *conf.Table) {
	if c.Calendar == nil {
		return
	}
	zone, ok := conf.ParseOffset(c.Calendar.TimeZone)
	if !ok || strings.Count(c.Calendar.Pattern, "YYYY") != 1 || strings.Count(c.Calendar.Pattern, "MM") != 1 {
		return // conf said so
	}
	t.Calendar = &Calendar{Column: c.Calendar.Column, Pattern: c.Calendar.Pattern, CatchAll: c.Calendar.CatchAll, Zone: zone, Unbounded: policyOf(c.Calendar.Unbounded)}
	if t.Def == nil {
		return
	}
	path := c.Calendar.Path + ".column"
	column, ok := t.Column(c.Calendar.Column)
	if !ok {
		k.report(path, oneOf("columns", c.Calendar.Column, columnNames(t.Def)), "the table has no column %s", c.Calendar.Column)
		return
	}
	switch base, _, _ := splitType(column.Type); base {
	case "timestamp":
		t.Calendar.Form = BoundSeconds
	case "datetime":
		t.Calendar.Form = BoundDateTime
	case "date":
		t.Calendar.Form = BoundDate
	default:
		k.report(path, "use a TIMESTAMP, DATETIME or DATE column", "%s has type %s", column.Name, column.Type)
	}
	for _, x := range t.Def.Indexes {
		if x.Unique && !x.has(column.Name) {
			k.report(path, "a partition column must be in every unique key", "is not part of the key %s", x.String())
		}
	}
	k.partitioned(t, c)
}

// partitioned compares the calendar with the partitions that the schema has.
func (k *compiler) partitioned(t *Table, c *conf.Table) {
	p := t.Def.Partition
	if p == nil {
		k.warn(c.Calendar.Path, "partition the table, or remove the calendar", "the schema's table has no partitions")
		return
	}
	for _, name := range p.Names {
		if _, ok := t.Calendar.Parse(name); !ok && !strings.EqualFold(name, t.Calendar.CatchAll) {
			k.warn(c.Calendar.Path+".pattern", "", "the table's partition %s fits neither the pattern %s nor the catch-all", name, t.Calendar.Pattern)
		}
	}
}

// oneFamily reports key columns that would put one tenant's rows on different slots.
// Placement is the same for all sharded tables, and joins rely on that.
func (k *compiler) oneFamily() {
	count := map[string]int{}
	first := map[string]*Table{}
	usual := ""
	k.eachSharded(func(t *Table) {
		f := t.key.family()
		count[f]++
		if first[f] == nil {
			first[f] = t
		}
		if usual == "" || count[f] > count[usual] {
			usual = f
		}
	})
	k.eachSharded(func(t *Table) {
		if f := t.key.family(); f != usual {
			k.report(t.path+".key", "give the columns the same type and collation",
				"%s.%s is %s, but %s.%s is %s: a tenant's rows would not be together", t.Name, t.Key, f, first[usual].Name, first[usual].Key, usual)
		}
	})
}

// eachSharded visits the sharded tables that have a usable key, in order.
func (k *compiler) eachSharded(visit func(*Table)) {
	for _, d := range k.r.Databases {
		for _, t := range d.Tables {
			if t.Kind == Sharded && t.key.kind != noKey {
				visit(t)
			}
		}
	}
}

// tenantKey is the key of some sharded table: all have the same.
func (k *compiler) tenantKey() (key, bool) {
	var found key
	k.eachSharded(func(t *Table) {
		if found.kind == noKey {
			found = t.key
		}
	})
	return found, found.kind != noKey
}

func (k *compiler) pin(c *conf.Pin) {
	tenantKey, ok := k.tenantKey()
	if !ok {
		k.report(c.Path, "", "there is no sharded table")
		return
	}
	var buf keyBuffer
	b, ok := tenantKey.bytes(value.Value{Kind: value.String, S: c.Tenant}, &buf)
	if !ok {
		k.report(c.Path+".tenant", "", "%q cannot be a tenant: the key column could not hold it", c.Tenant)
		return
	}
	if first := k.r.pins[string(b)]; first != nil {
		same := "is pinned twice"
		if first.tenant != c.Tenant {
			same = "is the same tenant as " + first.tenant + " for MySQL, and pinned twice"
		}
		k.report(c.Path+".tenant", "keep one of them", "%s %s, first at %s", c.Tenant, same, k.c.At(first.path))
		return
	}
	p := &pin{tenant: c.Tenant, path: c.Path, homes: make([]pinned, len(k.r.Databases))}
	k.r.pins[string(b)] = p
	for i, name := range c.Shards {
		k.pinShard(p, name, fmt.Sprintf("%s.shards[%d]", c.Path, i))
	}
}

func (k *compiler) pinShard(p *pin, name, path string) {
	s := k.r.shards[name]
	if s == nil {
		k.report(path, oneOf("shards", name, k.shardNames()), "no shard named %q", name)
		return
	}
	home := &p.homes[s.Database.index]
	if home.shard != nil {
		k.report(path, "name one shard of each database", "%s and %s are both shards of %s", home.shard.Name, name, s.Database.Name)
		return
	}
	*home = pinned{shard: s, pos: k.c.At(path)}
}

func (k *compiler) shardNames() []string {
	var names []string
	for _, d := range k.r.Databases {
		for _, s := range d.Shards {
			names = append(names, s.Name)
		}
	}
	return names
}

// tenants checks the tenants that users are bound to.
func (k *compiler) tenants() {
	tenantKey, ok := k.tenantKey()
	if !ok {
		return
	}
	for _, u := range k.c.Users {
		var buf keyBuffer
		if _, ok := tenantKey.bytes(value.Value{Kind: value.String, S: u.Tenant}, &buf); u.Tenant != "" && !ok {
			k.report(u.Path+".tenant", "", "%q cannot be a tenant: the key column could not hold it", u.Tenant)
		}
	}
}

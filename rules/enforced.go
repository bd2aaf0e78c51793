package rules

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/cespare/xxhash/v2"

	"github.com/sluicedb/sluice/conf"
)

// Enforced is a unique key without the sharding key that Sluice enforces over all shards
// by a lookup table, in which each value of the key is claimed by a tenant.
type Enforced struct {
	Name    string
	Columns []Column
	Tenant  Column   // the sharding key
	Group   string   // keeps the lookup table
	Lookup  string   // name of the lookup table, in schema sluice
	Pos     conf.Pos // of the rule
}

// Has reports whether a column is part of the key.
func (e *Enforced) Has(column string) bool {
	return slices.ContainsFunc(e.Columns, func(c Column) bool { return strings.EqualFold(c.Name, column) })
}

// enforced checks the rule of a table about unique keys, and follows it.
func (k *compiler) enforced(t *Table, c *conf.Table) {
	if c.Unique == nil || t.Kind != Sharded {
		return
	}
	if t.Def == nil {
		k.report(c.Unique.Path, "name the SQL file with the table under schema", "needs to know the table's columns")
		return
	}
	group := c.Unique.Group
	switch {
	case group != "" && !slices.Contains(k.r.Groups, group):
		k.report(c.Unique.Path+".group", oneOf("groups", group, k.r.Groups), "no group named %q", group)
		return
	case group == "":
		group = t.Database.Shards[0].Group
	}
	tenant, ok := t.Column(t.Key)
	if !ok {
		return // reported already
	}
	for _, x := range t.Def.Indexes {
		at := slices.IndexFunc(c.Unique.Keys, func(name string) bool { return strings.EqualFold(name, x.Name) })
		if at < 0 || !x.Unique {
			continue
		}
		columns, ok := k.enforceable(t, &x, fmt.Sprintf("%s.keys[%d]", c.Unique.Path, at))
		if !ok || len(t.Database.Shards) == 1 {
			continue // one server sees to it
		}
		e := Enforced{Name: x.Name, Columns: columns, Tenant: *tenant, Group: group, Pos: c.Unique.Pos}
		e.Lookup = lookupName(t, &e)
		t.Enforced = append(t.Enforced, e)
	}
	slices.SortStableFunc(t.Enforced, func(a, b Enforced) int {
		if t.CheckedBefore(a.Name, b.Name) {
			return -1
		}
		return 1
	})
	for i, name := range c.Unique.Keys {
		if !t.hasUnique(name) {
			k.report(fmt.Sprintf("%s.keys[%d]", c.Unique.Path, i), oneOf("unique keys", name, uniqueNames(t.Def)), "the table has no unique key named %s", name)
		}
	}
}

func uniqueNames(t *TableDef) []string {
	var out []string
	for _, x := range t.Indexes {
		if x.Unique {
			out = append(out, x.Name)
		}
	}
	return out
}

// checkedAt orders keys as a server checks them: the primary key, then those whose
// columns are all NOT NULL.
func (t *Table) checkedAt(name string, columns []string) int {
	nullable := func(name string) bool {
		c, ok := t.Column(name)
		return !ok || c.Nullable
	}
	switch {
	case name == "PRIMARY":
		return 0
	case !slices.ContainsFunc(columns, nullable):
		return 1
	}
	return 2
}

// CheckedBefore reports whether a server looks for duplicates of one unique key before it
// does for another.
func (t *Table) CheckedBefore(name, other string) bool {
	at := func(name string) int {
		for i := range t.Def.Indexes {
			x := &t.Def.Indexes[i]
			if strings.EqualFold(x.Name, name) {
				columns, _ := x.columns()
				return t.checkedAt(x.Name, columns)*len(t.Def.Indexes) + i
			}
		}
		return -1
	}
	return at(name) < at(other)
}

// enforceable returns the columns of a key if its values can be claimed.
func (k *compiler) enforceable(t *Table, x *IndexDef, path string) ([]Column, bool) {
	if x.has(t.Key) {
		k.warn(path, "remove it from the rule", "contains %s, so each shard enforces it by itself", t.Key)
		return nil, false
	}
	var out []Column
	for _, f := range t.Def.Foreign {
		if strings.EqualFold(f.OnUpdate, "CASCADE") && slices.ContainsFunc(f.Columns, x.has) {
			k.report(path, "drop ON UPDATE CASCADE", "foreign key %s would change its columns behind Sluice", f.Name)
			return nil, false
		}
	}
	for _, p := range x.Parts {
		if p.Column == "" || p.Prefix > 0 {
			k.report(path, "use a key over whole columns", "%s has a part that is an expression or the beginning of a column", x.String())
			return nil, false
		}
		c, ok := t.Column(p.Column)
		if !ok {
			return nil, false
		}
		if c.Expression {
			k.report(path, "let the application make the values", "a server makes the values of %s", c.Name)
			return nil, false
		}
		if !claimable(c) {
			k.report(path, "use integers, CHAR, VARCHAR, VARBINARY or DATE", "%s has type %s", c.Name, c.Type)
			return nil, false
		}
		out = append(out, *c)
	}
	return out, true
}

// claimable reports whether values of a column mean the same on any server.
func claimable(c *Column) bool {
	switch c.Base() {
	case "tinyint", "smallint", "mediumint", "int", "integer", "bigint", "char", "varchar", "varbinary", "date":
		return true
	}
	return false
}

// Base is the type without its length and attributes.
func (c *Column) Base() string {
	base, _, _ := splitType(c.Type)
	return base
}

// Length is the number in parentheses behind the type; 0 if there is none.
func (c *Column) Length() int {
	_, n, _ := splitType(c.Type)
	return n
}

// lookupName names a lookup table after the key and after what makes values equal: a
// key over other columns or collations begins a new one.
func lookupName(t *Table, e *Enforced) string {
	h := xxhash.New()
	for _, c := range append(slices.Clone(e.Columns), e.Tenant) {
		_, _ = h.WriteString(c.Name + "\x00" + c.Type + "\x00" + c.Collation + "\x00")
	}
	_, _ = h.WriteString(Key(t.Database.Name, t.Name) + "\x00" + strings.ToLower(e.Name))
	var sum [8]byte
	binary.BigEndian.PutUint64(sum[:], h.Sum64())
	name := "unique_" + t.Name + "_" + e.Name
	const most = 64 - 9 // of MySQL's 64 characters
	if r := []rune(name); len(r) > most {
		name = string(r[:most])
	}
	return name + "_" + hex.EncodeToString(sum[:4])
}

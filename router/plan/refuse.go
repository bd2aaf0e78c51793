package plan

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/sluicedb/sluice/conf"
	"github.com/sluicedb/sluice/parser/value"
	"github.com/sluicedb/sluice/rules"
)

// spread refuses a site that is on more than one shard.
func (b *binding) spread(s *Site) *Refusal {
	set := b.site(s)
	db := b.route.Databases[s.Database]
	if s.Table == nil {
		return Unsupported(fmt.Sprintf("%s is not a table of the rules, and database %s has %d shards", s.Name, db.Name, len(db.Shards)), db.Pos, "")
	}
	if s.Table.Kind == rules.Reference {
		return wide(Unsupported("a write to reference table "+s.Table.Name+" must reach its copies on all shards of "+db.Name, s.Table.Pos, ""))
	}
	if v, src := b.unroutable(s.Set, s.Table); src != nil {
		return wide(Unsupported(fmt.Sprintf("the shard of %s cannot be told from %s: %s is not exactly a value of key %s", s.Name, Show(v), src, s.Key),
			s.Table.Pos, "compare the key with a value of its own type and character set"))
	}
	if s.Set != nil && set.count() < len(db.Shards) {
		return wide(Unsupported(fmt.Sprintf("the statement needs rows of %s on several shards: %s", s.Name, b.names(set, db)),
			s.Table.Pos, "name one "+s.Table.Key+" per statement"))
	}
	return wide(Unsupported("the statement does not say on which of "+strconv.Itoa(len(db.Shards))+" shards the rows of "+s.Name+" are",
		s.Table.Pos, remedy(s.Table)))
}

func remedy(t *rules.Table) string {
	return "add " + t.Key + " = '...' to its conditions"
}

func (b *binding) names(set shardSet, db *rules.Database) string {
	var names []string
	set.each(func(i int) {
		if len(names) < 4 {
			names = append(names, db.Shards[i].Name)
		}
	})
	if n := set.count(); n > len(names) {
		return fmt.Sprintf("%s and %d more", strings.Join(names, ", "), n-len(names))
	}
	return strings.Join(names, ", ")
}

// unroutable finds a source in the set whose value Locate does not take.
func (b *binding) unroutable(s *Set, t *rules.Table) (value.Value, *Source) {
	if s == nil {
		return value.Value{}, nil
	}
	if s.op == opValue {
		if _, found := b.locate(&s.src, t); found == anywhere {
			return s.src.Value(b.args), &s.src
		}
	}
	for _, k := range s.kids {
		if v, src := b.unroutable(k, t); src != nil {
			return v, src
		}
	}
	return value.Value{}, nil
}

// apart refuses two sites of one database that are on different shards.
func (b *binding) apart(c *choice, s *Site, shard *rules.Shard) *Refusal {
	return wide(Unsupported(fmt.Sprintf("the statement needs %s on shard %s and %s on shard %s", c.site.Name, c.shard.Name, s.Name, shard.Name),
		s.pos(), "split it into one statement per shard"))
}

// scattered refuses to read on one server what is on several.
// timeless refuses a statement that would look into all partitions of a table.
func timeless(t *rules.Table) *Refusal {
	return Unsupported("the statement does not say of what time the rows of "+t.Name+" are, and would look into all of its partitions", t.Pos,
		"add a condition like "+t.Calendar.Column+" >= '...'")
}

func (p *Relay) scattered() *Refusal {
	return wide(Unsupported("what the statement reads of information_schema is on several servers", p.Route.Databases[0].Pos, "ask for one database"))
}

// groups refuses databases whose shards are on different groups.
func (b *binding) groups(i, j int) *Refusal {
	x, y := b.choices[i], b.choices[j]
	return wide(Unsupported(fmt.Sprintf("the statement needs %s on shard %s of group %s and %s on shard %s of group %s",
		x.site.Name, x.shard.Name, x.shard.Group, y.site.Name, y.shard.Name, y.shard.Group),
		y.shard.Pos, "split it into one statement per database"))
}

// absent refuses a database that has no shard on the group the others need.
func (b *binding) absent(i int, group string) *Refusal {
	db := b.route.Databases[i]
	return wide(Unsupported(fmt.Sprintf("database %s has no shard on group %s, where the statement's other tables are", db.Name, group),
		db.Pos, "split it into one statement per database"))
}

// maxName is how many characters the name of a table may have.
const maxName = 64

// UnknownTable is MySQL's own answer for a table that the logical database does
// not have.
func UnknownTable(database, table string) *Refusal {
	switch {
	case utf8.RuneCountInString(table) > maxName:
		return &Refusal{Number: 1059, State: "42000", Message: "Identifier name '" + table + "' is too long"}
	case table == "" || strings.HasSuffix(table, " "):
		return &Refusal{Number: 1103, State: "42000", Message: "Incorrect table name '" + table + "'"}
	}
	return &Refusal{Number: 1146, State: "42S02", Message: "Table '" + database + "." + table + "' doesn't exist", Table: table}
}

// UnknownDatabase is MySQL's own answer for a database that does not exist.
func UnknownDatabase(name string) *Refusal {
	return &Refusal{Number: 1049, State: "42000", Message: "Unknown database '" + name + "'"}
}

// NoDatabase is MySQL's own answer for an unqualified name without a current
// database.
func NoDatabase() *Refusal {
	return &Refusal{Number: 1046, State: "3D000", Message: "No database selected"}
}

// KeyChange refuses an assignment to a sharding key that cannot be checked.
func KeyChange(t *rules.Table, pos conf.Pos) *Refusal {
	return Unsupported("cannot change sharding key "+t.Name+"."+t.Key, pos, "assign the row's own value, or leave the column out")
}

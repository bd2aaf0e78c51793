package spread

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/sluicedb/sluice/rules"
)

// Logical is the database under which clients see the tables of all databases.
const Logical = "saas"

// Table says where a table's rows live.
type Table struct {
	Database, Name string
	Kind           string // as in the configuration: sharded, single, reference
	Key            string // of a sharded table
}

// Schema is some tables, how they are placed, and the statements that make and fill them.
type Schema struct {
	Tables []Table
	// Setup begins in the database of the first table; USE changes it.
	Setup []string
}

// Layout is how a schema is cut.
type Layout struct {
	Name   string
	Shards int    // of each database
	Apart  bool   // shards of one range are on another server in every database
	More   string // further configuration
}

var placement = regexp.MustCompile(`^(\w+)\.([\pL\w-]+)(?: by ([\pL\w ]+))?$`)

// Place adds tables of one kind from a text such as "shop.orders by tenant_id, shop.items
// by tenant_id".
func (s *Schema) Place(kind, text string) error {
	for part := range strings.SplitSeq(text, ",") {
		m := placement.FindStringSubmatch(strings.TrimSpace(part))
		if m == nil || (kind == "sharded") != (m[3] != "") {
			return fmt.Errorf("%s: %q is not database.table, with \" by column\" where it is sharded", kind, part)
		}
		s.Tables = append(s.Tables, Table{Database: m[1], Name: m[2], Kind: kind, Key: m[3]})
	}
	return nil
}

// databases are in the order of their first table.
func (s *Schema) databases() []string {
	var out []string
	for _, t := range s.Tables {
		if !slices.Contains(out, t.Database) {
			out = append(out, t.Database)
		}
	}
	return out
}

// of returns the statements of one database; of all if it is empty.
func (s *Schema) of(database string) []string {
	var out []string
	current := s.Tables[0].Database
	for _, q := range s.Setup {
		if rest, ok := strings.CutPrefix(q, "USE "); ok {
			current = strings.Trim(rest, " ;`")
			continue
		}
		if database == "" || database == current {
			out = append(out, q)
		}
	}
	return out
}

var (
	creates  = regexp.MustCompile(`(?i)^\s*create\b`)
	programs = regexp.MustCompile(`(?i)^\s*create\s+(procedure|function|trigger|event)\b`)
)

// script is the schema as the configuration reads it: definitions without rows.
func (s *Schema) script() string {
	var b strings.Builder
	for _, d := range s.databases() {
		fmt.Fprintf(&b, "USE %s;\n", d)
		for _, q := range s.of(d) {
			switch {
			case programs.MatchString(q): // it may have statements of its own
				b.WriteString("DELIMITER //\n" + q + " //\nDELIMITER ;\n")
			case creates.MatchString(q):
				b.WriteString(strings.TrimRight(q, "; \n") + ";\n")
			}
		}
	}
	return b.String()
}

// config is the configuration of a Sluice in front of the servers at the addresses.
func (s *Schema) config(l Layout, addrs []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "version: 1\ndatabase: %s\nlisten: [{address: \"127.0.0.1:0\"}]\nschema: [schema.sql]\n", Logical)
	b.WriteString("users: [{name: app, password: \"\", hosts: [127.0.0.0/8]}]\ngroups:\n")
	for i, a := range addrs {
		fmt.Fprintf(&b, "  g%d: {primary: %q, user: sluice, password: \"\"}\n", i, a)
	}
	b.WriteString(l.More + "databases:\n")
	for n, d := range s.databases() {
		fmt.Fprintf(&b, "  %s:\n    shards:\n", d)
		for i := range l.Shards {
			group := i
			if l.Apart {
				group += n
			}
			fmt.Fprintf(&b, "      - {name: %s-%d, group: g%d, schema: %s, slots: [%d-%d]}\n", d, i, group%len(addrs),
				physical(d, i), i*rules.Slots/l.Shards, (i+1)*rules.Slots/l.Shards-1)
		}
		b.WriteString("    tables:\n")
		for _, t := range s.Tables {
			if t.Database == d {
				fmt.Fprintf(&b, "      %q: %s\n", t.Name, t.rule(l))
			}
		}
	}
	return b.String()
}

func physical(database string, shard int) string { return fmt.Sprintf("%s_s%d", database, shard) }

// rule is the table's place as the configuration writes it. What is single lives on the
// last shard, what has no key on the first.
func (t *Table) rule(l Layout) string {
	switch t.Kind {
	case "sharded":
		return fmt.Sprintf("{kind: sharded, key: %q, null_home: %s-0}", t.Key, t.Database)
	case "single":
		return fmt.Sprintf("{kind: single, shard: %s-%d}", t.Database, l.Shards-1)
	}
	return "{kind: reference}"
}

package router

import (
	"strconv"
	"strings"

	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/router/plan"
	"github.com/sluicedb/sluice/rules"
)

// Where information_schema adds up numbers of several shards, or no group has a shard of
// every database, its rows are gathered: each table that names schemas is read on all
// groups and put together in a temporary table.

// additive are the columns that are added over the shards of a table.
func additive(table string) string {
	switch table {
	case "TABLES", "PARTITIONS":
		return "TABLE_ROWS DATA_LENGTH INDEX_LENGTH DATA_FREE"
	case "STATISTICS":
		return "CARDINALITY"
	}
	return ""
}

// identity are the columns by which the rows of shards are told to be the same; empty
// where one shard of a database tells all.
func identity(table string) string {
	switch table {
	case "TABLES":
		return "TABLE_SCHEMA TABLE_NAME"
	case "PARTITIONS":
		return "TABLE_SCHEMA TABLE_NAME PARTITION_NAME SUBPARTITION_NAME"
	case "STATISTICS":
		return "TABLE_SCHEMA TABLE_NAME INDEX_NAME SEQ_IN_INDEX"
	}
	return ""
}

// tableColumn is the column that names the table a row is about.
func tableColumn(table string, t infoTable) string {
	for _, c := range []string{"TABLE_NAME", "EVENT_OBJECT_TABLE"} {
		if isOneOf(c, t.columns) && table != "VIEWS" {
			return c
		}
	}
	return ""
}

// collects reports whether what the statement reads of information_schema is on several
// servers. It reads nothing else of ours then.
func (a *analysis) collects() bool {
	if len(a.infos) == 0 || a.elsewhere() {
		return false
	}
	if !a.together() {
		return true
	}
	for _, name := range a.infos {
		if additive(name) != "" && a.sharded() {
			return true
		}
	}
	return false
}

// elsewhere reports whether the statement also reads tables of its own.
func (a *analysis) elsewhere() bool {
	for _, l := range a.leaves {
		if l.system == "" && !l.metadata {
			return true
		}
	}
	return false
}

func (a *analysis) sharded() bool {
	for _, db := range a.r.rules.Databases {
		if len(db.Shards) > 1 {
			return true
		}
	}
	return false
}

// together reports whether a group has a shard of every database.
func (a *analysis) together() bool {
	for _, s := range a.r.rules.Databases[0].Shards {
		if onGroup(a.r.rules.Databases, s.Group) {
			return true
		}
	}
	return false
}

func onGroup(databases []*rules.Database, group string) bool {
	for _, db := range databases {
		found := false
		for _, s := range db.Shards {
			found = found || s.Group == group
		}
		if !found {
			return false
		}
	}
	return true
}

// catalogue makes the plan of a statement whose edits read temporary tables.
func (a *analysis) catalogue(p *plan.Relay) *plan.Gather {
	g := &plan.Gather{Relay: p, Catalogue: a.catalogued}
	for _, e := range p.Edits {
		g.Edits = append(g.Edits, plan.GatherEdit{Edit: e})
	}
	return g
}

// catalogueOnce refuses a common table expression that is read twice and reads what is in a
// temporary table, which a server opens once.
func (a *analysis) catalogueOnce() error {
	ctes, info := a.stmt.CTEs(), map[int]bool{} // by the token of their name
	for i := range ctes {
		c, times := &ctes[i], 0
		for _, n := range a.stmt.Names() {
			other := a.stmt.CTEOf(ctes, n)
			if other != nil && other.First == c.First && n.Role == parser.TableName {
				times++
			}
			if n.First() < c.Open || n.First() > c.Close || n.Role != parser.TableName {
				continue
			}
			l := a.systemNamed(a.stmt.DatabaseOf(n), a.stmt.TableOf(n))
			info[c.First] = info[c.First] || other == nil && l != nil && l.mapped() || other != nil && info[other.First]
		}
		if info[c.First] && times > 1 {
			return unsupportedf("a common table expression that reads information_schema is read twice, and the statement needs several servers")
		}
	}
	return nil
}

// infoTemp begins the names of temporary tables with rows of information_schema.
const infoTemp = "sluice_info_"

// collected adds the derived table that stands for one of information_schema whose rows
// have been gathered.
func (b *infoBuilder) collected(name string, t infoTable) {
	temp := infoTemp + strconv.Itoa(len(b.into.catalogued))
	b.text("(SELECT " + strings.ReplaceAll(t.columns, " ", ", ") + " FROM ")
	b.edits = append(b.edits, plan.Edit{First: b.at, Last: b.at - 1, Database: b.into.r.rules.Databases[0], Text: "." + temp + ")"})
	b.into.catalogued = append(b.into.catalogued, plan.Catalogue{
		Table: name, Temp: temp, Ours: b.ours, Columns: strings.Fields(t.columns), Schemas: strings.Fields(t.schemas), Texts: strings.Fields(t.texts),
		Subject: tableColumn(name, t), Identity: strings.Fields(identity(name)), Added: strings.Fields(additive(name)),
		Programs: programsIn(name),
	})
}

package router

import (
	"strings"

	"github.com/pingcap/tidb/pkg/parser/ast"

	"github.com/sluicedb/sluice/router/plan"
	"github.com/sluicedb/sluice/rules"
)

// The lists that SHOW makes from information_schema, as "source column=title".
const (
	showStatusColumns   = "TABLE_NAME=Name,ENGINE=Engine,VERSION=Version,ROW_FORMAT=Row_format,TABLE_ROWS=Rows,AVG_ROW_LENGTH=Avg_row_length,DATA_LENGTH=Data_length,MAX_DATA_LENGTH=Max_data_length,INDEX_LENGTH=Index_length,DATA_FREE=Data_free,AUTO_INCREMENT=Auto_increment,CREATE_TIME=Create_time,UPDATE_TIME=Update_time,CHECK_TIME=Check_time,TABLE_COLLATION=Collation,CHECKSUM=Checksum,CREATE_OPTIONS=Create_options,TABLE_COMMENT=Comment"
	showTriggersColumns = "TRIGGER_NAME=Trigger,EVENT_MANIPULATION=Event,EVENT_OBJECT_TABLE=Table,ACTION_STATEMENT=Statement,ACTION_TIMING=Timing,CREATED=Created,SQL_MODE=sql_mode,DEFINER=Definer,CHARACTER_SET_CLIENT=character_set_client,COLLATION_CONNECTION=collation_connection,DATABASE_COLLATION=Database Collation"
	showEventsColumns   = "EVENT_SCHEMA=Db,EVENT_NAME=Name,DEFINER=Definer,TIME_ZONE=Time zone,EVENT_TYPE=Type,EXECUTE_AT=Execute at,INTERVAL_VALUE=Interval value,INTERVAL_FIELD=Interval field,STARTS=Starts,ENDS=Ends,STATUS=Status,ORIGINATOR=Originator,CHARACTER_SET_CLIENT=character_set_client,COLLATION_CONNECTION=collation_connection,DATABASE_COLLATION=Database Collation"
	showRoutinesColumns = "ROUTINE_SCHEMA=Db,ROUTINE_NAME=Name,ROUTINE_TYPE=Type,IF(EXTERNAL_LANGUAGE IS NULL; 'SQL'; EXTERNAL_LANGUAGE)=Language,DEFINER=Definer,LAST_ALTERED=Modified,CREATED=Created,SECURITY_TYPE=Security_type,ROUTINE_COMMENT=Comment,CHARACTER_SET_CLIENT=character_set_client,COLLATION_CONNECTION=collation_connection,DATABASE_COLLATION=Database Collation"
)

// showFrom plans a SHOW as the query of information_schema that a server makes of it:
// the tokens up to LIKE or WHERE are replaced, the rest stays.
type showFrom struct {
	name    string // of the database, as asked
	table   string // of information_schema
	columns string
	where   string // what the rows must be; %s stands for the database
	order   string // titles
	like    string // the title that LIKE is asked of
}

// showStatus plans SHOW TABLE STATUS, TRIGGERS and EVENTS.
func (a *analysis) showStatus(n *ast.ShowStmt) (plan.Node, error) {
	if n.DBName != "" && isSystem(n.DBName) {
		return a.onAny(0)
	}
	name, dbs, err := a.asked(n.DBName)
	if err != nil {
		return nil, err
	}
	switch n.Tp {
	case ast.ShowTableStatus:
		return a.showInfo(n, dbs, showFrom{name: name, table: "TABLES", columns: showStatusColumns, where: "TABLE_SCHEMA = %s", order: "Name", like: "Name"})
	case ast.ShowTriggers:
		return a.showInfo(n, dbs, showFrom{name: name, table: "TRIGGERS", columns: showTriggersColumns, where: "TRIGGER_SCHEMA = %s", order: "Table, Event, Timing", like: "Table"})
	default:
		return a.showInfo(n, dbs, showFrom{name: name, table: "EVENTS", columns: showEventsColumns, where: "EVENT_SCHEMA = %s", order: "Db, Name", like: "Name"})
	}
}

// showRoutines plans SHOW PROCEDURE STATUS and SHOW FUNCTION STATUS.
func (a *analysis) showRoutines(n *ast.ShowStmt) (plan.Node, error) {
	s := showFrom{table: "ROUTINES", columns: showRoutinesColumns, where: "ROUTINE_TYPE = 'PROCEDURE'", order: "Db, Name", like: "Name"}
	if n.Tp == ast.ShowFunctionStatus {
		s.where = "ROUTINE_TYPE = 'FUNCTION'"
	}
	if a.env.Dialect.Version < 90000 { // JavaScript came with 9.0
		before, after, _ := strings.Cut(s.columns, "IF(")
		_, after, _ = strings.Cut(after, "=Language,")
		s.columns = before + after
	}
	return a.showInfo(n, a.r.rules.Databases, s)
}

func (a *analysis) showInfo(n *ast.ShowStmt, dbs []*rules.Database, s showFrom) (plan.Node, error) {
	a.expressions(nil, n.Where)
	for _, db := range dbs {
		a.leaves = append(a.leaves, a.wholeDatabase(db))
	}
	a.infos = append(a.infos, s.table)
	p, err := a.relay(plan.Read)
	if err != nil {
		return nil, err
	}
	t := a.infoTable(s.table)
	b := infoBuilder{into: a, ours: s.name != "", databases: dbs, logical: a.r.rules.Logical}
	b.text("SELECT * FROM (SELECT ")
	for i, c := range strings.Split(s.columns, ",") {
		source, title, _ := strings.Cut(c, "=")
		if i > 0 {
			b.text(", ")
		}
		b.text(strings.ReplaceAll(source, ";", ",") + " AS `" + title + "`")
	}
	b.text(" FROM ")
	b.derived(s.table, t)
	b.text(" AS i WHERE " + strings.ReplaceAll(s.where, "%s", quoted(s.name)) + ") AS `show` ")
	a.wrap(p, &b, a.filter(&b, n, s.like), "`"+strings.ReplaceAll(s.order, ", ", "`, `")+"`")
	return p.Ready(), nil
}

// wrap puts the builder's text in the place of the tokens before end, and an order
// behind the last.
func (a *analysis) wrap(p *plan.Relay, b *infoBuilder, end int, order string) {
	last := len(a.stmt.Tokens) - 1
	edits := append(b.edits, plan.Edit{First: 0, Last: end - 1})
	edits = append(edits, p.Edits...)
	p.Edits = append(edits, plan.Edit{First: last + 1, Last: last, Behind: true, Text: " ORDER BY " + order})
}

// filter begins the condition that the LIKE or WHERE of a SHOW continues, and returns
// the index of its token; of the end when there is neither.
func (a *analysis) filter(b *infoBuilder, n *ast.ShowStmt, title string) int {
	word := "where"
	if n.Pattern != nil {
		word = "like"
		b.text("WHERE `" + title + "` ")
	} else if n.Where == nil {
		return len(a.stmt.Tokens)
	}
	for i := range a.stmt.Tokens {
		if a.stmt.Is(i, word) {
			return i
		}
	}
	return len(a.stmt.Tokens)
}

// rowsWhere plans a SHOW with WHERE over rows that the rules know: a server is given
// the rows and asked for those that fit.
func (a *analysis) rowsWhere(n *ast.ShowStmt, columns []plan.Column, rows [][]string) (plan.Node, error) {
	a.expressions(nil, n.Where)
	p, err := a.relay(plan.Read)
	if err != nil {
		return nil, err
	}
	b := infoBuilder{}
	b.text("SELECT * FROM (")
	for i, row := range rows {
		if i > 0 {
			b.text(" UNION ALL ")
		}
		b.text("SELECT ")
		for j := range columns {
			if j > 0 {
				b.text(", ")
			}
			b.text(quoted(row[j]) + " AS `" + strings.ReplaceAll(columns[j].Name, "`", "``") + "`")
		}
	}
	if len(rows) == 0 {
		b.text("SELECT '' AS `" + columns[0].Name + "`, '' AS `Table_type` LIMIT 0")
	}
	b.text(") AS `show` ")
	a.wrap(p, &b, a.filter(&b, n, ""), "1")
	return p.Ready(), nil
}

package proxy

import (
	"errors"
	"strings"

	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/pool"
	"github.com/sluicedb/sluice/router/plan"
)

// carry gives the host's copy of the table that an INSERT fills the columns that its rows
// take along for ON DUPLICATE KEY UPDATE, of the types that the SELECT gives them.
func (g *gathering) carry() error {
	rows := g.rehearsal
	if rows == nil || rows.Rows == nil || len(rows.Rows.Carried) == 0 {
		return nil
	}
	s, t := g.s, g.filledTable()
	if s.snap.mariadb {
		return plan.Unsupported("ON DUPLICATE KEY UPDATE with a column of the SELECT, of an INSERT that needs several shards", t.Database.Pos, "use VALUES(column)")
	}
	values := len(rows.Rows.Columns)
	if values == 0 {
		for _, c := range t.shape.columns {
			if !c.invisible() {
				values++
			}
		}
	}
	types, ok := rows.Types(g.text, s, g.bound.Host, values)
	if !ok {
		return plan.Unsupported("a parameter of this type in INSERT .. SELECT .. ON DUPLICATE KEY UPDATE over several shards", t.Database.Pos, "send it as text")
	}
	shape, err := g.typesOf(types)
	if err != nil {
		return err
	}
	for i := range shape.columns {
		if c := &shape.columns[i]; c.castType() == "" {
			return plan.Unsupported("ON DUPLICATE KEY UPDATE with "+rows.Rows.Carried[i].Text+", a column of the SELECT of type "+c.kind+", of an INSERT that needs several shards", t.Database.Pos, "convert it in the SELECT")
		}
	}
	g.carried, g.carriedOptions = shape.columns, shape.options
	return g.addCarried()
}

// filledTable is the copy of the table that an INSERT fills.
func (g *gathering) filledTable() *gathered {
	for i := range g.tables {
		if g.tables[i].Empty {
			return &g.tables[i]
		}
	}
	return nil
}

// addCarried adds the columns to the copy.
func (g *gathering) addCarried() error {
	if len(g.carried) == 0 {
		return nil
	}
	var add []string
	for _, c := range g.carried {
		line := c.line
		if at := outside(line, " NOT NULL"); at >= 0 { // a row that fails has none yet
			line = line[:at] + " NULL" + line[at+len(" NOT NULL"):]
		}
		if at := outside(line, " DEFAULT "); at >= 0 {
			line = line[:at]
		}
		add = append(add, "ADD COLUMN "+line)
	}
	_, err := g.host.Query("ALTER TABLE " + g.tableName(g.filledTable().Name) + " " + strings.Join(add, ", "))
	return err
}

// typesOf lets the host say of which types the columns of a query are.
func (g *gathering) typesOf(query []byte) (*definition, error) {
	const name = "sluice_types"
	c, s := g.host, g.s
	asked := pool.Want{Settings: s.settings.Without("autocommit").Without("sql_select_limit").With(pool.Setting{Name: "character_set_results", Value: "utf8mb4"})}
	b, _ := c.AppendAdapt(nil, &asked)
	_, err := c.Query(string(b) + "CREATE TEMPORARY TABLE " + g.tableName(name) + " AS " + string(query))
	if e, ok := errors.AsType[*wire.Error](err); ok && e.Number == 1353 {
		return nil, wire.Errorf(1136, "21S01", "Column count doesn't match value count at row 1")
	}
	if err != nil {
		return nil, newNames(g.renames(g.read)).wrap(err)
	}
	c.Adapted(&asked)
	loading := pool.Want{Settings: g.loading()}
	b, _ = c.AppendAdapt(nil, &loading)
	rows, err := c.QueryAll(string(append(b, "SHOW CREATE TABLE "+g.tableName(name)...)))
	if err != nil {
		return nil, err
	}
	c.Adapted(&loading)
	if len(rows) != 1 || len(rows[0]) != 2 {
		return nil, wire.ErrMalformed
	}
	shape, err := readDefinition(string(rows[0][1]))
	if err != nil {
		return nil, err
	}
	_, err = c.Query("DROP TEMPORARY TABLE " + g.tableName(name))
	return shape, err
}

// castType is the type to which a constant is converted so that it is one of the column's
// type; empty: there is none.
func (c *definedColumn) castType() string {
	text := strings.ToLower(strings.TrimSpace(c.line[len(wire.QuoteIdent(c.name)):]))
	kind, _, _ := strings.Cut(text, " ")
	switch c.kind {
	case "tinyint", "smallint", "mediumint", "int", "bigint":
		switch {
		case strings.Contains(text, " zerofill"):
			return ""
		case strings.Contains(text, " unsigned"):
			return "UNSIGNED"
		}
		return "SIGNED"
	case "double", "float":
		if kind != c.kind || strings.Contains(text, " unsigned") || strings.Contains(text, " zerofill") {
			return ""
		}
		return kind
	case "decimal":
		if strings.Contains(text, " zerofill") {
			return ""
		}
		return kind
	case "date", "time", "datetime", "year":
		return kind
	case "timestamp":
		return "datetime" + strings.TrimPrefix(kind, "timestamp")
	case "char", "varchar", "tinytext", "text", "mediumtext", "longtext":
		return "CHAR CHARACTER SET " + c.charset
	case "binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob":
		return "BINARY"
	}
	return ""
}

// appendCarried writes a carried value that was read by fetch as one of the column's own type
// and collation.
func (g *gathering) appendCarried(b, v []byte, c *definedColumn) ([]byte, error) {
	kind := c.castType()
	collation := ""
	if name := c.collation(g.carriedOptions); name != "" {
		collation = " COLLATE " + name
	}
	switch {
	case v == nil:
		return append(b, "CAST(NULL AS "+kind+")"+collation...), nil
	case c.charset != "":
		return append(appendIn(b, c.charset, v), collation...), nil
	case kind == "BINARY":
		return appendHex(append(b, "_binary "...), v), nil
	case c.kind == "timestamp" && strings.Trim(string(v), "0.") == "", strings.HasPrefix(c.kind, "date") && strings.Contains(string(v), "-00"), strings.HasPrefix(string(v), "0000-"):
		return nil, plan.Unsupported("ON DUPLICATE KEY UPDATE with a column of the SELECT that has a zero date, of an INSERT that needs several shards", g.filledTable().Database.Pos, "write NULL")
	case c.kind == "timestamp":
		return append(b, "CAST(FROM_UNIXTIME("+string(v)+") AS "+kind+")"...), nil
	}
	return append(appendText(append(b, "CAST("...), v), " AS "+kind+")"...), nil
}

// collation returns the collation of a column of text, if it is known; options are those of
// its table.
func (c *definedColumn) collation(options string) string {
	if c.charset == "" {
		return ""
	}
	if at := outside(c.line, " COLLATE "); at >= 0 {
		name, _, _ := strings.Cut(c.line[at+len(" COLLATE "):], " ")
		return name
	}
	for w := range strings.FieldsSeq(options) {
		if name, ok := strings.CutPrefix(w, "COLLATE="); ok && outside(c.line, " CHARACTER SET ") < 0 {
			return name
		}
	}
	return ""
}

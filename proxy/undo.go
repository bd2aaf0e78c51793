package proxy

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/parser/wire"
)

// undo takes a statement back from the shards that have it, where what they had before can
// be made again without a doubt about a single value: what was added is dropped, and what
// was changed so that nothing of it could be lost is changed back. Whether that has worked
// is told by the definitions.
func (srv *Server) undo(ctx context.Context, id uint64) (*Definition, error) {
	return srv.withDefinition(ctx, id, func(snap *snapshot, d *Definition) error {
		if _, err := srv.found(ctx, snap, d); err != nil {
			return err
		}
		have := d.with(ddlDone)
		if len(have) == len(d.Shards) {
			return errors.New("every shard has the statement: close it with sluice ddl resume")
		}
		srv.defining.Store(d.ID, true)
		defer srv.defining.Delete(d.ID)
		srv.guard(d.ID, true, d.keys())
		err := srv.takeBack(ctx, snap, d)
		if err == nil {
			d.State = ddlUndone
			srv.save(snap, d)
			if db, ok := snap.rules.Database(d.Database); ok {
				srv.redefine(srv.ctx, db)
			}
			srv.unguard(d.ID)
			srv.log.Warn("a statement about definitions was taken back by an operator", "ddl", d.ID, "from", have)
			return nil
		}
		d.State = ddlPartial
		srv.save(snap, d)
		srv.guard(d.ID, false, d.keys())
		return err
	})
}

// takeBack takes a statement back from all shards that have it, one after the other, and
// makes sure that they are as they were.
func (srv *Server) takeBack(ctx context.Context, snap *snapshot, d *Definition) error {
	if len(d.Objects) != 1 || d.Objects[0].Kind != "TABLE" {
		return errors.New("only what a statement did to one table can be taken back: make the shards alike by hand, and close it with sluice ddl resume --forget")
	}
	defs, err := snap.definitionsOn(ctx, d.places(), d.Objects)
	if err != nil {
		return err
	}
	before := ""
	for i := range d.Shards {
		if d.Shards[i].State != ddlDone {
			before = string(defs[0][i])
		}
	}
	if !addsOnly(d, before == "") {
		return errors.New("only what a statement has added or given another type can be taken back: finish it with sluice ddl resume")
	}
	for i := range d.Shards {
		sh := &d.Shards[i]
		if sh.State != ddlDone {
			sh.State, sh.Error = ddlUndone, ""
			continue
		}
		sh.State = ddlWaiting // whoever comes after us looks whether it has it
		srv.save(snap, d)
		if err := srv.takeBackOn(ctx, snap, d, sh, before, string(defs[0][i])); err != nil {
			return fmt.Errorf("shard %s: %w", sh.Name, err)
		}
		sh.State, sh.Error = ddlUndone, ""
	}
	defs, err = snap.definitionsOn(ctx, d.places(), d.Objects)
	if err != nil {
		return err
	}
	for i := range d.Shards {
		if defs[0][i].hash() != d.Before[0] {
			return fmt.Errorf("shard %s is not as it was: make the shards alike by hand, and close the statement with sluice ddl resume --forget", d.Shards[i].Name)
		}
	}
	return nil
}

// addsOnly reports whether a statement has made a new table, or has only added something to
// one or changed the types of its columns. What drops or renames anything takes values along
// or gives them to another column, which definitions do not tell.
func addsOnly(d *Definition, isNew bool) bool {
	var modes parser.Dialect
	for _, set := range d.Settings {
		if strings.EqualFold(set.Name, "sql_mode") {
			modes.Mode = parser.ModeOf(strings.Trim(set.Value, "'"))
		}
	}
	for i := range d.Shards {
		a, ok := readAlteration(d.Shards[i].SQL, modes)
		if !ok {
			return isNew
		}
		for _, c := range a.clauses {
			if !a.is(0, "CREATE") && !a.is(c[0], "ADD") && !a.is(c[0], "MODIFY") && !a.is(c[0], "ALGORITHM") && !a.is(c[0], "LOCK") {
				return false
			}
		}
	}
	return true
}

// takeBackOn takes a statement back from one shard. Nobody writes meanwhile.
func (srv *Server) takeBackOn(ctx context.Context, snap *snapshot, d *Definition, sh *DefinitionShard, before, now string) error {
	c, stop, err := srv.leaseFor(ctx, snap, d, sh)
	if err != nil {
		return err
	}
	defer c.Release()
	defer stop()
	defer c.Doubt("tables were locked")
	table := wire.QuoteIdent(d.Objects[0].Name)
	modes, err := c.QueryAll("SELECT @@sql_mode")
	if err != nil {
		return err
	}
	strict := strings.Contains(string(modes[0][0]), "STRICT_TRANS_TABLES") || strings.Contains(string(modes[0][0]), "STRICT_ALL_TABLES")
	clauses, checks, why := putBack(before, now, table, strict)
	if why != "" {
		return errors.New(why + ": finish the statement with sluice ddl resume")
	}
	if _, err := c.Query("LOCK TABLES " + table + " WRITE"); err != nil {
		return err
	}
	for _, check := range checks {
		rows, err := c.QueryAll(check)
		if err != nil {
			return err
		}
		if len(rows) > 0 {
			return errors.New("there are rows with values of their own that would be lost: finish the statement with sluice ddl resume")
		}
	}
	if before == "" {
		_, err = c.Query("DROP TABLE " + table)
		return err
	}
	_, err = c.Query("ALTER TABLE " + table + " " + strings.Join(clauses, ", "))
	return err
}

// putBack writes the clauses of an ALTER TABLE that makes a table what it was before, and
// queries that find what would be lost by that. why says why it cannot be done.
func putBack(before, now, table string, strict bool) (clauses, checks []string, why string) {
	if before == "" {
		return nil, []string{"SELECT 1 FROM " + table + " LIMIT 1"}, ""
	}
	if now == "" {
		return nil, nil, "the table is gone with its rows"
	}
	old, err := readLines(before)
	if err != nil {
		return nil, nil, err.Error()
	}
	new, err := readLines(now)
	if err != nil {
		return nil, nil, err.Error()
	}
	if old.options != new.options {
		return nil, nil, "the options or partitions of the table have changed"
	}
	for _, k := range new.others {
		if !slices.Contains(old.others, k) {
			clauses = append(clauses, k.drop())
		}
	}
	for _, c := range new.columns {
		if old.column(c.name) == nil {
			clauses = append(clauses, "DROP COLUMN "+wire.QuoteIdent(c.name))
			if !c.generated {
				checks = append(checks, "SELECT 1 FROM "+table+" WHERE NOT ("+c.exactly(wire.QuoteIdent(c.name))+" <=> "+c.exactly(c.filled())+") LIMIT 1")
			}
		}
	}
	moved := !slices.Equal(old.alike(new), new.alike(old))
	after := "FIRST"
	for _, c := range old.columns {
		o := new.column(c.name)
		switch {
		case o == nil && !c.generated:
			return nil, nil, "column " + c.name + " is gone with its values"
		case o == nil:
			clauses = append(clauses, "ADD COLUMN "+old.inherited(&c)+" "+after)
		case o.line != c.line && !o.keptIn(&c, strict):
			return nil, nil, "values of column " + c.name + " may have been changed"
		case o.line != c.line || moved:
			if most := c.mostText(); most != "" && o.typed() != c.typed() {
				checks = append(checks, "SELECT 1 FROM "+table+" WHERE "+most+" LIMIT 1")
			}
			clauses = append(clauses, "MODIFY COLUMN "+old.inherited(&c)+" "+after)
		}
		after = "AFTER " + wire.QuoteIdent(c.name)
	}
	for _, k := range old.others {
		if slices.Contains(new.others, k) {
			continue
		}
		if strings.Contains(string(k), "`.`") {
			return nil, nil, "a key refers to another database"
		}
		clauses = append(clauses, "ADD "+string(k))
	}
	return clauses, checks, ""
}

// tableLines are the lines of a SHOW CREATE TABLE.
type tableLines struct {
	*definition
	others  []keyLine // keys and constraints
	options string    // what follows the parentheses
}

// keyLine defines a key or a constraint.
type keyLine string

func readLines(text string) (*tableLines, error) {
	d, err := readDefinition(text)
	if err != nil {
		return nil, err
	}
	out := &tableLines{definition: d}
	at := strings.Index(text, "\n)")
	out.options = text[at:]
	for _, line := range strings.Split(text[:at], "\n")[1:] {
		if line = strings.TrimSuffix(strings.TrimSpace(line), ","); !strings.HasPrefix(line, "`") {
			out.others = append(out.others, keyLine(line))
		}
	}
	return out, nil
}

// alike lists the columns that another table has just so.
func (t *tableLines) alike(o *tableLines) []string {
	var out []string
	for _, c := range t.columns {
		if other := o.column(c.name); other != nil && other.line == c.line {
			out = append(out, c.name)
		}
	}
	return out
}

// inherited is how a column is defined, without the collation that it has of its table:
// named, it would be printed as its own.
func (t *tableLines) inherited(c *definedColumn) string {
	at := outside(c.line, " COLLATE ")
	if at < 0 || outside(c.line, " CHARACTER SET ") >= 0 {
		return c.line
	}
	name, rest, _ := strings.Cut(c.line[at+len(" COLLATE "):], " ")
	if !slices.Contains(strings.Fields(t.definition.options), "COLLATE="+name) {
		return c.line
	}
	return strings.TrimSpace(c.line[:at] + " " + rest)
}

// drop writes the clause that drops the key or the constraint.
func (k keyLine) drop() string {
	if strings.HasPrefix(string(k), "PRIMARY KEY") {
		return "DROP PRIMARY KEY"
	}
	from := strings.Index(string(k), "`")
	name := string(k[from : from+closingQuote(string(k[from:]))+1])
	if strings.HasPrefix(string(k), "CONSTRAINT") {
		return "DROP CONSTRAINT " + name
	}
	return "DROP KEY " + name
}

// filled is what a new column holds that nobody has written to.
func (c *definedColumn) filled() string {
	if outside(c.line, " NOT NULL") >= 0 && outside(c.line, " DEFAULT ") < 0 {
		switch c.kind {
		case "tinyint", "smallint", "mediumint", "int", "bigint", "decimal", "float", "double":
			return "0"
		}
		return "''"
	}
	return "DEFAULT(" + wire.QuoteIdent(c.name) + ")"
}

// exactly is an expression for a value of the column that is compared byte by byte.
func (c *definedColumn) exactly(expression string) string {
	if c.charset == "" {
		return expression
	}
	return "CAST(" + expression + " AS BINARY)"
}

// mostText is a condition for texts that the column has no room for, and might cut without a
// word where only spaces are lost; empty if it takes all or is of another type.
func (c *definedColumn) mostText() string {
	name := wire.QuoteIdent(c.name)
	switch c.kind {
	case "varchar":
		return fmt.Sprintf("CHAR_LENGTH(%s) > %d", name, c.width())
	case "text":
		return "LENGTH(" + name + ") > 65535"
	case "mediumtext":
		return "LENGTH(" + name + ") > 16777215"
	}
	return ""
}

// whole are the types of whole numbers: a value of one that has become one of another
// without an error is the same value.
var whole = []string{"tinyint", "smallint", "mediumint", "int", "bigint"}

// texts are the types of texts, each with room for all that the one before it can hold. In
// one with less room spaces at the end may have been cut off without a word.
var texts = []string{"varchar", "text", "mediumtext", "longtext"}

// keptIn reports whether the column has all values that it had by an earlier definition.
// Values that do not fit are errors if the mode is strict.
func (c *definedColumn) keptIn(was *definedColumn, strict bool) bool {
	switch {
	case c.generated != was.generated || c.numbered() != was.numbered() || !strict:
		return false
	case c.generated:
		return true
	case c.charset != was.charset:
		return false
	case c.typed() == was.typed():
		return true
	}
	from, to := slices.Index(texts, was.kind), slices.Index(texts, c.kind)
	return slices.Contains(whole, c.kind) && slices.Contains(whole, was.kind) || from >= 0 && from < to || from == 0 && to == 0 && c.width() >= was.width()
}

// width is the number in the column's type.
func (c *definedColumn) width() int {
	_, n, _ := strings.Cut(c.typed(), "(")
	n, _, _ = strings.Cut(n, ")")
	return atoi([]byte(n))
}

// typed is the type of the column with all that belongs to it.
func (c *definedColumn) typed() string {
	line := c.line[closingQuote(c.line)+1:]
	for _, word := range [...]string{" NOT NULL", " NULL", " DEFAULT ", " COMMENT ", " ON UPDATE ", " AUTO_INCREMENT", " INVISIBLE", " GENERATED "} {
		if at := outside(line, word); at >= 0 {
			line = line[:at]
		}
	}
	return strings.TrimSpace(line)
}

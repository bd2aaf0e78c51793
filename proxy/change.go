package proxy

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/router/plan"
	"github.com/sluicedb/sluice/rules"
)

// change brings what the statement has done to the copy of a table to the table's shards:
// its rows as they were are kept beside the copy, and those that differ are changed by
// their primary key.
func (x *rehearsing) change(ch *plan.Change) error {
	t := x.tableOf(ch)
	d := &difference{x: x, t: t, key: t.shape.primary()}
	if ch.Deletes {
		return d.passedOver(d.delete())
	}
	for i := range d.key {
		name := d.key[i].name
		if slices.Contains(ch.Columns, strings.ToLower(name)) && (t.Table == nil || !strings.EqualFold(name, t.Table.Key)) {
			return plan.Unsupported("the statement needs several shards and changes primary key "+t.Name+"."+name, x.rule(t.Gathered), "change it by a statement for one shard")
		}
	}
	for i := range t.shape.columns {
		c := &t.shape.columns[i]
		named := slices.Contains(ch.Columns, strings.ToLower(c.name))
		switch {
		case c.generated && (named || !ch.Alone && slices.Contains(ch.Named, strings.ToLower(c.name))):
			return plan.Unsupported("UPDATE with "+c.name+", a generated column of "+t.Name+", by a statement that needs rows of several shards", x.rule(t.Gathered), "name the columns that it is made of")
		case t.Table != nil && strings.EqualFold(c.name, t.Table.Key):
			d.fixed = named
		case named:
			d.compared = append(d.compared, *c)
			d.set = append(d.set, *c)
		case c.follows():
			d.set = append(d.set, *c)
		}
	}
	if d.fixed {
		if err := d.stays(); err != nil {
			return err
		}
	}
	err := d.passedOver(d.update())
	if e, ok := errors.AsType[*wire.Error](err); ok && e.Number == 1062 && d.rows > 1 && t.shape.inUnique(ch.Columns) {
		x.s.warned = nil
		return plan.Unsupported("new values of a unique key of "+t.Name+" meet others ("+e.Message+"), and over several shards the order of the changes cannot be kept", x.rule(t.Gathered), "change one row per statement")
	}
	return err
}

// passedOver refuses UPDATE IGNORE and DELETE IGNORE where a shard cannot change a row: the
// statement would have passed over it, and warned.
func (d *difference) passedOver(err error) error {
	e, ok := errors.AsType[*wire.Error](err)
	if !ok || !d.x.r.Ignore || endsTransaction(e.Number) || e.Number == 1205 || d.x.s.whyEnded() != nil {
		return err
	}
	d.x.s.warned = nil
	return plan.Unsupported("rows of "+d.t.Name+" that IGNORE passes over for their constraints ("+e.Message+"), by a statement that needs rows of several shards", d.x.rule(d.t.Gathered), "send one statement per shard")
}

// difference is what a statement has done to the copy of one table.
type difference struct {
	x        *rehearsing
	t        *gathered
	key      []definedColumn // the primary key
	compared []definedColumn // columns that the statement assigns
	set      []definedColumn // those, and columns that follow
	fixed    bool            // it assigns the sharding key
	rows     int             // changed so far
	waiting  []*changeBatch
	bytes    int
}

// changeBatch is one change of rows of one shard that waits.
type changeBatch struct {
	shard *rules.Shard
	set   string // of an UPDATE
	keys  []byte // "(1,'a'),(2,'b')"
	n     int
}

// delete deletes the rows that the copy no longer has.
func (d *difference) delete() error {
	was := d.x.g.tableName(d.t.Temps[1])
	form := d.form(nil)
	return d.each("SELECT "+form.list(0)+","+wire.QuoteIdent(originColumn(d.t.Temps[1]))+" FROM "+was+" AS was WHERE NOT EXISTS (SELECT 1 FROM "+d.x.g.tableName(d.t.Name)+" AS now WHERE "+d.sameKey()+")", form)
}

// update changes the rows that differ.
func (d *difference) update() error {
	form := d.form(d.set)
	return d.each("SELECT "+form.list(0)+","+wire.QuoteIdent(originColumn(d.t.Temps[1]))+" FROM "+d.x.g.tableName(d.t.Name)+" AS now WHERE NOT EXISTS (SELECT 1 FROM "+d.x.g.tableName(d.t.Temps[1])+" AS was WHERE "+
		d.sameKey()+same(d.compared)+")", form)
}

// stays refuses a change of the sharding key.
func (d *difference) stays() error {
	key := d.t.shape.column(d.t.Table.Key)
	moved := false
	err := d.x.eachRow("SELECT 1 FROM "+d.x.g.tableName(d.t.Name)+" AS now WHERE NOT EXISTS (SELECT 1 FROM "+d.x.g.tableName(d.t.Temps[1])+" AS was WHERE "+
		d.sameKey()+same([]definedColumn{*key})+") LIMIT 1", 1, func([][]byte) error {
		moved = true
		return nil
	})
	if err == nil && moved {
		err = plan.KeyChange(d.t.Table, d.t.Table.Pos)
	}
	return err
}

// form says how rows are read: their primary key, and other columns.
func (d *difference) form(more []definedColumn) *rowForm {
	f := newRowForm(append(slices.Clone(d.key), more...))
	return &f
}

// sameKey compares the primary keys of a row as it was and is.
func (d *difference) sameKey() string {
	parts := make([]string, len(d.key))
	for i := range d.key {
		name := wire.QuoteIdent(d.key[i].name)
		parts[i] = "was." + name + "=now." + name
	}
	return strings.Join(parts, " AND ")
}

// same compares columns of a row as it was and is, byte by byte: what is equal may yet be
// another value.
func same(columns []definedColumn) string {
	var b strings.Builder
	for i := range columns {
		c := &columns[i]
		form := func(of string) string { return "HEX(" + of + wire.QuoteIdent(c.name) + ")" }
		switch c.kind {
		case "tinyint", "smallint", "mediumint", "int", "bigint", "decimal", "float", "double", "year", "date", "time", "datetime", "timestamp", "bit":
			form = func(of string) string { return of + wire.QuoteIdent(c.name) }
		case "enum", "set":
			form = func(of string) string { return of + wire.QuoteIdent(c.name) + "+0" }
		case "json":
			form = func(of string) string {
				name := of + wire.QuoteIdent(c.name)
				return "CONCAT(JSON_STORAGE_SIZE(" + name + "),':',HEX(CAST(" + name + " AS CHAR)))" // the text does not tell all types
			}
		}
		b.WriteString(" AND " + form("was.") + " <=> " + form("now."))
	}
	return b.String()
}

// each sends a change for each row that a query of the host finds; behind the columns of
// form stands the number of its shard.
func (d *difference) each(sql string, form *rowForm) error {
	shards := d.t.Database.Shards
	var key, set []byte
	err := d.x.eachRow(sql, form.width()+1, func(row [][]byte) error {
		n, err := strconv.Atoi(string(row[len(row)-1]))
		if err != nil || n >= len(shards) {
			return wire.ErrMalformed
		}
		if key, err = d.keyOf(key[:0], form, row); err != nil {
			return err
		}
		if set, err = d.setOf(set[:0], form, row); err != nil {
			return err
		}
		return d.add(shards[n], set, key)
	})
	if err != nil {
		return err
	}
	return d.flush()
}

// keyOf writes the primary key of a row.
func (d *difference) keyOf(b []byte, form *rowForm, row [][]byte) (_ []byte, err error) {
	if len(d.key) > 1 {
		b = append(b, '(')
	}
	for i := range d.key {
		if i > 0 {
			b = append(b, ',')
		}
		if b, err = form.value(b, row, i, (*definedColumn).appendComparable); err != nil {
			return nil, err
		}
	}
	if len(d.key) > 1 {
		b = append(b, ')')
	}
	return b, nil
}

// setOf writes what a row becomes.
func (d *difference) setOf(b []byte, form *rowForm, row [][]byte) (_ []byte, err error) {
	for i := range d.set {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(b, wire.QuoteIdent(d.set[i].name)...), '=')
		if b, err = form.value(b, row, len(d.key)+i, d.x.exact); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// add takes the change of one row. Rows of a shard that become the same are changed
// together.
func (d *difference) add(shard *rules.Shard, set, key []byte) error {
	d.rows++
	var b *changeBatch
	for _, o := range d.waiting {
		if o.shard == shard && o.set == string(set) {
			b = o
		}
	}
	if b == nil {
		if len(d.waiting) >= mostChanges {
			if err := d.flush(); err != nil {
				return err
			}
		}
		b = &changeBatch{shard: shard, set: string(set)}
		d.waiting = append(d.waiting, b)
		d.bytes += len(set)
	} else {
		b.keys = append(b.keys, ',')
	}
	b.keys = append(b.keys, key...)
	b.n++
	if d.bytes += len(key); d.bytes >= batchBytes || b.n >= batchRows {
		return d.flush()
	}
	return nil
}

// mostChanges is how many different changes wait for rows that become the same.
const mostChanges = 64

// flush sends all changes that wait.
func (d *difference) flush() error {
	for _, b := range d.waiting {
		if err := d.send(b); err != nil {
			return err
		}
	}
	d.waiting, d.bytes = d.waiting[:0], 0
	return nil
}

func (d *difference) send(b *changeBatch) error {
	err := d.x.own(&plan.Part{Target: plan.Target{Shard: b.shard, SQL: d.sql(b, b.shard)}})
	for _, shard := range d.t.copies() {
		if err != nil {
			return err
		}
		err = d.x.ownCopy(&plan.Part{Target: plan.Target{Shard: shard, SQL: d.sql(b, shard)}})
	}
	return err
}

// sql writes the change for a shard.
func (d *difference) sql(b *changeBatch, shard *rules.Shard) []byte {
	name := wire.QuoteIdent(shard.Schema) + "." + wire.QuoteIdent(d.t.Name)
	sql := "DELETE FROM " + name
	if b.set != "" {
		sql = "UPDATE " + name + " SET " + b.set
	}
	columns := make([]string, len(d.key))
	for i := range d.key {
		columns[i] = wire.QuoteIdent(d.key[i].name)
	}
	of := strings.Join(columns, ",")
	if len(columns) > 1 {
		of = "(" + of + ")"
	}
	return []byte(sql + " WHERE " + of + " IN (" + string(b.keys) + ")")
}

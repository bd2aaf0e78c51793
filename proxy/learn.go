package proxy

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/pool"
)

// mostKeys is how many values of a column are learned of one table to read another by.
const mostKeys = 2000

// waves lists the tables to copy, in the order in which they can be: those that are read by
// what is learned of others come after these.
func (g *gathering) waves() [][]*gathered {
	var out [][]*gathered
	done := map[*gathered]bool{}
	for len(done) < len(g.tables) {
		var wave []*gathered
		for i := range g.tables {
			t := &g.tables[i]
			if source := g.teacher(t); !done[t] && (source == nil || done[source]) {
				wave = append(wave, t)
			}
		}
		for _, t := range wave {
			done[t] = true
		}
		out = append(out, wave)
	}
	return out
}

// teacher is the table whose copy tells which rows of another matter; nil: there is none.
func (g *gathering) teacher(t *gathered) *gathered {
	if t.Learned == nil || t.Tail != nil || g.bound.Every {
		return nil
	}
	i := slices.IndexFunc(g.tables, func(o gathered) bool { return o.Gathered == &g.plan.Tables[t.Learned.Table] })
	if i < 0 { // it is read in its place
		return nil
	}
	return &g.tables[i]
}

// learn asks the host for the keys of tables that are read by them.
func (g *gathering) learn(tables []*gathered) error {
	asked := false
	for _, t := range tables {
		t.keys = nil
		source := g.teacher(t)
		if source == nil {
			continue
		}
		i := slices.IndexFunc(source.columns, func(c definedColumn) bool { return strings.EqualFold(c.name, t.Learned.From) })
		if i < 0 {
			continue
		}
		asked = true
		if err := g.keysOf(t, source, &source.columns[i]); err != nil {
			return err
		}
	}
	if !asked {
		return nil
	}
	return g.under(g.loading(), "DO 0", nil)
}

// keysOf makes the condition of a table from the values of a column.
func (g *gathering) keysOf(t, source *gathered, c *definedColumn) error {
	form := newRowForm([]definedColumn{*c})
	name := wire.QuoteIdent(c.name)
	var list []byte
	n := 0
	err := g.under(g.reading(), "SELECT DISTINCT "+form.list(0)+" FROM "+g.tableName(source.Temps[0])+" WHERE "+name+" IS NOT NULL LIMIT "+strconv.Itoa(mostKeys+1), func(row [][]byte) (err error) {
		if n++; n > 1 {
			list = append(list, ',')
		}
		list, err = form.value(list, row, 0, (*definedColumn).appendComparable)
		return err
	})
	if err != nil || n > mostKeys {
		return err
	}
	keys := "FALSE"
	if n > 0 {
		keys = wire.QuoteIdent(t.Learned.Column) + " IN (" + string(list) + ")"
	}
	t.keys = &keys
	return nil
}

// under runs a statement of our own on the host under some settings.
func (g *gathering) under(settings *pool.Settings, sql string, f func(row [][]byte) error) error {
	c := g.host
	want := pool.Want{FoundRows: g.s.caps.Has(wire.ClientFoundRows), Settings: settings}
	b, _ := c.AppendAdapt(nil, &want)
	rows, err := c.QueryAll(string(append(b, sql...)))
	if err != nil {
		return err
	}
	c.Adapted(&want)
	for _, row := range rows {
		if err := f(row); err != nil {
			return err
		}
	}
	return nil
}

// narrowed is what follows the table's name where its rows are read.
func (t *gathered) narrowed() string {
	switch {
	case t.keys == nil:
		return t.Where
	case t.Where == "":
		return " WHERE " + *t.keys
	}
	return " WHERE (" + strings.TrimPrefix(t.Where, " WHERE ") + ") AND " + *t.keys
}

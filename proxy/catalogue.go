package proxy

import (
	"bytes"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/pool"
	"github.com/sluicedb/sluice/router/plan"
	"github.com/sluicedb/sluice/rules"
)

// catalogue puts tables of information_schema together on the host: what each group has
// of our schemas, under the names that clients know.
func (g *gathering) catalogue() error {
	for i := range g.plan.Catalogue {
		c := &g.plan.Catalogue[i]
		create := "CREATE TEMPORARY TABLE " + g.tableName(c.Temp) + " SELECT " + strings.Join(c.Columns, ",") +
			" FROM information_schema." + c.Table + " LIMIT 0"
		if _, err := g.host.Query(create); err != nil {
			return fmt.Errorf("making a temporary table for %s: %w", c.Table, err)
		}
		if g.empty {
			continue
		}
		if !c.Ours { // the host's own schemas are as good as any other server's
			own := "INSERT INTO " + g.tableName(c.Temp) + " SELECT " + strings.Join(c.Columns, ",") + " FROM information_schema." + c.Table +
				" WHERE " + c.Schemas[0] + " IN ('information_schema','mysql','performance_schema','sys')"
			if _, err := g.host.Query(own); err != nil {
				return fmt.Errorf("copying %s: %w", c.Table, err)
			}
		}
		m, err := g.collect(c)
		if err != nil {
			return fmt.Errorf("reading %s: %w", c.Table, err)
		}
		if m.first, err = g.programs(c, m); err != nil {
			return fmt.Errorf("reading %s: %w", c.Programs.Table, err)
		}
		if err := g.insert(c, m.list()); err != nil {
			return fmt.Errorf("putting %s together: %w", c.Table, err)
		}
	}
	return nil
}

// programs says which database comes first of those that have a program of a name.
func (g *gathering) programs(c *plan.Catalogue, m *merger) (map[string]string, error) {
	p := &c.Programs
	if p.Table == "" {
		return nil, nil
	}
	if p.Table != c.Table {
		var err error
		m, err = g.collect(&plan.Catalogue{Table: p.Table, Columns: append([]string{p.Home}, p.Names...), Schemas: []string{p.Home}})
		if err != nil {
			return nil, err
		}
	}
	first := map[string]string{}
	for _, db := range m.rules.Databases {
		for _, row := range m.rows {
			name := m.names(row, p.Names)
			if string(row[m.column(p.Home)]) == db.Name && first[name] == "" {
				first[name] = db.Name
			}
		}
	}
	return first, nil
}

// collect reads the rows of all groups, at the same time, and puts them together.
func (g *gathering) collect(c *plan.Catalogue) (*merger, error) {
	byGroup := map[string][]*rules.Shard{}
	var groups []string
	for _, db := range g.s.snap.rules.Databases {
		for _, shard := range db.Shards {
			if byGroup[shard.Group] == nil {
				groups = append(groups, shard.Group)
			}
			byGroup[shard.Group] = append(byGroup[shard.Group], shard)
		}
	}
	parts := make([][][][]byte, len(groups))
	var readers errgroup.Group
	for i, group := range groups {
		readers.Go(func() (err error) {
			parts[i], err = g.onGroup(group, byGroup[group], c)
			return err
		})
	}
	if err := readers.Wait(); err != nil {
		return nil, err
	}
	m := &merger{c: c, rules: g.s.snap.rules, shards: map[string]*rules.Shard{}, seen: map[string]int{}}
	for i, group := range groups {
		clear(m.shards)
		for _, shard := range byGroup[group] {
			m.shards[shard.Schema] = shard
		}
		for _, row := range parts[i] {
			m.add(row)
		}
	}
	return m, nil
}

// onGroup reads what one group has of our schemas.
func (g *gathering) onGroup(group string, shards []*rules.Shard, c *plan.Catalogue) ([][][]byte, error) {
	settings := g.reading().With(
		pool.Setting{Name: "time_zone", Value: "+00:00"}, // as they are written
		pool.Setting{Name: "character_set_results", Value: "utf8mb4"},
	)
	want := pool.Want{Settings: settings, FoundRows: g.s.caps.Has(wire.ClientFoundRows)}
	conn, err := g.s.snap.groups[group].Lease(g.s, &want)
	if err != nil {
		return nil, err
	}
	defer conn.Release()
	deadline(conn)
	defer undeadline(conn)
	b, _ := conn.AppendAdapt(nil, &want)
	b = append(b, "SELECT "+strings.Join(c.Columns, ",")+" FROM information_schema."+c.Table+" WHERE "+c.Schemas[0]+" IN ("...)
	for i, shard := range shards {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendText(b, []byte(shard.Schema))
	}
	rows, err := conn.QueryAll(string(append(b, ')')))
	if err != nil {
		conn.Doubt("the catalogue could not be read")
		return nil, err
	}
	conn.Adapted(&want)
	return rows, nil
}

// merger makes one row of what shards say of the same object.
type merger struct {
	c      *plan.Catalogue
	rules  *rules.Rules
	shards map[string]*rules.Shard // by schema, of the group whose rows are added
	rows   [][][]byte
	owned  []bool // the row is that of the shard that speaks for the object
	seen   map[string]int
	first  map[string]string // the database that speaks for a program under the logical name
}

func (m *merger) column(name string) int { return slices.Index(m.c.Columns, name) }

// add takes a row of a shard.
func (m *merger) add(row [][]byte) {
	shard := m.shards[string(row[m.column(m.c.Schemas[0])])]
	if shard == nil {
		return
	}
	owner := m.owner(shard, row)
	if shard != owner && (len(m.c.Added) == 0 || !m.parted(shard, row)) {
		return
	}
	m.rename(row)
	if len(m.c.Identity) == 0 {
		m.rows, m.owned = append(m.rows, row), append(m.owned, true)
		return
	}
	var key []byte
	for _, name := range m.c.Identity {
		key = append(append(key, row[m.column(name)]...), 0)
	}
	i, ok := m.seen[string(key)]
	if !ok {
		m.seen[string(key)] = len(m.rows)
		m.rows, m.owned = append(m.rows, row), append(m.owned, shard == owner)
		return
	}
	if shard == owner && !m.owned[i] {
		m.rows[i], row = row, m.rows[i]
		m.owned[i] = true
	}
	m.sum(m.rows[i], row)
}

// owner is the shard whose row speaks for an object.
func (m *merger) owner(shard *rules.Shard, row [][]byte) *rules.Shard {
	if t, ok := m.table(shard, row); ok && t.Kind == rules.Single {
		return t.Home
	}
	return shard.Database.Shards[0]
}

// parted reports whether every shard has a part of the table's rows.
func (m *merger) parted(shard *rules.Shard, row [][]byte) bool {
	t, ok := m.table(shard, row)
	return ok && t.Kind == rules.Sharded
}

func (m *merger) table(shard *rules.Shard, row [][]byte) (*rules.Table, bool) {
	i := m.column(m.c.Subject)
	if i < 0 {
		return nil, false
	}
	for _, t := range shard.Database.Tables {
		if strings.EqualFold(t.Name, string(row[i])) {
			return t, true
		}
	}
	return nil, false
}

// rename puts the databases' names in the place of the schemas'.
func (m *merger) rename(row [][]byte) {
	for _, name := range m.c.Schemas {
		i := m.column(name)
		if shard := m.shards[string(row[i])]; shard != nil {
			row[i] = []byte(shard.Database.Name)
		}
	}
	for _, name := range m.c.Texts {
		i := m.column(name)
		for schema, shard := range m.shards {
			row[i] = bytes.ReplaceAll(row[i], []byte(wire.QuoteIdent(schema)+"."), []byte(wire.QuoteIdent(shard.Database.Name)+"."))
		}
	}
}

// sum adds the numbers of another shard to a row.
func (m *merger) sum(row, more [][]byte) {
	for _, name := range m.c.Added {
		i := m.column(name)
		row[i] = plus(row[i], more[i])
	}
	for _, name := range []string{"AUTO_INCREMENT", "UPDATE_TIME", "CHECK_TIME"} {
		if i := m.column(name); i >= 0 && later(more[i], row[i]) {
			row[i] = more[i]
		}
	}
	if i := m.column("AVG_ROW_LENGTH"); i >= 0 {
		row[i] = average(row[m.column("DATA_LENGTH")], row[m.column("TABLE_ROWS")], row[i])
	}
}

func number(v []byte) (*big.Int, bool) { return new(big.Int).SetString(string(v), 10) }

func plus(a, b []byte) []byte {
	x, ok := number(a)
	y, too := number(b)
	switch {
	case !too:
		return a
	case !ok:
		return b
	}
	return []byte(x.Add(x, y).String())
}

func average(length, n, old []byte) []byte {
	x, ok := number(length)
	y, too := number(n)
	if !ok || !too || y.Sign() <= 0 {
		return old
	}
	return []byte(x.Div(x, y).String())
}

// later compares numbers without signs, or times.
func later(a, b []byte) bool {
	x, ok := number(a)
	y, too := number(b)
	if ok && too {
		return x.Cmp(y) > 0
	}
	return string(a) > string(b)
}

// names are the columns that tell a program from others, as one text: names of programs
// differ in more than their case.
func (m *merger) names(row [][]byte, columns []string) string {
	var b []byte
	for _, name := range columns {
		b = append(append(b, bytes.ToLower(row[m.column(name)])...), 0)
	}
	return string(b)
}

// speaks reports whether a row is also one of the logical database.
func (m *merger) speaks(row [][]byte) bool {
	p := &m.c.Programs
	if p.Table == "" {
		return true
	}
	columns := p.Columns
	if columns == nil {
		columns = p.Names
	}
	return m.first[m.names(row, columns)] == string(row[m.column(m.c.Schemas[0])])
}

// list returns the rows, and all of them once more under the name of the logical
// database, but for programs whose name an earlier database has.
func (m *merger) list() [][][]byte {
	out := slices.Clone(m.rows)
	mine := map[string]bool{}
	for _, db := range m.rules.Databases {
		mine[db.Name] = true
	}
	again := m.rows
	if strings.HasPrefix(m.c.Table, "SCHEMATA") && len(again) > 0 {
		again = again[:1] // the logical database is one row
	}
	for _, row := range again {
		if !m.speaks(row) {
			continue
		}
		row = slices.Clone(row)
		for _, name := range m.c.Schemas {
			if i := m.column(name); mine[string(row[i])] {
				row[i] = []byte(m.rules.Logical)
			}
		}
		for _, name := range m.c.Texts {
			i := m.column(name)
			for db := range mine {
				row[i] = bytes.ReplaceAll(row[i], []byte(wire.QuoteIdent(db)+"."), []byte(wire.QuoteIdent(m.rules.Logical)+"."))
			}
		}
		out = append(out, row)
	}
	return out
}

// insert writes rows on the host.
func (g *gathering) insert(c *plan.Catalogue, rows [][][]byte) error {
	for part := range slices.Chunk(rows, 500) {
		b := []byte("INSERT INTO " + g.tableName(c.Temp) + " VALUES ")
		for i, row := range part {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(b, '(')
			for j, v := range row {
				if j > 0 {
					b = append(b, ',')
				}
				if v == nil {
					b = append(b, "NULL"...)
					continue
				}
				b = appendText(b, v)
			}
			b = append(b, ')')
		}
		if _, err := g.host.Query(string(b)); err != nil {
			return err
		}
		if total := g.bytes.Add(int64(len(b))); total > int64(g.s.snap.conf.Limits.GatherBytes) {
			return wire.Errorf(1041, "HY000", "too many rows of information_schema.%s: more than limits.gather_bytes", c.Table)
		}
	}
	return nil
}

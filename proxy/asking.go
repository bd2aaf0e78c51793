package proxy

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/sluicedb/sluice/conf"
	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/pool"
)

// A statement that rows may refuse is tried on every shard before any of them has it: on a
// temporary table with the rows' columns that it is about. A shard whose rows refuse it is
// then the first to run it, so that the error is the server's own and nothing has happened.
// What is asked can only be too much: whatever comes of it, the statement runs as it would.

// triedTable is the temporary table on which a statement is tried.
const triedTable = "sluice_tried"

// asked is what a shard's rows say to a statement.
type asked struct {
	refused *wire.Error
	row     int    // the one that is to blame, by number; 0: not known
	key     string // its primary key as constants, and
	columns string // the columns of that
	before  int    // rows of other shards that come before it
}

// comesBefore reports whether one server would come upon the refusal earlier than upon
// another one: rows are looked at in the order of the primary key, and what the keys hold
// only after that.
func (a *asked) comesBefore(b *asked) bool {
	const duplicate = 1062
	switch {
	case (a.refused.Number == duplicate) != (b.refused.Number == duplicate):
		return b.refused.Number == duplicate
	case a.row > 0 && b.row > 0:
		return a.row+a.before < b.row+b.before
	}
	return false
}

// ask asks all shards, and puts one first whose rows refuse the statement: the one with the
// row that one server would come upon first.
func (x *defining) ask(ctx context.Context) error {
	if x.plan.Copies || len(x.targets) < 2 {
		return nil
	}
	a, ok := readAlteration(x.entry.Shards[0].SQL, x.s.dialect)
	if !ok || !slices.ContainsFunc(a.clauses, func(c [2]int) bool { return a.is(c[0], "DROP") || a.mayFail(c, nil) }) {
		return nil
	}
	answers, err := x.askAll(ctx)
	if err != nil {
		if ended := x.s.endedOr(nil); ended != nil {
			return ended
		}
		x.s.srv.log.Warn("a statement about definitions could not be tried before it runs", "err", err)
	}
	first := -1
	for i, a := range answers {
		if a == nil || a.refused == nil {
			continue
		}
		if a.before, err = x.rowsBefore(ctx, i, a); err != nil {
			x.s.srv.log.Warn("the rows of other shards could not be counted", "err", err)
		}
		if first < 0 || a.comesBefore(answers[first]) {
			first, x.before = i, a.before
		}
	}
	if first > 0 {
		t, sh := x.targets[first], x.entry.Shards[first]
		x.targets = slices.Insert(slices.Delete(x.targets, first, first+1), 0, t)
		x.entry.Shards = slices.Insert(slices.Delete(x.entry.Shards, first, first+1), 0, sh)
	}
	return nil
}

// askAll asks the shards of each group one after another, so that the group has room for one
// copy at a time.
func (x *defining) askAll(ctx context.Context) ([]*asked, error) {
	answers := make([]*asked, len(x.targets))
	groups := map[string][]int{}
	for i := range x.entry.Shards {
		group := x.entry.Shards[i].Group
		groups[group] = append(groups[group], i)
	}
	var g errgroup.Group
	for _, shards := range groups {
		g.Go(func() error {
			for _, i := range shards {
				a, ok := readAlteration(x.entry.Shards[i].SQL, x.s.dialect)
				if !ok {
					continue
				}
				var err error
				if answers[i], err = x.s.srv.askOn(ctx, x.s.snap, x.entry, &x.entry.Shards[i], a); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return answers, g.Wait()
}

// askOn tries a statement on one shard. The error says why it could not be tried. The
// connection is not used again: that is the end of all that was set and made on it.
func (srv *Server) askOn(ctx context.Context, snap *snapshot, d *Definition, sh *DefinitionShard, a *alteration) (*asked, error) {
	c, stop, err := srv.leaseFor(ctx, snap, d, sh)
	if err != nil {
		return nil, err
	}
	defer c.Release()
	defer stop()
	defer c.Doubt("a statement was tried")
	table := wire.QuoteIdent(sh.Schema) + "." + wire.QuoteIdent(d.Objects[0].Name)
	if _, err := c.Query("SET @sluice_mode = @@sql_mode, sql_mode = ''"); err != nil {
		return nil, err
	}
	rows, err := c.QueryAll("SHOW CREATE TABLE " + table)
	if e, ok := errors.AsType[*wire.Error](err); ok && e.Number == 1146 || err == nil && (len(rows) != 1 || len(rows[0]) != 2) {
		return nil, nil // no such table, or a view: the statement says so
	}
	if err != nil {
		return nil, err
	}
	shape, err := readDefinition(string(rows[0][1]))
	if err != nil {
		return nil, err
	}
	unique := shape.uniqueColumns()
	if !slices.ContainsFunc(a.clauses, func(c [2]int) bool { return a.mayFail(c, unique) }) {
		return nil, nil
	}
	out := &asked{}
	if large, err := exceeds(c, sh.Schema, d.Objects[0].Name, snap.conf.Limits.TrialBytes); err != nil || large {
		if large {
			srv.log.Warn("a statement about definitions is not tried before it runs: the table has more than limits.trial_bytes", "table", d.Objects[0].Name, "shard", sh.Name)
		}
		return nil, err
	}
	if out.refused, err = refusal(srv.tryOn(c, shape, sh, table, a)); out.refused != nil {
		out.at(c, shape, tried(sh))
		return out, nil
	}
	for _, clause := range a.clauses {
		q := a.orphans(clause, table)
		if q == "" || err != nil {
			continue
		}
		if rows, err = c.QueryAll("SELECT @@foreign_key_checks"); err != nil || string(rows[0][0]) != "1" {
			break
		}
		if rows, err = c.QueryAll(q); len(rows) > 0 {
			out.refused = wire.Errorf(1452, "23000", "a foreign key constraint fails")
		}
	}
	return out, err
}

// exceeds reports whether the rows of a table take more room than some bytes, by what the
// server knows of it at this moment.
func exceeds(c *pool.Conn, schema, table string, most conf.Size) (bool, error) {
	_, err := c.Query("SET SESSION information_schema_stats_expiry = 0")
	if _, err = refusal(err); err != nil { // MariaDB refuses it, and remembers nothing
		return false, err
	}
	rows, err := c.QueryAll("SELECT DATA_LENGTH FROM information_schema.TABLES WHERE TABLE_SCHEMA = " + literal(schema) + " AND TABLE_NAME = " + literal(table))
	if err != nil || len(rows) != 1 {
		return false, err
	}
	n, err := strconv.ParseUint(string(rows[0][0]), 10, 64)
	return err == nil && n > uint64(most), nil
}

// refusal tells a server's answer to a statement from a connection that is lost.
func refusal(err error) (*wire.Error, error) {
	if e, ok := errors.AsType[*wire.Error](err); ok && e.Number != 1317 { // interrupted
		return e, nil
	}
	return nil, err
}

// tryOn copies what a statement is about into a temporary table, and runs it there. Only
// what it says itself is a *wire.Error.
func (srv *Server) tryOn(c *pool.Conn, shape *definition, sh *DefinitionShard, table string, a *alteration) error {
	clauses := a.tried()
	if len(clauses) == 0 {
		return nil
	}
	var named []string
	for _, clause := range a.clauses {
		named = append(named, a.names(clause)...)
	}
	part := shape.about(append(named, a.names(a.head)...))
	temp := tried(sh)
	var list []string
	for _, col := range part.columns {
		if !col.generated {
			list = append(list, wire.QuoteIdent(col.name))
		}
	}
	columns := strings.Join(list, ", ")
	for _, q := range [...]string{
		"SET SESSION transaction_isolation = 'READ-COMMITTED', SESSION sql_mode = 'NO_AUTO_VALUE_ON_ZERO'",
		part.likeTable(sh.Schema, triedTable),
		"INSERT INTO " + temp + " (" + columns + ") SELECT " + columns + " FROM " + table,
		"SET sql_mode = @sluice_mode",
	} {
		if _, err := c.Query(q); err != nil {
			return fmt.Errorf("copying what a statement is about: %s", err) //nolint:errorlint // not what the statement says
		}
	}
	_, err := c.Query(a.on(temp, clauses))
	return err
}

// tried names the temporary table.
func tried(sh *DefinitionShard) string {
	return wire.QuoteIdent(sh.Schema) + "." + wire.QuoteIdent(triedTable)
}

// at finds the row that is to blame, which an error names by number.
func (a *asked) at(c *pool.Conn, shape *definition, temp string) {
	found := atRow.FindStringSubmatch(a.refused.Message)
	key := shape.primary()
	if found == nil || len(key) == 0 {
		return
	}
	row, _ := strconv.Atoi(found[1])
	form := newRowForm(key)
	var names []string
	for _, col := range key {
		names = append(names, wire.QuoteIdent(col.name))
	}
	a.columns = strings.Join(names, ", ")
	rows, err := c.QueryAll(fmt.Sprintf("SELECT %s FROM %s ORDER BY %s LIMIT %d, 1", form.list(0), temp, a.columns, row-1))
	if err != nil || len(rows) != 1 {
		return
	}
	if text, err := form.append(nil, rows[0], (*definedColumn).appendComparable); err == nil {
		a.row, a.key = row, string(text)
	}
}

// rowsBefore counts the rows of other shards that one server would come upon before the
// row that a shard's answer names.
func (x *defining) rowsBefore(ctx context.Context, of int, a *asked) (int, error) {
	total := 0
	for i := range x.targets {
		if i == of || a.row == 0 {
			continue
		}
		sh := &x.entry.Shards[i]
		err := withConn(ctx, x.s.snap.groups[sh.Group], func(c *pool.Conn) error {
			rows, err := c.QueryAll("SELECT COUNT(*) FROM " + wire.QuoteIdent(sh.Schema) + "." + wire.QuoteIdent(x.plan.Objects[0].Name) + " WHERE (" + a.columns + ") < " + a.key)
			if err == nil {
				total += atoi(rows[0][0])
			}
			return err
		})
		if err != nil {
			a.row = 0
			return 0, err
		}
	}
	return total, nil
}

// renumbered counts the rows of other shards to a row that the first shard's error names.
func (x *defining) renumbered(e *wire.Error) *wire.Error {
	if at := atRow.FindStringSubmatchIndex(e.Message); at != nil && x.before > 0 {
		row, _ := strconv.Atoi(e.Message[at[2]:at[3]])
		e.Message = e.Message[:at[2]] + strconv.Itoa(row+x.before) + e.Message[at[3]:]
	}
	return e
}

// uniqueColumns are the columns of unique keys, in lower case.
func (d *definition) uniqueColumns() []string {
	var out []string
	for i := range d.keys {
		if k := &d.keys[i]; k.kind == "UNIQUE KEY" || k.kind == "PRIMARY KEY" {
			out = append(out, k.columns()...)
		}
	}
	return out
}

// about leaves of a definition what concerns some names in lower case, of columns, keys and
// constraints: their columns, and whatever is made or checked of those.
func (d *definition) about(names []string) *definition {
	keep := map[string]bool{}
	for _, c := range d.pick(names) {
		keep[c.name] = true
	}
	for n := -1; n != len(keep); {
		n = len(keep)
		for i := range d.columns {
			if c := &d.columns[i]; c.generated {
				d.together(keep, c.line, keep[c.name])
			}
		}
		for _, text := range d.checks {
			d.together(keep, text, d.named(text, names))
		}
		for i := range d.keys {
			if k := &d.keys[i]; k.kind != "FULLTEXT KEY" && k.kind != "KEY" || d.named(k.text, names) {
				d.together(keep, k.text, d.named(k.text, names))
			}
		}
	}
	out := &definition{options: d.options}
	for _, c := range d.columns {
		if keep[c.name] {
			out.columns = append(out.columns, c)
		}
	}
	whole := func(text string) bool {
		return !slices.ContainsFunc(d.columns, func(c definedColumn) bool {
			return !keep[c.name] && strings.Contains(text, wire.QuoteIdent(c.name))
		})
	}
	for _, k := range d.keys {
		if whole(k.text) && (k.kind != "KEY" || d.named(k.text, names) || slices.ContainsFunc(out.columns, func(c definedColumn) bool {
			return c.numbered() && slices.Contains(k.columns(), strings.ToLower(c.name))
		})) {
			out.keys = append(out.keys, k)
		}
	}
	for _, check := range d.checks {
		if whole(check) {
			out.checks = append(out.checks, check)
		}
	}
	return out
}

// together keeps all columns of a text, if one of them is kept already or it is wanted.
func (d *definition) together(keep map[string]bool, text string, wanted bool) {
	var of []string
	for i := range d.columns {
		if strings.Contains(text, wire.QuoteIdent(d.columns[i].name)) {
			of = append(of, d.columns[i].name)
			wanted = wanted || keep[d.columns[i].name]
		}
	}
	if !wanted {
		return
	}
	for _, name := range of {
		keep[name] = true
	}
}

// named reports whether a key or a constraint has one of some names.
func (d *definition) named(text string, names []string) bool {
	from := strings.Index(text, "`")
	end := closingQuote(text[max(from, 0):])
	return from >= 0 && end > 0 && slices.Contains(names, strings.ToLower(text[from+1:from+end]))
}

// likeTable writes the statement that makes a temporary table of the definition, with its
// keys, constraints and expressions.
func (d *definition) likeTable(schema, name string) string {
	var lines []string
	for i := range d.columns {
		lines = append(lines, d.columns[i].line)
	}
	for i := range d.keys {
		if d.keys[i].kind == "FULLTEXT KEY" {
			lines = append(lines, d.keys[i].over(d.columns)) // temporary tables have none
			continue
		}
		lines = append(lines, d.keys[i].text)
	}
	lines = append(lines, d.checks...)
	return "CREATE TEMPORARY TABLE " + wire.QuoteIdent(schema) + "." + wire.QuoteIdent(name) + " (" + strings.Join(lines, ", ") + ") ENGINE=InnoDB" + d.options
}

package proxy

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/pool"
	"github.com/sluicedb/sluice/router/plan"
)

// errUnsaid says that shards have warned of values of which the host has not: those of
// generated columns, which copies have as they were.
var errUnsaid = errors.New("warnings of generated columns")

// unsaid reports whether shards have given a warning about a value that the host has not
// given of the same statement. Row numbers are not compared: each server counts its own rows.
func (x *rehearsing) unsaid() bool {
	said := map[string]int{}
	for _, d := range x.before {
		said[ofAnyRow(d)]++
	}
	listed := int(x.said.Warnings) <= len(x.before)
	for _, d := range x.diag {
		if !ofValue(d.code) {
			continue
		}
		m := ofAnyRow(d)
		if said[m] == 0 {
			return true
		}
		if listed {
			said[m]--
		}
	}
	return x.ok.Warnings > x.said.Warnings
}

// ofAnyRow is a warning without the number of its row.
func ofAnyRow(d diagnostic) string {
	return fmt.Sprintf("%s %d %s", d.level, d.code, atRow.ReplaceAllString(d.message, "at row"))
}

// computing adds to columns of a copy those that the table computes and stores, and what
// they are computed of.
func (d *definition) computing(columns []definedColumn) []definedColumn {
	wanted := slices.Clone(columns)
	for i := range d.columns {
		c := &d.columns[i]
		if c.stored() == "" {
			continue
		}
		for _, o := range d.columns {
			of := o.name == c.name || strings.Contains(c.stored(), wire.QuoteIdent(o.name))
			if of && !hasColumn(wanted, o.name) {
				wanted = append(wanted, o)
			}
		}
	}
	return wanted
}

// stored is the expression of a column that is computed and stored; empty if it is not.
func (c *definedColumn) stored() string {
	const before = " GENERATED ALWAYS AS "
	at := outside(c.line, before)
	if at < 0 || outside(c.line, " STORED") < 0 {
		return ""
	}
	expr := c.line[at+len(before):]
	return expr[:closingParen(expr)+1]
}

// compute lets the host compute the stored columns of the copies that the statement changes,
// as the shards do. A server with a binary log computes all of them anew for each row that an
// UPDATE writes, and one without only those whose columns it assigns; copies are never
// logged, so there each is made to depend on an assigned column.
func (x *rehearsing) compute() error {
	var list []hostStatement
	for i := range x.r.Changes {
		ch := &x.r.Changes[i]
		t := x.tableOf(ch)
		if ch.Deletes || t.Empty || len(ch.Columns) == 0 {
			continue
		}
		logged, err := x.logs(x.shardsOf(ch.Table)[0].Group)
		if err != nil {
			return err
		}
		var changes []string
		for _, c := range t.shape.columns {
			expr := c.stored()
			if expr == "" {
				continue
			}
			line := c.line
			if logged {
				line = strings.Replace(line, expr, "(IF("+wire.QuoteIdent(ch.Columns[0])+" IS NULL,"+expr+","+expr+"))", 1)
			}
			changes = append(changes, "MODIFY COLUMN "+line)
		}
		if len(changes) > 0 {
			told := func(err error) error { return &loadError{t, err} }
			list = append(list, hostStatement{[]byte("ALTER TABLE " + x.g.tableName(t.Name) + " " + strings.Join(changes, ", ")), told})
		}
	}
	want := pool.Want{FoundRows: x.s.want.FoundRows, Settings: x.g.loading()}
	return runAll(x.host, &want, list)
}

// computedAlike reports whether a server computes stored columns also for rows that the
// statement leaves as they are: it may warn of them, and no shard is sent such a row.
func (x *rehearsing) computedAlike() (bool, error) {
	if n := infoNumbers(string(x.said.Info)); len(n) < 2 || n[0] == n[1] {
		return false, nil
	}
	for i := range x.r.Changes {
		ch := &x.r.Changes[i]
		t := x.tableOf(ch)
		if ch.Deletes || t.Empty || !slices.ContainsFunc(t.shape.columns, func(c definedColumn) bool { return c.stored() != "" }) {
			continue
		}
		if logged, err := x.logs(x.shardsOf(ch.Table)[0].Group); err != nil || logged {
			return logged, err
		}
	}
	return false, nil
}

// logs reports whether a group's primary logs whole rows, for which it needs what it computes.
func (x *rehearsing) logs(group string) (bool, error) {
	r, err := x.s.aside(group, "SELECT @@log_bin AND @@sql_log_bin AND @@binlog_format<>'STATEMENT' AND @@binlog_row_image<>'MINIMAL'")
	if err != nil || len(r.Rows) != 1 {
		return false, err
	}
	return string(r.Rows[0][0]) == "1", nil
}

// ungenerated refuses what the host cannot tell as one server would.
func (x *rehearsing) ungenerated(ch *plan.Change) error {
	t := &x.r.Gather.Tables[ch.Table]
	return plan.Unsupported("warnings of generated columns of "+t.Name+", whose values do not fit, by a statement that needs rows of several shards", x.rule(t), "write values that fit")
}

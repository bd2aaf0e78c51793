package proxy

import (
	"errors"
	"fmt"
	"strings"

	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/pool"
	"github.com/sluicedb/sluice/rules"
)

// UniqueKey is what operators are told of a unique key that Sluice enforces.
type UniqueKey struct {
	Table      string   `json:"table"`
	Key        string   `json:"key"`
	Group      string   `json:"group"`
	Lookup     string   `json:"lookup"`
	Rows       int      `json:"rows"`                 // with a value
	Unclaimed  int      `json:"unclaimed"`            // of them, those whose value nobody had claimed
	Removed    int      `json:"removed"`              // claims whose rows have gone, removed by a rebuild
	Duplicates []string `json:"duplicates,omitempty"` // values that rows of two shards have, as literals
	Complete   bool     `json:"complete"`             // new values are looked for in the lookup table alone
}

const (
	// rebuildBatch is how many rows are looked at together.
	rebuildBatch = 500
	// rebuildShown bounds the duplicates that are told.
	rebuildShown = 100
)

// Unique looks at the keys of a table that Sluice enforces: which rows have claimed their
// values, and which values rows of several shards have. With rebuild it claims what is
// missing, removes claims without rows, and notes that the lookup tables are complete.
func (o Operator) Unique(table string, rebuild bool) (any, error) {
	snap := o.snap.Load()
	t, ok := snap.rules.Table(table)
	switch {
	case !ok:
		return nil, fmt.Errorf("the rules have no table %s", table)
	case len(t.Enforced) == 0:
		return nil, fmt.Errorf("%s: no rule says that Sluice enforces unique keys of %s; add unique: {keys: [..]}", t.Pos, t.Name)
	}
	var out []*UniqueKey
	for i := range t.Enforced {
		r := &rebuilding{srv: o.Server, snap: snap, e: &t.Enforced[i], fill: rebuild}
		var err error
		if r.l, err = o.lookups.of(o.ctx, snap, t, r.e); err != nil {
			return nil, err
		}
		r.key = &UniqueKey{Table: t.Name, Key: r.e.Name, Group: r.e.Group, Lookup: decisionSchema + "." + r.e.Lookup, Complete: r.l.complete}
		if err := r.run(); err != nil {
			return nil, err
		}
		if rebuild {
			o.lookups.forget()
		}
		out = append(out, r.key)
	}
	return out, nil
}

// forget makes all lookup tables be read again.
func (ls *lookups) forget() {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	clear(ls.tables)
}

// rebuilding is one look at one key. It belongs to one call.
type rebuilding struct {
	srv  *Server
	snap *snapshot
	e    *rules.Enforced
	l    *lookup
	fill bool
	key  *UniqueKey
}

func (r *rebuilding) run() error {
	for i, shard := range r.l.table.Database.Shards {
		if err := r.shard(i, shard); err != nil {
			return err
		}
	}
	if !r.fill {
		return nil
	}
	if _, err := r.ask(r.e.Group, "REPLACE INTO "+lookupTable+" (name, complete) VALUES ("+textLiteral(r.e.Lookup)+", 1)"); err != nil {
		return err
	}
	r.key.Complete = true
	return r.sweep()
}

// shard looks at the rows of one shard.
func (r *rebuilding) shard(i int, shard *rules.Shard) error {
	return r.pages(shard.Group, r.physical(shard), func(rows [][]string) error {
		r.key.Rows += len(rows)
		have, err := r.matching(r.e.Group, r.l.name, rows)
		if err != nil {
			return err
		}
		r.key.Unclaimed += len(rows) - have
		if r.fill && have < len(rows) {
			if err := r.claimAll(rows); err != nil {
				return err
			}
		}
		for _, other := range r.l.table.Database.Shards[i+1:] {
			if err := r.duplicates(other, rows); err != nil {
				return err
			}
		}
		return nil
	})
}

func (r *rebuilding) physical(shard *rules.Shard) string {
	return wire.QuoteIdent(shard.Schema) + "." + wire.QuoteIdent(r.l.table.Name)
}

// pages reads the values of the key and the tenants of a table, in the order of the key.
func (r *rebuilding) pages(group, from string, visit func(rows [][]string) error) error {
	var columns []*rules.Column
	for i := range r.e.Columns {
		columns = append(columns, &r.e.Columns[i])
	}
	columns = append(columns, &r.e.Tenant)
	names := r.l.columns()
	list := strings.Join(names, ", ")
	base := "SELECT " + readColumns(columns) + " FROM " + from + " WHERE " + strings.Join(names, " IS NOT NULL AND ") + " IS NOT NULL"
	after := ""
	for {
		res, err := r.ask(group, base+after+" ORDER BY "+list+fmt.Sprintf(" LIMIT %d", rebuildBatch))
		if err != nil {
			return err
		}
		var rows [][]string
		for _, row := range res.Rows {
			values, err := asLiterals(columns, row)
			if err != nil {
				return err
			}
			rows = append(rows, values)
		}
		if len(rows) > 0 {
			if err := visit(rows); err != nil {
				return err
			}
		}
		if len(rows) < rebuildBatch {
			return nil
		}
		after = " AND (" + list + ") > " + r.tuple(rows[len(rows)-1])
	}
}

// tuple writes the values of the key in a row.
func (r *rebuilding) tuple(row []string) string {
	return "(" + strings.Join(row[:len(r.e.Columns)], ", ") + ")"
}

func (r *rebuilding) in(rows [][]string) string {
	var list []string
	for _, row := range rows {
		list = append(list, r.tuple(row))
	}
	return " WHERE (" + strings.Join(r.l.columns(), ", ") + ") IN (" + strings.Join(list, ", ") + ")"
}

// matching counts the rows of a table that have one of the values.
func (r *rebuilding) matching(group, table string, rows [][]string) (int, error) {
	res, err := r.ask(group, "SELECT COUNT(*) FROM "+table+r.in(rows))
	if err != nil {
		return 0, err
	}
	n := 0
	_, err = fmt.Sscan(string(res.Rows[0][0]), &n)
	return n, err
}

// claimAll claims the values of rows; those that have been claimed stay as they are.
func (r *rebuilding) claimAll(rows [][]string) error {
	var list []string
	for _, row := range rows {
		list = append(list, "("+strings.Join(row, ", ")+")")
	}
	_, err := r.ask(r.e.Group, "INSERT INTO "+r.l.name+" ("+strings.Join(r.l.columns(), ", ")+", "+r.l.tenant+") VALUES "+strings.Join(list, ", ")+
		" ON DUPLICATE KEY UPDATE "+claimsColumn+" = "+claimsColumn)
	return err
}

// duplicates notes the values that another shard has too.
func (r *rebuilding) duplicates(other *rules.Shard, rows [][]string) error {
	n, err := r.matching(other.Group, r.physical(other), rows)
	if err != nil || n == 0 {
		return err
	}
	for _, row := range rows {
		found, err := r.ask(other.Group, r.l.find(other, row[:len(r.e.Columns)]))
		if err != nil {
			return err
		}
		if len(found.Rows) > 0 && len(r.key.Duplicates) < rebuildShown {
			r.key.Duplicates = append(r.key.Duplicates, r.tuple(row))
		}
	}
	return nil
}

// sweep removes claims whose rows have gone.
func (r *rebuilding) sweep() error {
	return r.pages(r.e.Group, r.l.name, func(claims [][]string) error {
		n := 0
		for _, shard := range r.l.table.Database.Shards {
			here, err := r.matching(shard.Group, r.physical(shard), claims)
			if err != nil {
				return err
			}
			n += here
		}
		if n == len(claims) && len(r.key.Duplicates) == 0 {
			return nil
		}
		for _, c := range claims {
			if err := r.removeUnused(c[:len(r.e.Columns)]); err != nil {
				return err
			}
		}
		return nil
	})
}

// removeUnused removes a claim if no shard has its row. While the claim is locked nobody
// can write such a row.
func (r *rebuilding) removeUnused(values []string) error {
	if used, err := r.used(values); used || err != nil {
		return err
	}
	return withConn(r.srv.ctx, r.snap.groups[r.e.Group], func(c *pool.Conn) error {
		if _, err := c.Query("BEGIN; SELECT 1 FROM " + r.l.name + " WHERE " + r.l.is(values) + " FOR UPDATE"); err != nil {
			c.Doubt("rebuild")
			return err
		}
		used, err := r.used(values)
		if err == nil && !used {
			_, err = c.Query("DELETE FROM " + r.l.name + " WHERE " + r.l.is(values))
			r.key.Removed++
		}
		if _, end := c.Query("COMMIT"); end != nil || err != nil {
			c.Doubt("rebuild")
			return errors.Join(err, end)
		}
		return nil
	})
}

// used reports whether a shard has a row with values.
func (r *rebuilding) used(values []string) (bool, error) {
	for _, shard := range r.l.table.Database.Shards {
		res, err := r.ask(shard.Group, r.l.find(shard, values))
		if err != nil || len(res.Rows) > 0 {
			return len(res.Rows) > 0, err
		}
	}
	return false, nil
}

func (r *rebuilding) ask(group, sql string) (*pool.Result, error) {
	res := &pool.Result{}
	err := withConn(r.srv.ctx, r.snap.groups[group], func(c *pool.Conn) error {
		got, err := c.Query(sql)
		if err == nil {
			res = got
		}
		return err
	})
	return res, err
}

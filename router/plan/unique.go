package plan

import (
	"strings"

	"github.com/sluicedb/sluice/rules"
)

// Unique is what a write does to the unique keys that Sluice enforces over shards. The
// values that come into being are claimed in lookup tables, in the same transaction.
type Unique struct {
	Table *rules.Table
	Rows  []UniqueRow // of an INSERT; nil: an UPDATE, whose values are read back
	Keys  []int       // of an UPDATE: those of Table.Enforced that it may change
	// Meets: where a row has the values already, that row decides what happens (INSERT
	// IGNORE, REPLACE, ON DUPLICATE KEY UPDATE). It must then be on the same shard.
	Meets bool
}

// UniqueRow is one row of an INSERT.
type UniqueRow struct {
	Tenant Source
	Keys   [][]Source // the values of each of Table.Enforced
}

// Primary are the columns of the primary key; nil if there is none.
func (u *Unique) Primary() []string {
	if list := u.Table.Uniques; len(list) > 0 && list[0].Name == "PRIMARY" {
		return list[0].Columns
	}
	return nil
}

func (u *Unique) explain(w *Printer) {
	if u.Rows == nil {
		var names []string
		for _, k := range u.Keys {
			names = append(names, u.Table.Enforced[k].Name)
		}
		w.Line("claim %s of the rows changed in %s", strings.Join(names, ", "), u.Table.Name)
		return
	}
	for i, e := range u.Table.Enforced {
		var rows []string
		for _, r := range u.Rows {
			var values []string
			for j := range r.Keys[i] {
				values = append(values, r.Keys[i][j].String())
			}
			rows = append(rows, strings.Join(values, ", "))
		}
		meets := ""
		if u.Meets {
			meets = " (no row of another shard may have it)"
		}
		w.Line("claim %s.%s on group %s: %s%s", u.Table.Name, e.Name, e.Group, strings.Join(rows, "; "), meets)
	}
}

package router

import (
	"slices"
	"strings"

	"github.com/pingcap/tidb/pkg/parser/ast"

	"github.com/sluicedb/sluice/router/plan"
	"github.com/sluicedb/sluice/rules"
)

// lockTables plans LOCK TABLES. Locks for reading are taken on all shards, on connections
// beside the session's, which reads wherever it likes. One for writing must be on the
// connection that writes, where MySQL allows no transaction that could be prepared: so
// all must be on one shard.
func (a *analysis) lockTables(n *ast.LockTablesStmt) (plan.Node, error) {
	reads := true
	for _, t := range n.TableLocks {
		l, err := a.leaf(t.Table, t.Table.Name.O)
		if err != nil {
			return nil, err
		}
		reads = reads && !l.temporary && (t.Type == ast.TableLockRead || t.Type == ast.TableLockReadLocal)
	}
	if reads {
		return a.readLocks(n)
	}
	for _, l := range a.leaves {
		if wholeTable(l) != nil {
			return nil, plan.Unsupported("LOCK TABLES .. WRITE of "+l.title()+", which is on "+count(len(l.database.Shards))+" shards: no transaction over shards can be committed under it", l.pos(),
				"leave it out (mysqldump: --skip-add-locks), or SET sluice_table_locks = 'none' to go on without locks")
		}
	}
	p, err := a.relay(plan.Lock)
	if err != nil {
		return nil, err
	}
	p.Pins |= plan.PinTableLocks
	return p, nil
}

// readLocks plans locks for reading.
func (a *analysis) readLocks(n *ast.LockTablesStmt) (plan.Node, error) {
	out := &plan.TableLocks{}
	for i, l := range a.leaves {
		twice := func(o *leaf) bool { return o.database == l.database && strings.EqualFold(o.alias, l.alias) }
		if slices.ContainsFunc(a.leaves[:i], twice) {
			return nil, plan.NotUnique(l.alias)
		}
		if a.env.TenantOnly {
			return nil, plan.Unsupported("this user may only see one tenant, and LOCK TABLES stops all of them", l.pos(), "leave it out")
		}
		t := plan.LockedTable{Occurrence: occurrence(l), Local: n.TableLocks[i].Type == ast.TableLockReadLocal, View: l.view != nil, Shards: l.database.Shards}
		if l.table != nil && l.table.Kind == rules.Single {
			t.Shards = []*rules.Shard{l.table.Home}
		}
		out.Tables = append(out.Tables, t)
		l.extra = plan.None() // it reads no rows
	}
	p, err := a.relay(plan.Lock)
	if err != nil {
		return nil, err
	}
	out.Relay = p
	return out, nil
}

func occurrence(l *leaf) plan.Occurrence {
	return plan.Occurrence{Database: l.database, Table: l.name.Name.O, Alias: l.alias, Write: l.write}
}

// occurrences lists the tables and views that a server would look for among those that LOCK
// TABLES has locked: SHOW CREATE opens them, other
// statements about definitions read the dictionary.
func (a *analysis) occurrences() []plan.Occurrence {
	opens := a.stmt.Is(0, "show") && a.stmt.Is(1, "create")
	var out []plan.Occurrence
	for _, l := range a.leaves {
		if l.system != "" || l.virtual || l.temporary || l.routine || l.metadata && !opens {
			continue
		}
		out = append(out, occurrence(l))
	}
	return out
}

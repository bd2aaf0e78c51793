package router

import (
	"slices"
	"strings"

	"github.com/pingcap/tidb/pkg/parser/ast"

	"github.com/sluicedb/sluice/router/plan"
)

// redoable are the functions, beside the steady ones, that a statement may call which runs
// once more in a transaction that is begun anew. Those that tell the time are given that
// of the first run; those that are random may say anything each time, and where the client
// has seen what they said the replies differ; the others are the session's own. It names
// those that are, not those that are not: SYSDATE() tells another time, and a function
// that a newer server brings must not slip in.
const redoable = " " +
	"addtime any_value connection_id curdate current_date current_time current_timestamp current_user curtime default " +
	"found_rows from_unixtime last_insert_id localtime localtimestamp maketime match now rand " +
	"random_bytes row_count sec_to_time session_user subtime system_user time time_format time_to_sec timediff timestamp " +
	"unix_timestamp user utc_date utc_time utc_timestamp uuid values version "

// redo reports whether a statement may run once more after its transaction was rolled
// back: all that it does is in its reply and in rows of tables that the rules list.
func (a *analysis) redo(p *plan.Relay) bool {
	switch {
	case p.Class != plan.Read && p.Class != plan.Write, a.main.Tree == nil:
		return false
	case p.Acts, p.Pins != 0, p.WritesUserVars, p.UserLocks, p.Unique != nil, len(a.systems) > 0 && p.Class == plan.Write:
		return false
	case p.Needs&(plan.SetsInsertID|plan.NeedTempTables|plan.NeedWarnings|plan.LocalInfile) != 0, p.Reply.Unnamed && p.Class == plan.Write:
		return false
	}
	if _, loads := a.main.Tree.(*ast.LoadDataStmt); loads {
		return false
	}
	if slices.ContainsFunc(a.leaves, func(l *leaf) bool { return l.temporary || l.view != nil && p.Class == plan.Write }) {
		return false
	}
	return !slices.ContainsFunc(a.stmt.Functions, func(f string) bool { return !isSteady(f) && !strings.Contains(redoable, " "+f+" ") })
}

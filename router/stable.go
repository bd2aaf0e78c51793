package router

import (
	"slices"
	"strings"

	"github.com/pingcap/tidb/pkg/parser/ast"
	"github.com/pingcap/tidb/pkg/parser/mysql"

	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/router/plan"
	"github.com/sluicedb/sluice/rules"
)

// steady are the functions whose answer depends on their arguments and the session's
// settings alone. It names those that are, not those that are not: a function that a
// newer server brings must not slip in. Functions that make a TIME are missing, because
// a TIME becomes a DATETIME by the date of the day.
const steady = " " +
	"abs acos adddate aes_decrypt aes_encrypt ascii asin atan atan2 avg bin bin_to_uuid binary bit_and bit_count bit_length " +
	"bit_or bit_xor cast ceil ceiling char char_func char_length character_length charset coalesce coercibility collation " +
	"compress concat concat_ws conv convert convert_tz cos cot count crc32 cume_dist database date date_add date_format " +
	"date_sub datediff dateliteral day dayname dayofmonth dayofweek dayofyear degrees dense_rank elt exp export_set extract " +
	"extractvalue field find_in_set first_value floor format from_base64 from_days from_unixtime greatest group_concat " +
	"grouping hex hour if ifnull in inet6_aton inet6_ntoa inet_aton inet_ntoa insert insert_func instr interval is_ipv4 " +
	"is_ipv4_compat is_ipv4_mapped is_ipv6 is_uuid isfalse isnull istrue json_array json_array_append json_array_insert " +
	"json_arrayagg json_contains json_contains_path json_depth json_extract json_insert json_keys json_length " +
	"json_memberof json_merge_patch json_merge_preserve json_object json_objectagg json_overlaps json_pretty json_quote " +
	"json_remove json_replace json_search json_set json_type json_unquote json_valid json_value lag last_day last_value " +
	"lcase lead least left length like ln locate log log10 log2 lower lpad ltrim make_set makedate max md5 microsecond mid " +
	"min minute mod month monthname nth_value ntile nullif oct octet_length ord percent_rank period_add period_diff pi " +
	"position pow power quarter quote radians rank regexp regexp_instr regexp_like regexp_replace regexp_substr repeat " +
	"replace reverse right round row_number rpad rtrim schema second sha sha1 sha2 sign sin soundex space sqrt std stddev " +
	"stddev_pop stddev_samp str_to_date strcmp subdate substr substring substring_index sum tan timestampadd timestampdiff " +
	"timestampliteral to_base64 to_days to_seconds trim truncate ucase uncompress uncompressed_length unhex upper " +
	"uuid_to_bin var_pop var_samp variance week weekday weekofyear weight_string year yearweek "

func isSteady(name string) bool { return strings.Contains(steady, " "+name+" ") }

// unstable says why two executions of a query may answer differently though no row has
// changed, or why it must run; empty: its reply may be kept.
func (a *analysis) unstable(p *plan.Relay) string {
	switch a.stmt.Main() {
	case parser.Select, parser.Table:
	default:
		return "it is no SELECT"
	}
	switch {
	case p.Primary:
		return "it locks rows, writes a file or has another effect"
	case p.Needs&^plan.NeedSession != 0:
		return "it needs or sets the session's " + p.Needs.String()
	case p.Pins != 0 || len(p.UserVars) > 0:
		return "it uses user variables"
	case len(a.stmt.SysVars) > 0:
		return "it reads system variables"
	}
	if why := a.unstableTables(); why != "" {
		return why
	}
	for _, f := range a.stmt.Functions {
		if !isSteady(f) {
			return "the answer of " + f + "() may differ from call to call"
		}
	}
	for i := range a.stmt.Tokens {
		if a.stmt.Is(i, "sql_no_cache") {
			return "it says SQL_NO_CACHE"
		}
	}
	return a.unstableTree()
}

// unstableTables looks at what the statement reads.
func (a *analysis) unstableTables() string {
	switch {
	case len(a.systems) > 0:
		return "it reads system tables"
	case len(a.leaves) == 0:
		return "it reads no table"
	}
	for _, l := range a.leaves {
		switch {
		case l.view != nil || l.virtual:
			return "it reads view " + l.name.Name.O
		case l.temporary:
			return l.title() + " is a temporary table"
		case l.table == nil || l.table.Name == "" || l.routine || l.metadata || l.system != "":
			return "the rules do not list " + l.title()
		}
		for i := range l.table.Columns {
			if c := &l.table.Columns[i]; strings.HasPrefix(c.Type, "time") && !strings.HasPrefix(c.Type, "timestamp") {
				return l.table.Name + "." + c.Name + " is a TIME, which becomes a DATETIME by the date of the day"
			}
		}
	}
	return ""
}

// unstableTree finds functions that are written in another way than name(..).
func (a *analysis) unstableTree() string {
	why := ""
	visitAll(a.main.Tree, func(n ast.Node) {
		switch n := n.(type) {
		case *ast.FuncCallExpr:
			if !isSteady(n.FnName.L) && !strings.HasPrefix(n.FnName.O, typed) || n.Schema.O != "" {
				why = "the answer of " + n.FnName.L + "() may differ from call to call"
			}
			if strings.HasPrefix(n.FnName.O, typed) && strings.Contains(n.FnName.L, "timeliteral") {
				why = "a TIME becomes a DATETIME by the date of the day"
			}
		case *ast.FuncCastExpr:
			if n.Tp.GetType() == mysql.TypeDuration {
				why = "a TIME becomes a DATETIME by the date of the day"
			}
		case *ast.MatchAgainst:
			why = "full-text search"
		case *ast.VariableExpr:
			why = "it reads variables"
		}
	})
	return why
}

// unnamed reports whether a statement may change more than the tables it names: stored
// functions do what they like, and what is behind a view or an unlisted table is not
// known here.
func (a *analysis) unnamed(class plan.Class) bool {
	switch class {
	case plan.Call, plan.DDL, plan.Lock, plan.Other:
		return true
	}
	for _, l := range a.leaves {
		if l.temporary {
			continue // only its own session sees it
		}
		if l.routine && !l.virtual || l.write && (l.view != nil || l.virtual || l.table == nil || l.table.Name == "") {
			return true
		}
	}
	return false
}

// changed lists the tables whose rows the statement may change.
func (a *analysis) changed() []*rules.Table {
	var out []*rules.Table
	for _, l := range a.leaves {
		if l.write && !l.temporary && l.table != nil && !slices.Contains(out, l.table) {
			out = append(out, l.table)
		}
	}
	return out
}

// displaces reports whether a write may change rows of other keys than it names: those
// that have its unique keys.
func (a *analysis) displaces() bool {
	n, ok := a.main.Tree.(*ast.InsertStmt)
	if !ok {
		_, load := a.main.Tree.(*ast.LoadDataStmt)
		return load || a.main.Tree == nil
	}
	return n.IsReplace || len(n.OnDuplicate) > 0
}

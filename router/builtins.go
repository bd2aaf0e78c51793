package router

import (
	"strings"

	"github.com/pingcap/tidb/pkg/parser/ast"

	"github.com/sluicedb/sluice/parser"
)

// builtins are the functions that MySQL has for itself since 8.0, and the names under
// which the tidb parser hands on what is written without a function's name. A function
// that is none of them may be a stored one, which can read any table of its schema.
const builtins = " " +
	"abs acos adddate addtime aes_decrypt aes_encrypt any_value ascii asin " +
	"asynchronous_connection_failover_add_managed asynchronous_connection_failover_add_source " +
	"asynchronous_connection_failover_delete_managed asynchronous_connection_failover_delete_source " +
	"asynchronous_connection_failover_reset atan atan2 avg benchmark bin bin_to_uuid binary bit_and " +
	"bit_count bit_length bit_or bit_xor cast ceil ceiling char char_func char_length character_length " +
	"charset coalesce coercibility collation compress concat concat_ws connection_id conv convert " +
	"convert_tz cos cot count crc32 cube cume_dist curdate current_date current_role current_time " +
	"current_timestamp current_user curtime database date date_add date_format date_sub datediff " +
	"dateliteral day dayname dayofmonth dayofweek dayofyear default default_func degrees dense_rank elt " +
	"exp export_set extract extractvalue field find_in_set first_value floor format format_bytes " +
	"format_pico_time found_rows from_base64 from_days from_unixtime geomcollection " +
	"geometrycollection get_format get_lock getvar greatest group_concat group_replication_set_as_primary " +
	"grouping gtid_subset gtid_subtract hex hour icu_version if ifnull inet6_aton inet6_ntoa inet_aton " +
	"inet_ntoa insert insert_func instr interval is_free_lock is_ipv4 is_ipv4_compat is_ipv4_mapped " +
	"is_ipv6 is_used_lock is_uuid isfalse isnull istrue json_array json_array_append json_array_insert " +
	"json_arrayagg json_contains json_contains_path json_depth json_extract json_insert json_keys " +
	"json_length json_memberof json_merge json_merge_patch json_merge_preserve json_object json_objectagg " +
	"json_overlaps json_pretty json_quote json_remove json_replace json_schema_valid " +
	"json_schema_validation_report json_search json_set json_storage_free json_storage_size " +
	"json_sum_crc32 json_table json_type json_unquote json_valid json_value lag last_day last_insert_id " +
	"last_value lcase lead least left length like linestring ln load_file localtime localtimestamp locate " +
	"log log10 log2 lower lpad ltrim make_set makedate maketime master_pos_wait match max mbrcontains " +
	"mbrcoveredby mbrcovers mbrdisjoint mbrequals mbrintersects mbroverlaps mbrtouches mbrwithin md5 " +
	"microsecond mid min minute mod month monthname multilinestring multipoint multipolygon name_const " +
	"now nth_value ntile nullif oct octet_length ord percent_rank period_add period_diff pi point polygon " +
	"position pow power ps_current_thread_id ps_thread_id quarter quote radians rand random_bytes rank " +
	"regexp regexp_instr regexp_like regexp_replace regexp_substr release_all_locks release_lock repeat " +
	"replace reverse right roles_graphml round row_count row_number rpad rtrim schema sec_to_time second session_user " +
	"setvar sha sha1 sha2 sign sin sleep soundex source_pos_wait space sqrt st_area st_asbinary " +
	"st_asgeojson st_astext st_aswkb st_aswkt st_buffer st_buffer_strategy st_centroid st_collect " +
	"st_contains st_convexhull st_crosses st_difference st_dimension st_disjoint st_distance " +
	"st_distance_sphere st_endpoint st_envelope st_equals st_exteriorring st_frechetdistance st_geohash " +
	"st_geomcollfromtext st_geomcollfromtxt st_geomcollfromwkb st_geometrycollectionfromtext " +
	"st_geometrycollectionfromwkb st_geometryfromtext st_geometryfromwkb st_geometryn st_geometrytype " +
	"st_geomfromgeojson st_geomfromtext st_geomfromwkb st_hausdorffdistance st_interiorringn " +
	"st_intersection st_intersects st_isclosed st_isempty st_issimple st_isvalid st_latfromgeohash " +
	"st_latitude st_length st_linefromtext st_linefromwkb st_lineinterpolatepoint " +
	"st_lineinterpolatepoints st_linestringfromtext st_linestringfromwkb st_longfromgeohash st_longitude " +
	"st_makeenvelope st_mlinefromtext st_mlinefromwkb st_mpointfromtext st_mpointfromwkb st_mpolyfromtext " +
	"st_mpolyfromwkb st_multilinestringfromtext st_multilinestringfromwkb st_multipointfromtext " +
	"st_multipointfromwkb st_multipolygonfromtext st_multipolygonfromwkb st_numgeometries " +
	"st_numinteriorring st_numinteriorrings st_numpoints st_overlaps st_pointatdistance " +
	"st_pointfromgeohash st_pointfromtext st_pointfromwkb st_pointn st_polyfromtext st_polyfromwkb " +
	"st_polygonfromtext st_polygonfromwkb st_simplify st_srid st_startpoint st_swapxy st_symdifference " +
	"st_touches st_transform st_union st_validate st_within st_x st_y statement_digest " +
	"statement_digest_text std stddev stddev_pop stddev_samp str_to_date strcmp subdate " +
	"substr substring substring_index subtime sum sysdate system_user tan time time_format time_to_sec " +
	"timediff timeliteral timestamp timestampadd timestampdiff timestampliteral to_base64 to_days " +
	"to_seconds trim truncate ucase uncompress uncompressed_length unhex unix_timestamp " +
	"updatexml upper user utc_date utc_time utc_timestamp uuid uuid_short uuid_to_bin " +
	"validate_password_strength values var_pop var_samp variance version " +
	"wait_for_executed_gtid_set week weekday weekofyear weight_string year yearweek "

// builtins9 are the functions that came with MySQL 9.0 and later ones. To an older server one of
// them is a stored function like any.
const builtins9 = " etag from_vector string_to_vector to_vector vector_dim vector_to_string "

// isBuiltin reports whether a lower-case name is one of a function of a server of a version.
func isBuiltin(name string, version int) bool {
	name = " " + name + " "
	return strings.Contains(builtins, name) || version >= 90000 && strings.Contains(builtins9, name)
}

// CallsStored reports whether an expression may call a function that is not the server's own.
func CallsStored(expr []byte, d parser.Dialect) bool {
	text := append([]byte("SELECT "), expr...)
	stmt, err := parser.Parse(text, d)
	if err != nil {
		return false // the server says what is wrong with it
	}
	if stmt.Tree == nil {
		return namesStored(stmt)
	}
	stored := false
	visitAll(stmt.Tree, func(n ast.Node) {
		if f, ok := n.(*ast.FuncCallExpr); ok {
			stored = stored || storedName(f, d)
		}
	})
	return stored
}

// storedName reports whether a call is of a function that is not the server's own.
func storedName(f *ast.FuncCallExpr, d parser.Dialect) bool {
	return (f.Schema.O != "" || !isBuiltin(f.FnName.L, d.Version)) && !isSystem(f.Schema.O) && !strings.HasPrefix(f.FnName.O, typed)
}

// namesStored is CallsStored for a text of which only the tokens are known.
func namesStored(stmt *parser.Statement) bool {
	for i, t := range stmt.Tokens {
		name := t.Kind == parser.Ident || t.Kind == parser.QuotedIdent
		if !name || !isOp(stmt, i+1, "(") {
			continue
		}
		if isOp(stmt, i-1, ".") || !isBuiltin(strings.ToLower(parser.Unquote(stmt.SQL, t, stmt.Dialect)), stmt.Dialect.Version) {
			return true
		}
	}
	return false
}

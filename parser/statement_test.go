package parser

import (
	"strings"
	"sync"
	"testing"

	"github.com/pingcap/tidb/pkg/parser/ast"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func parse(t *testing.T, sql string) *Statement {
	t.Helper()
	s, err := Parse([]byte(sql), modern)
	require.NoError(t, err, sql)
	return s
}

// constants visits the constants and parameters of a tree.
type constants func(ast.ValueExpr)

func (c constants) Enter(n ast.Node) (ast.Node, bool) {
	if v, ok := n.(ast.ValueExpr); ok {
		c(v)
	}
	return n, false
}

func (c constants) Leave(n ast.Node) (ast.Node, bool) { return n, true }

// TestConstantsOfTheTreeAreFoundInTheText gives every constant a different value: the
// one in the tree must be the one at its place.
func TestConstantsOfTheTreeAreFoundInTheText(t *testing.T) {
	for _, sql := range []string{
		"select a+'1', -'2', '3' '4', ('5'), (('6')), ? from t where id in ('7','8',('9')) and b between '10' and '11'",
		"insert into t values ('1','2'),('3',-'4') on duplicate key update x=values(x)+'5'",
		"insert into t set a='1', b=concat('2','3')",
		"replace into t (a,b) values ('1', '2')",
		"update t set a = '1', b = concat('2', '3', '4') where id = -'5' and c like '6'",
		"update t, u set t.a = '1' where u.b in ('2', '3')",
		"delete from t where a = '1' or b = '2' /* '3' */ or c = '4'",
		"select case a when '1' then '2' else '3' end, if(a, '4', '5'), cast('6' as signed), interval('7','8'), date_add(now(), interval '9' day) from t",
		"select * from t where (a,b) in (('1','2'),('3','4')) and x = (select '5') having count(a) > '6'",
		"select _utf8mb4'1' collate utf8mb4_bin, N'2', _latin1 '3'",
		"select /*!50000 '1', */ '2' /*!99999 , '3' */ -- '4'\n, '5'",
		"select not '1', !'2', ~'3', - '4', '5' + '6' * '7', '8' '9' = '10', '11' is null",
		"with c as (select '1' as x union select '2') select * from c where x = '3'",
		"set @a = '1', @b := '2'",
		"select '1' from t union all (select '2' from u where a = '3') order by a",
		"select * from t join u on t.a = u.a and t.b = '1' where exists (select '2' from v where v.a = '3')",
		"select a, 1from, 0X1F, '1' from t where `1` = '2' and a.1b = '3'",
		"select !!'1', '2' from t where a = --'3'",
		"call p('1', @a, '2')",
		"/* sluice: primary */ select '1' from t where a = '2'",
		"select /*+ sluice_tenant('0') */ '1' from t where a = '2'",
		"select /*+ max_execution_time(1) */ '1' from t where a = '2' and b = '\\'3' and c = '4\"\"'",
		"do '1', sleep('2')",
	} {
		s := parse(t, sql)
		require.NoError(t, s.TreeErr, sql)
		found := 0
		s.Tree.Accept(constants(func(v ast.ValueExpr) {
			i := s.LiteralAt(v)
			require.GreaterOrEqual(t, i, 0, "%s: %v", sql, v.GetValue())
			found++
			if s.Literals[i].Kind != Param {
				require.Equal(t, v.GetString(), Literal(s.SQL, s.Literals[i], modern).S, sql)
			}
		}))
		require.Equal(t, len(s.Literals), found, sql)
	}
}

func TestPlacesOfColumnsAndFunctions(t *testing.T) {
	s := parse(t, "select /* c */ db.t.a, b, f(c) from t where t.d = 1")
	require.NoError(t, s.TreeErr)
	var got []string
	s.Tree.Accept(expressions(func(n ast.ExprNode) {
		if i := s.TokenAt(n); i >= 0 {
			got = append(got, string(s.Tokens[i].Text(s.SQL)))
		}
	}))
	require.Equal(t, []string{"db", "b", "f", "c", "t", "t", "1"}, got)
}

type expressions func(ast.ExprNode)

func (e expressions) Enter(n ast.Node) (ast.Node, bool) {
	if x, ok := n.(ast.ExprNode); ok {
		e(x)
	}
	return n, false
}

func (e expressions) Leave(n ast.Node) (ast.Node, bool) { return n, true }

// TestTreeReadsWhatTheServerReads feeds texts that the tidb parser alone would take
// for something else (trap Z).
func TestTreeReadsWhatTheServerReads(t *testing.T) {
	for sql, where := range map[string]int{
		"select 1 from t where a = 1 /*!99999 or 1 = 1 */":  1,
		"select 1 from t where a = 1 /*T! or 1 = 1 */":      1,
		"select 1 from t where a = 1 /*M! or 1 = 1 */":      1,
		"select 1 from t where a = 1 /*!50000 or b = 2 */":  2,
		"select 1 from t where a = 1 --or b = 2":            -1,
		"select 1 from t where a = 1 -- or b = 2":           1,
		"select 1 from t where a = 1 # or b = 2":            1,
		"select 1 from t where a = 1 /* /* */ or b = 2":     2,
		"select 1 from t where a = '\\' or b = ''":          -1,
		"select 1 from t where a = 1 --/* */1":              1,
		"select 1 from t where a = 'x' 'or' and b = 2":      2,
		"select 1 from t where a = 1/*!050000 or b = 2 */ ": 2,
	} {
		s, err := Parse([]byte(sql), modern)
		if where < 0 {
			require.True(t, err != nil || s.TreeErr != nil, sql)
			continue
		}
		require.NoError(t, err, sql)
		require.NoError(t, s.TreeErr, sql)
		n := 0
		s.Tree.(*ast.SelectStmt).Where.Accept(columns(func() { n++ }))
		require.Equal(t, where, n, sql)
	}
}

type columns func()

func (c columns) Enter(n ast.Node) (ast.Node, bool) {
	if _, ok := n.(*ast.ColumnNameExpr); ok {
		c()
	}
	return n, false
}

func (c columns) Leave(n ast.Node) (ast.Node, bool) { return n, true }

func TestTreeFollowsTheMode(t *testing.T) {
	s, err := Parse([]byte(`select "a" from t where b = 'x\' or 1`), Dialect{Version: 90700, Mode: ANSIQuotes | NoBackslashEscapes})
	require.NoError(t, err)
	require.NoError(t, s.TreeErr)
	require.IsType(t, &ast.ColumnNameExpr{}, s.Tree.(*ast.SelectStmt).Fields.Fields[0].Expr)
	s, err = Parse([]byte("select 1 from t where a = '\xbf\\' or b = 1"), Dialect{Version: 90700, Charset: "gbk"})
	require.NoError(t, err)
	require.NoError(t, s.TreeErr)
	s, err = Parse([]byte("select 1 from `\xbf\\`"), Dialect{Version: 90700, Charset: "gbk"})
	require.NoError(t, err)
	require.ErrorIs(t, s.TreeErr, errForeignNames)
}

func TestStatementsWithoutATree(t *testing.T) {
	for _, sql := range []string{
		"", "/* c */", "foo", "select 1 into @a", "xa start 'x'", "lock tables t as a read", "select * from json_table('[]', '$[*]' columns (a int path '$')) j",
		"create trigger t before insert on x for each row set @a = 1", "select " + strings.Repeat("(", 200_000), "select " + strings.Repeat("- ", 200_000) + "1",
		"select 1 from " + strings.Repeat("t,", 20_000) + "t", "select " + strings.Repeat("1 + ", 200_000) + "1",
	} {
		s := parse(t, sql)
		require.Error(t, s.TreeErr)
		require.Nil(t, s.Tree)
	}
	require.NoError(t, parse(t, "insert into t values "+strings.Repeat("(1,-2,f(3)),", 30_000)+"(1)").TreeErr)
}

func TestParseRefusesSeveralStatements(t *testing.T) {
	for sql, ok := range map[string]bool{
		"select 1;": true, "select 1; -- c\n": true, "select 1;;": true, "select 1; select 2": false, ";": true, "": true, "select 1; 'x": false,
	} {
		_, err := Parse([]byte(sql), modern)
		require.Equal(t, ok, err == nil, sql)
	}
}

func TestMainVerb(t *testing.T) {
	for sql, want := range map[string]Verb{
		"select 1": Select, "with c as (select 1) select * from c": Select, "with recursive c (a) as (select 1 union select 2), d as (select 3) delete from t": Delete,
		"with c as (select 1) update t, c set a = 1": Update, "with c as (select 1) (select * from c)": Select, "insert into t with c as (select 1) select * from c": Insert,
		"(select 1)": Select, "with c as (select 1) table c": Table,
	} {
		require.Equal(t, want, parse(t, sql).Main(), sql)
	}
}

func TestVariables(t *testing.T) {
	for _, c := range []struct {
		sql          string
		user, system []string
		writes       bool
	}{
		{"select @a, @A, @`b c`, @'d', @@sql_mode, @@GLOBAL.x, @@session . `y`, @@a.b.c", []string{"a", "b c", "d"}, []string{"sql_mode", "global.x", "session.y", "a.b.c"}, false},
		{"select @a := 1", []string{"a"}, nil, true},
		{"select 1, 2 into @a, @b from t", []string{"a", "b"}, nil, true},
		{"set @a = 1", []string{"a"}, nil, true},
		{"set x = @a", []string{"a"}, nil, false},
		{"call p(@a)", []string{"a"}, nil, true},
		{"load data infile 'x' into table t (a, @b)", []string{"b"}, nil, true},
		{"get diagnostics @n = number", []string{"n"}, nil, true},
		{"select 'a' @b from t where x = @c", []string{"b", "c"}, nil, false},
		{"create user 'a'@'b', c@d identified by 'x'", nil, nil, false},
		{"create definer = root@localhost view v as select 1", nil, nil, false},
		{"grant all on t to `a`@`%`", nil, nil, false},
		{"execute s using @a, @b", []string{"a", "b"}, nil, false},
		{"select*from t where a=@b", []string{"b"}, nil, false},
	} {
		s := parse(t, c.sql)
		require.Equal(t, c.user, s.UserVars, c.sql)
		require.Equal(t, c.system, s.SysVars, c.sql)
		require.Equal(t, c.writes, s.WritesUserVars, c.sql)
	}
}

func TestFunctions(t *testing.T) {
	for sql, want := range map[string][]string{
		"select now(), NOW ( ), db.f(1), `g`(2), count(*) from t": {"now", "db.f", "g", "count"},
		"select current_user, current_timestamp, utc_date":        {"current_user", "current_timestamp", "utc_date"},
		"select if(a, left(b, 1), replace(c, 'x', 'y'))":          {"if", "left", "replace"},
		"insert into t (a, b) values (1, 2)":                      nil,
		"with c (a) as (select 1) select * from c where a in (1)": nil,
		"select last_insert_id(), get_lock('x', 1), database()":   {"last_insert_id", "get_lock", "database"},
		"select a from t where exists (select 1) and b in (2)":    nil,
	} {
		require.Equal(t, want, parse(t, sql).Functions, sql)
	}
}

func TestHints(t *testing.T) {
	for _, c := range []struct {
		sql   string
		hints map[string]string
		left  string // the text without our hints
	}{
		{"select 1", nil, "select 1"},
		{"select /*+ sluice_tenant('x') */ 1", map[string]string{"tenant": "x"}, "select /*+  */ 1"},
		{"select /*+ BKA(t) SLUICE_Tenant(abc-1) sluice_primary sluice_x() NO_ICP(t) */ 1", map[string]string{"tenant": "abc-1", "primary": "", "x": ""}, "select /*+ BKA(t)    NO_ICP(t) */ 1"},
		{"/* sluice: tenant=x, Primary */ select 1", map[string]string{"tenant": "x", "primary": ""}, "/* sluice: tenant=x, Primary */ select 1"},
		{"/* Sluice: tenant='a, b', k2 = a-b-c */ /*sluice:k3=7*/ select 1", map[string]string{"tenant": "a, b", "k2": "a-b-c", "k3": "7"}, "/* Sluice: tenant='a, b', k2 = a-b-c */ /*sluice:k3=7*/ select 1"},
		{"select /* sluice: primary */ 1", nil, "select /* sluice: primary */ 1"},
		{"/* sluice */ select 1", nil, "/* sluice */ select 1"},
		{"/* sluice: tenant=first */ select /*+ sluice_tenant('second') */ 1", map[string]string{"tenant": "first"}, "/* sluice: tenant=first */ select /*+  */ 1"},
		{"select /*+ not_sluice_x(1) */ 1", map[string]string{}, "select /*+ not_sluice_x(1) */ 1"},
		{"select /*+ sluice_tenant('x */ 1", map[string]string{"tenant": ""}, "select /*+ 'x */ 1"},
	} {
		s := parse(t, c.sql)
		require.Equal(t, c.hints, s.Hints, c.sql)
		require.Equal(t, c.left, string(Apply(s.SQL, s.HintSplices())), c.sql)
	}
}

func TestSetVars(t *testing.T) {
	for sql, want := range map[string][]string{
		"select set_var(a) from t":    nil,
		"select /* SET_VAR(a=1) */ 1": nil,
		"select /*+ BKA(t) Set_Var(Sql_Mode='a(b') NO_ICP(t) set_var ( `time_zone` = '+00:00') */ 1": {"sql_mode", "time_zone"},
		"select 1 from t where a in (select /*+ SET_VAR(timestamp=1) */ 1)":                          {"timestamp"},
		"select /*+ SET_VAR() SET_VAR */ 1":                                                          {")"},
	} {
		require.Equal(t, want, parse(t, sql).SetVars(), sql)
	}
}

func TestFingerprint(t *testing.T) {
	for sql, want := range map[string]string{
		"select * from t where id=1 and b in (1,2,-3)":                              "SELECT * FROM t WHERE id = ? AND b IN (...)",
		"insert into t(a,b) values (1,now()),(2,now()) on duplicate key update a=1": "INSERT INTO t(a, b) VALUES (...) ON duplicate KEY UPDATE a = ?",
		"insert t values (1) on duplicate key update a = values(a)":                 "INSERT t VALUES (...) ON duplicate KEY UPDATE a = VALUES(a)",
		"values row(1,2), row(3,4)":                                                 "VALUES (...)",
		"select /*+ sluice_tenant('secret') */ count(*), `a`.b from db.t -- x":      "SELECT count(*), `a`.b FROM db.t",
		"select 1; select 2":                                      "SELECT ?",
		"select 'a' 'b', x'00', _utf8mb4'c', @a":                  "SELECT ?, ?, _utf8mb4 ?, @a",
		"select * from t where a in (select b from u) limit 1, 2": "SELECT * FROM t WHERE a IN (SELECT b FROM u) LIMIT ?, ?",
		"select 'unclosed":                                        "(unreadable)",
		"":                                                        "",
	} {
		require.Equal(t, want, Fingerprint([]byte(sql), modern), sql)
	}
}

func TestApply(t *testing.T) {
	sql := []byte("select a from t")
	require.Equal(t, sql, Apply(sql, nil))
	require.Equal(t, "SELECT a FROM `x`.`t`!", string(Apply(sql, []Splice{{9, 13, "FROM"}, {0, 6, "SELECT"}, {14, 14, "`x`."}, {14, 15, "`t`"}, {15, 15, "!"}})))
	require.Panics(t, func() { Apply(sql, []Splice{{0, 5, ""}, {4, 6, ""}}) })
	require.Panics(t, func() { Apply(sql, []Splice{{0, 99, ""}}) })
	s := parse(t, "select a from db . t")
	n := s.Names()[0]
	edits := []Edit{{First: n.First(), Last: n.Last(), Text: Quote("p`q") + ".t"}}
	require.Equal(t, "select a from `p``q`.t", string(Apply(s.SQL, Splices(s.Tokens, edits))))
	other := scan(t, "SELECT a /* c */ FROM db.t -- d", modern)
	require.Equal(t, scan(t, "select a from db . t", modern).Key, other.Key)
	require.Equal(t, "SELECT a /* c */ FROM `p``q`.t -- d", string(Apply([]byte("SELECT a /* c */ FROM db.t -- d"), Splices(other.Tokens, edits))))
}

// TestQuoteIsRead checks that a quoted name is read back.
func TestQuoteIsRead(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		name := rapid.StringMatching("[^\\x00]+").Draw(r, "name")
		s, err := Parse([]byte("select * from "+Quote(name)), modern)
		require.NoError(r, err)
		require.Len(r, s.Names(), 1)
		require.Equal(r, name, s.TableOf(s.Names()[0]))
	})
}

// TestPlacesStay: what is known of one statement's constants does not change while the
// pooled parsers read others.
func TestPlacesStay(t *testing.T) {
	t.Parallel()
	texts := []string{
		"SELECT * FROM t WHERE 1 = 0", "SELECT * FROM t WHERE 2 = 3 AND a = 4 LIMIT 5",
		"SELECT a FROM t WHERE NOT EXISTS (SELECT 1 FROM u WHERE u.a = 7)", "UPDATE t SET a = 1 WHERE b = 2",
		"INSERT INTO t VALUES (1, 2), (3, 4)", "BEGIN",
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i := range 200 {
				s, err := Parse([]byte(texts[i%len(texts)]), Dialect{Version: 90700})
				if err != nil || s.Tree == nil {
					t.Errorf("%s: %v", texts[i%len(texts)], err)
					return
				}
				next := 0
				for e := range s.exprs {
					if s.LiteralAt(e) >= 0 {
						next++
					}
				}
				if next < len(s.Literals)-1 { // the one of LIMIT has no place
					t.Errorf("%s: %d of %d constants have a place", s.SQL, next, len(s.Literals))
				}
			}
		})
	}
	wg.Wait()
}

// TestRowsOfInsert: VALUES ROW(..) in an INSERT is no query, also where it is explained.
func TestRowsOfInsert(t *testing.T) {
	for _, sql := range []string{"insert into t values row(1, 2), row(3, 4)", "explain insert into t values row(1, 2), row(3, 4)", "explain format=json insert into t (a, b) values row(1, 2), row(3, 4)"} {
		tree := parse(t, sql).Tree
		if e, ok := tree.(*ast.ExplainStmt); ok {
			tree = e.Stmt
		}
		n, ok := tree.(*ast.InsertStmt)
		require.True(t, ok, sql)
		require.Nil(t, n.Select, sql)
		require.Len(t, n.Lists, 2, sql)
	}
}

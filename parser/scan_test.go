package parser

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// modern is a MySQL 9.7 with its default sql_mode.
var modern = Dialect{Version: 90700}

func scan(t *testing.T, sql string, d Dialect) *Scan {
	t.Helper()
	var s Scan
	require.NoError(t, s.Run([]byte(sql), 0, d), sql)
	return &s
}

func TestScanDoesNotAllocate(t *testing.T) {
	for name, sql := range benchmarks {
		for _, d := range []Dialect{modern, {Version: 80032, Charset: "gbk", Mode: ANSIQuotes}} {
			text := []byte(sql)
			var s Scan
			require.NoError(t, s.Run(text, 0, d))
			require.Zero(t, testing.AllocsPerRun(100, func() {
				if s.Run(text, 0, d) != nil {
					t.Error("scan failed")
				}
			}), name)
		}
	}
}

func TestScanLetsLargeBuffersGo(t *testing.T) {
	var s Scan
	require.NoError(t, s.Run([]byte("select "+strings.Repeat("a,", keepTokens)+"a"), 0, modern))
	require.NoError(t, s.Run([]byte("select 1"), 0, modern))
	require.LessOrEqual(t, cap(s.Tokens), keepTokens)
}

func TestScanSplitsStatements(t *testing.T) {
	type part struct {
		text string
		verb Verb
	}
	for sql, want := range map[string][]part{
		"":                         {{"", None}},
		"  ":                       {{"", None}},
		"select 1":                 {{"select 1", Select}},
		" select 1 ; ":             {{"select 1", Select}, {"", None}},
		";;":                       {{"", None}, {"", None}},
		"select ';'; -- ;\nbegin":  {{"select ';'", Select}, {"-- ;\nbegin", Begin}},
		"/* ; */ select 1;set a=1": {{"/* ; */ select 1", Select}, {"set a=1", Set}},
		"create procedure p() begin select 1; end; select 2": {{"create procedure p() begin select 1; end; select 2", Create}},
		"/*!50003 create*/ /*!50003 trigger t after insert on u for each row begin\n set @a=1;\nend */": {
			{"/*!50003 create*/ /*!50003 trigger t after insert on u for each row begin\n set @a=1;\nend */", Create}}, // as mysqldump writes it
		"/*!50000 select 1; */":                nil,
		"create table t (a int); drop table t": {{"create table t (a int)", Create}, {"drop table t", Drop}},
		"( ( select 1 ) )":                     {{"( ( select 1 ) )", Select}},
		"select 1;\x00":                        nil,
		"'x'":                                  {{"'x'", Other}},
		"`select` 1":                           {{"`select` 1", Other}},
		"foo bar":                              {{"foo bar", Other}},
		"desc t; explain t":                    {{"desc t", Describe}, {"explain t", Explain}},
		"start transaction":                    {{"start transaction", StartTransaction}},
		"resignal; xa begin":                   {{"resignal", Resignal}, {"xa begin", XA}},
	} {
		var got []part
		var s Scan
		text := []byte(sql)
		var err error
		for next := 0; ; next = s.Next {
			if err = s.Run(text, next, modern); err != nil {
				break
			}
			got = append(got, part{string(text[s.Start:s.End]), s.First})
			if s.Next >= len(text) {
				break
			}
		}
		if want == nil {
			require.Error(t, err, sql)
			continue
		}
		require.NoError(t, err, sql)
		require.Equal(t, want, got, sql)
	}
}

func TestLiteralsAndParams(t *testing.T) {
	s := scan(t, "select 'a' 'b', ?, -1, x'41', n'c', 1.5, 1e1, b'1', null, true, @a, ?", modern)
	var texts []string
	for _, l := range s.Literals {
		texts = append(texts, string(l.Text([]byte("select 'a' 'b', ?, -1, x'41', n'c', 1.5, 1e1, b'1', null, true, @a, ?"))))
	}
	require.Equal(t, []string{"'a' 'b'", "?", "1", "x'41'", "n'c'", "1.5", "1e1", "b'1'", "?"}, texts)
	require.Equal(t, 2, s.Params)
}

func TestKeyIgnoresWhatDoesNotMatter(t *testing.T) {
	base := scan(t, "select a, `b` from t where id = 1 and c = 'x'", modern)
	for _, sql := range []string{
		"select a, `b` from t where id = 2 and c = 'y'",
		"SELECT a,`b` FROM t WHERE id=99999 AND c='it''s'",
		"select /* c */ a , `b`\n\tfrom t -- x\n where id = 1 and c = 'a' 'b' # y",
		"select a, `b` /*!50000 from */ t where id = 1 and c = \"\"",
		"select a, `b` from t where id = 1 /*!99999 or 1 */ and c = ''",
	} {
		s := scan(t, sql, modern)
		require.Equal(t, base.Key, s.Key, sql)
		require.Equal(t, base.Hash, s.Hash, sql)
		require.Len(t, s.Tokens, len(base.Tokens), sql)
	}
}

func TestKeyKeepsWhatMatters(t *testing.T) {
	seen := map[string]string{}
	for _, sql := range []string{
		"select a from t where id = 1", "select A from t where id = 1", "select a from T where id = 1",
		"select `a` from t where id = 1", "select a from t where id = -1", "select a from t where id = ?",
		"select a from t where id = '1'", "select a from t where id = 1.0", "select a from t where id = 1e0",
		"select a from t where id = x'01'", "select a from t where id = b'1'", "select a from t where id = n'1'",
		"select a from t where id = _latin1'1'", "select a from t where id = _utf8mb4'1'", "select a from t where id = null",
		"select a from t where id = true", "select a from t where id = @a", "select a from t where id = @b", "select a from t where id = @@a",
		"select a from t where id <= 1", "select a from t where id < 1", "select a from t where (id = 1)",
		"select /*+ x */ a from t where id = 1", "select /*+ y */ a from t where id = 1", "/* sluice: primary */ select a from t where id = 1",
		"select a from t where id in (1)", "select a from t where id in (1, 2)", "select a from t where id = 1 1",
		"select ab from t", "select a b from t", "select a.b from t", "select 'a' from t", "select 'a', 'b' from t", "select 1 'b' from t",
		"select date 'a' from t", "select date 'a' 'b' from t", "select `a``b` from t", "select `a` `b` from t", "select t.Select from t", "select t.select from t",
	} {
		key := string(scan(t, sql, modern).Key)
		require.NotContains(t, seen, key, "%s and %s", sql, seen[key])
		seen[key] = sql
	}
	for _, d := range []Dialect{{Version: 80032}, {Version: 90700, Mode: ANSIQuotes}, {Version: 90700, Charset: "gbk"}, {Version: 90700, MariaDB: true}} {
		key := string(scan(t, "select a from t where id = 1", d).Key)
		require.NotContains(t, seen, key, "%v", d)
		seen[key] = "dialect"
	}
}

func TestSyntaxErrorSaysWhere(t *testing.T) {
	var s Scan
	err := s.Run([]byte("select 1,\n'abc"), 0, modern)
	var syntax *SyntaxError
	require.ErrorAs(t, err, &syntax)
	require.Equal(t, &SyntaxError{Pos: 10, Line: 2, Near: "'abc", Why: "unclosed string"}, syntax)
	require.EqualError(t, err, "You have an error in your SQL syntax; check the manual that corresponds to your MySQL server version for the right syntax to use near ''abc' at line 2")
}

func TestModeOf(t *testing.T) {
	require.Zero(t, ModeOf(""))
	require.Zero(t, ModeOf("ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_DATE"))
	require.Equal(t, ANSIQuotes|NoBackslashEscapes, ModeOf("ansi_quotes, NO_BACKSLASH_ESCAPES"))
	require.Equal(t, ANSIQuotes|PipesAsConcat|IgnoreSpace, ModeOf("ANSI"))
	require.Equal(t, HighNotPrecedence|PipesAsConcat, ModeOf("HIGH_NOT_PRECEDENCE,PIPES_AS_CONCAT"))
}

func TestVerbs(t *testing.T) {
	for v := Select; v <= Import; v++ {
		require.NotEqual(t, "OTHER", v.String())
		require.Equal(t, v, scan(t, v.String()+" x", modern).First, v.String())
	}
	require.Equal(t, "NONE", None.String())
	require.Equal(t, "OTHER", Other.String())
}

func TestKeywordsAreFound(t *testing.T) {
	for k := keyword(1); k < named; k++ {
		for _, w := range []string{spelled[k], strings.ToUpper(spelled[k])} {
			require.Equal(t, k, keywords.find([]byte(w), 0, len(w)), w)
			padded := []byte("(" + w + "          )")
			require.Equal(t, k, keywords.find(padded, 1, 1+len(w)), w)
		}
	}
	for _, w := range reserved {
		require.True(t, keywords.find([]byte(w), 0, len(w)).reserved(), w)
	}
	for _, w := range []string{"selec", "selects", "x", "_select", "s\xe9lect", "abcdefghijklmnopqrstuvwxyz"} {
		require.Zero(t, keywords.find([]byte(w), 0, len(w)), w)
	}
}

var benchmarks = map[string]string{
	"orders": "SELECT id, status, note FROM orders WHERE tenant_id = '9b2f1c04-7d3e-4a58-8c61-000000000017' AND id = 't17'",
	"point":  "SELECT * FROM users WHERE id = 42",
	"tenant": "SELECT id, name, status, created_at FROM saas_users WHERE tenant_id = 'a3c1e6d0-1111-4222-8333-444455556666' AND id = 'b3c1e6d0-1111-4222-8333-444455556666'",
	"join4":  "SELECT o.id, o.total, c.name, p.title, s.state FROM orders o JOIN customers c ON c.id = o.customer_id AND c.tenant_id = o.tenant_id JOIN products p ON p.id = o.product_id LEFT JOIN shipments s ON s.order_id = o.id WHERE o.tenant_id = 't-17' AND o.created_at >= '2026-01-01' AND c.name LIKE 'a%' ORDER BY o.created_at DESC LIMIT 20",
}

// slowly is Run without common: every token through the lexer's states.
func slowly(s *Scan, sql []byte, from int, d Dialect) error {
	s.reset(sql, from, d)
	for {
		switch k := s.lex.next(); {
		case k == fault:
			return s.lex.err
		case k == eof:
			s.finish(len(sql), len(sql))
			return nil
		case k == Semicolon && !definesProgram(sql, s.Tokens, d):
			if s.lex.code {
				s.lex.fail(s.lex.start, "unclosed comment")
				return s.lex.err
			}
			s.finish(s.lex.start, s.lex.pos)
			return nil
		default:
			s.add(k)
		}
	}
}

func TestCommonTokensAreThoseOfTheLexer(t *testing.T) {
	for _, sql := range append([]string{
		"select a, _utf8mb4'x' b, x'41', n'n', b'1', $$ from t1.c1 where a=b and a!=b or a<>b or a=!b or a>=1", "select a, _b, $c, d$e, a.b, a . b, a. b, a .b, a.1, a.1e5",
		"select date '2026-01-01', date('x'), 'a' collate x 'b', 'a' 'b', a->'$.x', a - -1, a --\n 1", "select /*+ x */ a, selec /*+ y */ from t; select 2", "SELECT a =", "SELECT a <", "select a\x01b", "select a\x7f",
		"select \xe4\xf6, \xbf\\ from \xd7 where (a)%(b)^~c", "select a /*!50000 , b */ , c */ d", "(select 1) union (select a from b)", "select longer_than_eight, longer_than_twenty_four_bytes_it_is from t",
	}, slices.Collect(maps.Values(benchmarks))...) {
		for i, d := range fuzzDialects {
			var s, slow Scan
			err, slowErr := s.Run([]byte(sql), 0, d), slowly(&slow, []byte(sql), 0, d)
			require.Equal(t, slowErr, err, "%s, dialect %d", sql, i)
			if err == nil {
				requireSame(t, &slow, &s)
			}
		}
	}
}

func requireSame(t *testing.T, want, got *Scan) {
	t.Helper()
	require.Equal(t, want.Key, got.Key)
	require.Equal(t, want.Hash, got.Hash)
	require.Equal(t, append([]Token{}, want.Tokens...), append([]Token{}, got.Tokens...))
	require.Equal(t, append([]Token{}, want.Literals...), append([]Token{}, got.Literals...))
	require.Equal(t, []int{want.Params, want.Start, want.End, want.Next, int(want.First)}, []int{got.Params, got.Start, got.End, got.Next, int(got.First)})
}

func BenchmarkScan(b *testing.B) {
	for name, sql := range benchmarks {
		b.Run(name, func(b *testing.B) {
			var s Scan
			text := []byte(sql)
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				if err := s.Run(text, 0, modern); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkParse(b *testing.B) {
	for name, sql := range benchmarks {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Parse([]byte(sql), modern); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

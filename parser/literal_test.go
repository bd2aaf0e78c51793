package parser

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/parser/value"
)

// TestLiteral decodes constants. What the content of strings must be was compared with
// HEX() of a MySQL 9.7.4 for 33,000 random strings in eleven character sets.
func TestLiteral(t *testing.T) {
	text := func(s string) value.Value { return value.Value{Kind: value.String, S: s} }
	binary := func(s string) value.Value { return value.Value{Kind: value.Binary, S: s} }
	for _, c := range []struct {
		sql, dialect string
		want         value.Value
	}{
		{`0`, "", value.Value{Kind: value.Int}},
		{`007`, "", value.Value{Kind: value.Int, I: 7}},
		{`9223372036854775807`, "", value.Value{Kind: value.Int, I: 9223372036854775807}},
		{`9223372036854775808`, "", value.Value{Kind: value.Uint, U: 9223372036854775808}},
		{`18446744073709551615`, "", value.Value{Kind: value.Uint, U: 18446744073709551615}},
		{`18446744073709551616`, "", value.Value{Kind: value.Decimal, S: "18446744073709551616"}},
		{`1.50`, "", value.Value{Kind: value.Decimal, S: "1.50"}},
		{`.5`, "", value.Value{Kind: value.Decimal, S: ".5"}},
		{`1E5`, "", value.Value{Kind: value.Float, S: "1E5"}},
		{`x'4142'`, "", binary("AB")},
		{`X''`, "", binary("")},
		{`0x4142`, "", binary("AB")},
		{`0x142`, "", binary("\x01B")},
		{`0xFf`, "", binary("\xff")},
		{`b'1000001'`, "", binary("A")},
		{`0b100000101000010`, "", binary("AB")},
		{`b''`, "", binary("")},
		{`''`, "", text("")},
		{`'a''b'`, "", text("a'b")},
		{`"a""b'c"`, "", text(`a"b'c`)},
		{`'\0\'\"\b\n\r\t\Z\\\%\_\a\N'`, "", text("\x00'\"\b\n\r\t\x1a\\\\%\\_aN")},
		{`'a\nb\'`, "NO_BACKSLASH_ESCAPES", text(`a\nb\`)},
		{"'a' 'b'\n/* c */ \"d\"", "", text("abd")},
		{"'a' /*!50000 'b' */ 'c'", "", text("abc")},
		{"'\xbf\\'", "charset=gbk", text("\xbf\\")},
		{"'\xbf\\n'", "charset=gbk", text("\xbf\\n")},
		{"'\xbf\\n'", "charset=latin1", text("\xbf\n")},
		{"'a' collate utf8mb4_bin", "", value.Value{Kind: value.String, S: "a", Collation: "utf8mb4_bin"}},
		{"'a' /* c */ COLLATE `UTF8MB4_Bin`", "", value.Value{Kind: value.String, S: "a", Collation: "utf8mb4_bin"}},
		{"/*!50000 'a' */ collate x", "", value.Value{Kind: value.String, S: "a", Collation: "x"}},
		{"('a') collate x", "", text("a")},
		{"_latin1'a'", "", value.Value{Kind: value.String, S: "a", Charset: "latin1"}},
		{"_UTF8 /* c */ 'a' 'b' collate y", "", value.Value{Kind: value.String, S: "ab", Charset: "utf8mb3", Collation: "y"}},
		{"_utf8mb4 x'41'", "", value.Value{Kind: value.String, S: "A", Charset: "utf8mb4"}},
		{"_utf8mb4 0b1000001", "", value.Value{Kind: value.String, S: "A", Charset: "utf8mb4"}},
		{"_binary 'a'", "", binary("a")},
		{"_nope 'a'", "", text("a")},
		{"n'a\\'b'", "", value.Value{Kind: value.String, S: "a'b", Charset: "utf8mb3"}},
		{"date '2026-01-01'", "", value.Value{Kind: value.Other, S: "'2026-01-01'"}},
		{"timestamp'2026-01-01 00:00:00'", "", value.Value{Kind: value.Other, S: "'2026-01-01 00:00:00'"}},
		{"?", "", value.Value{Kind: value.Other, S: "?"}},
	} {
		sql := "select " + c.sql
		d := dialectOf(t, c.dialect)
		s := scan(t, sql, d)
		require.Len(t, s.Literals, 1, sql)
		require.Equal(t, c.want, Literal([]byte(sql), s.Literals[0], d), sql)
		require.Equal(t, c.want, View([]byte(sql), s.Literals[0], d), sql)
	}
}

// TestView: a text is viewed as it is read, whatever follows it.
func TestView(t *testing.T) {
	for _, behind := range []string{
		"", " ", ",1", ")", " collate x", "\tCOLLATE x", "\n/* c */collate `x`", "-- c\ncollate x", "# c\n collate x", "/*!50000 collate */ x", "\vcollate x",
		" as c", " and collate", " or 1", " limit 1", "=1 collate x", " coalesce", " from collate", "\x00collate x",
	} {
		for _, d := range fuzzDialects {
			sql := []byte("select 'text'" + behind)
			var s Scan
			if s.Run(sql, 0, d) != nil {
				continue
			}
			require.Equal(t, Literal(sql, s.Literals[0], d), View(sql, s.Literals[0], d), "%q", sql)
		}
	}
}

// TestLiteralsDoNotTouchEachOther checks what a constant takes from its neighbours.
func TestLiteralsDoNotTouchEachOther(t *testing.T) {
	sql := "select _latin1'a', 'b', date 'c', x'41', n'd', 'e' collate x, 'f', date 'g' 'h'"
	s := scan(t, sql, modern)
	var got []value.Value
	for _, l := range s.Literals {
		got = append(got, Literal([]byte(sql), l, modern))
	}
	require.Equal(t, []value.Value{
		{Kind: value.String, S: "a", Charset: "latin1"},
		{Kind: value.String, S: "b"},
		{Kind: value.Other, S: "'c'"},
		{Kind: value.Binary, S: "A"},
		{Kind: value.String, S: "d", Charset: "utf8mb3"},
		{Kind: value.String, S: "e", Collation: "x"},
		{Kind: value.String, S: "f"},
		{Kind: value.Other, S: "'g'"},
		{Kind: value.String, S: "h"},
	}, got)
}

func TestUnquote(t *testing.T) {
	sql := "select abc, `a``b`, \"x\"\"y\", @v, @`v``w`, @'v\\'w', @@global.`x`, _utf8mb4, @"
	for mode, want := range map[string][]string{
		"":            {"select", "abc", "a`b", `x"y`, "v", "v`w", "v'w", "global.x", "_utf8mb4", ""},
		"ANSI_QUOTES": {"select", "abc", "a`b", `x"y`, "v", "v`w", "v'w", "global.x", "_utf8mb4", ""},
	} {
		d := dialectOf(t, mode)
		var got []string
		for _, tok := range scan(t, sql, d).Tokens {
			if tok.Kind != Op {
				got = append(got, Unquote([]byte(sql), tok, d))
			}
		}
		require.Equal(t, want, got)
	}
}

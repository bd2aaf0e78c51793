package parser

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// fuzzDialects are the dialects a fuzzed byte chooses from.
var fuzzDialects = []Dialect{
	modern, {}, {Version: 80032, Mode: NoBackslashEscapes}, {Version: 90700, Mode: ANSIQuotes},
	{Version: 90700, Charset: "gbk"}, {Version: 90700, Charset: "sjis", Mode: ANSIQuotes | NoBackslashEscapes}, {Version: 90700, Charset: "big5"},
	{Version: 90700, Charset: "gb18030"}, {Version: 90700, Charset: "latin1"}, {Version: 101100, MariaDB: true}, {Version: 90700, Charset: "cp1250"},
}

func addSeeds(f *testing.F) {
	f.Helper()
	for i, sql := range []string{
		"select * from t where a = 'x' and b in (1,2,3) -- c", "insert into `t` values (x'41', b'1', 0x4, 1.5e3, N'x', _utf8mb4'y' collate utf8mb4_bin)",
		"/*!50000 select */ /*+ x */ 1; select 2", "set @a = 1, @@global.b := \"c\"", "create procedure p() begin select 1; end",
		"delete a.* from db.t a using (t1, t2) where 'a' 'b' = a->'$.x'", "/* sluice: tenant='x', primary */ update t set a = 1", "select /*+ sluice_tenant('a') */ $$x$$, @`b`",
		"with c(a) as (select 1) select * from c, lateral (select 2) d", "grant all on db.* to 'a'@'b'", "select '\xbf\\', `\xbf``", "set names x collate y, transaction read only",
	} {
		f.Add([]byte(sql), byte(i))
	}
}

// FuzzScan checks that tokens are in order, in range and separated only by white space
// and comments, that statements cover the text, and that a change of white space
// changes no Key. What is read in common must be what the lexer reads.
func FuzzScan(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, sql []byte, which byte) {
		d := fuzzDialects[int(which)%len(fuzzDialects)]
		var s Scan
		for next := 0; ; next = s.Next {
			if err := s.Run(sql, next, d); err != nil {
				var syntax *SyntaxError
				require.ErrorAs(t, err, &syntax)
				require.True(t, syntax.Pos >= next && syntax.Pos <= len(sql))
				return
			}
			checkScan(t, &s, sql, next)
			var slow Scan
			require.NoError(t, slowly(&slow, sql, next, d))
			requireSame(t, &slow, &s)
			checkSpaced(t, &s, sql, d)
			if s.Next >= len(sql) {
				return
			}
		}
	})
}

func checkScan(t *testing.T, s *Scan, sql []byte, from int) {
	t.Helper()
	require.True(t, from <= s.Start && s.Start <= s.End && s.End <= s.Next && s.Next <= len(sql))
	at, literals, params := s.Start, 0, 0
	for _, tok := range s.Tokens {
		require.True(t, at <= tok.Start && tok.Start < tok.End && tok.End <= s.End, "%v", tok)
		require.NotContains(t, tok.Kind.String(), "(")
		at = tok.End
		if tok.Kind.Literal() {
			require.Equal(t, tok, s.Literals[literals])
			literals++
		}
		if tok.Kind == Param {
			params++
		}
	}
	require.Len(t, s.Literals, literals)
	require.Equal(t, params, s.Params)
	empty := len(s.Tokens) == 0 || s.Tokens[len(s.Tokens)-1].Kind == Hint && s.Tokens[0].Kind == Hint
	require.Equal(t, empty, s.First == None)
}

// checkSpaced replaces what is between tokens by other white space and comments.
func checkSpaced(t *testing.T, s *Scan, sql []byte, d Dialect) {
	t.Helper()
	var b strings.Builder
	for i, tok := range s.Tokens {
		if i > 0 && tok.Start > s.Tokens[i-1].End {
			if s.Tokens[i-1].Kind == Hint || tok.Kind == Hint || i > 0 && s.Tokens[i-1].word.mood() == hintable {
				b.WriteString(" ")
			} else {
				b.WriteString("/* c */\n") // no space first: "--" would become a comment
			}
		}
		b.Write(tok.Text(sql))
	}
	b.WriteString("/* c */")
	if strings.Contains(b.String(), "/*!") || strings.Contains(b.String(), "*/*") || bytes.Contains(sql, []byte("/*")) && strings.Contains(b.String(), "/") {
		return // code inside comments does not come apart from them
	}
	var again Scan
	require.NoError(t, again.Run([]byte(b.String()), 0, d), b.String())
	require.Equal(t, s.Key, again.Key, b.String())
	require.Equal(t, s.Hash, again.Hash)
}

// FuzzParse checks that reading a statement in full never panics, that its parts are
// in range, and that changing nothing changes nothing.
func FuzzParse(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, sql []byte, which byte) {
		d := fuzzDialects[int(which)%len(fuzzDialects)]
		before := bytes.Clone(sql)
		s, err := Parse(sql, d)
		require.Equal(t, before, sql)
		if err != nil {
			return
		}
		require.Equal(t, s.Tree == nil, s.TreeErr != nil)
		for i, n := range s.Names() {
			require.True(t, n.First() >= 0 && n.Last() < len(s.Tokens) && n.Column < len(s.Tokens))
			require.True(t, i == 0 || s.Names()[i-1].Last() < n.First())
			s.DatabaseOf(n)
			s.TableOf(n)
		}
		for _, l := range s.Literals {
			Literal(s.SQL, l, d)
		}
		for _, h := range s.HintSplices() {
			require.True(t, h.Start <= h.End && h.End <= len(sql))
		}
		if _, err := Assignments(s); err == nil {
			require.Equal(t, sql, Apply(sql, nil))
		}
		s.Main()
		s.CTEs()
		require.NotEmpty(t, s.Fingerprint()+"x")
		require.Equal(t, sql, Apply(sql, Splices(s.Tokens, identity(s))))
	})
}

// identity replaces each token by itself.
func identity(s *Statement) []Edit {
	out := make([]Edit, len(s.Tokens))
	for i, t := range s.Tokens {
		out[i] = Edit{First: i, Last: i, Text: string(t.Text(s.SQL))}
	}
	return out
}

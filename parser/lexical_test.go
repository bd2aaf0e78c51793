package parser

import (
	"errors"
	"flag"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var rewrite = flag.Bool("rewrite", false, "rewrite the golden files")

// lexicalCase is one case of testdata/lexical.txt.
type lexicalCase struct {
	about   []string // comment lines before it
	sql     string
	dialect string
	mysql   string // the digest that a MySQL 9.7.4 made of the text, "error", or "" if not asked
	tokens  string
}

func readLexicalCases(t *testing.T) []lexicalCase {
	t.Helper()
	raw, err := os.ReadFile("testdata/lexical.txt")
	require.NoError(t, err)
	var out []lexicalCase
	for block := range strings.SplitSeq(strings.TrimSpace(string(raw)), "\n\n") {
		var c lexicalCase
		for line := range strings.SplitSeq(block, "\n") {
			key, rest, _ := strings.Cut(line, ": ")
			switch key {
			case "sql":
				c.sql, err = strconv.Unquote(rest)
				require.NoError(t, err, line)
			case "dialect":
				c.dialect = rest
			case "mysql":
				c.mysql = rest
			case "tokens":
				c.tokens = rest
			default:
				require.True(t, strings.HasPrefix(line, "#"), line)
				c.about = append(c.about, line)
			}
		}
		out = append(out, c)
	}
	return out
}

func writeLexicalCases(t *testing.T, cases []lexicalCase) {
	t.Helper()
	var b strings.Builder
	for i, c := range cases {
		if i > 0 {
			b.WriteByte('\n')
		}
		for _, line := range c.about {
			b.WriteString(line + "\n")
		}
		b.WriteString("sql: " + strconv.Quote(c.sql) + "\n")
		if c.dialect != "" {
			b.WriteString("dialect: " + c.dialect + "\n")
		}
		if c.mysql != "" {
			b.WriteString("mysql: " + c.mysql + "\n")
		}
		b.WriteString("tokens: " + c.tokens + "\n")
	}
	require.NoError(t, os.WriteFile("testdata/lexical.txt", []byte(b.String()), 0o644))
}

// dialectOf reads "ANSI_QUOTES charset=gbk version=80032 mariadb".
func dialectOf(t *testing.T, text string) Dialect {
	t.Helper()
	d := modern
	for field := range strings.FieldsSeq(text) {
		key, val, _ := strings.Cut(field, "=")
		switch key {
		case "charset":
			d.Charset = val
		case "version":
			v, err := strconv.Atoi(val)
			require.NoError(t, err)
			d.Version = v
		case "mariadb":
			d.MariaDB = true
		default:
			require.NotZero(t, ModeOf(key), key)
			d.Mode |= ModeOf(key)
		}
	}
	return d
}

// printTokens scans one statement and prints its tokens.
func printTokens(t *testing.T, sql string, d Dialect) string {
	t.Helper()
	var s Scan
	err := s.Run([]byte(sql), 0, d)
	var parts []string
	for _, tok := range s.Tokens {
		text := string(tok.Text([]byte(sql)))
		if q := strconv.Quote(text); strings.ContainsAny(text, "\n\t\x00") || !isASCII([]byte(text)) {
			text = q[1 : len(q)-1]
		}
		parts = append(parts, tok.Kind.String()+" "+text)
	}
	var syntax *SyntaxError
	switch {
	case errors.As(err, &syntax):
		parts = append(parts, "error "+syntax.Why)
	case s.Next < len(sql):
		parts = append(parts, "next "+sql[s.Next:])
	}
	return strings.Join(parts, " | ")
}

// TestLexical compares tokens with testdata/lexical.txt. Its mysql lines were recorded
// from STATEMENT_DIGEST_TEXT() of a server; "go test -rewrite" keeps them.
func TestLexical(t *testing.T) {
	cases := readLexicalCases(t)
	require.GreaterOrEqual(t, len(cases), 150)
	for i, c := range cases {
		got := printTokens(t, c.sql, dialectOf(t, c.dialect))
		if *rewrite {
			cases[i].tokens = got
			continue
		}
		require.Equal(t, c.tokens, got, "%q %s", c.sql, c.dialect)
	}
	if *rewrite {
		writeLexicalCases(t, cases)
	}
}

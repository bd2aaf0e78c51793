package router

import (
	"cmp"
	"slices"
	"unicode/utf8"

	"github.com/sluicedb/sluice/parser/value"
)

// Value is short for the values that rows are made of.
type Value = value.Value

const stringKind = value.String

func textCell(s string) Value { return Value{Kind: value.String, S: s} }

func sortRows(rows [][]string) {
	slices.SortFunc(rows, func(x, y []string) int { return cmp.Compare(x[0], y[0]) })
}

// like reports whether s matches a pattern of LIKE with \ as its escape. Names of
// databases and tables are compared byte for byte, as with lower_case_table_names=0.
func like(s, pattern string) bool {
	for len(pattern) > 0 {
		switch c := pattern[0]; {
		case c == '%':
			for i := 0; i <= len(s); i++ {
				if like(s[i:], pattern[1:]) {
					return true
				}
			}
			return false
		case len(s) == 0:
			return false
		case c == '_':
			_, n := utf8.DecodeRuneInString(s)
			s, pattern = s[n:], pattern[1:]
			continue
		case c == '\\' && len(pattern) > 1:
			pattern = pattern[1:]
		}
		if s[0] != pattern[0] {
			return false
		}
		s, pattern = s[1:], pattern[1:]
	}
	return len(s) == 0
}

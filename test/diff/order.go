package diff

import "strings"

// ordered reports whether the statement says in which order its rows come: by an ORDER
// BY of its own, outside all parentheses, or because it lists in a fixed order.
func ordered(sql string) bool {
	words := topLevel(sql)
	for i, w := range words {
		if i > 0 && w == "by" && words[i-1] == "order" {
			return true
		}
	}
	if len(words) == 0 {
		return false
	}
	switch words[0] {
	case "show", "describe", "desc", "explain":
		return true
	}
	return false
}

// topLevel returns the words outside parentheses, quotes and comments, in lower case.
func topLevel(sql string) []string {
	var words []string
	depth := 0
	for i := 0; i < len(sql); {
		switch c := sql[i]; {
		case c == '\'' || c == '"' || c == '`':
			i = afterQuote(sql, i)
		case c == '#' || strings.HasPrefix(sql[i:], "-- "):
			i = after(sql, i, "\n")
		case strings.HasPrefix(sql[i:], "/*"):
			i = after(sql, i, "*/")
		case c == '(':
			depth++
			i++
		case c == ')':
			depth--
			i++
		case isWord(c):
			from := i
			for i < len(sql) && isWord(sql[i]) {
				i++
			}
			if depth == 0 {
				words = append(words, strings.ToLower(sql[from:i]))
			}
		default:
			i++
		}
	}
	return words
}

func isWord(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '$' || c >= 0x80
}

// after returns where the text after the next end begins.
func after(sql string, from int, end string) int {
	if n := strings.Index(sql[from:], end); n >= 0 {
		return from + n + len(end)
	}
	return len(sql)
}

// afterQuote returns where the text after the quoted one at i begins.
func afterQuote(sql string, i int) int {
	quote := sql[i]
	for i++; i < len(sql); i++ {
		switch {
		case sql[i] == '\\' && quote != '`':
			i++
		case sql[i] == quote:
			return i + 1
		}
	}
	return len(sql)
}

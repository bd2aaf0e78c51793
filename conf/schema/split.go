package schema

import (
	"strings"
)

// Split cuts a script into statements. It reads quotes and comments as MySQL does under
// the default sql_mode, and understands the mysql client's command DELIMITER. Comments
// inside a statement stay, comments in front of it are dropped.
func Split(script string) []string {
	var out []string
	delimiter := ";"
	for script != "" {
		script = skipBlank(script)
		if d, rest, ok := delimiterLine(script); ok {
			delimiter, script = d, rest
			continue
		}
		end := find(script, delimiter)
		if s := strings.TrimSpace(script[:end]); s != "" {
			out = append(out, s)
		}
		script = script[min(end+len(delimiter), len(script)):]
	}
	return out
}

// skipBlank drops white space and comments at the start of s.
func skipBlank(s string) string {
	for {
		s = strings.TrimLeft(s, " \t\r\n")
		n := comment(s)
		if n == 0 {
			return s
		}
		s = s[n:]
	}
}

// delimiterLine reads a line "DELIMITER //".
func delimiterLine(s string) (delimiter, rest string, ok bool) {
	line, rest, _ := strings.Cut(s, "\n")
	words := strings.Fields(line)
	if len(words) != 2 || !strings.EqualFold(words[0], "delimiter") {
		return "", "", false
	}
	return words[1], rest, true
}

// find returns where the delimiter stands in s outside quotes and comments, or len(s).
func find(s, delimiter string) int {
	for i := 0; i < len(s); {
		if strings.HasPrefix(s[i:], delimiter) {
			return i
		}
		switch n := comment(s[i:]); {
		case n > 0:
			i += n
		case s[i] == '\'' || s[i] == '"' || s[i] == '`':
			i += quoted(s[i:])
		default:
			i++
		}
	}
	return len(s)
}

// comment returns the length of the comment that s begins with, 0 for none.
// https://dev.mysql.com/doc/refman/8.4/en/comments.html
func comment(s string) int {
	if strings.HasPrefix(s, "/*") && !strings.HasPrefix(s, "/*!") {
		if end := strings.Index(s[2:], "*/"); end >= 0 {
			return end + 4
		}
		return len(s)
	}
	dashes := strings.HasPrefix(s, "--") && (len(s) == 2 || s[2] <= ' ')
	if !dashes && !strings.HasPrefix(s, "#") {
		return 0
	}
	if end := strings.IndexByte(s, '\n'); end >= 0 {
		return end + 1
	}
	return len(s)
}

// quoted returns the length of the quoted text that s begins with. A doubled quote reads
// as two texts beside each other, which is as long.
func quoted(s string) int {
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == s[0]:
			return i + 1
		case s[i] == '\\' && s[0] != '`':
			i++
		}
	}
	return len(s)
}

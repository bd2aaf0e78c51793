package seed

import (
	"fmt"
	"strconv"
	"strings"
)

// Insert writes rows as one INSERT statement without a semicolon. The table may be
// qualified. The text is read rightly unless sql_mode has NO_BACKSLASH_ESCAPES.
func Insert(table string, columns []string, rows [][]any) string {
	var b strings.Builder
	fmt.Fprintf(&b, "INSERT INTO %s (%s) VALUES", table, strings.Join(columns, ", "))
	for i, row := range rows {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString("\n(")
		for j, v := range row {
			if j > 0 {
				b.WriteString(", ")
			}
			literal(&b, v)
		}
		b.WriteByte(')')
	}
	return b.String()
}

func literal(b *strings.Builder, v any) {
	switch v := v.(type) {
	case nil:
		b.WriteString("NULL")
	case int64:
		b.WriteString(strconv.FormatInt(v, 10))
	case string:
		quote(b, v)
	default:
		panic(fmt.Sprintf("seed: no literal for %T", v)) // rows hold nothing else
	}
}

// quote writes a string literal.
// https://dev.mysql.com/doc/refman/8.4/en/string-literals.html
func quote(b *strings.Builder, s string) {
	b.WriteByte('\'')
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\'':
			b.WriteString("''")
		case '\\':
			b.WriteString(`\\`)
		case '\n':
			b.WriteString(`\n`)
		case 0:
			b.WriteString(`\0`)
		default:
			b.WriteByte(s[i])
		}
	}
	b.WriteByte('\'')
}

package plan

import (
	"strings"
	"unicode/utf8"

	"github.com/sluicedb/sluice/rules"
)

// Edit replaces tokens of the text, First to Last by index, by the physical schema
// of a database (quoted) or by the value of a session function; Text follows. With
// Last one less than First it inserts: right before token First, or, if Behind is
// set, right behind token Last. Token indexes hold for every text with the same
// parser.Scan.Key. Edits of a plan are in the order of the text and do not overlap.
type Edit struct {
	First, Last int
	Behind      bool
	Database    *rules.Database // its schema on the chosen shard is written first; nil for none
	Literal     bool            // write the schema as a string constant and not as a name
	Func        Func            // the session's value is written first; NoFunc for none
	Item        [2]int          // with Alias: the first and last token of the item whose text becomes its alias
	Alias       bool
	Wide        bool // with Alias: the text is utf8mb4, which has more characters than names do
	Text        string
}

// span returns the bytes that the edit replaces.
func (e *Edit) span(a Args) (start, end int) {
	switch {
	case e.Last >= e.First:
		start, _ = a.Token(e.First)
		_, end = a.Token(e.Last)
	case e.Behind:
		_, end = a.Token(e.Last)
		start = end
	default:
		start, _ = a.Token(e.First)
		end = start
	}
	return start, end
}

// apply writes sql with the edits made; shardOf names the shard chosen for a
// database.
func apply(sql []byte, edits []Edit, a Args, shardOf func(*rules.Database) *rules.Shard) []byte {
	return applyIn(sql, 0, len(sql), edits, a, shardOf)
}

// applyIn is apply for a part of the text, in which all edits are.
func applyIn(sql []byte, at, end int, edits []Edit, a Args, shardOf func(*rules.Database) *rules.Shard) []byte {
	out := make([]byte, 0, end-at+32*len(edits))
	for i := range edits {
		e := &edits[i]
		start, next := e.span(a)
		out = append(out, sql[at:start]...)
		if e.Database != nil {
			out = appendSchema(out, shardOf(e.Database).Schema, e.Literal)
		}
		if e.Func != NoFunc {
			out = append(out, a.Session(e.Func)...)
		}
		if e.Alias {
			first, _ := a.Token(e.Item[0])
			_, last := a.Token(e.Item[1])
			out = appendName(append(out, " AS "...), heading(sql[first:last], e.Wide))
		}
		out = append(out, e.Text...)
		at = next
	}
	return append(out, sql[at:end]...)
}

// longestHeading is how many bytes of an item's text a server makes its name of.
const longestHeading = 255

// heading is the name that a server gives an item of a SELECT list: its text, as far as
// utf8mb3 has its characters and there is room. Other character sets than utf8mb4 stay as
// they are.
func heading(text []byte, wide bool) string {
	if !wide || !utf8.Valid(text) {
		return string(text)
	}
	var b strings.Builder
	for _, r := range string(text) {
		if r > 0xffff {
			r = '?'
		}
		if b.Len()+utf8.RuneLen(r) > longestHeading {
			break
		}
		b.WriteRune(r)
	}
	return b.String()
}

func appendSchema(out []byte, schema string, literal bool) []byte {
	if !literal {
		return appendName(out, schema)
	}
	return appendValue(out, text(schema), "utf8mb4")
}

// appendName appends a quoted identifier.
func appendName(out []byte, name string) []byte {
	out = append(out, '`')
	for i := range len(name) {
		if name[i] == '`' {
			out = append(out, '`')
		}
		out = append(out, name[i])
	}
	return append(out, '`')
}

// Rewrite makes the plan's edits for a choice of shards that is not Bind's.
func (p *Relay) Rewrite(sql []byte, a Args, shardOf func(*rules.Database) *rules.Shard) []byte {
	return apply(sql, p.Edits, a, shardOf)
}

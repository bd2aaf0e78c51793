package plan

import (
	"bytes"

	"github.com/sluicedb/sluice/rules"
)

// Place is an offset in a statement's text that stays right when the literals of
// the text change: Off bytes after the end of literal number After, or after the
// start of the text when After is -1.
type Place struct {
	After, Off int
}

// At returns the byte offset of the place in the text a describes.
func (p Place) At(a Args) int {
	if p.After < 0 {
		return p.Off
	}
	_, end := a.Span(p.After)
	return end + p.Off
}

// Edit replaces the text between two places: by the physical schema of a database
// (quoted), by the value of a session function, or by nothing; Text follows.
// Edits of a plan are in the order of the text and do not overlap.
type Edit struct {
	Start, End Place
	Database   *rules.Database // its schema on the chosen shard is written first; nil for none
	Literal    bool            // write the schema as a string constant and not as a name
	Func       Func            // the session's value is written first; NoFunc for none
	Text       string
}

// Skeleton is the text of a statement without its literals. A plan with edits fits
// only texts with the same skeleton: white space and comments move offsets.
type Skeleton struct {
	text []byte
	gaps []int // lengths of the pieces between literals
}

// NewSkeleton cuts the literals out of sql; spans are their offsets in order.
func NewSkeleton(sql []byte, spans [][2]int) Skeleton {
	var s Skeleton
	at := 0
	for _, sp := range spans {
		s.text = append(s.text, sql[at:sp[0]]...)
		s.gaps = append(s.gaps, sp[0]-at)
		at = sp[1]
	}
	s.text = append(s.text, sql[at:]...)
	s.gaps = append(s.gaps, len(sql)-at)
	return s
}

// Fits reports whether sql is the same text but for its literals.
func (s *Skeleton) Fits(sql []byte, a Args) bool {
	at, from := 0, 0
	for i, n := range s.gaps {
		if at+n > len(sql) || !bytes.Equal(sql[at:at+n], s.text[from:from+n]) {
			return false
		}
		from += n
		if i == len(s.gaps)-1 {
			return at+n == len(sql)
		}
		start, end := a.Span(i)
		if start != at+n || end > len(sql) {
			return false
		}
		at = end
	}
	return len(sql) == 0
}

// apply writes sql with the edits made; shardOf names the shard chosen for a
// database.
func apply(sql []byte, edits []Edit, a Args, shardOf func(*rules.Database) *rules.Shard) []byte {
	out := make([]byte, 0, len(sql)+32*len(edits))
	at := 0
	for i := range edits {
		e := &edits[i]
		start, end := e.Start.At(a), e.End.At(a)
		out = append(out, sql[at:start]...)
		if e.Database != nil {
			schema := shardOf(e.Database).Schema
			if e.Literal {
				out = append(out, '\'')
				out = append(out, schema...)
				out = append(out, '\'')
			} else {
				out = appendName(out, schema)
			}
		}
		if e.Func != NoFunc {
			out = append(out, a.Session(e.Func)...)
		}
		out = append(out, e.Text...)
		at = end
	}
	return append(out, sql[at:]...)
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

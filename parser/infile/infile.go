package infile

import "fmt"

// Format is what a LOAD DATA statement says of its file.
type Format struct {
	FieldEnd  string // FIELDS TERMINATED BY
	Quote     string // FIELDS ENCLOSED BY
	Escape    string // FIELDS ESCAPED BY
	LineStart string // LINES STARTING BY
	LineEnd   string // LINES TERMINATED BY
	Skip      uint64 // IGNORE n LINES
	Fields    int    // columns and variables that a record gives values to
	Key       int    // which of them is wanted; -1: none
}

// Check returns why a file of the format cannot be cut into records; "" if it can.
func (f *Format) Check() string {
	switch {
	case len(f.Quote) > 1 || len(f.Escape) > 1:
		return "" // for the server to refuse
	case f.FieldEnd == "" && f.Quote == "":
		return "fields of a fixed length end nowhere"
	case f.LineStart != "" && f.Skip > 0 && (f.LineEnd == "" || f.LineEnd == f.FieldEnd):
		return "records are skipped where lines have a beginning and no end"
	case f.Escape != "" && f.Escape == f.Quote && (f.LineEnd == f.Escape || f.FieldEnd == f.Escape):
		return "one character quotes, escapes and ends, so that a record needs the one behind it"
	}
	return ""
}

// Field is the value of a record's field.
type Field struct {
	Text    []byte // without quotes and escapes; valid until the next Feed or Next
	Null    bool
	Missing bool // the record has not so many fields
}

// Record is one row of a file.
type Record struct {
	Bytes []byte // as they stand in the file; valid until the next Feed
	Key   Field
	// Broken: a byte of it begins no character. A server refuses the file there, so it has
	// no key, and nothing follows but the bytes that a server looks at before it does.
	Broken bool
	// Unclear: a character is none, so that what servers make of the record depends on what
	// comes behind it, or on escapes inside the character.
	Unclear bool
}

// longest is the length of the longest character in bytes.
const longest = 4

// none stands for a separator that is not given, and for the end of a file.
const none = -1

// Cutter cuts one file; see NewCutter.
type Cutter struct {
	f        *Format
	set      charset
	fieldEnd int // the first byte of each separator
	quote    int
	escape   int
	lineEnd  int
	lineText string // the whole end of a line; empty where lines have none

	buf   []byte
	at    int    // first byte that belongs to no record yet
	pos   int    // the next byte to read
	whole bool   // nothing comes behind buf
	wait  int    // bytes from at on before reading is tried again
	skip  uint64 // lines or records that are left to skip
	over  bool   // there are no more records

	// of the record that is being read
	short     bool // reading went beyond buf, which is not whole
	atStart   bool // the beginning of the line has not been looked for
	lineEnded bool
	ended     bool // so has the file
	broken    bool
	unclear   bool
	seen      int  // up to where it has been looked at
	null      bool // the field contains \N
	quoted    bool
	text      []byte // of the field
	key       []byte // of the field wanted
}

// NewCutter returns a cutter for a file in a character set, whose MySQL name is given.
func NewCutter(f *Format, charset string) (*Cutter, error) {
	set, ok := charsetOf(charset)
	if !ok {
		return nil, fmt.Errorf("a file in character set %s cannot be cut into records", charset)
	}
	c := &Cutter{f: f, set: set, skip: f.Skip, atStart: f.LineStart != "", lineText: f.LineEnd}
	if f.LineEnd == f.FieldEnd {
		c.lineText = ""
	}
	c.fieldEnd, c.quote, c.escape, c.lineEnd = first(f.FieldEnd), first(f.Quote), first(f.Escape), first(c.lineText)
	return c, nil
}

func first(s string) int {
	if s == "" {
		return none
	}
	return int(s[0])
}

// Feed adds the next bytes of the file.
func (c *Cutter) Feed(p []byte) {
	if c.at > 0 && (c.at == len(c.buf) || c.at > len(c.buf)/2 || len(c.buf)+len(p) > cap(c.buf)) {
		c.buf = c.buf[:copy(c.buf, c.buf[c.at:])]
		c.at = 0
	}
	c.buf = append(c.buf, p...)
}

// End says that nothing follows.
func (c *Cutter) End() { c.whole = true }

// Held is how many bytes wait for the rest of their record.
func (c *Cutter) Held() int { return len(c.buf) - c.at }

// Next returns the next record. False means that more of the file is needed or, after
// End, that there are no more.
func (c *Cutter) Next() (Record, bool) {
	if c.over || !c.whole && c.Held() < c.wait {
		return Record{}, false
	}
	for {
		r, ok := c.next()
		switch {
		case c.short: // once twice as much is there, so that no file is read many times
			c.wait = max(2*c.Held(), 1)
			return Record{}, false
		case ok:
			return r, true
		case c.ended || c.whole && c.at == len(c.buf):
			c.over = true
			return Record{}, false
		}
	}
}

// next reads one record, or skips one.
func (c *Cutter) next() (Record, bool) {
	atStart := c.atStart
	c.pos, c.short, c.lineEnded, c.ended, c.broken, c.unclear, c.seen = c.at, false, false, false, false, false, c.at
	if c.skip > 0 && c.f.LineEnd != "" {
		c.nextLine()
		if c.short {
			c.atStart = atStart
			return Record{}, false
		}
		c.skip--
		c.at, c.wait = c.pos, 0
		return Record{}, false
	}
	r, ok := c.record()
	if c.short {
		c.atStart = atStart
		return Record{}, false
	}
	if c.skip > 0 && ok && !r.Broken { // no line ends here: the server looks for none
		c.skip--
		ok = false
	}
	r.Unclear = r.Unclear || c.skip > 0 && r.Broken // a shard would warn of its fields, too
	r.Bytes = c.buf[c.at:c.pos]
	c.at, c.wait = c.pos, 0
	return r, ok
}

// record reads the fields of a record and the rest of its line.
func (c *Cutter) record() (Record, bool) {
	r := Record{Key: Field{Missing: true}}
	for i := range c.f.Fields {
		if !c.field() {
			if c.broken {
				return c.refused()
			}
			if i == 0 {
				c.ended = true
				return r, false
			}
			break
		}
		if i == c.f.Key {
			r.Key = c.value()
		}
	}
	if c.skip == 0 {
		c.nextLine()
	}
	c.ended = false // there may be a next one: that will tell
	r.Unclear = c.unclear || c.seen > c.pos
	return r, true
}

// refused is the record in which a server refuses the file.
func (c *Cutter) refused() (Record, bool) {
	for range longest {
		c.get()
	}
	c.over = !c.short
	return Record{Broken: true}, true
}

// value is the field read last.
func (c *Cutter) value() Field {
	text := c.text
	if c.quoted {
		text = text[1:]
	}
	f := Field{Null: len(text) == 1 && c.null || !c.quoted && c.quote != none && string(text) == "NULL"}
	if !f.Null {
		c.key = append(c.key[:0], text...)
		f.Text = c.key
	}
	return f
}

// get reads one byte.
func (c *Cutter) get() int {
	if c.pos < len(c.buf) {
		b := c.buf[c.pos]
		c.pos++
		c.seen = max(c.seen, c.pos)
		return int(b)
	}
	c.short = c.short || !c.whole
	return none
}

// unget takes back a byte that get has read.
func (c *Cutter) unget(b int) {
	if b != none {
		c.pos--
	}
}

// follows reports whether the rest of a separator follows its first byte, and reads it.
func (c *Cutter) follows(sep string) bool {
	at := c.pos
	for i := 1; i < len(sep); i++ {
		if c.get() != int(sep[i]) {
			c.pos = at
			return false
		}
	}
	return true
}

// field reads one field into text. It returns false at the end of the line or file.
func (c *Cutter) field() bool {
	c.null, c.quoted = false, false
	if c.lineEnded {
		return false
	}
	if c.atStart {
		c.atStart = false
		if !c.findStart() {
			return false
		}
	}
	b := c.get()
	if b == none {
		c.lineEnded, c.ended = true, true
		return false
	}
	c.text = c.text[:0]
	quote := none
	if b == c.quote {
		quote = b
		c.text = append(c.text, byte(b))
	} else {
		c.unget(b)
	}
	return c.rest(quote)
}

// rest reads a field behind its opening quote; none: it has none.
func (c *Cutter) rest(quote int) bool {
	escapedWide := false
	for {
		b := c.get()
		if b == none {
			return c.endOfFile()
		}
		if b == c.escape {
			if b = c.get(); b == none {
				c.text = append(c.text, byte(c.escape))
				return c.endOfFile()
			}
			// Where both are one character, doubling it is all that it does.
			if c.escape != c.quote || b == c.escape {
				if c.width(b) == 1 {
					c.text = append(c.text, c.unescape(b))
				} else {
					escapedWide = true
					c.unget(b)
				}
				continue
			}
			c.unget(b)
			b = c.escape
		}
		if b == c.lineEnd && quote == none && c.follows(c.lineText) {
			c.lineEnded = true
			return true
		}
		switch {
		case b == quote:
			if b = c.get(); b == quote {
				c.text = append(c.text, byte(b))
				continue
			}
			if b == none || b == c.lineEnd && c.follows(c.lineText) {
				c.quoted, c.lineEnded = true, true
				return true
			}
			if b == c.fieldEnd && c.follows(c.f.FieldEnd) {
				c.quoted = true
				return true
			}
			c.unget(b)
			b = quote
		case b == c.fieldEnd && quote == none && c.follows(c.f.FieldEnd):
			return true
		}
		switch n := c.width(b); {
		case n == 0:
			c.broken = true
			return false
		case n > 1:
			whole, more := c.wide(b, n, escapedWide)
			if !more {
				return c.endOfFile()
			}
			if escapedWide = false; whole {
				continue
			}
		}
		c.text = append(c.text, byte(b))
	}
}

// wide reads the rest of a character of n bytes into text. If they are none, only the
// first has been read. more is false if the file ends.
func (c *Cutter) wide(b, n int, escaped bool) (whole, more bool) {
	at, from, escapes := c.pos, len(c.text), false
	c.text = append(c.text, byte(b))
	for range n - 1 {
		if b = c.get(); b == none {
			c.text = c.text[:from]
			return false, false
		}
		if b == c.escape && escaped {
			if b = c.get(); b != none {
				b, escapes = int(c.unescape(b)), true
			}
		}
		c.text = append(c.text, byte(b))
	}
	if c.set.whole(c.text[from:]) {
		return true, true
	}
	c.unclear = c.unclear || escapes
	c.text = c.text[:from]
	c.pos = at
	return false, true
}

func (c *Cutter) width(b int) int {
	if c.set.width == nil || b < 0x80 {
		return 1
	}
	return c.set.width(byte(b))
}

// endOfFile ends the field with the file. A quote that nothing closes belongs to it.
func (c *Cutter) endOfFile() bool {
	c.quoted, c.lineEnded, c.ended = false, true, true
	return true
}

func (c *Cutter) unescape(b int) byte {
	switch b {
	case 'n':
		return '\n'
	case 't':
		return '\t'
	case 'r':
		return '\r'
	case 'b':
		return '\b'
	case '0':
		return 0
	case 'Z':
		return 0x1a
	case 'N':
		c.null = true
	}
	return byte(b)
}

// nextLine reads what is left of a line behind the fields that are wanted. Quotes mean
// nothing there.
func (c *Cutter) nextLine() {
	c.atStart = c.f.LineStart != ""
	if c.lineEnded || c.lineText == "" {
		c.lineEnded = false
		return
	}
	for {
		b := c.get()
		if b == none {
			return
		}
		if n := c.width(b); n > 1 {
			for i := 1; b != none && i < n; i++ {
				b = c.get()
			}
			if b == c.escape && b != none {
				continue
			}
		}
		switch {
		case b == none:
			return
		case b == c.escape:
			if c.get() == none {
				return
			}
		case b == c.lineEnd && c.follows(c.lineText):
			return
		}
	}
}

// findStart reads up to and including what every line begins with.
func (c *Cutter) findStart() bool {
	start := c.f.LineStart
	for {
		b := c.get()
		if b == none {
			c.lineEnded, c.ended = true, true
			return false
		}
		if b == int(start[0]) && c.follows(start) {
			return true
		}
	}
}

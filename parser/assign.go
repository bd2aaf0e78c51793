package parser

import "strings"

// Scope says what an Assignment sets.
type Scope uint8

// The scopes of assignments.
const (
	ScopeSession      Scope = iota // SET x, SET SESSION x, SET LOCAL x, SET @@x, SET @@session.x
	ScopeGlobal                    // SET GLOBAL x, SET @@global.x
	ScopePersist                   // SET PERSIST x, SET @@persist.x
	ScopePersistOnly               // SET PERSIST_ONLY x, SET @@persist_only.x
	ScopeUserVar                   // SET @x
	ScopeNames                     // SET NAMES x [COLLATE y]
	ScopeCharacterSet              // SET CHARACTER SET x, SET CHARSET x
	ScopeTransaction               // SET TRANSACTION ..: the next transaction only
	ScopeOther                     // SET PASSWORD, ROLE, DEFAULT ROLE, RESOURCE GROUP, STATEMENT
)

var scopeNames = [...]string{
	ScopeSession: "session", ScopeGlobal: "global", ScopePersist: "persist", ScopePersistOnly: "persist_only",
	ScopeUserVar: "user variable", ScopeNames: "names", ScopeCharacterSet: "character set",
	ScopeTransaction: "transaction", ScopeOther: "other",
}

// String returns the scope as words.
func (s Scope) String() string { return scopeNames[s] }

// Assignment is one part of a SET statement.
type Assignment struct {
	Scope Scope
	// Name is the variable's name in lower case without @: "sql_mode", "a" of @a. SET
	// NAMES and SET CHARACTER SET have none. SET TRANSACTION gives assignments to
	// "transaction_isolation" and "transaction_read_only", also with SESSION or GLOBAL.
	// Of ScopeOther it is the first word: "password".
	Name string
	// Collation is that of SET NAMES x COLLATE y.
	Collation string
	// Default is set by = DEFAULT, NAMES DEFAULT and CHARACTER SET DEFAULT.
	Default bool
	// Constant says that the value is one constant or one word, which Text gives
	// without quotes, numbers with their sign. "READ-COMMITTED" and the like for
	// transaction_isolation, "ON" or "OFF" for transaction_read_only.
	Constant bool
	Text     string
	// First and Last are the value's tokens by index; First > Last if there are none.
	First, Last int
}

// Assignments reads a SET statement. What the server would reject for its shape is a
// *SyntaxError; names and values are not checked. Other statements have none.
func Assignments(s *Statement) ([]Assignment, error) {
	r := setReader{Statement: s}
	for r.kind(r.i) == Hint {
		r.i++
	}
	if r.word(r.i) != wSet {
		return nil, nil
	}
	r.i++
	if r.other() {
		return []Assignment{{Scope: ScopeOther, Name: strings.ToLower(s.text(r.i)), First: r.i + 1, Last: len(s.Tokens) - 1}}, nil
	}
	for {
		if err := r.assignment(); err != nil {
			return nil, err
		}
		if r.i >= len(s.Tokens) {
			return r.out, nil
		}
		if !r.op(r.i, ",") {
			return nil, r.fail("no comma between assignments")
		}
		r.i++
	}
}

// setReader reads the assignments of a SET.
type setReader struct {
	*Statement
	i      int
	sticky Scope // that of the last GLOBAL, SESSION ..: it holds for names that follow
	out    []Assignment
}

func (r *setReader) fail(why string) error {
	pos := len(r.SQL)
	if r.i < len(r.Tokens) {
		pos = r.Tokens[r.i].Start
	}
	return newSyntaxError(r.SQL, pos, why)
}

// other reports whether the statement is one of those that only begin with SET.
func (r *setReader) other() bool {
	if r.op(r.i+1, "=") || r.op(r.i+1, ":=") {
		return r.word(r.i) == wPassword
	}
	switch r.word(r.i) {
	case wPassword, wRole, wResource:
		return true
	case wDefault:
		return r.word(r.i+1) == wRole
	}
	return r.Is(r.i, "statement")
}

// assignment reads one assignment.
func (r *setReader) assignment() error {
	switch r.kind(r.i) {
	case UserVar:
		return r.variable(ScopeUserVar, strings.ToLower(r.text(r.i)), r.i+1)
	case SysVar:
		return r.systemAssignment()
	case Ident, QuotedIdent:
		return r.named()
	}
	return r.fail("no variable")
}

// systemAssignment reads @@x = value and @@scope.x = value.
func (r *setReader) systemAssignment() error {
	name, next := r.systemVariable(r.i), r.i+1
	if r.op(next, ".") {
		next += 2
	}
	scope := ScopeSession
	if head, rest, ok := strings.Cut(name, "."); ok {
		if sc, ok := scopeOf(head); ok {
			scope, name = sc, rest
		}
	}
	return r.variable(scope, name, next)
}

func scopeOf(word string) (Scope, bool) {
	switch word {
	case "global":
		return ScopeGlobal, true
	case "session", "local":
		return ScopeSession, true
	case "persist":
		return ScopePersist, true
	case "persist_only":
		return ScopePersistOnly, true
	}
	return ScopeSession, false
}

// named reads what begins with a word: a scope, NAMES, CHARACTER SET, TRANSACTION or
// a variable.
func (r *setReader) named() error {
	if r.word(r.i) == wNames && r.op(r.i+1, "=") {
		return r.fail("NAMES is no variable")
	}
	assigns := r.op(r.i+1, "=") || r.op(r.i+1, ":=") || r.op(r.i+1, ".")
	if !assigns {
		switch r.word(r.i) {
		case wGlobal, wSession, wLocal, wPersist, wPersistOnly:
			r.sticky, _ = scopeOf(strings.ToLower(r.text(r.i)))
			r.i++
			if r.word(r.i) == wTransaction && len(r.out) == 0 {
				return r.transaction(r.sticky)
			}
			if !r.Tokens[min(r.i, len(r.Tokens)-1)].isName() {
				return r.fail("no variable")
			}
			return r.plain()
		case wNames:
			return r.names()
		case wCharacter, wCharset, wChar:
			return r.characterSet()
		case wTransaction:
			if len(r.out) == 0 {
				return r.transaction(ScopeTransaction)
			}
		}
	}
	return r.plain()
}

// plain reads x = value and x.y = value.
func (r *setReader) plain() error {
	if r.i >= len(r.Tokens) {
		return r.fail("no variable")
	}
	name, next := strings.ToLower(r.text(r.i)), r.i+1
	for r.op(next, ".") && next+1 < len(r.Tokens) && r.Tokens[next+1].isName() {
		name += "." + strings.ToLower(r.text(next+1))
		next += 2
	}
	return r.variable(r.sticky, name, next)
}

// variable reads = value at the token given.
func (r *setReader) variable(scope Scope, name string, at int) error {
	r.i = at
	if !r.op(at, "=") && !r.op(at, ":=") {
		return r.fail("no =")
	}
	r.i++
	a := Assignment{Scope: scope, Name: name, First: r.i, Last: r.expression() - 1}
	if a.First > a.Last {
		return r.fail("no value")
	}
	r.constant(&a)
	r.out = append(r.out, a)
	r.i = a.Last + 1
	return nil
}

// expression returns the index of the comma or end behind the value at the position.
func (r *setReader) expression() int {
	depth := 0
	for i := r.i; i < len(r.Tokens); i++ {
		switch {
		case r.op(i, "("):
			depth++
		case r.op(i, ")"):
			depth--
		case depth == 0 && r.op(i, ","):
			return i
		}
	}
	return len(r.Tokens)
}

// constant fills in what a value of one token says.
func (r *setReader) constant(a *Assignment) {
	first, sign := a.First, ""
	if a.Last == first+1 && (r.op(first, "-") || r.op(first, "+")) {
		sign = strings.TrimPrefix(string(r.Tokens[first].Text(r.SQL)), "+")
		first++
		if k := r.kind(first); k != Int && k != Decimal && k != Float {
			return
		}
	}
	if first != a.Last {
		return
	}
	t := r.Tokens[first]
	switch {
	case t.word == wDefault:
		a.Default = true
	case t.Kind == Ident || t.Kind == QuotedIdent || t.Kind.Literal() && t.Kind != Param:
		a.Constant, a.Text = true, sign+r.text(first)
	}
}

// names reads NAMES x [COLLATE y].
func (r *setReader) names() error {
	r.i++
	a := Assignment{Scope: ScopeNames, First: r.i, Last: r.i}
	if err := r.charsetName(&a); err != nil {
		return err
	}
	if r.word(r.i) == wCollate {
		r.i++
		if r.i >= len(r.Tokens) || !r.isCharsetName(r.i) {
			return r.fail("no collation")
		}
		a.Collation = strings.ToLower(r.text(r.i))
		r.i++
	}
	r.out = append(r.out, a)
	return nil
}

// characterSet reads CHARACTER SET x, CHAR SET x and CHARSET x.
func (r *setReader) characterSet() error {
	if r.word(r.i) != wCharset {
		r.i++
		if r.word(r.i) != wSet {
			return r.fail("no SET")
		}
	}
	r.i++
	a := Assignment{Scope: ScopeCharacterSet, First: r.i, Last: r.i}
	if err := r.charsetName(&a); err != nil {
		return err
	}
	r.out = append(r.out, a)
	return nil
}

func (r *setReader) charsetName(a *Assignment) error {
	switch {
	case r.word(r.i) == wDefault:
		a.Default = true
	case r.isCharsetName(r.i):
		a.Constant, a.Text = true, strings.ToLower(r.text(r.i))
	default:
		return r.fail("no character set")
	}
	r.i++
	return nil
}

func (r *setReader) isCharsetName(i int) bool {
	switch r.kind(i) {
	case Ident, QuotedIdent, String:
		return r.word(i) != wDefault
	}
	return false
}

// transaction reads TRANSACTION ISOLATION LEVEL x, READ ONLY and READ WRITE, which
// nothing else may follow.
func (r *setReader) transaction(scope Scope) error {
	for {
		r.i++ // TRANSACTION or the comma
		first := r.i
		a := Assignment{Scope: scope, Constant: true, First: first}
		switch {
		case r.word(r.i) == wIsolation && r.Is(r.i+1, "level"):
			a.Name, a.Text = "transaction_isolation", r.isolation(r.i+2)
		case r.word(r.i) == wRead && r.word(r.i+1) == wOnly:
			a.Name, a.Text, r.i = "transaction_read_only", "ON", r.i+2
		case r.word(r.i) == wRead && r.word(r.i+1) == wWrite:
			a.Name, a.Text, r.i = "transaction_read_only", "OFF", r.i+2
		}
		if a.Text == "" {
			return r.fail("no transaction characteristic")
		}
		a.Last = r.i - 1
		r.out = append(r.out, a)
		if r.i >= len(r.Tokens) {
			return nil
		}
		if !r.op(r.i, ",") || len(r.out) > 1 || r.Is(r.i+1, "isolation") == (a.Name == "transaction_isolation") {
			return r.fail("no such transaction characteristics")
		}
	}
}

// isolation reads an isolation level and moves past it; "" if there is none.
func (r *setReader) isolation(at int) string {
	for _, words := range [...][]string{{"read", "uncommitted"}, {"read", "committed"}, {"repeatable", "read"}, {"serializable"}} {
		if r.Is(at, words[0]) && (len(words) == 1 || r.Is(at+1, words[1])) {
			r.i = at + len(words)
			return strings.ToUpper(strings.Join(words, "-"))
		}
	}
	return ""
}

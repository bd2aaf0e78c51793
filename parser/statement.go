package parser

import (
	"bytes"
	"errors"
	"fmt"
	"sort"
	"strings"
	"sync"

	tidb "github.com/pingcap/tidb/pkg/parser"
	"github.com/pingcap/tidb/pkg/parser/ast"
	"github.com/pingcap/tidb/pkg/parser/mysql"
	_ "github.com/pingcap/tidb/pkg/parser/test_driver" // the parser's constants
)

// Statement is the full reading of one statement, made once for each Scan.Key. It is
// immutable and safe for concurrent use, but its Tree must only be read.
type Statement struct {
	SQL      []byte // a copy of the text
	Dialect  Dialect
	Verb     Verb
	Tokens   []Token // all significant tokens: the same as those of a Scan of the text
	Literals []Token // constants and parameters, in text order
	Params   int     // number of ? among them

	// Tree is the tidb parser's reading, nil if TreeErr says why it has none. It was
	// made from the tokens alone, so both agree on what is a comment and where strings
	// end; constants are better asked of Literal, places of TokenAt.
	Tree    ast.StmtNode
	TreeErr error

	// Hints are the directives to Sluice: /*+ sluice_tenant('x') */ or, before the
	// statement, /* sluice: tenant=x, primary */. Keys are in lower case and without
	// the prefix; a directive without a value has the value "".
	Hints map[string]string

	UserVars       []string // user variables, in lower case without @, each once, in text order
	WritesUserVars bool     // one of them may be assigned: :=, SET, INTO, an argument of CALL
	SysVars        []string // system variables, in lower case without @@, "global.x" with a scope
	// Functions are the lower-case names of words followed by (, "db.f" if qualified,
	// and those of functions that need no parentheses. Some are not functions (types,
	// index names): a list to look names up in, not one to trust.
	Functions []string

	pairs  []int // for each ( the index of its ), for others 0
	names  []Name
	places []int                // offset of each token in the text the Tree was made from
	exprs  map[ast.ExprNode]int // offset of each expression of the Tree in that text
}

// Parse reads the statement in sql, which may end with a ;. More text behind it, an
// unclosed quote or comment is a *SyntaxError; whether the statement means anything
// is for the Tree and the server to say.
func Parse(sql []byte, d Dialect) (*Statement, error) {
	text := bytes.Clone(sql)
	var scan Scan
	if err := scan.Run(text, 0, d); err != nil {
		return nil, err
	}
	if err := onlyBlank(text, scan.Next, d); err != nil {
		return nil, err
	}
	s := &Statement{
		SQL: text, Dialect: d, Verb: scan.First,
		Tokens: scan.Tokens, Literals: scan.Literals, Params: scan.Params,
	}
	s.Hints = s.readHints()
	s.pairs = pairs(s.SQL, s.Tokens)
	s.names = s.readNames()
	s.readVariables()
	s.readFunctions()
	s.Tree, s.TreeErr = s.parseTree()
	return s, nil
}

// onlyBlank fails if there is another statement from the offset on.
func onlyBlank(sql []byte, from int, d Dialect) error {
	var rest Scan
	if err := rest.Run(sql, from, d); err != nil {
		return err
	}
	if len(rest.Tokens) > 0 || rest.Next < len(sql) {
		return newSyntaxError(sql, rest.Start, "more than one statement")
	}
	return nil
}

// Main returns the verb that decides what the statement does to data: that of the
// statement behind WITH, otherwise Verb.
func (s *Statement) Main() Verb {
	if s.Verb != With {
		return s.Verb
	}
	depth := 0
	for _, t := range s.Tokens {
		switch {
		case t.is(s.SQL, "("):
			depth++
		case t.is(s.SQL, ")"):
			depth--
		}
		if depth > 0 {
			continue
		}
		switch t.word {
		case wSelect, wUpdate, wDelete, wInsert, wReplace, wTable, wValues:
			return verbOf[t.word]
		}
	}
	return s.parenthesised()
}

// parenthesised finds the verb of WITH c AS (..) (SELECT ..): that of the last
// outermost parenthesis.
func (s *Statement) parenthesised() Verb {
	depth, verb := 0, Other
	for i, t := range s.Tokens {
		switch {
		case t.is(s.SQL, "("):
			if depth == 0 && i+1 < len(s.Tokens) {
				verb = firstVerb(s.Tokens[i+1].Kind, s.Tokens[i+1].word)
			}
			depth++
		case t.is(s.SQL, ")"):
			depth--
		}
	}
	return verb
}

// Is reports whether token i is the unquoted word given in lower case.
func (s *Statement) Is(i int, word string) bool {
	if i < 0 || i >= len(s.Tokens) || s.Tokens[i].Kind != Ident {
		return false
	}
	return strings.EqualFold(string(s.Tokens[i].Text(s.SQL)), word)
}

// word returns the keyword of token i, 0 outside.
func (s *Statement) word(i int) keyword {
	if i < 0 || i >= len(s.Tokens) {
		return 0
	}
	return s.Tokens[i].word
}

// op reports whether token i is the operator.
func (s *Statement) op(i int, op string) bool {
	return i >= 0 && i < len(s.Tokens) && s.Tokens[i].is(s.SQL, op)
}

// kind returns the kind of token i, 0 outside.
func (s *Statement) kind(i int) Kind {
	if i < 0 || i >= len(s.Tokens) {
		return 0
	}
	return s.Tokens[i].Kind
}

// text returns the name or content of token i without quotes.
func (s *Statement) text(i int) string { return Unquote(s.SQL, s.Tokens[i], s.Dialect) }

func (s *Statement) readVariables() {
	var user, system set
	for i, t := range s.Tokens {
		switch t.Kind {
		case UserVar:
			if s.isHost(i) {
				continue
			}
			user.add(strings.ToLower(s.text(i)))
			s.WritesUserVars = s.WritesUserVars || s.writes(i)
		case SysVar:
			system.add(s.systemVariable(i))
		}
	}
	s.UserVars, s.SysVars = user.list, system.list
}

// isHost reports whether the @x at i belongs to an account name. Statements that
// read or write rows name no accounts.
func (s *Statement) isHost(i int) bool {
	switch s.Verb {
	case Create, Alter, Drop, Grant, Revoke, Rename, Set, Show:
	default:
		return false
	}
	switch s.kind(i - 1) {
	case String, QuotedIdent:
		return true
	case Ident:
		return s.Tokens[i-1].End == s.Tokens[i].Start && !s.word(i-1).reserved()
	}
	return false
}

// writes reports whether the statement may assign the user variable at i.
func (s *Statement) writes(i int) bool {
	if s.op(i+1, ":=") {
		return true
	}
	switch s.Verb {
	case Call, Load, Get:
		return true
	case Set:
		return s.op(i+1, "=")
	}
	return s.word(i-1) == wInto
}

// systemVariable returns the name of the variable at i with its scope, also where
// white space separates the two.
func (s *Statement) systemVariable(i int) string {
	name := strings.ToLower(s.text(i))
	switch name {
	case "global", "session", "local", "persist", "persist_only":
		if s.op(i+1, ".") && i+2 < len(s.Tokens) && s.Tokens[i+2].isName() {
			return name + "." + strings.ToLower(s.text(i+2))
		}
	}
	return name
}

func (s *Statement) readFunctions() {
	var names set
	for i, t := range s.Tokens {
		switch {
		case t.word.niladic():
		case !s.op(i+1, "(") || !t.isName() || t.word.reserved() && !t.word.callable():
			continue
		}
		if s.namesTable(i) || t.word == wValues && s.startsRows(i) {
			continue
		}
		name := strings.ToLower(s.text(i))
		if s.op(i-1, ".") && i > 1 && s.Tokens[i-2].isName() {
			name = strings.ToLower(s.text(i-2)) + "." + name
		}
		names.add(name)
	}
	s.Functions = names.list
}

// startsRows reports whether the VALUES at i begins rows: the function of that name
// stands behind an operator.
func (s *Statement) startsRows(i int) bool {
	return s.kind(i-1) != Op || s.op(i-1, ")")
}

// namesTable reports whether the name at i is that of a table or of a common table
// expression, whose columns follow in parentheses.
func (s *Statement) namesTable(i int) bool {
	at := sort.Search(len(s.names), func(j int) bool { return s.names[j].Last() >= i })
	if at < len(s.names) && s.names[at].Table == i && s.names[at].Role == TableName {
		return true
	}
	return s.op(i+1, "(") && s.word(s.closing(i+1)+1) == wAs && s.op(s.closing(i+1)+2, "(")
}

// niladic reports whether the word is a function without parentheses.
func (k keyword) niladic() bool {
	switch k {
	case wCurrentUser, wCurrentDate, wCurrentTime, wCurrentTimestamp, wLocaltime, wLocaltimestamp, wUtcDate, wUtcTime, wUtcTimestamp:
		return true
	}
	return false
}

// callable reports whether the reserved word is also the name of a function.
func (k keyword) callable() bool {
	switch k {
	case wChar, wConvert, wDatabase, wIf, wInsert, wInterval, wLeft, wMatch, wMod, wRepeat, wReplace, wRight, wSchema, wValues:
		return true
	}
	return k.niladic()
}

// set is a list of different strings in the order they were added.
type set struct {
	list []string
	seen map[string]bool
}

func (s *set) add(x string) {
	if s.seen[x] {
		return
	}
	if s.seen == nil {
		s.seen = map[string]bool{}
	}
	s.seen[x] = true
	s.list = append(s.list, x)
}

// pairs returns for each ( the index of the ) that closes it, the last token's if none
// does.
func pairs(sql []byte, tokens []Token) []int {
	out := make([]int, len(tokens))
	var open []int
	for i, t := range tokens {
		switch {
		case t.is(sql, "("):
			open = append(open, i)
			out[i] = len(tokens) - 1
		case t.is(sql, ")") && len(open) > 0:
			out[open[len(open)-1]] = i
			open = open[:len(open)-1]
		}
	}
	return out
}

// parsers keeps tidb parsers between uses: one takes 0.4 MB and is not safe for
// concurrent use.
var parsers = sync.Pool{New: func() any { return tidb.New() }}

// errForeignNames says why a statement has no tree.
var errForeignNames = errors.New("names outside ASCII in a character set the tidb parser does not read")

// The trees of longer texts would be too deep for code that walks them by recursion:
// a goroutine that exhausts its stack ends the process.
const (
	maxRun    = 100_000 // tokens outside each other's lists, without a comma between them
	maxTables = 10_000
)

var errTooDeep = errors.New("too deeply nested for a tree")

// tooDeep reports whether the tree of the statement might be too deep. Lists make
// trees wide, not deep, except lists of tables.
func (s *Statement) tooDeep() bool {
	if len(s.names) > maxTables && s.tables() > maxTables {
		return true
	}
	total, run := 0, []int{0}
	for _, t := range s.Tokens {
		top := len(run) - 1
		switch {
		case t.is(s.SQL, "("):
			run = append(run, 0)
		case t.is(s.SQL, ")") && top > 0:
			total -= run[top]
			run = run[:top]
		case t.is(s.SQL, ","):
			total -= run[top]
			run[top] = 0
			continue
		}
		run[len(run)-1]++
		if total++; total > maxRun {
			return true
		}
	}
	return false
}

func (s *Statement) tables() int {
	n := 0
	for _, name := range s.names {
		if name.Role == TableName {
			n++
		}
	}
	return n
}

// parseTree asks the tidb parser. It is given the tokens rather than the text, since
// it reads comments, versions and some numbers otherwise than a server does.
func (s *Statement) parseTree() (tree ast.StmtNode, err error) {
	if s.Verb == None {
		return nil, errors.New("empty statement")
	}
	if s.tooDeep() {
		return nil, errTooDeep
	}
	text, err := s.plainText()
	if err != nil {
		return nil, err
	}
	p := parsers.Get().(*tidb.Parser)
	defer func() {
		if r := recover(); r != nil { // the parser is in doubt: not put back
			tree, err = nil, fmt.Errorf("reading it: panic: %v", r)
			return
		}
		parsers.Put(p)
	}()
	p.SetSQLMode(s.Dialect.Mode.tidb())
	tree, err = p.ParseOneStmt(text, "", "")
	if err != nil {
		return nil, fmt.Errorf("reading it: %w", err)
	}
	rowsOfInsert(tree)
	notes := placeNotes{}
	tree.Accept(notes)
	s.exprs = notes
	return tree, nil
}

// rowsOfInsert makes INSERT .. VALUES ROW(..) what it is to a server: another spelling of
// INSERT .. VALUES (..), and no query.
func rowsOfInsert(tree ast.StmtNode) {
	if e, ok := tree.(*ast.ExplainStmt); ok {
		tree = e.Stmt
	}
	n, ok := tree.(*ast.InsertStmt)
	if !ok {
		return
	}
	q, ok := n.Select.(*ast.SelectStmt)
	if !ok || q.Kind != ast.SelectStmtKindValues || q.IsInBraces || q.OrderBy != nil || q.Limit != nil || q.With != nil {
		return
	}
	n.Select = nil
	for _, row := range q.Lists {
		n.Lists = append(n.Lists, row.Values)
	}
}

// placeNotes is a visitor that notes where expressions begin. A parser of the pool
// keeps nodes on its stack after it has returned them, and its next parse, on behalf
// of another session, gives some of them other places.
type placeNotes map[ast.ExprNode]int

func (p placeNotes) Enter(n ast.Node) (ast.Node, bool) {
	if e, ok := n.(ast.ExprNode); ok {
		p[e] = e.OriginTextPosition()
	}
	return n, false
}

func (p placeNotes) Leave(n ast.Node) (ast.Node, bool) { return n, true }

// tidb returns the parser's own flags for the mode.
func (m Mode) tidb() mysql.SQLMode {
	var out mysql.SQLMode
	for f, mode := range map[Mode]mysql.SQLMode{
		ANSIQuotes: mysql.ModeANSIQuotes, NoBackslashEscapes: mysql.ModeNoBackslashEscapes,
		PipesAsConcat: mysql.ModePipesAsConcat, IgnoreSpace: mysql.ModeIgnoreSpace,
		HighNotPrecedence: mysql.ModeHighNotPrecedence,
	} {
		if m&f != 0 {
			out |= mode
		}
	}
	return out
}

// plainText writes the tokens so that the tidb parser reads the same ones: no
// comments and hints, one space where there was a gap, names beginning with a digit
// quoted. It notes the place of each token.
func (s *Statement) plainText() (string, error) {
	out := make([]byte, 0, len(s.SQL))
	s.places = make([]int, len(s.Tokens))
	for i, t := range s.Tokens {
		if i > 0 && (t.Start > s.Tokens[i-1].End || s.op(i, "-")) {
			out = append(out, ' ')
		}
		s.places[i] = len(out)
		text := t.Text(s.SQL)
		if s.Dialect.wide() != nil && t.isName() && !isASCII(text) {
			return "", errForeignNames
		}
		switch {
		case t.Kind == Hint:
		case t.Kind == Ident && (isDigit(text[0]) || s.tidbReserves(i)):
			out = append(append(append(out, '`'), text...), '`')
		case t.is(s.SQL, doubleNot):
			out = append(out, '!', ' ')
		case t.Kind == String || t.Kind == NString:
			out = s.plainString(out, t)
		default:
			out = append(out, text...)
		}
	}
	return string(out), nil
}

// tidbReserves reports whether the tidb parser takes the name at i for a keyword.
func (s *Statement) tidbReserves(i int) bool {
	switch {
	case s.Is(i, "array"): // a keyword in CAST(.. AS UNSIGNED ARRAY)
		return !s.op(i+1, ")") || s.op(i-1, "(") || s.op(i-1, ",") || s.op(i-1, ".")
	case s.Is(i, "until"): // a keyword in stored programs
		return s.Verb != Create && s.Verb != Alter
	}
	return s.Is(i, "ilike") || s.Is(i, "current_role") && !s.op(i+1, "(")
}

// plainString writes a string. One that the tidb parser might read otherwise is
// written anew; bytes of a foreign character set are replaced, since Literal is asked
// for their value.
func (s *Statement) plainString(out []byte, t Token) []byte {
	text := t.Text(s.SQL)
	if t.Kind == String && isASCII(text) && bytes.IndexByte(text, '\\') < 0 && bytes.Count(text, text[:1]) == 2 {
		return append(out, text...)
	}
	escapes := s.Dialect.Mode&NoBackslashEscapes == 0
	if t.Kind == NString {
		out = append(out, 'N')
	}
	out = append(out, '\'')
	for _, c := range []byte(decodeText(s.SQL, t, s.Dialect)) {
		switch {
		case c == '\'', c == '\\' && escapes:
			out = append(out, c, c)
		case c >= 0x80 && s.Dialect.wide() != nil:
			out = append(out, 'x')
		default:
			out = append(out, c)
		}
	}
	return append(out, '\'')
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

// TokenAt returns the index of the token at which an expression of the Tree begins,
// -1 if the node has no place. Only expressions have one: constants, columns,
// functions; a column's is its first part.
func (s *Statement) TokenAt(n ast.ExprNode) int {
	at, ok := s.exprs[n]
	if !ok {
		return -1
	}
	i := sort.SearchInts(s.places, at)
	// Hints take no room: skip those that share the place of the token behind them.
	for i+1 < len(s.places) && s.places[i+1] == at {
		i++
	}
	if i >= len(s.places) || s.places[i] != at {
		return -1
	}
	return i
}

// LiteralAt returns the index into Literals of the constant or parameter that a node
// of the Tree stands for, -1 for NULL, TRUE, FALSE and what has no place.
func (s *Statement) LiteralAt(n ast.ExprNode) int {
	i := s.TokenAt(n)
	if i >= 0 && s.Tokens[i].Kind == Introducer {
		i++
	}
	if i < 0 || i >= len(s.Tokens) || !s.Tokens[i].Kind.Literal() {
		return -1
	}
	at := s.Tokens[i].Start
	return sort.Search(len(s.Literals), func(j int) bool { return s.Literals[j].Start >= at })
}

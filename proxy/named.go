package proxy

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/parser/value"
	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/router/plan"
)

// Statements prepared by SQL (PREPARE, EXECUTE, DEALLOCATE PREPARE) belong to the
// session. Without parameters they run as text. With parameters a server prepares one for
// each execution, in the same packet; where no one server can run it, or the session does,
// the values of the variables take the place of the parameters.

// named is a statement prepared by SQL.
type named struct {
	sql     []byte
	db      string   // the current database when it was prepared, and whenever it runs
	history *history // of its parameters
}

// namedStmt is the name that such statements have on servers.
const namedStmt = "`sluice:stmt`"

// varParams are the user variables of EXECUTE .. USING.
type varParams struct {
	s     *session
	names []string
}

func (p varParams) paramValue(i int, _ string) value.Value {
	if i >= len(p.names) {
		return value.Value{Kind: value.Other}
	}
	return p.s.userVars[p.names[i]].value
}

func (p varParams) constant(i int) string {
	if i < len(p.names) {
		if v := p.s.userVars[p.names[i]]; v.value.Kind != value.Null {
			return v.literal
		}
	}
	return "NULL"
}

// prepareVerb keeps the text of PREPARE name FROM 'text' | @variable after a server
// has accepted it.
func (s *session) prepareVerb(text []byte, more bool) (bool, error) {
	name, ok := s.nameAt(text, 1)
	toks := s.scan.Tokens
	if !ok || len(toks) != 4 || !strings.EqualFold(string(toks[2].Text(text)), "FROM") {
		return true, s.syntax(text, 1)
	}
	var inner []byte
	switch t := toks[3]; t.Kind {
	case parser.String:
		inner = []byte(parser.Literal(text, t, s.dialect).S)
	case parser.UserVar:
		inner = s.userVars[varName(text, t, s.dialect)].text()
	default:
		return true, s.syntax(text, 3)
	}
	delete(s.named, strings.ToLower(name))
	h := new(history)
	if err := s.prepareNamed(inner, h, more); err != nil || s.relay.out.Err != nil {
		return true, err
	}
	if s.named == nil {
		s.named = make(map[string]named)
	}
	if len(s.named) >= s.snap.conf.Limits.PreparedStatements {
		return true, wire.Errorf(1461, "42000", "Can't create more than max_prepared_stmt_count statements (current value: %d)", s.snap.conf.Limits.PreparedStatements)
	}
	s.named[strings.ToLower(name)] = named{inner, s.db, h}
	return true, nil
}

// varName is the name of a user variable token, in lower case.
func varName(text []byte, t parser.Token, d parser.Dialect) string {
	return strings.ToLower(parser.Unquote(text, t, d))
}

// prepareNamed answers PREPARE, by a server where one will run the statement, and begins the
// history of its parameters.
func (s *session) prepareNamed(inner []byte, h *history, more bool) error {
	st := &prepared{sql: inner}
	if err := s.scan.Run(inner, 0, s.dialect); err != nil {
		return s.orSyntax(inner, err)
	}
	if s.scan.Next < len(inner) && !s.blank(inner, s.scan.Next) {
		rest := bytes.TrimLeft(inner[s.scan.Next:], " \t\r\n")
		return syntaxError(inner, len(inner)-len(rest))
	}
	st.params = s.scan.Params
	if s.asksDiagnostics(inner) {
		return errNotPreparable
	}
	_, own, err := s.describeOwn(st)
	if err == nil && !own {
		if err = s.replan(st); s.missedLater(st, err) {
			own, err = true, nil
		}
	}
	if unread(err) {
		err = s.orOwn(inner, err)
	}
	if err != nil {
		return err
	}
	if err := s.lockedOut(st.node); err != nil {
		return err
	}
	if _, ok := st.node.(*plan.TableLocks); ok {
		return wire.Errorf(1295, "HY000", "This command is not supported in the prepared statement protocol yet")
	}
	if p, ok := st.node.(*plan.Everywhere); ok {
		own, err = true, s.tryEverywhere(st, p)
	} else if _, ok := st.node.(*plan.Values); ok {
		own = true
	}
	if err != nil {
		return err
	}
	if own {
		s.quiet()
		s.okInfo("Statement prepared", more)
		return nil
	}
	if *h, err = s.historyNamed(st); err != nil {
		return err
	}
	q, err := s.describer(st)
	if err != nil {
		return err
	}
	lit, err := s.quote(q.sql)
	if err != nil {
		return err
	}
	q.sql = append([]byte("PREPARE "+namedStmt+" FROM "), lit...)
	q.more, q.outside, q.write = more, true, false
	_, err = s.text(q)
	return err
}

// describer is a call of a new statement on a server that can describe it.
func (s *session) describer(st *prepared) (*call, error) {
	q, err := s.representative(st)
	if err != nil {
		return s.gatherEmpty(st, err)
	}
	return q, nil
}

// historyNamed begins the history of a statement that PREPARE names and s.scan has read. The
// protocol's own prepared statement tells the types that a server infers; what it says
// against the statement it says to PREPARE as well.
func (s *session) historyNamed(st *prepared) (history, error) {
	if st.params == 0 || s.snap.mariadb || s.scan.First == parser.Call {
		return history{}, nil
	}
	q, err := s.describer(st)
	if err != nil {
		return history{}, err
	}
	q.outside, q.write, q.pins = true, false, 0
	uses := s.txn.uses
	types, err := s.tryPrepare(q)
	if q.gathered == nil {
		s.txn.uses = uses // nothing of it is the transaction's
	}
	if _, ok := errors.AsType[*wire.Error](err); ok {
		return history{}, nil
	}
	st.scan = *s.scan
	return historyOf(st, types, s.snap.mariadb), err
}

// inheritNamed brings the values of variables to what one server would take them for after
// the earlier executions of the statement: it returns the variables that have such values,
// and forgets those of its own making when the returned function is called.
func (s *session) inheritNamed(st *prepared, h *history, vars []string) ([]string, func(), error) {
	if len(h.inferred) == 0 {
		return vars, func() {}, nil
	}
	if err := s.askValues(vars); err != nil {
		return nil, nil, err
	}
	st.params, st.history, st.scan.First = len(vars), *h, s.scan.First
	st.bound.Null = make([]byte, (len(vars)+7)/8)
	for i, name := range vars {
		t, b := binaryOf(s.userVars[name].value)
		if t.Type == wire.TypeNull {
			st.bound.Null[i/8] |= 1 << (i % 8)
		}
		st.types, st.bound.Values = append(st.types, t), append(st.bound.Values, b...)
	}
	st.told = st.types
	st.kinds = st.bound.Kinds(nil, st.types, nil)
	if err := s.inherit(st); err != nil {
		return nil, nil, err
	}
	*h = st.history
	return s.castVariables(st, vars)
}

// askValues asks for the values of variables that a procedure may have set on the connection
// that the session holds.
func (s *session) askValues(vars []string) error {
	if s.txn.why&plan.PinCall == 0 || !slices.ContainsFunc(vars, func(name string) bool { _, known := s.userVars[name]; return !known }) {
		return nil
	}
	return s.rememberValues(s.txn.conn, &call{userVars: vars, setsVars: true}, &outcome{})
}

// castVariables makes variables of the values that st.bound does not have as it was told.
func (s *session) castVariables(st *prepared, vars []string) ([]string, func(), error) {
	cast := slices.Clone(vars)
	r := wire.NewReader(st.bound.Values)
	for i, t := range st.types {
		if st.bound.IsNull(i) {
			continue
		}
		b, err := wire.BinaryValue(&r, t.Type)
		if err != nil {
			return nil, nil, err
		}
		if t == st.told[i] {
			continue
		}
		text, ok := numberOf(t, b)
		if !ok {
			return nil, nil, plan.Unsupported(fmt.Sprintf("parameter %d of this prepared statement had a value of another type before, and MySQL would take this one for a date or time", i+1),
				s.snap.conf.Pos, "prepare the statement once more for values of this type")
		}
		col := wire.Column{Type: t.Type}
		if t.Unsigned {
			col.Flags = wire.FlagUnsigned
		}
		cast[i] = fmt.Sprintf("sluice:param%d", i+1)
		s.setUserVar(cast[i], newUserVar(text, nil, "", col))
	}
	return cast, func() {
		for i, name := range cast {
			if name != vars[i] {
				delete(s.userVars, name)
			}
		}
	}, nil
}

// binaryOf is the value of a user variable as a parameter of the binary protocol.
func binaryOf(v value.Value) (wire.ParamType, []byte) {
	switch v.Kind {
	case value.Null:
		return wire.ParamType{Type: wire.TypeNull}, nil
	case value.Int:
		return wire.ParamType{Type: wire.TypeLongLong}, binary.LittleEndian.AppendUint64(nil, uint64(v.I))
	case value.Uint:
		return wire.ParamType{Type: wire.TypeLongLong, Unsigned: true}, binary.LittleEndian.AppendUint64(nil, v.U)
	case value.Float:
		f, _ := strconv.ParseFloat(v.S, 64)
		return wire.ParamType{Type: wire.TypeDouble}, binary.LittleEndian.AppendUint64(nil, math.Float64bits(f))
	case value.Decimal:
		return wire.ParamType{Type: wire.TypeNewDecimal}, wire.AppendLenencString(nil, v.S)
	}
	return wire.ParamType{Type: wire.TypeVarString}, wire.AppendLenencString(nil, v.S)
}

// numberOf is the text of a number of the binary protocol, of those that the values of other
// types become.
func numberOf(t wire.ParamType, b []byte) ([]byte, bool) {
	switch {
	case t.Type == wire.TypeLongLong && t.Unsigned:
		return strconv.AppendUint(nil, binary.LittleEndian.Uint64(b), 10), true
	case t.Type == wire.TypeLongLong:
		return strconv.AppendInt(nil, int64(binary.LittleEndian.Uint64(b)), 10), true
	case t.Type == wire.TypeDouble:
		return strconv.AppendFloat(nil, math.Float64frombits(binary.LittleEndian.Uint64(b)), 'g', -1, 64), true
	}
	return b, t.Type == wire.TypeNewDecimal
}

// quote writes text as a string constant of the session's dialect.
func (s *session) quote(text []byte) ([]byte, error) {
	if multibyte[s.dialect.Charset] {
		return nil, plan.Unsupported("PREPARE under the character set "+s.dialect.Charset, s.snap.conf.Pos, "use the protocol's prepared statements, or utf8mb4")
	}
	out := []byte{'\''}
	for _, c := range text {
		if c == '\'' || (c == '\\' && s.dialect.Mode&parser.NoBackslashEscapes == 0) {
			out = append(out, c)
		}
		out = append(out, c)
	}
	return append(out, '\''), nil
}

// executeVerb runs EXECUTE name [USING @a, @b].
func (s *session) executeVerb(text []byte, more bool) (bool, error) {
	name, ok := s.nameAt(text, 1)
	if !ok {
		return true, s.syntax(text, 1)
	}
	st, ok := s.named[strings.ToLower(name)]
	if !ok {
		return true, wire.Errorf(1243, "HY000", "Unknown prepared statement handler (%s) given to EXECUTE", name)
	}
	vars, err := s.using(text)
	if err != nil {
		return true, err
	}
	if err := s.scan.Run(st.sql, 0, s.dialect); err != nil {
		return true, err
	}
	if s.scan.End < len(st.sql) { // a delimiter, comments: other text may have to follow
		st.sql = st.sql[:s.scan.End]
		if err := s.scan.Run(st.sql, 0, s.dialect); err != nil {
			return true, err
		}
	}
	if s.scan.Params != len(vars) {
		return true, wire.Errorf(1210, "HY000", "Incorrect arguments to EXECUTE")
	}
	defer s.inDatabase(st.db)()
	if len(vars) == 0 {
		return true, s.dispatch(st.sql, more)
	}
	run := &prepared{sql: st.sql}
	vars, forget, err := s.inheritNamed(run, st.history, vars)
	if err != nil {
		return true, err
	}
	defer forget()
	return true, s.executeNamed(run, vars, more)
}

// inDatabase makes a database the current one, as it was when a statement was prepared,
// until the function it returns is called.
func (s *session) inDatabase(db string) func() {
	was := s.db
	s.db = db
	return func() { s.db = was }
}

// using reads the variables of EXECUTE .. USING.
func (s *session) using(text []byte) ([]string, error) {
	toks := s.scan.Tokens
	if len(toks) == 2 {
		return nil, nil
	}
	if !strings.EqualFold(string(toks[2].Text(text)), "USING") {
		return nil, s.syntax(text, 2)
	}
	var vars []string
	for i := 3; ; i += 2 {
		if i >= len(toks) || toks[i].Kind != parser.UserVar {
			return nil, s.syntax(text, i)
		}
		vars = append(vars, varName(text, toks[i], s.dialect))
		if i+1 == len(toks) {
			return vars, nil
		}
		if string(toks[i+1].Text(text)) != "," {
			return nil, s.syntax(text, i+1)
		}
	}
}

// executeNamed runs a statement with the values of variables, on one server if that can.
func (s *session) executeNamed(st *prepared, vars []string, more bool) error {
	if f := verbOf(s.scan.First); f != nil && s.scan.First != parser.Drop && s.scan.First != parser.Explain && (s.scan.First != parser.Select || s.counts(st.sql)) {
		return s.withVariables(st.sql, vars, more, nil)
	}
	s.executing = varParams{s, vars}
	defer func() { s.executing = nil }()
	if err := s.replan(st); err != nil {
		return s.committed(err)
	}
	if err := s.ready(st.node); err != nil {
		return err
	}
	p, ok := st.node.(*plan.Relay)
	if !ok || p.Unique != nil {
		return s.withVariables(st.sql, vars, more, nil)
	}
	q, err := s.bindOrGather(p, st.sql)
	if err != nil {
		return s.withVariables(st.sql, vars, more, err)
	}
	t := s.temporaries(p, st.sql)
	lit, err := s.quote(q.sql)
	if err != nil {
		return err
	}
	q.before = append([]byte("PREPARE "+namedStmt+" FROM "), lit...)
	exec := "EXECUTE " + namedStmt
	for i, v := range vars {
		sep := ", @"
		if i == 0 {
			sep = " USING @"
		}
		exec += sep + wire.QuoteIdent(v)
	}
	q.sql, q.more = []byte(exec), more
	q.userVars = append(append([]string(nil), q.userVars...), vars...)
	q.setsVars = q.setsVars || s.scan.First == parser.Call // an OUT parameter may be one of them
	out, err := s.text(q)
	if err == nil && out.Err == nil {
		s.recount(t)
		s.definedHere(p, st.sql, out)
	}
	return err
}

// withVariables runs a statement with the values of variables in its text, for the reason
// why, if there is one, that no server can put them there.
func (s *session) withVariables(sql []byte, vars []string, more bool, why error) error {
	var text []byte
	from, n := 0, 0
	for _, t := range s.scan.Tokens {
		if t.Kind != parser.Param {
			continue
		}
		lit, ok := variableLiteral(s.userVars[vars[n]].value, s.env().Charset)
		if !ok && why != nil {
			return why
		}
		if !ok {
			return plan.Unsupported("EXECUTE of this statement with variable @"+vars[n]+" of this type", s.snap.conf.Pos, "send it as text with its values")
		}
		text = append(append(text, sql[from:t.Start]...), lit...)
		from, n = t.End, n+1
	}
	text = append(text, sql[from:]...)
	s.executing = nil
	if err := s.scan.Run(text, 0, s.dialect); err != nil {
		return err
	}
	return s.dispatch(text, more)
}

// variableLiteral writes the value of a user variable.
func variableLiteral(v value.Value, charset string) (string, bool) {
	if v.Charset != "" {
		charset = v.Charset
	}
	if charset == "" {
		charset = "utf8mb4"
	}
	switch v.Kind {
	case value.Null:
		return "NULL", true
	case value.Int, value.Uint:
		return string(textOf(v)), true
	case value.Decimal:
		if !strings.Contains(v.S, ".") {
			return v.S + ".", true
		}
		return v.S, true
	case value.Float:
		if !strings.ContainsAny(v.S, "eE") {
			return v.S + "e0", true
		}
		return v.S, true
	case value.String:
		return "_" + charset + " " + literal(v.S), true
	}
	return "", false
}

// deallocateVerb forgets a statement: DEALLOCATE PREPARE name.
func (s *session) deallocateVerb(text []byte, more bool) (bool, error) {
	name, ok := s.nameAt(text, 2)
	if w := s.words(text); !ok || len(w) != 3 || w[1] != "PREPARE" {
		return true, s.syntax(text, 1)
	}
	if _, ok := s.named[strings.ToLower(name)]; !ok {
		return true, wire.Errorf(1243, "HY000", "Unknown prepared statement handler (%s) given to DEALLOCATE PREPARE", name)
	}
	delete(s.named, strings.ToLower(name))
	s.quiet()
	s.ok(0, more)
	return true, nil
}

// dropVerb takes DROP PREPARE, the other spelling of DEALLOCATE PREPARE.
func (s *session) dropVerb(text []byte, more bool) (bool, error) {
	if s.dropsPrepared(text) {
		return s.deallocateVerb(text, more)
	}
	return false, nil
}

// dropsPrepared reports whether the statement that s.scan has read is DROP PREPARE.
func (s *session) dropsPrepared(text []byte) bool {
	return s.scan.First == parser.Drop && len(s.scan.Tokens) == 3 && bytes.EqualFold(s.scan.Tokens[1].Text(text), []byte("prepare"))
}

package proxy

import (
	"strings"

	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/parser/value"
	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/router/plan"
)

// Statements prepared by SQL (PREPARE, EXECUTE, DEALLOCATE PREPARE) belong to the
// session. A server prepares one for each execution, in the same packet.

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
		inner = []byte(s.userVars[varName(text, t, s.dialect)].value.S)
	default:
		return true, s.syntax(text, 3)
	}
	delete(s.named, strings.ToLower(name))
	if err := s.prepareNamed(inner, more); err != nil || s.relay.out.Err != nil {
		return true, err
	}
	if s.named == nil {
		s.named = make(map[string][]byte)
	}
	if len(s.named) >= s.snap.conf.Limits.PreparedStatements {
		return true, wire.Errorf(1461, "42000", "Can't create more than max_prepared_stmt_count statements (current value: %d)", s.snap.conf.Limits.PreparedStatements)
	}
	s.named[strings.ToLower(name)] = inner
	return true, nil
}

// varName is the name of a user variable token, in lower case.
func varName(text []byte, t parser.Token, d parser.Dialect) string {
	return strings.ToLower(parser.Unquote(text, t, d))
}

// prepareNamed lets a server check the text, and relays its answer.
func (s *session) prepareNamed(inner []byte, more bool) error {
	st := &prepared{sql: inner}
	if err := s.scan.Run(inner, 0, s.dialect); err != nil {
		return err
	}
	if err := s.replan(st); err != nil {
		return err
	}
	q, err := s.representative(st)
	if err != nil {
		if q, err = s.gatherEmpty(st, err); err != nil {
			return err
		}
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
	inner, ok := s.named[strings.ToLower(name)]
	if !ok {
		return true, wire.Errorf(1243, "HY000", "Unknown prepared statement handler (%s) given to EXECUTE", name)
	}
	vars, err := s.using(text)
	if err != nil {
		return true, err
	}
	st := &prepared{sql: inner}
	if err := s.scan.Run(inner, 0, s.dialect); err != nil {
		return true, err
	}
	if s.scan.Params != len(vars) {
		return true, wire.Errorf(1210, "HY000", "Incorrect arguments to EXECUTE")
	}
	s.executing = varParams{s, vars}
	defer func() { s.executing = nil }()
	if err := s.replan(st); err != nil {
		return true, err
	}
	return true, s.executeNamed(st, vars, more)
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

func (s *session) executeNamed(st *prepared, vars []string, more bool) error {
	p, ok := st.node.(*plan.Relay)
	if !ok {
		return s.run(st.node, st.sql, more)
	}
	if p.Unique != nil {
		return s.claimNamed(st.sql, vars, more)
	}
	q, err := s.bindOrGather(p, st.sql)
	if err != nil {
		return err
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
	out, err := s.text(q)
	if err == nil && out.Err == nil {
		s.recount(t)
		s.definedHere(p, st.sql, out)
	}
	return err
}

// claimNamed runs a write that must claim values, with the values of its variables in its
// text.
func (s *session) claimNamed(sql []byte, vars []string, more bool) error {
	var text []byte
	from, n := 0, 0
	for _, t := range s.scan.Tokens {
		if t.Kind != parser.Param {
			continue
		}
		v := s.userVars[vars[n]].value
		lit, ok := variableLiteral(v, s.env().Charset)
		if !ok {
			return plan.Unsupported("EXECUTE of a write to enforced unique keys with variable @"+vars[n]+" of this type", s.snap.conf.Pos, "send it as text with its values")
		}
		text = append(append(text, sql[from:t.Start]...), lit...)
		from, n = t.End, n+1
	}
	text = append(text, sql[from:]...)
	s.executing = nil
	if err := s.scan.Run(text, 0, s.dialect); err != nil {
		return err
	}
	node, err := s.plan(text)
	if err != nil {
		return err
	}
	return s.run(node, text, more)
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
	if w := s.words(text); len(w) == 3 && w[1] == "PREPARE" {
		return s.deallocateVerb(text, more)
	}
	return false, nil
}

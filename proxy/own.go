package proxy

import (
	"errors"
	"strings"

	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/pool"
	"github.com/sluicedb/sluice/router/plan"
	"github.com/sluicedb/sluice/rules"
)

// errSyntax is the number of MySQL's error for a text that it cannot read
// (ER_PARSE_ERROR).
const errSyntax = 1064

// errNoRoutine is the number of MySQL's error for a stored program that does not exist
// (ER_SP_DOES_NOT_EXIST).
const errNoRoutine = 1305

// errSpaced is MySQL's number for a function of its own whose name has a space behind it, and
// is looked for among the stored ones (ER_FUNC_INEXISTENT_NAME_COLLISION).
const errSpaced = 1630

// orSyntax prefers, to an error of our own, that a server cannot read the text.
func (s *session) orSyntax(text []byte, err error) error {
	e, ok := errors.AsType[*wire.Error](s.try(s.home(), text))
	if ok && e.Number == errSyntax {
		return e
	}
	return s.endedOr(err)
}

// orOwn prefers, to the refusal of a statement, the error that MySQL itself has for its
// text.
func (s *session) orOwn(text []byte, err error) error {
	if _, ok := errors.AsType[*parser.SyntaxError](err); ok {
		return s.orSyntax(text, err)
	}
	r, ok := errors.AsType[*plan.Refusal](err)
	if !ok || r.Number != 1235 {
		return err
	}
	on, tells := s.home(), ofText
	if r.On != nil {
		on, tells = r.On, ofStatement
	}
	e, ok := errors.AsType[*wire.Error](s.try(on, text))
	switch {
	case ok && e.Number == errSpaced && s.db != "":
		e.Message = strings.Replace(e.Message, " "+on.Schema+".", " "+s.db+".", 1)
		return e
	case ok && tells(e.Number):
		return e
	}
	for i := range r.Functions {
		if s.lacks(&r.Functions[i]) {
			return unknownFunction(&r.Functions[i])
		}
	}
	return s.endedOr(err)
}

// orMistake prefers, to the refusal of a statement that needs several shards, the mistake that a
// server finds in it when it prepares it on one.
func (s *session) orMistake(p *plan.Relay, text []byte, refused error) error {
	t, err := p.On(text, s, p.Sample())
	if err != nil {
		return refused
	}
	own := t.SQL == nil
	if own {
		t.SQL = text
	}
	e, ok := errors.AsType[*wire.Error](s.try(t.Shard, t.SQL))
	switch {
	case !ok || !ofStatement(e.Number):
		return s.endedOr(refused)
	case e.Number == errSyntax && !own: // it quotes the text
		return s.orSyntax(text, refused)
	}
	return s.namesOf(p, t.Shard).error(e)
}

// lacks reports whether servers say that a function does not exist.
func (s *session) lacks(f *plan.Function) bool {
	for _, on := range f.Shards {
		call := wire.QuoteIdent(f.Name) + "()"
		if f.Qualified {
			call = wire.QuoteIdent(on.Schema) + "." + call
		}
		e, ok := errors.AsType[*wire.Error](s.try(on, []byte("DO "+call)))
		if !ok || e.Number != errNoRoutine {
			return false
		}
	}
	return len(f.Shards) > 0 || f.Nowhere
}

func unknownFunction(f *plan.Function) error {
	if f.Schema == "" {
		return plan.NoDatabase()
	}
	return wire.Errorf(errNoRoutine, "42000", "FUNCTION %s.%s does not exist", f.Schema, f.Name)
}

// ofText reports whether an error is one of the text alone: what tables a server has
// does not matter.
func ofText(number uint16) bool {
	switch number {
	case errSyntax,
		1115, 1253, 1273, // character sets and collations
		1286,             // engines
		1210, 1221, 1582, // arguments, usage, number of parameters
		1193, 1327, // unknown and undeclared variables
		6037: // what only another optimizer has
		return true
	}
	return false
}

// ofStatement reports whether an error is one of the statement, if the server has all of its
// tables: not of rights, of what the server has, or of what it can prepare.
func ofStatement(number uint16) bool {
	switch number {
	case 1044, 1045, 1049, 1142, 1143, 1146, 1295, 1461:
		return false
	}
	return true
}

// home is the first shard of the current database.
func (s *session) home() *rules.Shard {
	if db, ok := s.snap.rules.Database(s.db); ok {
		return db.Shards[0]
	}
	return s.snap.rules.Databases[0].Shards[0]
}

// try lets a server prepare a text, unedited, under the session's settings. It returns
// the server's error, or why there is no answer.
func (s *session) try(on *rules.Shard, text []byte) error {
	return s.apart(on, func(c *pool.Conn) error { return tryOn(c, text) })
}

// apart asks a shard something under the session's settings, on a connection that is not
// the session's.
func (s *session) apart(on *rules.Shard, f func(*pool.Conn) error) error {
	// The transaction that it is tried for may be READ WRITE although the session is not.
	want := pool.Want{FoundRows: s.caps.Has(wire.ClientFoundRows), Settings: s.settings.Without(readOnlyVar), Schema: on.Schema}
	c, err := s.snap.groups[on.Group].Lease(s, &want)
	if err != nil {
		return err
	}
	defer c.Release()
	deadline(c)
	defer undeadline(c)
	if b, n := c.AppendAdapt(nil, &want); n > 0 {
		if _, err := c.Query(string(b) + "DO 0"); err != nil {
			c.Doubt("adaption failed")
			return &pool.DownError{Server: c.Server().Addr, Err: err}
		}
		c.Adapted(&want)
	}
	return f(c)
}

// tryOn lets the server of a connection prepare a text, and forgets it again.
func tryOn(c *pool.Conn, text []byte) error {
	key := []byte("tried")
	_, err := prepareOnConn(c, text, key)
	if err == nil {
		c.DropStmt(key)
		return nil
	}
	if _, ok := errors.AsType[*wire.Error](err); !ok {
		c.Doubt("protocol error")
	}
	return err
}

// ownSyntax returns the error to tell the client where a server could not read a text
// that Sluice has edited: MySQL's for the client's own text, which it quotes. The
// connection's diagnostics are then those of own. other is true if they are not those of
// the error.
func ownSyntax(c *pool.Conn, own []byte, e *wire.Error) (told *wire.Error, other bool, err error) {
	if own == nil || e.Number != errSyntax {
		return e, false, nil
	}
	err = tryOn(c, own)
	if mine, ok := errors.AsType[*wire.Error](err); ok {
		if mine.Number == errSyntax {
			return mine, false, nil
		}
		err = nil
	}
	return e, true, err
}

// quoting lets a syntax error of a statement quote what follows in its packet: one server
// reads on.
func (s *session) quoting(text []byte, err error) error {
	if len(s.behind) == 0 {
		return err
	}
	if e, ok := errors.AsType[*parser.SyntaxError](err); ok {
		c := *e
		c.Near = s.farther(text, c.Near)
		return &c
	}
	if e, ok := errors.AsType[*wire.Error](err); ok {
		s.quotesOf(text, e)
	}
	return err
}

// quotes does that for an error that a server gave.
func (s *session) quotes(e *wire.Error) { s.quotesOf(s.current, e) }

func (s *session) quotesOf(text []byte, e *wire.Error) {
	const head, tail = " near '", "' at line "
	at, end := strings.Index(e.Message, head), strings.LastIndex(e.Message, tail)
	if e.Number != errSyntax || len(s.behind) == 0 || at < 0 || end < at+len(head) {
		return
	}
	near := e.Message[at+len(head) : end]
	e.Message = e.Message[:at+len(head)] + s.farther(text, near) + e.Message[end:]
}

// farther is what a server would quote that has quoted the end of a statement's text.
func (s *session) farther(text []byte, near string) string {
	if !strings.HasSuffix(string(text), near) {
		return near // it was cut
	}
	after := string(s.behind)
	if near == "" {
		after = strings.TrimLeft(after, " \t\r\n\f\v")
	}
	all := []rune(near + after)
	return string(all[:min(len(all), quotes)])
}

package proxy

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/pool"
	"github.com/sluicedb/sluice/router/plan"
)

// commands maps a command byte to what answers it. A missing one is an unknown
// command.
var commands = [...]func(*session, []byte) error{
	wire.ComQuit:             (*session).comQuit,
	wire.ComInitDB:           (*session).comInitDB,
	wire.ComQuery:            (*session).comQuery,
	wire.ComFieldList:        (*session).comFieldList,
	wire.ComStatistics:       (*session).comStatistics,
	wire.ComProcessKill:      (*session).comProcessKill,
	wire.ComDebug:            (*session).comDebug,
	wire.ComPing:             (*session).comPing,
	wire.ComChangeUser:       (*session).comChangeUser,
	wire.ComStmtPrepare:      (*session).comStmtPrepare,
	wire.ComStmtExecute:      (*session).comStmtExecute,
	wire.ComStmtSendLongData: (*session).comStmtSendLongData,
	wire.ComStmtClose:        (*session).comStmtClose,
	wire.ComStmtReset:        (*session).comStmtReset,
	wire.ComSetOption:        (*session).comSetOption,
	wire.ComStmtFetch:        (*session).comStmtFetch,
	wire.ComResetConnection:  (*session).comResetConnection,
}

func (s *session) comQuit([]byte) error { return errQuit }

// comPing, as comInitDB, leaves the diagnostics of the statement before it as they are, and
// counts them.
func (s *session) comPing([]byte) error {
	s.conn.WriteOK(wire.OK{Status: s.status(), Warnings: s.standing()}, s.caps)
	return nil
}

// standing is how many warnings there are, listed or not, between two statements.
func (s *session) standing() uint16 {
	return uint16(min(len(s.diag)+s.unlisted, math.MaxUint16))
}

func (s *session) comDebug([]byte) error {
	return wire.Errorf(1227, "42000", "Access denied; you need (at least one of) the SUPER privilege(s) for this operation")
}

func (s *session) comInitDB(p []byte) error {
	if err := s.use(string(p)); err != nil {
		return err
	}
	s.okWith(wire.OK{Warnings: s.standing()}, false)
	return nil
}

// use changes the current database.
func (s *session) use(name string) error {
	if name == "" {
		return wire.Errorf(1046, "3D000", "No database selected")
	}
	if !s.snap.hasDatabase(name) {
		return wire.Errorf(1049, "42000", "Unknown database '%s'", name)
	}
	s.setDB(name)
	s.state = wire.AppendChange(nil, wire.Change{Type: wire.ChangeSchema, Value: []byte(name)})
	return nil
}

func (s *session) setDB(name string) {
	s.db, s.settings = name, s.settings.OfDatabase()
	s.mu.Lock()
	s.shownDB = name
	s.mu.Unlock()
}

// comStatistics answers with a plain string, as mysqladmin status prints it.
func (s *session) comStatistics([]byte) error {
	up := time.Since(s.srv.started)
	total, slow := s.srv.metrics.totals()
	s.conn.WritePacket(fmt.Appendf(nil, "Uptime: %d  Threads: %d  Questions: %d  Slow queries: %d  Opens: 0  Flush tables: 0  Open tables: 0  Queries per second avg: %.3f",
		int(up.Seconds()), len(s.srv.all()), total, slow, float64(total)/max(1, up.Seconds())))
	return nil
}

func (s *session) comProcessKill(p []byte) error {
	r := wire.NewReader(p)
	id := r.Uint32()
	if r.Err() != nil {
		return wire.ErrMalformed
	}
	if err := s.kill(id, true); err != nil {
		return err
	}
	s.ok(0, false)
	return nil
}

// kill ends another session of the same user, or its statement.
func (s *session) kill(id uint32, all bool) error {
	other := s.srv.session(id)
	switch {
	case other == nil:
		return wire.Errorf(1094, "HY000", "Unknown thread id: %d", id)
	case other.user.Name != s.user.Name:
		return wire.Errorf(1095, "HY000", "You are not owner of thread %d", id)
	case other == s:
		if all {
			s.quit = true
		}
		return errKilled
	}
	ctx, cancel := context.WithTimeout(s.srv.ctx, 10*time.Second)
	defer cancel()
	other.end(ctx, errKilled, all)
	return nil
}

// reset gives the session the state of a new one.
func (s *session) reset() {
	s.drop("session reset")
	s.closeStatements()
}

// comResetConnection gives the session the state of a new one, but for its database. The
// character sets, too, are those of the server, whatever the handshake has set.
func (s *session) comResetConnection([]byte) error {
	s.reset()
	if err := s.begin(s.user, wire.Login{Database: s.db, Attributes: s.attrs}); err != nil {
		return err
	}
	s.conn.WriteOK(wire.OK{Status: s.status()}, s.caps)
	return nil
}

// comChangeUser logs in anew on the same stream. Whatever happens, the old session's
// state is gone; a failed login ends the connection.
func (s *session) comChangeUser(p []byte) error {
	l, err := wire.ParseChangeUser(p, s.caps)
	if err != nil {
		s.quit = true
		return errUnknownCommand
	}
	s.reset()
	s.snap = s.srv.snap.Load()
	// The client scrambles with the nonce of the greeting, so the exchange begins with
	// a switch that carries a new one.
	nonce := wire.NewNonce()
	l.Plugin = ""
	a, err := s.authenticate(l, nonce[:])
	if err == nil {
		err = s.begin(a, l)
	}
	if err != nil {
		s.quit = true
		return err
	}
	s.srv.moved(s, a)
	s.welcome()
	return nil
}

func (s *session) comSetOption(p []byte) error {
	r := wire.NewReader(p)
	switch option := r.Uint16(); {
	case r.Err() != nil:
		return wire.ErrMalformed
	case option > 1:
		return errUnknownCommand
	default:
		s.multi = option == 0
	}
	if s.caps.Has(wire.ClientDeprecateEOF) {
		s.conn.End(wire.OK{Status: s.status()}.Append(s.conn.Begin(), wire.HeaderEOF, s.caps))
		return nil
	}
	s.conn.End(wire.AppendEOF(s.conn.Begin(), 0, s.status()))
	return nil
}

// comFieldList answers the old command of the mysql client's completion: the columns
// of a table, with their defaults. They are read on any shard that has the table.
func (s *session) comFieldList(p []byte) error {
	r := wire.NewReader(p)
	table := string(r.CString())
	pattern := string(r.Rest())
	if r.Err() != nil {
		return wire.ErrMalformed
	}
	q, err := s.describes(table)
	if err != nil {
		return err
	}
	q.keepDiag = true
	s.wants(q)
	c, err := s.acquire(q)
	if err != nil {
		return err
	}
	if err := s.adapt(c, q); err != nil {
		return err
	}
	c.WriteCommand(wire.ComFieldList, append([]byte(table), 0), []byte(pattern))
	if err := c.Flush(); err != nil {
		return s.lose(c, q, err)
	}
	inTrans := s.txn.trans && c == s.txn.conn
	x := &s.relay
	*x = relay{from: c, to: s.conn, caps: s.caps, names: q.names}
	if err := x.fieldList(); err != nil {
		return s.lose(c, q, err)
	}
	s.settle(c, inTrans, 0)
	return nil
}

// describes is a call on a shard that has the table.
func (s *session) describes(table string) (*call, error) {
	text := []byte("SHOW COLUMNS FROM " + wire.QuoteIdent(table))
	if err := s.scan.Run(text, 0, s.dialect); err != nil {
		return nil, err
	}
	n, err := s.plan(text)
	if err != nil {
		return nil, err
	}
	p, ok := n.(*plan.Relay)
	if !ok {
		return nil, wire.Errorf(1146, "42S02", "Table '%s.%s' doesn't exist", s.db, table)
	}
	return s.bind(p, text)
}

// fieldList passes column definitions on until the closing packet.
func (x *relay) fieldList() error {
	x.seq = x.to.Sequence()
	for {
		p, n, err := x.packet()
		if err != nil {
			return err
		}
		switch p[0] {
		case wire.HeaderErr:
			err = x.fail(p, n)
			x.to.SetSequence(x.seq)
			return err
		case wire.HeaderEOF:
			_, err = x.close(p, wire.HeaderEOF)
		default:
			if err = x.column(p); err == nil {
				x.from.Discard(n)
				continue
			}
		}
		x.from.Discard(n)
		x.to.SetSequence(x.seq)
		return err
	}
}

// adapt brings a connection to what a statement wants in a round trip of its own,
// for commands that nothing can be put before. On failure the connection is settled.
func (s *session) adapt(c *pool.Conn, q *call) error {
	b, n := s.prelude(nil, c, q)
	if s.preWarned = 0; n == 0 {
		return nil
	}
	r, err := c.Query(string(b[:len(b)-1]))
	if err != nil {
		return s.notAdapted(c, q, err)
	}
	s.preWarned = r.OK.Warnings
	s.adapted(c, q)
	return nil
}

// notAdapted settles a connection that could not be brought to what a statement wants.
func (s *session) notAdapted(c *pool.Conn, q *call, err error) error {
	if _, ok := err.(*wire.Error); !ok { //nolint:errorlint // the pool does not wrap
		return s.lose(c, q, err)
	}
	if s.again(c, q, err) {
		return errAgain
	}
	c.Doubt("adaption failed")
	s.settle(c, c == s.txn.conn && s.txn.trans, 0)
	return err
}

// adapted records that the statements before q's have run.
func (s *session) adapted(c *pool.Conn, q *call) {
	c.Adapted(&s.want)
	if s.txn.of(c) != nil {
		s.txn.begun(c, q)
		return
	}
	if !q.outside && s.txn.begin != "" && len(s.txn.prefix(q)) > 0 { // without BEGIN the statement's end tells: after
		// The transaction has begun on this connection: it is held from here on.
		s.txn.sent()
		if s.txn.conn == nil {
			s.txn.conn = c
		}
		s.txn.trans = true
	}
}

// bye gives back everything when the client has left.
func (s *session) bye() {
	s.drop("client left")
	s.publish(nil)
	s.closeStatements()
}

package proxy

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/sluicedb/sluice/conf"
	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/pool"
	"github.com/sluicedb/sluice/router/plan"
	"github.com/sluicedb/sluice/rules"
)

// call is one statement on its way to one server.
type call struct {
	plan   *plan.Relay // nil for statements of the session itself
	group  string
	home   *pool.Group // the same, where it is known already
	schema string      // current database it needs; empty: any
	sql    []byte
	own    []byte // the client's text, where sql is an edited one
	before []byte // a statement that must run just before it in the same packet
	names  *names
	spot   *spot        // nil for statements of the session itself
	shard  *rules.Shard // the same
	more   bool         // another statement of the client's packet follows

	moves   bool             // it may run again on the group's next primary
	moved   int              // how often it has
	read    *demand          // a replica may answer it; nil: only the primary
	tries   *plan.Locate     // it runs where this row was last, and its answer must show that it still is
	level   conf.Consistency // of a read that its plan lets run on a replica
	pending int              // bytes for the client, their next number, and how often some were written, before it
	seq     byte
	sent    int

	class    plan.Class
	effects  bool // it does more than its rows show
	pins     plan.Reason
	write    bool         // it may change data
	alone    bool         // its text runs to the end of the packet: no server may read it as several statements
	locks    bool         // it runs on the connection of user locks
	outside  bool         // it neither opens nor belongs to a transaction (SET)
	userVars []string     // user variables it names
	setsVars bool         // and may change
	onlySets bool         // and reads none of them
	needID   bool         // it reads LAST_INSERT_ID(), or may set it even if it fails
	givesID  bool         // its OK packet may have an id
	setsID   bool         // it may set LAST_INSERT_ID() without saying so in its OK packet
	found    bool         // SQL_CALC_FOUND_ROWS
	clock    string       // a statement before it that stops the connection's time
	at       string       // the time at which the connection's clock stands, as one of its settings; empty: it goes
	gathered *gathering   // its rows have been brought to the connection
	keepDiag bool         // it leaves the diagnostics area as it is
	begins   bool         // it begins a transaction itself
	note     *note        // it may have to run again with its transaction; nil: it will not
	feed     feed         // writes the file that a server asks for; nil: it asks for none
	file     []byte       // the name of the file that it has asked for
	answer   *pool.Result // of one whose reply is kept from the client (collect)
}

// feed writes the bytes of a file to a server.
type feed func(c *pool.Conn) error

// text runs a statement by COM_QUERY and relays its reply. What the connection needs
// first goes out in the same packet, before the statement: the server stops at the
// first that fails.
func (s *session) text(q *call) (*outcome, error) {
	if s.looksUp(q, nil) {
		return s.alone(q, func() (*outcome, error) { return s.textMoving(q) })
	}
	return s.textMoving(q)
}

// textMoving is text, on the next primary if need be.
func (s *session) textMoving(q *call) (*outcome, error) {
	s.touch(q)
	q.note = s.expect(q, nil)
	for {
		out, err := s.textOnce(q)
		if err != errAgain { //nolint:errorlint // our own value, never wrapped
			s.noted(q, out, err)
			return out, err
		}
	}
}

func (s *session) textOnce(q *call) (*outcome, error) {
	s.mark(q)
	q.moves = true
	c, err := s.connection(q)
	if err != nil {
		return nil, err
	}
	if q.alone {
		return s.textAlone(c, q)
	}
	c.ResetSequence()
	b := append(c.Begin(), byte(wire.ComQuery))
	b, n := s.prelude(b, c, q)
	c.End(append(b, q.sql...))
	if err := c.Flush(); err != nil {
		return nil, s.lose(c, q, err)
	}
	return s.reply(c, q, n, false)
}

// connection gives the statement its connection, with the rows it needs of other
// servers.
func (s *session) connection(q *call) (*pool.Conn, error) {
	if q.gathered == nil {
		s.wants(q)
		return s.acquire(q)
	}
	s.task.Off()
	if err := q.gathered.prepare(s.readsUnset(q)); err != nil {
		return nil, err
	}
	s.wants(q)
	return q.gathered.host, nil
}

// textAlone runs the definition of a stored program. Where its body ends only a
// server's grammar knows, so the server is told to take one statement only.
func (s *session) textAlone(c *pool.Conn, q *call) (*outcome, error) {
	if err := s.adapt(c, q); err != nil {
		return nil, err
	}
	if err := multiStatements(c, false); err != nil {
		return nil, s.lose(c, q, err)
	}
	c.WriteCommand(wire.ComQuery, q.sql)
	if err := c.Flush(); err != nil {
		return nil, s.lose(c, q, err)
	}
	return s.reply(c, q, 0, false)
}

// multiStatements tells a server whether it may read a packet as several statements
// (COM_SET_OPTION).
func multiStatements(c *pool.Conn, on bool) error {
	option := []byte{1, 0} // MYSQL_OPTION_MULTI_STATEMENTS_OFF
	if on {
		option[0] = 0
	}
	c.WriteCommand(wire.ComSetOption, option)
	if err := c.Flush(); err != nil {
		return err
	}
	p, err := c.ReadPacket()
	if err == nil && (len(p) == 0 || p[0] == wire.HeaderErr) {
		err = wire.ErrMalformed
	}
	return err
}

// wants says what the statement needs of its connection.
func (s *session) wants(q *call) {
	s.vars = s.vars[:0]
	for _, name := range q.userVars {
		if _, known := s.userVars[name]; !known && s.txn.why&plan.PinCall != 0 && s.txn.conn.Server().Group == q.group {
			q.setsVars = true // a procedure may have set it on the held connection
			continue
		}
		v, known := s.userVars[name]
		if !known && q.onlySets {
			continue
		}
		s.vars = append(s.vars, pool.UserVar{Name: name, Literal: v.in(name)})
	}
	settings := s.settings
	if s.txn.open() && !s.txn.openedOn(q.group) && !s.readOnly() {
		if _, set := settings.Value(readOnlyVar); set {
			settings = settings.Without(readOnlyVar) // else nothing could be prepared there for a transaction that is READ WRITE
		}
	}
	if q.at != "" {
		settings = settings.With(pool.Setting{Name: "timestamp", Value: q.at})
	}
	s.want = pool.Want{
		Task: s.task, FoundRows: s.caps.Has(wire.ClientFoundRows), Settings: settings, Schema: q.schema,
		UserVars: s.vars, Clean: s.readsUnset(q), InsertID: s.insertID, NeedID: q.needID,
		GivesID: q.setsID || q.givesID, Bytes: s.size + s.stmts.long,
	}
}

// readsUnset reports whether the statement may read a user variable that was never set.
// A server tells such a variable from one that is NULL.
func (s *session) readsUnset(q *call) bool {
	return !q.onlySets && slices.ContainsFunc(q.userVars, func(name string) bool {
		_, known := s.userVars[name]
		return !known
	})
}

// prelude appends the statements that must run before the client's.
func (s *session) prelude(b []byte, c *pool.Conn, q *call) ([]byte, int) {
	b, n := c.AppendAdapt(b, &s.want)
	if !q.outside {
		prefix := s.txn.prefix(q)
		if br := s.txn.of(c); br != nil && !br.opened {
			prefix = s.txn.opening(br)
		}
		for _, sql := range prefix {
			b = append(append(b, sql...), ';')
			n++
		}
	}
	if len(q.before) > 0 {
		b = append(append(b, q.before...), ';')
		n++
	}
	return b, n
}

// reply relays the reply of a statement that has been sent after n others.
func (s *session) reply(c *pool.Conn, q *call, n int, binary bool) (*outcome, error) {
	x := &s.relay
	info, kept, limits := x.info, x.keep, &s.snap.conf.Limits
	*x = relay{} // a literal with its fields would be made elsewhere and copied
	x.from, x.to, x.caps, x.names, x.owner, x.call, x.info, x.keep = c, s.conn, s.caps, q.names, s, q, info, kept
	x.own, x.tries, x.skip, x.binary, x.more, x.gtids = q.own, q.tries != nil, n, binary, q.more, s.asksGTIDs()
	x.stall, x.most = limits.WriteStall, uint64(limits.ResultRows)
	x.calls, x.status = s.scan.First == parser.Call, s.statusOf(c, q)
	x.inRows = q.names != nil && namesInRows(s.scan.First)
	if q.plan != nil && len(q.plan.Dropped.Absent) > 0 {
		x.notes = uint16(len(s.notes(q.plan.Dropped.Absent)))
	}
	if q.spot != nil && q.names == q.spot.names { // others are for this execution only
		x.spot = q.spot
	}
	if c.Replica {
		if err := timed(c); err != nil {
			return nil, s.lose(c, q, err)
		}
	}
	if err := x.run(); err != nil {
		return nil, s.lose(c, q, err)
	}
	if q.level != "" {
		s.srv.metrics.read(q.group, c.Server().Addr, q.level)
	}
	if q.tries != nil && !x.out.Absent {
		s.srv.metrics.located("hit")
	}
	if q.spot != nil {
		q.spot.ran[outcomeOf(x.out.Err != nil)].Add(1)
	}
	if q.alone {
		if err := multiStatements(c, true); err != nil {
			c.Doubt("takes one statement only")
		}
	}
	s.after(c, q, &x.out)
	return &x.out, nil
}

// timed waits for the beginning of a replica's answer, and tells the server how long that
// took.
func timed(c *pool.Conn) error {
	server, from := c.Server(), time.Now()
	server.Asked()
	if err := c.Fill(4); err != nil {
		server.Unserved()
		return err
	}
	server.Served(time.Since(from))
	return nil
}

// statusOf returns what the reply must say of the session where the connection does
// not know it; nil: what the server says.
func (s *session) statusOf(c *pool.Conn, q *call) *wire.Status {
	if s.implicit {
		st := s.status() &^ wire.StatusInTrans
		return &st
	}
	// A BEGIN that has not been sent yet is apart, too.
	apart := q.outside && (s.txn.begin != "" || s.txn.conn != nil && c != s.txn.conn)
	if q.gathered == nil && s.txn.of(c) == nil && !apart && !q.locks {
		return nil
	}
	st := s.status()
	return &st
}

// stop ends the statement that the session itself is running.
func (s *session) stop(why error) {
	ctx, cancel := context.WithTimeout(s.srv.ctx, 5*time.Second)
	defer cancel()
	s.end(ctx, why, false)
}

// whyEnded tells the relay what to say instead of the server's "interrupted".
func (s *session) whyEnded() *wire.Error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e, ok := s.ended.(*wire.Error); ok { //nolint:errorlint // set by us, never wrapped
		return e
	}
	return nil
}

// lose gives up a connection whose reply could not be relayed, and says what the
// client must be told, if it can still be told anything.
func (s *session) lose(c *pool.Conn, q *call, err error) error {
	s.task.Off()
	if s.again(c, q, err) {
		return errAgain
	}
	if done, err := s.redo(c, q, err); done {
		return err
	}
	held, locks := c == s.txn.conn, c == s.locks
	br := s.txn.of(c)
	trans := (held && s.txn.trans) || br != nil && br.opened || (!q.outside && s.txn.begin != "")
	server := c.Server()
	replaced := trans && s.replaceable(q)
	over := held && s.txn.why == 0 && s.over(q)
	ended := s.unlent()
	var ce *clientError
	if errors.As(err, &ce) && ended == nil {
		// Nobody reads the rest: the statement must not go on for nobody.
		if kerr := server.Kill(s.srv.ctx, c.ThreadID, true); kerr != nil {
			s.log.Warn("kill failed", "conn", s.id, "server", server.Addr, "err", kerr)
		}
	}
	if q.write || trans || held {
		s.lostWrite(c.Server().Group)
	}
	c.Doubt("lost")
	s.unsure.Store(true)
	s.abandon(c)
	if ce != nil {
		return fatal{err}
	}
	s.log.Warn("server lost", "conn", s.id, "server", server.Addr, "err", err)
	switch {
	case s.implicit, (replaced || over) && ended == nil:
		s.txn.forget()
	case trans || held || locks:
		// The client must not go on as if its transaction were open, or its temporary
		// tables and locks there: it is told, and disconnected, as by a server that has
		// gone. A BEGIN that went out with the statement is a transaction, too.
		s.quit = true
	}
	lost := error(&lostError{server: server.Addr, write: q.write, txn: trans, err: err})
	switch {
	case ended != nil:
		lost = ended
	case replaced:
		lost = errReplaced
	}
	var mid *midReplyError
	if errors.As(err, &mid) && !mid.whole {
		return fatal{lost}
	}
	return lost
}

// errReplaced says that a transaction was rolled back with its server. The number is that
// of a deadlock: clients that can repeat a transaction do it.
var errReplaced = wire.Errorf(1213, "40001", "The server of the transaction was lost and the transaction was rolled back; try restarting transaction")

// replaceable reports whether a transaction whose server is lost while q runs is rolled
// back for certain, and is all that the session had there: where another server may take
// the primary's place the session can then go on.
func (s *session) replaceable(q *call) bool {
	if q.outside && s.endsByCommit() {
		return false // its answer may be what is lost
	}
	return len(s.snap.groups[q.group].Servers()) > 1 && s.txn.why == 0 && q.pins&^plan.PinUserVars == 0 && (q.class == plan.Read || q.class == plan.Write)
}

// over reports whether a statement about the session itself leaves no transaction open,
// whatever has come of it. A client that is told so can go on.
func (s *session) over(q *call) bool {
	if !q.outside || s.scan.First != parser.Commit && s.scan.First != parser.Rollback {
		return false
	}
	chain, _, err := s.completion(q.sql, 1)
	return err == nil && !chain
}

// endsByCommit reports whether the present statement, one about the session itself, may
// commit the transaction that is open: COMMIT, BEGIN, SET autocommit do.
func (s *session) endsByCommit() bool {
	switch s.scan.First {
	case parser.Rollback, parser.Savepoint, parser.Release:
		return false
	}
	return true
}

// after brings the session up to date with what the reply said, asks the server for
// what later statements of the session will want to know, and settles the
// connection.
func (s *session) after(c *pool.Conn, q *call, out *outcome) {
	s.noteWrites(c, q, out)
	if out.Prefix {
		// The statement itself did not run. What did is not known: close. A BEGIN that
		// was to go before it is sent again with the next: the client believes it is in a
		// transaction.
		c.Doubt("adaption failed")
		br := s.txn.of(c)
		s.quit = s.quit || br != nil && br.opened
		s.settle(c, c == s.txn.conn && s.txn.trans, 0)
		return
	}
	c.Adapted(&s.want)
	began := !q.outside && len(s.txn.prefix(q)) > 0
	alone, once := began && s.txn.begin == "", s.txn.once
	if !q.outside {
		s.txn.begun(c, q)
	}
	if q.write {
		s.txn.wroteOn(c)
	}
	s.txn.locks = s.txn.locks || q.effects
	if out.Err != nil && closesConnection(out.Err.Number) {
		c.Doubt("closed by server")
	}
	if q.gathered != nil {
		out.OK.State = nil
	}
	inTrans := out.OK.Status&wire.StatusInTrans != 0
	if err := s.learn(c, q, out); err != nil {
		// The client has its reply, and what the statement has set in the session is not
		// known: it must not go on with the old values.
		c.Doubt("protocol error")
		s.quit = true
	}
	if out.Err != nil && s.txn.of(c) == nil {
		inTrans = s.inTransAfterError(c, began)
	}
	if alone && !inTrans {
		s.spent(c, once, out.Err)
	}
	if q.gathered != nil {
		q.gathered.release()
		inTrans = false
		s.spentOn(out.Err)
	}
	if b := s.txn.of(c); b != nil {
		s.settleBranch(b, out.Err)
		return
	}
	first := s.txn.conn == nil
	pins := q.pins
	if out.Err != nil {
		pins &^= plan.PinTempTable | plan.PinHandler // nothing has been made or opened
		if out.Err.Number == errSyntax {
			pins &^= plan.PinTableLocks // nor has LOCK TABLES let go of what there was
		}
	}
	s.settle(c, inTrans, pins)
	if first && q.write && inTrans {
		s.txn.wroteOn(c) // it has become the transaction's own
	}
}

// uses reports whether the statement uses up what SET TRANSACTION has said, as far as its
// plan tells: it begins a transaction, or reads or writes rows.
func (q *call) uses() bool {
	return q.begins || q.plan != nil && (len(q.plan.Tables) > 0 || q.plan.Class != plan.Read)
}

// spent is about what SET TRANSACTION has said for a statement that was a transaction of
// its own. One that failed may not have used it up: then it holds for the session's next,
// and the connection must not keep it for somebody else's.
func (s *session) spent(c *pool.Conn, once []string, failed *wire.Error) {
	s.txn.openedOnce = nil
	if failed == nil || c.Doubtful() != "" {
		return
	}
	if _, err := c.Query(plainCommit); err != nil {
		c.Doubt("keeps the characteristics of a transaction")
	}
	if unspent(failed) {
		s.txn.once = once
	}
}

// spentOn is spent for a statement that was carried out on other connections.
func (s *session) spentOn(failed *wire.Error) {
	if !s.txn.open() && failed == nil {
		s.txn.once = nil
	}
}

// unspent reports whether a statement with the error has not begun a transaction.
func unspent(e *wire.Error) bool {
	switch e.Number {
	case 1792, 1064, 1054, 1146, 1052, 1305, 1136, 1109, 1318:
		return true
	}
	return false
}

// learn takes over what the statement has changed in the session.
func (s *session) learn(c *pool.Conn, q *call, out *outcome) error {
	if s.whyEnded() != nil {
		absorb(c)
	}
	if !q.keepDiag { // before any statement of our own takes their place
		if err := s.rememberWarnings(c, out); err != nil {
			return err
		}
		if out.Err == nil && q.plan != nil {
			s.diag = s.withAbsent(s.diag, q.plan)
		}
	}
	if err := s.changes(c, out); err != nil || q.keepDiag {
		return err
	}
	return s.remember(c, q, out)
}

// inTransAfterError asks the server whether its transaction is still open after an
// error, which carries no status: a deadlock ends it, most errors do not. A server that
// cannot be asked any more counts as one with an open transaction.
func (s *session) inTransAfterError(c *pool.Conn, began bool) bool {
	switch {
	case !began && c != s.txn.conn && s.autocommit():
		return false
	case c.Doubtful() != "":
		return true
	}
	c.WriteCommand(wire.ComPing)
	if err := c.Flush(); err != nil {
		c.Doubt("lost")
		return true
	}
	r, err := c.ReadResult()
	if err != nil {
		c.Doubt("lost")
		return true
	}
	return r.OK.Status&wire.StatusInTrans != 0
}

// closesConnection reports whether a server ends the connection after the error.
func closesConnection(number uint16) bool {
	switch number {
	case 1040, 1043, 1053, 1079, 1153, 1156, 1157, 1158, 1159, 1160, 1161, 1927, 3032, 3168, 3169, 4031:
		return true
	}
	return false
}

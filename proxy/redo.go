package proxy

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"time"

	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/pool"
)

// A transaction whose server is lost before its COMMIT was sent has been rolled back. Where
// the session asks for it (sluice_replay) it is then run again on the group's next primary,
// statement by statement, and goes on only if each reply is the one that the client has
// seen: then nobody can tell it from a transaction that was begun there. At the first
// reply that differs it is rolled back, and the client gets the error it would have got at
// once. A COMMIT is never sent again, unless it is known not to have been carried out
// (known.go).
//
// What a reply cannot show must not matter. So statements whose work is not all in their
// replies and in InnoDB's rows are not run again (router/redo.go); time is that of the
// first run; values that are random and that nobody has seen may be others.

// diary is what an open transaction has done so far.
type diary struct {
	steps []step
	bytes int
	uses  int    // txn.uses after the last step: whoever else has used the connection is not in here
	why   string // it cannot be run again; empty: it can
}

// step is one statement of a transaction.
type step struct {
	sql    []byte
	before []string // statements that began the transaction with it
	want   pool.Want
	names  *names
	at     time.Time // when it was sent
	seq    byte      // the number that its reply began with
	more   bool      // another statement followed in its packet
	found  bool      // FOUND_ROWS() was asked for after it
	asked  bool      // LAST_INSERT_ID(), too
	sum    sum       // of what the client was told

	key       []byte // of a prepared statement; nil: it is text
	kinds     []wire.Kind
	execution []byte // COM_STMT_EXECUTE without the statement's number
}

// sum is a checksum of a reply.
type sum = [sha256.Size]byte

// note is kept of a statement while it runs.
type note struct {
	keep   keep // holds its reply back
	first  bool // its transaction is open on no server yet
	before []string
	at     time.Time
	st     *prepared // nil: it is text
}

// expect begins to note a statement that may have to run again; nil: it will not.
func (s *session) expect(q *call, st *prepared) *note {
	if !s.replays && !s.implicit || !s.txn.open() && s.autocommit() || !s.redoable(q, st) {
		return nil
	}
	n := &note{first: !s.txn.trans, at: time.Now(), st: st}
	n.keep.most = int(s.snap.conf.Limits.ReplayBytes)
	if n.first {
		n.before = s.txn.prefix(q)
	}
	s.relay.keep = &n.keep
	return n
}

// redoable reports whether all that a statement does is in its reply and in rows.
func (s *session) redoable(q *call, st *prepared) bool {
	t := &s.txn
	switch {
	case t.why != 0 || t.snapshot || len(t.more) > 0 || s.locks != nil || s.tables != nil || len(s.snap.groups[q.group].Servers()) < 2:
		return false
	case q.outside:
		return t.trans && s.aboutSavepoint(q)
	case q.plan == nil || !q.plan.Redo || q.pins != 0 || q.setsVars || q.setsID:
		return false
	case q.gathered != nil || q.feed != nil || q.clock != "" || q.at != "" || q.before != nil || q.locks || q.alone || q.begins:
		return false
	}
	return st == nil || len(st.long) == 0 && st.bound.Flags == 0
}

// aboutSavepoint reports whether the present statement is about a savepoint.
func (s *session) aboutSavepoint(q *call) bool {
	switch s.scan.First {
	case parser.Savepoint, parser.Release:
		return true
	case parser.Rollback:
		return slices.Contains(s.words(q.sql), "TO")
	}
	return false
}

// noted enters a statement that has run into the transaction's diary.
func (s *session) noted(q *call, out *outcome, err error) {
	n, t := q.note, &s.txn
	if n == nil {
		return
	}
	q.note, s.relay.keep = nil, nil
	if err != nil || !t.trans || s.implicit {
		return
	}
	if n.first {
		t.diary = &diary{uses: t.uses - 1}
	}
	d := t.diary
	switch {
	case d == nil || d.why != "":
		return
	case out.Absent && !n.first: // it has found nothing, and the client was told nothing
		d.uses = t.uses
		return
	case d.uses != t.uses-1 || out.Prefix || out.Other || s.want.Clean:
		d.drop("statements")
		return
	case n.keep.over || out.Bytes > int64(n.keep.most) || s.conn.Sent() != q.sent:
		d.drop("size")
		return
	}
	d.uses = t.uses
	e := s.stepOf(q, n, out)
	d.steps = append(d.steps, e)
	d.bytes += len(e.sql) + len(e.execution) + len(e.key)
	if l := s.snap.conf.Limits; len(d.steps) > l.ReplayStatements || d.bytes > int(l.ReplayBytes) {
		d.drop("size")
	}
}

// drop forgets the steps of a transaction that will not be run again.
func (d *diary) drop(why string) { d.steps, d.why = nil, why }

// stepOf is what must be known of a statement to run it again.
func (s *session) stepOf(q *call, n *note, out *outcome) step {
	e := step{
		sql: bytes.Clone(q.sql), before: n.before, want: s.want, names: q.names, at: n.at, seq: q.seq, more: q.more,
		found: q.found && out.Err == nil, asked: out.Err == nil && out.OK.InsertID != 0,
	}
	e.want.UserVars, e.want.Schema = slices.Clone(s.want.UserVars), q.schema
	if st := n.st; st != nil {
		e.key, e.kinds = bytes.Clone(s.stmtKey(q)), slices.Clone(st.kinds)
		b := st.bound
		b.ID = 0
		e.execution = b.Append(nil, st.types[:st.params])[4:]
	}
	e.sum = s.sumOf(s.conn.Since(q.pending), &e, s.insertID, s.found)
	return e
}

// sumOf is the checksum of a reply, of the warnings that came with it, and of what the
// session has asked for after it.
func (s *session) sumOf(reply []byte, e *step, id, found uint64) (out sum) {
	h := sha256.New()
	h.Write(reply)
	for _, d := range s.diag {
		fmt.Fprintf(h, "\x00%s %d %s", d.level, d.code, d.message)
	}
	if e.asked {
		fmt.Fprintf(h, "\x00%d", id)
	}
	if e.found {
		fmt.Fprintf(h, "\x00%d", found)
	}
	h.Sum(out[:0])
	return out
}

// redoes reports whether a server's error means that the transaction must be run again
// elsewhere: the server goes down, or takes no writes any more.
func (s *session) redoes(q *call, e *wire.Error) bool {
	d := s.txn.diary
	return q.note != nil && d != nil && d.why == "" && (closesConnection(e.Number) || readOnly(e))
}

// redo runs the open transaction again, on another connection, after the one it was on was
// lost with q. done is false where that is not for redo to decide. Otherwise err is errAgain,
// and q can be sent, or says that the transaction was rolled back.
func (s *session) redo(c *pool.Conn, q *call, cause error) (done bool, err error) {
	if !s.mayRedo(c, q, cause) {
		return false, nil
	}
	t, n, d := &s.txn, q.note, s.txn.diary
	group := q.group
	if !n.first && (d == nil || d.why != "" || d.uses != t.uses-1) {
		why := "statements"
		if d != nil && d.why != "" {
			why = d.why
		}
		s.srv.metrics.replayed(group, why)
		return false, nil
	}
	if ended := s.unlent(); ended != nil {
		return false, nil
	}
	q.moved++
	if _, said := errors.AsType[*wire.Error](cause); !said {
		c.Server().Failed(time.Now())
	}
	c.Doubt("its transaction is run again elsewhere")
	c.Release()
	s.conn.Drop(q.pending)
	s.conn.SetSequence(q.seq)
	if n.first {
		s.unbegin()
		if q.write && s.onlyInnoDB(s.snap.groups[group]) != nil {
			s.txn.forget()
			s.srv.metrics.replayed(group, "tables")
			if s.implicit {
				return true, &lostError{server: c.Server().Addr, write: true, err: cause}
			}
			return true, errReplaced
		}
		s.srv.metrics.replayed(group, "begun")
		return true, errAgain
	}
	from := time.Now()
	again, why := s.runAgain(group, d)
	s.srv.metrics.replayed(group, why)
	s.log.Info("a transaction was lost with its server", "conn", s.id, "server", c.Server().Addr, "statements", len(d.steps), "outcome", why, "took", time.Since(from), "err", cause)
	t.conn = again
	if again == nil {
		t.trans = false
		t.ended()
		t.forget()
		s.note()
		return true, errReplaced
	}
	d.uses = t.uses
	s.note()
	return true, errAgain
}

// mayRedo reports whether a transaction is gone with a connection that was lost while a
// statement ran on it, rolled back for certain, and whether its client has seen nothing of
// the reply.
func (s *session) mayRedo(c *pool.Conn, q *call, cause error) bool {
	var ce *clientError
	switch {
	case q.note == nil || !q.moves || q.moved == mostMoves || s.conn.Sent() != q.sent || errors.As(cause, &ce):
		return false
	case s.txn.conn != nil && c != s.txn.conn, len(s.txn.more) > 0, s.txn.snapshot, s.locks != nil:
		return false
	}
	if e, said := errors.AsType[*wire.Error](cause); said && !closesConnection(e.Number) && !readOnly(e) {
		return false
	}
	return s.endedOr(nil) == nil && s.replaceable(q)
}

// unbegin makes the transaction one that no server has seen.
func (s *session) unbegin() {
	t := &s.txn
	if t.trans {
		begin, once, savepoints := t.opened, t.openedOnce, t.marks
		t.conn, t.trans = nil, false
		t.ended()
		t.begin, t.once, t.savepoints = begin, once, savepoints
	}
	s.note()
}

// runAgain runs the steps of a transaction on the primary of its group, for which it waits.
// The connection is held by nobody yet; it is nil if the transaction cannot go on, and why
// says how it went.
func (s *session) runAgain(group string, d *diary) (c *pool.Conn, why string) {
	g := s.snap.groups[group]
	if s.txn.wrote {
		if err := s.onlyInnoDB(g); err != nil {
			return nil, "tables"
		}
	}
	for range mostMoves {
		c, err := g.Lease(s, &d.steps[0].want)
		if err != nil {
			return nil, "no primary"
		}
		if err := s.lent(c); err != nil {
			c.Release()
			return nil, "ended"
		}
		same, err := s.runSteps(c, d)
		ended := s.unlent()
		e, said := errors.AsType[*wire.Error](err)
		switch {
		case ended == nil && same && err == nil:
			return c, "replayed"
		case ended != nil:
			c.Doubt("killed")
		case err == nil:
			_, _ = c.Query("ROLLBACK")
			c.Doubt("it has the time of another statement")
		default:
			c.Doubt("lost while a transaction was run again")
		}
		c.Release()
		switch {
		case ended != nil:
			return nil, "ended"
		case err == nil:
			return nil, "differs"
		case said && readOnly(e):
			g.Demote(c.Server())
		case !said:
			c.Server().Failed(time.Now())
		}
	}
	return nil, "lost again"
}

// onlyInnoDB fails unless all tables of a group's primary take back what is rolled back.
func (s *session) onlyInnoDB(g *pool.Group) error {
	ctx, cancel := context.WithTimeout(s, commitTime)
	defer cancel()
	others := false
	err := insist(ctx, func() error {
		return withConn(ctx, g, func(c *pool.Conn) error {
			rows, err := c.QueryAll("SELECT 1 FROM information_schema.tables WHERE table_type = 'BASE TABLE' AND NOT engine <=> 'InnoDB'" +
				" AND table_schema NOT IN ('mysql', 'sys', 'information_schema', 'performance_schema') LIMIT 1")
			others = len(rows) > 0
			return err
		})
	})
	if err == nil && others {
		err = errors.New("there are tables that are not InnoDB")
	}
	return err
}

// runSteps runs the steps of a transaction on a connection and reports whether each had
// the reply that the client has seen. After an error the connection is not to be used.
func (s *session) runSteps(c *pool.Conn, d *diary) (same bool, err error) {
	diag := s.diag
	defer func() { s.diag, s.relay.names = diag, nil }()
	s.diag = nil
	for i := range d.steps {
		deadline(c)
		same, err := s.runStep(c, &d.steps[i])
		undeadline(c)
		if err != nil || !same {
			return false, err
		}
	}
	if _, set := d.steps[0].want.Settings.Value("timestamp"); !set {
		_, err = c.Query("SET timestamp = DEFAULT")
	}
	return err == nil, err
}

// runStep runs one step.
func (s *session) runStep(c *pool.Conn, e *step) (same bool, err error) {
	x := &relay{
		from: c, to: wire.NewConn(nowhere{}, 0), caps: s.caps, binary: e.key != nil, more: e.more, names: e.names, gtids: s.asksGTIDs(),
		keep: &keep{most: int(s.snap.conf.Limits.ReplayBytes)},
	}
	x.to.SetSequence(e.seq)
	if x.skip, err = s.sendStep(c, e); err != nil {
		return false, err
	}
	if err := x.run(); err != nil {
		return false, err
	}
	if x.out.Err != nil && (closesConnection(x.out.Err.Number) || readOnly(x.out.Err)) {
		return false, x.out.Err
	}
	if x.out.Prefix || x.keep.over {
		return false, nil
	}
	c.Adapted(&e.want)
	s.relay.names = e.names
	if err := s.rememberWarnings(c, &x.out); err != nil {
		return false, err
	}
	var id, found uint64
	if e.asked || e.found {
		if id, found, err = idAndFound(c); err != nil {
			return false, err
		}
	}
	c.LostInsertID()
	open := x.out.OK.Status&wire.StatusInTrans != 0
	if x.out.Err != nil {
		open = s.inTransAfterError(c, true)
	}
	return open && c.Doubtful() == "" && s.sumOf(x.to.Since(0), e, id, found) == e.sum, nil
}

// sendStep sends a step, with what its connection needs first, and returns how many
// replies come before its own.
func (s *session) sendStep(c *pool.Conn, e *step) (skip int, err error) {
	b, n := c.AppendAdapt(nil, &e.want)
	if _, set := e.want.Settings.Value("timestamp"); !set {
		b = fmt.Appendf(b, "SET timestamp = %d.%06d;", e.at.Unix(), e.at.Nanosecond()/1000)
		n++
	}
	for _, sql := range e.before {
		b = append(append(b, sql...), ';')
		n++
	}
	if e.key == nil {
		c.WriteCommand(wire.ComQuery, b, e.sql)
		return n, c.Flush()
	}
	if n > 0 {
		if _, err := c.Query(string(b[:len(b)-1])); err != nil {
			return 0, err
		}
	}
	ps, key := c.StmtFor(e.key, e.kinds)
	if ps == nil {
		if ps, err = prepareOnConn(c, e.sql, key); err != nil {
			return 0, err
		}
	}
	ps.Take(e.kinds)
	c.WriteCommand(wire.ComStmtExecute, wire.AppendUint32(nil, ps.ID), e.execution)
	return 0, c.Flush()
}

// idAndFound asks for what the session has asked for after a statement.
func idAndFound(c *pool.Conn) (id, found uint64, err error) {
	rows, err := c.QueryAll("SELECT LAST_INSERT_ID(), FOUND_ROWS()")
	if err != nil {
		return 0, 0, err
	}
	if len(rows) == 1 && len(rows[0]) == 2 {
		_, err = fmt.Sscan(string(rows[0][0])+" "+string(rows[0][1]), &id, &found)
	}
	return id, found, err
}

// redoUnsent runs the transaction again where its connection is known to be lost before
// the COMMIT is sent: then it was not committed.
func (s *session) redoUnsent() error {
	c, d := s.txn.conn, s.txn.diary
	if !s.replays || c == nil || d == nil || c.Doubtful() == "" && !pool.Closed(c.Net()) {
		return nil
	}
	done, err := s.redoCommit(io.ErrUnexpectedEOF)
	if !done || err == errAgain { //nolint:errorlint // our own value, never wrapped
		return nil
	}
	return err
}

// redoCommit is redo for a transaction that was to be committed, and is known to have been
// rolled back.
func (s *session) redoCommit(cause error) (done bool, err error) {
	c, d := s.txn.conn, s.txn.diary
	if !s.replays || d == nil || len(d.steps) == 0 || d.why != "" {
		return false, nil
	}
	s.task.Off()
	q := &call{group: c.Server().Group, moves: true, note: &note{}}
	s.mark(q)
	s.txn.uses++ // as the COMMIT would
	return s.redo(c, q, cause)
}

// nowhere is the client of a statement that is run again: nobody reads the reply, which is
// compared while it is buffered.
type nowhere struct{ net.Conn }

// Write implements net.Conn.
func (nowhere) Write(p []byte) (int, error) { return len(p), nil }

// SetWriteDeadline implements net.Conn.
func (nowhere) SetWriteDeadline(time.Time) error { return nil }

package proxy

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/pool"
	"golang.org/x/sync/errgroup"
)

// A transaction that has changed rows on several groups commits in two phases:
//
//  1. every further branch is prepared (XA PREPARE), in parallel;
//  2. the decision, a row, is written and committed on the first branch, which is an
//     ordinary transaction: its commit is the decision, and needs no prepare;
//  3. the prepared branches are committed, in parallel.
//
// Whatever is left prepared because somebody died is finished by any Sluice: the
// decision is there, or it is not and, once an abort has been written in its place,
// never will be (recover.go).

const (
	// gtridPrefix marks the XA transactions that are Sluice's.
	gtridPrefix = "sluice:"
	// commitTime bounds one step on one server, and the time from the first prepare to the
	// decision: a process that has slept in between must not decide any more.
	commitTime = 30 * time.Second
	// againFor is how long a commit goes on trying to commit a branch whose connection was
	// lost after the decision, before it leaves that to recovery.
	againFor = 3 * time.Second
	// plainCommit is COMMIT whatever completion_type is.
	plainCommit = "COMMIT AND NO CHAIN NO RELEASE"
)

// pointFunc is called at the named points of the protocol; tests set it (faults.go).
type pointFunc func(name string)

// name gives the transaction a name, unless it has one.
func (t *txn) name() {
	if t.id == "" {
		var b [12]byte
		_, _ = rand.Read(b[:])
		t.id = hex.EncodeToString(b[:])
	}
}

// nextXID names a further branch. The branch qualifier says where the decision is.
func (s *session) nextXID() string {
	t := &s.txn
	t.name()
	return "'" + gtridPrefix + t.id + "','" + t.conn.Server().Group + "/" + strconv.Itoa(len(t.more)) + "'"
}

func deadline(c *pool.Conn)   { _ = c.Net().SetDeadline(time.Now().Add(commitTime)) }
func undeadline(c *pool.Conn) { _ = c.Net().SetDeadline(time.Time{}) }

// unknownError says that nobody can tell yet whether a transaction was committed.
type unknownError struct {
	id    string
	group string
	err   error
}

func (e *unknownError) Error() string {
	return fmt.Sprintf("the outcome of transaction %s is not known: %v", e.id, e.err)
}
func (e *unknownError) Unwrap() error { return e.err }

// commitAll commits the transaction on all its groups, or rolls it back on all and
// returns why. After it the session has no transaction.
func (s *session) commitAll() error {
	t := &s.txn
	groups := t.groups()
	if len(t.more) == 0 && s.decides() {
		return s.commitKnown()
	}
	if s.readOnly() {
		for _, b := range t.more {
			s.undo(b)
		}
		t.more = nil
		return s.commitFirst()
	}
	writers, readers := t.writers(), t.readers()
	t.more = writers
	err := s.keepLocks(readers)
	switch {
	case err != nil:
		s.rollbackAll()
	case len(writers) == 0 && s.decides():
		err = s.commitKnown()
	case len(writers) == 0:
		err = s.commitFirst()
	case len(writers) == 1 && !t.wrote && !s.certain:
		err = s.commitOnly(writers[0])
	default:
		err = s.commitTwoPhase(writers)
	}
	for _, b := range readers { // only now: what they have locked must not change before the writes are there
		s.undo(b)
	}
	if err != nil {
		for _, g := range groups { // the answer to a COMMIT may have been lost
			s.lostWrite(g)
		}
	}
	return err
}

// keepLocks makes sure that branches which have only read still hold what they have
// locked: on one server rows that a transaction has locked stay as they are until all of
// it is committed, and a server that has gone has let go of them.
func (s *session) keepLocks(readers []*branch) error {
	if !s.txn.locks && !s.serializable() {
		return nil
	}
	if c := s.txn.conn; !s.txn.wrote {
		if err := s.stillThere(c, "DO 0"); err != nil {
			return err
		}
	}
	var g errgroup.Group
	for _, b := range readers {
		if !b.opened {
			continue
		}
		g.Go(func() error {
			sql := "DO 0"
			if b.xid != "" {
				sql, b.ended = "XA END "+b.xid, true
			}
			return s.stillThere(b.conn, sql)
		})
	}
	return g.Wait()
}

// stillThere runs a statement without which the transaction cannot go on. After an error it
// must be rolled back.
func (s *session) stillThere(c *pool.Conn, sql string) error {
	deadline(c)
	_, err := c.Query(sql)
	undeadline(c)
	if err != nil {
		c.Doubt("lost in a transaction")
		return &lostError{server: c.Server().Addr, undone: true, err: err}
	}
	return nil
}

// serializable reports whether the open transaction locks what it reads.
func (s *session) serializable() bool {
	v, _ := s.settings.Value("transaction_isolation")
	return strings.Contains(v, "SERIALIZABLE") || strings.Contains(strings.ToUpper(strings.Join(s.txn.openedOnce, " ")), "SERIALIZABLE")
}

// groups are those that the transaction is open on.
func (t *txn) groups() []string {
	var out []string
	if t.conn != nil {
		out = append(out, t.conn.Server().Group)
	}
	for _, b := range t.more {
		out = append(out, b.conn.Server().Group)
	}
	return out
}

// commitFirst ends the first branch.
func (s *session) commitFirst() error {
	s.srv.point("before commit")
	c := s.txn.conn
	deadline(c)
	_, err := c.Query(plainCommit)
	undeadline(c)
	if err != nil {
		c.Doubt("commit failed")
		var e *wire.Error
		if !errors.As(err, &e) {
			err = &lostError{server: c.Server().Addr, txn: true, err: err}
		}
	}
	s.leaveTxn()
	return err
}

// commitOnly commits the one branch that has changed rows in one phase.
func (s *session) commitOnly(b *branch) error {
	s.srv.point("before commit")
	deadline(b.conn)
	_, err := b.conn.Query("XA END " + b.xid + ";XA COMMIT " + b.xid + " ONE PHASE")
	undeadline(b.conn)
	var e *wire.Error
	switch {
	case errors.As(err, &e):
		s.undo(b)
	case err != nil:
		b.conn.Doubt("commit failed")
		err = &lostError{server: b.conn.Server().Addr, txn: true, err: err}
		b.conn.Release()
	default:
		s.wroteXA(b)
		b.conn.Release()
	}
	s.txn.more = nil
	if err != nil {
		s.rollbackAll()
		return err
	}
	return s.commitFirst()
}

func (s *session) commitTwoPhase(writers []*branch) error {
	t := &s.txn
	s.srv.live.Store(t.id, true)
	defer s.srv.live.Delete(t.id)
	point := s.srv.point
	if err := s.srv.decisions.ready(s.srv.ctx, s.snap.groups[t.conn.Server().Group]); err != nil {
		s.rollbackAll()
		return fmt.Errorf("the decision cannot be kept: %w", err)
	}
	until := time.Now().Add(commitTime)
	if err := s.prepare(writers, until); err != nil {
		s.rollbackPrepared()
		return commitFailed(err)
	}
	point("before decision")
	committed, err := s.decide(until)
	if !committed {
		if _, unknown := errors.AsType[*unknownError](err); unknown {
			s.leavePrepared()
		} else {
			s.rollbackPrepared()
		}
		return commitFailed(err)
	}
	point("after decision")
	s.commitPrepared(writers)
	t.more = nil
	s.leaveTxn()
	return nil
}

// prepare prepares the branches. It returns the first error when all have answered.
func (s *session) prepare(writers []*branch, until time.Time) error {
	var failed error
	onBranches(writers, until, func(b *branch) string {
		return goOn(b.conn) + "XA END " + b.xid + ";XA PREPARE " + b.xid
	}, func(b *branch, err error) {
		if _, said := errors.AsType[*wire.Error](err); err != nil && !said {
			b.conn.Doubt("prepare failed")
			err = &lostError{server: b.conn.Server().Addr, txn: true, err: err}
		}
		s.srv.point("prepared")
		if failed == nil {
			failed = err
		}
	})
	return failed
}

// onBranches runs a statement on each branch, on all at once, and hands each answer over.
func onBranches(list []*branch, until time.Time, sql func(*branch) string, answered func(*branch, error)) {
	unsent := make([]error, len(list))
	for i, b := range list {
		_ = b.conn.Net().SetDeadline(until)
		unsent[i] = b.conn.Ask(sql(b))
	}
	for i, b := range list {
		err := unsent[i]
		if err == nil {
			_, err = b.conn.ReadResult()
		}
		undeadline(b.conn)
		answered(b, err)
	}
}

// commitFailed gives an error after which the transaction was rolled back a number that
// says so: after a lock wait timeout clients believe that it is open and commit again.
func commitFailed(err error) error {
	if _, unknown := errors.AsType[*unknownError](err); unknown { // it carries what made it unknown
		return err
	}
	if e, ok := errors.AsType[*wire.Error](err); ok && (e.Number == 1205 || e.Number == 1062) {
		return wire.Errorf(1213, "40001", "The transaction was rolled back because its commit took too long; try restarting transaction")
	}
	if e, ok := errors.AsType[*lostError](err); ok {
		return &lostError{server: e.server, undone: true, err: e.err}
	}
	return err
}

// decide writes the decision on the first branch and commits it. Where the answer is
// lost, the decision is looked for. A decision that is there already (1062) is the abort
// that recovery has written, which took this process for dead.
func (s *session) decide(until time.Time) (committed bool, err error) {
	c := s.txn.conn
	_ = c.Net().SetDeadline(until)
	// The subquery's lock waits for a barrier, and a barrier for it. MariaDB has no FOR SHARE.
	barrier := "(SELECT 1 FROM " + barrierTable + " WHERE name = " + literal(c.Server().Group) + " LOCK IN SHARE MODE)"
	_, err = c.Query(goOn(c) + "INSERT INTO " + decisionTable + " (txid, committed) VALUES ('" + s.txn.id + "', " + barrier + ");" + plainCommit)
	undeadline(c)
	if err == nil {
		return true, nil
	}
	c.Doubt("decision failed")
	_ = c.Close() // its server rolls back what is open: settled waits for the decision's row
	if e, ok := errors.AsType[*wire.Error](err); ok {
		// The INSERT or the COMMIT itself has failed: the server rolls back when the
		// connection closes.
		return s.settled(e)
	}
	return s.settled(&lostError{server: c.Server().Addr, txn: true, err: err})
}

// goOn is a statement that lets the time of a connection go on if it stands still: the age
// of a decision counts from when it was made, and who leases the connection next has
// nothing to change.
func goOn(c *pool.Conn) string {
	if _, stands := c.Settings().Value("timestamp"); !stands {
		return ""
	}
	c.SetSettings(c.Settings().Without("timestamp"))
	return "SET @@SESSION.timestamp=DEFAULT;"
}

// settled finds out what became of the decision after an error: it writes an abort in
// its place unless it is there.
func (s *session) settled(cause error) (bool, error) {
	group := s.txn.conn.Server().Group
	ctx, cancel := context.WithTimeout(s.srv.ctx, commitTime)
	defer cancel()
	var committed bool
	err := insist(ctx, func() (err error) {
		committed, err = s.srv.decisions.settle(ctx, s.snap.groups[group], s.txn.id)
		return err
	})
	switch {
	case err != nil:
		s.srv.metrics.lookedUp(group, "unknown")
		s.log.Error("the outcome of a transaction is not known", "conn", s.id, "tx", s.txn.id, "group", group, "err", err)
		return false, &unknownError{s.txn.id, group, cause}
	case committed:
		s.srv.metrics.lookedUp(group, "committed")
		s.lostWrite(group) // by which GTID is not known
		return true, nil
	default:
		s.srv.metrics.lookedUp(group, "rolled back")
		return false, cause
	}
}

// wroteXA notes that a branch has been committed. Not every server tells by which GTID.
func (s *session) wroteXA(b *branch) {
	group := b.conn.Server().Group
	if len(s.snap.groups[group].Servers()) > 1 {
		s.wrote(b.conn)
		s.writesOn(group).ask = true
	}
}

// commitPrepared commits the prepared branches. One that fails is left to recovery.
func (s *session) commitPrepared(writers []*branch) {
	defer func() {
		for _, b := range writers {
			if b.conn.Doubtful() != "" {
				s.lostWrite(b.conn.Server().Group)
			} else {
				s.wroteXA(b)
			}
			b.conn.Release()
		}
	}()
	var again errgroup.Group
	onBranches(writers, time.Now().Add(commitTime), func(b *branch) string { return "XA COMMIT " + b.xid }, func(b *branch, err error) {
		if err == nil {
			s.srv.point("branch committed")
			return
		}
		b.conn.Doubt("commit failed")
		s.unsure.Store(true)
		_ = b.conn.Close() // a server may keep a prepared branch to its connection
		again.Go(func() error {
			if err := s.commitAgain(b); err != nil {
				s.log.Warn("a prepared branch is left to recovery", "conn", s.id, "tx", s.txn.id, "server", b.conn.Server().Addr, "err", err)
			}
			s.srv.point("branch committed")
			return nil
		})
	})
	_ = again.Wait()
}

// commitAgain commits a decided branch on other connections, for a while, so that the
// client finds everywhere what it has been told is committed. XA COMMIT may be said twice:
// it names the branch.
func (s *session) commitAgain(b *branch) error {
	ctx, cancel := context.WithTimeout(s.srv.ctx, againFor)
	defer cancel()
	group := b.conn.Server().Group
	for {
		there, err := stillPrepared(ctx, group, s.snap.groups[group], b.xid)
		if err == nil && !there {
			return nil
		}
		if err == nil {
			err = s.srv.finishOn(ctx, s.snap.groups[group], b.xid, true)
		}
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// stillPrepared reports whether a branch is prepared on a group.
func stillPrepared(ctx context.Context, name string, g *pool.Group, xid string) (bool, error) {
	list, err := preparedOn(ctx, name, g)
	return slices.ContainsFunc(list, func(x inDoubt) bool { return x.xid() == xid }), err
}

// rollbackPrepared rolls back branches some of which may be prepared.
func (s *session) rollbackPrepared() {
	for _, b := range s.txn.more {
		if b.conn.Doubtful() == "" {
			deadline(b.conn)
			if _, err := b.conn.Query("XA ROLLBACK " + b.xid); err != nil {
				b.conn.Doubt("rollback failed")
			}
			undeadline(b.conn)
		}
		b.conn.Release()
	}
	s.txn.more = nil
	s.rollbackAll()
}

// leavePrepared closes the connections of prepared branches: what becomes of them is
// for recovery.
func (s *session) leavePrepared() {
	for _, b := range s.txn.more {
		b.conn.Doubt("outcome unknown")
		b.conn.Release()
	}
	s.txn.more = nil
	s.leaveTxn()
}

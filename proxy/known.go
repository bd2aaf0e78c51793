package proxy

import (
	"errors"
	"fmt"
	"time"

	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/router/plan"
)

// What became of a COMMIT whose answer is lost nobody can tell: the GTID that it would have
// got comes with the answer. A session may therefore ask (sluice_commit = 'known') that a
// transaction which has changed one group leaves a row there, under a name of its own, in
// the same transaction and the same round trip, as transactions over several groups do
// (commit.go). The row is there if, and only if, all else is. It is looked for on the
// group's primary, the next one if need be, by writing an abort in its place: that waits for
// a COMMIT that is still under way, and keeps one that comes later from being carried out.
// A write that is a transaction of its own is put into one, which costs a round trip.

// decides reports whether the open transaction, which is on one group, is to be committed
// with its decision.
func (s *session) decides() bool {
	t := &s.txn
	return s.certain && t.trans && t.conn != nil && t.wrote && t.why == 0 && !t.conn.Replica && !s.readOnly()
}

// commitKnown commits such a transaction. Where the server is lost with it, the client is
// told what came of it: it was committed, or rolled back; then it is run again, if it may.
func (s *session) commitKnown() error {
	t := &s.txn
	group := t.conn.Server().Group
	for moved := 0; ; moved++ {
		t.id = "" // an abort may have been written under the last one
		t.name()
		if err := s.srv.decisions.ready(s.srv.ctx, s.snap.groups[group]); err != nil {
			s.rollbackAll()
			return fmt.Errorf("the decision cannot be kept: %w", err)
		}
		s.srv.point("before decision")
		committed, err := s.decide(time.Now().Add(commitTime))
		if committed {
			s.leaveTxn()
			return nil
		}
		if _, unknown := errors.AsType[*unknownError](err); unknown {
			s.leaveTxn()
			s.lostWrite(group)
			return err
		}
		if !lostWithServer(err) {
			s.rollbackAll()
			return commitFailed(err)
		}
		done, again := false, error(nil)
		if moved < mostMoves {
			done, again = s.redoCommit(err)
		}
		switch {
		case !done:
			s.rollbackAll()
			return errReplaced
		case again != errAgain: //nolint:errorlint // our own value, never wrapped
			return again
		}
	}
}

// looksUp reports whether a statement is a write that is a transaction of its own and is to
// be committed with its decision.
func (s *session) looksUp(q *call, st *prepared) bool {
	return s.certain && q.class == plan.Write && s.autocommit() && !s.txn.open() && !s.readOnly() && !s.tracksTransactions() && s.redoable(q, st)
}

// tracksTransactions reports whether the client is told of its transactions in OK packets:
// it must not hear of one that it has not begun, and would hear its GTID too late.
func (s *session) tracksTransactions() bool {
	v, _ := s.settings.Value("session_track_transaction_info")
	return s.asksGTIDs() || v == "STATE" || v == "CHARACTERISTICS"
}

// alone runs such a write in a transaction and commits it before its client sees the reply.
// What is known not to have been carried out is sent again: the client was told nothing.
func (s *session) alone(q *call, run func() (*outcome, error)) (*outcome, error) {
	s.task.Off()
	for moved := 0; ; moved++ {
		once := s.txn.once
		s.txn.begin, s.implicit = "START TRANSACTION", true
		out, err := run()
		s.implicit = false
		if err != nil || out.Err != nil || out.Absent {
			s.undoAlone(once, out)
			return out, err
		}
		if err = s.commitAll(); err == nil {
			return out, nil
		}
		s.conn.Drop(q.pending)
		s.conn.SetSequence(q.seq)
		if err != errReplaced || moved == mostMoves || s.whyEnded() != nil || s.endedOr(nil) != nil { //nolint:errorlint // our own value, never wrapped
			return nil, err
		}
		if others := s.onlyInnoDB(s.snap.groups[q.group]); others != nil {
			return nil, &lostError{server: "of group " + q.group, write: true, err: others}
		}
	}
}

// undoAlone ends the transaction of a write that has failed.
func (s *session) undoAlone(once []string, out *outcome) {
	if !s.txn.open() {
		return
	}
	s.txn.forget()
	s.rollbackAll()
	if out != nil && out.Err != nil && unspent(out.Err) {
		s.txn.once = once
	}
}

// lostWithServer reports whether a transaction was rolled back because its server is lost,
// or is the primary no longer.
func lostWithServer(err error) bool {
	e, said := errors.AsType[*wire.Error](err)
	return !said || closesConnection(e.Number) || readOnly(e)
}

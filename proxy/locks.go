package proxy

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/sluicedb/sluice/pool"
	"github.com/sluicedb/sluice/router/plan"
)

// User locks live on the group that owns them all, on a connection of their own: a
// session may hold one and a transaction on other groups. The connection is kept from
// the first GET_LOCK on, until RELEASE_ALL_LOCKS or the session's end.

// lockTable tells which session holds a user lock: the server only knows the thread of
// the connection.
const lockTable = decisionSchema + ".lock_owners"

// keepWaiting makes a server keep an idle connection for as long as it can, a year.
const keepWaiting = "SET SESSION wait_timeout = 31536000"

// lockCall turns the call of a statement about user locks into one on their
// connection. Where it also has tables, it must be no part of a transaction.
func (s *session) lockCall(p *plan.Relay, q *call) error {
	more := len(p.Tables) > 0 || p.Class == plan.Call || p.Needs&plan.NeedTempTables != 0
	if more && (s.txn.open() || s.txn.conn != nil || !s.autocommit()) {
		return plan.Unsupported("user locks have a connection of their own, and the statement's tables belong to the session's other one",
			s.snap.rules.Locks.Pos, "take the lock in a statement of its own")
	}
	q.locks, q.outside = true, true
	q.pins &= plan.PinUserLock
	return nil
}

// locksInside refuses procedures that use user locks: they would take them on the
// connection and the group of the rows.
func (s *session) locksInside(p *plan.Relay, text []byte) error {
	body, _ := s.bodyOf(p, text)
	for _, name := range [...]string{"get_lock", "release_lock", "release_all_locks", "is_free_lock", "is_used_lock"} {
		if strings.Contains(body, name) {
			return plan.Unsupported("the procedure calls "+strings.ToUpper(name)+", and user locks have a connection of their own", s.snap.rules.Locks.Pos,
				"take the lock in a statement before the CALL")
		}
	}
	return nil
}

// lockConn gives a statement about user locks its connection.
func (s *session) lockConn(q *call) (*pool.Conn, error) {
	if c := s.locks; c != nil {
		return c, s.lent(c)
	}
	g := s.snap.groups[q.group]
	if err := s.srv.decisions.ready(s, g); err != nil {
		return nil, s.endedOr(fmt.Errorf("the owners of user locks cannot be kept: %w", err))
	}
	for try := 0; ; try++ {
		c, err := g.Lease(s, &s.want)
		if err != nil {
			return nil, s.endedOr(err)
		}
		if q.pins != 0 {
			err = s.ownLocks(g, c)
		}
		if err == nil {
			err = s.lent(c)
		}
		if err == nil {
			return c, nil
		}
		c.Release()
		if c.Doubtful() == "" || try == lockTries {
			return nil, s.endedOr(&pool.DownError{Server: c.Server().Addr, Err: err})
		}
	}
}

// lockTries is how often a connection for user locks is replaced that has died in the
// pool: nothing of the statement was sent on it.
const lockTries = 3

// ownLocks records that the locks of a connection are the session's.
func (s *session) ownLocks(g *pool.Group, c *pool.Conn) error {
	ctx, cancel := context.WithTimeout(s, commitTime)
	defer cancel()
	return withConn(ctx, g, func(w *pool.Conn) error {
		_, err := w.Query(fmt.Sprintf("REPLACE INTO %s (thread, session) VALUES (%d, %d)", lockTable, c.ThreadID, s.id))
		if err != nil {
			return err
		}
		if _, err = c.Query(keepWaiting); err != nil { // the session may be busy elsewhere for days
			c.Doubt("locks would be lost")
		}
		return err
	})
}

// settleLocks is settle for the connection of user locks.
func (s *session) settleLocks(c *pool.Conn) {
	if ended := s.unlent(); ended != nil {
		absorb(c)
	}
	s.locks = c
	if c.Doubtful() != "" {
		s.quit = true // the locks are lost with it
		s.locks = nil
		c.Release()
	}
	s.note()
}

// keepsUserLocks returns an error if the server has closed the connection of the session's
// user locks: another session may have them by now, so this one must end, as with one
// server.
func (s *session) keepsUserLocks() error {
	if s.locks == nil || !pool.Closed(s.locks.Net()) {
		return nil
	}
	s.locks.Doubt("locks lost")
	return &lostError{server: s.locks.Server().Addr, locks: "user locks", err: io.EOF}
}

// freeLocks gives the connection of user locks back, and with it what it holds.
func (s *session) freeLocks() {
	c := s.locks
	if c == nil {
		return
	}
	s.locks = nil
	if c.Doubtful() == "" {
		_ = c.Net().SetDeadline(time.Now().Add(probeTime))
		if _, err := c.Query("DO RELEASE_ALL_LOCKS();SET SESSION wait_timeout = DEFAULT"); err != nil {
			c.Doubt("locks not released")
		}
		undeadline(c)
	}
	c.Release()
	s.note()
}

// concernsLocks reports whether functions are about user locks, and whether they
// release them all.
func concernsLocks(functions []string) (locks, frees bool) {
	for _, f := range functions {
		switch f {
		case "release_all_locks":
			locks, frees = true, true
		case "get_lock", "release_lock", "is_free_lock", "is_used_lock":
			locks = true
		}
	}
	return locks, frees
}

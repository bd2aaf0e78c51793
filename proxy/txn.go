package proxy

import (
	"errors"
	"strings"

	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/pool"
	"github.com/sluicedb/sluice/router/plan"
	"github.com/sluicedb/sluice/rules"
)

// txn is the one owner of a connection that a session keeps between statements, and
// of what has been said of a transaction that no server knows of yet.
type txn struct {
	conn  *pool.Conn  // held; nil when every statement takes a fresh one
	why   plan.Reason // why it is held, besides an open transaction
	trans bool        // a transaction is open on conn

	begin      string   // a BEGIN that no server has seen; empty when there is none
	once       []string // SET TRANSACTION for the next transaction only
	savepoints []string // savepoints set before any server took part

	more       []*branch // on further groups, while trans
	wrote      bool      // the open transaction may have changed data on conn
	locks      bool      // it has read rows in order to lock them
	id         string    // names the transaction in its XIDs; empty while it is on one group
	marks      []string  // savepoints of the open transaction
	opened     string    // the BEGIN that opened it; empty with autocommit=0
	openedOnce []string  // SET TRANSACTION that held for it
	snapshot   bool      // it was begun WITH CONSISTENT SNAPSHOT, on all groups
	diary      *diary    // what it has done so far; nil: nobody has asked for it to be run again
	uses       int       // how often the session has taken a connection for a statement

	temporary map[string]bool // temporary tables on conn, as written
	shard     *rules.Shard    // whose schema they are in
}

// open reports whether a transaction is open, on a server or yet to be sent to one.
func (t *txn) open() bool { return t.trans || t.begin != "" }

// forget drops what no server has seen.
func (t *txn) forget() { t.begin, t.savepoints = "", nil }

// prefix lists the statements that must run before q. What SET TRANSACTION has said for the
// next transaction goes to a server only with a statement that is one, by reading or
// writing rows: on the connection of another it would wait for somebody else's.
func (t *txn) prefix(q *call) []string {
	if t.trans || t.begin == "" && (len(t.once)+len(t.savepoints) == 0 || !q.uses()) {
		return nil
	}
	list := append([]string(nil), t.once...)
	if t.begin != "" {
		list = append(list, t.begin)
	}
	for _, sp := range t.savepoints {
		list = append(list, "SAVEPOINT "+wire.QuoteIdent(sp))
	}
	return list
}

// sent records that a server has run the prefix.
func (t *txn) sent() {
	t.opened, t.openedOnce, t.marks = t.begin, t.once, t.savepoints
	t.begin, t.once, t.savepoints = "", nil, nil
}

// set, rollbackTo and release keep the list of savepoints as MySQL does: a second
// savepoint of a name replaces the first, and going back drops the later ones.
func (t *txn) set(name string) bool {
	list := t.names()
	if i := find(*list, name); i >= 0 {
		*list = append((*list)[:i], (*list)[i+1:]...)
	}
	*list = append(*list, name)
	return true
}

func (t *txn) rollbackTo(name string) bool {
	list := t.names()
	i := find(*list, name)
	if i >= 0 {
		*list = (*list)[:i+1]
	}
	return i >= 0
}

func (t *txn) release(name string) bool {
	list := t.names()
	i := find(*list, name)
	if i >= 0 {
		*list = (*list)[:i]
	}
	return i >= 0
}

// names is the list of savepoints: of the open transaction, or of one that no server
// has seen.
func (t *txn) names() *[]string {
	if t.trans {
		return &t.marks
	}
	return &t.savepoints
}

func find(list []string, name string) int {
	for i, sp := range list {
		if strings.EqualFold(sp, name) {
			return i
		}
	}
	return -1
}

// acquire gives the statement a connection to the group: the one the session holds
// there, or a fresh one. An open transaction gets a branch on the group.
//
// For other reasons than a transaction a session holds one connection at most: what
// would need a second is refused here, before it runs.
func (s *session) acquire(q *call) (*pool.Conn, error) {
	group, w := q.group, &s.want
	s.txn.uses++
	if q.locks || len(s.txn.more) > 0 || s.txn.conn != nil && s.txn.conn.Server().Group != group {
		s.task.Off()
	}
	if q.locks {
		return s.lockConn(q)
	}
	if c := s.txn.conn; c != nil && s.txn.trans && c.Server().Group != group && !q.outside && s.commits(q.class) {
		if e, ok := errors.AsType[*wire.Error](s.try(q.shard, q.sql)); ok && e.Number == 1064 {
			return nil, e // what cannot be read commits nothing
		}
		if err := s.commitAll(); err != nil {
			return nil, err
		}
	}
	if c := s.txn.conn; c != nil {
		switch {
		case c.Server().Group == group:
			if err := s.fits(q, c); err != nil {
				return nil, err
			}
			return c, s.lent(c)
		case s.txn.why&plan.PinTableLocks != 0 && q.plan != nil && len(q.plan.Occurs) > 0:
			return nil, notLocked(q.plan.Occurs[0].Alias)
		case s.txn.trans && q.pins == 0 && !q.outside:
			return s.join(q)
		case q.pins == 0 && !q.outside && s.txn.why&^leavesRoom == 0 && (s.txn.begin != "" || !s.autocommit()):
			if err := s.enlist(c.Server().Group); err != nil {
				return nil, err
			}
			s.wants(q)
			return s.join(q)
		case q.pins != 0 || (!q.outside && (s.txn.begin != "" || !s.autocommit())):
			return nil, &plan.Refusal{
				Number: 1235, State: "42000",
				Message: "the session holds a connection on group " + c.Server().Group + " (" + s.pinned + ") and this statement would need to hold another on group " + group,
				Remedy:  "end that state first",
			}
		}
	}
	c, err := s.lease(s, q, w)
	if err != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.ended != nil {
			return nil, s.ended
		}
		return nil, err
	}
	if err := s.lent(c); err != nil {
		c.Release()
		return nil, err
	}
	return c, nil
}

// settle takes the connection back after a statement and decides whether the session
// goes on holding it. The statement's reply has been written by then.
func (s *session) settle(c *pool.Conn, inTrans bool, pins plan.Reason) {
	if b := s.txn.of(c); b != nil {
		s.settleBranch(b, nil)
		return
	}
	if c == s.locks || pins&plan.PinUserLock != 0 {
		s.settleLocks(c)
		return
	}
	ended := s.unlent()
	over := c == s.txn.conn && s.txn.trans && !inTrans
	switch {
	case c == s.txn.conn:
		s.txn.trans = inTrans
		s.txn.why |= pins
	case s.txn.conn == nil && (inTrans || pins != 0):
		s.txn.conn, s.txn.trans, s.txn.why = c, inTrans, pins
	case inTrans || pins != 0:
		c.Doubt("second held connection") // acquire has refused what could lead here
	}
	if ended != nil {
		if c != s.txn.conn {
			c.Doubt("killed")
		} else {
			absorb(c)
		}
	}
	if c.Doubtful() != "" {
		// What the client believes to have there is lost with the connection.
		s.quit = s.quit || (c == s.txn.conn && (s.txn.trans || s.txn.why != 0)) || inTrans
		s.abandon(c)
		return
	}
	if over {
		for _, b := range s.txn.more {
			s.undo(b)
		}
		s.txn.more = nil
		s.txn.ended()
	}
	switch {
	case c != s.txn.conn:
		c.Release()
	case !s.txn.trans && s.txn.why == 0:
		s.txn.conn = nil
		c.Release()
	}
	s.note()
}

// absorb lets a KILL that may have come after the statement's end hit nothing.
func absorb(c *pool.Conn) {
	if c.Doubtful() == "" {
		_, _ = c.Query("DO 0")
	}
}

// abandon closes a connection; a transaction on it is rolled back by the server.
func (s *session) abandon(c *pool.Conn) {
	b := s.txn.of(c)
	if b != nil {
		s.txn.remove(b)
	}
	if b != nil || c == s.txn.conn {
		s.txn.close("transaction lost")
		s.txn.ended()
	}
	if c == s.txn.conn {
		s.txn.conn, s.txn.trans, s.txn.why, s.txn.temporary, s.txn.shard = nil, false, 0, nil, nil
	}
	if c == s.locks {
		s.locks = nil
	}
	c.Release()
	s.note()
}

// drop ends everything the session holds on servers.
func (s *session) drop(reason string) {
	s.freeLocks()
	s.unlockTables()
	s.txn.close(reason)
	if c := s.txn.conn; c != nil {
		c.Doubt(reason)
		s.abandon(c)
	}
	s.txn = txn{}
}

// note keeps the visible reason of a held connection up to date.
func (s *session) note() {
	why := s.txn.why.String()
	if s.txn.trans {
		if why != "" {
			why = "transaction, " + why
		} else {
			why = "transaction"
		}
	}
	if s.txn.conn == nil {
		why = ""
	}
	if s.locks != nil {
		why = strings.TrimPrefix(why+", "+plan.PinUserLock.String(), ", ")
	}
	if s.tables != nil && len(s.tables.conns) > 0 {
		why = strings.TrimPrefix(why+", "+plan.PinTableLocks.String(), ", ")
	}
	if why == s.pinned {
		return
	}
	s.mu.Lock()
	s.pinned = why
	s.mu.Unlock()
}

// close closes the connections of all further branches: their servers roll back what
// is not prepared.
func (t *txn) close(reason string) {
	for _, b := range t.more {
		b.conn.Doubt(reason)
		b.conn.Release()
	}
	t.more = nil
}

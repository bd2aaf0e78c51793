package proxy

import (
	"slices"
	"strings"

	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/pool"
	"github.com/sluicedb/sluice/router/plan"
)

// branch is the part of a transaction on a further group: the first is on txn.conn and
// is an ordinary transaction, later ones are XA transactions, so that they can be
// prepared. It is opened by the first statement that runs on it.
type branch struct {
	conn   *pool.Conn
	xid    string // as XA statements write it; empty: READ ONLY, an ordinary transaction
	opened bool
	wrote  bool
	ended  bool // XA END has run
}

// of returns the branch on a connection; nil if there is none.
func (t *txn) of(c *pool.Conn) *branch {
	for _, b := range t.more {
		if b.conn == c {
			return b
		}
	}
	return nil
}

// on returns the branch on a group; nil if there is none.
func (t *txn) on(group string) *branch {
	for _, b := range t.more {
		if b.conn.Server().Group == group {
			return b
		}
	}
	return nil
}

// held returns the connection that the session holds on a group; nil if it holds none.
func (t *txn) held(group string) *pool.Conn {
	if t.conn != nil && t.conn.Server().Group == group {
		return t.conn
	}
	if b := t.on(group); b != nil {
		return b.conn
	}
	return nil
}

// openedOn reports whether a server of the group knows of the transaction.
func (t *txn) openedOn(group string) bool {
	if b := t.on(group); b != nil {
		return b.opened
	}
	return t.held(group) != nil
}

// enlist opens the session's transaction on a group, beginning one if the session does
// not commit by itself.
func (s *session) enlist(group string) error {
	if !s.txn.open() && !s.autocommit() {
		s.txn.begin = "START TRANSACTION"
	}
	if s.txn.held(group) != nil && s.txn.trans {
		s.txn.uses++
		return nil
	}
	q := &call{group: group}
	s.wants(q)
	c, err := s.acquire(q)
	if err != nil {
		return err
	}
	if err := s.adapt(c, q); err != nil {
		return err
	}
	s.unlent()
	s.note()
	return nil
}

// reserve gives the session's transaction a connection to a group; a further branch is
// opened by its first statement, in the same packet.
func (s *session) reserve(group string) error {
	if !s.txn.trans || s.txn.held(group) != nil {
		return s.enlist(group)
	}
	q := &call{group: group}
	s.wants(q)
	if _, err := s.acquire(q); err != nil {
		return err
	}
	s.unlent()
	s.note()
	return nil
}

// readOnly reports whether the transaction may only read. An open transaction's access is
// what its BEGIN said, or SET TRANSACTION, or the session; if none is open, it is that of
// the next.
func (s *session) readOnly() bool {
	begin, once := s.txn.begin, s.txn.once
	if s.txn.trans {
		begin, once = s.txn.opened, s.txn.openedOnce
	}
	for _, said := range slices.Backward(append(slices.Clone(once), begin)) {
		switch {
		case strings.Contains(said, "READ ONLY"):
			return true
		case strings.Contains(said, "READ WRITE"):
			return false
		}
	}
	for _, name := range [...]string{readOnlyVar, "tx_read_only"} { // MariaDB's
		if v, ok := s.settings.Value(name); ok && (v == "ON" || v == "1") {
			return true
		}
	}
	return false
}

// readOnlyVar is the variable of SET SESSION TRANSACTION READ ONLY.
const readOnlyVar = "transaction_read_only"

// opening lists the statements that begin a branch.
func (t *txn) opening(b *branch) []string {
	list := append([]string(nil), t.openedOnce...)
	switch {
	case b.xid == "" && t.opened == "":
		list = append(list, "START TRANSACTION")
	case b.xid == "":
		list = append(list, t.opened)
	case strings.Contains(t.opened, "READ WRITE"): // the session may be READ ONLY
		list = append(list, "SET TRANSACTION READ WRITE", "XA START "+b.xid)
	default:
		list = append(list, "XA START "+b.xid)
	}
	for _, sp := range t.marks {
		list = append(list, "SAVEPOINT "+wire.QuoteIdent(sp))
	}
	return list
}

// begun records that the statements before one of the transaction have run.
func (t *txn) begun(c *pool.Conn, q *call) {
	if b := t.of(c); b != nil {
		b.opened = true
	} else if len(t.prefix(q)) > 0 {
		t.sent()
	}
}

// wroteOn notes that a statement that may change data has run on a connection of the
// transaction.
func (t *txn) wroteOn(c *pool.Conn) {
	if b := t.of(c); b != nil {
		b.wrote = true
	} else if c == t.conn {
		t.wrote = true
	}
}

// writers lists the branches, but for the first, that may have changed data.
func (t *txn) writers() []*branch {
	var out []*branch
	for _, b := range t.more {
		if b.wrote {
			out = append(out, b)
		}
	}
	return out
}

// readers lists the branches, but for the first, that have not changed data.
func (t *txn) readers() []*branch {
	var out []*branch
	for _, b := range t.more {
		if !b.wrote {
			out = append(out, b)
		}
	}
	return out
}

// join gives the open transaction a connection to a further group.
func (s *session) join(q *call) (*pool.Conn, error) {
	t := &s.txn
	if b := t.on(q.group); b != nil {
		if err := s.mayWrite(q, b); err != nil {
			return nil, err
		}
		return b.conn, s.lent(b.conn)
	}
	if t.snapshot {
		return nil, plan.Unsupported("the transaction's snapshot was made before group "+q.group+" had a shard", s.snap.conf.Pos, "start the transaction again")
	}
	b := &branch{}
	if err := s.mayWrite(q, b); err != nil {
		return nil, err
	}
	c, err := s.snap.groups[q.group].Lease(s, &s.want)
	if err != nil {
		return nil, s.endedOr(err)
	}
	if err := s.lent(c); err != nil {
		c.Release()
		return nil, err
	}
	b.conn = c
	if !s.readOnly() {
		b.xid = s.nextXID()
	}
	t.more = append(t.more, b)
	return c, nil
}

// mayWrite refuses a second group to write on where the session wants one only.
func (s *session) mayWrite(q *call, b *branch) error {
	if !s.single || !q.write || b.wrote {
		return nil
	}
	if !s.txn.wrote && len(s.txn.writers()) == 0 {
		return nil
	}
	return plan.Unsupported("the transaction has changed rows on another group than "+q.group+", and sluice_atomicity is 'single'", s.snap.conf.Pos,
		"SET sluice_atomicity = 'xa', or commit first")
}

// settleBranch is settle for a further branch: it stays with the transaction, unless
// that has come to its end.
func (s *session) settleBranch(b *branch, failed *wire.Error) {
	if ended := s.unlent(); ended != nil {
		absorb(b.conn)
	}
	switch {
	case b.conn.Doubtful() != "" && !b.opened:
		s.txn.remove(b)
		b.conn.Release()
	case b.conn.Doubtful() != "":
		s.quit = true // as from a server that has gone: the client must not go on
	case failed != nil && endsTransaction(failed.Number):
		s.rollbackAll()
	}
	s.note()
}

func (t *txn) remove(b *branch) {
	for i := range t.more {
		if t.more[i] == b {
			t.more = append(t.more[:i], t.more[i+1:]...)
			return
		}
	}
}

// endsTransaction reports whether an error of a branch has rolled the whole
// transaction back, as it would on one server.
func endsTransaction(number uint16) bool {
	switch number {
	case 1213, 1402, 1613, 1614: // deadlock; XA_RBROLLBACK, XA_RBTIMEOUT, XA_RBDEADLOCK
		return true
	}
	return false
}

// waited names a lock wait for what it may be where a transaction has locks on several
// groups: two that wait for each other on two servers are a deadlock that no server sees.
func (s *session) waited(e *wire.Error) {
	if e.Number == 1205 && len(s.txn.more) > 0 {
		e.Message += " (it has locks on several groups: this may be a deadlock over shards, which ends by innodb_lock_wait_timeout)"
	}
}

// eachBranch runs statements on all further branches that have been opened.
func (s *session) eachBranch(sql string) error {
	for _, b := range s.txn.more {
		if !b.opened {
			continue
		}
		if err := s.stillThere(b.conn, sql); err != nil {
			return err
		}
	}
	return nil
}

// rollbackAll ends the transaction on all its connections without changing anything.
func (s *session) rollbackAll() { s.rollbackWarned() }

// rollbackWarned is rollbackAll, and returns what the first group's server says of what
// cannot be undone, such as temporary tables.
func (s *session) rollbackWarned() (warned []diagnostic) {
	for _, b := range s.txn.more {
		s.undo(b)
	}
	s.txn.more = nil
	if c := s.txn.conn; c != nil && s.txn.trans {
		r, err := c.Query("ROLLBACK")
		if err == nil && r.OK.Warnings > 0 {
			var rows [][][]byte
			rows, err = c.QueryAll("SHOW WARNINGS")
			warned = warningsOf(rows)
		}
		if err != nil {
			c.Doubt("rollback failed")
		}
		s.leaveTxn()
	}
	return warned
}

// undo rolls one branch back and gives its connection away. A connection that fails is
// closed: its server then rolls back by itself what is not prepared, and recovery what
// is.
func (s *session) undo(b *branch) {
	sql := "ROLLBACK"
	switch {
	case b.ended:
		sql = "XA ROLLBACK " + b.xid
	case b.xid != "":
		sql = "XA END " + b.xid + ";XA ROLLBACK " + b.xid
	}
	if b.opened && b.conn.Doubtful() == "" {
		deadline(b.conn)
		if _, err := b.conn.Query(sql); err != nil {
			b.conn.Doubt("rollback failed")
		}
		undeadline(b.conn)
	}
	b.conn.Release()
}

// leaveTxn makes the session one without a transaction; its first connection is given
// back unless it is held for another reason.
func (s *session) leaveTxn() {
	t := &s.txn
	t.trans = false
	t.ended()
	if t.conn != nil {
		s.wrote(t.conn)
	}
	if c := t.conn; c != nil && (t.why == 0 || c.Doubtful() != "") {
		t.conn, t.why, t.temporary, t.shard = nil, 0, nil, nil
		c.Release()
	}
	s.note()
}

// ended forgets what belonged to the transaction that is over.
func (t *txn) ended() {
	t.wrote, t.locks, t.id, t.marks, t.opened, t.openedOnce, t.snapshot, t.diary = false, false, "", nil, "", nil, false, nil
}

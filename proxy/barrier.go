package proxy

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/pool"
)

// A barrier stops commits in two phases, of this Sluice and of all others, while
// snapshots are opened on several groups.
//
// A decision takes a shared lock on the row of its group in sluice.barrier (commit.go)
// and keeps it until it is committed. The barrier holds these rows of all groups for
// itself, so that nothing can be decided; then it waits until no branch is prepared
// whose transaction is decided. From then on until it is lowered every transaction is
// committed on all of its groups or on none, whoever may have died meanwhile, and so
// it is in snapshots that are opened before that.
type barrier struct {
	conns []*pool.Conn // in the order of the groups' names, so that two barriers cannot lock each other out
	until time.Time
}

const (
	barrierTable = decisionSchema + ".barrier"
	// snapshotWait bounds how long START TRANSACTION WITH CONSISTENT SNAPSHOT waits.
	snapshotWait = 5 * time.Second
	// barrierHold bounds how long commits are held up by branches that somebody else
	// must finish first.
	barrierHold = 200 * time.Millisecond
	// barrierIdle is after how many seconds the servers themselves lower the barrier of a
	// process that has been stopped: nobody can commit as long as it is up.
	barrierIdle = "2"
)

// errUnsettled says that decided transactions have branches yet to be committed.
var errUnsettled = errors.New("decided transactions are not committed everywhere yet")

// raise puts the barrier up. The caller lowers it.
func (srv *Server) raise(ctx context.Context, snap *snapshot) (*barrier, error) {
	b := &barrier{until: time.Now().Add(snapshotWait)}
	if err := b.lease(ctx, srv, snap); err != nil {
		b.lower()
		return nil, err
	}
	for {
		err := b.close(snap)
		if err == nil {
			srv.point("barrier up")
			return b, nil
		}
		if !passes(err) || time.Until(b.until) < 2*barrierHold {
			b.lower()
			return nil, err
		}
		if err := b.pause(ctx); err != nil {
			b.lower()
			return nil, err
		}
	}
}

// passes reports whether an error may go away by waiting.
func passes(err error) bool {
	if errors.Is(err, errUnsettled) {
		return true
	}
	e, ok := errors.AsType[*wire.Error](err)
	return ok && e.Number == 1205
}

// lease takes the barrier's connections before anything is locked, so that no commit
// has to wait until a pool has one.
func (b *barrier) lease(ctx context.Context, srv *Server, snap *snapshot) error {
	for _, name := range snap.withShards() {
		g := snap.groups[name]
		if err := srv.decisions.ready(ctx, g); err != nil {
			return err
		}
		c, err := g.Lease(ctx, &barrierWant)
		if err != nil {
			return err
		}
		b.conns = append(b.conns, c)
		_ = c.Net().SetDeadline(b.until)
	}
	return nil
}

// barrierWant is what the barrier's connections are brought to.
var barrierWant = pool.Want{
	Settings: (*pool.Settings)(nil).With(pool.Setting{Name: "innodb_lock_wait_timeout", Value: "1"}).With(pool.Setting{Name: "wait_timeout", Value: barrierIdle}),
}

// close locks, and waits for what is decided.
func (b *barrier) close(snap *snapshot) error {
	for _, c := range b.conns {
		if err := lockBarrier(c); err != nil {
			return err
		}
	}
	for end := time.Now().Add(barrierHold); ; time.Sleep(5 * time.Millisecond) {
		err := b.settled(snap)
		if err == nil || !errors.Is(err, errUnsettled) || time.Now().After(end) {
			return err
		}
	}
}

// lockBarrier locks the row of one group, in one packet with what the connection needs
// for it.
func lockBarrier(c *pool.Conn) error {
	sql, n := c.AppendAdapt(nil, &barrierWant)
	sql = append(sql, "START TRANSACTION;SELECT name FROM "+barrierTable+" WHERE name = "+literal(c.Server().Group)+" FOR UPDATE"...)
	if err := c.Ask(string(sql)); err != nil {
		return err
	}
	for range n {
		if err := c.SkipOK(); err != nil {
			return err
		}
	}
	c.Adapted(&barrierWant)
	rs, err := c.ReadResult()
	if err == nil && len(rs.Rows) != 1 {
		err = fmt.Errorf("the barrier's row of group %s has gone", c.Server().Group)
	}
	return err
}

// askEach asks all connections of a barrier the same, at once. It returns the first error.
func (b *barrier) askEach(sql string) ([]*pool.Result, error) {
	out, errs := make([]*pool.Result, len(b.conns)), make([]error, len(b.conns))
	for i, c := range b.conns {
		errs[i] = c.Ask(sql)
	}
	for i, c := range b.conns {
		if errs[i] == nil {
			out[i], errs[i] = c.ReadResult()
		}
	}
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// settled returns errUnsettled while a branch is prepared whose transaction is decided.
func (b *barrier) settled(snap *snapshot) error {
	homes := map[string][]string{} // ids of prepared transactions
	all, err := b.askEach("XA RECOVER")
	if err != nil {
		return err
	}
	for i, c := range b.conns {
		for _, row := range all[i].Rows {
			x, ours := parseXID(c.Server().Group, row)
			if !ours {
				continue
			}
			if snap.groups[x.home()] == nil {
				return fmt.Errorf("%w: %s has its decision on group %s, which is not configured", errUnsettled, x.id(), x.home())
			}
			homes[x.home()] = append(homes[x.home()], "'"+x.id()+"'")
		}
	}
	for _, c := range b.conns {
		ids := homes[c.Server().Group]
		if len(ids) == 0 {
			continue
		}
		rows, err := c.QueryAll("SELECT COUNT(*) FROM " + decisionTable + " WHERE committed = 1 AND txid IN (" + strings.Join(ids, ",") + ")")
		if err != nil {
			return err
		}
		if len(rows) != 1 || string(rows[0][0]) != "0" {
			return errUnsettled
		}
	}
	return nil
}

// pause lets commits pass before the next attempt.
func (b *barrier) pause(ctx context.Context) error {
	if _, err := b.askEach("ROLLBACK"); err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(barrierHold / 2):
		return nil
	}
}

// lower gives the locks back. It returns an error if they may have been lost before.
func (b *barrier) lower() error {
	var failed error
	asked := make([]bool, len(b.conns))
	for i, c := range b.conns {
		asked[i] = c.Doubtful() == "" && c.Ask("ROLLBACK") == nil
	}
	for i, c := range b.conns {
		if asked[i] {
			if _, err := c.ReadResult(); err != nil {
				c.Doubt("barrier lost")
			}
		}
		if c.Doubtful() != "" && failed == nil {
			failed = fmt.Errorf("the barrier on group %s was lost", c.Server().Group)
		}
		undeadline(c)
		c.Release()
	}
	b.conns = nil
	return failed
}

// literal is a text as a literal that needs no escapes.
func literal(text string) string { return fmt.Sprintf("X'%x'", text) }

// errNoSnapshot tells a client that a snapshot could not be had in time.
func errNoSnapshot(err error) error {
	return wire.Errorf(1205, "HY000", "Lock wait timeout exceeded; try restarting transaction: no snapshot over all groups within %v: %v", snapshotWait, err)
}

// unlessSaid gives an error that means nothing to clients, of a connection or of the
// barrier itself, the words of one that does.
func unlessSaid(err error) error {
	if err == nil || toClient(err).Number != internalError {
		return err
	}
	return errNoSnapshot(err)
}

// muster is the sessions whose snapshots are opened behind one barrier: while one barrier is
// up, those who ask gather for the next.
type muster struct {
	snap    *snapshot
	size    int
	opening sync.WaitGroup // those who follow
	raised  chan struct{}  // closed when barrier or err is there
	barrier *barrier
	err     error
	lowered chan struct{} // closed when lost is there
	lost    error
}

// musters has the muster that can be joined.
type musters struct {
	mu   sync.Mutex
	next *muster
}

// mostMustered is how many sessions share a barrier, which holds up commits while they
// open their snapshots.
const mostMustered = 32

// errNobody says that nobody has raised the barrier of a muster: another may do it.
var errNobody = errors.New("the barrier was not raised")

// join adds a session to those who wait for the next barrier; the first leads.
func (l *musters) join(snap *snapshot) (m *muster, leads bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if m = l.next; m == nil || m.snap != snap || m.size == mostMustered {
		m = &muster{snap: snap, raised: make(chan struct{}), lowered: make(chan struct{})}
		l.next, leads = m, true
	} else {
		m.opening.Add(1)
	}
	m.size++
	return m, leads
}

// close tells those who have joined that the barrier is up, or why it is not. Nobody can
// join any more.
func (l *musters) close(m *muster, b *barrier, err error) {
	l.mu.Lock()
	if l.next == m {
		l.next = nil
	}
	l.mu.Unlock()
	m.barrier, m.err = b, err
	close(m.raised)
}

// asksSnapshot reports whether a statement begins a transaction WITH CONSISTENT
// SNAPSHOT.
func (s *session) asksSnapshot(text []byte) bool {
	w := s.words(text)
	return slices.Contains(w, "CONSISTENT")
}

// withoutSnapshot is how the transaction after COMMIT AND CHAIN begins: as the one
// before, but with no snapshot until it first reads.
func withoutSnapshot(opened string) string {
	switch {
	case !strings.Contains(opened, "CONSISTENT"):
		return opened
	case strings.Contains(opened, "READ ONLY"):
		return "START TRANSACTION READ ONLY"
	}
	return "START TRANSACTION"
}

// beginSnapshot begins a transaction whose snapshot is made now, on all groups.
func (s *session) beginSnapshot(text []byte, more bool) error {
	if s.txn.trans {
		if err := s.commitAll(); err != nil {
			return err
		}
	}
	s.txn.savepoints, s.txn.begin = nil, ""
	if groups := s.snap.withShards(); len(groups) == 1 {
		return s.snapshotOnOne(groups[0], text, more)
	}
	s.txn.begin = strings.Join(s.words(text), " ")
	warnings, err := s.snapshotOnAll()
	if err != nil {
		s.rollbackAll()
		s.txn.forget()
		return s.endedOr(err)
	}
	s.diag = append(s.diag[:0], warnings...)
	s.rowCount = 0
	st := s.status()
	if more {
		st |= wire.StatusMoreResults
	}
	s.conn.WriteOK(wire.OK{Status: st, Warnings: uint16(len(warnings)), State: s.state}, s.caps)
	s.state = nil
	return nil
}

// snapshotOnOne lets the one group there is begin the transaction.
func (s *session) snapshotOnOne(group string, text []byte, more bool) error {
	s.next = call{group: group, sql: text, more: more, begins: true}
	out, err := s.text(&s.next)
	if err == nil && out.Err == nil {
		s.txn.opened, s.txn.snapshot = strings.Join(s.words(text), " "), true
	}
	return err
}

// snapshotOnAll opens the transaction on all groups, and then, behind the barrier, its
// snapshots. Where the isolation level has no snapshots MySQL's warning is returned and
// the transaction is an ordinary one.
func (s *session) snapshotOnAll() ([]diagnostic, error) {
	first := s.home().Group
	if s.txn.conn != nil {
		first = s.txn.conn.Server().Group
	}
	if err := s.enlist(first); err != nil {
		return nil, err
	}
	if s.preWarned > 0 {
		rows, err := s.txn.conn.QueryAll("SHOW WARNINGS")
		return warningsOf(rows), err
	}
	for _, name := range s.snap.withShards() {
		if err := s.reserve(name); err != nil {
			return nil, err
		}
	}
	s.txn.snapshot = true
	return nil, s.openSnapshots()
}

// openSnapshots opens the snapshots of the transaction behind a barrier.
func (s *session) openSnapshots() error {
	until := time.NewTimer(snapshotWait)
	defer until.Stop()
	for {
		m, leads := s.srv.musters.join(s.snap)
		var err error
		if leads {
			err = s.raiseFor(m, until.C)
		} else {
			err = s.awaitOf(m, until.C)
		}
		switch {
		case err == errNobody: //nolint:errorlint // our own value, never wrapped
			continue
		case err != nil && passes(err):
			return errNoSnapshot(err)
		}
		return unlessSaid(err)
	}
}

// raiseFor raises a barrier for all who have joined by then.
func (s *session) raiseFor(m *muster, until <-chan time.Time) error {
	select {
	case s.srv.opening <- struct{}{}:
		defer func() { <-s.srv.opening }()
	case <-s.Done():
		s.srv.musters.close(m, nil, errNobody)
		return context.Canceled
	case <-until:
		s.srv.musters.close(m, nil, errNobody) // the others may wait longer
		return errNoSnapshot(errors.New("others are being made"))
	}
	b, err := s.srv.raise(s, s.snap)
	switch {
	case err != nil && (s.Err() != nil || passes(err)):
		s.srv.musters.close(m, nil, errNobody)
		return err
	case err != nil:
		s.srv.musters.close(m, nil, err)
		return err
	}
	s.srv.musters.close(m, b, nil)
	err = s.openBehind(b)
	m.opening.Wait()
	m.lost = b.lower()
	close(m.lowered)
	return errOr(err, m.lost)
}

// awaitOf opens the snapshots behind the barrier that another session raises.
func (s *session) awaitOf(m *muster, until <-chan time.Time) error {
	opened := sync.OnceFunc(m.opening.Done)
	defer opened()
	select {
	case <-m.raised:
	case <-s.Done():
		return context.Canceled
	case <-until:
		return errNoSnapshot(errors.New("others are being made"))
	}
	if m.err != nil {
		return m.err
	}
	err := s.openBehind(m.barrier)
	opened()
	<-m.lowered // those who still open their snapshots have the barrier's time for it
	return errOr(err, m.lost)
}

// openBehind opens the snapshots of all connections of the transaction at once.
func (s *session) openBehind(b *barrier) error {
	var failed error
	conns := s.txn.conns()
	skip := make([]int, len(conns))
	for i, c := range conns {
		var err error
		if skip[i], err = s.askSnapshot(c, b); err != nil && failed == nil {
			failed = err
		}
	}
	for i, c := range conns {
		if skip[i] < 0 {
			continue
		}
		if err := s.readSnapshot(c, skip[i]); err != nil && failed == nil {
			failed = err
		}
	}
	return failed
}

// withShards lists the names of the groups that have shards, in order.
func (s *snapshot) withShards() []string {
	var list []string
	for _, d := range s.rules.Databases {
		for _, shard := range d.Shards {
			if !slices.Contains(list, shard.Group) {
				list = append(list, shard.Group)
			}
		}
	}
	slices.Sort(list)
	return list
}

// conns lists the connections of the transaction.
func (t *txn) conns() []*pool.Conn {
	list := []*pool.Conn{t.conn}
	for _, b := range t.more {
		list = append(list, b.conn)
	}
	return list
}

// askSnapshot has one connection make its snapshot. In a branch that is an XA transaction
// the first read makes it; an ordinary transaction begins anew. It returns how many
// statements run before; -1: nothing was sent.
func (s *session) askSnapshot(c *pool.Conn, behind *barrier) (int, error) {
	if !behind.on(c.Server()) {
		return -1, fmt.Errorf("group %s has another primary than a moment ago", c.Server().Group)
	}
	t := &s.txn
	b := t.of(c)
	q := &call{group: c.Server().Group}
	s.wants(q)
	sql, n := s.prelude(nil, c, q) // opens the branch
	if b == nil || b.xid == "" {
		sql = append(sql, strings.Join(append(append([]string{"ROLLBACK AND NO CHAIN NO RELEASE"}, t.openedOnce...), t.opened), ";")...)
	} else {
		sql = append(sql, "SELECT name FROM "+barrierTable+" LIMIT 1"...)
	}
	_ = c.Net().SetDeadline(behind.until)
	if err := c.Ask(string(sql)); err != nil {
		undeadline(c)
		return -1, err
	}
	return n, nil
}

// readSnapshot reads the answer to askSnapshot.
func (s *session) readSnapshot(c *pool.Conn, skip int) error {
	defer undeadline(c)
	for range skip {
		if err := c.SkipOK(); err != nil {
			return err
		}
	}
	s.wants(&call{group: c.Server().Group})
	c.Adapted(&s.want)
	if b := s.txn.of(c); b != nil {
		b.opened = true
	}
	_, err := c.ReadResult()
	return err
}

// on reports whether the barrier holds on a server.
func (b *barrier) on(server *pool.Server) bool {
	return slices.ContainsFunc(b.conns, func(c *pool.Conn) bool { return c.Server() == server })
}

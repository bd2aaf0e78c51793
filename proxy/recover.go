package proxy

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/pool"
	"golang.org/x/sync/errgroup"
)

// decisionSchema holds the decisions of transactions on each group.
const (
	decisionSchema = pool.OwnSchema
	decisionTable  = decisionSchema + ".decisions"
)

const (
	// recoverEvery is how often prepared transactions are looked for. One that is seen
	// twice is finished, if it was decided.
	recoverEvery = time.Second
	// undecidedFor is how long whoever prepared a transaction may take to decide it.
	undecidedFor = 3500 * time.Millisecond
	// keepDecisions is how long a decision is kept at least.
	keepDecisions = time.Hour
	// keepAborts is how long one to roll back is kept: longer than a process can sleep
	// between its prepares and its decision and find its connection open.
	keepAborts = 30 * 24 * time.Hour
	// finishTime bounds one attempt to finish a branch, and recoverAtOnce how many of a
	// group are made at a time.
	finishTime, recoverAtOnce = 10 * time.Second, 16
	// forgotten is how many decisions are deleted at a time, and forgets how often in a row.
	forgotten, forgets = 1000, 100
)

// decisions keeps, on each group, what was decided about transactions. It is safe for
// concurrent use.
type decisions struct {
	made sync.Map // *pool.Group for which the table is there
}

// ready makes the table of decisions of a group.
func (d *decisions) ready(ctx context.Context, g *pool.Group) error {
	if _, ok := d.made.Load(g); ok {
		return nil
	}
	err := withConn(ctx, g, func(c *pool.Conn) error {
		err := c.Make(
			pool.OwnTable{Name: decisionTable, Columns: "txid VARBINARY(64) NOT NULL PRIMARY KEY, committed TINYINT NOT NULL, at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, KEY (at)"},
			pool.OwnTable{Name: barrierTable, Columns: "name VARBINARY(255) NOT NULL PRIMARY KEY"},
			pool.OwnTable{Name: lockTable, Columns: "thread BIGINT UNSIGNED NOT NULL PRIMARY KEY, session BIGINT UNSIGNED NOT NULL"})
		if err != nil {
			return err
		}
		_, err = c.Query("INSERT IGNORE INTO " + barrierTable + " VALUES (" + literal(g.Name) + ")")
		return err
	})
	if err == nil {
		d.made.Store(g, true)
	}
	return err
}

// settle reports whether a transaction was committed. Where nothing was decided it
// decides that the transaction is rolled back: a decision to commit can then no longer
// be written.
func (d *decisions) settle(ctx context.Context, g *pool.Group, id string) (committed bool, err error) {
	if err := d.ready(ctx, g); err != nil {
		return false, err
	}
	err = withConn(ctx, g, func(c *pool.Conn) error {
		if _, err := c.Query("INSERT IGNORE INTO " + decisionTable + " (txid, committed) VALUES ('" + id + "', 0)"); err != nil {
			return err
		}
		rows, err := c.QueryAll("SELECT committed FROM " + decisionTable + " WHERE txid = '" + id + "'")
		if err != nil {
			return err
		}
		if len(rows) != 1 || len(rows[0]) != 1 {
			return fmt.Errorf("the decision of %s has gone", id)
		}
		committed = string(rows[0][0]) == "1"
		return nil
	})
	return committed, err
}

// look reports whether a transaction was decided, and how; it decides nothing.
func (d *decisions) look(ctx context.Context, g *pool.Group, id string) (committed, decided bool, err error) {
	if err := d.ready(ctx, g); err != nil {
		return false, false, err
	}
	err = withConn(ctx, g, func(c *pool.Conn) error {
		rows, err := c.QueryAll("SELECT committed FROM " + decisionTable + " WHERE txid = '" + id + "'")
		if err == nil && len(rows) == 1 && len(rows[0]) == 1 {
			committed, decided = string(rows[0][0]) == "1", true
		}
		return err
	})
	return committed, decided, err
}

// insistEach is how long to wait before a question is asked again whose server was lost.
const insistEach = 50 * time.Millisecond

// insist asks a question again, of the next connection or the next primary, as long as its
// server is lost meanwhile and ctx has not ended: the first connections that are tried when
// a server is lost may all have led there.
func insist(ctx context.Context, ask func() error) error {
	for {
		err := ask()
		if err == nil || !lostWithServer(err) || ctx.Err() != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(insistEach):
		}
	}
}

// withConn runs f on a connection of a group's pool, outside of any transaction.
func withConn(ctx context.Context, g *pool.Group, f func(*pool.Conn) error) error {
	want := pool.Want{}
	c, err := g.Lease(ctx, &want)
	if err != nil {
		return err
	}
	defer c.Release()
	until := time.Now().Add(commitTime)
	if d, ok := ctx.Deadline(); ok && d.Before(until) {
		until = d
	}
	_ = c.Net().SetDeadline(until)
	defer undeadline(c)
	b, n := c.AppendAdapt(nil, &want)
	if n > 0 {
		if _, err := c.Query(string(b[:len(b)-1])); err != nil {
			c.Doubt("adaption failed")
			return err
		}
		c.Adapted(&want)
	}
	err = f(c)
	if err != nil {
		if _, ok := errors.AsType[*wire.Error](err); !ok {
			c.Doubt("failed")
		}
	}
	return err
}

// inDoubt is a prepared transaction of ours that was found on a server.
type inDoubt struct {
	group string // where it is prepared
	gtrid string
	bqual string
}

// id and home are the parts of its name.
func (x inDoubt) id() string   { return strings.TrimPrefix(x.gtrid, gtridPrefix) }
func (x inDoubt) home() string { return x.bqual[:strings.LastIndexByte(x.bqual, '/')] }
func (x inDoubt) xid() string  { return "'" + x.gtrid + "','" + x.bqual + "'" }

// recoverer finishes transactions whose Sluice has died. One goroutine runs it, and one
// looks at each group, so that a group that does not answer holds up nobody else.
type recoverer struct {
	srv     *Server
	watched map[string]*watched
	purge   time.Time
}

// watched is a group that is looked at.
type watched struct {
	srv  *Server
	name string
	busy atomic.Bool

	mu   sync.Mutex
	seen map[inDoubt]time.Time // what was prepared when it was looked at last, and since when
	at   time.Time             // when that was
}

// recoverAlways runs until the server stops.
func (srv *Server) recoverAlways() {
	r := &recoverer{srv: srv, watched: map[string]*watched{}}
	t := time.NewTicker(recoverEvery)
	defer t.Stop()
	for {
		r.round()
		select {
		case <-srv.ctx.Done():
			return
		case <-t.C:
		}
	}
}

// round looks at every group that is not being looked at, and adds up what was found.
func (r *recoverer) round() {
	snap := r.srv.snap.Load()
	several := len(snap.withShards()) > 1
	for name, g := range snap.groups {
		w := r.watched[name]
		if w == nil {
			w = &watched{srv: r.srv, name: name, seen: map[inDoubt]time.Time{}}
			r.watched[name] = w
		}
		if w.busy.Swap(true) {
			continue
		}
		r.srv.wg.Go(func() {
			defer w.busy.Store(false)
			if several {
				r.srv.makeReady(name, g)
			}
			w.look(snap, g)
		})
	}
	now := time.Now()
	whole, found := true, map[inDoubt]bool{}
	var oldest time.Duration
	for name, w := range r.watched {
		if snap.groups[name] == nil {
			delete(r.watched, name)
			continue
		}
		w.mu.Lock()
		whole = whole && now.Sub(w.at) < 2*probeTime
		for x, since := range w.seen {
			found[x] = true
			oldest = max(oldest, now.Sub(since))
		}
		w.mu.Unlock()
	}
	r.srv.metrics.inDoubt(len(found), oldest)
	if whole && now.Sub(r.purge) > time.Minute {
		r.purge = now
		r.forget(snap, found)
	}
}

// look lists what is prepared on the group and finishes what has been for a while.
func (w *watched) look(snap *snapshot, g *pool.Group) {
	list, err := preparedOn(w.srv.ctx, w.name, g)
	if err != nil {
		if w.srv.ctx.Err() == nil {
			w.srv.log.Warn("prepared transactions cannot be listed", "group", w.name, "err", err)
		}
		return
	}
	now := time.Now()
	since := make(map[inDoubt]time.Time, len(list))
	w.mu.Lock()
	for _, x := range list {
		since[x] = now
		if t, known := w.seen[x]; known {
			since[x] = t
		}
	}
	w.seen, w.at = since, now
	w.mu.Unlock()
	var wg errgroup.Group
	wg.SetLimit(recoverAtOnce)
	for x, t := range since {
		if _, live := w.srv.live.Load(x.id()); live || !t.Before(now) {
			continue
		}
		wg.Go(func() error {
			if w.srv.finish(snap, x, now.Sub(t)) {
				w.mu.Lock()
				delete(w.seen, x)
				w.mu.Unlock()
			}
			return nil
		})
	}
	_ = wg.Wait()
}

// preparedOn lists the prepared transactions of ours on a group.
func preparedOn(ctx context.Context, name string, g *pool.Group) ([]inDoubt, error) {
	ctx, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	var out []inDoubt
	err := withConn(ctx, g, func(c *pool.Conn) error {
		rows, err := c.QueryAll("XA RECOVER")
		if err != nil {
			return err
		}
		for _, row := range rows {
			if x, ok := parseXID(name, row); ok {
				out = append(out, x)
			}
		}
		return nil
	})
	return out, err
}

// parseXID reads a row of XA RECOVER; false if the transaction is not ours.
func parseXID(group string, row [][]byte) (inDoubt, bool) {
	if len(row) != 4 {
		return inDoubt{}, false
	}
	n, err := strconv.Atoi(string(row[1]))
	if err != nil || n < 0 || n > len(row[3]) {
		return inDoubt{}, false
	}
	x := inDoubt{group: group, gtrid: string(row[3][:n]), bqual: string(row[3][n:])}
	id, ours := strings.CutPrefix(x.gtrid, gtridPrefix)
	return x, ours && isHex(id) && strings.Contains(x.bqual, "/") && !strings.ContainsAny(x.bqual, "'\\")
}

func isHex(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return s != ""
}

// finish commits or rolls back one prepared branch, which has been known for a while, as
// was decided. It reports whether the branch is finished.
func (srv *Server) finish(snap *snapshot, x inDoubt, known time.Duration) bool {
	home, ok := snap.groups[x.home()]
	if !ok {
		srv.log.Error("a prepared transaction cannot be finished: its first group is not configured", "group", x.group, "tx", x.id(), "first", x.home())
		return false
	}
	ctx, cancel := context.WithTimeout(srv.ctx, finishTime)
	defer cancel()
	committed, decided, err := srv.decisions.look(ctx, home, x.id())
	if err == nil && !decided {
		if known < undecidedFor {
			return false
		}
		committed, err = srv.decisions.settle(ctx, home, x.id())
	}
	if err != nil {
		srv.log.Warn("a prepared transaction waits for its decision", "group", x.group, "tx", x.id(), "first", x.home(), "err", err)
		return false
	}
	srv.point("settled")
	err = srv.finishOn(ctx, snap.groups[x.group], x.xid(), committed)
	if errors.Is(err, errNotThere) {
		return false
	}
	if err != nil {
		srv.log.Warn("a prepared transaction could not be finished", "group", x.group, "tx", x.id(), "err", err)
		return false
	}
	srv.metrics.recovered(committed)
	srv.log.Warn("a prepared transaction was finished", "group", x.group, "tx", x.id(), "committed", committed, "took", known.Round(time.Millisecond))
	return true
}

// forget deletes old decisions that no prepared branch waits for. It is called only
// when all groups have answered.
func (r *recoverer) forget(snap *snapshot, found map[inDoubt]bool) {
	waiting := "''"
	for x := range found {
		waiting += ",'" + x.id() + "'"
	}
	for name, g := range snap.groups {
		if _, ok := r.srv.decisions.made.Load(g); !ok {
			continue
		}
		ctx, cancel := context.WithTimeout(r.srv.ctx, probeTime)
		err := withConn(ctx, g, func(c *pool.Conn) error {
			for range forgets {
				// READ COMMITTED: no lock of a gap that new decisions go into.
				rs, err := c.Query(fmt.Sprintf("SET TRANSACTION ISOLATION LEVEL READ COMMITTED;DELETE FROM %s WHERE at < NOW() - INTERVAL IF(committed, %d, %d) SECOND AND at < NOW() - INTERVAL %d SECOND AND txid NOT IN (%s) LIMIT %d",
					decisionTable, int(keepDecisions.Seconds()), int(keepAborts.Seconds()), int(keepDecisions.Seconds()), waiting, forgotten))
				if err != nil || rs.OK.Affected < forgotten {
					return err
				}
			}
			return nil
		})
		cancel()
		if err != nil {
			r.srv.log.Warn("old decisions could not be deleted", "group", name, "err", err)
		}
	}
}

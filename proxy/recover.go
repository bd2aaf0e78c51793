package proxy

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/pool"
)

// decisionSchema holds the decisions of transactions on each group.
const (
	decisionSchema = "sluice"
	decisionTable  = decisionSchema + ".decisions"
)

// recoverEvery is how often prepared transactions are looked for. One that is seen
// twice is finished.
const recoverEvery = 2 * time.Second

// keepDecisions is how long a decision is kept at least.
const keepDecisions = time.Hour

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
		_, err := c.Query("CREATE DATABASE IF NOT EXISTS " + decisionSchema)
		if err != nil {
			return err
		}
		_, err = c.Query("CREATE TABLE IF NOT EXISTS " + decisionTable +
			" (txid VARBINARY(64) NOT NULL PRIMARY KEY, committed TINYINT NOT NULL, at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, KEY (at)) ENGINE=InnoDB")
		if err != nil {
			return err
		}
		_, err = c.Query("CREATE TABLE IF NOT EXISTS " + barrierTable + " (name VARBINARY(255) NOT NULL PRIMARY KEY) ENGINE=InnoDB;" +
			"INSERT IGNORE INTO " + barrierTable + " VALUES (" + literal(g.Name) + ");" +
			"CREATE TABLE IF NOT EXISTS " + lockTable + " (thread BIGINT UNSIGNED NOT NULL PRIMARY KEY, session BIGINT UNSIGNED NOT NULL) ENGINE=InnoDB")
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

// recoverer finishes transactions whose Sluice has died. One goroutine runs it.
type recoverer struct {
	srv   *Server
	seen  map[inDoubt]time.Time
	purge time.Time
}

// recoverAlways runs until the server stops.
func (srv *Server) recoverAlways() {
	r := &recoverer{srv: srv, seen: map[inDoubt]time.Time{}}
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

// round looks at every group once.
func (r *recoverer) round() {
	snap := r.srv.snap.Load()
	r.srv.ready(snap)
	found := map[inDoubt]bool{}
	whole := true
	for name, g := range snap.groups {
		list, err := preparedOn(r.srv.ctx, name, g)
		if err != nil {
			whole = false
			if r.srv.ctx.Err() == nil {
				r.srv.log.Warn("prepared transactions cannot be listed", "group", name, "err", err)
			}
			continue
		}
		for _, x := range list {
			found[x] = true
		}
	}
	now := time.Now()
	for x := range r.seen {
		if !found[x] {
			delete(r.seen, x)
		}
	}
	var oldest time.Duration
	for x := range found {
		since, ok := r.seen[x]
		if !ok {
			r.seen[x] = now
			continue
		}
		oldest = max(oldest, now.Sub(since))
		if _, live := r.srv.live.Load(x.id()); !live {
			r.finish(snap, x)
		}
	}
	r.srv.metrics.inDoubt(len(found), oldest)
	if whole && now.Sub(r.purge) > time.Minute {
		r.purge = now
		r.forget(snap, found)
	}
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

// finish commits or rolls back one prepared branch as was decided.
func (r *recoverer) finish(snap *snapshot, x inDoubt) {
	home, ok := snap.groups[x.home()]
	if !ok {
		r.srv.log.Error("a prepared transaction cannot be finished: its first group is not configured", "group", x.group, "tx", x.id(), "first", x.home())
		return
	}
	ctx, cancel := context.WithTimeout(r.srv.ctx, commitTime)
	defer cancel()
	committed, err := r.srv.decisions.settle(ctx, home, x.id())
	if err != nil {
		r.srv.log.Warn("a prepared transaction waits for its decision", "group", x.group, "tx", x.id(), "first", x.home(), "err", err)
		return
	}
	err = r.srv.finishOn(ctx, snap.groups[x.group], x.xid(), committed)
	if errors.Is(err, errNotThere) {
		return
	}
	if err != nil {
		r.srv.log.Warn("a prepared transaction could not be finished", "group", x.group, "tx", x.id(), "err", err)
		return
	}
	r.srv.metrics.recovered(committed)
	r.srv.log.Warn("a prepared transaction was finished", "group", x.group, "tx", x.id(), "committed", committed)
	delete(r.seen, x)
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
			_, err := c.Query(fmt.Sprintf("DELETE FROM %s WHERE at < NOW() - INTERVAL %d SECOND AND txid NOT IN (%s) LIMIT 1000",
				decisionTable, int(keepDecisions.Seconds()), waiting))
			return err
		})
		cancel()
		if err != nil {
			r.srv.log.Warn("old decisions could not be deleted", "group", name, "err", err)
		}
	}
}

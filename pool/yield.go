package pool

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/sluicedb/sluice/parser/wire"
)

// A switchover must break no transaction of any Sluice process. The one that switches
// holds a lock on the primary that the others' probes find; they then begin nothing more
// there, and take a lock each when what they had begun has ended. The heartbeats tell who
// they are. All locks end with their connections: a process that dies holds nobody up.

const (
	switchLock = "sluice switchover"
	yieldLock  = "sluice yields "
	// beatsSeen is in how many intervals a process that lives is sure to write a heartbeat.
	beatsSeen = 4
	// yieldTime is how long a process waits for another's switchover before it goes on.
	yieldTime = time.Minute
)

// switches asks the primary whether it is being switched.
func (g *Group) switches(c *Conn, st *State) error {
	if !g.probing.Heartbeat {
		return nil
	}
	rows, err := c.QueryAll("SELECT IS_USED_LOCK('" + switchLock + "')")
	if err != nil || len(rows) != 1 {
		return errors.Join(err, wire.ErrMalformed)
	}
	st.Switches = rows[0][0] != nil
	return nil
}

// others are the other Sluice processes that write heartbeats. Their clocks may differ:
// those are alive whose heartbeat moves.
func (g *Group) others(primary *locked) ([]string, error) {
	before, err := beats(primary.conn)
	if err != nil {
		return nil, err
	}
	time.Sleep(beatsSeen * g.probing.Interval)
	after, err := beats(primary.conn)
	if err != nil {
		return nil, err
	}
	var out []string
	for w, at := range after {
		if w != writer && before[w] != at {
			out = append(out, w)
		}
	}
	return out, nil
}

func beats(c *Conn) (map[string]string, error) {
	_ = c.Net().SetDeadline(time.Now().Add(stepTime))
	rows, err := c.QueryAll("SELECT writer, at FROM " + heartbeatTable)
	out := make(map[string]string, len(rows))
	for _, r := range rows {
		out[string(r[0])] = string(r[1])
	}
	return out, err
}

// announce takes the lock that tells the other Sluices to begin nothing on the primary.
func (l *locked) announce() error {
	_ = l.conn.Net().SetDeadline(time.Now().Add(stepTime))
	rows, err := l.conn.QueryAll("SELECT GET_LOCK('" + switchLock + "', 0)")
	if err != nil || len(rows) != 1 || string(rows[0][0]) != "1" {
		return errors.Join(err, errors.New("another Sluice is switching"))
	}
	return nil
}

// allDrained waits until no Sluice has a statement or transaction on the primary.
func (g *Group) allDrained(primary *locked, others []string, most time.Duration) error {
	until := time.Now().Add(most)
	if err := primary.announce(); err != nil {
		return err
	}
	_ = primary.conn.Net().SetDeadline(until.Add(stepTime))
	if err := primary.drained(most); err != nil {
		return err
	}
	for len(others) > 0 {
		rows, err := primary.conn.QueryAll("SELECT IS_USED_LOCK('" + yieldLock + others[0] + "')")
		switch {
		case err != nil:
			return err
		case rows[0][0] != nil:
			others = others[1:]
		case time.Now().After(until):
			return fmt.Errorf("statements or transactions of another Sluice (%s) did not end within %v", strings.Join(others, ", "), most)
		default:
			time.Sleep(5 * time.Millisecond)
		}
	}
	return nil
}

// yieldTo begins to yield to another Sluice that switches the primary. g.mu is held.
func (g *Group) yieldTo(primary *Server) {
	if primary.State().Switches && !g.switching.Load() && g.yields.CompareAndSwap(false, true) {
		g.watching.Go(func() { g.yield(primary) })
	}
}

// yield begins nothing on the primary until it has been switched, or will not be.
func (g *Group) yield(primary *Server) {
	defer g.resume(&g.yields)
	c, err := g.dialProbe(primary)
	if err != nil {
		return
	}
	defer g.closeProbe(c)
	c.patience = g.probing.Timeout
	said := false
	for end := time.Now().Add(yieldTime); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if g.stopped() {
			return
		}
		if !said && primary.Stats().Lent == 0 {
			rows, err := c.QueryAll("SELECT GET_LOCK('" + yieldLock + writer + "', 0)")
			if err != nil || len(rows) != 1 {
				return
			}
			said = string(rows[0][0]) == "1"
		}
		rows, err := c.QueryAll("SELECT IS_USED_LOCK('" + switchLock + "'), @@GLOBAL.read_only")
		if err != nil || len(rows) != 1 {
			return
		}
		if rows[0][0] == nil {
			if string(rows[0][1]) != "0" {
				g.Demote(primary) // until a probe says who is the primary now
			}
			return
		}
	}
}

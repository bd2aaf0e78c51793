package pool

import (
	"crypto/rand"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/sluicedb/sluice/parser/wire"
)

// Probing says how the servers of a group are watched.
type Probing struct {
	Interval time.Duration // between two probes of a server
	Timeout  time.Duration // for each answer to a probe, which asks several questions
	Hold     time.Duration // how long a statement waits while the group has no primary
	Held     int           // how many may wait
	// HeldBytes is how many bytes those may have together that wait. One may have more.
	HeldBytes int
	// Heartbeat: the primary gets a row with the time at every interval, by which the lag
	// of replicas is measured. Without it no lag is known.
	Heartbeat bool
	// Slow: reads leave a replica alone that answers probes so much later than the
	// fastest server of the group. 0: never.
	Slow time.Duration
	Own  Owning
}

const heartbeatTable = OwnSchema + ".heartbeat"

// writer names this process in the heartbeat's table: lag is measured by one clock, that
// of the process which wrote and reads.
var writer = rand.Text()[:16]

// Watch keeps the states of the group's servers up to date, and with them which of them
// is the primary, until Close. A group of one server is not watched. It is called once,
// before the group is used.
func (g *Group) Watch(p Probing) {
	if len(g.servers) < 2 || p.Interval <= 0 {
		return
	}
	g.probing = p
	for _, s := range g.servers {
		s.pace.limit.Store(int64(p.Slow))
		g.watching.Go(func() { g.watch(s) })
	}
	if p.Heartbeat {
		g.watching.Go(g.beat)
	}
	if p.Own.On {
		g.watching.Go(g.own)
		g.watching.Go(g.assess)
	}
}

// watch probes one server.
func (g *Group) watch(s *Server) {
	var c *Conn
	defer func() { g.closeProbe(c) }()
	for g.tick() {
		st := s.State() // what was known stays where there is no answer
		st.Err, st.LagKnown = nil, false
		if c == nil {
			c, st.Err = g.dialProbe(s)
		}
		if st.Err == nil {
			c.patience = g.probing.Timeout
			st.Err = g.probe(c, &st)
		}
		if st.Err == nil {
			g.time(s, &st)
		}
		if st.Err != nil {
			g.closeProbe(c)
			c = nil
		}
		if st.Up = st.Err == nil; st.Up {
			st.Down = time.Time{}
		} else if st.Down.IsZero() {
			st.Down = time.Now()
		}
		s.SetState(st)
		g.judge()
	}
}

// tick waits for the next probe; false: the group is closed.
func (g *Group) tick() bool {
	t := time.NewTimer(g.probing.Interval)
	defer t.Stop()
	select {
	case <-g.stop:
		return false
	case <-t.C:
	}
	return true
}

// probe asks a server what it is.
func (g *Group) probe(c *Conn, st *State) error {
	asked := time.Now()
	rows, err := c.QueryAll("SELECT @@GLOBAL.read_only, @@GLOBAL.gtid_executed")
	if e, ok := errors.AsType[*wire.Error](err); ok && e.Number == 1193 { // MariaDB
		rows, err = c.QueryAll("SELECT @@GLOBAL.read_only, ''")
	}
	if err != nil {
		return err
	}
	if len(rows) != 1 || len(rows[0]) != 2 {
		return wire.ErrMalformed
	}
	st.Seen = time.Now()
	st.Took, st.Executed = st.Seen.Sub(asked), strings.ReplaceAll(string(rows[0][1]), "\n", "")
	if err := g.topology(c, st); err != nil {
		return err
	}
	st.Role, st.Switches = RoleReplica, false
	leads, err := membership(c, st)
	if err != nil {
		return err
	}
	if v := string(rows[0][0]); leads && (v == "0" || v == "OFF") {
		st.Role, st.Waited, st.Firm = RolePrimary, st.SemiSync, st.firm
		st.LagKnown = true
		return g.switches(c, st)
	}
	if !g.probing.Heartbeat {
		return nil
	}
	return g.lag(c, st)
}

// slowTurns is how many probes in a row make a server slow, or no longer slow.
const slowTurns = 4

// time judges whether a server is slow. The probes go on when reads leave it alone, so
// that no client has to try whether it is quick again.
func (g *Group) time(s *Server, st *State) {
	if g.probing.Slow == 0 {
		return
	}
	g.judgeReads(s, st)
	fastest := st.Took
	for _, o := range g.servers {
		if of := o.State(); o != s && of.Up {
			fastest = min(fastest, of.Took)
		}
	}
	if st.Took-fastest > g.probing.Slow == st.Slow {
		st.turns = 0
		return
	}
	if st.turns++; st.turns == slowTurns {
		st.Slow, st.turns = !st.Slow, 0
		g.log.Warn("a server has become slow, or is so no longer", "group", g.Name, "server", s.Addr, "slow", st.Slow, "took", st.Took, "fastest", fastest)
	}
}

// topology asks what failover needs to know.
func (g *Group) topology(c *Conn, st *State) error {
	if !g.probing.Own.On {
		return nil
	}
	r, err := replicaStatus(c)
	if err != nil {
		return err
	}
	if st.Source = r["Source_Host"]; st.Source != "" {
		st.Source += ":" + r["Source_Port"]
	}
	st.Listens = r["Replica_IO_Running"] == "Yes"
	rows, err := c.QueryAll("SELECT " + g.brief() + " epoch, SUBSTRING_INDEX(server, ' ', -1), @@GLOBAL.server_uuid FROM " + topologyTable + " WHERE id = 1")
	if _, said := errors.AsType[*wire.Error](err); err != nil && !said {
		return err
	}
	if err == nil && len(rows) == 1 {
		st.Epoch, _ = strconv.ParseUint(string(rows[0][0]), 10, 64)
		if st.Promoted, st.UUID = string(rows[0][1]), string(rows[0][2]); !isUUID(st.Promoted) {
			st.Promoted = ""
		}
	}
	const prefix = "@@GLOBAL.rpl_semi_sync_source_"
	rows, err = c.QueryAll(fmt.Sprintf("SELECT %[1]senabled, %[1]stimeout >= %[2]d AND %[1]swait_no_replica AND %[1]swait_point = 'AFTER_SYNC'", prefix, long.Milliseconds()))
	if _, said := errors.AsType[*wire.Error](err); err != nil && !said {
		return err
	}
	st.SemiSync = err == nil && len(rows) == 1 && string(rows[0][0]) == "1"
	st.firm = st.SemiSync && string(rows[0][1]) == "1"
	return g.began(c, st)
}

// began asks a server that copies nobody whether it is read only from its start.
func (g *Group) began(c *Conn, st *State) error {
	if st.Began = false; st.Source != "" {
		return nil
	}
	rows, err := c.QueryAll("SELECT COUNT(*), SUM(VARIABLE_SOURCE = 'DYNAMIC') FROM performance_schema.variables_info WHERE VARIABLE_NAME IN ('read_only', 'super_read_only')")
	if _, said := errors.AsType[*wire.Error](err); said {
		return nil // not for us to read: somebody may have made it so
	}
	st.Began = err == nil && len(rows) == 1 && string(rows[0][0]) == "2" && string(rows[0][1]) == "0"
	return err
}

// brief lets a probe do without a table that somebody has locked: that is no reason to
// take the server for dead.
func (g *Group) brief() string {
	return fmt.Sprintf("/*+ MAX_EXECUTION_TIME(%d) */", max(1, g.probing.Timeout.Milliseconds()/4))
}

// lag measures how far a replica is behind: it has everything that was committed before
// the newest heartbeat it has.
func (g *Group) lag(c *Conn, st *State) error {
	rows, err := c.QueryAll("SELECT " + g.brief() + " MAX(at), MAX(IF(writer = '" + writer + "', at, NULL)) FROM " + heartbeatTable)
	if _, ok := errors.AsType[*wire.Error](err); ok {
		return nil // no such table yet, not for us to read, or locked: the lag is not known
	}
	if err != nil || len(rows) != 1 || rows[0][0] == nil {
		return err
	}
	newest, err := strconv.ParseInt(string(rows[0][0]), 10, 64)
	if err != nil {
		return err
	}
	if st.Beat = time.UnixMicro(newest); rows[0][1] == nil {
		return nil
	}
	at, err := strconv.ParseInt(string(rows[0][1]), 10, 64)
	if err != nil {
		return err
	}
	st.Lag, st.LagKnown = max(0, time.Since(time.UnixMicro(at))), true
	return nil
}

// beat writes the heartbeat. It has a connection of its own: with semi-synchronous
// replication a write may wait for a replica, and the probe must not.
func (g *Group) beat() {
	var (
		c     *Conn
		on    *Server
		pause time.Time
	)
	defer func() { g.closeProbe(c) }()
	for g.tick() {
		if time.Now().Before(pause) {
			continue
		}
		p := g.Primary()
		if p != on {
			g.closeProbe(c)
			c, on = nil, p
		}
		if p.State().Role != RolePrimary {
			continue // one that is too slow for probes may still take heartbeats, which speak for it
		}
		err := g.beatOnce(&c, p)
		if e, ok := errors.AsType[*wire.Error](err); ok && e.Number != 1290 && e.Number != 1836 {
			g.log.Warn("the heartbeat cannot be written: the lag of replicas is not known", "group", g.Name, "server", p.Addr, "err", err)
			pause = time.Now().Add(time.Minute)
		}
		if err != nil {
			g.closeProbe(c)
			c = nil
		}
	}
}

// beatTime bounds one heartbeat: semi-synchronous replication may let it wait.
const beatTime = 10 * time.Second

func (g *Group) beatOnce(c **Conn, p *Server) error {
	if *c == nil {
		fresh, err := g.dialProbe(p)
		if err != nil {
			return err
		}
		*c = fresh
		_ = fresh.Net().SetDeadline(time.Now().Add(beatTime))
		if err := makeHeartbeat(fresh); err != nil {
			return err
		}
	}
	_ = (*c).Net().SetDeadline(time.Now().Add(beatTime))
	_, err := (*c).Query(fmt.Sprintf("INSERT INTO %s (writer, at) VALUES ('%s', %d) ON DUPLICATE KEY UPDATE at = VALUES(at)", heartbeatTable, writer, time.Now().UnixMicro()))
	return err
}

// dialProbe makes a connection that does not count among those of the pool.
func (g *Group) dialProbe(s *Server) (*Conn, error) {
	d := s.opts.Dialer
	d.Timeout = g.probing.Timeout
	c, err := d.dial(g.ctx, s.Addr, false, nil)
	if err != nil {
		return nil, err
	}
	g.probes.Store(c, true)
	return c, nil
}

func (g *Group) closeProbe(c *Conn) {
	if c != nil {
		g.probes.Delete(c)
		_ = c.Close()
	}
}

// stopWatching ends Watch and waits for its goroutines.
func (g *Group) stopWatching() {
	close(g.stop)
	g.end()
	g.probes.Range(func(c, _ any) bool {
		c.(*Conn).Interrupt("group closed")
		return true
	})
	g.watching.Wait()
}

func makeHeartbeat(c *Conn) error {
	err := c.Make(OwnTable{heartbeatTable, "writer CHAR(16) CHARACTER SET ascii NOT NULL PRIMARY KEY, at BIGINT NOT NULL COMMENT 'microseconds since 1970'"})
	if err != nil {
		return err
	}
	_, err = c.Query(fmt.Sprintf("DELETE FROM %s WHERE at < %d", heartbeatTable, time.Now().Add(-24*time.Hour).UnixMicro()))
	return err
}

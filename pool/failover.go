package pool

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/sluicedb/sluice/parser/wire"
)

// Where the rules say so, Sluice itself replaces a primary that has died. Any number of
// Sluice processes may watch a group; what keeps them from each other, and from an old
// primary, is on the group's own servers:
//
//   - who promotes holds a user lock on a majority of the group's servers, and every step
//     runs on the very connections that hold the locks: who loses a lock has lost the
//     connection, and with it the power to go on;
//   - before anything else the replicas stop listening to the old primary, so that a
//     write there can no longer be acknowledged where replication is semi-synchronous;
//   - the candidate has every transaction that any of the locked servers has received;
//   - a promotion writes its epoch into sluice.topology on the new primary, from where it
//     replicates. Of two writable servers the one with the higher epoch is the primary,
//     or the one that was promoted in it; the other is made read only before it is sent
//     anything.
//
// With three servers and semi-synchronous replication a majority of the servers that are
// left holds every acknowledged write.

// Owning says how Sluice replaces a primary.
type Owning struct {
	On       bool
	After    time.Duration // how long it must not have answered
	User     string        // by which the servers replicate from each other
	Password func() (string, error)
}

const (
	topologyTable = OwnSchema + ".topology"
	ownLock       = "sluice failover"
	// stepTime bounds one step of a promotion, catchUpTime the wait for a relay log.
	stepTime    = 10 * time.Second
	catchUpTime = 5 * time.Minute
	keptEvents  = 200
)

// Event is one step of a promotion, or something else that has happened to a group.
type Event struct {
	At   time.Time `json:"at"`
	Text string    `json:"text"`
}

// note logs an event and keeps it for the history.
func (g *Group) note(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	g.log.Warn("failover: "+text, "group", g.Name)
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.events = append(g.events, Event{time.Now(), text}); len(g.events) > keptEvents {
		g.events = slices.Clone(g.events[len(g.events)-keptEvents:])
	}
}

// Events are the newest events, oldest first.
func (g *Group) Events() []Event {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.events)
}

// own replaces the primary when it has died, and sees to servers that come back.
func (g *Group) own() {
	var vacant time.Time // since when the group has been without a primary that could come back
	for g.tick() {
		if !g.vacant() {
			vacant = time.Time{}
		} else if vacant.IsZero() {
			vacant = time.Now()
		}
		if g.dead() || !vacant.IsZero() && time.Since(vacant) >= g.probing.Own.After {
			if err := g.failOver(); err != nil {
				g.noteOnce(nil, fmt.Sprintf("not done: %v", err)) // it is tried again and again
			}
			continue
		}
		g.allows()
		g.adopt()
	}
}

// allows notes that nothing keeps the group from a promotion: what does later is said again.
func (g *Group) allows() {
	g.mu.Lock()
	delete(g.said, nil)
	g.mu.Unlock()
}

// dead reports whether the primary must be replaced: it answers nobody. That this process
// cannot reach it is not enough: a replica that still hears from it, or a heartbeat that
// another process has written, speaks for it. Where no server copies any, as before
// somebody has set up replication, nobody may have what the primary has.
func (g *Group) dead() bool {
	if g.elects() {
		return false
	}
	st := g.Primary().State()
	if st.Up || st.Down.IsZero() || time.Since(st.Down) < g.probing.Own.After {
		return false
	}
	hung := max(3*time.Second, 3*g.probing.Own.After)
	up, copied := 0, false
	for _, s := range g.Replicas() {
		st := s.State()
		if !st.Up {
			continue
		}
		if st.Listens && time.Since(st.Beat) < hung && !g.copies(s) {
			return false
		}
		up++
		copied = copied || st.Source != ""
	}
	return copied && 2*up > len(g.servers)
}

// vacant reports whether the primary has come back before it was replaced, as a server
// does that is configured to start read only: then none of the group takes writes, and it
// copies none of the others. One that somebody has made read only stays so.
func (g *Group) vacant() bool {
	if g.elects() || g.paused.Load() || g.yields.Load() {
		return false
	}
	g.mu.Lock()
	epoch := g.epoch
	g.mu.Unlock()
	up, back, copied := 0, false, false
	for _, s := range g.servers {
		st := s.State()
		if !st.Up {
			continue
		}
		if up++; st.Role == RolePrimary {
			return false
		}
		back = back || st.Began && st.Source == "" && st.Epoch == epoch && st.named()
		copied = copied || st.Source != ""
	}
	return back && copied && 2*up > len(g.servers)
}

// copies reports whether a server copies one that is not the primary: then it cannot
// speak for the primary.
func (g *Group) copies(s *Server) bool {
	source := s.State().Source
	return slices.ContainsFunc(g.Replicas(), func(o *Server) bool { return o.Addr == source })
}

// locked is a server on whose connection the lock of promotions is held.
type locked struct {
	*Server
	conn     *Conn
	writable bool
	has      GTIDs // received or executed
	acks     bool  // what it has received it may have acknowledged
	stopped  bool  // it applies nothing meanwhile
}

func (l *locked) run(sql string) error {
	_ = l.conn.Net().SetDeadline(time.Now().Add(stepTime))
	_, err := l.conn.Query(sql)
	if err != nil {
		return fmt.Errorf("server %s: %s: %w", l.Addr, word(sql), err)
	}
	return nil
}

// word is the beginning of a statement, which never has a password in it.
func word(sql string) string {
	f := strings.Fields(sql)
	return strings.Join(f[:min(3, len(f))], " ")
}

// errTaken means that another Sluice holds the lock of promotions on a server.
var errTaken = errors.New("another Sluice is at it")

// lockAll takes the lock on all servers that answered last; it fails unless they are a
// majority. Every process goes through them in one order and gives up at the first that
// another has locked: so of several that begin at once one comes through.
func (g *Group) lockAll() (list []*locked, err error) {
	servers := slices.SortedFunc(slices.Values(g.servers), func(a, b *Server) int { return strings.Compare(a.Addr, b.Addr) })
	for _, s := range servers {
		if !s.State().Up {
			continue
		}
		l, err := g.lock(s)
		if errors.Is(err, errTaken) {
			g.unlock(list)
			return nil, fmt.Errorf("server %s is locked: %w", s.Addr, err)
		}
		if err != nil {
			g.note("server %s cannot be locked: %v", s.Addr, err)
			continue
		}
		list = append(list, l)
	}
	if 2*len(list) <= len(g.servers) {
		g.unlock(list)
		return nil, fmt.Errorf("%d of %d servers can be locked, which is no majority", len(list), len(g.servers))
	}
	// Whom the rules name first is preferred.
	slices.SortFunc(list, func(a, b *locked) int { return slices.Index(g.servers, a.Server) - slices.Index(g.servers, b.Server) })
	return list, nil
}

// lock takes the lock on one server. It ends with its connection, which the server closes
// if this process falls silent for longer than any promotion takes.
func (g *Group) lock(s *Server) (l *locked, err error) {
	c, err := g.dialProbe(s)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			g.closeProbe(c)
		}
	}()
	c.patience = g.probing.Timeout
	defer func() { c.patience = 0 }()
	if _, err := c.Query(fmt.Sprintf("SET SESSION wait_timeout=%d", (catchUpTime+2*stepTime)/time.Second)); err != nil {
		return nil, err
	}
	rows, err := c.QueryAll("SELECT GET_LOCK('" + ownLock + "', 0), @@GLOBAL.read_only, @@GLOBAL.gtid_executed," +
		" EXISTS (SELECT 1 FROM performance_schema.global_status WHERE VARIABLE_NAME = 'Rpl_semi_sync_replica_status' AND VARIABLE_VALUE = 'ON')" +
		" OR EXISTS (SELECT 1 FROM performance_schema.global_variables WHERE VARIABLE_NAME = 'rpl_semi_sync_replica_enabled' AND VARIABLE_VALUE = 'ON')")
	switch {
	case err != nil:
		return nil, err
	case len(rows) != 1 || len(rows[0]) != 4:
		return nil, wire.ErrMalformed
	case string(rows[0][0]) != "1":
		return nil, errTaken
	}
	var st State
	if _, err := membership(c, &st); err != nil {
		return nil, err
	} else if st.Member {
		return nil, errors.New("it is one of Group Replication, which elects its primary itself")
	}
	l = &locked{Server: s, conn: c, writable: string(rows[0][1]) == "0", acks: string(rows[0][3]) == "1"}
	l.has, err = ParseGTIDs(string(rows[0][2]))
	return l, err
}

func (g *Group) unlock(list []*locked) {
	for _, l := range list {
		g.closeProbe(l.conn)
	}
}

// failOver makes one of the servers that are left the primary.
func (g *Group) failOver() error {
	old := g.Primary()
	list, err := g.lockAll()
	if err != nil {
		return err
	}
	defer g.unlock(list)
	vacant, seen := g.vacant(), old.State().Seen
	if !vacant && !g.dead() {
		return errors.New("the primary is back")
	}
	for _, l := range list {
		if l.writable {
			return fmt.Errorf("server %s takes writes: somebody has been faster, or the primary is back", l.Addr)
		}
	}
	if vacant {
		g.note("the primary has come back, and is read only as it was configured to start; promoting")
	} else {
		g.note("the primary %s has not answered since %s; promoting", old.Addr, old.State().Down.UTC().Format(time.RFC3339Nano))
	}
	var steps errgroup.Group
	for _, l := range list {
		steps.Go(func() error { return l.run("STOP REPLICA IO_THREAD") }) // slow where it is connecting
	}
	if err := steps.Wait(); err != nil {
		g.listenAgain(list)
		return err
	}
	best, err := g.candidate(list, old.State().Firm)
	if err != nil {
		g.listenAgain(list)
		return err
	}
	if err := g.promote(best, list, old.State().SemiSync || old.State().Waited); err != nil {
		return err
	}
	if vacant {
		g.note("%s is the primary", best.Addr)
		return nil
	}
	if seen.IsZero() {
		g.note("%s is the primary; this Sluice has never seen the old one", best.Addr)
		return nil
	}
	g.note("%s is the primary, %v after the old one was last seen", best.Addr, time.Since(seen).Round(time.Millisecond))
	return nil
}

// listenAgain takes the first step back.
func (g *Group) listenAgain(list []*locked) {
	for _, l := range list {
		threads := " IO_THREAD"
		if l.stopped {
			threads = ""
		}
		if err := l.run("START REPLICA" + threads); err != nil {
			g.note("%v", err)
		}
	}
}

// candidate is the first server that has what all others have received. One for reports
// becomes no primary: if only such a one has everything, the first other gets it from there.
// firm: nobody has heard of a write that no replica had acknowledged to the old primary.
func (g *Group) candidate(list []*locked, firm bool) (*locked, error) {
	for _, l := range list {
		if err := l.count(firm); err != nil {
			return nil, err
		}
	}
	complete := func(report bool) int {
		return slices.IndexFunc(list, func(l *locked) bool {
			return l.opts.Report == report && !slices.ContainsFunc(list, func(o *locked) bool { return !l.has.Contains(o.has) })
		})
	}
	if i := complete(false); i >= 0 {
		return list[i], nil
	}
	other := slices.IndexFunc(list, func(l *locked) bool { return !l.opts.Report })
	if i := complete(true); i >= 0 && other >= 0 {
		return list[other], g.fetch(list[other], list[i])
	}
	return nil, errors.New("no server that may be the primary has everything that the others have received: the servers have diverged")
}

// count asks what a server has received. What a delayed one has received and not applied
// does not count if no client can have been told of it: it is gone when the server follows
// the new primary. It would reach the others only when the delay is over.
func (l *locked) count(firm bool) error {
	st, err := l.replica()
	if err != nil {
		return err
	}
	if l.opts.Report && !l.acks && firm && delay(st) > 0 {
		l.stopped = true
		if err := l.run("STOP REPLICA"); err != nil {
			return err
		}
		return l.executed()
	}
	received, err := ParseGTIDs(st["Retrieved_Gtid_Set"])
	l.has = l.has.Union(received)
	return err
}

// delay is the seconds by which a server applies later than it could.
func delay(status map[string]string) int {
	n, _ := strconv.Atoi(status["SQL_Delay"])
	return n
}

// executed asks what a server has executed.
func (l *locked) executed() error {
	_ = l.conn.Net().SetDeadline(time.Now().Add(stepTime))
	rows, err := l.conn.QueryAll("SELECT @@GLOBAL.gtid_executed")
	if err != nil || len(rows) != 1 {
		return errors.Join(err, wire.ErrMalformed)
	}
	l.has, err = ParseGTIDs(string(rows[0][0]))
	return err
}

// fetch lets a server copy one for reports, which alone has something: perhaps a write that
// it has acknowledged. What that one has received it passes on when it has applied it: if it
// is delayed, it is so again only after that.
func (g *Group) fetch(l, from *locked) error {
	g.note("%s, which is for reports, has transactions that no other server has; %s gets them from it", from.Addr, l.Addr)
	st, err := from.replica()
	if err != nil {
		return err
	}
	if n := delay(st); n > 0 {
		g.note("%s applies at once what it was to apply %d s late, so that nothing is lost", from.Addr, n)
		if err := from.setDelay(0); err != nil {
			return err
		}
		defer func() {
			if err := from.setDelay(n); err != nil {
				g.note("%s has SOURCE_DELAY=0 now instead of %d: %v", from.Addr, n, err)
			}
		}()
	}
	if err := from.apply(catchUpTime); err != nil {
		return err
	}
	if err := g.repoint(l, from.Server); err != nil {
		return err
	}
	l.has = l.has.Union(from.has)
	return nil
}

// setDelay lets a server whose threads do not copy apply earlier or later what it has
// received. Without the name of its relay log it would throw that away.
func (l *locked) setDelay(seconds int) error {
	if err := l.run("STOP REPLICA SQL_THREAD"); err != nil {
		return err
	}
	st, err := l.replica()
	if err != nil {
		return err
	}
	return l.run(fmt.Sprintf("SET SESSION sql_mode='';CHANGE REPLICATION SOURCE TO SOURCE_DELAY=%d, SOURCE_AUTO_POSITION=0, RELAY_LOG_FILE=%s, RELAY_LOG_POS=%s;START REPLICA SQL_THREAD",
		seconds, quoted(st["Relay_Log_File"]), st["Relay_Log_Pos"]))
}

// replica is SHOW REPLICA STATUS by the names of its columns; empty where the server
// copies none.
func (l *locked) replica() (map[string]string, error) {
	_ = l.conn.Net().SetDeadline(time.Now().Add(stepTime))
	return replicaStatus(l.conn)
}

func replicaStatus(c *Conn) (map[string]string, error) {
	r, err := c.Query("SHOW REPLICA STATUS")
	if err != nil || len(r.Rows) == 0 {
		return nil, err
	}
	out := make(map[string]string, len(r.Columns))
	for i, col := range r.Columns {
		out[col.Name] = strings.ReplaceAll(string(r.Rows[0][i]), "\n", "")
	}
	return out, nil
}

// promote makes a locked server the primary and lets the others follow it.
func (g *Group) promote(best *locked, list []*locked, semiSync bool) error {
	g.note("candidate %s; waiting until it has applied what it received", best.Addr)
	if err := best.apply(catchUpTime); err != nil {
		return err
	}
	if err := best.run("STOP REPLICA;RESET REPLICA ALL"); err != nil {
		return err
	}
	// The others follow meanwhile: its first write waits for one of them where replication
	// is semi-synchronous.
	var steps errgroup.Group
	for _, l := range list {
		if l == best {
			continue
		}
		steps.Go(func() error {
			if err := g.repoint(l, best.Server); err != nil {
				g.note("%v", err) // it is seen to later
			}
			return nil
		})
	}
	steps.Go(func() error { return g.open(best, semiSync) })
	return steps.Wait()
}

// errBehind means that a server needs longer to apply what it is to have.
var errBehind = errors.New("it is too far behind the primary: try it when there are fewer writes, or with a longer --drain")

// apply waits until a server has executed all that it is to have.
func (l *locked) apply(most time.Duration) error {
	_ = l.conn.Net().SetDeadline(time.Now().Add(most + stepTime))
	rows, err := l.conn.QueryAll("SELECT WAIT_FOR_EXECUTED_GTID_SET('" + l.has.String() + "', " + seconds(most) + ")")
	if err != nil {
		return fmt.Errorf("server %s: %w", l.Addr, err)
	}
	if len(rows) != 1 || string(rows[0][0]) != "0" {
		return fmt.Errorf("server %s has not applied within %v what it is to have: %w", l.Addr, most, errBehind)
	}
	return nil
}

// open lets a server take writes, which begin with the epoch.
func (g *Group) open(best *locked, semiSync bool) error {
	if semiSync {
		if err := best.semiSync("ON"); err != nil {
			return err
		}
	}
	g.mu.Lock()
	epoch := g.epoch + 1
	g.mu.Unlock()
	if err := best.run("SET GLOBAL super_read_only=OFF"); err != nil {
		return err
	}
	if err := best.conn.Make(OwnTable{topologyTable, "id INT NOT NULL PRIMARY KEY, epoch BIGINT UNSIGNED NOT NULL, server VARCHAR(255) NOT NULL"}); err != nil {
		return err
	}
	err := best.run(fmt.Sprintf("INSERT INTO %s (id, epoch, server) VALUES (1, %d, CONCAT('%s ', @@GLOBAL.server_uuid)) ON DUPLICATE KEY UPDATE epoch = VALUES(epoch), server = VALUES(server)", topologyTable, epoch, strings.ReplaceAll(best.Addr, "'", "")) +
		";SET GLOBAL read_only=OFF")
	if err != nil {
		return err
	}
	st := best.State()
	st.Role, st.Up, st.Epoch = RolePrimary, true, epoch
	best.SetState(st)
	g.judge()
	return nil
}

// semiSync lets commits on a server wait for replicas, or not, also when it has started
// anew: a primary whose mysqld comes back at once stays the primary. Where nothing can be
// kept it holds until then.
func (l *locked) semiSync(on string) error {
	err := l.run("SET PERSIST rpl_semi_sync_source_enabled=" + on)
	if _, said := errors.AsType[*wire.Error](err); said {
		err = l.run("SET GLOBAL rpl_semi_sync_source_enabled=" + on)
	}
	return err
}

// repoint lets a server copy another. What it knew of user and password it keeps, unless
// it has never copied any.
func (g *Group) repoint(l *locked, source *Server) error {
	host, port, err := net.SplitHostPort(source.Addr)
	if err != nil {
		return err
	}
	sql := fmt.Sprintf("SET SESSION sql_mode='';STOP REPLICA;CHANGE REPLICATION SOURCE TO SOURCE_HOST='%s', SOURCE_PORT=%s, SOURCE_AUTO_POSITION=1, SOURCE_CONNECT_RETRY=1", host, port)
	if st, err := l.replica(); err != nil {
		return err
	} else if st["Source_User"] == "" {
		password, err := g.probing.Own.Password()
		if err != nil {
			return err
		}
		sql += ", GET_SOURCE_PUBLIC_KEY=1, SOURCE_USER=" + quoted(g.probing.Own.User) + ", SOURCE_PASSWORD=" + quoted(password)
	}
	if err := l.run("SET GLOBAL super_read_only=ON"); err != nil {
		return err
	}
	if l.State().SemiSync {
		if err := l.semiSync("OFF"); err != nil {
			return err
		}
	}
	if err := l.run(sql + ";START REPLICA"); err != nil {
		return err
	}
	g.note("%s copies %s", l.Addr, source.Addr)
	return nil
}

// quoted is a string constant for a connection without sql_mode: CHANGE REPLICATION
// SOURCE takes no other form.
func quoted(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(s) + "'"
}

// adopt sees to servers that take no part in the group as they should: an old primary
// that has come back is made read only at once; then it, like a server that copies none,
// follows the primary, unless it has transactions that the primary lacks.
func (g *Group) adopt() {
	p := g.Primary()
	st := p.State()
	if g.elects() || !st.Up || st.Role != RolePrimary || st.Epoch == 0 {
		return // nothing was ever promoted by us
	}
	for _, s := range g.Replicas() {
		if o := s.State(); !stray(&o, &st) {
			continue
		}
		if err := g.adoptOne(s, p); err != nil {
			g.noteOnce(s, fmt.Sprintf("%s stays apart: %v", s.Addr, err))
		}
	}
}

// stray reports whether a server is one that takes writes, or copies none, although another
// is the primary. Two that were both promoted last, for all they know, are for people.
func stray(s, primary *State) bool {
	switch {
	case !s.Up:
		return false
	case s.Role == RoleReplica:
		return s.Source == ""
	}
	return s.Epoch < primary.Epoch || !s.named() && primary.named()
}

// noteOnce notes what is wrong with a server, or with the group where it is nil, unless that
// was the last said of it.
func (g *Group) noteOnce(s *Server, text string) {
	g.mu.Lock()
	said := g.said[s] == text
	g.said[s] = text
	g.mu.Unlock()
	if !said {
		g.note("%s", text)
	}
}

func (g *Group) adoptOne(s, primary *Server) error {
	l, err := g.lock(s)
	if err != nil {
		return nil // another Sluice sees to it, or the next probe says what is wrong
	}
	defer g.unlock([]*locked{l})
	// Since the last probe another Sluice may have seen to it, or have made it the primary.
	_ = l.conn.Net().SetDeadline(time.Now().Add(stepTime))
	now, st := s.State(), primary.State()
	if err := g.probe(l.conn, &now); err != nil || !stray(&now, &st) {
		return err
	}
	if l.writable {
		if err := g.fence(l); err != nil {
			return err
		}
		g.note("%s has come back and is read only now", s.Addr)
	}
	if err := l.executed(); err != nil {
		return err
	}
	c, err := g.dialProbe(primary)
	if err != nil {
		return err
	}
	defer g.closeProbe(c)
	_ = c.Net().SetDeadline(time.Now().Add(stepTime))
	rows, err := c.QueryAll("SELECT GTID_SUBTRACT('" + l.has.String() + "', @@GLOBAL.gtid_executed)")
	if err != nil || len(rows) != 1 {
		return errors.Join(err, wire.ErrMalformed)
	}
	if errant := strings.ReplaceAll(string(rows[0][0]), "\n", ""); errant != "" {
		return fmt.Errorf("it has transactions that the primary lacks: %s; look at them, then make it anew from a backup", errant)
	}
	return g.repoint(l, primary)
}

// SwitchOver makes another server the primary while all are well. Statements wait, in all
// Sluice processes; no transaction is broken: those that are open get drain to end, or
// nothing is changed.
func (g *Group) SwitchOver(to string, drain time.Duration, dry bool) error {
	old := g.Primary()
	i := slices.IndexFunc(g.servers, func(s *Server) bool { return s.Addr == to })
	switch {
	case !g.probing.Own.On:
		return fmt.Errorf("group %s: Sluice does not own its failover: failover: {own: true}", g.Name)
	case g.elects():
		return fmt.Errorf("group %s is one of Group Replication, which switches its primary itself: SELECT group_replication_set_as_primary('<server_uuid of %s>') on one of its servers", g.Name, to)
	case i < 0:
		return fmt.Errorf("group %s has no server %s: it has %s", g.Name, to, strings.Join(addrs(g.servers), ", "))
	case g.servers[i] == old:
		return fmt.Errorf("%s is the primary of group %s already", to, g.Name)
	case g.servers[i].opts.Report:
		return fmt.Errorf("%s is for reports and becomes no primary: take role: report from it in the rules of group %s first", to, g.Name)
	case !g.servers[i].State().Up:
		return fmt.Errorf("%s does not answer: %w", to, g.servers[i].State().Err)
	}
	if err := g.lacksNothing(old, g.servers[i]); err != nil || dry {
		return err
	}
	list, err := g.lockAll()
	if err != nil {
		return err
	}
	defer g.unlock(list)
	from, best := find(list, old), find(list, g.servers[i])
	if from == nil || best == nil {
		return errors.New("the old or the new primary cannot be locked: another Sluice is at it")
	}
	others, err := g.others(from)
	if err != nil {
		return err
	}
	g.note("switching from %s to %s", old.Addr, to)
	g.switching.Store(true)
	defer g.switching.Store(false)
	if err := g.quiesce(from, best, others, drain); err != nil {
		g.note("not done: %v", err)
		return fmt.Errorf("nothing has been changed: %w", err)
	}
	defer g.resume(&g.paused)
	if err := g.handOver(from, best, list); err != nil {
		g.note("failed: %v", err)
		return err
	}
	g.note("%s is the primary", to)
	return nil
}

// lacksNothing fails if a server has transactions that the primary lacks: as the primary it
// would hand them to all others.
func (g *Group) lacksNothing(primary, s *Server) error {
	has, err := g.ask(s, "SELECT @@GLOBAL.gtid_executed")
	if err != nil {
		return err
	}
	has = strings.ReplaceAll(has, "\n", "")
	// A replica may have executed what the primary is about to.
	if _, err := g.ask(primary, "SELECT WAIT_FOR_EXECUTED_GTID_SET('"+has+"', 3)"); err != nil {
		return err
	}
	errant, err := g.ask(primary, "SELECT GTID_SUBTRACT('"+has+"', @@GLOBAL.gtid_executed)")
	if err != nil || errant == "" {
		return err
	}
	return fmt.Errorf("%s has transactions that the primary lacks, and would hand them to all others: %s; look at them, then make it anew from a backup", s.Addr, strings.ReplaceAll(errant, "\n", ""))
}

// ask asks a server for one value.
func (g *Group) ask(s *Server, sql string) (string, error) {
	c, err := g.dialProbe(s)
	if err != nil {
		return "", fmt.Errorf("server %s: %w", s.Addr, err)
	}
	defer g.closeProbe(c)
	_ = c.Net().SetDeadline(time.Now().Add(stepTime))
	rows, err := c.QueryAll(sql)
	if err != nil {
		return "", fmt.Errorf("server %s: %w", s.Addr, err)
	}
	if len(rows) != 1 || len(rows[0]) != 1 {
		return "", wire.ErrMalformed
	}
	return string(rows[0][0]), nil
}

func find(list []*locked, s *Server) *locked {
	for _, l := range list {
		if l.Server == s {
			return l
		}
	}
	return nil
}

// Statements wait until the next primary has applied what it lacks. Where writes outrun it
// that would be long; so they wait a little, go on a moment, and wait again, longer each
// time, until it has come near enough.
const (
	firstWait = 300 * time.Millisecond
	letGo     = 100 * time.Millisecond
)

// quiesce lets all Sluices begin nothing on the primary and waits until the next one has all
// it has. After an error nothing is held.
func (g *Group) quiesce(from, best *locked, others []string, drain time.Duration) error {
	for wait := firstWait; ; wait += wait / 2 {
		err := g.quiesceOnce(from, best, others, drain, wait)
		if !errors.Is(err, errBehind) || wait > drain {
			return err
		}
		time.Sleep(letGo)
	}
}

func (g *Group) quiesceOnce(from, best *locked, others []string, drain, wait time.Duration) (err error) {
	g.paused.Store(true)
	defer func() {
		if err != nil {
			_ = from.run("DO RELEASE_LOCK('" + switchLock + "')")
			g.resume(&g.paused)
		}
	}()
	if err := g.allDrained(from, others, drain); err != nil {
		return err
	}
	if err := best.mustHave(from); err != nil {
		return err
	}
	return best.apply(wait)
}

// mustHave notes that a server is to have all that another has executed.
func (l *locked) mustHave(of *locked) error {
	_ = of.conn.Net().SetDeadline(time.Now().Add(stepTime))
	rows, err := of.conn.QueryAll("SELECT @@GLOBAL.gtid_executed")
	if err != nil || len(rows) != 1 {
		return errors.Join(err, wire.ErrMalformed)
	}
	l.has, err = ParseGTIDs(string(rows[0][0]))
	return err
}

// handOver switches the roles of two locked servers. Until the new primary is opened the
// old one can take over again.
func (g *Group) handOver(from, best *locked, list []*locked) error {
	if err := from.run("SET GLOBAL super_read_only=ON"); err != nil {
		return err
	}
	err := best.mustHave(from)
	if err == nil {
		err = g.promote(best, list, from.State().SemiSync)
	}
	if err == nil {
		return nil
	}
	if st := best.State(); st.Role != RolePrimary {
		if back := from.run("STOP REPLICA;SET GLOBAL read_only=OFF"); back != nil {
			return errors.Join(err, back)
		}
	}
	return err
}

// resume lets statements go on that have been held by a flag.
func (g *Group) resume(held *atomic.Bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	held.Store(false)
	close(g.turn)
	g.turn = make(chan struct{})
}

// drained waits until no connection to the server is lent.
func (s *Server) drained(most time.Duration) error {
	for end := time.Now().Add(most); ; time.Sleep(5 * time.Millisecond) {
		n := s.Stats().Lent
		if n == 0 {
			return nil
		}
		if time.Now().After(end) {
			return fmt.Errorf("%d statements or transactions on %s did not end within %v", n, s.Addr, most)
		}
	}
}

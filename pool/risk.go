package pool

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/sluicedb/sluice/parser/wire"
)

// Risk is a way in which a promotion could lose an acknowledged write, or not be possible.
type Risk struct {
	Servers []string `json:"servers"` // empty: the group as a whole
	Text    string   `json:"text"`
	Remedy  string   `json:"remedy"`
}

func (r Risk) String() string {
	text := r.Text
	if len(r.Servers) > 0 {
		text = strings.Join(r.Servers, ", ") + ": " + text
	}
	if r.Remedy != "" {
		text += "; " + r.Remedy
	}
	return text
}

// facts is what a server says of its replication: variables, status and SHOW REPLICA
// STATUS, by their names.
type facts struct {
	addr   string
	report bool
	err    error
	has    map[string]string
	rights map[string]bool // of the group's user
}

// Risks asks all servers how they replicate, and says what of it would cost acknowledged
// writes when the primary is replaced: by Sluice, if own, or by Group Replication.
func (g *Group) Risks(ctx context.Context, own bool) []Risk {
	list := make([]facts, len(g.servers))
	var asking errgroup.Group
	for i, s := range g.servers {
		asking.Go(func() error {
			list[i] = facts{addr: s.Addr, report: s.opts.Report, has: map[string]string{}, rights: map[string]bool{}}
			list[i].err = list[i].ask(ctx, s)
			return nil
		})
	}
	_ = asking.Wait()
	if !own && !slices.ContainsFunc(list, facts.member) {
		return nil // whoever switches it has to know
	}
	return risks(list)
}

// assessPause is the time between two looks at how the servers replicate.
const assessPause = 30 * time.Second

// assess keeps the risks known, and logs new ones.
func (g *Group) assess() {
	var next time.Time
	for g.tick() {
		if time.Now().Before(next) || !g.ready() {
			continue
		}
		ctx, cancel := context.WithTimeout(g.ctx, stepTime)
		list := g.Risks(ctx, true)
		cancel()
		g.mu.Lock()
		old := g.risks
		g.risks = list
		g.mu.Unlock()
		for _, r := range list {
			if !slices.ContainsFunc(old, func(o Risk) bool { return o.String() == r.String() }) {
				g.log.Warn("a failover may lose writes, or be impossible: "+r.String(), "group", g.Name)
			}
		}
		next = time.Now().Add(assessPause)
	}
}

// Assessed are the risks of a group that Sluice owns, as they were when it looked last.
func (g *Group) Assessed() []Risk {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.risks)
}

const (
	askedVariables = "SHOW GLOBAL VARIABLES WHERE Variable_name IN ('read_only', 'gtid_mode', 'log_bin', 'log_replica_updates', 'sync_binlog', 'innodb_flush_log_at_trx_commit'," +
		" 'rpl_semi_sync_source_enabled', 'rpl_semi_sync_source_timeout', 'rpl_semi_sync_source_wait_for_replica_count', 'rpl_semi_sync_source_wait_no_replica'," +
		" 'rpl_semi_sync_source_wait_point', 'rpl_semi_sync_replica_enabled', 'rpl_semi_sync_master_enabled', 'rpl_semi_sync_slave_enabled'," +
		" 'group_replication_group_name', 'group_replication_consistency')"
	askedStatus = "SHOW GLOBAL STATUS WHERE Variable_name IN ('Rpl_semi_sync_source_status', 'Rpl_semi_sync_source_clients', 'Rpl_semi_sync_replica_status')"
	askedStart  = "SELECT 'kept', VARIABLE_SOURCE NOT IN ('COMPILED', 'DYNAMIC') OR EXISTS (SELECT 1 FROM performance_schema.persisted_variables" +
		" WHERE VARIABLE_NAME = 'rpl_semi_sync_source_enabled' AND VARIABLE_VALUE IN ('ON', '1')) FROM performance_schema.variables_info WHERE VARIABLE_NAME = 'rpl_semi_sync_source_enabled'"
	askedRoles  = "SELECT CURRENT_ROLE()"
	askedRights = "SHOW GRANTS FOR CURRENT_USER()"
)

func (f *facts) ask(ctx context.Context, s *Server) error {
	c, err := s.opts.dial(ctx, s.Addr, false, nil)
	if err != nil {
		return err
	}
	defer c.Close()
	deadline, ok := ctx.Deadline()
	if !ok {
		deadline = time.Now().Add(stepTime)
	}
	_ = c.Net().SetDeadline(deadline)
	for _, sql := range []string{askedVariables, askedStatus, askedStart} {
		rows, err := c.QueryAll(sql)
		if _, said := errors.AsType[*wire.Error](err); said && sql == askedStart {
			continue // performance_schema is not for us to read
		}
		if err != nil {
			return err
		}
		for _, r := range rows {
			f.has[string(r[0])] = string(r[1])
		}
	}
	if err := f.askRights(c); err != nil {
		return err
	}
	status, err := replicaStatus(c)
	for name, v := range status {
		f.has[name] = v
	}
	return err
}

// askRights asks what the user may do, by the roles that are active when it has logged in,
// too.
func (f *facts) askRights(c *Conn) error {
	sql := askedRights
	roles, err := c.QueryAll(askedRoles)
	if err == nil && len(roles) == 1 && len(roles[0]) == 1 && len(roles[0][0]) > 0 && string(roles[0][0]) != "NONE" {
		sql += " USING " + string(roles[0][0])
	}
	rows, err := c.QueryAll(sql)
	for _, r := range rows {
		list, global := rightsOf(string(r[0]))
		for _, p := range list {
			f.rights[p] = f.rights[p] || global
		}
	}
	return err
}

// rightsOf reads the privileges of one row of SHOW GRANTS. Those on all tables are global.
func rightsOf(grant string) (list []string, global bool) {
	text, found := strings.CutPrefix(grant, "GRANT ")
	text, on, granted := strings.Cut(text, " ON ")
	if !found || !granted {
		return nil, false // a role, or something that is revoked
	}
	for p := range strings.SplitSeq(text, ",") {
		list = append(list, strings.ToUpper(strings.TrimSpace(p)))
	}
	return list, strings.HasPrefix(on, "*.* ")
}

// number reads one fact that is a number; 0 where there is none.
func (f *facts) number(name string) uint64 {
	n, _ := strconv.ParseUint(f.has[name], 10, 64)
	return n
}

func (f facts) member() bool { return f.has["group_replication_group_name"] != "" }

func (f *facts) copies() bool { return f.has["Source_Host"] != "" }

// filters reports whether it leaves out some of what it receives.
func (f *facts) filters() bool {
	for name, v := range f.has {
		if strings.HasPrefix(name, "Replicate_") && name != "Replicate_Ignore_Server_Ids" && v != "" {
			return true
		}
	}
	return false
}

// replica reports whether it is one now, as the flags say.
func (f *facts) replica() bool { return f.has["read_only"] == "ON" }

// needed is how many replicas must have a write before it is acknowledged, so that every
// majority of n servers without the primary has one of them.
func needed(n int) int { return n - majority(n) }

func majority(n int) int { return n/2 + 1 }

// assessment collects risks; what is the same on several servers is one.
type assessment struct {
	list  []facts
	risks []Risk
}

func (a *assessment) add(addr, remedy, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	i := slices.IndexFunc(a.risks, func(r Risk) bool { return r.Text == text && r.Remedy == remedy })
	if i < 0 {
		a.risks, i = append(a.risks, Risk{Text: text, Remedy: remedy}), len(a.risks)
	}
	if addr != "" {
		a.risks[i].Servers = append(a.risks[i].Servers, addr)
	}
}

// risks judges what the servers have said. It does no I/O.
func risks(list []facts) []Risk {
	a := &assessment{}
	for _, f := range list {
		if f.err != nil {
			a.add(f.addr, "see that it answers, and check again", "cannot be asked how it replicates: %v", f.err)
			continue
		}
		a.list = append(a.list, f)
	}
	if slices.ContainsFunc(a.list, facts.member) {
		a.elected()
		return a.risks
	}
	for i := range a.list {
		f := &a.list[i]
		a.logs(f)
		if a.source(f, len(list)); f.replica() {
			a.replica(f)
		}
		a.acknowledges(f)
		a.allowed(f)
	}
	a.primary(len(list))
	return a.risks
}

// elected judges a group that MySQL's Group Replication runs: it acknowledges nothing
// before a majority has it.
func (a *assessment) elected() {
	for _, f := range a.list {
		if f.has["group_replication_consistency"] == "EVENTUAL" {
			a.add(f.addr, "SET PERSIST group_replication_consistency = 'BEFORE_ON_PRIMARY_FAILOVER'", "group_replication_consistency is EVENTUAL: a new primary answers before it has applied all that the old one has acknowledged")
		}
	}
}

// logs judges what every server needs that is to be followed by others.
func (a *assessment) logs(f *facts) {
	if mode := f.has["gtid_mode"]; mode != "ON" {
		a.add(f.addr, "SET PERSIST gtid_mode in its steps to ON", "gtid_mode is %s: who has which transaction cannot be told, and nobody is promoted", cmp.Or(mode, "not known"))
	}
	for _, name := range []string{"log_bin", "log_replica_updates"} {
		if f.has[name] == "OFF" {
			a.add(f.addr, "start it with "+name, "%s is OFF: as the primary it cannot give the others what it has", name)
		}
	}
	for _, name := range []string{"sync_binlog", "innodb_flush_log_at_trx_commit"} {
		if f.has[name] != "1" {
			a.add(f.addr, "SET PERSIST "+name+" = 1", "%s is %s: what it has acknowledged can be missing when it comes back from a crash of its machine before it was replaced", name, f.has[name])
		}
	}
}

// long is from when on a wait for replicas counts as endless.
const long = 24 * time.Hour

// source judges how a server's commits wait for replicas, or would if it were the primary.
func (a *assessment) source(f *facts, servers int) {
	const prefix = "rpl_semi_sync_source_"
	switch {
	case f.has[prefix+"enabled"] != "":
	case f.has["rpl_semi_sync_master_enabled"] != "":
		a.add(f.addr, "UNINSTALL PLUGIN rpl_semi_sync_master; INSTALL PLUGIN rpl_semi_sync_source SONAME 'semisync_source.so'",
			"has the plugin for semi-synchronous replication under its old name, by which Sluice does not turn it on: as the primary it acknowledges what no replica has")
		return
	default:
		a.add(f.addr, "INSTALL PLUGIN rpl_semi_sync_source SONAME 'semisync_source.so'", "lacks the plugin rpl_semi_sync_source: as the primary it acknowledges what no replica has, and that is lost with it")
		return
	}
	if v := f.has[prefix+"wait_point"]; v != "AFTER_SYNC" {
		a.add(f.addr, "SET PERSIST "+prefix+"wait_point = 'AFTER_SYNC'", "%swait_point is %s: others read what no replica has yet, and what is gone after a promotion", prefix, v)
	}
	if wait := time.Duration(f.number(prefix+"timeout")) * time.Millisecond; wait < long {
		a.add(f.addr, "SET PERSIST "+prefix+"timeout = 4294967295", "%stimeout is %v: when no replica has answered for so long, commits go on without, and are lost with the primary until one is back", prefix, wait)
	}
	if f.has[prefix+"wait_no_replica"] != "ON" {
		a.add(f.addr, "SET PERSIST "+prefix+"wait_no_replica = ON", "%swait_no_replica is OFF: while too few replicas are connected nothing waits, and what is written is lost with the primary", prefix)
	}
	if n := f.number(prefix + "wait_for_replica_count"); int(n) < needed(servers) {
		a.add(f.addr, fmt.Sprintf("SET PERSIST %swait_for_replica_count = %d", prefix, needed(servers)),
			"%swait_for_replica_count is %d: of %d servers any %d may promote, and none of them need have what so few have acknowledged", prefix, n, servers, majority(servers))
	}
}

// replica judges one that is to be a candidate.
func (a *assessment) replica(f *facts) {
	switch {
	case !f.copies():
		a.add(f.addr, "let it replicate by GTID", "is read only and copies no server")
		return
	case f.has["Auto_Position"] != "1":
		a.add(f.addr, "CHANGE REPLICATION SOURCE TO SOURCE_AUTO_POSITION = 1", "replicates by position: it may miss transactions that its GTIDs do not show")
	}
	if f.filters() {
		a.add(f.addr, "remove the filters", "has replication filters: as the primary it lacks what they left out, and its GTIDs do not show it")
	}
	if d := f.number("SQL_Delay"); d > 0 && !f.report {
		a.add(f.addr, "give it role: report", "applies everything %d s late, and a promotion waits for it if it is the candidate", d)
	}
}

// acknowledges judges whether a replica, or a primary that becomes one, tells its source
// what it has received.
func (a *assessment) acknowledges(f *facts) {
	on, there := f.has["rpl_semi_sync_replica_enabled"]
	_, old := f.has["rpl_semi_sync_slave_enabled"]
	switch {
	case f.report && f.has["Rpl_semi_sync_replica_status"] == "ON":
		a.add(f.addr, "SET PERSIST rpl_semi_sync_replica_enabled = OFF there, and STOP REPLICA IO_THREAD; START REPLICA IO_THREAD", "has role: report and acknowledges: when only it has a write, a promotion waits until it has applied it and passed it on")
	case f.report || old:
	case !there:
		a.add(f.addr, "INSTALL PLUGIN rpl_semi_sync_replica SONAME 'semisync_replica.so'; SET PERSIST rpl_semi_sync_replica_enabled = ON", "lacks the plugin rpl_semi_sync_replica: as a replica it acknowledges nothing")
	case on != "ON":
		a.add(f.addr, "SET PERSIST rpl_semi_sync_replica_enabled = ON, and STOP REPLICA IO_THREAD; START REPLICA IO_THREAD", "rpl_semi_sync_replica_enabled is OFF: as a replica it acknowledges nothing")
	case f.replica() && f.copies() && f.has["Replica_IO_Running"] != "Yes":
		a.add(f.addr, "SHOW REPLICA STATUS there says why", "does not receive from its source: it acknowledges nothing")
	case f.replica() && f.copies() && f.has["Rpl_semi_sync_replica_status"] != "ON":
		a.add(f.addr, "STOP REPLICA IO_THREAD; START REPLICA IO_THREAD", "began to replicate before it was to acknowledge, or its source does not wait for it: it acknowledges nothing")
	}
}

// promotes are the privileges that the steps of a promotion need.
var promotes = []string{"SYSTEM_VARIABLES_ADMIN", "REPLICATION_SLAVE_ADMIN", "CONNECTION_ADMIN", "PROCESS", "REPLICATION CLIENT", "REPLICATION SLAVE"}

// allowed judges what the group's user may do.
func (a *assessment) allowed(f *facts) {
	var lacks []string
	for _, p := range promotes {
		if !f.rights[p] && !f.rights["ALL PRIVILEGES"] {
			lacks = append(lacks, p)
		}
	}
	if len(lacks) > 0 {
		a.add(f.addr, "GRANT "+strings.Join(lacks, ", ")+" ON *.* to it, or to a role that is active when it logs in (SET DEFAULT ROLE)", "the group's user lacks privileges without which nobody can be promoted")
	}
}

// primary judges the server that takes writes now.
func (a *assessment) primary(servers int) {
	var writable []facts
	acknowledge := 0
	for _, f := range a.list {
		if !f.replica() {
			writable = append(writable, f)
		} else if f.has["Rpl_semi_sync_replica_status"] == "ON" {
			acknowledge++
		}
	}
	if len(writable) != 1 {
		a.add("", "check again when there is one primary", "%d servers take writes", len(writable))
		return
	}
	p := writable[0]
	switch on := p.has["rpl_semi_sync_source_enabled"]; {
	case on == "":
		return // said of all servers
	case on != "ON":
		a.add(p.addr, "SET PERSIST rpl_semi_sync_source_enabled = ON on the primary", "commits do not wait for replicas: what none has yet is acknowledged, and lost with this server")
		return
	case p.has["kept"] == "0":
		a.add(p.addr, "SET PERSIST rpl_semi_sync_source_enabled = ON on the primary", "rpl_semi_sync_source_enabled is ON until it starts anew: if it is the primary then, its commits do not wait for replicas")
	}
	if p.has["Rpl_semi_sync_source_status"] != "ON" {
		a.add(p.addr, "see that replicas are connected and acknowledge", "commits do not wait for replicas now, because a wait has timed out or too few are connected: what is written is lost with this server")
	}
	switch clients := int(p.number("Rpl_semi_sync_source_clients")); {
	case clients < needed(servers):
		a.add(p.addr, "see why replicas do not acknowledge", "%d replicas acknowledge, and %d must: writes wait, or do not wait at all", clients, needed(servers))
	case clients > acknowledge && len(a.list) == servers:
		a.add(p.addr, "name them as replicas, or SET PERSIST rpl_semi_sync_replica_enabled = OFF there", "%d servers acknowledge to it that are not of the group: a write that only they have is lost with this server", clients-acknowledge)
	}
}

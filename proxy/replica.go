package proxy

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sluicedb/sluice/conf"
	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/pool"
	"github.com/sluicedb/sluice/router/plan"
)

// demand is what a read asks of the server that answers it.
type demand struct {
	pool.Demand
	level conf.Consistency
	by    authority
	rule  *conf.Group
}

// authority is what gave a level: text is made of it only for people.
type authority struct {
	kind, name string
	pos        conf.Pos
}

func (a authority) String() string {
	text := strings.TrimSpace(a.kind + " " + a.name)
	if a.pos.Line > 0 {
		text += ", " + a.pos.String()
	}
	return text
}

// errAgain says that a statement was not answered, that its client has seen nothing of it,
// and that it may be sent to another server.
var errAgain = errors.New("read again")

// readFrom lets a read go to a replica where its plan, the session and the rules allow.
func (s *session) readFrom(q *call, p *plan.Relay, text []byte) error {
	if q.read, q.level = nil, ""; !p.Replica || q.gathered != nil || q.pins != 0 || !s.mayLeave(q.group) {
		return nil
	}
	d, err := s.demand(p, q.group, text)
	if err != nil {
		return err
	}
	if d.Own, err = s.owed(d, q.group); err != nil {
		return err
	}
	if q.level = d.level; d.level != conf.Strong {
		q.read = d
	}
	return nil
}

// mayLeave reports whether the session's state lets a statement run elsewhere than on
// the primary of a group: it holds no connection and no transaction, but for one that
// will only read, and no lock: it may guard rows that a replica does not have yet.
func (s *session) mayLeave(group string) bool {
	if s.txn.conn != nil || s.locks != nil || s.tables != nil || !s.autocommit() || len(s.group(group).Servers()) < 2 {
		return false
	}
	return s.txn.begin == "" || strings.Contains(s.txn.begin, "READ ONLY")
}

// demand finds the level of a read: that of a comment in it, or else of the session, or
// the user, or the most that one of its tables asks for.
func (s *session) demand(p *plan.Relay, group string, text []byte) (*demand, error) {
	rule := s.snap.replicated[group]
	d := &demand{rule: rule}
	d.Zone, d.Wait = rule.Reads.Zone, rule.Reads.Wait
	report := s.hint(text, "replicas")
	if report == "" {
		report = string(s.replicas)
	}
	d.Report = report == string(conf.RoleReport)
	d.Slow = d.Report || rule.Reads.AllReplicasDown == conf.DownRefuse
	hint := conf.Consistency(s.hint(text, "consistency"))
	switch {
	case !isReplicaRole(report):
		return nil, wrongValue("sluice_replicas", report)
	case hint != "" && !isLevel(hint):
		return nil, wrongValue("sluice_consistency", string(hint))
	case hint != "":
		d.add(hint, authority{kind: "a comment in the statement"})
	case s.consistency != "":
		d.add(s.consistency, authority{kind: "sluice_consistency"})
	case s.user.Consistency != "":
		d.add(s.user.Consistency, authority{"user", s.user.Name, s.user.Pos})
	default:
		s.demandOfTables(d, p)
	}
	return d, nil
}

func (s *session) demandOfTables(d *demand, p *plan.Relay) {
	for _, t := range p.Tables {
		if t.Consistency != "" {
			d.add(t.Consistency, authority{"table", t.Name, t.Pos})
		} else {
			d.add(d.rule.Reads.Consistency, authority{kind: "group", name: d.rule.Name})
		}
	}
	if s.txn.begin != "" && s.snap.strongTables {
		// The whole transaction will be there, and what it reads next is not known.
		d.add(conf.Strong, authority{kind: "the transaction, which may read tables with consistency: strong"})
	}
}

// add adds what one rule asks for. A statement's level is the highest of its tables', and
// what the lower ones ask for holds, too.
func (d *demand) add(level conf.Consistency, by authority) {
	if level == conf.Bounded {
		d.Lag = d.rule.Reads.MaxLag
	}
	if d.level == "" || rank(level) > rank(d.level) {
		d.level, d.by = level, by
	}
}

var levels = []conf.Consistency{conf.Any, conf.Bounded, conf.Session, conf.Strong}

func rank(l conf.Consistency) int { return slices.Index(levels, l) }

func isLevel(l conf.Consistency) bool { return slices.Contains(levels, l) }

func isReplicaRole(r string) bool {
	return r == "" || r == string(conf.RoleRead) || r == string(conf.RoleReport)
}

func wrongValue(name, value string) error {
	return wire.Errorf(1231, "42000", "Variable '%s' can't be set to the value of '%s'", name, value)
}

// hint is the value of a directive to Sluice in the statement that s.scan has read, or of
// `sluice:name=value` in any other comment of it; empty: none.
func (s *session) hint(text []byte, name string) string {
	mark := []byte("sluice:" + name + "=")
	if word, ok := marked(s.lead, mark); ok {
		return word
	}
	if !bytes.Contains(text, mark[:len("sluice")]) {
		return ""
	}
	if word := s.scan.Directive(text, name, s.dialect); word != "" {
		return word
	}
	from := 0
	for i := 0; i <= len(s.scan.Tokens); i++ {
		to, next := len(text), len(text)
		if i < len(s.scan.Tokens) {
			t := s.scan.Tokens[i]
			to, next = t.Start, t.End
		}
		if word, ok := marked(text[from:max(from, to)], mark); ok {
			return word
		}
		from = max(from, next)
	}
	return ""
}

// marked is the word behind a mark in a comment.
func marked(comment, mark []byte) (string, bool) {
	_, word, ok := bytes.Cut(comment, mark)
	if !ok {
		return "", false
	}
	n := bytes.IndexFunc(word, func(r rune) bool { return r < 'a' || r > 'z' })
	if n < 0 {
		n = len(word)
	}
	return string(word[:n]), true
}

// lease leases a connection to a replica where a read may have one, or else to the primary.
func (s *session) lease(ctx context.Context, q *call, w *pool.Want) (*pool.Conn, error) {
	if q.read != nil {
		if c, err := s.caughtUp(ctx, q, w); c != nil || err != nil {
			return c, err
		}
	}
	if q.home != nil {
		return q.home.Lease(ctx, w)
	}
	return s.snap.groups[q.group].Lease(ctx, w)
}

// caughtUp leases a connection to a replica that is as new as a read demands. There is
// none, and no error, where the primary has to answer.
func (s *session) caughtUp(ctx context.Context, q *call, want *pool.Want) (*pool.Conn, error) {
	d, g := q.read, s.snap.groups[q.group]
	for {
		c, wait, err := g.LeaseRead(ctx, want, &d.Demand)
		if err != nil {
			return nil, s.fallBack(q, err)
		}
		if !wait {
			return c, nil
		}
		s.task.Off()
		from := time.Now()
		caught, err := c.CatchUp(d.Own, d.Wait)
		s.srv.metrics.waited(q.group, caught, time.Since(from))
		if caught {
			return c, nil
		}
		server, lost := c.Server(), c.Doubtful() != ""
		c.Release()
		if err == nil {
			return nil, s.fallBack(q, pool.NotInTime)
		}
		if lost {
			server.Failed(time.Now())
		}
		d.Tried = append(d.Tried, server)
	}
}

// fallBack counts that the primary answers a read, or refuses the read where the rules
// say so.
func (s *session) fallBack(q *call, err error) error {
	var why pool.NoReplica
	if !errors.As(err, &why) {
		return s.endedOr(err)
	}
	s.srv.metrics.fellBack(q.group, why.String())
	if (why == pool.AllDown || why == pool.AllTried) && q.read.rule.Reads.AllReplicasDown == conf.DownRefuse {
		return &plan.Refusal{
			Number: 1429, State: "HY000", Message: "no replica of group " + q.group + " answers, and the rules keep reads from its primary",
			Rule: q.read.rule.Pos, Remedy: "read with SET sluice_consistency = 'strong'",
		}
	}
	return nil
}

// again prepares to send a read to another server after err, if its client has seen
// nothing of the reply.
func (s *session) again(c *pool.Conn, q *call, err error) bool {
	var ce *clientError
	if c == s.txn.conn || errors.As(err, &ce) || s.conn.Sent() != q.sent {
		return false
	}
	if !c.Replica && !s.movable(c, q, err) || c.Replica && q.read == nil {
		return false
	}
	if s.whyEnded() != nil || s.endedOr(nil) != nil {
		return false
	}
	if ended := s.unlent(); ended != nil {
		return false
	}
	if _, said := errors.AsType[*wire.Error](err); !said {
		c.Server().Failed(time.Now())
	}
	s.log.Info("asking again elsewhere", "conn", s.id, "server", c.Server().Addr, "err", err)
	c.Doubt("asking again elsewhere")
	if !c.Replica {
		q.moved++
	}
	if e, said := errors.AsType[*wire.Error](err); said && readOnly(e) && !c.Replica {
		s.snap.groups[q.group].Demote(c.Server())
	}
	if q.read != nil {
		q.read.Tried = append(q.read.Tried, c.Server())
	}
	c.Release()
	s.conn.Drop(q.pending)
	s.conn.SetSequence(q.seq)
	s.srv.metrics.repeated.Add(1)
	return true
}

// mostMoves bounds how often a statement is sent to another primary: each time it has
// waited for one.
const mostMoves = 3

// movable reports whether a statement may run again on the group's next primary: it is a
// plain read, or the server refused it because it is the primary no longer, so nothing
// has happened. A transaction that begins with it begins there.
func (s *session) movable(c *pool.Conn, q *call, err error) bool {
	g := s.snap.groups[q.group]
	if !q.moves || q.moved == mostMoves || len(g.Servers()) < 2 || q.gathered != nil || q.alone {
		return false
	}
	e, said := errors.AsType[*wire.Error](err)
	switch {
	case said && readOnly(e) && (q.class == plan.Read || q.class == plan.Write):
	case said, q.class != plan.Read, q.effects, q.write, q.setsVars, q.pins != 0:
		return false
	}
	return true
}

// readOnly reports whether a server refused a statement because it takes no writes.
func readOnly(e *wire.Error) bool {
	return e.Number == 1836 || e.Number == 1290 && strings.Contains(e.Message, "read-only")
}

// elsewhere reports whether another server may answer where a replica gives an error: it
// shuts down, or it lacks what the statement needs, or it was asked to write.
func elsewhere(number uint16, before bool) bool {
	switch number {
	case 1290, 1836, 1792: // read only
		return true
	}
	return before || closesConnection(number)
}

// leaves is whether another server may answer instead of an error; see again.
func (s *session) leaves(c *pool.Conn, q *call, e *wire.Error, before bool) bool {
	switch {
	case s.conn.Sent() != q.sent:
		return false
	case c == s.txn.conn:
		return s.redoes(q, e)
	case c.Replica:
		return q.read != nil && elsewhere(e.Number, before)
	}
	return q.moves && readOnly(e) && s.movable(c, q, e)
}

// mark notes where the reply to a statement begins.
func (s *session) mark(q *call) {
	q.pending, q.seq, q.sent = s.conn.Pending(), s.conn.Sequence(), s.conn.Sent()
}

// fits refuses what must not run on the replica that a read-only transaction is on.
func (s *session) fits(q *call, c *pool.Conn) error {
	switch {
	case !c.Replica || q.outside:
		return nil
	case q.pins&^plan.PinUserVars != 0, q.effects:
	case q.class == plan.Read:
		return nil
	case q.class == plan.Write, q.class == plan.DDL:
		return wire.Errorf(1792, "25006", "Cannot execute statement in a READ ONLY transaction.")
	}
	return plan.Unsupported("the read-only transaction is on replica "+c.Server().Addr+", and this statement needs the primary", s.snap.replicated[q.group].Pos,
		"SET sluice_consistency = 'strong' before the transaction")
}

// leaveReplica ends a read-only transaction on a replica that another transaction
// follows: the next one may write.
func (s *session) leaveReplica() error {
	if c := s.txn.conn; c == nil || !c.Replica || !s.txn.trans {
		return nil
	}
	return s.commitFirst()
}

// stalled reports whether a read waits for a replica that answers no probe any more.
func stalled(c *pool.Conn, now time.Time) bool {
	const patience = 3 * time.Second
	if c == nil || !c.Replica {
		return false
	}
	st := c.Server().State()
	_, said := errors.AsType[*wire.Error](st.Err)
	return !st.Up && !said && now.Sub(st.Seen) > patience
}

// explainRead says which server would answer a read now, and why.
func (s *session) explainRead(e *Explanation, p *plan.Relay, text []byte) {
	g := s.snap.groups[e.Group]
	e.Server = g.Primary().Addr
	if len(g.Servers()) < 2 || p.Class != plan.Read {
		return
	}
	switch {
	case !p.Replica:
		e.Answers = "primary: the statement is no plain read of known tables"
		return
	case !s.mayLeave(e.Group):
		e.Answers = "primary: the session holds a connection or a transaction"
		return
	}
	d, err := s.demand(p, e.Group, text)
	if err != nil {
		e.refused(err)
		return
	}
	level := string(d.level) + " by " + d.by.String()
	if d.level == conf.Strong {
		e.Answers = "primary: " + level
		return
	}
	w := s.writes[e.Group]
	if w != nil && w.lost && d.level == conf.Session {
		e.Answers = "primary: " + level + ", and the fate of an own write is not known"
		return
	}
	d.Own = s.known(d, e.Group)
	srv, wait, err := g.Choose(&d.Demand, time.Now())
	switch {
	case err != nil:
		e.Answers = fmt.Sprintf("primary: %s; %v", level, err)
	case wait:
		e.Server, e.Answers = srv.Addr, "replica, after it has caught up with the session's writes: "+level
	default:
		e.Server, e.Answers = srv.Addr, "replica: "+level
	}
}

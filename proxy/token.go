package proxy

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/sluicedb/sluice/conf"
	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/pool"
	"github.com/sluicedb/sluice/router/plan"
)

// writes are what a session has changed on a group with replicas.
type writes struct {
	set  pool.GTIDs
	ask  bool // and more, which the primary knows
	lost bool // and more, of which nobody knows whether and when it is carried out
}

// maxSpans bounds the ranges kept of a session's own transactions. With more, all that
// the primary has executed stands for them.
const maxSpans = 64

// wrote notes the transactions that a connection has committed.
func (s *session) wrote(c *pool.Conn) { s.add(c.Server().Group, c.Wrote()) }

func (s *session) add(group string, set pool.GTIDs) {
	if len(set) == 0 {
		return
	}
	w := s.writesOn(group)
	if w.set = w.set.Union(set); w.set.Spans() > maxSpans {
		w.set, w.ask = nil, true
	}
}

// writesOn is what the session has changed on a group.
func (s *session) writesOn(group string) *writes {
	w := s.writes[group]
	if w == nil {
		if s.writes == nil {
			s.writes = make(map[string]*writes)
		}
		w = &writes{}
		s.writes[group] = w
	}
	return w
}

// noteWrites notes what a statement has changed, as far as its reply tells.
func (s *session) noteWrites(c *pool.Conn, q *call, out *outcome) {
	if len(s.group(q.group).Servers()) < 2 {
		return
	}
	s.wrote(c)
	switch {
	case !q.write:
	case !c.Tracks():
		s.writesOn(q.group).ask = true
	case out.Err != nil && q.class != plan.Write:
		s.writesOn(q.group).ask = true // a part may be committed, and an error carries no state
	}
}

// group returns a group of the session's snapshot. A statement asks for its group several
// times, and the next one often for the same. It is for the session's own goroutine.
func (s *session) group(name string) *pool.Group {
	if s.near.snap != s.snap || s.near.name != name {
		s.near = near{s.snap, name, s.snap.groups[name]}
	}
	return s.near.group
}

// near is the group that a session has asked for last.
type near struct {
	snap  *snapshot
	name  string
	group *pool.Group
}

// lostWrite notes that a write may be carried out at any time, or not at all.
func (s *session) lostWrite(group string) {
	if g := s.snap.groups[group]; g != nil && len(g.Servers()) > 1 {
		s.writesOn(group).lost = true
	}
}

// owed are the transactions that a replica must have executed for a read. Where they are
// not known, the read's level becomes strong.
func (s *session) owed(d *demand, group string) (pool.GTIDs, error) {
	if w := s.writes[group]; w != nil && d.level == conf.Session {
		if err := s.askPosition(group, w); err != nil {
			return nil, err
		}
		if w.lost {
			s.srv.metrics.fellBack(group, "own write in doubt")
			d.level = conf.Strong
			return nil, nil
		}
	}
	return s.known(d, group), nil
}

// known is owed, as far as the session knows by itself.
func (s *session) known(d *demand, group string) pool.GTIDs {
	if d.level != conf.Session {
		return nil
	}
	set := s.readAfter[group]
	if w := s.writes[group]; w != nil {
		set = set.Union(w.set)
	}
	return set
}

// askPosition learns from the primary what stands for the session's writes. Where there
// are no GTIDs the primary must go on answering.
func (s *session) askPosition(group string, w *writes) error {
	if !w.ask {
		return nil
	}
	s.task.Off()
	want := &pool.Want{}
	c, err := s.snap.groups[group].Lease(s, want)
	if err != nil {
		return s.endedOr(err)
	}
	defer c.Release()
	if !c.Server().Baseline().GTIDs {
		w.lost = true
		return nil
	}
	deadline(c)
	defer undeadline(c)
	b, _ := c.AppendAdapt(nil, want)
	rows, err := c.QueryAll(string(b) + "SELECT @@GLOBAL.gtid_executed")
	if err != nil {
		c.Doubt("adaption failed")
		return err
	}
	c.Adapted(want)
	if len(rows) != 1 {
		return wire.ErrMalformed
	}
	set, err := pool.ParseGTIDs(string(rows[0][0]))
	if err != nil {
		return err
	}
	w.set, w.ask = w.set.Union(set), false
	return nil
}

// token names the session's writes, and those it was told to read after, for another
// session: "group=GTID set;group=GTID set".
func (s *session) token() (string, error) {
	sets := maps.Clone(s.readAfter)
	if sets == nil {
		sets = make(map[string]pool.GTIDs)
	}
	for group, w := range s.writes {
		if s.snap.groups[group] == nil {
			continue
		}
		if err := s.askPosition(group, w); err != nil {
			return "", err
		}
		if w.lost {
			return "", wire.Errorf(1105, "HY000", "The session has no token: whether and when a write on group %s is carried out is not known", group)
		}
		sets[group] = sets[group].Union(w.set)
	}
	var parts []string
	for _, group := range slices.Sorted(maps.Keys(sets)) {
		if len(sets[group]) > 0 {
			parts = append(parts, group+"="+sets[group].String())
		}
	}
	return strings.Join(parts, ";"), nil
}

// readToken reads what token has written.
func (s *session) readToken(text string) (map[string]pool.GTIDs, error) {
	sets := make(map[string]pool.GTIDs)
	for _, part := range strings.Split(text, ";") {
		if part == "" {
			continue
		}
		group, list, ok := strings.Cut(part, "=")
		if s.snap.groups[group] == nil {
			ok = false
		}
		set, err := pool.ParseGTIDs(list)
		if !ok || err != nil {
			return nil, errors.Join(wrongValue("sluice_after", text), err)
		}
		sets[group] = sets[group].Union(set)
	}
	return sets, nil
}

// isToken reports whether a statement is SHOW SLUICE TOKEN.
func isToken(w []string) bool { return len(w) == 3 && w[1] == "SLUICE" && w[2] == "TOKEN" }

func (s *session) tokenColumns() []wire.Column {
	return []wire.Column{wire.Text("Token", 4096)}
}

// showToken answers SHOW SLUICE TOKEN.
func (s *session) showToken(more bool) error {
	t, err := s.token()
	if err != nil {
		return err
	}
	s.quiet()
	s.rows(s.tokenColumns(), [][][]byte{{[]byte(t)}}, more)
	return nil
}

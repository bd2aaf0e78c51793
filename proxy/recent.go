package proxy

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/pool/loop"
	"github.com/sluicedb/sluice/router/plan"
	"github.com/sluicedb/sluice/rules"
)

// recent remembers the last routing decisions. It keeps references, and makes text of
// them only when somebody looks.
type recent struct {
	ring   [recentKept]routed
	newest atomic.Uint64
}

// recentKept is how many. Each statement writes to memory that was written so many
// statements before: with more it would not be in a processor's cache any more.
const recentKept = 256

// Routed is one decision that was made.
type Routed struct {
	At       time.Time     `json:"at"`
	Conn     uint32        `json:"conn"`
	User     string        `json:"user"`
	Database string        `json:"database"`
	Tenant   string        `json:"tenant,omitempty"` // the session's
	Stmt     string        `json:"stmt"`             // fingerprint
	Class    string        `json:"class"`
	Shard    string        `json:"shard"`
	Group    string        `json:"group"`
	Why      plan.Decision `json:"why"`
}

// routed is what is kept of one.
type routed struct {
	mu       sync.Mutex
	no       uint64 // which decision it is
	ticks    int64  // loop.Ticks at the time
	conn     uint32
	class    plan.Class
	user     *account
	shard    *rules.Shard
	database string
	tenant   string
	dialect  parser.Dialect
	text     []byte
	value    []byte // of why.Value
	why      plan.Decision
}

func newRecent() *recent { return &recent{} }

// add remembers the decision for the statement that the session runs now.
func (r *recent) add(s *session, p *plan.Relay, t *plan.Target) {
	n := r.newest.Add(1)
	e := &r.ring[n%recentKept]
	e.mu.Lock()
	if e.no < n { // else another has come round the ring meanwhile
		e.no = n
		e.set(s, p, t)
	}
	e.mu.Unlock()
}

func (e *routed) set(s *session, p *plan.Relay, t *plan.Target) {
	if cap(e.text) > 4*recentText {
		e.text = nil
	}
	e.text = append(e.text[:0], s.current[:min(len(s.current), recentText)]...)
	e.value = append(e.value[:0], t.Why.Value.S...)
	e.why = t.Why
	e.why.Value.S = "" // it may be a part of the client's text
	e.ticks, e.conn, e.class, e.user, e.shard = s.busy.Load(), s.id, p.Class, s.user, t.Shard
	e.database, e.tenant, e.dialect = s.db, s.tenant, s.dialect
}

// recentText bounds the text kept of one statement, from which its fingerprint is
// made.
const recentText = 1 << 10

// last returns the newest n decisions that keep accepts, newest first.
func (r *recent) last(n int, keep func(*Routed) bool) []Routed {
	var out []Routed
	newest := r.newest.Load()
	for i := uint64(0); i < min(newest, recentKept) && len(out) < n; i++ {
		if e, ok := r.look(newest - i); ok && (keep == nil || keep(&e)) {
			out = append(out, e)
		}
	}
	return out
}

// look returns a decision, unless a newer one has taken its place or it is only being
// written.
func (r *recent) look(no uint64) (Routed, bool) {
	e := &r.ring[no%recentKept]
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.no != no {
		return Routed{}, false
	}
	why := e.why
	why.Value.S = string(e.value)
	return Routed{
		At: loop.TimeOf(e.ticks), Conn: e.conn, User: e.user.Name, Database: e.database, Tenant: e.tenant, Stmt: parser.Fingerprint(e.text, e.dialect),
		Class: e.class.String(), Shard: e.shard.Name, Group: e.shard.Group, Why: why,
	}, true
}

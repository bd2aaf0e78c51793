package proxy

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/router/plan"
)

// recent remembers the last routing decisions. It keeps references, and makes text of
// them only when somebody looks.
type recent struct {
	ring [recentKept]struct {
		mu sync.Mutex
		no uint64 // which decision it is
		Routed
	}
	newest atomic.Uint64
}

const recentKept = 1024

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

	text    []byte
	value   []byte // of Why.Value
	dialect parser.Dialect
	class   plan.Class
}

func newRecent() *recent { return &recent{} }

// add remembers the decision for the statement that the session runs now.
func (r *recent) add(s *session, p *plan.Relay, t plan.Target) {
	at := time.Unix(0, s.busy.Load())
	n := r.newest.Add(1)
	e := &r.ring[n%recentKept]
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.no > n { // another has come round the ring meanwhile
		return
	}
	e.no = n
	text := append(e.text[:0], s.current[:min(len(s.current), recentText)]...)
	if cap(text) > 4*recentText {
		text = append([]byte(nil), text...)
	}
	value := append(e.value[:0], t.Why.Value.S...)
	t.Why.Value.S = "" // it may be a part of the client's text
	e.Routed = Routed{
		At: at, Conn: s.id, User: s.user.Name, Database: s.db, Tenant: s.tenant, Shard: t.Shard.Name, Group: t.Shard.Group,
		Why: t.Why, text: text, value: value, dialect: s.dialect, class: p.Class,
	}
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
	d := e.Routed
	d.Stmt, d.Class = parser.Fingerprint(d.text, d.dialect), d.class.String()
	d.Why.Value.S = string(d.value)
	d.text, d.value = nil, nil
	return d, true
}

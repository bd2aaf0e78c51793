package proxy

import (
	"sync"
	"time"

	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/router/plan"
)

// recent remembers the last routing decisions. It keeps references, and makes text of
// them only when somebody looks.
type recent struct {
	mu   sync.Mutex
	ring [recentKept]Routed
	next uint64
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
	r.mu.Lock()
	defer r.mu.Unlock()
	e := &r.ring[r.next%recentKept]
	r.next++
	text := append(e.text[:0], s.current[:min(len(s.current), recentText)]...)
	if cap(text) > 4*recentText {
		text = append([]byte(nil), text...)
	}
	value := append(e.value[:0], t.Why.Value.S...)
	t.Why.Value.S = "" // it may be a part of the client's text
	*e = Routed{
		At: at, Conn: s.id, User: s.user.Name, Database: s.db, Tenant: s.tenant, Shard: t.Shard.Name, Group: t.Shard.Group,
		Why: t.Why, text: text, value: value, dialect: s.dialect, class: p.Class,
	}
}

// recentText bounds the text kept of one statement, from which its fingerprint is
// made.
const recentText = 1 << 10

// last returns the newest n decisions that keep accepts, newest first.
func (r *recent) last(n int, keep func(*Routed) bool) []Routed {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []Routed
	for i := uint64(1); i <= min(r.next, recentKept) && len(out) < n; i++ {
		e := r.ring[(r.next-i)%recentKept]
		e.Stmt, e.Class = parser.Fingerprint(e.text, e.dialect), e.class.String()
		if keep == nil || keep(&e) {
			e.Why.Value.S = string(e.value)
			e.text, e.value = nil, nil
			out = append(out, e)
		}
	}
	return out
}

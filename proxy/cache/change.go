package cache

import (
	"context"
	"slices"
	"time"
)

// Cause says why replies went out of date.
type Cause int

// The causes.
const (
	ByWrite    Cause = iota // a statement of this process
	ByDDL                   // a definition, a call: more than the tables named
	ByLoss                  // a write whose outcome is not known
	ByOther                 // another process
	ByBinlog                // a write that bypassed Sluice
	ByPerson                // sluice cache flush
	ByReload                // other rules, a lost connection to Redis
	ByFailover              // another primary
	causes
)

func (c Cause) String() string {
	return [...]string{"write", "definition", "lost write", "other process", "binlog", "command", "reload", "failover"}[c]
}

// doubt is a write that may still take effect on a server though nobody waits for it.
type doubt struct {
	marks []Mark
	until time.Time
}

// doubtTime is how long a write whose connection was lost may still take effect.
const doubtTime = time.Minute

// Changed puts everything out of date that depends on one of the marks. A write calls it
// after the server has committed and before the client is told: then whoever asks later
// reads after the commit. With Redis it returns when all processes know, or when none
// uses exact replies any more.
func (s *Store) Changed(ctx context.Context, list []Mark, why Cause) {
	if s.loses(why.String()) {
		return
	}
	s.versions.move(list)
	s.stats.changes[why].Add(uint64(len(list)))
	if s.shared != nil && !s.loses(LoseVersions) {
		s.shared.changed(ctx, list)
	}
}

// What a store can be made to lose beside the causes.
const (
	LoseVersions   = "versions"   // those in Redis are not moved
	LoseWait       = "wait"       // a change is acknowledged though Redis does not know of it
	LoseSuccession = "succession" // what another process of this name did before it died is not put out of date
)

// Lose makes the store lose what puts replies out of date: all of a cause, by its name, or
// one of the steps above. It is for tests, which must be shown to notice.
func (s *Store) Lose(what ...string) {
	lost := map[string]bool{}
	for _, w := range what {
		lost[w] = true
	}
	s.lost.Store(&lost)
}

func (s *Store) loses(what string) bool {
	if s == nil {
		return false
	}
	lost := s.lost.Load()
	return lost != nil && (*lost)[what]
}

// Heard is Changed for what another process, or a server's log, has told.
func (s *Store) Heard(list []Mark, why Cause) {
	if s.loses(why.String()) {
		return
	}
	s.versions.move(list)
	s.stats.changes[why].Add(uint64(len(list)))
}

// Doubted is Changed for a write whose outcome is not known: it may take effect later.
func (s *Store) Doubted(ctx context.Context, list []Mark) {
	list = slices.Clone(list)
	s.versions.pause(list, doubtTime)
	s.Wary(list)
	s.Changed(ctx, list, ByLoss)
}

// Wary makes Tend put the marks out of date again and again for a while, because a write
// that nobody waits for may still take effect.
func (s *Store) Wary(list []Mark) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.doubts = append(s.doubts, doubt{list, time.Now().Add(doubtTime)})
}

// Tend puts once more out of date what doubtful writes may have changed. It is to be
// called every second or so.
func (s *Store) Tend(ctx context.Context) {
	s.mu.Lock()
	now := time.Now()
	var again []Mark
	s.doubts = slices.DeleteFunc(s.doubts, func(d doubt) bool {
		again = append(again, d.marks...)
		return d.until.Before(now)
	})
	s.mu.Unlock()
	slices.Sort(again)
	again = slices.Compact(again)
	if len(again) > 0 {
		s.Changed(ctx, again, ByLoss)
	}
}

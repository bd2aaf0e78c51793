package proxy

import (
	"context"
	"fmt"

	"golang.org/x/sync/semaphore"

	"github.com/sluicedb/sluice/pool"
)

// places bound the connections of a group that are held by statements which wait for
// further ones: if those could take all of a pool, they would wait for each other.
type places struct {
	free *semaphore.Weighted
	all  int
}

func newPlaces(most int) *places {
	n := max(1, most/2)
	return &places{semaphore.NewWeighted(int64(n)), n}
}

// taken are places of one group that a statement has.
type taken struct {
	from *places
	n    int
}

// takePlaces waits until the statement may hold so many connections of each group. Groups
// are asked in one order, and each for all at once, so that statements do not wait for each
// other in a circle. The places are given back at the end of the statement.
func (s *session) takePlaces(need map[string]int) error {
	s.givePlaces()
	for _, group := range s.snap.rules.Groups {
		n := need[group]
		if n == 0 {
			continue
		}
		p := s.snap.places[group]
		if p.free.TryAcquire(int64(n)) {
			s.places = append(s.places, taken{p, n})
			continue
		}
		s.task.Off()
		ctx, cancel := context.WithTimeout(s, s.snap.waits[group])
		err := p.free.Acquire(ctx, int64(n))
		cancel()
		switch {
		case err == nil:
			s.places = append(s.places, taken{p, n})
		case s.Err() != nil:
			return s.endedOr(err)
		default:
			return fmt.Errorf("%w: statements over several shards already hold %d connections to group %s, half of what pool.max allows", pool.ErrExhausted, p.all, group)
		}
	}
	return nil
}

// givePlaces ends takePlaces.
func (s *session) givePlaces() {
	for _, t := range s.places {
		t.from.free.Release(int64(t.n))
	}
	s.places = s.places[:0]
}

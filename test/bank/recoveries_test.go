package bank

import (
	"context"
	"database/sql"
	"slices"
	"sync"
	"time"
)

// recoveries measures how long branches stay prepared, from outside.
type recoveries struct {
	w  *world
	mu sync.Mutex

	raw   []time.Duration // of branches that somebody had to recover, from first sight to end
	clear []time.Duration // of those for which nothing was in the way, or since nothing was
}

// abandoned is from when on a prepared branch counts as one that is left behind.
const abandoned = 500 * time.Millisecond

// watch looks at one server until ctx ends.
func (r *recoveries) watch(ctx context.Context, db *sql.DB) {
	since := map[string]time.Time{}
	for ctx.Err() == nil {
		time.Sleep(50 * time.Millisecond)
		list, err := prepared(ctx, db)
		if err != nil {
			continue
		}
		now := time.Now()
		there := map[string]bool{}
		for _, x := range list {
			there[x] = true
			if _, known := since[x]; !known {
				since[x] = now
			}
		}
		for x, t := range since {
			if !there[x] {
				r.ended(t, now)
				delete(since, x)
			}
		}
	}
}

func (r *recoveries) ended(from, to time.Time) {
	if to.Sub(from) < abandoned {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.raw = append(r.raw, to.Sub(from))
	if last := time.Unix(0, r.w.untrouble.Load()); last.After(from) {
		from = last
	}
	if r.w.trouble.Load() == 0 && to.Sub(from) > abandoned {
		r.clear = append(r.clear, to.Sub(from))
	}
}

// prepared lists the prepared branches of a server.
func prepared(ctx context.Context, db *sql.DB) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	rows, err := db.QueryContext(ctx, "XA RECOVER")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var format, gtrid, bqual int
		var data string
		if err := rows.Scan(&format, &gtrid, &bqual, &data); err != nil {
			return nil, err
		}
		out = append(out, data)
	}
	return out, rows.Err()
}

func (r *recoveries) report() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, x := range []struct {
		what string
		list []time.Duration
	}{{"as seen", r.raw}, {"since servers and connections were up", r.clear}} {
		slices.Sort(x.list)
		at := func(p int) time.Duration {
			if len(x.list) == 0 {
				return 0
			}
			return x.list[(len(x.list)-1)*p/100].Round(10 * time.Millisecond)
		}
		r.w.Logf("branches left prepared, %s: %d; until they were finished p50 %v, p90 %v, p99 %v, most %v", x.what, len(x.list), at(50), at(90), at(99), at(100))
	}
}

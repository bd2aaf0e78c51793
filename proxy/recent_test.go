package proxy

import (
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/conf"
	"github.com/sluicedb/sluice/router/plan"
	"github.com/sluicedb/sluice/rules"
)

// TestRecentDecisionsOfManySessions adds from many sessions at a time while somebody looks.
func TestRecentDecisionsOfManySessions(t *testing.T) {
	const sessions = 8
	var looked atomic.Bool
	r := newRecent()
	var adding sync.WaitGroup
	for i := range sessions {
		adding.Go(func() {
			s := &session{id: uint32(i), user: &account{User: &conf.User{}}, tenant: strconv.Itoa(i)}
			for n := 0; !looked.Load(); n++ {
				s.current = fmt.Appendf(nil, "SELECT c%d FROM t%d", n, i)
				r.add(s, &plan.Relay{}, &plan.Target{Shard: &rules.Shard{Name: "s" + strconv.Itoa(i)}})
			}
		})
	}
	whole := func() int {
		list := r.last(recentKept, nil)
		after := map[uint32]int{} // of each session the newest come first
		for _, d := range list {  // the parts of a decision belong together
			require.Equal(t, strconv.Itoa(int(d.Conn)), d.Tenant)
			require.Equal(t, "s"+d.Tenant, d.Shard)
			var n, i int
			_, err := fmt.Sscanf(d.Stmt, "SELECT c%d FROM t%d", &n, &i)
			require.NoError(t, err, d.Stmt)
			require.Equal(t, d.Tenant, strconv.Itoa(i))
			if last, ok := after[d.Conn]; ok {
				require.Less(t, n, last)
			}
			after[d.Conn] = n
		}
		return len(list)
	}
	require.Eventually(t, func() bool { return r.newest.Load() > recentKept }, time.Minute, time.Millisecond)
	for range 30 {
		require.LessOrEqual(t, whole(), recentKept)
	}
	looked.Store(true)
	adding.Wait()
	require.Equal(t, recentKept, whole())
	require.Len(t, r.last(7, nil), 7)
}

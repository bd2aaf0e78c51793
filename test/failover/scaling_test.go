package failover

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestReadScaling prints how many reads per second there are with no, one and two
// replicas, in turns, and which processor time each server had for them: where all share
// the processors of one machine, that shows what more machines would give.
func TestReadScaling(t *testing.T) {
	const slice, rounds, clients = time.Second, 4, 8
	w := newWorld(t, 3, false, semiSync, "")
	w.replicate()
	require.NoError(t, w.servers[0].Exec(t.Context(), "SET cte_max_recursion_depth = 5000; INSERT INTO app_0.t (id, tenant_id, v)"+
		" WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) SELECT CONCAT('r', i), CONCAT('t', i % 30), i FROM n"))
	for w.unnamed = 2; w.unnamed >= 0; w.unnamed-- {
		w.launch()
	}
	w.unnamed = 0
	w.healthy(0)
	var reads [3]int64
	var used [3][4]time.Duration // by each server, and by Sluice
	for n := range rounds + 1 {
		for k, p := range w.procs {
			before := w.used(p)
			done := w.read(p, clients, slice)
			if n == 0 {
				continue // to become warm
			}
			reads[k] += done
			for i, u := range w.used(p) {
				used[k][i] += u - before[i]
			}
		}
	}
	for k := range reads {
		whole := (rounds * slice).Seconds()
		text := fmt.Sprintf("%d replicas: %.0f reads per second, %.2f times those without; processor time per read", k, float64(reads[k])/whole, float64(reads[k])/float64(reads[0]))
		for i, who := range []string{"the primary", "replica 1", "replica 2", "Sluice"} {
			text += fmt.Sprintf(", %s %.0f µs", who, float64(used[k][i].Microseconds())/float64(reads[k]))
		}
		t.Log(text)
	}
	t.Log(load())
	share := func(k, i int) float64 { return float64(used[k][i]) / float64(used[k][0]+used[k][1]+used[k][2]) }
	require.Greater(t, share(0, 0), 0.8, "without replicas the primary does the work")
	require.Less(t, share(1, 0), 0.3, "the primary still answers reads")
	require.Less(t, share(2, 0), 0.3, "the primary still answers reads")
	require.InDelta(t, share(2, 1), share(2, 2), 0.25, "the replicas do not share the work")
}

// read lets clients read through a Sluice for a while, and says how often they did.
func (w *world) read(p *process, clients int, long time.Duration) int64 {
	ctx, stop := context.WithTimeout(w.Context(), long)
	defer stop()
	var n atomic.Int64
	var wg sync.WaitGroup
	for range clients {
		wg.Go(func() {
			c, err := w.connect(p)
			if err != nil {
				w.Error(err)
				return
			}
			defer c.Close()
			for ctx.Err() == nil {
				id := rand.IntN(3000) + 1
				sql := fmt.Sprintf("SELECT v FROM t WHERE tenant_id = 't%d' AND id = 'r%d'", id%30, id)
				if rand.IntN(10) == 0 {
					sql = fmt.Sprintf("SELECT COUNT(*), SUM(v) FROM t WHERE tenant_id = 't%d'", id%30)
				}
				if _, err := c.Query(sql + " /* sluice:consistency=any */"); err != nil {
					w.Error(err)
					return
				}
				n.Add(1)
			}
		})
	}
	wg.Wait()
	return n.Load()
}

// used is the processor time that each server, and a Sluice, have used.
func (w *world) used(p *process) (out [4]time.Duration) {
	w.Helper()
	for i, pid := range []int{w.servers[0].PID(), w.servers[1].PID(), w.servers[2].PID(), p.cmd.Process.Pid} {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		require.NoError(w, err)
		f := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
		for _, field := range f[11:13] { // utime and stime, in hundredths of a second
			n, err := strconv.Atoi(field)
			require.NoError(w, err)
			out[i] += time.Duration(n) * 10 * time.Millisecond
		}
	}
	return out
}

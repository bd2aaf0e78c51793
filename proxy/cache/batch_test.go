package cache

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/test/redistest"
)

// TestBatches: many ask at the same time, and each gets the answer to its own question,
// not older than its question.
func TestBatches(t *testing.T) {
	r := redistest.Start(t)
	a, _ := member(t, r.Addr(), "a")
	a.trusted(t)
	const askers = 64
	var told [8]atomic.Uint64 // how often marks were moved, as acknowledged
	marks := make([]Mark, len(told))
	for i := range marks {
		marks[i] = MarkOf("rows", fmt.Sprint(i))
	}
	ctx, stop := context.WithTimeout(t.Context(), 2*time.Second)
	defer stop()
	var wg sync.WaitGroup
	for i, m := range marks {
		wg.Go(func() {
			for ctx.Err() == nil {
				a.shared.changed(t.Context(), []Mark{m})
				told[i].Add(1)
				time.Sleep(time.Millisecond)
			}
		})
	}
	var asked, old, unanswered atomic.Int64
	for n := range askers {
		wg.Go(func() {
			for k := n; ctx.Err() == nil; k++ {
				i, j := k%len(marks), (k/len(marks))%len(marks)
				low := [2]uint64{told[i].Load(), told[j].Load()}
				got, _, ok := a.shared.versions(t.Context(), []Mark{marks[i], marks[j]}, nil)
				switch {
				case !ok:
					unanswered.Add(1)
				case len(got.versions) != 2 || got.versions[0] < low[0] || got.versions[1] < low[1]:
					old.Add(1)
				}
				asked.Add(1)
			}
		})
	}
	wg.Wait()
	t.Logf("%d questions, %d without an answer", asked.Load(), unanswered.Load())
	require.Zero(t, old.Load(), "answers older than their questions")
	require.Less(t, unanswered.Load(), asked.Load()/10)
	a.shared.asking.Lock()
	defer a.shared.asking.Unlock()
	require.Zero(t, a.shared.flying, "batches that never end")
}

// TestBatchesWithoutRedis: nobody waits longer than the deadline, and nothing is left over.
func TestBatchesWithoutRedis(t *testing.T) {
	r := redistest.Start(t)
	shared := NewShared(SharedOptions{
		Redis: &redis.UniversalOptions{Addrs: []string{r.Addr()}}, Prefix: "sluice", Process: "a", Deadline: 50 * time.Millisecond, Lease: time.Second,
	}, slog.New(slog.DiscardHandler))
	defer shared.redis.Close()
	r.Pause()
	var wg sync.WaitGroup
	var longest atomic.Int64
	for range 200 {
		wg.Go(func() {
			for range 5 {
				began := time.Now()
				_, _, ok := shared.versions(t.Context(), []Mark{Everything}, nil)
				require.False(t, ok)
				for d := int64(time.Since(began)); ; {
					if old := longest.Load(); old >= d || longest.CompareAndSwap(old, d) {
						break
					}
				}
			}
		})
	}
	wg.Wait()
	r.Resume()
	t.Logf("the longest wait was %v", time.Duration(longest.Load()))
	require.Less(t, time.Duration(longest.Load()), 2*time.Second)
	require.Eventually(t, func() bool {
		shared.closedAt.Store(0)
		_, err := shared.run(t.Context(), move, time.Second, newOrigin(), "c", "n")
		return err == nil
	}, 10*time.Second, 10*time.Millisecond)
	require.Zero(t, shared.flying)
}

// BenchmarkVersions is what it costs to ask for the versions of a hit.
func BenchmarkVersions(b *testing.B) {
	r := redistest.Start(b)
	shared := NewShared(SharedOptions{
		Redis: &redis.UniversalOptions{Addrs: []string{r.Addr()}}, Prefix: "sluice", Process: "a", Deadline: time.Second, Lease: time.Hour,
	}, slog.New(slog.DiscardHandler))
	defer shared.redis.Close()
	require.NoError(b, shared.renew(b.Context()))
	list := []Mark{Everything, MarkOf("group"), MarkOf("rows", "1"), MarkOf("rows", "unknown")}
	for _, n := range []int{1, 8, 32} {
		b.Run(fmt.Sprint(n, " at a time"), func(b *testing.B) {
			b.ReportAllocs()
			b.SetParallelism(n)
			b.RunParallel(func(p *testing.PB) {
				for p.Next() {
					if _, _, ok := shared.versions(b.Context(), list, nil); !ok {
						b.Error("no answer")
					}
				}
			})
		})
	}
}

// TestAllLive: exact replies are used while every process there is, or was, tells of its
// writes.
func TestAllLive(t *testing.T) {
	r := &Shared{known: map[string]bool{}}
	for _, c := range []struct {
		names string
		want  bool
	}{
		{"live a\nlive b", true}, {"live a\nlive b", true}, {"live a\nlapsed b", false}, {"live a\nlive b", true},
		{"", false}, {"live a", false}, {"live a\nlapsed b", false}, {"live a", false}, {"live a\ngone b", true}, {"live a", true},
		{"live a\nlapsed host 127.0.0.1:3306", false}, {"live a\ngone host 127.0.0.1:3306", true},
	} {
		require.Equal(t, c.want, r.allLive(c.names), "%q", c.names)
	}
}

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

// member is a process that shares its replies; end ends it without a word to the others.
func member(t *testing.T, addr, name string) (s *Store, end func()) {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	shared := NewShared(SharedOptions{
		Redis: &redis.UniversalOptions{Addrs: []string{addr}}, Prefix: "sluice", Process: name, Deadline: time.Second, Lease: time.Second, Compress: 100,
	}, log)
	s, err := New(Options{Size: 1 << 20, Shared: shared}, log)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { shared.Run(ctx) })
	end = func() { cancel(); wg.Wait(); _ = shared.redis.Close() }
	t.Cleanup(end)
	return s, end
}

// trusted waits until exact replies are used.
func (s *Store) trusted(t *testing.T) {
	t.Helper()
	require.Eventually(t, func() bool {
		_, _, ok := s.shared.versions(t.Context(), []Mark{Everything}, nil)
		return ok
	}, 20*time.Second, 10*time.Millisecond, "%s", s.shared.State())
}

// TestSuccessor: a process that died may have committed what it told nobody. Nothing
// counts until its name is back, and then nothing from before.
func TestSuccessor(t *testing.T) {
	r := redistest.Start(t)
	a, end := member(t, r.Addr(), "a")
	b, _ := member(t, r.Addr(), "b")
	a.trusted(t)
	b.trusted(t)
	m := MarkOf("rows", "x")
	_, fill, err := b.Find(t.Context(), b.asked("q", m))
	require.NoError(t, err)
	fill.Keep(&Entry{Body: []byte("old")})
	e, _, err := b.Find(t.Context(), b.asked("q", m))
	require.NoError(t, err)
	require.Equal(t, "old", string(e.Body))
	end()
	require.Eventually(t, func() bool { _, _, ok := b.shared.versions(t.Context(), []Mark{m}, nil); return !ok }, 10*time.Second, 10*time.Millisecond)
	again, _ := member(t, r.Addr(), "a")
	b.trusted(t)
	e, fill, err = b.Find(t.Context(), b.asked("q", m))
	require.NoError(t, err)
	require.Nil(t, e, "a reply from before the other process died")
	fill.Fail()
	require.Eventually(t, func() bool {
		again.mu.Lock()
		defer again.mu.Unlock()
		return len(again.doubts) == 1
	}, 5*time.Second, 10*time.Millisecond, "what servers still carry out")
	// One that leaves in good order leaves no doubt.
	again.shared.Leave(t.Context())
	last, _ := member(t, r.Addr(), "a")
	last.trusted(t)
	require.Empty(t, last.doubts)
}

// TestOneFlight: of all who ask in all processes for what nobody has, one fetches.
func TestOneFlight(t *testing.T) {
	r := redistest.Start(t)
	var all []*Store
	for i := range 4 {
		s, _ := member(t, r.Addr(), fmt.Sprint("p", i))
		all = append(all, s)
	}
	for _, s := range all {
		s.trusted(t)
	}
	fetch := func(key string, end func(*Fill)) (fetched, answered int64) {
		var f, a atomic.Int64
		var wg sync.WaitGroup
		for _, s := range all {
			for range 50 {
				wg.Go(func() {
					e, fill, err := s.Find(t.Context(), s.asked(key))
					if err != nil || e == nil && fill == nil {
						return
					}
					if fill != nil {
						f.Add(1)
						time.Sleep(30 * time.Millisecond)
						end(fill)
					}
					a.Add(1)
				})
			}
		}
		wg.Wait()
		return f.Load(), a.Load()
	}
	for i := range 5 {
		fetched, answered := fetch(fmt.Sprint("kept", i), func(f *Fill) { f.Keep(&Entry{Body: make([]byte, 500)}) })
		require.Equal(t, [2]int64{1, 200}, [2]int64{fetched, answered})
	}
	began := time.Now()
	fetched, _ := fetch("refused", func(f *Fill) { f.Refuse() })
	require.LessOrEqual(t, fetched, int64(len(all)), "one in each process, one after the other")
	t.Logf("refused by %d processes in %v", fetched, time.Since(began))
	// One that dies while it fetches delays the others, no more.
	_, fill, err := all[0].Find(t.Context(), all[0].asked("dead"))
	require.NoError(t, err)
	require.NotNil(t, fill)
	began = time.Now()
	_, fill, err = all[1].Find(t.Context(), all[1].asked("dead"))
	require.NoError(t, err)
	require.NotNil(t, fill)
	fill.Keep(&Entry{Body: []byte("x")})
	require.Less(t, time.Since(began), 5*time.Second)
	t.Logf("waited %v for a dead one", time.Since(began))
}

// TestRefresh: what is asked for often is fetched anew before it expires, by one.
func TestRefresh(t *testing.T) {
	s := newStore(t, 1<<20)
	_, fill, _ := s.Find(t.Context(), s.asked("q"))
	fill.Keep(&Entry{Body: []byte("old")})
	for range 100 {
		e, _, _ := s.Find(t.Context(), s.asked("q"))
		require.Equal(t, "old", string(e.Body), "long before its end")
	}
	e, _, _ := s.Find(t.Context(), s.asked("q"))
	e.until = time.Now().Add(time.Second) // of a minute
	var fills []*Fill
	for range 90 {
		e, f, _ := s.Find(t.Context(), s.asked("q"))
		if f != nil {
			fills = append(fills, f)
			continue
		}
		require.Equal(t, "old", string(e.Body))
	}
	require.Len(t, fills, 1)
	fills[0].Keep(&Entry{Body: []byte("new")})
	e, _, _ = s.Find(t.Context(), s.asked("q"))
	require.Equal(t, "new", string(e.Body))
	require.EqualValues(t, 1, s.CountsOf(Label{"t", "hot"}).Refreshes.Load())
}

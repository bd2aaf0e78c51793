package tally

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/test/redistest"
)

// memory is a table that can fail before it does what it is told, and after.
type memory struct {
	mu     sync.Mutex
	values map[Key]int64
	known  map[string]Total
	before func() error
	after  func() error
	begun  int  // epochs
	blind  bool // it does not look at what it knows
}

func newMemory() *memory { return &memory{values: map[Key]int64{}, known: map[string]Total{}} }

func (m *memory) Begin(_ context.Context, k Key) (string, int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.begun++
	return fmt.Sprintf("%06d", m.begun), m.values[k], nil
}

func (m *memory) Apply(_ context.Context, list []Total) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.before != nil {
		if err := m.before(); err != nil {
			return err
		}
	}
	for _, t := range list {
		name, _ := t.closed()
		if old := m.known[name]; t.Ops > old.Ops || m.blind {
			m.values[t.Key] += t.Sum - old.Sum
			if !m.blind {
				m.known[name] = t
			}
		}
	}
	if m.after != nil {
		return m.after()
	}
	return nil
}

func counting(addrs []string, cluster bool, m *memory) *Behind {
	return NewBehind(Options{Redis: &redis.UniversalOptions{Addrs: addrs, IsClusterMode: cluster}, Prefix: "s", Deadline: time.Second, Flush: 20 * time.Millisecond},
		m, slog.New(slog.DiscardHandler))
}

var errDied = errors.New("died")

// sometimes fails one time in three.
func sometimes() error {
	if rand.IntN(3) == 0 {
		return errDied
	}
	return nil
}

// TestYields: a process that does not reach the table leaves it to one that does.
func TestYields(t *testing.T) {
	r, good, bad := redistest.Start(t), newMemory(), newMemory()
	bad.before = func() error { return errDied }
	lost, other := counting([]string{r.Addr()}, false, bad), counting([]string{r.Addr()}, false, good)
	key := Key{"", "x"}
	_, err := other.Add(t.Context(), key, 5)
	require.NoError(t, err)
	require.ErrorIs(t, lost.Flush(t.Context(), false), errDied, "it leads")
	ctx, stop := context.WithCancel(t.Context())
	var flushing sync.WaitGroup
	defer flushing.Wait()
	defer stop()
	flushing.Go(func() { lost.Run(ctx) })
	require.Eventually(t, func() bool { return lost.Stats().Failed > 2 }, 5*time.Second, 5*time.Millisecond, "and leads again while it is alone")
	flushing.Go(func() { other.Run(ctx) })
	require.Eventually(t, func() bool {
		good.mu.Lock()
		defer good.mu.Unlock()
		return good.values[key] == 5
	}, 5*time.Second, 5*time.Millisecond)
}

// crash counts with two processes while Redis is killed and flushes die before and after
// the table was told. It returns what was acknowledged, what may have been added, and what
// the table has in the end.
func crash(t *testing.T, m *memory) (acked, most, got int64) {
	t.Helper()
	r := redistest.Start(t, redistest.Durable...)
	m.before, m.after = sometimes, sometimes
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var processes []*Behind
	var flushing, adding sync.WaitGroup
	for range 2 {
		b := counting([]string{r.Addr()}, false, m)
		b.idle = 100 * time.Millisecond // so that counters are forgotten all the time
		processes = append(processes, b)
		flushing.Go(func() { b.Run(ctx) })
	}
	keys := []Key{{"", "x"}, {"acme", "x"}, {"acme", "y:1"}}
	var mu sync.Mutex
	done := make(chan struct{})
	for i := range 4 {
		adding.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				n := int64(rand.IntN(10))
				_, err := processes[i%2].Add(ctx, keys[rand.IntN(3)], n)
				var unknown *UnknownError
				mu.Lock()
				switch {
				case err == nil:
					acked, most = acked+n, most+n
				case errors.As(err, &unknown):
					most += n
				}
				mu.Unlock()
				if err != nil {
					time.Sleep(time.Millisecond)
				}
				if rand.IntN(200) == 0 {
					time.Sleep(time.Duration(rand.IntN(250)) * time.Millisecond)
				}
			}
		})
	}
	for range 5 {
		time.Sleep(300 * time.Millisecond)
		r.Kill()
		r.Run()
	}
	close(done)
	adding.Wait()
	stop()
	flushing.Wait()
	m.mu.Lock()
	m.before, m.after = nil, nil
	m.mu.Unlock()
	for _, b := range processes {
		for _, k := range keys { // closes what a killed Redis has left open
			v, err := b.Value(t.Context(), k)
			require.NoError(t, err)
			require.NoError(t, b.Flush(t.Context(), true))
			require.True(t, m.blind || m.values[k] == v, "%v: %d in Redis, %d in the table", k, v, m.values[k])
		}
		b.Close(t.Context())
	}
	for _, k := range keys {
		got += m.values[k]
	}
	return acked, most, got
}

// TestCrash: nothing acknowledged is lost, and nothing is added twice.
func TestCrash(t *testing.T) {
	acked, most, got := crash(t, newMemory())
	t.Logf("acknowledged %d, at most %d, in the table %d", acked, most, got)
	require.Positive(t, acked)
	require.GreaterOrEqual(t, got, acked, "lost")
	require.LessOrEqual(t, got, most, "added twice")
}

// TestCrashIsNoticed shows that the check fails with a table that forgets what it has
// been told.
func TestCrashIsNoticed(t *testing.T) {
	m := newMemory()
	m.blind = true
	acked, most, got := crash(t, m)
	t.Logf("acknowledged %d, at most %d, in the table %d", acked, most, got)
	require.Greater(t, got, most)
}

// TestSentTwice: an addition that arrives twice is made once, also in a later epoch.
func TestSentTwice(t *testing.T) {
	r := redistest.Start(t, redistest.Durable...)
	m := newMemory()
	b := counting([]string{r.Addr()}, false, m)
	k := Key{"", "x"}
	_, err := b.Add(t.Context(), k, 1)
	require.NoError(t, err)
	for range 3 {
		_, v, ok, err := b.addOnce(t.Context(), k, &addition{name: "the same", n: 5})
		require.True(t, ok && err == nil)
		require.EqualValues(t, 6, v)
	}
	r.Kill()
	r.Run()
	server, _, ok, err := b.addOnce(t.Context(), k, &addition{name: "the same", n: 5})
	require.NoError(t, err)
	require.False(t, ok, "the epoch has ended with the server")
	require.NoError(t, b.open(t.Context(), k, server))
	_, v, ok, err := b.addOnce(t.Context(), k, &addition{name: "the same", n: 5})
	require.True(t, ok && err == nil)
	require.EqualValues(t, 6, v)
	v, err = b.Value(t.Context(), k)
	require.NoError(t, err)
	require.EqualValues(t, 6, v)
	require.Empty(t, b.Durable(t.Context()))
	b.Close(t.Context())
	require.EqualValues(t, 6, m.values[k])
}

// TestIdle: a counter that the table knows is forgotten after a time, one that it does not
// know is kept, and none begins with what the table said long ago.
func TestIdle(t *testing.T) {
	r, m := redistest.Start(t), newMemory()
	b := counting([]string{r.Addr()}, false, m)
	b.idle = 400 * time.Millisecond
	k := Key{"acme", "x"}
	add := func(n, want int64) {
		t.Helper()
		v, err := b.Add(t.Context(), k, n)
		require.NoError(t, err)
		require.Equal(t, want, v)
	}
	left := func() time.Duration {
		t.Helper()
		d, err := b.redis.PTTL(t.Context(), b.key(k)).Result()
		require.NoError(t, err)
		return d
	}
	const never, gone = -1, -2
	add(3, 3)
	require.EqualValues(t, never, left())
	require.NoError(t, b.Flush(t.Context(), true))
	require.Positive(t, left())
	add(4, 7)
	require.EqualValues(t, never, left(), "the table does not know of 4")
	require.NoError(t, b.Flush(t.Context(), true))
	require.Eventually(t, func() bool { return left() == gone }, 10*time.Second, 10*time.Millisecond)
	server, _, ok, err := b.addOnce(t.Context(), k, &addition{})
	require.NoError(t, err)
	require.False(t, ok)
	add(5, 12)
	require.NoError(t, b.Flush(t.Context(), true))
	require.Eventually(t, func() bool { return left() == gone }, 10*time.Second, 10*time.Millisecond)
	require.NoError(t, open.Run(t.Context(), b.redis, b.keys(k), server, "late", 7, b.fresh()).Err())
	require.EqualValues(t, gone, left(), "an epoch has begun with what the table said before another came and went")
	add(1, 13)
	b.Close(t.Context())
	require.EqualValues(t, 13, m.values[k])
}

// TestCluster counts in a Redis Cluster, and goes on after a primary was replaced. What
// the replica did not have yet may be missing; nothing is added twice.
func TestCluster(t *testing.T) {
	c := redistest.StartCluster(t)
	m := newMemory()
	b := counting(c.Addrs(), true, m)
	k := Key{"acme", "x"}
	for i := range 100 {
		v, err := b.Add(t.Context(), k, 2)
		require.NoError(t, err)
		require.EqualValues(t, 2*(i+1), v)
	}
	require.NoError(t, b.Flush(t.Context(), true))
	time.Sleep(500 * time.Millisecond) // replicas are asynchronous
	c.Primary("{s}:counters:changed").Kill()
	require.Eventually(t, func() bool {
		_, err := b.Add(t.Context(), k, 0)
		return err == nil
	}, 15*time.Second, 100*time.Millisecond)
	v, err := b.Add(t.Context(), k, 1)
	require.NoError(t, err)
	require.EqualValues(t, 201, v)
	b.Close(t.Context())
	require.EqualValues(t, 201, m.values[k])
}

func TestKeys(t *testing.T) {
	for _, k := range []Key{{"", "x"}, {"a b", "y:z"}, {"\x00ü", "a{b}"}} {
		got, ok := keyOf(field(k))
		require.True(t, ok)
		require.Equal(t, k, got)
		total := Total{Key: k, Epoch: "e", Ops: 3, Sum: -7}
		name, text := total.closed()
		back, err := closedTotal(name, text)
		require.NoError(t, err)
		require.Equal(t, total, back)
	}
	_, err := closedTotal("nonsense", fmt.Sprint(1))
	require.Error(t, err)
}

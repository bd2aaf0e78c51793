package cache

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func newStore(t *testing.T, size uint64) *Store {
	t.Helper()
	s, err := New(Options{Size: size}, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	return s
}

func (s *Store) asked(key string, list ...Mark) *Ask {
	return &Ask{Key: []byte(key), Marks: append([]Mark{Everything}, list...), Rule: &Rule{TTL: time.Minute, Rows: 10, Bytes: 1000}, Count: s.CountsOf(Label{"t", "hot"})}
}

// TestOvertaken: a reply that was read before a write and comes after it is not used.
func TestOvertaken(t *testing.T) {
	s, m := newStore(t, 1<<20), MarkOf("rows", "a")
	_, fill, err := s.Find(t.Context(), s.asked("q", m))
	require.NoError(t, err)
	s.Changed(t.Context(), []Mark{m}, ByWrite)
	fill.Keep(&Entry{Body: []byte("old")})
	e, fill, err := s.Find(t.Context(), s.asked("q", m))
	require.NoError(t, err)
	require.Nil(t, e)
	fill.Keep(&Entry{Body: []byte("new")})
	e, _, _ = s.Find(t.Context(), s.asked("q", m))
	require.Equal(t, "new", string(e.Body))
	s.Changed(t.Context(), []Mark{MarkOf("rows", "b")}, ByWrite)
	e, _, _ = s.Find(t.Context(), s.asked("q", m))
	require.NotNil(t, e, "another mark has moved")
	s.Doubted(t.Context(), []Mark{m})
	e, fill, _ = s.Find(t.Context(), s.asked("q", m))
	require.True(t, e == nil && fill == nil, "nothing is kept while a write is doubtful")
}

// TestAge: hits add up how old their replies were.
func TestAge(t *testing.T) {
	s := newStore(t, 1<<20)
	_, fill, err := s.Find(t.Context(), s.asked("q"))
	require.NoError(t, err)
	fill.Keep(&Entry{Body: []byte("reply")})
	require.Zero(t, s.CountsOf(Label{"t", "hot"}).Age.Load(), "a miss has no age")
	time.Sleep(20 * time.Millisecond)
	for range 3 {
		e, _, err := s.Find(t.Context(), s.asked("q"))
		require.NoError(t, err)
		require.NotNil(t, e)
	}
	require.GreaterOrEqual(t, s.CountsOf(Label{"t", "hot"}).Age.Load(), int64(60*time.Millisecond))
}

// TestWaiting: those who ask while a reply is fetched wait for it as long as they may, go
// on if it cannot be kept, and do not take one that began before a write they know of.
func TestWaiting(t *testing.T) {
	s, m := newStore(t, 1<<20), MarkOf("rows", "a")
	_, first, err := s.Find(t.Context(), s.asked("q", m))
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, _, err = s.Find(ctx, s.asked("q", m))
	require.True(t, errors.Is(err, context.DeadlineExceeded))
	var wg sync.WaitGroup
	got := make(chan *Entry, 10)
	for range 10 {
		wg.Go(func() {
			e, _, _ := s.Find(t.Context(), s.asked("q", m))
			got <- e
		})
	}
	time.Sleep(50 * time.Millisecond)
	s.Changed(t.Context(), []Mark{m}, ByWrite)
	_, second, err := s.Find(t.Context(), s.asked("q", m))
	require.NoError(t, err)
	require.NotNil(t, second, "the fetch under way began before the write")
	first.Keep(&Entry{Body: []byte("1")})
	wg.Wait()
	for range 10 {
		require.Equal(t, "1", string((<-got).Body))
	}
	second.Refuse()
	e, fill, err := s.Find(t.Context(), s.asked("q", m))
	require.NoError(t, err)
	require.True(t, e == nil && fill == nil, "nobody waits for what cannot be kept")
}

// TestFailedFetch: of those who wait for a fetch that fails, one fetches.
func TestFailedFetch(t *testing.T) {
	s := newStore(t, 1<<20)
	_, first, _ := s.Find(t.Context(), s.asked("q"))
	var wg sync.WaitGroup
	var mu sync.Mutex
	fetched, answered := 0, 0
	for range 10 {
		wg.Go(func() {
			e, fill, _ := s.Find(t.Context(), s.asked("q"))
			if fill != nil {
				time.Sleep(50 * time.Millisecond)
				fill.Keep(&Entry{Body: []byte("2")})
			}
			mu.Lock()
			defer mu.Unlock()
			if fill != nil {
				fetched++
			}
			if e != nil {
				answered++
			}
		})
	}
	time.Sleep(50 * time.Millisecond)
	first.Fail()
	wg.Wait()
	require.Equal(t, [2]int{1, 9}, [2]int{fetched, answered})
}

// TestBounded: the store stays near its size, and counts what it lets go.
func TestBounded(t *testing.T) {
	s := newStore(t, 100_000)
	for i := range 1000 {
		_, fill, err := s.Find(t.Context(), s.asked(string(rune(i))+"q"))
		require.NoError(t, err)
		fill.Keep(&Entry{Body: bytes.Repeat([]byte("x"), 1000)})
	}
	s.kept.CleanUp()
	_, size := s.Size()
	require.LessOrEqual(t, size, uint64(110_000))
	n := s.CountsOf(Label{"t", "hot"})
	require.Positive(t, n.Evicted.Load())
	require.EqualValues(t, size, n.Bytes.Load())
}

func TestValueRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := &Entry{
			Body: rapid.SliceOf(rapid.Byte()).Draw(t, "body"), First: rapid.Byte().Draw(t, "first"), Packets: rapid.IntRange(0, 1<<20).Draw(t, "packets"),
			Found: rapid.Uint64().Draw(t, "found"), Status: rapid.Uint16().Draw(t, "status"), key: rapid.SliceOf(rapid.Byte()).Draw(t, "key"),
			there: stamp{origin: rapid.String().Draw(t, "origin"), versions: rapid.SliceOf(rapid.Uint64()).Draw(t, "versions")},
			made:  time.Unix(0, rapid.Int64Range(0, 1<<60).Draw(t, "made")), until: time.Unix(0, rapid.Int64Range(0, 1<<60).Draw(t, "until")),
		}
		got, err := decode(encode(e, rapid.IntRange(0, 100).Draw(t, "compress")))
		require.NoError(t, err)
		require.True(t, bytes.Equal(e.Body, got.Body) && bytes.Equal(e.key, got.key) && e.there.equal(got.there) && e.made.Equal(got.made) && e.until.Equal(got.until))
		require.Equal(t, []any{e.First, e.Packets, e.Found, e.Status}, []any{got.First, got.Packets, got.Found, got.Status})
	})
}

// FuzzValue reads what Redis might return.
func FuzzValue(f *testing.F) {
	f.Add(encode(&Entry{Body: []byte("body"), key: []byte("key"), there: stamp{origin: "o", versions: []uint64{1, 2}}}, 0))
	f.Fuzz(func(_ *testing.T, b []byte) { _, _ = decode(b) })
}

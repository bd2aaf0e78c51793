package pool_test

import (
	"context"
	"log/slog"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/sluicedb/sluice/pool"
	"github.com/sluicedb/sluice/test/mysqltest"
)

func newServer(t *testing.T, addr string, o pool.Options) *pool.Server {
	t.Helper()
	o.Dialer = pool.Dialer{User: "root", Password: func() (string, error) { return "", nil }, Timeout: o.Timeout, ReadSize: 4096}
	s := pool.NewServer("g0", addr, o, slog.New(slog.DiscardHandler))
	t.Cleanup(s.Close)
	return s
}

// TestLease lends the connections of one MySQL server to many at once.
func TestLease(t *testing.T) {
	addr := mysqltest.Start(t, mysqltest.Options{}).Addr()
	t.Run("all connections at once are dialled in turn", func(t *testing.T) { burst(t, addr) })
	t.Run("many share a few connections", func(t *testing.T) { share(t, addr) })
}

// burst wants all connections there may be, at once, and holds them until all are lent.
func burst(t *testing.T, addr string) {
	const all = 500
	s := newServer(t, addr, pool.Options{Dialer: pool.Dialer{Timeout: 2 * time.Second}, Max: all, Wait: 30 * time.Second})
	var lent atomic.Int32
	full := make(chan struct{})
	var g errgroup.Group
	for range all {
		g.Go(func() error {
			c, err := s.Lease(t.Context(), &pool.Want{})
			if err != nil {
				return err
			}
			defer c.Release()
			if lent.Add(1) == all {
				close(full)
			}
			select {
			case <-full:
			case <-time.After(30 * time.Second):
			}
			return nil
		})
	}
	require.NoError(t, g.Wait())
	st := s.Stats()
	require.EqualValues(t, all, lent.Load())
	require.EqualValues(t, all, st.Dials)
	require.Positive(t, st.Waits, "everybody dialled at once")
	require.Equal(t, all, st.Idle)
}

// share lets many more wait than there are connections, of both kinds.
func share(t *testing.T, addr string) {
	const most = 4
	s := newServer(t, addr, pool.Options{Dialer: pool.Dialer{Timeout: 2 * time.Second}, Max: most, Wait: 30 * time.Second})
	var lent, peak atomic.Int32
	var g errgroup.Group
	for i := range 1000 {
		g.Go(func() error {
			c, err := s.Lease(t.Context(), &pool.Want{FoundRows: i%10 == 0})
			if err != nil {
				return err
			}
			defer c.Release()
			defer lent.Add(-1)
			if n := lent.Add(1); n > peak.Load() {
				peak.Store(n)
			}
			if c.FoundRows != (i%10 == 0) {
				t.Error("a connection of the wrong kind")
			}
			return nil
		})
	}
	require.NoError(t, g.Wait())
	require.LessOrEqual(t, int(peak.Load()), most)
	st := s.Stats()
	require.Zero(t, st.Lent)
	require.Zero(t, st.Waiting)
	require.LessOrEqual(t, st.Open, most)
}

// TestLeaseDown asks a server that accepts connections and never says a word.
func TestLeaseDown(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = ln.Close() })
	s := newServer(t, ln.Addr().String(), pool.Options{Dialer: pool.Dialer{Timeout: 200 * time.Millisecond}, Max: 100, Wait: 500 * time.Millisecond})
	began := time.Now()
	errs := make(chan error, 50)
	for range cap(errs) {
		go func() {
			_, err := s.Lease(context.Background(), &pool.Want{})
			errs <- err
		}()
	}
	for range cap(errs) {
		var down *pool.DownError
		require.ErrorAs(t, <-errs, &down) // those who only waited say the cause too
	}
	require.Less(t, time.Since(began), 3*time.Second)
	st := s.Stats()
	require.Zero(t, st.Open)
	require.Zero(t, st.Waiting)
}

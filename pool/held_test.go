package pool

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestHeld: while a group has no primary so many statements wait for one as may, and of so
// many bytes; more are told at once. One may wait whatever its size is.
func TestHeld(t *testing.T) {
	g := NewGroup("g", []string{"127.0.0.1:1", "127.0.0.1:2"}, func(string) Options { return options() }, slog.New(slog.DiscardHandler))
	t.Cleanup(g.Close)
	g.probing = Probing{Interval: time.Second, Hold: time.Minute, Held: 3, HeldBytes: 100}
	for _, s := range g.servers {
		s.SetState(State{Role: RoleReplica})
	}
	ctx, end := context.WithCancel(t.Context())
	waiting := make(chan error, 10)
	waits := func(bytes int) {
		t.Helper()
		before := g.Held()
		go func() { _, err := g.Lease(ctx, &Want{Bytes: bytes}); waiting <- err }()
		require.Eventually(t, func() bool { return g.Held() > before }, 10*time.Second, time.Millisecond)
	}
	refused := func(bytes int, why string) {
		t.Helper()
		_, err := g.Lease(t.Context(), &Want{Bytes: bytes})
		require.ErrorContains(t, err, why)
	}
	waits(90)
	refused(11, "statements of 90 bytes wait for one already")
	waits(10)
	waits(0)
	refused(0, "3 statements wait for one already")
	end()
	for range 3 {
		require.ErrorIs(t, <-waiting, context.Canceled)
	}
	ctx, end = context.WithCancel(t.Context())
	defer end()
	waits(1000)
	refused(1, "statements of 1000 bytes wait for one already")
	end()
	require.ErrorIs(t, <-waiting, context.Canceled)
	require.Zero(t, g.heldBytes)
}

package main

import (
	"context"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// run lets the same use go on for a time and returns the processors at its end.
func (p *processors) run(d time.Duration, used, waited float64) int {
	n := p.n
	for ; d > 0; d -= tick {
		n = p.next(tick, used, waited)
	}
	return n
}

func TestProcessors(t *testing.T) {
	p := &processors{n: 8, most: 8}
	require.Equal(t, 8, p.run(settled-tick, 0.5, 0), "fewer at once")
	require.Equal(t, 1, p.run(tick, 0.5, 0), "one suffices")
	require.Equal(t, 1, p.run(time.Minute, 0.75, 0.05), "one still suffices")
	require.Equal(t, 2, p.run(tick, 0.85, 0), "one is full")
	require.Equal(t, 2, p.run(time.Minute, 1.2, 0))
	require.Equal(t, 8, p.run(2*tick, 4, 0), "much more at once")
	require.Equal(t, 8, p.run(time.Minute, 9, 1), "never more than there are")
	require.Equal(t, 4, p.run(settled, 2.5, 0))
	require.Equal(t, 8, p.run(tick, 0.5, 0.2), "few in use, but goroutines wait: others have the machine")

	p = &processors{n: 4, most: 4}
	p.run(settled/2, 2.2, 0)
	require.Equal(t, 4, p.run(settled/2, 0.1, 0), "the peak counts, not the end")
	require.Equal(t, 1, p.run(settled, 0.1, 0))
	for i := range 400 { // what makes it more does not make it less by being spread
		require.LessOrEqual(t, 1, p.next(tick, 0.9, 0), i)
	}
	require.Equal(t, 2, p.n)
}

// TestFitProcessors lets Go's scheduler have little to do, and then much.
func TestFitProcessors(t *testing.T) {
	most := runtime.GOMAXPROCS(0)
	if most < 2 {
		runtime.GOMAXPROCS(2)
		t.Cleanup(func() { runtime.GOMAXPROCS(most) })
	}
	t.Setenv("GOMAXPROCS", "")
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		fitProcessors(ctx)
	}()
	require.Eventually(t, func() bool { return runtime.GOMAXPROCS(0) == 1 }, time.Minute, tick, "idle, but more than one processor")
	stop := make(chan struct{})
	for range 2 {
		go func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
			}
		}()
	}
	require.Eventually(t, func() bool { return runtime.GOMAXPROCS(0) > 1 }, time.Minute, tick, "two goroutines share one processor for ever")
	close(stop)
	cancel()
	<-done
	require.Equal(t, max(most, 1), runtime.GOMAXPROCS(0), "it leaves things as they were")
}

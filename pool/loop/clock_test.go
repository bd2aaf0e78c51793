//go:build linux

package loop

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestTicks: the time of a task on its loop is that of the event it was told of, neither
// before it happened nor after now.
func TestTicks(t *testing.T) {
	ls := loops(t, 1, longest)
	c, peer := pair(t, ls)
	var said atomic.Int64
	type reading struct{ said, task, conn, now int64 }
	got := make(chan reading, 1)
	end := task(ls, func(t *Task) {
		buf := make([]byte, 1)
		for {
			t.On(c)
			if _, err := c.Read(buf); err != nil {
				return
			}
			got <- reading{said.Load(), t.Ticks(), c.Ticks(), Ticks()}
		}
	})
	for range 5 {
		time.Sleep(20 * time.Millisecond)
		said.Store(Ticks())
		_, err := peer.Write([]byte{1})
		require.NoError(t, err)
		r := <-got
		require.LessOrEqual(t, r.said, r.task)
		require.Equal(t, r.task, r.conn)
		require.LessOrEqual(t, r.task, r.now)
	}
	require.NoError(t, peer.Close())
	within(t, end)
	var none *Task
	before := Ticks()
	require.LessOrEqual(t, before, none.Ticks(), "a task without a loop asks the clock")
	require.LessOrEqual(t, before, (*Conn)(nil).Ticks())
}

// TestSort: what clients have sent comes last, each event with its connection.
func TestSort(t *testing.T) {
	for n := range 40 {
		evs := &events{}
		clients := 0
		for i := range n {
			evs.room[i].Fd = int32(i)
			if i%7 == 3 {
				continue // the bell, or one that has gone
			}
			evs.of[i] = &Conn{fd: i}
			if i*i%5 == 1 {
				evs.of[i].client.Store(true)
				clients++
			}
		}
		evs.sort(n)
		seen := map[int32]bool{}
		for i := range n {
			c := evs.of[i]
			require.Equal(t, i >= n-clients, c != nil && c.client.Load())
			if c != nil {
				require.Equal(t, int(evs.room[i].Fd), c.fd)
			}
			seen[evs.room[i].Fd] = true
		}
		require.Len(t, seen, n)
	}
}

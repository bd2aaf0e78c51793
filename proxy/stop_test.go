package proxy

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A session is the context of its statement: what derives from it ends with the statement,
// and leaves nothing behind where it ends by itself.
func TestSessionAsContext(t *testing.T) {
	s := &session{srv: &Server{}}
	s.busy.Store(1)
	ctx, cancel := context.WithTimeout(s, time.Hour)
	defer cancel()
	over, end := context.WithCancel(s)
	require.Len(t, s.onEnd, 2, "neither needs a goroutine")
	end()
	require.ErrorIs(t, over.Err(), context.Canceled)
	require.Len(t, s.onEnd, 1)

	ran := make(chan string, 3)
	stop := s.AfterFunc(func() { ran <- "stopped" })
	require.True(t, stop())
	require.False(t, stop(), "it has been already")
	late := s.AfterFunc(func() { ran <- "at the end" })
	require.NoError(t, ctx.Err())

	s.ending(errTimeLimit, false)
	<-ctx.Done()
	require.ErrorIs(t, ctx.Err(), context.Canceled)
	require.Equal(t, "at the end", <-ran)
	require.False(t, late(), "it has run")
	require.Empty(t, s.onEnd)

	require.False(t, s.AfterFunc(func() { ran <- "behind it" })())
	require.Equal(t, "behind it", <-ran)
	require.Empty(t, ran)
	s.endings.Wait()
}

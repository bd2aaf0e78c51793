package cache

import (
	"errors"
	"net"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestLazyConn: a read ends after its deadline and not long after, whatever was set
// before, and never where none is set.
func TestLazyConn(t *testing.T) {
	mine, other := net.Pipe()
	defer mine.Close()
	defer other.Close()
	const deadline, slack = 60 * time.Millisecond, 20 * time.Millisecond
	c := &lazyConn{Conn: mine, slack: slack}
	b := make([]byte, 1)
	expires := func() {
		t.Helper()
		began := time.Now()
		require.NoError(t, c.SetReadDeadline(began.Add(deadline)))
		_, err := c.Read(b)
		require.True(t, errors.Is(err, os.ErrDeadlineExceeded))
		require.GreaterOrEqual(t, time.Since(began), deadline)
	}
	reads := func() {
		t.Helper()
		done := make(chan error, 1)
		go func() { _, err := other.Write([]byte("x")); done <- err }()
		_, err := c.Read(b)
		require.NoError(t, err)
		require.NoError(t, <-done)
	}
	expires()
	expires() // the old one has passed
	var last time.Time
	moved := 0
	for range 20 {
		require.NoError(t, c.SetDeadline(time.Time{}))
		at := time.Now().Add(deadline)
		require.NoError(t, c.SetReadDeadline(at))
		require.False(t, c.read.Before(at) || c.read.After(at.Add(slack)))
		if !c.read.Equal(last) {
			moved++
		}
		last = c.read
		reads()
		time.Sleep(time.Millisecond)
	}
	require.Less(t, moved, 15)
	require.NoError(t, c.SetReadDeadline(time.Now().Add(time.Hour)))
	expires() // an earlier one
	require.NoError(t, c.SetReadDeadline(time.Now().Add(deadline)))
	require.NoError(t, c.SetReadDeadline(time.Time{}))
	go func() { time.Sleep(3 * deadline); _, _ = other.Write([]byte("x")) }()
	_, err := c.Read(b)
	require.NoError(t, err, "no deadline is set")
}

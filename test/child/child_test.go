package child_test

import (
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/test/child"
)

// TestOutlives ends all threads of this process that no goroutine keeps, while a child lives.
func TestOutlives(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), "sleep", "60")
	done, err := child.Start(cmd)
	require.NoError(t, err)
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			runtime.LockOSThread() // and its thread ends with it
			time.Sleep(50 * time.Millisecond)
		})
	}
	all.Wait()
	select {
	case err := <-done:
		t.Fatal("it was killed", err)
	case <-time.After(200 * time.Millisecond):
	}
	require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
	require.ErrorContains(t, <-done, "terminated")
	_, open := <-done
	require.False(t, open)
}

// TestMissing says what cannot be started.
func TestMissing(t *testing.T) {
	done, err := child.Start(exec.CommandContext(t.Context(), "/no/such/program"))
	require.ErrorContains(t, err, "/no/such/program")
	require.NoError(t, <-done)
}

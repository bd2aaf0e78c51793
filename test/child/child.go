// Package child starts the servers that tests and benchmarks run against.
package child

import (
	"os/exec"
	"runtime"
	"syscall"
)

// Start starts a program that is killed when this process ends, however it ends, and not
// before. How the program has ended is sent once, and then the channel is closed. The
// caller must not call Wait.
//
// The kernel sends the death signal when the thread ends that has forked, see prctl(2)
// PR_SET_PDEATHSIG: a thread that no other goroutine may end is kept for each program.
func Start(cmd *exec.Cmd) (<-chan error, error) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
	started, done := make(chan error, 1), make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			done <- cmd.Wait()
		}
		close(done)
	}()
	return done, <-started
}

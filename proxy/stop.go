package proxy

import (
	"context"
	"time"

	"github.com/sluicedb/sluice/pool"
)

// stopWith tells a server to stop the statement on c when ctx ends, and again while it
// goes on: a server that has not read it yet forgets a KILL. With cut the connection is
// given up as well, and a read on it returns at once.
//
// The returned function ends that, waits for a KILL that is under way, and reports false
// if there has been one: c is then not fit for another statement as it is.
func stopWith(ctx context.Context, c *pool.Conn, cut bool) (over func() bool) {
	done, told := make(chan struct{}), make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(told)
		for {
			kill, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
			err := c.Server().Kill(kill, c.ThreadID, cut)
			cancel()
			if err != nil || cut {
				c.Interrupt("stopped")
				return
			}
			select {
			case <-done:
				return
			case <-time.After(killAgain):
			}
		}
	})
	return func() bool {
		close(done)
		if stop() {
			return true
		}
		<-told
		return false
	}
}

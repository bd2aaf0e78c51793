package proxy

import (
	"context"
	"sync"
	"time"

	"github.com/sluicedb/sluice/pool"
	"github.com/sluicedb/sluice/pool/loop"
)

// stopper tells servers to stop the statements on the connections under it, once, and then
// again while they go on: a server that has not read a statement yet forgets a KILL.
type stopper struct {
	ctx context.Context // of the KILLs; outlives what is stopped
	cut bool            // the connections are given up as well, and reads on them return at once

	mu      sync.Mutex
	stopped bool
	under   []*stoppable
}

// stoppable is a connection under a stopper. The zero value is under none.
type stoppable struct {
	by   *stopper
	conn *pool.Conn
	done chan struct{}  // closed when it is under none any more; nil: there was no KILL
	told sync.WaitGroup // no KILL is under way
}

// watch puts the connection under the stopper until it is over.
func (x *stopper) watch(w *stoppable, c *pool.Conn) {
	x.mu.Lock()
	defer x.mu.Unlock()
	w.by, w.conn = x, c
	x.under = append(x.under, w)
	if x.stopped {
		w.stop()
	}
}

// stop has the servers told. Any goroutine may call it.
func (x *stopper) stop() {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.stopped {
		return
	}
	x.stopped = true
	for _, w := range x.under {
		if w.by != nil {
			w.stop()
		}
	}
}

// stop begins to tell the server. The caller holds the stopper's lock.
func (w *stoppable) stop() {
	by := w.by
	w.done = make(chan struct{})
	w.told.Go(func() { w.insist(by) })
}

// insist tells the server until the statement is over.
func (w *stoppable) insist(by *stopper) {
	c := w.conn
	for {
		kill, cancel := context.WithTimeout(by.ctx, 5*time.Second)
		err := c.Server().Kill(kill, c.ThreadID, by.cut)
		cancel()
		if err != nil || by.cut {
			c.Interrupt("stopped")
			return
		}
		select {
		case <-w.done:
			return
		case <-time.After(killAgain):
		}
	}
}

// over takes the connection away, and waits for a KILL that is under way. It reports false
// if there has been one, for which t goes off its loop: the connection is then not fit for
// another statement as it is.
func (w *stoppable) over(t *loop.Task) bool {
	x := w.by
	if x == nil {
		return true
	}
	x.mu.Lock()
	w.by = nil
	x.mu.Unlock()
	if w.done == nil {
		return true
	}
	close(w.done)
	t.Off()
	w.told.Wait()
	return false
}

// stopWith has a server stop the statement on c when ctx ends, with cut as a stopper does.
// The returned function ends that as over does.
func stopWith(ctx context.Context, c *pool.Conn, cut bool) (over func() bool) {
	x, w := &stopper{ctx: context.WithoutCancel(ctx), cut: cut}, &stoppable{}
	x.watch(w, c)
	forget := context.AfterFunc(ctx, x.stop)
	return func() bool {
		forget()
		return w.over(nil)
	}
}

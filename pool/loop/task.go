package loop

import (
	"iter"
	"sync/atomic"
)

// Task is a function that waits for its sockets on a loop or as a goroutine. Its methods,
// but for Tire, may be called by the function only; those of a nil Task do nothing.
type Task struct {
	loop  *Loop
	next  func() (struct{}, bool) // runs the function until it pauses or ends; nil: then is to be run
	yield func(struct{}) bool     // pauses it
	then  func(*Task)             // what to run when the task's client says something
	done  func()                  // called when the function has returned for good
	state atomic.Uint32
	tired atomic.Bool
	conns []*Conn // what it is on the loop with, its client's first
	read  int     // bytes for the present command of the client
	on    bool
	leave bool // it pauses to go off the loop
}

// States of a task.
const (
	paused   = iota
	queued   // about to run
	running  // on a loop's thread, or as a goroutine
	notified // running, and something that it may wait for has happened
)

// Go runs f as a task, off its loop, until it ends or waits on its loop for the first
// time; the rest is the loop's business. Call it on a goroutine of its own. done is called
// when the task has ended. Without loops f runs as an ordinary function, with a nil Task.
func (ls *Loops) Go(f func(*Task), done func()) {
	if ls == nil {
		defer done()
		f(nil)
		return
	}
	t := &Task{loop: ls.one(), then: f, done: done}
	t.run()
}

// On has the task wait on its loop from now on, for the next command of its client: for
// c, the client, and for what Bind adds.
// c may be nil, then nothing changes.
func (t *Task) On(c *Conn) {
	if t == nil || c == nil {
		return
	}
	t.read = 0
	if t.on {
		return
	}
	t.on = true
	if !c.client.Load() {
		c.client.Store(true)
	}
	t.Bind(c)
}

// Bind has the task, while it is on its loop, wait there for a connection that it alone
// uses. Conn.Release ends that.
func (t *Task) Bind(c *Conn) {
	if t == nil || c == nil || !t.on || c.task == t {
		return
	}
	if !c.watchBy(t.loop) {
		t.Off()
		return
	}
	c.task = t
	t.conns = append(t.conns, c)
}

// Release has a connection waited for by whoever uses it next. c may be nil.
func (c *Conn) Release() {
	if c == nil || c.task == nil {
		return
	}
	t := c.task
	c.task = nil
	if n := len(t.conns) - 1; t.conns[n] == c { // it nearly always is
		t.conns[n], t.conns = nil, t.conns[:n]
		return
	}
	for i, o := range t.conns {
		if o == c {
			t.conns = append(t.conns[:i], t.conns[i+1:]...)
			return
		}
	}
}

// OnLoop reports whether the task waits on its loop.
func (t *Task) OnLoop() bool { return t != nil && t.on }

// Suits reports whether a connection is watched by who will wait for it if the task uses
// it next: nothing has to be moved then.
func (t *Task) Suits(c *Conn) bool {
	switch {
	case c == nil:
		return true
	case !t.OnLoop():
		return !c.Watched()
	}
	return c.Watched() && c.loop == t.loop
}

// Off lets the task wait for whatever it wants from now on: it becomes a goroutine.
func (t *Task) Off() {
	if t == nil || !t.on {
		return
	}
	for i, c := range t.conns {
		c.task, t.conns[i] = nil, nil
	}
	t.conns = t.conns[:0]
	t.on, t.leave = false, true
	t.pause()
}

// Tire has a task that waits for its client fail with ErrTired, so that it can Sleep. Any
// goroutine may call it.
func (t *Task) Tire() {
	t.tired.Store(true)
	t.wake(nil)
}

// Sleep has then run when the task's client can be read, or is lost, after the function
// has returned. A sleeping task has no stack. It must be on its loop.
func (t *Task) Sleep(then func(*Task)) {
	t.then = then
	t.conns[0].in.waiter.Store(t)
}

// pause returns when the task is woken, or has become a goroutine.
func (t *Task) pause() { t.yield(struct{}{}) }

// start makes the function ready to run.
func (t *Task) start() {
	f := t.then
	t.then = nil
	t.next, _ = iter.Pull(func(yield func(struct{}) bool) {
		t.yield = yield
		f(t)
	})
}

// run runs the task until it waits on its loop, ends, or goes off the loop: then left is
// true.
func (t *Task) run() (left bool) {
	if t.state.Load() != running {
		t.state.Store(running)
	}
	for {
		if t.next == nil {
			t.start()
		}
		_, goesOn := t.next()
		switch {
		case !goesOn && t.then == nil:
			t.done()
			return false
		case !goesOn:
			t.next, t.yield = nil, nil
			if c := t.conns[0]; c.due(&c.in) {
				continue
			}
		case t.leave:
			t.leave = false
			go t.run()
			return true
		}
		if t.state.CompareAndSwap(running, paused) {
			return false
		}
		t.state.Store(running) // it was notified
	}
}

// wake has the task look again at what it waits for. here is the loop whose thread calls;
// nil: another goroutine does.
func (t *Task) wake(here *Loop) {
	for {
		switch t.state.Load() {
		case paused:
			next := uint32(queued)
			if here == t.loop {
				next = running
			}
			if !t.state.CompareAndSwap(paused, next) {
				continue
			}
			if here == t.loop {
				here.enter(t)
			} else {
				t.loop.push(t)
			}
			return
		case running:
			if t.state.CompareAndSwap(running, notified) {
				return
			}
		default:
			return
		}
	}
}

//go:build linux

package loop

import (
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// Conn is a socket that a loop watches, or, while only goroutines use it, Go's scheduler:
// a loop would wake them the long way round. As with other net.Conns, one goroutine may
// read and another write at a time, and the rest may be called by any.
type Conn struct {
	plain         *plain       // what waits for it while no loop watches it; changed by its user, with mu held
	fd            int          // while a loop does
	uses          atomic.Int64 // 2 for each that is under way, and 1 once it is closed
	in, out       side
	local, remote net.Addr
	kept          atomic.Bool // its loop's pile has something for it
	owes          atomic.Bool // it owes something
	client        atomic.Bool // a task has waited for it as its client
	task          *Task       // who waits on the loop for it; nil: whoever uses it waits as a goroutine

	owed  sync.Mutex
	owing []byte // what there was no room for; guarded by owed

	mu   sync.Mutex
	keep net.KeepAliveConfig
	loop *Loop  // it is watched by; guarded by mu, but stable for its task
	slot uint32 // there; guarded by mu
}

// side is one direction of a socket.
type side struct {
	ready  atomic.Bool          // there was something to read or room to write after the last attempt
	hung   atomic.Bool          // the peer has gone: reading does not block any more
	late   atomic.Bool          // the deadline is over
	waiter atomic.Pointer[Task] // waits on the loop
	blocks atomic.Bool          // a goroutine waits for woken
	woken  chan struct{}

	mu    sync.Mutex
	until time.Time // the deadline; zero: there is none
	timer *time.Timer
}

// ErrTired is what reading gives a task that has been told to sleep; nothing is lost.
var ErrTired net.Error = tired{}

type tired struct{}

func (tired) Error() string   { return "told to sleep" }
func (tired) Timeout() bool   { return false }
func (tired) Temporary() bool { return true } // so that TLS does not give up

// Adopt takes over the socket of nc. What it cannot take over it gives back as it is.
// Until a task binds it, or Watch is called, Go's scheduler waits for it. keep is how the
// socket is kept alive.
func (ls *Loops) Adopt(nc net.Conn, keep net.KeepAliveConfig) net.Conn {
	p := plainOf(nc)
	if p == nil {
		return nc
	}
	if ls == nil {
		return p
	}
	c := &Conn{plain: p, fd: -1, keep: keep, local: nc.LocalAddr(), remote: nc.RemoteAddr()}
	c.out.ready.Store(true)
	return c
}

// Watch has a loop watch the connection.
func (ls *Loops) Watch(c *Conn) {
	if c != nil {
		c.watchBy(ls.one())
	}
}

// Watched reports whether a loop watches the connection.
func (c *Conn) Watched() bool { return c != nil && c.plain == nil }

// Of is the Conn that nc is or wraps; nil: it has none.
func Of(nc net.Conn) *Conn {
	for {
		switch c := nc.(type) {
		case *Conn:
			return c
		case interface{ NetConn() net.Conn }:
			nc = c.NetConn()
		default:
			return nil
		}
	}
}

// watchBy has a loop watch the connection. False: it cannot. Only who uses the connection
// may call it.
func (c *Conn) watchBy(l *Loop) bool {
	c.flush()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.plain == nil && c.loop == l {
		return true
	}
	switch {
	case c.uses.Load()&1 != 0:
		return false
	case c.plain != nil:
		return c.take(l)
	}
	c.loop.remove(c)
	c.loop = l
	return l.add(c) == nil
}

// take takes the socket from Go's scheduler. c.mu is held.
func (c *Conn) take(l *Loop) bool {
	fd := -1
	_ = c.plain.raw.Control(func(old uintptr) {
		if n, _, e := syscall.RawSyscall(syscall.SYS_FCNTL, old, syscall.F_DUPFD_CLOEXEC, 0); e == 0 {
			fd = int(n)
		}
	})
	if fd < 0 {
		return false
	}
	if c.in.woken == nil {
		c.in.woken, c.out.woken = make(chan struct{}, 1), make(chan struct{}, 1)
	}
	c.fd, c.loop = fd, l
	c.in.hung.Store(false)
	c.in.ready.Store(true) // what Go's scheduler knew of it is lost
	c.out.ready.Store(true)
	if l.add(c) != nil {
		_ = syscall.Close(fd)
		c.fd, c.loop = -1, nil
		return false
	}
	was := c.plain
	c.plain = nil
	_ = was.Close()
	c.in.limit(c.in.until)
	c.out.limit(c.out.until)
	return true
}

// Unwatch gives the socket back to Go's scheduler, if a loop watches it: goroutines will
// wait for it. Only who uses the connection may call it. Where it cannot be done the loop
// goes on watching.
func (c *Conn) Unwatch() {
	if c == nil {
		return
	}
	c.flush()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.plain != nil || c.fd < 0 || c.owes.Load() {
		return
	}
	p := plainOf(copyOf(c.fd))
	if p == nil {
		return
	}
	if t, ok := p.Conn.(*net.TCPConn); ok {
		_ = t.SetKeepAliveConfig(c.keep)
	}
	c.loop.remove(c)
	_ = syscall.Close(c.fd)
	c.fd, c.loop, c.plain = -1, nil, p
	_ = p.SetReadDeadline(c.in.disarm())
	_ = p.SetWriteDeadline(c.out.disarm())
}

// copyOf returns the socket under another number, as Go's own; nil: it cannot.
func copyOf(fd int) net.Conn {
	n, _, e := syscall.RawSyscall(syscall.SYS_FCNTL, uintptr(fd), syscall.F_DUPFD_CLOEXEC, 0)
	if e != 0 {
		return nil
	}
	f := os.NewFile(n, "")
	defer f.Close()
	nc, err := net.FileConn(f)
	if err != nil {
		return nil
	}
	return nc
}

// enter begins a use of the socket; false: it is closed.
func (c *Conn) enter() bool {
	if c.uses.Add(2)&1 == 0 {
		return true
	}
	c.leave()
	return false
}

func (c *Conn) leave() {
	if c.uses.Add(-2) == 1 {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.destroy()
	}
}

// destroy closes the socket after its last use. c.mu is held.
func (c *Conn) destroy() {
	if c.fd >= 0 {
		c.loop.remove(c)
		_ = syscall.Close(c.fd)
		c.fd = -1
	}
}

// Close closes the socket. What waits for it gets net.ErrClosed.
func (c *Conn) Close() error {
	c.flush()
	c.mu.Lock()
	defer c.mu.Unlock()
	n := c.uses.Or(1)
	switch {
	case n&1 != 0:
		return net.ErrClosed
	case c.plain != nil:
		return c.plain.Close()
	case n == 0:
		c.destroy()
	}
	c.in.disarm()
	c.out.disarm()
	c.in.tell(nil)
	c.out.tell(nil)
	return nil
}

// happened notes events of the kernel and tells those who wait for them.
func (c *Conn) happened(events uint32, here *Loop) {
	const gone = syscall.EPOLLRDHUP | syscall.EPOLLHUP | syscall.EPOLLERR
	if events&(syscall.EPOLLIN|gone) != 0 {
		if events&gone != 0 {
			c.in.hung.Store(true)
		}
		c.in.ready.Store(true)
		c.in.tell(here)
	}
	if events&(syscall.EPOLLOUT|syscall.EPOLLHUP|syscall.EPOLLERR) != 0 {
		if !c.out.ready.Load() { // it nearly always is, and loads are cheaper
			c.out.ready.Store(true)
		}
		if c.owes.Load() {
			c.settle()
		}
		c.out.tell(here)
	}
}

// tell wakes who waits for this side.
func (s *side) tell(here *Loop) {
	if s.blocks.Load() {
		select {
		case s.woken <- struct{}{}:
		default:
		}
	}
	if t := s.waiter.Load(); t != nil {
		t.wake(here)
	}
}

// due reports whether a wait for a side is over.
func (c *Conn) due(s *side) bool {
	return s.ready.Load() || s.hung.Load() || s.late.Load() || c.uses.Load()&1 != 0
}

// wait waits until a side is ready.
func (c *Conn) wait(s *side) error {
	for {
		switch {
		case c.uses.Load()&1 != 0:
			return net.ErrClosed
		case s.late.Load():
			return os.ErrDeadlineExceeded
		case s.ready.Load() || s.hung.Load():
			return nil
		}
		if t := c.task; t != nil {
			s.waiter.Store(t)
			if !c.due(s) && !t.tired.Load() {
				t.pause()
			}
			s.waiter.Store(nil)
			if t.tired.Load() && t.tired.Swap(false) && !c.due(s) && s == &c.in && t.conns[0] == c {
				return ErrTired
			}
			continue
		}
		s.blocks.Store(true)
		if !c.due(s) {
			<-s.woken
		}
		s.blocks.Store(false)
	}
}

// Read reads what is there, or waits for something.
func (c *Conn) Read(p []byte) (int, error) {
	if c.plain != nil {
		return c.plain.Read(p)
	}
	if len(p) == 0 {
		return 0, nil
	}
	n, err := c.readWatched(p)
	if n > 0 {
		c.count(n)
	}
	return n, err
}

func (c *Conn) readWatched(p []byte) (int, error) {
	if !c.enter() {
		return 0, net.ErrClosed
	}
	defer c.leave()
	for {
		if err := c.wait(&c.in); err != nil {
			return 0, err
		}
		c.in.ready.Store(false) // an event from here on says that there is more
		n, e := recv(uintptr(c.fd), p)
		switch {
		case e == syscall.EINTR:
			c.in.ready.Store(true)
		case e == syscall.EAGAIN:
			c.in.hung.Store(false)
		case e != 0:
			return 0, os.NewSyscallError("read", e)
		case n == 0:
			c.in.ready.Store(true)
			return 0, io.EOF
		default:
			if n == len(p) {
				c.in.ready.Store(true) // a shorter read has found all there was
			}
			return n, nil
		}
	}
}

// mostRead is how many bytes a task may read on its loop for one command of its client. A
// stream that goes on is better read by a goroutine, which comes later and finds more,
// and keeps nobody waiting.
const mostRead = 64 << 10

// count counts what a task reads, and makes it a goroutine if that is much.
func (c *Conn) count(n int) {
	t := c.task
	if t == nil {
		return
	}
	if t.read += n; t.read > mostRead {
		conns := append([]*Conn{c}, t.conns[1:]...)
		t.Off()
		for _, c := range conns { // the client's stays, unless it is what was read
			c.Unwatch()
		}
	}
}

// Write writes all of p.
func (c *Conn) Write(p []byte) (int, error) {
	if c.plain != nil {
		return c.plain.Write(p)
	}
	if t := c.task; t != nil && t.loop.pile.keep(c, p) {
		return len(p), nil
	}
	if !c.enter() {
		return 0, net.ErrClosed
	}
	defer c.leave()
	c.flush()
	for done := 0; ; {
		if done == len(p) {
			return done, nil
		}
		if err := c.wait(&c.out); err != nil {
			return done, err
		}
		if c.owes.Load() {
			c.settle()
			continue
		}
		n, e := c.tryWrite(p[done:])
		switch e {
		case 0:
			done += n
		case syscall.EAGAIN, syscall.EINTR:
		default:
			return done, os.NewSyscallError("write", e)
		}
	}
}

// tryWrite writes what there is room for; with EAGAIN, an event says when there is some.
func (c *Conn) tryWrite(p []byte) (int, syscall.Errno) {
	n, e := send(uintptr(c.fd), p)
	if e == syscall.EAGAIN {
		c.out.ready.Store(false) // an event from here on says that there is room
		if n, e = send(uintptr(c.fd), p); e == 0 {
			c.out.ready.Store(true)
		}
	}
	return n, e
}

// limit sets the deadline of a side.
func (s *side) limit(t time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.until = t
	d := time.Until(t)
	switch {
	case t.IsZero():
		s.late.Store(false)
		if s.timer != nil {
			s.timer.Stop()
		}
		return
	case d <= 0:
		s.late.Store(true)
		s.tell(nil)
		return
	}
	s.late.Store(false)
	if s.timer == nil {
		s.timer = time.AfterFunc(d, s.expire)
	} else {
		s.timer.Reset(d)
	}
}

// disarm stops the timer of a side, and returns its deadline.
func (s *side) disarm() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.late.Store(false)
	if s.timer != nil {
		s.timer.Stop()
	}
	return s.until
}

func (s *side) expire() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.until.IsZero() && time.Until(s.until) <= 0 { // else it was meant for an earlier deadline
		s.late.Store(true)
		s.tell(nil)
	}
}

// SetDeadline sets both deadlines; see net.Conn.
func (c *Conn) SetDeadline(t time.Time) error {
	return errors.Join(c.SetReadDeadline(t), c.SetWriteDeadline(t))
}

// SetReadDeadline sets the deadline of reading; see net.Conn.
func (c *Conn) SetReadDeadline(t time.Time) error {
	return c.limit(&c.in, t, (*plain).SetReadDeadline)
}

// SetWriteDeadline sets the deadline of writing; see net.Conn.
func (c *Conn) SetWriteDeadline(t time.Time) error {
	return c.limit(&c.out, t, (*plain).SetWriteDeadline)
}

// limit sets the deadline of a side, which Go's scheduler is told by tell if it waits.
func (c *Conn) limit(s *side, t time.Time, tell func(*plain, time.Time) error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.plain != nil {
		s.until = t
		return tell(c.plain, t)
	}
	s.limit(t)
	return nil
}

// LocalAddr is our end.
func (c *Conn) LocalAddr() net.Addr { return c.local }

// RemoteAddr is the peer's end.
func (c *Conn) RemoteAddr() net.Addr { return c.remote }

// SyscallConn lets the socket be looked at.
func (c *Conn) SyscallConn() (syscall.RawConn, error) { return raw{c}, nil }

// raw allows to look at a socket, but not to wait for it.
type raw struct{ c *Conn }

func (r raw) Control(f func(fd uintptr)) error {
	r.c.mu.Lock()
	defer r.c.mu.Unlock()
	switch {
	case r.c.plain != nil:
		return r.c.plain.raw.Control(f)
	case r.c.fd < 0 || r.c.uses.Load()&1 != 0:
		return net.ErrClosed
	}
	f(uintptr(r.c.fd))
	return nil
}

func (r raw) Read(func(fd uintptr) bool) error  { return errors.ErrUnsupported }
func (r raw) Write(func(fd uintptr) bool) error { return errors.ErrUnsupported }

//go:build linux

package loop

import (
	"fmt"
	"os"
	"runtime"
	"runtime/metrics"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"
)

// Loops are event loops that share their tasks and connections. A nil Loops leaves
// everything to Go's scheduler.
type Loops struct {
	all    []*Loop
	keeps  time.Duration // how long a task may keep its loop
	next   atomic.Uint32
	taken  atomic.Uint64
	closed sync.Once
	ran    sync.WaitGroup

	_      [64]byte     // what follows is written now and then, what is above read all the time
	looked atomic.Int64 // Ticks when somebody last looked for loops that are kept
}

// Loop watches sockets and runs the tasks that wait for them.
type Loop struct {
	of     *Loops
	epoll  int
	bell   [2]int      // a pipe that wakes it
	rung   atomic.Bool // something is in the pipe
	told   atomic.Bool // goroutines have been given something to do
	closed atomic.Bool

	runs atomic.Uint64 // counts when a task begins and when it ends to run: odd while one does
	seen atomic.Uint64 // what runs was when somebody last looked
	turn atomic.Uint64 // whose turn it is to run the loop
	now  atomic.Int64  // Ticks when the events came that are being handled

	mu    sync.Mutex
	slots []slot
	free  []uint32
	ready []*Task // to be run, told by others
	begun int     // of them, these have been

	events atomic.Pointer[events] // that are being handled
	pile   pile
}

// slot is where the events of a connection find it. The number in them tells a late event
// of one that was there before.
type slot struct {
	conn *Conn
	no   int32
}

// bellSlot is the event data of the pipe.
const bellSlot = -1

// Start starts n event loops; none, and no error, where the environment variable
// SLUICE_SOCKET is net.
func Start(n int) (*Loops, error) {
	if os.Getenv("SLUICE_SOCKET") == "net" {
		return nil, nil //nolint:nilnil // a nil Loops is one
	}
	return start(n, longest)
}

// start starts n loops that tasks may keep for so long.
func start(n int, keeps time.Duration) (*Loops, error) {
	ls := &Loops{keeps: keeps}
	for range n {
		l := &Loop{of: ls}
		if err := l.open(); err != nil {
			ls.Close()
			return nil, fmt.Errorf("event loop: %w", err)
		}
		ls.all = append(ls.all, l)
	}
	for _, l := range ls.all { // they know each other from now on
		ls.ran.Go(func() { l.run(0) })
	}
	return ls, nil
}

// Close ends the loops. Their tasks must have ended, and their connections be closed.
func (ls *Loops) Close() {
	if ls == nil {
		return
	}
	ls.closed.Do(func() {
		for _, l := range ls.all {
			l.closed.Store(true)
			l.push(nil)
		}
		ls.ran.Wait()
		for _, l := range ls.all {
			_ = syscall.Close(l.epoll)
			_, _ = syscall.Close(l.bell[0]), syscall.Close(l.bell[1])
		}
	})
}

// Taken is how often a loop had to be taken over from a task that kept it.
func (ls *Loops) Taken() uint64 {
	if ls == nil {
		return 0
	}
	return ls.taken.Load()
}

// one picks a loop, in turn.
func (ls *Loops) one() *Loop { return ls.all[int(ls.next.Add(1))%len(ls.all)] }

func (l *Loop) open() (err error) {
	if l.epoll, err = syscall.EpollCreate1(syscall.EPOLL_CLOEXEC); err != nil {
		return err
	}
	if err = syscall.Pipe2(l.bell[:], syscall.O_CLOEXEC|syscall.O_NONBLOCK); err == nil {
		err = syscall.EpollCtl(l.epoll, syscall.EPOLL_CTL_ADD, l.bell[0], &syscall.EpollEvent{Events: syscall.EPOLLIN, Fd: bellSlot})
		if err == nil {
			return nil
		}
		_, _ = syscall.Close(l.bell[0]), syscall.Close(l.bell[1])
	}
	_ = syscall.Close(l.epoll)
	return err
}

// edge is EPOLLET: events tell of changes.
const edge = 1 << 31

// add begins to watch a connection, which takes a slot. c.mu is held, or c is new.
func (l *Loop) add(c *Conn) error {
	l.mu.Lock()
	n := len(l.free)
	if n == 0 {
		l.free = append(l.free, uint32(len(l.slots)))
		l.slots = append(l.slots, slot{})
		n = 1
	}
	c.slot = l.free[n-1]
	l.free = l.free[:n-1]
	s := &l.slots[c.slot]
	s.conn = c
	s.no++
	ev := syscall.EpollEvent{Events: syscall.EPOLLIN | syscall.EPOLLOUT | syscall.EPOLLRDHUP | edge, Fd: int32(c.slot), Pad: s.no}
	l.mu.Unlock()
	err := syscall.EpollCtl(l.epoll, syscall.EPOLL_CTL_ADD, c.fd, &ev)
	if err != nil {
		l.release(c)
	}
	return err
}

// remove ends watching a connection. c.mu is held.
func (l *Loop) remove(c *Conn) {
	_ = syscall.EpollCtl(l.epoll, syscall.EPOLL_CTL_DEL, c.fd, nil)
	l.release(c)
}

func (l *Loop) release(c *Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if s := &l.slots[c.slot]; s.conn == c {
		s.conn = nil
		l.free = append(l.free, c.slot)
	}
}

// push has the loop run a task; any goroutine may call it. With nil it only wakes the
// loop.
func (l *Loop) push(t *Task) {
	if t != nil {
		l.mu.Lock()
		l.ready = append(l.ready, t)
		l.mu.Unlock()
	}
	if !l.rung.Swap(true) {
		_, _ = syscall.Write(l.bell[1], []byte{0})
	}
}

// batch is how many events a loop takes from the kernel at a time.
const batch = 64

// events are a batch that a thread has taken from the kernel. Another that takes the loop
// over handles what is left of it.
type events struct {
	room [batch]syscall.EpollEvent
	of   [batch]*Conn
	n    atomic.Int32
	next atomic.Int32 // the first that nobody has begun to handle
}

// lenient is for how long a loop lets Go's scheduler wait for events after it has given
// goroutines something to do. It is enough for a login on a server, which is what most
// statements leave their loop for that others do not wait for.
const lenient = 5 * time.Millisecond

// mostHeld is how long a loop keeps a processor from goroutines that could use it.
const mostHeld = time.Millisecond

// mostAlone is how long a loop keeps a processor that no goroutine asks for. The garbage
// collector does not ask. It is less than the 10 ms after which the scheduler interrupts.
const mostAlone = 8 * time.Millisecond

// run runs the loop until it is closed or taken over. Where its tasks stay on the loop its
// thread waits for events in the kernel. That keeps a processor from Go's scheduler for a
// while, so where tasks go off the loop the scheduler waits for events, as for those of a
// socket, and uses the processor.
func (l *Loop) run(turn uint64) {
	var f *os.File // nil: not known to Go's scheduler, which would wake up for each event
	defer func() { _ = f.Close() }()
	n := 0
	wanted := newWanted()
	now := Ticks()
	l.now.Store(now)
	l.inherit(turn)
	evs := &events{}
	if l.turn.Load() == turn {
		l.events.Store(evs)
	}
	checked, yielded, lent := now, now, int64(0)
	wait := func(uintptr) bool {
		n, _ = syscall.EpollWait(l.epoll, evs.room[:], 0)
		return n > 0
	}
	for !l.closed.Load() && l.turn.Load() == turn {
		if l.told.Load() && l.told.Swap(false) {
			lent = now + int64(lenient)
		}
		switch {
		case now < lent && f == nil:
			f = l.file()
		case now >= lent && f != nil:
			_ = f.Close()
			f = nil
		}
		if n = 0; f == nil {
			n = l.wait(evs.room[:])
		} else if raw, err := f.SyscallConn(); err == nil {
			_ = raw.Read(wait)
		}
		now = Ticks()
		l.now.Store(now)
		l.of.lookAt(now)
		l.handle(evs, max(n, 0), turn)
		if now-checked > int64(mostHeld) {
			checked = now
			if now-yielded > int64(mostAlone) || wanted.yes() {
				yielded = now
				runtime.Gosched()
			}
		}
	}
}

// wanted tells whether goroutines wait for a processor. To yield where none does is dear:
// the scheduler wakes another thread to look for work, which finds the loop.
type wanted [1]metrics.Sample

func newWanted() *wanted { return &wanted{{Name: "/sched/goroutines/runnable:goroutines"}} }

func (w *wanted) yes() bool {
	metrics.Read(w[:])
	return w[0].Value.Kind() != metrics.KindUint64 || w[0].Value.Uint64() > 0
}

// wait waits for events in the kernel. Go's scheduler is not told before nothing has
// happened for a while: it would have its monitor look every 20 µs whether the processor is
// needed meanwhile, and that cost a seventh of a client's statements one after the other.
func (l *Loop) wait(evs []syscall.EpollEvent) int {
	n, _, e := syscall.RawSyscall6(syscall.SYS_EPOLL_PWAIT, uintptr(l.epoll), uintptr(unsafe.Pointer(&evs[0])), uintptr(len(evs)),
		uintptr(mostHeld.Milliseconds()), 0, 0)
	switch {
	case e != 0: // the only error is that it was interrupted
		return 0
	case n > 0:
		return int(n)
	}
	m, _ := syscall.EpollWait(l.epoll, evs, -1)
	return m
}

// inherit does what a thread that has had the loop before was kept from doing.
func (l *Loop) inherit(turn uint64) {
	l.pile.flush(true)
	if evs := l.events.Load(); evs != nil {
		l.tell(evs, turn)
		l.runReady(turn)
	}
}

// handle tells those who wait for what has happened.
func (l *Loop) handle(evs *events, n int, turn uint64) {
	rung := l.resolve(evs.room[:n], &evs.of)
	if n > 2 {
		evs.sort(n)
	}
	if n > 1 {
		l.pile.gather()
		defer l.pile.flush(true)
	}
	evs.n.Store(int32(n))
	evs.next.Store(0)
	l.tell(evs, turn)
	if rung {
		l.runReady(turn)
	}
}

// sort puts what clients have sent last. The same is done for many of a kind then, one after
// the other, for which the processor has the code at hand.
func (evs *events) sort(n int) {
	last := n
	for i := 0; i < last; {
		c := evs.of[i]
		if c == nil || !c.client.Load() {
			i++
			continue
		}
		last--
		evs.of[i], evs.of[last] = evs.of[last], c
		evs.room[i], evs.room[last] = evs.room[last], evs.room[i]
	}
}

// tell tells of the events that nobody has begun to handle.
func (l *Loop) tell(evs *events, turn uint64) {
	for n := evs.n.Load(); ; {
		i := evs.next.Add(1) - 1
		if i >= n {
			return
		}
		c, what := evs.of[i], evs.room[i].Events
		evs.of[i] = nil
		switch {
		case c == nil:
		case l.turn.Load() != turn: // a task of an earlier event has kept us so long
			c.happened(what, nil)
		default:
			if c.in.blocks.Load() || c.out.blocks.Load() {
				l.told.Store(true)
			}
			c.happened(what, l)
		}
	}
}

// file is the epoll instance as something that Go's scheduler can wait for; nil: it cannot.
func (l *Loop) file() *os.File {
	fd, _, e := syscall.RawSyscall(syscall.SYS_FCNTL, uintptr(l.epoll), syscall.F_DUPFD_CLOEXEC, 0)
	if e != 0 {
		return nil
	}
	if err := syscall.SetNonblock(int(fd), true); err != nil { // a sign for os.NewFile
		_ = syscall.Close(int(fd))
		return nil
	}
	return os.NewFile(fd, "epoll")
}

// resolve finds the connections of events, and reports whether the bell was rung.
func (l *Loop) resolve(evs []syscall.EpollEvent, of *[batch]*Conn) (rung bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range evs {
		of[i] = nil
		if evs[i].Fd == bellSlot {
			rung = true
			continue
		}
		if s := l.slots[evs[i].Fd]; s.no == evs[i].Pad {
			of[i] = s.conn
		}
	}
	return rung
}

// runReady runs the tasks that others have pushed.
func (l *Loop) runReady(turn uint64) {
	var room [16]byte
	_, _ = syscall.Read(l.bell[0], room[:])
	l.rung.Store(false)
	l.mu.Lock()
	n := len(l.ready) - l.begun
	l.mu.Unlock()
	if n > 1 {
		l.pile.gather()
		defer l.pile.flush(true)
	}
	for ; n > 0; n-- {
		l.mu.Lock()
		if len(l.ready) == 0 || l.turn.Load() != turn { // another thread has them
			l.mu.Unlock()
			return
		}
		t := l.ready[l.begun]
		l.ready[l.begun] = nil
		if l.begun++; l.begun == len(l.ready) {
			l.ready, l.begun = l.ready[:0], 0
		}
		l.mu.Unlock()
		l.enter(t)
	}
}

// enter runs a task on the loop's thread.
func (l *Loop) enter(t *Task) {
	var n uint64
	for began := false; !began; {
		was := l.runs.Load()
		n = (was + 1) | 1 // a thread that the loop was taken from may still run another
		began = l.runs.CompareAndSwap(was, n)
	}
	if t.run() {
		l.told.Store(true)
	}
	l.runs.CompareAndSwap(n, n+1)
}

// longest is how long a task may keep its loop from others.
const longest = 25 * time.Millisecond

// Look has other threads take over the loops that their tasks keep. As long as one of the
// loops gets events it does so itself; their owner has to call Look now and then, for when
// none does, and not after Close. A timer of the loops' own would cost more: a hundred
// microseconds each time on an idle machine.
func (ls *Loops) Look() {
	if ls != nil {
		ls.lookAt(Ticks())
	}
}

// lookAt takes over the loops whose task is the one that was seen last time, unless that was
// only now.
func (ls *Loops) lookAt(now int64) {
	if last := ls.looked.Load(); now-last < int64(ls.keeps) || !ls.looked.CompareAndSwap(last, now) {
		return
	}
	for _, l := range ls.all {
		n := l.runs.Load()
		if l.seen.Swap(n) == n && n&1 != 0 && l.runs.CompareAndSwap(n, n+1) {
			ls.taken.Add(1)
			turn := l.turn.Add(1)
			ls.ran.Go(func() { l.run(turn) })
		}
	}
}

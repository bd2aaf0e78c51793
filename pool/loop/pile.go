//go:build linux

package loop

import (
	"sync"
	"syscall"
)

// pile keeps what the tasks of a loop write while it handles a batch of events, until the
// end of the batch. Their peers then answer together, and the loop finds more events the
// next time: it waits less often, and takes turns with its peers less often where they
// share processors.
type pile struct {
	mu    sync.Mutex
	open  bool // a batch is being handled
	bytes []byte
	parts []part // in the order in which they were written
}

// part is what has been written to a connection, from the end of the part before.
type part struct {
	conn *Conn
	end  int
}

// mostKept is how long a write may be that is kept. Copying a longer one costs more than
// is gained.
const mostKept = 2 << 10

// gather has writes kept until flush.
func (p *pile) gather() {
	p.mu.Lock()
	p.open = true
	p.mu.Unlock()
}

// keep takes a write to c; false: it does not.
func (p *pile) keep(c *Conn, b []byte) bool {
	if len(b) > mostKept || !c.out.ready.Load() || c.owes.Load() || c.uses.Load()&1 != 0 {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.open {
		return false
	}
	p.bytes = append(p.bytes, b...)
	if n := len(p.parts); n > 0 && p.parts[n-1].conn == c {
		p.parts[n-1].end = len(p.bytes)
	} else {
		p.parts = append(p.parts, part{c, len(p.bytes)})
	}
	c.kept.Store(true)
	return true
}

// flush writes what was kept; with end nothing is kept any more.
func (p *pile) flush(end bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if end {
		p.open = false
	}
	from := 0
	for i, w := range p.parts {
		w.conn.writeKept(p.bytes[from:w.end])
		p.parts[i].conn = nil
		from = w.end
	}
	p.bytes, p.parts = p.bytes[:0], p.parts[:0]
}

// flush writes what is kept for the connection, as far as there is room.
func (c *Conn) flush() {
	if !c.kept.Load() {
		return
	}
	c.mu.Lock()
	l := c.loop
	c.mu.Unlock()
	if l != nil {
		l.pile.flush(false)
	}
}

// writeKept writes what was kept. What there is no room for the connection owes: it is
// written before anything else, when there is. An error is left to the next reading: the
// connection is lost. The pile's lock is held, so that nobody else writes but for settle.
func (c *Conn) writeKept(b []byte) {
	if !c.owes.Load() {
		b = c.pay(b)
	}
	if len(b) > 0 {
		c.owe(b)
	}
	c.kept.Store(false)
}

func (c *Conn) owe(b []byte) {
	c.owed.Lock()
	c.owing = append(c.owing, b...)
	c.owes.Store(true)
	c.owed.Unlock()
	if c.out.ready.Load() { // the event that says so may have come when nothing was owed
		c.settle()
	}
}

// settle writes what the connection owes, as far as there is room.
func (c *Conn) settle() {
	c.owed.Lock()
	defer c.owed.Unlock()
	if c.owing = c.pay(c.owing); len(c.owing) == 0 {
		c.owing = nil
		c.owes.Store(false)
	}
}

// pay writes b as far as there is room, and returns the rest.
func (c *Conn) pay(b []byte) []byte {
	if !c.enter() {
		return nil
	}
	defer c.leave()
	for len(b) > 0 {
		n, e := c.tryWrite(b)
		switch e {
		case 0:
			b = b[n:]
		case syscall.EINTR:
		case syscall.EAGAIN:
			return b
		default:
			return nil
		}
	}
	return nil
}

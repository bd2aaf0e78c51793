package wire

import (
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
)

// ErrTooLarge says that a message is larger than the reader's limit. What follows
// it on the stream has not been read: the connection must be closed.
var ErrTooLarge = errors.New("packet larger than the limit")

// ErrSequence says that a packet carried another sequence number than expected.
var ErrSequence = errors.New("packets out of order")

// Conn frames packets over a stream. It is used by one goroutine at a time; only
// the methods of Net may be called from others. A read never takes more memory
// than twice what the peer has sent.
type Conn struct {
	// Limit bounds a message in bytes; 0 means no bound.
	Limit int

	net  net.Conn // the stream below compression, for deadlines and closing
	rw   io.ReadWriter
	zip  *Compressor // nil without compression
	seq  byte
	in   []byte // read buffer; in[r:w] is unread
	r, w int
	out  []byte  // packets not yet written
	lent *[]byte // what out is part of while it is not nil
	sent int     // how often some were
	size int     // normal size of the read buffer
}

// NewConn frames packets over nc with a read buffer of size bytes.
func NewConn(nc net.Conn, size int) *Conn {
	return &Conn{net: nc, rw: nc, size: size}
}

// Net is the stream below, for deadlines, addresses and closing.
func (c *Conn) Net() net.Conn { return c.net }

// Close closes the stream without writing what is buffered.
func (c *Conn) Close() error { return c.net.Close() }

// Secure goes on over nc, which wraps the present stream in TLS. It fails if the
// peer has already sent more in clear: such bytes must never count as protected.
func (c *Conn) Secure(nc net.Conn) error {
	if c.r < c.w {
		return fmt.Errorf("%w: data before the TLS handshake", ErrMalformed)
	}
	c.net, c.rw = nc, nc
	return nil
}

// Compressed reports whether Compress was called.
func (c *Conn) Compressed() bool { return c.zip != nil }

// Compress goes on over the compressed protocol; z must wrap Net.
func (c *Conn) Compress(z *Compressor) { c.zip, c.rw = z, z }

// ResetSequence starts a new command: the next packet either way has number 0.
func (c *Conn) ResetSequence() {
	c.seq = 0
	if c.zip == nil {
		return
	}
	if len(c.out) > 0 { // what belongs to the command before is not compressed together with this one
		_, _ = c.zip.Write(c.out) // an error stays until Flush
		c.sent++
		c.out = c.out[:0]
	}
	c.zip.ResetSequence()
}

// Sequence is the number that the next packet will carry.
func (c *Conn) Sequence() byte { return c.seq }

// SetSequence sets the number of the next packet written.
func (c *Conn) SetSequence(n byte) { c.seq = n }

// ---- reading

// Buffered returns the bytes read but not consumed; they stay valid until the next
// Fill or read.
func (c *Conn) Buffered() []byte { return c.in[c.r:c.w] }

// Discard consumes n buffered bytes.
func (c *Conn) Discard(n int) {
	c.r += n
	if c.r == c.w {
		c.r, c.w = 0, 0
	}
}

// Fill reads until at least n bytes are buffered.
func (c *Conn) Fill(n int) error {
	for c.w-c.r < n {
		if err := c.more(); err != nil {
			return err
		}
	}
	return nil
}

// More reads at least one byte more into the buffer, growing it when it is full.
func (c *Conn) More() error { return c.more() }

func (c *Conn) more() error {
	switch {
	case c.in == nil:
		c.in = make([]byte, c.size)
	case c.r == c.w:
		c.r, c.w = 0, 0
	case c.w == len(c.in) && c.r > 0:
		c.w = copy(c.in, c.in[c.r:c.w])
		c.r = 0
	case c.w == len(c.in):
		grown := make([]byte, 2*len(c.in))
		copy(grown, c.in[:c.w])
		c.in = grown
	}
	n, err := c.rw.Read(c.in[c.w:])
	c.w += n
	if n > 0 {
		return nil
	}
	if err == nil {
		return io.ErrNoProgress
	}
	if err == io.EOF && c.w > c.r {
		return io.ErrUnexpectedEOF
	}
	return err
}

// keepIn is the read buffer in bytes that a connection may keep between commands: most
// statements fit, and few clients send longer ones.
const keepIn = 16 << 10

// Shrink gives back the write buffer, and a read buffer that one large message has blown
// up; call it between commands. So a peer that says nothing takes little memory.
func (c *Conn) Shrink() {
	if len(c.in) > max(4*c.size, keepIn) && c.r == c.w {
		c.in, c.r, c.w = nil, 0, 0
	}
	if c.lent == nil || len(c.out) > 0 {
		return
	}
	if cap(c.out) <= 4*flushAt {
		*c.lent = c.out
		written.Put(c.lent)
	}
	c.lent, c.out = nil, nil
}

// Rest gives the read buffer back as well, if nothing is in it.
func (c *Conn) Rest() {
	c.Shrink()
	if c.r == c.w {
		c.in, c.r, c.w = nil, 0, 0
	}
}

// header returns length and number of the packet at the front of the buffer.
func (c *Conn) header() (int, byte, error) {
	if err := c.Fill(4); err != nil {
		return 0, 0, err
	}
	h := c.in[c.r:]
	return int(h[0]) | int(h[1])<<8 | int(h[2])<<16, h[3], nil
}

// order checks and takes the number of a packet read. Under compression only the
// compressed packets are counted, see received.
func (c *Conn) order(seq byte) error {
	if c.zip == nil && seq != c.seq {
		return fmt.Errorf("%w: got %d, want %d", ErrSequence, seq, c.seq)
	}
	c.seq++
	return nil
}

// received takes the number to go on with after a whole packet: under compression that
// of the compressed packets, as a server does whenever it has flushed.
func (c *Conn) received() {
	if c.zip != nil {
		c.seq = c.zip.seq
	}
}

// ReadPacket reads one message, joining the packets of a long one. The result is
// valid until the next read. A wrong sequence number is ErrSequence.
func (c *Conn) ReadPacket() ([]byte, error) {
	n, seq, err := c.header()
	if err != nil {
		return nil, err
	}
	if err := c.order(seq); err != nil {
		return nil, err
	}
	if c.Limit > 0 && n > c.Limit {
		return nil, ErrTooLarge
	}
	if err := c.Fill(4 + n); err != nil {
		return nil, unexpected(err)
	}
	c.received()
	p := c.in[c.r+4 : c.r+4+n : c.r+4+n]
	c.r += 4 + n
	if n < MaxPayload {
		if c.r == c.w {
			c.r, c.w = 0, 0
		}
		return p, nil
	}
	return c.readLong(append([]byte(nil), p...))
}

// Keep makes the message read last stay valid for good: later reads use another buffer.
func (c *Conn) Keep() {
	in := make([]byte, max(c.size, c.w-c.r))
	c.w = copy(in, c.in[c.r:c.w])
	c.in, c.r = in, 0
}

// readLong reads the packets after the first full one of a message.
func (c *Conn) readLong(msg []byte) ([]byte, error) {
	for {
		n, seq, err := c.header()
		if err != nil {
			return nil, unexpected(err)
		}
		if err := c.order(seq); err != nil {
			return nil, err
		}
		if c.Limit > 0 && len(msg)+n > c.Limit {
			return nil, ErrTooLarge
		}
		if err := c.Fill(4 + n); err != nil {
			return nil, unexpected(err)
		}
		c.received()
		msg = append(msg, c.in[c.r+4:c.r+4+n]...)
		c.Discard(4 + n)
		if n < MaxPayload {
			return msg, nil
		}
	}
}

func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// ---- writing

// flushAt is the number of buffered bytes from which Flush is due.
const flushAt = 16 << 10

// Begin opens a packet: append its payload to the returned slice and hand that to
// End.
func (c *Conn) Begin() []byte { return append(c.buffer(), 0, 0, 0, 0) }

// written has the buffers that nobody writes to now.
var written = sync.Pool{New: func() any { return new([]byte) }}

// buffer is what is to be written so far.
func (c *Conn) buffer() []byte {
	if c.lent == nil {
		c.lent = written.Get().(*[]byte)
		c.out = *c.lent
	}
	return c.out
}

// End closes the packet opened by Begin.
func (c *Conn) End(b []byte) {
	start := len(c.out) + 4
	n := len(b) - start
	if n >= MaxPayload {
		payload := append([]byte(nil), b[start:]...)
		c.out = b[:start-4]
		c.WritePacket(payload)
		return
	}
	c.putHeader(b[start-4:], n)
	c.out = b
}

func (c *Conn) putHeader(h []byte, n int) {
	h[0], h[1], h[2], h[3] = byte(n), byte(n>>8), byte(n>>16), c.seq
	c.seq++
}

// WritePacket buffers one message, split as its length needs.
func (c *Conn) WritePacket(p []byte) {
	for {
		n := min(len(p), MaxPayload)
		c.out = append(c.buffer(), 0, 0, 0, 0)
		c.putHeader(c.out[len(c.out)-4:], n)
		c.out = append(c.out, p[:n]...)
		p = p[n:]
		if n < MaxPayload {
			return
		}
	}
}

// WriteCommand starts a new command and buffers its message: the command byte, then
// the parts.
func (c *Conn) WriteCommand(cmd Command, parts ...[]byte) {
	c.ResetSequence()
	b := append(c.Begin(), byte(cmd))
	for _, p := range parts {
		b = append(b, p...)
	}
	c.End(b)
}

// WriteOK buffers an OK packet.
func (c *Conn) WriteOK(ok OK, caps Capability) { c.End(ok.Append(c.Begin(), HeaderOK, caps)) }

// WriteError buffers an ERR packet.
func (c *Conn) WriteError(e *Error) { c.End(e.Append(c.Begin())) }

// Due reports whether enough is buffered to be worth a write.
func (c *Conn) Due() bool { return len(c.out) >= flushAt }

// Flush writes what is buffered.
func (c *Conn) Flush() error { return c.WriteThrough(nil) }

// WriteThrough writes what is buffered and then p, which holds whole or partial
// packets whose headers the caller has set.
func (c *Conn) WriteThrough(p []byte) error {
	var err error
	if len(p) > 0 || len(c.out) > 0 {
		c.sent++
	}
	switch {
	case len(p) == 0 && len(c.out) == 0:
	case len(p) == 0:
		_, err = c.rw.Write(c.out)
	case len(c.out) == 0:
		_, err = c.rw.Write(p)
	case len(p) <= 4<<10:
		c.out = append(c.out, p...)
		_, err = c.rw.Write(c.out)
	default:
		if _, err = c.rw.Write(c.out); err == nil {
			_, err = c.rw.Write(p)
		}
	}
	c.out = c.out[:0]
	if c.zip != nil && err == nil {
		err = c.zip.Flush()
	}
	return err
}

// Append buffers p, which holds whole or partial packets whose headers the caller
// has set.
func (c *Conn) Append(p []byte) { c.out = append(c.buffer(), p...) }

// Pending is the number of bytes buffered for writing.
func (c *Conn) Pending() int { return len(c.out) }

// Sent changes whenever something is written: while it stays the same, the peer has seen
// nothing of what was buffered.
func (c *Conn) Sent() int { return c.sent }

// Since returns what is buffered for writing from the given Pending on. It stays valid
// until the next write.
func (c *Conn) Since(from int) []byte { return c.out[from:] }

// Drop forgets what is buffered for writing, from the given Pending on. It is for a
// reply that turned out not to be wanted before any of it was written.
func (c *Conn) Drop(from int) { c.out = c.out[:from] }

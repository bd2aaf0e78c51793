package wire

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"sync"

	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
)

// Algorithm is a compression algorithm of the client/server protocol.
type Algorithm byte

// Compression algorithms.
const (
	NoCompression Algorithm = iota
	Zlib                    // CLIENT_COMPRESS
	Zstd                    // CLIENT_ZSTD_COMPRESSION_ALGORITHM
)

// CompressionOf is the algorithm that follows from the capabilities both sides have:
// zlib if they have both, as a MySQL server decides.
func CompressionOf(agreed Capability) Algorithm {
	switch {
	case agreed.Has(ClientCompress):
		return Zlib
	case agreed.Has(ClientZstdCompression):
		return Zstd
	}
	return NoCompression
}

func (a Algorithm) String() string {
	switch a {
	case Zlib:
		return "zlib"
	case Zstd:
		return "zstd"
	}
	return "uncompressed"
}

const (
	// compressHeader is the size of a compressed packet's header: three bytes
	// compressed length, a sequence number, three bytes uncompressed length or zero
	// (page_protocol_basic_compression_packet).
	compressHeader = 7
	// minCompress is the smallest payload worth compressing (MIN_COMPRESS_LENGTH).
	minCompress = 50
	// maxPlain is the largest payload we put into one packet. The protocol allows
	// 16 MB; a larger packet compresses no better and costs both sides its memory.
	maxPlain = 64 << 10
	// maxWindow is the largest zstd window we decode with, and so the memory one
	// packet can cost beyond what its sender has sent: as much as a packet can hold.
	maxWindow = 1 << 24
	// keepBuffer is the largest buffer kept for the next packet.
	keepBuffer = 1 << 20
)

// Compressor is the compressed protocol (page_protocol_basic_compression) as a layer
// between a stream and the framing of packets. What is written is buffered up to 64 KB
// and sent by Flush. What is read is decompressed as it is asked for: a packet never
// expands to more than its header says, at most 16 MB, and is not held expanded in
// memory. An idle Compressor holds no more than a small read buffer. It is used by one
// goroutine at a time.
//
// An error of the stream that is a timeout leaves it usable; after any other error the
// connection must be closed.
type Compressor struct {
	rw    io.ReadWriter
	algo  Algorithm
	level int
	seq   byte // number of the next packet in either direction
	run   int  // packets sent since the last one received

	in      *bufio.Reader
	stored  int     // bytes left of a packet that is not compressed
	want    int     // size of the compressed payload that is arriving, or 0
	length  int     // what the header says it expands to
	payload *[]byte // the compressed payload as far as it has arrived; nil for none
	plain   int     // bytes left to decompress
	dec     decoder // the source of them; nil when plain is 0
	src     bytes.Reader
	readErr error

	pending  *[]byte // written, not yet in a packet; nil when empty
	out      *[]byte // packets not yet sent; nil when empty
	writeErr error
}

// NewCompressor speaks the compressed protocol over rw from the packet after the OK of
// the handshake on. level is that of the algorithm (zlib 1-9, zstd 1-22); any other
// means its default (6 and 3). Levels of zstd beyond 9 are taken as 9: at 64 KB they
// gain nothing, and a client must not choose how much memory we spend.
func NewCompressor(rw io.ReadWriter, algo Algorithm, level int) *Compressor {
	switch {
	case algo == Zlib && (level < 1 || level > 9):
		level = 6
	case algo == Zstd && (level < 1 || level > 22):
		level = 3
	case algo == Zstd:
		level = min(level, 9)
	}
	return &Compressor{rw: rw, algo: algo, level: level, in: bufio.NewReaderSize(rw, 4<<10)}
}

// ResetSequence begins a new command: the next packet either way has number 0. What was
// written before it becomes a packet of its own, so that commands without a reply can
// be sent together.
func (c *Compressor) ResetSequence() {
	c.seal()
	c.seq, c.run = 0, 0
}

// Buffered is the number of bytes known to be unread; it is 0 if and only if nothing
// has been received that Read has not returned.
func (c *Compressor) Buffered() int {
	return c.stored + c.plain + c.want + c.in.Buffered()
}

// ---- reading

// Read returns decompressed bytes, never of more than one packet.
func (c *Compressor) Read(p []byte) (int, error) {
	if c.readErr != nil || len(p) == 0 {
		return 0, c.readErr
	}
	n, err := c.read(p)
	if err != nil && !isTimeout(err) {
		c.readErr = err
		c.release()
	}
	return n, err
}

func (c *Compressor) read(p []byte) (int, error) {
	if c.stored == 0 && c.plain == 0 {
		if err := c.next(); err != nil {
			return 0, err
		}
	}
	if c.stored > 0 {
		n, err := c.in.Read(p[:min(len(p), c.stored)])
		c.stored -= n
		return n, unexpected(err)
	}
	return c.inflate(p[:min(len(p), c.plain)])
}

func isTimeout(err error) bool {
	t, ok := err.(interface{ Timeout() bool }) //nolint:errorlint // errors of a net.Conn arrive unwrapped
	return ok && t.Timeout()
}

// next begins the next packet: it sets stored or plain. After a timeout it goes on
// where it was.
func (c *Compressor) next() error {
	if c.want == 0 {
		stored, err := c.header()
		if err != nil || stored {
			return err
		}
	}
	if err := c.receive(); err != nil {
		return err
	}
	return c.open()
}

// header reads a packet's header; stored says that the payload is not compressed.
func (c *Compressor) header() (stored bool, err error) {
	h, err := c.in.Peek(compressHeader)
	if err != nil {
		if len(h) > 0 {
			err = unexpected(err)
		}
		return false, err
	}
	size := int(h[0]) | int(h[1])<<8 | int(h[2])<<16
	plain := int(h[4]) | int(h[5])<<8 | int(h[6])<<16
	if err := c.order(h[3]); err != nil {
		return false, err
	}
	if size == 0 {
		return false, fmt.Errorf("%w: empty compressed packet", ErrMalformed)
	}
	if _, err := c.in.Discard(compressHeader); err != nil {
		return false, err
	}
	if plain == 0 {
		c.stored = size
		return true, nil
	}
	c.want, c.length = size, plain
	c.payload = takeBuffer()
	return false, nil
}

// order checks and takes a received number. A peer may answer before it has read all
// that was sent, for example that it is too large: it then goes on from the last number
// it has seen.
func (c *Compressor) order(seq byte) error {
	if early := int(c.seq - seq); early > c.run {
		return fmt.Errorf("%w: compressed packet %d, want %d", ErrSequence, seq, c.seq)
	}
	c.seq, c.run = seq+1, 0
	return nil
}

// receive reads the compressed payload. Memory for it is taken as it arrives.
func (c *Compressor) receive() error {
	b := *c.payload
	for len(b) < c.want {
		if len(b) == cap(b) {
			b = append(make([]byte, 0, min(2*cap(b), c.want)), b...)
		}
		n, err := c.in.Read(b[len(b):min(cap(b), c.want)])
		b = b[:len(b)+n]
		*c.payload = b
		if err != nil {
			return unexpected(err)
		}
	}
	return nil
}

// open starts decompressing the payload.
func (c *Compressor) open() error {
	c.src.Reset(*c.payload)
	dec, err := newDecoder(c.algo, &c.src)
	if err != nil {
		return c.broken(err)
	}
	c.dec, c.plain, c.want = dec, c.length, 0
	return nil
}

// inflate decompresses into p, which is not longer than plain.
func (c *Compressor) inflate(p []byte) (int, error) {
	n, err := c.dec.Read(p)
	c.plain -= n
	switch {
	case c.plain == 0:
		return n, c.finish(err)
	case err != nil:
		return n, c.broken(err)
	case n == 0:
		return 0, c.broken(io.ErrNoProgress)
	}
	return n, nil
}

// finish checks that the payload has been used up by a whole number of bytes said to be
// in it. err is what came with the last of them.
func (c *Compressor) finish(err error) error {
	if err == nil {
		var more [1]byte
		if n, last := c.dec.Read(more[:]); n > 0 {
			err = fmt.Errorf("more than %d bytes", c.length)
		} else {
			err = last
		}
	}
	if err != io.EOF {
		return c.broken(err)
	}
	if c.src.Len() > 0 {
		return c.broken(fmt.Errorf("%d bytes after the end", c.src.Len()))
	}
	c.dec.free()
	c.release()
	return nil
}

func (c *Compressor) broken(err error) error {
	return fmt.Errorf("%w: %s packet: %w", ErrMalformed, c.algo, unexpected(err))
}

// release forgets the packet that is being read.
func (c *Compressor) release() {
	c.src.Reset(nil)
	c.dec, c.want, c.plain, c.stored = nil, 0, 0, 0
	giveBuffer(&c.payload)
}

// ---- writing

// Write buffers p; when 64 KB are buffered it sends them as a packet.
func (c *Compressor) Write(p []byte) (int, error) {
	if c.writeErr != nil {
		return 0, c.writeErr
	}
	total := len(p)
	for len(p) > 0 {
		if c.pending == nil {
			c.pending = takeBuffer()
		}
		n := min(len(p), maxPlain-len(*c.pending))
		*c.pending = append(*c.pending, p[:n]...)
		p = p[n:]
		if len(*c.pending) < maxPlain && len(c.packets()) < maxPlain {
			continue
		}
		if err := c.Flush(); err != nil {
			return total - len(p), err
		}
	}
	return total, nil
}

func (c *Compressor) packets() []byte {
	if c.out == nil {
		return nil
	}
	return *c.out
}

// Flush sends what is buffered, in one write.
func (c *Compressor) Flush() error {
	if c.writeErr != nil {
		return c.writeErr
	}
	c.seal()
	if c.out == nil {
		return nil
	}
	_, c.writeErr = c.rw.Write(*c.out)
	giveBuffer(&c.out)
	return c.writeErr
}

// seal makes what is pending a packet.
func (c *Compressor) seal() {
	if c.pending == nil {
		return
	}
	if c.out == nil {
		c.out = takeBuffer()
	}
	plain, b := *c.pending, *c.out
	start := len(b)
	b = append(b, make([]byte, compressHeader)...)
	length := 0
	if len(plain) >= minCompress {
		b = deflate(b, plain, c.algo, c.level)
		length = len(plain)
	}
	if length == 0 || len(b)-start-compressHeader >= length {
		b, length = append(b[:start+compressHeader], plain...), 0
	}
	size := len(b) - start - compressHeader
	copy(b[start:], []byte{byte(size), byte(size >> 8), byte(size >> 16), c.seq,
		byte(length), byte(length >> 8), byte(length >> 16)})
	c.seq++
	c.run++
	*c.out = b
	giveBuffer(&c.pending)
}

// ---- what connections share
//
// Coders and buffers cost far more to make than to use: a zlib writer has a megabyte of
// tables. They are lent for one packet. The pools carry no state from one to the next.

var (
	buffers     = sync.Pool{New: func() any { b := make([]byte, 0, maxPlain+compressHeader); return &b }}
	zlibReaders = sync.Pool{New: func() any { return &zlibDecoder{} }}
	zstdReaders = sync.Pool{New: func() any { return newZstdDecoder() }}
	zlibWriters [10]sync.Pool
	zstdWriters [zstd.SpeedBestCompression + 1]sync.Pool
)

func takeBuffer() *[]byte { return buffers.Get().(*[]byte) }

// giveBuffer gives *b back unless one large packet has blown it up, and makes it nil.
func giveBuffer(b **[]byte) {
	if *b == nil {
		return
	}
	if cap(**b) <= keepBuffer {
		**b = (**b)[:0]
		buffers.Put(*b)
	}
	*b = nil
}

// decoder decompresses one packet. One that has met an error is dropped, not freed.
type decoder interface {
	io.Reader
	free()
}

func newDecoder(algo Algorithm, src *bytes.Reader) (decoder, error) {
	if algo == Zstd {
		d := zstdReaders.Get().(*zstdDecoder)
		return d, d.Reset(onlyReader{src})
	}
	d := zlibReaders.Get().(*zlibDecoder)
	return d, d.reset(src)
}

// onlyReader hides from the zstd decoder what else src can do, because it would then
// decompress the whole packet into memory at once.
type onlyReader struct{ io.Reader }

type zlibDecoder struct{ io.ReadCloser }

func (d *zlibDecoder) reset(src io.Reader) (err error) {
	if d.ReadCloser == nil {
		d.ReadCloser, err = zlib.NewReader(src)
		return err
	}
	return d.ReadCloser.(zlib.Resetter).Reset(src, nil)
}

func (d *zlibDecoder) free() { zlibReaders.Put(d) }

type zstdDecoder struct{ *zstd.Decoder }

// newZstdDecoder makes a decoder that starts no goroutines.
func newZstdDecoder() *zstdDecoder {
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
		zstd.WithDecoderMaxWindow(maxWindow), zstd.WithDecoderMaxMemory(maxWindow))
	if err != nil {
		panic(err) // the options are constant
	}
	return &zstdDecoder{d}
}

func (d *zstdDecoder) free() {
	_ = d.Reset(nil) // lets go of the payload
	zstdReaders.Put(d)
}

// deflate appends plain, compressed, to b.
func deflate(b, plain []byte, algo Algorithm, level int) []byte {
	if algo == Zstd {
		pool := &zstdWriters[zstd.EncoderLevelFromZstd(level)]
		w, ok := pool.Get().(*zstd.Encoder)
		if !ok {
			w = newZstdEncoder(zstd.EncoderLevelFromZstd(level))
		}
		defer pool.Put(w)
		return w.EncodeAll(plain, b)
	}
	pool := &zlibWriters[level]
	w, ok := pool.Get().(*zlib.Writer)
	if !ok {
		w = newZlibWriter(level)
	}
	defer pool.Put(w)
	dst := appender{b}
	w.Reset(&dst)
	_, _ = w.Write(plain) // neither can fail: an appender does not
	_ = w.Close()
	return dst.b
}

func newZlibWriter(level int) *zlib.Writer {
	w, err := zlib.NewWriterLevel(nil, level)
	if err != nil {
		panic(err) // NewCompressor has checked the level
	}
	return w
}

func newZstdEncoder(level zstd.EncoderLevel) *zstd.Encoder {
	w, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(level),
		zstd.WithWindowSize(maxPlain), zstd.WithEncoderCRC(false), zstd.WithLowerEncoderMem(true))
	if err != nil {
		panic(err) // the options are constant
	}
	return w
}

// appender is an io.Writer that appends.
type appender struct{ b []byte }

func (a *appender) Write(p []byte) (int, error) {
	a.b = append(a.b, p...)
	return len(p), nil
}

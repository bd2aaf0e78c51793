package wire

import (
	"bytes"
	stdzlib "compress/zlib"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/require"
)

// duplex reads from one stream and writes to another.
type duplex struct {
	io.Reader
	io.Writer
}

// compressorPair is two Compressors of which each reads what the other has flushed.
func compressorPair(algo Algorithm, level int) (a, b *Compressor) {
	var ab, ba bytes.Buffer
	return NewCompressor(duplex{&ba, &ab}, algo, level), NewCompressor(duplex{&ab, &ba}, algo, level)
}

// compressedPacket is a compressed packet with any header.
func compressedPacket(size, seq, plain int, payload []byte) []byte {
	h := []byte{byte(size), byte(size >> 8), byte(size >> 16), byte(seq), byte(plain), byte(plain >> 8), byte(plain >> 16)}
	return append(h, payload...)
}

// squeeze compresses with another implementation than the one under test where there
// is one.
func squeeze(t testing.TB, algo Algorithm, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	if algo == Zstd {
		w, err := zstd.NewWriter(nil)
		require.NoError(t, err)
		return w.EncodeAll(b, nil)
	}
	w := stdzlib.NewWriter(&out)
	_, err := w.Write(b)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return out.Bytes()
}

var algorithms = []Algorithm{Zlib, Zstd}

func TestCompressorRoundTrip(t *testing.T) {
	for _, algo := range algorithms {
		for _, size := range []int{0, 1, 49, 50, 51, 4096, maxPlain - 1, maxPlain, maxPlain + 1, 300_000, 17 << 20} {
			t.Run(fmt.Sprintf("%s/%d", algo, size), func(t *testing.T) {
				text := bytes.Repeat([]byte("tenant_id = 17, "), size/16+1)[:size]
				noise := make([]byte, size)
				r := rand.NewChaCha8([32]byte{1})
				_, _ = r.Read(noise)
				for _, data := range [][]byte{text, noise} {
					a, b := compressorPair(algo, 0)
					n, err := a.Write(data)
					require.NoError(t, err)
					require.Equal(t, size, n)
					require.NoError(t, a.Flush())
					got := make([]byte, size)
					_, err = io.ReadFull(b, got)
					require.NoError(t, err)
					require.True(t, bytes.Equal(data, got))
					require.Zero(t, b.Buffered())
					_, err = b.Read(make([]byte, 1))
					require.ErrorIs(t, err, io.EOF)
				}
			})
		}
	}
}

func TestCompressorLevels(t *testing.T) {
	data := bytes.Repeat([]byte("select name from saas_tenants; "), 500)
	for _, algo := range algorithms {
		for level := -1; level <= 23; level++ {
			var out bytes.Buffer
			a := NewCompressor(duplex{nil, &out}, algo, level)
			_, err := a.Write(data)
			require.NoError(t, err)
			require.NoError(t, a.Flush())
			require.Less(t, out.Len(), len(data)/10)
			got, err := io.ReadAll(NewCompressor(duplex{&out, nil}, algo, level))
			require.NoError(t, err)
			require.Equal(t, data, got)
		}
	}
}

func TestCompressorPackets(t *testing.T) {
	var out bytes.Buffer
	c := NewCompressor(duplex{nil, &out}, Zlib, 6)
	ping := []byte{1, 0, 0, 0, byte(ComPing)}

	t.Run("short payloads are not compressed", func(t *testing.T) {
		_, _ = c.Write(ping)
		require.Zero(t, out.Len(), "nothing is sent before Flush")
		require.NoError(t, c.Flush())
		require.Equal(t, compressedPacket(5, 0, 0, ping), out.Bytes())
		out.Reset()
		require.NoError(t, c.Flush())
		require.Zero(t, out.Len(), "an empty Flush sends nothing")
	})
	t.Run("writes become one packet", func(t *testing.T) {
		_, _ = c.Write(bytes.Repeat([]byte("a"), 100))
		_, _ = c.Write(bytes.Repeat([]byte("a"), 100))
		require.NoError(t, c.Flush())
		b := out.Bytes()
		require.Equal(t, []byte{byte(len(b) - 7), 0, 0, 1, 200, 0, 0}, b[:7])
		r, err := stdzlib.NewReader(bytes.NewReader(b[7:]))
		require.NoError(t, err)
		plain, err := io.ReadAll(r)
		require.NoError(t, err)
		require.Equal(t, strings.Repeat("a", 200), string(plain))
		out.Reset()
	})
	t.Run("what does not shrink goes as it is", func(t *testing.T) {
		noise := make([]byte, 60)
		_, _ = rand.NewChaCha8([32]byte{}).Read(noise)
		_, _ = c.Write(noise)
		require.NoError(t, c.Flush())
		require.Equal(t, compressedPacket(60, 2, 0, noise), out.Bytes())
		out.Reset()
	})
	t.Run("commands without reply are packets of their own in one write", func(t *testing.T) {
		c.ResetSequence()
		_, _ = c.Write(ping)
		c.ResetSequence()
		_, _ = c.Write(ping)
		require.Zero(t, out.Len())
		require.NoError(t, c.Flush())
		require.Equal(t, append(compressedPacket(5, 0, 0, ping), compressedPacket(5, 0, 0, ping)...), out.Bytes())
		out.Reset()
	})
	t.Run("a full buffer is sent", func(t *testing.T) {
		c.ResetSequence()
		noise := make([]byte, maxPlain)
		_, _ = rand.NewChaCha8([32]byte{}).Read(noise)
		_, _ = c.Write(noise)
		require.Equal(t, compressedPacket(maxPlain, 0, 0, noise), out.Bytes())
		require.NoError(t, c.Flush())
		require.Equal(t, maxPlain+7, out.Len())
	})
}

func TestCompressorSequence(t *testing.T) {
	exchange := func(t *testing.T, from, to *Compressor, n int) {
		t.Helper()
		for range n {
			_, _ = from.Write([]byte("x"))
			require.NoError(t, from.Flush())
		}
		_, err := io.ReadFull(to, make([]byte, n))
		require.NoError(t, err)
	}
	t.Run("continues through both directions", func(t *testing.T) {
		a, b := compressorPair(Zlib, 6)
		exchange(t, a, b, 3)
		exchange(t, b, a, 300) // wraps
		exchange(t, a, b, 1)
		require.Equal(t, byte(304&0xff), a.seq)
		require.Equal(t, a.seq, b.seq)
		a.ResetSequence()
		b.ResetSequence()
		exchange(t, a, b, 1)
	})
	t.Run("a late reset is an error", func(t *testing.T) {
		a, b := compressorPair(Zlib, 6)
		exchange(t, a, b, 1)
		a.ResetSequence()
		_, _ = a.Write([]byte("x"))
		require.NoError(t, a.Flush())
		_, err := b.Read(make([]byte, 1))
		require.ErrorIs(t, err, ErrSequence)
		_, again := b.Read(make([]byte, 1))
		require.Equal(t, err, again, "errors stay")
	})
	for seq, ok := range map[int]bool{0: true, 1: true, 2: true, 3: true, 4: false, 255: false} {
		t.Run(fmt.Sprintf("answer %d to three packets", seq), func(t *testing.T) {
			c := NewCompressor(duplex{bytes.NewReader(compressedPacket(1, seq, 0, []byte("x"))), io.Discard}, Zlib, 6)
			for range 3 {
				_, _ = c.Write([]byte("q"))
				require.NoError(t, c.Flush())
			}
			_, err := c.Read(make([]byte, 1))
			require.Equal(t, ok, err == nil, "%v", err)
			require.Equal(t, !ok, errors.Is(err, ErrSequence))
		})
	}
}

func TestCompressorMalformed(t *testing.T) {
	text := bytes.Repeat([]byte("0123456789"), 100)
	for _, algo := range algorithms {
		z := squeeze(t, algo, text)
		huge := squeeze(t, algo, make([]byte, 1<<25))
		cases := []struct {
			name string
			in   []byte
			want error
		}{
			{"nothing", nil, io.EOF},
			{"half a header", compressedPacket(9, 0, 0, nil)[:4], io.ErrUnexpectedEOF},
			{"no payload", compressedPacket(9, 0, 0, nil), io.ErrUnexpectedEOF},
			{"half a stored payload", compressedPacket(9, 0, 0, []byte("1234")), io.ErrUnexpectedEOF},
			{"half a compressed payload", compressedPacket(len(z), 0, 1000, z[:len(z)/2]), io.ErrUnexpectedEOF},
			{"empty packet", compressedPacket(0, 0, 0, nil), ErrMalformed},
			{"empty packet that claims content", compressedPacket(0, 0, 10, nil), ErrMalformed},
			{"not compressed data", compressedPacket(20, 0, 1000, text[:20]), ErrMalformed},
			{"stream cut short", compressedPacket(len(z)-5, 0, 1000, z[:len(z)-5]), ErrMalformed},
			{"claims one byte less", compressedPacket(len(z), 0, 999, z), ErrMalformed},
			{"claims one byte more", compressedPacket(len(z), 0, 1001, z), ErrMalformed},
			{"claims 16 MB", compressedPacket(len(z), 0, MaxPayload, z), ErrMalformed},
			{"bytes after the end", compressedPacket(len(z)+9, 0, 1000, append(z[:len(z):len(z)], "trailing!"...)), ErrMalformed},
			{"expands to more than 16 MB", compressedPacket(len(huge), 0, MaxPayload, huge), ErrMalformed},
			{"wrong number", compressedPacket(1, 1, 0, []byte("x")), ErrSequence},
		}
		for _, c := range cases {
			t.Run(algo.String()+"/"+c.name, func(t *testing.T) {
				z := NewCompressor(duplex{bytes.NewReader(c.in), nil}, algo, 0)
				n, err := io.Copy(io.Discard, z)
				if c.want == io.EOF {
					require.NoError(t, err)
					return
				}
				require.ErrorIs(t, err, c.want)
				require.LessOrEqual(t, n, int64(MaxPayload))
			})
		}
	}
	t.Run("zstd/window over 16 MB", func(t *testing.T) {
		w, err := zstd.NewWriter(nil, zstd.WithWindowSize(1<<25), zstd.WithSingleSegment(false))
		require.NoError(t, err)
		z := w.EncodeAll(make([]byte, 1<<25), nil)
		_, err = io.Copy(io.Discard, NewCompressor(duplex{bytes.NewReader(compressedPacket(len(z), 0, 1000, z)), nil}, Zstd, 0))
		require.ErrorIs(t, err, ErrMalformed)
	})
}

// A flawed packet must not leave a coder in a pool that fails the next connection.
func TestCompressorAfterMalformed(t *testing.T) {
	for _, algo := range algorithms {
		text := bytes.Repeat([]byte("0123456789"), 100)
		z := squeeze(t, algo, text)
		for range 20 {
			bad := bytes.NewReader(compressedPacket(len(z)-5, 0, 1000, z[:len(z)-5]))
			_, err := io.Copy(io.Discard, NewCompressor(duplex{bad, nil}, algo, 0))
			require.ErrorIs(t, err, ErrMalformed)
			good := bytes.NewReader(compressedPacket(len(z), 0, 1000, z))
			got, err := io.ReadAll(NewCompressor(duplex{good, nil}, algo, 0))
			require.NoError(t, err)
			require.Equal(t, text, got)
		}
	}
}

// timeouts fails every second read with a timeout.
type timeouts struct {
	r    io.Reader
	fail bool
}

type timeoutError struct{}

func (timeoutError) Error() string { return "i/o timeout" }
func (timeoutError) Timeout() bool { return true }

func (r *timeouts) Read(p []byte) (int, error) {
	if r.fail = !r.fail; r.fail {
		return 0, timeoutError{}
	}
	return r.r.Read(p)
}

func TestCompressorTimeouts(t *testing.T) {
	for _, algo := range algorithms {
		text := bytes.Repeat([]byte("0123456789"), 100)
		z := squeeze(t, algo, text)
		in := append(compressedPacket(len(z), 0, 1000, z), compressedPacket(3, 1, 0, []byte("end"))...)
		c := NewCompressor(duplex{&timeouts{r: iotest.OneByteReader(bytes.NewReader(in))}, nil}, algo, 0)
		var got []byte
		var err error
		for b := make([]byte, 7); err == nil || isTimeout(err); {
			var n int
			n, err = c.Read(b)
			got = append(got, b[:n]...)
		}
		require.ErrorIs(t, err, io.EOF)
		require.Equal(t, string(text)+"end", string(got))
	}
}

func TestCompressorWriteError(t *testing.T) {
	c := NewCompressor(duplex{nil, failingWriter{}}, Zlib, 6)
	_, err := c.Write([]byte("x"))
	require.NoError(t, err)
	require.ErrorIs(t, c.Flush(), io.ErrClosedPipe)
	_, err = c.Write([]byte("x"))
	require.ErrorIs(t, err, io.ErrClosedPipe)
	require.ErrorIs(t, c.Flush(), io.ErrClosedPipe)
}

type failingWriter struct{}

func (failingWriter) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

// An idle Compressor holds no buffers, and a zlib bomb costs no memory.
func TestCompressorMemory(t *testing.T) {
	a, b := compressorPair(Zlib, 6)
	_, _ = a.Write(make([]byte, 1000))
	require.NoError(t, a.Flush())
	_, err := io.ReadFull(b, make([]byte, 1000))
	require.NoError(t, err)
	require.Nil(t, a.pending)
	require.Nil(t, a.out)
	require.Nil(t, b.payload)
	require.Nil(t, b.dec)

	z := squeeze(t, Zlib, make([]byte, MaxPayload))
	in := bytes.NewReader(compressedPacket(len(z), 0, MaxPayload, z))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	n, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, NewCompressor(duplex{in, nil}, Zlib, 6), make([]byte, 8192))
	runtime.ReadMemStats(&after)
	require.NoError(t, err)
	require.EqualValues(t, MaxPayload, n)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(1<<20))
}

// A header alone must not make us allocate what it claims.
func TestCompressorClaims(t *testing.T) {
	for _, algo := range algorithms {
		in := compressedPacket(MaxPayload, 0, MaxPayload, make([]byte, 100))
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range 50 {
			_, err := io.ReadAll(NewCompressor(duplex{bytes.NewReader(in), nil}, algo, 0))
			require.ErrorIs(t, err, io.ErrUnexpectedEOF)
		}
		runtime.ReadMemStats(&after)
		require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(8<<20))
	}
}

func FuzzCompressorRead(f *testing.F) {
	for _, algo := range algorithms {
		z := squeeze(f, algo, bytes.Repeat([]byte("0123456789"), 10))
		f.Add(compressedPacket(len(z), 0, 100, z), byte(algo))
		f.Add(append(compressedPacket(3, 0, 0, []byte("abc")), compressedPacket(len(z), 1, 100, z)...), byte(algo))
		f.Add(compressedPacket(len(z), 0, MaxPayload, z), byte(algo))
	}
	f.Fuzz(func(t *testing.T, in []byte, algo byte) {
		c := NewCompressor(duplex{bytes.NewReader(in), nil}, Zlib+Algorithm(algo&1), 0)
		n, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{c}, make([]byte, 4096))
		if n > int64(len(in)/8+1)*MaxPayload {
			t.Fatalf("%d bytes from %d", n, len(in))
		}
		if err != nil && !errors.Is(err, ErrMalformed) && !errors.Is(err, ErrSequence) && err != io.ErrUnexpectedEOF {
			t.Fatal(err)
		}
		require.Nil(t, c.payload)
	})
}

func FuzzCompressorRoundTrip(f *testing.F) {
	f.Add([]byte("select 1"), uint16(3), byte(0))
	f.Add(bytes.Repeat([]byte("abcdef"), 1000), uint16(500), byte(7))
	f.Fuzz(func(t *testing.T, data []byte, chunk uint16, how byte) {
		a, b := compressorPair(Zlib+Algorithm(how&1), int(how>>1))
		for rest := data; len(rest) > 0; {
			n := min(int(chunk)+1, len(rest))
			_, err := a.Write(rest[:n])
			require.NoError(t, err)
			if how&2 != 0 {
				require.NoError(t, a.Flush())
			}
			rest = rest[n:]
		}
		require.NoError(t, a.Flush())
		got, err := io.ReadAll(b)
		require.NoError(t, err)
		require.True(t, bytes.Equal(data, got))
	})
}

func BenchmarkCompressor(b *testing.B) {
	row := []byte("\x1a\x00\x00\x01\x0517001\x07Widget \x0a2026-11-23")
	data := bytes.Repeat(row, 16<<10/len(row))
	for _, algo := range algorithms {
		b.Run(algo.String(), func(b *testing.B) {
			x, y := compressorPair(algo, 0)
			buf := make([]byte, len(data))
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				_, _ = x.Write(data)
				_ = x.Flush()
				if _, err := io.ReadFull(y, buf); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

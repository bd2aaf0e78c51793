package wire

import (
	"encoding/binary"
	"errors"
)

// ErrMalformed says that a peer sent bytes that are not what the protocol allows at
// that place. The connection they came from must be closed.
var ErrMalformed = errors.New("malformed packet")

// Reader takes fields from the front of a payload. The first field that does not
// fit makes it fail: all later reads return zero values and Err reports it.
type Reader struct {
	b   []byte
	bad bool
}

// NewReader reads from b, which it neither copies nor changes.
func NewReader(b []byte) Reader { return Reader{b: b} }

// Err is ErrMalformed if any read went past the end.
func (r *Reader) Err() error {
	if r.bad {
		return ErrMalformed
	}
	return nil
}

// Len is the number of bytes left.
func (r *Reader) Len() int { return len(r.b) }

// Rest returns all bytes left and consumes them.
func (r *Reader) Rest() []byte {
	b := r.b
	r.b = nil
	return b
}

// Bytes returns the next n bytes, a part of the payload.
func (r *Reader) Bytes(n uint64) []byte {
	if r.bad || n > uint64(len(r.b)) {
		r.bad, r.b = true, nil
		return nil
	}
	b := r.b[:n:n]
	r.b = r.b[n:]
	return b
}

// Uint8 reads one byte.
func (r *Reader) Uint8() byte {
	if b := r.Bytes(1); b != nil {
		return b[0]
	}
	return 0
}

// Uint16 reads two bytes, low byte first.
func (r *Reader) Uint16() uint16 {
	if b := r.Bytes(2); b != nil {
		return binary.LittleEndian.Uint16(b)
	}
	return 0
}

// Uint32 reads four bytes, low byte first.
func (r *Reader) Uint32() uint32 {
	if b := r.Bytes(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

// Uint64 reads eight bytes, low byte first.
func (r *Reader) Uint64() uint64 {
	if b := r.Bytes(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

// Lenenc reads a length-encoded integer. 0xfb (NULL) and 0xff are malformed here.
func (r *Reader) Lenenc() uint64 {
	switch c := r.Uint8(); c {
	case 0xfb, 0xff:
		r.bad, r.b = true, nil
		return 0
	case 0xfc:
		return uint64(r.Uint16())
	case 0xfd:
		b := r.Bytes(3)
		if b == nil {
			return 0
		}
		return uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16
	case 0xfe:
		return r.Uint64()
	default:
		return uint64(c)
	}
}

// LenencBytes reads a length-encoded string.
func (r *Reader) LenencBytes() []byte {
	if len(r.b) > 0 { // nearly all are short
		if n := int(r.b[0]); n < 0xfb && n < len(r.b) {
			b := r.b[1 : 1+n : 1+n]
			r.b = r.b[1+n:]
			return b
		}
	}
	return r.Bytes(r.Lenenc())
}

// LenencNull reads a length-encoded string of a text row; null is true for NULL.
func (r *Reader) LenencNull() (b []byte, null bool) {
	if !r.bad && len(r.b) > 0 && r.b[0] == 0xfb {
		r.b = r.b[1:]
		return nil, true
	}
	return r.LenencBytes(), false
}

// CString reads up to a NUL byte and consumes it.
func (r *Reader) CString() []byte {
	for i, c := range r.b {
		if c == 0 {
			b := r.b[:i:i]
			r.b = r.b[i+1:]
			return b
		}
	}
	r.bad, r.b = true, nil
	return nil
}

// AppendUint16 appends v, low byte first.
func AppendUint16(b []byte, v uint16) []byte { return binary.LittleEndian.AppendUint16(b, v) }

// AppendUint32 appends v, low byte first.
func AppendUint32(b []byte, v uint32) []byte { return binary.LittleEndian.AppendUint32(b, v) }

// AppendLenenc appends v as a length-encoded integer.
func AppendLenenc(b []byte, v uint64) []byte {
	switch {
	case v < 0xfb:
		return append(b, byte(v))
	case v < 1<<16:
		return append(b, 0xfc, byte(v), byte(v>>8))
	case v < 1<<24:
		return append(b, 0xfd, byte(v), byte(v>>8), byte(v>>16))
	}
	return binary.LittleEndian.AppendUint64(append(b, 0xfe), v)
}

// AppendLenencString appends s with its length before it.
func AppendLenencString[T ~string | ~[]byte](b []byte, s T) []byte {
	return append(AppendLenenc(b, uint64(len(s))), s...)
}

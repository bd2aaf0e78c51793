package cache

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"time"

	"github.com/klauspost/compress/zstd"
)

// What Redis keeps of a reply: a byte for the form, then the stamp it was read under,
// when it was read and how long it counts, how it is numbered, and its packets,
// compressed where the form says so.
const (
	formPlain byte = 1
	formZstd  byte = 2
)

// maxBody bounds what a compressed reply may become.
const maxBody = 16 << 20

var (
	encoder, _ = zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1))
	decoder, _ = zstd.NewReader(nil, zstd.WithDecoderMaxMemory(maxBody), zstd.WithDecoderConcurrency(1))
)

var errValue = errors.New("not a kept reply")

func encode(e *Entry, compress int) []byte {
	form, body := formPlain, e.Body
	if compress > 0 && len(body) >= compress {
		form, body = formZstd, encoder.EncodeAll(body, nil)
	}
	b := append(make([]byte, 0, len(body)+len(e.key)+128), form)
	b = appendText(b, []byte(e.there.origin))
	b = appendText(b, e.key)
	b = binary.AppendUvarint(b, uint64(len(e.there.versions)))
	for _, v := range e.there.versions {
		b = binary.AppendUvarint(b, v)
	}
	for _, v := range []uint64{uint64(e.made.UnixNano()), uint64(e.until.UnixNano()), uint64(e.First), uint64(e.Packets), e.Found, uint64(e.Status)} {
		b = binary.AppendUvarint(b, v)
	}
	return append(b, body...)
}

func appendText(b, text []byte) []byte {
	return append(binary.AppendUvarint(b, uint64(len(text))), text...)
}

// valueReader reads what encode has written; after an error it reads nothing more.
type valueReader struct {
	b   []byte
	err error
}

func (r *valueReader) number() uint64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.b, r.err = nil, errValue
		return 0
	}
	r.b = r.b[n:]
	return v
}

func (r *valueReader) text() []byte {
	n := r.number()
	if n > uint64(len(r.b)) {
		r.b, r.err = nil, errValue
		return nil
	}
	t := r.b[:n]
	r.b = r.b[n:]
	return t
}

func decode(b []byte) (*Entry, error) {
	if len(b) == 0 {
		return nil, errValue
	}
	form, r := b[0], &valueReader{b: b[1:]}
	e := &Entry{}
	e.there.origin, e.key = string(r.text()), r.text()
	n := r.number()
	if n > marks {
		return nil, errValue
	}
	for range n {
		e.there.versions = append(e.there.versions, r.number())
	}
	e.made, e.until = time.Unix(0, int64(r.number())), time.Unix(0, int64(r.number()))
	e.First, e.Packets, e.Found, e.Status = byte(r.number()), int(r.number()), r.number(), uint16(r.number())
	if e.Body = r.b; r.err != nil {
		return nil, r.err
	}
	switch form {
	case formPlain:
	case formZstd:
		var err error
		if e.Body, err = decoder.DecodeAll(e.Body, nil); err != nil {
			return nil, err
		}
	default:
		return nil, errValue
	}
	return e, nil
}

func (r *Shared) valueKey(key []byte) string {
	sum := sha256.Sum256(append([]byte("1"), key...)) // the number of the form of keys and values
	return r.o.Prefix + ":reply:" + string(sum[:])
}

// get returns a reply that Redis keeps, if it was read under the given stamp.
func (r *Shared) get(ctx context.Context, key []byte, there stamp) *Entry {
	ctx, cancel := context.WithTimeout(ctx, r.o.Deadline)
	defer cancel()
	b, err := r.redis.Get(ctx, r.valueKey(key)).Bytes()
	if err != nil {
		return nil
	}
	e, err := decode(b)
	if err != nil || string(e.key) != string(key) || !e.there.equal(there) || time.Now().After(e.until) {
		return nil
	}
	return e
}

// put gives a reply to Redis, soon; if too many wait already, not at all.
func (r *Shared) put(e *Entry) {
	select {
	case r.puts <- e:
	default:
	}
}

func (r *Shared) writePuts(ctx context.Context) {
	for {
		select {
		case e := <-r.puts:
			if ttl := time.Until(e.until); ttl > 0 && time.Now().UnixNano() >= r.closedAt.Load() {
				ctx, cancel := context.WithTimeout(ctx, r.o.Lease/2)
				r.judge(r.redis.Set(ctx, r.valueKey(e.key), encode(e, r.o.Compress), ttl).Err())
				cancel()
			}
		case <-ctx.Done():
			return
		}
	}
}

package cache

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/redis/go-redis/v9"
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

// usable is the reply that Redis keeps under a key, if it was read under the given stamp.
func usable(value, key []byte, there stamp) *Entry {
	if len(value) == 0 {
		return nil
	}
	e, err := decode(value)
	if err != nil || string(e.key) != string(key) || !e.there.equal(there) || time.Now().After(e.until) {
		return nil // of another form: written by another version
	}
	return e
}

// get returns a reply that Redis keeps, if it is usable.
func (r *Shared) get(ctx context.Context, key []byte, there stamp) (*Entry, error) {
	ctx, cancel := context.WithTimeout(ctx, r.o.Deadline)
	defer cancel()
	b, err := r.redis.Get(ctx, r.valueKey(key)).Bytes()
	if errors.Is(err, redis.Nil) {
		return nil, nil
	}
	return usable(b, key, there), err
}

// flightKey names the lease of the process that fetches a reply under a stamp.
func (r *Shared) flightKey(key []byte, there stamp) string {
	b := appendText(nil, key)
	b = appendText(b, []byte(there.origin))
	for _, v := range there.versions {
		b = binary.AppendUvarint(b, v)
	}
	sum := sha256.Sum256(b)
	return r.o.Prefix + ":flight:" + string(sum[:])
}

// flightTime is how long a process is waited for that fetches a reply, at the most.
const flightTime = 500 * time.Millisecond

// find returns a reply that Redis keeps. If another process is fetching it, find waits
// for that, within bounds; if none is, the caller has the lease and is to give it back
// with put. With missed the reply was not there a moment ago.
func (r *Shared) find(ctx context.Context, key []byte, there stamp, missed bool) (e *Entry, leased bool) {
	most := min(flightTime, r.o.Lease/2)
	until, pause := time.Now().Add(most), time.Millisecond
	for ; ; missed = false {
		if !missed {
			e, err := r.get(ctx, key, there)
			if e != nil || err != nil || time.Now().After(until) || time.Now().UnixNano() < r.closedAt.Load() {
				return e, false
			}
		}
		if r.lease(ctx, key, there, most) {
			e, _ := r.get(ctx, key, there) // whoever had the lease may have been done just now
			if e != nil {
				r.put(put{key: key, there: there, leased: true})
			}
			return e, e == nil
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return nil, false
		}
		pause = min(2*pause, 10*time.Millisecond)
	}
}

// lease takes the lease to fetch a reply, unless another process has it.
func (r *Shared) lease(ctx context.Context, key []byte, there stamp, most time.Duration) bool {
	ctx, cancel := context.WithTimeout(ctx, r.o.Deadline)
	defer cancel()
	ok, err := r.redis.SetNX(ctx, r.flightKey(key, there), r.nonce, most).Result()
	return err == nil && ok
}

// put is a reply for Redis; without one, only the lease to fetch it is given back.
type put struct {
	entry  *Entry
	key    []byte
	there  stamp
	leased bool
}

// put gives a reply to Redis, soon; if too many wait already, not at all: then it returns
// false.
func (r *Shared) put(p put) bool {
	p.key = bytes.Clone(p.key)
	select {
	case r.puts <- p:
		return true
	default:
		return false
	}
}

func (r *Shared) writePuts(ctx context.Context) {
	for {
		select {
		case p := <-r.puts:
			if time.Now().UnixNano() >= r.closedAt.Load() {
				r.judge(ctx, r.write(ctx, p))
			}
		case <-ctx.Done():
			return
		}
	}
}

// write carries out a put. The lease is given back after the reply is there; should it
// have run out and be another's by now, that one fetches beside a third, no more.
func (r *Shared) write(ctx context.Context, p put) error {
	ctx, cancel := context.WithTimeout(ctx, r.o.Lease/2)
	defer cancel()
	if p.entry != nil {
		if ttl := time.Until(p.entry.until); ttl > 0 {
			if err := r.redis.Set(ctx, r.valueKey(p.key), encode(p.entry, r.o.Compress), ttl).Err(); err != nil {
				return err
			}
		}
	}
	if !p.leased {
		return nil
	}
	return r.redis.Del(ctx, r.flightKey(p.key, p.there)).Err()
}

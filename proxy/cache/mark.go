package cache

import (
	"sync/atomic"
	"time"

	"github.com/cespare/xxhash/v2"
)

// Mark is something that replies depend on and writes change.
type Mark uint32

// marks is the number of marks there are.
const marks = 1 << 16

// Everything is the mark that every entry depends on.
const Everything Mark = 0

// MarkOf is the mark of a thing with a name of several parts, the same in every process.
func MarkOf(parts ...string) Mark {
	var d xxhash.Digest
	d.Reset()
	for _, p := range parts {
		_, _ = d.WriteString(p)
		_, _ = d.Write([]byte{0})
	}
	return Mark(1 + d.Sum64()%(marks-1))
}

// versions are the versions of all marks in this process.
type versions struct {
	of     [marks]atomic.Uint64
	paused [marks]atomic.Int64 // until when, in unix nanoseconds, a mark cannot be trusted
}

// now appends the versions of some marks; false: one of them cannot be trusted.
func (v *versions) now(dst []uint64, list []Mark) ([]uint64, bool) {
	ok, at := true, int64(0)
	for _, m := range list {
		if until := v.paused[m].Load(); until != 0 {
			if at == 0 {
				at = time.Now().UnixNano()
			}
			ok = ok && until < at
		}
		dst = append(dst, v.of[m].Load())
	}
	return dst, ok
}

// are reports whether the marks have the given versions and can be trusted.
func (v *versions) are(list []Mark, want []uint64) bool {
	var room [16]uint64
	have, ok := v.now(room[:0], list)
	if !ok || len(have) != len(want) {
		return false
	}
	for i := range have {
		if have[i] != want[i] {
			return false
		}
	}
	return true
}

// move gives the marks new versions.
func (v *versions) move(list []Mark) {
	for _, m := range list {
		v.of[m].Add(1)
	}
}

// pause makes the marks untrusted for a while.
func (v *versions) pause(list []Mark, d time.Duration) {
	until := time.Now().Add(d).UnixNano()
	for _, m := range list {
		for {
			old := v.paused[m].Load()
			if old >= until || v.paused[m].CompareAndSwap(old, until) {
				break
			}
		}
	}
}

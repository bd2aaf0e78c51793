package proxy

import (
	"bytes"
	"sync/atomic"

	"github.com/sluicedb/sluice/router/plan"
	"github.com/sluicedb/sluice/rules"
)

// spot is a plan on one shard: what all its executions there share. Its sessions change
// nothing of it but the head.
type spot struct {
	names   *names
	ran     *[outcomes]atomic.Uint64 // counts the shard's statements
	head    atomic.Pointer[head]
	learned atomic.Int32 // how many heads there have been
}

// head is the beginning of a result set, up to its rows: how many columns there are, and
// their definitions. The same bytes of a server under the same names are always the same
// for the client, so that they need not be read again.
type head struct {
	from, to []byte // as the server sends it, and as the client gets it after packet 0
	seq      byte   // of the packet behind it
}

const (
	mostHead  = 4 << 10 // bytes of a head that is kept
	mostHeads = 100     // after so many they change too often: by what the clients set, say
)

// spotOf is the spot of a plan on a shard.
func (s *session) spotOf(p *plan.Relay, on *rules.Shard) *spot {
	if at, ok := p.Kept(on); ok {
		return at.(*spot)
	}
	n := s.namesOn(on.Group) // it concerns no table, but an error may name one in the current database
	if len(p.Route.Databases) > 0 {
		n = newNamesOf(p, on)
	}
	at := &spot{names: n, ran: s.srv.metrics.ranOn(s.snap, on)}
	p.Keep(on, at)
	return at
}

// known passes on the head of the reply if it is the one that the spot knows.
func (x *relay) known() bool {
	if x.spot == nil || x.seq != 1 || x.inRows {
		return false
	}
	h := x.spot.head.Load()
	if h == nil || !bytes.HasPrefix(x.from.Buffered(), h.from) {
		return false
	}
	x.to.Append(h.to)
	x.from.Discard(len(h.from))
	x.seq = h.seq
	x.out.Bytes += int64(len(h.to))
	return true
}

// lesson begins to learn a head: the bytes of the server that are there. nil: it is not to
// be learned.
func (x *relay) lesson() []byte {
	if x.spot == nil || x.seq != 1 || x.inRows || x.spot.learned.Load() >= mostHeads {
		return nil
	}
	b := x.from.Buffered()
	if b[3] != 1 { // statements of ours have run before: the numbers of its packets are others
		return nil
	}
	return bytes.Clone(b[:min(len(b), mostHead)])
}

// learn keeps the head of so many columns that has been passed on, if all of it was there
// when the lesson began. The client's is what has been written since sent and pending.
func (x *relay) learn(from []byte, columns, sent, pending int) {
	size := 0
	for range columns + 1 {
		if len(from) < size+4 {
			return
		}
		size += 4 + (int(from[size]) | int(from[size+1])<<8 | int(from[size+2])<<16)
	}
	if len(from) < size || x.to.Sent() != sent {
		return
	}
	x.spot.learned.Add(1)
	x.spot.head.Store(&head{from[:size], bytes.Clone(x.to.Since(pending)), x.seq})
}

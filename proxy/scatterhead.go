package proxy

import (
	"bytes"

	"github.com/sluicedb/sluice/parser/wire"
)

// partHead is what a shard said before its rows when a plan was last executed there. As long
// as it says the same it need not be read again.
type partHead struct {
	packets [][]byte
	columns []wire.Column
	shown   []byte // what the client gets, from packet 1 on; nil: another shard's was shown
	learned int    // how many there have been
}

// head reads the columns of the shard's answer; the first shard's are passed on.
func (p *scatterPart) head(first bool) error {
	x := p.scattering
	if first {
		x.x.names = x.s.namesOf(x.plan, p.target.Shard)
	}
	known, err := p.known(first)
	if err != nil {
		return p.lost(err)
	}
	if !known {
		if err := p.readHead(first); err != nil {
			return err
		}
	}
	n := len(p.columns)
	if len(x.bound.Keys) > 0 || x.bound.Groups != nil {
		if len(x.extents) < n {
			x.extents = make([]extent, n*len(x.parts))
		}
		p.at, x.extents = x.extents[:0:n], x.extents[n:]
	}
	if !first && !sameLooks(x.parts[0].columns, p.columns) {
		return errLeave // the shards' tables differ: what is to be said is Gather's
	}
	return nil
}

// known takes the head if it is the one that the plan knows.
func (p *scatterPart) known(first bool) (bool, error) {
	x, c := p.scattering, p.conn
	if x.inTxn || c.Compressed() || first && x.x.seq != 1 {
		return false, nil
	}
	v, _ := x.bound.Kept(p.target.Shard)
	h, _ := v.(*partHead)
	if h == nil || first && h.shown == nil {
		return false, nil
	}
	if err := c.Fill(4); err != nil {
		return false, err
	}
	n, ok := h.begins(c.Buffered(), c.Sequence())
	if !ok {
		return false, nil
	}
	c.Discard(n)
	c.SetSequence(c.Sequence() + byte(len(h.packets)))
	p.columns = h.columns
	if first {
		x.x.to.Append(h.shown)
		x.x.seq += byte(len(h.columns) - x.hidden + 1)
		x.x.out.Bytes += int64(len(h.shown))
	}
	return true, nil
}

// begins reports whether what a server sends, from packet seq on, begins with the head, and
// how long that is.
func (h *partHead) begins(b []byte, seq byte) (n int, ok bool) {
	for _, p := range h.packets {
		rest := b[n:]
		if len(rest) < 4+len(p) || int(rest[0])|int(rest[1])<<8|int(rest[2])<<16 != len(p) || rest[3] != seq || !bytes.Equal(rest[4:4+len(p)], p) {
			return 0, false
		}
		n += 4 + len(p)
		seq++
	}
	return n, true
}

// readHead reads it packet by packet, and lets the plan know it.
func (p *scatterPart) readHead(first bool) error {
	x, h := p.scattering, &partHead{}
	sent, pending, seq := x.x.to.Sent(), x.x.to.Pending(), x.x.seq
	b, err := p.packet()
	if err != nil {
		return p.lost(err)
	}
	if len(b) > 0 && b[0] == wire.HeaderErr {
		e, err := wire.ParseError(b)
		if err != nil {
			return p.lost(err)
		}
		return p.failed(e)
	}
	r := wire.NewReader(b)
	n := int(r.Lenenc())
	if r.Err() != nil || n <= x.hidden || n > 0xffff || r.Len() > 0 {
		return p.lost(wire.ErrMalformed)
	}
	h.packets = append(h.packets, bytes.Clone(b))
	if first {
		x.x.put(wire.AppendLenenc(nil, uint64(n-x.hidden)))
	}
	h.columns = make([]wire.Column, n)
	for i := range h.columns {
		b, err := p.packet()
		if err != nil {
			return p.lost(err)
		}
		if h.columns[i], err = wire.ParseColumn(b); err != nil {
			return p.lost(err)
		}
		h.packets = append(h.packets, bytes.Clone(b))
		if first && i < n-x.hidden {
			if err := x.x.column(b); err != nil {
				return err
			}
		}
	}
	p.columns = h.columns
	if first && seq == 1 && x.x.to.Sent() == sent {
		h.shown = bytes.Clone(x.x.to.Since(pending))
	}
	p.learn(h)
	return nil
}

// learn has the plan know a head, unless it is long, or they change too often.
func (p *scatterPart) learn(h *partHead) {
	size := 0
	for _, b := range h.packets {
		size += len(b)
	}
	v, _ := p.scattering.bound.Kept(p.target.Shard)
	if old, _ := v.(*partHead); old != nil {
		h.learned = old.learned + 1
	}
	if size <= mostHead && h.learned < mostHeads {
		p.scattering.bound.Keep(p.target.Shard, h)
	}
}

// sameLooks reports whether columns can be described as others are.
func sameLooks(a, b []wire.Column) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		a, b := &a[i], &b[i]
		if a.Name != b.Name || a.Type != b.Type || a.Charset != b.Charset || (a.Flags^b.Flags)&wire.FlagUnsigned != 0 || a.Decimals != b.Decimals {
			return false
		}
	}
	return true
}

package proxy

import (
	"errors"

	"github.com/sluicedb/sluice/parser/wire"
)

// In a transaction the shards are asked on the connections that the session holds, one on
// each group, so that they see its own writes. Shards of one group are asked one after
// another: the answers of all but the last are kept until they are wanted.

// keptBytes is how much of them may be kept. A query with more is gathered.
const keptBytes = 16 << 20

// keptAnswer is an answer that has been read from its connection.
type keptAnswer struct {
	data []byte
	ends []int // of its packets
	next int
}

// askHeld asks all shards on the connections of the session's transaction, which it opens
// on the groups where it is not.
func (x *scattering) askHeld() error {
	var rounds [][]*scatterPart // no two of a round are on one connection
	asked := map[string]int{}
	for i := range x.bound.Parts {
		p := &scatterPart{scattering: x, target: x.bound.Parts[i]}
		group := p.target.Shard.Group
		if err := x.s.enlist(group); err != nil {
			return err
		}
		if asked[group] == len(rounds) {
			rounds = append(rounds, nil)
		}
		rounds[asked[group]] = append(rounds[asked[group]], p)
		asked[group]++
	}
	for i, round := range rounds {
		if err := x.round(round, func(p *scatterPart) bool { return asked[p.target.Shard.Group] > i+1 }); err != nil {
			return err
		}
	}
	x.inOrder()
	return nil
}

// round asks some shards at once, and keeps what those say on whose connection another
// has to be asked.
func (x *scattering) round(parts []*scatterPart, another func(*scatterPart) bool) error {
	for _, p := range parts {
		p.want = x.want(&p.target)
		if err := p.askOn(x.s.txn.held(p.target.Shard.Group)); err != nil {
			return err
		}
	}
	for _, p := range parts {
		if !another(p) {
			continue
		}
		if err := p.keep(); err != nil {
			return err
		}
	}
	return nil
}

// inOrder puts the shards into the order in which their rows follow each other.
func (x *scattering) inOrder() {
	at := make(map[string]*scatterPart, len(x.parts))
	for _, p := range x.parts {
		at[p.target.Shard.Name] = p
	}
	for i := range x.bound.Parts {
		x.parts[i] = at[x.bound.Parts[i].Shard.Name]
	}
}

// keep reads the shard's whole answer.
func (p *scatterPart) keep() error {
	x, k := p.scattering, &keptAnswer{}
	for !p.said {
		b, err := p.take()
		if err != nil {
			return err
		}
		if x.keptSize += len(b); x.keptSize > keptBytes {
			return errLeave
		}
		k.data = append(k.data, b...)
		k.ends = append(k.ends, len(k.data))
	}
	p.kept = k
	if last := k.packet(len(k.ends) - 1); last[0] == wire.HeaderEOF {
		ok, err := wire.ParseOK(last, true)
		switch {
		case err != nil:
			return p.lost(err)
		case ok.Warnings > 0: // the connection will not know them any more
			return errLeave
		}
	}
	return p.unwatched()
}

// take reads the next packet from the connection, and notes when it is the last.
func (p *scatterPart) take() ([]byte, error) {
	b, err := p.conn.ReadPacket()
	if err != nil {
		return nil, p.lost(err)
	}
	if len(b) == 0 {
		return nil, p.lost(wire.ErrMalformed)
	}
	p.taken++
	switch {
	case p.taken == 1 && b[0] != wire.HeaderErr:
		r := wire.NewReader(b)
		p.heads = 1 + int(r.Lenenc())
	case p.taken == 1 || p.taken > p.heads && (b[0] == wire.HeaderErr || b[0] == wire.HeaderEOF && len(b) < wire.MaxPayload):
		p.said = true
	}
	return b, nil
}

// unwatched ends the watch over the connection, on which the next statement may be one of
// the transaction.
func (p *scatterPart) unwatched() error {
	if !p.watch.over(p.scattering.s.task) {
		absorb(p.conn)
		return p.scattering.s.endedOr(errLeave)
	}
	return nil
}

// packet is the next packet of the shard's answer.
func (p *scatterPart) packet() ([]byte, error) {
	k := p.kept
	switch {
	case k == nil && p.scattering.inTxn:
		return p.take()
	case k == nil:
		return p.conn.ReadPacket()
	case k.next == len(k.ends):
		return nil, wire.ErrMalformed
	}
	k.next++
	return k.packet(k.next - 1), nil
}

func (k *keptAnswer) packet(i int) []byte {
	from := 0
	if i > 0 {
		from = k.ends[i-1]
	}
	return k.data[from:k.ends[i]]
}

// leave lets the transaction go on with its connections: what they still have to say is
// read to the end.
func (x *scattering) leave() {
	for _, p := range x.parts {
		for !p.said && p.conn.Doubtful() == "" {
			x.stopper.stop() // the servers are told to stop
			if _, err := p.take(); err != nil {
				break
			}
		}
		_ = p.unwatched()
		x.s.srv.metrics.ranOn(x.s.snap, p.target.Shard)[outcomeOf(!p.over)].Add(1)
	}
}

// inTransaction does what an error means for the session's transaction.
func (x *scattering) inTransaction(err error) error {
	if !x.inTxn {
		return err
	}
	s, e := x.s, (*wire.Error)(nil)
	if err == nil {
		e = s.relay.out.Err
	} else {
		_ = errors.As(err, &e)
	}
	if e != nil && endsTransaction(e.Number) {
		s.rollbackAll() // it has been, where the rows were read
		return err
	}
	for _, p := range x.parts {
		if p.conn.Doubtful() != "" {
			return s.lose(p.conn, &call{group: p.target.Shard.Group}, err)
		}
	}
	return err
}

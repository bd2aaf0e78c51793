package proxy

import (
	"bytes"
	"slices"

	"github.com/sluicedb/sluice/router/plan"
	"github.com/sluicedb/sluice/rules"
)

// rowsOut sends rows to their shards, as statements with many rows each, inside the
// session's open transaction, whose groups have been enlisted. Rows wait in one batch
// for each shard until there is enough for a statement; all that waits is never more
// than waitingBytes and one row, however many rows and shards there are.
type rowsOut struct {
	x *splitting // runs the statements, and adds up what they say
	// around gives what stands before and behind the rows of a shard: "INSERT INTO t
	// VALUES " and what ends the statement. The text names its table so that the shard
	// finds it with its own schema as the current one.
	around func(*rules.Shard) (head, tail []byte, err error)
	// inOrder sends the rows in the order in which they come, so that the first error and
	// the order of warnings are those of one server; single sends each by itself.
	inOrder, single bool
	copies          []*rules.Shard // each gets all rows, which are counted once

	waiting []*rowBatch // those with rows, by when their first row came
	bytes   int         // of them
	count   int         // rows so far
	shards  []*rules.Shard
}

// rowBatch are the rows of one shard that wait.
type rowBatch struct {
	shard *rules.Shard
	sql   []byte // "(1,'a'),(2,'b')"
	rows  []int  // their numbers
}

const (
	waitingBytes = 4 << 20 // of rows for all shards together
	batchRows    = 5000    // in one statement
)

// add takes one row, written as "(1,'a')", for a shard. It may send what waits.
func (r *rowsOut) add(shard *rules.Shard, row []byte) error {
	if r.inOrder && len(r.waiting) > 0 && (r.single || r.waiting[0].shard != shard) {
		if err := r.flush(); err != nil {
			return err
		}
	}
	b := r.batch(shard)
	if len(b.sql) > 0 {
		b.sql = append(b.sql, ',')
		r.bytes++
	}
	b.sql = append(b.sql, row...)
	b.rows = append(b.rows, r.count)
	r.bytes += len(row)
	r.count++
	switch {
	case len(b.sql) >= batchBytes, len(b.rows) >= batchRows:
		return r.send(b)
	case r.bytes >= waitingBytes:
		return r.flush()
	}
	return nil
}

// flush sends all that waits.
func (r *rowsOut) flush() error {
	for len(r.waiting) > 0 {
		if err := r.send(r.waiting[0]); err != nil {
			return err
		}
	}
	return nil
}

func (r *rowsOut) batch(shard *rules.Shard) *rowBatch {
	for _, b := range r.waiting {
		if b.shard == shard {
			return b
		}
	}
	b := &rowBatch{shard: shard}
	r.waiting = append(r.waiting, b)
	if !slices.Contains(r.shards, shard) {
		r.shards = append(r.shards, shard)
	}
	return b
}

// send sends one batch and forgets it.
func (r *rowsOut) send(b *rowBatch) error {
	r.waiting = slices.DeleteFunc(r.waiting, func(o *rowBatch) bool { return o == b })
	r.bytes -= len(b.sql)
	head, tail, err := r.around(b.shard)
	if err != nil {
		return err
	}
	sql := bytes.Join([][]byte{head, b.sql, tail}, nil)
	err = r.x.own(&plan.Part{Target: plan.Target{Shard: b.shard, SQL: sql}, Rows: b.rows})
	for _, shard := range r.copies {
		if err != nil {
			return err
		}
		if head, tail, err = r.around(shard); err != nil {
			return err
		}
		err = r.x.ownCopy(&plan.Part{Target: plan.Target{Shard: shard, SQL: bytes.Join([][]byte{head, b.sql, tail}, nil)}, Rows: b.rows})
	}
	return err
}

// ownCopy is own for the copy of a table that another part has changed: what it says has
// been said.
func (x *splitting) ownCopy(p *plan.Part) error {
	said := *x
	err := x.own(p)
	if err == nil {
		*x = said
	}
	return err
}

// own runs a part whose text is ours: it has no parameters.
func (x *splitting) own(p *plan.Part) error {
	executing := x.s.executing
	x.s.executing = nil
	defer func() { x.s.executing = executing }()
	return x.part(p)
}

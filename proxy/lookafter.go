package proxy

import (
	"slices"
	"strconv"

	"golang.org/x/sync/errgroup"

	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/pool"
	"github.com/sluicedb/sluice/router/plan"
)

// lookAfter runs ANALYZE, CHECK, CHECKSUM, OPTIMIZE or REPAIR TABLE on every shard, for
// the tables of one database after the other, and answers as for one of each table.
func (s *session) lookAfter(parts []plan.Turn, targets [][]plan.Target, more bool) error {
	s.srv.point("looking after")
	var columns []wire.Column
	var rows [][][]byte
	var diag []diagnostic
	for i, part := range parts {
		x := &lookingAfter{s: s, plan: part.Plan, text: part.Text, targets: targets[i]}
		if err := x.run(); err != nil {
			return s.endedOr(err)
		}
		columns = x.results[0].Columns
		rows, diag = append(rows, x.rows()...), append(diag, x.warnings[0]...)
	}
	s.diag = append(s.diag[:0], diag...)
	s.rowCount, s.found = -1, uint64(len(rows))
	if len(columns) == 0 {
		s.ok(0, more)
		return nil
	}
	s.warnedRows(columns, rows, len(diag), more)
	return nil
}

// lookingAfter is such a statement about tables of one database.
type lookingAfter struct {
	s        *session
	plan     *plan.Everywhere
	text     []byte
	targets  []plan.Target
	results  []*pool.Result // of each target
	warnings [][]diagnostic
}

// run runs it on every shard.
func (x *lookingAfter) run() error {
	d := (&defining{s: x.s, plan: x.plan, text: x.text, targets: x.targets}).describe()
	x.results, x.warnings = make([]*pool.Result, len(x.targets)), make([][]diagnostic, len(x.targets))
	var g errgroup.Group
	for i := range x.targets {
		g.Go(func() (err error) {
			x.results[i], x.warnings[i], err = x.s.srv.defineOn(x.s, x.s.snap, d, &d.Shards[i])
			return err
		})
	}
	return g.Wait()
}

// rows puts the rows of all shards together.
func (x *lookingAfter) rows() [][][]byte {
	for i, r := range x.results {
		x.s.hideSchemas(x.plan.Relay, &x.targets[i], r)
	}
	switch {
	case len(x.results[0].Columns) == 0:
		return nil
	case x.s.scan.First == parser.Checksum:
		return sumChecksums(x.results, x.plan.Objects)
	}
	return mergeStatus(x.results)
}

// hideSchemas puts the client's names in the place of a shard's, in the first column and
// in messages.
func (s *session) hideSchemas(p *plan.Relay, t *plan.Target, r *pool.Result) {
	n := s.namesOf(p, t.Shard)
	for _, row := range r.Rows {
		for i, v := range row {
			switch {
			case v == nil || n == nil:
			case i == 0:
				for _, x := range n.list {
					if rest, ok := cutPrefix(v, x.physical+"."); ok {
						row[i] = append([]byte(x.shown+"."), rest...)
					}
				}
			default:
				row[i] = []byte(n.message(string(v)))
			}
		}
	}
}

func cutPrefix(b []byte, prefix string) ([]byte, bool) {
	if len(b) < len(prefix) || string(b[:len(prefix)]) != prefix {
		return nil, false
	}
	return b[len(prefix):], true
}

// mergeStatus puts rows of Table, Op, Msg_type, Msg_text together: those of a table are
// the first shard's, unless another shard has more to say of it.
func mergeStatus(results []*pool.Result) [][][]byte {
	var tables []string
	for _, row := range results[0].Rows {
		if name := string(row[0]); !slices.Contains(tables, name) {
			tables = append(tables, name)
		}
	}
	var out [][][]byte
	for _, name := range tables {
		best := rowsOf(results[0], name)
		for _, r := range results[1:] {
			if rows := rowsOf(r, name); fine(best) && !fine(rows) {
				best = rows
			}
		}
		out = append(out, best...)
	}
	return out
}

func rowsOf(r *pool.Result, table string) [][][]byte {
	var out [][][]byte
	for _, row := range r.Rows {
		if string(row[0]) == table {
			out = append(out, row)
		}
	}
	return out
}

// fine reports whether a server has nothing to complain of.
func fine(rows [][][]byte) bool {
	return !slices.ContainsFunc(rows, func(row [][]byte) bool {
		return len(row) > 2 && (string(row[2]) == "error" || string(row[2]) == "Error" || string(row[2]) == "warning")
	})
}

// sumChecksums adds the checksums of the shards: a table's is the sum of those of its
// rows in 32 bits. A table of which each shard has a copy counts once.
func sumChecksums(results []*pool.Result, tables []plan.Object) [][][]byte {
	rows := results[0].Rows
	for _, r := range results[1:] {
		for i := range min(len(rows), len(r.Rows)) {
			if i < len(tables) && tables[i].Copy {
				continue
			}
			x, y := rows[i][1], r.Rows[i][1]
			if x == nil || y == nil {
				rows[i][1] = nil
				continue
			}
			a, _ := strconv.ParseUint(string(x), 10, 32)
			b, _ := strconv.ParseUint(string(y), 10, 32)
			rows[i][1] = strconv.AppendUint(nil, (a+b)&0xffffffff, 10)
		}
	}
	return rows
}

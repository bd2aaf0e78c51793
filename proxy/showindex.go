package proxy

import (
	"slices"

	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/pool"
	"github.com/sluicedb/sluice/router/plan"
	"github.com/sluicedb/sluice/rules"
)

// showIndex answers SHOW INDEX of a table whose rows are on several shards: what the first
// says of each key, with the cardinality added over all.
func (s *session) showIndex(p *plan.Relay, text []byte, more bool) error {
	if s.tables != nil || s.txn.why&plan.PinTableLocks != 0 {
		return plan.Unsupported("the session has locked tables, and the cardinality is that of several shards", s.snap.conf.Pos, "UNLOCK TABLES first")
	}
	if err := s.orSyntax(text, nil); err != nil {
		return err
	}
	var all *pool.Result
	var warned []diagnostic
	for _, shard := range p.AddsUp {
		r, diag, err := s.indexOn(p, text, shard)
		if err != nil {
			return s.endedOr(err)
		}
		if all == nil {
			all, warned = r, diag
			continue
		}
		addCardinality(all, r)
	}
	s.diag = append(s.diag[:0], warned...)
	s.rowCount, s.found = -1, uint64(len(all.Rows))
	s.warnedRows(all.Columns, all.Rows, len(warned), more)
	return nil
}

// indexOn is what one shard answers.
func (s *session) indexOn(p *plan.Relay, text []byte, shard *rules.Shard) (r *pool.Result, warned []diagnostic, err error) {
	t, err := p.BindTo(text, s, shard)
	if err != nil {
		return nil, nil, err
	}
	if t.SQL == nil {
		t.SQL = text
	}
	names := s.namesOf(p, shard)
	err = s.apart(shard, func(c *pool.Conn) error {
		if r, err = c.Query(string(t.SQL)); err != nil || r.OK.Warnings == 0 {
			return err
		}
		rows, err := c.QueryAll("SHOW WARNINGS")
		for _, d := range warningsOf(rows) {
			d.message = names.message(d.message)
			warned = append(warned, d)
		}
		return err
	})
	if e, ok := err.(*wire.Error); ok { //nolint:errorlint // as the server said it
		e.Message = names.message(e.Message)
	}
	if err != nil {
		return nil, nil, err
	}
	for i := range r.Columns {
		if db, ok := names.schema([]byte(r.Columns[i].Schema)); ok {
			r.Columns[i].Schema = db
		}
	}
	return r, warned, nil
}

// addCardinality adds what another shard says of the keys.
func addCardinality(all, more *pool.Result) {
	column := func(name string) int {
		return slices.IndexFunc(all.Columns, func(c wire.Column) bool { return c.Name == name })
	}
	key, part, n := column("Key_name"), column("Seq_in_index"), column("Cardinality")
	if key < 0 || part < 0 || n < 0 {
		return
	}
	for _, row := range all.Rows {
		for _, other := range more.Rows {
			if string(row[key]) == string(other[key]) && string(row[part]) == string(other[part]) {
				row[n] = plus(row[n], other[n])
			}
		}
	}
}

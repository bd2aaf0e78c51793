package proxy

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/router/plan"
	"github.com/sluicedb/sluice/rules"
)

// analyzed answers EXPLAIN ANALYZE of a query that needs several shards: with the tree of
// each shard that answers for its own rows, or with that of the server to which the rows
// are copied, each under a heading that names the shard. done is false for everything else;
// refused is why it does not run on one shard.
func (s *session) analyzed(p *plan.Relay, text []byte, more bool, refused error) (done bool, err error) {
	r, ok := errors.AsType[*plan.Refusal](refused)
	if p.Explains != plan.ExplainAnalyze || p.Class != plan.Read || !ok || !r.Wide || s.executing != nil {
		return false, nil
	}
	at, tree := s.analyzedAt(text)
	if !tree {
		return false, nil
	}
	s.task.Off()
	outer := slices.Clone(s.scan.Tokens)
	first := s.scan.First
	inner := text[at:]
	defer func() { s.scan.Tokens, s.scan.First, s.current = outer, first, text }()
	if err := s.scan.Run(inner, 0, s.dialect); err != nil {
		return true, err
	}
	node, err := s.plan(inner)
	if err != nil {
		return true, err
	}
	query, ok := node.(*plan.Relay)
	if !ok {
		return false, nil
	}
	if err := s.guarded(query.Tables); err != nil {
		return true, err
	}
	x := &analyzing{s: s, query: query, text: inner}
	if err := x.run(refused); err != nil {
		return true, s.endedOr(err)
	}
	s.quiet()
	s.rows(x.columns, [][][]byte{{x.tree.Bytes()}}, more)
	return true, nil
}

// analyzedAt returns where the statement of an EXPLAIN ANALYZE begins; false if its answer
// is to be no tree.
func (s *session) analyzedAt(text []byte) (int, bool) {
	w := s.words(text)
	at := 2
	format, _ := s.settings.Value("explain_format")
	tree := !strings.EqualFold(format, "JSON")
	if len(w) > 4 && w[2] == "FORMAT" {
		at, tree = 5, w[4] == "TREE"
	}
	if len(w) <= at || w[1] != "ANALYZE" || w[at] == "FOR" || !tree {
		return 0, false
	}
	return int(s.scan.Tokens[at].Start), true
}

// analyzing is such a statement while it runs.
type analyzing struct {
	s       *session
	query   *plan.Relay
	text    []byte // of the query
	columns []wire.Column
	tree    bytes.Buffer
}

// run has servers run the query.
func (x *analyzing) run(refused error) error {
	s := x.s
	if sc := s.scatterPlan(x.query, x.text); sc != nil {
		bound, err := sc.Bind(x.text, s, policyOf(s.user.Scatter))
		if err != nil {
			return err
		}
		for _, t := range bound.Parts {
			if err := x.ask(t.Shard, s.callOf(x.query, &t, x.text)); err != nil {
				return err
			}
		}
		return nil
	}
	g, err := s.gather(x.query, x.text, refused)
	if err != nil {
		return err
	}
	var e Explanation
	e.reads(g.bound)
	for _, from := range e.Reads {
		fmt.Fprintf(&x.tree, "-> Copy rows from %s\n", from)
	}
	return x.ask(g.bound.Host, g.call(x.query, x.text))
}

// ask has a server run its part, and puts its tree under a heading.
func (x *analyzing) ask(shard *rules.Shard, q *call) error {
	q.sql, q.own, q.pins, q.setsVars = append([]byte("EXPLAIN ANALYZE FORMAT=TREE "), q.sql...), nil, 0, false
	out, err := x.s.collect(q, nil)
	switch {
	case err != nil:
		return err
	case out.Err != nil:
		return out.Err
	case len(q.answer.Rows) != 1 || len(q.answer.Rows[0]) != 1:
		return wire.ErrMalformed
	}
	x.columns = q.answer.Columns
	fmt.Fprintf(&x.tree, "-> On shard %s (%s)\n", shard.Name, shard.Group)
	for line := range strings.Lines(string(q.names.cell("EXPLAIN", q.answer.Rows[0][0]))) {
		x.tree.WriteString("    " + line)
	}
	return nil
}

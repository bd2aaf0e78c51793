package proxy

import (
	"slices"
	"strings"

	"github.com/sluicedb/sluice/parser/value"
	"github.com/sluicedb/sluice/router/plan"
	"github.com/sluicedb/sluice/rules"
)

// claimedBy asks the lookup table of an enforced unique key whose row it is that a
// statement names by that key, and returns the shard of that tenant; nil: nobody knows.
// Like every guess it is believed only if the row is found there.
func (s *session) claimedBy(l *plan.Locate) (*rules.Shard, error) {
	for i := range l.Table.Enforced {
		e := &l.Table.Enforced[i]
		values, ok := s.valuesOf(e, l)
		if !ok {
			continue
		}
		look, err := s.srv.lookups.of(s, s.snap, l.Table, e)
		if err != nil || !look.complete {
			return nil, nil //nolint:nilerr // all shards are asked, as without the table
		}
		held := s.txn.held(e.Group) != nil
		r, err := s.aside(e.Group, "SELECT "+readColumns([]*rules.Column{&e.Tenant})+" FROM "+look.name+" WHERE "+look.is(values))
		switch {
		case err != nil && held:
			return nil, err // the transaction may be over
		case err != nil || len(r.Rows) != 1:
			return nil, nil
		}
		return s.homeOf(l, &e.Tenant, r.Rows[0][0]), nil
	}
	return nil, nil
}

// valuesOf writes the one value of each column of a key that a statement names.
func (s *session) valuesOf(e *rules.Enforced, l *plan.Locate) ([]string, bool) {
	if len(e.Columns) != len(l.Columns) {
		return nil, false
	}
	var out []string
	for i := range e.Columns {
		at := slices.IndexFunc(l.Columns, func(name string) bool { return strings.EqualFold(name, e.Columns[i].Name) })
		if at < 0 || len(l.Values[at]) != 1 || l.Values[at][0].Kind == value.Null {
			return nil, false
		}
		text, ok := s.columnLiteral(&e.Columns[i], l.Values[at][0])
		if !ok {
			return nil, false
		}
		out = append(out, text)
	}
	return out, true
}

// homeOf is the shard of a tenant as readColumns reads it.
func (s *session) homeOf(l *plan.Locate, c *rules.Column, tenant []byte) *rules.Shard {
	v, ok := readValue(c, tenant)
	if !ok {
		return nil
	}
	loc, ok := s.snap.rules.Locate(l.Table, v)
	if !ok || !slices.Contains(l.Candidates, loc.Shard) {
		return nil
	}
	return loc.Shard
}

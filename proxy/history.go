package proxy

import (
	"bytes"
	"fmt"
	"maps"
	"slices"

	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/pool"
	"github.com/sluicedb/sluice/router/plan"
)

// history is what one server would know of a prepared statement from its earlier executions.
// The types of parameters are inferred when a statement is prepared; a value that does not
// fit makes the server prepare it anew for the values at hand, and what comes later is taken
// for values of those types. Our servers know nothing of a client's earlier executions, so
// its values are sent to them as one server would take them.
type history struct {
	inferred []wire.Kind // when it was prepared; nil: nothing is to be known
	made     []wire.Kind // of the values for which it was last prepared anew; nil: it was not
	free     []bool      // parameters that take values of any type
}

// historyOf begins the history of a statement for whose parameters a server has inferred types.
// MariaDB takes each value for what it is.
func historyOf(st *prepared, types []wire.ParamType, mariadb bool) history {
	if len(types) == 0 || mariadb {
		return history{}
	}
	h := history{free: freeParams(&st.scan, st.sql)}
	for _, t := range types {
		h.inferred = append(h.inferred, t.Kind())
	}
	return h
}

// freeParams tells of each parameter whether it is the argument of a cast or of LIMIT: these
// take values of any type, or of theirs only, without being prepared anew.
func freeParams(scan *parser.Scan, sql []byte) []bool {
	var free []bool
	word := func(i int) string {
		if i < 0 {
			return ""
		}
		return string(bytes.ToUpper(scan.Tokens[i].Text(sql)))
	}
	for i, t := range scan.Tokens {
		if t.Kind != parser.Param {
			continue
		}
		is := false
		switch word(i - 1) {
		case "(":
			is = word(i-2) == "CAST" || word(i-2) == "CONVERT"
		case "BINARY", "LIMIT", "OFFSET":
			is = true
		case ",":
			is = word(i-3) == "LIMIT"
		}
		free = append(free, is)
	}
	return free
}

// own is the kinds of the values that the statement is prepared for.
func (h *history) own(dst []wire.Kind) []wire.Kind {
	for i, k := range h.inferred {
		switch {
		case h.free[i]:
			k = wire.KindNull
		case h.made != nil && h.made[i] != wire.KindNull:
			k = h.made[i]
		}
		dst = append(dst, k)
	}
	return dst
}

// accepts reports whether values of the kinds are taken as they are.
func (h *history) accepts(kinds []wire.Kind) bool {
	if h.made != nil {
		return slices.Equal(h.made, kinds)
	}
	for i, k := range kinds {
		if !h.free[i] && !h.inferred[i].Accepts(k) {
			return false
		}
	}
	return true
}

// inherit brings the values of the present execution to what one server would take them for
// after the earlier ones.
func (s *session) inherit(st *prepared) error {
	h := &st.history
	if len(h.inferred) != st.params || len(h.free) != st.params || h.accepts(st.kinds) {
		return nil
	}
	own := h.own(nil)
	e, types := st.bound.Recast(own, st.types[:st.params], st.long)
	kinds := e.Kinds(nil, types, st.longOf(types))
	anew := !h.takes(own, kinds)
	if h.made != nil {
		bad := -1
		if !anew {
			e, types, bad = st.bound.Widen(own, st.types[:st.params], st.long)
		}
		if anew {
			own = kinds
		}
		if bad < 0 {
			bad = h.unreachable(isWrite(st.scan.First), own, e, types, st.longOf(types))
		}
		if bad >= 0 {
			return plan.Unsupported(fmt.Sprintf("parameter %d of this prepared statement had a value of another type before, and MySQL would misread this one as such", bad+1),
				s.snap.conf.Pos, "prepare the statement once more for values of this type")
		}
		s.dropLong(st, types)
		st.bound, st.types = e, types
		st.kinds = e.Kinds(st.kinds[:0], types, st.long)
	}
	if anew {
		h.made = kinds
	}
	return nil
}

// unreachable is the first parameter that one server, which has prepared the statement for
// the kinds own, takes for something else than one that prepares it now; or -1. Where it
// writes no column shows whether a number has been taken for one of a wider type.
func (h *history) unreachable(write bool, own []wire.Kind, e wire.Execute, types []wire.ParamType, long map[int][]byte) int {
	fresh := history{inferred: h.inferred, free: h.free}
	inferred := fresh.own(nil)
	e, types = e.Recast(inferred, types, long)
	kinds := e.Kinds(nil, types, long)
	if fresh.takes(inferred, kinds) {
		kinds = inferred
	}
	for i, k := range kinds {
		if h.free[i] || e.IsNull(i) || k.Same(own[i]) || write && k.Accepts(own[i]) {
			continue
		}
		return i
	}
	return -1
}

// takes reports whether a server that has prepared the statement for the kinds own takes
// values of the kinds without preparing it anew. Texts have been recast.
func (h *history) takes(own, kinds []wire.Kind) bool {
	for i, k := range kinds {
		if k != wire.KindNumber && !h.free[i] && !own[i].Accepts(k) {
			return false
		}
	}
	return true
}

// longOf is the long data that is still sent ahead where the values have the types.
func (st *prepared) longOf(types []wire.ParamType) map[int][]byte {
	long := maps.Clone(st.long)
	maps.DeleteFunc(long, func(i int, _ []byte) bool { return types[i] != st.told[i] })
	return long
}

// dropLong forgets long data that is sent as values of the types instead.
func (s *session) dropLong(st *prepared, types []wire.ParamType) {
	for i, b := range st.long {
		if types[i] != st.told[i] {
			s.stmts.long -= len(b)
			delete(st.long, i)
		}
	}
}

// alike returns the statement that the connection has prepared for the same values as one
// server would have, where these are not of the kinds of the present ones because one is
// NULL. Without it the NULL has the type of its place in the statement, which shows in the
// description of columns alone.
func (h *history) alike(c *pool.Conn, key []byte, kinds []wire.Kind) *pool.Stmt {
	if h.made == nil || slices.Equal(h.made, kinds) {
		return nil
	}
	return c.StmtMade(key, h.made)
}

func isWrite(v parser.Verb) bool {
	return v == parser.Insert || v == parser.Replace || v == parser.Update || v == parser.Delete
}

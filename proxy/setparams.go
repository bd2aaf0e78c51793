package proxy

import (
	"encoding/binary"
	"math"
	"strconv"

	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/parser/value"
	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/router/plan"
)

// A SET with parameters is prepared by no server, because the session carries it out as
// text: each `?` that is the whole value of an assignment becomes a constant.

// assigned reports whether every parameter of the present statement is the whole value
// of an assignment.
func (s *session) assigned(text []byte) bool {
	toks := s.scan.Tokens
	for i, t := range toks {
		if t.Kind != parser.Param {
			continue
		}
		op := string(toks[i-1].Text(text))
		if op != "=" && op != ":=" || i+1 < len(toks) && string(toks[i+1].Text(text)) != "," {
			return false
		}
	}
	return true
}

// withValues is the text of the statement, which s.scan has read, with the constants of
// the present execution.
func (s *session) withValues(st *prepared) ([]byte, error) {
	return s.valuesIn(s.scan, st.sql, st)
}

// valuesIn is a text that scan has read, with the constants of the present execution.
func (s *session) valuesIn(scan *parser.Scan, sql []byte, st *prepared) ([]byte, error) {
	var out []byte
	from, n := 0, 0
	for _, t := range scan.Tokens {
		if t.Kind != parser.Param {
			continue
		}
		c, err := s.constant(st, n)
		if err != nil {
			return nil, err
		}
		out = append(append(out, sql[from:t.Start]...), c...)
		from = t.End
		n++
	}
	return append(out, sql[from:]...), nil
}

// constant writes parameter i as SQL has it.
func (s *session) constant(st *prepared, i int) ([]byte, error) {
	v := st.paramValue(i, "")
	switch v.Kind {
	case value.Null:
		return []byte("NULL"), nil
	case value.Int, value.Uint:
		return textOf(v), nil
	case value.String:
		switch st.types[i].Type {
		case wire.TypeString, wire.TypeVarString, wire.TypeVarchar:
			return s.quote([]byte(v.S))
		}
	}
	if f, ok := st.double(i); ok {
		return strconv.AppendFloat(nil, f, 'e', -1, 64), nil
	}
	return nil, plan.Unsupported("SET with a parameter of this type", s.snap.conf.Pos, "send it as text with its values")
}

// double is parameter i if it is a floating-point number that a constant can be.
func (st *prepared) double(i int) (float64, bool) {
	if st.types[i].Type != wire.TypeDouble {
		return 0, false
	}
	b, err := st.bound.Param(i, st.types, func(j int) bool { _, ok := st.long[j]; return ok })
	if err != nil || len(b) < 8 {
		return 0, false
	}
	f := math.Float64frombits(binary.LittleEndian.Uint64(b))
	return f, !math.IsNaN(f) && !math.IsInf(f, 0)
}

// paramColumn describes a parameter of a statement that no server has prepared.
func (s *session) paramColumn() wire.Column {
	return wire.Column{Name: "?", Charset: s.resultCharset(), Length: math.MaxUint16 - 3, Type: wire.TypeVarString, Decimals: 31}
}

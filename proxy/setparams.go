package proxy

import (
	"encoding/binary"
	"fmt"
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
	if f, ok := st.double(i); ok && st.types[i].Type == wire.TypeDouble {
		return strconv.AppendFloat(nil, f, 'e', -1, 64), nil
	}
	return nil, plan.Unsupported("SET with a parameter of this type", s.snap.conf.Pos, "send it as text with its values")
}

// constant writes parameter i, which is no integer and no text, as SQL has it; nothing for
// types that a server refuses when it executes the statement.
func (st *prepared) constant(i int) string {
	if f, ok := st.double(i); ok {
		return strconv.FormatFloat(f, 'e', -1, 64)
	}
	b, err := st.bound.Param(i, st.types, st.isLong)
	if err != nil {
		return ""
	}
	switch t := st.types[i].Type; {
	case t == wire.TypeDate, (t == wire.TypeDatetime || t == wire.TypeTimestamp) && len(b) <= 11: // longer with a time zone
		return moment(b, t == wire.TypeDate)
	case t == wire.TypeTime:
		return span(b)
	}
	return ""
}

// moment writes a date, or a date with a time, that came over the binary protocol.
// https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_binary_resultset.html
func moment(b []byte, date bool) string {
	var v [11]byte
	copy(v[:], b)
	day := fmt.Sprintf("%04d-%02d-%02d", binary.LittleEndian.Uint16(v[:]), v[2], v[3])
	clock := fmt.Sprintf(" %02d:%02d:%02d", v[4], v[5], v[6])
	switch us := binary.LittleEndian.Uint32(v[7:]); {
	case us > 999999:
		return "" // which a server refuses
	case us > 0:
		clock += fmt.Sprintf(".%06d", us)
	}
	switch {
	case v[2] == 0 || v[3] == 0: // sql_mode may forbid such literals
		return "'" + day + clock + "'"
	case date:
		return "DATE'" + day + "'"
	}
	return "TIMESTAMP'" + day + clock + "'"
}

// span writes a time that came over the binary protocol.
func span(b []byte) string {
	var v [12]byte
	copy(v[:], b)
	sign := ""
	if v[0] != 0 {
		sign = "-"
	}
	out := fmt.Sprintf("TIME'%s%02d:%02d:%02d", sign, uint64(binary.LittleEndian.Uint32(v[1:]))*24+uint64(v[5]), v[6], v[7])
	if us := binary.LittleEndian.Uint32(v[8:]); us > 0 {
		out += fmt.Sprintf(".%06d", us)
	}
	return out + "'"
}

// double is parameter i if it is a floating-point number that a constant can be.
func (st *prepared) double(i int) (float64, bool) {
	b, err := st.bound.Param(i, st.types, st.isLong)
	if err != nil {
		return 0, false
	}
	var f float64
	switch t := st.types[i].Type; {
	case t == wire.TypeDouble && len(b) >= 8:
		f = math.Float64frombits(binary.LittleEndian.Uint64(b))
	case t == wire.TypeFloat && len(b) >= 4:
		f = float64(math.Float32frombits(binary.LittleEndian.Uint32(b)))
	default:
		return 0, false
	}
	return f, !math.IsNaN(f) && !math.IsInf(f, 0)
}

// paramColumn describes a parameter of a statement that no server has prepared.
func (s *session) paramColumn() wire.Column {
	return wire.Column{Name: "?", Charset: s.resultCharset(), Length: math.MaxUint16 - 3, Type: wire.TypeVarString, Decimals: 31}
}

package diff

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/sluicedb/sluice/parser/wire"
)

// Param is a value bound to a `?`, as a driver sends it.
type Param struct {
	Type  wire.ParamType
	Value []byte // as it stands in the packet, with its length; nil for NULL
	Long  []byte // sent ahead of the execution, piece by piece; nil if it was not
}

// Params reads what stands after a params directive: values divided by commas, each a
// type and a value, or a quoted text or a whole number alone:
//
//	'text', 42, NULL, tiny 1, ubigint 18446744073709551615, double 1.5, decimal 1.50,
//	date 2026-01-02, datetime 2026-01-02 03:04:05.678901, time -25:01:02, year 2026,
//	blob 00ff, long 'sent ahead', json '{}'
//
// A text ends at the next quote; a quote inside it is written twice.
func Params(text string) ([]Param, error) {
	var out []Param
	for _, item := range items(text) {
		p, err := param(item)
		if err != nil {
			return nil, fmt.Errorf("parameter %s: %w", item, err)
		}
		out = append(out, p)
	}
	return out, nil
}

// items cuts at the commas outside quotes.
func items(text string) []string {
	var out []string
	quoted, from := false, 0
	for i := range len(text) {
		switch {
		case text[i] == '\'':
			quoted = !quoted
		case text[i] == ',' && !quoted:
			out = append(out, strings.TrimSpace(text[from:i]))
			from = i + 1
		}
	}
	return append(out, strings.TrimSpace(text[from:]))
}

func param(item string) (Param, error) {
	kind, value, found := strings.Cut(item, " ")
	switch {
	case strings.HasPrefix(item, "'"):
		kind, value = "text", item
	case strings.EqualFold(item, "null"):
		return Param{Type: wire.ParamType{Type: wire.TypeNull}}, nil
	case !found:
		kind, value = "bigint", item
	}
	if s, ok := strings.CutPrefix(value, "'"); ok {
		value = strings.ReplaceAll(strings.TrimSuffix(s, "'"), "''", "'")
	}
	if size, ok := integers[strings.TrimPrefix(kind, "u")]; ok {
		return integer(size, value, kind[0] == 'u')
	}
	if t, ok := texts[kind]; ok {
		return Param{Type: wire.ParamType{Type: t}, Value: wire.AppendLenencString(nil, value)}, nil
	}
	switch kind {
	case "long":
		return Param{Type: wire.ParamType{Type: wire.TypeBlob}, Long: []byte(value)}, nil
	case "blob":
		b, err := hex.DecodeString(value)
		return Param{Type: wire.ParamType{Type: wire.TypeBlob}, Value: wire.AppendLenencString(nil, b)}, err
	case "double":
		f, err := strconv.ParseFloat(value, 64)
		return Param{Type: wire.ParamType{Type: wire.TypeDouble}, Value: binary.LittleEndian.AppendUint64(nil, math.Float64bits(f))}, err
	case "float":
		f, err := strconv.ParseFloat(value, 32)
		return Param{Type: wire.ParamType{Type: wire.TypeFloat}, Value: binary.LittleEndian.AppendUint32(nil, math.Float32bits(float32(f)))}, err
	case "date":
		return moment(wire.TypeDate, time.DateOnly, value)
	case "datetime":
		return moment(wire.TypeDatetime, time.DateTime, value)
	case "timestamp":
		return moment(wire.TypeTimestamp, time.DateTime, value)
	case "time":
		return span(value)
	}
	return Param{}, fmt.Errorf("no type %q", kind)
}

// wide is the type and the size in bytes of an integer.
type wide struct {
	t    wire.Type
	size int
}

var integers = map[string]wide{
	"tiny": {wire.TypeTiny, 1}, "small": {wire.TypeShort, 2}, "year": {wire.TypeYear, 2},
	"int": {wire.TypeLong, 4}, "medium": {wire.TypeInt24, 4}, "bigint": {wire.TypeLongLong, 8},
}

var texts = map[string]wire.Type{
	"text": wire.TypeVarString, "varchar": wire.TypeVarchar, "char": wire.TypeString, "decimal": wire.TypeNewDecimal,
	"enum": wire.TypeEnum, "json": wire.TypeJSON, "bit": wire.TypeBit,
}

func integer(w wide, value string, unsigned bool) (Param, error) {
	p := Param{Type: wire.ParamType{Type: w.t, Unsigned: unsigned}}
	var n uint64
	var err error
	if unsigned {
		n, err = strconv.ParseUint(value, 10, 64)
	} else {
		var i int64
		i, err = strconv.ParseInt(value, 10, 64)
		n = uint64(i)
	}
	p.Value = binary.LittleEndian.AppendUint64(nil, n)[:w.size]
	return p, err
}

// moment is a date with or without a time of day
// (https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_binary_resultset.html).
func moment(t wire.Type, layout, value string) (Param, error) {
	at, err := time.Parse(layout, value)
	b := append(wire.AppendUint16([]byte{0}, uint16(at.Year())), byte(at.Month()), byte(at.Day()))
	if t != wire.TypeDate {
		b = append(b, byte(at.Hour()), byte(at.Minute()), byte(at.Second()))
	}
	if us := at.Nanosecond() / 1000; us != 0 {
		b = wire.AppendUint32(b, uint32(us))
	}
	b[0] = byte(len(b) - 1)
	return Param{Type: wire.ParamType{Type: t}, Value: b}, err
}

// span is a TIME: hours may be negative and more than a day.
func span(value string) (Param, error) {
	var h, m, s, us int
	digits, negative := strings.CutPrefix(value, "-")
	digits, fraction, _ := strings.Cut(digits, ".")
	_, err := fmt.Sscanf(digits, "%d:%d:%d", &h, &m, &s)
	if err == nil && fraction != "" {
		us, err = strconv.Atoi((fraction + "000000")[:6])
	}
	b := []byte{0, 0}
	if negative {
		b[1] = 1
	}
	b = append(wire.AppendUint32(b, uint32(h/24)), byte(h%24), byte(m), byte(s))
	if us != 0 {
		b = wire.AppendUint32(b, uint32(us))
	}
	b[0] = byte(len(b) - 1)
	return Param{Type: wire.ParamType{Type: wire.TypeTime}, Value: b}, err
}

// execution is the payload of COM_STMT_EXECUTE. Types are left out where those of the
// execution before are still right, as drivers leave them out.
func execution(id uint32, params, before []Param) []byte {
	b := wire.AppendUint32(append(wire.AppendUint32(nil, id), 0), 1)
	if len(params) == 0 {
		return b
	}
	null := make([]byte, (len(params)+7)/8)
	same := len(before) == len(params)
	for i, p := range params {
		if p.Value == nil && p.Long == nil {
			null[i/8] |= 1 << (i % 8)
		}
		same = same && before[i].Type == p.Type
	}
	b = append(b, null...)
	if same {
		b = append(b, 0)
	} else {
		b = append(b, 1)
		for _, p := range params {
			flag := byte(0)
			if p.Type.Unsigned {
				flag = 0x80
			}
			b = append(b, byte(p.Type.Type), flag)
		}
	}
	for _, p := range params {
		b = append(b, p.Value...)
	}
	return b
}

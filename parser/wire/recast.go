package wire

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Recast returns the execution with its texts as a server reads them that has prepared the
// statement for values of the kinds own: as the numbers and dates that they spell. It does so
// before it decides whether it must prepare the statement anew. Other texts stay as they are.
func (e Execute) Recast(own []Kind, types []ParamType, long map[int][]byte) (Execute, []ParamType) {
	out, as, _ := e.recast(own, types, long, true)
	return out, as
}

// Widen returns the execution with its values as those of the kinds own, which such a server
// makes of them when it need not prepare the statement anew. bad is the first parameter whose
// value it misreads as no other value can be, or -1.
func (e Execute) Widen(own []Kind, types []ParamType, long map[int][]byte) (out Execute, as []ParamType, bad int) {
	return e.recast(own, types, long, false)
}

func (e Execute) recast(own []Kind, types []ParamType, long map[int][]byte, texts bool) (out Execute, as []ParamType, bad int) {
	r := NewReader(e.Values)
	out, bad = e, -1
	out.Values, out.at = nil, nil
	for i, t := range types {
		data, isLong := long[i]
		if !isLong && e.IsNull(i) {
			as = append(as, t)
			continue
		}
		from := len(e.Values) - r.Len()
		v := data
		if !isLong {
			v, _ = BinaryValue(&r, t.Type)
		}
		if !texts || t.Kind() == KindText {
			to, cast, outcome := recast(own[i], t, v)
			switch {
			case outcome == castDone:
				out.Values, as = append(out.Values, cast...), append(as, to)
				continue
			case outcome == castLossy && bad < 0:
				bad = i
			}
		}
		if !isLong {
			out.Values = append(out.Values, e.Values[from:len(e.Values)-r.Len()]...)
		}
		as = append(as, t)
	}
	return out, as, bad
}

type castOutcome int

const (
	castNone  castOutcome = iota // the value is taken as it is
	castDone                     // it becomes another
	castLossy                    // it is taken with a loss
)

func recast(own Kind, t ParamType, v []byte) (ParamType, []byte, castOutcome) {
	k := t.Kind()
	text := ""
	switch {
	case k == own || own == KindText || own == KindNull || own == KindOther || k == KindOther || k == KindNull:
		return t, nil, castNone
	case k == KindText:
		text = string(bytes.Trim(v, " "))
	case k == KindInt || k == KindUint:
		text = decimalOf(v, t.Unsigned)
	case k == KindDecimal:
		text = string(v)
	}
	switch own {
	case KindInt, KindUint:
		if k == KindText {
			return castToInt(own, text)
		}
	case KindDecimal:
		if k == KindText || k == KindInt || k == KindUint {
			return castToDecimal(text)
		}
	case KindFloat:
		if k == KindText || k == KindInt || k == KindUint || k == KindDecimal {
			to, cast, outcome := castToFloat(text)
			if k != KindText && !alike(cast, text) {
				outcome = castLossy
			}
			return to, cast, outcome
		}
	case KindDate, KindDatetime, KindTime:
		return castToTemporal(own, k, text)
	}
	return t, nil, castNone
}

// spelled matches the numbers that any server reads without a warning.
var spelled = regexp.MustCompile(`^-?[0-9]{1,40}(\.[0-9]{1,20})?$`)

func decimalOf(v []byte, unsigned bool) string {
	var u uint64
	for i, b := range v {
		u |= uint64(b) << (8 * i)
	}
	if unsigned {
		return strconv.FormatUint(u, 10)
	}
	shift := 64 - 8*len(v)
	return strconv.FormatInt(int64(u<<shift)>>shift, 10)
}

func castToInt(own Kind, text string) (ParamType, []byte, castOutcome) {
	n, ok := new(big.Int).SetString(text, 10)
	switch {
	case !ok || !spelled.MatchString(text):
		return castToDecimal(text)
	case own == KindInt && n.Sign() >= 0 && n.IsInt64(): // of a negative one it makes a decimal number
		return ParamType{Type: TypeLongLong}, binary.LittleEndian.AppendUint64(nil, n.Uint64()), castDone
	case own == KindUint && text[0] != '-' && n.IsUint64():
		return ParamType{Type: TypeLongLong, Unsigned: true}, binary.LittleEndian.AppendUint64(nil, n.Uint64()), castDone
	}
	return castToDecimal(text)
}

func castToDecimal(text string) (ParamType, []byte, castOutcome) {
	if !spelled.MatchString(text) {
		return ParamType{}, nil, castLossy
	}
	return ParamType{Type: TypeNewDecimal}, AppendLenencString(nil, text), castDone
}

func castToFloat(text string) (ParamType, []byte, castOutcome) {
	if !spelled.MatchString(text) {
		return ParamType{}, nil, castLossy
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return ParamType{}, nil, castLossy
	}
	return ParamType{Type: TypeDouble}, binary.LittleEndian.AppendUint64(nil, math.Float64bits(f)), castDone
}

// alike reports whether a DOUBLE reads as the number it was made of, which a server that has
// the number itself shows as it is.
func alike(double []byte, text string) bool {
	if double == nil || len(text) > 15 {
		return false
	}
	f := math.Float64frombits(binary.LittleEndian.Uint64(double))
	return strconv.FormatFloat(f, 'f', -1, 64) == text
}

// castToTemporal casts a value of kind k to the kind own of a date or time.
func castToTemporal(own, k Kind, text string) (ParamType, []byte, castOutcome) {
	switch {
	case number(k), own == KindDatetime && (k == KindTime || k == KindDate), own == KindTime && k == KindDatetime:
		return ParamType{}, nil, castLossy
	case k != KindText:
		return ParamType{}, nil, castNone
	case own == KindTime:
		return clock(text)
	}
	if at, err := time.Parse("2006-01-02", text); err == nil && at.Year() > 0 {
		day := append(AppendUint16(nil, uint16(at.Year())), byte(at.Month()), byte(at.Day()))
		if own == KindDate {
			return ParamType{Type: TypeDate}, AppendLenencString(nil, day), castDone
		}
		return ParamType{}, nil, castLossy // it stays a date without a time
	}
	at, err := time.Parse("2006-01-02 15:04:05", text)
	if err != nil || at.Year() == 0 || at.Nanosecond()%1000 != 0 || strings.Contains(text, ",") {
		return ParamType{}, nil, castLossy
	}
	b := append(AppendUint16(nil, uint16(at.Year())), byte(at.Month()), byte(at.Day()), byte(at.Hour()), byte(at.Minute()), byte(at.Second()))
	return ParamType{Type: TypeDatetime}, AppendLenencString(nil, AppendUint32(b, uint32(at.Nanosecond()/1000))), castDone
}

// clock casts a text to a time of less than a day.
func clock(text string) (ParamType, []byte, castOutcome) {
	at, err := time.Parse("15:04:05", text)
	if err != nil || at.Nanosecond()%1000 != 0 || strings.Contains(text, ",") {
		return ParamType{}, nil, castLossy
	}
	b := append(AppendUint32([]byte{0}, 0), byte(at.Hour()), byte(at.Minute()), byte(at.Second()))
	return ParamType{Type: TypeTime}, AppendLenencString(nil, AppendUint32(b, uint32(at.Nanosecond()/1000))), castDone
}

package wire

import "bytes"

// Kind is the type of a parameter's value as far as servers tell types apart when they
// decide whether a prepared statement suits it, or has to be prepared anew.
type Kind byte

// The kinds of values.
const (
	KindNull     Kind = '0'
	KindText     Kind = 's' // text and bytes; KindNumber excepted
	KindNumber   Kind = 'n' // text that reads as a number, but not as one that any integer type has
	KindInt      Kind = 'i'
	KindUint     Kind = 'u'
	KindDecimal  Kind = 'd'
	KindFloat    Kind = 'f'
	KindDate     Kind = 'D'
	KindDatetime Kind = 'T'
	KindTime     Kind = 't'
	KindOther    Kind = 'x'
)

// Kinds appends the kinds of the execution's values to dst. long are the values that came
// by COM_STMT_SEND_LONG_DATA.
func (e *Execute) Kinds(dst []Kind, types []ParamType, long map[int][]byte) []Kind {
	r := NewReader(e.Values)
	for i, t := range types {
		k := t.Kind()
		if data, ok := long[i]; ok {
			dst = append(dst, textKind(data))
			continue
		}
		if e.IsNull(i) {
			dst = append(dst, KindNull)
			continue
		}
		v, err := BinaryValue(&r, t.Type)
		if k == KindText && err == nil {
			k = textKind(v)
		}
		dst = append(dst, k)
	}
	return dst
}

// Kind is the kind of the values for which a server has inferred the type.
func (t ParamType) Kind() Kind {
	switch t.Type {
	case TypeNull:
		return KindNull
	case TypeTiny, TypeShort, TypeInt24, TypeLong, TypeLongLong:
		if t.Unsigned {
			return KindUint
		}
		return KindInt
	case TypeDecimal, TypeNewDecimal:
		return KindDecimal
	case TypeFloat, TypeDouble:
		return KindFloat
	case TypeDate, TypeNewDate:
		return KindDate
	case TypeDatetime, TypeTimestamp:
		return KindDatetime
	case TypeTime:
		return KindTime
	case TypeVarchar, TypeVarString, TypeString, TypeTinyBlob, TypeBlob, TypeMediumBlob, TypeLongBlob:
		return KindText
	}
	return KindOther
}

// textKind takes more texts for numbers than a server does, never fewer.
func textKind(v []byte) Kind {
	digits := 0
	for _, c := range v {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case bytes.IndexByte([]byte(" \t\r\n\f\v+-.eE"), c) < 0:
			return KindText
		}
	}
	if digits == len(v) && digits < 19 || digits == 0 {
		return KindText
	}
	return KindNumber
}

// Accepts reports whether a server that has inferred the type for a parameter takes a value
// of a kind without preparing the statement anew, as MySQL's manual says of PREPARE. False
// may be said of values that are taken.
func (t ParamType) Accepts(k Kind) bool { return t.Kind().Accepts(k) }

// Accepts is ParamType.Accepts for the type that values of the kind have.
func (own Kind) Accepts(k Kind) bool {
	switch k {
	case KindNull, KindText:
		return true
	case KindNumber:
		return own != KindInt && own != KindUint && own != KindOther
	}
	switch own {
	case KindInt, KindUint:
		return k == own
	case KindDecimal:
		return k == KindInt || k == KindUint || k == KindDecimal
	case KindFloat:
		return k == KindInt || k == KindUint || k == KindDecimal || k == KindFloat
	case KindDate:
		return k == KindDate || number(k)
	case KindDatetime:
		return k == KindDate || k == KindDatetime || k == KindTime || number(k)
	case KindTime:
		return k == KindTime || k == KindDatetime || number(k)
	}
	return false
}

func number(k Kind) bool {
	return k == KindInt || k == KindUint || k == KindDecimal || k == KindFloat
}

// Same reports whether values of the two kinds have one type.
func (own Kind) Same(k Kind) bool {
	return own == k || own == KindText && k == KindNumber || own == KindNumber && k == KindText
}

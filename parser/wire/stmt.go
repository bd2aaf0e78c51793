package wire

import "errors"

// ErrArguments says that an execution binds no types, or one that no parameter can have.
var ErrArguments = errors.New("incorrect arguments")

// Prepared is the head of the reply to COM_STMT_PREPARE.
type Prepared struct {
	ID       uint32
	Columns  uint16
	Params   uint16
	Warnings uint16
	Types    []ParamType // that the server has inferred for the parameters, from the packets behind the first
}

// ParsePrepared reads the first packet of the reply.
func ParsePrepared(p []byte) (Prepared, error) {
	r := NewReader(p)
	if r.Uint8() != HeaderOK {
		return Prepared{}, ErrMalformed
	}
	s := Prepared{ID: r.Uint32(), Columns: r.Uint16(), Params: r.Uint16()}
	r.Uint8()
	if r.Len() >= 2 {
		s.Warnings = r.Uint16()
	}
	return s, r.Err()
}

// Append appends the payload.
func (s Prepared) Append(b []byte) []byte {
	b = AppendUint32(append(b, HeaderOK), s.ID)
	b = AppendUint16(AppendUint16(b, s.Columns), s.Params)
	return AppendUint16(append(b, 0), s.Warnings)
}

// ParamType is the type a client binds to a parameter.
type ParamType struct {
	Type     Type
	Unsigned bool
}

// ParamTypeOf is the type that a server has inferred for a parameter, from its definition.
func ParamTypeOf(definition []byte) (ParamType, error) {
	l, err := LooksOf(definition)
	return ParamType{l.Type, l.Flags&FlagUnsigned != 0}, err
}

// Execute is the payload of COM_STMT_EXECUTE.
type Execute struct {
	ID         uint32
	Flags      byte
	Iterations uint32
	Null       []byte      // bitmap over the parameters
	Bound      bool        // types were sent
	Types      []ParamType // nil unless Bound
	Values     []byte      // values of the parameters that are not NULL and not long data
	Attributes []Attribute // query attributes that are strings

	at []int // where the value of each parameter begins, once Param was asked for one far behind
}

// Flags of Execute.
const (
	CursorReadOnly          byte = 1
	flagParamCountAvailable byte = 8
)

// ParseExecute reads the payload after the command byte, for a statement with n
// parameters. types are those of an earlier execution, used when this one sends
// none (new_params_bound = 0); they may be nil. The types that this one sends are
// written in their place. Parameters in long were sent by
// COM_STMT_SEND_LONG_DATA and have no value here. After an error the types of earlier
// executions are lost.
func ParseExecute(p []byte, caps Capability, n int, types []ParamType, long func(i int) bool) (Execute, error) {
	r := NewReader(p)
	e := Execute{ID: r.Uint32(), Flags: r.Uint8(), Iterations: r.Uint32()}
	total := n
	attrs := caps.Has(ClientQueryAttributes)
	if attrs && (n > 0 || e.Flags&flagParamCountAvailable != 0) { // page_protocol_com_stmt_execute
		c := r.Lenenc()
		if c < uint64(n) || c > uint64(n)+0xffff {
			return e, ErrMalformed
		}
		total = int(c)
	}
	e.Flags &^= flagParamCountAvailable
	if total == 0 {
		return e, r.Err()
	}
	null := r.Bytes(uint64(total+7) / 8)
	e.Bound = r.Uint8() != 0
	if r.Err() != nil {
		return e, ErrMalformed
	}
	all := types
	wrong := false
	var names []string
	if e.Bound {
		if all = types[:0]; cap(all) < n {
			all = make([]ParamType, 0, n)
		}
		for i := 0; i < total && r.Err() == nil; i++ {
			t := r.Uint16()
			wrong = wrong || t&0x7f00 != 0 || !Type(t).bindable(isNull(null, i))
			all = append(all, ParamType{Type: Type(t), Unsigned: t&0x8000 != 0})
			if attrs {
				names = append(names, string(r.LenencBytes()))
			}
		}
		if r.Err() != nil {
			return e, ErrMalformed
		}
		e.Types = all[:n:n]
	}
	e.Null = null
	if total > n {
		e.Null = make([]byte, (n+7)/8)
		copy(e.Null, null)
		if n%8 != 0 {
			e.Null[n/8] &= 1<<(n%8) - 1
		}
	}
	values := r.b
	if len(all) < total {
		if total > n || n > len(all) {
			return e, ErrArguments
		}
	}
	for i := 0; i < n; i++ {
		switch {
		case isNull(null, i):
		case long != nil && long(i):
			if t := all[i].Type; t < TypeTinyBlob || t > TypeString {
				return e, ErrMalformed
			}
		case wrong && r.Len() > 0 && !all[i].Type.bindable(false):
			return e, ErrArguments // its length is not known
		default:
			if err := skipValue(&r, all[i].Type); err != nil {
				return e, err
			}
		}
	}
	if wrong {
		return e, ErrArguments
	}
	e.Values = values[:len(values)-len(r.b)]
	for i := n; i < total; i++ {
		if isNull(null, i) {
			continue
		}
		v, err := stringValue(&r, all[i].Type)
		if err != nil {
			return e, err
		}
		if i < len(names) {
			e.Attributes = append(e.Attributes, Attribute{Name: names[i], Value: v})
		}
	}
	return e, r.Err()
}

// Append appends the payload (without the command byte) for a server that knows no
// query attributes; types are always sent.
func (e Execute) Append(b []byte, types []ParamType) []byte {
	b = AppendUint32(append(AppendUint32(b, e.ID), e.Flags), e.Iterations)
	if len(types) == 0 {
		return b
	}
	b = append(append(b, e.Null...), 1)
	for _, t := range types {
		flag := byte(0)
		if t.Unsigned {
			flag = 0x80
		}
		b = append(b, byte(t.Type), flag)
	}
	return append(b, e.Values...)
}

// bindable reports whether servers take parameters of the type. Some they take for NULL only.
func (t Type) bindable(null bool) bool {
	switch t {
	case TypeTiny, TypeShort, TypeLong, TypeLongLong, TypeFloat, TypeDouble, TypeDecimal, TypeNewDecimal,
		TypeDate, TypeDatetime, TypeTimestamp, TypeTime, TypeVarchar, TypeVarString, TypeString,
		TypeTinyBlob, TypeMediumBlob, TypeLongBlob, TypeBlob, TypeJSON, TypeVector:
		return true
	case TypeNull, TypeInt24:
		return null
	}
	return false
}

// IsNull reports whether parameter i is NULL.
func (e Execute) IsNull(i int) bool { return isNull(e.Null, i) }

func isNull(bitmap []byte, i int) bool {
	return i/8 < len(bitmap) && bitmap[i/8]&(1<<(i%8)) != 0
}

// Param returns the bytes of parameter i as they stand in the packet (without the
// length of a length-encoded value). It must be neither NULL nor long data.
func (e *Execute) Param(i int, types []ParamType, long func(i int) bool) ([]byte, error) {
	r := NewReader(e.Values)
	if i >= manyParams {
		if err := e.measure(types, long); err != nil {
			return nil, err
		}
		r = NewReader(e.Values[e.at[i]:])
		return BinaryValue(&r, types[i].Type)
	}
	for j := 0; j < i; j++ {
		if !e.IsNull(j) && !(long != nil && long(j)) {
			if err := skipValue(&r, types[j].Type); err != nil {
				return nil, err
			}
		}
	}
	return BinaryValue(&r, types[i].Type)
}

// manyParams are so many that finding each from the first on would be slow.
const manyParams = 64

// measure finds where each value begins.
func (e *Execute) measure(types []ParamType, long func(i int) bool) error {
	if e.at != nil {
		return nil
	}
	at := make([]int, len(types))
	r := NewReader(e.Values)
	for i, t := range types {
		at[i] = len(e.Values) - r.Len()
		if !e.IsNull(i) && !(long != nil && long(i)) {
			if err := skipValue(&r, t.Type); err != nil {
				return err
			}
		}
	}
	e.at = at
	return nil
}

func skipValue(r *Reader, t Type) error {
	_, err := BinaryValue(r, t)
	return err
}

// BinaryValue takes one value of the binary protocol (Protocol::BinaryValue) from r. It
// points into the packet.
// https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_binary_resultset.html
func BinaryValue(r *Reader, t Type) ([]byte, error) {
	var b []byte
	switch t {
	case TypeNull:
	case TypeTiny:
		b = r.Bytes(1)
	case TypeShort, TypeYear:
		b = r.Bytes(2)
	case TypeLong, TypeInt24, TypeFloat:
		b = r.Bytes(4)
	case TypeLongLong, TypeDouble:
		b = r.Bytes(8)
	case TypeDate, TypeDatetime, TypeTimestamp, TypeTime:
		b = r.Bytes(uint64(r.Uint8()))
	case TypeDecimal, TypeNewDecimal, TypeVarchar, TypeVarString, TypeString, TypeTinyBlob, TypeMediumBlob,
		TypeLongBlob, TypeBlob, TypeEnum, TypeSet, TypeBit, TypeJSON, TypeGeometry, TypeVector:
		b = r.LenencBytes()
	default:
		return nil, ErrMalformed
	}
	return b, r.Err()
}

// AppendBinaryValue appends what BinaryValue has taken.
func AppendBinaryValue(b []byte, t Type, v []byte) []byte {
	switch t {
	case TypeTiny, TypeShort, TypeYear, TypeLong, TypeInt24, TypeFloat, TypeLongLong, TypeDouble:
		return append(b, v...)
	case TypeDate, TypeDatetime, TypeTimestamp, TypeTime:
		return append(append(b, byte(len(v))), v...)
	}
	return AppendLenencString(b, v)
}

// stringValue reads a value that Sluice can use as a query attribute: a string, or
// "" for any other type.
func stringValue(r *Reader, t Type) (string, error) {
	b, err := BinaryValue(r, t)
	switch t {
	case TypeVarString, TypeString, TypeVarchar, TypeBlob:
		return string(b), err
	}
	return "", err
}

// ParseQuery splits the payload of COM_QUERY after the command byte into query
// attributes and text.
func ParseQuery(p []byte, caps Capability) (sql []byte, attrs []Attribute, err error) {
	if !caps.Has(ClientQueryAttributes) {
		return p, nil, nil
	}
	r := NewReader(p)
	n := r.Lenenc()
	sets := r.Lenenc()
	if r.Err() != nil || n > 0xffff || sets != 1 {
		return nil, nil, ErrMalformed
	}
	if n == 0 {
		return r.Rest(), nil, nil
	}
	null := r.Bytes((n + 7) / 8)
	if r.Uint8() != 1 {
		return nil, nil, ErrMalformed
	}
	types := make([]Type, 0, n)
	for i := uint64(0); i < n && r.Err() == nil; i++ {
		types = append(types, Type(r.Uint16()))
		attrs = append(attrs, Attribute{Name: string(r.LenencBytes())})
	}
	if r.Err() != nil {
		return nil, nil, ErrMalformed
	}
	for i, t := range types {
		if isNull(null, i) {
			continue
		}
		if attrs[i].Value, err = stringValue(&r, t); err != nil {
			return nil, nil, err
		}
	}
	return r.Rest(), attrs, r.Err()
}

// Pick returns the execution of a statement that has only some of the parameters, in
// the given order, and their types. Parameters in long have no value here.
func (e Execute) Pick(keep []int, types []ParamType, long func(i int) bool) (Execute, []ParamType, error) {
	at := make([][2]int, len(types)) // where each value stands in Values
	r := NewReader(e.Values)
	for i := range types {
		from := len(e.Values) - r.Len()
		if !e.IsNull(i) && !(long != nil && long(i)) {
			if err := skipValue(&r, types[i].Type); err != nil {
				return e, nil, err
			}
		}
		at[i] = [2]int{from, len(e.Values) - r.Len()}
	}
	out := e
	out.Null, out.Values, out.at = make([]byte, (len(keep)+7)/8), nil, nil
	picked := make([]ParamType, len(keep))
	for n, i := range keep {
		picked[n] = types[i]
		if e.IsNull(i) {
			out.Null[n/8] |= 1 << (n % 8)
		}
		out.Values = append(out.Values, e.Values[at[i][0]:at[i][1]]...)
	}
	return out, picked, nil
}

package wire

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
)

// Error is an error in MySQL's terms: as a server sent it, or as Sluice sends it.
type Error struct {
	Number  uint16
	State   string // five characters, "HY000" when the server gave none
	Message string
}

func (e *Error) Error() string {
	return fmt.Sprintf("ERROR %d (%s): %s", e.Number, e.State, e.Message)
}

// Errorf makes an Error.
func Errorf(number uint16, state, format string, args ...any) *Error {
	return &Error{Number: number, State: state, Message: fmt.Sprintf(format, args...)}
}

// ParseError reads an ERR packet.
func ParseError(p []byte) (*Error, error) {
	r := NewReader(p)
	if r.Uint8() != HeaderErr {
		return nil, ErrMalformed
	}
	e := &Error{Number: r.Uint16(), State: "HY000"}
	if r.Err() != nil {
		return nil, ErrMalformed
	}
	rest := r.Rest()
	if len(rest) >= 6 && rest[0] == '#' {
		e.State, rest = string(rest[1:6]), rest[6:]
	}
	e.Message = string(rest)
	return e, nil
}

// Append appends the payload of an ERR packet.
func (e *Error) Append(b []byte) []byte {
	b = append(b, HeaderErr, byte(e.Number), byte(e.Number>>8), '#')
	state := e.State
	if len(state) != 5 {
		state = "HY000"
	}
	return append(append(b, state...), e.Message...)
}

// OK is what an OK packet says; also what closes a result set when EOF packets are
// deprecated.
type OK struct {
	Affected uint64
	InsertID uint64
	Status   Status
	Warnings uint16
	Info     []byte // human readable; part of the packet it was read from
	State    []byte // session state changes, see Changes; part of the packet
}

// ParseOK reads an OK packet (first byte 0x00, or 0xfe when it closes a result set)
// from a peer with which track says whether CLIENT_SESSION_TRACK was agreed.
func ParseOK(p []byte, track bool) (OK, error) {
	r := NewReader(p)
	r.Uint8()
	ok := OK{Affected: r.Lenenc(), InsertID: r.Lenenc(), Status: Status(r.Uint16()), Warnings: r.Uint16()}
	if r.Len() > 0 {
		ok.Info = r.LenencBytes()
	}
	if track && ok.Status&StatusSessionStateChanged != 0 && r.Len() > 0 {
		ok.State = r.LenencBytes()
	}
	return ok, r.Err()
}

// Append appends the payload of an OK packet with the given first byte for a client
// with the given capabilities.
func (ok OK) Append(b []byte, header byte, caps Capability) []byte {
	b = AppendLenenc(append(b, header), ok.Affected)
	b = AppendLenenc(b, ok.InsertID)
	status := ok.Status
	track := caps.Has(ClientSessionTrack) && len(ok.State) > 0
	if !track {
		status &^= StatusSessionStateChanged
	} else {
		status |= StatusSessionStateChanged
	}
	b = AppendUint16(AppendUint16(b, uint16(status)), ok.Warnings)
	if len(ok.Info) > 0 || track {
		b = AppendLenencString(b, ok.Info)
	}
	if track {
		b = AppendLenencString(b, ok.State)
	}
	return b
}

// AppendEOF appends the payload of an EOF packet, for clients that do not deprecate
// it.
func AppendEOF(b []byte, warnings uint16, status Status) []byte {
	b = AppendUint16(append(b, HeaderEOF), warnings)
	return AppendUint16(b, uint16(status&^StatusSessionStateChanged))
}

// Change is one session state change of an OK packet.
type Change struct {
	Type  ChangeType
	Name  []byte // variable name; empty for the other types
	Value []byte // variable value, schema, GTID set, transaction state, ...
}

// ChangeType says what changed (enum_session_state_type).
type ChangeType byte

// Session state change types.
const (
	ChangeVariable ChangeType = iota
	ChangeSchema
	ChangeState
	ChangeGTIDs
	ChangeTransactionCharacteristics
	ChangeTransactionState
)

// Changes calls f for each session state change in state, the State of an OK.
func Changes(state []byte, f func(Change)) error {
	r := NewReader(state)
	for r.Len() > 0 {
		typ := ChangeType(r.Uint8())
		data := NewReader(r.LenencBytes())
		if r.Err() != nil {
			return ErrMalformed
		}
		switch typ {
		case ChangeVariable:
			for data.Len() > 0 {
				name := data.LenencBytes()
				value := data.LenencBytes()
				if data.Err() == nil {
					f(Change{Type: typ, Name: name, Value: value})
				}
			}
		case ChangeGTIDs:
			data.Uint8() // encoding: 0, a string
			f(Change{Type: typ, Value: data.LenencBytes()})
		case ChangeSchema, ChangeTransactionCharacteristics, ChangeTransactionState:
			f(Change{Type: typ, Value: data.LenencBytes()})
		default: // ChangeState is a bare "1"; types of later servers are passed on as they are
			f(Change{Type: typ, Value: data.Rest()})
		}
		if data.Err() != nil {
			return ErrMalformed
		}
	}
	return nil
}

// AppendChange appends one session state change in the form of an OK packet's State.
func AppendChange(b []byte, c Change) []byte {
	var data []byte
	switch c.Type {
	case ChangeVariable:
		data = AppendLenencString(AppendLenencString(nil, c.Name), c.Value)
	case ChangeGTIDs:
		data = AppendLenencString([]byte{0}, c.Value)
	case ChangeSchema, ChangeTransactionCharacteristics, ChangeTransactionState:
		data = AppendLenencString(nil, c.Value)
	default:
		data = c.Value
	}
	return AppendLenencString(append(b, byte(c.Type)), data)
}

// Column is a column definition (Protocol::ColumnDefinition41).
type Column struct {
	Schema    string
	Table     string // alias
	OrgTable  string
	Name      string // alias
	OrgName   string
	Charset   uint16
	Length    uint32
	Type      Type
	Flags     uint16
	Decimals  byte
	Default   []byte // COM_FIELD_LIST only; nil when absent
	IsDefault bool   // a default field follows, NULL when Default is nil
}

// ParseColumn reads a column definition packet.
func ParseColumn(p []byte) (Column, error) {
	r := NewReader(p)
	r.LenencBytes() // catalog, always "def"
	c := Column{
		Schema: string(r.LenencBytes()), Table: string(r.LenencBytes()), OrgTable: string(r.LenencBytes()),
		Name: string(r.LenencBytes()), OrgName: string(r.LenencBytes()),
	}
	r.Lenenc() // length of the fixed fields, 12
	c.Charset, c.Length, c.Type = r.Uint16(), r.Uint32(), Type(r.Uint8())
	c.Flags, c.Decimals = r.Uint16(), r.Uint8()
	r.Uint16()
	if c.IsDefault = r.Len() > 0; c.IsDefault {
		c.Default, _ = r.LenencNull()
	}
	return c, r.Err()
}

// Looks is what decides how a column's values are read. Name points into the packet.
type Looks struct {
	Name     []byte
	Charset  uint16
	Type     Type
	Flags    uint16
	Decimals uint8
}

// LooksOf reads a column definition packet as far as Looks has it.
func LooksOf(p []byte) (Looks, error) {
	r := NewReader(p)
	for range 4 { // catalog, schema, table, org_table
		r.LenencBytes()
	}
	l := Looks{Name: r.LenencBytes()}
	r.LenencBytes()
	r.Lenenc()
	l.Charset = r.Uint16()
	r.Uint32()
	l.Type, l.Flags, l.Decimals = Type(r.Uint8()), r.Uint16(), r.Uint8()
	return l, r.Err()
}

// Append appends the payload of a column definition packet.
func (c Column) Append(b []byte) []byte {
	b = AppendLenencString(b, "def")
	for _, s := range [...]string{c.Schema, c.Table, c.OrgTable, c.Name, c.OrgName} {
		b = AppendLenencString(b, s)
	}
	b = append(b, 12)
	b = AppendUint32(AppendUint16(b, c.Charset), c.Length)
	b = append(b, byte(c.Type), byte(c.Flags), byte(c.Flags>>8), c.Decimals, 0, 0)
	if c.IsDefault {
		if c.Default == nil {
			return append(b, 0xfb)
		}
		b = AppendLenencString(b, c.Default)
	}
	return b
}

// ReplaceSchema appends p, a column definition packet, with its schema field
// replaced by what rename returns for it. It is the one thing a relay may have to
// change in a column definition.
func ReplaceSchema(b, p []byte, rename func(schema []byte) (string, bool)) ([]byte, error) {
	head, schema, rest, err := cutSchema(p)
	if err != nil {
		return b, err
	}
	name, ok := rename(schema)
	if !ok {
		return append(b, p...), nil
	}
	b = append(b, p[:head]...)
	b = AppendLenencString(b, name)
	return append(b, rest...), nil
}

// cutSchema finds the schema in a column definition: head is how many bytes precede it.
func cutSchema(p []byte) (head int, schema, rest []byte, err error) {
	const catalog = "\x03def" // what all servers send
	if h := len(catalog); len(p) > h && string(p[:h]) == catalog && int(p[h]) < 251 && len(p) > h+int(p[h]) {
		end := h + 1 + int(p[h])
		return h, p[h+1 : end], p[end:], nil
	}
	r := NewReader(p)
	r.LenencBytes()
	head = len(p) - r.Len()
	schema = r.LenencBytes()
	if r.Err() != nil {
		return 0, nil, nil, ErrMalformed
	}
	return head, schema, r.Rest(), nil
}

// Text is a column of text, as Sluice's own answers use it.
func Text(name string, length uint32) Column {
	return Column{Name: name, Charset: CollationUTF8MB4, Length: length * 4, Type: TypeVarString, Decimals: 31}
}

// Integer is a column of 64-bit integers, as Sluice's own answers use it.
func Integer(name string, unsigned bool) Column {
	c := Column{Name: name, Charset: CollationBinary, Length: 21, Type: TypeLongLong, Flags: FlagNotNull | FlagBinary}
	if unsigned {
		c.Flags |= FlagUnsigned
	}
	return c
}

// AppendTextRow appends a row of the text protocol; a nil value is NULL.
func AppendTextRow(b []byte, values [][]byte) []byte {
	for _, v := range values {
		if v == nil {
			b = append(b, 0xfb)
			continue
		}
		b = AppendLenencString(b, v)
	}
	return b
}

// ParseTextRow splits a row of the text protocol into row, whose length is the
// number of columns. The values are parts of p; NULL is nil.
func ParseTextRow(p []byte, row [][]byte) error {
	r := NewReader(p)
	for i := range row {
		b, null := r.LenencNull()
		switch {
		case null:
			row[i] = nil
		case b == nil:
			row[i] = []byte{}
		default:
			row[i] = b
		}
	}
	if r.Len() > 0 {
		return ErrMalformed
	}
	return r.Err()
}

// QuoteIdent quotes an identifier for any sql_mode.
func QuoteIdent(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }

// AppendBinaryRow appends a row of the binary protocol. The values are as the text
// protocol writes them; columns are integers or strings, as Sluice's own answers are.
func AppendBinaryRow(b []byte, cols []Column, values [][]byte) []byte {
	b = append(b, 0)
	at := len(b)
	b = append(b, make([]byte, (len(values)+9)/8)...)
	for i, v := range values {
		if v == nil {
			b[at+(i+2)/8] |= 1 << ((i + 2) % 8)
			continue
		}
		switch cols[i].Type {
		case TypeLongLong, TypeLong:
			n, _ := strconv.ParseInt(string(v), 10, 64)
			if cols[i].Flags&FlagUnsigned != 0 {
				u, _ := strconv.ParseUint(string(v), 10, 64)
				n = int64(u)
			}
			if cols[i].Type == TypeLong {
				b = AppendUint32(b, uint32(n))
				continue
			}
			b = binary.LittleEndian.AppendUint64(b, uint64(n))
		default:
			b = AppendLenencString(b, v)
		}
	}
	return b
}

// EditBinaryRow appends a row of the binary protocol with each text in it replaced by
// what f makes of it.
func EditBinaryRow(b, p []byte, cols []Column, f func(i int, v []byte) []byte) ([]byte, error) {
	head := 1 + (len(cols)+9)/8
	if len(p) < head {
		return nil, ErrMalformed
	}
	b = append(b, p[:head]...)
	r := NewReader(p[head:])
	for i := range cols {
		if p[1+(i+2)/8]&(1<<((i+2)%8)) != 0 { // NULL
			continue
		}
		switch n := fixedSize(cols[i].Type); {
		case n > 0:
			b = append(b, r.Bytes(uint64(n))...)
		case n == 0: // a date or time: its length, in one byte, and as many bytes
			size := r.Uint8()
			b = append(append(b, size), r.Bytes(uint64(size))...)
		default:
			b = AppendLenencString(b, f(i, r.LenencBytes()))
		}
	}
	return b, r.Err()
}

// fixedSize is the number of bytes of a value in the binary protocol; 0 for dates and
// times, which say it themselves, and -1 for texts.
func fixedSize(t Type) int {
	switch t {
	case TypeTiny:
		return 1
	case TypeShort, TypeYear:
		return 2
	case TypeLong, TypeInt24, TypeFloat:
		return 4
	case TypeLongLong, TypeDouble:
		return 8
	case TypeDate, TypeDatetime, TypeTimestamp, TypeTime:
		return 0
	}
	return -1
}

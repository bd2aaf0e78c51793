package wire

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"net"
	"testing"

	"github.com/stretchr/testify/require"
)

// allCaps are the capabilities that change how a packet is read.
const allCaps = ClientProtocol41 | ClientSecureConnection | ClientConnectWithDB | ClientPluginAuth |
	ClientPluginAuthLenencData | ClientConnectAttrs | ClientSessionTrack | ClientDeprecateEOF |
	ClientZstdCompression | ClientQueryAttributes

// malformed fails unless err is the error of a packet that cannot be read.
func malformed(t *testing.T, err error) {
	t.Helper()
	if !errors.Is(err, ErrMalformed) {
		t.Fatalf("want ErrMalformed, got %v", err)
	}
}

// again checks that printing a message and reading it gives the message.
func again[M any](t *testing.T, m M, parse func([]byte) (M, error), appendTo func(M, []byte) []byte) {
	t.Helper()
	prefix := []byte("prefix")
	b := appendTo(m, prefix[:6:6])
	require.Equal(t, prefix, b[:6], "Append must append")
	got, err := parse(b[6:])
	require.NoError(t, err)
	require.Equal(t, m, got)
}

func FuzzLenenc(f *testing.F) {
	for _, v := range []uint64{0, 250, 251, 252, 1<<16 - 1, 1 << 16, 1<<24 - 1, 1 << 24, 1<<64 - 1} {
		f.Add(AppendLenenc(nil, v), v)
	}
	f.Add([]byte{0xfb}, uint64(0))
	f.Add([]byte{0xff}, uint64(0))
	f.Add([]byte{0xfd, 1, 2}, uint64(0))
	f.Fuzz(func(t *testing.T, p []byte, v uint64) {
		r := NewReader(AppendLenenc(nil, v))
		require.Equal(t, v, r.Lenenc())
		require.NoError(t, r.Err())
		require.Zero(t, r.Len())

		r = NewReader(p)
		for r.Len() > 0 {
			b, null := r.LenencNull()
			require.False(t, null && b != nil)
			require.LessOrEqual(t, len(b), len(p))
		}
		r = NewReader(AppendLenencString([]byte{0xfb}, p))
		b, null := r.LenencNull()
		require.True(t, null)
		require.Nil(t, b)
		require.True(t, bytes.Equal(p, r.LenencBytes()))
		require.NoError(t, r.Err())
	})
}

func FuzzOK(f *testing.F) {
	f.Add([]byte{0, 1, 2, 2, 0, 0, 0})
	f.Add([]byte{0, 0, 0, 2, 0x40, 0, 0, 0, 4, 1, 2, 1, 's'})
	f.Add([]byte{})
	f.Add([]byte{0, 0xff})
	f.Fuzz(func(t *testing.T, p []byte) {
		for _, caps := range []Capability{0, ClientSessionTrack} {
			track := caps != 0
			ok, err := ParseOK(p, track)
			if err != nil {
				malformed(t, err)
				continue
			}
			if len(ok.State) == 0 {
				ok.Status &^= StatusSessionStateChanged // an empty State is not sent
			}
			b := ok.Append(nil, HeaderOK, caps)
			got, err := ParseOK(b, track)
			require.NoError(t, err)
			require.Equal(t, b, got.Append(nil, HeaderOK, caps))
			require.Equal(t, ok.Affected, got.Affected)
			require.Equal(t, ok.InsertID, got.InsertID)
			require.Equal(t, ok.Warnings, got.Warnings)
			require.True(t, bytes.Equal(ok.Info, got.Info))
			require.True(t, bytes.Equal(ok.State, got.State))
		}
	})
}

func FuzzChanges(f *testing.F) {
	f.Add(AppendChange(nil, Change{Type: ChangeSchema, Value: []byte("saas")}))
	f.Add(AppendChange(nil, Change{Type: ChangeVariable, Name: []byte("autocommit"), Value: []byte("ON")}))
	f.Add(AppendChange(nil, Change{Type: ChangeGTIDs, Value: []byte("b-1:7")}))
	f.Add([]byte{0, 200, 1})
	f.Fuzz(func(t *testing.T, state []byte) {
		var changes []Change
		if err := Changes(state, func(c Change) { changes = append(changes, c) }); err != nil {
			malformed(t, err)
			return
		}
		var b []byte
		for _, c := range changes {
			b = AppendChange(b, c)
		}
		var got []Change
		require.NoError(t, Changes(b, func(c Change) { got = append(got, c) }))
		require.Len(t, got, len(changes))
		for i, c := range changes {
			require.Equal(t, c.Type, got[i].Type)
			require.True(t, bytes.Equal(c.Name, got[i].Name))
			require.True(t, bytes.Equal(c.Value, got[i].Value))
		}
	})
}

func FuzzError(f *testing.F) {
	f.Add([]byte("\xff\x28\x04#42000You have an error"))
	f.Add([]byte("\xff\x10\x04Too many connections"))
	f.Add([]byte{0xff})
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, p []byte) {
		e, err := ParseError(p)
		if err != nil {
			malformed(t, err)
			return
		}
		again(t, e, ParseError, (*Error).Append)
	})
}

func FuzzColumn(f *testing.F) {
	f.Add(Text("name", 20).Append(nil))
	f.Add(Column{Schema: "saas_crm", Table: "t", OrgTable: "tenants", Name: "n", OrgName: "name",
		Charset: 255, Length: 80, Type: TypeVarString, Flags: FlagNotNull}.Append(nil))
	f.Add([]byte{3, 'd', 'e', 'f', 200})
	f.Fuzz(func(t *testing.T, p []byte) {
		c, err := ParseColumn(p)
		if err != nil {
			malformed(t, err)
			return
		}
		again(t, c, ParseColumn, Column.Append)

		same, err := ReplaceSchema(nil, p, func([]byte) (string, bool) { return "", false })
		require.NoError(t, err)
		require.True(t, bytes.Equal(p, same))
		b, err := ReplaceSchema(nil, p, func(s []byte) (string, bool) { return string(s) + "_new", true })
		require.NoError(t, err)
		renamed, err := ParseColumn(b)
		require.NoError(t, err)
		c.Schema += "_new"
		require.Equal(t, c, renamed)
	})
}

func FuzzTextRow(f *testing.F) {
	f.Add(AppendTextRow(nil, [][]byte{[]byte("1"), nil, {}}), 3)
	f.Add([]byte{0xfb}, 1)
	f.Add([]byte{5, 'x'}, 1)
	f.Fuzz(func(t *testing.T, p []byte, n int) {
		row := make([][]byte, n&15)
		if err := ParseTextRow(p, row); err != nil {
			malformed(t, err)
			return
		}
		got := make([][]byte, len(row))
		require.NoError(t, ParseTextRow(AppendTextRow(nil, row), got))
		require.Equal(t, row, got)
	})
}

func FuzzGreeting(f *testing.F) {
	f.Add(Greeting{Version: "8.0.36-sluice", ConnectionID: 7, Nonce: []byte("12345678901234567890"),
		Capabilities: allCaps, Collation: 255, Status: StatusAutocommit, Plugin: PluginSHA2}.Append(nil))
	f.Add([]byte{10})
	f.Add([]byte{9, '3', 0})
	f.Fuzz(func(t *testing.T, p []byte) {
		g, err := ParseGreeting(p)
		if err != nil {
			malformed(t, err)
			return
		}
		require.Len(t, g.Nonce, NonceSize)
		if !g.Capabilities.Has(ClientPluginAuth) {
			return
		}
		again(t, g, ParseGreeting, Greeting.Append)
	})
}

func FuzzLogin(f *testing.F) {
	l := Login{Capabilities: allCaps, MaxPacket: 1 << 24, Collation: 255, User: "app", Auth: []byte("01234567890123456789"),
		Database: "saas", Plugin: PluginSHA2, Attributes: []Attribute{{"_client_name", "libmysql"}, {"_pid", "1"}}, ZstdLevel: 3}
	f.Add(l.Append(nil))
	l.Capabilities &^= ClientConnectAttrs
	f.Add(append(l.Append(nil), 3, 200, 'x', 'y'))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, p []byte) {
		for _, offered := range []Capability{allCaps, allCaps &^ ClientPluginAuthLenencData, ClientProtocol41} {
			IsSSLRequest(p)
			l, err := ParseLogin(p, offered)
			if err != nil {
				malformed(t, err)
				continue
			}
			if l.Capabilities&allCaps != allCaps || offered != allCaps || l.ZstdLevel == 0 {
				continue
			}
			again(t, l, func(b []byte) (Login, error) { return ParseLogin(b, offered) }, Login.Append)
		}
	})
}

func FuzzChangeUser(f *testing.F) {
	f.Add([]byte("app\x00\x00saas\x00\xff\x00caching_sha2_password\x00\x05\x01a\x01b"))
	f.Add([]byte("app\x00\xffx"))
	f.Fuzz(func(t *testing.T, p []byte) {
		for _, caps := range []Capability{allCaps, ClientProtocol41} {
			if _, err := ParseChangeUser(p, caps); err != nil {
				malformed(t, err)
			}
		}
		if _, _, err := ParseAuthSwitch(p); err != nil {
			malformed(t, err)
		}
	})
}

func FuzzPrepared(f *testing.F) {
	f.Add(Prepared{ID: 1, Columns: 2, Params: 3, Warnings: 4}.Append(nil))
	f.Add([]byte{0, 1, 2})
	f.Fuzz(func(t *testing.T, p []byte) {
		s, err := ParsePrepared(p)
		if err != nil {
			malformed(t, err)
			return
		}
		again(t, s, ParsePrepared, Prepared.Append)
	})
}

func FuzzExecute(f *testing.F) {
	for _, c := range executeCases {
		f.Add(c.packet, uint32(c.caps), byte(c.params), byte(0), len(c.types) > 0)
	}
	f.Fuzz(func(t *testing.T, p []byte, caps uint32, params, longs byte, earlier bool) {
		n := int(params & 31)
		var types []ParamType
		if earlier {
			types = make([]ParamType, n)
			for i := range types {
				types[i].Type = TypeLong
			}
		}
		long := func(i int) bool { return longs&(1<<i) != 0 }
		e, err := ParseExecute(p, Capability(caps), n, types, long)
		if errors.Is(err, ErrArguments) {
			return
		}
		if err != nil {
			malformed(t, err)
			return
		}
		if e.Bound && n > 0 {
			require.Len(t, e.Types, n)
			types = e.Types
		}
		require.Len(t, e.Kinds(nil, types, nil), len(types))
		for i := range n {
			if e.IsNull(i) || long(i) {
				continue
			}
			_, err := e.Param(i, types, long)
			require.NoError(t, err)
		}
		got, err := ParseExecute(e.Append(nil, types), 0, n, nil, long)
		require.NoError(t, err)
		require.Equal(t, e.ID, got.ID)
		require.Equal(t, e.Flags, got.Flags)
		require.True(t, bytes.Equal(e.Values, got.Values))
		require.True(t, bytes.Equal(e.Null, got.Null))
		require.True(t, n == 0 || got.Bound)
		for i, pt := range got.Types {
			require.Equal(t, types[i], pt)
		}
	})
}

func FuzzQuery(f *testing.F) {
	for _, c := range queryCases {
		f.Add(c.packet)
	}
	f.Fuzz(func(t *testing.T, p []byte) {
		sql, attrs, err := ParseQuery(p, ClientQueryAttributes)
		if err != nil {
			malformed(t, err)
			return
		}
		require.LessOrEqual(t, len(sql), len(p))
		require.LessOrEqual(t, len(attrs), len(p))
		sql, attrs, err = ParseQuery(p, 0)
		require.NoError(t, err)
		require.Empty(t, attrs)
		require.True(t, bytes.Equal(p, sql))
	})
}

// stream is a net.Conn that reads from a Reader at most chunk bytes at a time.
type stream struct {
	net.Conn
	r     io.Reader
	chunk int
	out   bytes.Buffer
}

func (s *stream) Read(p []byte) (int, error)  { return s.r.Read(p[:min(len(p), s.chunk)]) }
func (s *stream) Write(p []byte) (int, error) { return s.out.Write(p) }

func FuzzConn(f *testing.F) {
	f.Add([]byte{1, 0, 0, 0, 14, 0, 0, 0, 1}, byte(1))
	f.Add([]byte{0xff, 0xff, 0xff, 0, 1}, byte(100))
	f.Add([]byte{1, 0, 0, 7, 14}, byte(3))
	f.Fuzz(func(t *testing.T, in []byte, chunk byte) {
		c := NewConn(&stream{r: bytes.NewReader(in), chunk: int(chunk) + 1}, 64)
		c.Limit = 1 << 20
		var got []byte
		for seq := byte(0); ; seq++ {
			p, err := c.ReadPacket()
			if err != nil {
				if err != io.EOF && err != io.ErrUnexpectedEOF && !errors.Is(err, ErrSequence) && !errors.Is(err, ErrTooLarge) {
					t.Fatal(err)
				}
				break
			}
			got = append(got, byte(len(p)), byte(len(p)>>8), byte(len(p)>>16), seq)
			got = append(got, p...)
		}
		require.True(t, bytes.HasPrefix(in, got))
	})
}

func FuzzConnRoundTrip(f *testing.F) {
	f.Add([]byte("select 1"), []byte{}, byte(0))
	f.Add([]byte{}, bytes.Repeat([]byte("x"), 300), byte(200))
	f.Fuzz(func(t *testing.T, a, b []byte, chunk byte) {
		w := &stream{}
		c := NewConn(w, 64)
		c.WritePacket(a)
		c.End(append(c.Begin(), b...))
		require.NoError(t, c.Flush())
		c = NewConn(&stream{r: &w.out, chunk: int(chunk) + 1}, 64)
		for _, want := range [][]byte{a, b} {
			p, err := c.ReadPacket()
			require.NoError(t, err)
			require.True(t, bytes.Equal(want, p))
		}
		_, err := c.ReadPacket()
		require.ErrorIs(t, err, io.EOF)
	})
}

// A message of a multiple of 16 MB - 1 ends with an empty packet.
func TestConnLongMessages(t *testing.T) {
	for _, size := range []int{MaxPayload - 1, MaxPayload, MaxPayload + 1, 2 * MaxPayload} {
		msg := bytes.Repeat([]byte("x"), size)
		for name, write := range map[string]func(*Conn){
			"WritePacket": func(c *Conn) { c.WritePacket(msg) },
			"End":         func(c *Conn) { c.End(append(c.Begin(), msg...)) },
		} {
			w := &stream{}
			c := NewConn(w, 4096)
			write(c)
			c.WritePacket([]byte("next"))
			require.NoError(t, c.Flush())
			require.Equal(t, byte(size/MaxPayload+2), c.Sequence(), name)

			c = NewConn(&stream{r: bytes.NewReader(w.out.Bytes()), chunk: 1 << 20}, 4096)
			p, err := c.ReadPacket()
			require.NoError(t, err)
			require.True(t, bytes.Equal(msg, p), name)
			p, err = c.ReadPacket()
			require.NoError(t, err)
			require.Equal(t, "next", string(p))

			c = NewConn(&stream{r: bytes.NewReader(w.out.Bytes()), chunk: 1 << 20}, 4096)
			c.Limit = size - 1
			_, err = c.ReadPacket()
			require.ErrorIs(t, err, ErrTooLarge)
		}
	}
}

// executeCase is a COM_STMT_EXECUTE payload after the command byte.
type executeCase struct {
	name   string
	packet []byte
	caps   Capability
	params int
	types  []ParamType // of an earlier execution
	want   *Execute    // nil: refused
	err    error       // then: why; nil: malformed
}

func cat(parts ...any) []byte {
	var b []byte
	for _, p := range parts {
		switch p := p.(type) {
		case string:
			b = append(b, p...)
		case []byte:
			b = append(b, p...)
		case int:
			b = append(b, byte(p))
		}
	}
	return b
}

var (
	executeHead = cat(5, 0, 0, 0, 0, 1, 0, 0, 0)
	// executeCountHead says that a parameter count follows (PARAMETER_COUNT_AVAILABLE).
	executeCountHead = cat(5, 0, 0, 0, 8, 1, 0, 0, 0)

	executeCases = []executeCase{
		{name: "empty", packet: nil},
		{name: "head cut short", packet: executeHead[:8]},
		{name: "no parameters", packet: executeHead, want: &Execute{ID: 5, Iterations: 1}},
		{name: "one number", packet: cat(executeHead, 0, 1, 3, 0x80, 42, 0, 0, 0), params: 1,
			want: &Execute{ID: 5, Iterations: 1, Null: []byte{0}, Bound: true, Types: []ParamType{{TypeLong, true}}, Values: []byte{42, 0, 0, 0}}},
		{name: "types of before", packet: cat(executeHead, 0, 0, 42, 0, 0, 0), params: 1, types: []ParamType{{TypeLong, true}},
			want: &Execute{ID: 5, Iterations: 1, Null: []byte{0}, Values: []byte{42, 0, 0, 0}}},
		{name: "no types and none before", packet: cat(executeHead, 0, 0, 42, 0, 0, 0), params: 1, err: ErrArguments},
		{name: "NULL", packet: cat(executeHead, 1, 1, 3, 0), params: 1,
			want: &Execute{ID: 5, Iterations: 1, Null: []byte{1}, Bound: true, Types: []ParamType{{TypeLong, false}}, Values: []byte{}}},
		{name: "bitmap missing", packet: executeHead, params: 1},
		{name: "types cut short", packet: cat(executeHead, 0, 1, 3), params: 1},
		{name: "value missing", packet: cat(executeHead, 0, 1, 3, 0), params: 1},
		{name: "value cut short", packet: cat(executeHead, 0, 1, 3, 0, 1, 2, 3), params: 1},
		{name: "string longer than the packet", packet: cat(executeHead, 0, 1, 0xfd, 0, 250, "x"), params: 1},
		{name: "string of 2^64-1 bytes", packet: cat(executeHead, 0, 1, 0xfd, 0, "\xfe\xff\xff\xff\xff\xff\xff\xff\xff", "x"), params: 1},
		{name: "unknown type", packet: cat(executeHead, 0, 1, 200, 0, 1), params: 1, err: ErrArguments},
		{name: "unknown type without a value", packet: cat(executeHead, 0, 1, 200, 0), params: 1},
		{name: "times of all lengths", packet: cat(executeHead, 0, 1, 12, 0, 12, 0, 12, 0, 0, 4, "abcd", 11, "abcdefghijk"), params: 3,
			want: &Execute{ID: 5, Iterations: 1, Null: []byte{0}, Bound: true, Types: []ParamType{{TypeDatetime, false}, {TypeDatetime, false}, {TypeDatetime, false}},
				Values: cat(0, 4, "abcd", 11, "abcdefghijk")}},
		{name: "query attributes, none given", packet: cat(executeCountHead, 1, 0, 1, 1, 0, 0, 42), caps: ClientQueryAttributes, params: 1,
			want: &Execute{ID: 5, Iterations: 1, Null: []byte{0}, Bound: true, Types: []ParamType{{TypeTiny, false}}, Values: []byte{42}}},
		{name: "query attributes, count without the flag", packet: cat(executeHead, 1, 0, 1, 1, 0, 0, 42), caps: ClientQueryAttributes, params: 1,
			want: &Execute{ID: 5, Iterations: 1, Null: []byte{0}, Bound: true, Types: []ParamType{{TypeTiny, false}}, Values: []byte{42}}},
		{name: "query attributes, no parameters", packet: cat(executeCountHead, 1, 0, 1, 0xfe, 0, 1, "k", 1, "v"), caps: ClientQueryAttributes,
			want: &Execute{ID: 5, Iterations: 1, Null: []byte{}, Bound: true, Types: []ParamType{}, Values: []byte{}, Attributes: []Attribute{{"k", "v"}}}},
		{name: "query attributes, no parameters and no count", packet: executeHead, caps: ClientQueryAttributes,
			want: &Execute{ID: 5, Iterations: 1}},
		{name: "query attributes after a parameter", packet: cat(executeCountHead, 2, 0, 1, 1, 0, 0, 0xfe, 0, 1, "k", 42, 1, "v"), caps: ClientQueryAttributes, params: 1,
			want: &Execute{ID: 5, Iterations: 1, Null: []byte{0}, Bound: true, Types: []ParamType{{TypeTiny, false}}, Values: []byte{42}, Attributes: []Attribute{{"k", "v"}}}},
		{name: "a NULL query attribute", packet: cat(executeCountHead, 2, 2, 1, 1, 0, 0, 0xfe, 0, 1, "k", 42), caps: ClientQueryAttributes, params: 1,
			want: &Execute{ID: 5, Iterations: 1, Null: []byte{0}, Bound: true, Types: []ParamType{{TypeTiny, false}}, Values: []byte{42}}},
		{name: "fewer parameters than the statement has", packet: cat(executeCountHead, 0), caps: ClientQueryAttributes, params: 1},
		{name: "a count of 2^64-1", packet: cat(executeCountHead, "\xfe\xff\xff\xff\xff\xff\xff\xff\xff"), caps: ClientQueryAttributes, params: 1},
	}
)

func TestParseExecute(t *testing.T) {
	for _, c := range executeCases {
		t.Run(c.name, func(t *testing.T) {
			got, err := ParseExecute(c.packet, c.caps, c.params, c.types, nil)
			if c.want == nil {
				require.ErrorIs(t, err, cmp.Or(c.err, ErrMalformed))
				return
			}
			require.NoError(t, err)
			require.Equal(t, *c.want, got)
		})
	}
	t.Run("long data has no value", func(t *testing.T) {
		p := cat(executeHead, 0, 1, 0xfc, 0, 1, 0, 7)
		got, err := ParseExecute(p, 0, 2, nil, func(i int) bool { return i == 0 })
		require.NoError(t, err)
		require.Equal(t, []byte{7}, got.Values)
		b, err := got.Param(1, got.Types, func(i int) bool { return i == 0 })
		require.NoError(t, err)
		require.Equal(t, []byte{7}, b)
	})
}

var queryCases = []struct {
	name   string
	packet []byte
	sql    string
	attrs  []Attribute
	bad    bool
}{
	{name: "empty packet", bad: true},
	{name: "count only", packet: cat(0), bad: true},
	{name: "no attributes", packet: cat(0, 1, "select 1"), sql: "select 1"},
	{name: "no attributes, empty query", packet: cat(0, 1)},
	{name: "one string", packet: cat(1, 1, 0, 1, 0xfe, 0, 1, "k", 2, "vw", "select 1"), sql: "select 1", attrs: []Attribute{{"k", "vw"}}},
	{name: "a NULL", packet: cat(1, 1, 1, 1, 0xfe, 0, 1, "k", "select 1"), sql: "select 1", attrs: []Attribute{{"k", ""}}},
	{name: "a number is skipped", packet: cat(2, 1, 0, 1, 3, 0, 1, "n", 0xfe, 0, 1, "k", 1, 0, 0, 0, 1, "v", "select 1"), sql: "select 1", attrs: []Attribute{{"n", ""}, {"k", "v"}}},
	{name: "types not sent", packet: cat(1, 1, 0, 0, "select 1"), bad: true},
	{name: "bitmap missing", packet: cat(9, 1, 0), bad: true},
	{name: "name longer than the packet", packet: cat(1, 1, 0, 1, 0xfe, 0, 200, "k"), bad: true},
	{name: "value longer than the packet", packet: cat(1, 1, 0, 1, 0xfe, 0, 1, "k", 200, "v"), bad: true},
	{name: "2^64-1 attributes", packet: cat("\xfe\xff\xff\xff\xff\xff\xff\xff\xff", 1, 0, 1), bad: true},
	{name: "value of 2^64-1 bytes", packet: cat(1, 1, 0, 1, 0xfe, 0, 1, "k", "\xfe\xff\xff\xff\xff\xff\xff\xff\xff"), bad: true},
}

func TestParseQuery(t *testing.T) {
	for _, c := range queryCases {
		t.Run(c.name, func(t *testing.T) {
			sql, attrs, err := ParseQuery(c.packet, ClientQueryAttributes)
			if c.bad {
				require.ErrorIs(t, err, ErrMalformed)
				return
			}
			require.NoError(t, err)
			require.Equal(t, c.sql, string(sql))
			require.Equal(t, c.attrs, attrs)
		})
	}
}

// What crashed other proxies: nothing of a login may be trusted.
func TestParseLoginMalformed(t *testing.T) {
	good := Login{Capabilities: allCaps &^ ClientZstdCompression, MaxPacket: 1 << 24, Collation: 45, User: "app", Auth: []byte("x"),
		Database: "saas", Plugin: PluginSHA2, Attributes: []Attribute{{"_os", "Linux"}}}
	packet := good.Append(nil)
	got, err := ParseLogin(packet, allCaps)
	require.NoError(t, err)
	require.Equal(t, good, got)

	block := len("\x0a\x03_os\x05Linux")
	head := packet[:len(packet)-block]
	for name, p := range map[string][]byte{
		"empty packet":                              {},
		"one byte":                                  {0x85},
		"without CLIENT_PROTOCOL_41":                make([]byte, 100),
		"fixed part only":                           packet[:32],
		"user name without end":                     packet[:34],
		"scramble longer than the packet":           append(packet[:36:36], 200, 'x'),
		"attributes longer than the packet":         cat(head, 200, 3, "_os"),
		"attributes of 2^64-1 bytes":                cat(head, "\xfe\xff\xff\xff\xff\xff\xff\xff\xff"),
		"attribute block NULL":                      cat(head, 0xfb),
		"attribute name longer than the block":      cat(head, 4, 200, "_os"),
		"attribute name of 2^64-1 bytes":            cat(head, 10, "\xfe\xff\xff\xff\xff\xff\xff\xff\xff", "x"),
		"attribute without a value":                 cat(head, 4, 3, "_os"),
		"attribute value longer than the block":     cat(head, 6, 3, "_os", 5, "L"),
		"attribute value that ends in the next one": cat(head, 6, 3, "_os", 9, "L", 1, "x"),
		"attribute value NULL":                      cat(head, 5, 3, "_os", 0xfb),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParseLogin(p, allCaps)
			require.ErrorIs(t, err, ErrMalformed)
		})
	}
	for i := range packet[:len(packet)-1] {
		_, err := ParseLogin(packet[:i], allCaps) // must not panic; some prefixes are whole logins
		if err != nil {
			require.ErrorIs(t, err, ErrMalformed)
		}
	}
}

func TestDecodersOnEmptyPackets(t *testing.T) {
	for name, parse := range map[string]func([]byte) error{
		"ParseOK":         func(p []byte) error { _, err := ParseOK(p, true); return err },
		"ParseError":      func(p []byte) error { _, err := ParseError(p); return err },
		"ParseColumn":     func(p []byte) error { _, err := ParseColumn(p); return err },
		"ParseGreeting":   func(p []byte) error { _, err := ParseGreeting(p); return err },
		"ParseLogin":      func(p []byte) error { _, err := ParseLogin(p, allCaps); return err },
		"ParseChangeUser": func(p []byte) error { _, err := ParseChangeUser(p, allCaps); return err },
		"ParseAuthSwitch": func(p []byte) error { _, _, err := ParseAuthSwitch(p); return err },
		"ParsePrepared":   func(p []byte) error { _, err := ParsePrepared(p); return err },
		"ParseTextRow":    func(p []byte) error { return ParseTextRow(p, make([][]byte, 1)) },
		"ReplaceSchema":   func(p []byte) error { _, err := ReplaceSchema(nil, p, nil); return err },
	} {
		t.Run(name, func(t *testing.T) {
			require.ErrorIs(t, parse(nil), ErrMalformed)
			require.ErrorIs(t, parse([]byte{}), ErrMalformed)
		})
	}
}

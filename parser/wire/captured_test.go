package wire

import (
	"net"
	"testing"

	"github.com/stretchr/testify/require"
)

// The packets of this file were captured between MySQL 9.7.4 (or its mysql client, or
// the mysql2 driver for Node 3.24) and a relay. They are read and, where Sluice prints
// such packets, printed again to the same bytes.

const capturedTable = "orders"

func TestCapturedGreeting(t *testing.T) {
	p := unhex(t, "0a392e372e342d32003e0000007542293b1b6a586700ffffff0200ffdf150000000000000000000048410c204e306d707e70664a0063616368696e675f736861325f70617373776f726400")
	g, err := ParseGreeting(p)
	require.NoError(t, err)
	require.Equal(t, Greeting{Version: "9.7.4-2", ConnectionID: 62, Nonce: []byte("uB);\x1bjXgHA\f N0mp~pfJ"),
		Capabilities: 0xdfffffff, Collation: 255, Status: StatusAutocommit, Plugin: PluginSHA2}, g)
	require.Equal(t, p, g.Append(nil))
}

func TestCapturedLogin(t *testing.T) {
	for name, c := range map[string]struct {
		packet string
		want   Login
	}{
		"mysql client": {
			"8da2bf1900000001ff00000000000000000000000000000000000000000000007a0020e9e2e32cd9b5627b20f3675a867c749cfd7198e826a113d04fa97708be3697b06361700063616368696e675f736861325f70617373776f72640072045f706964053231363433095f706c6174666f726d067838365f3634035f6f73054c696e75780c5f636c69656e745f6e616d65086c69626d7973716c076f735f7573657204726f6f740f5f636c69656e745f76657273696f6e05392e372e340c70726f6772616d5f6e616d65056d7973716c",
			Login{Capabilities: 0x19bfa28d, MaxPacket: 1 << 24, Collation: 255, User: "z", Database: "cap", Plugin: PluginSHA2,
				Auth: unhex(t, "e9e2e32cd9b5627b20f3675a867c749cfd7198e826a113d04fa97708be3697b0"),
				Attributes: []Attribute{{"_pid", "21643"}, {"_platform", "x86_64"}, {"_os", "Linux"}, {"_client_name", "libmysql"},
					{"os_user", "root"}, {"_client_version", "9.7.4"}, {"program_name", "mysql"}}},
		},
		"mysql2": {
			"cff3ba1800000000e000000000000000000000000000000000000000000000007a0020f09c3809ab2e815d2bf3bf0070b6cc6b5df348531e24d4c844a14fcb5b3954d46361700063616368696e675f736861325f70617373776f726400310c5f636c69656e745f6e616d650c4e6f64652d4d7953514c2d320f5f636c69656e745f76657273696f6e06332e32342e36",
			Login{Capabilities: 0x18baf3cf, Collation: 224, User: "z", Database: "cap", Plugin: PluginSHA2,
				Auth:       unhex(t, "f09c3809ab2e815d2bf3bf0070b6cc6b5df348531e24d4c844a14fcb5b3954d4"),
				Attributes: []Attribute{{"_client_name", "Node-MySQL-2"}, {"_client_version", "3.24.6"}}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := unhex(t, c.packet)
			l, err := ParseLogin(p, 0xdfffffff)
			require.NoError(t, err)
			require.Equal(t, c.want, l)
			require.Equal(t, p, l.Append(nil))
		})
	}
}

func TestCapturedOK(t *testing.T) {
	for _, c := range []struct {
		name    string
		packet  string
		caps    Capability
		want    OK
		changes []Change
	}{
		{"insert", "00010302000000", ClientSessionTrack, OK{Affected: 1, InsertID: 3, Status: StatusAutocommit}, nil},
		{"insert of two", "00020402000000265265636f7264733a203220204475706c6963617465733a203020205761726e696e67733a2030", ClientSessionTrack,
			OK{Affected: 2, InsertID: 4, Status: StatusAutocommit, Info: []byte("Records: 2  Duplicates: 0  Warnings: 0")}, nil},
		{"update, without session tracking", "0000002200000028526f7773206d6174636865643a203020204368616e6765643a203020205761726e696e67733a2030", 0,
			OK{Status: StatusAutocommit | StatusNoIndex, Info: []byte("Rows matched: 0  Changed: 0  Warnings: 0")}, nil},
		{"use", "000000024000000006010403636170", ClientSessionTrack,
			OK{Status: StatusAutocommit | StatusSessionStateChanged, Info: []byte{}, State: []byte("\x01\x04\x03cap")},
			[]Change{{Type: ChangeSchema, Value: []byte("cap")}}},
		{"use with session_track_state_change", "000000024000000009010403636170020131", ClientSessionTrack,
			OK{Status: StatusAutocommit | StatusSessionStateChanged, Info: []byte{}, State: []byte("\x01\x04\x03cap\x02\x011")},
			[]Change{{Type: ChangeSchema, Value: []byte("cap")}, {Type: ChangeState, Value: []byte("1")}}},
		{"set autocommit=0", "00000000400000" + "0014000f0a6175746f636f6d6d6974034f4646020131", ClientSessionTrack,
			OK{Status: StatusSessionStateChanged, Info: []byte{}, State: []byte("\x00\x0f\x0aautocommit\x03OFF\x02\x011")},
			[]Change{{Type: ChangeVariable, Name: []byte("autocommit"), Value: []byte("OFF")}, {Type: ChangeState, Value: []byte("1")}}},
		{"session_track_transaction_info=CHARACTERISTICS", "000000024000000003040100", ClientSessionTrack,
			OK{Status: StatusAutocommit | StatusSessionStateChanged, Info: []byte{}, State: []byte("\x04\x01\x00")},
			[]Change{{Type: ChangeTransactionCharacteristics, Value: []byte{}}}},
		{"start transaction read only, all variables tracked", "00000003600000001e00110c73746174656d656e745f696403333837050908545f5f5f5f5f5f5f", ClientSessionTrack,
			OK{Status: StatusInTrans | StatusAutocommit | StatusInTransReadonly | StatusSessionStateChanged, Info: []byte{},
				State: []byte("\x00\x11\x0cstatement_id\x03387\x05\x09\x08T_______")},
			[]Change{{Type: ChangeVariable, Name: []byte("statement_id"), Value: []byte("387")}, {Type: ChangeTransactionState, Value: []byte("T_______")}}},
		{"end of a result set", "fe000021400000000b050908495f525f5773535f", ClientSessionTrack,
			OK{Status: StatusInTrans | StatusNoIndex | StatusSessionStateChanged, Info: []byte{}, State: []byte("\x05\x09\x08I_R_WsS_")},
			[]Change{{Type: ChangeTransactionState, Value: []byte("I_R_WsS_")}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := unhex(t, c.packet)
			ok, err := ParseOK(p, c.caps != 0)
			require.NoError(t, err)
			require.Equal(t, c.want, ok)
			require.Equal(t, p, ok.Append(nil, p[0], c.caps))

			var changes []Change
			var state []byte
			require.NoError(t, Changes(ok.State, func(c Change) {
				changes = append(changes, c)
				state = AppendChange(state, c)
			}))
			require.Equal(t, c.changes, changes)
			require.Equal(t, string(ok.State), string(state))
		})
	}
	t.Run("two variables are one entry each", func(t *testing.T) {
		state := unhex(t, "000e0a6175746f636f6d6d6974024f4e000a0873716c5f6d6f64650000110c73746174656d656e745f696403333835")
		got := map[string]string{}
		require.NoError(t, Changes(state, func(c Change) { got[string(c.Name)] = string(c.Value) }))
		require.Equal(t, map[string]string{"autocommit": "ON", "sql_mode": "", "statement_id": "385"}, got)
	})
	require.Equal(t, unhex(t, "fe00000200"), AppendEOF(nil, 0, StatusAutocommit))
}

func TestCapturedError(t *testing.T) {
	p := unhex(t, "ff1e04233432533232556e6b6e6f776e20636f6c756d6e20276e6f70652720696e20276669656c64206c69737427")
	e, err := ParseError(p)
	require.NoError(t, err)
	require.Equal(t, &Error{Number: 1054, State: "42S22", Message: "Unknown column 'nope' in 'field list'"}, e)
	require.Equal(t, p, e.Append(nil))
}

func TestCapturedColumns(t *testing.T) {
	for _, c := range []struct {
		packet string
		want   Column
	}{
		{"0364656603636170016f066f72646572730269640269640c3f00140000000821420000" + "00",
			Column{Schema: "cap", Table: "o", OrgTable: capturedTable, Name: "id", OrgName: "id", Charset: 63, Length: 20, Type: TypeLongLong, Flags: 0x4221}},
		{"0364656603636170016f066f7264657273016e046e616d650cff0078000000fd0000000000",
			Column{Schema: "cap", Table: "o", OrgTable: capturedTable, Name: "n", OrgName: "name", Charset: 255, Length: 120, Type: TypeVarString}},
		{"0364656603636170016f066f726465727305746f74616c05746f74616c0c3f000c000000f60000020000",
			Column{Schema: "cap", Table: "o", OrgTable: capturedTable, Name: "total", OrgName: "total", Charset: 63, Length: 12, Type: TypeNewDecimal, Decimals: 2}},
		{"0364656603636170016f066f72646572730261740261740c3f00170000000c8000030000",
			Column{Schema: "cap", Table: "o", OrgTable: capturedTable, Name: "at", OrgName: "at", Charset: 63, Length: 23, Type: TypeDatetime, Flags: FlagBinary, Decimals: 3}},
		{"036465660000000178000ce000fcff0000fd00001f0000", // a parameter
			Column{Name: "x", Charset: 224, Length: 0xfffc, Type: TypeVarString, Decimals: 31}},
		// COM_FIELD_LIST
		{"0364656603636170066f7264657273066f7264657273046e616d65046e616d650c2d0078000000fd0000000000046e6f6e65",
			Column{Schema: "cap", Table: capturedTable, OrgTable: capturedTable, Name: "name", OrgName: "name", Charset: 45, Length: 120, Type: TypeVarString, Default: []byte("none"), IsDefault: true}},
		{"0364656603636170066f7264657273066f726465727305746f74616c05746f74616c0c3f000c000000f60000020000fb",
			Column{Schema: "cap", Table: capturedTable, OrgTable: capturedTable, Name: "total", OrgName: "total", Charset: 63, Length: 12, Type: TypeNewDecimal, Decimals: 2, IsDefault: true}},
	} {
		p := unhex(t, c.packet)
		got, err := ParseColumn(p)
		require.NoError(t, err)
		require.Equal(t, c.want, got)
		require.Equal(t, p, got.Append(nil))

		renamed, err := ReplaceSchema(nil, p, func(s []byte) (string, bool) { return "saas", string(s) == "cap" })
		require.NoError(t, err)
		if c.want.Schema != "" {
			c.want.Schema = "saas"
		}
		require.Equal(t, c.want.Append(nil), renamed)
	}
}

func TestCapturedTextRow(t *testing.T) {
	p := unhex(t, "0131016104312e353017323032362d30312d30322030333a30343a30352e3637380132")
	row := make([][]byte, 5)
	require.NoError(t, ParseTextRow(p, row))
	require.Equal(t, [][]byte{[]byte("1"), []byte("a"), []byte("1.50"), []byte("2026-01-02 03:04:05.678"), []byte("2")}, row)
	require.Equal(t, p, AppendTextRow(nil, row))

	p = unhex(t, "0132fbfbfb0132")
	require.NoError(t, ParseTextRow(p, row))
	require.Equal(t, [][]byte{[]byte("2"), nil, nil, nil, []byte("2")}, row)
	require.Equal(t, p, AppendTextRow(nil, row))
}

func TestCapturedPrepared(t *testing.T) {
	p := unhex(t, "000100000004000400000000")
	s, err := ParsePrepared(append(p, 1)) // CLIENT_OPTIONAL_RESULTSET_METADATA appends a byte
	require.NoError(t, err)
	require.Equal(t, Prepared{ID: 1, Columns: 4, Params: 4}, s)
	require.Equal(t, p, s.Append(nil))
}

// select ? x, ? y, ? z, ? w with 1 (a double), 'abc', NULL and a datetime.
func TestCapturedExecute(t *testing.T) {
	p := unhex(t, "010000000801000000040401050000fd00000600000c0000000000000000f03f036162630bb207010100000000000000")
	e, err := ParseExecute(p, ClientQueryAttributes, 4, nil, nil)
	require.NoError(t, err)
	types := []ParamType{{Type: TypeDouble}, {Type: TypeVarString}, {Type: TypeNull}, {Type: TypeDatetime}}
	require.Equal(t, Execute{ID: 1, Iterations: 1, Null: []byte{4}, Bound: true, Types: types,
		Values: unhex(t, "000000000000f03f036162630bb207010100000000000000")}, e)
	for i, want := range []string{"000000000000f03f", "616263", "", "b207010100000000000000"} {
		if i == 2 {
			require.True(t, e.IsNull(i))
			continue
		}
		v, err := e.Param(i, types, nil)
		require.NoError(t, err)
		require.Equal(t, unhex(t, want), v)
	}
}

func TestCapturedQuery(t *testing.T) {
	p := unhex(t, "02010001fe00026b31fe000674656e616e7402763102313773656c6563742031")
	sql, attrs, err := ParseQuery(p, ClientQueryAttributes)
	require.NoError(t, err)
	require.Equal(t, "select 1", string(sql))
	require.Equal(t, []Attribute{{"k1", "v1"}, {"tenant", "17"}}, attrs)
}

// The first packets of a server's answers to one command of three statements under
// compression: it counts on from its compressed packets after each answer.
func TestConnCompressed(t *testing.T) {
	for _, algo := range algorithms {
		t.Run(algo.String(), func(t *testing.T) {
			near, far := net.Pipe()
			client, server := NewConn(near, 64), NewConn(far, 64)
			client.Compress(NewCompressor(near, algo, 0))
			server.Compress(NewCompressor(far, algo, 0))
			done := make(chan error, 1)
			go func() { // ends with the test
				client.WriteCommand(ComStmtClose, []byte{1, 0, 0, 0})
				client.WriteCommand(ComStmtClose, []byte{2, 0, 0, 0})
				client.WriteCommand(ComQuery, make([]byte, 1<<17))
				done <- client.Flush()
			}()
			for _, cmd := range []Command{ComStmtClose, ComStmtClose, ComQuery} {
				server.ResetSequence()
				p, err := server.ReadPacket()
				require.NoError(t, err)
				require.Equal(t, byte(cmd), p[0])
			}
			require.NoError(t, <-done)
			require.Equal(t, byte(3), server.Sequence(), "the query came in three compressed packets")

			go func() {
				for range 3 {
					server.WriteOK(OK{Status: StatusAutocommit}, 0)
					server.SetSequence(1)
				}
				done <- server.Flush()
			}()
			for range 3 {
				p, err := client.ReadPacket()
				require.NoError(t, err, "numbers inside compressed packets do not count")
				require.Equal(t, HeaderOK, p[0])
			}
			require.NoError(t, <-done)
			require.NoError(t, near.Close())
			require.NoError(t, far.Close())
		})
	}
}

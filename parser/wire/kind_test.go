package wire

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTextKind(t *testing.T) {
	for text, want := range map[string]Kind{
		"": KindText, "abc": KindText, "5": KindText, "999999999999999999": KindText, "5a": KindText, "0a3f-1": KindText, "-": KindText, "\xff": KindText,
		"9223372036854775808": KindNumber, "-1": KindNumber, "1.5": KindNumber, " 5": KindNumber, "1e3": KindNumber, ".5": KindNumber,
	} {
		require.Equal(t, string(want), string(textKind([]byte(text))), "%q", text)
	}
}

func TestKinds(t *testing.T) {
	types := []ParamType{{TypeTiny, false}, {TypeLongLong, true}, {TypeVarString, false}, {TypeDouble, false}, {TypeBlob, false}, {TypeDatetime, false}, {TypeNull, false}}
	e := Execute{Null: []byte{1 << 3}, Values: []byte("\x05" + "\x01\x00\x00\x00\x00\x00\x00\x00" + "\x031.5" + "\x00")}
	require.Equal(t, "iun0sT0", string(kindBytes(e.Kinds(nil, types, map[int][]byte{4: []byte("sent ahead")}))))
}

func kindBytes(kinds []Kind) (b []byte) {
	for _, k := range kinds {
		b = append(b, byte(k))
	}
	return b
}

package wire

import (
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestParamFarBehind: of many parameters each is found, also behind NULLs and long data.
func TestParamFarBehind(t *testing.T) {
	const n = 3 * manyParams
	e := Execute{Null: make([]byte, n/8)}
	types := make([]ParamType, n)
	isLong := func(i int) bool { return i%7 == 1 }
	for i := range types {
		types[i] = ParamType{Type: TypeLong}
		switch {
		case i%5 == 0:
			e.Null[i/8] |= 1 << (i % 8)
		case isLong(i):
		case i%2 == 0:
			types[i].Type = TypeVarString
			e.Values = AppendLenencString(e.Values, string(binary.LittleEndian.AppendUint32(nil, uint32(i))))
		default:
			e.Values = AppendUint32(e.Values, uint32(i))
		}
	}
	for i := range types {
		if i%5 == 0 || isLong(i) {
			continue
		}
		b, err := e.Param(i, types, isLong)
		require.NoError(t, err)
		require.Equal(t, uint32(i), binary.LittleEndian.Uint32(b), "parameter %d", i)
	}
	_, _, err := e.Pick([]int{n - 1}, types, isLong)
	require.NoError(t, err)
}

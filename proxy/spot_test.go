package proxy

import (
	"net"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/pool"
)

// TestKnownHead relays replies of which the head may be known: the client gets the same as
// where nothing is known.
func TestKnownHead(t *testing.T) {
	const caps = wire.ClientDeprecateEOF | wire.ClientProtocol41
	column := func(name string) []byte {
		return wire.Column{Schema: "physical", Table: "t", OrgTable: "t", Name: name, OrgName: name, Type: wire.TypeVarString, Length: 40}.Append(nil)
	}
	// answer is a result set of one row, behind so many replies to statements of ours.
	answer := func(before int, names ...string) []byte {
		var b []byte
		seq := byte(1)
		add := func(p []byte) {
			b = append(append(b, byte(len(p)), byte(len(p)>>8), 0, seq), p...)
			seq++
		}
		for range before {
			add(wire.OK{Status: wire.StatusMoreResults}.Append(nil, wire.HeaderOK, caps))
		}
		add([]byte{byte(len(names))})
		for _, name := range names {
			add(column(name))
		}
		add([]byte("\x01x"))
		add(wire.OK{}.Append(nil, wire.HeaderEOF, caps))
		return b
	}
	relayed := func(b []byte, before int, at *spot) []byte {
		ours, server := net.Pipe()
		defer ours.Close()
		go func() {
			_, _ = server.Write(b)
			_ = server.Close()
		}()
		to := wire.NewConn(nil, 0)
		to.SetSequence(1)
		x := &relay{from: &pool.Conn{Conn: wire.NewConn(ours, 1<<10)}, to: to, caps: caps, skip: before, names: newNames([]rename{{"physical", "shown"}}), spot: at}
		require.NoError(t, x.run())
		require.True(t, x.out.ResultSet)
		require.EqualValues(t, 1, x.out.Rows)
		require.EqualValues(t, to.Pending(), x.out.Bytes)
		return to.Since(0)
	}
	at := &spot{}
	for _, c := range []struct {
		before  int
		names   []string
		learned int32
	}{
		{0, []string{"a", "b"}, 1},
		{0, []string{"a", "b"}, 1},
		{0, []string{"a", "c"}, 2}, // the definition has changed
		{1, []string{"a", "c"}, 2}, // its packets have other numbers
		{0, []string{"a", "c"}, 2},
		{0, []string{"a"}, 3},
		{0, []string{"a", "b"}, 4},
	} {
		b := answer(c.before, c.names...)
		want := relayed(b, c.before, nil)
		require.Contains(t, string(want), "shown")
		require.NotContains(t, string(want), "physical")
		require.Equal(t, want, relayed(b, c.before, at))
		require.Equal(t, c.learned, at.learned.Load())
	}
}

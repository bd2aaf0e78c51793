package proxy_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/test/diff"
)

// A function is looked for in the current database. A session without one has none, on
// whatever connection its SET runs.
func TestSetWithoutDatabase(t *testing.T) {
	b := newPair(t).start(nil)
	b.do(b.connect(), "DO 0")
	c, err := diff.Connect(diff.Target{Name: "Sluice", Addr: b.addr, User: "root"}, wire.ClientMultiStatements)
	require.NoError(t, err)
	defer c.Close()
	b.fails(c, 1046, "SET @a = nof(1)")
	b.fails(c, 1046, "PREPARE s FROM 'SET @a = nof(1)'")
	b.fails(c, 1305, "SET @a = app.nof(1)")
	b.do(c, "SET @a = ABS(-1)")
	require.Equal(t, "1", b.cell(c, "SELECT @a"))
	b.do(c, "USE app")
	b.fails(c, 1305, "SET @a = nof(1)")
}

package proxy_test

import (
	"fmt"
	"os"
	"runtime"
	"runtime/pprof"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/test/diff"
	"github.com/sluicedb/sluice/test/mysqltest"
)

// maxAllocations is what Sluice may allocate for a statement that it relays: nothing.
const maxAllocations = 0

// TestRelayAllocates counts what the whole process allocates for a statement, from
// socket to socket; the client here allocates nothing.
func TestRelayAllocates(t *testing.T) {
	server := mysqltest.Start(t, mysqltest.Options{})
	for _, name := range []string{"app_0", "app_1"} {
		require.NoError(t, server.Exec(t.Context(), "CREATE DATABASE "+name, "USE "+name+"; "+tables))
	}
	b := newBed(t, server, "max: 20", "")
	c := b.connect()
	b.do(c, "INSERT INTO t (id, tenant_id) VALUES ('b1', 'b')")
	id := prepare(t, c, "SELECT v, 'a constant' FROM t WHERE tenant_id = ? AND id = ?")
	for name, command := range map[string][]byte{
		"text":         append([]byte{byte(wire.ComQuery)}, "SELECT v, 'a constant' FROM t WHERE tenant_id = 'b' AND id = 'b1'"...),
		"another text": append([]byte{byte(wire.ComQuery)}, "select * from t where id in ('b1', 'b2') and tenant_id = 'b' order by id limit 3"...),
		"write":        append([]byte{byte(wire.ComQuery)}, "UPDATE t SET v = v + 1 WHERE tenant_id = 'b' AND id = 'b1'"...),
		"prepared":     append(append([]byte{byte(wire.ComStmtExecute)}, wire.AppendUint32(nil, id)...), "\x00\x01\x00\x00\x00\x00\x01\xfd\x00\xfd\x00\x01b\x02b1"...),
	} {
		t.Run(name, func(t *testing.T) {
			for range 300 { // pools, caches and buffers fill
				require.NoError(t, ask(c.Conn, command))
			}
			n := allocations(c.Conn, command)
			if n > maxAllocations && os.Getenv("SLUICE_ALLOC_PROFILE") != "" {
				profile(t, c.Conn, command)
			}
			require.LessOrEqual(t, n, float64(maxAllocations), "allocations per statement")
		})
	}
}

// scatterAllocations is what Sluice may allocate for a small statement that two shards
// answer together.
var scatterAllocations = map[string]float64{"ordered": 46, "groups": 66}

// TestScatterAllocates counts it for statements over two shards.
func TestScatterAllocates(t *testing.T) {
	server := mysqltest.Start(t, mysqltest.Options{})
	for _, name := range []string{"app_0", "app_1"} {
		require.NoError(t, server.Exec(t.Context(), "CREATE DATABASE "+name, "USE "+name+"; "+tables))
	}
	b := newBed(t, server, "max: 20", "")
	c := b.connect()
	for i := range 20 {
		b.do(c, fmt.Sprintf("INSERT INTO t (id, tenant_id, v) VALUES ('i%d', 't%d', %d)", i, i, i))
	}
	for name, sql := range map[string]string{
		"ordered": "SELECT v, 'a constant' FROM t WHERE v < 10 ORDER BY v LIMIT 5",
		"groups":  "SELECT v % 3, COUNT(*), SUM(v) FROM t GROUP BY v % 3",
	} {
		t.Run(name, func(t *testing.T) {
			command := append([]byte{byte(wire.ComQuery)}, sql...)
			for range 100 {
				require.NoError(t, ask(c.Conn, command))
			}
			n := allocations(c.Conn, command)
			if os.Getenv("SLUICE_ALLOC_PROFILE") != "" {
				profile(t, c.Conn, command)
			}
			require.LessOrEqual(t, n, scatterAllocations[name], "allocations per statement")
		})
	}
}

// allocations is the least of several rounds: other goroutines allocate now and then.
func allocations(c *wire.Conn, command []byte) float64 {
	least := 1e9
	for range 5 {
		least = min(least, testing.AllocsPerRun(300, func() { _ = ask(c, command) }))
	}
	return least
}

// profile writes where memory is allocated; SLUICE_ALLOC_PROFILE names the file.
func profile(t *testing.T, c *wire.Conn, command []byte) {
	runtime.MemProfileRate = 1
	for range 3000 {
		require.NoError(t, ask(c, command))
	}
	f, err := os.Create(os.Getenv("SLUICE_ALLOC_PROFILE"))
	require.NoError(t, err)
	require.NoError(t, pprof.Lookup("allocs").WriteTo(f, 0))
	require.NoError(t, f.Close())
}

// ask sends a command and reads its reply to the end without allocating.
func ask(c *wire.Conn, command []byte) error {
	c.ResetSequence()
	c.WritePacket(command)
	if err := c.Flush(); err != nil {
		return err
	}
	for first := true; ; first = false {
		p, err := c.ReadPacket()
		switch {
		case err != nil:
			return err
		case p[0] == wire.HeaderErr:
			return wire.ErrMalformed
		case p[0] == wire.HeaderEOF, first && p[0] == wire.HeaderOK:
			return nil
		}
	}
}

func prepare(t *testing.T, c *diff.Conn, sql string) uint32 {
	t.Helper()
	c.WriteCommand(wire.ComStmtPrepare, []byte(sql))
	require.NoError(t, c.Flush())
	p, err := c.ReadPacket()
	require.NoError(t, err)
	head, err := wire.ParsePrepared(p)
	require.NoError(t, err)
	for range int(head.Params) + int(head.Columns) {
		_, err = c.ReadPacket()
		require.NoError(t, err)
	}
	return head.ID
}

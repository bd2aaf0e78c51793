package loaddata

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/test/diff"
	"github.com/sluicedb/sluice/test/spread"
)

const load = "LOAD DATA LOCAL INFILE 'f' INTO TABLE people FIELDS TERMINATED BY ',' (id, tenant_id, name)"

// lines are so many records of eight tenants.
func lines(n int) []byte {
	var b bytes.Buffer
	for i := range n {
		fmt.Fprintf(&b, "%d,%c,name %d\n", i, 'a'+i%8, i)
	}
	return b.Bytes()
}

func sluice(t *testing.T, servers int) (addr string, bed *spread.Bed) {
	bed = spread.Start(t, servers)
	return bed.Sluice(t, schema(t), spread.Layout{Shards: 4}), bed
}

func connect(t *testing.T, addr string, caps wire.Capability) *diff.Conn {
	t.Helper()
	c, err := diff.Connect(diff.Target{Name: "Sluice", Addr: addr, User: "app", Database: spread.Logical}, caps)
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func count(t *testing.T, c *diff.Conn) string {
	t.Helper()
	answers, err := c.Query("SELECT COUNT(*) FROM people")
	require.NoError(t, err)
	return answers[0].Rows[0][0]
}

// asked sends the statement and reads the request for the file.
func asked(t *testing.T, c *diff.Conn) {
	t.Helper()
	c.WriteCommand(wire.ComQuery, []byte(load))
	require.NoError(t, c.Flush())
	p, err := c.ReadPacket()
	require.NoError(t, err)
	require.Equal(t, "\xfbf", string(p))
}

func TestClientBreaksOff(t *testing.T) {
	addr, _ := sluice(t, 2)
	other := connect(t, addr, wire.ClientLocalFiles)
	empty := func() bool { return count(t, other) == "0" }
	half := lines(300000) // several batches
	t.Run("in the middle", func(t *testing.T) {
		c := connect(t, addr, wire.ClientLocalFiles)
		asked(t, c)
		for b := half; len(b) > 0; b = b[min(len(b), 60000):] {
			c.WritePacket(b[:min(len(b), 60000)])
		}
		require.NoError(t, c.Flush())
		require.NoError(t, c.Close())
		time.Sleep(200 * time.Millisecond)
		require.Eventually(t, empty, 10*time.Second, 50*time.Millisecond)
	})
	t.Run("packets out of order", func(t *testing.T) {
		c := connect(t, addr, wire.ClientLocalFiles)
		asked(t, c)
		c.WritePacket(lines(100))
		c.SetSequence(c.Sequence() + 3)
		c.WritePacket(lines(100))
		require.NoError(t, c.Flush())
		p, err := c.ReadPacket()
		if err == nil {
			require.Equal(t, byte(wire.HeaderErr), p[0])
			_, err = c.ReadPacket()
		}
		require.Error(t, err, "the connection must not go on")
		require.True(t, empty())
	})
	t.Run("without the capability", func(t *testing.T) {
		c := connect(t, addr, 0)
		require.Contains(t, said(c, load), "error 3948 42000")
		require.Equal(t, "0", count(t, c))
	})
	t.Run("killed", func(t *testing.T) {
		c := connect(t, addr, wire.ClientLocalFiles)
		answers, err := c.Query("SELECT CONNECTION_ID()")
		require.NoError(t, err)
		asked(t, c)
		c.WritePacket(lines(200000))
		require.NoError(t, c.Flush())
		require.NotContains(t, said(other, "KILL QUERY "+answers[0].Rows[0][0]), "error")
		c.WritePacket(lines(1000))
		c.WritePacket(nil)
		require.NoError(t, c.Flush())
		p, err := c.ReadPacket()
		require.NoError(t, err)
		e, err := wire.ParseError(p)
		require.NoError(t, err)
		require.EqualValues(t, 1317, e.Number)
		require.True(t, empty())
		require.Equal(t, "0", count(t, c), "the session goes on")
	})
	t.Run("several times in one packet, in a transaction", func(t *testing.T) {
		c := connect(t, addr, wire.ClientLocalFiles|wire.ClientMultiStatements)
		c.File = lines(9)
		got := said(c, "BEGIN; "+load+"; "+strings.Replace(load, "id, tenant_id, name", "@i, tenant_id, @n", 1)+" SET id = @i + 100; SELECT COUNT(*) FROM people")
		require.Contains(t, got, `["18"]`)
		require.Equal(t, "18", count(t, c))
		require.NotContains(t, said(c, "ROLLBACK"), "error")
		require.True(t, empty())
	})
	t.Run("a statement that fails leaves the transaction", func(t *testing.T) {
		c := connect(t, addr, wire.ClientLocalFiles)
		c.File = lines(9)
		require.NotContains(t, said(c, "BEGIN"), "error")
		require.NotContains(t, said(c, load), "error")
		c.File = []byte("100,a,x\n100,b,y\n100,c,z\n100,\xff,z\n")
		require.Contains(t, said(c, load), "error 1300")
		require.NotContains(t, said(c, "COMMIT"), "error")
		require.Equal(t, "9", count(t, other))
		require.NotContains(t, said(other, "DELETE FROM people"), "error")
	})
}

func TestServerDies(t *testing.T) {
	addr, bed := sluice(t, 3)
	c := connect(t, addr, wire.ClientLocalFiles)
	asked(t, c)
	c.WritePacket(lines(200000))
	require.NoError(t, c.Flush())
	time.Sleep(300 * time.Millisecond)
	bed.Kill(1)
	c.WritePacket(lines(200000))
	c.WritePacket(nil)
	require.NoError(t, c.Flush())
	p, err := c.ReadPacket()
	require.NoError(t, err)
	require.Equal(t, byte(wire.HeaderErr), p[0])
	require.NoError(t, bed.Restart(t.Context(), 1))
	other := connect(t, addr, wire.ClientLocalFiles)
	require.Eventually(t, func() bool { return strings.Contains(said(other, "SELECT COUNT(*) FROM people"), `["0"]`) }, 20*time.Second, 200*time.Millisecond)
}

func TestServersWithoutFiles(t *testing.T) {
	addr, bed := sluice(t, 2)
	require.NoError(t, bed.Exec(t.Context(), "SET GLOBAL local_infile = OFF"))
	c := connect(t, addr, wire.ClientLocalFiles)
	require.Contains(t, said(c, load), "error 3948 42000: Loading local data is disabled; this must be enabled on both the client and server sides")
	require.Equal(t, "0", count(t, c))
}

// TestLarge loads a file of LOADDATA_MB megabytes (default 20) and looks at the memory.
func TestLarge(t *testing.T) {
	size := 20
	if text := os.Getenv("LOADDATA_MB"); text != "" {
		_, err := fmt.Sscan(text, &size)
		require.NoError(t, err)
	}
	addr, bed := sluice(t, 2)
	piece := []byte(strings.Repeat("x", 900))
	c := connect(t, addr, wire.ClientLocalFiles)
	asked(t, c)
	var most, before uint64
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	before = m.HeapInuse
	_ = c.Net().SetDeadline(time.Now().Add(10 * time.Minute))
	began, n := time.Now(), 0
	for sent := 0; sent < size<<20; n++ {
		b := fmt.Appendf(nil, "%d,%c,\n", n, 'a'+n%8)
		if n%20 == 0 {
			b = fmt.Appendf(nil, "%d,%c,n%d,%s\n", n, 'a'+n%8, n, piece)
		}
		sent += len(b)
		c.WritePacket(b)
		if c.Due() {
			require.NoError(t, c.Flush())
		}
		if n%50000 == 0 {
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapInuse)
		}
	}
	c.WritePacket(nil)
	require.NoError(t, c.Flush())
	p, err := c.ReadPacket()
	require.NoError(t, err)
	require.Equal(t, byte(wire.HeaderOK), p[0])
	t.Logf("%d records, %d MB in %v; heap %d MB before, at most %d MB", n, size, time.Since(began), before>>20, most>>20)
	require.Less(t, most, before+(64<<20))
	_ = bed
	require.NotEqual(t, "0", count(t, c))
}

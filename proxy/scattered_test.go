package proxy_test

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/test/diff"
	"github.com/sluicedb/sluice/test/mysqltest"
)

// TestScatterStreams reads rows of two shards in order, far more than what may be held.
// SLUICE_STREAM_ROWS=10000000 makes it so many rows, of 100 bytes each.
func TestScatterStreams(t *testing.T) {
	each, size := 40_000, 1000
	if n, err := strconv.Atoi(os.Getenv("SLUICE_STREAM_ROWS")); err == nil {
		each, size = n/2, 100
	}
	p := newPair(t)
	for i, tenant := range []string{"a", "b"} {
		fill(t, p.servers[i], i, tenant, each, size)
	}
	b := p.start(nil)
	const sql = "SELECT id, b FROM t ORDER BY id"
	t.Run("in order, in constant memory", func(t *testing.T) {
		var before, now runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		c := p.connect(b)
		_ = c.Net().SetDeadline(time.Time{}) // many rows take longer than a test's patience
		rows, last, peak := 0, "", uint64(0)
		end := readRows(t, c, sql, func(id string) {
			require.Less(t, last, id)
			last = id
			if rows++; rows%(each/8) == 0 {
				time.Sleep(300 * time.Millisecond) // the client is slow: all buffers on the way fill
			}
			if rows%5000 == 0 {
				runtime.ReadMemStats(&now)
				peak = max(peak, now.HeapAlloc)
			}
		})
		t.Logf("%d rows; the heap grew by at most %d KiB", rows, (int64(peak)-int64(before.HeapAlloc))>>10)
		require.NoError(t, end)
		require.Equal(t, 2*each, rows)
		require.Less(t, int64(peak)-int64(before.HeapAlloc), int64(24<<20))
		require.Equal(t, "7", b.cell(c, "SELECT v FROM t WHERE id = '000000007a'"))
	})
	t.Run("groups of both shards, in constant memory", func(t *testing.T) {
		var before, now runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		c := p.connect(b)
		rows, last, peak := 0, "", uint64(0)
		end := readRows(t, c, "SELECT LEFT(id, 9) AS i, COUNT(*), MAX(b), SUM(v) FROM t GROUP BY i ORDER BY i", func(id string) {
			require.Less(t, last, id)
			last = id
			if rows++; rows%5000 == 0 {
				runtime.ReadMemStats(&now)
				peak = max(peak, now.HeapAlloc)
			}
		})
		require.NoError(t, end)
		require.Equal(t, each, rows)
		require.Less(t, int64(peak)-int64(before.HeapAlloc), int64(24<<20))
		require.Equal(t, fmt.Sprint(2*each), b.cell(c, "SELECT COUNT(*) FROM t"))
	})
	t.Run("killed in the middle", func(t *testing.T) {
		c, other := p.connect(b), p.connect(b)
		id := b.cell(c, "SELECT CONNECTION_ID()")
		rows := 0
		end := readRows(t, c, sql, func(string) {
			if rows++; rows == 1000 {
				b.do(other, "KILL QUERY "+id)
			}
		})
		var e *wire.Error
		require.ErrorAs(t, end, &e)
		require.Equal(t, 1317, int(e.Number))
		require.Less(t, rows, 2*each)
		b.idle()
		require.Equal(t, "1", b.cell(c, "SELECT COUNT(*) FROM t WHERE id = '000000007a'"))
	})
	t.Run("a client that leaves", func(t *testing.T) {
		c := p.connect(b)
		c.WriteCommand(wire.ComQuery, []byte(sql))
		require.NoError(t, c.Flush())
		_, err := c.ReadPacket()
		require.NoError(t, err)
		require.NoError(t, c.Close())
		b.idle()
	})
	t.Run("a server that dies in the middle", func(t *testing.T) {
		c := p.connect(b)
		rows := 0
		end := readRows(t, c, sql, func(string) {
			if rows++; rows == 1000 {
				p.servers[1].Kill()
			}
		})
		require.Error(t, end)
		require.Less(t, rows, 2*each)
		b.idle()
	})
}

// fill gives a shard rows of one tenant, in transactions of a bearable size.
func fill(t *testing.T, server *mysqltest.Server, shard int, tenant string, rows, size int) {
	t.Helper()
	const part = 100_000
	for from := 0; from < rows; from += part {
		require.NoError(t, server.Exec(t.Context(), fmt.Sprintf(
			"USE app_%d; SET cte_max_recursion_depth = 1000000; INSERT INTO t (id, tenant_id, v, b) WITH RECURSIVE n (i) AS (SELECT %d UNION ALL SELECT i + 1 FROM n WHERE i < %d) SELECT CONCAT(LPAD(i, 9, '0'), '%s'), '%[4]s', i, REPEAT('x', %d) FROM n",
			shard, from, min(from+part, rows)-1, tenant, size)))
	}
}

// readRows hands over the first column of each row, and returns the error that ends them.
func readRows(t *testing.T, c *diff.Conn, sql string, row func(string)) error {
	t.Helper()
	c.WriteCommand(wire.ComQuery, []byte(sql))
	require.NoError(t, c.Flush())
	p, err := c.ReadPacket()
	require.NoError(t, err)
	columns := int(p[0])
	for range columns {
		_, err := c.ReadPacket()
		require.NoError(t, err)
	}
	for first := true; ; first = false {
		p, err := c.ReadPacket()
		switch {
		case err != nil:
			return err
		case p[0] == wire.HeaderErr:
			e, err := wire.ParseError(p)
			require.NoError(t, err)
			return e
		case p[0] == wire.HeaderEOF && len(p) < 9:
			if first && len(p) == 5 {
				continue // the end of the columns
			}
			return nil
		}
		r := wire.NewReader(p)
		row(string(r.LenencBytes()))
	}
}

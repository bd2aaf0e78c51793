package proxy_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/test/diff"
	"github.com/sluicedb/sluice/test/mysqltest"
)

// TestManyGathersOnASmallPool: each query over two shards holds a connection while it
// waits for others. They must not take all of the pool and wait for each other.
func TestManyGathersOnASmallPool(t *testing.T) {
	server := mysqltest.Start(t, mysqltest.Options{})
	for _, name := range []string{"app_0", "app_1"} {
		require.NoError(t, server.Exec(t.Context(), "CREATE DATABASE "+name, "USE "+name+"; "+tables))
	}
	b := newBed(t, server, "max: 3, wait: 20s", "")
	b.do(b.connect(), "INSERT INTO t (id, tenant_id, v) VALUES ('a1', 'a', 1), ('b1', 'b', 2)")
	var wg sync.WaitGroup
	for range 24 {
		wg.Go(func() {
			c, err := diff.Connect(diff.Target{Addr: b.addr, User: "root", Database: "app"}, wire.ClientMultiStatements)
			if !assert.NoError(t, err) {
				return
			}
			defer c.Close()
			for range 5 {
				got, err := c.Query("SELECT SUM(x.v * y.v) FROM t x JOIN t y ON x.id <> y.id; SELECT COUNT(*) FROM t x, t y")
				if assert.NoError(t, err) {
					assert.Equal(t, "4", got[0].Rows[0][0])
					assert.Equal(t, "4", got[1].Rows[0][0])
				}
			}
		})
	}
	wg.Wait()
	b.idle()
}

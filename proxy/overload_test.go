package proxy_test

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/test/mysqltest"
)

// TestSlowShard has one shard's statements hang while as many clients as the pool has
// connections, and more, ask for them: the other shard on the same server answers on, what
// waited in vain is refused with the reason, and afterwards all is as before.
func TestSlowShard(t *testing.T) {
	server := mysqltest.Start(t, mysqltest.Options{})
	for name, tenant := range map[string]string{"app_0": "a", "app_1": "b"} {
		require.NoError(t, server.Exec(t.Context(), "CREATE DATABASE "+name, "USE "+name+"; "+tables+"INSERT INTO t (id, tenant_id) VALUES ('1', '"+tenant+"')"))
	}
	one := strings.ReplaceAll(config(server.Addr(), "127.0.0.1:0", "max: 8, wait: 1s", ""), "group: g1", "group: g0")
	b := startBed(t, server, tables, one)
	var slow sync.WaitGroup
	var refused atomic.Int64
	for range 24 {
		c := b.connect()
		slow.Go(func() {
			_, err := c.Query("SELECT SLEEP(5) FROM t WHERE tenant_id = 'a' LIMIT 1")
			if err == nil {
				return
			}
			if !strings.Contains(err.Error(), "1040") || !strings.Contains(err.Error(), "the statements of this shard hold 6 of at most 8") {
				t.Errorf("refused otherwise: %v", err)
			}
			refused.Add(1)
		})
	}
	time.Sleep(300 * time.Millisecond)
	c := b.connect()
	for i := range 200 {
		b.do(c, fmt.Sprintf("UPDATE t SET v = %d WHERE tenant_id = 'b'", i))
	}
	slow.Wait()
	require.EqualValues(t, 18, refused.Load(), "six of eight connections are one shard's at most")
	for range 8 {
		b.do(b.connect(), "SELECT v FROM t WHERE tenant_id = 'a'")
	}
}

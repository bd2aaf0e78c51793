package proxy_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/test/diff"
	"github.com/sluicedb/sluice/test/mysqltest"
	"github.com/stretchr/testify/require"
)

// TestWaitingForSockets does by event loops and by Go's scheduler alone what makes a session
// change between the two: statements of one shard and of several, results that are long,
// transactions, connections that wait in line, clients that are idle for long, that are
// killed while they are, and that leave.
func TestWaitingForSockets(t *testing.T) {
	server := mysqltest.Start(t, mysqltest.Options{})
	for _, name := range []string{"app_0", "app_1"} {
		require.NoError(t, server.Exec(t.Context(), "CREATE DATABASE "+name, "USE "+name+"; "+tables))
	}
	for _, by := range []string{"", "net"} {
		t.Run("SLUICE_SOCKET="+by, func(t *testing.T) {
			t.Setenv("SLUICE_SOCKET", by)
			b := newBed(t, server, "max: 6", "")
			b.do(b.connect(), "DELETE FROM t WHERE tenant_id = 'a'", "DELETE FROM t WHERE tenant_id = 'b'")
			var clients sync.WaitGroup
			for i := range 16 {
				c := b.connect()
				clients.Go(func() {
					tenant := string("ab"[i%2])
					for n := range 60 {
						for _, sql := range []string{
							fmt.Sprintf("INSERT INTO t (id, tenant_id, v) VALUES ('%s-%d-%d', '%s', %d)", tenant, i, n, tenant, n),
							"BEGIN",
							fmt.Sprintf("UPDATE t SET v = v + 1 WHERE tenant_id = '%s' AND id = '%s-%d-%d'", tenant, tenant, i, n),
							"SELECT COUNT(*), SUM(v) FROM t",
							fmt.Sprintf("SELECT REPEAT('x', 1000), id FROM t WHERE tenant_id = '%s' ORDER BY id LIMIT 300", tenant),
							[]string{"COMMIT", "ROLLBACK"}[n%2],
						} {
							if _, err := c.Query(sql); err != nil {
								t.Errorf("%s: %v", sql, err)
								return
							}
						}
					}
				})
			}
			clients.Wait()
			c := b.connect()
			require.Equal(t, "960", b.cell(c, "SELECT COUNT(*) FROM t"))
			// Of the updates, those of even n are committed.
			require.Equal(t, "28800", b.cell(c, "SELECT SUM(v) FROM t"))
			idle, killed := b.connect(), b.connect()
			id := b.cell(killed, "SELECT CONNECTION_ID()")
			b.do(idle, "SET @kept = 5")
			time.Sleep(3 * time.Second) // they have no stack any more
			require.Equal(t, "5", b.cell(idle, "SELECT @kept"))
			b.do(c, "KILL "+id)
			_, err := killed.Query("SELECT 1")
			require.Error(t, err)
			if e, ok := errors.AsType[*wire.Error](err); ok {
				require.True(t, strings.Contains(e.Message, "kill") || e.Number == 1317 || e.Number == 4031, e.Message)
			}
		})
	}
}

// TestNobodyKeepsALoop has statements of all kinds wait for their servers: none may keep its
// loop's thread meanwhile, on which other clients wait.
func TestNobodyKeepsALoop(t *testing.T) {
	server := mysqltest.Start(t, mysqltest.Options{})
	for _, name := range []string{"app_0", "app_1"} {
		require.NoError(t, server.Exec(t.Context(), "CREATE DATABASE "+name, "USE "+name+"; "+tables))
	}
	b := newBed(t, server, "max: 20", "")
	blocker, err := diff.Connect(diff.Target{Name: "MySQL", Addr: server.Addr(), User: "root"}, 0)
	require.NoError(t, err)
	defer blocker.Close()
	c := b.connect()
	b.do(c, "INSERT INTO t (id, tenant_id) VALUES ('a1', 'a'), ('b1', 'b'), ('c1', 'c')")
	for _, sql := range []string{
		"SELECT v FROM t WHERE tenant_id = 'a'",
		"SELECT v FROM t WHERE id = 'a1'",
		"SELECT v FROM t ORDER BY v LIMIT 2",
		"SELECT v, COUNT(*) FROM t GROUP BY v",
		"SELECT COUNT(*) FROM t x JOIN t y USING (id)",
		"SELECT id FROM t x WHERE v = (SELECT MAX(v) FROM t y WHERE y.id > x.id)",
		"UPDATE t SET v = v + 1",
		"UPDATE t SET v = v + 1 WHERE tenant_id = 'b'",
		"UPDATE t SET v = v + 1 ORDER BY v LIMIT 1",
		"DELETE FROM t WHERE v = 1000",
		"REPLACE INTO t (id, tenant_id) VALUES ('a1', 'a'), ('b1', 'b'), ('c1', 'c')",
		"INSERT INTO t (id, tenant_id) SELECT UUID(), tenant_id FROM t ORDER BY v LIMIT 1",
		"DO (SELECT COUNT(*) FROM t)",
		"EXPLAIN ANALYZE SELECT v FROM t ORDER BY v LIMIT 2",
		"ANALYZE TABLE t",
		"CHECKSUM TABLE t",
	} {
		for _, prepared := range []bool{false, true} {
			if prepared && strings.HasPrefix(sql, "EXPLAIN") {
				continue // is refused
			}
			st := &diff.Prepared{}
			if prepared {
				st, err = c.Prepare(sql)
				require.NoError(t, err, sql)
			}
			for round := range 2 { // plans and connections are new, and then they are not
				b.do(blocker, "LOCK TABLES app_0.t WRITE, app_1.t WRITE")
				taken := b.metric("sluice_event_loops_taken_over_total")
				done := make(chan error, 1)
				go func() {
					var err error
					if prepared {
						_, err = c.Execute(st, nil, nil)
					} else {
						_, err = c.Query(sql)
					}
					done <- err
				}()
				time.Sleep(250 * time.Millisecond) // a loop is looked at twice
				b.do(blocker, "UNLOCK TABLES")
				require.NoError(t, <-done, sql)
				require.Equal(t, taken, b.metric("sluice_event_loops_taken_over_total"), "%s, prepared: %v, round %d", sql, prepared, round)
			}
		}
	}
}

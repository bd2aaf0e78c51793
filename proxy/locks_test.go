package proxy_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/test/diff"
)

func TestUserLocks(t *testing.T) {
	p := newPair(t)
	p.more("locks: {group: g1}\n")
	p.declare("    procedures: {lk: {run: single, shard: app-0}}\n", "CREATE PROCEDURE lk() SELECT GET_LOCK('x', 0);\n")
	b, other := p.start(nil), p.start(nil)
	t.Run("the owner is told by its own id, on every Sluice", func(t *testing.T) {
		c, d := b.connect(), other.connect()
		require.Equal(t, "1", b.cell(c, "SELECT GET_LOCK('x', 0)"))
		id := b.cell(c, "SELECT CONNECTION_ID()")
		for _, e := range []*diff.Conn{c, d, b.connect()} {
			require.Equal(t, id, b.cell(e, "SELECT IS_USED_LOCK('x')"))
			require.Equal(t, "0", b.cell(e, "SELECT IS_FREE_LOCK('x')"))
		}
		require.Equal(t, "0", b.cell(d, "SELECT GET_LOCK('x', 0)"))
		require.Equal(t, "0", b.cell(d, "SELECT RELEASE_LOCK('x')"))
		require.Equal(t, "1", b.cell(c, "SELECT RELEASE_LOCK('x')"))
		require.Equal(t, "1", b.cell(d, "SELECT IS_USED_LOCK('x') IS NULL"))
		require.Equal(t, "1", b.cell(d, "SELECT GET_LOCK('x', 0)"))
		require.Equal(t, "1", b.cell(d, "SELECT RELEASE_ALL_LOCKS()"))
		require.Equal(t, "0", b.cell(d, "SELECT RELEASE_ALL_LOCKS()"))
		b.do(d, "SET @got = GET_LOCK('y', 0)")
		require.Equal(t, "1", b.cell(d, "SELECT @got"))
		require.Equal(t, "0", b.cell(c, "SELECT IS_FREE_LOCK('y')"))
	})
	t.Run("a lock and a transaction on other groups", func(t *testing.T) {
		p.reset()
		c, d := b.connect(), b.connect()
		b.do(c, "BEGIN", "UPDATE t SET v = 1 WHERE tenant_id = 'a'")
		require.Equal(t, "1", b.cell(c, "SELECT GET_LOCK('x', 0)"))
		b.do(c, "UPDATE t SET v = 1 WHERE tenant_id = 'b'")
		require.Equal(t, [2]string{"0", "0"}, p.values())
		b.do(c, "COMMIT")
		require.Equal(t, "0", b.cell(d, "SELECT GET_LOCK('x', 0)"), "a commit keeps the locks")
		b.do(c, "BEGIN", "UPDATE t SET v = 2")
		require.Equal(t, "1", b.cell(c, "SELECT RELEASE_ALL_LOCKS()"))
		b.do(c, "ROLLBACK")
		require.Equal(t, [2]string{"1", "1"}, p.values())
		b.fails(c, 1235, "SET autocommit = 0; SELECT GET_LOCK('x', 0), v FROM t WHERE tenant_id = 'b'")
	})
	t.Run("a procedure that takes locks", func(t *testing.T) {
		b.fails(b.connect(), 1235, "CALL lk()")
	})
	t.Run("locks end with the session", func(t *testing.T) {
		d := b.connect()
		for name, end := range map[string]func(*diff.Conn){
			"it leaves": func(c *diff.Conn) { require.NoError(t, c.Close()) },
			"it resets": func(c *diff.Conn) {
				c.WriteCommand(wire.ComResetConnection, nil)
				require.NoError(t, c.Flush())
				p, err := c.ReadPacket()
				require.NoError(t, err)
				require.Equal(t, wire.HeaderOK, p[0])
				require.Equal(t, "1", b.cell(d, "SELECT GET_LOCK('x', 0)"), "they have ended when the answer is there")
			},
			"it is killed": func(c *diff.Conn) { b.do(d, "KILL "+b.cell(c, "SELECT CONNECTION_ID()")) },
		} {
			c := b.connect()
			require.Equal(t, "1", b.cell(c, "SELECT GET_LOCK('x', 0)"), name)
			end(c)
			require.Equal(t, "1", b.cell(d, "SELECT GET_LOCK('x', 5)"), name)
			require.Equal(t, "1", b.cell(d, "SELECT RELEASE_ALL_LOCKS() > 0"), name)
		}
	})
	t.Run("two that wait for each other", func(t *testing.T) {
		c, d := b.connect(), other.connect()
		b.do(c, "SELECT GET_LOCK('deadlock 1', 0)")
		b.do(d, "SELECT GET_LOCK('deadlock 2', 0)")
		wait := make(chan error, 1)
		go func() { _, err := c.Query("SELECT GET_LOCK('deadlock 2', 20)"); wait <- err }()
		time.Sleep(200 * time.Millisecond)
		_, err := d.Query("SELECT GET_LOCK('deadlock 1', 20)")
		if err == nil {
			err = <-wait
		} else {
			b.do(d, "SELECT RELEASE_ALL_LOCKS()")
			require.NoError(t, <-wait)
		}
		require.ErrorContains(t, err, "3058")
	})
	t.Run("the server has let them go", func(t *testing.T) {
		c, d := b.connect(), other.connect()
		b.do(c, "SELECT GET_LOCK('mine', 0)")
		p.killAll(1)
		require.Eventually(t, func() bool {
			a, err := d.Query("SELECT GET_LOCK('mine', 0)")
			return err == nil && a[0].Rows[0][0] == "1"
		}, 10*time.Second, 50*time.Millisecond)
		b.fails(c, 1429, "UPDATE t SET v = 1 WHERE tenant_id = 'a'")
		_, err := c.Query("DO 0")
		require.Error(t, err, "the session goes on without its locks")
		b.do(d, "SELECT RELEASE_ALL_LOCKS()")
	})
	t.Run("a wait is killed", func(t *testing.T) {
		c, d := b.connect(), b.connect()
		b.do(c, "SELECT GET_LOCK('z', 0)")
		id := b.cell(d, "SELECT CONNECTION_ID()")
		wait := make(chan error, 1)
		go func() { _, err := d.Query("SELECT GET_LOCK('z', 60)"); wait <- err }()
		time.Sleep(200 * time.Millisecond)
		b.do(c, "KILL QUERY "+id)
		require.Error(t, <-wait)
	})
}

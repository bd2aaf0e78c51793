package proxy_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const startSnapshot = "START TRANSACTION WITH CONSISTENT SNAPSHOT"

func TestConsistentSnapshot(t *testing.T) {
	p := newPair(t)
	b := p.start(nil)
	t.Run("it is made at once, on both", func(t *testing.T) {
		p.reset()
		c, d := b.connect(), b.connect()
		for _, start := range []string{startSnapshot, "START TRANSACTION READ ONLY, WITH CONSISTENT SNAPSHOT", "SET TRANSACTION READ ONLY;" + startSnapshot} {
			b.do(d, "UPDATE t SET v = 0")
			b.do(c, start)
			b.do(d, "UPDATE t SET v = 1", "UPDATE t SET v = v + 1")
			require.Equal(t, "0", b.cell(c, "SELECT v FROM t WHERE tenant_id = 'a'"), start)
			require.Equal(t, "0", b.cell(c, "SELECT v FROM t WHERE tenant_id = 'b'"))
			require.Equal(t, "0", b.cell(c, "SELECT SUM(v) FROM t"))
			b.do(c, "COMMIT AND CHAIN")
			require.Equal(t, "4", b.cell(c, "SELECT SUM(v) FROM t"))
			b.do(c, "COMMIT")
		}
	})
	t.Run("it may write", func(t *testing.T) {
		p.reset()
		c := b.connect()
		b.do(c, startSnapshot, "UPDATE t SET v = 5", startSnapshot, "UPDATE t SET v = v + 1", "COMMIT")
		require.Equal(t, [2]string{"6", "6"}, p.values())
	})
	t.Run("an isolation level without snapshots", func(t *testing.T) {
		p.reset()
		c, d := b.connect(), b.connect()
		b.do(c, "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED", startSnapshot)
		require.Equal(t, "138", b.column(c, "SHOW WARNINGS", 1))
		b.do(d, "UPDATE t SET v = 7")
		require.Equal(t, "14", b.cell(c, "SELECT SUM(v) FROM t"))
		b.do(c, "COMMIT")
	})
	b.idle()
}

// A commit stops between its halves: a snapshot waits, be it made by the same Sluice or
// by another.
func TestSnapshotBetweenHalves(t *testing.T) {
	p := newPair(t)
	var reached, on chan struct{}
	var armed sync.Once
	a := p.start(func(name string) {
		if name == "after decision" {
			armed.Do(func() { close(reached); <-on })
		}
	})
	for _, b := range []*bed{a, nil} {
		p.reset()
		reached, on, armed = make(chan struct{}), make(chan struct{}), sync.Once{}
		goOn := sync.OnceFunc(func() { close(on) })
		t.Cleanup(goOn)
		c := a.connect()
		a.do(c, "BEGIN", "UPDATE t SET v = v + 1 WHERE tenant_id = 'a'", "UPDATE t SET v = v + 1 WHERE tenant_id = 'b'")
		committed := make(chan error, 1)
		go func() { _, err := c.Query("COMMIT"); committed <- err }()
		<-reached
		if b == nil {
			b = p.start(nil) // it will finish the commit for the other, which it takes for dead
		}
		d := b.connect()
		require.Equal(t, "1", b.cell(d, "SELECT SUM(v) FROM t"), "without a snapshot half of it is seen")
		if b == a {
			b.fails(d, 1205, startSnapshot)
			time.AfterFunc(300*time.Millisecond, goOn)
		}
		require.Eventually(t, func() bool { _, err := d.Query(startSnapshot); return err == nil }, 20*time.Second, 10*time.Millisecond)
		require.Equal(t, "2", b.cell(d, "SELECT SUM(v) FROM t"))
		goOn()
		require.NoError(t, <-committed)
		b.do(d, "COMMIT")
	}
}

// The Sluice that was committing has died: its transaction is finished by another, and
// a snapshot shows all of it.
func TestSnapshotAfterDeath(t *testing.T) {
	p := newPair(t)
	p.reset()
	dead, reached := make(chan struct{}), make(chan struct{})
	var once sync.Once
	a := p.start(func(name string) {
		if name == "after decision" {
			once.Do(func() { p.killAll(1); close(reached); <-dead })
		}
	})
	c := a.connect()
	a.do(c, "BEGIN", "UPDATE t SET v = v + 1 WHERE tenant_id = 'a'", "UPDATE t SET v = v + 1 WHERE tenant_id = 'b'")
	done := make(chan struct{})
	go func() { _, _ = c.Query("COMMIT"); close(done) }()
	<-reached
	b := p.start(nil)
	d := b.connect()
	die := sync.OnceFunc(func() { close(dead) })
	t.Cleanup(die)
	require.Eventually(t, func() bool { _, err := d.Query(startSnapshot); return err == nil }, 20*time.Second, 10*time.Millisecond)
	require.Equal(t, "2", b.cell(d, "SELECT SUM(v) FROM t"))
	die()
	<-done
}

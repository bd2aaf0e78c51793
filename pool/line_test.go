package pool

import (
	"time"

	"github.com/stretchr/testify/require"
)

// queued leases in the background, and says who got a connection when.
func (b *bed) queued(schema string, order chan<- string) {
	b.Helper()
	n := b.Stats().Waiting
	go func() {
		c, err := b.Lease(b.Context(), &Want{Schema: schema})
		if err != nil {
			order <- err.Error()
			return
		}
		order <- schema
		time.Sleep(10 * time.Millisecond)
		c.Release()
	}()
	require.Eventually(b, func() bool { return b.Stats().Waiting == n+1 }, 10*time.Second, time.Millisecond)
}

func fair(b *bed) {
	b.with(patient)
	one := b.lease(&Want{Schema: "mysql"})
	b.lease(&Want{Schema: "mysql"})
	order := make(chan string, 4)
	for _, schema := range []string{"mysql", "mysql", "sys", "sys"} {
		b.queued(schema, order)
	}
	one.Release()
	got := []string{<-order, <-order, <-order, <-order}
	require.Equal(b, []string{"sys", "sys", "mysql", "mysql"}, got, "mysql holds a connection, sys none")
}

func shared(b *bed) {
	b.with(func(o *Options) { o.Share = 1 })
	b.lease(&Want{Schema: "mysql"})
	_, err := b.Lease(b.Context(), &Want{Schema: "mysql"})
	require.ErrorIs(b, err, ErrExhausted)
	require.ErrorContains(b, err, "the statements of this shard hold 1 of at most 2")
	b.lease(&Want{Schema: "sys"}).Release()
	order := make(chan string, 1)
	b.with(func(o *Options) { o.Share, o.Wait = 1, time.Minute })
	slow := b.lease(&Want{Schema: "mysql"})
	b.lease(&Want{Schema: "sys"}).Release()
	b.queued("mysql", order)
	b.lease(&Want{Schema: "sys"}).Release() // nobody else is kept from the idle one
	require.Empty(b, order)
	slow.Release()
	require.Equal(b, "mysql", <-order)
	require.Eventually(b, func() bool { return b.Stats().Lent == 0 }, 10*time.Second, time.Millisecond)
	for _, ln := range b.lines {
		require.Zero(b, ln.lent)
	}
}

func bounded(b *bed) {
	b.with(func(o *Options) { o.Queue, o.Wait = 1, time.Minute })
	c := b.lease(&Want{})
	b.lease(&Want{})
	done := b.waiting(b.Context(), &Want{})
	_, err := b.Lease(b.Context(), &Want{})
	require.ErrorIs(b, err, ErrExhausted)
	require.ErrorContains(b, err, "1 statements wait")
	require.EqualValues(b, 1, b.Stats().Shed)
	c.Release()
	require.NoError(b, <-done)
	c = b.lease(&Want{})
	c.Release()
}

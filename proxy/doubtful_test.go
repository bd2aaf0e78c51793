package proxy_test

import (
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/proxy"
	"github.com/sluicedb/sluice/test/diff"
)

// metric is the sum of a metric's values.
func (b *bed) metric(name string) (sum float64) {
	r := prometheus.NewRegistry()
	require.NoError(b, r.Register(proxy.Operator{Server: b.srv}.Collector()))
	list, err := r.Gather()
	require.NoError(b, err)
	for _, f := range list {
		if f.GetName() == name {
			for _, m := range f.GetMetric() {
				sum += m.GetGauge().GetValue() + m.GetCounter().GetValue()
			}
		}
	}
	return sum
}

// What operators see of prepared transactions, and what they can do about them.
func TestDoubtfulTransactions(t *testing.T) {
	p := newPair(t)
	p.reset()
	reached, on := make(chan struct{}, 1), make(chan struct{})
	a := p.start(func(name string) {
		if name == "before decision" {
			reached <- struct{}{}
			<-on
		}
	})
	b := p.start(nil)
	list := func(b *bed, id string) []proxy.Doubtful {
		got, err := proxy.Operator{Server: b.srv}.Transactions(id)
		require.NoError(t, err)
		return got.([]proxy.Doubtful)
	}
	require.Empty(t, list(b, ""))
	c := a.connect()
	a.do(c, "BEGIN", "UPDATE t SET v = 1 WHERE tenant_id = 'a'", "UPDATE t SET v = 1 WHERE tenant_id = 'b'")
	committed := make(chan error, 1)
	go func() { _, err := c.Query("COMMIT"); committed <- err }()
	<-reached
	found := list(a, "")
	require.Len(t, found, 1)
	require.Equal(t, []any{"g1", "g0", true, ""}, []any{found[0].Group, found[0].Home, found[0].Live, found[0].Decided})
	after, err := proxy.Operator{Server: a.srv}.Resolve(found[0].ID, "")
	require.NoError(t, err)
	require.Len(t, after, 1, "what this process is committing is left alone")
	_, err = proxy.Operator{Server: b.srv}.Resolve(found[0].ID, "perhaps")
	require.Error(t, err)
	_, err = proxy.Operator{Server: b.srv}.Resolve(found[0].ID, "")
	require.NoError(t, err)
	require.Equal(t, []proxy.Doubtful{{ID: found[0].ID, Group: "finished", Home: "g0", Decided: "rolled back"}}, list(b, found[0].ID))
	close(on)
	require.ErrorContains(t, <-committed, "1213")
	require.Equal(t, [2]string{"0", "0"}, p.values())

	// One whose decision nobody can know, and one that is not ours.
	direct := func(sql string) {
		d, err := diff.Connect(diff.Target{Addr: p.servers[1].Addr(), User: "root", Database: "app_1"}, 0)
		require.NoError(t, err)
		for _, q := range []string{"XA START " + sql, "UPDATE t SET v = v + 5", "XA END " + sql, "XA PREPARE " + sql} {
			_, err := d.Query(q)
			require.NoError(t, err, q)
		}
		require.NoError(t, d.Close())
	}
	direct("'sluice:abc','gone/1'")
	require.Eventually(t, func() bool { return b.metric("sluice_transactions_in_doubt") == 1 }, 10*time.Second, 50*time.Millisecond)
	require.Eventually(t, func() bool { return b.metric("sluice_transactions_in_doubt_oldest_seconds") > 4 }, 20*time.Second, 50*time.Millisecond)
	require.Equal(t, 1, p.prepared(), "nobody guesses")
	_, err = proxy.Operator{Server: b.srv}.Resolve("abc", "")
	require.ErrorContains(t, err, "not configured")
	_, err = proxy.Operator{Server: b.srv}.Resolve("abc", "commit")
	require.NoError(t, err)
	require.Equal(t, [2]string{"0", "5"}, p.values())
	direct("'theirs','g0/1'")
	require.Empty(t, list(b, ""))
	time.Sleep(6 * time.Second)
	require.Equal(t, 1, p.prepared(), "another's is left alone")
	require.Equal(t, 0.0, b.metric("sluice_transactions_in_doubt"))
	require.NoError(t, p.servers[1].Exec(t.Context(), "XA ROLLBACK 'theirs','g0/1'"))
}

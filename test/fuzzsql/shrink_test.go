package fuzzsql

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func statements(seed uint64, n int) []*query {
	g := &gen{Rand: rand.New(rand.NewPCG(seed, 3))}
	newWorld(g)
	var out []*query
	for range n {
		out = append(out, g.statement())
	}
	return out
}

// A seed in a report must give the same queries again.
func TestSeedDecidesEverything(t *testing.T) {
	a, b := statements(11, 200), statements(11, 200)
	for i := range a {
		require.Equal(t, a[i].String(), b[i].String())
	}
}

// Shrinking keeps what differs, leaves the rest out, and does not touch its argument.
func TestShrink(t *testing.T) {
	shrunk := 0
	for _, q := range statements(12, 300) {
		before := q.String()
		if !strings.Contains(before, "COUNT(*)") {
			continue
		}
		s := shrink(q, func(c *query) bool { return strings.Contains(c.String(), "COUNT(*)") })
		require.Contains(t, s.String(), "COUNT(*)")
		require.Equal(t, before, q.String())
		if len(s.String()) < len(before) {
			shrunk++
		}
	}
	require.Greater(t, shrunk, 50)
}

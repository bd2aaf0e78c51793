package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// madeUp makes the figures of a run with one workload, whose ratio to HAProxy is given.
func madeUp(low, median, high float64) *figures {
	ratio := spread{low, median, high}
	return &figures{Lines: []line{
		{Workload: pointSelect, Connections: 16, Target: "direct", OfDirect: spread{1, 1, 1}},
		{Workload: pointSelect, Connections: 16, Target: "haproxy", OfHAProxy: &spread{1, 1, 1}},
		{Workload: pointSelect, Connections: 16, Target: "sluice", OfHAProxy: &ratio},
	}}
}

func TestAgainstAnOlderRun(t *testing.T) {
	before := madeUp(1.15, 1.20, 1.25)
	for _, c := range []struct {
		about string
		now   *figures
		fails bool
	}{
		{"the same", madeUp(1.15, 1.20, 1.25), false},
		{"better", madeUp(0.95, 1.00, 1.05), false},
		{"worse, but by less than ten percent", madeUp(1.26, 1.29, 1.30), false},
		{"worse by more than ten percent", madeUp(1.45, 1.50, 1.55), true},
		{"worse by more than ten percent, but the rounds differ as much", madeUp(1.10, 1.50, 1.90), false},
	} {
		t.Run(c.about, func(t *testing.T) {
			var out strings.Builder
			err := against(&out, before, c.now, 10)
			if c.fails {
				require.EqualError(t, err, "1 of 1 became more than 10 % worse")
				require.Contains(t, out.String(), "**worse**")
				return
			}
			require.NoError(t, err)
			require.NotContains(t, out.String(), "**worse**")
		})
	}
}

func TestAgainstARunOfOtherWorkloads(t *testing.T) {
	now := madeUp(1, 1, 1)
	before := madeUp(1, 1, 1)
	for i := range before.Lines {
		before.Lines[i].Workload = "another"
	}
	var out strings.Builder
	require.EqualError(t, against(&out, before, now, 10), "the two runs have no workload in common")
}

func TestAgainstComparesTimeWhereHAProxyHasNoPart(t *testing.T) {
	over := func(x float64) *figures {
		return &figures{Lines: []line{{Workload: "scatter", Connections: 1, Target: "sluice", OfDirect: spread{x, x, x}}}}
	}
	var out strings.Builder
	require.NoError(t, against(&out, over(2), over(2.1), 10))
	require.Error(t, against(&out, over(2), over(2.3), 10))
	require.Contains(t, out.String(), "| scatter | 1 | sluice | time ÷ direct | 2.00 (2.00–2.00) | 2.30 (2.30–2.30) | +15 % **worse** |")
}

func TestSpread(t *testing.T) {
	require.Equal(t, spread{2, 3, 4}, spreadOf([]float64{5, 3, 1, 4, 2}))
	require.Equal(t, spread{1.25, 1.5, 1.75}, spreadOf([]float64{2, 1}))
	require.Equal(t, spread{7, 7, 7}, spreadOf([]float64{7}))
	require.Equal(t, spread{}, spreadOf(nil))
}

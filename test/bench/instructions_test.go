package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMoreInstructions(t *testing.T) {
	file := filepath.Join(t.TempDir(), "instructions.json")
	counted := func(n float64) *instructions {
		return &instructions{Go: "go1", Statement: map[string]float64{pointSelect: n}}
	}
	require.NoError(t, counted(20_000).write(file))
	before, err := read[instructions](file)
	require.NoError(t, err)

	var out strings.Builder
	require.NoError(t, counted(21_900).against(&out, before, 10))
	require.Contains(t, out.String(), "| 20000 | 21900 | +9.5 % |")
	require.EqualError(t, counted(22_100).against(&out, before, 10), "1 of 1 need more than 10 % more instructions")
	require.Contains(t, out.String(), "**worse**")

	other := &instructions{Go: "go2", Statement: map[string]float64{"insert": 1}}
	require.EqualError(t, other.against(&out, before, 10), "the two counts have no workload in common")
	require.Contains(t, out.String(), "the older count is of go1, this one of go2")
}

func TestMiddle(t *testing.T) {
	require.Equal(t, 3, middle([]int{5, 1, 3}))
}

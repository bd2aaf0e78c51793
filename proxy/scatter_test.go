package proxy

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCompareNumbers(t *testing.T) {
	sorted := []string{"-12345678901234567890.5", "-100", "-99.999", "-1", "-0.10", "-0.01", "0", "0.009", "0.01", "0.1", "7", "10", "10.5", "99", "18446744073709551615", "18446744073709551616"}
	for i, a := range sorted {
		for j, b := range sorted {
			require.Equal(t, sign(i-j), sign(compareNumbers([]byte(a), []byte(b))), "%s and %s", a, b)
		}
	}
	for _, same := range [][2]string{{"0", "-0.00"}, {"007", "7"}, {"1.50", "1.5"}, {"-3", "-3.0"}, {"0.0", "0"}} {
		require.Zero(t, compareNumbers([]byte(same[0]), []byte(same[1])), same)
	}
	for range 1000 {
		a, b := rand.Int64N(2000)-1000, rand.Int64N(2000)-1000
		require.Equal(t, sign(int(a-b)), sign(compareNumbers(strconv.AppendInt(nil, a, 10), strconv.AppendInt(nil, b, 10))), "%d and %d", a, b)
	}
}

func TestCompareWeights(t *testing.T) {
	// With spaces to fill up: a tab is before a space, which is before letters.
	sorted := []string{"", "\t", "a\t", "a", "a!", "ab", "b"}
	slices.Reverse(sorted[:2]) // a tab is before the spaces that fill up nothing
	for i, a := range sorted {
		for j, b := range sorted {
			require.Equal(t, sign(i-j), sign(compareWeights([]byte(a), []byte(b), []byte(" "))), "%q and %q", a, b)
		}
	}
	require.Zero(t, compareWeights([]byte("a"), []byte("a  "), []byte(" ")))
	require.Negative(t, compareWeights([]byte("a"), []byte("a "), nil))
	require.Negative(t, compareWeights([]byte("a"), []byte("a\t"), nil))
}

func sign(n int) int {
	switch {
	case n < 0:
		return -1
	case n > 0:
		return 1
	}
	return 0
}

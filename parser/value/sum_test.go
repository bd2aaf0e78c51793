package value

import (
	"math/big"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func add(t require.TestingT, numbers ...string) *Sum {
	s := new(Sum)
	for _, n := range numbers {
		require.True(t, s.Add([]byte(n)), n)
	}
	return s
}

func TestSum(t *testing.T) {
	for _, c := range []struct{ want, numbers string }{
		{"0", ""},
		{"3", "1 2"},
		{"-1", "1 -2"},
		{"0.00", "0.50 -0.50"},
		{"-0.05", "0.05 -0.10"},
		{"18446744073709551614", "9223372036854775807 9223372036854775807"},
		{"-18446744073709551616", "-9223372036854775808 -9223372036854775808"},
		{"1000000000000000000", "999999999999999999 1"},
		{"1.500", "1.5 0.000"},
		{"12345678901234567890123456789012345.123456789012345678901234567890", "12345678901234567890123456789012345.123456789012345678901234567890 0.000000000000000000000000000000"},
		{"9223372036854775808", "9000000000000000 9214372036854775808"},
	} {
		require.Equal(t, c.want, string(add(t, strings.Fields(c.numbers)...).Append(nil)), c.numbers)
	}
	for _, wrong := range []string{"", "-", "x", "1.", "1e5", "1.2.3", "--1", ".5"} {
		require.False(t, new(Sum).Add([]byte(wrong)), wrong)
	}
	require.True(t, add(t, strings.Repeat("9", 65)).Fits())
	require.False(t, add(t, strings.Repeat("9", 65), "1").Fits())
}

// The figures are MySQL's: the quotient is cut after nine digits, or eighteen, and so on.
func TestMean(t *testing.T) {
	for _, c := range []struct {
		sum      string
		count    uint64
		decimals int
		want     string
	}{
		{"2", 3, 4, "0.6667"},
		{"-2", 3, 4, "-0.6667"},
		{"2.00000", 3, 9, "0.666666666"},
		{"-2.00000", 3, 9, "-0.666666666"},
		{"1", 2, 0, "0"},
		{"-1", 2, 0, "0"},
		{"-0.00001", 3, 4, ""}, // AVG never has fewer digits than its argument
		{"-0.00001", 30, 9, "-0.000000333"},
		{"-0.00001", 300000, 9, "0.000000000"},
		{"5", 1, 4, "5.0000"},
	} {
		got, ok := add(t, c.sum).Mean(nil, c.count, c.decimals)
		require.Equal(t, c.want != "", ok, c.sum)
		require.Equal(t, c.want, string(got), c.sum)
	}
	_, ok := new(Sum).Mean(nil, 0, 4)
	require.False(t, ok)
}

// TestSumOfAny compares with whole numbers of any length.
func TestSumOfAny(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want, s := new(big.Int), new(Sum)
		for _, n := range rapid.SliceOf(rapid.StringMatching(`-?[0-9]{1,30}`)).Draw(t, "numbers") {
			v, _ := new(big.Int).SetString(n, 10)
			want.Add(want, v)
			require.True(t, s.Add([]byte(n)))
		}
		require.Equal(t, want.String(), string(s.Append(nil)))
	})
}

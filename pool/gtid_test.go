package pool

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

const (
	sourceA = "3e11fa47-71ca-11e1-9e33-c80aa9429562"
	sourceB = "4e11fa47-71ca-11e1-9e33-c80aa9429562"
)

func TestGTIDsReadAndWritten(t *testing.T) {
	for text, want := range map[string]string{
		"":                                   "",
		sourceA + ":1":                       sourceA + ":1",
		strings.ToUpper(sourceA) + ":1-3:5":  sourceA + ":1-3:5",
		sourceA + ":5:1-3:4":                 sourceA + ":1-5",
		sourceB + ":7,\n" + sourceA + ":1-9": sourceA + ":1-9," + sourceB + ":7",
		sourceA + ":1-3:tag_1:2-4:other:1":   sourceA + ":1-3," + sourceA + ":other:1," + sourceA + ":tag_1:2-4",
	} {
		g, err := ParseGTIDs(text)
		require.NoError(t, err, text)
		require.Equal(t, want, g.String())
	}
	for _, text := range []string{"x", sourceA, sourceA + ":", sourceA + ":0", sourceA + ":3-2", sourceA + ":1-", sourceA + ":-1", sourceA + ":t g:1", sourceA + ":'", "g" + sourceA[1:] + ":1"} {
		_, err := ParseGTIDs(text)
		require.Error(t, err, text)
	}
}

// TestGTIDsAsSets compares with sets of single transactions.
func TestGTIDsAsSets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) (GTIDs, map[string]bool) {
			var parts []string
			all := map[string]bool{}
			for range rapid.IntRange(0, 6).Draw(t, name) {
				source := rapid.SampledFrom([]string{sourceA, sourceB, sourceA + ":tag"}).Draw(t, "source")
				first := rapid.IntRange(1, 12).Draw(t, "first")
				last := first + rapid.IntRange(0, 4).Draw(t, "more")
				parts = append(parts, fmt.Sprintf("%s:%d-%d", source, first, last))
				for n := first; n <= last; n++ {
					all[fmt.Sprint(source, n)] = true
				}
			}
			g, err := ParseGTIDs(strings.Join(parts, ","))
			require.NoError(t, err)
			return g, all
		}
		x, xs := draw("x")
		y, ys := draw("y")
		inside := true
		for k := range ys {
			inside = inside && xs[k]
		}
		before := x.String()
		require.Equal(t, inside, x.Contains(y), "%s contains %s", x, y)
		u := x.Union(y)
		require.True(t, u.Contains(x) && u.Contains(y))
		require.Equal(t, len(xs) > 0 && inside || len(ys) == 0, x.Contains(u) && (len(xs) > 0 || len(ys) == 0))
		again, err := ParseGTIDs(u.String())
		require.NoError(t, err)
		require.Equal(t, u.String(), again.String())
		require.Equal(t, before, x.String(), "a set was changed")
	})
}

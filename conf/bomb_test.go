package conf

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestBombs: files made to cost much are refused in little time.
func TestBombs(t *testing.T) {
	const rest = "version: 1\ngroups: {g: {primary: 'a:1', user: u}}\ndatabases: {d: {shards: [{name: s, group: g}]}}\n"
	var laughs, merges strings.Builder
	laughs.WriteString("x0: &x0 [a,a,a,a,a,a,a,a,a]\n")
	merges.WriteString("x0: &x0 {" + strings.Repeat("k: v, ", 1) + "}\n")
	for i := range 20 {
		fmt.Fprintf(&laughs, "x%d: &x%d [%s]\n", i+1, i+1, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*x%d,", i), 9), ","))
		fmt.Fprintf(&merges, "x%d: &x%d {<<: [%s]}\n", i+1, i+1, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*x%d,", i), 9), ","))
	}
	var wide strings.Builder
	wide.WriteString("x: &x {")
	for i := range 20000 {
		fmt.Fprintf(&wide, "k%d: v, ", i)
	}
	wide.WriteString("}\nusers: [" + strings.Repeat("{<<: *x}, ", 20000) + "]\n")
	tests := []struct{ about, text string }{
		{"lists of lists", laughs.String() + rest + "schema: *x20\n"},
		{"merges of merges", merges.String() + rest + "limits: *x20\n"},
		{"a wide merge many times", wide.String() + rest},
		{"deep", rest + "schema: " + strings.Repeat("[", 9000) + strings.Repeat("]", 9000)},
		{"deeper", rest + "schema: " + strings.Repeat("[", 1<<20)},
		{"many unknown keys", rest + strings.Repeat("? a\n", 100000)},
		{"large", rest + "#" + strings.Repeat("x", maxFile)},
		{"many users", rest + "users: [" + strings.Repeat("{}, ", 100000) + "]"},
	}
	for _, test := range tests {
		t.Run(test.about, func(t *testing.T) {
			begin := time.Now()
			_, problems := Parse("b.yaml", []byte(test.text))
			require.Error(t, problems.Err())
			require.LessOrEqual(t, len(problems), 2*maxProblems)
			t.Log(time.Since(begin), problems[0])
			require.Less(t, time.Since(begin), 20*time.Second)
		})
	}
}

package clients

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// typed runs a program in a terminal and types lines into it; it returns what the
// terminal shows.
func typed(t *testing.T, w target, path string, args, lines []string) string {
	t.Helper()
	script := program(t, "apt-get install bsdutils", "script")
	command := []string{quoted(path)}
	for _, a := range args {
		command = append(command, quoted(a))
	}
	out := run{
		path: script, args: []string{"--quiet", "--return", "--command", strings.Join(command, " "), "/dev/null"},
		env: []string{"TERM=dumb"}, stdin: strings.Join(lines, "\n") + "\n",
	}.on(t, w)
	require.NotEmpty(t, out)
	return strings.ReplaceAll(out, "\r", "")
}

func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

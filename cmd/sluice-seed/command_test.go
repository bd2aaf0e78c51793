package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func run(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	c := command()
	c.SetArgs(args)
	c.SetOut(&out)
	err := c.ExecuteContext(t.Context())
	return out.String(), err
}

func TestOutIsTheSameEachTime(t *testing.T) {
	args := []string{"--tenants", "2", "--rows", "2", "--skew", "2", "--out"}
	printed, err := run(t, append(args, "-")...)
	require.NoError(t, err)
	require.Contains(t, printed, "SET time_zone = '+00:00';\nINSERT INTO saas_tenants (id, ")

	file := filepath.Join(t.TempDir(), "rows.sql")
	_, err = run(t, append(args, file)...)
	require.NoError(t, err)
	written, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, printed, string(written))
}

func TestQualify(t *testing.T) {
	out, err := run(t, "--tenants", "1", "--rows", "1", "--qualify", "--out", "-")
	require.NoError(t, err)
	require.Contains(t, out, "INSERT INTO health_management.health_patients (")
	require.NotContains(t, out, "INSERT INTO health_patients")
}

func TestList(t *testing.T) {
	out, err := run(t, "--list", "--tenants", "2")
	require.NoError(t, err)
	require.Equal(t, "default-tenant\nsystem\n", out)
}

func TestFlagsAreChecked(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{nil, "at least one of the flags"},
		{[]string{"--dsn", "x", "--out", "y"}, "none of the others can be"},
		{[]string{"--dsn", "nonsense"}, "--dsn: "},
		{[]string{"--list", "--now", "today"}, "--now: "},
		{[]string{"--out", "-", "--tenants", "0"}, "at least one tenant"},
	} {
		_, err := run(t, c.args...)
		require.ErrorContains(t, err, c.want, "%v", c.args)
	}
}

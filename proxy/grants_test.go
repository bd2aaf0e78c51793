package proxy_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestGrants: SHOW GRANTS tells what the user of Sluice may do, by the names that it knows,
// and nothing of the account that the servers know.
func TestGrants(t *testing.T) {
	b := newBed(t, newServer(t), "max: 2", "limits: {slow: 0s}\n")
	c := b.connect()
	for _, sql := range []string{"SHOW GRANTS", "SHOW GRANTS FOR CURRENT_USER", "SHOW GRANTS FOR CURRENT_USER()"} {
		answers, err := c.Query(sql)
		require.NoError(t, err, sql)
		user, _, _ := strings.Cut(strings.TrimPrefix(answers[0].Columns[0].Name, "Grants for "), "@")
		require.Equal(t, "GRANT USAGE ON *.* TO `"+user+"`@`%`", string(answers[0].Rows[0][0]))
		for _, row := range answers[0].Rows[1:] {
			require.Regexp(t, "^GRANT ALL PRIVILEGES ON `[a-z]+`[.]\\* TO `"+user+"`@`%`$", string(row[0]))
		}
		require.Greater(t, len(answers[0].Rows), 1)
	}
	for _, sql := range []string{"SHOW GRANTS FOR root@localhost", "SHOW CREATE USER root@localhost"} {
		_, err := c.Query(sql)
		require.ErrorContains(t, err, "1235", sql)
	}
}

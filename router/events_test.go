package router

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestRepeatedEvents finds the events that several shards would run.
func TestRepeatedEvents(t *testing.T) {
	r := small(t)
	s, err := ReadSchema([]Script{{Name: "events.sql", Text: []byte(`DELIMITER //
CREATE EVENT mails ON SCHEDULE EVERY 1 DAY DO INSERT INTO users (id) VALUES (1)
//
CREATE EVENT sleeps ON SCHEDULE EVERY 1 DAY DISABLE DO DELETE FROM users
//
CREATE EVENT sweeps ON SCHEDULE EVERY 1 DAY DO CALL sweep(30)
//
CREATE EVENT quotas ON SCHEDULE EVERY 1 DAY DO CALL quota('x', 'y', @z)
//
CREATE EVENT core.elsewhere ON SCHEDULE EVERY 1 DAY DO SELECT 1
//
CREATE EVENT IF NOT EXISTS whole ON SCHEDULE EVERY 1 DAY DO DELETE FROM rates
//
`)}})
	require.NoError(t, err)
	var found []string
	for _, p := range r.Repeated(s.Events) {
		found = append(found, p.Path)
		require.Contains(t, p.String(), "4 shards")
	}
	require.ElementsMatch(t, []string{"core.mails", "core.quotas", "core.elsewhere"}, found)
}

package pool

import (
	"maps"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestSettingsHaveOneKey(t *testing.T) {
	variables := rapid.MapOf(rapid.StringMatching(`[a-c]`), rapid.StringMatching(`[a-c=:0-9\x00]{0,6}`))
	rapid.Check(t, func(t *rapid.T) {
		a, b := variables.Draw(t, "a"), variables.Draw(t, "b")
		require.Equal(t, maps.Equal(a, b), newSettings(a).Key() == newSettings(b).Key())
	})
}

// A value with the bytes that end a setting must not make two settings of one.
func TestAValueIsNoFurtherSetting(t *testing.T) {
	one := (*Settings)(nil).With(Setting{"a", "1\x00b=2"})
	two := (*Settings)(nil).With(Setting{"a", "1"}, Setting{"b", "2"})
	require.NotEqual(t, two.Key(), one.Key())
}

func TestSettingsAreImmutable(t *testing.T) {
	var fresh *Settings
	a := fresh.With(Setting{"sql_mode", "ANSI"}, Setting{"autocommit", "OFF"})
	b := a.With(Setting{"sql_mode", ""})
	require.Equal(t, []Setting{{"autocommit", "OFF"}, {"sql_mode", "ANSI"}}, a.All())
	require.Equal(t, []Setting{{"autocommit", "OFF"}, {"sql_mode", ""}}, b.All())
	v, set := b.Value("sql_mode")
	require.True(t, set)
	require.Empty(t, v)
	_, set = b.Value("time_zone")
	require.False(t, set)
	require.Nil(t, b.Without("sql_mode").Without("autocommit"), "a fresh connection's settings are nil")
	require.Empty(t, fresh.Key())
}

func TestDelta(t *testing.T) {
	var fresh *Settings
	strict := fresh.With(Setting{"sql_mode", "ANSI"}, Setting{"max_execution_time", "5"})
	latin := fresh.With(Setting{"character_set_client", "latin1"}, Setting{"character_set_results", "latin1"}, Setting{"collation_connection", "latin1_bin"})
	for _, c := range []struct {
		from, to *Settings
		sql      string
	}{
		{strict, strict, ""},
		{fresh, strict, "SET @@SESSION.max_execution_time=5,@@SESSION.sql_mode='ANSI'"},
		{strict, fresh, "SET @@SESSION.max_execution_time=DEFAULT,@@SESSION.sql_mode=DEFAULT"},
		{fresh.With(Setting{"foreign_key_checks", "OFF"}, Setting{"unique_checks", "OFF"}), fresh, "SET @@SESSION.foreign_key_checks=@@GLOBAL.foreign_key_checks,@@SESSION.unique_checks=@@GLOBAL.unique_checks"},
		{strict, strict.With(Setting{"sql_mode", ""}), "SET @@SESSION.sql_mode=''"},
		{fresh, fresh.With(Setting{"a", `it's\`}), "SET @@SESSION.a=_utf8mb4 x'697427735c'"},
		{fresh, latin, "SET NAMES latin1 COLLATE latin1_bin"},
		{latin, latin.With(Setting{"autocommit", "OFF"}), "SET @@SESSION.autocommit='OFF'"},
	} {
		b, some := appendDelta(nil, c.from, c.to, false)
		require.Equal(t, c.sql, string(b))
		require.Equal(t, c.sql != "", some)
	}
}

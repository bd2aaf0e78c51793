package rules

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
	"unicode"

	"github.com/sluicedb/sluice/conf"
)

func asciiRange() *unicode.RangeTable {
	return &unicode.RangeTable{R16: []unicode.Range16{{Lo: 0, Hi: 127, Stride: 1}}, LatinOffset: 1}
}

func months(t *testing.T, zone string) *Calendar {
	z, ok := conf.ParseOffset(zone)
	require.True(t, ok)
	return &Calendar{Column: "created_at", Pattern: "pYYYYMM", CatchAll: "p_future", Zone: z}
}

func at(t *testing.T, s string) time.Time {
	when, err := time.Parse(time.RFC3339Nano, s)
	require.NoError(t, err)
	return when
}

func TestCalendarPartitions(t *testing.T) {
	tests := []struct {
		about, zone, from, to string
		want                  []string
	}{
		{"within a month", "+00:00", "2025-01-02T00:00:00Z", "2025-01-03T00:00:00Z", []string{"p202501"}},
		{"the end is not included", "+00:00", "2025-01-01T00:00:00Z", "2025-02-01T00:00:00Z", []string{"p202501"}},
		{"a fraction of a second is", "+00:00", "2025-01-01T00:00:00Z", "2025-02-01T00:00:00.000001Z", []string{"p202501", "p202502"}},
		{"over a year", "+00:00", "2024-12-31T23:59:59Z", "2025-01-01T00:00:01Z", []string{"p202412", "p202501"}},
		{"months begin in the zone", "+08:00", "2024-12-31T16:00:00Z", "2024-12-31T16:00:01Z", []string{"p202501"}},
		{"and end there", "-03:30", "2025-01-01T03:29:59Z", "2025-01-01T03:30:01Z", []string{"p202412", "p202501"}},
		{"empty", "+00:00", "2025-01-02T00:00:00Z", "2025-01-02T00:00:00Z", nil},
		{"backwards", "+00:00", "2025-01-02T00:00:00Z", "2024-01-02T00:00:00Z", nil},
	}
	for _, test := range tests {
		t.Run(test.about, func(t *testing.T) {
			require.Equal(t, test.want, months(t, test.zone).Partitions(at(t, test.from), at(t, test.to)))
		})
	}
}

func TestCalendarMissing(t *testing.T) {
	now := at(t, "2025-04-15T12:00:00Z")
	tests := []struct {
		about, catchAll string
		existing        []string
		ahead           int
		want            []string
	}{
		{"the script's partitions", "p_future", []string{"p202501", "p202502", "p202503", "p_future"}, 1, []string{
			"ALTER TABLE `s`.`t` REORGANIZE PARTITION `p_future` INTO (PARTITION `p202504` VALUES LESS THAN (1746057600), PARTITION `p202505` VALUES LESS THAN (1748736000), PARTITION `p_future` VALUES LESS THAN MAXVALUE)",
		}},
		{"a gap", "p_future", []string{"p202502", "p202504", "p_future"}, 0, []string{
			"ALTER TABLE `s`.`t` REORGANIZE PARTITION `p202504` INTO (PARTITION `p202503` VALUES LESS THAN (1743465600), PARTITION `p202504` VALUES LESS THAN (1746057600))",
		}},
		{"no month yet", "p_future", []string{"p_future"}, 0, []string{
			"ALTER TABLE `s`.`t` REORGANIZE PARTITION `p_future` INTO (PARTITION `p202504` VALUES LESS THAN (1746057600), PARTITION `p_future` VALUES LESS THAN MAXVALUE)",
		}},
		{"no catch-all", "", []string{"p202503"}, 0, []string{
			"ALTER TABLE `s`.`t` ADD PARTITION (PARTITION `p202504` VALUES LESS THAN (1746057600))",
		}},
		{"nothing to do", "p_future", []string{"p202504", "p202505", "p202506", "p_future", "other"}, 1, nil},
	}
	for _, test := range tests {
		t.Run(test.about, func(t *testing.T) {
			c := months(t, "+00:00")
			c.CatchAll = test.catchAll
			var got []string
			for _, s := range c.Missing(test.existing, now, test.ahead) {
				got = append(got, c.DDL("s", "t", s))
			}
			require.Equal(t, test.want, got)
		})
	}
}

func TestCalendarBounds(t *testing.T) {
	c := months(t, "+08:00")
	m := at(t, "2025-01-31T23:00:00Z") // February there
	require.Equal(t, "(1740758400)", c.Bound(m))
	c.Form = BoundDateTime
	require.Equal(t, "('2025-03-01 00:00:00')", c.Bound(m))
	c.Form = BoundDate
	require.Equal(t, "('2025-03-01')", c.Bound(m))
	require.Equal(t, "ALTER TABLE `t``x` REORGANIZE PARTITION `p_future` INTO (PARTITION `p202502` VALUES LESS THAN ('2025-03-01'), PARTITION `p_future` VALUES LESS THAN (MAXVALUE))",
		c.DDL("", "t`x", Split{From: "p_future", Into: []string{"p202502", "p_future"}}))
	require.Equal(t, []string{"p202501", "p202502"}, c.Expired([]string{"p202502", "p202501", "p_future", "p202503"}, at(t, "2025-02-28T16:00:00Z")))
}

// TestCalendarRepairs: after the missing partitions were made, none is missing, and
// every moment of the span has a partition of its own name.
func TestCalendarRepairs(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		c := months(t, rapid.SampledFrom([]string{"+00:00", "+08:00", "-11:00"}).Draw(rt, "zone"))
		now := time.Unix(rapid.Int64Range(0, 4e9).Draw(rt, "now"), 0)
		ahead := rapid.IntRange(0, 14).Draw(rt, "ahead")
		existing := []string{"p_future"}
		for _, back := range rapid.SliceOfN(rapid.IntRange(-20, 20), 0, 6).Draw(rt, "existing") {
			existing = append(existing, c.Name(c.Month(now).AddDate(0, -back, 0)))
		}
		for _, s := range c.Missing(existing, now, ahead) {
			require.Equal(rt, s.From, s.Into[len(s.Into)-1])
			existing = append(existing, s.Into...)
		}
		require.Empty(rt, c.Missing(existing, now, ahead))
		for _, name := range c.Partitions(now, c.Month(now).AddDate(0, ahead+1, 0)) {
			require.Contains(rt, existing, name)
			month, ok := c.Parse(name)
			require.True(rt, ok)
			require.Equal(rt, name, c.Name(month))
		}
	})
}

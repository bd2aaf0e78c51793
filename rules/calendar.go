package rules

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Calendar is how a table is partitioned by month. A partition is named after the
// month whose rows it holds and is bounded by the first moment of the next, in the
// calendar's zone. Its methods are pure: the caller brings the time.
type Calendar struct {
	Column   string         // the partition column
	Pattern  string         // "pYYYYMM"
	CatchAll string         // "p_future", which takes everything later; empty: there is none
	Zone     *time.Location // a fixed offset
	Form     BoundForm
	// Unbounded is what happens to a statement that says nothing of the time: Allow or Deny.
	Unbounded Policy
}

// BoundForm is how the table's partition bounds are written.
type BoundForm uint8

// The forms of bounds.
const (
	BoundSeconds  BoundForm = iota // RANGE (UNIX_TIMESTAMP(column)), for a TIMESTAMP
	BoundDateTime                  // RANGE COLUMNS (column), for a DATETIME
	BoundDate                      // RANGE COLUMNS (column), for a DATE
)

// Month is the first moment of a month.
func (c *Calendar) Month(t time.Time) time.Time {
	t = t.In(c.Zone)
	return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, c.Zone)
}

// Name is the name of the partition that holds a moment, if there is one of its own.
func (c *Calendar) Name(t time.Time) string {
	t = t.In(c.Zone)
	return strings.NewReplacer("YYYY", fmt.Sprintf("%04d", t.Year()), "MM", fmt.Sprintf("%02d", int(t.Month()))).Replace(c.Pattern)
}

// Parse returns the month that a partition is named after.
func (c *Calendar) Parse(name string) (time.Time, bool) {
	if len(name) != len(c.Pattern) {
		return time.Time{}, false
	}
	y, m := strings.Index(c.Pattern, "YYYY"), strings.Index(c.Pattern, "MM")
	year, err1 := strconv.Atoi(name[y : y+4])
	month, err2 := strconv.Atoi(name[m : m+2])
	if err1 != nil || err2 != nil || year < 1 || month < 1 || month > 12 {
		return time.Time{}, false
	}
	t := time.Date(year, time.Month(month), 1, 0, 0, 0, 0, c.Zone)
	return t, strings.EqualFold(c.Name(t), name)
}

// Partitions names the months that the time from from until just before to touches, in
// order. It is empty when to is not after from.
func (c *Calendar) Partitions(from, to time.Time) []string {
	var names []string
	for m := c.Month(from); m.Before(to) && from.Before(to); m = m.AddDate(0, 1, 0) {
		names = append(names, c.Name(m))
	}
	return names
}

// Bound is the upper bound of the partition of the month that begins at month, as it
// stands behind VALUES LESS THAN.
func (c *Calendar) Bound(month time.Time) string {
	end := c.Month(month).AddDate(0, 1, 0)
	switch c.Form {
	case BoundDateTime:
		return end.Format("('2006-01-02 15:04:05')")
	case BoundDate:
		return end.Format("('2006-01-02')")
	}
	return fmt.Sprintf("(%d)", end.Unix())
}

// Split is one change of a table's partitions: Into takes over what From held.
type Split struct {
	From string   // the partition that is divided; empty: Into is added behind the last
	Into []string // in order; the last is From itself unless From is empty
}

// Missing returns the changes after which every month from the first partition of
// existing, or from now's month if that is earlier, up to ahead months behind now's has
// a partition of its own. existing are the names of all partitions; names that are not
// the calendar's are ignored. The changes are independent of each other.
func (c *Calendar) Missing(existing []string, now time.Time, ahead int) []Split {
	months := c.months(existing)
	last := c.Month(now).AddDate(0, ahead, 0)
	next := c.Month(now)
	if len(months) > 0 && months[0].Before(next) {
		next = months[0]
	}
	var out []Split
	for _, m := range append(months, time.Time{}) {
		var gap []string
		for ; !next.After(last) && (m.IsZero() || next.Before(m)); next = next.AddDate(0, 1, 0) {
			gap = append(gap, c.Name(next))
		}
		if len(gap) > 0 {
			out = append(out, c.split(gap, m))
		}
		if !m.Before(next) {
			next = m.AddDate(0, 1, 0)
		}
	}
	return out
}

// split makes room for months in front of the partition of month before, or, if that is
// zero, at the end.
func (c *Calendar) split(gap []string, before time.Time) Split {
	from := c.CatchAll
	if !before.IsZero() {
		from = c.Name(before)
	}
	if from == "" {
		return Split{Into: gap}
	}
	return Split{From: from, Into: append(gap, from)}
}

// months returns the months of partitions in order.
func (c *Calendar) months(names []string) []time.Time {
	var out []time.Time
	for _, n := range names {
		if m, ok := c.Parse(n); ok {
			out = append(out, m)
		}
	}
	slices.SortFunc(out, time.Time.Compare)
	return slices.Compact(out)
}

// Expired names the partitions of existing whose rows are all older than before, the
// oldest first.
func (c *Calendar) Expired(existing []string, before time.Time) []string {
	var out []string
	for _, m := range c.months(existing) {
		if !m.AddDate(0, 1, 0).After(before) {
			out = append(out, c.Name(m))
		}
	}
	return out
}

// DDL is the ALTER TABLE that makes a change. The bounds are constants, so that the
// time zone of the session that runs it does not matter. A DATETIME or DATE column is
// taken to hold times of the calendar's zone. The table is named as given, quoted.
func (c *Calendar) DDL(schema, table string, s Split) string {
	parts := make([]string, len(s.Into))
	for i, name := range s.Into {
		parts[i] = "PARTITION " + quote(name) + " VALUES LESS THAN " + c.boundOf(name)
	}
	target := quote(table)
	if schema != "" {
		target = quote(schema) + "." + target
	}
	list := " (" + strings.Join(parts, ", ") + ")"
	if s.From == "" {
		return "ALTER TABLE " + target + " ADD PARTITION" + list
	}
	return "ALTER TABLE " + target + " REORGANIZE PARTITION " + quote(s.From) + " INTO" + list
}

func (c *Calendar) boundOf(name string) string {
	if m, ok := c.Parse(name); ok {
		return c.Bound(m)
	}
	if c.Form == BoundSeconds {
		return "MAXVALUE"
	}
	return "(MAXVALUE)"
}

// quote writes a name of MySQL's in back quotes.
func quote(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }

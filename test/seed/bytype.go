package seed

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// byType makes a value that the type allows and that looks like the column's name.
func (r *row) byType(c *column) any {
	switch c.typ {
	case "enum":
		return r.choice(c)
	case "tinyint":
		if c.size == 1 {
			return r.flag(c)
		}
		return int64(r.rand.IntN(4))
	case "int", "bigint":
		return r.integer(c)
	case "decimal":
		return r.decimal(c)
	case "timestamp":
		return stamp(r.time(c.name))
	case "date":
		return r.time(c.name).Format(time.DateOnly)
	case "time":
		return fmt.Sprintf("%02d:%02d:00", 8+r.rand.IntN(10), 15*r.rand.IntN(4))
	case "json":
		return r.json(c)
	case "text", "longtext":
		return r.prose(c)
	}
	return r.word(c)
}

// choice is a value of an enumeration: of a state most often that of a row in use, else
// half the time the default.
func (r *row) choice(c *column) string {
	for _, usual := range []string{"active", "ONLINE", "open"} {
		if c.name == "status" && slices.Contains(c.values, usual) && r.rand.IntN(3) > 0 {
			return usual
		}
	}
	if c.def != "" && r.rand.IntN(2) == 0 {
		return c.def
	}
	return r.pick(c.values)
}

// flag follows the default more often than not.
func (r *row) flag(c *column) int64 {
	if (c.def == "1") == (r.rand.IntN(4) > 0) {
		return 1
	}
	return 0
}

// rule gives the numbers of the columns whose name has one of the words a range.
type rule struct {
	words     string
	low, high float64
}

// Common columns of numbers, the first that fits counts.
func rules() []rule {
	return []rule{
		{"systolic", 100, 165}, {"diastolic", 60, 105}, {"heart_rate", 48, 115},
		{"body_temperature", 36, 39}, {"oxygen", 92, 100}, {"glucose", 4, 11},
		{"height", 150, 195}, {"weight bmi", 18, 95}, {"circumference", 60, 110},
		{"multiplier", 1, 2}, {"health_score battery signal", 30, 100},
		{"rate percentage completion reliability accuracy threshold", 0, 100},
		{"score quality relevance confidence stability satisfaction temperature top_p penalty efficiency", 0, 5},
		{"status_code response_status", 200, 504}, {"price amount fee cost revenue discount value", 1, 3000},
		{"response_time dispatch_time time_ms duration_ms", 1, 3000}, {"priority level severity", 0, 100},
		{"minutes", 15, 240}, {"hours", 1, 500}, {"size", 100, 10000000},
		{"limit max_", 5, 5000}, {"tokens", 10, 8000},
	}
}

func (r *row) bounds(c *column) (low, high float64) {
	low, high = 0, 200
	for _, ru := range rules() {
		for word := range strings.FieldsSeq(ru.words) {
			if strings.Contains(c.name, word) {
				return ru.low, ru.high
			}
		}
	}
	return low, high
}

func (r *row) integer(c *column) int64 {
	low, high := r.bounds(c)
	return int64(low) + r.rand.Int64N(int64(high-low)+1)
}

func (r *row) decimal(c *column) string {
	low, high := r.bounds(c)
	capacity := math.Pow10(c.size-c.scale) - 1
	if high > capacity {
		low, high = 0, capacity
	}
	unit := int64(math.Pow10(c.scale))
	n := int64(low)*unit + r.rand.Int64N(int64(high-low)*unit+1)
	return fmt.Sprintf("%d.%0*d", n/unit, c.scale, n%unit)
}

// time is a moment that suits the name of the column. Moments of what happened to the row
// follow each other in the order of the columns.
func (r *row) time(name string) time.Time {
	day := 24 * time.Hour
	left := r.g.Now.Sub(r.when)
	switch {
	case has(name, "expires", "effective_to", "effective_end", "available_to", "until", "next_", "schedule",
		"planned", "follow_up", "end_date"):
		return r.g.Now.Add(time.Duration(r.rand.Int64N(int64(120*day))) - 30*day).Truncate(time.Second)
	case has(name, "service_date", "slot_date"):
		return r.when.Add(time.Duration(r.rand.IntN(21)) * day)
	case has(name, "effective_start", "effective_from", "available_from", "start_date", "first_") || name == "order_time":
		return r.when
	case has(name, "last_"):
		return r.when.Add(time.Duration(r.rand.Int64N(int64(left) + 1))).Truncate(time.Second)
	}
	r.clock = r.clock.Add(time.Duration(r.rand.Int64N(int64(3*time.Hour)) + 1)).Truncate(time.Second)
	if r.clock.After(r.g.Now) {
		r.clock = r.g.Now
	}
	return r.clock
}

func has(name string, words ...string) bool {
	for _, w := range words {
		if strings.Contains(name, w) {
			return true
		}
	}
	return false
}

// json makes an array where the name is that of many things, an object otherwise.
func (r *row) json(c *column) string {
	var v any
	switch {
	case has(c.name, "tags", "keywords", "categories", "labels"):
		v = []string{r.pick(r.g.text.tags), r.pick(r.g.text.tags)}
	case strings.HasSuffix(c.name, "_ids") || has(c.name, "users", "receivers"):
		users := r.g.byName["saas_users"]
		if r.tenant == platform {
			v = []string{}
			break
		}
		n := r.g.count(users, r.tenant)
		v = []string{r.g.id(users, r.tenant, r.rand.IntN(n)), r.g.id(users, r.tenant, r.rand.IntN(n))}
	case has(c.name, "address", "location"):
		v = map[string]any{"city": r.pick(r.g.text.cities), "street": r.pick(r.g.text.streets), "zip": fmt.Sprintf("%06d", r.rand.IntN(1e6))}
	case strings.HasSuffix(c.name, "s") && !has(c.name, "settings", "limits", "values", "stats", "metrics", "conditions", "requirements", "weights", "details"):
		v = []any{r.pick(r.g.text.tags), r.rand.IntN(100), r.rand.IntN(2) == 0}
	default:
		v = map[string]any{
			"note": r.pick(r.g.text.sentences), "level": r.rand.IntN(10), "enabled": r.rand.IntN(2) == 0,
			"ratio": float64(r.rand.IntN(1000)) / 8, "nested": map[string]any{"key": r.pick(r.g.text.tags), "none": nil},
		}
	}
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // the values above are plain
	}
	return string(text)
}

// prose makes one to six sentences, for long texts up to thirty.
func (r *row) prose(c *column) string {
	n := 1 + r.rand.IntN(6)
	if c.typ == "longtext" && r.rand.IntN(10) == 0 {
		n *= 5
	}
	parts := make([]string, n)
	for i := range parts {
		parts[i] = r.pick(r.g.text.sentences)
	}
	return strings.Join(parts, " ")
}

// word makes a short text.
func (r *row) word(c *column) string {
	switch name := c.name; {
	case c.def != "" && r.rand.IntN(3) > 0:
		return c.def
	case c.size == 36:
		return uuid(r.rand.Uint64())
	case has(name, "plan"):
		return []string{"basic", "professional", "enterprise"}[r.rand.IntN(3)]
	case has(name, "url", "endpoint"):
		return fmt.Sprintf("https://example.com/%s/%d", strings.TrimSuffix(name, "_url"), r.rand.IntN(10000))
	case has(name, "version"):
		return fmt.Sprintf("%d.%d.%d", 1+r.rand.IntN(3), r.rand.IntN(10), r.rand.IntN(20))
	case has(name, "cron"):
		return fmt.Sprintf("0 %d %d * * ?", r.rand.IntN(60), r.rand.IntN(24))
	case has(name, "hash", "token", "secret", "key", "fingerprint", "_no", "request_id", "session", "external_id"):
		return fmt.Sprintf("%016x%08x", r.rand.Uint64(), r.rand.Uint32())
	case has(name, "color"):
		return fmt.Sprintf("#%06X", r.rand.IntN(1<<24))
	case has(name, "department"):
		return r.pick(r.g.text.departments)
	case has(name, "module"):
		return r.pick(r.g.text.modules)
	case has(name, "method") && c.size == 10:
		return []string{"GET", "POST", "PUT", "DELETE"}[r.rand.IntN(4)]
	case has(name, "hospital"):
		return r.pick(r.g.text.hospitals)
	case has(name, "_id", "code", "reference_no"):
		return fmt.Sprintf("%s-%04d", strings.ToUpper(name[:1]), r.rand.IntN(10000))
	case has(name, "title", "reason", "description", "notes", "remark", "subject", "message", "condition"):
		return r.pick(r.g.text.sentences)
	case c.size < 40:
		return r.pick(r.g.text.tags)
	}
	return r.pick(r.g.text.things) + " " + r.pick(r.g.text.tags)
}

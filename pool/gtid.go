package pool

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// GTIDs is a set of transactions as MySQL writes it in gtid_executed. It is immutable
// and safe for concurrent use; nil is the empty set.
type GTIDs map[string][]span // by source, "uuid" or "uuid:tag"

// span is a range of transaction numbers, both ends included.
type span struct{ first, last uint64 }

// ParseGTIDs reads a set such as "3e11fa47-71ca-11e1-9e33-c80aa9429562:1-3:5,…". Tags
// (MySQL 8.3) stand before the ranges they belong to.
func ParseGTIDs(text string) (GTIDs, error) {
	g := GTIDs{}
	for _, part := range strings.Split(text, ",") {
		part = strings.ToLower(strings.TrimSpace(part))
		if part == "" {
			continue
		}
		if err := g.parse(strings.Split(part, ":")); err != nil {
			return nil, fmt.Errorf("GTID set: %w in %q", err, part)
		}
	}
	for source, spans := range g {
		g[source] = join(spans)
	}
	return g, nil
}

func (g GTIDs) parse(words []string) error {
	uuid := words[0]
	if !isUUID(uuid) || len(words) == 1 {
		return fmt.Errorf("no UUID and range")
	}
	source := uuid
	for _, w := range words[1:] {
		if w == "" {
			return fmt.Errorf("an empty range")
		}
		if w[0] < '0' || w[0] > '9' {
			if !isTag(w) {
				return fmt.Errorf("no tag or range")
			}
			source = uuid + ":" + w
			continue
		}
		a, b, ranged := strings.Cut(w, "-")
		if !ranged {
			b = a
		}
		first, err := strconv.ParseUint(a, 10, 63)
		if err != nil || first == 0 {
			return fmt.Errorf("no number")
		}
		last, err := strconv.ParseUint(b, 10, 63)
		if err != nil || last < first {
			return fmt.Errorf("no range")
		}
		g[source] = append(g[source], span{first, last})
	}
	return nil
}

func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i, c := range []byte(s) {
		hex := c >= '0' && c <= '9' || c >= 'a' && c <= 'f'
		if dash := i == 8 || i == 13 || i == 18 || i == 23; dash && c != '-' || !dash && !hex {
			return false
		}
	}
	return true
}

// isTag: a letter or underscore, then up to 31 letters, digits or underscores.
func isTag(s string) bool {
	for i, c := range []byte(s) {
		word := c >= 'a' && c <= 'z' || c == '_' || i > 0 && c >= '0' && c <= '9'
		if !word {
			return false
		}
	}
	return len(s) <= 32
}

// join sorts ranges and makes one of those that touch.
func join(spans []span) []span {
	slices.SortFunc(spans, func(a, b span) int {
		if a.first < b.first {
			return -1
		}
		return 1
	})
	out := spans[:0]
	for _, s := range spans {
		if n := len(out); n > 0 && s.first <= out[n-1].last+1 {
			out[n-1].last = max(out[n-1].last, s.last)
			continue
		}
		out = append(out, s)
	}
	return out
}

// Contains reports whether every transaction of o is in the set.
func (g GTIDs) Contains(o GTIDs) bool {
	for source, spans := range o {
		have := g[source]
		for _, s := range spans {
			i, _ := slices.BinarySearchFunc(have, s.first, func(h span, n uint64) int {
				if h.last < n {
					return -1
				}
				return 1
			})
			if i == len(have) || have[i].first > s.first || have[i].last < s.last {
				return false
			}
		}
	}
	return true
}

// Union returns the transactions of both sets.
func (g GTIDs) Union(o GTIDs) GTIDs {
	switch {
	case len(o) == 0:
		return g
	case len(g) == 0:
		return o
	}
	out := maps.Clone(g)
	for source, spans := range o {
		out[source] = join(append(slices.Clone(out[source]), spans...))
	}
	return out
}

// Spans is how many ranges the set has.
func (g GTIDs) Spans() int {
	n := 0
	for _, spans := range g {
		n += len(spans)
	}
	return n
}

// String writes the set as MySQL reads it.
func (g GTIDs) String() string {
	var b strings.Builder
	for _, source := range slices.Sorted(maps.Keys(g)) {
		if b.Len() > 0 {
			b.WriteByte(',')
		}
		b.WriteString(source)
		for _, s := range g[source] {
			b.WriteByte(':')
			b.WriteString(strconv.FormatUint(s.first, 10))
			if s.last > s.first {
				b.WriteByte('-')
				b.WriteString(strconv.FormatUint(s.last, 10))
			}
		}
	}
	return b.String()
}

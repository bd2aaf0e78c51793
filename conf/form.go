package conf

import (
	"fmt"
	"net"
	"net/netip"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// checkTag applies the tags one, range and form to a value that was read, and returns
// what is wrong with it.
func checkTag(v reflect.Value, tag reflect.StructTag) string {
	if words := strings.Fields(tag.Get("one")); len(words) > 0 && !slices.Contains(words, v.String()) {
		return fmt.Sprintf("there is no %q here", v.String())
	}
	if bounds := tag.Get("range"); bounds != "" {
		return checkRange(v, bounds)
	}
	if form := tag.Get("form"); form != "" {
		return checkForm(form, v.String())
	}
	return ""
}

// checkRange compares a number, size or duration with bounds such as "1s.." or "1..9".
func checkRange(v reflect.Value, bounds string) string {
	low, high, _ := strings.Cut(bounds, "..")
	switch n := v.Int(); {
	case low != "" && n < bound(v, low):
		return "must not be below " + low
	case high != "" && n > bound(v, high):
		return "must not be above " + high
	}
	return ""
}

// bound reads a bound in the unit of v. The bounds stand in the tree's tags; a test
// reads them all.
func bound(v reflect.Value, text string) int64 {
	switch v.Interface().(type) {
	case time.Duration:
		d, err := time.ParseDuration(text)
		if err != nil {
			panic(err)
		}
		return int64(d)
	case Size:
		var s Size
		if err := s.UnmarshalText([]byte(text)); err != nil {
			panic(err)
		}
		return int64(s)
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		panic(err)
	}
	return n
}

// checkForm checks a text and returns what is wrong with it.
func checkForm(form, text string) string {
	switch form {
	case "address":
		return checkAddress(text)
	case "name":
		return checkName(text)
	case "identifier":
		return checkIdentifier(text)
	case "offset":
		if _, ok := ParseOffset(text); !ok {
			return fmt.Sprintf("%q: not an offset from UTC; write it like +00:00 or -03:30", text)
		}
	}
	return ""
}

func checkAddress(text string) string {
	host, port, err := net.SplitHostPort(text)
	if err != nil {
		return fmt.Sprintf("%q: not an address; write it like db1.example.com:3306 or [::1]:3306", text)
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || port != strconv.FormatUint(n, 10) {
		return fmt.Sprintf("%q: the port must be a number up to 65535", text)
	}
	if _, err := netip.ParseAddr(host); err == nil || host == "" {
		return ""
	}
	if len(host) > 253 || strings.ContainsFunc(host, func(r rune) bool { return !isWord(r) && r != '.' }) {
		return fmt.Sprintf("%q: no host has such a name", text)
	}
	return ""
}

// checkName checks names that Sluice gives: they stand in logs, metrics and commands,
// and those of groups in the names of XA transactions, whose parts have 64 bytes.
func checkName(text string) string {
	if text == "" || len(text) > 60 || strings.ContainsFunc(text, func(r rune) bool { return !isWord(r) && r != '.' }) {
		return fmt.Sprintf("%q: a name has up to 60 letters, digits, '_', '-' and '.'", text)
	}
	return ""
}

func isWord(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '-'
}

// checkIdentifier checks a name that MySQL knows, as in the manual's "Schema Object
// Names": up to 64 characters, no NUL, not above U+FFFF, no space at the end.
func checkIdentifier(text string) string {
	bad := func(r rune) bool { return r == 0 || r > 0xFFFF || r == utf8.RuneError }
	if text == "" || utf8.RuneCountInString(text) > 64 || strings.HasSuffix(text, " ") || strings.ContainsFunc(text, bad) {
		return fmt.Sprintf("%q: not a name that MySQL allows", text)
	}
	return ""
}

// ParseOffset reads an offset from UTC as MySQL writes it, between -13:59 and +14:00.
func ParseOffset(text string) (*time.Location, bool) {
	if len(text) != 6 || text[3] != ':' || text[0] != '+' && text[0] != '-' {
		return nil, false
	}
	h, err1 := strconv.ParseUint(text[1:3], 10, 8)
	m, err2 := strconv.ParseUint(text[4:6], 10, 8)
	if err1 != nil || err2 != nil || m > 59 {
		return nil, false
	}
	seconds := int(h*3600 + m*60)
	if text[0] == '-' {
		seconds = -seconds
	}
	if seconds > 14*3600 || seconds < -(13*3600+59*60) {
		return nil, false
	}
	return time.FixedZone(text, seconds), true
}

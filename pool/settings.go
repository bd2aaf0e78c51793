package pool

import (
	"encoding/hex"
	"sort"
	"strconv"
	"strings"
	"unique"
)

// Settings are the session variables that differ from a fresh connection's, in a
// canonical order. A Settings is immutable and safe for concurrent use; the nil
// pointer is a fresh connection.
type Settings struct {
	vars []Setting
	key  unique.Handle[string] // one of all settings that are equal
}

// Setting is one session variable and its value as the server reported it.
type Setting struct{ Name, Value string }

// Key is equal for equal settings and different for different ones.
func (s *Settings) Key() string {
	if s == nil {
		return ""
	}
	return s.key.Value()
}

// same reports whether the settings are equal.
func (s *Settings) same(o *Settings) bool {
	return s == o || s != nil && o != nil && s.key == o.key
}

// Value returns the value of a variable, and whether it was set.
func (s *Settings) Value(name string) (string, bool) {
	if s == nil {
		return "", false
	}
	for i := range s.vars { // a few
		if s.vars[i].Name == name {
			return s.vars[i].Value, true
		}
	}
	return "", false
}

// All returns the variables, which must not be changed.
func (s *Settings) All() []Setting {
	if s == nil {
		return nil
	}
	return s.vars
}

// With returns the settings with some variables set. Names are lower case.
func (s *Settings) With(changes ...Setting) *Settings {
	m := make(map[string]string, len(s.All())+len(changes))
	for _, v := range s.All() {
		m[v.Name] = v.Value
	}
	for _, v := range changes {
		m[v.Name] = v.Value
	}
	return newSettings(m)
}

// Without returns the settings with one variable at its default again.
func (s *Settings) Without(name string) *Settings {
	m := make(map[string]string, len(s.All()))
	for _, v := range s.All() {
		if v.Name != name {
			m[v.Name] = v.Value
		}
	}
	return newSettings(m)
}

// OfDatabase returns the settings as USE leaves them: the character set of the database is
// the new one's, whatever a session has set.
func (s *Settings) OfDatabase() *Settings {
	for _, name := range [...]string{"character_set_database", "collation_database"} {
		if _, set := s.Value(name); set {
			s = s.Without(name)
		}
	}
	return s
}

func newSettings(m map[string]string) *Settings {
	if len(m) == 0 {
		return nil
	}
	s := &Settings{vars: make([]Setting, 0, len(m))}
	for n, v := range m {
		s.vars = append(s.vars, Setting{n, v})
	}
	sort.Slice(s.vars, func(i, j int) bool { return s.vars[i].Name < s.vars[j].Name })
	var b strings.Builder
	for _, v := range s.vars {
		// With its length, so that no value can look like further settings.
		b.WriteString(v.Name)
		b.WriteByte('=')
		b.WriteString(strconv.Itoa(len(v.Value)))
		b.WriteByte(':')
		b.WriteString(v.Value)
	}
	s.key = unique.Make(b.String())
	return s
}

// appendDefault appends what a fresh connection has. DEFAULT turns off the two variables
// that servers keep the other way round, whatever they are globally.
func appendDefault(b []byte, name string) []byte {
	switch name {
	case "foreign_key_checks", "unique_checks":
		return append(append(b, "@@GLOBAL."...), name...)
	}
	return append(b, "DEFAULT"...)
}

// appendDelta appends the assignments that lead from one to the other, and reports
// whether there were any. tracks keeps the connection reporting its transactions,
// whatever the settings say.
func appendDelta(b []byte, from, to *Settings, tracks bool) ([]byte, bool) {
	f, t := from.All(), to.All()
	some := false
	put := func(name, value string, dflt bool) {
		if name == ResultsCollation {
			return
		}
		if some {
			b = append(b, ',')
		} else {
			b = append(b, "SET "...)
		}
		some = true
		if name == trackVariable && tracks && value != "ALL_GTIDS" {
			b = append(b, trackOwn...)
			return
		}
		b = append(append(append(b, "@@SESSION."...), name...), '=')
		if dflt {
			b = appendDefault(b, name)
			return
		}
		if value == "" && nullable(name) {
			b = append(b, "NULL"...)
			return
		}
		b = appendValue(b, value)
	}
	if charset, collation, ok := to.names(); ok && !(from.named(charset) && from.results() == collation) {
		b = append(append(append(append(b, "SET NAMES "...), charset...), " COLLATE "...), collation...)
		some = true
		from = from.With(Setting{"character_set_client", charset}, Setting{"character_set_results", charset}, Setting{"collation_connection", collation})
		f = from.All()
	}
	for len(f) > 0 || len(t) > 0 {
		switch {
		case len(t) == 0 || (len(f) > 0 && f[0].Name < t[0].Name):
			put(f[0].Name, "", true)
			f = f[1:]
		case len(f) == 0 || t[0].Name < f[0].Name:
			put(t[0].Name, t[0].Value, false)
			t = t[1:]
		default:
			if f[0].Value != t[0].Value {
				put(t[0].Name, t[0].Value, false)
			}
			f, t = f[1:], t[1:]
		}
	}
	return b, some
}

// names returns what SET NAMES .. COLLATE .. would say to the same effect. Only that,
// or a handshake, gives results a collation of their own: columns are described by it.
func (s *Settings) names() (charset, collation string, ok bool) {
	charset, _ = s.Value("character_set_client")
	collation = s.results()
	return charset, collation, charset != "" && collation != "" && s.named(charset) &&
		(collation == charset || strings.HasPrefix(collation, charset+"_"))
}

// ResultsCollation names, among settings, the collation that results are described by
// where it is not that of the connection: SET NAMES or a handshake gave it, and
// collation_connection was set by itself afterwards. It is no variable of a server.
const ResultsCollation = ":results"

// results is the collation that results are described by.
func (s *Settings) results() string {
	if v, ok := s.Value(ResultsCollation); ok {
		return v
	}
	v, _ := s.Value("collation_connection")
	return v
}

func (s *Settings) named(charset string) bool {
	client, _ := s.Value("character_set_client")
	results, _ := s.Value("character_set_results")
	return client == charset && results == charset
}

// nullable reports whether a session variable may be NULL, which a server reports like an
// empty value, and may not be empty.
func nullable(name string) bool {
	switch name {
	case "character_set_results", "external_table_storage_engine", "innodb_ft_user_stopword_table", "innodb_tmpdir":
		return true
	}
	return false
}

// appendValue writes a variable's value so that it reads the same under any
// sql_mode and character set: numbers bare, plain words quoted, the rest in hex.
func appendValue(b []byte, v string) []byte {
	if isNumber(v) {
		return append(b, v...)
	}
	for i := 0; i < len(v); i++ {
		if c := v[i]; c < ' ' || c > '~' || c == '\'' || c == '\\' {
			b = append(append(b, "_utf8mb4 x'"...), hex.EncodeToString([]byte(v))...)
			return append(b, '\'')
		}
	}
	return append(append(append(b, '\''), v...), '\'')
}

func isNumber(v string) bool {
	digits, point := 0, false
	for i := 0; i < len(v); i++ {
		switch c := v[i]; {
		case c >= '0' && c <= '9':
			digits++
		case c == '.' && !point:
			point = true
		case c == '-' && i == 0:
		default:
			return false
		}
	}
	return digits > 0
}

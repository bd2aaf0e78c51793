package conf

import (
	"fmt"
	"log/slog"
)

const masked = "***"

// Secret is a text that prints as *** wherever a program may print it by accident:
// fmt with any verb, encoding/json, log/slog. The zero Secret is "not given", which
// differs from an empty text.
type Secret struct {
	// text is a pointer because fmt looks into unexported fields without asking
	// their methods, but prints an inner pointer only as an address.
	text *string
}

// NewSecret hides a text.
func NewSecret(text string) Secret { return Secret{text: &text} }

// Reveal returns the text itself; the empty text if none was given.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// Given says whether a text was given, be it empty.
func (s Secret) Given() bool { return s.text != nil }

// Equal compares the texts, and whether they were given.
func (s Secret) Equal(t Secret) bool {
	return s.Given() == t.Given() && s.Reveal() == t.Reveal()
}

// String returns *** for a text, and nothing for an empty one.
func (s Secret) String() string {
	if s.Reveal() == "" {
		return ""
	}
	return masked
}

// GoString is String for the verb %#v.
func (s Secret) GoString() string { return s.String() }

// Format prints String whatever the verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(s.String())) }

// MarshalText gives String to encoders such as encoding/json.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue gives String to log/slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

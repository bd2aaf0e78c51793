package conf

import (
	"cmp"
	"errors"
	"slices"
	"strings"
)

// Severity says whether a problem keeps Sluice from starting.
type Severity uint8

// The severities.
const (
	Error   Severity = iota // the configuration cannot be used
	Warning                 // it can, but somebody should know
)

// Problem is one thing that is wrong with a configuration, and what to do about it.
type Problem struct {
	Pos      Pos
	Path     string // "tables.orders.shards[2]"; empty for the file as a whole
	Text     string // what is wrong
	Remedy   string // what would be right; may be empty
	Severity Severity
}

// String prints the problem as one line that editors can jump to:
//
//	saas.yaml:14:15: tables.orders.shards[2]: no group named "s3"; groups are s0, s1, s2
func (p Problem) String() string {
	var b strings.Builder
	for _, part := range []string{p.Pos.String(), p.label(), p.Path} {
		if part != "" {
			b.WriteString(part + ": ")
		}
	}
	b.WriteString(p.Text)
	if p.Remedy != "" {
		b.WriteString("; " + p.Remedy)
	}
	return b.String()
}

func (p Problem) label() string {
	if p.Severity == Warning {
		return "warning"
	}
	return ""
}

// Problems is everything that is wrong with a configuration.
type Problems []Problem

// String prints one problem per line, each line ended.
func (ps Problems) String() string {
	var b strings.Builder
	for _, p := range ps {
		b.WriteString(p.String() + "\n")
	}
	return b.String()
}

// Of returns the problems of one severity.
func (ps Problems) Of(s Severity) Problems {
	var out Problems
	for _, p := range ps {
		if p.Severity == s {
			out = append(out, p)
		}
	}
	return out
}

// Err returns nil if there are only warnings, otherwise one error that prints every
// problem of severity Error, one per line.
func (ps Problems) Err() error {
	bad := ps.Of(Error)
	if len(bad) == 0 {
		return nil
	}
	return errors.New(strings.TrimSuffix(bad.String(), "\n"))
}

// Sort orders the problems by file, line and column, and leaves those of one place in
// the order they were found.
func (ps Problems) Sort() {
	slices.SortStableFunc(ps, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Pos.File, b.Pos.File),
			cmp.Compare(a.Pos.Line, b.Pos.Line), cmp.Compare(a.Pos.Column, b.Pos.Column))
	})
}

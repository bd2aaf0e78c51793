// Package conf reads Sluice's YAML tree as data that remembers file, line and
// column. It checks shape and spelling; what the names mean together is checked by
// the packages that use them, which report through the same Problems.
package conf

import "fmt"

// Pos is a place in a configuration file. The zero Pos is "nowhere".
type Pos struct {
	File   string
	Line   int
	Column int
}

func (p Pos) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

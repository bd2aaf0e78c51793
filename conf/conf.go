// Package conf reads Sluice's YAML tree as data that remembers file, line and
// column.
//
// Its nouns: a Config is the whole tree, a Place says where a part of it was
// written, Problems are everything that is wrong with it, reported at once, a Secret
// is a text that never prints itself. The package checks shape and spelling; what the
// names mean together (slots, shards, keys, the schema) is checked by package rules,
// which reports through the same Problems. It opens the configuration and the small
// files it names, and nothing else.
package conf

import "fmt"

// Pos is a place in a configuration file. The zero Pos is "nowhere".
type Pos struct {
	File   string
	Line   int // from 1
	Column int // from 1, in characters
}

func (p Pos) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// Place is where a part of the tree was written, by position and by name.
type Place struct {
	Pos  Pos
	Path string // "databases.shop.tables.orders"
}

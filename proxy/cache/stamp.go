package cache

import "slices"

// stamp is what Redis said of some marks: their versions, and which data set of which
// server they are from. The zero stamp means that it was not asked.
type stamp struct {
	origin   string // changes when the server restarts, is replaced, or loses its data
	versions []uint64
}

func (s stamp) known() bool { return s.origin != "" }

func (s stamp) equal(t stamp) bool { return s.origin == t.origin && equal(s.versions, t.versions) }

func (s stamp) clone() stamp { return stamp{s.origin, slices.Clone(s.versions)} }

// Package spread puts a small schema of a test's own on one plain MySQL and, cut by
// rules, on the shards behind a Sluice. It knows nothing about comparing; the packages
// diff and fuzzsql do that.
package spread

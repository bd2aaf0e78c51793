// Package fuzzsql writes random schemas, rows and queries, whose answers do not depend
// on what MySQL leaves open, and compares a plain MySQL with Sluice on them.
//
// A schema has some tables in two databases, sharded, single and reference ones. A query
// is kept as a tree of clauses, so that a difference can be shrunk by leaving clauses
// out. What MySQL leaves open is not written: which of several equal texts a group
// shows, LIMIT without a total order, sums of floating point numbers.
package fuzzsql

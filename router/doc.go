// Package router decides: a statement and the rules become a plan.
//
// Its nouns: a Router is one immutable snapshot of rules and schema; Env is what a
// statement's meaning takes from its session; a plan (package plan) is the answer. A
// Cache keeps plans by the text's fingerprint, a Locator remembers on which shard a
// row was found.
//
// How a statement is read: every occurrence of a table is a leaf, every column that a
// condition mentions a node. Conditions give nodes sets of values, equalities give
// edges between nodes: an edge says that only those rows of one side matter whose
// value is that of a row of the other side that matters. The set of a leaf's sharding
// key is then the intersection over everything that reaches its node. Whatever is not
// understood says nothing, so a set may be too large and never too small; a leaf whose
// set is not on one shard when values are known makes the plan refuse.
//
// The package does no I/O and never writes into what it was given.
package router

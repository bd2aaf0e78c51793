// Package seed writes sample rows for the customer's 98 tables: the same rows for the same
// options, on every machine.
//
// Its nouns: a table is read from the scripts of conf/schema; a tenant owns a number of
// rows of it; a row is a pure function of seed, table, tenant and its number, so that a
// reference to it can be written without having it. Foreign keys, unique keys, enumerations
// and partitions are respected by construction.
//
// The package imports nothing of Sluice but the scripts: it must not share a mistake with
// what it tests.
package seed

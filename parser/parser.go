// Package parser reads SQL text: a scanner that follows the server's own lexical
// rules (sql_mode, character set, versioned comments), a fingerprint, the places of
// literals and names, and, for meaning, the tidb parser's tree. It never prints a
// statement from a tree: text is changed only by splicing at offsets it found.
package parser

// Package parser reads SQL text: a scanner that follows the server's own lexical
// rules (sql_mode, character set, versioned comments), a fingerprint, the places of
// literals and names, and, for meaning, the tidb parser's tree. It never prints a
// statement from a tree: text is changed only by splicing at offsets it found.
//
// Its nouns: a Dialect says how bytes are read, a Token is a span of text, a Scan is
// the cheap reading of one statement that finds its plan again, a Statement is the
// full reading a plan is made from.
//
// The lexical rules are those of the MySQL manual, chapter "Language Structure"
// (https://dev.mysql.com/doc/refman/9.7/en/language-structure.html), and were checked
// against STATEMENT_DIGEST_TEXT() of a real server. Where the server reads something
// that no person would mean (1.e(2), an operator it silently shortens), the package
// reports a SyntaxError instead of guessing.
package parser

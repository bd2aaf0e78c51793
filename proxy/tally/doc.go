// Package tally counts in Redis and writes to a table later.
//
// A counter that is written behind lives in Redis as an epoch: what the table had when
// the epoch began, how many additions there have been since, and their sum. That is the
// journal. A flush tells the table the number and the sum, which the table keeps for each
// epoch together with the counter's value, in one transaction: it adds the difference to
// the sum that it knows, and nothing if it knows as many additions. So a flush may be
// repeated, overtaken and made by several processes at once.
//
// An epoch ends when another Redis answers than the one it was begun on: after a restart,
// which has lost nothing if each write goes to the disk (appendfsync always), and after a
// replica has taken over, which may lack the last additions. What it has is then added to
// the table, and the next epoch begins with what the table says. The package knows
// neither SQL nor sessions.
package tally

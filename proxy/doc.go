// Package proxy serves clients: it accepts connections, authenticates, reads
// commands, and runs plans over the pools. It is the only package that knows
// sessions and transactions.
//
// Nouns: a Server listens; a session is one client; a snapshot is the rules, pools
// and router that a statement (or a whole transaction) sees; a lease is a backend
// connection while a statement runs on it; held is one that the session keeps.
package proxy

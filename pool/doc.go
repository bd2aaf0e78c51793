// Package pool owns the connections to MySQL servers: it dials, authenticates,
// keeps, lends and closes them, and knows which server of a group is which. A
// connection about which there is any doubt is closed, never lent again.
//
// Nouns: a Group is one replication group; a Server one mysqld; a Conn one
// connection; Settings the session variables a connection has been given.
package pool

// Package wire turns MySQL packets into messages and back, over any stream. It
// knows the client/server protocol (MySQL Internals, "Client/Server Protocol",
// https://dev.mysql.com/doc/dev/mysql-server/latest/PAGE_PROTOCOL.html) and nothing
// about sessions, SQL or sharding. Everything that decodes bytes from a peer checks
// bounds and returns ErrMalformed; nothing here panics on input or allocates more
// than the peer has already sent.
package wire

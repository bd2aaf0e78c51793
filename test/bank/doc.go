// Package bank moves money between databases and shards through several Sluice
// processes while processes, servers, connections and clients are killed and stopped, at
// random and at every named point of the commit protocol, and checks what is left.
package bank

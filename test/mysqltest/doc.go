// Package mysqltest starts real MySQL servers for tests, for the demo and for the
// benchmark: private ones, on the loopback, under one temporary folder, that end with
// the process that started them.
package mysqltest

// Package clients runs unchanged real programs against Sluice and against plain MySQL:
// command-line clients, mysqldump, drivers of five languages, an object mapper. Each
// does the same work on both, and what it prints must be the same to the letter.
//
// The programs come from Debian and npm; a missing one fails its test with the command
// that installs it. upstream.sh runs the own test suites of three drivers both ways.
package clients

// Package sluicetest builds sluice and runs it as processes of their own, which tests
// kill, stop and start again.
package sluicetest

// Package plan holds what the router decided: plans that print themselves, are
// bound to the values of one execution, and run against a small interface.
package plan

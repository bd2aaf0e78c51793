//go:build !failpoints

package proxy

// points does nothing at named points: only test builds do (faults.go).
func points() pointFunc { return func(string) {} }

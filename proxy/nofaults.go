//go:build !failpoints

package proxy

// points does nothing at named points: only test builds do (faults.go).
func points() pointFunc { return func(string) {} }

// losses are none: only test builds lose anything on purpose.
func losses() []string { return nil }

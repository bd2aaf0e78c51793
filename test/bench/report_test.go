package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// What -half and -large have found out stays in a report that is written anew.
func TestReportKeepsOtherRuns(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, madeUp(1, 1, 1).report(dir))
	require.NoError(t, addTo(dir, func(f *figures) {
		f.Half = apartOf(facts{Date: "today"}, []halfLine{{Workload: pointSelect, Connections: 16, Target: "sluice", PerSecond: 1000, P50: 200, P99: 500}})
	}))
	require.NoError(t, addTo(dir, func(f *figures) {
		f.Large = apartOf(facts{Date: "today"}, []largeLine{{Statement: "COUNT", Rows: 1000, Alone: 10, Together: 20, Sluice: 30, CPU: 1}})
	}))
	again := madeUp(2, 2, 2)
	again.keepApart(dir)
	require.NoError(t, again.report(dir))
	text, err := os.ReadFile(filepath.Join(dir, "README.md"))
	require.NoError(t, err)
	require.Contains(t, string(text), "| COUNT | 1000 | 10 | 20 | 30 | 3.00 | 1.50 | 1 |")
	require.Contains(t, string(text), "| point select, text | 16 | sluice | 1000 | 200 | 500 | 2.5 |")
	read, err := read[figures](filepath.Join(dir, "figures.json"))
	require.NoError(t, err)
	require.Equal(t, again.Half, read.Half)
}

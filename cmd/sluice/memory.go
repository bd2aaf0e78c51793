package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// A collection of garbage costs what lives, and with Go's default one is due whenever as much
// has been allocated again. That is too often while little lives, which is so with few clients,
// and holds twice the memory that is needed with many. So garbage may grow to spareLeast, or to
// a share of what lives if that is more.
const (
	spareLeast = 32 << 20 // bytes
	spareShare = 50       // percent
)

// fitCollector fits the collector's share to what lives, now and after each collection. An
// operator who sets GOGC has decided otherwise; GOMEMLIMIT holds in any case.
func fitCollector() {
	if os.Getenv("GOGC") == "" {
		fitShare(100)
	}
}

// fitShare does it once, where set is the present share, and again when the next collection
// finds what nobody holds.
func fitShare(set int) {
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	// To set the share stops the process for some microseconds.
	if share := collectorShare(live[0].Value.Uint64()); share < set*9/10 || share > set*11/10 {
		debug.SetGCPercent(share)
		set = share
	}
	runtime.AddCleanup(new([64]byte), fitShare, set)
}

// collectorShare is by how many percent the heap may grow beyond the bytes that live in it.
func collectorShare(live uint64) int {
	const least = 4 << 20 // so much Go allows anyhow
	return int(max(spareShare, spareLeast*100/max(live, least)))
}

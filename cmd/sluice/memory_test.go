package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestCollectorShare(t *testing.T) {
	spare := func(live uint64) uint64 { return live * uint64(collectorShare(live)) / 100 }
	for _, live := range []uint64{4 << 20, 7 << 20, 20 << 20, 64 << 20} {
		assert.InDelta(t, spareLeast, spare(live), float64(live/100), "%d bytes live", live)
	}
	assert.EqualValues(t, 1<<29, spare(1<<30))
	assert.LessOrEqual(t, collectorShare(0), 800, "before the first collection")
}

package loop

import "time"

var began = time.Now()

// Ticks are the nanoseconds since the process began. To ask for them takes half of what
// time.Now does, which asks for the time of day as well.
func Ticks() int64 { return int64(time.Since(began)) }

// TimeOf is the time at which Ticks were so many.
func TimeOf(ticks int64) time.Time { return time.Now().Add(time.Duration(ticks - Ticks())) }

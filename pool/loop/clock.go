package loop

import "time"

var began = time.Now()

// Ticks are the nanoseconds since the process began. To ask for them takes half of what
// time.Now does, which asks for the time of day as well.
func Ticks() int64 { return int64(time.Since(began)) }

// Ticks are those of the events for which the task runs on its loop, so that the many
// tasks which are told at a time ask the clock once; off it, those of now.
func (t *Task) Ticks() int64 {
	if !t.OnLoop() {
		return Ticks()
	}
	return t.loop.now.Load()
}

// Ticks are those of the connection's task.
func (c *Conn) Ticks() int64 {
	if c == nil {
		return Ticks()
	}
	return c.task.Ticks()
}

// TimeOf is the time at which Ticks were so many.
func TimeOf(ticks int64) time.Time { return time.Now().Add(time.Duration(ticks - Ticks())) }

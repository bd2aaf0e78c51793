package pool

// Statements that wait for a connection wait in lines, one for each schema, which is one
// for each shard. Whose shard holds the fewest connections is next; so a shard whose
// statements are slow takes no more than its part, and Options.Share keeps it from taking
// everything while the others are quiet.
type line struct {
	lent    int
	waiters []*waiter // the longest waiting first
}

type waiter struct {
	want *Want
	line *line
	turn uint64     // when it came
	got  chan *Conn // nil: a place is free, dial
}

// lineOf is the line of a schema. s.mu is held.
func (s *Server) lineOf(schema string) *line {
	ln := s.lines[schema]
	if ln == nil {
		ln = &line{}
		s.lines[schema] = ln
	}
	return ln
}

// full reports whether a line may not have one more connection.
func (s *Server) full(ln *line) bool { return ln.lent >= s.opts.Share }

// enqueue lets somebody wait in a line; nil: too many do already. s.mu is held.
func (s *Server) enqueue(ln *line, w *Want) *waiter {
	if s.waiting >= s.opts.Queue {
		s.stats.Shed++
		return nil
	}
	s.waiting++
	s.stats.Waits++
	wt := &waiter{want: w, line: ln, turn: s.stats.Waits, got: make(chan *Conn, 1)}
	ln.waiters = append(ln.waiters, wt)
	return wt
}

// nextLine is the line whose first waiter is next; nil: there is none. s.mu is held.
func (s *Server) nextLine() *line {
	if s.waiting == 0 {
		return nil
	}
	var best *line
	for _, ln := range s.lines {
		if len(ln.waiters) == 0 || s.full(ln) {
			continue
		}
		if best == nil || ln.lent < best.lent || ln.lent == best.lent && ln.waiters[0].turn < best.waiters[0].turn {
			best = ln
		}
	}
	return best
}

// nextLike is who waits longest for a connection of a kind. s.mu is held.
func (s *Server) nextLike(foundRows bool) *waiter {
	var best *waiter
	for _, ln := range s.lines {
		if s.full(ln) {
			continue
		}
		for _, wt := range ln.waiters {
			if best != nil && best.turn < wt.turn {
				break
			}
			if wt.want.FoundRows == foundRows {
				best = wt
				break
			}
		}
	}
	return best
}

// serve takes a waiter out of its line and gives it a connection, or a place to dial.
// s.mu is held.
func (s *Server) serve(wt *waiter, c *Conn) {
	s.leave(wt)
	wt.line.lent++
	if c != nil {
		c.line = wt.line
	}
	wt.got <- c
}

// leave takes a waiter out of its line, and reports whether it was there. s.mu is held.
func (s *Server) leave(wt *waiter) bool {
	for i, o := range wt.line.waiters {
		if o != wt {
			continue
		}
		if i == 0 {
			wt.line.waiters[0] = nil
			wt.line.waiters = wt.line.waiters[1:]
		} else {
			wt.line.waiters = append(wt.line.waiters[:i], wt.line.waiters[i+1:]...)
		}
		s.waiting--
		return true
	}
	return false
}

// giveBack notes that a line has one connection less. s.mu is held.
func (ln *line) giveBack() {
	if ln != nil {
		ln.lent--
	}
}

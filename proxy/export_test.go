package proxy

// SetPoint lets a test act at the named points of a commit in two phases. It must be
// called before clients come.
func (srv *Server) SetPoint(f func(name string)) { srv.point = f }

// Held reports how many clients hold a backend connection.
func (srv *Server) Held() int {
	n := 0
	for _, s := range srv.all() {
		s.mu.Lock()
		if s.pinned != "" {
			n++
		}
		s.mu.Unlock()
	}
	return n
}

// Lose makes the cache lose what puts replies out of date.
func (srv *Server) Lose(what ...string) { srv.replies.Lose(what...) }

// EpochAt and BeganAt are how names of epochs of counters begin.
var (
	EpochAt = epochAt
	BeganAt = beganAt
)

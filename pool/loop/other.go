//go:build !linux

package loop

import (
	"errors"
	"net"
	"sync/atomic"
)

// Loops are nil on systems without epoll: everything is left to Go's scheduler.
type Loops struct{}

// Loop does not exist here.
type Loop struct{ now atomic.Int64 }

// Conn does not exist here.
type Conn struct {
	net.Conn
	in   struct{ waiter interface{ Store(t *Task) } }
	task *Task
	loop *Loop
}

// ErrTired does not happen here.
var ErrTired = errors.New("told to sleep")

// Start starts nothing.
func Start(int) (*Loops, error) { return nil, nil } //nolint:nilnil // a nil Loops is one

// Close does nothing.
func (*Loops) Close() {}

// Look does nothing.
func (*Loops) Look() {}

// Taken is 0.
func (*Loops) Taken() uint64 { return 0 }

// Adopt returns nc, as a socket that is read and written without telling the scheduler.
func (*Loops) Adopt(nc net.Conn, _ net.KeepAliveConfig) net.Conn {
	if p := plainOf(nc); p != nil {
		return p
	}
	return nc
}

// Watch does nothing.
func (*Loops) Watch(*Conn) {}

// Of finds none.
func Of(net.Conn) *Conn { return nil }

// Watched is false.
func (*Conn) Watched() bool { return false }

// Unwatch does nothing.
func (*Conn) Unwatch() {}

func (*Loops) one() *Loop        { return nil }
func (*Conn) watchBy(*Loop) bool { return false }
func (*Conn) due(any) bool       { return false }
func (*Loop) push(*Task)         {}
func (*Loop) enter(*Task)        {}

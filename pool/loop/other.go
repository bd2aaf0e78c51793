//go:build !linux

package loop

import (
	"errors"
	"net"
)

// Loops are nil on systems without epoll: everything is left to Go's scheduler.
type Loops struct{ one func() *Loop }

// Loop does not exist here.
type Loop struct{}

// Conn does not exist here.
type Conn struct {
	net.Conn
	in   struct{ waiter interface{ Store(t *Task) } }
	task *Task
}

// ErrTired does not happen here.
var ErrTired = errors.New("told to sleep")

// Start starts nothing.
func Start(int) (*Loops, error) { return nil, nil } //nolint:nilnil // a nil Loops is one

// Close does nothing.
func (*Loops) Close() {}

// Taken is 0.
func (*Loops) Taken() uint64 { return 0 }

// Adopt leaves nc as it is.
func (*Loops) Adopt(nc net.Conn) net.Conn { return nc }

// Of finds none.
func Of(net.Conn) *Conn { return nil }

func (*Conn) watchBy(*Loop) bool { return false }
func (*Conn) due(any) bool       { return false }
func (*Loop) push(*Task)         {}
func (*Loop) enter(*Task)        {}

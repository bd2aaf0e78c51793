package loop

import (
	"io"
	"net"
	"os"
	"syscall"
)

// plain reads and writes a kernel socket that Go's scheduler waits for, without telling
// the scheduler of each system call. A socket does not block, but over the loopback a
// write may do the receiver's work, too, and take longer than the 20 µs after which the
// scheduler's monitor takes the processor away from a thread in a system call: handing it
// to and fro cost a fifth of a point query.
type plain struct {
	net.Conn
	raw    syscall.RawConn
	read   func(fd uintptr) bool // made once: a closure for each call would be garbage
	write  func(fd uintptr) bool
	in     []byte
	out    []byte
	n      int // bytes read
	inErr  error
	outErr error
}

// plainOf returns nc as a socket; nil if it is none.
func plainOf(nc net.Conn) *plain {
	switch nc.(type) {
	case *net.TCPConn, *net.UnixConn:
	default:
		return nil
	}
	raw, err := nc.(syscall.Conn).SyscallConn()
	if err != nil {
		return nil
	}
	p := &plain{Conn: nc, raw: raw}
	p.read, p.write = p.readNow, p.writeNow
	return p
}

// SyscallConn lets the socket be looked at.
func (p *plain) SyscallConn() (syscall.RawConn, error) { return p.raw, nil }

func (p *plain) Read(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	p.in, p.n, p.inErr = b, 0, nil
	err := p.raw.Read(p.read)
	p.in = nil
	if err == nil {
		err = p.inErr
	}
	return p.n, err
}

// readNow reads what is there, and reports whether there was something.
func (p *plain) readNow(fd uintptr) bool {
	for {
		n, e := recv(fd, p.in)
		switch e {
		case 0:
			if p.n = n; n == 0 {
				p.inErr = io.EOF
			}
			return true
		case syscall.EAGAIN:
			return false
		case syscall.EINTR:
		default:
			p.inErr = os.NewSyscallError("read", e)
			return true
		}
	}
}

func (p *plain) Write(b []byte) (int, error) {
	p.out, p.outErr = b, nil
	err := p.raw.Write(p.write)
	n := len(b) - len(p.out)
	p.out = nil
	if err == nil {
		err = p.outErr
	}
	return n, err
}

// writeNow writes what the socket takes, and reports whether that was all.
func (p *plain) writeNow(fd uintptr) bool {
	for len(p.out) > 0 {
		n, e := send(fd, p.out)
		switch e {
		case 0:
			p.out = p.out[n:]
		case syscall.EAGAIN:
			return false
		case syscall.EINTR:
		default:
			p.outErr = os.NewSyscallError("write", e)
			return true
		}
	}
	return true
}

package wire

import (
	"io"
	"net"
	"os"
	"syscall"
	"unsafe"
)

// socket reads and writes a kernel socket without telling Go's scheduler of each system
// call. A socket does not block, but over the loopback a write may do the receiver's
// work, too, and take longer than the 20 µs after which the scheduler's monitor takes
// the processor away from a thread in a system call: handing it to and fro cost a fifth
// of a point query. Waiting is left to Go's poller, so deadlines hold as with net.Conn.
//
// The environment variable SLUICE_SOCKET=net has the same done by net.Conn.
type socket struct {
	raw    syscall.RawConn
	read   func(fd uintptr) bool // made once: a closure for each call would be garbage
	write  func(fd uintptr) bool
	in     []byte
	out    []byte
	n      int // bytes read
	inErr  error
	outErr error
}

// streamOf returns how to read and write nc: as a socket if it is one.
func streamOf(nc net.Conn) io.ReadWriter {
	switch nc.(type) {
	case *net.TCPConn, *net.UnixConn:
	default:
		return nc
	}
	raw, err := nc.(syscall.Conn).SyscallConn()
	if err != nil || os.Getenv("SLUICE_SOCKET") == "net" {
		return nc
	}
	s := &socket{raw: raw}
	s.read, s.write = s.readNow, s.writeNow
	return s
}

func (s *socket) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	s.in, s.n, s.inErr = p, 0, nil
	err := s.raw.Read(s.read)
	s.in = nil
	if err == nil {
		err = s.inErr
	}
	return s.n, err
}

// readNow reads what is there, and reports whether there was something.
func (s *socket) readNow(fd uintptr) bool {
	for {
		n, _, e := syscall.RawSyscall(syscall.SYS_READ, fd, uintptr(unsafe.Pointer(&s.in[0])), uintptr(len(s.in)))
		switch e {
		case 0:
			if s.n = int(n); n == 0 {
				s.inErr = io.EOF
			}
			return true
		case syscall.EAGAIN:
			return false
		case syscall.EINTR:
		default:
			s.inErr = os.NewSyscallError("read", e)
			return true
		}
	}
}

func (s *socket) Write(p []byte) (int, error) {
	s.out, s.outErr = p, nil
	err := s.raw.Write(s.write)
	n := len(p) - len(s.out)
	s.out = nil
	if err == nil {
		err = s.outErr
	}
	return n, err
}

// writeNow writes what the socket takes, and reports whether that was all.
func (s *socket) writeNow(fd uintptr) bool {
	for len(s.out) > 0 {
		n, _, e := syscall.RawSyscall(syscall.SYS_WRITE, fd, uintptr(unsafe.Pointer(&s.out[0])), uintptr(len(s.out)))
		switch e {
		case 0:
			s.out = s.out[n:]
		case syscall.EAGAIN:
			return false
		case syscall.EINTR:
		default:
			s.outErr = os.NewSyscallError("write", e)
			return true
		}
	}
	return true
}

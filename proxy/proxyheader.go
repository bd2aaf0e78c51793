package proxy

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net"
	"strings"

	"github.com/sluicedb/sluice/parser/wire"
)

// signature2 begins a binary PROXY header
// (https://www.haproxy.org/download/2.9/doc/proxy-protocol.txt).
var signature2 = []byte("\r\n\r\n\x00\r\nQUIT\n")

// proxyHeader reads the PROXY header that a balancer sends before anything else, and
// takes the client's address from it.
func (s *session) proxyHeader() error {
	if err := s.conn.Fill(len(signature2)); err != nil {
		return err
	}
	if bytes.HasPrefix(s.conn.Buffered(), signature2) {
		return s.proxyHeader2()
	}
	const longest = 107
	for {
		b := s.conn.Buffered()
		if i := bytes.Index(b, []byte("\r\n")); i >= 0 && i < longest {
			line := string(b[:i])
			s.conn.Discard(i + 2)
			return s.proxyLine(line)
		}
		if len(b) >= longest || !bytes.HasPrefix(b, []byte("PROXY ")) {
			return fmt.Errorf("%w: no PROXY header", wire.ErrMalformed)
		}
		if err := s.conn.More(); err != nil {
			return err
		}
	}
}

func (s *session) proxyLine(line string) error {
	f := strings.Fields(line)
	switch {
	case len(f) >= 2 && f[1] == "UNKNOWN":
		return nil
	case len(f) == 6 && (f[1] == "TCP4" || f[1] == "TCP6") && net.ParseIP(f[2]) != nil:
		s.host = f[2]
		return nil
	}
	return fmt.Errorf("%w: PROXY header", wire.ErrMalformed)
}

func (s *session) proxyHeader2() error {
	if err := s.conn.Fill(16); err != nil {
		return err
	}
	h := s.conn.Buffered()[12:16]
	version, family, n := h[0], h[1], int(binary.BigEndian.Uint16(h[2:]))
	if version>>4 != 2 || n > 4<<10 {
		return fmt.Errorf("%w: PROXY header", wire.ErrMalformed)
	}
	if err := s.conn.Fill(16 + n); err != nil {
		return err
	}
	b := s.conn.Buffered()[16 : 16+n]
	defer s.conn.Discard(16 + n)
	switch {
	case version&15 == 0: // LOCAL: the balancer's own check
	case family>>4 == 1 && n >= 12:
		s.host = net.IP(b[:4]).String()
	case family>>4 == 2 && n >= 36:
		s.host = net.IP(b[:16]).String()
	}
	return nil
}

package wire

// Greeting is the first packet of a server (Protocol::HandshakeV10).
type Greeting struct {
	Version      string
	ConnectionID uint32
	Nonce        []byte // 20 bytes
	Capabilities Capability
	Collation    byte
	Status       Status
	Plugin       string
}

// Append appends the payload.
func (g Greeting) Append(b []byte) []byte {
	b = append(append(append(b, 10), g.Version...), 0)
	b = AppendUint32(b, g.ConnectionID)
	b = append(append(b, g.Nonce[:8]...), 0)
	b = AppendUint16(b, uint16(g.Capabilities))
	b = AppendUint16(append(b, g.Collation), uint16(g.Status))
	b = AppendUint16(b, uint16(g.Capabilities>>16))
	b = append(b, 21)
	b = append(b, make([]byte, 10)...)
	b = append(append(b, g.Nonce[8:20]...), 0)
	return append(append(b, g.Plugin...), 0)
}

// ParseGreeting reads the first packet of a server.
func ParseGreeting(p []byte) (Greeting, error) {
	r := NewReader(p)
	if r.Uint8() != 10 {
		return Greeting{}, ErrMalformed
	}
	g := Greeting{Version: string(r.CString()), ConnectionID: r.Uint32()}
	g.Nonce = append(g.Nonce, r.Bytes(8)...)
	r.Uint8()
	g.Capabilities = Capability(r.Uint16())
	g.Collation, g.Status = r.Uint8(), Status(r.Uint16())
	g.Capabilities |= Capability(r.Uint16()) << 16
	n := int(r.Uint8())
	r.Bytes(10)
	rest := r.Bytes(uint64(max(13, n-8)))
	if len(rest) < 12 {
		return Greeting{}, ErrMalformed
	}
	g.Nonce = append(g.Nonce, rest[:12]...)
	if g.Capabilities.Has(ClientPluginAuth) && r.Len() > 0 {
		name := r.Rest()
		for len(name) > 0 && name[len(name)-1] == 0 {
			name = name[:len(name)-1]
		}
		g.Plugin = string(name)
	}
	return g, r.Err()
}

// Login is a client's answer to the greeting (Protocol::HandshakeResponse41), and
// what COM_CHANGE_USER carries.
type Login struct {
	Capabilities Capability
	MaxPacket    uint32
	Collation    uint16
	User         string
	Auth         []byte
	Database     string
	Plugin       string
	Attributes   []Attribute
	ZstdLevel    int
}

// Attribute is one connection attribute. Their order and repetition are the
// client's.
type Attribute struct{ Name, Value string }

// IsSSLRequest reports whether p is the short packet that asks for TLS.
func IsSSLRequest(p []byte) bool {
	return len(p) == 32 && Capability(uint32(p[0])|uint32(p[1])<<8|uint32(p[2])<<16|uint32(p[3])<<24).Has(ClientSSL)
}

// ParseLogin reads a client's answer to the greeting. The capabilities are as the
// client sent them, not yet cut to what the server offered; offered says which
// fields the client may have sent.
func ParseLogin(p []byte, offered Capability) (Login, error) {
	r := NewReader(p)
	l := Login{Capabilities: Capability(r.Uint32())}
	if !l.Capabilities.Has(ClientProtocol41) {
		return l, ErrMalformed
	}
	l.MaxPacket, l.Collation = r.Uint32(), uint16(r.Uint8())
	r.Bytes(23)
	l.User = string(r.CString())
	caps := l.Capabilities & offered
	switch {
	case caps.Has(ClientPluginAuthLenencData):
		l.Auth = append([]byte(nil), r.LenencBytes()...)
	case caps.Has(ClientSecureConnection):
		l.Auth = append([]byte(nil), r.Bytes(uint64(r.Uint8()))...)
	default:
		l.Auth = append([]byte(nil), r.CString()...)
	}
	if caps.Has(ClientConnectWithDB) && r.Len() > 0 {
		l.Database = string(r.CString())
	}
	if caps.Has(ClientPluginAuth) && r.Len() > 0 {
		l.Plugin = string(cstringOrRest(&r))
	}
	if caps.Has(ClientConnectAttrs) && r.Len() > 0 {
		l.Attributes = parseAttributes(&r)
	}
	if caps.Has(ClientZstdCompression) && r.Len() > 0 {
		l.ZstdLevel = int(r.Uint8())
	}
	return l, r.Err()
}

// ParseChangeUser reads the payload of COM_CHANGE_USER after the command byte.
func ParseChangeUser(p []byte, caps Capability) (Login, error) {
	r := NewReader(p)
	l := Login{Capabilities: caps, User: string(r.CString())}
	l.Auth = append([]byte(nil), r.Bytes(uint64(r.Uint8()))...)
	l.Database = string(r.CString())
	if r.Len() >= 2 {
		l.Collation = r.Uint16()
	}
	if caps.Has(ClientPluginAuth) && r.Len() > 0 {
		l.Plugin = string(cstringOrRest(&r))
	}
	if caps.Has(ClientConnectAttrs) && r.Len() > 0 {
		l.Attributes = parseAttributes(&r)
	}
	return l, r.Err()
}

// cstringOrRest reads a NUL-terminated string whose NUL some clients leave out at
// the end of a packet.
func cstringOrRest(r *Reader) []byte {
	for i, c := range r.b {
		if c == 0 {
			b := r.b[:i]
			r.b = r.b[i+1:]
			return b
		}
	}
	return r.Rest()
}

// maxAttributes bounds the connection attributes kept of one client, in bytes; the
// server's own limit is performance_schema_session_connect_attrs_size.
const maxAttributes = 64 << 10

func parseAttributes(r *Reader) []Attribute {
	n := r.Lenenc()
	if n > maxAttributes {
		r.bad = true
		return nil
	}
	block := NewReader(r.Bytes(n))
	var attrs []Attribute
	for block.Len() > 0 {
		a := Attribute{Name: string(block.LenencBytes()), Value: string(block.LenencBytes())}
		if block.Err() != nil {
			r.bad = true
			return nil
		}
		attrs = append(attrs, a)
	}
	return attrs
}

// Append appends the payload of a login answer.
func (l Login) Append(b []byte) []byte {
	b = l.appendHead(b)
	b = append(append(b, l.User...), 0)
	b = AppendLenencString(b, l.Auth)
	if l.Capabilities.Has(ClientConnectWithDB) {
		b = append(append(b, l.Database...), 0)
	}
	if l.Capabilities.Has(ClientPluginAuth) {
		b = append(append(b, l.Plugin...), 0)
	}
	if l.Capabilities.Has(ClientConnectAttrs) {
		var block []byte
		for _, a := range l.Attributes {
			block = AppendLenencString(AppendLenencString(block, a.Name), a.Value)
		}
		b = AppendLenencString(b, block)
	}
	if l.Capabilities.Has(ClientZstdCompression) {
		b = append(b, byte(l.ZstdLevel))
	}
	return b
}

// AppendSSLRequest appends the payload of the short packet that asks for TLS.
func (l Login) AppendSSLRequest(b []byte) []byte { return l.appendHead(b) }

func (l Login) appendHead(b []byte) []byte {
	b = AppendUint32(AppendUint32(b, uint32(l.Capabilities)), l.MaxPacket)
	b = append(b, byte(l.Collation))
	return append(b, make([]byte, 23)...)
}

// AppendAuthSwitch appends the payload that asks the client to use another plugin.
func AppendAuthSwitch(b []byte, plugin string, nonce []byte) []byte {
	b = append(append(append(b, HeaderEOF), plugin...), 0)
	return append(append(b, nonce...), 0)
}

// ParseAuthSwitch reads what AppendAuthSwitch writes, after its first byte.
func ParseAuthSwitch(p []byte) (plugin string, nonce []byte, err error) {
	r := NewReader(p)
	r.Uint8()
	plugin = string(r.CString())
	nonce = r.Rest()
	if n := len(nonce); n > 0 && nonce[n-1] == 0 {
		nonce = nonce[:n-1]
	}
	return plugin, append([]byte(nil), nonce...), r.Err()
}

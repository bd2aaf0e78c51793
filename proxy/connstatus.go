package proxy

import (
	"crypto/tls"
	"slices"
	"strings"

	"github.com/sluicedb/sluice/parser/wire"
)

// SHOW STATUS LIKE 'Ssl_cipher' and the like ask about the client's own connection: a
// server would tell of ours to it.

// connStatus are the status variables of the client's connection.
var connStatus = map[string]func(*session) string{
	"Ssl_cipher":  func(s *session) string { return cipherName(s.tls().CipherSuite) },
	"Ssl_version": func(s *session) string { return versionName(s.tls().Version) },
	"Compression": func(s *session) string {
		if s.caps.Has(wire.ClientCompress) || s.caps.Has(wire.ClientZstdCompression) {
			return "ON"
		}
		return "OFF"
	},
}

// statusAsked is the variable that SHOW [GLOBAL | LOCAL | SESSION] STATUS LIKE 'name'
// names, if it is one of the client's connection. w are the words of the statement.
func statusAsked(w []string) string {
	if n := len(w); n < 4 || n > 5 || w[n-3] != "STATUS" || w[n-2] != "LIKE" || n == 5 && !slices.Contains([]string{"GLOBAL", "LOCAL", "SESSION"}, w[1]) {
		return ""
	}
	asked := strings.Trim(w[len(w)-1], `'"`)
	for name := range connStatus {
		if strings.EqualFold(name, asked) {
			return name
		}
	}
	return ""
}

// showStatus answers with one variable.
func (s *session) showStatus(w []string, more bool) {
	name := statusAsked(w)
	s.rows(s.statusColumns(w), [][][]byte{{[]byte(name), []byte(connStatus[name](s))}}, more)
}

// statusColumns are the columns of SHOW STATUS.
func (s *session) statusColumns(w []string) []wire.Column {
	table := "session_status"
	if w[1] == "GLOBAL" {
		table = "global_status"
	}
	name := wire.Column{
		Schema: "performance_schema", Table: table, OrgTable: table, Name: "Variable_name", OrgName: "Variable_name",
		Charset: s.resultCharset(), Length: 64 * 4, Type: wire.TypeVarString, Flags: 1 | 4096, // NOT_NULL, NO_DEFAULT_VALUE
	}
	val := name
	val.Name, val.OrgName, val.Length, val.Flags = "Value", "Value", 1024*4, 0
	return []wire.Column{name, val}
}

// tls is the state of the client's TLS; without TLS all is zero.
func (s *session) tls() tls.ConnectionState {
	if t, ok := s.conn.Net().(*tls.Conn); ok {
		return t.ConnectionState()
	}
	return tls.ConnectionState{}
}

func versionName(v uint16) string {
	if v == 0 {
		return ""
	}
	return strings.Replace(tls.VersionName(v), "TLS ", "TLSv", 1)
}

// cipherName is the name that OpenSSL, and so MySQL, gives a cipher suite: that of the
// standard from TLS 1.3 on, one of its own before.
func cipherName(id uint16) string {
	if id == 0 {
		return ""
	}
	name := tls.CipherSuiteName(id)
	if !strings.Contains(name, "_WITH_") {
		return name
	}
	return openSSL.Replace(strings.TrimPrefix(strings.TrimPrefix(name, "TLS_"), "RSA_WITH_"))
}

var openSSL = strings.NewReplacer(
	"_WITH_", "-", "AES_", "AES", "_CBC_SHA", "-SHA", "CHACHA20_POLY1305_SHA256", "CHACHA20-POLY1305", "3DES_EDE_CBC", "DES-CBC3", "_", "-")

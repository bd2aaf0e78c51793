package proxy

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"syscall"
	"time"

	"github.com/sluicedb/sluice/conf"
	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/pool"
)

// offered is what Sluice can do with a client; TLS is added where it is configured.
const offered = wire.ClientLongPassword | wire.ClientFoundRows | wire.ClientLongFlag | wire.ClientConnectWithDB |
	wire.ClientNoSchema | wire.ClientCompress | wire.ClientODBC | wire.ClientLocalFiles | wire.ClientIgnoreSpace |
	wire.ClientProtocol41 | wire.ClientInteractive | wire.ClientIgnoreSigpipe | wire.ClientTransactions |
	wire.ClientReserved | wire.ClientSecureConnection | wire.ClientMultiStatements | wire.ClientMultiResults |
	wire.ClientPSMultiResults | wire.ClientPluginAuth | wire.ClientConnectAttrs | wire.ClientPluginAuthLenencData |
	wire.ClientCanHandleExpiredPasswords | wire.ClientSessionTrack | wire.ClientDeprecateEOF |
	wire.ClientZstdCompression | wire.ClientQueryAttributes

// login greets the client, upgrades to TLS, authenticates and prepares the session.
func (s *session) login(t *tls.Config, tlsRequired bool) error {
	nonce := wire.NewNonce()
	offer := offered
	if t != nil {
		offer |= wire.ClientSSL
	}
	g := wire.Greeting{
		Version: s.snap.base.Version, ConnectionID: s.id, Nonce: nonce[:], Capabilities: offer,
		Collation: wire.CollationUTF8MB4, Status: wire.StatusAutocommit, Plugin: wire.PluginSHA2,
	}
	s.conn.End(g.Append(s.conn.Begin()))
	if err := s.conn.Flush(); err != nil {
		return err
	}
	p, err := s.conn.ReadPacket()
	if err != nil {
		return err
	}
	if t != nil && wire.IsSSLRequest(p) {
		if p, err = s.startTLS(t); err != nil {
			return err
		}
	}
	l, err := wire.ParseLogin(p, offer)
	if err != nil {
		return wire.Errorf(1043, "08S01", "Bad handshake")
	}
	if tlsRequired && !s.secure {
		return wire.Errorf(3159, "HY000", "Connections using insecure transport are prohibited while --require_secure_transport=ON.")
	}
	s.caps = l.Capabilities & offer
	a, err := s.authenticate(l, nonce[:])
	if err != nil {
		return err
	}
	if err := s.begin(a, l); err != nil {
		return err
	}
	s.welcome()
	if err := s.conn.Flush(); err != nil {
		return err
	}
	if algo := wire.CompressionOf(s.caps); algo != 0 {
		s.conn.Compress(wire.NewCompressor(s.conn.Net(), algo, l.ZstdLevel))
	}
	return nil
}

// welcome tells a client that it has logged in, and to which database.
func (s *session) welcome() {
	ok := wire.OK{Status: s.status()}
	if s.db != "" {
		ok.State = wire.AppendChange(nil, wire.Change{Type: wire.ChangeSchema, Value: []byte(s.db)})
	}
	s.conn.WriteOK(ok, s.caps)
}

func (s *session) startTLS(t *tls.Config) ([]byte, error) {
	tc := tls.Server(s.ahead(), t)
	if err := s.conn.Secure(tc); err != nil {
		return nil, err
	}
	if err := tc.Handshake(); err != nil {
		return nil, fmt.Errorf("TLS handshake: %w", err)
	}
	s.secure = true
	return s.conn.ReadPacket()
}

// ahead is the client's stream from behind the packet that asked for TLS. Clients go on
// with the TLS handshake at once, so some of it may have been read already.
func (s *session) ahead() net.Conn {
	early := append([]byte(nil), s.conn.Buffered()...)
	if len(early) == 0 {
		return s.conn.Net()
	}
	s.conn.Discard(len(early))
	return &earlyConn{Conn: s.conn.Net(), early: early}
}

// earlyConn is a stream of which some bytes have been read before.
type earlyConn struct {
	net.Conn
	early []byte
}

func (c *earlyConn) Read(p []byte) (int, error) {
	if len(c.early) > 0 {
		n := copy(p, c.early)
		c.early = c.early[n:]
		return n, nil
	}
	return c.Conn.Read(p)
}

// SyscallConn lets the socket be asked whether the client is still there.
func (c *earlyConn) SyscallConn() (syscall.RawConn, error) {
	if sc, ok := c.Conn.(syscall.Conn); ok {
		return sc.SyscallConn()
	}
	return nil, errors.ErrUnsupported
}

// begin makes the session that of the account, with the database, settings and
// attributes of the login. It changes nothing if it fails.
func (s *session) begin(a *account, l wire.Login) error {
	if l.Database != "" && !s.snap.hasDatabase(l.Database) {
		return wire.Errorf(1049, "42000", "Unknown database '%s'", l.Database)
	}
	settings, err := s.initialSettings(l.Collation)
	if err != nil {
		return err
	}
	s.user, s.attrs = a, l.Attributes
	s.setDB(l.Database)
	s.tenant = a.Tenant
	for _, at := range l.Attributes {
		if at.Name == "sluice_tenant" && a.Tenant == "" {
			s.tenant = at.Value
		}
	}
	s.userVars, s.diag, s.insertID, s.rowCount = nil, nil, 0, 0 // FOUND_ROWS() stays, as servers have it
	s.named, s.track = nil, nil
	s.consistency, s.replicas, s.readAfter, s.replays, s.lockless = "", a.Replicas, nil, a.Replay, false
	s.certain = a.Commit == conf.CommitKnown
	s.multi = s.caps.Has(wire.ClientMultiStatements)
	s.adopt(settings)
	if s.caps.Has(wire.ClientIgnoreSpace) {
		mode := s.snap.base.SQLMode
		if !strings.Contains(mode, "IGNORE_SPACE") {
			s.adopt(s.settings.With(pool.Setting{Name: "sql_mode", Value: strings.TrimPrefix(mode+",IGNORE_SPACE", ",")}))
		}
	}
	return nil
}

// authenticate finds the account and lets the client prove that it is its owner. A
// user that does not exist takes as many steps as one that does.
func (s *session) authenticate(l wire.Login, nonce []byte) (*account, error) {
	a := s.snap.account(l.User, s.host)
	x := exchange{session: s, account: a, user: l.User, nonce: nonce}
	want := wire.PluginSHA2
	if a != nil && a.Plugin != "" {
		want = string(a.Plugin)
	}
	answer := l.Auth
	if l.Plugin != want {
		s.conn.End(wire.AppendAuthSwitch(s.conn.Begin(), want, nonce))
		if err := s.conn.Flush(); err != nil {
			return nil, err
		}
		p, err := s.conn.ReadPacket()
		if err != nil {
			return nil, err
		}
		answer = append([]byte(nil), p...)
	}
	ok, err := x.check(want, answer)
	if err != nil {
		return nil, err
	}
	using := "YES"
	if len(answer) == 0 || (len(answer) == 1 && answer[0] == 0) {
		using = "NO"
	}
	denied := wire.Errorf(1045, "28000", "Access denied for user '%s'@'%s' (using password: %s)", l.User, s.host, using)
	switch {
	case a == nil || !ok:
		return nil, denied
	case a.RequireTLS && !s.secure:
		s.log.Info("login refused: the rules demand TLS of this user", "conn", s.id, "user", l.User)
		return nil, denied
	}
	return a, nil
}

// account finds the configured user for a peer address, or nil.
func (s *snapshot) account(user, host string) *account {
	ip, err := netip.ParseAddr(host)
	for _, a := range s.users[user] {
		if len(a.Hosts) == 0 || (err != nil && host == "localhost") {
			return a
		}
		for _, h := range a.Hosts {
			if err == nil && h.Contains(ip.Unmap()) {
				return a
			}
		}
	}
	return nil
}

func (s *snapshot) hasDatabase(name string) bool {
	if name == s.rules.Logical {
		return true
	}
	if _, ok := s.rules.Database(name); ok {
		return true
	}
	return isServers(name)
}

// exchange checks one client's proof.
type exchange struct {
	session *session
	account *account
	user    string
	nonce   []byte
}

func (x *exchange) check(plugin string, answer []byte) (bool, error) {
	if plugin == wire.PluginNative {
		return x.native(answer), nil
	}
	return x.sha2(answer)
}

func (x *exchange) native(answer []byte) bool {
	a := x.account
	switch {
	case a == nil || a.Auth == conf.AuthBackend:
		return false
	case a.hasHash:
		ok, _ := a.hash.Native(answer, x.nonce)
		return ok
	case a.Password.Reveal() == "":
		return len(answer) == 0
	}
	double := wire.NativeDouble([]byte(a.Password.Reveal()))
	return wire.NativeVerify(answer, x.nonce, double[:])
}

func (x *exchange) sha2(answer []byte) (bool, error) {
	a, s := x.account, x.session
	if len(answer) == 0 || (len(answer) == 1 && answer[0] == 0) {
		return a != nil && a.Auth != conf.AuthBackend && !a.hasHash && a.Password.Reveal() == "", nil
	}
	ok, possible := x.fast(answer)
	if ok {
		s.conn.WritePacket([]byte{wire.HeaderAuthMore, 3})
		return true, nil
	}
	if possible && a.Auth != conf.AuthBackend {
		return false, nil
	}
	if a == nil && x.session.snap.fastOnly {
		// Known users are denied at this step: an unknown one must look the same.
		return false, nil
	}
	password, err := x.full()
	if err != nil || a == nil || password == nil {
		return false, err
	}
	ok, err = x.verify(password)
	if ok {
		s.srv.remember(a, wire.SHA2Double(password))
	}
	return ok, err
}

// fast is the check that needs no password in clear: by the double hash, configured
// or learned from a full check.
func (x *exchange) fast(answer []byte) (ok, possible bool) {
	a := x.account
	if a == nil {
		return false, false
	}
	if double, known := x.session.srv.recall(a); known && wire.SHA2Verify(answer, x.nonce, double[:]) {
		return true, true
	}
	switch {
	case a.Auth == conf.AuthBackend:
		return false, false
	case a.hasHash:
		return a.hash.FastSHA2(answer, x.nonce)
	}
	double := wire.SHA2Double([]byte(a.Password.Reveal()))
	return wire.SHA2Verify(answer, x.nonce, double[:]), true
}

// full asks for the password itself, over TLS or encrypted with our RSA key.
func (x *exchange) full() ([]byte, error) {
	s := x.session
	s.conn.WritePacket([]byte{wire.HeaderAuthMore, 4})
	if err := s.conn.Flush(); err != nil {
		return nil, err
	}
	p, err := s.conn.ReadPacket()
	if err != nil {
		return nil, err
	}
	if s.secure {
		return trimNUL(p), nil
	}
	key, pem, err := s.srv.rsaKey()
	if err != nil {
		return nil, err
	}
	if len(p) == 1 && p[0] == 2 {
		s.conn.WritePacket(append([]byte{wire.HeaderAuthMore}, pem...))
		if err := s.conn.Flush(); err != nil {
			return nil, err
		}
		if p, err = s.conn.ReadPacket(); err != nil {
			return nil, err
		}
	}
	password, err := wire.RSADecryptPassword(key, p, x.nonce)
	if err != nil {
		return nil, nil //nolint:nilerr // a wrong proof, not a fault: the caller denies
	}
	return password, nil
}

func trimNUL(p []byte) []byte {
	p = append([]byte(nil), p...)
	if n := len(p); n > 0 && p[n-1] == 0 {
		p = p[:n-1]
	}
	return p
}

// verify checks a password in clear.
func (x *exchange) verify(password []byte) (bool, error) {
	a := x.account
	switch {
	case a.Auth == conf.AuthBackend:
		ctx, cancel := context.WithTimeout(x.session.srv.ctx, x.session.snap.conf.Limits.Login)
		defer cancel()
		err := a.group.Primary().Login(ctx, a.Name, string(password))
		var e *wire.Error
		if errors.As(err, &e) {
			return false, nil
		}
		return err == nil, err
	case a.hasHash:
		return a.hash.Password(password), nil
	}
	double := wire.SHA2Double([]byte(a.Password.Reveal()))
	given := wire.SHA2Double(password)
	return double == given, nil
}

// rsaKey is the key that encrypts passwords of clients without TLS. It is made when
// the first such client comes, and lives as long as the process.
func (srv *Server) rsaKey() (*rsa.PrivateKey, []byte, error) {
	srv.keyOnce.Do(func() {
		if srv.key, srv.keyErr = rsa.GenerateKey(rand.Reader, 2048); srv.keyErr == nil {
			srv.keyPEM, srv.keyErr = wire.EncodeRSAPublicKey(&srv.key.PublicKey)
		}
	})
	return srv.key, srv.keyPEM, srv.keyErr
}

// remember keeps the double hash of a password that a full check has proven, so that
// the next login is fast. Accounts are those of one snapshot: a reload forgets.
func (srv *Server) remember(a *account, double [32]byte) {
	srv.authMu.Lock()
	defer srv.authMu.Unlock()
	if len(srv.auth) >= maxRemembered {
		clear(srv.auth)
	}
	srv.auth[a] = remembered{double, time.Now()}
}

func (srv *Server) recall(a *account) ([32]byte, bool) {
	srv.authMu.Lock()
	defer srv.authMu.Unlock()
	r, ok := srv.auth[a]
	if ok && a.Auth == conf.AuthBackend && time.Since(r.at) > backendAuthFor {
		ok = false
	}
	return r.double, ok
}

type remembered struct {
	double [32]byte
	at     time.Time
}

const (
	maxRemembered  = 10000
	backendAuthFor = 5 * time.Minute // then the backend is asked again
)

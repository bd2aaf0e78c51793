package wire

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // mysql_native_password and MySQL's OAEP are defined over SHA-1
	"crypto/sha256"
	"crypto/subtle"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// NonceSize is the length in bytes of the nonce a server sends for a login, without
// the NUL byte that follows it in the handshake.
const NonceSize = 20

// maxPassword is the longest password in bytes that caching_sha2_password accepts
// (MAX_PLAINTEXT_LENGTH). Hashing takes time in proportion to the length, so longer
// ones are refused before any work is done.
const maxPassword = 256

// NewNonce makes a random nonce: seven-bit bytes without NUL, which would end it
// early, and without '$', which separates the fields of a stored hash
// (generate_user_salt in mysys/crypt_genhash_impl.cc). It is also a valid salt for
// NewSHA2Hash.
func NewNonce() [NonceSize]byte {
	var n [NonceSize]byte
	_, _ = rand.Read(n[:]) // never fails: crypto/rand ends the process instead
	return cleanSalt(n)
}

// cleanSalt maps each byte to one that may stand in a nonce, as MySQL does.
func cleanSalt(n [NonceSize]byte) [NonceSize]byte {
	for i := range n {
		n[i] &= 0x7f
		if n[i] == 0 || n[i] == '$' {
			n[i]++
		}
	}
	return n
}

// NativeScramble is the answer of mysql_native_password to a nonce:
// SHA1(password) XOR SHA1(nonce, SHA1(SHA1(password))), or nil for the empty password
// (page_protocol_connection_phase_authentication_methods_native_password_authentication).
func NativeScramble(password, nonce []byte) []byte {
	if len(password) == 0 {
		return nil
	}
	stage1 := sha1.Sum(password)
	stage2 := sha1.Sum(stage1[:])
	mask := sha1Join(nonce, stage2[:])
	subtle.XORBytes(stage1[:], stage1[:], mask[:])
	return stage1[:]
}

// NativeVerify reports whether scramble answers nonce with the password whose
// SHA1(SHA1(password)) is stage2. The time it takes depends on lengths only.
func NativeVerify(scramble, nonce, stage2 []byte) bool {
	if len(scramble) != sha1.Size || len(stage2) != sha1.Size {
		return false
	}
	stage1 := sha1Join(nonce, stage2)
	subtle.XORBytes(stage1[:], stage1[:], scramble)
	got := sha1.Sum(stage1[:])
	return subtle.ConstantTimeCompare(got[:], stage2) == 1
}

// NativeDouble is SHA1(SHA1(password)), what NativeVerify compares with.
func NativeDouble(password []byte) [sha1.Size]byte {
	stage1 := sha1.Sum(password)
	return sha1.Sum(stage1[:])
}

func sha1Join(a, b []byte) [sha1.Size]byte {
	return sha1.Sum(append(append(make([]byte, 0, len(a)+len(b)), a...), b...))
}

// SHA2Scramble is the answer of caching_sha2_password to a nonce:
// SHA256(password) XOR SHA256(SHA256(SHA256(password)), nonce), or nil for the empty
// password (page_caching_sha2_authentication_exchanges).
func SHA2Scramble(password, nonce []byte) []byte {
	if len(password) == 0 {
		return nil
	}
	stage1 := sha256.Sum256(password)
	stage2 := sha256.Sum256(stage1[:])
	mask := sha256Join(stage2[:], nonce)
	subtle.XORBytes(stage1[:], stage1[:], mask[:])
	return stage1[:]
}

// SHA2Verify reports whether scramble answers nonce with the password whose
// SHA256(SHA256(password)) is double. The time it takes depends on lengths only.
func SHA2Verify(scramble, nonce, double []byte) bool {
	if len(scramble) != sha256.Size || len(double) != sha256.Size {
		return false
	}
	stage1 := sha256Join(double, nonce)
	subtle.XORBytes(stage1[:], stage1[:], scramble)
	got := sha256.Sum256(stage1[:])
	return subtle.ConstantTimeCompare(got[:], double) == 1
}

// SHA2Double is SHA256(SHA256(password)), what SHA2Verify compares with and what a
// server keeps in memory after a full authentication.
func SHA2Double(password []byte) [sha256.Size]byte {
	stage1 := sha256.Sum256(password)
	return sha256.Sum256(stage1[:])
}

func sha256Join(a, b []byte) [sha256.Size]byte {
	return sha256.Sum256(append(append(make([]byte, 0, len(a)+len(b)), a...), b...))
}

// AuthHash is the stored form of a password. It is comparable and never prints its
// content. The zero AuthHash, like every AuthHash, matches no empty password: an
// account without a password has no hash.
type AuthHash struct {
	form   authForm
	native [sha1.Size]byte   // SHA1(SHA1(password)) of formNative
	double [sha256.Size]byte // SHA256(SHA256(password)) of formDouble
	rounds int               // of formCrypt
	salt   [NonceSize]byte   // of formCrypt
	digest [cryptLen]byte    // of formCrypt
}

type authForm byte

const (
	formNone authForm = iota
	formNative
	formDouble
	formCrypt
)

const (
	cryptPrefix = "$A$"
	cryptLen    = 43   // characters of a SHA-256 digest in crypt's base 64
	cryptUnit   = 1000 // rounds per unit of the three hexadecimal digits
	cryptRounds = 5000 // default of caching_sha2_password_digest_rounds
	cryptTotal  = len(cryptPrefix) + len("005$") + NonceSize + cryptLen
)

// ErrAuthHash says that a string is not the stored form of a password. The message
// never contains the string.
var ErrAuthHash = errors.New("not a password hash: want *HEX40, sha256:HEX64, $A$005$SALTHASH or 0xHEX")

// ParseAuthHash reads the stored form of a password:
//
//   - `*` and 40 hexadecimal digits: SHA1(SHA1(password)), the authentication_string
//     of mysql_native_password;
//   - `$A$005$`, 20 bytes of salt and 43 characters: the authentication_string of
//     caching_sha2_password;
//   - the latter as `0x` and hexadecimal digits, as SHOW CREATE USER prints it under
//     print_identified_with_as_hex, because a salt may hold unprintable bytes;
//   - `sha256:` and 64 hexadecimal digits: SHA256(SHA256(password)), Sluice's own form,
//     which allows the fast authentication of caching_sha2_password at once.
func ParseAuthHash(s string) (AuthHash, error) {
	if digits, ok := cutHexPrefix(s); ok {
		raw, err := hex.DecodeString(digits)
		if err != nil {
			return AuthHash{}, ErrAuthHash
		}
		s = string(raw)
	}
	switch {
	case strings.HasPrefix(s, "*"):
		return parseNativeHash(s[1:])
	case strings.HasPrefix(s, "sha256:"):
		return parseDoubleHash(strings.TrimPrefix(s, "sha256:"))
	case strings.HasPrefix(s, cryptPrefix):
		return parseCryptHash(s)
	}
	return AuthHash{}, ErrAuthHash
}

func cutHexPrefix(s string) (string, bool) {
	if digits, ok := strings.CutPrefix(s, "0x"); ok {
		return digits, true
	}
	return strings.CutPrefix(s, "0X")
}

func parseNativeHash(digits string) (AuthHash, error) {
	h := AuthHash{form: formNative}
	if err := decodeHex(h.native[:], digits); err != nil {
		return AuthHash{}, err
	}
	return h, nil
}

func parseDoubleHash(digits string) (AuthHash, error) {
	h := AuthHash{form: formDouble}
	if err := decodeHex(h.double[:], digits); err != nil {
		return AuthHash{}, err
	}
	return h, nil
}

func decodeHex(dst []byte, digits string) error {
	if len(digits) != hex.EncodedLen(len(dst)) {
		return ErrAuthHash
	}
	if _, err := hex.Decode(dst, []byte(digits)); err != nil {
		return ErrAuthHash
	}
	return nil
}

func parseCryptHash(s string) (AuthHash, error) {
	if len(s) != cryptTotal || s[6] != '$' {
		return AuthHash{}, ErrAuthHash
	}
	units, err := strconv.ParseUint(s[3:6], 16, 16)
	if err != nil || units*cryptUnit < cryptRounds {
		return AuthHash{}, ErrAuthHash
	}
	h := AuthHash{form: formCrypt, rounds: int(units) * cryptUnit}
	copy(h.salt[:], s[7:])
	copy(h.digest[:], s[7+NonceSize:])
	for _, c := range h.digest {
		if strings.IndexByte(cryptAlphabet, c) < 0 {
			return AuthHash{}, ErrAuthHash
		}
	}
	return h, nil
}

// NewSHA2Hash makes the stored form of password that caching_sha2_password uses, in
// a form MySQL itself accepts (CREATE USER .. IDENTIFIED WITH caching_sha2_password
// AS ..). A salt from NewNonce is used as it is; bytes MySQL would not have in a salt
// are changed as MySQL does. The password must not be longer than 256 bytes; a longer
// one gives a hash that nothing matches.
func NewSHA2Hash(password []byte, salt [NonceSize]byte) string {
	salt = cleanSalt(salt)
	digest := sha256Crypt(password, salt[:], cryptRounds)
	return fmt.Sprintf("%s%03X$%s%s", cryptPrefix, cryptRounds/cryptUnit, salt[:], digest[:])
}

// FastSHA2 verifies the fast authentication of caching_sha2_password. possible is
// false if this form of hash cannot tell: then only the password itself can be
// verified, and SHA2Double of it kept for the next time.
func (h AuthHash) FastSHA2(scramble, nonce []byte) (ok, possible bool) {
	if h.form != formDouble {
		return false, false
	}
	return SHA2Verify(scramble, nonce, h.double[:]), true
}

// Native verifies a scramble of mysql_native_password; possible is false if this form
// of hash cannot tell.
func (h AuthHash) Native(scramble, nonce []byte) (ok, possible bool) {
	if h.form != formNative {
		return false, false
	}
	return NativeVerify(scramble, nonce, h.native[:]), true
}

// Password verifies the password itself, as full authentication delivers it. For a
// `$A$` hash it costs about a millisecond of processor time per 5000 rounds.
func (h AuthHash) Password(password []byte) bool {
	if len(password) == 0 || len(password) > maxPassword {
		return false
	}
	switch h.form {
	case formNative:
		got := NativeDouble(password)
		return subtle.ConstantTimeCompare(got[:], h.native[:]) == 1
	case formDouble:
		got := SHA2Double(password)
		return subtle.ConstantTimeCompare(got[:], h.double[:]) == 1
	case formCrypt:
		got := sha256Crypt(password, h.salt[:], h.rounds)
		return subtle.ConstantTimeCompare(got[:], h.digest[:]) == 1
	}
	return false
}

// String is "***": a hash is a secret.
func (h AuthHash) String() string { return "***" }

// GoString is "***".
func (h AuthHash) GoString() string { return h.String() }

const cryptAlphabet = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// sha256Crypt is the SHA-256 scheme of crypt(3) (https://www.akkadia.org/drepper/SHA-crypt.txt)
// with the whole salt, of which crypt(3) itself would take 16 bytes and MySQL takes 20.
func sha256Crypt(password, salt []byte, rounds int) [cryptLen]byte {
	a := cryptStart(password, salt)
	p := cryptRepeat(password, len(password), len(password))
	s := cryptRepeat(salt, 16+int(a[0]), len(salt))
	buf := make([]byte, 0, 2*len(p)+len(s)+len(a))
	for i := range rounds {
		buf = buf[:0]
		if i&1 != 0 {
			buf = append(buf, p...)
		} else {
			buf = append(buf, a[:]...)
		}
		if i%3 != 0 {
			buf = append(buf, s...)
		}
		if i%7 != 0 {
			buf = append(buf, p...)
		}
		if i&1 != 0 {
			buf = append(buf, a[:]...)
		} else {
			buf = append(buf, p...)
		}
		a = sha256.Sum256(buf)
	}
	return cryptEncode(a)
}

// cryptStart is steps 1 to 12 of the scheme: the digest the rounds begin with.
func cryptStart(password, salt []byte) [sha256.Size]byte {
	h := sha256.New()
	h.Write(password)
	h.Write(salt)
	h.Write(password)
	b := h.Sum(nil)

	h.Reset()
	h.Write(password)
	h.Write(salt)
	for n := len(password); n > 0; n -= len(b) {
		h.Write(b[:min(n, len(b))])
	}
	for n := len(password); n > 0; n >>= 1 {
		if n&1 != 0 {
			h.Write(b)
		} else {
			h.Write(password)
		}
	}
	return [sha256.Size]byte(h.Sum(nil))
}

// cryptRepeat is steps 13 to 20: the digest of n copies of b, repeated to size bytes.
func cryptRepeat(b []byte, n, size int) []byte {
	h := sha256.New()
	for range n {
		h.Write(b)
	}
	digest := h.Sum(nil)
	out := make([]byte, size)
	for i := range out {
		out[i] = digest[i%len(digest)]
	}
	return out
}

// cryptEncode is step 22: the digest's bytes in an order of their own, six bits per
// character, low bits first.
func cryptEncode(d [sha256.Size]byte) [cryptLen]byte {
	var out [cryptLen]byte
	n := 0
	put := func(v uint32, chars int) {
		for range chars {
			out[n] = cryptAlphabet[v&0x3f]
			v >>= 6
			n++
		}
	}
	for i, j, k := 0, 10, 20; i != 30; i, j, k = k+1, i+1, j+1 {
		put(uint32(d[i])<<16|uint32(d[j])<<8|uint32(d[k]), 4)
	}
	put(uint32(d[31])<<8|uint32(d[30]), 3)
	return out
}

// XORPassword is password and a NUL byte, XOR the nonce repeated: what a client
// encrypts with the server's public key. It is its own inverse but for the NUL.
func XORPassword(password, nonce []byte) []byte {
	out := make([]byte, len(password)+1)
	copy(out, password)
	xorNonce(out, nonce)
	return out
}

func xorNonce(b, nonce []byte) {
	if len(nonce) == 0 {
		return
	}
	for i := range b {
		b[i] ^= nonce[i%len(nonce)]
	}
}

// RSAEncryptPassword is how a client sends its password over a connection without
// TLS: RSA-OAEP with SHA-1 of XORPassword. It fails if the password is too long for the
// key: over 213 bytes for 2048 bits.
func RSAEncryptPassword(pub *rsa.PublicKey, password, nonce []byte) ([]byte, error) {
	data, err := rsa.EncryptOAEP(sha1.New(), rand.Reader, pub, XORPassword(password, nonce), nil)
	if err != nil {
		return nil, fmt.Errorf("encrypting password: %w", err)
	}
	return data, nil
}

// RSADecryptPassword is the inverse of RSAEncryptPassword. Whatever is wrong with
// data, the error is ErrMalformed and says no more.
func RSADecryptPassword(priv *rsa.PrivateKey, data, nonce []byte) ([]byte, error) {
	b, err := rsa.DecryptOAEP(sha1.New(), nil, priv, data, nil)
	if err != nil {
		return nil, ErrMalformed
	}
	xorNonce(b, nonce)
	if len(b) == 0 || b[len(b)-1] != 0 {
		return nil, ErrMalformed
	}
	return b[:len(b)-1], nil
}

const rsaPEMType = "PUBLIC KEY"

// EncodeRSAPublicKey is the form in which a server sends its public key: PEM of a
// SubjectPublicKeyInfo.
func EncodeRSAPublicKey(pub *rsa.PublicKey) ([]byte, error) {
	der, err := x509.MarshalPKIXPublicKey(pub)
	if err != nil {
		return nil, fmt.Errorf("encoding public key: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: rsaPEMType, Bytes: der}), nil
}

// ParseRSAPublicKey reads the public key a server sent.
func ParseRSAPublicKey(data []byte) (*rsa.PublicKey, error) {
	block, _ := pem.Decode(data)
	if block == nil || block.Type != rsaPEMType {
		return nil, fmt.Errorf("reading public key: no PEM block of type %s: %w", rsaPEMType, ErrMalformed)
	}
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("reading public key: %w: %w", ErrMalformed, err)
	}
	pub, ok := key.(*rsa.PublicKey)
	if !ok {
		return nil, fmt.Errorf("reading public key: %T is not an RSA key: %w", key, ErrMalformed)
	}
	return pub, nil
}

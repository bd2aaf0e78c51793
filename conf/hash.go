package conf

import (
	"encoding/hex"
	"errors"
	"strconv"
	"strings"
)

// Hash is a stored password in one of the forms that MySQL uses. Exactly one of its
// three parts is set.
type Hash struct {
	// Native is SHA1(SHA1(password)), 20 bytes, of mysql_native_password.
	Native []byte
	// Fast is SHA256(SHA256(password)), 32 bytes: what caching_sha2_password keeps in
	// memory. A client can be checked against it without ever sending the password.
	Fast []byte
	// Crypt is the authentication_string of caching_sha2_password; a client must send
	// the password, encrypted, before it can be checked.
	Crypt *Crypt
}

// Crypt is a SHA-256 crypt as caching_sha2_password stores it.
type Crypt struct {
	Salt   string // 20 bytes
	Digest string // 43 characters of crypt's base 64
	Rounds int
}

// Plugin is the plugin that can check a client against the hash.
func (h Hash) Plugin() Plugin {
	if h.Native != nil {
		return NativePassword
	}
	return CachingSHA2
}

// ParseHash reads a stored password:
//
//	*6BB4837EB74329105EE4568DDA7DC67ED2CA2AD9    mysql_native_password
//	sha256:<64 hexadecimal digits>               SHA256(SHA256(password))
//	$A$005$<20 bytes of salt><43 characters>     caching_sha2_password's authentication_string
//	0x24412430303524...                          the same in hexadecimal, as SHOW CREATE USER prints
//	                                             it with print_identified_with_as_hex
//
// Its errors never repeat the text.
func ParseHash(text string) (Hash, error) {
	switch {
	case strings.HasPrefix(text, "*"):
		b, err := hexBytes(text[1:], 20)
		return Hash{Native: b}, err
	case strings.HasPrefix(text, "sha256:"):
		b, err := hexBytes(text[len("sha256:"):], 32)
		return Hash{Fast: b}, err
	case strings.HasPrefix(text, "0x"):
		b, err := hex.DecodeString(text[2:])
		if err != nil {
			return Hash{}, errors.New("is not hexadecimal behind 0x")
		}
		return parseCrypt(string(b))
	case strings.HasPrefix(text, "$A$"):
		return parseCrypt(text)
	}
	return Hash{}, errors.New("is no hash; it begins with '*', 'sha256:', '$A$' or '0x'")
}

func hexBytes(text string, n int) ([]byte, error) {
	b, err := hex.DecodeString(text)
	if err != nil || len(b) != n {
		return nil, errors.New("must have " + strconv.Itoa(2*n) + " hexadecimal digits")
	}
	return b, nil
}

// parseCrypt reads "$A$005$" + salt + digest; the count of rounds is in thousands and
// hexadecimal (sql/auth/i_sha2_password.h of the server).
func parseCrypt(text string) (Hash, error) {
	const head, salt, digest = len("$A$005$"), 20, 43
	bad := errors.New("is not an authentication_string of caching_sha2_password, which has $A$005$, 20 bytes of salt and 43 characters; write it in hexadecimal if the salt does not print")
	if len(text) != head+salt+digest || text[:3] != "$A$" || text[6] != '$' {
		return Hash{}, bad
	}
	rounds, err := strconv.ParseUint(text[3:6], 16, 16)
	if err != nil || rounds < 5 {
		return Hash{}, bad
	}
	c := &Crypt{Salt: text[head : head+salt], Digest: text[head+salt:], Rounds: int(rounds) * 1000}
	if strings.ContainsFunc(c.Digest, func(r rune) bool { return !isWord(r) && r != '.' && r != '/' || r == '_' || r == '-' }) {
		return Hash{}, bad
	}
	return Hash{Crypt: c}, nil
}

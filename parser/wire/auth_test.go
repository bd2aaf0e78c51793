package wire

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	require.NoError(t, err)
	return b
}

func TestNonce(t *testing.T) {
	seen := map[[NonceSize]byte]bool{}
	for range 2000 {
		n := NewNonce()
		require.False(t, seen[n])
		seen[n] = true
		for _, c := range n {
			require.NotZero(t, c)
			require.NotEqual(t, byte('$'), c)
			require.Less(t, c, byte(0x80))
		}
	}
}

func TestScramble(t *testing.T) {
	nonce := NewNonce()
	for _, password := range []string{"x", "secret", "пароль", strings.Repeat("p", 256)} {
		pw := []byte(password)
		native, sha2 := NativeScramble(pw, nonce[:]), SHA2Scramble(pw, nonce[:])
		stage2, double := NativeDouble(pw), SHA2Double(pw)
		require.Len(t, native, 20)
		require.Len(t, sha2, 32)
		require.True(t, NativeVerify(native, nonce[:], stage2[:]))
		require.True(t, SHA2Verify(sha2, nonce[:], double[:]))

		other := NewNonce()
		require.False(t, NativeVerify(native, other[:], stage2[:]))
		require.False(t, SHA2Verify(sha2, other[:], double[:]))
		for _, bad := range [][]byte{nil, {}, native[:19], append(native[:20:20], 0), make([]byte, 20), make([]byte, 32)} {
			require.False(t, NativeVerify(bad, nonce[:], stage2[:]))
			require.False(t, SHA2Verify(bad, nonce[:], double[:]))
		}
	}
	require.Nil(t, NativeScramble(nil, nonce[:]))
	require.Nil(t, SHA2Scramble(nil, nonce[:]))
	require.False(t, NativeVerify(nil, nonce[:], nil))
	require.False(t, SHA2Verify(nil, nonce[:], nil))
}

// The digests are those of `openssl passwd -5`, whose salts are at most 16 bytes.
func TestSHA256Crypt(t *testing.T) {
	for _, c := range []struct {
		salt, password string
		rounds         int
		want           string
	}{
		{"saltstring", "Hello world!", 5000, "5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5"},
		{"saltstringsaltst", "Hello world!", 10000, "3xv.VbSHBb41AL9AvLeujZkZRBAwqFMz2.opqey6IcA"},
		{"toolongsaltstrin", "This is just a test", 5000, "Un/5jzAHMgOGZ5.mWJpuVolil07guHPvOW8mGRcvxa5"},
		{"anotherlongsalts", "a very much longer text to encrypt.  This one even stretches over morethan one line.", 1400, "Rx.j8H.h8HjEDGomFU8bDkXm3XIUnzyxf12oP84Bnq1"},
		{"short", "we have a short salt string but not a short password", 77777, "JiO1O3ZpDAxGJeaDIuqCoEFysAe1mZNJRs3pw0KQRd/"},
		{"asaltof16chars..", "a short string", 123456, "gP3VQ/6X7UUEW3HkBn2w1/Ptq2jxPyzV/cZKmF/wJvD"},
		{"roundstoolow", "x", 1000, "Jc4xA6.bl9C.Nqoe./MktmYeUpkKvVSABfG6yGhgjM0"},
		{"p", "12345678901234567890123456789012", 5000, "Xz0ZDWL5jFW5m48L6UcK.nqSApRvgLroUXfRuKFLlb3"},
		{"p", "пароль", 5000, "AHbk.plbs8L3F9yM/wsEZQcV4uNyT6KHXdW6D3bvgi/"},
	} {
		got := sha256Crypt([]byte(c.password), []byte(c.salt), c.rounds)
		require.Equal(t, c.want, string(got[:]))
	}
}

func TestRSAPassword(t *testing.T) {
	priv, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	text, err := EncodeRSAPublicKey(&priv.PublicKey)
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(string(text), "-----BEGIN PUBLIC KEY-----\n"))
	pub, err := ParseRSAPublicKey(text)
	require.NoError(t, err)
	nonce := NewNonce()
	for _, size := range []int{0, 1, 20, 21, 213} {
		password := []byte(strings.Repeat("pä", size))[:size]
		data, err := RSAEncryptPassword(pub, password, nonce[:])
		require.NoError(t, err)
		require.Len(t, data, 256)
		got, err := RSADecryptPassword(priv, data, nonce[:])
		require.NoError(t, err)
		require.Equal(t, string(password), string(got))

		data[100] ^= 1
		_, err = RSADecryptPassword(priv, data, nonce[:])
		require.ErrorIs(t, err, ErrMalformed)
	}
	_, err = RSAEncryptPassword(pub, make([]byte, 214), nonce[:])
	require.ErrorIs(t, err, rsa.ErrMessageTooLong)

	data, err := RSAEncryptPassword(pub, []byte("secret"), nonce[:])
	require.NoError(t, err)
	other := NewNonce()
	_, err = RSADecryptPassword(priv, data, other[:])
	require.ErrorIs(t, err, ErrMalformed, "the NUL at the end is not one under another nonce")
	for _, bad := range [][]byte{nil, {1}, make([]byte, 255), make([]byte, 256), make([]byte, 257)} {
		_, err = RSADecryptPassword(priv, bad, nonce[:])
		require.ErrorIs(t, err, ErrMalformed)
	}
	for _, bad := range []string{"", "x", strings.ReplaceAll(string(text), "PUBLIC", "PRIVATE"), "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"} {
		_, err = ParseRSAPublicKey([]byte(bad))
		require.ErrorIs(t, err, ErrMalformed)
	}
}

func TestXORPassword(t *testing.T) {
	require.Equal(t, []byte{'a' ^ 1, 'b' ^ 2, 'c' ^ 1, 2}, XORPassword([]byte("abc"), []byte{1, 2}))
	require.Equal(t, []byte{1}, XORPassword(nil, []byte{1, 2}))
	require.Equal(t, []byte{'a', 0}, XORPassword([]byte("a"), nil))
}

func TestParseAuthHashRejects(t *testing.T) {
	good := NewSHA2Hash([]byte("x"), NewNonce())
	for _, s := range []string{
		"", "*", "plain text", "0x", "0xzz", "0x123", "sha256:", "sha256:12", "*" + strings.Repeat("g", 40),
		"*" + strings.Repeat("a", 39), "*" + strings.Repeat("a", 41), "sha256:" + strings.Repeat("x", 64),
		good[:69], good + "x", "$A$000$" + good[7:], "$A$004$" + good[7:], "$A$-05$" + good[7:], "$A$0x5$" + good[7:],
		"$A$005x" + good[7:], "$B$005$" + good[7:], good[:69] + "!",
	} {
		h, err := ParseAuthHash(s)
		require.ErrorIs(t, err, ErrAuthHash, "%q", s)
		require.Equal(t, AuthHash{}, h)
		require.False(t, h.Password([]byte("x")))
	}
}

func TestAuthHash(t *testing.T) {
	pw, nonce := []byte("secret"), NewNonce()
	stage2, double := NativeDouble(pw), SHA2Double(pw)
	crypt := NewSHA2Hash(pw, NewNonce())
	require.Len(t, crypt, 70)
	for _, c := range []struct {
		stored       string
		native, sha2 bool // what it can tell
	}{
		{fmt.Sprintf("*%X", stage2), true, false},
		{fmt.Sprintf("*%x", stage2), true, false},
		{fmt.Sprintf("sha256:%x", double), false, true},
		{crypt, false, false},
		{fmt.Sprintf("0x%X", crypt), false, false},
	} {
		h, err := ParseAuthHash(c.stored)
		require.NoError(t, err)
		require.Equal(t, "***", fmt.Sprintf("%v", h))
		require.Equal(t, "***", fmt.Sprintf("%#v", h))

		ok, possible := h.Native(NativeScramble(pw, nonce[:]), nonce[:])
		require.Equal(t, c.native, possible)
		require.Equal(t, c.native, ok)
		ok, _ = h.Native(NativeScramble([]byte("wrong"), nonce[:]), nonce[:])
		require.False(t, ok)

		ok, possible = h.FastSHA2(SHA2Scramble(pw, nonce[:]), nonce[:])
		require.Equal(t, c.sha2, possible)
		require.Equal(t, c.sha2, ok)
		ok, _ = h.FastSHA2(SHA2Scramble([]byte("wrong"), nonce[:]), nonce[:])
		require.False(t, ok)

		require.True(t, h.Password(pw))
		for _, wrong := range []string{"", "wrong", "secret\x00", strings.Repeat("s", 257)} {
			require.False(t, h.Password([]byte(wrong)), "%q", wrong)
		}
	}
}

// What MySQL 9.7.4 stored for passwords (mysql.user.authentication_string); its default
// is 10000 rounds.
func TestAuthHashOfMySQL(t *testing.T) {
	for password, stored := range map[string]string{
		"secret":                            "0x2441243030412434456749675B6B69220C7E422E056C3D205E6F18554A4735784E6C69757165726845706345644E6F4161565256767143704A616E2E46476D465A6F7A507033",
		"x":                                 "0x244124303041245B4E23503865215E015A48084308395D3E5D485F7A46536B6779784E5066484A686F584D324449664A716553374B64547A5472634C344F7238793439424A2F",
		"пароль с пробелами":                "0x244124303041247B0A732A155F647825154927042943335F416067577152416976474D394A503673573173686C71575149356348676F6B4B3848324156556B334D5659767541",
		"12345678901234567890123456789012":  "0x24412430304124514D13746A0A0B7C7C0175486720797F764E3E1E696F547155397431776D784E32366B325846475363665A615034494E44794C343849746143463864496D33",
		strings.Repeat("p", 200):            "0x2441243030412452041D1B2556317006365D6D48601D061F37714D32572F6C626D7856413876626B3768706373337A7A56376C73722F71434A766E4C784D5472436576633831",
		"123456789012345678901234567890123": "0x244124303041244D6A4D083E2E6A2C774B4D4A076E701B0A511A26794930594D6E366A62456B444A52526479492F4177776F413072636635693342355664413055473759482E",
	} {
		raw := string(unhex(t, stored[2:]))
		require.True(t, strings.HasPrefix(raw, "$A$00A$"))
		for _, s := range []string{stored, raw} {
			h, err := ParseAuthHash(s)
			require.NoError(t, err)
			require.True(t, h.Password([]byte(password)))
			require.False(t, h.Password([]byte(password+"x")))
		}
	}
}

func FuzzParseAuthHash(f *testing.F) {
	f.Add(NewSHA2Hash([]byte("x"), NewNonce()))
	f.Add("*" + strings.Repeat("a", 40))
	f.Add("sha256:" + strings.Repeat("0", 64))
	f.Add("0x2441")
	f.Fuzz(func(t *testing.T, s string) {
		h, err := ParseAuthHash(s)
		require.Equal(t, err == nil, h != AuthHash{})
	})
}

func BenchmarkPassword(b *testing.B) {
	h, err := ParseAuthHash(NewSHA2Hash([]byte("secret"), NewNonce()))
	require.NoError(b, err)
	for b.Loop() {
		h.Password([]byte("secret"))
	}
}

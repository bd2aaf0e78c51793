package proxy

import (
	"crypto/tls"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCipherName(t *testing.T) {
	for id, want := range map[uint16]string{
		0:                          "",
		tls.TLS_AES_256_GCM_SHA384: "TLS_AES_256_GCM_SHA384",
		tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256:         "ECDHE-RSA-AES128-GCM-SHA256",
		tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384:       "ECDHE-ECDSA-AES256-GCM-SHA384",
		tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256:   "ECDHE-RSA-CHACHA20-POLY1305",
		tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA:          "ECDHE-ECDSA-AES128-SHA",
		tls.TLS_RSA_WITH_AES_256_GCM_SHA384:               "AES256-GCM-SHA384",
		tls.TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA:           "ECDHE-RSA-DES-CBC3-SHA",
		tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256:       "ECDHE-ECDSA-AES128-SHA256",
		tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256: "ECDHE-ECDSA-CHACHA20-POLY1305",
	} {
		require.Equal(t, want, cipherName(id))
	}
	require.Equal(t, "TLSv1.3", versionName(tls.VersionTLS13))
}

func TestStatusAsked(t *testing.T) {
	for _, w := range [][]string{
		{"SHOW", "STATUS", "LIKE", "'ssl_CIPHER'"}, {"SHOW", "GLOBAL", "STATUS", "LIKE", `"Ssl_cipher"`},
	} {
		require.Equal(t, "Ssl_cipher", statusAsked(w))
	}
	for _, w := range [][]string{
		{"SHOW", "STATUS"}, {"SHOW", "STATUS", "LIKE", "'Ssl%'"}, {"SHOW", "TABLE", "STATUS", "LIKE", "'Ssl_cipher'"}, {"SHOW"},
	} {
		require.Empty(t, statusAsked(w))
	}
}

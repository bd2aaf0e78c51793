package parser

import (
	"testing"

	"github.com/stretchr/testify/require"
)

var modern = Dialect{Version: 90700}

// tokens returns the readable tokens of the first statement in sql.
func tokens(t *testing.T, sql string, d Dialect) []string {
	t.Helper()
	var s Scan
	require.NoError(t, s.Run([]byte(sql), 0, d))
	var out []string
	for _, tok := range s.Tokens {
		out = append(out, tok.Kind.String()+" "+string(tok.Text([]byte(sql))))
	}
	return out
}

func TestScanDoesNotAllocate(t *testing.T) {
	sql := []byte("SELECT id, name FROM users u JOIN `orders` o ON o.uid = u.id WHERE u.id = 42 AND o.state IN ('a', 'b') LIMIT 10")
	var s Scan
	require.NoError(t, s.Run(sql, 0, modern))
	require.Zero(t, testing.AllocsPerRun(100, func() {
		if s.Run(sql, 0, modern) != nil {
			t.Error("scan failed")
		}
	}))
}

var benchmarks = map[string]string{
	"point":  "SELECT * FROM users WHERE id = 42",
	"tenant": "SELECT id, name, status, created_at FROM saas_users WHERE tenant_id = 'a3c1e6d0-1111-4222-8333-444455556666' AND id = 'b3c1e6d0-1111-4222-8333-444455556666'",
	"join4":  "SELECT o.id, o.total, c.name, p.title, s.state FROM orders o JOIN customers c ON c.id = o.customer_id AND c.tenant_id = o.tenant_id JOIN products p ON p.id = o.product_id LEFT JOIN shipments s ON s.order_id = o.id WHERE o.tenant_id = 't-17' AND o.created_at >= '2026-01-01' AND c.name LIKE 'a%' ORDER BY o.created_at DESC LIMIT 20",
}

func BenchmarkScan(b *testing.B) {
	for name, sql := range benchmarks {
		b.Run(name, func(b *testing.B) {
			var s Scan
			text := []byte(sql)
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				if err := s.Run(text, 0, modern); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

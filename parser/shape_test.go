package parser

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestShape: a text that differs from a shape in its constants is read by it, as Run reads
// it; any other is not.
func TestShape(t *testing.T) {
	const query = "select a, b.c from b where id = 'x' and n in (1, 2.5) /* c */ and d > date '2024-01-01' limit 10 "
	for _, tt := range []struct {
		shape, text string
		like        bool
	}{
		{query, query, true},
		{query, "select a, b.c from b where id = 'it''s \\' longer' and n in (123, 0.25) /* c */ and d > date '1' limit 0 ", true},
		{query, "select a, b.c from b where id = '' and n in (1, 2.5) /* c */ and d > date '2024-01-01' limit 10 ", true},
		{query, "select a, b.c from b where id = 'x' and n in (1, 2.5) /* d */ and d > date '2024-01-01' limit 10 ", false},
		{query, "select a, b.c from b where id = 'x' and n in (1, 25) /* c */ and d > date '2024-01-01' limit 10 ", false},
		{query, "select a, b.c from b where id = \"x\" and n in (1, 2.5) /* c */ and d > date '2024-01-01' limit 10 ", false},
		{query, "select a, b.c from b where id = 'x' and n in (1, 2.5) /* c */ and d > date '2024-01-01' limit 10 for update", false},
		{query, "select a, b.c from b where id = 'x' and n in (1, 2.5) /* c */ and d > date '2024-01-01' limit 1", false},
		{query, "select a, b.c from b where id = 'x", false},
		{"select 'a'", "select 'a' 'b'", false},
		{"select 'a'", "select 'a'", true},
		{"select 1", "select 1", true},
		{"select 1", "select 0x1", false},
		{"select 1", "select 1e5", false},
		{"select 1", "select 1.", false},
		{"select 1", "select 1x", false},
		{"select 1", "select ?", false},
		{"select 1", "select ", false},
		{"select 1", "select", false},
		{"select 1", "select 2;", false},
		{"select 1;", "select 22;", true},
		{"select 1", "select 1; select 2", false},
		{"select 1 from t", "select 1 from t where a = 1", false},
		{"select -1-1", "select -10-20", true},
		{"select _utf8mb4'a' collate utf8mb4_bin", "select _utf8mb4'bcd' collate utf8mb4_bin", true},
		{"select \"a\"", "select \"b'c\"", true},
		{"select 1 /*! , 2 */, '3'", "select 11 /*! , 22 */, '33'", true},
		{"commit", "commit", true},
		{"commit", "commit work", false},
	} {
		var s, got, want Scan
		require.NoError(t, s.Run([]byte(tt.shape), 0, modern))
		sh := s.Shape([]byte(tt.shape), modern)
		require.NotNil(t, sh, tt.shape)
		require.Equal(t, tt.like, got.Like(sh, []byte(tt.text), modern), "%s by %s", tt.text, tt.shape)
		require.Equal(t, tt.like, got.Of(sh))
		if tt.like {
			require.NoError(t, want.Run([]byte(tt.text), 0, modern))
			requireSame(t, &want, &got)
		}
		other := modern
		other.Mode = ANSIQuotes
		require.False(t, got.Like(sh, []byte(tt.shape), other), "another dialect")
		require.False(t, got.Of(sh))
	}
}

// TestShapeless: texts whose constants cannot be read by themselves have no shape.
func TestShapeless(t *testing.T) {
	for _, sql := range []string{"select 'a' 'b'", "select x'41'", "select 0x41", "select N'a'", "select .5", "select ?", " select 1", "select 1; select 2"} {
		var s Scan
		require.NoError(t, s.Run([]byte(sql), 0, modern))
		require.Nil(t, s.Shape([]byte(sql), modern), sql)
	}
	gbk := modern
	gbk.Charset = "gbk"
	var s Scan
	require.NoError(t, s.Run([]byte("select 1"), 0, gbk))
	require.Nil(t, s.Shape([]byte("select 1"), gbk), "a character may end in a quote")
}

// FuzzShape checks that what Like reads is what Run reads, of a text and of what it
// becomes when one of its constants is another, or some bytes anywhere are.
func FuzzShape(f *testing.F) {
	for i, sql := range []string{
		"select * from t where a = 'x' and b in (1,2,3) -- c", "insert into `t` values (1.5e3, _utf8mb4'y' collate utf8mb4_bin, -1)",
		"select 1 /*! , 2 */ /*+ x */ from t where a='b'and c=\"d\"", "set @a = 1, @@global.b := \"c\"", "create procedure p() begin select 1; end",
	} {
		f.Add([]byte(sql), []byte("'q'"), uint16(i), byte(i))
		f.Add([]byte(sql), []byte("4e5"), uint16(100+i), byte(0))
	}
	f.Fuzz(func(t *testing.T, sql, other []byte, at uint16, which byte) {
		d := fuzzDialects[int(which)%len(fuzzDialects)]
		var s, like, want Scan
		if s.Run(sql, 0, d) != nil {
			return
		}
		sh := s.Shape(sql, d)
		if sh == nil {
			return
		}
		require.True(t, like.Like(sh, sql, d), "%q", sql)
		from, to := int(at)%(len(sql)+1), int(at)%(len(sql)+1)
		if n := len(s.Literals); n > 0 && at%2 == 0 {
			l := s.Literals[int(at/2)%n]
			from, to = l.Start, l.End
		}
		text := append(append(append([]byte{}, sql[:from]...), other...), sql[to:]...)
		if !like.Like(sh, text, d) {
			return
		}
		require.NoError(t, want.Run(text, 0, d), "%q is not like %q", text, sql)
		requireSame(t, &want, &like)
	})
}

func BenchmarkLike(b *testing.B) {
	for name, sql := range benchmarks {
		var s Scan
		text := []byte(sql)
		require.NoError(b, s.Run(text, 0, modern))
		sh := s.Shape(text, modern)
		if sh == nil {
			continue
		}
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				if !s.Like(sh, text, modern) {
					b.Fatal()
				}
			}
		})
	}
}

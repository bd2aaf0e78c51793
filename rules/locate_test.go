package rules

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/sluicedb/sluice/conf"
	"github.com/sluicedb/sluice/parser/value"
)

// compileKey makes rules of one table "t", sharded by a column of the given type, over
// two shards.
func compileKey(t testing.TB, typ, collation string) (*Rules, *Table) {
	t.Helper()
	s := NewSchema()
	s.AddTable(&TableDef{Name: "t", Columns: []Column{{Name: "k", Type: typ, Collation: collation}}})
	c, problems := conf.Parse("t.yaml", []byte(`version: 1
groups: {g: {primary: "127.0.0.1:3307", user: sluice}}
databases:
  d:
    shards:
      - {name: s0, group: g, slots: 0-2047}
      - {name: s1, group: g, schema: e, slots: 2048-4095}
    tables: {t: {kind: sharded, key: k}}
`))
	require.NoError(t, problems.Err())
	r, problems := Compile(c, s)
	require.NoError(t, problems.Err())
	table, ok := r.Table("T")
	require.True(t, ok)
	return r, table
}

func text(s string) value.Value { return value.Value{Kind: value.String, S: s} }

// TestHashNeverChanges holds the hash for ever: rows were placed by it. If this test
// fails, the code is wrong, not the test.
func TestHashNeverChanges(t *testing.T) {
	tests := []struct {
		typ, collation string
		v              value.Value
		slot           int
	}{
		{"varchar(36)", "utf8mb4_unicode_ci", text(""), 2457},
		{"varchar(36)", "utf8mb4_unicode_ci", text("a"), 833},
		{"varchar(36)", "utf8mb4_unicode_ci", text("default-tenant"), 2588},
		{"varchar(36)", "utf8mb4_unicode_ci", text("3F2504E0-4F89-11D3-9A0C-0305E82C3301"), 326},
		{"varchar(36)", "utf8mb4_unicode_ci", text("3f2504e0-4f89-11d3-9a0c-0305e82c3301"), 326},
		{"varchar(36)", "utf8mb4_unicode_ci", text("租户一"), 980},
		{"varchar(36)", "utf8mb4_unicode_ci", text("Straße"), 3334},
		{"varchar(36)", "utf8mb4_unicode_ci", text("😀"), 1843},
		{"varchar(36)", "utf8mb3_unicode_ci", text("Straße"), 3334},
		{"varchar(36)", "utf8mb4_general_ci", text("default-tenant"), 1980},
		{"varchar(36)", "utf8mb4_bin", text("default-tenant"), 2055},
		{"varchar(36)", "utf8mb4_0900_ai_ci", text("default-tenant"), 1514},
		{"varchar(36)", "utf8mb4_0900_ai_ci", text("default-tenant "), 1540},
		{"varchar(36)", "utf8mb4_0900_as_cs", text("default-tenant"), 3343},
		{"varchar(36)", "utf8mb4_0900_bin", text("default-tenant"), 3205},
		{"varchar(36)", "latin1_swedish_ci", text("default-tenant"), 4012},
		{"varchar(36)", "ascii_general_ci", text("default-tenant"), 4012},
		{"binary(16)", "", value.Value{Kind: value.Binary, S: "\x01\x02"}, 781},
		{"varbinary(16)", "", value.Value{Kind: value.Binary, S: "\x01\x02"}, 3654},
		{"bigint", "", value.Value{Kind: value.Int, I: 1}, 2010},
		{"int", "", value.Value{Kind: value.Int, I: 1}, 2010},
		{"bigint", "", value.Value{Kind: value.Int, I: -9223372036854775808}, 3340},
		{"bigint unsigned", "", value.Value{Kind: value.Uint, U: 18446744073709551615}, 1737},
	}
	for _, test := range tests {
		_, table := compileKey(t, test.typ, test.collation)
		slot, ok := table.SlotOf(test.v)
		require.True(t, ok)
		require.Equal(t, test.slot, slot, "%s %s %+v", test.typ, test.collation, test.v)
	}
	// The same by hand: WEIGHT_STRING('a') is 0E33, an integer has eight bytes.
	require.Equal(t, 833, slotOf([]byte{0x0e, 0x33}))
	require.Equal(t, 2010, slotOf([]byte{0, 0, 0, 0, 0, 0, 0, 1}))
}

// TestFastPathIsTheSlowPath compares the table of ASCII weights with whole weight
// strings, for every collation a key may have.
func TestFastPathIsTheSlowPath(t *testing.T) {
	direct := 0
	for _, name := range []string{
		"utf8mb4_unicode_ci", "utf8mb4_unicode_520_ci", "utf8mb4_general_ci", "utf8mb4_bin", "utf8mb4_0900_ai_ci",
		"utf8mb4_0900_as_ci", "utf8mb4_0900_as_cs", "utf8mb4_0900_bin", "utf8mb3_general_ci", "utf8mb3_unicode_ci", "utf8mb3_bin",
		"utf8mb4_czech_ci", "utf8mb4_spanish2_ci", "utf8mb4_hungarian_ci", "utf8mb4_danish_ci", "utf8mb4_ja_0900_as_cs",
		"latin1_swedish_ci", "latin1_bin", "ascii_general_ci", "ascii_bin",
	} {
		c, err := newCollation(name)
		require.NoError(t, err)
		if c.direct {
			direct++
		}
		slow := *c
		slow.direct = false
		rapid.Check(t, func(t *rapid.T) {
			s := rapid.StringOfN(rapid.RuneFrom(nil, asciiRange()), 0, fastText, -1).Draw(t, "s")
			var a, b keyBuffer
			require.Equal(t, string(slow.weights(s, &a)), string(c.weights(s, &b)), name)
		})
	}
	require.Greater(t, direct, 10)
}

// TestEqualTextsAreOneKey: keys are the same exactly when the collation says so, spaces
// at the end included. Characters without a weight are left out, because this test pads
// characters where MySQL pads weights.
func TestEqualTextsAreOneKey(t *testing.T) {
	for _, name := range []string{"utf8mb4_unicode_ci", "utf8mb4_general_ci", "utf8mb4_bin", "utf8mb4_0900_ai_ci", "utf8mb4_0900_as_cs"} {
		_, table := compileKey(t, "varchar(40)", name)
		c := table.key.text
		letters := rapid.SampledFrom([]rune("aAáÁbB ßsSçc\t😀租"))
		rapid.Check(t, func(t *rapid.T) {
			a := rapid.StringOfN(letters, 0, 6, -1).Draw(t, "a")
			b := rapid.StringOfN(letters, 0, 6, -1).Draw(t, "b")
			same, certain := table.SameKey(text(a), text(b))
			require.True(t, certain)
			x, y := a, b
			if !c.noPad { // the manual's PAD SPACE: the shorter is filled up with spaces
				x, y = fmt.Sprintf("%-40s", a), fmt.Sprintf("%-40s", b)
			}
			require.Equal(t, c.impl.Collate([]byte(x), []byte(y), false) == 0, same, "%s: %q %q", name, a, b)
		})
	}
}

// TestEveryKeyHasOneShard: whatever slots and pins say, as long as they compile, a key
// has a shard, the same in every spelling, and the shard owns the slot unless pinned.
func TestEveryKeyHasOneShard(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cuts := rapid.SliceOfNDistinct(rapid.IntRange(1, Slots-1), 0, 6, rapid.ID[int]).Draw(t, "cuts")
		tenants := rapid.SliceOfNDistinct(rapid.StringMatching(`[a-z0-9-]{1,12}`), 0, 4, rapid.ID[string]).Draw(t, "pins")
		c, problems := conf.Parse("p.yaml", []byte(slotsYAML(cuts, tenants)))
		require.NoError(t, problems.Err())
		r, problems := Compile(c, nil)
		require.NoError(t, problems.Err())
		table, _ := r.Table("t")
		d := table.Database
		for slot := range Slots {
			require.Less(t, int(d.Slots[slot]), len(d.Shards))
		}
		key := rapid.OneOf(rapid.String(), rapid.StringMatching(`[a-zA-Z0-9-]{0,70}`), rapid.SampledFrom(append(tenants, "x"))).Draw(t, "key")
		at, ok := r.Locate(table, text(key))
		require.True(t, ok)
		again, _ := r.Locate(table, text(key+" "))
		require.Equal(t, at, again)
		if isASCII(key) {
			upper, _ := r.Locate(table, text(strings.ToUpper(key)))
			require.Equal(t, at, upper)
		}
		if !at.Pinned {
			require.Same(t, d.Shards[d.Slots[at.Slot]], at.Shard)
		}
	})
}

func slotsYAML(cuts []int, tenants []string) string {
	var b strings.Builder
	b.WriteString("version: 1\ngroups: {g: {primary: '127.0.0.1:3307', user: u}}\ndatabases:\n  d:\n    shards:\n")
	owner := make([]int, Slots)
	for i, cut := range cuts {
		for s := cut; s < Slots; s++ {
			owner[s] = i + 1
		}
	}
	for i := range len(cuts) + 1 {
		fmt.Fprintf(&b, "      - {name: s%d, group: g, schema: d%d, slots: [", i, i)
		for s, o := range owner {
			if o == i {
				fmt.Fprintf(&b, "%d,", s)
			}
		}
		b.WriteString("]}\n")
	}
	b.WriteString("    tables: {t: {kind: sharded, key: k}}\npins:\n")
	for i, tenant := range tenants {
		fmt.Fprintf(&b, "  - {tenant: %q, shards: [s%d]}\n", tenant, i%(len(cuts)+1))
	}
	if len(tenants) == 0 {
		b.WriteString("  []\n")
	}
	return b.String()
}

func TestLocateDoesNotAllocate(t *testing.T) {
	r, table := compileKey(t, "varchar(64)", "utf8mb4_unicode_ci")
	for _, s := range []string{"", "3f2504e0-4f89-11d3-9a0c-0305e82c3301", strings.Repeat("x", 64)} {
		v := text(s)
		require.Zero(t, testing.AllocsPerRun(100, func() { r.Locate(table, v) }), s)
	}
	require.Zero(t, testing.AllocsPerRun(100, func() { r.Table("t") }))
}

func BenchmarkLocate(b *testing.B) {
	r, table := compileKey(b, "varchar(64)", "utf8mb4_unicode_ci")
	for _, s := range []string{"3f2504e0-4f89-11d3-9a0c-0305e82c3301", "租户一"} {
		v := text(s)
		b.Run(s, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r.Locate(table, v)
			}
		})
	}
}

// FuzzLocate: no value panics, and a key has one place however often it is asked.
func FuzzLocate(f *testing.F) {
	var made []*Table
	var rules []*Rules
	for _, k := range [][2]string{{"varchar(36)", "utf8mb4_unicode_ci"}, {"char(5)", "utf8mb4_0900_ai_ci"}, {"int", ""}, {"bigint unsigned", ""}, {"binary(16)", ""}, {"varchar(9)", "latin1_swedish_ci"}} {
		r, t := compileKey(f, k[0], k[1])
		made, rules = append(made, t), append(rules, r)
	}
	f.Add(uint8(5), int64(1), "abc", "latin1", "utf8mb4_bin")
	f.Fuzz(func(t *testing.T, kind uint8, i int64, s, charset, collation string) {
		v := value.Value{Kind: value.Kind(kind % 8), I: i, U: uint64(i), S: s, Charset: charset, Collation: collation}
		for n, table := range made {
			a, ok := rules[n].Locate(table, v)
			b, again := rules[n].Locate(table, v)
			require.Equal(t, ok, again)
			require.Equal(t, a, b)
			if ok {
				require.NotNil(t, a.Shard)
			}
			table.SameKey(v, table.Stored(v))
		}
	})
}

func TestStored(t *testing.T) {
	r, table := compileKey(t, "varchar(36)", "utf8mb4_unicode_ci")
	want, _ := r.Locate(table, text("12"))
	got, ok := r.Locate(table, table.Stored(value.Value{Kind: value.Int, I: 12}))
	require.True(t, ok)
	require.Equal(t, want, got)
	_, ok = r.Locate(table, table.Stored(value.Value{Kind: value.Float, S: "1.5"}))
	require.False(t, ok)
	long := strings.Repeat("\u00e9", 36)
	want, _ = r.Locate(table, text(long))
	for _, v := range []string{long, long + "\u00e9", long + strings.Repeat(" x", 40)} {
		got, ok = r.Locate(table, table.Stored(text(v)))
		require.True(t, ok)
		require.Equal(t, want, got)
	}
	_, ok = r.Locate(table, text(long+"x"))
	require.False(t, ok, "nothing in the column is equal to it")
}

// TestStoredChar: a CHAR column keeps no spaces at the end, also where they count.
func TestStoredChar(t *testing.T) {
	for _, collation := range []string{"utf8mb4_0900_ai_ci", "utf8mb4_unicode_ci"} {
		r, table := compileKey(t, "char(3)", collation)
		want, _ := r.Locate(table, text("ab"))
		for _, v := range []string{"ab ", "ab  ", "ab cd", "ab         x"} {
			got, ok := r.Locate(table, table.Stored(text(v)))
			require.True(t, ok)
			require.Equal(t, want, got, "%s %q", collation, v)
			got, ok = r.Locate(table, table.Kept(text(v)))
			require.True(t, ok)
			require.Equal(t, want, got, "%s %q", collation, v)
		}
	}
}

// TestSlotsAgree holds conf's idea of the last slot and ours together.
func TestSlotsAgree(t *testing.T) {
	var s conf.SlotRange
	require.NoError(t, s.UnmarshalText([]byte(fmt.Sprintf("0-%d", Slots-1))))
	require.Error(t, s.UnmarshalText([]byte(fmt.Sprint(Slots))))
}

// TestSaas compiles the customer's rules and finds the 98 tables.
func TestSaas(t *testing.T) {
	c, problems := conf.Read("../conf/saas.yaml")
	require.NoError(t, problems.Err())
	r, problems := Compile(c, nil)
	require.NoError(t, problems.Err())
	require.Len(t, r.tables, 98)
	require.Len(t, r.Databases, 6)
	quotas, ok := r.Table("SAAS_TENANT_QUOTAS")
	require.True(t, ok)
	at, ok := r.Locate(quotas, text("default-tenant"))
	require.True(t, ok)
	require.Equal(t, 2588, at.Slot)
	d, ok := r.Database("Saas_Unified_Core")
	require.True(t, ok)
	unlisted, ok := r.Unlisted(d)
	require.True(t, ok)
	require.Same(t, d.Shards[0], unlisted.Home)
	_, ok = r.Procedure(d, "not_listed")
	require.True(t, ok)
}

package plan

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/sluicedb/sluice/conf"
	"github.com/sluicedb/sluice/parser/value"
)

// TestShardSet holds the bit sets against maps, beyond the part that needs no heap.
func TestShardSet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		numbers := rapid.SliceOf(rapid.IntRange(0, 4095))
		xs, ys := numbers.Draw(t, "x"), numbers.Draw(t, "y")
		var x, y shardSet
		in := [2]map[int]bool{{}, {}}
		for _, i := range xs {
			x.add(i)
			in[0][i] = true
		}
		for _, i := range ys {
			y.add(i)
			in[1][i] = true
		}
		both, either := x, shardSet{}
		both.high = append([]uint64(nil), x.high...)
		both.and(y)
		either.or(x)
		either.or(y)
		nBoth, nEither := 0, 0
		for i := range 4096 {
			if in[0][i] && in[1][i] {
				nBoth++
			}
			if in[0][i] || in[1][i] {
				nEither++
			}
		}
		require.Equal(t, nBoth, both.count())
		require.Equal(t, nEither, either.count())
		last := -1
		either.each(func(i int) {
			if i <= last || !in[0][i] && !in[1][i] {
				t.Fatalf("%d after %d", i, last)
			}
			if last < 0 {
				require.Equal(t, i, either.first())
			}
			last = i
		})
	})
}

// TestSetsSimplify: nothing and everything disappear, a set of one is that one.
func TestSetsSimplify(t *testing.T) {
	a, b := Of(Source{Kind: FromLiteral, Index: 0}), Of(Source{Kind: FromParam, Index: 1})
	for _, tt := range []struct {
		set  *Set
		want string
	}{
		{Both(), "any"}, {Both(nil, nil), "any"}, {Both(a, nil), "literal 0"}, {Both(a, a), "literal 0"},
		{Both(a, None()), "none"}, {Union(), "none"}, {Union(a, None()), "literal 0"}, {Union(a, nil), "any"},
		{Union(a, b), "literal 0 or parameter 1"}, {Both(Union(a, b), a), "(literal 0 or parameter 1) and literal 0"},
		{Both(Both(a, b), b), "literal 0 and parameter 1"}, {Union(Union(a, b), b), "literal 0 or parameter 1"},
	} {
		require.Equal(t, tt.want, tt.set.String())
	}
	vs, ok := Union(a, b).Values()
	require.True(t, ok)
	require.Len(t, vs, 2)
	_, ok = Both(Located(0), nil).Values()
	require.False(t, ok)
}

// TestNegated: a minus sign belongs to the literal behind it, up to the ends of the
// integers.
func TestNegated(t *testing.T) {
	require.Equal(t, value.Value{Kind: value.Int, I: -5}, negated(value.Value{Kind: value.Int, I: 5}))
	require.Equal(t, value.Value{Kind: value.Int, I: -1 << 63}, negated(value.Value{Kind: value.Uint, U: 1 << 63}))
	require.Equal(t, value.Other, negated(value.Value{Kind: value.Uint, U: 1<<63 + 1}).Kind)
	require.Equal(t, value.Other, negated(value.Value{Kind: value.String, S: "5"}).Kind)
}

func TestDecisionPrints(t *testing.T) {
	d := Decision{Step: StepStatement, Key: "users.tenant_id", Source: "literal 0", Value: text("o'x"), Slot: 7, Shard: "core-1", Rule: conf.Pos{File: "r.yaml", Line: 3, Column: 5}}
	require.Equal(t, "statement: users.tenant_id = literal 0 'o''x', slot 7, r.yaml:3:5", d.String())
	b, err := json.Marshal(d)
	require.NoError(t, err)
	require.JSONEq(t, `{"step":"statement","key":"users.tenant_id","source":"literal 0","value":"'o''x'","slot":7,"shard":"core-1","rule":"r.yaml:3:5"}`, string(b))
}

// TestConstantsForProbes: a probe's constants mean the same under every sql_mode.
func TestConstantsForProbes(t *testing.T) {
	for _, tt := range []struct {
		v       value.Value
		charset string
		want    string
	}{
		{text("abc-1"), "", "'abc-1'"},
		{text(`a\b`), "", "_utf8mb4 x'615C62'"},
		{text("it's"), "latin1", "_latin1 x'69742773'"},
		{value.Value{Kind: value.String, S: "a", Charset: "gbk"}, "", "_gbk x'61'"},
		{value.Value{Kind: value.String, S: "a", Collation: "utf8mb4_bin"}, "", "'a' COLLATE utf8mb4_bin"},
		{value.Value{Kind: value.Binary, S: "\x00"}, "", "x'00'"},
		{value.Value{Kind: value.Int, I: -3}, "", "-3"},
		{value.Value{}, "", "NULL"},
	} {
		require.Equal(t, tt.want, string(appendValue(nil, tt.v, tt.charset)))
	}
}

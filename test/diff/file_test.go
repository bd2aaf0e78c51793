package diff

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/parser/wire"
)

func TestOrdered(t *testing.T) {
	for sql, want := range map[string]bool{
		"SELECT a FROM t ORDER BY a":                         true,
		"select a from t order\n by a limit 3":               true,
		"SELECT a FROM t":                                    false,
		"SELECT a FROM (SELECT a FROM t ORDER BY a) x":       false,
		"SELECT ROW_NUMBER() OVER (ORDER BY a) FROM t":       false,
		"SELECT GROUP_CONCAT(a ORDER BY a) FROM t":           false,
		"SELECT 'order by', \"order by\", `order by` FROM t": false,
		"SELECT 'it\\'s' FROM t ORDER BY a":                  true,
		"SELECT a FROM t /* order by a */":                   false,
		"SELECT a FROM t -- order by a":                      false,
		"SELECT a FROM t # order by a\n ORDER BY b":          true,
		"(SELECT a FROM t ORDER BY a) UNION (SELECT 1)":      false,
		"SHOW TABLES": true,
		"DESC t":      true,
		"WITH x AS (SELECT 1) SELECT * FROM x ORDER BY 1": true,
		"SELECT border BY FROM t":                         false,
		"SELECT a FROM t WHERE b = 'unclosed":             false,
		"":                                                false,
		"SELECT a FROM t GROUP BY a WITH ROLLUP ORDER BY GROUPING(a)": true,
	} {
		require.Equal(t, want, ordered(sql), sql)
	}
}

func TestParams(t *testing.T) {
	for text, want := range map[string]Param{
		"'it''s, so'":                         {Type: wire.ParamType{Type: wire.TypeVarString}, Value: []byte("\x08it's, so")},
		"NULL":                                {Type: wire.ParamType{Type: wire.TypeNull}},
		"-2":                                  {Type: wire.ParamType{Type: wire.TypeLongLong}, Value: []byte{0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}},
		"tiny -1":                             {Type: wire.ParamType{Type: wire.TypeTiny}, Value: []byte{0xff}},
		"usmall 65535":                        {Type: wire.ParamType{Type: wire.TypeShort, Unsigned: true}, Value: []byte{0xff, 0xff}},
		"double 1":                            {Type: wire.ParamType{Type: wire.TypeDouble}, Value: []byte{0, 0, 0, 0, 0, 0, 0xf0, 0x3f}},
		"blob 00ff":                           {Type: wire.ParamType{Type: wire.TypeBlob}, Value: []byte{2, 0, 0xff}},
		"long 'ahead'":                        {Type: wire.ParamType{Type: wire.TypeBlob}, Long: []byte("ahead")},
		"date 2026-01-02":                     {Type: wire.ParamType{Type: wire.TypeDate}, Value: []byte{4, 0xea, 7, 1, 2}},
		"datetime 2026-01-02 03:04:05.000001": {Type: wire.ParamType{Type: wire.TypeDatetime}, Value: []byte{11, 0xea, 7, 1, 2, 3, 4, 5, 1, 0, 0, 0}},
		"time -25:01:02":                      {Type: wire.ParamType{Type: wire.TypeTime}, Value: []byte{8, 1, 1, 0, 0, 0, 1, 1, 2}},
	} {
		got, err := Params(text)
		require.NoError(t, err, text)
		require.Equal(t, []Param{want}, got, text)
	}
	got, err := Params("'a', 1, NULL")
	require.NoError(t, err)
	require.Len(t, got, 3)
	for _, text := range []string{"nonsense 1", "tiny x", "blob zz", "date 1", "time x", ""} {
		_, err := Params(text)
		require.Error(t, err, text)
	}
}

func TestRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "case.sql")
	read := func(text string) (*File, error) {
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return Read(path)
	}
	f, err := read("-- about: why\n-- shards: 4\nSELECT 1;\n-- session: b\n-- refuse: 1235\n-- params: 1\n-- params: 2\nSELECT\n  ?;\n\nSELECT 2;\n")
	require.NoError(t, err)
	require.Equal(t, 4, f.Shards)
	require.Equal(t, "why", f.About)
	require.Len(t, f.Steps, 3)
	require.Equal(t, Step{Line: 3, SQL: "SELECT 1"}, f.Steps[0])
	require.Equal(t, "SELECT\n  ?", f.Steps[1].SQL)
	require.Equal(t, 8, f.Steps[1].Line)
	require.Equal(t, "b", f.Steps[1].Session)
	require.Equal(t, uint16(1235), f.Steps[1].Refuse)
	require.Len(t, f.Steps[1].Params, 2)
	require.Equal(t, Step{Line: 11, SQL: "SELECT 2", Session: "b"}, f.Steps[2])
	for text, want := range map[string]string{
		"SELECT 1;\n":                          "the first line must be",
		"-- about: x\n":                        "no statements",
		"-- about: x\nSELECT 1\n":              "does not end",
		"-- about: x\n-- nonsense\nSELECT 1;":  "unknown directive",
		"-- about: x\n-- params: x\nSELECT 1;": "parameter x",
	} {
		_, err := read(text)
		require.ErrorContains(t, err, want)
	}
}

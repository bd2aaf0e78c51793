package conf

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var rewrite = flag.Bool("rewrite", false, "write the golden files anew")

// TestGolden runs testdata/*.txt: blocks of a name, a configuration, "----" and the
// problems that are reported. Lines of '#' between blocks are comments.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) { golden(t, file) })
	}
}

func golden(t *testing.T, file string) {
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	var out strings.Builder
	in := bufio.NewScanner(strings.NewReader(string(data)))
	for in.Scan() {
		line := in.Text()
		if line == "" || strings.HasPrefix(line, "#") {
			out.WriteString(line + "\n")
			continue
		}
		require.Equal(t, "config", line)
		var input strings.Builder
		for in.Scan() && in.Text() != "----" {
			input.WriteString(in.Text() + "\n")
		}
		for in.Scan() && in.Text() != "" { // the old result
		}
		_, problems := Parse("saas.yaml", []byte(input.String()))
		fmt.Fprintf(&out, "%s\n%s----\n%s\n", line, input.String(), problems)
	}
	got := strings.TrimRight(out.String(), "\n") + "\n"
	if *rewrite {
		require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
		return
	}
	require.Equal(t, string(data), got)
}

// TestExampleIsComplete: example.yaml has every key of the tree, and is right.
func TestExampleIsComplete(t *testing.T) {
	c, problems := Read("example.yaml")
	require.Empty(t, problems)
	for key := range keysOf("", reflect.TypeFor[Config]()) {
		require.True(t, hasKey(c, key), "example.yaml has no %s", key)
	}
	require.NotEmpty(t, c.Files)
}

// hasKey says whether the file has the key in any list element or named part.
func hasKey(c *Config, key string) bool {
	pattern := regexp.QuoteMeta(key)
	pattern = strings.ReplaceAll(pattern, `\[\]`, `\[\d+\]`)
	pattern = strings.ReplaceAll(pattern, `\*`, `[^.\[\]]+`)
	is := regexp.MustCompile("^" + pattern + "$")
	for path := range c.places {
		if is.MatchString(path) {
			return true
		}
	}
	return false
}

// keysOf lists the keys of a type, "users[].name" and "groups.*.primary", with their
// tags.
func keysOf(prefix string, t reflect.Type) map[string]field {
	out := map[string]field{}
	for _, f := range fieldsOf(t) {
		path := strings.TrimPrefix(prefix+"."+f.key, ".")
		out[path] = f
		inner := f.Type
		if inner.Kind() == reflect.Slice && inner.Elem().Kind() == reflect.Pointer {
			inner = inner.Elem()
			path += map[bool]string{true: ".*", false: "[]"}[nameField(inner.Elem()) >= 0]
		}
		if inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		if inner.Kind() == reflect.Struct && !isScalar(reflect.New(inner).Elem()) {
			for k, v := range keysOf(path, inner) {
				out[k] = v
			}
		}
	}
	return out
}

// TestTagsAreRight reads every bound and check that the tags name, so that none can
// panic or be forgotten at run time.
func TestTagsAreRight(t *testing.T) {
	for key, f := range keysOf("", reflect.TypeFor[Config]()) {
		v := reflect.New(f.Type).Elem()
		if bounds := f.Tag.Get("range"); bounds != "" {
			low, high, ok := strings.Cut(bounds, "..")
			require.True(t, ok, key)
			for _, b := range []string{low, high} {
				if b != "" {
					bound(v, b)
				}
			}
		}
		require.Contains(t, []string{"", "address", "name", "identifier", "offset"}, f.Tag.Get("form"), key)
		require.Contains(t, []string{"", "restart", "live"}, f.Tag.Get("reload"), key)
		require.Contains(t, []string{"", "yes"}, f.Tag.Get("need"), key)
	}
}

// TestDefaultsPassTheirOwnChecks: what defaults fills could also be written.
func TestDefaultsPassTheirOwnChecks(t *testing.T) {
	c, problems := Parse("d.yaml", []byte("version: 1\ngroups: {g: {primary: 'a:1', user: u}}\ndatabases: {d: {shards: [{name: s, group: g}]}}"))
	require.Empty(t, problems)
	for _, part := range []any{c.Limits, c.Log, *c.Groups[0], c.Groups[0].Pool, *c.Listen[0]} {
		v := reflect.ValueOf(part)
		for _, f := range fieldsOf(v.Type()) {
			if f.Tag.Get("range") != "" || f.Tag.Get("one") != "" {
				require.Empty(t, checkTag(v.FieldByIndex(f.Index), f.Tag), f.key)
			}
		}
	}
	require.Equal(t, 8*time.Hour, c.Limits.IdleClient)
	require.Equal(t, "127.0.0.1:3306", c.Listen[0].Address)
}

// copyExample puts the example into a folder with all the files that it names.
func copyExample(t *testing.T) string {
	dir := t.TempDir()
	example, err := os.ReadFile("example.yaml")
	require.NoError(t, err)
	for name, text := range map[string]string{
		"example.yaml": string(example), "schema/a.sql": "", "secrets/g1": "from-a-file\r\nignored",
		"tls/server.pem": "", "tls/server.key": "", "tls/ca.pem": "",
	} {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	return filepath.Join(dir, "example.yaml")
}

func TestLoadResolvesSecrets(t *testing.T) {
	t.Setenv("SLUICE_G0_PASSWORD", "from-the-environment")
	t.Setenv("SLUICE_REDIS_PASSWORD", "from-the-environment too")
	t.Setenv("SLUICE_SENTINEL_PASSWORD", "from-the-environment too")
	file := copyExample(t)
	c, problems := Load(file)
	require.Empty(t, problems)
	require.Equal(t, "from-the-environment", c.Groups[0].Password.Reveal())
	require.Equal(t, "from-a-file", c.Groups[1].Password.Reveal())
	require.Equal(t, "discouraged", c.Groups[2].Password.Reveal())
	require.Equal(t, "from-the-environment too", c.Cache.Redis.Password.Reveal())
}

func TestLoadReportsWhatIsNotThere(t *testing.T) {
	file := copyExample(t)
	for _, name := range []string{"tls/ca.pem", "tls/server.key", "secrets/g1", "schema/a.sql"} {
		require.NoError(t, os.Remove(filepath.Join(filepath.Dir(file), name)))
	}
	c, problems := Read(file)
	require.Equal(t, "schema[0]: \"schema/*.sql\": no such file; the pattern counts from the folder of this file\n", withoutPlaces(problems))
	require.False(t, c.Groups[0].Password.Given())
	require.Equal(t, `listen[1].tls.key: tls/server.key: no such file or directory
listen[1].tls.client_ca: tls/ca.pem: no such file or directory
groups.g0.password_env: the environment has no SLUICE_G0_PASSWORD; export it
groups.g0.tls_ca: tls/ca.pem: no such file or directory
groups.g1.password_file: secrets/g1: no such file or directory
cache.redis.password_env: the environment has no SLUICE_REDIS_PASSWORD; export it
cache.redis.sentinel_password_env: the environment has no SLUICE_SENTINEL_PASSWORD; export it
cache.redis.tls_ca: tls/ca.pem: no such file or directory
relay.redis.password_env: the environment has no SLUICE_REDIS_PASSWORD; export it
`, withoutPlaces(c.Resolve(func(string) (string, bool) { return "", false })))
}

func withoutPlaces(ps Problems) string {
	for i := range ps {
		ps[i].Pos = Pos{}
	}
	return ps.String()
}

func TestLoadOfAMissingFile(t *testing.T) {
	c, problems := Load("testdata/none.yaml")
	require.NotNil(t, c)
	require.EqualError(t, problems.Err(), "testdata/none.yaml: cannot be read: no such file or directory")
}

func TestSchemaPatterns(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"b.sql", "a.sql", "c.txt"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), nil, 0o600))
	}
	file := filepath.Join(dir, "s.yaml")
	require.NoError(t, os.WriteFile(file, []byte("version: 1\ngroups: {g: {primary: 'a:1', user: u}}\ndatabases: {d: {shards: [{name: s, group: g}]}}\nschema: ['*.sql', a.sql, x.sql]\n"), 0o600))
	c, problems := Read(file)
	require.Equal(t, []string{filepath.Join(dir, "a.sql"), filepath.Join(dir, "b.sql")}, c.Files)
	require.Equal(t, file+":4:26: schema[2]: \"x.sql\": no such file; the pattern counts from the folder of this file\n", problems.String())
}

// TestSecretsNeverPrint prints a whole configuration in every way there is.
func TestSecretsNeverPrint(t *testing.T) {
	t.Setenv("SLUICE_G0_PASSWORD", "from-the-environment")
	t.Setenv("SLUICE_REDIS_PASSWORD", "from-the-environment too")
	t.Setenv("SLUICE_SENTINEL_PASSWORD", "from-the-environment too")
	c, problems := Load(copyExample(t))
	require.Empty(t, problems)
	hidden := struct{ inner Secret }{NewSecret("from-inside")}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "secret", c.Groups[0].Password, "group", c.Groups[0], "hidden", hidden)
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "secret", c.Groups[0].Password, "group", c.Groups[0])
	text, err := json.Marshal(c)
	require.NoError(t, err)
	log.Write(text)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		for _, x := range []any{*c.Groups[0], c.Groups, *c.Users[1], c.Groups[0].Password, &c.Groups[0].Password, hidden} {
			fmt.Fprintf(&log, verb, x)
		}
	}
	for _, secret := range []string{"from-the-environment", "from-a-file", "discouraged", "from-inside", "1c8bfe8f"} {
		require.NotContains(t, log.String(), secret)
		require.NotContains(t, log.String(), fmt.Sprintf("%x", secret))
	}
	require.Contains(t, log.String(), "secret=***")
	require.True(t, NewSecret("a").Equal(NewSecret("a")))
	require.False(t, NewSecret("").Equal(Secret{}))
}

func TestNeedsRestart(t *testing.T) {
	read := func() *Config {
		c, problems := Read("example.yaml")
		require.Empty(t, problems)
		return c
	}
	tests := []struct {
		about  string
		change func(c *Config)
		want   []string
	}{
		{"nothing", func(*Config) {}, nil},
		{"limits, users, pins", func(c *Config) {
			c.Limits.Slow, c.Users, c.Pins = 0, nil, nil
			c.Listen[0].MaxConnections = 5
			c.Listen[1].TLS.Cert = "other"
			c.Log.Level = "debug"
		}, nil},
		{"places", func(c *Config) { c.Listen[0].Pos.Line, c.Admin.Path = 99, "x" }, nil},
		{"the logical database", func(c *Config) { c.Database = "x" }, []string{"database"}},
		{"an address", func(c *Config) { c.Listen[1].Address, c.Admin.Address = "a:1", "b:1" }, []string{"listen[1].address", "admin.address"}},
		{"one listener less", func(c *Config) { c.Listen = c.Listen[:1] }, []string{"listen"}},
		{"PROXY and log format", func(c *Config) { c.Listen[0].ProxyProtocol, c.Log.Format = true, "json" }, []string{"listen[0].proxy_protocol", "log.format"}},
	}
	for _, test := range tests {
		t.Run(test.about, func(t *testing.T) {
			c := read()
			test.change(c)
			require.Equal(t, test.want, NeedsRestart(read(), c))
		})
	}
}

func TestParseHash(t *testing.T) {
	const crypt = "$A$005$" + "abcdefghijklmnopqrs\x01" + "0123456789012345678901234567890123456789./A"
	tests := []struct {
		text string
		ok   bool
	}{
		{"*6BB4837EB74329105EE4568DDA7DC67ED2CA2AD9", true},
		{"*6BB4", false},
		{"sha256:1c8bfe8f801d79745c4631d09fff36c82aa37fc4cce4fc946683d7b336b63032", true},
		{"sha256:1c8bfe8f", false},
		{crypt, true},
		{fmt.Sprintf("0x%X", crypt), true},
		{"0x12", false},
		{"0xzz", false},
		{crypt[:69], false},
		{strings.Replace(crypt, "$005$", "$00g$", 1), false},
		{"secret", false},
		{"", false},
	}
	for _, test := range tests {
		h, err := ParseHash(test.text)
		require.Equal(t, test.ok, err == nil, test.text)
		if err != nil && test.text != "" {
			require.NotContains(t, err.Error(), test.text)
		}
		_ = h.Plugin()
	}
	h, err := ParseHash(crypt)
	require.NoError(t, err)
	require.Equal(t, &Crypt{Salt: "abcdefghijklmnopqrs\x01", Digest: "0123456789012345678901234567890123456789./A", Rounds: 5000}, h.Crypt)
}

func TestNearest(t *testing.T) {
	tests := []struct{ word, want string }{
		{"max_idel", "max_idle"}, {"maxidle", "max_idle"}, {"MAX_IDLE", "max_idle"}, {"zzz", ""}, {"x", ""}, {"", ""},
	}
	for _, test := range tests {
		got, ok := Nearest(test.word, []string{"min", "max_idle", "wait"})
		if !ok {
			got = ""
		}
		require.Equal(t, test.want, got, test.word)
	}
}

func TestAt(t *testing.T) {
	c, _ := Read("example.yaml")
	require.Equal(t, c.At("groups.g0.pool"), c.At("groups.g0.pool.no_such_key"))
	require.Equal(t, c.At("databases"), c.At("databases.x.shards[7].slots[1]"))
	require.Equal(t, "example.yaml", c.At("nothing").File)
}

// FuzzParse: whatever the text, there is a Config, no panic, and problems that stand in
// the file.
func FuzzParse(f *testing.F) {
	for _, name := range []string{"example.yaml", "saas.yaml"} {
		data, err := os.ReadFile(name)
		require.NoError(f, err)
		f.Add(data)
	}
	files, err := filepath.Glob("testdata/*.txt")
	require.NoError(f, err)
	for _, name := range files {
		data, err := os.ReadFile(name)
		require.NoError(f, err)
		for block := range strings.SplitSeq(string(data), "config\n") {
			text, _, _ := strings.Cut(block, "----")
			f.Add([]byte(text))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, problems := Parse("f.yaml", data)
		require.NotNil(t, c)
		for _, p := range problems {
			require.Equal(t, "f.yaml", p.Pos.File)
			require.NotEmpty(t, p.Text)
		}
		_ = problems.Err()
	})
}

package clients

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// mariadb is MariaDB's client: it keeps the EOF packets that MySQL's clients have given
// up, and sends other questions when it starts.
func (b *bed) mariadb(t *testing.T) {
	path := program(t, "apt-get install mariadb-client", "mariadb")
	dump := program(t, "apt-get install mariadb-client", "mariadb-dump", "mysqldump")
	for name, flags := range map[string][]string{
		"plain": {"--skip-ssl"}, "TLS": {"--ssl"}, "compressed": {"--compress"}, "table": {"-t", "--show-warnings", "-vv"},
	} {
		t.Run(name, func(t *testing.T) {
			b.both(t, func(t *testing.T, w target) string {
				return run{path: path, args: w.flags(append(flags, "--default-character-set=utf8mb4", "--force", "shop")...), stdin: basics}.on(t, w)
			})
		})
	}
	t.Run("interactive", func(t *testing.T) {
		b.both(t, func(t *testing.T, w target) string {
			out := typed(t, w, path, w.flags("--prompt=\\d> ", "--skip-progress-reports", "shop"), []string{
				"create table t (id int, word varchar(5));", "insert into t values (1, 'a');", "select * from t\\G", "\\s", "\\u copy", "\\u nosuch", "rehash", "quit",
			})
			return varying.ReplaceAllString(out, "$1")
		})
	})
	t.Run("script", func(t *testing.T) {
		b.both(t, func(t *testing.T, w target) string {
			return run{path: path, args: w.flags("--default-character-set=utf8mb4", "shop"), stdin: programs + "CALL pr(10, @m); SELECT @m, fn(4);"}.on(t, w)
		})
	})
	t.Run("dump", func(t *testing.T) {
		b.both(t, func(t *testing.T, w target) string {
			run{path: path, args: w.flags("--default-character-set=utf8mb4", "shop"), stdin: programs}.on(t, w)
			return run{path: dump, args: w.flags("--skip-dump-date", "--routines", "--single-transaction", "shop")}.on(t, w)
		})
	})
}

func (b *bed) mysqladmin(t *testing.T) {
	path := b.client(t, "mysqladmin")
	b.both(t, func(t *testing.T, w target) string {
		out := ""
		for _, command := range []string{"ping", "status", "version", "processlist", "variables", "extended-status"} {
			got := run{path: path, args: w.flags(command)}.on(t, w)
			require.Contains(t, got, "exit status 0", "mysqladmin %s", command)
			switch command {
			case "ping":
				out += got
			case "status", "version":
				out += regexp.MustCompile(`\d+`).ReplaceAllString(got, "N")
			case "processlist": // sessions differ; the columns do not
				require.Regexp(t, `\| app +\|`, got)
				out += strings.Join(strings.Fields(regexp.MustCompile(`\| Id .*Info`).FindString(got)), " ")
			}
		}
		return out
	})
	t.Run("refused", func(t *testing.T) { // it would reach one server of several
		for _, command := range []string{"create other", "shutdown", "flush-logs"} {
			got := run{path: path, args: b.sluice.flags(strings.Fields(command)...), fails: true}.on(t, b.sluice)
			require.Contains(t, got, "exit status 1")
			require.NotContains(t, got, "/tmp/")
		}
	})
}

// mysqldump dumps a database through Sluice as it does from a server, and restores it.
func (b *bed) mysqldump(t *testing.T) {
	path, client := b.client(t, "mysqldump"), b.client(t, "mysql")
	fill := func(t *testing.T, w target) {
		run{path: client, args: w.flags("shop"), stdin: programs}.on(t, w)
	}
	whole := []string{"--set-gtid-purged=OFF", "--routines", "--triggers", "--events", "--single-transaction", "--hex-blob", "--skip-dump-date"}
	for name, flags := range map[string][]string{
		"whole":          whole,
		"default":        {"--skip-dump-date"},
		"no tablespaces": {"--set-gtid-purged=OFF", "--skip-dump-date", "--no-tablespaces", "--complete-insert", "--skip-extended-insert", "--order-by-primary", "--skip-opt", "--compact"},
		"auto":           {"--set-gtid-purged=AUTO", "--skip-dump-date"},
	} {
		t.Run(name, func(t *testing.T) {
			b.both(t, func(t *testing.T, w target) string {
				fill(t, w)
				return numbers.ReplaceAllString(run{path: path, args: w.flags(append(flags, "shop")...)}.on(t, w), "$1 N")
			})
		})
	}
	t.Run("where, some tables", func(t *testing.T) {
		b.both(t, func(t *testing.T, w target) string {
			fill(t, w)
			return run{path: path, args: w.flags("--set-gtid-purged=OFF", "--skip-dump-date", "--no-create-info", "--where=id > 1", "shop", "child", "parent")}.on(t, w)
		})
	})
	t.Run("restore", func(t *testing.T) {
		b.both(t, func(t *testing.T, w target) string {
			fill(t, w)
			dump := run{path: path, args: w.flags(append(whole, "shop")...)}.on(t, w)
			dump, _, _ = strings.Cut(dump, "\n--- complaints")
			run{path: client, args: w.flags("copy"), stdin: dump}.on(t, w)
			return dump + run{path: client, args: w.flags("copy", "-t"), stdin: `CHECKSUM TABLE parent, child, log; SELECT * FROM v ORDER BY name, note; CALL pr(10, @m); SELECT @m, fn(4);
INSERT INTO child (parent_id) VALUES (2); SELECT * FROM log;`}.on(t, w)
		})
	})
	t.Run("into GTIDs", func(t *testing.T) { // a dump with GTIDs cannot be restored, and the error says what to do
		b.fresh(t)
		out := run{path: client, args: b.sluice.flags("shop"), stdin: "SET @@SESSION.SQL_LOG_BIN= 0;\nSET @@GLOBAL.GTID_PURGED=/*!80000 '+'*/ '';"}.on(t, b.sluice)
		require.Contains(t, out, "--set-gtid-purged=OFF")
	})
}

var numbers = regexp.MustCompile(`(GTID_PURGED=/\*!80000 '\+'\*/ ').*`)

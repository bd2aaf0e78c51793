package clients

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// script runs a program of testdata with an interpreter, on both ways.
func (b *bed) script(t *testing.T, interpreter, file string, args ...string) {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("testdata", file))
	require.NoError(t, err)
	b.both(t, func(t *testing.T, w target) string {
		csv := filepath.Join(t.TempDir(), "rows.csv")
		require.NoError(t, os.WriteFile(csv, []byte("1,one\n2,two\n"), 0o600))
		return run{path: interpreter, args: append([]string{path}, args...), env: []string{"CSV=" + csv}}.on(t, w)
	})
}

// installed fails the test if a trial of the interpreter does not succeed.
func installed(t *testing.T, remedy, interpreter string, trial ...string) {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), interpreter, trial...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s\nremedy: %s", err, out, remedy)
	}
}

// mysql2 is the driver of Node.js. It is looked for where NODE_PATH says, else under
// the cache folder of the test servers.
func (b *bed) mysql2(t *testing.T) {
	node := program(t, "apt-get install nodejs npm", "node")
	dir := modules(t)
	installed(t, "npm install --prefix "+dir+" mysql2@3", node, "-e", "require('module').createRequire('"+dir+"/node_modules/')('mysql2')")
	t.Setenv("NODE_MODULES", dir+"/node_modules")
	b.script(t, node, "node.mjs")
}

func modules(t *testing.T) string {
	t.Helper()
	if dir := os.Getenv("NODE_PATH"); dir != "" {
		return filepath.Dir(dir)
	}
	cache, err := os.UserCacheDir()
	require.NoError(t, err)
	return filepath.Join(cache, "sluice", "node")
}

func (b *bed) pymysql(t *testing.T) {
	const remedy = "apt-get install python3-pymysql"
	python := "/usr/bin/python3" // Debian's own, which has Debian's modules
	if _, err := os.Stat(python); err != nil {
		python = program(t, remedy, "python3")
	}
	installed(t, remedy, python, "-c", "import pymysql, cryptography")
	b.script(t, python, "python.py")
}

func (b *bed) php(t *testing.T) {
	const remedy = "apt-get install php-cli php-mysql"
	php := program(t, remedy, "php")
	installed(t, remedy, php, "-r", "exit(extension_loaded('pdo_mysql') && extension_loaded('mysqli') ? 0 : 1);")
	b.script(t, php, "pdo.php")
}

func (b *bed) dbi(t *testing.T) {
	perl := program(t, "apt-get install perl", "perl")
	for driver, remedy := range map[string]string{"mysql": "apt-get install libdbd-mysql-perl", "MariaDB": "apt-get install libdbd-mariadb-perl"} {
		t.Run(driver, func(t *testing.T) {
			installed(t, remedy, perl, "-MDBD::"+driver, "-e", "1")
			b.script(t, perl, "dbi.pl", driver)
		})
	}
}

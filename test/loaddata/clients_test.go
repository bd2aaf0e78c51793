package loaddata

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/test/mysqltest"
	"github.com/sluicedb/sluice/test/spread"
)

// TestClient loads a file with MySQL's own client, plain and compressed.
func TestClient(t *testing.T) {
	found, err := mysqltest.Find(t.Context())
	require.NoError(t, err)
	client, err := found.Client("mysql")
	require.NoError(t, err)
	bed := spread.Start(t, 2)
	s := schema(t)
	addrs := []string{bed.Plain(t, s), bed.Sluice(t, s, spread.Layout{Shards: 4})}
	file := filepath.Join(t.TempDir(), "people.txt")
	require.NoError(t, os.WriteFile(file, append([]byte("id\n"), lines(20000)...), 0o600))
	for _, compression := range []string{"uncompressed", "zlib", "zstd"} {
		var out [2]string
		for i, addr := range addrs {
			host, port, err := net.SplitHostPort(addr)
			require.NoError(t, err)
			cmd := exec.CommandContext(t.Context(), client, "--no-defaults", "-h"+host, "-P"+port, "-uapp", "--local-infile", "--compression-algorithms="+compression, "-vv", "saas", "-e",
				"LOAD DATA LOCAL INFILE '"+file+"' REPLACE INTO TABLE people FIELDS TERMINATED BY ',' IGNORE 1 LINES (id, tenant_id, name); SELECT COUNT(*), SUM(id) FROM people;"+
					"LOAD DATA LOCAL INFILE '/nosuch' INTO TABLE people; SELECT 1")
			said, _ := cmd.CombinedOutput() // the last file cannot be read
			out[i] = took.ReplaceAllString(string(said), "")
		}
		require.Equal(t, out[0], out[1], compression)
		require.Contains(t, out[1], "Records: 20000")
	}
}

var took = regexp.MustCompile(` \([\d.]+ (sec|min [\d.]+ sec)\)`)

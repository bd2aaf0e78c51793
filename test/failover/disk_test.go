package failover

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/test/mysqltest"
	"github.com/sluicedb/sluice/test/sluicetest"
)

// TestFullDisk fills the disk of the primary. MySQL lets writes wait then, and answers
// reads; after a while it mostly ends itself, and is replaced like any that dies. One that
// goes on waiting is left alone until somebody has made room.
func TestFullDisk(t *testing.T) {
	w := &world{T: t, dir: sluicetest.Memory(t), group: owned}
	w.addServerIn(smallDisk(t), semiSync, false)
	w.addServer(semiSync, false)
	w.addServer(semiSync, false)
	w.make()
	w.replicate()
	w.launch()
	w.launch()
	r := w.begin("d", 20)
	full := fill(t, w.servers[0].Dir)
	time.Sleep(2 * time.Second)
	stuck := time.Now()
	c, err := w.connect(w.procs[0])
	require.NoError(t, err)
	defer c.Close()
	_, err = c.Query("SELECT COUNT(*) FROM t WHERE tenant_id = 'a' /* sluice:consistency=strong */")
	require.NoError(t, err)
	for w.primary(w.procs[0]) == 0 && time.Since(stuck) < 90*time.Second {
		time.Sleep(100 * time.Millisecond)
	}
	replaced := w.primary(w.procs[0]) != 0
	t.Logf("replaced: %v, after %v", replaced, time.Since(stuck))
	if !replaced {
		require.NoError(t, os.Remove(full))
	}
	primary := r.goesOn(replaced)
	r.end(primary)
	if replaced {
		require.NoError(t, os.Remove(full))
		w.servers[0].Ends()
		w.restart(0)
		r.comesBack(primary)
	}
	w.healthy(primary)
	r.end(0, 1, 2)
	r.summary("")
}

// TestSlowDisk lets the disk of the primary take half a second for each sync, and then ten:
// it answers, so nobody replaces it, reads go on, and what is written is written late. Even a
// question that writes nothing may have to wait for a sync or two, once in a while.
func TestSlowDisk(t *testing.T) {
	w := &world{T: t, dir: sluicetest.Memory(t), group: ", failover: {own: true, after: 4s}"}
	library, speed := filepath.Join(w.dir, "slowsync.so"), filepath.Join(w.dir, "speed")
	out, err := exec.CommandContext(t.Context(), "cc", "-shared", "-fPIC", "-o", library, "testdata/slowsync.c", "-ldl").CombinedOutput()
	require.NoError(t, err, "a slow disk needs a C compiler: %s", out)
	syncs := func(milliseconds string) { require.NoError(t, os.WriteFile(speed, []byte(milliseconds), 0o600)) }
	syncs("0")
	w.servers = append(w.servers, mysqltest.Start(t, mysqltest.Options{
		Dir: w.dir, Durable: true, Flags: semiSync, Env: []string{"LD_PRELOAD=" + library, "SLOW_SYNC=" + speed},
	}))
	w.addServer(semiSync, false)
	w.addServer(semiSync, false)
	w.make()
	w.replicate()
	p := w.launch()
	w.launch()
	r := w.begin("s", 20)

	syncs("500")
	time.Sleep(time.Second)
	from := time.Now()
	time.Sleep(8 * time.Second)
	some := r.books.since(from)
	require.Positive(t, some, "nobody can write")
	require.Less(t, some, 20*8*4, "the disk is not slow")

	syncs("10000")
	time.Sleep(time.Second)
	c, err := w.connect(p)
	require.NoError(t, err)
	defer c.Close()
	for range 10 {
		_, err = c.Query("SELECT COUNT(*) FROM t WHERE tenant_id = 'a' AND id = 'x' /* sluice:consistency=strong */")
		require.NoError(t, err)
		time.Sleep(time.Second)
	}
	syncs("0")
	require.Zero(t, r.goesOn(false))
	r.end(0)
	w.healthy(0)
	r.end(1, 2)
	r.summary("")
	require.Empty(t, r.books.errors)
	for _, p := range w.procs {
		g, err := p.topology(t.Context())
		require.NoError(t, err)
		require.Empty(t, g.Events, "somebody was to be promoted")
	}
}

// smallDisk is a file system of its own.
func smallDisk(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	out, err := exec.CommandContext(t.Context(), "mount", "-t", "tmpfs", "-o", "size=800m", "none", dir).CombinedOutput()
	require.NoError(t, err, "a small disk needs the right to mount one, as root has it: %s", out)
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	return dir
}

// fill writes a file that takes all the space there is, and returns its path.
func fill(t *testing.T, dir string) string {
	t.Helper()
	file := filepath.Join(dir, "full")
	f, err := os.Create(file)
	require.NoError(t, err)
	defer f.Close()
	_, err = io.Copy(f, zeros{})
	require.True(t, errors.Is(err, syscall.ENOSPC), "%v", err)
	return file
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

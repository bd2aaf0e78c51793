package failover

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/proxy"
	"github.com/sluicedb/sluice/test/diff"
	"github.com/sluicedb/sluice/test/mysqltest"
	"github.com/sluicedb/sluice/test/sluicetest"
)

// world is one replicated group, the Sluice processes in front of it, and what connects
// them.
type world struct {
	*testing.T
	dir     string
	binary  string
	servers []*mysqltest.Server
	links   []*link // to each server; all go through them. None: they connect directly
	redis   *link   // to the Redis by which Sluices share what they keep; nil: they keep nothing
	procs   []*process
	group   string // what the rules say of the group besides its servers
	reports int    // the server that is for reports; 0: none is
	silent  int    // how many servers acknowledge nothing
	unnamed int    // how many of the last servers the next Sluice is not told of
	hold    string // how long statements wait for a primary; empty: 30s
}

// semiSync makes every commit wait, for ever, until a replica has it.
var semiSync = []string{
	"--plugin-load-add=semisync_source.so", "--plugin-load-add=semisync_replica.so", "--plugin-load-add=mysql_clone.so",
	"--rpl-semi-sync-replica-enabled=ON", "--rpl-semi-sync-source-wait-point=AFTER_SYNC",
	"--rpl-semi-sync-source-timeout=4294967295", "--rpl-semi-sync-source-wait-no-replica=ON", "--replica-net-timeout=5",
	"--max-connections=1000",
}

// owned says that Sluice replaces primaries, with the default times.
const owned = ", failover: {own: true}"

const definition = "CREATE TABLE t (id VARCHAR(36) NOT NULL PRIMARY KEY, tenant_id VARCHAR(36) NOT NULL, v INT NOT NULL DEFAULT 0, at INT NOT NULL DEFAULT 0) COLLATE utf8mb4_unicode_ci"

// newWorld starts n servers, the first of them the primary of the others.
func newWorld(t *testing.T, n int, linked bool, flags []string, group string) *world {
	t.Helper()
	w := &world{T: t, dir: sluicetest.Memory(t), group: group}
	for range n {
		w.addServer(flags, linked)
	}
	for i := range n {
		w.known(i)
	}
	w.make()
	return w
}

// make writes what Sluice needs to know.
func (w *world) make() {
	w.Helper()
	w.binary = sluicetest.Build(w.T, w.dir)
	require.NoError(w, os.WriteFile(filepath.Join(w.dir, "t.sql"), []byte(definition+";"), 0o600))
}

func (w *world) addServer(flags []string, linked bool) {
	w.Helper()
	w.addServerIn(w.dir, flags, linked)
}

func (w *world) addServerIn(dir string, flags []string, linked bool) {
	w.Helper()
	s := mysqltest.Start(w.T, mysqltest.Options{Dir: dir, Flags: flags})
	w.servers = append(w.servers, s)
	if linked {
		w.links = append(w.links, newLink(w.T, s.Addr()))
	}
}

// replicate makes the first server the primary of the others, with semi-synchronous
// replication, and the table there.
func (w *world) replicate() {
	w.Helper()
	for i := range w.servers[1:] {
		w.follow(1+i, 0)
	}
	require.NoError(w, w.servers[0].Exec(w.Context(), "SET GLOBAL rpl_semi_sync_source_enabled=ON"))
	w.define()
}

func (w *world) define() {
	w.Helper()
	require.NoError(w, w.servers[0].Exec(w.Context(), "CREATE DATABASE app_0", "CREATE TABLE app_0."+strings.TrimPrefix(definition, "CREATE TABLE ")))
}

// follow makes one server the replica of another.
func (w *world) follow(i, source int) {
	w.Helper()
	require.NoError(w, w.servers[i].Exec(w.Context(), "STOP REPLICA",
		fmt.Sprintf("CHANGE REPLICATION SOURCE TO SOURCE_HOST='127.0.0.1', SOURCE_PORT=%d, SOURCE_USER='root', SOURCE_AUTO_POSITION=1, SOURCE_CONNECT_RETRY=1, GET_SOURCE_PUBLIC_KEY=1", w.port(source)),
		"SET GLOBAL super_read_only=ON", "START REPLICA"))
}

// addr is how everybody calls a server.
func (w *world) addr(i int) string {
	if len(w.links) > 0 {
		return w.links[i].addr()
	}
	return w.servers[i].Addr()
}

func (w *world) port(i int) int {
	if len(w.links) > 0 {
		return w.links[i].port()
	}
	return w.servers[i].Port
}

// known tells all links which process is the i-th server.
func (w *world) known(i int) {
	for _, l := range w.links {
		l.know(w.servers[i].PID(), fmt.Sprint("server ", i))
	}
}

// index is the number of the server with an address.
func (w *world) index(addr string) int {
	for i := range w.servers {
		if w.addr(i) == addr {
			return i
		}
	}
	return -1
}

// process is one `sluice serve`.
type process struct {
	name, addr, admin, file, log string
	binary                       string
	cmd                          *exec.Cmd
	done                         chan struct{}
}

// launch starts a Sluice process.
func (w *world) launch() *process {
	w.Helper()
	i := len(w.procs)
	p := &process{
		name: fmt.Sprint("sluice ", i), addr: sluicetest.FreeAddr(w.T), admin: sluicetest.FreeAddr(w.T), binary: w.binary,
		file: filepath.Join(w.dir, fmt.Sprintf("sluice%d.yaml", i)), log: filepath.Join(w.dir, fmt.Sprintf("sluice%d.log", i)),
	}
	var replicas []string
	for k := range w.servers[1 : len(w.servers)-w.unnamed] {
		r := fmt.Sprintf("%q", w.addr(1+k))
		if 1+k == w.reports {
			r = "{address: " + r + ", role: report}"
		}
		replicas = append(replicas, r)
	}
	text := fmt.Sprintf(`version: 1
database: saas
listen: [{address: %q}]
admin: {address: %q}
schema: [t.sql]
users: [{name: root, password: "", hosts: [127.0.0.0/8]}]
log: {level: info}
limits: {slow: 1h}
groups:
  g0: {primary: %q, replicas: [%s], user: root, password: "", tls: disabled, pool: {max: 120, wait: 30s}, hold: {time: %s}%s}
databases:
  app:
    shards: [{name: app-0, group: g0, schema: app_0}]
    tables: {t: {kind: sharded, key: tenant_id}}
`, p.addr, p.admin, w.addr(0), strings.Join(replicas, ", "), cmp.Or(w.hold, "30s"), w.group)
	links := w.links
	if w.redis != nil {
		links = append(slices.Clone(links), w.redis)
		text += fmt.Sprintf("cache: {size: 16MiB, rules: [{tables: [t]}], redis: {addresses: [%q], process: sluice-%d, lease: 1s}}\n", w.redis.addr(), i)
	}
	require.NoError(w, os.WriteFile(p.file, []byte(text), 0o600))
	require.NoError(w, p.start())
	w.procs = append(w.procs, p)
	for _, l := range links {
		l.know(p.cmd.Process.Pid, p.name)
	}
	w.Cleanup(func() {
		if w.Failed() {
			w.history(p)
		}
		_ = p.cmd.Process.Kill()
		<-p.done
	})
	require.Eventually(w, func() bool {
		c, err := w.connect(p)
		if err != nil {
			return false
		}
		defer c.Close()
		_, err = c.Query("SELECT COUNT(*) FROM t WHERE tenant_id = 'a' /* sluice:consistency=strong */")
		return err == nil
	}, time.Minute, 50*time.Millisecond, "%s does not answer", p.name)
	return p
}

func (p *process) start() error {
	cmd, err := sluicetest.Serve(p.binary, p.file, p.log)
	if err != nil {
		return err
	}
	done := make(chan struct{})
	p.cmd, p.done = cmd, done
	go func() { _ = cmd.Wait(); close(done) }()
	return nil
}

func (w *world) connect(p *process) (*diff.Conn, error) {
	return diff.Connect(diff.Target{Addr: p.addr, User: "root", Database: "app"}, 0)
}

// metrics are the metrics of a Sluice.
func (p *process) metrics(t *testing.T) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+p.admin+"/metrics", http.NoBody)
	require.NoError(t, err)
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return string(text)
}

// topology asks a Sluice about its group.
func (p *process) topology(ctx context.Context) (*proxy.GroupState, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+p.admin+"/topology", http.NoBody)
	if err != nil {
		return nil, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	var list []*proxy.GroupState
	if err := json.NewDecoder(resp.Body).Decode(&list); err != nil {
		return nil, err
	}
	if len(list) != 1 {
		return nil, errors.New("there is no group")
	}
	return list[0], nil
}

// primary is the number of the server that a Sluice takes for the primary; -1: none that
// can be used.
func (w *world) primary(p *process) int {
	g, err := p.topology(w.Context())
	if err != nil {
		return -1
	}
	for _, s := range g.Servers {
		if s.Addr == g.Primary && !s.Up {
			return -1
		}
	}
	return w.index(g.Primary)
}

// switchOver runs `sluice switchover`.
func (w *world) switchOver(p *process, to int) error {
	var text bytes.Buffer
	cmd := exec.CommandContext(w.Context(), p.binary, "switchover", "g0", "--to", w.addr(to), "--admin", p.admin, "--drain", "20s")
	cmd.Stderr = &text
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%w: %s", err, text.String())
	}
	return nil
}

// agreed waits until all Sluices have the same primary, other than one, and returns it.
func (w *world) agreed(not int) int {
	w.Helper()
	is := -1
	require.Eventually(w, func() bool {
		is = w.primary(w.procs[0])
		for _, p := range w.procs {
			if w.primary(p) != is {
				return false
			}
		}
		return is >= 0 && is != not
	}, time.Minute, 20*time.Millisecond, "the Sluice processes do not agree on a primary")
	return is
}

// healthy waits until all servers but the primary copy it, have all it has, and
// acknowledge what it writes.
func (w *world) healthy(primary int) {
	w.Helper()
	why := ""
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if why = w.ailing(primary); why == "" {
			return
		}
	}
	require.Fail(w, "the group does not get well", why)
}

// ailing says what a group lacks to be well.
func (w *world) ailing(primary int) string {
	at := w.executed(primary)
	for i, s := range w.servers {
		if i == primary {
			continue
		}
		db, err := s.DB("")
		if err != nil {
			return err.Error()
		}
		var ro bool
		var late int
		err = db.QueryRow("SELECT @@GLOBAL.read_only AND @@GLOBAL.super_read_only, GTID_SUBSET(?, @@GLOBAL.gtid_executed)", at).Scan(&ro, &late)
		_ = db.Close()
		switch {
		case err != nil:
			return fmt.Sprintf("server %d: %v", i, err)
		case !ro:
			return fmt.Sprintf("server %d takes writes", i)
		case late == 0:
			return fmt.Sprintf("server %d is behind", i)
		}
	}
	var name string
	var n int
	db, err := w.servers[primary].DB("")
	if err != nil {
		return err.Error()
	}
	defer db.Close()
	if err := db.QueryRow("SHOW STATUS LIKE 'Rpl_semi_sync_source_clients'").Scan(&name, &n); err == nil && n < len(w.servers)-1-w.silent {
		return fmt.Sprintf("%d replicas acknowledge", n)
	}
	return ""
}

// executed is what a server has executed.
func (w *world) executed(i int) (set string) {
	w.Helper()
	db, err := w.servers[i].DB("")
	require.NoError(w, err)
	defer db.Close()
	require.NoError(w, db.QueryRow("SELECT @@GLOBAL.gtid_executed").Scan(&set))
	return set
}

// errant is what one server has executed that another has not.
func (w *world) errant(i, primary int) string {
	w.Helper()
	var set string
	db, err := w.servers[primary].DB("")
	require.NoError(w, err)
	defer db.Close()
	require.NoError(w, db.QueryRow("SELECT GTID_SUBTRACT(?, @@GLOBAL.gtid_executed)", w.executed(i)).Scan(&set))
	return set
}

// delay lets a replica apply everything so many seconds later.
func (w *world) delay(i, seconds int) {
	w.Helper()
	require.NoError(w, w.servers[i].Exec(w.Context(), "STOP REPLICA SQL_THREAD", fmt.Sprintf("CHANGE REPLICATION SOURCE TO SOURCE_DELAY=%d", seconds), "START REPLICA SQL_THREAD"))
}

// silence keeps a server that copies none yet from acknowledging what it receives.
func (w *world) silence(i int) {
	w.Helper()
	require.NoError(w, w.servers[i].Exec(w.Context(), "SET GLOBAL rpl_semi_sync_replica_enabled=OFF"))
	w.silent++
}

// source is what a server copies while both its threads run, and how late.
func (w *world) source(i int) (text string) {
	w.Helper()
	db, err := w.servers[i].DB("")
	require.NoError(w, err)
	defer db.Close()
	require.NoError(w, db.QueryRow("SELECT IF(s.SERVICE_STATE = 'ON' AND r.SERVICE_STATE = 'ON', CONCAT(c.HOST, ':', c.PORT, ' delayed by ', a.DESIRED_DELAY), '')"+
		" FROM performance_schema.replication_connection_configuration c JOIN performance_schema.replication_applier_configuration a USING (CHANNEL_NAME)"+
		" JOIN performance_schema.replication_connection_status s USING (CHANNEL_NAME) JOIN performance_schema.replication_applier_status r USING (CHANNEL_NAME)").Scan(&text))
	return text
}

// late is what a replica has received and not yet executed.
func (w *world) late(i int) (set string) {
	w.Helper()
	db, err := w.servers[i].DB("")
	require.NoError(w, err)
	defer db.Close()
	require.NoError(w, db.QueryRow("SELECT GTID_SUBTRACT(RECEIVED_TRANSACTION_SET, @@GLOBAL.gtid_executed) FROM performance_schema.replication_connection_status").Scan(&set))
	return set
}

// rebuild makes a server anew from another, as an operator does with one that has
// transactions of its own.
func (w *world) rebuild(i, from int) {
	w.Helper()
	s := w.servers[i]
	err := s.Exec(w.Context(), "SET GLOBAL super_read_only=OFF", fmt.Sprintf("SET GLOBAL clone_valid_donor_list='%s'", w.servers[from].Addr()),
		fmt.Sprintf("CLONE INSTANCE FROM 'root'@'127.0.0.1':%d IDENTIFIED BY ''", w.servers[from].Port))
	require.ErrorContains(w, err, "3707", "it ends itself after cloning, to be started anew")
	s.Ends()
	w.restart(i)
}

func (w *world) restart(i int) {
	w.Helper()
	require.NoError(w, w.servers[i].Start(w.Context()))
	w.known(i)
}

// history shows what a Sluice did and knows.
func (w *world) history(p *process) {
	text, _ := os.ReadFile(p.log)
	g, err := p.topology(context.Background())
	state, _ := json.Marshal(g)
	w.Logf("%s: %s %v\n%s", p.name, state, err, text[max(0, len(text)-12000):])
}

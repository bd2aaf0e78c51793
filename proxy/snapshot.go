package proxy

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/sluicedb/sluice/conf"
	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/pool"
	"github.com/sluicedb/sluice/pool/loop"
	"github.com/sluicedb/sluice/router"
	"github.com/sluicedb/sluice/rules"
)

// snapshot is everything that decides about a statement: configuration, rules,
// router, pools. It is immutable; a reload makes another and swaps the pointer. A
// session takes the newest before each statement, but keeps its own while a
// transaction is open or a connection is held.
type snapshot struct {
	conf    *conf.Config
	rules   *rules.Rules
	schema  *rules.Schema
	router  *router.Router
	plans   *router.Cache
	keeping *keeping
	rows    *router.Locator
	groups  map[string]*pool.Group
	loops   *loop.Loops              // they watch the connections of groups
	places  map[string]*places       // for statements that hold connections of several shards, by group
	waits   map[string]time.Duration // how long a statement waits for a connection, by group
	users   map[string][]*account
	tls     []*tls.Config // per listener; nil entries have none
	made    time.Time

	replicated   map[string]*conf.Group // the groups by name: their rules for replicas
	strongTables bool                   // a table's reads must not leave the primary

	definitions sync.Map // of tables that were gathered: *definition by rules.Key
	counters    sync.Map // of statements: *[outcomes]atomic.Uint64 by *rules.Shard

	fastOnly bool // every account can be checked without its password in clear

	base    pool.Baseline // of the first group that answered
	version int           // 90700 for 9.7.0
	mariadb bool
}

// account is one configured user.
type account struct {
	*conf.User
	hash    wire.AuthHash
	hasHash bool
	group   *pool.Group // with AuthBackend
}

// makeSnapshot compiles a configuration. Pools of groups that have not changed are
// taken over from old, which may be nil. schema may be nil: then the SQL files that
// the configuration names are read.
func makeSnapshot(c *conf.Config, schema *rules.Schema, old *snapshot, loops *loop.Loops, log *slog.Logger) (*snapshot, conf.Problems) {
	s := &snapshot{conf: c, schema: schema, loops: loops, groups: make(map[string]*pool.Group), places: make(map[string]*places), waits: make(map[string]time.Duration), users: make(map[string][]*account), made: time.Now()}
	if err := s.readSchema(c.Files); err != nil {
		return nil, conf.Problems{c.Problem("schema", "", "%v", err)}
	}
	var problems conf.Problems
	s.rules, problems = rules.Compile(c, s.schema)
	if problems.Err() != nil {
		return nil, problems
	}
	s.router, s.plans, s.rows = router.New(s.rules, s.schema), router.NewCache(c.Limits.PlanCache), router.NewLocator(c.Limits.Locator)
	s.keeping = newKeeping(c, s.rules)
	if s.schema != nil {
		problems = append(problems, s.router.Repeated(s.schema.Events)...)
		problems = append(problems, s.router.Astray(s.schema.Triggers)...)
	}
	for _, l := range c.Listen {
		t, err := listenTLS(c, l)
		if err != nil {
			problems = append(problems, conf.Problem{Pos: l.Pos, Path: "listen.tls", Text: err.Error()})
		}
		s.tls = append(s.tls, t)
	}
	if problems.Err() != nil {
		return nil, problems
	}
	s.replicated = make(map[string]*conf.Group, len(c.Groups))
	for _, g := range c.Groups {
		s.replicated[g.Name] = g
		s.groups[g.Name] = old.group(g, s.conf)
		s.waits[g.Name] = g.Pool.Wait
		if s.places[g.Name] = newPlaces(g.Pool.Max); s.groups[g.Name] != nil {
			s.places[g.Name] = old.places[g.Name]
		}
	}
	for _, d := range s.rules.Databases {
		s.strongTables = s.strongTables || slices.ContainsFunc(d.Tables, func(t *rules.Table) bool { return t.Consistency == conf.Strong })
	}
	if err := s.dial(c, loops, log); err != nil {
		s.closeNew(old)
		return nil, append(problems, c.Problem("groups", "", "%v", err))
	}
	if err := s.accounts(); err != nil {
		s.closeNew(old)
		return nil, append(problems, c.Problem("users", "", "%v", err))
	}
	return s, problems
}

// readSchema reads the SQL files that the configuration names, unless the schema is known.
func (s *snapshot) readSchema(files []string) (err error) {
	if s.schema != nil {
		return nil
	}
	var scripts []router.Script
	for _, f := range files {
		data, err := os.ReadFile(filepath.Clean(f))
		if err != nil {
			return err
		}
		scripts = append(scripts, router.Script{Name: f, Text: data})
	}
	if len(scripts) > 0 {
		s.schema, err = router.ReadSchema(scripts)
	}
	return err
}

// group returns the old pool of a group that is configured as before.
func (s *snapshot) group(g *conf.Group, c *conf.Config) *pool.Group {
	if s == nil {
		return nil
	}
	for _, og := range s.conf.Groups {
		if og.Name == g.Name && sameGroup(og, g) && share(s.conf, og) == share(c, g) {
			return s.groups[g.Name]
		}
	}
	return nil
}

// share is how many connections the statements of one of the group's shards may hold.
func share(c *conf.Config, g *conf.Group) int {
	shards := 0
	for _, d := range c.Databases {
		for _, sh := range d.Shards {
			if sh.Group == g.Name {
				shards++
			}
		}
	}
	if shards < 2 {
		return g.Pool.Max
	}
	return (g.Pool.Max*g.Pool.Share + 99) / 100
}

func sameGroup(a, b *conf.Group) bool {
	x, y := *a, *b
	x.Place, y.Place = conf.Place{}, conf.Place{}
	x.Reads, y.Reads = conf.Reads{}, conf.Reads{} // looked up at each read
	x.Replicas, y.Replicas = placeless(x.Replicas), placeless(y.Replicas)
	for _, g := range []*conf.Group{&x, &y} {
		g.Pool.Place, g.Probe.Place, g.Hold.Place, g.Failover.Place = conf.Place{}, conf.Place{}, conf.Place{}, conf.Place{}
	}
	return reflect.DeepEqual(x, y)
}

func placeless(list []*conf.Replica) []*conf.Replica {
	var out []*conf.Replica
	for _, r := range list {
		c := *r
		c.Place = conf.Place{}
		out = append(out, &c)
	}
	return out
}

// dial makes the pools that are missing.
func (s *snapshot) dial(c *conf.Config, loops *loop.Loops, log *slog.Logger) error {
	for _, g := range c.Groups {
		if s.groups[g.Name] != nil {
			continue
		}
		addrs, of := []string{g.Primary}, map[string]*conf.Replica{g.Primary: {Weight: 1}}
		for _, r := range g.Replicas {
			addrs, of[r.Address] = append(addrs, r.Address), r
		}
		tlsOf := make(map[string]*tls.Config, len(addrs))
		for _, addr := range addrs {
			t, err := groupTLS(c, g, addr)
			if err != nil {
				return err
			}
			tlsOf[addr] = t
		}
		s.groups[g.Name] = pool.NewGroup(g.Name, addrs, func(addr string) pool.Options {
			t, r := tlsOf[addr], of[addr]
			return pool.Options{
				Weight: r.Weight, Zone: r.Zone, Report: r.Role == conf.RoleReport, Track: len(addrs) > 1,
				Dialer: pool.Dialer{
					User: g.User, Password: groupPassword(g), TLS: t, TLSMust: t != nil && g.TLS != conf.TLSPreferred,
					Timeout: g.Pool.Dial, ReadSize: 32 << 10, Loops: loops,
				},
				Min: g.Pool.Min, Max: g.Pool.Max, Wait: g.Pool.Wait, Queue: g.Pool.Queue, Share: share(c, g),
				Idle: g.Pool.Idle, Lifetime: g.Pool.Lifetime, MaxStmts: 256,
			}
		}, log)
		s.groups[g.Name].Watch(pool.Probing{
			Interval: g.Probe.Interval, Timeout: g.Probe.Timeout, Heartbeat: g.Probe.Heartbeat, Slow: g.Probe.Slow,
			Own:  pool.Owning{On: g.Failover.Own, After: g.Failover.After, User: g.User, Password: groupPassword(g)},
			Hold: g.Hold.Time, Held: g.Hold.Statements, HeldBytes: int(g.Hold.Bytes),
		})
	}
	return nil
}

// groupPassword asks the file again at every dial, so that a rotated secret works.
func groupPassword(g *conf.Group) func() (string, error) {
	return func() (string, error) { return g.Password.Reveal(), nil }
}

func groupTLS(c *conf.Config, g *conf.Group, addr string) (*tls.Config, error) {
	if g.TLS == conf.TLSDisabled || g.TLS == "" {
		return nil, nil
	}
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		host = ""
	}
	t := &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12, InsecureSkipVerify: true} //nolint:gosec // as the mode says
	if g.TLSCA != "" {
		if t.RootCAs, err = certPool(c.Resolved(g.TLSCA)); err != nil {
			return nil, err
		}
	}
	switch g.TLS {
	case conf.TLSVerifyFull:
		t.InsecureSkipVerify = false
	case conf.TLSVerifyCA:
		roots := t.RootCAs
		t.VerifyConnection = func(cs tls.ConnectionState) error {
			mid := x509.NewCertPool()
			for _, cert := range cs.PeerCertificates[1:] {
				mid.AddCert(cert)
			}
			_, err := cs.PeerCertificates[0].Verify(x509.VerifyOptions{Roots: roots, Intermediates: mid})
			return err
		}
	}
	return t, nil
}

func certPool(file string) (*x509.CertPool, error) {
	pem, err := os.ReadFile(filepath.Clean(file))
	if err != nil {
		return nil, err
	}
	p := x509.NewCertPool()
	if !p.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s holds no certificate", file)
	}
	return p, nil
}

func listenTLS(c *conf.Config, l *conf.Listen) (*tls.Config, error) {
	if l.TLS == nil {
		return nil, nil
	}
	cert, err := tls.LoadX509KeyPair(c.Resolved(l.TLS.Cert), c.Resolved(l.TLS.Key))
	if err != nil {
		return nil, err
	}
	t := &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}
	if l.TLS.ClientCA != "" {
		if t.ClientCAs, err = certPool(c.Resolved(l.TLS.ClientCA)); err != nil {
			return nil, err
		}
		t.ClientAuth = tls.RequireAndVerifyClientCert
	}
	return t, nil
}

// accounts prepares the users' secrets.
func (s *snapshot) accounts() error {
	s.fastOnly = true
	for _, u := range s.conf.Users {
		a := &account{User: u}
		switch {
		case u.Auth == conf.AuthBackend:
			a.group = s.groups[u.Group]
			s.fastOnly = false
		case u.PasswordHash.Reveal() != "":
			h, err := wire.ParseAuthHash(u.PasswordHash.Reveal())
			if err != nil {
				return fmt.Errorf("user %s: %w", u.Name, err)
			}
			a.hash, a.hasHash = h, true
			if _, fast := h.FastSHA2(nil, nil); !fast {
				s.fastOnly = false
			}
		}
		s.users[u.Name] = append(s.users[u.Name], a)
	}
	return nil
}

// learn asks the groups how a fresh connection looks, until one answers. Without any
// answer the snapshot works with what MySQL 8.0 would say.
func (s *snapshot) learn(ctx context.Context) error {
	var errs error
	s.unlearned()
	for _, name := range s.rules.Groups {
		c, err := s.groups[name].Lease(ctx, &pool.Want{})
		if err != nil {
			errs = errors.Join(errs, fmt.Errorf("group %s: %w", name, err))
			continue
		}
		s.base = c.Server().Baseline()
		c.Release()
		break
	}
	s.mariadb = strings.Contains(s.base.Version, "MariaDB")
	s.version = versionNumber(s.base.Version)
	return errs
}

// unlearned assumes what MySQL 8.0 would say.
func (s *snapshot) unlearned() {
	s.base = pool.Baseline{
		Version: "8.0.32", Collation: "utf8mb4_0900_ai_ci", Autocommit: true,
		SQLMode: "ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION",
	}
	s.version = versionNumber(s.base.Version)
}

// versionNumber turns "9.7.4-log" into 90704.
func versionNumber(v string) int {
	var major, minor, patch int
	_, _ = fmt.Sscanf(v, "%d.%d.%d", &major, &minor, &patch)
	return major*10000 + minor*100 + patch
}

// closeNew closes the pools that this snapshot does not share with old.
func (s *snapshot) closeNew(old *snapshot) {
	for name, g := range s.groups {
		if g != nil && (old == nil || old.groups[name] != g) {
			g.Close()
		}
	}
}

package conf

import (
	"fmt"
	"net"
	"net/netip"
	"strings"
)

// checker collects what is wrong with parts that are each well-formed.
type checker struct {
	c        *Config
	broken   map[string]bool // paths that were not even well-formed: say no more of them
	problems Problems
}

func (k *checker) report(path, remedy, format string, args ...any) {
	if k.broken[path] {
		return
	}
	k.problems = append(k.problems, k.c.Problem(path, remedy, format, args...))
}

func (k *checker) warn(path, remedy, format string, args ...any) {
	p := k.c.Problem(path, remedy, format, args...)
	p.Severity = Warning
	k.problems = append(k.problems, p)
}

// check finds what one part of the tree, or two parts of one kind, say against
// themselves. It is told what the decoder found, so as not to repeat it.
func (c *Config) check(found Problems) Problems {
	k := &checker{c: c, broken: map[string]bool{}}
	for _, p := range found {
		k.broken[p.Path] = true
	}
	k.listeners()
	for _, u := range c.Users {
		k.user(u)
	}
	for _, g := range c.Groups {
		k.group(g)
	}
	for _, d := range c.Databases {
		for _, t := range d.Tables {
			k.table(t)
		}
		for _, p := range d.Procedures {
			k.procedure(p)
		}
	}
	k.cache()
	k.counters()
	k.repeated()
	return k.problems
}

func (k *checker) listeners() {
	if k.c.Has("listen") && len(k.c.Listen) == 0 {
		k.report("listen", "", "has no address")
	}
	if a := k.c.Admin.Address; a != "" && !loopback(a) {
		k.warn("admin.address", "bind it to 127.0.0.1", "administrators are not asked for a password, and %s is reachable from other machines", a)
	}
}

// loopback says whether an address that was checked before is this machine's own.
func loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil || host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

func (k *checker) user(u *User) {
	at := func(key string) string { return u.Path + "." + key }
	switch {
	case u.Auth == AuthBackend && (u.Password.Given() || u.PasswordHash.Given()):
		k.report(at("auth"), "remove password and password_hash", "the servers check the password of this user")
	case u.Auth == AuthBackend && u.Group == "":
		k.report(at("auth"), "add group", "names no group whose primary checks the password")
	case u.Auth == AuthBackend && !k.hasGroup(u.Group):
		k.report(at("group"), k.groups(), "no group named %q", u.Group)
	case u.Auth != AuthBackend && u.Group != "":
		k.report(at("group"), "add auth: backend or remove it", "means nothing when Sluice checks the password")
	case u.Password.Given() && u.PasswordHash.Given():
		k.report(at("password_hash"), "keep one of them", "password is given too")
	case u.Auth != AuthBackend && !k.c.Has(at("password")) && !u.PasswordHash.Given():
		k.report(u.Path, `add password_hash, auth: backend, or password: ""`, "has no password")
	}
	k.passwordHash(u)
	if u.Replicas == RoleReport && !k.hasReports() {
		k.warn(at("replicas"), "give a replica role: report", "no group has a replica for reports: the primaries will answer this user")
	}
	if u.TenantOnly && u.Tenant == "" {
		k.report(at("tenant_only"), "add tenant", "names no tenant to be confined to")
	}
	for i, h := range u.Hosts {
		if u.open() && !withinLoopback(h.Prefix) {
			k.report(fmt.Sprintf("%s[%d]", at("hosts"), i), "give the user a password, or allow 127.0.0.0/8 and ::1/128 only",
				"%s could log in without a password", h)
		}
	}
}

func withinLoopback(n netip.Prefix) bool {
	v4, v6 := netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")
	return v4.Contains(n.Addr()) && n.Bits() >= v4.Bits() || v6.Contains(n.Addr()) && n.Bits() >= v6.Bits()
}

func (k *checker) passwordHash(u *User) {
	if !u.PasswordHash.Given() {
		return
	}
	h, err := ParseHash(u.PasswordHash.Reveal())
	switch path := u.Path + ".password_hash"; {
	case err != nil:
		k.report(path, "", "%v", err)
	case h.Plugin() != u.Plugin:
		k.report(path, "add plugin: "+string(h.Plugin()), "is a hash for %s, and the user's plugin is %s", h.Plugin(), u.Plugin)
	}
}

func (k *checker) hasReports() bool {
	for _, g := range k.c.Groups {
		for _, r := range g.Replicas {
			if r.Role == RoleReport {
				return true
			}
		}
	}
	return false
}

func (k *checker) hasGroup(name string) bool {
	for _, g := range k.c.Groups {
		if g.Name == name {
			return true
		}
	}
	return false
}

// groups is the remedy for a group that is not there.
func (k *checker) groups() string {
	var names []string
	for _, g := range k.c.Groups {
		names = append(names, g.Name)
	}
	return "groups are " + strings.Join(names, ", ")
}

func (k *checker) group(g *Group) {
	var given []string
	for _, key := range []string{"password", "password_env", "password_file"} {
		if k.c.Has(g.Path + "." + key) {
			given = append(given, key)
		}
	}
	if len(given) > 1 {
		k.report(g.Path+"."+given[1], "keep one of them", "%s is given too", given[0])
	}
	if g.Pool.Min > g.Pool.Max {
		k.report(g.Path+".pool.min", "", "is more than max, %d", g.Pool.Max)
	}
	if g.TLSCA != "" && (g.TLS != TLSVerifyCA && g.TLS != TLSVerifyFull) {
		k.report(g.Path+".tls_ca", "add tls: verify_ca or tls: verify_full", "is not looked at with tls: %s", g.TLS)
	}
	if len(g.Replicas) > 0 && len(k.c.Schema) == 0 {
		k.warn(g.Path+".replicas", "name the SQL files with the tables under schema", "no read will use them: only tables whose definition is known may be read from replicas")
	}
	if g.Failover.Own && len(g.Replicas) < 2 {
		k.report(g.Path+".failover.own", "add replicas, or leave failover to somebody else", "takes a majority of three servers or more, and the group has %d", 1+len(g.Replicas))
	}
	if g.Failover.Own && !g.Probe.Heartbeat {
		k.report(g.Path+".failover.own", "leave probe.heartbeat on", "needs the heartbeat to tell a dead primary from a slow one")
	}
	seen := map[string]bool{g.Primary: true}
	for i, r := range g.Replicas {
		if seen[r.Address] {
			path := fmt.Sprintf("%s.replicas[%d]", g.Path, i)
			if k.c.Has(path + ".address") {
				path += ".address"
			}
			k.report(path, "", "%s is in this group already", r.Address)
		}
		seen[r.Address] = true
	}
}

// table checks that the keys fit the kind.
func (k *checker) table(t *Table) {
	wrong := func(key, value string, kind Kind) {
		if value != "" && t.Kind != "" && t.Kind != kind {
			k.report(t.Path+"."+key, "remove it, or make the table "+string(kind), "means nothing for a %s table", t.Kind)
		}
	}
	wrong("key", t.Key, Sharded)
	wrong("null_home", t.NullHome, Sharded)
	wrong("shard", t.Shard, Single)
	if t.Unique != nil {
		k.unique(t)
	}
	if t.Kind == Sharded && t.Key == "" {
		k.report(t.Path, "add key: and the column that holds the tenant", "is sharded, but names no key")
	}
	if t.Calendar != nil {
		k.calendar(t.Calendar)
	}
}

func (k *checker) unique(t *Table) {
	if t.Kind != Sharded && t.Kind != "" {
		k.report(t.Unique.Path, "remove it: one server sees all rows", "means nothing for a %s table", t.Kind)
	}
	if len(t.Unique.Keys) == 0 && k.c.Has(t.Unique.Path+".keys") {
		k.report(t.Unique.Path+".keys", "name a unique key, or remove the rule", "is empty")
	}
	seen := map[string]string{}
	for i, name := range t.Unique.Keys {
		k.once(seen, strings.ToLower(name), fmt.Sprintf("%s.keys[%d]", t.Unique.Path, i))
	}
}

func (k *checker) calendar(c *Calendar) {
	if p := c.Pattern; strings.Count(p, "YYYY") != 1 || strings.Count(p, "MM") != 1 {
		k.report(c.Path+".pattern", "write it like pYYYYMM", "%q must have YYYY and MM once each", p)
	} else if text := checkIdentifier(p); text != "" {
		k.report(c.Path+".pattern", "", "%s", text)
	}
	if c.CatchAll != "" {
		if text := checkIdentifier(c.CatchAll); text != "" {
			k.report(c.Path+".catch_all", "", "%s", text)
		}
	}
}

func (k *checker) procedure(p *Procedure) {
	switch {
	case p.Run == "":
		k.report(p.Path, "add tenant_parameter or row_parameter, or run: single, everywhere or refuse", "does not say where it runs")
	case p.Run == RunTenant && p.TenantParameter == "":
		k.report(p.Path+".run", "add tenant_parameter", "names no parameter that holds the tenant")
	case p.Run != RunTenant && p.TenantParameter != "":
		k.report(p.Path+".tenant_parameter", "remove one of them", "means nothing with run: %s", p.Run)
	case p.Run == RunRow && p.RowParameter == "":
		k.report(p.Path+".run", "add row_parameter", "names no parameter that holds the id of a row")
	case p.Run == RunRow && len(p.Tables) == 0:
		k.report(p.Path, "add tables: and the table whose row it is", "does not say of which table %s is the id", p.RowParameter)
	case p.Run != RunRow && p.RowParameter != "":
		k.report(p.Path+".row_parameter", "remove one of them", "means nothing with run: %s", p.Run)
	case p.Run != RunRow && len(p.Tables) > 0:
		k.report(p.Path+".tables", "remove it, or add row_parameter", "means nothing with run: %s", p.Run)
	case p.Run != RunSingle && p.Shard != "":
		k.report(p.Path+".shard", "remove it, or write run: single", "means nothing with run: %s", p.Run)
	}
}

// repeated finds parts of lists that must differ and do not.
func (k *checker) repeated() {
	listeners, users := map[string]string{}, map[string]string{}
	for _, l := range k.c.Listen {
		if !strings.HasSuffix(l.Address, ":0") { // port 0 is a new port each time
			k.once(listeners, l.Address, l.Path+".address")
		}
	}
	for _, u := range k.c.Users {
		k.once(users, u.Name, u.Path+".name")
	}
}

func (k *checker) once(seen map[string]string, value, path string) {
	if first, ok := seen[value]; ok && value != "" {
		k.report(path, "", "%q is also %s", value, first)
		return
	}
	seen[value] = path
}

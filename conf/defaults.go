package conf

import (
	"net/netip"
	"time"
)

// defaults fills a part of the tree with what holds where the file says nothing. The
// decoder calls it before it reads the part.
func defaults(part any) {
	switch p := part.(type) {
	case *Config:
		p.Database = "saas"
	case *Listen:
		p.MaxConnections = 10000
	case *User:
		p.Auth, p.Plugin, p.Replicas = AuthPassword, CachingSHA2, RoleRead
	case *Group:
		p.TLS = TLSPreferred
	case *Reads:
		*p = Reads{Consistency: Session, MaxLag: time.Second, Wait: 100 * time.Millisecond, AllReplicasDown: DownPrimary}
	case *Replica:
		p.Weight, p.Role = 1, RoleRead
	case *Pool:
		*p = Pool{Max: 100, Queue: 10000, Share: 75, Idle: time.Minute, Lifetime: time.Hour, Wait: 5 * time.Second, Dial: 2 * time.Second}
	case *Probe:
		*p = Probe{Place: p.Place, Interval: 250 * time.Millisecond, Timeout: time.Second, Heartbeat: true, Slow: 250 * time.Millisecond}
	case *Failover:
		p.After = time.Second
	case *Hold:
		p.Time, p.Statements, p.Bytes = 10*time.Second, 1000, 256<<20
	case *CacheRule:
		p.Class, p.Consistency, p.Rows, p.Bytes = CacheResult, CacheExact, 1000, 64<<10
	case *CacheTable:
		p.Class, p.Consistency, p.Rows, p.Bytes = CacheResult, CacheExact, 1000, 64<<10
	case *CacheRedis:
		*p = CacheRedis{Prefix: "sluice", Deadline: 20 * time.Millisecond, Lease: time.Second, Compress: 2 << 10}
	case *Counters:
		p.Flush = time.Second
	case *Calendar:
		p.By, p.Pattern, p.TimeZone, p.Unbounded = "month", "pYYYYMM", "+00:00", Allow
	case *Limits:
		*p = Limits{
			MaxPacket: 64 << 20, IdleClient: 8 * time.Hour, WriteStall: time.Minute, Login: 10 * time.Second,
			PreparedStatements: 16382, LongData: 64 << 20, Drain: 30 * time.Second,
			PlanCache: 10000, Locator: 100000, GatherBytes: 256 << 20, TrialBytes: 8 << 30, SchemaCheck: 30 * time.Second, Slow: time.Second,
			ReplayStatements: 100, ReplayBytes: 1 << 20,
		}
	case *Relay:
		p.Table, p.Every, p.Batch = "message_queue", 200*time.Millisecond, 100
	case *Log:
		*p = Log{Level: "info", Format: "text", Slow: true}
	}
}

// complete fills what depends on other parts of the tree.
func (c *Config) complete() {
	if !c.Has("listen") {
		c.Listen = []*Listen{{Place: c.Place, Address: "127.0.0.1:3306", MaxConnections: 10000}}
	}
	for _, u := range c.Users {
		if len(u.Hosts) == 0 {
			u.Hosts = hostsOf(u)
		}
	}
	for _, g := range c.Groups {
		c.inherit(g)
	}
	c.completeCache()
	for _, d := range c.Databases {
		for _, s := range d.Shards {
			if s.Schema == "" {
				s.Schema = d.Name
			}
			if len(d.Shards) == 1 && !c.Has(s.Path+".slots") {
				s.Slots = []SlotRange{{0, maxSlot}}
			}
		}
		for _, t := range d.Tables {
			if t.Scatter == "" {
				t.Scatter = d.Scatter
			}
		}
		for _, p := range d.Procedures {
			switch {
			case p.Run != "":
			case p.TenantParameter != "":
				p.Run = RunTenant
			case p.RowParameter != "":
				p.Run = RunRow
			}
		}
	}
}

// inherit fills what a group does not say of reads.
func (c *Config) inherit(g *Group) {
	own, r := g.Reads, c.Reads
	for key, take := range map[string]func(){
		"consistency":       func() { r.Consistency = own.Consistency },
		"max_lag":           func() { r.MaxLag = own.MaxLag },
		"wait":              func() { r.Wait = own.Wait },
		"all_replicas_down": func() { r.AllReplicasDown = own.AllReplicasDown },
		"zone":              func() { r.Zone = own.Zone },
	} {
		if c.Has(g.Path + ".reads." + key) {
			take()
		}
	}
	r.Place, g.Reads = own.Place, r
}

// hostsOf is where a user may come from when the file does not say: this machine only
// when no password protects the account, anywhere otherwise.
func hostsOf(u *User) []Prefix {
	texts := []string{"0.0.0.0/0", "::/0"}
	if u.open() {
		texts = []string{"127.0.0.0/8", "::1/128"}
	}
	hosts := make([]Prefix, len(texts))
	for i, t := range texts {
		hosts[i] = Prefix{netip.MustParsePrefix(t)}
	}
	return hosts
}

// open says whether anybody may log in as the user, from where Hosts allows.
func (u *User) open() bool {
	return u.Auth == AuthPassword && u.Password.Reveal() == "" && !u.PasswordHash.Given()
}

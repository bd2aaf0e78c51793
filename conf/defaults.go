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
		p.Auth, p.Plugin = AuthPassword, CachingSHA2
	case *Group:
		p.TLS = TLSPreferred
	case *Pool:
		*p = Pool{Max: 100, Idle: time.Minute, Lifetime: time.Hour, Wait: 5 * time.Second, Dial: 2 * time.Second}
	case *Calendar:
		p.By, p.Pattern, p.TimeZone = "month", "pYYYYMM", "+00:00"
	case *Limits:
		*p = Limits{
			MaxPacket: 64 << 20, IdleClient: 8 * time.Hour, WriteStall: time.Minute, Login: 10 * time.Second,
			PreparedStatements: 16382, LongData: 64 << 20, Drain: 30 * time.Second,
			PlanCache: 10000, Locator: 100000, GatherBytes: 256 << 20, Slow: time.Second,
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
			if p.Run == "" && p.TenantParameter != "" {
				p.Run = RunTenant
			}
		}
	}
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

package conf

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

// Cache is what replies are kept, and for how long. Without a size nothing is.
type Cache struct {
	Place  `yaml:"-"`
	Size   Size         `yaml:"size" range:"0.." reload:"restart"` // of the process; 0: nothing is kept
	Rules  []*CacheRule `yaml:"rules"`
	Redis  *CacheRedis  `yaml:"redis" reload:"restart"`
	Binlog bool         `yaml:"binlog" reload:"restart"` // follow the servers' binary logs, for writes that bypass Sluice
}

// CacheClass says what replies are good for; it decides how long they are kept where
// nothing else does.
type CacheClass string

// The classes.
const (
	CacheConfig     CacheClass = "config"
	CacheDictionary CacheClass = "dictionary"
	CacheHot        CacheClass = "hot"
	CacheResult     CacheClass = "result"
)

// CacheConsistency says how old a kept reply may be.
type CacheConsistency string

// The values of CacheConsistency.
const (
	// CacheExact: never older than a write that was acknowledged before the read began.
	CacheExact CacheConsistency = "exact"
	// CacheBounded: like CacheExact, but for CacheRule.Stale it need not be asked whether other
	// processes have written.
	CacheBounded CacheConsistency = "bounded"
)

// CacheRule says which replies are kept.
type CacheRule struct {
	Place       `yaml:"-"`
	Tables      []string         `yaml:"tables" form:"identifier"` // all that a statement names must be here; missing: any
	Users       []string         `yaml:"users" scalar:"any"`       // missing: all
	Pattern     string           `yaml:"pattern"`                  // regular expression for the statement's fingerprint; missing: any
	Class       CacheClass       `yaml:"class" one:"config dictionary hot result"`
	TTL         time.Duration    `yaml:"ttl" range:"1ms.."` // missing: as the class says
	Rows        int              `yaml:"rows" range:"0..1000000"`
	Bytes       Size             `yaml:"bytes" range:"1KiB..8MiB"`
	Consistency CacheConsistency `yaml:"consistency" one:"exact bounded"`
	Stale       time.Duration    `yaml:"stale" range:"1ms.."` // with bounded: how old a reply may be
}

// CacheTable is the rule of one table; its fields mean what they mean in a CacheRule.
type CacheTable struct {
	Place       `yaml:"-"`
	Class       CacheClass       `yaml:"class" one:"config dictionary hot result"`
	TTL         time.Duration    `yaml:"ttl" range:"1ms.."`
	Rows        int              `yaml:"rows" range:"0..1000000"`
	Bytes       Size             `yaml:"bytes" range:"1KiB..8MiB"`
	Consistency CacheConsistency `yaml:"consistency" one:"exact bounded"`
	Stale       time.Duration    `yaml:"stale" range:"1ms.."`
}

// Rule is the table's rule in the form of the others.
func (t *CacheTable) Rule() *CacheRule {
	return &CacheRule{Place: t.Place, Class: t.Class, TTL: t.TTL, Rows: t.Rows, Bytes: t.Bytes, Consistency: t.Consistency, Stale: t.Stale}
}

// CacheRedis is where replies are shared by all Sluice processes.
type CacheRedis struct {
	Place       `yaml:"-"`
	Addresses   []string `yaml:"addresses" need:"yes" form:"address"` // one server; or, with master, Sentinels; or nodes of a cluster
	Master      string   `yaml:"master"`                              // the name that Sentinels know the primary by
	Cluster     bool     `yaml:"cluster"`
	User        string   `yaml:"user" scalar:"any"`
	PasswordEnv string   `yaml:"password_env"`
	Password    Secret   `yaml:"-"` // after Load what password_env names

	// The same for the Sentinels themselves.
	SentinelUser        string `yaml:"sentinel_user" scalar:"any"`
	SentinelPasswordEnv string `yaml:"sentinel_password_env"`
	SentinelPassword    Secret `yaml:"-"` // after Load what sentinel_password_env names

	TLS      bool          `yaml:"tls"`
	TLSCA    string        `yaml:"tls_ca"`
	Prefix   string        `yaml:"prefix"`  // of all keys
	Process  string        `yaml:"process"` // names this process to the others; missing: host and first address
	Deadline time.Duration `yaml:"deadline" range:"1ms..10s"`
	Lease    time.Duration `yaml:"lease" range:"100ms..1m"`
	Compress Size          `yaml:"compress" range:"0.."` // replies from this size on
}

// Counters says where counters are kept: SELECT sluice.counter_add('name', 1).
type Counters struct {
	Place  `yaml:"-"`
	Group  string        `yaml:"group" need:"yes"`     // in the schema sluice
	Behind []string      `yaml:"behind" scalar:"any"`  // counters whose names begin so are counted in Redis and written later
	Flush  time.Duration `yaml:"flush" range:"10ms.."` // how often those are written
}

// counters checks where counters are kept.
func (k *checker) counters() {
	n := k.c.Counters
	if n == nil {
		return
	}
	known := false
	for _, g := range k.c.Groups {
		known = known || g.Name == n.Group
	}
	if !known {
		k.report(n.Path+".group", "", "no group is named %q", n.Group)
	}
	if len(n.Behind) > 0 && k.c.Cache.Redis == nil {
		k.report(n.Path+".behind", "add cache.redis", "needs a Redis to count in")
	}
}

// ttlOf is how long replies of a class are kept.
func ttlOf(c CacheClass) time.Duration {
	switch c {
	case CacheConfig:
		return 5 * time.Minute
	case CacheDictionary:
		return 30 * time.Minute
	case CacheHot:
		return time.Minute
	}
	return 10 * time.Minute
}

// completeCache fills what the class decides.
func (c *Config) completeCache() {
	for _, r := range c.Cache.Rules {
		if r.TTL == 0 {
			r.TTL = ttlOf(r.Class)
		}
	}
	c.cachedTables(func(t *CacheTable) {
		if t.TTL == 0 {
			t.TTL = ttlOf(t.Class)
		}
	})
}

// cachedTables visits the rules of tables.
func (c *Config) cachedTables(visit func(*CacheTable)) {
	for _, d := range c.Databases {
		for _, t := range d.Tables {
			if t.Cache != nil {
				visit(t.Cache)
			}
		}
	}
}

// cache checks the rules of the cache.
func (k *checker) cache() {
	for _, r := range k.c.Cache.Rules {
		k.cacheRule(r)
	}
	k.c.cachedTables(func(t *CacheTable) { k.cacheRule(t.Rule()) })
	r := k.c.Cache.Redis
	if r == nil {
		return
	}
	at := func(key string) string { return r.Path + "." + key }
	switch {
	case r.Master != "" && r.Cluster:
		k.report(at("cluster"), "keep one of them", "master is given too")
	case r.Master == "" && !r.Cluster && len(r.Addresses) > 1:
		k.report(at("addresses"), "add master: and the name that Sentinels know, or cluster: true", "several addresses of what?")
	}
	for key, text := range map[string]string{"sentinel_user": r.SentinelUser, "sentinel_password_env": r.SentinelPasswordEnv} {
		if text != "" && r.Master == "" {
			k.report(at(key), "add master: and the name that Sentinels know", "there are no Sentinels")
		}
	}
	if r.TLSCA != "" && !r.TLS {
		k.report(at("tls_ca"), "add tls: true", "is not looked at without tls")
	}
}

// listed reports whether a database lists a table.
func (k *checker) listed(table string) bool {
	for _, d := range k.c.Databases {
		for _, t := range d.Tables {
			if strings.EqualFold(t.Name, table) {
				return true
			}
		}
	}
	return false
}

func (k *checker) cacheRule(r *CacheRule) {
	at := func(key string) string { return r.Path + "." + key }
	if _, err := regexp.Compile(r.Pattern); err != nil {
		k.report(at("pattern"), "", "%v", err)
	}
	for i, t := range r.Tables {
		if !k.listed(t) {
			k.report(fmt.Sprintf("%s[%d]", at("tables"), i), "", "no database lists a table %s, and no reply would be kept", t)
		}
	}
	switch {
	case r.Consistency == CacheBounded && r.Stale == 0:
		k.report(at("consistency"), "add stale: and how old a reply may be", "does not say its bound")
	case r.Consistency == CacheExact && r.Stale != 0:
		k.report(at("stale"), "add consistency: bounded, or remove it", "means nothing with exact")
	}
}

package router

import (
	"bytes"
	"sync/atomic"

	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/router/plan"
)

// DefaultCacheSize is the number of plans a Cache keeps unless told otherwise.
const DefaultCacheSize = 8192

// Cache keeps plans by the key of their text and by what else their meaning depends
// on. It belongs to one Router, because plans hold its rules; it is safe for
// concurrent use. Find does not allocate.
type Cache struct {
	plans  *clockMap[cacheKey, *cached]
	hits   atomic.Uint64
	misses atomic.Uint64
}

// cacheKey is all but the text's key, of which it has the hash.
type cacheKey struct {
	hash       uint64
	database   string
	charset    string
	tenant     bool
	tenantOnly bool
}

// cached is a plan with the key of its text: hashes may collide, and clients choose
// the text.
type cached struct {
	text []byte
	node plan.Node
}

// NewCache returns a cache of at most about size plans; DefaultCacheSize if size is 0.
func NewCache(size int) *Cache {
	if size <= 0 {
		size = DefaultCacheSize
	}
	return &Cache{plans: newClockMap[cacheKey, *cached](size)}
}

// keyOf returns the key of a text in an environment; false when such plans are not
// kept.
func keyOf(scan *parser.Scan, env *Env) (cacheKey, bool) {
	return cacheKey{
		hash: scan.Hash, database: env.Database, charset: env.Charset,
		tenant: env.Tenant != "", tenantOnly: env.TenantOnly,
	}, len(env.Temporary) == 0 && env.Pinned == nil
}

// Find returns the plan kept for a text with the same scan.Key in the same
// environment.
func (c *Cache) Find(scan *parser.Scan, env *Env) (plan.Node, bool) {
	key, ok := keyOf(scan, env)
	if ok {
		if e, found := c.plans.get(scan.Hash, key); found && bytes.Equal(e.text, scan.Key) {
			c.hits.Add(1)
			return e.node, true
		}
	}
	c.misses.Add(1)
	return nil, false
}

// Keep remembers a plan, if it is one that other values can be bound to.
func (c *Cache) Keep(scan *parser.Scan, env *Env, n plan.Node) {
	p, ok := n.(*plan.Relay)
	if !ok || !p.Cacheable {
		return
	}
	if key, ok := keyOf(scan, env); ok {
		c.plans.put(scan.Hash, key, &cached{text: bytes.Clone(scan.Key), node: n})
	}
}

// CacheStats counts what a cache did.
type CacheStats struct {
	Hits, Misses uint64
	Plans        int
}

// Stats returns the counts since the cache was made.
func (c *Cache) Stats() CacheStats {
	return CacheStats{Hits: c.hits.Load(), Misses: c.misses.Load(), Plans: c.plans.len()}
}

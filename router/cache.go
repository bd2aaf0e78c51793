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
	cache *Cache
	key   cacheKey
	text  []byte
	shape *parser.Shape // nil without one
	node  plan.Node
}

// Familiar are the plans that a session used last, which it finds again by comparing a
// text with theirs. It belongs to one goroutine; the zero Familiar is ready for use.
type Familiar struct {
	kept [familiarKept]*cached // the one used last is the first
}

// familiarKept is how many. Each is compared with a text that is none of theirs.
const familiarKept = 4

// Read reads a text as scan.Run from its beginning would, if it differs from one of the
// session's last in its constants only; else it returns false.
func (f *Familiar) Read(scan *parser.Scan, sql []byte, d parser.Dialect) bool {
	for i, e := range f.kept {
		if e == nil {
			break
		}
		if scan.Like(e.shape, sql, d) {
			if i > 0 {
				f.kept[0], f.kept[i] = e, f.kept[0]
			}
			return true
		}
	}
	return false
}

// plan returns the plan of the text that was read last, if it is for the environment.
func (f *Familiar) plan(c *Cache, scan *parser.Scan, env *Env) (plan.Node, bool) {
	e := f.kept[0]
	if e == nil || !scan.Of(e.shape) {
		return nil, false
	}
	if e.cache != c { // of other rules; let them go
		*f = Familiar{}
		return nil, false
	}
	key, ok := keyOf(scan, env)
	return e.node, ok && key == e.key
}

// add makes the plan the one used last.
func (f *Familiar) add(e *cached) {
	if e.shape != nil {
		copy(f.kept[1:], f.kept[:])
		f.kept[0] = e
	}
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
// environment. The session's familiar ones come first.
func (c *Cache) Find(scan *parser.Scan, env *Env, f *Familiar) (plan.Node, bool) {
	if n, ok := f.plan(c, scan, env); ok {
		c.hits.Add(1)
		return n, true
	}
	key, ok := keyOf(scan, env)
	if ok {
		if e, found := c.plans.get(scan.Hash, key); found && bytes.Equal(e.text, scan.Key) {
			c.hits.Add(1)
			f.add(e)
			return e.node, true
		}
	}
	c.misses.Add(1)
	return nil, false
}

// Keep remembers the plan of a text, if it is one that other values can be bound to.
func (c *Cache) Keep(scan *parser.Scan, sql []byte, env *Env, n plan.Node) {
	p, ok := n.(*plan.Relay)
	if !ok || !p.Cacheable {
		return
	}
	if key, ok := keyOf(scan, env); ok {
		c.plans.put(scan.Hash, key, &cached{cache: c, key: key, text: bytes.Clone(scan.Key), shape: scan.Shape(sql, env.Dialect), node: n})
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

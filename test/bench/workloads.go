package main

import (
	"crypto/tls"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
)

// workload is one kind of statement.
type workload struct {
	name    string
	prepare string // prepared once per connection, when not empty
	run     func(c *client, r *rand.Rand) (rows int, err error)
	rows    int  // rows that every reply must have; anyRows: it does not matter
	shards  bool // it needs several shards: HAProxy cannot answer it
	most    int  // connections at most; 0: any number
}

const anyRows = -1

// sizes of what setup loads
const (
	tenants = 64
	ofRange = 100   // rows of each tenant that the range query finds
	rows    = 10000 // rows of the tenant with the large result
)

// pointSelect is the workload that others are related to.
const pointSelect = "point select, text"

var workloads = []workload{
	{name: pointSelect, rows: 1, run: func(c *client, r *rand.Rand) (int, error) {
		i := r.IntN(tenants)
		return c.query("SELECT id, status, note FROM orders WHERE tenant_id = '" + tenant(i) + "' AND id = 't" + strconv.Itoa(i) + "'")
	}},
	{
		name: "point select, prepared", rows: 1, prepare: "SELECT id, status, note FROM orders WHERE tenant_id = ? AND id = ?",
		run: func(c *client, r *rand.Rand) (int, error) {
			i := r.IntN(tenants)
			return c.execute(tenant(i), "t"+strconv.Itoa(i))
		},
	},
	{name: "primary key without tenant", rows: 1, run: func(c *client, r *rand.Rand) (int, error) {
		return c.query("SELECT id, status, note FROM orders WHERE id = 't" + strconv.Itoa(r.IntN(tenants)) + "'")
	}},
	{name: "range of 100 rows", rows: ofRange, run: func(c *client, r *rand.Rand) (int, error) {
		return c.query("SELECT id, status, note FROM orders WHERE tenant_id = '" + tenant(r.IntN(tenants)) + "' AND status BETWEEN 1000 AND 1999")
	}},
	{name: "10k rows", rows: rows, most: 16, run: func(c *client, _ *rand.Rand) (int, error) {
		return c.query("SELECT id, status, note FROM orders WHERE tenant_id = 'big'")
	}},
	{name: "co-located join", rows: ofRange, run: func(c *client, r *rand.Rand) (int, error) {
		return c.query("SELECT o.id, i.sku FROM orders o JOIN items i ON i.tenant_id = o.tenant_id AND i.order_id = o.id WHERE o.tenant_id = '" + tenant(r.IntN(tenants)) + "' AND o.status BETWEEN 1000 AND 1999")
	}},
	{name: "insert", rows: 0, run: func(c *client, r *rand.Rand) (int, error) {
		return c.query("INSERT INTO log (id, tenant_id, note) VALUES (" + key(r) + ", '" + tenant(r.IntN(tenants)) + "', 'something happened')")
	}},
	{name: "insert of 10 rows", rows: 0, run: func(c *client, r *rand.Rand) (int, error) {
		t, values := tenant(r.IntN(tenants)), make([]string, 10)
		for i := range values {
			values[i] = "(" + key(r) + ", '" + t + "', 'something happened')"
		}
		return c.query("INSERT INTO log (id, tenant_id, note) VALUES " + strings.Join(values, ", "))
	}},
	{name: "update", rows: 0, run: func(c *client, r *rand.Rand) (int, error) {
		return c.query("UPDATE counters SET n = n + 1 WHERE tenant_id = '" + tenant(r.IntN(tenants)) + "'")
	}},
	{name: "transaction on one shard", rows: 1, run: func(c *client, r *rand.Rand) (int, error) {
		t := tenant(r.IntN(tenants))
		return c.all("BEGIN", "SELECT n FROM counters WHERE tenant_id = '"+t+"'", "UPDATE counters SET n = n + 1 WHERE tenant_id = '"+t+"'",
			"INSERT INTO log (id, tenant_id, note) VALUES ("+key(r)+", '"+t+"', 'counted')", "COMMIT")
	}},
	{name: "transfer on one shard", rows: 0, run: func(c *client, r *rand.Rand) (int, error) { return c.transfer(r, 0, 0) }},
	{name: "transaction, two tenants of one group", rows: 0, shards: true, run: func(c *client, r *rand.Rand) (int, error) { return c.transfer(r, 0, 1) }},
	{name: "transaction, two groups", rows: 0, shards: true, run: func(c *client, r *rand.Rand) (int, error) { return c.transfer(r, 0, 3) }},
	{name: "consistent snapshot", rows: 2, run: func(c *client, r *rand.Rand) (int, error) {
		a, b := tenant(r.IntN(tenants)), tenant(r.IntN(tenants))
		return c.all("START TRANSACTION WITH CONSISTENT SNAPSHOT", "SELECT n FROM counters WHERE tenant_id = '"+a+"'", "SELECT n FROM counters WHERE tenant_id = '"+b+"'", "COMMIT")
	}},
	{name: "scatter, ORDER BY LIMIT", rows: 10, shards: true, most: 16, run: func(c *client, _ *rand.Rand) (int, error) {
		return c.query("SELECT id, status FROM orders WHERE status >= 1000 ORDER BY status DESC, id LIMIT 10")
	}},
	{name: "scatter, GROUP BY", rows: 10, shards: true, most: 16, run: func(c *client, _ *rand.Rand) (int, error) {
		return c.query("SELECT status % 10, COUNT(*), SUM(status) FROM orders WHERE status BETWEEN 1000 AND 1009 GROUP BY status % 10")
	}},
	{name: "selective join over shards", rows: anyRows, shards: true, most: 16, run: func(c *client, _ *rand.Rand) (int, error) {
		return c.query("SELECT a.id, b.id FROM orders a JOIN orders b ON b.status = a.status AND b.id > a.id WHERE a.status = 1001 AND b.status = 1001 ORDER BY a.id, b.id LIMIT 20")
	}},
	{name: "point join over two shards", rows: 1, shards: true, most: 16, run: func(c *client, r *rand.Rand) (int, error) {
		return c.query("SELECT a.id, b.id FROM orders a JOIN orders b ON b.status = a.status WHERE a.tenant_id = '" + c.target.onShard(0, r) +
			"' AND a.status = 1005 AND b.tenant_id = '" + c.target.onShard(3, r) + "' AND b.status = 1005")
	}},
	{name: "update of all shards", rows: 0, shards: true, most: 16, run: func(c *client, _ *rand.Rand) (int, error) {
		return c.query("UPDATE counters SET n = n + 1 WHERE n < 0")
	}},
	{name: "connect, ask, leave", rows: 1, most: 16, run: func(c *client, _ *rand.Rand) (int, error) { return c.visit(nil) }},
	{name: "connect with TLS, ask, leave", rows: 1, most: 16, run: func(c *client, _ *rand.Rand) (int, error) {
		return c.visit(&tls.Config{InsecureSkipVerify: true}) //nolint:gosec // what is measured is the handshake
	}},
	{name: "connect with TLS resumed, ask, leave", rows: 1, most: 16, run: func(c *client, _ *rand.Rand) (int, error) {
		return c.visit(resumed)
	}},
}

// resumed goes on with the TLS sessions of connections before, as drivers do.
var resumed = &tls.Config{InsecureSkipVerify: true, ClientSessionCache: tls.NewLRUClientSessionCache(64)} //nolint:gosec // as well

// visit connects anew, asks once, and leaves.
func (c *client) visit(t *tls.Config) (int, error) {
	d, err := dialWith(c.target.addr, "bench", "bench", t)
	if err != nil {
		return 0, err
	}
	n, err := d.query("SELECT id FROM orders WHERE tenant_id = '" + tenant(0) + "' AND id = 't0'")
	return n, errors.Join(err, d.Close())
}

// key is a constant that nobody else uses.
func key(r *rand.Rand) string { return fmt.Sprintf("'%016x%016x'", r.Uint64(), r.Uint64()) }

// transfer changes the counters of two tenants, which live on the shards given.
func (c *client) transfer(r *rand.Rand, from, to int) (int, error) {
	a, b := c.target.onShard(from, r), c.target.onShard(to, r)
	if from == to { // in one order, so that none waits for another in a circle
		a, b = min(a, b), max(a, b)
	}
	return c.all("BEGIN", "UPDATE counters SET n = n - 1 WHERE tenant_id = '"+a+"'", "UPDATE counters SET n = n + 1 WHERE tenant_id = '"+b+"'", "COMMIT")
}

// all runs statements one after another; rows are those of all of them.
func (c *client) all(statements ...string) (int, error) {
	n := 0
	for _, sql := range statements {
		k, err := c.query(sql)
		if err != nil {
			return n, err
		}
		n += k
	}
	return n, nil
}

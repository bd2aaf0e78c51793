package redistest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Cluster is a Redis Cluster: three primaries, each with a replica.
type Cluster struct {
	t     testing.TB
	nodes []*Server
}

// StartCluster starts a cluster that replaces a primary within a second or two.
func StartCluster(t testing.TB) *Cluster {
	t.Helper()
	c := &Cluster{t: t}
	var buses []int
	for range 6 {
		bus := freePort(t)
		c.nodes, buses = append(c.nodes, Start(t, "--cluster-enabled", "yes", "--cluster-node-timeout", "1000", "--cluster-port", fmt.Sprint(bus),
			"--cluster-config-file", "nodes.conf", "--cluster-replica-validity-factor", "0")), append(buses, bus)
	}
	first := c.nodes[0]
	for i, s := range c.nodes[1:] {
		c.do(first, "CLUSTER", "MEET", "127.0.0.1", s.port, buses[i+1])
	}
	for i := range 3 {
		c.do(c.nodes[i], "CLUSTER", "ADDSLOTSRANGE", i*16384/3, (i+1)*16384/3-1)
	}
	for i := range 3 {
		id := c.do(c.nodes[i], "CLUSTER", "MYID")
		require.Eventually(t, func() bool { // once the replica has heard of it
			r := c.nodes[3+i].Client()
			defer r.Close()
			return r.Do(t.Context(), "CLUSTER", "REPLICATE", id).Err() == nil
		}, 20*time.Second, 50*time.Millisecond)
	}
	require.Eventually(t, func() bool {
		for _, s := range c.nodes {
			if info, _ := c.do(s, "CLUSTER", "INFO").(string); !strings.Contains(info, "cluster_state:ok") || !strings.Contains(info, "cluster_known_nodes:6") {
				return false
			}
		}
		return true
	}, 30*time.Second, 50*time.Millisecond, "the cluster does not come up")
	return c
}

func (c *Cluster) do(s *Server, args ...any) any {
	c.t.Helper()
	r := s.Client()
	defer r.Close()
	out, err := r.Do(c.t.Context(), args...).Result()
	require.NoError(c.t, err, "%v", args)
	return out
}

// Addrs are the addresses of all nodes.
func (c *Cluster) Addrs() []string {
	out := make([]string, len(c.nodes))
	for i, s := range c.nodes {
		out[i] = s.Addr()
	}
	return out
}

// Primary is the node that answers for a key now; nil if none says that it does.
func (c *Cluster) Primary(key string) *Server {
	for _, s := range c.nodes {
		r := s.Client()
		_, err := r.Get(c.t.Context(), key).Result()
		_ = r.Close()
		if err == nil || !strings.HasPrefix(err.Error(), "MOVED") && !strings.HasPrefix(err.Error(), "CLUSTERDOWN") && strings.Contains(err.Error(), "nil") ||
			err != nil && strings.HasPrefix(err.Error(), "WRONGTYPE") {
			return s
		}
	}
	return nil
}

// Each visits all nodes.
func (c *Cluster) Each(visit func(*Server)) {
	for _, s := range c.nodes {
		visit(s)
	}
}

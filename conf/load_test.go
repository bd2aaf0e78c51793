package conf

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParseSketch(t *testing.T) {
	c, problems := Parse("saas.yaml", []byte(`version: 1
listen: [{address: 127.0.0.1:0}]
users: [{name: root, password: "", hosts: [127.0.0.0/8, "::1/128"]}]
groups:
  g0: {primary: 127.0.0.1:3307, user: sluice, pool: {max: 5}}
databases:
  core:
    shards: [{name: core-0, group: g0}]
    tables:
      users: {kind: sharded, key: tenant_id}
`))
	require.NoError(t, problems.Err())
	require.Empty(t, problems)
	require.Equal(t, "core", c.Databases[0].Shards[0].Schema)
	require.Equal(t, []SlotRange{{0, 4095}}, c.Databases[0].Shards[0].Slots)
	require.Equal(t, 5, c.Groups[0].Pool.Max)
	require.Equal(t, "saas.yaml:10:7", c.Databases[0].Tables[0].Pos.String())
	require.Equal(t, "saas.yaml:5:17", c.At("groups.g0.primary").String())
	require.Equal(t, int64(64<<20), int64(c.Limits.MaxPacket))
}

package pool

import (
	"fmt"
	"maps"
	"testing"

	"github.com/stretchr/testify/require"
)

// sound are the facts of n servers that lose nothing; the first is the primary.
func sound(n int) []facts {
	list := make([]facts, n)
	for i := range list {
		list[i] = facts{addr: fmt.Sprint("s", i), rights: map[string]bool{}, has: map[string]string{
			"read_only": "ON", "gtid_mode": "ON", "log_bin": "ON", "log_replica_updates": "ON", "sync_binlog": "1", "innodb_flush_log_at_trx_commit": "1",
			"rpl_semi_sync_source_enabled": "OFF", "rpl_semi_sync_source_timeout": "4294967295", "rpl_semi_sync_source_wait_no_replica": "ON",
			"rpl_semi_sync_source_wait_for_replica_count": fmt.Sprint(needed(n)), "rpl_semi_sync_source_wait_point": "AFTER_SYNC",
			"rpl_semi_sync_replica_enabled": "ON", "Rpl_semi_sync_replica_status": "ON", "Source_Host": "s0", "Auto_Position": "1", "Replica_IO_Running": "Yes",
		}}
		for _, p := range promotes {
			list[i].rights[p] = true
		}
	}
	p := list[0].has
	p["read_only"], p["rpl_semi_sync_source_enabled"], p["kept"], p["Rpl_semi_sync_source_status"] = "OFF", "ON", "1", "ON"
	p["Rpl_semi_sync_source_clients"], p["Rpl_semi_sync_replica_status"], p["Source_Host"] = fmt.Sprint(n-1), "OFF", ""
	return list
}

func TestRisks(t *testing.T) {
	for n := 3; n < 8; n++ {
		require.Empty(t, risks(sound(n)), "%d servers", n)
	}
	// spoil changes facts of one of five servers.
	spoil := func(i int, has map[string]string) []Risk {
		list := sound(5)
		maps.Copy(list[i].has, has)
		return risks(list)
	}
	one := func(list []Risk, says string) {
		t.Helper()
		require.Len(t, list, 1)
		require.Contains(t, list[0].String(), says)
	}
	one(spoil(3, map[string]string{"rpl_semi_sync_source_wait_for_replica_count": "1"}), "s3: rpl_semi_sync_source_wait_for_replica_count is 1: of 5 servers any 3 may promote")
	one(spoil(1, map[string]string{"gtid_mode": "ON_PERMISSIVE"}), "gtid_mode is ON_PERMISSIVE")
	one(spoil(1, map[string]string{"log_replica_updates": "OFF"}), "log_replica_updates is OFF")
	one(spoil(0, map[string]string{"Rpl_semi_sync_source_status": "OFF"}), "do not wait for replicas now")
	one(spoil(0, map[string]string{"Rpl_semi_sync_source_clients": "1"}), "1 replicas acknowledge, and 2 must")
	one(spoil(0, map[string]string{"read_only": "ON", "Source_Host": "x", "Rpl_semi_sync_replica_status": "ON"}), "0 servers take writes")

	list := sound(3)
	list[2].report = true
	one(risks(list), "s2: has role: report and acknowledges")
	list[2].has["rpl_semi_sync_replica_enabled"], list[2].has["Rpl_semi_sync_replica_status"], list[0].has["Rpl_semi_sync_source_clients"] = "OFF", "OFF", "1"
	require.Empty(t, risks(list))
	list[0].rights["CONNECTION_ADMIN"] = false
	one(risks(list), "GRANT CONNECTION_ADMIN ON *.*")

	list[0].rights["ALL PRIVILEGES"] = true
	require.Empty(t, risks(list))

	list = sound(3)
	for i := range list {
		list[i].has["group_replication_group_name"], list[i].has["group_replication_consistency"] = "g", "EVENTUAL"
		list[i].has["rpl_semi_sync_source_enabled"] = ""
	}
	one(risks(list), "s0, s1, s2: group_replication_consistency is EVENTUAL")
}

func TestRightsOf(t *testing.T) {
	for grant, want := range map[string][]string{
		"GRANT SELECT, REPLICATION SLAVE ON *.* TO `u`@`%` WITH GRANT OPTION": {"SELECT", "REPLICATION SLAVE"},
		"GRANT ALL PRIVILEGES ON *.* TO `u`@`%`":                              {"ALL PRIVILEGES"},
		"GRANT `role`@`%` TO `u`@`%`":                                         nil,
		"REVOKE SELECT ON `app`.* FROM `u`@`%`":                               nil,
	} {
		got, global := rightsOf(grant)
		require.Equal(t, want, got, grant)
		require.Equal(t, want != nil, global, grant)
	}
	_, global := rightsOf("GRANT SELECT ON `app`.* TO `u`@`%`")
	require.False(t, global)
}

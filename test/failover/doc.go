// Package failover lets primaries of a replicated group die, freeze, slow down and lose
// their network under writing clients, with Sluice as processes in front of them, and
// checks what was acknowledged against what every server has. It also reads back through
// several processes what was written through others, while replicas lag.
package failover

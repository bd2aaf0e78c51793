package seed

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"strings"
)

// key turns the coordinates of a value into the number that everything random about it
// comes from.
func key(seed uint64, kind, name string, numbers ...int) uint64 {
	h := fnv.New64a()
	var buf [8]byte
	binary.BigEndian.PutUint64(buf[:], seed)
	_, _ = h.Write(buf[:])
	_, _ = h.Write([]byte(kind + "\x00" + name + "\x00"))
	for _, n := range numbers {
		binary.BigEndian.PutUint64(buf[:], uint64(n))
		_, _ = h.Write(buf[:])
	}
	return h.Sum64()
}

// uuid makes a version 4 UUID in lower case.
func uuid(k uint64) string {
	r := rand.NewPCG(k, k^0x5c5c5c5c5c5c5c5c)
	a, b := r.Uint64(), r.Uint64()
	return fmt.Sprintf("%08x-%04x-4%03x-%04x-%012x",
		a>>32, a>>16&0xffff, a&0xfff, b>>48&0x3fff|0x8000, b&0xffffffffffff)
}

// spell returns an id in lower, upper or mixed case, in turn.
func spell(id string, turn int) string {
	switch turn % 3 {
	case 1:
		return strings.ToUpper(id)
	case 2:
		return strings.ToUpper(id[:18]) + id[18:]
	}
	return id
}

// id is the primary key of a row. Every eleventh is in upper case.
func (g *generator) id(t *table, tenant, row int) string {
	if t.name == "saas_tenants" {
		return g.tenants[tenant]
	}
	if t.tenant == "" {
		tenant = platform
	}
	id := uuid(key(g.Seed, "id", t.name, tenant, row))
	if row%11 == 5 {
		return strings.ToUpper(id)
	}
	return id
}

// token is a text that is unique over all tenants.
func (g *generator) token(t *table, column string, tenant, row int) string {
	a := key(g.Seed, "token "+column, t.name, tenant, row)
	return fmt.Sprintf("%s_%016x%04x", token(t.name, column), a, row&0xffff)
}

// token is what the unique texts of a column begin with.
func token(table, column string) string {
	switch column {
	case "access_key":
		return "ak"
	case "session_token":
		return "st"
	case "share_token":
		return "sh"
	case "conversation_id":
		return "conv"
	case "message_id":
		return "msg"
	case "coupon_code":
		return "CP"
	case "serial_number":
		return "SN"
	case "tenant_code":
		return "T"
	}
	return table[:2]
}

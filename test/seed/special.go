package seed

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// special decides the columns whose meaning is known and matters to somebody: a procedure,
// a check, a report, or an eye.
func (r *row) special(c *column) (any, bool) {
	if v, ok := r.person(c); ok {
		return v, true
	}
	if v, ok := r.amount(c); ok {
		return v, true
	}
	if v, ok := r.period(c); ok {
		return v, true
	}
	switch r.t.name + "." + c.name {
	case "saas_tenants.tenant_name":
		return r.pick(r.g.text.companies), true
	case "saas_permissions.module", "saas_permissions.resource":
		return r.g.text.modules[r.number/len(r.g.text.actions)%len(r.g.text.modules)], true
	case "saas_permissions.action":
		return r.g.text.actions[r.number%len(r.g.text.actions)], true
	case "saas_permissions.status":
		return "active", true
	case "customer_tag_definitions.rule_expression":
		if r.number%2 == 0 {
			return "total_amount > 10000", true
		}
	case "customer_tag_definitions.auto_assign":
		return int64(1 - r.number%4/3), true
	case "customer_segments.segment_type":
		return c.values[1-r.number%2], true
	case "ai_platform_agents.platform_agent_id", "saas_api_keys.secret_key_hash", "saas_files.file_hash":
		return fmt.Sprintf("%016x", r.rand.Uint64()), true
	case "wework_contacts.wework_contact_id", "wework_groups.wework_group_id", "wework_group_members.member_wework_id":
		return fmt.Sprintf("wm%012x%04d", key(r.g.Seed, c.name, r.t.name, r.tenant, r.number)>>16, r.number), true
	}
	return nil, false
}

// person decides names and addresses of people.
func (r *row) person(c *column) (any, bool) {
	switch c.name {
	case "username":
		if r.number%4 == 3 {
			return fmt.Sprintf("%s%d", r.pick(r.g.text.people), r.number), true
		}
		return fmt.Sprintf("%s.%d", r.pick(r.g.text.latin), r.number), true
	case "email":
		return r.orNull(c, fmt.Sprintf("%s.%d@example.com", r.pick(r.g.text.latin), r.number)), true
	case "phone", "emergency_phone":
		n := (uint64(r.number)*7919 + key(r.g.Seed, "phone", "", r.tenant)) % 1e8
		return r.orNull(c, fmt.Sprintf("138%08d", n)), true
	case "id_card":
		return r.orNull(c, fmt.Sprintf("3301%02d19%02d0101%03dX", r.number/1000%100, 50+r.rand.IntN(50), r.number%1000)), true
	case "password_hash":
		return fmt.Sprintf("$2a$10$%016x%016x", r.rand.Uint64(), r.rand.Uint64()), true
	case "name", "nickname", "contact_name", "member_name", "from_name", "to_name", "doctor_name",
		"contact_person", "emergency_contact", "operator_name":
		return r.pick(r.g.text.people), true
	case "company_name", "corp_name", "corp_full_name", "workplace", "wework_corp_name":
		return r.orNull(c, r.pick(r.g.text.companies)), true
	case "birth_date":
		return r.g.Now.AddDate(-5-r.rand.IntN(80), 0, -r.rand.IntN(365)).Format(time.DateOnly), true
	case "age":
		birth, err := time.Parse(time.DateOnly, fmt.Sprint(r.done["birth_date"]))
		if err != nil {
			return nil, true
		}
		years := r.g.Now.Year() - birth.Year()
		if birth.AddDate(years, 0, 0).After(r.g.Now) {
			years--
		}
		return int64(years), true
	case "ip_address", "login_ip", "last_login_ip", "client_ip", "last_used_ip":
		if r.number%6 == 5 {
			return fmt.Sprintf("2001:db8::%x", r.rand.IntN(65536)), true
		}
		return fmt.Sprintf("192.0.2.%d", 1+r.rand.IntN(254)), true
	}
	return nil, false
}

// amount decides sums and counts that belong together.
func (r *row) amount(c *column) (any, bool) {
	switch c.name {
	case "quantity":
		return int64(1 + r.rand.IntN(3)), true
	case "subtotal", "final_price":
		if quantity, ok := r.done["quantity"].(int64); ok {
			return money(quantity * cents(r.done["unit_price"])), true
		}
		return money(int64(5000 + r.rand.IntN(300000))), true
	case "total_amount":
		if orders, ok := r.done["total_orders"].(int64); ok {
			return money(orders * int64(8000+r.rand.IntN(120000))), true
		}
		if subtotal, ok := r.done["subtotal"]; ok {
			return subtotal, true
		}
	case "total_orders":
		return int64(max(0, r.rand.IntN(24)-3)), true
	case "avg_order_amount":
		if orders, ok := r.done["total_orders"].(int64); ok {
			return money(cents(r.done["total_amount"]) / max(orders, 1)), true
		}
	case "available_slots", "max_bookings", "capacity":
		return int64(10 + r.rand.IntN(30)), true
	case "booked_slots", "current_bookings", "booked_capacity":
		return int64(r.rand.IntN(8)), true
	case "total_requests", "total_messages", "total_measurements":
		return int64(100 + r.rand.IntN(5000)), true
	case "successful_requests", "successful_messages", "successful_measurements":
		return r.total(strings.TrimPrefix(c.name, "successful")) * 9 / 10, true
	case "failed_requests", "failed_messages":
		if total := r.total(strings.TrimPrefix(c.name, "failed")); total > 0 {
			return total - total*9/10, true
		}
	}
	return nil, false
}

// total is the column "total_..." of the row, 0 if there was none.
func (r *row) total(suffix string) int64 {
	n, _ := r.done["total"+suffix].(int64)
	return n
}

// cents reads a decimal with two places.
func cents(v any) int64 {
	f, _ := strconv.ParseFloat(fmt.Sprint(v), 64)
	return int64(f*100 + 0.5)
}

func money(cents int64) string { return fmt.Sprintf("%d.%02d", cents/100, cents%100) }

// period decides the beginnings and ends that must not be the wrong way round.
func (r *row) period(c *column) (any, bool) {
	day := 24 * time.Hour
	switch {
	case c.name == r.t.ranged || c.name == "created_at":
		return stamp(r.when), true
	case c.typ == "time" && (c.name == "start_time" || c.name == "service_time_start"):
		return fmt.Sprintf("%02d:%02d:00", 8+r.rand.IntN(9), 15*r.rand.IntN(4)), true
	case c.typ == "time" && (c.name == "end_time" || c.name == "service_time_end"):
		start, _ := r.done["start_time"].(string)
		if c.name == "service_time_end" {
			start, _ = r.done["service_time_start"].(string)
		}
		t, err := time.Parse(time.TimeOnly, start)
		if err != nil {
			return nil, true
		}
		return t.Add(time.Duration(30+r.rand.IntN(90)) * time.Minute).Format(time.TimeOnly), true
	case c.typ == "timestamp" && (c.name == "start_time" || c.name == "window_start"):
		return stamp(r.when), true
	case c.typ == "timestamp" && (c.name == "end_time" || c.name == "window_end"):
		return stamp(r.when.Add(day * time.Duration(1+r.rand.IntN(60)))), true
	case c.name == "first_order_date" || c.name == "last_order_date" || c.name == "last_interaction_date":
		return r.orders(c), true
	case c.name == "last_heartbeat_time":
		return stamp(r.g.Now.Add(-time.Duration(r.rand.IntN(600)) * time.Second)), true
	}
	return nil, false
}

// orders are the dates of a customer's orders: none without orders, within a year of now
// otherwise.
func (r *row) orders(c *column) any {
	if n, ok := r.done["total_orders"].(int64); !ok || n == 0 {
		return nil
	}
	back := r.rand.IntN(120)
	if c.name == "first_order_date" {
		back = 120 + r.rand.IntN(245)
	}
	return r.g.Now.AddDate(0, 0, -back).Format(time.DateOnly)
}

// orNull gives up on the value now and then, where the column allows it.
func (r *row) orNull(c *column, v string) any {
	if c.nullable && r.rand.IntN(100) < 12 {
		return nil
	}
	return v
}

// pick chooses one text.
func (r *row) pick(from []string) string { return from[r.rand.IntN(len(from))] }

// stamp writes a time as MySQL does.
func stamp(t time.Time) string { return t.Format(time.DateTime) }

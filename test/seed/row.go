package seed

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
	"unicode/utf8"
)

// row is one row in the making.
type row struct {
	g      *generator
	t      *table
	tenant int
	number int
	rand   *rand.Rand
	when   time.Time // when the row was created
	clock  time.Time // the latest of what happened to it
	fixed  map[string]int
	done   map[string]any // the columns before the present one
}

// row makes the values of one row, in the order of the table's columns.
func (g *generator) row(t *table, tenant, number int) []any {
	k := key(g.Seed, "row", t.name, tenant, number)
	r := &row{
		g: g, t: t, tenant: tenant, number: number,
		rand: rand.New(rand.NewPCG(k, ^k)), fixed: g.counted(t, tenant, number), done: map[string]any{},
	}
	r.when = g.moment((float64(number) + r.rand.Float64()) / float64(g.count(t, tenant)))
	r.clock = r.when
	out := make([]any, len(t.columns))
	for i := range t.columns {
		c := &t.columns[i]
		v := r.value(c)
		if s, ok := v.(string); ok && c.typ == "varchar" {
			v = cut(s, c.size)
		}
		out[i] = v
		r.done[c.name] = v
	}
	return out
}

// moment is a time between the first month and now; part is 0 for the one, 1 for the other.
func (g *generator) moment(part float64) time.Time {
	first := g.Now.AddDate(0, -g.Months, 0)
	return first.Add(time.Duration(part * float64(g.Now.Sub(first)))).Truncate(time.Second)
}

// cut keeps the first n characters.
func cut(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n])
}

// value decides one value. What keys demand comes first, then what the column's name says,
// then what its type allows.
func (r *row) value(c *column) any {
	switch {
	case c.name == r.t.tenant:
		return r.tenantID(c)
	case c.name == "id":
		return r.g.id(r.t, r.tenant, r.number)
	}
	if n, ok := r.fixed[c.name]; ok {
		return r.counted(c, n)
	}
	if parent := r.t.foreign[c.name]; parent != "" {
		return r.parent(c, parent)
	}
	if r.t.lonely(c.name) {
		return r.unique(c)
	}
	if v, ok := r.special(c); ok {
		return v
	}
	if r.t.numbered(c.name) {
		return r.numbered(c)
	}
	if parent, ok := reference(r.t.name, c.name); ok && c.typ == "varchar" {
		return r.loose(c, parent)
	}
	if r.absent(c) {
		return nil
	}
	return r.byType(c)
}

func (r *row) tenantID(c *column) any {
	if r.tenant == platform {
		return nil
	}
	id := r.g.tenants[r.tenant]
	if r.g.Respell && c.name == "tenant_id" && r.number%5 == 4 {
		if lower := strings.ToLower(id); lower != id {
			return lower
		}
		return strings.ToUpper(id)
	}
	return id
}

// counted is the value of a column that a unique key counts through.
func (r *row) counted(c *column, n int) any {
	switch {
	case r.t.foreign[c.name] != "":
		return r.g.id(r.g.byName[r.t.foreign[c.name]], r.tenant, n)
	case c.typ == "enum":
		return c.values[n]
	case c.name == "target_id":
		return r.g.id(r.g.byName["wework_contacts"], r.tenant, n)
	}
	return r.g.text.resources[n]
}

// parent is the value of a foreign key: a row of the same tenant.
func (r *row) parent(c *column, name string) any {
	p := r.g.byName[name]
	if p == r.t { // a tree: the parent comes before its children
		if r.number == 0 {
			return nil
		}
		return r.g.id(p, r.tenant, (r.number-1)/3)
	}
	if c.nullable && (r.tenant == platform || r.rand.IntN(100) < 15) {
		return nil
	}
	return r.g.id(p, r.tenant, r.rand.IntN(r.g.count(p, r.tenant)))
}

// loose is the value of a column that points at a table without a foreign key.
func (r *row) loose(c *column, name string) any {
	p := r.g.byName[name]
	if c.nullable && (r.tenant == platform || r.rand.IntN(100) < 25) {
		return nil
	}
	n := r.rand.IntN(r.g.count(p, r.tenant))
	if c.name == "conversation_id" && name == "wework_conversations" {
		return r.g.token(p, c.name, r.tenant, n)
	}
	return r.g.id(p, r.tenant, n)
}

// reference says which table a column points at without a foreign key.
func reference(table, column string) (string, bool) {
	name := references(column)
	switch table + "." + column {
	case "ai_conversations.user_id":
		name = "customers"
	case "wework_message_records.conversation_id":
		name = "wework_conversations"
	case "wework_message_records.template_id":
		name = "wework_message_templates"
	}
	return name, name != ""
}

func references(column string) string {
	switch column {
	case "customer_id", "issued_to_user", "used_by_user", "participant_id", "referrer_id":
		return "customers"
	case "agent_id":
		return "ai_agents"
	case "platform_id", "selected_platform_id", "final_platform_id":
		return "ai_platforms"
	case "conversation_id":
		return "ai_conversations"
	case "account_id":
		return "wework_accounts"
	case "campaign_id":
		return "marketing_campaigns"
	case "booking_id", "order_id", "used_order_id", "business_id":
		return "service_orders"
	case "capacity_id":
		return "services"
	case "behavior_id":
		return "customer_behavior_definitions"
	case "event_id":
		return "customer_behavior_events"
	case "device_id":
		return "health_devices"
	case "patient_id":
		return "health_patients"
	case "doctor_id", "assigned_doctor_id":
		return "health_doctors"
	case "trigger_rule_id":
		return "health_alert_rules"
	case "provider_id":
		return "service_providers"
	case "user_id", "operator_id", "recipient_id", "granted_by", "assigned_sales_id", "assigned_service_id":
		return "saas_users"
	}
	if strings.HasSuffix(column, "ed_by") {
		return "saas_users"
	}
	return ""
}

// absent decides whether a column that may be NULL is: often where it has no default,
// seldom where it has one.
func (r *row) absent(c *column) bool {
	switch {
	case !c.nullable, c.name == "created_at", c.name == "updated_at":
		return false
	case c.def == "":
		return r.rand.IntN(100) < 25
	}
	return r.rand.IntN(100) < 2
}

// unique is a text that no other tenant may have.
func (r *row) unique(c *column) any {
	switch {
	case c.name == "permission_code":
		return r.g.text.modules[r.number/len(r.g.text.actions)%len(r.g.text.modules)] + ":" + r.g.text.actions[r.number%len(r.g.text.actions)]
	case c.name == "wework_guid":
		return uuid(key(r.g.Seed, "guid", r.t.name, r.tenant, r.number))
	case c.nullable && r.rand.IntN(100) < 10:
		return nil
	}
	return r.g.token(r.t, c.name, r.tenant, r.number)
}

// numbered is a value that no other row of the tenant has.
func (r *row) numbered(c *column) any {
	switch c.typ {
	case "date":
		return r.g.Now.AddDate(0, 0, -r.number).Format(time.DateOnly)
	case "int":
		return int64(r.number)
	}
	first, _, _ := strings.Cut(c.name, "_")
	return fmt.Sprintf("%s-%05d", strings.ToUpper(first), r.number+1)
}

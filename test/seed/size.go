package seed

import "slices"

// sizes say which tables do not simply grow with their tenant.
type sizes struct {
	fixed   map[string]int // tables that do not grow, and their rows
	days    map[string]int // tables with one row per day, and the most rows
	doubled []string       // tables with twice as many rows as the tenant has customers
}

func newSizes() sizes {
	return sizes{
		fixed: map[string]int{
			"saas_tenants": 1, "saas_tenant_quotas": 1, "saas_permissions": 40,
			"saas_roles": 5, "saas_role_permissions": 60, "saas_quota_usage_realtime": 12,
			"saas_monitor_rules": 4, "saas_health_checks": 4, "saas_message_templates": 6,
			"ai_platforms": 3, "ai_agents": 6, "ai_agent_versions": 10, "ai_platform_agents": 12,
			"ai_scheduling_strategies": 5, "ai_knowledge_bases": 4, "ai_agent_knowledge_bases": 12,
			"ai_tools": 5, "ai_agent_tools": 15, "ai_model_configs": 5, "ai_task_definitions": 5,
			"wework_accounts": 4, "wework_account_monitor_rules": 5, "wework_message_templates": 5,
			"wework_message_tasks": 8, "wework_tags": 8, "service_categories": 6, "service_providers": 5,
			"marketing_campaigns": 4, "marketing_ab_tests": 3, "customer_tag_definitions": 8,
			"customer_segments": 5, "segment_calculation_history": 10, "tag_rule_execution_logs": 10,
			"customer_behavior_definitions": 6, "health_alert_rules": 5, "health_doctors": 4,
		},
		days: map[string]int{
			"saas_usage_statistics": 90, "wework_tenant_usage": 90, "health_statistics": 90,
		},
		doubled: []string{
			"saas_unified_audit_logs", "ai_messages", "ai_call_logs", "wework_message_records",
			"service_order_items", "customer_behavior_events", "health_vital_signs", "health_device_logs",
		},
	}
}

// count says how many rows a tenant has in a table. It is never 0 for an owner.
func (g *generator) count(t *table, tenant int) int {
	if t.tenant == "" {
		tenant = platform
	}
	k := countKey{t.name, tenant}
	n, ok := g.counts[k]
	if !ok {
		n = max(1, min(g.wanted(t, tenant), g.room(t, tenant)))
		g.counts[k] = n
	}
	return n
}

func (g *generator) wanted(t *table, tenant int) int {
	base := max(3, g.Rows/2)
	if tenant != platform {
		base = g.base[tenant]
	}
	if n, ok := g.sizes.fixed[t.name]; ok {
		return n
	}
	if n, ok := g.sizes.days[t.name]; ok {
		return min(base, n)
	}
	if slices.Contains(g.sizes.doubled, t.name) {
		return 2 * base
	}
	return base
}

// room says how many rows the unique keys of a table leave room for.
func (g *generator) room(t *table, tenant int) int {
	n := 1 << 30
	for _, u := range t.uniques {
		if digits := g.digits(t, tenant, u); digits != nil {
			product := 1
			for _, d := range digits {
				product *= d.base
			}
			n = min(n, product)
		}
	}
	return n
}

// digit is a column of a unique key that has few values, and how many.
type digit struct {
	column string
	base   int
}

// digits returns the columns of a unique key if all of them have few values. Such a key is
// kept unique by counting: the number of the row, written in the mixed base of the columns,
// gives their values. A key with a text, date or number needs no digits: that column's
// value holds the number of the row.
func (g *generator) digits(t *table, tenant int, unique []string) []digit {
	out := []digit{}
	for _, name := range unique {
		c := t.column(name)
		switch {
		case name == t.tenant:
		case t.foreign[name] != "":
			out = append(out, digit{name, g.count(g.byName[t.foreign[name]], tenant)})
		case t.name == "wework_tag_relations" && name == "target_type":
			out = append(out, digit{name, 1}) // contacts only: target_id is one
		case c.typ == "enum":
			out = append(out, digit{name, len(c.values)})
		case t.name == "saas_quota_usage_realtime" && name == "resource_type":
			out = append(out, digit{name, len(g.text.resources)})
		case t.name == "wework_tag_relations" && name == "target_id":
			out = append(out, digit{name, g.count(g.byName["wework_contacts"], tenant)})
		default:
			return nil
		}
	}
	return out
}

// counted returns the columns of a row whose values its number decides, and the values'
// numbers. A stride through all combinations, that has no divisor in common with their
// number, meets each of them once and changes every column often.
func (g *generator) counted(t *table, tenant, row int) map[string]int {
	out := map[string]int{}
	for _, u := range t.uniques {
		digits := g.digits(t, tenant, u)
		product := 1
		for _, d := range digits {
			product *= d.base
		}
		rest := row * stride(product) % product
		for _, d := range digits {
			out[d.column] = rest % d.base
			rest /= d.base
		}
	}
	return out
}

// stride is about the golden part of n and has no divisor in common with it.
func stride(n int) int {
	s := n*618/1000 + 1
	for gcd(s, n) != 1 {
		s++
	}
	return s
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// numbered says whether a column is the one of a unique key that holds the row's number.
func (t *table) numbered(name string) bool {
	for _, u := range t.uniques {
		if i := slices.IndexFunc(u, t.indexed); i >= 0 && u[i] == name {
			return true
		}
	}
	return false
}

// indexed says whether a column is a text, date or number that is not a reference.
func (t *table) indexed(name string) bool {
	c := t.column(name)
	return name != t.tenant && t.foreign[name] == "" && c.typ != "enum" && name != t.ranged
}

// lonely says whether a column is unique over all tenants by itself.
func (t *table) lonely(name string) bool {
	return slices.ContainsFunc(t.uniques, func(u []string) bool {
		return u[0] == name && (len(u) == 1 || len(u) == 2 && u[1] == t.ranged)
	})
}

package main

import (
	"fmt"
	"io"
	"os/exec"
	"text/template"

	"github.com/sluicedb/sluice/parser/value"
	"github.com/sluicedb/sluice/rules"
	"github.com/sluicedb/sluice/test/mysqltest"
)

// guide is what the demo prints when everything runs.
type guide struct {
	addresses
	Config string // file
	Client string // the mysql program
	Places []place
	Tenant string // whom the examples are about: the one with most rows
}

// place is where a tenant lives.
type place struct {
	Tenant, Group string
	Slot          int
}

func newGuide(a addresses, config string, b mysqltest.Binary, r *rules.Rules, tenants []string) (guide, error) {
	g := guide{addresses: a, Config: config, Client: "mysql", Tenant: tenants[len(tenants)-1]}
	if _, err := exec.LookPath("mysql"); err != nil {
		if path, err := b.Client("mysql"); err == nil {
			g.Client = path
		}
	}
	for _, id := range tenants {
		t, _ := r.Table("saas_tenants")
		at, ok := r.Locate(t, value.Value{Kind: value.String, S: id})
		if !ok {
			return g, fmt.Errorf("no shard for tenant %q", id)
		}
		g.Places = append(g.Places, place{id, at.Shard.Group, at.Slot})
	}
	return g, nil
}

const guideText = `
Tenants
{{range .Places}}  {{printf "%-36s  slot %4d  group %s" .Tenant .Slot .Group}}
{{end}}
Connect
  {{.Client}} -h 127.0.0.1 -P {{.PortOf .Listen}} -u root {{.Database}}

and try: rows of one tenant, from one shard
  SELECT id, username, status FROM saas_users WHERE tenant_id = '{{.Tenant}}' LIMIT 3;
two of the six databases joined, still one shard: a tenant's rows are together
  SELECT t.tenant_name, COUNT(*) FROM saas_tenants t JOIN ai_agents a ON a.tenant_id = t.id
  WHERE t.id = '{{.Tenant}}' GROUP BY t.tenant_name;
no tenant: every shard is asked, and one answer comes
  SELECT COUNT(*) FROM saas_users;

Where a statement goes and why; what went where; numbers
  bin/sluice route --admin {{.Admin}} "SELECT * FROM saas_users WHERE tenant_id = '{{.Tenant}}'"
  bin/sluice routes --admin {{.Admin}}
  http://{{.Admin}}/metrics

The servers themselves   {{.Client}} -h 127.0.0.1 -u root -P {{.PortOf .G0}} (g0) or {{.PortOf .G1}} (g1)
The configuration        {{.Config}}
Ctrl-C ends everything and removes it.
`

func (g guide) print(out io.Writer) error {
	return template.Must(template.New("guide").Parse(guideText)).Execute(out, g)
}

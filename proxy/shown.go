package proxy

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/pool"
	"github.com/sluicedb/sluice/router/plan"
)

// shown is an object's definition on one shard as SHOW CREATE prints it, without what
// may differ between shards: their names, and what AUTO_INCREMENT has counted. It is
// empty where the shard has no such object.
type shown string

// hash is short, for the journal.
func (d shown) hash() string {
	sum := sha256.Sum256([]byte(d))
	return hex.EncodeToString(sum[:16])
}

// place is a schema on a group.
type place struct{ name, group, schema string }

// definitionsOn asks all places at once for the definitions of some objects. The answer
// is by object and place. The error names the place.
func (s *snapshot) definitionsOn(ctx context.Context, places []place, objects []plan.Object) ([][]shown, error) {
	out := make([][]shown, len(objects))
	for i := range out {
		out[i] = make([]shown, len(places))
	}
	var g errgroup.Group
	for n, p := range places {
		g.Go(func() error {
			group, ok := s.groups[p.group]
			if !ok {
				return fmt.Errorf("shard %s: group %s is not configured", p.name, p.group)
			}
			err := withConn(ctx, group, func(c *pool.Conn) error {
				for i, o := range objects {
					text, err := showCreate(c, p.schema, o)
					if err != nil {
						return err
					}
					text = strings.ReplaceAll(text, wire.QuoteIdent(p.schema)+".", "") // printed where it is not the current one
					out[i][n] = shown(autoIncrement.ReplaceAllString(s.logical(p.group, text), "$1"))
				}
				return nil
			})
			if err != nil {
				return fmt.Errorf("shard %s: %w", p.name, err)
			}
			return nil
		})
	}
	return out, g.Wait()
}

var autoIncrement = regexp.MustCompile(`(?m)^(\) ENGINE=\S+) AUTO_INCREMENT=\d+`)

// showCreate returns an object's definition; empty if there is none.
func showCreate(c *pool.Conn, schema string, o plan.Object) (string, error) {
	rows, err := c.QueryAll("SHOW CREATE " + string(o.Kind) + " " + wire.QuoteIdent(schema) + "." + wire.QuoteIdent(o.Name))
	if e, ok := errors.AsType[*wire.Error](err); ok {
		switch e.Number {
		case 1146, 1305, 1360, 1539: // no such table, routine, trigger, event
			return "", nil
		case 1356: // a view whose tables have gone
			return e.Message, nil
		}
	}
	at := map[plan.ObjectKind]int{plan.TableObject: 1, plan.EventObject: 3}[o.Kind]
	if at == 0 {
		at = 2
	}
	if err != nil || len(rows) != 1 || len(rows[0]) <= at {
		return "", err
	}
	return string(rows[0][at]), nil
}

// drift describes the first difference between the definitions of an object; empty if
// there is none.
func drift(o plan.Object, places []place, defs []shown) string {
	for n, d := range defs {
		first := defs[0]
		switch {
		case d == first:
			continue
		case first == "":
			return fmt.Sprintf("shard %s has %s, and shard %s has not", places[n].name, o.Name, places[0].name)
		case d == "":
			return fmt.Sprintf("shard %s has %s, and shard %s has not", places[0].name, o.Name, places[n].name)
		}
		have, want := firstDifference(string(d), string(first))
		return fmt.Sprintf("%s is not the same on shards %s and %s: %s, and %s", o.Name, places[0].name, places[n].name, want, have)
	}
	return ""
}

// firstDifference returns the first lines that differ.
func firstDifference(x, y string) (string, string) {
	a, b := strings.Split(x, "\n"), strings.Split(y, "\n")
	line := func(lines []string, i int) string {
		if i >= len(lines) {
			return "nothing"
		}
		text := strings.TrimSuffix(strings.TrimSpace(lines[i]), ",")
		if strings.HasPrefix(text, "`") {
			text = "column " + text
		}
		if len(text) > 200 {
			text = strings.ToValidUTF8(text[:200], "") + ".."
		}
		return text
	}
	i := 0
	for i < len(a) && i < len(b) && strings.TrimSuffix(a[i], ",") == strings.TrimSuffix(b[i], ",") {
		i++
	}
	return line(a, i), line(b, i)
}

package proxy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/pool"
	"github.com/sluicedb/sluice/router/plan"
	"github.com/sluicedb/sluice/rules"
)

// ofDatabase are the rights that one can have on a database, in the order in which MySQL
// lists them.
var ofDatabase = strings.Split("SELECT,INSERT,UPDATE,DELETE,CREATE,DROP,REFERENCES,INDEX,ALTER,CREATE TEMPORARY TABLES,LOCK TABLES,"+
	"EXECUTE,CREATE VIEW,SHOW VIEW,CREATE ROUTINE,ALTER ROUTINE,EVENT,TRIGGER", ",")

// asksGrants reports whether the words are SHOW GRANTS, and asksOwnGrants whether they ask
// for the session's own.
func asksGrants(w []string) bool { return len(w) >= 2 && w[1] == "GRANTS" }

func asksOwnGrants(w []string) bool {
	of := strings.Join(w[2:], "")
	return of == "" || of == "FORCURRENT_USER" || of == "FORCURRENT_USER()"
}

// showGrants answers SHOW GRANTS: what the account with which Sluice connects may do in the
// databases, a user of Sluice may, and nothing on the servers as a whole.
func (s *session) showGrants(w []string, text []byte, more bool) error {
	if err := s.orSyntax(text, nil); err != nil {
		return err
	}
	if !asksOwnGrants(w) {
		return plan.Unsupported("users are made by the configuration, and SHOW GRANTS tells of the session's own", s.snap.conf.Pos, "SHOW GRANTS FOR CURRENT_USER()")
	}
	to := " TO " + wire.QuoteIdent(s.user.Name) + "@" + wire.QuoteIdent("%")
	rows := [][][]byte{{[]byte("GRANT USAGE ON *.*" + to)}}
	var common []string
	for i, db := range s.snap.rules.Databases {
		rights, err := s.rightsIn(db)
		if err != nil {
			return s.endedOr(err)
		}
		if i == 0 {
			common = rights
		}
		common = slices.DeleteFunc(slices.Clone(common), func(r string) bool { return !slices.Contains(rights, r) })
		rows = append(rows, grantRow(rights, db.Name, to)...)
	}
	if logical := s.snap.rules.Logical; !slices.ContainsFunc(s.snap.rules.Databases, func(db *rules.Database) bool { return db.Name == logical }) {
		rows = append(rows, grantRow(common, logical, to)...)
	}
	s.quiet()
	s.rowCount, s.found = -1, uint64(len(rows))
	s.rows([]wire.Column{{
		Name: "Grants for " + s.user.Name + "@%", Charset: s.resultCharset(), Length: 4096, Type: wire.TypeVarString, Flags: wire.FlagNotNull, Decimals: 31,
	}}, rows, more)
	return nil
}

// grantRow is the row about a database, if there are rights in it.
func grantRow(rights []string, database, to string) [][][]byte {
	list := strings.Join(rights, ", ")
	switch len(rights) {
	case 0:
		return nil
	case len(ofDatabase):
		list = "ALL PRIVILEGES"
	}
	return [][][]byte{{[]byte("GRANT " + list + " ON " + wire.QuoteIdent(database) + ".*" + to)}}
}

// rightsIn are those that the accounts of Sluice have in all shards of a database.
func (s *session) rightsIn(db *rules.Database) ([]string, error) {
	rights := slices.Clone(ofDatabase)
	for _, shard := range db.Shards {
		var grants []string
		err := s.apart(shard, func(c *pool.Conn) error {
			rows, err := c.QueryAll("SHOW GRANTS")
			for _, row := range rows {
				grants = append(grants, string(row[0]))
			}
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("asking shard %s for the rights of its account: %w", shard.Name, err)
		}
		rights = slices.DeleteFunc(rights, func(r string) bool {
			has := func(verb string) bool {
				return slices.ContainsFunc(grants, func(g string) bool { return gives(g, verb, r, shard.Schema) })
			}
			return !has("GRANT ") || has("REVOKE ")
		})
	}
	return rights, nil
}

// gives reports whether a row of SHOW GRANTS that begins with a verb gives a right in a
// schema, or takes it back.
func gives(grant, verb, right, schema string) bool {
	grant, ok := strings.CutPrefix(grant, verb)
	list, on, rights := strings.Cut(grant, " ON ")
	if !ok || !rights {
		return false // a role, whose rights are rows of their own
	}
	on, _, _ = strings.Cut(on, " TO ")
	on, _, _ = strings.Cut(on, " FROM ")
	if on != "*.*" && on != wire.QuoteIdent(schema)+".*" && on != wire.QuoteIdent(strings.ReplaceAll(schema, "_", `\_`))+".*" {
		return false
	}
	return list == "ALL PRIVILEGES" || slices.Contains(strings.Split(list, ", "), right)
}

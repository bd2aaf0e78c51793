package router

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/router/plan"
)

// TestTriggersStayOnTheirShard plans triggers of a database of four shards, beside another of
// four and one of one.
func TestTriggersStayOnTheirShard(t *testing.T) {
	r := small(t)
	for text, why := range map[string]string{
		"CREATE TRIGGER x AFTER INSERT ON core.users FOR EACH ROW INSERT INTO user_roles (id, tenant_id) VALUES (NEW.id, NEW.tenant_id)":                                                                                                    "",
		"CREATE TRIGGER core.x AFTER INSERT ON users FOR EACH ROW DELETE FROM roles WHERE id = NEW.id":                                                                                                                                      "x of users may need rows of roles",
		"CREATE TRIGGER x AFTER INSERT ON core.users FOR EACH ROW DELETE FROM shop.orders WHERE tenant_id = NEW.tenant_id":                                                                                                                  "table orders of database shop",
		"CREATE TRIGGER x AFTER INSERT ON core.users FOR EACH ROW DELETE FROM tenants WHERE id = NEW.tenant_id":                                                                                                                             "",
		"CREATE TRIGGER x AFTER INSERT ON core.users FOR EACH ROW DELETE FROM tenants WHERE id = NEW.id":                                                                                                                                    "add AND id = NEW.tenant_id",
		"CREATE TRIGGER x AFTER INSERT ON core.users FOR EACH ROW INSERT INTO attempts (tenant_id) VALUES (NEW.tenant_id)":                                                                                                                  "",
		"CREATE TRIGGER x AFTER INSERT ON core.attempts FOR EACH ROW DELETE FROM users WHERE tenant_id <=> NEW.tenant_id":                                                                                                                   "rows without a key",
		"CREATE TRIGGER x AFTER INSERT ON core.users FOR EACH ROW UPDATE vouchers SET code = 'x' WHERE tenant_id = NEW.tenant_id":                                                                                                           "stays unique over all shards",
		"CREATE TRIGGER x BEFORE INSERT ON core.users FOR EACH ROW SET NEW.age = years(NEW.email)":                                                                                                                                          "function years is not one of the server",
		"CREATE TRIGGER x BEFORE INSERT ON core.users FOR EACH ROW CALL elsewhere()":                                                                                                                                                        "calls procedure elsewhere",
		"CREATE TRIGGER x BEFORE INSERT ON core.users FOR EACH ROW SET NEW.age = (SELECT COUNT(*) FROM information_schema.TABLES)":                                                                                                          "may need more than the shard of its row",
		"CREATE TRIGGER x BEFORE INSERT ON core.permissions FOR EACH ROW SET NEW.code = (SELECT MAX(id) FROM core.users)":                                                                                                                   "copy of permissions",
		"CREATE TRIGGER core.x BEFORE INSERT ON permissions FOR EACH ROW SET NEW.code = (SELECT MAX(id) FROM core.users)":                                                                                                                   "copy of permissions",
		"CREATE TRIGGER x BEFORE INSERT ON core.users FOR EACH ROW CALL quota('r', NEW.tenant_id, NEW.age)":                                                                                                                                 "",
		"CREATE TRIGGER x BEFORE INSERT ON core.users FOR EACH ROW CALL quota('r', NEW.id, NEW.tenant_id)":                                                                                                                                  "change sharding key users.tenant_id",
		"CREATE TRIGGER x BEFORE INSERT ON core.users FOR EACH ROW CALL tidy()":                                                                                                                                                             "calls procedure tidy, which may need rows of attempts",
		"CREATE TRIGGER x BEFORE INSERT ON core.users FOR EACH ROW SET NEW.age = (SELECT COUNT(*) FROM v_users WHERE code = 'a')":                                                                                                           "compare the column of the view that is tenant_id with NEW.tenant_id",
		"CREATE TRIGGER x BEFORE INSERT ON core.users FOR EACH ROW SET NEW.age = (SELECT COUNT(*) FROM shop.products)":                                                                                                                      "",
		"CREATE TRIGGER x BEFORE INSERT ON core.users FOR EACH ROW SET NEW.age = (SELECT COUNT(*) FROM ledger.accounts)":                                                                                                                    "table accounts of database ledger",
		"CREATE TRIGGER x BEFORE INSERT ON core.users FOR EACH ROW SET NEW.age = GET_LOCK('x', 1)":                                                                                                                                          "calls get_lock",
		"CREATE TRIGGER x BEFORE INSERT ON core.users FOR EACH ROW BEGIN DECLARE code INT; UPDATE roles SET code = code WHERE tenant_id = NEW.tenant_id; SELECT 1 INTO code FROM roles r WHERE r.tenant_id = NEW.tenant_id FOR UPDATE; END": "",
		"/*!50003 CREATE*/ /*!50017 DEFINER=`a`@`%`*/ /*!50003 TRIGGER x BEFORE INSERT ON core.users FOR EACH ROW BEGIN DELETE FROM roles; END */":                                                                                          "DELETE FROM roles",
	} {
		stmt, err := parser.Parse([]byte(text), dialect97())
		require.NoError(t, err, text)
		_, err = r.Plan(stmt, Env{Database: "core", Dialect: dialect97()})
		if why == "" {
			require.NoError(t, err, text)
			continue
		}
		var refused *plan.Refusal
		require.ErrorAs(t, err, &refused, text)
		require.Contains(t, err.Error(), why, text)
		require.EqualValues(t, 1235, refused.Number, text)
	}
}

// TestAstrayTriggers finds the triggers of files that may need rows of other shards.
func TestAstrayTriggers(t *testing.T) {
	r := small(t)
	s, err := ReadSchema([]Script{{Name: "triggers.sql", Text: []byte(`USE core;
DELIMITER //
CREATE TRIGGER right_one AFTER DELETE ON users FOR EACH ROW BEGIN DELETE FROM user_roles WHERE tenant_id = OLD.tenant_id AND user_id = OLD.id; END
//
CREATE DEFINER = a@b TRIGGER wrong_one AFTER DELETE ON users FOR EACH ROW BEGIN DELETE FROM user_roles WHERE user_id = OLD.id; END
//
CREATE TRIGGER whole AFTER DELETE ON shop.rates FOR EACH ROW SET @n = 1
//
`)}})
	require.NoError(t, err)
	found := r.Astray(s.Triggers)
	require.Len(t, found, 1)
	require.Equal(t, "core.wrong_one", found[0].Path)
	require.Equal(t, 5, found[0].Pos.Line)
	require.Contains(t, found[0].String(), "add AND tenant_id = OLD.tenant_id")
}

package parser

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func printAssignment(s *Statement, a Assignment) string {
	out := a.Scope.String() + " " + a.Name
	switch {
	case a.Default:
		out += " default"
	case a.Constant:
		out += fmt.Sprintf(" %q", a.Text)
	case a.First <= a.Last:
		out += " (" + string(s.SQL[s.Tokens[a.First].Start:s.Tokens[a.Last].End]) + ")"
	}
	if a.Collation != "" {
		out += " collate " + a.Collation
	}
	return out
}

// TestAssignments lists SET statements. A MySQL 9.7.4 accepts those without an error
// here, and rejects the others with 1064.
func TestAssignments(t *testing.T) {
	for sql, want := range map[string]string{
		"set a=1": `session a "1"`,
		"set A := -1, b = +2.5, c = 'x''y', d = on, e = `f`":                      `session a "-1"; session b "2.5"; session c "x'y"; session d "on"; session e "f"`,
		"set a = default, b = @b, c = 1+1, d = f(1, 2), e = (select 1, 2 from t)": `session a default; session b (@b); session c (1+1); session d (f(1, 2)); session e ((select 1, 2 from t))`,
		"set @a = 1, @`B c` := now()":                                             `user variable a "1"; user variable b c (now())`,
		"set @@a = 1, @@session.b = 2, @@local.c = 3, @@global.d = 4":             `session a "1"; session b "2"; session c "3"; global d "4"`,
		"set @@persist.a = 1, @@persist_only.b = 2, @@global . c = 3":             `persist a "1"; persist_only b "2"; global c "3"`,
		"set @@k.key_buffer_size = 1, @@global.k.x = 2, k.y = 3":                  `session k.key_buffer_size "1"; global k.x "2"; session k.y "3"`,
		"set global a = 1, b = 2, session c = 3, d = 4, persist e = 5, f= 6":      `global a "1"; global b "2"; session c "3"; session d "4"; persist e "5"; persist f "6"`,
		"set global a = 1, @@b = 2, @c = 3, d = 4":                                `global a "1"; session b "2"; user variable c "3"; global d "4"`,
		"set @@global.a = 1, b = 2":                                               `global a "1"; session b "2"`,
		"set local a = 1, persist_only b = 2":                                     `session a "1"; persist_only b "2"`,
		"set names utf8mb4":                                                       `names  "utf8mb4"`,
		"set names 'UTF8MB4' collate \"utf8mb4_bin\", @a = 1":                     `names  "utf8mb4" collate utf8mb4_bin; user variable a "1"`,
		"set names default":                                                       `names  default`,
		"set names binary":                                                        `names  "binary"`,
		"set @a = 1, names gbk":                                                   `user variable a "1"; names  "gbk"`,
		"set character set utf8mb4":                                               `character set  "utf8mb4"`,
		"set char set default":                                                    `character set  default`,
		"set charset 'latin1', @a=1":                                              `character set  "latin1"; user variable a "1"`,
		"set transaction isolation level read committed":                          `transaction transaction_isolation "READ-COMMITTED"`,
		"set session transaction isolation level repeatable read, read only":      `session transaction_isolation "REPEATABLE-READ"; session transaction_read_only "ON"`,
		"set global transaction read write, isolation level serializable":         `global transaction_read_only "OFF"; global transaction_isolation "SERIALIZABLE"`,
		"set local transaction isolation level read uncommitted":                  `session transaction_isolation "READ-UNCOMMITTED"`,
		"set transaction_isolation = 'READ-COMMITTED'":                            `session transaction_isolation "READ-COMMITTED"`,
		"set password = 'x'":                                                      `other password (= 'x')`,
		"set password for 'a'@'b' = 'x'":                                          `other password (for 'a'@'b' = 'x')`,
		"set role none":                                                           `other role (none)`,
		"set default role all to a":                                               `other default (role all to a)`,
		"set resource group g":                                                    `other resource (group g)`,
		"set user = 1, names.x = 2, transaction = 3":                              `session user "1"; session names.x "2"; session transaction "3"`,
		"/* sluice: primary */ set a = 1":                                         `session a "1"`,
		"set autocommit=0;":                                                       `session autocommit "0"`,
		"set a = _utf8mb4'x'":                                                     `session a (_utf8mb4'x')`,
		"set a = ?":                                                               `session a (?)`,
		"select 1":                                                                ``,
		"set":                                                                     `error`,
		"set a":                                                                   `error`,
		"set a on":                                                                `error`,
		"set a =":                                                                 `error`,
		"set a = 1,":                                                              `error`,
		"set a = 1 b = 2, c":                                                      `error`,
		"set names":                                                               `error`,
		"set names utf8mb4 collate default":                                       `error`,
		"set names=1":                                                             `error`,
		"set global @a = 1":                                                       `error`,
		"set global @@a = 1":                                                      `error`,
		"set transaction read only, read write":                                   `error`,
		"set transaction read only, isolation":                                    `error`,
		"set transaction isolation level x":                                       `error`,
		"set @a = 1, transaction read only":                                       `error`,
		"set session transaction read only, @a = 1":                               `error`,
		"set @a = 1, @a":                                                          `error`,
	} {
		s := parse(t, sql)
		list, err := Assignments(s)
		var syntax *SyntaxError
		if want == "error" {
			require.ErrorAs(t, err, &syntax, sql)
			continue
		}
		require.NoError(t, err, sql)
		var parts []string
		for _, a := range list {
			parts = append(parts, printAssignment(s, a))
		}
		require.Equal(t, want, strings.Join(parts, "; "), sql)
	}
}

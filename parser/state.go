package parser

import "github.com/pingcap/tidb/pkg/parser/mysql"

// SQLState is the state that MySQL gives an error or warning of a number.
// https://dev.mysql.com/doc/mysql-errors/9.7/en/server-error-reference.html
func SQLState(number uint16) string {
	if s, ok := mysql.MySQLState[number]; ok {
		return s
	}
	return mysql.DefaultMySQLState
}

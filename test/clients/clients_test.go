package clients

import "testing"

// TestClients runs every program against one MySQL and one Sluice.
func TestClients(t *testing.T) {
	b := start(t)
	t.Run("TLS at once", b.tlsAtOnce)
	t.Run("mysql", b.mysql)
	t.Run("MariaDB", b.mariadb)
	t.Run("mysqladmin", b.mysqladmin)
	t.Run("mysqldump", b.mysqldump)
	t.Run("go-sql-driver", b.goDriver)
	t.Run("gorm", b.gorm)
	t.Run("mysql2", b.mysql2)
	t.Run("PyMySQL", b.pymysql)
	t.Run("PHP", b.php)
	t.Run("DBI", b.dbi)
}

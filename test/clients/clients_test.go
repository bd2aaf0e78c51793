package clients

import "testing"

// TestClients runs every program against one MySQL and one Sluice.
func TestClients(t *testing.T) {
	b := start(t)
	t.Run("mysql", b.mysql)
	t.Run("go-sql-driver", b.goDriver)
	t.Run("gorm", b.gorm)
}

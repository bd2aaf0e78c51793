package clients

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gorm.io/driver/mysql"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
	"gorm.io/gorm/logger"
)

// The models of a small shop, with every kind of association.
type (
	customer struct {
		ID        uint
		Name      string `gorm:"size:64;uniqueIndex;not null"`
		Email     *string
		Balance   float64 `gorm:"type:decimal(12,2);default:0"`
		CreatedAt time.Time
		DeletedAt gorm.DeletedAt `gorm:"index"`
		Address   address
		Orders    []order
		Tags      []tag `gorm:"many2many:customer_tags"`
	}
	address struct {
		ID         uint
		CustomerID uint
		Street     string
	}
	order struct {
		ID         uint
		CustomerID uint `gorm:"index:by_customer,priority:1"`
		Number     string
		Amount     int64 `gorm:"check:amount >= 0"`
		Data       []byte
	}
	tag struct {
		ID   uint
		Name string
	}
)

// gorm is the object mapper: migration, associations, transactions.
func (b *bed) gorm(t *testing.T) {
	for name, prepared := range map[string]bool{"text": false, "prepared": true} {
		t.Run(name, func(t *testing.T) {
			b.both(t, func(t *testing.T, w target) string {
				db, err := gorm.Open(mysql.Open(w.dsn("shop", "parseTime=true&charset=utf8mb4&loc=UTC")), &gorm.Config{
					PrepareStmt: prepared, Logger: logger.Default.LogMode(logger.Silent), TranslateError: true,
					NowFunc: func() time.Time { return time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC) },
				})
				require.NoError(t, err)
				pool, err := db.DB()
				require.NoError(t, err)
				defer pool.Close()
				r := &transcript{}
				gormMigrate(db, r)
				gormObjects(db, r)
				gormTransactions(db, r)
				return r.String()
			})
		})
	}
}

// gormMigrate makes the tables, twice: the second time it compares them.
func gormMigrate(db *gorm.DB, r *transcript) {
	models := []any{&customer{}, &address{}, &order{}, &tag{}}
	r.fault("migrate", db.AutoMigrate(models...))
	r.fault("migrate again", db.AutoMigrate(models...))
	m := db.Migrator()
	tables, err := m.GetTables()
	slices.Sort(tables)
	r.line("tables %v %v", tables, err)
	r.line("database %s", m.CurrentDatabase())
	r.line("table %v %v, column %v %v, index %v %v, constraint %v", m.HasTable(&order{}), m.HasTable("nosuch"),
		m.HasColumn(&order{}, "Number"), m.HasColumn(&order{}, "nosuch"), m.HasIndex(&order{}, "by_customer"), m.HasIndex(&order{}, "nosuch"),
		m.HasConstraint(&customer{}, "Orders"))
	types, err := m.ColumnTypes(&customer{})
	r.fault("column types", err)
	for _, c := range types {
		kind, _ := c.ColumnType()
		key, _ := c.PrimaryKey()
		unique, _ := c.Unique()
		deflt, has := c.DefaultValue()
		r.line("column %s %s key %v unique %v default %q %v", c.Name(), kind, key, unique, deflt, has)
	}
	indexes, err := m.GetIndexes(&customer{})
	r.fault("indexes", err)
	for _, i := range indexes {
		unique, _ := i.Unique()
		r.line("index %s %v unique %v", i.Name(), i.Columns(), unique)
	}
	type order struct {
		Number string `gorm:"size:40;not null;default:''"`
		Note   string `gorm:"comment:later"`
	}
	r.fault("change", db.AutoMigrate(&order{}))
	r.fault("rename", m.RenameColumn(&order{}, "note", "remark"))
	r.fault("drop", m.DropColumn(&order{}, "remark"))
	r.fault("index", m.CreateIndex(&order{}, "Number"))
}

func gormObjects(db *gorm.DB, r *transcript) {
	note := func(what string, tx *gorm.DB) { r.fault(fmt.Sprintf("%s: %d rows", what, tx.RowsAffected), tx.Error) }
	mail := "a@example.com"
	a := customer{
		Name: "Ada", Email: &mail, Balance: 12.34, Address: address{Street: "Long St"},
		Orders: []order{{Number: "1", Amount: 5, Data: []byte{0, 255}}, {Number: "2", Amount: 7}}, Tags: []tag{{Name: "x"}, {Name: "y"}},
	}
	note("create", db.Create(&a))
	r.line("ids %d %d %v", a.ID, a.Address.ID, []uint{a.Orders[0].ID, a.Orders[1].ID})
	batch := []customer{{Name: "Bob"}, {Name: "Cleo 😀"}, {Name: "Dan"}}
	note("batch", db.CreateInBatches(&batch, 2))
	note("again", db.Create(&customer{Name: "Ada"}))
	r.line("duplicate %v", errors.Is(db.Create(&customer{Name: "Ada"}).Error, gorm.ErrDuplicatedKey))
	note("upsert", db.Clauses(clause.OnConflict{UpdateAll: true}).Create(&customer{ID: 2, Name: "Bobby"}))
	note("negative", db.Create(&order{CustomerID: 1, Amount: -1}))
	note("orphan", db.Create(&order{CustomerID: 99}))
	var all []customer
	note("find", db.Preload("Orders", func(tx *gorm.DB) *gorm.DB { return tx.Order("orders.amount DESC") }).Preload("Tags").Preload("Address").Order("id").Find(&all))
	for _, c := range all {
		r.line("%d %s %v %.2f %v %v %v %v", c.ID, c.Name, c.Email != nil, c.Balance, c.CreatedAt, c.Address, c.Orders, c.Tags)
	}
	var joined []customer
	note("joins", db.Joins("Address").Where("Address.street LIKE ?", "Long%").Find(&joined))
	var one customer
	note("first", db.First(&one, "name = ?", "Ada"))
	note("missing", db.First(&customer{}, 12345))
	note("update", db.Model(&one).Updates(map[string]any{"balance": gorm.Expr("balance + ?", 1), "email": nil}))
	note("delete", db.Where("name = ?", "Dan").Delete(&customer{}))
	var n int64
	note("count", db.Model(&customer{}).Count(&n))
	note("unscoped", db.Unscoped().Model(&customer{}).Count(&n))
	note("lock", db.Clauses(clause.Locking{Strength: "UPDATE"}).First(&one, one.ID))
	var sums []struct {
		CustomerID uint
		Total      int64
	}
	note("group", db.Model(&order{}).Select("customer_id, SUM(amount) AS total").Group("customer_id").Having("SUM(amount) > ?", 1).Scan(&sums))
	r.line("%d %v", n, sums)
	r.fault("association", db.Model(&one).Association("Tags").Clear())
	note("raw", db.Raw("SELECT name FROM customers WHERE id IN ?", []uint{1, 2}).Scan(&[]string{}))
	note("exec", db.Exec("UPDATE customers SET balance = ? WHERE id = ?", "1.10", 1))
	note("rows", db.FindInBatches(&all, 2, func(tx *gorm.DB, batch int) error { r.line("batch %d of %d", batch, tx.RowsAffected); return nil }))
}

func gormTransactions(db *gorm.DB, r *transcript) {
	stop := errors.New("stop")
	count := func(what string) {
		var n int64
		db.Model(&tag{}).Count(&n)
		r.line("%s: %d tags", what, n)
	}
	r.fault("commit", db.Transaction(func(tx *gorm.DB) error {
		tx.Create(&tag{Name: "outer"})
		r.fault("nested", tx.Transaction(func(tx *gorm.DB) error { // a savepoint
			tx.Create(&tag{Name: "inner"})
			return stop
		}))
		return tx.Transaction(func(tx *gorm.DB) error { return tx.Create(&tag{Name: "second"}).Error })
	}))
	count("committed")
	r.fault("rollback", db.Transaction(func(tx *gorm.DB) error {
		tx.Create(&tag{Name: "lost"})
		return stop
	}))
	count("rolled back")
	tx := db.Begin()
	tx.SavePoint("a")
	tx.Create(&tag{Name: "b"})
	tx.RollbackTo("a")
	tx.Create(&tag{Name: "c"})
	r.fault("by hand", tx.Commit().Error)
	count("by hand")
}

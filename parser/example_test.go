package parser_test

import (
	"fmt"

	"github.com/sluicedb/sluice/parser"
)

// A statement is read in full once; then its plan is found again by the Key of a Scan.
func Example() {
	d := parser.Dialect{Version: 90700}
	stmt, err := parser.Parse([]byte("select * from shop.orders where id = 7 -- newest"), d)
	if err != nil {
		fmt.Println(err)
		return
	}
	name := stmt.Names()[0]
	edit := parser.Edit{First: name.First(), Last: name.Last(), Text: parser.Quote("shop-0") + ".orders"}

	again := []byte("SELECT *\nFROM shop.orders WHERE id = 123456")
	var scan parser.Scan
	if err := scan.Run(again, 0, d); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(stmt.Fingerprint())
	fmt.Println(scan.First, parser.Literal(again, scan.Literals[0], d).I)
	fmt.Printf("%q\n", parser.Apply(again, parser.Splices(scan.Tokens, []parser.Edit{edit})))
	// Output:
	// SELECT * FROM shop.orders WHERE id = ?
	// SELECT 123456
	// "SELECT *\nFROM `shop-0`.orders WHERE id = 123456"
}

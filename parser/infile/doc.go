// Package infile cuts the files of LOAD DATA into records as a server reads them, and
// finds the value of one of a record's fields.
//
// Its nouns: a Format is what a statement says of its file, a Cutter takes the bytes of
// a file as they come and gives out Records, a Field is a value as the server would
// understand it. A record keeps its bytes, so that what is put together of some of a
// file's records is a file of the same format. The package knows no SQL text, no
// packets and no tables; see "LOAD DATA Statement" in the MySQL manual.
package infile

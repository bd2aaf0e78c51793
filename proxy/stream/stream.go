// Package stream publishes messages to brokers that other systems read from.
//
// A broker takes messages in order, and all of a call or, as far as it can tell, none.
// Redis is the first.
package stream

// Message is one row of a table of messages.
type Message struct {
	ID     string  // of the row; a message that comes twice has the same
	Fields []Field // what its columns hold, without those that are NULL
}

// Field is a column and its value.
type Field struct{ Name, Value string }

package parser

import "bytes"

// isDirective reports whether the text of a comment is a directive to Sluice.
func isDirective(comment []byte) bool {
	t := bytes.TrimLeft(comment, " \t\r\n")
	const head = "sluice:"
	return len(t) >= len(head) && bytes.EqualFold(t[:len(head)], []byte(head))
}

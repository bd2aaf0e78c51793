package infile

import "unicode/utf8"

// charset is how bytes make characters in a file.
type charset struct {
	// width is the length of the character that a byte begins; 0 if it begins none.
	width func(byte) int
	// whole reports whether so many bytes are one character.
	whole func([]byte) bool
}

// charsetOf returns the reading of a character set by its MySQL name; false where this
// package cannot cut a file exactly. A charset without functions has one byte for each
// character.
func charsetOf(name string) (charset, bool) {
	switch name {
	case "utf8mb4":
		return charset{utf8Width(0xf8), utf8Whole}, true
	case "utf8", "utf8mb3":
		return charset{utf8Width(0xf0), utf8Whole}, true
	case "gbk":
		return double(0x81, 0xfe, func(c byte) bool { return c >= 0x40 && c <= 0x7e || c >= 0x80 && c <= 0xfe }), true
	case "big5":
		return double(0xa1, 0xf9, func(c byte) bool { return c >= 0x40 && c <= 0x7e || c >= 0xa1 && c <= 0xfe }), true
	case "sjis", "cp932":
		return sjis(), true
	case "binary", "ascii", "latin1", "latin2", "latin5", "latin7", "cp1250", "cp1251", "cp1256", "cp1257", "cp850", "cp852", "cp866",
		"dec8", "greek", "hebrew", "hp8", "keybcs2", "koi8r", "koi8u", "macce", "macroman", "tis620", "armscii8", "geostd8":
		return charset{}, true
	}
	return charset{}, false
}

// utf8Width measures UTF-8; bytes from end on begin nothing.
func utf8Width(end byte) func(byte) int {
	return func(b byte) int {
		switch {
		case b < 0x80:
			return 1
		case b < 0xc2 || b >= end:
			return 0
		case b < 0xe0:
			return 2
		case b < 0xf0:
			return 3
		}
		return 4
	}
}

func utf8Whole(p []byte) bool {
	_, n := utf8.DecodeRune(p)
	return n == len(p)
}

// double is a character set with characters of one and two bytes.
func double(low, high byte, tail func(byte) bool) charset {
	return charset{
		width: func(b byte) int {
			if b >= low && b <= high {
				return 2
			}
			return 1
		},
		whole: func(p []byte) bool { return len(p) == 2 && tail(p[1]) },
	}
}

func sjis() charset {
	c := double(0, 0, func(c byte) bool { return c >= 0x40 && c <= 0x7e || c >= 0x80 && c <= 0xfc })
	c.width = func(b byte) int {
		if b >= 0x81 && b <= 0x9f || b >= 0xe0 && b <= 0xfc {
			return 2
		}
		return 1
	}
	return c
}

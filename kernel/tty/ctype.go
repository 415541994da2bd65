package tty

// The kernel's character classes are those of Latin-1. Linux lib/ctype.c

func isCntrl(c byte) bool { return c < 0x20 || c == 0x7f }

func isUpper(c byte) bool { return 'A' <= c && c <= 'Z' || 0xc0 <= c && c <= 0xde && c != 0xd7 }

func isLower(c byte) bool { return 'a' <= c && c <= 'z' || 0xdf <= c && c != 0xf7 }

func isAlnum(c byte) bool { return isUpper(c) || isLower(c) || '0' <= c && c <= '9' }

func toLower(c byte) byte {
	if isUpper(c) {
		return c + 0x20
	}
	return c
}

func toUpper(c byte) byte {
	if isLower(c) {
		return c - 0x20
	}
	return c
}

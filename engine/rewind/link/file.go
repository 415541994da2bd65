package link

import "bytes"

// magic begins a .vitrine file; what follows is the envelope of a link.
const magic = "vitrine\n"

// Save returns the link as a .vitrine file; ErrTooLarge when it is too large even for that.
func Save(l *Link) ([]byte, error) {
	packed, err := l.pack(maxInFile)
	if err != nil {
		return nil, err
	}
	return append([]byte(magic), packed...), nil
}

// IsFile tells whether b begins like a .vitrine file.
func IsFile(b []byte) bool { return bytes.HasPrefix(b, []byte(magic)) }

// Load reads a .vitrine file.
func Load(b []byte) (*Link, error) {
	if !IsFile(b) {
		return nil, ErrNoFile
	}
	if len(b) > maxInFile+64 {
		return nil, ErrHuge
	}
	content, err := unwrap(b[len(magic):], maxInFile)
	if err != nil {
		return nil, err
	}
	return decode(content)
}

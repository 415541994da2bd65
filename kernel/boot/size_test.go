package boot_test

import (
	"testing"

	"vitrine/kernel/boot"
)

func TestParseSize(t *testing.T) {
	for _, tt := range []struct {
		text string
		n    uint64
		ok   bool
	}{
		{"", 0, true}, {"4096", 4096, true}, {"512K", 512 << 10, true}, {"64M", 64 << 20, true}, {"64m", 64 << 20, true},
		{"4G", 4 << 30, true}, {"4294967295G", 4294967295 << 30, true},
		{"M", 0, false}, {"64 M", 0, false}, {"64MB", 0, false}, {"-1", 0, false}, {"99999999999", 0, false}, {"1.5G", 0, false},
		{"64\r", 0, false}, {"64+", 0, false},
	} {
		n, err := boot.ParseSize(tt.text)
		if n != tt.n || (err == nil) != tt.ok {
			t.Errorf("%q: %d, %v", tt.text, n, err)
		}
	}
}

func FuzzParseSize(f *testing.F) {
	f.Add("64M")
	f.Fuzz(func(t *testing.T, text string) {
		if n, err := boot.ParseSize(text); err != nil && n != 0 {
			t.Errorf("%q: %d and %v", text, n, err)
		}
	})
}

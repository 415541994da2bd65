package boot

import (
	"fmt"
	"strconv"
	"strings"
)

// ParseSize reads a size of memory as people write it: "64M", "512K", "1G" or bytes; "" is 0, which means DefaultRAM.
func ParseSize(text string) (uint64, error) {
	if text == "" {
		return 0, nil
	}
	digits, shift := text, 0
	if i := strings.IndexByte("KMG", text[len(text)-1]&^0x20); i >= 0 { // &^0x20: in capitals
		digits, shift = text[:len(text)-1], 10*(i+1)
	}
	n, err := strconv.ParseUint(digits, 10, 32)
	if err != nil {
		return 0, fmt.Errorf("memory %q is not a size: a number, with K, M or G behind it", text)
	}
	return n << shift, nil
}

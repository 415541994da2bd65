package main

import (
	"fmt"
	"strconv"
	"strings"
)

// parseSize reads "64M", "512K", "1G" or bytes; "" is 0, the default.
func parseSize(text string) (uint64, error) {
	if text == "" {
		return 0, nil
	}
	shift := 0
	switch text[len(text)-1] {
	case 'k', 'K':
		shift = 10
	case 'm', 'M':
		shift = 20
	case 'g', 'G':
		shift = 30
	}
	digits := text
	if shift > 0 {
		digits = strings.TrimSpace(text[:len(text)-1])
	}
	n, err := strconv.ParseUint(digits, 10, 32)
	if err != nil {
		return 0, fmt.Errorf("memory size %q is not a number with K, M or G", text)
	}
	return n << shift, nil
}

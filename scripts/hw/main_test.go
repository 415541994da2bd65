package main

import (
	"errors"
	"testing"

	"vitrine/scripts/hw/silicon"
)

// TestHost is make hw with fewer cases.
func TestHost(t *testing.T) {
	n := uint64(60_000)
	if testing.Short() {
		n = 4096
	}
	r := runner{counts: map[string]int{}, wrong: map[string]int{}, most: 20, each: 2, seed: 1}
	if err := r.run(0, n, ""); errors.Is(err, silicon.ErrHost) {
		t.Skip(err)
	} else if err != nil {
		t.Fatal(err)
	}
}

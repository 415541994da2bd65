package main

import (
	"testing"

	"vitrine/assets/boot"
)

func TestBootFresh(t *testing.T) {
	got, err := bootFingerprint("../../" + bootDir)
	if err != nil {
		t.Fatal(err)
	}
	if got != boot.Sources {
		t.Error("boot_gen.go is older than its sources: go run ./scripts/gen boot")
	}
}

//go:build linux

package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"vitrine/scenes"
	"vitrine/scripts/film"
)

// TestScenesInNode: a few scenes, with what is unlike in their machines, come to the same state in Node, as WebAssembly. All of them
// are played natively in scripts/film.
func TestScenesInNode(t *testing.T) {
	needImage(t)
	if _, err := exec.LookPath("node"); err != nil {
		if os.Getenv("VITRINE_PAGE") != "" {
			t.Fatal(err)
		}
		t.Skip("the host has no Node")
	}
	command, err := node()
	if err != nil {
		t.Fatal(err)
	}
	var list []scenes.Scene
	for _, id := range []string{"M09", "M33", "M36", "M42"} {
		s, ok := scenes.ByID(id)
		if !ok {
			t.Fatalf("there is no scene %s", id)
		}
		list = append(list, s)
	}
	err = film.Shoot(list, func(f *film.Film) error {
		if got := run1(t, "", "not read", command, "-disk", diskImage, "-replay", "#"+f.Link); got.status != 0 || !strings.Contains(got.err, "verified: ") {
			t.Errorf("%s: status %d\n%s", f.Scene.ID, got.status, got.err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Package statetest helps tests of packages that have a State.
package statetest

import (
	"flag"
	"os"
	"testing"

	"vitrine/engine/state"
)

var update = flag.Bool("update", false, "write the golden schema files anew")

// Golden compares the schema of the values (or of what they point to) with a file, usually testdata/schema.golden,
// so that a change of what a snapshot contains shows in review.
func Golden(t *testing.T, file string, values ...any) {
	t.Helper()
	GoldenText(t, file, state.Schema(values...))
}

// GoldenText compares a text about a State with a file; with -update it writes the file.
func GoldenText(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the State has changed; if that is meant, run this test with -update.\nnow:\n%s\nbefore:\n%s", got, want)
	}
}

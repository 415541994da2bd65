package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vitrine/engine/cpu"
	"vitrine/engine/decode"
	"vitrine/scripts/hw/cases"
)

// TestSystemInstructions: what silicon's ring 3 cannot show is tested in a file that names the instruction.
func TestSystemInstructions(t *testing.T) {
	for _, d := range cpu.Definitions() {
		file := systemTests[d.Op]
		if file == "" {
			if cases.Unasked(d.Op) != "" || d.Traits&cpu.Ring0 != 0 {
				t.Errorf("%s: no file tests it", decode.Name(d.Op))
			}
			continue
		}
		text, err := os.ReadFile(filepath.Join("..", "..", file))
		if err != nil {
			t.Error(err)
		} else if name := strings.TrimSuffix(strings.ToLower(decode.Name(d.Op)), "64"); !strings.Contains(strings.ToLower(string(text)), name) {
			t.Errorf("%s does not mention %s", file, name)
		}
	}
}

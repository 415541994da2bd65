//go:build !js

package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"

	"vitrine/engine/dev"
	"vitrine/engine/state"
	"vitrine/wasm/view"
)

// main is for the page's build: it reads goals as JSON and answers with what this program sends to a page when it gets there
// in a browser's worker, and with the links.
func main() {
	disk := flag.String("disk", "build/disk.img", "the root disk")
	mem := flag.Uint64("mem", 16<<20, "bytes of RAM")
	programs := flag.String("programs", "build/programs.bin", "what is known of the disk's programs")
	flag.Parse()
	if err := reachAll(*disk, *programs, *mem); err != nil {
		fmt.Fprintln(os.Stderr, "machine: without a browser it reads goals from its standard input:", err)
		os.Exit(2)
	}
}

func reachAll(diskFile, programsFile string, mem uint64) error {
	image, err := os.ReadFile(diskFile)
	if err != nil {
		return err
	}
	packed, err := os.ReadFile(programsFile)
	if err != nil {
		return err
	}
	var programs []view.Program
	if err := state.Decode(packed, &programs); err != nil {
		return err
	}
	var goals []view.Goal
	if err := json.NewDecoder(os.Stdin).Decode(&goals); err != nil {
		return err
	}
	answers := make([]*view.Reached, len(goals))
	for i, g := range goals {
		if answers[i], err = reach(dev.Image(image), programs, mem, g); err != nil {
			return fmt.Errorf("%q: %w", g.Run, err)
		}
	}
	return json.NewEncoder(os.Stdout).Encode(answers)
}

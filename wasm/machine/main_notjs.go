//go:build !js

package main

import (
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"

	"vitrine/engine/dev"
	"vitrine/engine/state"
	"vitrine/wasm/view"
)

// main is for the page's build: it reads runs as JSON, one after the other, and answers each with what this program
// sends to a page when it gets there in a browser's worker, and with its link.
func main() {
	disk := flag.String("disk", "build/disk.img", "the root disk")
	mem := flag.Uint64("mem", 16<<20, "bytes of RAM")
	programs := flag.String("programs", "build/programs.bin", "what is known of the disk's programs")
	flag.Parse()
	if err := reachAll(*disk, *programs, *mem); err != nil {
		fmt.Fprintln(os.Stderr, "machine: without a browser it reads runs from its standard input:", err)
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
	in, out := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)
	for {
		var r view.Run
		if err := in.Decode(&r); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		reached, err := reach(dev.Image(image), programs, cmp.Or(r.Mem, mem), r)
		if err != nil {
			reached = &view.Reached{Error: err.Error()}
		}
		if err := out.Encode(reached); err != nil {
			return err
		}
	}
}

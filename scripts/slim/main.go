// Slim makes Go's WebAssembly smaller to download, in place: it is a step of the build, behind go build.
//
// A Go program carries tables that say for every instruction which line of which file it comes from and which calls were inlined
// there, and the name of every function. They are a fifth of the download and serve only to print a stack. A machine that fails in a browser
// gives a link that fails in the same way in a native build, which has all of them. What the runtime works with stays: stack
// maps, sizes of frames, deferred calls, names of its own functions (isSystemGoroutine looks at them) and of this project's,
// so that a stack still tells the way. See "Why are tables taken out of the WebAssembly?" in RATIONALE.md.
package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	flag.Usage = func() { fmt.Fprintln(os.Stderr, "usage: slim FILE.wasm …") }
	flag.Parse()
	for _, path := range flag.Args() {
		if err := slimFile(path); err != nil {
			fmt.Fprintf(os.Stderr, "slim: %s: %v\n", path, err)
			os.Exit(1)
		}
	}
}

func slimFile(path string) error {
	in, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	out, err := slim(in)
	if err != nil {
		return err
	}
	return os.WriteFile(path, out, 0o755)
}

// slim returns the module with a lighter section of data.
func slim(in []byte) ([]byte, error) {
	var out []byte
	err := sections(in, func(id byte, whole, body []byte) error {
		if id != sectionData {
			out = append(out, whole...)
			return nil
		}
		memory, err := readData(body)
		if err != nil {
			return err
		}
		t, err := findTables(memory)
		if err != nil {
			return err
		}
		if err := t.lighten(); err != nil {
			return err
		}
		out = appendSection(out, sectionData, appendData(nil, memory))
		return nil
	})
	if err != nil {
		return nil, err
	}
	return append(append([]byte(nil), in[:headerLen]...), out...), nil
}

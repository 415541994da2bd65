// Jumps makes jumps in Go's WebAssembly direct, in place: it is a step of the build, behind go build.
//
// Go compiles a function with more than a straight run of code to a loop around a br_table: each basic block ends a wasm
// block, and a jump to block K is "PC_B = K; br loop", which goes back to the loop's head and from there through the
// table, with every local merged on the way. Code for later blocks lies behind, inside wasm blocks that are still open, so a jump
// forward can as well leave the right one of them with a single br. And a switch, which Go compiles to a binary search,
// gets a br_table. The interpreter's loop is mostly such code; see "Why is the WebAssembly rewritten?" in RATIONALE.md.
package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	flag.Usage = func() { fmt.Fprintln(os.Stderr, "usage: jumps FILE.wasm …") }
	flag.Parse()
	for _, path := range flag.Args() {
		if err := rewriteFile(path); err != nil {
			fmt.Fprintf(os.Stderr, "jumps: %s: %v\n", path, err)
			os.Exit(1)
		}
	}
}

func rewriteFile(path string) error {
	in, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	out, _, err := rewrite(in)
	if err != nil {
		return err
	}
	return os.WriteFile(path, out, 0o755)
}

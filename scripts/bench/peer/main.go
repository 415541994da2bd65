// Peer runs the same C kernels in v86 and in this machine, in one headless Chromium, in turns, and compares the times.
// Both print checksums, which must be equal. The kernels are bare multiboot images: what is compared is the processor.
package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	out := flag.String("o", "build/bench", "`FOLDER` for what is built and fetched")
	turns := flag.Int("turns", 5, "how often each machine is started")
	jit := flag.Bool("jit", true, "show v86 with its compiler as well")
	flag.Parse()
	if err := run(*out, max(*turns, 1), *jit); err != nil {
		fmt.Fprintln(os.Stderr, "bench-peer:", err)
		os.Exit(1)
	}
}

func run(out string, turns int, jit bool) error {
	if err := prepare(out); err != nil {
		return err
	}
	machines := []machine{{"Vitrine", "vitrine.html"}, {"v86, JIT off", "v86.html#nojit"}}
	if jit {
		machines = append(machines, machine{"v86, JIT on", "v86.html#jit"})
	}
	runs, err := inTurns(out, machines, turns)
	if err != nil {
		return err
	}
	return compare(machines, runs)
}

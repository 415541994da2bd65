// Command gen writes the generated files of the project. Run it in the project's root:
//
//	go run ./scripts/gen [-check] [TARGET…]
//
// Without targets it makes all of them; with -check it only says which are older than their sources.
package main

import (
	"flag"
	"fmt"
	"os"
	"slices"
)

// target is something that gen can make. fresh tells, without making it, whether that is needed.
type target struct {
	name, what string
	run        func() error
	fresh      func() (bool, error)
}

var targets = []target{
	{"boot", "assets/boot/boot_gen.go from the assembler sources beside it", genBoot, bootFresh},
	{"embed", "web/embed.d.ts, and the tables of assets/docs/EMBED.md, from scripts/api", genEmbed, embedFresh},
	{"isa", "assets/docs/ISA.md from the definitions in engine/cpu and the recorded cases", genISA, isaFresh},
	{"syscalls", "assets/docs/SYSCALLS.md from the definitions in kernel/sys", genSyscalls, syscallsFresh},
}

func main() {
	check := flag.Bool("check", false, "only check that the generated files are fresh")
	flag.Usage = usage
	flag.Parse()
	for _, name := range flag.Args() {
		if !slices.ContainsFunc(targets, func(t target) bool { return t.name == name }) {
			usage()
			os.Exit(2)
		}
	}
	failed := false
	for _, t := range targets {
		if flag.NArg() > 0 && !slices.Contains(flag.Args(), t.name) {
			continue
		}
		if err := t.do(*check); err != nil {
			fmt.Fprintf(os.Stderr, "gen %s: %v\n", t.name, err)
			failed = true
		}
	}
	if failed {
		os.Exit(1)
	}
}

func (t target) do(check bool) error {
	if !check {
		return t.run()
	}
	ok, err := t.fresh()
	if err == nil && !ok {
		err = fmt.Errorf("older than its sources: go run ./scripts/gen %s", t.name)
	}
	return err
}

func usage() {
	fmt.Fprintln(os.Stderr, "usage: go run ./scripts/gen [-check] [TARGET…]")
	for _, t := range targets {
		fmt.Fprintf(os.Stderr, "  %-8s %s\n", t.name, t.what)
	}
}

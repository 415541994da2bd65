// Command gen writes the generated files of the project. Run it in the project's root:
//
//	go run ./scripts/gen boot
package main

import (
	"fmt"
	"os"
	"slices"
)

// target is something that gen can make.
type target struct {
	name, what string
	run        func() error
}

var targets = []target{
	{"boot", "assets/boot/boot_gen.go from the assembler sources beside it", genBoot},
}

func main() {
	if len(os.Args) < 2 {
		usage()
	}
	for _, name := range os.Args[1:] {
		i := slices.IndexFunc(targets, func(t target) bool { return t.name == name })
		if i < 0 {
			usage()
		}
		if err := targets[i].run(); err != nil {
			fmt.Fprintf(os.Stderr, "gen %s: %v\n", name, err)
			os.Exit(1)
		}
	}
}

func usage() {
	fmt.Fprintln(os.Stderr, "usage: go run ./scripts/gen TARGET…")
	for _, t := range targets {
		fmt.Fprintf(os.Stderr, "  %-8s %s\n", t.name, t.what)
	}
	os.Exit(2)
}

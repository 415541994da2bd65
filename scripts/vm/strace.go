package main

import (
	"fmt"
	"os"

	"vitrine/kernel/boot"
	"vitrine/kernel/sys"
)

// attachStrace prints system calls as strace(1) does.
func attachStrace(c *boot.Computer) {
	sys.Strace(c.K, func(line string) { fmt.Fprintln(os.Stderr, line) })
}

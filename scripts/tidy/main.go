// Tidy checks what no compiler checks: who may import whom, what engine and kernel must not use, and how long files and
// functions are. It prints each offence with its place and fails when there is one.
package main

import (
	"fmt"
	"os"
)

func main() {
	var problems []string
	for _, check := range []func() ([]string, error){Imports, Bans, MapOrder, Sizes} {
		found, err := check()
		if err != nil {
			fmt.Fprintln(os.Stderr, "tidy:", err)
			os.Exit(1)
		}
		problems = append(problems, found...)
	}
	for _, p := range problems {
		fmt.Println(p)
	}
	if len(problems) > 0 {
		os.Exit(1)
	}
}

package main

import (
	"os/exec"
	"strings"
)

// goroot is where the Go installation keeps wasm_exec.js, which must be of the compiler's own version.
func goroot() string {
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}

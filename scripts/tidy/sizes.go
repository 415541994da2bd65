package main

import (
	"fmt"
	"go/ast"
	"go/token"
	"strings"
)

// The limits: a file is a topic, a function fits a screen.
const (
	maxFile     = 450
	maxFunction = 80
)

// long are the functions that may be longer than a screen, each with the reason.
var long = map[string]string{
	"engine/cpu/loop_unsafe.go: blocks": "the interpreter's one switch: a case that is called costs more than what it does",
}

// Sizes finds files and functions that have grown too long, and exceptions that nobody needs any more. Generated files and
// tests are exempt.
func Sizes() ([]string, error) {
	var problems []string
	needed := map[string]bool{}
	err := sources([]string{"engine", "kernel", "wasm", "scenes", "scripts", "assets"}, func(path string, set *token.FileSet, file *ast.File) {
		if strings.HasSuffix(path, "_gen.go") || strings.HasSuffix(path, "_test.go") {
			return
		}
		if n := set.Position(file.End()).Line; n > maxFile {
			problems = append(problems, fmt.Sprintf("%s: %d lines, at most %d", path, n, maxFile))
		}
		for _, d := range file.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Body == nil {
				continue
			}
			from, to := set.Position(fn.Pos()), set.Position(fn.End())
			n, key := to.Line-from.Line+1, path+": "+fn.Name.Name
			if needed[key] = n > maxFunction; needed[key] && long[key] == "" {
				problems = append(problems, fmt.Sprintf("%s: %s has %d lines, at most %d", from, fn.Name.Name, n, maxFunction))
			}
		}
	})
	for key := range long {
		if !needed[key] {
			problems = append(problems, key+" is short or gone: take it out of scripts/tidy/sizes.go")
		}
	}
	return problems, err
}

package main

import (
	"fmt"
	"go/ast"
	"go/token"
	"strings"
)

// The limits of DESIGN's style: a file is a topic, a function fits a screen.
const (
	maxFile     = 450
	maxFunction = 80
)

// Sizes finds files and functions that have grown too long. Generated files and tables are exempt.
func Sizes() ([]string, error) {
	var problems []string
	err := sources([]string{"engine", "kernel", "wasm", "scripts", "assets"}, func(path string, set *token.FileSet, file *ast.File) {
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
			if n := to.Line - from.Line + 1; n > maxFunction {
				problems = append(problems, fmt.Sprintf("%s: %s has %d lines, at most %d", from, fn.Name.Name, n, maxFunction))
			}
		}
	})
	return problems, err
}

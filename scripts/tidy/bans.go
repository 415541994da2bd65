package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
)

// banned imports of engine and kernel: host time, chance, threads and the outside world must never reach guest state.
var banned = map[string]bool{
	"time": true, "math/rand": true, "math/rand/v2": true, "crypto/rand": true, "os": true, "net": true, "sync": true,
	"sync/atomic": true, "context": true, "log": true, "syscall": true, "runtime": true,
}

// sources calls fn for each Go file below the folders, parsed, but for what belongs to a test's data.
func sources(folders []string, fn func(path string, set *token.FileSet, file *ast.File)) error {
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.IsDir() && d.Name() == "testdata" {
				return filepath.SkipDir
			}
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") {
				return err
			}
			set := token.NewFileSet()
			file, err := parser.ParseFile(set, path, nil, parser.ParseComments|parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			fn(path, set, file)
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Bans looks for what breaks determinism in engine and kernel, and for JavaScript outside of *_js.go.
func Bans() ([]string, error) {
	var problems []string
	err := sources([]string{"engine", "kernel", "wasm"}, func(path string, set *token.FileSet, file *ast.File) {
		if strings.HasSuffix(path, "_test.go") || strings.Contains(path, "statetest/") {
			return
		}
		guest := !strings.HasPrefix(path, "wasm")
		report := func(pos token.Pos, text string) {
			problems = append(problems, fmt.Sprintf("%s: %s", set.Position(pos), text))
		}
		for _, imp := range file.Imports {
			name, _ := strconv.Unquote(imp.Path.Value)
			switch {
			case guest && banned[name]:
				report(imp.Pos(), "must not import "+name)
			case name == "unsafe" && !strings.HasSuffix(path, "_unsafe.go"):
				report(imp.Pos(), "unsafe belongs in a file named *_unsafe.go")
			case name == "syscall/js" && !strings.HasSuffix(path, "_js.go"):
				report(imp.Pos(), "JavaScript belongs in a file named *_js.go")
			}
		}
		if guest {
			ast.Inspect(file, func(n ast.Node) bool { banNode(n, report); return true })
		}
	})
	return problems, err
}

func banNode(n ast.Node, report func(token.Pos, string)) {
	switch n := n.(type) {
	case *ast.GoStmt:
		report(n.Pos(), "no goroutines: guest state must not lie on a Go stack")
	case *ast.ChanType:
		report(n.Pos(), "no channels: guest state must be plain data")
	case *ast.CallExpr:
		if id, ok := n.Fun.(*ast.Ident); ok && id.Name == "panic" && !isBug(n) {
			report(n.Pos(), `panic only as panic("BUG: …"): guest faults are values`)
		}
	}
}

// isBug tells whether a panic's text begins with BUG.
func isBug(call *ast.CallExpr) bool {
	found := false
	ast.Inspect(call, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && strings.HasPrefix(lit.Value, `"BUG: `) {
			found = true
		}
		return !found
	})
	return found
}

package main

import (
	"fmt"
	"go/ast"
	"go/token"
	"path/filepath"
	"strings"
)

// MapOrder looks for loops over maps in engine and kernel: their order is another one in each run. It knows no types: a
// name that is declared as a map somewhere in a package is taken for a map everywhere in it.
func MapOrder() ([]string, error) {
	guest := []string{"engine", "kernel"}
	maps := map[string]map[string]bool{} // by folder, by name
	err := sources(guest, func(path string, _ *token.FileSet, file *ast.File) {
		if strings.HasSuffix(path, "_test.go") {
			return
		}
		folder := filepath.Dir(path)
		if maps[folder] == nil {
			maps[folder] = map[string]bool{}
		}
		ast.Inspect(file, func(n ast.Node) bool { mapNames(n, maps[folder]); return true })
	})
	if err != nil {
		return nil, err
	}
	var problems []string
	err = sources(guest, func(path string, set *token.FileSet, file *ast.File) {
		if strings.HasSuffix(path, "_test.go") {
			return
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if loop, ok := n.(*ast.RangeStmt); ok && (isMap(loop.X) || maps[filepath.Dir(path)][nameOf(loop.X)]) {
				problems = append(problems, fmt.Sprintf("%s: no loops over maps: their order is chance", set.Position(n.Pos())))
			}
			return true
		})
	})
	return problems, err
}

// mapNames adds the names that n declares as maps: fields, parameters, variables with a type, variables set to a map.
func mapNames(n ast.Node, names map[string]bool) {
	switch n := n.(type) {
	case *ast.Field:
		for _, id := range n.Names {
			names[id.Name] = names[id.Name] || isMap(n.Type)
		}
	case *ast.ValueSpec:
		for i, id := range n.Names {
			names[id.Name] = names[id.Name] || isMap(n.Type) || i < len(n.Values) && isMap(n.Values[i])
		}
	case *ast.AssignStmt:
		for i, left := range n.Lhs {
			if len(n.Lhs) == len(n.Rhs) && isMap(n.Rhs[i]) {
				names[nameOf(left)] = true
			}
		}
	}
}

// isMap tells whether e is a map type, a map literal or make of a map.
func isMap(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.MapType:
		return true
	case *ast.CompositeLit:
		return e.Type != nil && isMap(e.Type)
	case *ast.CallExpr:
		return nameOf(e.Fun) == "make" && len(e.Args) > 0 && isMap(e.Args[0])
	}
	return false
}

// nameOf is the last name of a variable or field; what has none is "_".
func nameOf(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return "_"
}

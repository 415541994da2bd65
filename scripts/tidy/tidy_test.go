package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"testing"
)

func TestLayers(t *testing.T) {
	tests := []struct {
		pkg     string
		imports string
		ok      bool
	}{
		{"engine/cpu", "engine/mmu", true},
		{"engine/cpu", "kernel", false},
		{"engine/mmu", "engine/cpu", false},
		{"kernel", "kernel/sys", false},
		{"kernel/sys", "kernel", true},
		{"wasm/diagram", "engine", false},
		{"wasm/page", "github.com/hajimehoshi/ebiten/v2", true},
		{"wasm/machine", "github.com/hajimehoshi/ebiten/v2", false},
		{"kernel/fs/ext2", "kernel/vfs", true},
	}
	for _, tt := range tests {
		imp := tt.imports
		if imp[0] != 'g' {
			imp = module + imp
		}
		p := pkg{ImportPath: module + tt.pkg, Imports: []string{imp}}
		if got := len(p.check()) == 0; got != tt.ok {
			t.Errorf("%s imports %s: allowed %v, want %v", tt.pkg, tt.imports, got, tt.ok)
		}
	}
}

func TestBanNode(t *testing.T) {
	src := `package p
func f() { go f(); var c chan int; _ = c; panic("oops"); panic("BUG: x"); panic("BUG: " + y) }`
	file, err := parser.ParseFile(token.NewFileSet(), "p.go", src, 0)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	ast.Inspect(file, func(n ast.Node) bool { banNode(n, func(token.Pos, string) { found++ }); return true })
	if found != 3 {
		t.Errorf("found %d offences, want 3: goroutine, channel, panic", found)
	}
}

func TestMapOrder(t *testing.T) {
	src := `package p
type s struct{ m map[int]int; l []int }
var g = map[string]int{}
func f(p map[int]bool, x s) {
	a, b := make(map[int]int), []int{}
	for range a {}
	for range b {}
	for range p {}
	for range x.m {}
	for range x.l {}
	for range g {}
	for range map[int]int{} {}
}`
	file, err := parser.ParseFile(token.NewFileSet(), "p.go", src, 0)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool { mapNames(n, names); return true })
	found := 0
	ast.Inspect(file, func(n ast.Node) bool {
		if loop, ok := n.(*ast.RangeStmt); ok && (isMap(loop.X) || names[nameOf(loop.X)]) {
			found++
		}
		return true
	})
	if found != 5 {
		t.Errorf("found %d loops over maps, want 5", found)
	}
}

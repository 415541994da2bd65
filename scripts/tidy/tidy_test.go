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

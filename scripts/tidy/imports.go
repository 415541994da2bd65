package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
)

const module = "vitrine/"

// layers: a package may import its own prefix and what its row lists, and nothing else of this module.
var layers = []struct {
	prefix string
	may    []string
}{
	{"engine/trace", nil},
	{"engine/state", nil},
	{"engine/mem", []string{"engine/trace", "engine/state"}},
	{"engine/bus", []string{"engine/mem", "engine/trace", "engine/state"}},
	{"engine/mmu", []string{"engine/mem", "engine/trace"}},
	{"engine/decode", nil},
	{"engine/softfloat", nil},
	{"engine/rewind", []string{"engine/mem"}},
	{"engine/cpu", []string{"engine/decode", "engine/mmu", "engine/bus", "engine/mem", "engine/trace", "engine/state", "engine/softfloat"}},
	{"engine/dev", []string{"engine/bus", "engine/mem", "engine/trace", "engine/state"}},
	{"engine", []string{"engine"}},
	{"assets", nil},
	{"kernel/abi", nil},
	{"kernel/wait", nil},
	{"kernel/mm", []string{"engine", "kernel/abi", "kernel/wait"}},
	{"kernel/vfs", []string{"engine", "kernel/abi", "kernel/wait"}},
	{"kernel/tty", []string{"engine", "kernel/abi", "kernel/wait"}},
	{"kernel/blk", []string{"kernel/abi"}},
	{"kernel/fs", []string{"engine", "kernel/abi", "kernel/blk", "kernel/wait", "kernel/vfs"}},
	{"kernel/image", []string{"engine", "assets", "kernel/abi", "kernel/blk", "kernel/fs", "kernel/wait", "kernel/vfs"}},
	{"kernel/unix", []string{"engine", "kernel/abi", "kernel/wait", "kernel/vfs"}},
	{"kernel/exec", []string{"engine", "kernel/abi", "kernel/mm", "kernel/vfs", "kernel/wait"}},
	{"kernel/sys", []string{"engine", "assets", "kernel"}},
	{"kernel/boot", []string{"engine", "assets", "kernel"}},
	{"kernel", []string{"engine", "assets", "kernel/abi", "kernel/wait", "kernel/mm", "kernel/vfs", "kernel/tty", "kernel/fs", "kernel/unix", "kernel/exec"}},
	{"wasm/view", []string{"engine/trace", "engine/state"}},
	{"wasm/term", []string{"wasm/view"}},
	{"wasm/ui", []string{"wasm/view"}},
	{"wasm/diagram", []string{"wasm/ui", "wasm/view"}},
	{"wasm/scene", []string{"wasm/ui", "wasm/view", "wasm/diagram"}},
	{"wasm/page", []string{"wasm/scene", "wasm/diagram", "wasm/ui", "wasm/view"}},
	{"wasm/machine", []string{"engine", "kernel", "assets", "wasm/view", "wasm/term"}},
	{"scenes", []string{"wasm/view"}},
	{"scripts", []string{"engine", "kernel", "assets", "wasm", "scenes", "scripts"}},
}

// outside says who may import a library.
var outside = []struct {
	prefix string
	who    []string
}{
	{"github.com/hajimehoshi/ebiten", []string{"wasm/page", "wasm/ui", "wasm/diagram"}},
	{"golang.org/x/arch", []string{"engine/decode", "engine/cpu", "wasm/machine", "scripts"}},
	{"github.com/chromedp", []string{"scripts", "web"}},
}

type pkg struct {
	ImportPath string
	Imports    []string
}

// Imports checks the direction of imports in builds for both the host and the browser.
func Imports() ([]string, error) {
	var problems []string
	seen := map[string]bool{}
	for _, env := range [][]string{nil, {"GOOS=js", "GOARCH=wasm"}} {
		list, err := packages(env)
		if err != nil {
			return nil, err
		}
		for _, p := range list {
			for _, problem := range p.check() {
				if !seen[problem] {
					seen[problem] = true
					problems = append(problems, problem)
				}
			}
		}
	}
	return problems, nil
}

func packages(env []string) ([]pkg, error) {
	cmd := exec.Command("go", "list", "-e", "-json=ImportPath,Imports", "./...")
	cmd.Env = append(cmd.Environ(), env...)
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	var list []pkg
	dec := json.NewDecoder(bytes.NewReader(out))
	for {
		var p pkg
		err := dec.Decode(&p)
		if errors.Is(err, io.EOF) {
			return list, nil
		}
		if err != nil {
			return nil, err
		}
		list = append(list, p)
	}
}

func (p *pkg) check() []string {
	var problems []string
	me := strings.TrimPrefix(p.ImportPath, module)
	prefix, may := layerOf(me)
	for _, imp := range p.Imports {
		if them, ours := strings.CutPrefix(imp, module); ours {
			theirs, _ := layerOf(them)
			switch {
			case prefix == "":
				problems = append(problems, me+": belongs to no layer; add it to scripts/tidy/imports.go")
			case theirs != prefix && !anyUnder(them, may):
				problems = append(problems, me+": must not import "+them)
			}
			continue
		}
		for _, rule := range outside {
			if under(imp, rule.prefix) && !anyUnder(me, rule.who) {
				problems = append(problems, me+": must not import "+imp)
			}
		}
	}
	return problems
}

// layerOf finds the row of a package: the longest prefix wins.
func layerOf(me string) (prefix string, may []string) {
	for _, l := range layers {
		if under(me, l.prefix) && len(l.prefix) > len(prefix) {
			prefix, may = l.prefix, l.may
		}
	}
	return prefix, may
}

func under(path, prefix string) bool { return path == prefix || strings.HasPrefix(path, prefix+"/") }

func anyUnder(path string, prefixes []string) bool {
	for _, p := range prefixes {
		if under(path, p) {
			return true
		}
	}
	return false
}

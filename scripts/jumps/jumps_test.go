package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// small is a module with one function of the compiler's shape and one jump forward: basic block 0 jumps to 1, which
// returns 7; what lies between, block 2 in the text, traps.
var small = module(
	opBlock, 0x40, opLoop, 0x40, opBlock, 0x40, opBlock, 0x40, opBlock, 0x40,
	opLocalGet, 0, opBrTable, 2, 0, 2, 1,
	opEnd, // basic block 0
	opI32Const, 1, opLocalSet, 0, opBr, 2,
	opEnd, // basic block 2
	0x00,  // unreachable
	opEnd, // basic block 1
	opI32Const, 7, 0x0f,
	opEnd, opEnd, 0x00, opEnd,
)

// module has one exported function f: [] → i32, with one i32 local.
func module(code ...byte) []byte {
	body := appendSized(nil, append([]byte{1, 1, 0x7f}, code...))
	m := append([]byte(magic), 1, 5, 1, 0x60, 0, 1, 0x7f, 3, 2, 1, 0, 7, 5, 1, 1, 'f', 0, 0)
	return appendSized(append(m, sectionCode), append([]byte{1}, body...))
}

func TestForward(t *testing.T) {
	out, jumps, err := rewrite(small)
	if err != nil || jumps != 1 {
		t.Fatalf("%d jumps, %v", jumps, err)
	}
	if !bytes.Contains(out, []byte{opEnd, opBr, 1, opEnd, 0x00, opEnd, opI32Const, 7}) {
		t.Errorf("% x", out)
	}
	for name, m := range map[string][]byte{"before": small, "after": out} {
		if got := evaluate(t, m); got != "7" {
			t.Errorf("%s: f() = %s", name, got)
		}
	}
	again, jumps, err := rewrite(out)
	if err != nil || jumps != 0 || !bytes.Equal(again, out) {
		t.Errorf("a second time: %d jumps, %v", jumps, err)
	}
}

// TestSwitch: a switch of the sample gets a table, once.
func TestSwitch(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sample.wasm")
	build := exec.Command("go", "build", "-o", path, "./testdata/sample")
	build.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	m, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	once, first, err := rewrite(m)
	if err != nil || first < 10_000 {
		t.Fatalf("%d jumps, %v", first, err)
	}
	twice, second, err := rewrite(once)
	if err != nil || second != 0 || !bytes.Equal(once, twice) {
		t.Errorf("a second time: %d jumps, %v", second, err)
	}
}

// evaluate calls f in Node.
func evaluate(t *testing.T, m []byte) string {
	t.Helper()
	needNode(t)
	path := filepath.Join(t.TempDir(), "m.wasm")
	if err := os.WriteFile(path, m, 0o644); err != nil {
		t.Fatal(err)
	}
	script := "WebAssembly.instantiate(require('fs').readFileSync(process.argv[1])).then(m => console.log(m.instance.exports.f()))"
	out, err := exec.Command("node", "-e", script, path).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return strings.TrimSpace(string(out))
}

func needNode(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("needs Node")
	}
}

// TestSample runs a Go program natively, as WebAssembly, and as rewritten WebAssembly.
func TestSample(t *testing.T) {
	needNode(t)
	want, err := exec.Command("go", "run", "./testdata/sample").Output()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "sample.wasm")
	build := exec.Command("go", "build", "-o", path, "./testdata/sample")
	build.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	before := runGo(t, path)
	if err := rewriteFile(path); err != nil {
		t.Fatal(err)
	}
	if after := runGo(t, path); before != string(want) || after != string(want) {
		t.Errorf("natively\n%s\nbefore\n%s\nafter\n%s", want, before, after)
	}
}

// runGo runs Go's WebAssembly in Node with the glue of the toolchain.
func runGo(t *testing.T, path string) string {
	t.Helper()
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("node", filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm", "wasm_exec_node.js"), path).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return string(out)
}

func TestRefused(t *testing.T) {
	for name, m := range map[string][]byte{
		"empty": nil, "no module": []byte("\x7fELF"), "cut off": small[:len(small)-3],
		"unknown opcode": module(0x06, opEnd), "open block": module(opBlock, 0x40, opEnd), "long integer": module(bytes.Repeat([]byte{0x41, 0xff, 0xff}, 9)...),
	} {
		if _, _, err := rewrite(m); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func FuzzRewrite(f *testing.F) {
	f.Add(small)
	f.Add(module(opBlock, 0x40, opEnd, opEnd))
	f.Fuzz(func(t *testing.T, m []byte) {
		out, _, err := rewrite(m)
		if err != nil {
			return
		}
		if _, jumps, err := rewrite(out); err != nil || jumps != 0 {
			t.Errorf("a second time: %d jumps, %v", jumps, err)
		}
	})
}

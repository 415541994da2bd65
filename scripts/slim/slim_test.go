package main

import (
	"bytes"
	"compress/gzip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func build(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "sample.wasm")
	build := exec.Command("go", "build", "-ldflags=-s -w", "-o", path, "./testdata/sample")
	build.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return path
}

// TestSample: a program that needs its runtime says the same natively and without the tables, as a much smaller download.
func TestSample(t *testing.T) {
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("needs Node")
	}
	want, err := exec.Command("go", "run", "./testdata/sample").Output()
	if err != nil {
		t.Fatal(err)
	}
	path := build(t)
	before := packed(t, path)
	if err := slimFile(path); err != nil {
		t.Fatal(err)
	}
	if after := packed(t, path); after > before*88/100 {
		t.Errorf("%d bytes to download, %d before", after, before)
	}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	glue := filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm", "wasm_exec_node.js")
	got, err := exec.Command("node", "--stack-size=8192", glue, path).CombinedOutput()
	if err != nil || string(got) != string(want) {
		t.Errorf("natively\n%s\nslim (%v)\n%s", want, err, got)
	}
	// A second time there is nothing left to do.
	once, _ := os.ReadFile(path)
	if twice, err := slim(once); err != nil || !bytes.Equal(once, twice) {
		t.Errorf("a second time it differs: %v", err)
	}
}

func packed(t *testing.T, path string) int {
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	zip := gzip.NewWriter(&out)
	zip.Write(data)
	zip.Close()
	return out.Len()
}

// TestData: a memory survives being written as segments and read again.
func TestData(t *testing.T) {
	memory := make([]byte, 5000)
	for _, at := range []int{0, 1, 2, 300, 1000, 1255, 1300, 4999} {
		memory[at] = byte(at) | 1
	}
	back, err := readData(appendData(nil, memory))
	if err != nil || !bytes.Equal(back, memory) {
		t.Error(err)
	}
	for _, v := range []int64{0, 1, 63, 64, -1, -64, -65, 1 << 20, 1<<31 - 1, -1 << 31} {
		if got, n := signed(appendSigned(nil, v)); got != v || n == 0 {
			t.Errorf("%d becomes %d", v, got)
		}
	}
}

func TestRefused(t *testing.T) {
	header := "\x00asm\x01\x00\x00\x00"
	for name, m := range map[string]string{
		"empty": "", "no module": "\x7fELF", "cut off": header + "\x0b\x09\x01", "no tables": header + "\x0b\x07\x01\x00\x41\x00\x0b\x01x",
		"another memory": header + "\x0b\x07\x01\x01\x41\x00\x0b\x01x", "below zero": header + "\x0b\x07\x01\x00\x41\x7f\x0b\x01x",
	} {
		if _, err := slim([]byte(m)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func FuzzSlim(f *testing.F) {
	table := append(append([]byte(nil), magic...), make([]byte, 200)...)
	for i, v := range []byte{1, 0, 0, 72, 80, 88, 96, 104} {
		table[8+8*i] = v
	}
	table[108] = 16
	f.Add(appendSection([]byte("\x00asm\x01\x00\x00\x00"), sectionData, appendData(nil, table)))
	f.Fuzz(func(t *testing.T, m []byte) {
		out, err := slim(m)
		if err != nil {
			return
		}
		if _, err := slim(out); err != nil {
			t.Errorf("a second time: %v", err)
		}
	})
}

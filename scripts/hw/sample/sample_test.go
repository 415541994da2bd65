package sample

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"golang.org/x/arch/x86/x86asm"

	"vitrine/engine/cpu"
	"vitrine/scripts/hw/cases"
	"vitrine/scripts/hw/pc"
)

// TestReplay: the engine ends each recorded case as silicon did.
func TestReplay(t *testing.T) {
	list, err := Recorded()
	if err != nil {
		t.Fatal(err)
	}
	p := pc.New()
	for i := range list {
		e := &list[i]
		got := p.Run(&e.Case)
		if d := e.Compare(&got, &e.End); d != "" {
			t.Errorf("%s\n    %s", e.Describe(), d)
		}
	}
	if len(list) < 5000 {
		t.Errorf("only %d cases", len(list))
	}
}

// TestCoverage: every definition has cases, or a reason why none can be.
func TestCoverage(t *testing.T) {
	list, err := Recorded()
	if err != nil {
		t.Fatal(err)
	}
	count := map[x86asm.Op]int{}
	for i := range list {
		count[list[i].Op]++
	}
	for _, d := range cpu.Definitions() {
		if count[d.Op] == 0 && cases.Unasked(d.Op) == "" {
			t.Errorf("%v (%s) has no recorded case: go run ./scripts/hw -record", d.Op, d.Ref)
		}
	}
}

// TestWasm replays the recording with the engine compiled to WebAssembly.
func TestWasm(t *testing.T) {
	if runtime.GOARCH == "wasm" || testing.Short() {
		t.Skip("already there")
	}
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("needs Node")
	}
	run := filepath.Join(runtime.GOROOT(), "lib", "wasm", "go_js_wasm_exec")
	cmd := exec.Command("go", "test", "-exec", run, "-run", "TestReplay", "vitrine/scripts/hw/sample")
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, text)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(Encode([]Entry{{}}))
	f.Add(recorded[:100])
	f.Fuzz(func(t *testing.T, b []byte) {
		if list, err := Decode(b); err == nil {
			for i := range list {
				list[i].Mode()
			}
		}
	})
}

package main

import (
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

const folder = "scripts/bench" // this command runs at the module's root

var (
	//go:embed page/vitrine.html
	vitrineHTML []byte
	//go:embed page/peer.js
	peerJS []byte
	//go:embed page/v86.html
	v86HTML []byte
)

// prepare builds the images and the pages, and fetches the peer.
func prepare(out string) error {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	for _, bits := range []string{"32", "64"} {
		if err := compile(bits, filepath.Join(out, "bare"+bits+".elf")); err != nil {
			return err
		}
	}
	if err := buildPage(out); err != nil {
		return err
	}
	return fetchV86(filepath.Join(out, "v86-"+v86Version+".tgz"), out)
}

// compile makes the bare image for processors of so many bits.
func compile(bits, image string) error {
	guest := folder + "/guest/"
	gcc := exec.Command("gcc", "-m"+bits, "-O2", "-ffreestanding", "-fno-pic", "-fno-pie", "-mgeneral-regs-only", "-mno-red-zone",
		"-fno-stack-protector", "-fcf-protection=none", "-fno-asynchronous-unwind-tables", "-nostdlib", "-static",
		"-Wl,--build-id=none,-z,max-page-size=4096,--no-warn-rwx-segments,-T,"+guest+"bare.ld", "-o", image, guest+"bare.S", guest+"bare.c")
	gcc.Stderr = os.Stderr
	if err := gcc.Run(); err != nil {
		return fmt.Errorf("compiling the bare kernels for %s bits: %w", bits, err)
	}
	return nil
}

func buildPage(out string) error {
	build := exec.Command("scripts/build-wasm", filepath.Join(out, "peer.wasm"), "./"+folder+"/page")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return err
	}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return err
	}
	glue, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm", "wasm_exec.js"))
	if err != nil {
		return err
	}
	for name, data := range map[string][]byte{"vitrine.html": vitrineHTML, "peer.js": peerJS, "v86.html": v86HTML, "wasm_exec.js": glue} {
		if err := os.WriteFile(filepath.Join(out, name), data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

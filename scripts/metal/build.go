// Package metal builds the bare-metal test images of assets/metal and runs them: in the engine here, in Node and in
// Chromium, and in QEMU where somebody has installed it.
package metal

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
)

// Image is a built test image.
type Image struct {
	Name string // the subject with its width, as in paging64
	Path string // a multiboot ELF of 32 bits, as QEMU wants it
	ELF  []byte
}

// oneWidth lists the subjects that exist in one width only; the others are built for 32 and 64 bits.
var oneWidth = map[string]string{
	"real":  "32",
	"tasks": "32",
	"v86":   "32",
}

// flags make gcc's output independent of any system: no library, no SSE, no red zone that an interrupt would overwrite.
var flags = strings.Fields(`-O1 -Wall -Werror -masm=intel -ffreestanding -nostdlib -static -no-pie -fno-pic -fno-pie
	-mno-red-zone -mgeneral-regs-only -fno-stack-protector -fcf-protection=none -fno-asynchronous-unwind-tables
	-Wl,--build-id=none,-z,noexecstack,--no-warn-rwx-segments`)

// Build compiles every image of folder into out.
func Build(folder, out string) ([]Image, error) {
	sources, err := filepath.Glob(filepath.Join(folder, "*.c"))
	if err != nil {
		return nil, err
	}
	sort.Strings(sources)
	if err := touch(folder); err != nil {
		return nil, err
	}
	var images []Image
	for _, source := range sources {
		subject := strings.TrimSuffix(filepath.Base(source), ".c")
		if subject == "runtime" {
			continue
		}
		for _, bits := range []string{"32", "64"} {
			if only := oneWidth[subject]; only != "" && only != bits {
				continue
			}
			im, err := compile(folder, source, filepath.Join(out, subject+bits), bits)
			if err != nil {
				return nil, err
			}
			images = append(images, im)
		}
	}
	return images, nil
}

// touch reads what gcc will read, so that go test knows that its result depends on it.
func touch(folder string) error {
	files, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, f := range files {
		if _, err := os.ReadFile(filepath.Join(folder, f.Name())); err != nil {
			return err
		}
	}
	return nil
}

// compile makes one image. The 64-bit ones become ELF files of 32 bits at the end: multiboot loaders start in 32-bit mode.
func compile(folder, source, to, bits string) (Image, error) {
	args := append([]string{"-m" + bits}, flags...)
	args = append(args, "-Wl,-T,"+filepath.Join(folder, "link.ld"), "-o", to, filepath.Join(folder, "entry.S"), filepath.Join(folder, "runtime.c"), source)
	if err := command("gcc", args...); err != nil {
		return Image{}, err
	}
	if bits == "64" {
		if err := command("objcopy", "-O", "elf32-i386", to); err != nil {
			return Image{}, err
		}
	}
	data, err := os.ReadFile(to)
	return Image{filepath.Base(to), to, data}, err
}

func command(name string, args ...string) error {
	var errs bytes.Buffer
	cmd := exec.Command(name, args...)
	cmd.Stderr = &errs
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, errs.String())
	}
	return nil
}

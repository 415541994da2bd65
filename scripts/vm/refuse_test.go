//go:build linux

package main

import (
	"debug/elf"
	"encoding/binary"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// execSource tries to execute each of its arguments and prints what execve says.
const execSource = `
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		pid_t pid = fork();
		if (pid == 0) {
			char *args[] = { argv[i], NULL }, *env[] = { NULL };
			execve(argv[i], args, env);
			_exit(errno);
		}
		int status;
		waitpid(pid, &status, 0);
		char *name = strrchr(argv[i], '/');
		printf("%s: exit %d signal %d\n", name ? name + 1 : argv[i], WEXITSTATUS(status), WTERMSIG(status));
	}
	return 0;
}
`

// TestRefused: what cannot be executed fails with Linux's errno, and the machine goes on.
func TestRefused(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, data []byte, mode os.FileMode) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), data, mode); err != nil {
			t.Fatal(err)
		}
	}
	write("exec.c", []byte(execSource), 0o644)
	probe := compile(t, dir+"/exec.c", []string{"musl-gcc", "-O1", "-static"})
	whole, err := os.ReadFile(probe)
	if err != nil {
		t.Fatal(err)
	}
	bad := map[string][]byte{"empty": {}, "one-byte": {0x7f}, "two-bytes": []byte("#!"), "text": []byte("echo hello\n"), "zeros": make([]byte, 5000)}
	for _, n := range []int{4, 16, 63, 64, 100, 200, 4095, 4096, 8192, len(whole) / 2, len(whole) - 1} {
		bad["cut-at-"+strconv.Itoa(n)] = whole[:min(n, len(whole))]
	}
	for name, change := range damages {
		b := append([]byte{}, whole...)
		change(b)
		bad[name] = b
	}
	for name, text := range scripts {
		bad[name] = []byte(text)
	}
	bad["script-of-itself"] = []byte("#!" + dir + "/script-of-itself\n") // the same path here and there
	var paths []string
	for name, data := range bad {
		write(name, data, 0o755)
		paths = append(paths, name)
	}
	write("no-permission", whole, 0o644)
	if err := os.Mkdir(dir+"/folder", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("loop", dir+"/loop"); err != nil {
		t.Fatal(err)
	}
	paths = append(paths, "no-permission", "folder", "loop", "missing", "text/below-a-file")

	all := []string{}
	for _, p := range paths {
		all = append(all, filepath.Join(dir, p))
	}
	want := host(t, dir, probe, all...)
	got := guest(t, spec{flags: []string{"-add", dir + ":" + dir, "-add", probe + ":/bin/probe"}, argv: append([]string{"/bin/probe"}, all...)})
	if got.status != want.status {
		t.Errorf("status %d, want %d: %s", got.status, want.status, got.err)
	}
	wants, gots := strings.Split(want.out, "\n"), strings.Split(got.out, "\n")
	for i, line := range wants {
		if i < len(gots) && versions[name(line)] && !strings.Contains(gots[i], "exit 0 signal 0") {
			continue
		}
		if i >= len(gots) || gots[i] != line {
			t.Errorf("the host says %q, the machine %q", line, append(gots, "nothing more")[min(i, len(gots))])
		}
	}
}

// versions has the damages that Linux's releases do not answer alike (an errno, SIGSEGV or SIGKILL); none may run.
var versions = map[string]bool{"segment-in-kernel": true, "file-size-over-mem": true, "memory-size-huge": true, "entry-0": true,
	"entry-not-canonical": true, "headers-beyond": true}

func name(line string) string {
	name, _, _ := strings.Cut(line, ":")
	return name
}

var scripts = map[string]string{
	"script-missing-interpreter": "#!/no/such/interpreter\n",
	"script-folder-interpreter":  "#!/tmp\n",
	"script-empty-interpreter":   "#!\n",
	"script-blank-interpreter":   "#!   \t \n",
	"script-long-interpreter":    "#!/" + strings.Repeat("x", 300) + "\n",
	"script-long-argument":       "#!/bin/true " + strings.Repeat("x", 300) + "\n",
	"script-without-newline":     "#!/no/such/thing",
	"script-interpreter-not-elf": "#!/etc/passwd\n",
	"script-nul-in-interpreter":  "#!/no\x00such\n",
	"script-only-spaces-300":     "#!" + strings.Repeat(" ", 300) + "\n",
}

// damages spoil an ELF file, one field each (offsets of Elf64_Ehdr and of the first Elf64_Phdr at 64).
var damages = map[string]func(b []byte){
	"bad-magic":           func(b []byte) { b[1] = 'X' },
	"class-32":            func(b []byte) { b[elf.EI_CLASS] = byte(elf.ELFCLASS32) },
	"machine-arm":         func(b []byte) { binary.LittleEndian.PutUint16(b[18:], uint16(elf.EM_ARM)) },
	"machine-aarch64":     func(b []byte) { binary.LittleEndian.PutUint16(b[18:], uint16(elf.EM_AARCH64)) },
	"machine-0":           func(b []byte) { binary.LittleEndian.PutUint16(b[18:], 0) },
	"type-rel":            func(b []byte) { binary.LittleEndian.PutUint16(b[16:], uint16(elf.ET_REL)) },
	"type-core":           func(b []byte) { binary.LittleEndian.PutUint16(b[16:], uint16(elf.ET_CORE)) },
	"no-headers":          func(b []byte) { binary.LittleEndian.PutUint16(b[56:], 0) },
	"many-headers":        func(b []byte) { binary.LittleEndian.PutUint16(b[56:], 0xffff) },
	"header-size":         func(b []byte) { binary.LittleEndian.PutUint16(b[54:], 32) },
	"headers-beyond":      func(b []byte) { binary.LittleEndian.PutUint64(b[32:], 1<<40) },
	"entry-0":             func(b []byte) { binary.LittleEndian.PutUint64(b[24:], 0) },
	"entry-not-canonical": func(b []byte) { binary.LittleEndian.PutUint64(b[24:], 1<<63) },
	"segment-in-kernel":   func(b []byte) { binary.LittleEndian.PutUint64(b[64+16:], 0xffff800000000000) },
	"file-size-over-mem":  func(b []byte) { binary.LittleEndian.PutUint64(b[64+32:], 1<<40) },
	"memory-size-huge":    func(b []byte) { binary.LittleEndian.PutUint64(b[64+40:], 1<<60) },
}

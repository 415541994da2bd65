//go:build linux

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// compilers are how people build static programs.
var compilers = []struct {
	name string
	argv []string
}{
	{"musl", []string{"musl-gcc", "-O2", "-static"}},
	{"musl-O0", []string{"musl-gcc", "-O0", "-static", "-fno-pie", "-no-pie"}},
	{"glibc", []string{"gcc", "-O2", "-static"}},
	{"glibc-pie", []string{"gcc", "-O3", "-static-pie", "-fPIE"}},
}

// TestCompiled: programs of ordinary compilers and both libraries say and return here what they do on the host.
func TestCompiled(t *testing.T) {
	sources, err := filepath.Glob("testdata/*.c")
	if err != nil || len(sources) == 0 {
		t.Fatal("no programs", err)
	}
	sources = append(sources, root+"/scripts/bench/guest/kernels.c")
	for _, source := range sources {
		for _, cc := range compilers {
			name := strings.TrimSuffix(filepath.Base(source), ".c")
			if name == "kernels" && cc.name != "glibc" {
				continue // it takes long
			}
			t.Run(name+"/"+cc.name, func(t *testing.T) {
				t.Parallel()
				bin := compile(t, source, cc.argv)
				got := guest(t, spec{flags: []string{"-add", bin + ":/bin/" + name}, argv: []string{"/bin/" + name}})
				got.likeHost(t, func() result {
					r := host(t, t.TempDir(), bin)
					r.out += r.err // both go to the console
					return r
				})
			})
		}
	}
}

func compile(t *testing.T, source string, cc []string) string {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "program")
	args := append(append([]string{}, cc[1:]...), "-pthread", "-w", "-o", bin, source, "-lm")
	if out, err := exec.Command(cc[0], args...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", cc[0], err, out)
	}
	return bin
}

// TestDemonstrations: the guest's own programs, here and on the host.
func TestDemonstrations(t *testing.T) {
	for _, line := range []string{
		"hello", "hello-c", "hello-c one two", "forks", "forks 3", "cow", "cow 0", "cow 16", "spin 1",
		"touch-pages", "touch-pages 1000", "segv", "privileged", "count", "registers", "wrapper", "args one two", "polite 2",
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			needImage(t)
			argv := strings.Fields(line)
			bin, err := filepath.Abs(root + "/build/root/bin/" + argv[0])
			if err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command(bin)
			cmd.Args = argv
			out, err := cmd.Output()
			if err != nil && cmd.ProcessState == nil {
				t.Fatal(err)
			}
			got := guest(t, spec{argv: argv})
			got.out = processes(got.out)
			got.want(t, status(cmd), processes(string(out)))
		})
	}
}

var process = regexp.MustCompile(`\b(pid|of|parent|child|spin) +\d+|0x[0-9a-f]+`)

// processes gives process numbers and addresses names in the order in which they appear.
func processes(text string) string {
	names := map[string]string{}
	return process.ReplaceAllStringFunc(text, func(s string) string {
		s = s[strings.LastIndexByte(s, ' ')+1:]
		if names[s] == "" {
			names[s] = string(rune('A' + len(names)))
		}
		return names[s]
	})
}

// TestAddFolder copies a tree with an executable, a link and a file into the guest.
func TestAddFolder(t *testing.T) {
	dir := t.TempDir()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(os.MkdirAll(dir+"/a/b", 0o755))
	must(os.WriteFile(dir+"/a/run", []byte("#!/bin/sh\necho run $*\n"), 0o755))
	must(os.WriteFile(dir+"/a/b/text", []byte("text\n"), 0o600))
	must(os.Symlink("b/text", dir+"/a/link"))
	guest(t, spec{
		flags: []string{"-add", dir + "/a:/opt/x", "-add", dir + "/a/b/text:/etc/motd"},
		argv:  []string{"/bin/sh", "-c", "/opt/x/run 1; cat /opt/x/link /etc/motd; stat -c '%a %U' /opt/x/run /opt/x/b/text"},
	}).want(t, 0, "run 1\ntext\ntext\n755 root\n644 root\n")
}

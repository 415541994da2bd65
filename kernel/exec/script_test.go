package exec

import (
	"strings"
	"testing"

	"vitrine/kernel/abi"
)

func TestScriptChain(t *testing.T) {
	w := newWorld(t)
	w.add("/usr/bin/node", staticELF())
	f := w.add("./script", []byte("#! /usr/bin/node   --experimental-module \nrest"))
	res, e := w.run(t, request(f, "./script", "A", "B", "C"))
	if e != abi.OK {
		t.Fatal(e.Name())
	}
	want := "/usr/bin/node --experimental-module ./script B C"
	if got := strings.Join(w.argv(t, res), " "); got != want {
		t.Errorf("argv %q", got)
	}
	if res.Comm != "script" || res.Binprm.Interp != "/usr/bin/node" || res.Binprm.Filename != "./script" || res.Binprm.Argc != 5 {
		t.Errorf("%+v", res.Binprm)
	}
	var chain []string
	for _, s := range res.Steps {
		chain = append(chain, s.Format+":"+s.Errno.Name())
	}
	if got := strings.Join(chain, " "); got != "misc:ENOEXEC script:OK misc:ENOEXEC script:ENOEXEC elf:OK" {
		t.Errorf("chain %s", got)
	}
	w.end(t, res)
}

func (w *world) argv(t testing.TB, res Result) []string {
	var list []string
	for i := range w.word(t, res, res.SP) {
		list = append(list, w.text(t, res, w.word(t, res, res.SP+8+i*8)))
	}
	return list
}

func TestScriptRecursion(t *testing.T) {
	for depth, want := range map[int]abi.Errno{5: abi.OK, 6: abi.ELOOP} {
		w := newWorld(t)
		w.add("/s0", staticELF())
		for i := 1; i <= depth; i++ {
			w.add("/s"+string(rune('0'+i)), []byte("#!/s"+string(rune('0'+i-1))+"\n"))
		}
		res, e := w.run(t, request(FileRef(depth+1), "/s", "s"))
		if e != want {
			t.Errorf("%d scripts: %s, want %s", depth, e.Name(), want.Name())
		}
		w.end(t, res)
	}
}

func TestShebang(t *testing.T) {
	long := strings.Repeat("x", 300)
	for _, c := range []struct {
		line      string
		name, arg string
		ok        bool
	}{
		{"#!/bin/sh\n", "/bin/sh", "none", true},
		{"#!/bin/sh", "/bin/sh", "none", true},
		{"#! \t/bin/sh \t \n", "/bin/sh", "none", true},
		{"#!/bin/sh -e -x  \n", "/bin/sh", "-e -x", true},
		{"#!/bin/sh\t-e", "/bin/sh", "-e", true},
		{"#!/bin/sh ", "/bin/sh", "", true},
		{"#!/bin/sh\x00 junk\n", "/bin/sh", "none", true},
		{"#!/bin/sh -a\x00b\n", "/bin/sh", "-a", true},
		{"#!/bin/sh\r\n", "/bin/sh\r", "none", true},
		{"#!\n", "", "", false},
		{"#!   \n", "", "", false},
		{"#!" + strings.Repeat(" ", 300), "", "", false},
		{"#!", "", "none", true},
		{"#!/" + long, "", "", false},
		{"#!/bin/sh " + long, "/bin/sh", long[:245], true},
		{"#!/" + long[:251] + " " + long, "/" + long[:251], "none", true},
		{"#!/" + long[:250] + " " + long, "/" + long[:250], "x", true},
		{"#!/" + long[:252] + " ", "/" + long[:252], "none", true},
		{"#!/" + long[:252] + "\n", "/" + long[:252], "none", true},
		{"#!/" + long[:253] + "\n", "", "", false},
	} {
		var buf [bufSize]byte
		copy(buf[:], c.line)
		name, arg, ok := parseShebang(&buf)
		got := string(arg)
		if arg == nil && ok {
			got = "none"
		}
		if ok != c.ok || ok && (string(name) != c.name || got != c.arg) {
			t.Errorf("%.40q: %q %q %v", c.line, name, got, ok)
		}
	}
}

//go:build linux

package main

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"vitrine/engine/load"
	"vitrine/kernel/boot"
)

// What make linux makes.
const (
	linuxKernel = root + "/build/linux/vmlinuz"
	linuxInitrd = root + "/build/linux/initrd.gz"
)

// linuxFlags run Debian's kernel with a shell in its initrd. Without console= nothing would be seen; nokaslr puts the
// kernel where its symbols say, and cryptomgr.notests leaves out self-tests that take longer than all the rest.
func linuxFlags(t *testing.T) []string {
	t.Helper()
	for _, f := range []string{linuxKernel, linuxInitrd} {
		if _, err := os.Stat(f); err != nil {
			t.Skip(f, "is missing: make linux fetches Debian's kernel, where that can be had")
		}
	}
	return []string{"-kernel", linuxKernel, "-initrd", linuxInitrd, "-append", "console=ttyS0 nokaslr cryptomgr.notests", "-stats"}
}

// typed is a session in Linux's shell.
const typed = "uname -sr\ngrep -c ttyS0 /proc/interrupts\necho $((6 * 7)) >/tmp/x; sleep 0.3; cat /tmp/x\nexit\n"

// TestLinux: an unmodified kernel of Debian's boots to its shell, works, and resets the machine; twice the same.
func TestLinux(t *testing.T) {
	flags := linuxFlags(t)
	first := run1(t, "", typed, vmPath(), flags...)
	for _, want := range []string{"Linux version 6.", "Run /init as init process", "\nLinux 6.", "\n1\r\n", "\n42\r\n", "reboot: machine restart"} {
		if !strings.Contains(first.out, want) {
			t.Errorf("it does not say %q", want)
		}
	}
	for _, bad := range []string{"BUG:", "WARNING:", "Oops", "unchecked MSR", "panic"} {
		if strings.Contains(first.out, bad) {
			t.Errorf("it says %q", bad)
		}
	}
	if first.status != 0 || t.Failed() {
		t.Fatalf("status %d\n%s\n%s", first.status, first.out, first.err)
	}
	second := run1(t, "", typed, vmPath(), append(flags, "-trace", "irq")...)
	if a, b := finalHash(first.err), finalHash(second.err); a != b || a == "" || first.out != second.out {
		t.Errorf("at the end %q, then listened to %q", a, b)
	}
}

// TestLinuxSymbols: the symbols found in memory are those that the kernel itself lists.
func TestLinuxSymbols(t *testing.T) {
	linuxFlags(t)
	var o boot.Options
	if err := readKernel(&options{kernel: linuxKernel, initrd: linuxInitrd, append: "console=ttyS0 nokaslr"}, &o); err != nil {
		t.Fatal(err)
	}
	c, err := boot.New(o)
	if err != nil {
		t.Fatal(err)
	}
	if c.Symbols() != nil {
		t.Error("symbols of a kernel that is not unpacked yet")
	}
	const unpacked = 300_000_000 // instructions, and the first of the kernel's own
	c.Run(boot.NoLimit, unpacked)
	list := c.Symbols()
	i := slices.IndexFunc(list, func(s load.Symbol) bool { return s.Name == "start_kernel" })
	if i < 0 {
		t.Fatalf("%d symbols, and no start_kernel; RIP %#x", len(list), c.M.CPU.S.RIP)
	}
	r := run1(t, "", "grep -c ^ffff /proc/kallsyms\ngrep ' start_kernel$' /proc/kallsyms\nexit\n", vmPath(), linuxFlags(t)...)
	for _, want := range []string{fmt.Sprintf("%016x T start_kernel", list[i].Addr), fmt.Sprintf("\n%d\r\n", len(list))} {
		if !strings.Contains(r.out, want) {
			t.Errorf("the kernel does not list %q", want)
		}
	}
}

// TestLinuxInNode: the same in Node, to the bit.
func TestLinuxInNode(t *testing.T) {
	flags := linuxFlags(t)
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("the host has no Node")
	}
	command, err := node()
	if err != nil {
		t.Fatal(err)
	}
	native := run1(t, "", typed, vmPath(), flags...)
	there := run1(t, "", typed, command, flags...)
	if a, b := finalHash(there.err), finalHash(native.err); a != b || a == "" || there.out != native.out || there.status != native.status {
		t.Errorf("at the end %q, natively %q; status %d\n%s", a, b, there.status, there.err)
	}
}

// TestForeignFlags: what belongs to one kernel is refused with the other.
func TestForeignFlags(t *testing.T) {
	for _, c := range []struct {
		flags []string
		says  string
	}{
		{[]string{"-append", "x"}, "belong to -kernel"},
		{[]string{"-kernel", "/dev/null", "-boot", "x"}, "for our own kernel"},
		{[]string{"-kernel", "/dev/null", "--", "/bin/true"}, "for our own kernel"},
		{[]string{"-kernel", "/dev/null"}, "neither a multiboot image nor a bzImage"},
		{[]string{"-kernel", "/no/such/kernel"}, "no such file"},
		{[]string{"-kernel", vmPath(), "-initrd", "/no/such/file"}, "no such file"},
		{[]string{"-kernel", vmPath()}, "no multiboot header"},
	} {
		if r := run1(t, "", "", vmPath(), c.flags...); r.status != statusUsage || !strings.Contains(r.err, c.says) {
			t.Errorf("%v: status %d\n%s", c.flags, r.status, r.err)
		}
	}
}

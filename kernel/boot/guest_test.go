package boot_test

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"vitrine/engine/dev"
	"vitrine/kernel/boot"
	"vitrine/scripts/image"
)

// guestRoot is a root file system with init, busybox and the demonstration programs, built once.
var guestRoot = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "guest")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	im, err := image.New(16 << 20)
	if err != nil {
		return nil, err
	}
	for _, name := range []string{"init", "segv", "spin", "cow", "forks", "privileged", "touch-pages"} {
		to := "/bin/" + name
		if name == "init" {
			to = "/sbin/init"
		}
		bin, err := compile(dir, "../../assets/guest/"+name+".c")
		if err != nil {
			return nil, err
		}
		if err := im.Add(bin, to); err != nil {
			return nil, err
		}
	}
	if err := im.Add("/bin/busybox", "/bin/busybox"); err != nil {
		return nil, err
	}
	for _, d := range []string{"/etc", "/lib", "/proc", "/dev", "/tmp", "/root"} {
		if err := im.Mkdir(d, 0o755); err != nil {
			return nil, err
		}
	}
	if err := im.WriteFile("/etc/passwd", []byte("root:x:0:0:root:/root:/bin/sh\n"), 0o644); err != nil {
		return nil, err
	}
	for _, applet := range []string{"sh", "ls", "cat", "ps", "echo", "wc", "sleep", "kill", "head", "tr", "sort", "yes", "stty"} {
		if err := im.Symlink("busybox", "/bin/"+applet); err != nil {
			return nil, err
		}
	}
	return im.Close()
})

// compile builds a static program the way the guest's own are built.
func compile(dir, source string) (string, error) {
	bin := filepath.Join(dir, strings.TrimSuffix(filepath.Base(source), ".c"))
	cmd := exec.Command("musl-gcc", "-O1", "-static", "-fno-pie", "-no-pie", "-pthread", "-o", bin, source)
	cmd.Stderr = os.Stderr
	return bin, cmd.Run()
}

// compiled is the program that compile makes of a source.
func compiled(t *testing.T, source string) string {
	t.Helper()
	bin, err := compile(t.TempDir(), source)
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile(bin)
	if err != nil {
		t.Fatal(err)
	}
	return string(program)
}

// guest is a computer and what its console said.
type guest struct {
	*boot.Computer
	disk []byte
	out  strings.Builder
}

// second is a second of guest time.
const second = 100_000_000

// newGuest returns a computer that will run argv, or the shell when there is none. add maps guest paths to contents.
func newGuest(t *testing.T, cmdline string, add map[string]string, argv ...string) *guest {
	t.Helper()
	root, err := guestRoot()
	if err != nil {
		t.Fatal("the guest's programs cannot be built (make setup-test): ", err)
	}
	im, err := image.Open(append([]byte(nil), root...))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range slices.Sorted(maps.Keys(add)) { // in one order: equal disks have equal inode numbers
		if err := im.WriteFile(name, []byte(add[name]), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if len(argv) > 0 {
		if err := im.WriteFile("/etc/init.argv", []byte(strings.Join(argv, "\x00")+"\x00"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	disk, err := im.Close()
	if err != nil {
		t.Fatal(err)
	}
	return power(t, cmdline, disk)
}

// power switches a computer with this disk on.
func power(t *testing.T, cmdline string, disk []byte) *guest {
	t.Helper()
	c, err := boot.New(boot.Options{Cmdline: cmdline, Disk: dev.Image(disk), Seed: 1, Date: 1767225600, TermRaw: true, TermNoEcho: true})
	if err != nil {
		t.Fatal(err)
	}
	return &guest{Computer: c, disk: disk}
}

// until runs until the computer stops, for at most so many seconds of its own time.
func (g *guest) until(seconds uint64) boot.Stop {
	stop := g.Run(g.M.Now()+seconds*second, boot.NoLimit)
	g.out.Write(g.Output())
	return stop
}

// runs runs a program to its end and returns its exit status and what it printed.
func runs(t *testing.T, argv ...string) (int32, string) {
	t.Helper()
	g := newGuest(t, "quiet", nil, argv...)
	stop := g.until(60)
	if stop.Reason != boot.PowerOff {
		t.Fatalf("%v: %v %s\n%s", argv, stop.Reason, stop.Text, g.out.String())
	}
	return stop.Status, g.out.String()
}

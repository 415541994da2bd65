//go:build linux

package sys_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vitrine/engine/dev"
	"vitrine/kernel/boot"
	"vitrine/kernel/sys"
	"vitrine/scripts/image"
)

// Each program of testdata runs twice, on the host's Linux and in the guest, and must print the same and end the same.
// Its argument is an empty directory to work in.

var (
	straceFlag = flag.Bool("strace", false, "print the system calls of the guest")
	hostFlag   = flag.Bool("host", false, "print what the host's run printed")
	bootFlag   = flag.String("boot", "", "more of the guest's command line, like sched=fair")
)

const (
	workDir    = "/tmp/work"
	diskSize   = 24 << 20
	instrLimit = 3_000_000_000
	cannot     = 96 // exit status of a program that may not do what it tests
)

// compile makes a static program with musl.
func compile(t testing.TB, source, to string) {
	t.Helper()
	if err := compileTo(source, to); err != nil {
		t.Fatal(err)
	}
}

// baseDisk is a disk with init and the directories that programs expect.
func baseDisk(t testing.TB) []byte { return baseDiskOf(t, diskSize) }

func baseDiskOf(t testing.TB, size int) []byte {
	t.Helper()
	im, err := image.New(size)
	if err != nil {
		t.Fatal(err)
	}
	return furnish(t, im)
}

// furnish puts init and the directories on a disk.
func furnish(t testing.TB, im *image.Image) []byte {
	t.Helper()
	init := filepath.Join(t.TempDir(), "init")
	compile(t, "../../assets/guest/init.c", init)
	for _, dir := range []string{"/bin", "/sbin", "/dev", "/etc", "/proc", "/root", "/sys", "/tmp", workDir} {
		mode := uint32(0o755)
		if dir == "/tmp" {
			mode = 0o1777
		}
		if err := im.Mkdir(dir, mode); err != nil {
			t.Fatal(err)
		}
	}
	for _, err := range []error{
		im.Add(init, "/sbin/init"),
		im.WriteFile("/etc/passwd", []byte("root:x:0:0:root:/root:/bin/sh\n"), 0o644),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	disk, err := im.Close()
	if err != nil {
		t.Fatal(err)
	}
	return disk
}

// result is what can be seen of a run from outside.
type result struct {
	out    string
	status int
}

// hostEnv is the environment that init gives in the guest.
var hostEnv = []string{"PATH=/bin:/sbin:/usr/bin:/usr/sbin", "HOME=/root", "TERM=xterm-256color", "PS1=~ # "}

func runHost(t *testing.T, program string, args ...string) result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.WaitDelay = time.Second
	cmd.Env = hostEnv
	cmd.Dir = "/"
	out, err := cmd.CombinedOutput()
	if err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return result{string(out), exitStatus(cmd.ProcessState)}
}

// again gives the host two more chances to agree: the guest is deterministic, but on a busy host the program's processes
// may race.
func again(t *testing.T, host, guest result, program string, args ...string) result {
	t.Helper()
	for try := 0; try < 2 && host != guest; try++ {
		host = runHost(t, program, args...)
	}
	return host
}

// againInNew is again in a new directory each time.
func againInNew(t *testing.T, host, guest result, program string) result {
	t.Helper()
	for try := 0; try < 2 && host != guest; try++ {
		host = runHost(t, program, t.TempDir())
	}
	return host
}

// guestComputer boots a copy of the disk with the program as init's only order.
func guestComputer(t *testing.T, disk []byte, program string, args ...string) *boot.Computer {
	t.Helper()
	return guestComputerOf(t, disk, boot.DefaultRAM, program, args...)
}

// guestComputerOf is guestComputer with so many bytes of memory.
func guestComputerOf(t testing.TB, disk []byte, ram uint64, program string, args ...string) *boot.Computer {
	t.Helper()
	return power(t, boot.Options{RAM: ram, Disk: dev.Image(diskWith(t, disk, program, args...))})
}

// diskWith is a copy of the disk with the program as init's only order.
func diskWith(t testing.TB, disk []byte, program string, args ...string) []byte {
	t.Helper()
	im, err := image.Open(bytes.Clone(disk))
	if err != nil {
		t.Fatal(err)
	}
	inGuest := "/bin/" + filepath.Base(program)
	real, err := filepath.EvalSymlinks(program)
	if err != nil {
		t.Fatal(err)
	}
	if err := im.Add(real, inGuest); err != nil {
		t.Fatal(err)
	}
	orders := strings.Join(append([]string{inGuest}, args...), "\x00") + "\x00"
	if err := im.WriteFile("/etc/init.argv", []byte(orders), 0o644); err != nil {
		t.Fatal(err)
	}
	changed, err := im.Close()
	if err != nil {
		t.Fatal(err)
	}
	return changed
}

// power switches a computer on that prints nothing of its own.
func power(t testing.TB, o boot.Options) *boot.Computer {
	t.Helper()
	o.Cmdline += " quiet " + *bootFlag
	o.Seed, o.Date, o.TermRaw, o.TermNoEcho = 1, 1767225600, true, true
	c, err := boot.New(o)
	if err != nil {
		t.Fatal(err)
	}
	if *straceFlag {
		sys.Strace(c.K, func(line string) { fmt.Fprintln(os.Stderr, line) })
	}
	return c
}

func runGuest(t *testing.T, disk []byte, program string, args ...string) result {
	t.Helper()
	return finish(t, guestComputer(t, disk, program, args...))
}

// finish runs a guest to its end.
func finish(t *testing.T, c *boot.Computer) result {
	t.Helper()
	stop := c.Run(boot.NoLimit, instrLimit)
	out := string(c.Output())
	if stop.Reason != boot.PowerOff {
		t.Fatalf("the guest stopped: %v %s\n%s", stop.Reason, stop.Text, out)
	}
	return result{out, int(stop.Status)}
}

func TestAgainstHost(t *testing.T) {
	disk := baseDisk(t)
	for _, p := range compiledSuite(t) {
		t.Run(p.name, func(t *testing.T) { againstHost(t, disk, p.path) })
	}
}

// againstHost runs one program on both.
func againstHost(t *testing.T, disk []byte, program string) {
	t.Helper()
	hosts := []result{runHost(t, program, t.TempDir())}
	if *hostFlag {
		t.Logf("host, status %d:\n%s", hosts[0].status, hosts[0].out)
	}
	if hosts[0].status == cannot {
		t.Skip("the host does not allow it: ", hosts[0].out)
	}
	guest := runGuest(t, disk, program, workDir)
	for try := 0; try < 2 && !agrees(hosts, guest); try++ { // on a busy host processes may race
		hosts = append(hosts, runHost(t, program, t.TempDir()))
	}
	compareCases(t, hosts, guest)
}

// firstDifference shows the lines around the first that differ.
func firstDifference(host, guest string) string {
	h, g := strings.Split(host, "\n"), strings.Split(guest, "\n")
	var b strings.Builder
	shown := 0
	for i := 0; i < max(len(h), len(g)) && shown < 12; i++ {
		var x, y string
		if i < len(h) {
			x = h[i]
		}
		if i < len(g) {
			y = g[i]
		}
		if x != y {
			fmt.Fprintf(&b, "line %d\n  host  %q\n  guest %q\n", i+1, x, y)
			shown++
		}
	}
	return b.String()
}

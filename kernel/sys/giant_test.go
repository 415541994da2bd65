//go:build linux

package sys_test

import (
	"flag"
	"fmt"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"vitrine/kernel"
	"vitrine/kernel/boot"
)

// giantFlag narrows TestGiant.
var giantFlag = flag.String("giant", "", "the only large number to try: a function of hostile/giant.c")

// TestGiant asks for the largest there is of everything. What one call may keep the host busy with is not a test's
// business; -slow=100ms prints it.
func TestGiant(t *testing.T) {
	if _, err := exec.LookPath("musl-gcc"); err != nil {
		t.Skip("no musl-gcc here")
	}
	program := filepath.Join(t.TempDir(), "giant")
	compile(t, "testdata/hostile/giant.c", program)
	disk := baseDisk(t)
	var args []string
	if *giantFlag != "" {
		args = []string{*giantFlag}
	}
	c := guestComputerOf(t, disk, 64<<20, program, args...)
	what, out := "", ""
	c.K.OnSyscall = func(task *kernel.Task, s *kernel.Syscall) { what = fmt.Sprintf("%s%x", s.Name, task.Sys.Args) }
	for {
		began := busy()
		stop := c.Run(c.M.Now()+50_000, boot.NoLimit) // half a millisecond, or one piece of the kernel's work
		if took := busy() - began; *slowFlag > 0 && took > *slowFlag {
			t.Logf("%v, among it %s", took, what)
		}
		out += string(c.Output())
		if stop.Reason == boot.PowerOff && stop.Status == 0 {
			break
		}
		if stop.Reason != boot.Budget || c.M.Now() > 100_000_000_000 {
			t.Fatalf("%+v\n%s\n%s", stop, out, what)
		}
	}
	if err := c.K.MM.Check(); err != nil {
		t.Error(err)
	}
	if *slowFlag > 0 {
		t.Logf("%s\n%d ms of the guest's time", strings.TrimSpace(out), c.M.Now()/100_000)
	}
	var m runtime.MemStats
	if runtime.ReadMemStats(&m); m.HeapInuse > 1<<30 {
		t.Errorf("the host's heap has grown to %d MiB", m.HeapInuse>>20)
	}
}

// busy is the processor's time that this process has had.
func busy() time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		return 0
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

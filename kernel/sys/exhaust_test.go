//go:build linux

package sys_test

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"vitrine/engine/dev"
	"vitrine/kernel/boot"
)

// TestExhaust takes all there is of something. The kernel must say no as Linux does, go on, get everything back, and
// the host must not notice.
func TestExhaust(t *testing.T) {
	if _, err := exec.LookPath("musl-gcc"); err != nil {
		t.Skip("no musl-gcc here")
	}
	program := filepath.Join(t.TempDir(), "exhaust")
	compile(t, "testdata/hostile/exhaust.c", program)
	disk := baseDisk(t)
	for _, c := range []struct {
		what string
		ram  uint64
	}{
		{"memory", 8 << 20}, {"memory", 32 << 20}, {"reads", 16 << 20}, {"processes", 8 << 20}, {"processes", swapRAM}, {"processes", 64 << 20}, {"threads", 32 << 20},
		{"zombies", 16 << 20}, {"files", 64 << 20}, {"disk", 16 << 20}, {"depth", 16 << 20}, {"arguments", 16 << 20}, {"stack", 8 << 20},
		{"stack", 64 << 20}, {"mappings", 64 << 20}, {"console", 8 << 20}, {"killing", 16 << 20},
	} {
		if c.what == "mappings" && *grindFlag == 1 {
			continue // 65,530 of them take ten seconds
		}
		t.Run(fmt.Sprintf("%s/%dM", c.what, c.ram>>20), func(t *testing.T) {
			idle := exhaust(t, disk, program, "nothing", c.ram)
			g := exhaust(t, disk, program, c.what, c.ram)
			if got, want := g.held(), idle.held(); got != want {
				t.Errorf("held %+v\nbefore %+v", got, want)
			}
			g.fsck()
		})
	}
}

// swapRAM is the memory of a machine with swap. A fork bomb on it filled memory with page tables and kernel stacks until
// no program's pages could stay while it ran.
const swapRAM = 9 << 20

func exhaust(t *testing.T, disk []byte, program, what string, ram uint64) *grind {
	t.Helper()
	o := boot.Options{RAM: ram, Disk: dev.Image(diskWith(t, disk, program, what))}
	if ram == swapRAM {
		o.Swap, o.Cmdline = boot.SwapDisk(16<<20), "swap=/dev/sdb"
	}
	g := &grind{t: t, Computer: power(t, o)}
	out := ""
	for {
		stop := g.Run(g.M.Now()+5_000_000, boot.NoLimit)
		out += string(g.Output())
		if stop.Reason == boot.PowerOff && stop.Status == 0 {
			break
		}
		if stop.Reason != boot.Budget || g.M.Now() > 30_000_000_000 {
			log := g.K.State.Log.Text
			t.Fatalf("%+v\n%s\n%s", stop, out[max(0, len(out)-2000):], log[max(0, len(log)-1000):])
		}
	}
	if err := g.K.MM.Check(); err != nil {
		t.Error(err)
	}
	var m runtime.MemStats
	if runtime.ReadMemStats(&m); m.HeapInuse > 1<<30 {
		t.Errorf("the host's heap has grown to %d MiB", m.HeapInuse>>20)
	}
	return g
}

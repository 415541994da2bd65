//go:build linux && amd64

package mm

import (
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"vitrine/kernel/abi"
)

// The host's Linux is the judge: the same system calls on a corner of this process's own address space must return
// the same and leave the same VMAs. No page is touched, so that nothing but the calls decides what is joined.

const (
	hostBase  = 0x100000000000
	hostPages = 32
)

// sysMlock2 is the number of mlock2(2), which can lock pages without touching them.
const (
	sysMlock2    = 325
	mlockOnFault = 1
)

type hostCall struct {
	nr   uintptr
	args [6]uintptr
	fd   int // which file, for mmap
}

func (c hostCall) String() string {
	name := map[uintptr]string{syscall.SYS_MMAP: "mmap", syscall.SYS_MUNMAP: "munmap", syscall.SYS_MPROTECT: "mprotect",
		syscall.SYS_MREMAP: "mremap", syscall.SYS_MADVISE: "madvise", syscall.SYS_MINCORE: "mincore", syscall.SYS_MSYNC: "msync",
		sysMlock2: "mlock2", syscall.SYS_MUNLOCK: "munlock"}[c.nr]
	return fmt.Sprintf("%s(%#x, file %d)", name, c.args, c.fd)
}

// hostFiles are a read-only and a writable descriptor of one file of ten pages.
func hostFiles(t *testing.T) [2]uintptr {
	t.Helper()
	path := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(path, make([]byte, 10<<12), 0o600); err != nil {
		t.Fatal(err)
	}
	var fds [2]uintptr
	for i, flag := range []int{os.O_RDONLY, os.O_RDWR} {
		f, err := os.OpenFile(path, flag, 0)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		fds[i] = f.Fd()
	}
	return fds
}

// onHost makes the call and returns its value and errno.
func (c hostCall) onHost(fds [2]uintptr, vec []byte) (uint64, abi.Errno) {
	a := c.args
	switch {
	case c.nr == syscall.SYS_MMAP && a[3]&abi.MAP_ANONYMOUS == 0:
		a[4] = fds[c.fd]
	case c.nr == syscall.SYS_MMAP:
		a[4] = ^uintptr(0)
	}
	if c.nr == syscall.SYS_MINCORE {
		a[2] = uintptr(unsafe.Pointer(&vec[0]))
	}
	r, _, e := syscall.Syscall6(c.nr, a[0], a[1], a[2], a[3], a[4], a[5])
	if e != 0 {
		return 0, abi.Errno(e)
	}
	return uint64(r), abi.OK
}

// onOurs does the same to address space id.
func (c hostCall) onOurs(w *world, id ASID) (uint64, abi.Errno) {
	a := c.args
	addr, n, x, y := uint64(a[0]), uint64(a[1]), uint32(a[2]), uint32(a[3])
	switch c.nr {
	case syscall.SYS_MMAP:
		obj, may := uint32(5+c.fd), uint32(vmMay) // two open files never join, even of one inode
		if c.fd == 0 {
			may &^= VM_MAYWRITE
		}
		if y&abi.MAP_ANONYMOUS != 0 {
			obj, may = 0, vmMay
		}
		return w.MapFile(id, addr, n, x, y, obj, uint64(a[5]), may)
	case syscall.SYS_MUNMAP:
		return 0, w.Unmap(id, addr, n)
	case syscall.SYS_MPROTECT:
		return 0, w.Protect(id, addr, n, x)
	case syscall.SYS_MREMAP:
		return w.Remap(id, addr, n, uint64(a[2]), y, uint64(a[4]))
	case syscall.SYS_MADVISE:
		return 0, w.Advise(id, addr, n, int(x))
	case sysMlock2:
		return 0, w.Lock(id, addr, n, x&mlockOnFault != 0)
	case syscall.SYS_MUNLOCK:
		return 0, w.Unlock(id, addr, n)
	case syscall.SYS_MSYNC:
		_, e := w.Sync(id, addr, n, x)
		return 0, e
	}
	_, e := w.Incore(id, addr, n)
	return 0, e
}

// hostMaps are the VMAs of the corner as /proc/self/maps prints them, without device and inode.
func hostMaps(t *testing.T) string {
	t.Helper()
	raw, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for line := range strings.Lines(string(raw)) {
		var start, end, off uint64
		var prot string
		fmt.Sscanf(line, "%x-%x %s %x", &start, &end, &prot, &off)
		if start >= hostBase && end <= hostBase+hostPages<<12 {
			if !strings.Contains(line, "/f\n") {
				off = 0
			}
			fmt.Fprintf(&b, "%d-%d %s %x\n", (start-hostBase)>>12, (end-hostBase)>>12, prot, off)
		}
	}
	return b.String()
}

func ourMaps(as *AddressSpace) string {
	var b strings.Builder
	for v := range as.VMAs.All() {
		off := v.Off
		if v.Object != 5 && v.Object != 6 {
			off = 0
		}
		fmt.Fprintf(&b, "%d-%d %s %x\n", (v.Start-hostBase)>>12, (v.End-hostBase)>>12, v.Perms(), off)
	}
	return b.String()
}

// movesSeveral: since Linux 6.17 mremap moves several VMAs at once; older ones, and ours, answer EFAULT.
func (c hostCall) movesSeveral(as *AddressSpace) bool {
	if c.nr != syscall.SYS_MREMAP || c.args[3]&abi.MREMAP_FIXED == 0 {
		return false
	}
	v := as.Find(uint64(c.args[0]))
	return v == nil || uint64(c.args[0])+pageUp(uint64(c.args[1])) > v.End
}

// randomCall makes a call inside the corner, mostly sensible, sometimes not.
func randomCall(r *rand.Rand) hostCall {
	one := func(list ...uintptr) uintptr { return list[r.Intn(len(list))] }
	i := r.Intn(hostPages - 1)
	addr := uintptr(hostBase + i<<12)
	n := uintptr(1+r.Intn(min(hostPages-i, 8))) << 12
	if r.Intn(10) == 0 {
		addr += one(1, 0x800)
	}
	if r.Intn(10) == 0 {
		n = one(0, 1, n-1)
	}
	prot := one(0, 1, 3, 3, 3, 5, 7)
	c := hostCall{fd: r.Intn(2)}
	switch r.Intn(11) {
	case 9:
		c.nr, c.args = sysMlock2, [6]uintptr{addr, n, mlockOnFault}
	case 10:
		c.nr, c.args = syscall.SYS_MUNLOCK, [6]uintptr{addr, n}
	case 0, 1, 2:
		flags := abi.MAP_FIXED | one(anon, anon, private, shared, shared, abi.MAP_ANONYMOUS, private|abi.MAP_NORESERVE, abi.MAP_SHARED_VALIDATE)
		if r.Intn(8) == 0 {
			flags |= abi.MAP_FIXED_NOREPLACE
		}
		c.nr, c.args = syscall.SYS_MMAP, [6]uintptr{addr, n, prot, flags, 0, one(0, 0, 0x1000, 0x2000, 0x800)}
	case 3:
		c.nr, c.args = syscall.SYS_MUNMAP, [6]uintptr{addr, n}
	case 4:
		c.nr, c.args = syscall.SYS_MPROTECT, [6]uintptr{addr, n, one(prot, prot, prot, 0x10, prot|abi.PROT_GROWSDOWN)}
	case 5:
		to := uintptr(hostBase + r.Intn(hostPages-8)<<12)
		c.nr, c.args = syscall.SYS_MREMAP, [6]uintptr{addr, n, one(0, 0x1000, 0x3000, n), one(0, 1, 3, 3, 3, 2, 8, 7), to}
		if c.args[3]&(abi.MREMAP_FIXED|abi.MREMAP_MAYMOVE) == abi.MREMAP_MAYMOVE {
			c.args[2] = min(c.args[2], n) // it would move to a place of the host's choosing
		}
	case 6:
		c.nr, c.args = syscall.SYS_MADVISE, [6]uintptr{addr, n, one(0, 1, 3, 4, 10, 11, 18, 19, 99)}
	case 7:
		c.nr, c.args = syscall.SYS_MINCORE, [6]uintptr{addr, n}
	default:
		c.nr, c.args = syscall.SYS_MSYNC, [6]uintptr{addr, n, one(0, 1, 2, 4, 5, 6, 8)}
	}
	return c
}

func TestLikeHost(t *testing.T) {
	fds := hostFiles(t)
	vec := make([]byte, hostPages)
	for seed := range int64(100) {
		r := rand.New(rand.NewSource(seed))
		w := newWorld(t, 2<<20)
		w.pager.sizes[5], w.pager.sizes[6] = 10<<12, 10<<12
		id := w.newAS()
		syscall.Syscall(syscall.SYS_MUNMAP, hostBase, hostPages<<12, 0)
		for range 60 {
			c := randomCall(r)
			if c.movesSeveral(w.AS(id)) {
				continue
			}
			before := ourMaps(w.AS(id))
			hr, he := c.onHost(fds, vec)
			or, oe := c.onOurs(w, id)
			if he != oe || he == abi.OK && c.nr != syscall.SYS_MINCORE && hr != or {
				t.Fatalf("seed %d, %v\nhost %#x %s\nours %#x %s\nbefore\n%s", seed, c, hr, he.Name(), or, oe.Name(), before)
			}
			if h, o := hostMaps(t), ourMaps(w.AS(id)); h != o {
				t.Fatalf("seed %d, %v\nhost\n%sours\n%sbefore\n%s", seed, c, h, o, before)
			}
		}
		w.Free(id)
		w.checkLeaks()
	}
	syscall.Syscall(syscall.SYS_MUNMAP, hostBase, hostPages<<12, 0)
}

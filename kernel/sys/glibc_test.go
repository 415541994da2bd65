//go:build linux

package sys_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestGlibc runs the programs about threads once more with the other C library, which starts threads by clone3, tries rseq and
// robust lists first, and has its own locks: linked statically, and dynamically with the library itself from the host.
func TestGlibc(t *testing.T) {
	if testing.Short() {
		t.Skip("a big disk")
	}
	if _, err := exec.LookPath("gcc"); err != nil {
		t.Skip("no gcc here")
	}
	disk := hostDisk(t, []string{"/lib/x86_64-linux-gnu/libgcc_s.so.1"}) // glibc loads it when a thread is cancelled
	for _, name := range []string{"threads", "thread", "futexops"} {
		for _, how := range []string{"-static", "-pie"} {
			t.Run(name+how, func(t *testing.T) {
				program := filepath.Join(t.TempDir(), name)
				cmd := exec.Command("gcc", how, "-O1", "-w", "-fno-toplevel-reorder", "-D_GNU_SOURCE", "-o", program, "testdata/"+name+".c", "-pthread")
				if out, err := cmd.CombinedOutput(); err != nil {
					t.Fatalf("%v\n%s", err, out)
				}
				againstHost(t, disk, program)
			})
		}
	}
}

// TestPriorityInheritance: both libraries learn that there are no mutexes that inherit priorities, and say so.
func TestPriorityInheritance(t *testing.T) {
	const source = `
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
int main(void)
{
	pthread_mutexattr_t a;
	pthread_mutex_t m;
	pthread_mutexattr_init(&a);
	int e = pthread_mutexattr_setprotocol(&a, PTHREAD_PRIO_INHERIT);
	if (e == 0) e = pthread_mutex_init(&m, &a);
	puts(e == ENOTSUP || e == ENOSYS ? "refused" : strerror(e));
	pthread_mutexattr_setprotocol(&a, PTHREAD_PRIO_NONE);
	return pthread_mutex_init(&m, &a) || pthread_mutex_lock(&m) || pthread_mutex_unlock(&m);
}
`
	for _, cc := range []string{"musl-gcc", "gcc"} {
		if _, err := exec.LookPath(cc); err != nil {
			continue
		}
		program := filepath.Join(t.TempDir(), "inherit")
		compileText(t, cc, source, program)
		if guest := runGuest(t, baseDisk(t), program); guest != (result{"refused\n", 0}) {
			t.Errorf("%s: %+v", cc, guest)
		}
	}
}

// compileText makes a static program of a source text.
func compileText(t *testing.T, cc, source, to string) {
	t.Helper()
	file := to + ".c"
	if err := os.WriteFile(file, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(cc, "-static", "-w", "-o", to, file, "-pthread").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

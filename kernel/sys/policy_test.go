//go:build linux

package sys_test

import (
	"os/exec"
	"path/filepath"
	"testing"
)

// TestPoliciesAgainstHost: whoever gets the CPU when, programs that fork, thread, wait and signal print the same.
func TestPoliciesAgainstHost(t *testing.T) {
	if _, err := exec.LookPath("musl-gcc"); err != nil {
		t.Skip("no musl-gcc here")
	}
	disk := baseDisk(t)
	defer func(before string) { *bootFlag = before }(*bootFlag)
	for _, name := range []string{"fork", "thread", "futex", "pipe", "signal", "jobs", "sched"} {
		program := filepath.Join(t.TempDir(), name)
		compile(t, "testdata/"+name+".c", program)
		host := runHost(t, program, t.TempDir())
		for _, policy := range []string{"sched=latency latency=2 mingran=0.1 hz=1000", "sched=fair", "sched=fair hz=100", "sched=cooperative"} {
			*bootFlag = policy
			guest := runGuest(t, disk, program, workDir)
			if host = againInNew(t, host, guest, program); host != guest {
				t.Errorf("%s with %s: status %d and %d on the host\n%s", name, policy, guest.status, host.status, firstDifference(host.out, guest.out))
			}
		}
	}
}

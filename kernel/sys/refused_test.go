//go:build linux

package sys_test

import (
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"vitrine/kernel"
	"vitrine/kernel/sys"
)

// TestRefused makes every call that is here by name only, some that are not even that, and asks for sockets, ioctls, fcntl and
// prctl commands, mounts and clocks that are not there: all fail as they should, and the log names each once.
func TestRefused(t *testing.T) {
	needCompiler(t)
	program := filepath.Join(t.TempDir(), "refused")
	compile(t, "testdata/refused/refused.c", program)
	var numbers []string
	var table []kernel.Syscall
	for _, s := range sys.Table() {
		if s.Fn == nil {
			table = append(table, s)
			numbers = append(numbers, strconv.Itoa(int(s.Nr)))
		}
	}
	c := guestComputer(t, baseDisk(t), program, append(numbers, "600", "700")...)
	if out := finish(t, c).out; out != "" {
		t.Errorf("not all are refused as they should be:\n%s", out)
	}
	log := string(c.K.State.Log.Text)
	want := []string{"system call 600 ", "system call 700 ", "socket family 2 ", "socket family 10 ", "socket family 16 ", "socket family 17 ",
		"ioctl 0x12345678 of a file ", "fcntl command 777 ", "prctl option 7777 ", `file system type "nosuchfs" `, "mount with flags 0x1000 "}
	for _, s := range table {
		want = append(want, "system call "+s.Name+" ")
	}
	for _, w := range want {
		if n := strings.Count(log, ": "+w+"is not implemented"); n != 1 {
			t.Errorf("the log has %q %d times", w, n)
		}
	}
}

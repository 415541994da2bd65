//go:build linux && amd64

package exec

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"vitrine/kernel/abi"
)

// The host's Linux is the judge of which files start, which errno the others get, and which arguments a script's
// interpreter sees.

const echoEnv = "VITRINE_ECHO_ARGS"

// TestMain makes the test program its own interpreter: it prints its arguments.
func TestMain(m *testing.M) {
	if os.Getenv(echoEnv) != "" {
		fmt.Printf("%q", os.Args)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func hostDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "v")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func writeExecutable(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o755); err != nil {
		t.Fatal(err)
	}
}

// hostExec runs path in dir and returns what it wrote, its end, and execve's errno.
func hostExec(t *testing.T, dir, path string, argv []string) (out string, ws syscall.WaitStatus, e abi.Errno) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	pid, err := syscall.ForkExec(path, argv, &syscall.ProcAttr{Dir: dir, Env: []string{echoEnv + "=1"}, Files: []uintptr{0, w.Fd(), 2}})
	w.Close()
	if errno, ok := err.(syscall.Errno); ok {
		return "", 0, abi.Errno(errno)
	}
	buf := make([]byte, 4096)
	n, _ := r.Read(buf)
	if _, err := syscall.Wait4(pid, &ws, 0, nil); err != nil {
		t.Fatal(err)
	}
	return string(buf[:n]), ws, 0
}

func TestRefusalsOnHost(t *testing.T) {
	dir := hostDir(t)
	for name, data := range badInterps {
		writeExecutable(t, filepath.Join(dir, name), data)
	}
	for i, c := range badFiles() {
		path := filepath.Join(dir, fmt.Sprint("bad", i))
		writeExecutable(t, path, c.data)
		_, ws, e := hostExec(t, dir, path, []string{"x"})
		switch {
		case c.fatal && (e != 0 || ws.Signal() != syscall.SIGSEGV):
			t.Errorf("%s: the host says %s, %v; want SIGSEGV", c.name, e.Name(), ws)
		case !c.fatal && e != c.want:
			t.Errorf("%s: the host says %s (%v), want %s", c.name, e.Name(), ws, c.want.Name())
		}
	}
}

func TestScriptsOnHost(t *testing.T) {
	dir := hostDir(t)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	interp := filepath.Join(dir, "i")
	if err := os.Symlink(self, interp); err != nil {
		t.Fatal(err)
	}
	pad := func(n int) string { return strings.Repeat("/", n-len(interp)) + interp }
	long := strings.Repeat("y", 300)
	for i, line := range []string{
		"#!" + interp + "\n", "#!" + interp, "#! \t" + interp + " \t \n", "#!" + interp + " -e  -x  \nrest", "#!" + interp + "\t-e",
		"#!" + interp + " ", "#!" + interp + "\x00 junk\n", "#!" + interp + " -a\x00b\n", "#!" + interp + "\r\n",
		"#!\n", "#!  \n", "#!", "#!" + strings.Repeat(" ", 300) + interp, "#!" + interp + " " + long + "\n",
		"#!" + pad(251) + " " + long, "#!" + pad(252) + " " + long, "#!" + pad(253) + "\n", "#!" + pad(253) + " ", "#!" + pad(254) + "\n",
		"#!" + pad(253), "#!" + pad(300) + "\n", "#!" + dir + "\n", "#!/nope\n", "#!i\n", "#!i -x\n", " #!" + interp + "\n",
		"#!" + filepath.Join(dir, "s0") + " -n\n", "#!" + filepath.Join(dir, "self") + "\n",
	} {
		name := fmt.Sprint("s", i)
		path := filepath.Join(dir, name)
		writeExecutable(t, path, []byte(line))
		if strings.Contains(line, "self") {
			name, path = "self", filepath.Join(dir, "self")
			writeExecutable(t, path, []byte(line))
		}
		out, _, hostErr := hostExec(t, dir, path, []string{"zero", "one", ""})

		w := newWorld(t)
		w.dir = dir
		file := FileRef(0)
		for j := 0; j <= i; j++ {
			data, _ := os.ReadFile(filepath.Join(dir, fmt.Sprint("s", j)))
			file = w.add(filepath.Join(dir, fmt.Sprint("s", j)), data)
		}
		if name == "self" {
			file = w.add(path, []byte(line))
		}
		w.add(interp, staticELF())
		res, e := w.run(t, request(file, path, "zero", "one", ""))
		ours := ""
		if e == 0 {
			ours = fmt.Sprintf("%q", w.argv(t, res))
		}
		if e != hostErr || ours != out {
			t.Errorf("%.60q\nhost %s %s\nours %s %s", line, hostErr.Name(), out, e.Name(), ours)
		}
		w.end(t, res)
	}
}

//go:build linux && amd64

package exec

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"vitrine/kernel/abi"
	"vitrine/kernel/mm"
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
	return string(buf[:n]), ws, abi.OK
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
		case c.fatal && (e != abi.OK || ws.Signal() != syscall.SIGSEGV):
			t.Errorf("%s: the host says %s, %v; want SIGSEGV", c.name, e.Name(), ws)
		case !c.fatal && e != c.want:
			t.Errorf("%s: the host says %s (%v), want %s", c.name, e.Name(), ws, c.want.Name())
		}
	}
}

// mutate changes a few bytes of the headers, often to values at the edge of what is allowed.
func mutate(r *rand.Rand, elf []byte, headers int) []byte {
	b := bytes.Clone(elf)
	edge := []byte{0, 1, 2, 3, 4, 6, 7, 0x0f, 0x10, 0x38, 0x40, 0x7f, 0x80, 0xff}
	for range 1 + r.Intn(3) {
		at := 4 + r.Intn(headers-4)
		b[at] = edge[r.Intn(len(edge))]
		if r.Intn(4) == 0 {
			b[at] = byte(r.Intn(256))
		}
	}
	return b
}

// tooBigForHost: the host refuses what it could never fill; we promise as much as is asked.
func tooBigForHost(b []byte) bool {
	for at := 64; at+56 <= 64+3*56; at += 56 {
		if binary.LittleEndian.Uint64(b[at+40:])>>28 != 0 {
			return true
		}
	}
	return false
}

// TestMutatedOnHost runs programs with damaged headers, whose code is exit(7), on the host and here.
func TestMutatedOnHost(t *testing.T) {
	dir := hostDir(t)
	exit7 := []byte{0xb8, 60, 0, 0, 0, 0xbf, 7, 0, 0, 0, 0x0f, 0x05}
	pie := makeELF(abi.ET_DYN, 0x1000, 0x3000,
		seg{typ: abi.PT_LOAD, flags: rx, filesz: 0x1800, memsz: 0x1800},
		seg{typ: abi.PT_LOAD, flags: rw, off: 0x1800, vaddr: 0x2800, filesz: 0x900, memsz: 0x3000},
		seg{typ: abi.PT_GNU_STACK, flags: rw})
	r := rand.New(rand.NewSource(1))
	ends := map[string]int{}
	for i := range 400 {
		data := staticELF()
		if i%2 == 1 {
			data = bytes.Clone(pie)
		}
		copy(data[0x1000:], exit7)
		data = mutate(r, data, 64+3*56)
		if tooBigForHost(data) {
			continue
		}
		path := filepath.Join(dir, fmt.Sprint("m", i))
		writeExecutable(t, path, data)
		_, ws, hostErr := hostExec(t, dir, path, []string{"x"})
		os.Remove(path)

		w := newWorld(t)
		w.m.State.Commit.Mode = mm.OvercommitAlways // the host has more memory than this world
		req := request(w.add(path, data), path, "x")
		req.Creds.EUID = uint32(os.Geteuid())
		res, e := w.run(t, req)
		var code [12]byte
		runs := e == abi.OK && w.m.CopyIn(res.Space, code[:], res.Entry) == abi.OK && bytes.Equal(code[:], exit7) &&
			w.m.AS(res.Space).Find(res.Entry).Flags&mm.VM_EXEC != 0
		switch {
		case !res.PointOfNoReturn && hostErr != e,
			res.PointOfNoReturn && hostErr != abi.OK,
			res.PointOfNoReturn && e != abi.OK && ws.Signal() != syscall.SIGSEGV,
			runs != (hostErr == abi.OK && ws.Exited() && ws.ExitStatus() == 7):
			t.Errorf("file %d: host %s %#x, ours %s, point of no return %v, runs %v\n%x", i, hostErr.Name(), ws, e.Name(), res.PointOfNoReturn, runs, data[:64+3*56])
		}
		ends[fmt.Sprint(e.Name(), res.PointOfNoReturn, runs)]++
		w.end(t, res)
	}
	t.Log(ends)
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
		if e == abi.OK {
			ours = fmt.Sprintf("%q", w.argv(t, res))
		}
		if e != hostErr || ours != out {
			t.Errorf("%.60q\nhost %s %s\nours %s %s", line, hostErr.Name(), out, e.Name(), ours)
		}
		w.end(t, res)
	}
}

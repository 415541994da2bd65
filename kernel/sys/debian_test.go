//go:build linux

package sys_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"vitrine/engine/dev"
	"vitrine/kernel/boot"
	"vitrine/scripts/image"
)

// The programs of the second disk. Each script of testdata/debian runs twice from the same tree of files: in the guest, and on
// the host's Linux with that tree as its root. Both must print the same and end the same.

const (
	debianImage = "../../build/disk-debian.img"
	debianTree  = "../../build/debian-root"
)

// debianRun begins every script: the same words around it, an empty directory, and neither a terminal nor what init gives.
const debianRun = `for w in $(cat /proc/cmdline 2>/dev/null); do case $w in case=*) CASE=${w#case=} ;; esac; done
rm -rf /tmp/work; mkdir /tmp/work; cd /tmp/work; umask 022
/usr/bin/env -i PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin HOME=/root LANG=C.UTF-8 TERM=xterm /bin/bash /cases/$CASE.sh >/tmp/out 2>&1 </dev/null
s=$?; cat /tmp/out; cd /; rm -rf /tmp/work /tmp/out; exit $s
`

// needDebian passes a test over where the second disk is not built; `make test` builds it.
func needDebian(t *testing.T) []byte {
	t.Helper()
	disk, err := os.ReadFile(debianImage)
	if err != nil {
		if os.Getenv("VITRINE_PAGE") == "" {
			t.Skip("the second disk is not built: make disk-debian")
		}
		t.Fatal(err)
	}
	return disk
}

// debianCases lays out /cases: the scripts, and a program built in four ways.
func debianCases(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	scripts, _ := filepath.Glob("testdata/debian/*.sh")
	for _, from := range scripts {
		text, err := os.ReadFile(from)
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, filepath.Base(from)), text, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(dir+"/run", []byte(debianRun), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(dir+"/bin", 0o755); err != nil {
		t.Fatal(err)
	}
	for name, with := range map[string][]string{
		"musl-static": {"musl-gcc", "-static"}, "musl-dynamic": {"musl-gcc"}, "glibc-static": {"gcc", "-static"}, "glibc-dynamic": {"gcc", "-pie", "-fPIE"},
	} {
		cmd := exec.Command(with[0], append(with[1:], "-O1", "-s", "-o", dir+"/bin/"+name, "testdata/debian/libc.c", "-lm", "-lpthread")...)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	return dir
}

// debianHost is a copy of the tree, with the devices that programs use, for the host to run in.
type debianHost struct{ root string }

// newDebianHost returns nil where the host does not allow all that.
func newDebianHost(t *testing.T, cases string) *debianHost {
	t.Helper()
	h := &debianHost{root: filepath.Join(t.TempDir(), "root")}
	for _, args := range [][]string{{"-a", debianTree, h.root}, {"-a", cases, h.root + "/cases"}} {
		if out, err := exec.Command("cp", args...).CombinedOutput(); err != nil {
			t.Fatalf("cp: %v\n%s", err, out)
		}
	}
	for name, minor := range map[string]int{"null": 3, "zero": 5, "full": 7, "random": 8, "urandom": 9} {
		path := h.root + "/dev/" + name
		if err := syscall.Mknod(path, syscall.S_IFCHR|0o666, 1<<8|minor); err != nil {
			t.Log("the host allows no devices: ", err)
			return nil
		}
		os.Chmod(path, 0o666)
	}
	for _, link := range [][2]string{{"/proc/self/fd", "fd"}, {"fd/0", "stdin"}, {"fd/1", "stdout"}, {"fd/2", "stderr"}} {
		os.Symlink(link[0], h.root+"/dev/"+link[1])
	}
	os.Mkdir(h.root+"/dev/shm", 0o777)
	os.Mkdir(h.root+"/dev/pts", 0o755)
	os.Symlink("pts/ptmx", h.root+"/dev/ptmx")
	if out, err := h.command(t.Context(), "true").CombinedOutput(); err != nil {
		t.Logf("the host allows no other root directory with a /proc: %v\n%s", err, out)
		return nil
	}
	return h
}

// command runs a shell command with the tree as the root, a /proc and processes of its own.
func (h *debianHost) command(ctx context.Context, line string) *exec.Cmd {
	const mount = `mount --bind "$0" "$0" && mount -t proc proc "$0/proc" && mount -t devpts -o newinstance,ptmxmode=666 devpts "$0/dev/pts" && exec chroot "$0" /bin/sh -c "$1"`
	cmd := exec.CommandContext(ctx, "unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", mount, h.root, line)
	cmd.WaitDelay = time.Second
	return cmd
}

func (h *debianHost) run(t *testing.T, name string) result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := h.command(ctx, "/bin/bash /cases/run")
	cmd.Env = append(hostEnv, "CASE="+name)
	out, err := cmd.CombinedOutput()
	if err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return result{jobPID.ReplaceAllString(string(out), "$1 PID "), exitStatus(cmd.ProcessState)}
}

// compare runs a script on the host and compares; without a host the script must at least have come to its end.
func (h *debianHost) compare(t *testing.T, name string, guest result) {
	t.Helper()
	if h == nil {
		if guest.status != 0 {
			t.Errorf("status %d\n%s", guest.status, guest.out)
		}
		return
	}
	want := h.run(t, name)
	if *hostFlag {
		t.Logf("host, status %d:\n%s", want.status, want.out)
	}
	for try := 0; try < 2 && want != guest; try++ { // on a busy host processes may race
		want = h.run(t, name)
	}
	if want != guest {
		t.Errorf("status %d, %d; output differs:\n%s", want.status, guest.status, firstDifference(want.out, guest.out))
	}
}

// debianDisk is the second disk with the cases, whose name the kernel's command line tells.
func debianDisk(t *testing.T, built []byte, cases string) []byte {
	t.Helper()
	im, err := image.Open(built)
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{im.Add(cases, "/cases"), im.WriteFile("/etc/init.argv", []byte("/bin/bash\x00/cases/run\x00"), 0o644)} {
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

// writers are the scripts that change much on the disk: it is checked behind them.
var writers = map[string]bool{"busybox-files": true, "coreutils-files": true, "diff": true, "find": true, "make": true, "sqlite": true}

// jobPID is where the shell tells which process a signal has ended.
var jobPID = regexp.MustCompile(`(?m)(: line \d+:) +\d+ `)

func TestDebianPrograms(t *testing.T) {
	if testing.Short() {
		t.Skip("a big disk")
	}
	disk := needDebian(t)
	cases := debianCases(t)
	host := newDebianHost(t, cases)
	disk = debianDisk(t, disk, cases)
	scripts, _ := filepath.Glob("testdata/debian/*.sh")
	for _, script := range scripts {
		name := strings.TrimSuffix(filepath.Base(script), ".sh")
		t.Run(name, func(t *testing.T) {
			c, err := boot.New(boot.Options{Cmdline: "quiet case=" + name + " " + *bootFlag, Disk: dev.Image(disk), Seed: 1, Date: 1767225600, TermRaw: true, TermNoEcho: true})
			if err != nil {
				t.Fatal(err)
			}
			guest := finish(t, c)
			guest.out = jobPID.ReplaceAllString(guest.out, "$1 PID ")
			host.compare(t, name, guest)
			if writers[name] {
				fsckGuest(t, c)
			}
		})
	}
}

// fsckGuest has Debian's checker look at the disk as the guest left it.
func fsckGuest(t *testing.T, c *boot.Computer) {
	t.Helper()
	const e2fsck, partition = "/usr/sbin/e2fsck", 2048
	if _, err := os.Stat(e2fsck); err != nil {
		t.Skip("no e2fsck here")
	}
	all := make([]byte, (c.M.ATA.Sectors()-partition)*dev.SectorSize)
	for lba := range c.M.ATA.Sectors() - partition {
		c.M.ATA.ReadSector(partition+lba, all[lba*dev.SectorSize:][:dev.SectorSize])
	}
	file := filepath.Join(t.TempDir(), "part")
	if err := os.WriteFile(file, all, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(e2fsck, "-fn", file).CombinedOutput(); err != nil {
		t.Errorf("e2fsck: %v\n%s", err, out)
	}
}

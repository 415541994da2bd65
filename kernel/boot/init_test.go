package boot_test

import (
	"strings"
	"testing"

	"vitrine/kernel"
	"vitrine/kernel/boot"
	"vitrine/scripts/image"
)

// initDisk is a disk with busybox and these files, "x:" before the contents of those that can be executed.
func initDisk(t *testing.T, files map[string]string, links ...string) []byte {
	t.Helper()
	im, err := image.New(8 << 20)
	if err != nil {
		t.Fatal(err)
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, dir := range []string{"/dev", "/proc", "/bin", "/sbin", "/etc"} {
		must(im.Mkdir(dir, 0o755))
	}
	must(im.Add("/bin/busybox", "/bin/busybox"))
	for _, link := range links {
		must(im.Symlink("/bin/busybox", link))
	}
	for _, name := range []string{"/sbin/init", "/etc/init", "/bin/init", "/bin/script", "/bin/program"} {
		if text, ok := files[name]; ok {
			mode := uint32(0o644)
			if rest, x := strings.CutPrefix(text, "x:"); x {
				text, mode = rest, 0o755
			}
			must(im.WriteFile(name, []byte(text), mode))
		}
	}
	disk, err := im.Close()
	must(err)
	return disk
}

// log is the kernel's log without the times.
func (g *guest) log() string {
	var b strings.Builder
	for line := range strings.Lines(string(g.K.State.Log.Text)) {
		_, text, _ := strings.Cut(line, "] ")
		b.WriteString(text)
	}
	return b.String()
}

// tail is the log from the first program that was tried on.
func (g *guest) tail() string {
	log := g.log()
	if i := strings.Index(log, "Run "); i >= 0 {
		return log[i:]
	}
	return log
}

// pid1 is the task of the first program.
func (g *guest) pid1(t *testing.T) *kernel.Task {
	t.Helper()
	p := g.K.FindTask(1)
	if p == nil {
		t.Fatal("there is no PID 1")
	}
	return p
}

// TestSearchForInit: each place is tried in order, and the log has why it was not taken. Linux init/main.c:kernel_init
func TestSearchForInit(t *testing.T) {
	const garbage = "x:\x01\x02\x03\x04 no program"
	const none = "No working init found.  Try passing init= option to kernel. See Linux Documentation/admin-guide/init.rst for guidance."
	tried := func(paths ...string) string {
		s := ""
		for _, p := range paths {
			path, why, failed := strings.Cut(p, " ")
			s += "Run " + path + " as init process\n"
			if failed {
				s += "Starting init: " + path + " exists but couldn't execute it (error " + why + ")\n"
			}
		}
		return s
	}
	panics := func(text string) string {
		return "Kernel panic - not syncing: " + text + "\n---[ end Kernel panic - not syncing: " + text + " ]---\n"
	}
	for _, c := range []struct {
		name, cmdline string
		files         map[string]string
		links         []string
		log           string
		exe           string // of PID 1, when there is one
	}{
		{"the first", "quiet", nil, []string{"/sbin/init", "/etc/init", "/bin/sh"}, tried("/sbin/init"), "/bin/busybox"},
		{"etc", "quiet", map[string]string{"/etc/init": "x:#!/bin/busybox sh\nread x\n"}, []string{"/bin/init"}, tried("/sbin/init", "/etc/init"), "/bin/busybox"},
		{"a shell", "quiet", map[string]string{"/sbin/init": "not executable", "/etc/init": garbage, "/bin/init": "x:#!/no/such/interpreter\n"}, []string{"/bin/sh"},
			tried("/sbin/init -13", "/etc/init -8", "/bin/init", "/bin/sh"), "/bin/busybox"},
		{"none", "quiet", nil, nil, tried("/sbin/init", "/etc/init", "/bin/init", "/bin/sh") + panics(none), ""},
		{"none that works", "quiet", map[string]string{"/sbin/init": garbage}, nil, tried("/sbin/init -8", "/etc/init", "/bin/init", "/bin/sh") + panics(none), ""},
		{"requested", "quiet init=/bin/program", map[string]string{"/bin/program": "x:#!/bin/busybox sh\nread x\n"}, []string{"/sbin/init"}, tried("/bin/program"), "/bin/busybox"},
		{"requested in vain", "quiet init=/bin/program", nil, []string{"/sbin/init"}, tried("/bin/program") + panics("Requested init /bin/program failed (error -2)."), ""},
		{"a directory", "quiet init=/etc", nil, []string{"/sbin/init"}, tried("/etc") + panics("Requested init /etc failed (error -13)."), ""},
		{"no format", "quiet init=/etc/init", map[string]string{"/etc/init": garbage}, []string{"/sbin/init"}, tried("/etc/init") + panics("Requested init /etc/init failed (error -8)."), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := power(t, c.cmdline, initDisk(t, c.files, c.links...))
			stop := g.until(3)
			if got := g.tail(); got != c.log {
				t.Errorf("the log says\n%s\nwant\n%s", got, c.log)
			}
			if c.exe == "" {
				if stop.Reason != boot.Panic || g.K.State.Stop != kernel.Panicked {
					t.Errorf("it did not panic: %+v", stop)
				}
				return
			}
			if p := g.pid1(t); stop.Reason == boot.Panic || g.K.Process(p).ExePath != c.exe || p.PPID != 0 {
				t.Errorf("PID 1 runs %q: %+v", g.K.Process(p).ExePath, stop)
			}
		})
	}
}

// TestInitArguments: what stands after "--" on the command line is init's.
func TestInitArguments(t *testing.T) {
	g := power(t, "quiet init=/bin/program -- quiet one=1 init=/bin/no", initDisk(t, map[string]string{"/bin/program": "x:#!/bin/busybox sh\necho \"$# $*\" $HOME $TERM\nread x\n"}))
	if stop := g.until(3); g.out.String() != "3 quiet one=1 init=/bin/no / linux\n" {
		t.Errorf("%+v %q", stop, g.out.String())
	}
}

// TestInitEnds: the machine cannot go on without it.
func TestInitEnds(t *testing.T) {
	for script, code := range map[string]string{
		"exit 3":                      "0x00000300",
		"exec /bin/busybox true":      "0x00000000",
		"exit 0":                      "0x00000000",
		"trap - TERM; exit 255":       "0x0000ff00",
		"(exit 1); exit $((200 + 1))": "0x0000c900",
	} {
		g := power(t, "quiet", initDisk(t, map[string]string{"/sbin/init": "x:#!/bin/busybox sh\n" + script + "\n"}))
		want := "Attempted to kill init! exitcode=" + code
		stop := g.until(3)
		if stop.Reason != boot.Panic || stop.Text != want || !strings.HasSuffix(g.log(), "---[ end Kernel panic - not syncing: "+want+" ]---\n") {
			t.Errorf("%s: %+v\n%s", script, stop, g.tail())
		}
		if out := g.out.String(); !strings.Contains(out, "Kernel panic - not syncing: "+want) {
			t.Errorf("the console says %q", out)
		}
	}
}

// TestInitIsNotKilled: signals that init has no handler for do not reach it, not even from root. kill(2), NOTES
func TestInitIsNotKilled(t *testing.T) {
	g := power(t, "quiet", initDisk(t, map[string]string{"/sbin/init": "x:#!/bin/busybox sh\nPATH=/none\nfor s in KILL STOP TERM ALRM SEGV TSTP HUP QUIT USR1; do kill -$s 1; echo $s $?; done\n" +
		"(kill -KILL 1; kill -STOP 1; kill -TERM 1; echo child $?)\ntrap 'echo caught' USR2\n(kill -USR2 1)\nkill -9 -1 2>/dev/null || echo nobody\necho alive\nread x\n"}))
	stop := g.until(5)
	want := "KILL 0\nSTOP 0\nTERM 0\nALRM 0\nSEGV 0\nTSTP 0\nHUP 0\nQUIT 0\nUSR1 0\nchild 0\ncaught\nnobody\nalive\n"
	if p := g.pid1(t); g.out.String() != want || p.Run != kernel.Sleep || g.K.Process(p).StopSig != 0 || g.K.Process(p).Pending != 0 {
		t.Errorf("%+v: %q; PID 1 is %d", stop, g.out.String(), p.Run)
	}
}

// TestOrphansGoToInit looks at who the parents are.
func TestOrphansGoToInit(t *testing.T) {
	g := power(t, "quiet", initDisk(t, map[string]string{"/sbin/init": "x:#!/bin/busybox sh\n(sleep 100 & sleep 200 &\n exit 0)\necho over\nread x\n"}, "/bin/sleep"))
	g.until(3)
	orphans := 0
	g.K.ForEachTask(func(p *kernel.Task) bool {
		if p.Name() == "sleep" {
			orphans++
			if p.PPID != 1 || p.ParentTID != 1 {
				t.Errorf("PID %d has parent %d", p.PID, p.PPID)
			}
		}
		return true
	})
	if orphans != 2 || g.out.String() != "over\n" {
		t.Errorf("%d orphans, %q", orphans, g.out.String())
	}
}

// TestReboot: each command, the kernel's last line and how the machine stops. reboot(2)
func TestReboot(t *testing.T) {
	program := compiled(t, "testdata/reboot.c")
	for _, c := range []struct {
		name   string
		args   string
		out    string
		reason boot.Reason
		stop   kernel.StopKind
		status int32
		last   string
	}{
		{"power off", "fee1dead 28121969 4321fedc 2a", "", boot.PowerOff, kernel.PoweredOff, 42, "reboot: Power down\n"},
		{"restart", "fee1dead 5121996 1234567 0", "", boot.Restart, kernel.Rebooted, 0, "reboot: Restarting system\n"},
		{"restart with a command", `fee1dead 16041998 a1b2c3d4 "recovery`, "", boot.Restart, kernel.Rebooted, 0, "reboot: Restarting system with command 'recovery'\n"},
		{"halt", "fee1dead 20112000 cdef0123 0", "", boot.Halted, kernel.HaltedForGood, 0, "reboot: System halted\n"},
		{"errors", "fee1dead 28121969 89abcdef 0 fee1dead 28121969 0 0 fee1dead 28121969 1 0 fee1dead 28121968 4321fedc 0 fee1deae 28121969 4321fedc 0 " +
			"fee1dead 28121969 a1b2c3d4 10 fee1dead 28121969 45584543 0 fee1dead 28121969 d000fce2 0", "0 0\n0 0\n-1 22\n-1 22\n-1 22\n-1 14\n-1 22\n-1 22\n", boot.PowerOff, kernel.PoweredOff, 9, "reboot: Power down\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := newGuest(t, "quiet", map[string]string{"/bin/reboot": program}, append([]string{"/bin/reboot"}, strings.Fields(c.args)...)...)
			stop := g.until(3)
			if stop.Reason != c.reason || g.K.State.Stop != c.stop || stop.Status != c.status || g.out.String() != c.out || !strings.HasSuffix(g.log(), c.last) {
				t.Errorf("%+v, %d, %q\n%s", stop, g.K.State.Stop, g.out.String(), g.tail())
			}
			if now := g.M.Now(); g.until(1).Reason != c.reason || g.M.Now() != now {
				t.Error("it goes on")
			}
		})
	}
}

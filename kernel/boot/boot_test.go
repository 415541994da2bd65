package boot_test

import (
	"strings"
	"testing"

	"vitrine/kernel/boot"
)

func TestPrograms(t *testing.T) {
	for _, c := range []struct {
		name   string
		argv   []string
		status int32
		out    string
	}{
		{"echo", []string{"/bin/busybox", "echo", "hello", "world"}, 0, "hello world\n"},
		{"status", []string{"/bin/sh", "-c", "exit 7"}, 7, ""},
		{"pipeline", []string{"/bin/sh", "-c", "for i in 1 2 3; do echo $i; done | wc -l"}, 0, "3\n"},
		{"five", []string{"/bin/sh", "-c", "yes | head -n 100 | cat | tr y z | sort | wc -c"}, 0, "200\n"},
		{"segv", []string{"/bin/segv"}, 139, ""},
		{"killed", []string{"/bin/sh", "-c", "kill -9 $$"}, 137, ""},
		{"wait", []string{"/bin/sh", "-c", "(exit 3) & wait $!; echo $?"}, 0, "3\n"},
		{"sleep", []string{"/bin/sh", "-c", "sleep 1 & wait; echo done"}, 0, "done\n"},
		{"trap", []string{"/bin/sh", "-c", "trap 'echo got' USR1; kill -USR1 $$; echo end"}, 0, "got\nend\n"},
		{"missing", []string{"/bin/nothing"}, 127, "init: /bin/nothing: No such file or directory\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, out := runs(t, c.argv...)
			if status != c.status || c.out != "" && out != c.out {
				t.Errorf("status %d, %q; want %d, %q", status, out, c.status, c.out)
			}
		})
	}
}

func TestScript(t *testing.T) {
	g := newGuest(t, "quiet", map[string]string{"/bin/greet": "#!/bin/busybox sh\necho \"hello $1\"\n"}, "/bin/greet", "you")
	if stop := g.until(10); stop.Reason != boot.PowerOff || g.out.String() != "hello you\n" {
		t.Errorf("%+v %q", stop, g.out.String())
	}
}

// TestShell types at the prompt and reads the answers.
func TestShell(t *testing.T) {
	g := newGuest(t, "", nil)
	if stop := g.until(10); stop.Reason != boot.WaitInput {
		t.Fatalf("no prompt: %+v\n%s", stop, g.out.String())
	}
	for _, say := range []string{"Freeing unused kernel image (initmem) memory", "Run /sbin/init as init process"} {
		if !strings.Contains(g.out.String(), say) {
			t.Errorf("the log does not say %q", say)
		}
	}
	now := g.M.Now()
	if g.until(1).Reason != boot.WaitInput || g.M.Now() != now {
		t.Error("the clock runs while the computer waits for input")
	}
	g.out.Reset()
	g.Input([]byte("echo $((6*7))\n"))
	if stop := g.until(10); stop.Reason != boot.WaitInput || !strings.Contains(g.out.String(), "42\n") {
		t.Errorf("%+v %q", stop, g.out.String())
	}
}

// TestInterrupt stops a program that runs for ever with Ctrl-C.
func TestInterrupt(t *testing.T) {
	g := newGuest(t, "quiet", nil)
	g.until(10)
	g.out.Reset()
	g.Input([]byte("yes >/dev/null\n"))
	if stop := g.until(1); stop.Reason != boot.Budget {
		t.Fatalf("yes: %+v %s", stop, g.out.String())
	}
	g.Input([]byte{3})
	g.Input([]byte("echo status $?\n"))
	if stop := g.until(10); stop.Reason != boot.WaitInput || !strings.Contains(g.out.String(), "status 130") {
		t.Errorf("%+v %q", stop, g.out.String())
	}
}

// TestSpins has two hogs share the processor by timer interrupts.
func TestSpins(t *testing.T) {
	g := newGuest(t, "quiet", nil, "/bin/sh", "-c", "spin & spin & sleep 1; kill $!; kill %1; echo over")
	if stop := g.until(20); stop.Reason != boot.PowerOff || !strings.Contains(g.out.String(), "over") {
		t.Fatalf("%+v %q", stop, g.out.String())
	}
	if s := g.Stats(); s.ContextSwitches < 200 || s.TimerInterrupts < 900 {
		t.Errorf("they did not share: %+v", s)
	}
}

// TestPanics: no init, and an init that ends.
func TestPanics(t *testing.T) {
	g := newGuest(t, "init=/bin/nothing", nil)
	if stop := g.until(10); stop.Reason != boot.Panic || !strings.HasPrefix(stop.Text, "Requested init /bin/nothing failed") {
		t.Errorf("%+v", stop)
	}
	g = newGuest(t, "init=/bin/segv", nil)
	if stop := g.until(10); stop.Reason != boot.Panic || !strings.HasPrefix(stop.Text, "Attempted to kill init! exitcode=0x0000000b") {
		t.Errorf("%+v", stop)
	}
	if g.until(1).Reason != boot.Panic {
		t.Error("it went on after a panic")
	}
}

// TestResize: the window's size reaches the terminal, and the programs in the foreground are told.
func TestResize(t *testing.T) {
	g := newGuest(t, "quiet", nil)
	g.until(10)
	g.Input([]byte("trap 'echo told' WINCH; stty size\n"))
	g.until(10)
	g.out.Reset()
	g.Resize(50, 132)
	g.Input([]byte("stty size\n"))
	if g.until(10); g.out.String() != "told\n50 132\n~ # " && g.out.String() != "50 132\ntold\n~ # " {
		t.Errorf("%q", g.out.String())
	}
}

// TestTimeSlice: a longer slice means fewer switches between two hogs.
func TestTimeSlice(t *testing.T) {
	switches := func(cmdline string) uint64 {
		g := newGuest(t, "quiet "+cmdline, nil, "/bin/sh", "-c", "spin 10 & spin 10 & wait")
		g.until(20)
		return g.Stats().ContextSwitches
	}
	short, long := switches("hz=1000 slice=1"), switches("hz=1000 slice=20")
	if short < 5*long {
		t.Errorf("%d switches with a slice of 1 ms, %d with 20", short, long)
	}
}

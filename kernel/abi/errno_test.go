package abi

import "testing"

func TestErrno(t *testing.T) {
	for _, c := range []struct {
		e          Errno
		name, text string
	}{
		{0, "OK", "Success"}, {ENOENT, "ENOENT", "No such file or directory"}, {ENOEXEC, "ENOEXEC", "Exec format error"},
		{EHWPOISON, "EHWPOISON", "Memory page has hardware error"}, {41, "E41", "Unknown error 41"}, {ErrBlocked, "BLOCKED", "Unknown error 600"},
	} {
		if c.e.Name() != c.name || c.e.Error() != c.text {
			t.Errorf("%d is %s %q", c.e, c.e.Name(), c.e.Error())
		}
	}
}

func TestSignalName(t *testing.T) {
	for n, want := range map[int]string{SIGHUP: "SIGHUP", SIGSYS: "SIGSYS", 0: "0", 32: "SIGRTMIN", 34: "SIGRT_2", NSIG: "SIGRT_32", 65: "65"} {
		if got := SignalName(n); got != want {
			t.Errorf("signal %d is %s, want %s", n, got, want)
		}
	}
}

func TestWaitStatus(t *testing.T) {
	if WaitExited(3) != 0x300 || WaitSignaled(SIGTERM) != 15 || WaitStopped(SIGTSTP) != 0x147f {
		t.Error("status words")
	}
}

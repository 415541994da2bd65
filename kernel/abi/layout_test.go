package abi

import "testing"

// The sizes are sizeof of the structures on x86-64 Linux.
func TestSizes(t *testing.T) {
	for _, c := range []struct {
		name      string
		got, want int
	}{
		{"timespec", Sizeof(&Timespec{}), 16},
		{"timeval", Sizeof(&Timeval{}), 16},
		{"itimerval", Sizeof(&Itimerval{}), 32},
		{"itimerspec", Sizeof(&Itimerspec{}), 32},
		{"timezone", Sizeof(&Timezone{}), 8},
		{"tms", Sizeof(&Tms{}), 32},
		{"rusage", Sizeof(&Rusage{}), 144},
		{"stat", Sizeof(&Stat{}), 144},
		{"statx", Sizeof(&Statx{}), 256},
		{"statfs", Sizeof(&Statfs{}), 120},
		{"flock", Sizeof(&Flock{}), 32},
		{"iovec", Sizeof(&Iovec{}), 16},
		{"pollfd", Sizeof(&Pollfd{}), 8},
		{"dirent header", Sizeof(&DirentHeader{}), 19},
		{"winsize", Sizeof(&Winsize{}), 8},
		{"sigaction", Sizeof(&Sigaction{}), 32},
		{"stack_t", Sizeof(&StackT{}), 24},
		{"siginfo_t", Sizeof(&Siginfo{}), 128},
		{"sigcontext", Sizeof(&Sigcontext{}), 256},
		{"ucontext", Sizeof(&Ucontext{}), 304},
		{"utsname", Sizeof(&Utsname{}), 390},
		{"rlimit", Sizeof(&Rlimit{}), 16},
		{"sysinfo", Sizeof(&Sysinfo{}), 112},
		{"clone_args", Sizeof(&CloneArgs{}), 88},
		{"robust_list_head", Sizeof(&RobustListHead{}), 24},
	} {
		if c.got != c.want {
			t.Errorf("sizeof(%s) = %d, want %d", c.name, c.got, c.want)
		}
	}
}

func TestRoundTrip(t *testing.T) {
	in := Stat{Ino: 12, Mode: S_IFREG | 0o644, Size: 1 << 40, Mtim: Timespec{1, 2}}
	var out Stat
	if b := Bytes(&in); !Parse(b, &out) || out != in || b[8] != 12 {
		t.Errorf("%+v", out)
	}
	if Parse(make([]byte, 143), &out) {
		t.Error("a short buffer was accepted")
	}
}

func TestDirent(t *testing.T) {
	b := AppendDirent(nil, 5, 1, DT_REG, "abcd")
	if len(b) != 24 || b[16] != 24 || b[18] != DT_REG || string(b[19:24]) != "abcd\x00" {
		t.Errorf("% x", b)
	}
}

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

func TestTimespec(t *testing.T) {
	for _, ns := range []int64{0, 1, 999999999, 1e9, -1, -1e9, 1234567890123} {
		if got := TimespecOf(ns); got.Nanoseconds() != ns || got.Nsec < 0 {
			t.Errorf("%d: %+v", ns, got)
		}
	}
}

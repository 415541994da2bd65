package main

import (
	"strings"
	"testing"

	code "vitrine/assets/boot"
	"vitrine/engine/cpu"
	"vitrine/wasm/view"
)

// TestStartup: what the picture says of the boot is what the console shows, in order, and what memory holds.
func TestStartup(t *testing.T) {
	s := session(t, Options{})
	play(t, s)
	f := &s.Batch().Frame
	console := strings.Join(s.picture.screen.Text(), "\n")
	solid := strings.NewReplacer("\n", "", " ", "") // lines are cut at the console's edge
	flat := solid.Replace(console)
	at := 0
	for _, l := range f.Start.Log {
		text := solid.Replace(l.Text)
		i := strings.Index(flat[at:], text)
		if i < 0 {
			t.Fatalf("the console does not show %q behind what came before:\n%s", l.Text, console)
		}
		if l.Timed && flat[at+i-1] != ']' {
			t.Errorf("no time before %q", l.Text)
		}
		at += i + len(text)
	}
	if n := len(f.Start.Log); n < 15 || f.Start.Log[0].Timed || f.Start.Panic != "" {
		t.Errorf("%d lines: %+v", n, f.Start.Log)
	}
	last := uint64(0)
	for _, st := range f.Start.Steps {
		if !st.Done || st.At <= last || st.Now {
			t.Errorf("step %+v after %d", st, last)
		}
		last = st.At
	}
	if len(f.Start.Steps) != 12 || last > f.Boot[len(f.Boot)-1].At {
		t.Errorf("%d steps, the last at %d", len(f.Start.Steps), last)
	}
	if in := f.Start.Inits; len(in) != 1 || in[0].Path != "/sbin/init" || in[0].Errno != "" || in[0].Trying {
		t.Errorf("%+v", in)
	}
	if !named(f.Start.Memory, "initmem, freed") || named(f.Start.Memory, "initmem") {
		t.Errorf("%+v", f.Start.Memory)
	}
}

func named(list []view.Area, name string) bool {
	for _, a := range list {
		if a.Name == name {
			return true
		}
	}
	return false
}

// TestPagingMoment: the stage of long mode begins behind the very instruction that is marked as setting CR0.PG.
func TestPagingMoment(t *testing.T) {
	s := session(t, Options{Paused: true})
	for range 12 {
		before := s.comp.M.CPU.S.CR0
		s.Command(view.Command{Kind: "event", Text: "boot"})
		play(t, s)
		f := &s.Batch().Frame
		if before&cpu.CR0PG != 0 || f.CPU.CR0&cpu.CR0PG == 0 {
			continue
		}
		code := &f.Start
		if code.PagingAt+1 >= len(code.Paging) || f.CPU.RIP != code.Paging[code.PagingAt+1].Addr || !code.PagingIn {
			t.Errorf("RIP is %x, paging was turned on by line %d of %+v", f.CPU.RIP, code.PagingAt, code.Paging)
		}
		now := 0
		for i := range f.Boot {
			if f.Boot[i].Now {
				now = i
			}
		}
		if st := f.Boot[now]; st.Name != "long mode" || st.At > f.Now || f.Now-st.At > 1 || st.CR0 != f.CPU.CR0 || st.EFER != f.CPU.EFER {
			t.Errorf("%+v at %d", st, f.Now)
		}
		if !named(f.Start.Memory, "page tables") || !named(f.Start.Memory, "initmem") || f.Start.Loaded != f.Start.Sectors || f.Boot[now].Sectors != f.Disk.Reads {
			t.Errorf("%+v", f.Start)
		}
		return
	}
	t.Error("paging is never turned on")
}

// TestInits reads logs as Linux and this kernel write them.
func TestInits(t *testing.T) {
	const none = "Kernel panic - not syncing: No working init found.  Try passing init= option to kernel."
	for _, c := range []struct{ log, want string }{
		{"Run /sbin/init as init process", "/sbin/init runs"},
		{"Run /sbin/init as init process\nStarting init: /sbin/init exists but couldn't execute it (error -13)\nRun /etc/init as init process\nRun /bin/init as init process",
			"/sbin/init EACCES|/etc/init ENOENT|/bin/init runs"},
		{"Run /sbin/init as init process\nRun /bin/sh as init process\n" + none, "/sbin/init ENOENT|/bin/sh ENOENT|panic"},
		{"Run /bin/x as init process\nKernel panic - not syncing: Requested init /bin/x failed (error -8).", "/bin/x ENOEXEC|panic"},
		{"nothing yet", ""},
	} {
		var lines strings.Builder
		for line := range strings.Lines(c.log + "\n") {
			lines.WriteString("[    0.001500] " + line)
		}
		log := bootLog([]byte("ROM\r\n[    0.001500] x"), []byte(lines.String()))
		panics := panicOf(log)
		var got []string
		for _, in := range inits(log, panics == "" && strings.HasPrefix(c.log, "Run")) {
			word, _, _ := strings.Cut(in.Outcome(), ":")
			got = append(got, in.Path+" "+word)
		}
		if panics != "" {
			got = append(got, "panic")
		}
		if text := strings.Join(got, "|"); text != c.want {
			t.Errorf("%q\nis read as %q, want %q", c.log, text, c.want)
		}
		if log[0].Text != "ROM" || log[0].Timed || log[1].At != 150_000 {
			t.Errorf("%+v", log[:2])
		}
	}
}

// FuzzBootLog: whatever programs have written to the log.
func FuzzBootLog(f *testing.F) {
	f.Add("Vitrine BIOS\r\n[", "[    0.000305] Linux version\n[    0.000493] Run /sbin/init as init process\n")
	f.Add("", "[x] \n[ 1.] Run  as init process\n] [99999999999.9] Starting init: (error -99999)\nKernel panic - not syncing: ")
	f.Fuzz(func(t *testing.T, printed, log string) {
		lines := bootLog([]byte(printed), []byte(log))
		for _, runs := range []bool{false, true} {
			for i, in := range inits(lines, runs) {
				if in.Trying && in.Errno != "" || in.Trying && i+1 < len(inits(lines, runs)) {
					t.Errorf("%+v", in)
				}
			}
		}
		panicOf(lines)
	})
}

// TestStageBegins: in the first instruction of the boot sector and of start_kernel their stages have begun.
func TestStageBegins(t *testing.T) {
	s := session(t, Options{Paused: true})
	for _, c := range []struct{ label, stage string }{{"boot_sector", "boot sector"}, {"start_kernel", "start_kernel"}} {
		for at := code.Addr(c.label); s.comp.M.CPU.S.RIP != at; {
			if s.comp.M.CPU.S.Retired > 100_000 {
				t.Fatalf("%s is never reached", c.label)
			}
			s.Command(view.Command{Kind: "step", N: 1})
			play(t, s)
		}
		for _, st := range s.Batch().Frame.Boot {
			if st.Now != (st.Name == c.stage) {
				t.Errorf("at %s: %+v", c.label, st)
			}
		}
	}
}

package main

import (
	"fmt"
	"strings"
	"testing"

	"vitrine/wasm/view"
)

// TestProcesses: the tree is what the guest's own /proc says of those that sleep: numbers, states, open files. A pipe leads from
// its writer to its reader, a zombie has its status, an orphan its first parent, and a stopped process its signal.
func TestProcesses(t *testing.T) {
	s := session(t, Options{Run: strings.Join([]string{
		"cd /tmp; mkfifo f; cat f | wc &", "(true & exec cat f) &", "(cat f &);", "cat f & usleep 1000; kill -STOP $!; usleep 1000;",
		"for p in /proc/[0-9]*; do echo; cut -d' ' -f1-8 $p/stat; for l in $p/fd/*; do echo \"fd $l $(readlink $l)\"; done; done; echo; echo all",
	}, " ")})
	play(t, s)
	f := &s.Batch().Frame
	text := s.ConsoleText()
	compared, zombies, stopped, orphans := 0, 0, 0, 0
	for i := range f.Procs.List {
		p := &f.Procs.List[i]
		stat := fmt.Sprintf("\n%d (%s) %s %d %d %d ", p.PID, p.Comm, p.Letter, p.PPID, p.PGID, p.SID)
		if p.PID == f.Procs.Session || p.PID == f.Kernel.Current {
			continue // the shell ran then
		}
		if !strings.Contains(text, stat) {
			t.Errorf("/proc has no line %q:\n%s", stat, text)
		}
		compared++
		n := strings.Count(text, fmt.Sprintf("\nfd /proc/%d/fd/", p.PID))
		if want := len(p.FDs); p.Letter != "Z" && n != want {
			t.Errorf("pid %d has %d files open, %d by /proc", p.PID, want, n)
		}
		for _, fd := range p.FDs {
			if line := fmt.Sprintf("\nfd /proc/%d/fd/%d %s\n", p.PID, fd.N, fd.Name); !strings.Contains(text, line) {
				t.Errorf("/proc has no line %q", line)
			}
		}
		switch {
		case p.Letter == "Z" && p.Status == "exit 0":
			zombies++
		case p.Letter == "T" && f.Procs.Told.Name == "SIGSTOP" && f.Procs.Told.To == p.PID && f.Procs.Told.From == f.Procs.Session && f.Procs.Told.Delivered:
			stopped++
		case p.Born != 0 && p.PPID == 1 && p.Comm == "cat":
			orphans++
		}
	}
	if compared < 7 || zombies != 1 || stopped != 1 || orphans != 1 {
		t.Errorf("%d compared, %d zombies, %d stopped, %d orphans; %+v\n%s", compared, zombies, stopped, orphans, f.Procs.Told, text)
	}
	checkPipe(t, &f.Procs)
}

// checkPipe looks for the pipe from cat to wc.
func checkPipe(t *testing.T, p *view.Processes) {
	t.Helper()
	for i, l := range p.Links {
		ends := ""
		for _, e := range l.Ends {
			for _, q := range p.List {
				if q.PID == e.PID {
					ends += fmt.Sprintf("%s %d %v %v %v;", q.Comm, e.FD, e.Read, e.Write, q.Link == i)
				}
			}
		}
		if l.Kind == "pipe" && ends == "cat 1 false true false;wc 0 true false true;" {
			return
		}
	}
	t.Errorf("no pipe from cat to wc: %+v", p.Links)
}

// TestSockets: syslogd's socket joins it with who has a connection to it, and that is what it waits for.
func TestSockets(t *testing.T) {
	s := session(t, Options{Run: "syslogd -n & cd /tmp; mkfifo f; (echo hi; cat f) | logger & (echo ho; cat f) | logger & usleep 5000"})
	play(t, s)
	p := &s.Batch().Frame.Procs
	for i, l := range p.Links {
		if l.Kind != "socket" {
			continue
		}
		names, waits := "", false
		for _, e := range l.Ends {
			for _, q := range p.List {
				if q.PID == e.PID {
					names += q.Comm + " "
					waits = waits || q.Comm == "syslogd" && q.Link == i && q.Waits == "a socket"
				}
			}
		}
		if names != "syslogd logger logger " || !waits || l.Lost {
			t.Errorf("%q, waits %v: %+v", names, waits, l)
		}
		return
	}
	t.Errorf("no socket: %+v", p.Links)
}

// TestForkSeen: behind a fork the two stand at the same instruction, and only RAX tells them apart.
func TestForkSeen(t *testing.T) {
	s, f := stopAt(t, "forks", "fork")
	k := f.Procs.Fork
	if k.Parent == 0 || k.Child <= k.Parent || k.At > f.Now {
		t.Fatalf("%+v", k)
	}
	child := s.comp.K.FindTask(int32(k.Child))
	if child == nil || s.comp.K.Regs(child).RAX != 0 {
		t.Fatalf("pid %d has another RAX than 0", k.Child)
	}
	at := map[int]uint64{}
	for _, p := range f.Procs.List {
		at[p.PID] = p.RIP
	}
	if at[k.Parent] == 0 || at[k.Parent] != at[k.Child] {
		t.Errorf("the parent goes on at %x, the child at %x", at[k.Parent], at[k.Child])
	}
	for range 40 {
		s.Command(view.Command{Kind: "event", Text: "any"})
		play(t, s)
		if k := s.Batch().Frame.Procs.Fork; k.Returned {
			if int(k.Value) != k.Child {
				t.Errorf("%+v", k)
			}
			return
		}
	}
	t.Error("it does not return to the parent")
}

// TestForeignTwin: of another kernel the text says that nothing is known.
func TestForeignTwin(t *testing.T) {
	twin := view.MakeTwin(&view.Frame{Kernel: view.Kernel{Foreign: "Linux"}})
	if !strings.Contains(twin.Boot, "somebody else's") || !strings.Contains(twin.Processes, "not known") {
		t.Errorf("%q, %q", twin.Boot, twin.Processes)
	}
}

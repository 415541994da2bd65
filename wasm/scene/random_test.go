package scene

import "vitrine/wasm/view"

// processes makes a tree that may be a circle, with links that lead nowhere.
func (r *random) processes(p *view.Processes) {
	p.Known, p.More, p.Foreground = r.next(5) > 0, r.next(3), r.next(9)
	for i := range r.next(60) {
		t := view.Process{PID: i, PPID: r.next(60), TGID: i, PGID: r.next(5), Comm: "prog", Letter: []string{"R", "S", "D", "T", "Z", ""}[r.next(6)], OnCPU: r.next(9) == 0,
			Kernel: r.next(2) == 0, Link: r.next(5) - 1, Born: r.next(4), Space: r.next(4), Pending: make([]string, r.next(3)), FDs: make([]view.FD, r.next(20))}
		if r.next(4) == 0 {
			t.TGID = r.next(60)
		}
		for k := range t.FDs {
			t.FDs[k] = view.FD{N: k, Name: []string{"", "pipe:[3]", "/dev/console", ":"}[r.next(4)], Link: r.next(9) - 2}
		}
		p.List = append(p.List, t)
	}
	for range r.next(20) {
		l := view.Link{Kind: "pipe", Name: "pipe:[3]", Bytes: r.word(), Size: r.word() * uint64(r.next(2)), Ends: make([]view.End, r.next(9)), Lost: r.next(2) == 0}
		for k := range l.Ends {
			l.Ends[k] = view.End{PID: r.next(70), FD: r.next(9), Read: r.next(2) == 0, Write: r.next(2) == 0}
		}
		p.Links = append(p.Links, l)
	}
	p.Fork = view.ForkSeen{At: r.word(), Parent: r.next(60), Child: r.next(60), Returned: r.next(2) == 0, Value: int64(r.word())}
	p.Signal = view.SignalSeen{Number: r.next(70), From: r.next(60), To: r.next(60), Name: "SIGCHLD", At: r.word()}
	p.Gone = make([]view.Ended, r.next(4))
}

// startup makes a boot in no order.
func (r *random) startup(f *view.Frame) {
	s := &f.Start
	s.Known, s.Loaded, s.Sectors, s.Panic = r.next(5) > 0, r.word(), r.word(), []string{"", "no init"}[r.next(2)]
	for range r.next(10) {
		f.Boot = append(f.Boot, view.BootStage{Name: "stage", Done: r.next(2) == 0, At: r.word(), CR0: r.word(), EFER: r.word(), Bits: r.next(99), Code: []string{"", "start_kernel"}[r.next(2)], Addr: r.word()})
		s.Log = append(s.Log, view.LogLine{At: r.word(), Timed: r.next(2) == 0, Text: []string{"", "Kernel panic - not syncing", "text"}[r.next(3)]})
		s.Memory = append(s.Memory, view.Area{Start: r.word(), End: r.word(), Name: "area", Use: view.Use(r.next(30))})
		s.Steps = append(s.Steps, view.BootStep{Name: "step", Done: r.next(2) == 0, Now: r.next(3) == 0, At: r.word()})
		s.Inits = append(s.Inits, view.InitTry{Path: "/sbin/init", Errno: []string{"", "ENOENT"}[r.next(2)], Trying: r.next(2) == 0})
	}
	s.Paging, s.PagingAt, s.PagingIn = f.Code.Lines, r.next(30)-5, r.next(2) == 0
}

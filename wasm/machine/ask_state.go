package main

import (
	"strconv"

	"vitrine/engine/cpu"
	"vitrine/wasm/view"
)

// stateAnswer is what a program that drives the page wants to know of the machine. Numbers that may not fit into 53 bits
// are hexadecimal text.
type stateAnswer struct {
	Now       uint64            `json:"now"`
	Retired   uint64            `json:"retired"`
	Idle      uint64            `json:"idle"`
	Running   bool              `json:"running"`
	Stop      string            `json:"stop"`
	Speed     uint64            `json:"speed"`
	Chapter   string            `json:"chapter"`
	Story     string            `json:"story"`
	Mode      string            `json:"mode"`
	Ring      uint8             `json:"ring"`
	Halted    bool              `json:"halted"`
	Registers map[string]string `json:"registers"`
	Current   int               `json:"current"` // PID
	Tasks     []stateTask       `json:"tasks"`
	Timeline  map[string]any    `json:"timeline"`
	Console   string            `json:"console"`
	Wants     bool              `json:"wants"` // a program waits for input
}

type stateTask struct {
	PID    int    `json:"pid"`
	PPID   int    `json:"ppid"`
	Name   string `json:"name"`
	State  string `json:"state"`
	Reason string `json:"reason"` // what it waits for
}

var registerNames = [16]string{"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"}

// askState answers {kind: "state"}.
func askState(s *Session, _ *job, _ []byte) (any, error) {
	var f view.Frame
	s.picture.draw(&f)
	a := stateAnswer{Now: f.Now, Retired: f.Retired, Idle: f.Idle, Running: f.Running, Stop: f.Stop, Speed: f.Speed, Chapter: f.Chapter, Story: f.Story,
		Mode: f.CPU.Mode, Ring: f.CPU.Ring, Halted: f.CPU.Halted, Registers: map[string]string{}, Current: f.Kernel.Current, Tasks: []stateTask{},
		Timeline: view.TimelineMap(&f.Timeline), Console: s.ConsoleText(), Wants: f.Term.Wants}
	c := &s.comp.M.CPU.S
	for i, name := range registerNames {
		a.Registers[name] = number(c.R[i])
	}
	for name, v := range map[string]uint64{"rip": c.RIP, "rflags": c.RFLAGS, "cr0": c.CR0, "cr2": c.CR2, "cr3": c.CR3, "cr4": c.CR4,
		"efer": c.EFER, "cs": uint64(c.Seg[cpu.CS].Sel), "ss": uint64(c.Seg[cpu.SS].Sel)} {
		a.Registers[name] = number(v)
	}
	for i := range f.Kernel.Tasks {
		t := &f.Kernel.Tasks[i]
		a.Tasks = append(a.Tasks, stateTask{t.PID, t.PPID, t.Comm, t.State, t.Reason})
	}
	return a, nil
}

func number(v uint64) string { return "0x" + strconv.FormatUint(v, 16) }

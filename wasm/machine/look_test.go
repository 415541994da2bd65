package main

import (
	"testing"

	"vitrine/engine/mem"
	"vitrine/engine/mmu"
	"vitrine/wasm/view"
)

// A moment that looks at a file chooses a frame that the tables of both processes reach: the shell and its child, which has just copied a page.
func TestLook(t *testing.T) {
	s, _ := stopAt(t, "cow", "cow")
	hash := s.comp.Hash()
	for _, unknown := range []string{"something", view.LookFile + "nothing", view.LookMemory + "nobody"} {
		if _, err := s.lookAt(unknown); err == nil {
			t.Errorf("%q is found", unknown)
		}
	}
	look, err := s.lookAt(view.LookFile + "busybox")
	if err != nil || len(look) != 1 {
		t.Fatal(look, err)
	}
	frame, reached := mem.Frame(look[0].N), 0
	pid := 0
	for _, task := range s.picture.owners() {
		if task.Name() == "sh" {
			pid = int(task.PID)
		}
		root := s.comp.M.CPU.S.Root()
		root.CR3 = s.comp.K.MM.AS(task.ASID).Root.Addr()
		mmu.Tree(s.comp.M.RAM, root, maxEntries, func(n mmu.Node) {
			if !n.Table && n.VA>>63 == 0 && n.Phys == frame.Addr() && task.Name() == "sh" {
				reached++
			}
		})
	}
	if reached < 2 {
		t.Errorf("frame %x is reached by %d processes", frame, reached)
	}
	if look, err = s.lookAt(view.LookMemory + "sh"); err != nil || len(look) != 1 || look[0].N != float64(pid) {
		t.Errorf("%+v of pid %d, %v", look, pid, err)
	}
	look, err = s.lookAt(view.LookFault)
	if err != nil || len(look) != 2 {
		t.Fatal(look, err)
	}
	for _, c := range look {
		s.Command(c)
	}
	v := s.Batch()
	if c := &v.Frame.RAM.Chosen; !c.Asked || c.Frame != v.Frame.Memory.Fault.Frame {
		t.Errorf("%+v is shown, %+v has faulted", c, v.Frame.Memory.Fault)
	}
	if s.comp.Hash() != hash {
		t.Error("looking changes the machine")
	}
}

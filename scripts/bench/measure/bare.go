package measure

import (
	"bytes"
	"debug/elf"
	"fmt"

	"vitrine/engine"
	"vitrine/engine/cpu"
)

// bareRAM is what the bare kernels map.
const bareRAM = 64 << 20

// Bare runs a bare multiboot image, without any kernel, until it has printed "@done".
func Bare(image []byte, clock func() float64, report func(Result)) error {
	m, err := loadBare(image)
	if err != nil {
		return err
	}
	w := watch{report: report}
	for !w.done {
		e := m.Run(m.Now() + step)
		if out := m.UART.Drain(); len(out) > 0 {
			w.read(string(out), clock(), m.CPU.S.Retired)
		}
		if e.Reason != engine.Budget && !w.done {
			return fmt.Errorf("the machine stopped: %v", e.Reason)
		}
	}
	return nil
}

func loadBare(image []byte) (*engine.Machine, error) {
	m := engine.New(engine.Config{RAM: bareRAM})
	f, err := elf.NewFile(bytes.NewReader(image))
	if err != nil {
		return nil, err
	}
	for _, p := range f.Progs {
		if p.Type != elf.PT_LOAD {
			continue
		}
		b := make([]byte, p.Filesz)
		p.ReadAt(b, 0)
		m.RAM.WriteAt(b, p.Paddr)
	}
	s := m.CPU.S
	s.CR0 |= cpu.CR0PE
	for i := range s.Seg {
		s.Seg[i] = cpu.Segment{Sel: 0x10, Attr: 0xc093, Limit: ^uint32(0)}
	}
	s.Seg[cpu.CS] = cpu.Segment{Sel: 8, Attr: 0xc09b, Limit: ^uint32(0)}
	s.RIP = f.Entry
	m.CPU.SetState(s)
	return m, nil
}

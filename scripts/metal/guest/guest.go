// Package guest runs a multiboot test image on the engine, wherever that is compiled for.
package guest

import (
	"bytes"
	"debug/elf"
	"errors"
	"fmt"
	"io"

	"vitrine/engine"
	"vitrine/engine/cpu"
	"vitrine/engine/dev"
)

// Result is how a run ended.
type Result struct {
	Text   string // what it wrote on COM1
	Reason engine.Reason
	Status int // of the debug-exit port
	Now    uint64
	Hash   uint64
}

func (r Result) String() string {
	return fmt.Sprintf("%v, status %d, at %d, hash %016x", r.Reason, r.Status, r.Now, r.Hash)
}

// The machine that images run on has this much memory and an empty disk of this size, in bytes.
const (
	RAM  = 64 << 20
	Disk = 1 << 20
)

// New returns a machine in the state in which a multiboot loader leaves it (Multiboot Specification 0.6.96, "Machine
// state"), the image loaded.
func New(image []byte) (*engine.Machine, error) {
	f, err := elf.NewFile(bytes.NewReader(image))
	if err != nil {
		return nil, err
	}
	m := engine.New(engine.Config{RAM: RAM, Disk: make(dev.Image, Disk)})
	for _, p := range f.Progs {
		if p.Type != elf.PT_LOAD {
			continue
		}
		if p.Paddr+p.Memsz > RAM {
			return nil, errors.New("the image does not fit into memory")
		}
		data, err := io.ReadAll(p.Open())
		if err != nil {
			return nil, err
		}
		m.RAM.WriteAt(data, p.Paddr)
	}
	m.LAPIC.VirtualWire() // as firmware leaves it
	s := &m.CPU.S
	s.CR0 = cpu.CR0PE | cpu.CR0ET
	for i := range s.Seg {
		s.Seg[i] = cpu.Segment{Sel: 0x10, Limit: ^uint32(0), Attr: 0xc093}
	}
	s.Seg[cpu.CS] = cpu.Segment{Sel: 8, Limit: ^uint32(0), Attr: 0xc09b}
	s.R[cpu.RAX], s.RIP, s.RFLAGS = 0x2badb002, f.Entry, 2
	return m, nil
}

// patience is how long an image may take, in units of the machine's clock.
const patience = 60 * dev.ClockHz

// Run runs m to its end. step says how long each Run of the engine may be at most; nil: as long as it likes.
func Run(m *engine.Machine, step func() uint64) Result {
	var text []byte
	for {
		limit := uint64(patience)
		if step != nil {
			limit = min(limit, m.Now()+step())
		}
		e := m.Run(limit)
		text = append(text, m.UART.Drain()...)
		if e.Reason != engine.Budget || m.Now() >= patience {
			return Result{string(text), e.Reason, int(m.Control.S.Code), m.Now(), m.Hash()}
		}
	}
}

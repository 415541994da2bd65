package main

import (
	"fmt"
	"strings"

	"vitrine/engine/cpu"
	"vitrine/kernel/boot"
	"vitrine/wasm/view"
)

// micro is how far the reader has looked into the unit at the present moment.
type micro struct {
	unit  *boot.Micro
	at    uint64 // the moment at which phase counts
	phase uint8  // as view.Micro says; the unit lies before the moment when it is view.NumPhases
}

// lit is the phase that is lit at the present moment.
func (s *Session) lit() uint8 {
	if s.micro.unit == nil || s.micro.at != s.comp.M.Now() || s.playing {
		return 0
	}
	return s.micro.phase
}

// microStep goes one phase on, which from the last one is a step of the machine, or one back.
func (s *Session) microStep(n float64) {
	s.travel("one phase", 0, func(*job) string {
		if n < 0 {
			return s.microBack()
		}
		return s.microOn()
	})
}

func (s *Session) microOn() string {
	switch phase := s.lit(); {
	case phase == 0 || phase == view.NumPhases:
		s.micro = micro{s.unitHere(), s.comp.M.Now(), 1}
	case phase < lastBefore(s.micro.unit):
		s.micro.phase++
	default:
		s.prev.take(&s.comp.M.CPU.S)
		stop := s.hist.Unit()
		s.stepped = true
		s.micro.at, s.micro.phase = s.comp.M.Now(), view.NumPhases
		if !s.hist.Past() && stop.Reason != boot.Budget {
			s.stopped(stop)
			return s.stop
		}
	}
	return "step"
}

func (s *Session) microBack() string {
	switch phase := s.lit(); {
	case phase == 0 || phase == view.NumPhases:
		if !s.hist.BackUnit() {
			return "the beginning"
		}
		u := s.unitHere()
		s.micro = micro{u, s.comp.M.Now(), lastBefore(u)}
	default:
		s.micro.phase--
	}
	return "step"
}

// lastBefore is the last phase before a unit is done.
func lastBefore(u *boot.Micro) uint8 {
	if u.Kind != boot.MicroInstruction {
		return 1
	}
	return min(uint8(u.Last())+1, view.NumPhases-1)
}

// drawMicro writes the unit for the reader.
func (s *Session) drawMicro(v *view.Micro) {
	phase := s.lit()
	if phase == 0 {
		return
	}
	u := s.micro.unit
	v.Phase, v.Last, v.Text = phase, uint8(u.Last())+1, u.Text
	switch {
	case u.Kind == boot.MicroInterrupt:
		v.Text, v.Last = fmt.Sprintf("hardware interrupt %d, before the instruction at %x", u.Vector, u.RIP), 1
		v.Phases[0] = []string{v.Text}
	case u.Kind == boot.MicroIdle:
		v.Text, v.Last = "halted: waits for an interrupt", 1
		v.Phases[0] = []string{v.Text}
	default:
		v.Phases[boot.PhaseFetch] = fetchLines(u)
		v.Phases[boot.PhaseDecode] = decodeLines(u)
		v.Phases[boot.PhaseTranslate] = accessLines(u.Translate, "has no operand in memory")
		v.Phases[boot.PhaseExecute] = executeLines(u)
	}
	v.Phases[boot.PhaseRetire] = retireLines(u)
	if u.Faulted {
		at := &v.Phases[u.At]
		*at = append(*at, faultLine(u))
	}
}

func faultLine(u *boot.Micro) string {
	line := "raises exception " + fmt.Sprint(u.Vector)
	switch {
	case u.Vector == cpu.VecPF:
		line += fmt.Sprintf(" (page fault) for %x, error code %x", u.CR2, u.Code)
	case u.Code != 0:
		line += fmt.Sprintf(", error code %x", u.Code)
	}
	return line
}

func fetchLines(u *boot.Micro) []string {
	return append(accessLines(u.Fetch, "from a page asked for before"), fmt.Sprintf("% x", u.Bytes))
}

func decodeLines(u *boot.Micro) []string {
	if u.Text == "" {
		return []string{"no instruction"}
	}
	ops := []string{}
	for _, a := range u.Translate {
		if !a.System && a.Kind == cpu.Read {
			ops = append(ops, fmt.Sprintf("load %d", a.Size))
		}
	}
	ops = append(ops, strings.ToLower(u.Name))
	for _, a := range u.Translate {
		if !a.System && a.Kind == cpu.Write {
			ops = append(ops, fmt.Sprintf("store %d", a.Size))
		}
	}
	return []string{u.Text, strings.Join(ops, " → ")}
}

// accessLines says how addresses were translated.
func accessLines(list []cpu.Access, none string) (lines []string) {
	for _, a := range list {
		what := [...]string{cpu.Read: "read", cpu.Write: "write", cpu.Fetch: "fetch"}[a.Kind]
		if a.System {
			what = "the CPU's own " + what
		}
		how := "TLB"
		if a.Walked {
			how = "page walk"
		}
		line := fmt.Sprintf("%s %x → %s → %x", what, a.LA, how, a.PA)
		if a.Fault {
			line = fmt.Sprintf("%s %x → %s → refused", what, a.LA, how)
		}
		lines = append(lines, line)
	}
	if len(lines) == 0 {
		return []string{none}
	}
	return lines
}

func executeLines(u *boot.Micro) (lines []string) {
	for _, o := range u.Operands {
		lines = append(lines, strings.ToLower(o.Name)+" = "+words(o.Value))
	}
	for _, a := range u.Translate {
		if a.Kind == cpu.Read && a.Size > 0 && !a.System {
			lines = append(lines, fmt.Sprintf("[%x] = %x", a.LA, a.Value))
		}
	}
	if len(lines) == 0 {
		return []string{"reads nothing that it names"}
	}
	return lines
}

func retireLines(u *boot.Micro) []string {
	lines := []string{fmt.Sprintf("rip %x → %x", u.RIP, u.NextRIP)}
	for _, r := range u.Registers {
		lines = append(lines, strings.ToLower(r.Name)+" "+words(r.Old)+" → "+words(r.New))
	}
	for _, w := range u.Memory {
		at := fmt.Sprintf("physical %x", w.PA)
		if w.LA != 0 {
			at = fmt.Sprintf("[%x]", w.LA)
		}
		lines = append(lines, fmt.Sprintf("%s: % x → % x", at, w.Old, w.New))
	}
	if more := u.Written - len(u.Memory); more > 0 {
		lines = append(lines, fmt.Sprintf("and %d more writes to memory", more))
	}
	if u.Kernel > 0 {
		lines = append(lines, fmt.Sprintf("the kernel worked for %.2f µs", float64(u.Kernel)*1000/unitsPerMs))
	}
	return lines
}

// words writes a value of one or two words.
func words(v [2]uint64) string {
	if v[1] == 0 {
		return fmt.Sprintf("%x", v[0])
	}
	return fmt.Sprintf("%x:%016x", v[1], v[0])
}

// unitHere takes the next unit apart. The reader sees nothing of how.
func (s *Session) unitHere() (u *boot.Micro) {
	s.unseen(func() { u = s.hist.Micro() })
	return u
}

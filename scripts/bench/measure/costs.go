package measure

import (
	"fmt"
	"strconv"
	"strings"

	"vitrine/kernel"
	"vitrine/kernel/boot"
)

// Cost is what one of the kernel's services costs, each time.
type Cost struct {
	Name         string
	Operations   int
	Instructions float64 // of the guest
	GuestNS      float64 // of the guest's time: instructions and what is charged for the kernel's work
	HostNS       float64
}

// costsRAM is enough for 1,000 tasks: Linux's limit by the size of memory holds in the guest too.
const costsRAM = 256 << 20

// Costs runs an image whose init runs the program of costs. Each cost is passed on as it comes; clock gives milliseconds.
func Costs(image []byte, clock func() float64, report func(Cost)) error {
	c, err := start(image, 0, costsRAM)
	if err != nil {
		return err
	}
	w := marks{report: report}
	c.K.OnSyscall = func(t *kernel.Task, s *kernel.Syscall) {
		if s.Name == "write" && t.Sys.Args[0] == 1 { // one for each line
			w.stamps = append(w.stamps, stamp{clock(), c.Stats().Instructions})
		}
	}
	for {
		stop := c.Run(c.M.Now()+step, boot.NoLimit)
		if err := w.read(string(c.Output())); err != nil {
			return err
		}
		switch stop.Reason {
		case boot.Budget:
		case boot.PowerOff:
			return nil
		default:
			return fmt.Errorf("the machine stopped: %v %s", stop.Reason, stop.Text)
		}
	}
}

// stamp is when a line was written.
type stamp struct {
	ms           float64
	instructions uint64
}

// marks reads the lines "@NAME begin" and "@NAME end OPERATIONS NANOSECONDS" and finds the stamp of each.
type marks struct {
	stamps []stamp
	rest   string
	began  stamp
	report func(Cost)
}

func (w *marks) read(text string) error {
	w.rest += text
	for {
		line, rest, whole := strings.Cut(w.rest, "\n")
		if !whole {
			return nil
		}
		w.rest = rest
		if len(w.stamps) == 0 {
			return fmt.Errorf("nobody wrote %q", line)
		}
		at := w.stamps[0]
		w.stamps = w.stamps[1:]
		if strings.HasSuffix(line, " begin") {
			w.began = at
		}
		if c, ok := ParseCost(line); ok {
			n := float64(c.Operations)
			c.Instructions = float64(at.instructions-w.began.instructions) / n
			c.HostNS = (at.ms - w.began.ms) * 1e6 / n
			w.report(c)
		}
	}
}

// ParseCost reads "@NAME end OPERATIONS NANOSECONDS": what a Linux says for itself.
func ParseCost(line string) (Cost, bool) {
	name, figures, ok := strings.Cut(line, " end ")
	words := strings.Fields(figures)
	if !ok || len(words) != 2 || !strings.HasPrefix(name, "@") {
		return Cost{}, false
	}
	n, err := strconv.Atoi(words[0])
	ns, err2 := strconv.ParseFloat(words[1], 64)
	if err != nil || err2 != nil || n <= 0 {
		return Cost{}, false
	}
	return Cost{Name: name[1:], Operations: n, GuestNS: ns / float64(n)}, true
}

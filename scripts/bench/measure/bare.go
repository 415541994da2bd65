package measure

import (
	"fmt"

	"vitrine/engine"
	"vitrine/engine/load"
)

// bareRAM is what the bare kernels map.
const bareRAM = 64 << 20

// Bare runs a bare multiboot image, without any kernel, until it has printed "@done".
func Bare(image []byte, clock func() float64, report func(Result)) error {
	m, err := loadBare(image)
	if err != nil {
		return err
	}
	w := watch{mode: "bare", report: report}
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
	_, err := load.Boot(m, &load.Request{Kernel: image})
	return m, err
}

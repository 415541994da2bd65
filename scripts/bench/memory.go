package main

import (
	"fmt"
	"time"

	"vitrine/scripts/browser"
)

// guestMiB is the guest's memory when that of its worker is measured.
const guestMiB = 64

// idleMemory opens the page, waits until the machine waits at its prompt, and tells how much its worker's program takes.
func idleMemory(dist string) (mib float64, err error) {
	tab, err := browser.Open(dist, 1200, 800, 1)
	if err != nil {
		return 0, err
	}
	defer tab.Close()
	if err := tab.Go(fmt.Sprintf("index.html#mem=%dM", guestMiB)); err != nil {
		return 0, err
	}
	if _, err := tab.WaitText("console-text", "~ #", 2*time.Minute); err != nil {
		return 0, err
	}
	time.Sleep(6 * time.Second) // the page asks its worker every two seconds
	n, err := browser.Eval[float64](tab, "state.memory || 0")
	return n / (1 << 20), err
}

func tellMemory(dist string) error {
	mib, err := idleMemory(dist)
	if err != nil {
		return err
	}
	fmt.Printf("memory of the page's idle worker: %.0f MiB, %.0f more than the guest's %d\n", mib, mib-guestMiB, guestMiB)
	return nil
}

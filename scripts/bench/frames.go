package main

import (
	"fmt"
	"slices"
	"time"

	"vitrine/scripts/browser"
	"vitrine/wasm/diagram"
)

// What a picture may cost the page's own program in a browser, in milliseconds.
const (
	medianBar = 4.0
	p99Bar    = 10.0
)

// keep has the page keep what the machine sends, and replay has it draw that again, a picture every tenth of a second: the
// machine stands still then, so that the program that draws has a processor to itself.
const (
	keep   = `(window.kept = [], ((old) => { window.again = old; draw = (bytes) => { if (kept.push(bytes.slice()) > 60) kept.shift(); old(bytes); }; })(draw), true)`
	replay = `(window.left = kept.slice(), (function next() { if (!left.length) return; again(left.shift()); setTimeout(next, 100); })(), true)`
)

// tellFrames prints what pictures of each diagram cost the page's thread in Chromium: decoding and composing sixty pictures that
// a machine sent which ran flat out. What Ebitengine does with the triangles is not in it.
func tellFrames(dist string) error {
	tab, err := browser.Open(dist, 1440, 900, 1)
	if err != nil {
		return err
	}
	defer tab.Close()
	if err := tab.Go("index.html#mem=64M"); err != nil {
		return err
	}
	if _, err := tab.WaitText("console-text", "~ #", time.Minute); err != nil {
		return err
	}
	if err := say(tab, keep, `(command({kind: "input", text: "while true; do forks; cow; done\r"}), true)`); err != nil {
		return err
	}
	if err := until(tab, `kept.length >= 60`); err != nil {
		return err
	}
	if err := say(tab, `(command({kind: "pause"}), true)`, `(draw = () => {}, true)`); err != nil {
		return err
	}
	fmt.Printf("pictures in Chromium, 1440 × 900, ms of the page's own work: the fastest of three times (bars %g and %g), and the first time, with all that the computer did besides\n", medianBar, p99Bar)
	fmt.Printf("%-14s %8s %8s %12s %8s %8s\n", "", "median", "p99", "once: median", "p99", "number")
	for _, d := range diagram.All {
		k, err := costsOf(tab, d.ID)
		if err != nil {
			return err
		}
		n := len(k.Ms)
		if n == 0 || n != len(k.Whole) {
			return fmt.Errorf("%s: no picture was drawn", d.ID)
		}
		slices.Sort(k.Ms)
		slices.Sort(k.Whole)
		fmt.Printf("%-14s %8.1f %8.1f %12.1f %8.1f %8d\n", d.ID, k.Ms[n/2], k.Ms[n*99/100], k.Whole[n/2], k.Whole[n*99/100], n)
	}
	return nil
}

// frameCosts are milliseconds of pictures, as the drawing program tells them.
type frameCosts struct{ Ms, Whole []float64 }

// costsOf brings a diagram on stage and returns what its pictures cost. A first pass rasterises the letters.
func costsOf(tab *browser.Tab, id string) (k frameCosts, err error) {
	if err := say(tab, fmt.Sprintf(`(setStage(%q), true)`, id)); err != nil {
		return k, err
	}
	for range 2 {
		if err := say(tab, replay); err != nil {
			return k, err
		}
		if err := until(tab, `!left.length`); err != nil {
			return k, err
		}
		if err := say(tab, `(state.costs = null, state.canvas.postMessage({kind: "costs"}), true)`); err != nil {
			return k, err
		}
		if err := until(tab, `!!state.costs`); err != nil {
			return k, err
		}
	}
	return browser.Eval[frameCosts](tab, `state.costs`)
}

func say(tab *browser.Tab, scripts ...string) error {
	for _, s := range scripts {
		if _, err := browser.Eval[bool](tab, s); err != nil {
			return err
		}
	}
	return nil
}

// until waits for a condition of the page.
func until(tab *browser.Tab, condition string) error {
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if yes, err := browser.Eval[bool](tab, condition); err != nil || yes {
			return err
		}
	}
	return fmt.Errorf("the page never came to %s", condition)
}

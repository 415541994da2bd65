// Bench measures the interpreter: six C kernels on the whole machine with paging on, natively and in headless Chromium.
// The kernels' checksums are those of the same program on the host's processor. And it measures what the guest kernel's
// services cost, each by itself and with 10, 100, 1,000 of something.
package main

import (
	"flag"
	"fmt"
	"math"
	"os"
	"time"

	"vitrine/scripts/bench/measure"
)

func main() {
	disk := flag.String("disk", "build/disk.img", "disk `FILE` with init on it")
	out := flag.String("o", "build/bench", "`FOLDER` for what is built")
	rounds := flag.Int("rounds", 5, "how often each kernel runs; the first is cold, the fastest of the others warm")
	dist := flag.String("dist", "build/dist", "`FOLDER` of the page")
	most := flag.Int("most", 10000, "measure what the kernel's services cost with up to so many tasks, files, pages; 0: not at all")
	speed := flag.Bool("speed", true, "measure the interpreter's speed")
	memory := flag.Bool("memory", true, "measure the memory of the page's idle worker, in Chromium")
	chromium := flag.Bool("chromium", true, "measure in Chromium too")
	rewind := flag.Bool("rewind", true, "measure in Chromium what going back costs; scripts/rewind does natively")
	frames := flag.Bool("frames", true, "measure in Chromium what pictures cost")
	flag.Parse()
	var err error
	if *speed {
		err = run(*disk, *out, max(*rounds, 2), *chromium)
	}
	if *memory && *chromium && err == nil {
		err = tellMemory(*dist)
	}
	if *frames && *chromium && err == nil {
		err = tellFrames(*dist)
	}
	if *rewind && *chromium && err == nil {
		err = tellRewind(*disk, *out)
	}
	if *most > 0 && err == nil {
		err = costs(*disk, *out, *most, *chromium)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(disk, out string, rounds int, chromium bool) error {
	image, sums, err := prepare(disk, out, rounds)
	if err != nil {
		return err
	}
	native, err := here(image)
	if err != nil {
		return err
	}
	runs := []series{collect(native)}
	if chromium {
		browser, err := inBrowser[measure.Result](out, image, "")
		if err != nil {
			return err
		}
		runs = append(runs, collect(browser))
	}
	for _, s := range runs {
		if err := s.check(sums, runs[0]); err != nil {
			return err
		}
	}
	table(sums, runs)
	return nil
}

// tellRewind prints what going back costs in Chromium.
func tellRewind(disk, out string) error {
	image, err := os.ReadFile(disk)
	if err != nil {
		return err
	}
	lines, err := inBrowser[string](out, image, "?rewind")
	if err != nil {
		return err
	}
	fmt.Println("going back, in Chromium")
	for _, line := range lines {
		fmt.Println(line)
	}
	return nil
}

// here measures in this process.
func here(image []byte) ([]measure.Result, error) {
	began := time.Now()
	clock := func() float64 { return float64(time.Since(began).Nanoseconds()) / 1e6 }
	var results []measure.Result
	err := measure.All(image, clock, func(r measure.Result) { results = append(results, r) })
	return results, err
}

// series has the runs of each kernel in order, while nobody listened and while an observer did, and the traced run.
type series struct {
	quiet, observed map[string][]measure.Result
	traced          measure.Result
}

func collect(results []measure.Result) series {
	s := series{quiet: map[string][]measure.Result{}, observed: map[string][]measure.Result{}}
	for _, r := range results {
		switch r.Mode {
		case "quiet":
			s.quiet[r.Kernel] = append(s.quiet[r.Kernel], r)
		case "observed":
			s.observed[r.Kernel] = append(s.observed[r.Kernel], r)
		default:
			s.traced = r
		}
	}
	return s
}

// check compares the checksums with the host's, and the instruction counts with another series: the machine is the same.
func (s series) check(sums []checksum, other series) error {
	for _, want := range sums {
		for _, runs := range [][]measure.Result{s.quiet[want.kernel], s.observed[want.kernel]} {
			if len(runs) < 2 {
				return fmt.Errorf("%s ran %d times", want.kernel, len(runs))
			}
			for i, r := range runs {
				if r.Checksum != want.sum {
					return fmt.Errorf("%s: checksum %s, on the host %s", r.Kernel, r.Checksum, want.sum)
				}
				if n := other.quiet[want.kernel][i].Instructions; r.Instructions != n {
					return fmt.Errorf("%s: %d instructions here, %d there", r.Kernel, r.Instructions, n)
				}
			}
		}
	}
	return nil
}

// warm is the fastest of all runs but the first: whatever else the host does only makes a run slower.
func warm(runs []measure.Result) float64 {
	best := 0.0
	for _, r := range runs[1:] {
		best = max(best, r.MIPS())
	}
	return best
}

func table(sums []checksum, runs []series) {
	for i, where := range []string{"natively", "in Chromium"}[:len(runs)] {
		s := runs[i]
		fmt.Printf("%-12s %14s %10s %10s %10s %10s\n", where, "instructions", "cold MIPS", "warm MIPS", "observed", "of warm")
		var means [3]float64
		for _, k := range sums {
			quiet, observed := s.quiet[k.kernel], s.observed[k.kernel]
			figures := [3]float64{quiet[0].MIPS(), warm(quiet), warm(observed)}
			fmt.Printf("%-12s %14d", k.kernel, quiet[1].Instructions)
			row(figures)
			for i, f := range figures {
				means[i] += math.Log(f) / float64(len(sums))
			}
		}
		fmt.Printf("%-27s", "geometric mean")
		row([3]float64{math.Exp(means[0]), math.Exp(means[1]), math.Exp(means[2])})
		fmt.Printf("an event for each instruction: %.1f MIPS\n\n", s.traced.MIPS())
	}
	if len(runs) > 1 {
		ratio := 0.0
		for _, k := range sums {
			ratio += math.Log(warm(runs[1].quiet[k.kernel])/warm(runs[0].quiet[k.kernel])) / float64(len(sums))
		}
		fmt.Printf("Chromium/natively %.2f\n", math.Exp(ratio))
	}
}

func row(f [3]float64) {
	fmt.Printf(" %10.1f %10.1f %10.1f %10.2f\n", f[0], f[1], f[2], f[2]/f[1])
}

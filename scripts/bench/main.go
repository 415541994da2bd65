// Bench measures the interpreter: six C kernels on the whole machine with paging on, natively and in headless Chromium.
// The kernels' checksums are those of the same program on the host's processor.
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
	chromium := flag.Bool("chromium", true, "measure in Chromium too")
	flag.Parse()
	if err := run(*disk, *out, max(*rounds, 2), *chromium); err != nil {
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
		browser, err := inBrowser(out, image)
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

// here measures in this process.
func here(image []byte) ([]measure.Result, error) {
	began := time.Now()
	clock := func() float64 { return float64(time.Since(began).Nanoseconds()) / 1e6 }
	var results []measure.Result
	err := measure.Run(image, clock, func(r measure.Result) { results = append(results, r) })
	return results, err
}

// series has the runs of each kernel in order.
type series map[string][]measure.Result

func collect(results []measure.Result) series {
	s := series{}
	for _, r := range results {
		s[r.Kernel] = append(s[r.Kernel], r)
	}
	return s
}

// check compares the checksums with the host's, and the instruction counts with another series: the machine is the same.
func (s series) check(sums []checksum, other series) error {
	for _, want := range sums {
		runs := s[want.kernel]
		if len(runs) < 2 {
			return fmt.Errorf("%s ran %d times", want.kernel, len(runs))
		}
		for i, r := range runs {
			if r.Checksum != want.sum {
				return fmt.Errorf("%s: checksum %s, on the host %s", r.Kernel, r.Checksum, want.sum)
			}
			if n := other[want.kernel][i].Instructions; r.Instructions != n {
				return fmt.Errorf("%s: %d instructions here, %d there", r.Kernel, r.Instructions, n)
			}
		}
	}
	return nil
}

func (s series) cold(kernel string) float64 { return s[kernel][0].MIPS() }

// warm is the fastest of all runs but the first: whatever else the host does only makes a run slower.
func (s series) warm(kernel string) float64 {
	best := 0.0
	for _, r := range s[kernel][1:] {
		best = max(best, r.MIPS())
	}
	return best
}

func table(sums []checksum, runs []series) {
	fmt.Printf("%-10s %14s %13s", "kernel", "instructions", "native MIPS")
	if len(runs) > 1 {
		fmt.Printf(" %14s %14s %14s", "Chromium cold", "Chromium warm", "warm/native")
	}
	fmt.Println()
	var logs [3]float64
	for _, k := range sums {
		figures := []float64{runs[0].warm(k.kernel)}
		fmt.Printf("%-10s %14d", k.kernel, runs[0][k.kernel][1].Instructions)
		if len(runs) > 1 {
			figures = append(figures, runs[1].cold(k.kernel), runs[1].warm(k.kernel))
		}
		row(figures)
		for i, f := range figures {
			logs[i] += math.Log(f) / float64(len(sums))
		}
	}
	fmt.Printf("%-25s", "geometric mean")
	row([]float64{math.Exp(logs[0]), math.Exp(logs[1]), math.Exp(logs[2])}[:2*len(runs)-1])
}

func row(figures []float64) {
	fmt.Printf(" %13.1f", figures[0])
	if len(figures) > 1 {
		fmt.Printf(" %14.1f %14.1f %14.2f", figures[1], figures[2], figures[2]/figures[0])
	}
	fmt.Println()
}

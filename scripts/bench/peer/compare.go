package main

import (
	"fmt"
	"slices"

	"vitrine/scripts/bench/measure"
)

// compare checks that all did the same work and prints the ratios of the times to those of the first machine. The last
// line is about warm runs of the second.
func compare(machines []machine, runs [][]rounds) error {
	kernels, err := sameWork(runs)
	if err != nil {
		return err
	}
	for i := 1; i < len(machines); i++ {
		fmt.Printf("\n%s: time of %s / time of %s (median, least and greatest of %d turns)\n", machines[0].name, machines[i].name, machines[0].name, len(runs[0]))
		fmt.Printf("%-10s %30s %30s %18s\n", "kernel", "cold", "warm", "warm ms, ours/theirs")
		for _, k := range kernels {
			cold, warm := ratios(runs[0], runs[i], k, rounds.cold), ratios(runs[0], runs[i], k, rounds.warm)
			fmt.Printf("%-10s %30s %30s %9.1f/%.1f\n", k, cold, warm, fastest(runs[0], k), fastest(runs[i], k))
		}
	}
	var warm []float64
	for _, k := range kernels {
		warm = append(warm, ratios(runs[0], runs[1], k, rounds.warm).median)
	}
	all := spreadOf(warm)
	fmt.Printf("\nmedian %.2f min %.2f\n", all.median, all.min)
	return nil
}

// sameWork checks the checksums of all runs against each other and gives the kernels' names in the order in which they ran.
func sameWork(runs [][]rounds) ([]string, error) {
	first := runs[0][0]
	var kernels []string
	for k, results := range first {
		if len(results) < 2 {
			return nil, fmt.Errorf("%s ran once only", k)
		}
		kernels = append(kernels, k)
	}
	slices.Sort(kernels)
	for _, machine := range runs {
		for _, r := range machine {
			for _, k := range kernels {
				if !slices.EqualFunc(r[k], first[k], func(a, b measure.Result) bool { return a.Checksum == b.Checksum }) {
					return nil, fmt.Errorf("%s: the checksums differ: %v and %v", k, r[k], first[k])
				}
			}
		}
	}
	return kernels, nil
}

type spread struct{ median, min, max float64 }

func (s spread) String() string { return fmt.Sprintf("%.2f (%.2f … %.2f)", s.median, s.min, s.max) }

func spreadOf(v []float64) spread {
	v = slices.Sorted(slices.Values(v))
	n := len(v)
	return spread{median: (v[(n-1)/2] + v[n/2]) / 2, min: v[0], max: v[n-1]}
}

// ratios compares turn by turn: what slows the host slows both machines of a turn.
func ratios(ours, theirs []rounds, kernel string, time func(rounds, string) float64) spread {
	var v []float64
	for i := range ours {
		v = append(v, time(theirs[i], kernel)/time(ours[i], kernel))
	}
	return spreadOf(v)
}

func fastest(runs []rounds, kernel string) float64 {
	best := runs[0].warm(kernel)
	for _, r := range runs[1:] {
		best = min(best, r.warm(kernel))
	}
	return best
}

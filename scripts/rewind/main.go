// Command rewind measures what going back costs: recording, seeking anywhere in a run, steps back, and back until something
// happened; and how long links are. It runs natively and in Node; bench -rewind runs the same in Chromium.
package main

import (
	"flag"
	"fmt"
	"os"

	"vitrine/kernel/boot"
	"vitrine/scripts/bench/measure"
)

func main() {
	million := flag.Uint64("n", 100, "length of the run, in million instructions")
	disk := flag.String("disk", "build/disk.img", "root disk")
	budget := flag.Int64("budget", 256, "host memory for moments, in MiB")
	interval := flag.Uint64("interval", boot.DefaultInterval, "between moments")
	work := flag.String("work", measure.Mixed, "what is typed")
	times := flag.Int("times", 60, "how often each is measured")
	runs := flag.Int("runs", 3, "how often the run is made, with and without a history")
	flag.Parse()
	image, err := os.ReadFile(*disk)
	if err == nil {
		o := measure.Rewinding{Instructions: *million * 1e6, Budget: *budget << 20, Interval: *interval, Work: *work, Times: *times, Runs: *runs}
		err = measure.Rewind(image, o, busy, func(line string) { fmt.Println(line) })
	}
	if err == nil {
		err = lengths(image)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "rewind:", err)
		os.Exit(1)
	}
}

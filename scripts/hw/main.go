// Command hw compares the engine with the host's processor: it makes cases from every encoding of every instruction, runs each
// on both, and stops with a reproducer where they differ.
//
//	go run ./scripts/hw [-n cases] [-seed seed] [-from number] [-op NAME] [-max differences]
//	go run ./scripts/hw -record
package main

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"time"

	"vitrine/engine/cpu"
	"vitrine/engine/decode"
	"vitrine/scripts/hw/cases"
	"vitrine/scripts/hw/pc"
	"vitrine/scripts/hw/silicon"
)

func main() {
	n := flag.Uint64("n", 1_000_000, "how many cases")
	seed := flag.Uint64("seed", uint64(time.Now().Unix()), "the seed of the cases")
	from := flag.Uint64("from", 0, "the number of the first case")
	op := flag.String("op", "", "only this instruction, in capitals")
	most := flag.Int("max", 1000, "stop after so many differences")
	each := flag.Int("each", 1, "print so many differences of an instruction")
	again := flag.Bool("record", false, "record the sample that the tests replay, in "+sampleFile)
	flag.Parse()
	if *again {
		if err := record(); err != nil {
			fmt.Fprintln(os.Stderr, "hw:", err)
			os.Exit(1)
		}
		return
	}
	r := runner{counts: map[string]int{}, wrong: map[string]int{}, most: *most, each: *each, seed: *seed}
	if err := r.run(*from, *n, *op); err != nil {
		fmt.Fprintln(os.Stderr, "hw:", err)
		os.Exit(1)
	}
}

// batch is how many cases go to both at a time.
const batch = 4096

type runner struct {
	source *cases.Source
	host   *silicon.Host
	pc     *pc.PC
	counts map[string]int
	wrong  map[string]int // differences, by operation
	bad    int
	most   int
	each   int
	seed   uint64
	op     string
}

func (r *runner) run(from, n uint64, op string) error {
	host, err := silicon.Start()
	if err != nil {
		return err
	}
	defer host.Close()
	r.host, r.pc, r.op = host, pc.New(), op
	r.source = cases.NewSource(r.seed, func(d *cpu.Def) bool {
		return d.Feature.Reported(host.CPUID) && (op == "" || decode.Name(d.Op) == op)
	})
	fmt.Printf("seed %d: %d instructions\n", r.seed, len(r.source.Ops()))
	if !host.Alike() {
		fmt.Println("this processor is of another kind than the engine's: what faults leave behind is not compared")
	}
	start := time.Now()
	for done := uint64(0); done < n && r.bad < r.most; done += batch {
		if err := r.batch(from+done, min(batch, n-done)); err != nil {
			return err
		}
		if done/batch%32 == 31 {
			fmt.Printf("%9d cases, %.0f a second\n", done+batch, float64(done+batch)/time.Since(start).Seconds())
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.counts)) {
		fmt.Printf("%9d %s\n", r.counts[name], name)
	}
	for _, name := range slices.Sorted(maps.Keys(r.wrong)) {
		fmt.Printf("%9d differences of %s\n", r.wrong[name], name)
	}
	if r.bad > 0 {
		return fmt.Errorf("%d differences", r.bad)
	}
	return nil
}

// batch runs cases on both at the same time.
func (r *runner) batch(from, n uint64) error {
	tests := make([]cases.Test, n)
	list := make([]silicon.Case, n)
	for i := range tests {
		tests[i] = r.source.Test(from + uint64(i))
		tests[i].Alike = r.host.Alike()
		list[i] = tests[i].Case
	}
	type answer struct {
		ends []silicon.End
		err  error
	}
	asked := make(chan answer, 1)
	go func() {
		ends, err := r.host.Run(list)
		asked <- answer{ends, err}
	}()
	got := make([]silicon.End, n)
	for i := range list {
		got[i] = r.pc.Run(&list[i])
	}
	a := <-asked
	if a.err != nil {
		return a.err
	}
	for i := range tests {
		r.counts[tests[i].Family]++
		d, err := r.lasting(&tests[i], &got[i], a.ends[i])
		if err != nil {
			return err
		}
		if d != "" && r.bad < r.most {
			r.report(from+uint64(i), &tests[i], d)
		}
	}
	return nil
}

// repeats is how often the host runs a case again before a difference counts.
const repeats = 3

// lasting compares a case's two ends and returns what differs each time the host runs it, else "". The engine is
// deterministic; the host's kernel interrupts a case now and then at a bad moment (a tick of the clock, a flag that its
// way back to the program changes), and such a difference does not come twice.
func (r *runner) lasting(t *cases.Test, got *silicon.End, host silicon.End) (string, error) {
	d := t.Compare(got, &host)
	for range repeats {
		if d == "" {
			return "", nil
		}
		again, err := r.host.Run([]silicon.Case{t.Case})
		if err != nil {
			return "", err
		}
		d = t.Compare(got, &again[0])
	}
	return d, nil
}

// report prints a difference and how to see it again.
func (r *runner) report(i uint64, t *cases.Test, d string) {
	r.bad++
	if r.wrong[decode.Name(t.Op)]++; r.wrong[decode.Name(t.Op)] > r.each {
		return
	}
	only := ""
	if r.op != "" {
		only = " -op " + r.op
	}
	fmt.Printf("%s\n    %s\n    again: go run ./scripts/hw -seed %d -from %d -n 1%s\n", t.Describe(), d, r.seed, i, only)
}

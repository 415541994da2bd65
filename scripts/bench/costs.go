package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"vitrine/scripts/bench/measure"
)

// costs prints what the kernel's services cost, here and on the host's own Linux, and how that grows with the number of
// what there is: up to most.
func costs(disk, out string, most int, chromium bool) error {
	image, program, err := prepareCosts(disk, out, most)
	if err != nil {
		return err
	}
	host, err := hostCosts(program, most)
	if err != nil {
		return err
	}
	var here []measure.Cost
	if err := measure.Costs(image, busy, func(c measure.Cost) { here = append(here, c) }); err != nil {
		return err
	}
	costTable("natively", here, host)
	growthTable(here, host)
	if !chromium {
		return nil
	}
	browser, err := inBrowser[measure.Cost](out, image, "?costs")
	if err == nil {
		costTable("in Chromium", browser, host)
		growthTable(browser, host)
	}
	return err
}

// busy is the processor's time that this process has had, in milliseconds: whatever else the machine does is not in it.
func busy() float64 {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		return 0
	}
	return float64(r.Utime.Nano()+r.Stime.Nano()) / 1e6
}

func prepareCosts(disk, out string, most int) (image []byte, program string, err error) {
	program, err = compileGuest(out, "costs")
	if err != nil {
		return nil, "", err
	}
	image, err = diskWith(disk, program, "/bin/costs", strconv.Itoa(most))
	return image, program, err
}

// hostCosts runs the same program on the host's Linux, for orientation; only its own clock is known there.
func hostCosts(program string, most int) (map[string]measure.Cost, error) {
	path, err := filepath.Abs(program)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "costs")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	cmd := exec.Command(path, strconv.Itoa(most))
	cmd.Dir = dir
	text, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("the costs on the host: %w", err)
	}
	all := map[string]measure.Cost{}
	for _, line := range strings.Split(string(text), "\n") {
		if c, ok := measure.ParseCost(line); ok {
			all[c.Name] = c
		}
	}
	return all, nil
}

// costTable prints single services, the first of which is the measure of the others.
func costTable(where string, here []measure.Cost, host map[string]measure.Cost) {
	fmt.Printf("\n%-24s %12s %8s %10s %8s %10s %8s %12s %8s\n", where+", each", "instructions", "ratio", "guest ns", "ratio", "here, ns", "ratio", "on Linux, ns", "ratio")
	var unit *measure.Cost
	for i := range here {
		c := &here[i]
		if strings.Contains(c.Name, "/") {
			continue
		}
		if unit == nil {
			unit = c
		}
		there, base := host[c.Name].GuestNS, host[unit.Name].GuestNS
		fmt.Printf("%-24s %12.0f %8.1f %10.0f %8.1f %10.0f %8.1f %12.0f %8.1f\n", c.Name, c.Instructions, c.Instructions/unit.Instructions,
			c.GuestNS, c.GuestNS/unit.GuestNS, c.HostNS, c.HostNS/unit.HostNS, there, there/base)
	}
	fmt.Println()
}

// growthTable prints a row for each series: ns of the host for one operation, with ten times as many of something in
// each further column. What is quadratic in total grows tenfold from column to column.
func growthTable(here []measure.Cost, host map[string]measure.Cost) {
	rows := map[string][]measure.Cost{}
	var order []string
	for _, c := range here {
		name, _, series := strings.Cut(c.Name, "/")
		if !series {
			continue
		}
		if rows[name] == nil {
			order = append(order, name)
		}
		rows[name] = append(rows[name], c)
	}
	fmt.Printf("%-32s %s\n", "with so many of it, each", "here, ns:   10       100     1,000    10,000 | guest ns: 10       100     1,000    10,000 | on Linux: 10       100     1,000    10,000 | growth")
	for _, name := range order {
		fmt.Printf("%-32s", name)
		column(rows[name], func(c measure.Cost) float64 { return c.HostNS })
		column(rows[name], func(c measure.Cost) float64 { return c.GuestNS })
		column(rows[name], func(c measure.Cost) float64 { return host[c.Name].GuestNS })
		fmt.Printf(" %.1f\n", growth(rows[name]))
	}
}

func column(row []measure.Cost, figure func(measure.Cost) float64) {
	for i := range 4 {
		if i < len(row) {
			fmt.Printf(" %9.0f", figure(row[i]))
		} else {
			fmt.Printf(" %9s", "")
		}
	}
	fmt.Print(" |")
}

// growth is how much more an operation costs in the last column than in the one before it.
func growth(row []measure.Cost) float64 {
	if len(row) < 2 {
		return 1
	}
	return row[len(row)-1].HostNS / row[len(row)-2].HostNS
}
